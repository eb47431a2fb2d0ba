"""What both pages share."""
