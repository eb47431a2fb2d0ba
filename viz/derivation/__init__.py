"""The chain rule from a root to a Value, in symbols and in numbers."""
