"""Curves and planes."""
