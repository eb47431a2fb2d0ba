"""Equations set below each other: lines of cells, as aligned Unicode text and as a LaTeX array."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any

from autograd.formulas import Named
from autograd.formulas.symbols import Expression
from autograd.formulas.text import Latex, Text
from viz.derivation.latex import Cell, digits
from viz.style.labels import width

Line = list[Cell]
DOT, EQUALS, PLUS, BLANK = Cell("·", r"\cdot"), Cell("=", "="), Cell("+", "+"), Cell("", "")


def formula_cell(formula: Any, level: int = 0) -> Cell:
    """A formula as a cell, in parentheses if it binds less than `level`, which `autograd.formulas.text` lists."""
    if isinstance(formula, (Expression, Named)):
        return Cell(Text().write(formula, level), Latex().write(formula, level)).safe
    return digits(float(formula))


def product(factors: Iterable[Cell | float]) -> Line:
    """Factors with dots between them; a negative one that is not the first is in parentheses."""
    line: Line = []
    for factor in factors:
        cell = factor if isinstance(factor, Cell) else digits(factor)
        line += [DOT, _bracketed(cell)] if line else [cell]
    return line


def equations(left: Cell, sums: Sequence[Sequence[Line]]) -> list[Line]:
    """left = a sum = a sum …, each sum with its terms on lines of their own."""
    lines = [
        [PLUS, _bracketed(term[0]), *term[1:]] if i else [EQUALS, *term]
        for terms in sums
        for i, term in enumerate(terms)
    ]
    return [[BLANK if i else left, *line] for i, line in enumerate(lines)]


def _bracketed(cell: Cell) -> Cell:
    """A cell that follows a + or a dot: in parentheses if it starts with a minus."""
    return Cell(f"({cell.text})", rf"\left({cell.latex}\right)") if cell.text[0] == "−" else cell


def aligned(lines: Sequence[Line]) -> str:
    """The lines as text, their cells below each other.

    >>> print(aligned(equations(Cell("f", "f"), [[product([2.0, -3.0])], [product([-6.0])]])))
    f = 2  · (−3)
      = −6
    """
    widths = [max(width(cell.text) for cell in column) for column in zip_longest(*lines, fillvalue=BLANK)]
    padded = [
        [cell.text + " " * (w - width(cell.text)) for cell, w in zip(line, widths, strict=False)] for line in lines
    ]
    return "\n".join(" ".join(line).rstrip() for line in padded)


def array(lines: Sequence[Line], space: str = "0.4em") -> str:
    r"""The lines as LaTeX, their cells below each other.

    >>> print(array([[Cell("f", "f"), EQUALS, digits(1.0)]]))
    \begin{array}{lll}
    \displaystyle f & \displaystyle = & \displaystyle 1
    \end{array}
    """
    rows = [" & ".join(rf"\displaystyle {cell.latex}" if cell.latex else "" for cell in line) for line in lines]
    columns = "l" * max(map(len, lines))
    return f"\\begin{{array}}{{{columns}}}\n" + f" \\\\[{space}]\n".join(rows) + "\n\\end{array}"
