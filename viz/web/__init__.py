"""What the explorer and the playground share: the frame of an HTML page, its colours, and formulas as JavaScript."""
