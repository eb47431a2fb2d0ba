"""The playground: a network trains in the notebook, and every neuron shows what it sees of the plane."""
