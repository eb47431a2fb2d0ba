"""The page a matrix program is written on: its lines, and which gradients already hold something."""

from __future__ import annotations

from collections.abc import Collection

from autograd.formulas.code import NumPy
from autograd.formulas.symbols import Expression
from autograd.matrix import columns
from autograd.matrix.blocks import Block, Lone, Operand, Selection, symbol


class Page:
    """The lines written so far, and which gradients already hold something."""

    def __init__(self, code: NumPy) -> None:
        self.code = code
        self.lines: list[str] = []
        self.indices: dict[tuple[object, ...], str] = {}
        self.started: dict[Block, bool] = {}  # the value: whether the array may be changed in place

    def index(self, rows: tuple[object, ...]) -> str:
        """The name of an array of row numbers."""
        return self.indices.setdefault(rows, f"ROWS{len(self.indices) + 1}")

    def rows(self, selection: Selection, name: str = "") -> str:
        """A selection as text; its rows get a name if they are no run."""
        plain = selection.is_whole or selection.is_run or selection.block.is_flat
        return selection.text("" if plain else self.index(selection.rows), name)

    def operand(self, operand: Operand) -> Expression | float:
        """An operand as a symbol, or the number that it is."""
        if isinstance(operand, float):
            return operand
        return symbol(self.rows(operand) if isinstance(operand, Selection) else operand.text())

    def add(self, operand: Selection | Lone, text: str) -> None:
        """A line that adds a contribution to the gradient of what was read."""
        block, name = operand.block, operand.block.gradient
        whole = block.is_flat or (isinstance(operand, Selection) and operand.is_whole)
        if whole:
            self.lines.append(f"{name} = {name} + {text}" if block in self.started else f"{name} = {text}")
            self.started[block] = block in self.started or not text.isidentifier()
            return
        if len(block.terms) == 1 and block.of_data and isinstance(operand, Lone) and block not in self.started:
            self.lines.append(f"{name} = ({text})[None, :]")
            self.started[block] = False
            return
        self.own(block)
        if isinstance(operand, Selection) and operand.repeats:
            self.lines.append(f"np.add.at({name}, {self.index(operand.rows)}, {text})")
        else:
            part = self.rows(operand, name) if isinstance(operand, Selection) else operand.text(name)
            self.lines.append(f"{part} += {text}")

    def own(self, block: Block) -> None:
        """Make the gradient of a block an array that may be changed in place."""
        if not self.started.get(block):
            start = f"{block.gradient}.copy()" if block in self.started else f"np.zeros_like({block.name})"
            self.lines.append(f"{block.gradient} = {start}")
        self.started[block] = True


def reserved(blocks: Collection[str]) -> set[str]:
    """What no function that is defined for an operation may be called, as the lines mean something else by it."""
    derived = {f"{prefix}{name}" for prefix in ("", "d", "at_") for name in blocks}
    return {"n", "wins", "at", *columns.__all__, *derived}


def whole(block: Block) -> Selection:
    """All of a block."""
    return Selection(block, range(len(block.terms)))


def summed(text: str, n_axes: int) -> str:
    """The sum over the data points: of a flat column, or of each row."""
    return f"np.sum({text}, axis=1, keepdims=True)" if n_axes else f"np.sum({text})"
