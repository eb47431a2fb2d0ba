"""The lines of a kernel.

The statements are those of the listing, but products and activations go into arrays that exist already, and a bias is
one more column of its weights, times a row of ones.
"""

from __future__ import annotations

import re

from autograd import ops
from autograd.formulas.code import NumPy
from autograd.matrix.blocks import Block, Lone, Selection
from autograd.matrix.layers import Reduction
from autograd.matrix.layout import Layout
from autograd.matrix.matrices import Matcher
from autograd.matrix.page import Page, whole
from autograd.matrix.statements import Elementwise, Product, Statement

IMPORTS = """from functools import partial
from numpy import add, greater_equal, matmul, multiply, maximum as maximum_of_two
sum_of = partial(add.reduce, axis=None)
"""
METHODS = re.compile(r"(?<![\w.)\]])(\w+|\([^()]*\))\.(sum|max)\((axis=0)?\)")  # of a name, or of what is in brackets


def direct(source: str) -> str:
    """The source without np.sum, .sum and .max: they are wrappers that take longer than the sum of a short array."""

    def reduced(found: re.Match[str]) -> str:
        what, method, axis = found.groups()
        return f"{'add' if method == 'sum' else 'maximum_of_two'}.reduce({what}{'' if axis else ', axis=None'})"

    return METHODS.sub(reduced, source.replace("np.sum(", "sum_of("))


class Floats(NumPy):
    """NumPy source for the machine: 1.0, not 1, as an array times a float takes a third less time than times an int."""

    def number(self, x: float) -> str:
        """A number with its point."""
        return self.constants.get(repr(x)) or repr(x)


class Fast(Page):
    """The lines of a kernel: what they need from outside the loop goes to `setup`."""

    def __init__(self, code: NumPy, matcher: Matcher, layout: Layout) -> None:
        super().__init__(code)
        self.layout = layout
        self.setup: list[str] = []
        self.folded = {product: None for product in layout.with_bias if self._folds(product)}
        self.sources = dict.fromkeys(product.inputs.block for product in self.folded)
        for block in self.sources:
            m, is_data = len(block.terms), block.terms[0].place is not None
            ones = f"np.ones((n, {m + 1})).T" if is_data else f"np.ones(({m + 1}, n))"  # data come as rows
            self.setup += [f"{block.name}b = {ones}", f"{block.name} = {block.name}b[:-1]"]
        for product, start in layout.with_bias.items():
            m, d = product.weights.shape
            for name, buffer in (("", "theta"), ("d", "gradient")):
                both = f"{name}{product.weights.name}b"
                self.setup.append(f"{both} = {buffer}[{start}:{start + m * (d + 1)}].reshape({m}, {d + 1})")
                self.setup.append(f"{name}{product.weights.name}_ = {both}[:, :-1]")
                self.setup.append(f"{name}{product.bias.name}_ = {both}[:, -1:]")  # type: ignore[union-attr]
        for product in self.folded:
            if product.target not in self.sources:
                self.setup.append(f"{product.target.name} = np.empty(({len(product.target.terms)}, n))")
        self.buffers: set[Block] = set()  # whose gradients have an array that exists already

    def _folds(self, product: Product) -> bool:
        return product.inputs.is_whole and product.inputs.block.of_data and not product.inputs.block.is_flat

    def add(self, operand: Selection | Lone, text: str) -> None:
        """A line that adds a contribution to a gradient, in place if it has an array."""
        name = operand.block.gradient
        if operand.block in self.buffers and isinstance(operand, Selection) and operand.is_whole:
            self.lines.append(f"np.add({name}, {text}, out={name})")
        else:
            super().add(operand, text)

    def forward(self, statement: Statement) -> None:
        """The forward line of a statement, into an array that exists if it is one of a network's."""
        if isinstance(statement, Product) and statement in self.folded:
            source = statement.inputs.block.name
            self.lines.append(f"matmul({statement.weights.name}b, {source}b, {statement.target.name})")
        elif statement.target in self.sources:
            if _is_relu(statement):
                z = statement.operands[0].block.name  # type: ignore[union-attr]
                self.setup.append(f"zeros_{z} = np.zeros(({len(statement.target.terms)}, n))")
                self.lines.append(f"maximum_of_two({z}, zeros_{z}, out={statement.target.name})")
            else:
                statement.forward(self)
                self.lines[-1] = self.lines[-1].replace(" = ", "[...] = ", 1)
        else:
            statement.forward(self)

    def backward(self, statement: Statement) -> None:
        """The backward lines of a statement."""
        target = statement.target
        if isinstance(statement, Product) and statement in self.folded:
            block, weights = statement.inputs.block, statement.weights.name
            self.setup += [f"{block.name}bT = {block.name}b.T", f"{weights}T = {weights}_.T"]
            self.lines.append(f"matmul({target.gradient}, {block.name}bT, d{weights}b)")
            if block.needed and block not in self.started:
                self.setup.append(f"{block.gradient} = np.empty(({len(block.terms)}, n))")
                times = "multiply" if len(target.terms) == 1 else "matmul"  # a column times a row: the same, sooner
                self.lines.append(f"{times}({weights}T, {target.gradient}, {block.gradient})")
                self.started[block] = True
                self.buffers.add(block)
            elif block.needed:
                self.add(statement.inputs, f"{weights}T @ {target.gradient}")
        elif _is_relu(statement) and self.started.get(target):
            z = statement.operands[0].block  # type: ignore[union-attr]
            self.setup.append(f"on_{z.name} = np.empty(({len(target.terms)}, n), bool)")
            self.setup.append(f"zeros_{z.name} = np.zeros(({len(target.terms)}, n))")
            self.lines.append(f"greater_equal({z.name}, zeros_{z.name}, on_{z.name})")
            self.lines.append(f"multiply({target.gradient}, on_{z.name}, {target.gradient})")
            self.add(whole(z), target.gradient)
        elif _is_spread(statement) and statement.inputs.block not in self.started:  # type: ignore[union-attr]
            block = statement.inputs.block  # type: ignore[union-attr]
            self.setup.append(f"{block.gradient} = np.empty(({len(block.terms)}, {'n' if block.of_data else 1}))")
            self.lines.append(f"{block.gradient}[...] = {target.gradient}")
            self.started[block] = True
            self.buffers.add(block)
        else:
            statement.backward(self)


def _is_spread(statement: Statement) -> bool:
    """Whether each row of a block gets the same gradient."""
    return (
        isinstance(statement, Reduction)
        and statement.op is ops.total
        and statement.inputs.is_whole
        and statement.inputs.block.needed
    )


def _is_relu(statement: Statement) -> bool:
    return (
        isinstance(statement, Elementwise)
        and statement.op is ops.relu
        and not statement.target.is_flat
        and statement.target.of_data
        and not isinstance(statement.operands[0], (float, Lone))
        and statement.operands[0].is_whole
        and statement.operands[0].block.of_data
    )
