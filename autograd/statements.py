"""The statements of a matrix program: each computes one block, and hands the gradient of it on to the blocks it read.

Forward in written order, backward in reverse: the lecture's back-propagation, a line per layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from autograd.blocks import Block, Fixed, Lone, Operand, Selection, symbol
from autograd.op import Op
from autograd.source import NumPy, formula_of
from autograd.symbols import Expression

TRUSTED = ("autograd.ops", "nn.losses", "builtins", "math")  # finite slopes there, unless the entry has an edge
LONG = 60  # a slope whose formula is longer than this many characters is a function of its own


class Page:
    """The lines written so far, and which gradients already hold something."""

    def __init__(self, code: NumPy) -> None:
        self.code = code
        self.lines: list[str] = []
        self.indices: dict[tuple[object, ...], str] = {}
        self.started: dict[Block, bool] = {}  # the value: whether the array may be changed in place

    def index(self, rows: tuple[object, ...]) -> str:
        """The name of an array of row numbers."""
        return self.indices.setdefault(rows, f"rows{len(self.indices) + 1}")

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
                part = (
                    f"{self.target.gradient}[{start}]" if lone else f"{self.target.gradient}[{start}:{start + height}]"
                )
                spread = self.target.of_data and not piece.block.of_data
                page.add(piece, summed(part, 0 if lone else 1) if spread else part)
            start += height


class Elementwise:
    """A = f(Z): one operation on each entry, or on the entries of several operands."""

    def __init__(self, target: Block, op: Op, operands: Sequence[Operand]) -> None:
        self.target, self.op, self.operands = target, op, operands

    def forward(self, page: Page) -> None:
        """A1 = relu(Z1)."""
        formula = self.op(*map(page.operand, self.operands))
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
        upstream = symbol(self.target.gradient)
        inputs = [page.operand(operand) for operand in self.operands]
        slope = formula_of(self.op, i, [symbol(self.target.name), *inputs])
        if may_be_infinite(self.op):
            page.code.prelude["passed"] = None
            return f"passed({self.target.gradient}, {self.slope(page, i, inputs, slope)})"
        product = page.code.write(upstream * slope)
        if len(product) <= LONG:
            return product
        return f"{self.target.gradient} * {self.slope(page, i, inputs, slope)}"

    def slope(self, page: Page, i: int, inputs: Sequence[Expression | float], formula: Expression | float) -> str:
        """The local derivative: its formula if that is short, else a call of a function made from it."""
        text = page.code.write(formula)
        if len(text) <= LONG:
            return text
        arguments = [self.target.name, *(page.code.write(x) for x in inputs)]
        return f"{page.code.slope(self.op, i, len(inputs))}({', '.join(arguments)})"


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

    FORMS: ClassVar = {  # of the formulas written there: whether the forward line keeps the probabilities
        ("autograd.ops", "softmax"): False,
        ("nn.losses", "cross_entropy"): False,
        ("nn.losses", "cross_entropy_from_logits"): True,
    }

    def __init__(self, target: Block, op: Op, inputs: Selection, extra: Sequence[Operand]) -> None:
        self.target, self.op, self.inputs, self.extra = target, op, inputs, extra
        self.keeps = self.FORMS[form_of(op)]
        self.kept = ("P" if target.name == "L" else f"P_{target.name}") if self.keeps else ""

    def _arguments(self, page: Page) -> str:
        return "".join(f", {page.code.write(page.operand(x))}" for x in self.extra)

    def forward(self, page: Page) -> None:
        """A2 = softmax_rows(Z2)."""
        name = f"{self.op.name}_rows"
        page.code.prelude[name] = None
        kept = f", {self.kept}" if self.keeps else ""
        page.lines.append(f"{self.target.name}{kept} = {name}({page.rows(self.inputs)}{self._arguments(page)})")

    def backward(self, page: Page) -> None:
        """dZ2 = softmax_rows_backward(A2, dA2)."""
        if not self.inputs.block.needed:
            return
        name = f"{self.op.name}_rows_backward"
        page.code.prelude[name] = None
        first = self.kept or (page.rows(self.inputs) if self.extra else self.target.name)
        text = f"{name}({first}, {self.target.gradient}{self._arguments(page)})"
        spread = self.target.of_data and not self.inputs.block.of_data
        page.add(self.inputs, summed(text, 1) if spread else text)


Statement = Product | Windows | Stack | Elementwise | Reduction | Together


def whole(block: Block) -> Selection:
    """All of a block."""
    return Selection(block, range(len(block.terms)))


def summed(text: str, n_axes: int) -> str:
    """The sum over the data points: of a flat column, or of each row."""
    return f"np.sum({text}, axis=1, keepdims=True)" if n_axes else f"np.sum({text})"


def form_of(op: Op) -> tuple[str, str]:
    """Where the value's formula was written, and the operation's name: a user's own op of that name is another."""
    return getattr(op._formulas[0], "__module__", ""), op.name


def may_be_infinite(op: Op) -> bool:
    """Whether a derivative of the operation may be infinite at finite inputs: then 0 times it must be 0."""
    return bool(op.edge) or form_of(op)[0] not in TRUSTED
