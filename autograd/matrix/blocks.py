"""Blocks: what a line of the matrix program computes, many terms side by side under one name like Z1.

A block of data has one row per term and one column per data point; a lone term is a flat column, `v1`. Parameters
and constants that are used together are a fixed block, `W1`, which the program is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.formulas.symbols import Symbol
from autograd.matrix.trace import Term


class Block:
    """Terms side by side, under a name; `is_flat` for one alone that needs no rows."""

    def __init__(self, name: str, terms: Sequence[Term], *, is_flat: bool = False) -> None:
        self.name = name
        self.terms = tuple(terms)
        self.is_flat = is_flat
        self.of_data = any(term.of_data for term in terms)
        self.needed = any(term.needed for term in terms)

    @property
    def gradient(self) -> str:
        """The name of ∂J/∂block: dZ1."""
        return f"d{self.name}"


class Fixed(Block):
    """Parameters and constants as an array: a matrix of weights (m, d), a column (m, 1), or one number ()."""

    def __init__(self, name: str, terms: Sequence[Term], shape: tuple[int, ...]) -> None:
        super().__init__(name, terms, is_flat=not shape)
        self.shape = shape


class Selection:
    """Rows of a block, in an order that may leave out and repeat."""

    def __init__(self, block: Block, rows: Sequence[int]) -> None:
        self.block = block
        self.rows = tuple(rows)
        n_rows = len(block.terms)
        self.is_whole = isinstance(block, Fixed) or self.rows == tuple(range(n_rows))
        self.is_run = self.rows == tuple(range(self.rows[0], self.rows[0] + len(self.rows)))
        self.repeats = len(set(self.rows)) < len(self.rows)

    def text(self, index: str = "", name: str = "") -> str:
        """Z1, Z1[2:5], or Z1[ROWS1] with the name of an index; of the gradient, with that name."""
        name = name or self.block.name
        if self.block.is_flat or self.is_whole:
            return name
        if self.is_run:
            return f"{name}[{self.rows[0]}:{self.rows[-1] + 1}]"
        return f"{name}[{index}]"


class Lone:
    """One term as a flat column: a flat block, or a row of another."""

    def __init__(self, block: Block, row: int) -> None:
        self.block = block
        self.row = row

    def text(self, name: str = "") -> str:
        """v1, Z3[0], or P1[0, 0]."""
        name = name or self.block.name
        if self.block.is_flat:
            return name
        return f"{name}[{self.row}]" if self.block.of_data else f"{name}[{self.row}, 0]"


Operand = Selection | Lone | float


def symbol(text: str) -> Symbol:
    """A piece of the program as a symbol, for the formulas of the operation table."""
    return Symbol(text)


def shape_of(rows: Any) -> str:
    """Rows as the text of an array index."""
    return f"np.array({[list(row) if isinstance(row, tuple) else row for row in rows]})"
