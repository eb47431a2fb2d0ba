"""The statements of a matrix program: each computes one block, and hands the gradient of it on to the blocks it read.

Forward in written order, backward in reverse: the lecture's back-propagation, a line per layer.
"""

from __future__ import annotations

from collections.abc import Sequence

from autograd import ops
from autograd.formulas.code import formula_of
from autograd.formulas.symbols import Expression
from autograd.matrix.blocks import Block, Fixed, Lone, Operand, Selection, symbol
from autograd.matrix.layers import Reduction, Together, form_of
from autograd.matrix.page import Page, summed, whole
from autograd.op import Op

TRUSTED = ("autograd", "nn", "builtins", "math")  # finite slopes there, unless the entry has an edge
LONG = 60  # a slope whose formula is longer than this many characters is a function of its own


class Product:
    """Z = W @ A + b: Σ nodes that share their inputs."""

    def __init__(self, target: Block, weights: Fixed, inputs: Selection, bias: Fixed | None) -> None:
        self.target, self.weights, self.inputs, self.bias = target, weights, inputs, bias

    def forward(self, page: Page) -> None:
        """Z1 = W1 @ A0 + b1."""
        bias = f" + {self.bias.name}" if self.bias else ""
        page.lines.append(f"{self.target.name} = {self.weights.name} @ {page.rows(self.inputs)}{bias}")

    def backward(self, page: Page) -> None:
        """dW1 = dZ1 @ A0.T, db1, and dA0 = W1.T @ dZ1."""
        dz = self.target.gradient
        if self.weights.needed:
            page.add(whole(self.weights), f"{dz} @ {page.rows(self.inputs)}.T")
        if self.bias and self.bias.needed:
            page.add(whole(self.bias), f"{dz}.sum(axis=1, keepdims=True)")
        if self.inputs.block.needed:
            page.add(self.inputs, f"{self.weights.name}.T @ {dz}")


class Windows:
    """The same weights at several places, as in a convolution: Z = W @ A[window] + b for each window."""

    def __init__(
        self, target: Block, weights: Fixed, block: Block, windows: Sequence[tuple[int, ...]], bias: Fixed | None
    ) -> None:
        self.target, self.weights, self.block, self.bias = target, weights, block, bias
        self.windows = tuple(windows)

    def forward(self, page: Page) -> None:
        """All windows in one product of stacks of matrices."""
        bias = f" + {self.bias.name}" if self.bias else ""
        windows = f"{self.block.name}[{page.index(self.windows)}]"
        page.lines.append(f"{self.target.name} = ({self.weights.name} @ {windows}{bias}).reshape(-1, n)")

    def backward(self, page: Page) -> None:
        """The gradient per window; dA gathers what the windows share."""
        index = page.index(self.windows)
        dz = f"{self.target.gradient}.reshape({len(self.windows)}, -1, n)"
        if self.weights.needed:
            inputs = f"{self.block.name}[{index}].swapaxes(1, 2)"
            page.add(whole(self.weights), f"({dz} @ {inputs}).sum(axis=0)")
        if self.bias and self.bias.needed:
            page.add(whole(self.bias), f"{dz}.sum(axis=(0, 2)).reshape(-1, 1)")
        if self.block.needed:
            page.own(self.block)
            page.lines.append(f"np.add.at({self.block.gradient}, {index}, {self.weights.name}.T @ {dz})")


class Stack:
    """Rows from several blocks, put together as the inputs of one statement."""

    def __init__(self, target: Block, pieces: Sequence[Selection | Lone | float]) -> None:
        self.target, self.pieces = target, pieces

    def forward(self, page: Page) -> None:
        """C1 = np.vstack([A1, A0[0:2]])."""
        texts = []
        for piece in self.pieces:
            text = page.code.write(page.operand(piece))
            of_data = not isinstance(piece, float) and piece.block.of_data
            texts.append(text if of_data or not self.target.of_data else f"np.full(n, {text})")
        page.lines.append(f"{self.target.name} = np.vstack([{', '.join(texts)}])")

    def backward(self, page: Page) -> None:
        """Each piece gets its rows of the gradient."""
        start = 0
        for piece in self.pieces:
            height = len(piece.rows) if isinstance(piece, Selection) else 1
            if not isinstance(piece, float) and piece.block.needed:
                lone = isinstance(piece, Lone) or piece.block.is_flat
                rows = f"{start}" if lone else f"{start}:{start + height}"
                part = f"{self.target.gradient}[{rows}{', 0' if lone and not self.target.of_data else ''}]"
                spread = self.target.of_data and not piece.block.of_data
                page.add(piece, summed(part, 0 if lone else 1) if spread else part)
            start += height


class Elementwise:
    """A = f(Z): one operation on each entry, or on the entries of several operands."""

    def __init__(self, target: Block, op: Op, operands: Sequence[Operand]) -> None:
        self.target, self.op, self.operands = target, op, operands

    def forward(self, page: Page) -> None:
        """A1 = relu(Z1)."""
        operands = tuple(map(page.operand, self.operands))
        is_number = all(isinstance(operand, float) for operand in operands)
        formula = self.op(*operands) if is_number else Expression(self.op, operands)  # as written: x ** 0 has a shape
        page.lines.append(f"{self.target.name} = {page.code.write(formula)}")

    def backward(self, page: Page) -> None:
        """dZ1 = dA1 * slope."""
        for i, operand in enumerate(self.operands):
            if not isinstance(operand, float) and operand.block.needed:
                text = self.contribution(page, i)
                down = not self.target.is_flat and isinstance(operand, Lone)
                across = self.target.of_data and not operand.block.of_data
                flat = self.target.is_flat or down
                if down and across:
                    text = f"np.sum({text})"
                elif down:
                    text = f"np.sum({text}, axis=0)" if self.target.of_data else f"np.sum({text})"
                elif across:
                    text = summed(text, 0 if flat else 1)
                page.add(operand, text)

    def contribution(self, page: Page, i: int) -> str:
        """What reaches input i: the gradient of the answer times a local derivative."""
        inputs = [page.operand(operand) for operand in self.operands]
        slope = formula_of(self.op, i, [symbol(self.target.name), *inputs])
        upstream, text = self.target.gradient, page.code.write(slope)
        is_short = len(text) <= LONG
        if not is_short:
            arguments = [self.target.name, *map(page.code.write, inputs)]
            text = f"{page.code.slope(self.op, i, len(inputs))}({', '.join(arguments)})"
        if may_be_infinite(self.op) and not self.is_a_power():
            page.code.prelude["passed"] = None
            return f"passed({upstream}, {text})"
        factors = symbol(upstream) * slope
        if not isinstance(factors, Expression):  # a slope that is 0 everywhere, as that of a softmax of one
            return f"np.zeros_like({upstream})"
        return page.code.write(factors) if is_short else f"{upstream} * {text}"

    def is_a_power(self) -> bool:
        """Whether it is x², x³, …: these have finite slopes everywhere."""
        return self.op is ops.power and isinstance(self.operands[1], float) and self.operands[1] >= 1.0


def may_be_infinite(op: Op) -> bool:
    """Whether a derivative of the operation may be infinite at finite inputs: then 0 times it must be 0."""
    return bool(op.edge) or form_of(op)[0] not in TRUSTED


Statement = Product | Windows | Stack | Elementwise | Reduction | Together
