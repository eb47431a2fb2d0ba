"""The graph of a Value: its pictures, and what reuse saves."""
