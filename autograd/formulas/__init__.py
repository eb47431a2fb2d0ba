"""Printed formulas: the formulas of the operation table are run on symbols instead of numbers, and then written down.

`symbols` makes the expressions, `text` writes them for readers (Unicode, LaTeX), `code` for computers (NumPy,
JavaScript).
"""
