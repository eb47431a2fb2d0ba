"""Formulas: the operation table, run on symbols instead of numbers, and printed.

`symbols` makes the expressions, `text` writes them for readers (Unicode, LaTeX), `code` for computers (NumPy,
JavaScript).
"""
