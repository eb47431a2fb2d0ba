"""The graph of a Value: its pictures, and how many multiplications backpropagation saves in it."""
