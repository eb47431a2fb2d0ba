"""The width-and-depth demo on our own engine: a network trains in the notebook, every neuron shows what it sees."""
