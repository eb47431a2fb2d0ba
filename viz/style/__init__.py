"""How everything looks: colours, shapes, numbers, and labels, which are text."""
