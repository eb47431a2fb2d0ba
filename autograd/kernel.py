"""A matrix program made to run: its parameters in one flat buffer, its arrays kept from call to call.

`readable` writes the program for a person, `Kernel` the same statements for the machine: products and activations
go into arrays that exist already, and a bias is one more column of its weights, times a row of ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd import ops
from autograd.blocks import Block, Fixed, Lone, Selection, shape_of
from autograd.matrices import Matcher
from autograd.source import NumPy
from autograd.statements import Elementwise, Page, Product, Stack, Statement, whole
from autograd.value import Value

KEPT_SIZES = 4  # arrays are kept for this many sizes of batch


class Layout:
    """Where each fixed block is in the flat buffer: parameters first, then constants."""

    def __init__(self, matcher: Matcher) -> None:
        self.parameters: dict[Value, int] = {}
        self.start: dict[Fixed, int] = {}  # of blocks that are a view of the buffer
        self.with_bias: dict[Product, int] = {}  # products whose weights and bias are one view
        uses = [block for statement in matcher.statements for block in _fixed_blocks(statement)]
        for statement in matcher.statements:
            if isinstance(statement, Product) and statement.bias and uses.count(statement.weights) == 1:
                rows = zip(_rows(statement.weights), statement.bias.terms, strict=True)
                start = self._place([value for row, b in rows for value in (*row, b.value)])
                if start is not None and uses.count(statement.bias) == 1:
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


class Fast(Page):
    """The lines of a kernel: what they need from outside the loop goes to `setup`."""

    def __init__(self, code: NumPy, matcher: Matcher, layout: Layout) -> None:
        super().__init__(code)
        self.layout = layout
        self.setup: list[str] = []
        self.sources = {product.inputs.block for product in layout.with_bias if self._folds(product)}
        self.folded = {product for product in layout.with_bias if product.inputs.block in self.sources}
        for block in self.sources:
            m = len(block.terms)
            self.setup += [f"{block.name}b = np.ones(({m + 1}, n))", f"{block.name} = {block.name}b[:-1]"]
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
            self.setup.append(f"{block.name}bT = {block.name}b.T")
            self.lines.append(f"matmul({target.gradient}, {block.name}bT, d{weights}b)")
            if block.needed and block not in self.started:
                self.setup += [f"{weights}T = {weights}_.T", f"{block.gradient} = np.empty(({len(block.terms)}, n))"]
                self.lines.append(f"matmul({weights}T, {target.gradient}, {block.gradient})")
                self.started[block] = True
                self.buffers.add(block)
            elif block.needed:
                self.add(statement.inputs, f"{weights}T @ {target.gradient}")
        elif _is_relu(statement) and self.started.get(target):
            z = statement.operands[0].block  # type: ignore[union-attr]
            self.setup.append(f"off_{z.name} = np.empty(({len(target.terms)}, n), bool)")
            self.setup.append(f"zeros_{z.name} = np.zeros(({len(target.terms)}, n))")
            self.lines.append(f"less({z.name}, zeros_{z.name}, off_{z.name})")
            self.lines.append(f"copyto({target.gradient}, 0.0, where=off_{z.name})")
            self.add(whole(z), target.gradient)
        else:
            statement.backward(self)


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


def opening(arguments: Sequence[tuple[str, Block | None]]) -> list[str]:
    """The lines that take the arguments: data points as columns."""
    first = arguments[0][0]
    lines = [f"n = len({first})", "", "# forward"]
    return lines + [f"{block.name} = {name}.T" for name, block in arguments if block and block.name != name]


def closing(matcher: Matcher, page: Page) -> list[str]:
    """The lines between forward and backward: the training error, and where its gradient starts."""
    root = matcher.lone(matcher.roots[0])
    text = page.code.write(page.operand(root))
    lines = [f"J = np.mean({text})"]
    if isinstance(root, Lone) and root.block.needed:
        if root.block.is_flat:
            lines.append(f"{root.block.gradient} = " + ("np.full(n, 1 / n)" if root.block.of_data else "np.array(1.0)"))
            page.started[root.block] = True
        else:
            page.lines = lines
            page.add(root, "1 / n" if root.block.of_data else "1")
    return lines


def root_is_flat(matcher: Matcher) -> bool:
    """Whether the loss is a column, one number per data point, that can be summed as it is."""
    root = matcher.lone(matcher.roots[0])
    return isinstance(root, Lone) and root.block.of_data


def readable(name: str, matcher: Matcher, arguments: Sequence[tuple[str, Block | None]], *, gradients: bool) -> str:
    """The program as Python source that runs as it stands."""
    code = NumPy(taken=[*matcher.names, name])
    page = Page(code)
    page.lines = opening(arguments)
    for statement in matcher.statements:
        statement.forward(page)
    wanted = [block for block in matcher.fixed.values() if block.needed]
    if gradients:
        forward, page.lines = page.lines, []
        end = closing(matcher, page)
        page.lines = []
        for statement in reversed(matcher.statements):
            if statement.target in page.started:
                statement.backward(page)
        results = [
            "J",
            *(block.gradient if block in page.started else f"np.zeros_like({block.name})" for block in wanted),
        ]
        lines = [*forward, end[0], "", "# backward", *end[1:], *page.lines, f"return {', '.join(results)}"]
    else:
        lines = [*page.lines, f"return {outputs(matcher, page)}"]
    names = [*(argument for argument, _ in arguments), *(block.name for block in matcher.fixed.values())]
    head = f"def {name}({', '.join(names)}):"
    constants = [f"{name} = {shape_of(rows)}" for rows, name in page.indices.items()]
    body = "\n".join(f"    {line}" if line else "" for line in lines)
    pieces = ["\n".join(code.imports()).rstrip() + "\n", code.definitions(), "\n".join(constants), f"{head}\n{body}"]
    return "\n\n".join(piece for piece in pieces if piece) + "\n"


def outputs(matcher: Matcher, page: Page) -> str:
    """What .map returns: a column, or one column per output."""
    texts = []
    for root in matcher.roots:
        operand = matcher.lone(root)
        text = page.code.write(page.operand(operand))
        of_data = isinstance(operand, Lone) and operand.block.of_data
        texts.append(text if of_data else f"np.full(n, {text})")
    return f"np.stack([{', '.join(texts)}], axis=1)"


class Kernel:
    """The program as a function of flat buffers: `run(*columns)` is J, and fills `gradient`."""

    def __init__(self, matcher: Matcher, arguments: Sequence[tuple[str, Block | None]]) -> None:
        import numpy as np

        self.np = np
        self.layout = layout = Layout(matcher)
        self.parameters = tuple(layout.parameters)
        self.reads_leaves = all(parameter.op is None for parameter in self.parameters)
        size = len(self.parameters)
        self.theta = np.array([0.0] * size + [*layout.constants.values()])
        self.gradient = np.zeros(size + len(layout.constants))
        code = NumPy(taken=matcher.names)
        page = Fast(code, matcher, layout)
        self._make_source(page, matcher, arguments)
        space: dict[str, Any] = {}
        exec(compile(self.source, "<kernel of vectorize>", "exec"), space)
        self._make = space["make"]
        self._sized: dict[int, Any] = {}

    def _make_source(self, page: Fast, matcher: Matcher, arguments: Sequence[tuple[str, Block | None]]) -> None:
        for name, block in arguments:
            if block and block in page.sources:
                page.lines.append(f"{block.name}[...] = {name}.T")
            elif block and block.name != name:
                page.lines.append(f"{block.name} = {name}.T")
        gathered = []
        for block in matcher.fixed.values():
            if block in page.layout.folded:
                page.setup.append(f"{block.name} = {block.name}_")
            elif block in page.layout.start:
                start = page.layout.start[block]
                entry = f"theta[{start}:{start + len(block.terms)}].reshape({block.shape})"
                page.setup.append(f"{block.name} = {entry}")
            else:
                gathered.append(block)
                page.setup.append(f"at_{block.name} = np.array({page.layout.index(block)}).reshape({block.shape})")
                page.lines.append(f"{block.name} = theta[at_{block.name}]")
        if gathered:
            page.lines.append("gradient[...] = 0.0")
        for statement in matcher.statements:
            page.forward(statement)
        forward, page.lines = page.lines, []
        end = closing(matcher, page)
        page.setup += [line for line in end if line.startswith("d") and "np.full" in line]
        end = [line for line in end if line not in page.setup]
        end[0] = end[0].replace("np.mean(", "np.add.reduce(", 1) + " / n" if root_is_flat(matcher) else end[0]
        page.lines = []
        for statement in reversed(matcher.statements):
            if statement.target in page.started:
                page.backward(statement)
        page.lines += self._writing_back(page, matcher, gathered)
        constants = [f"{name} = {shape_of(rows)}" for rows, name in page.indices.items()]
        setup = "\n".join(f"    {line}" for line in dict.fromkeys(page.setup))
        body = "\n".join(f"        {line}" for line in [*forward, *end, *page.lines, "return J"])
        self.source = "\n\n".join(
            [
                "\n".join([*page.code.imports(), "from numpy import copyto, less, matmul, maximum as maximum_of_two"]),
                page.code.definitions(),
                "\n".join(constants),
                f"def make(theta, gradient, n):\n{setup}\n"
                f"    def run({', '.join(name for name, _ in arguments)}):\n{body}\n    return run\n",
            ]
        )

    @staticmethod
    def _writing_back(page: Fast, matcher: Matcher, gathered: Sequence[Fixed]) -> list[str]:
        """The gradients of the fixed blocks into the flat buffer: assigned where they are views, added elsewhere."""
        lines, adding = [], []
        done = {block for product in page.folded for block in (product.weights, product.bias)}
        for block in matcher.fixed.values():
            if block in done or not block.needed:
                continue
            value = block.gradient if block in page.started else "0.0"
            if block in gathered:
                if block in page.started:
                    adding.append(f"np.add.at(gradient, at_{block.name}, {value})")
                continue
            if block in page.layout.start:
                start = page.layout.start[block]
                view = f"gradient[{start}:{start + len(block.terms)}].reshape({block.shape})"
                page.setup.append(f"{block.gradient}_ = {view}")
            lines.append(f"{block.gradient}_[...] = {value}")
        return [*lines, *adding]

    def read(self) -> None:
        """Take the current numbers of the parameters."""
        size = len(self.parameters)
        self.theta[:size] = [parameter._data for parameter in self.parameters]

    def run(self, columns: Sequence[Any]) -> float:
        """J at these data points; `gradient` is ∂J/∂parameters then."""
        n = len(columns[0])
        function = self._sized.get(n)
        if function is None:
            if len(self._sized) >= KEPT_SIZES:
                self._sized.pop(next(iter(self._sized)))
            function = self._sized[n] = self._make(self.theta, self.gradient, n)
        return float(function(*columns))
