"""Boxes and arrows: what is drawn, where it stands, how it is shown and saved."""
