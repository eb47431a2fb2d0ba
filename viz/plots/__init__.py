"""Plots: curves of functions and of losses, and maps of what a model answers over the plane."""
