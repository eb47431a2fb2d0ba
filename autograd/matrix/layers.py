"""Statements on all the rows of a block together: their sum or maximum, softmax, and the losses of a whole layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from autograd.matrix.blocks import Block, Operand, Selection
from autograd.matrix.page import Page, summed
from autograd.op import Op


class Reduction:
    """One number from the rows of a block: their sum, average, maximum or minimum."""

    WORDS: ClassVar = {"total": "sum", "average": "mean", "maximum": "max", "minimum": "min"}

    def __init__(self, target: Block, op: Op, inputs: Selection) -> None:
        self.target, self.op, self.inputs = target, op, inputs

    def forward(self, page: Page) -> None:
        """v1 = Z1.sum(axis=0)."""
        axis = "axis=0" if self.inputs.block.of_data else ""
        page.lines.append(f"{self.target.name} = {page.rows(self.inputs)}.{self.WORDS[self.op.name]}({axis})")

    def backward(self, page: Page) -> None:
        """Each row gets the gradient, or its share of it."""
        if not self.inputs.block.needed:
            return
        rows, d = page.rows(self.inputs), self.target.gradient
        if self.op.name in ("maximum", "minimum"):
            page.lines.append(f"wins = {rows} == {self.target.name}")
            axis = "axis=0" if self.inputs.block.of_data else ""
            page.add(self.inputs, f"{d} * (wins / wins.sum({axis}))")
        else:
            share = f" / {len(self.inputs.rows)}" if self.op.name == "average" else ""
            page.add(self.inputs, f"{d}{share} + np.zeros_like({rows})")


class Together:
    """A whole layer at once: P = softmax(Z), where each output depends on every input, or a loss of it."""

    FORMS: ClassVar = {  # of the formulas written in that package: what the forward line keeps for the backward line
        ("autograd", "softmax"): (),
        ("nn", "cross_entropy"): ("P", "at"),
        ("nn", "cross_entropy_from_logits"): ("P", "at"),
    }

    def __init__(self, target: Block, op: Op, inputs: Selection, extra: Sequence[Operand]) -> None:
        self.target, self.op, self.inputs, self.extra = target, op, inputs, extra
        self.kept = [name if target.name == "L" else f"{name}_{target.name}" for name in self.FORMS[form_of(op)]]

    def forward(self, page: Page) -> None:
        """A2 = softmax_rows(Z2)."""
        name = f"{self.op.name}_rows"
        page.code.prelude[name] = None
        given = [page.rows(self.inputs), *(page.code.write(page.operand(x)) for x in self.extra)]
        page.lines.append(f"{', '.join([self.target.name, *self.kept])} = {name}({', '.join(given)})")

    def backward(self, page: Page) -> None:
        """dZ2 = softmax_rows_backward(A2, dA2)."""
        if not self.inputs.block.needed:
            return
        name = f"{self.op.name}_rows_backward"
        page.code.prelude[name] = None
        text = f"{name}({', '.join([*(self.kept or [self.target.name]), self.target.gradient])})"
        spread = self.target.of_data and not self.inputs.block.of_data
        page.add(self.inputs, summed(text, 1) if spread else text)


def form_of(op: Op) -> tuple[str, str]:
    """The package the value's formula is written in, and the operation's name: a user's own op is another."""
    return str(getattr(op._formulas[0], "__module__", "")).partition(".")[0], op.name
