"""How everything looks: colours, shapes, the way numbers are written, and labels, which are shown as text."""
