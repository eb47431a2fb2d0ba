"""The lecture's pictures, drawn from live neurons, layers and networks."""
