"""Printed formulas: the formulas of the operation table are run on symbols instead of numbers, and then written down.

`symbols` makes the expressions, `text` writes them for readers (Unicode, LaTeX), `code` for computers (NumPy,
JavaScript).
"""


class Named(float):
    """A number that formulas for readers print by its name: √2, and not 1.41421.

    >>> Named(2**0.5, "√2", r"\\sqrt{2}") * 2
    2.8284271247461903
    """

    text: str
    latex: str

    def __new__(cls, number: float, text: str, latex: str) -> "Named":
        """Make the float, with its name as text and as LaTeX."""
        named = super().__new__(cls, number)
        named.text, named.latex = text, latex
        return named
