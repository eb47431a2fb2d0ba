"""Where each array of parameters is in one flat buffer: neuron by neuron, so that W with its b is one view of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from autograd.matrix.blocks import Fixed
from autograd.matrix.matrices import Matcher
from autograd.matrix.statements import Elementwise, Product, Stack, Statement
from autograd.value import Value


class Layout:
    """Where each fixed block is in the flat buffer: parameters first, then constants."""

    def __init__(self, matcher: Matcher) -> None:
        self.parameters: dict[Value, int] = {}
        self.start: dict[Fixed, int] = {}  # of blocks that are a view of the buffer
        self.with_bias: dict[Product, int] = {}  # products whose weights and bias are one view
        uses = Counter(block for statement in matcher.statements for block in _fixed_blocks(statement))
        for statement in matcher.statements:
            if isinstance(statement, Product) and statement.bias and uses[statement.weights] == 1:
                rows = zip(_rows(statement.weights), statement.bias.terms, strict=True)
                start = self._place([value for row, b in rows for value in (*row, b.value)])
                if start is not None and uses[statement.bias] == 1:
                    self.with_bias[statement] = start
        for block in matcher.fixed.values():
            start = self._place([term.value for term in block.terms])
            if start is not None:
                self.start[block] = start
        for block in matcher.fixed.values():
            for term in block.terms:
                if isinstance(term.value, Value):
                    self.parameters.setdefault(term.value, len(self.parameters))
        self.constants: dict[str, float] = {}  # by their text, as nan is not equal to itself
        for block in matcher.fixed.values():
            self.constants.update((repr(t.value), t.value) for t in block.terms if isinstance(t.value, float))
        self.folded = {block for product in self.with_bias for block in (product.weights, product.bias)}

    def _place(self, values: Sequence[Any]) -> int | None:
        """Give these parameters consecutive places, if none has one yet."""
        fresh = all(isinstance(value, Value) and value not in self.parameters for value in values)
        if not fresh or len(set(values)) < len(values):
            return None
        start = len(self.parameters)
        self.parameters.update((value, start + i) for i, value in enumerate(values))
        return start

    def index(self, block: Fixed) -> list[int]:
        """The place of each entry of a block."""
        size, constants = len(self.parameters), list(self.constants)
        return [
            self.parameters[term.value] if isinstance(term.value, Value) else size + constants.index(repr(term.value))
            for term in block.terms
        ]


def _fixed_blocks(statement: Statement) -> list[Fixed]:
    if isinstance(statement, (Elementwise, Stack)):
        operands = statement.operands if isinstance(statement, Elementwise) else statement.pieces
        held: list[Any] = [operand.block for operand in operands if not isinstance(operand, float)]
    else:
        names = ("weights", "bias", "inputs")
        held = [getattr(statement, name, None) for name in names]
        held = [getattr(block, "block", block) for block in held]
    return [block for block in held if isinstance(block, Fixed)]


def _rows(block: Fixed) -> list[list[Any]]:
    d = block.shape[1]
    values = [term.value for term in block.terms]
    return [values[i : i + d] for i in range(0, len(values), d)]
