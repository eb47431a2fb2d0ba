"""The matrix program for the machine: its parameters in one flat buffer, its arrays kept from call to call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from struct import Struct
from typing import Any
from weakref import ref

from autograd.clock import clock
from autograd.matrix.blocks import Block, Fixed, shape_of
from autograd.matrix.columns import np
from autograd.matrix.fast import IMPORTS, Fast, Floats, direct
from autograd.matrix.layout import Layout
from autograd.matrix.listing import closing, root_is_flat
from autograd.matrix.matrices import Matcher
from autograd.node import set_data
from autograd.value import Value

KEPT_SIZES = 4  # arrays are kept for this many sizes of batch


class Kernel:
    """The program as a function of flat buffers: `run(*columns)` is J, and fills `gradient`.

    While `clock.gradients_of` is its `own`, the parameters hold the gradients in `slopes`.
    """

    def __init__(self, matcher: Matcher, arguments: Sequence[tuple[str, Block]]) -> None:
        self.layout = layout = Layout(matcher)
        self.parameters = tuple(layout.parameters)
        self.reads_leaves = all(parameter.op is None for parameter in self.parameters)
        size = len(self.parameters)
        self._pack = Struct(f"{size}d").pack_into  # twice as fast as assigning a list to a part of an array
        self.theta = np.array([0.0] * size + [*layout.constants.values()])
        self.gradient = np.zeros(size + len(layout.constants))
        self._zeros = np.zeros(len(self.gradient))
        page = Fast(Floats(prefix="op_"), matcher, layout)  # nothing else is called op_
        self._make_source(page, matcher, arguments)
        space: dict[str, Any] = {}
        exec(compile(self.source, "<kernel of vectorize>", "exec"), space)
        self._make = space["make"]
        self._sized: dict[int, Any] = {}
        self.own = ref(self)
        self.slopes: Any = None
        self._read_at: object = None  # when theta was what the parameters are
        self._moved: tuple[object, Any] = (None, None)  # when they became what, by `move`
        self._compared: list[Value] = []
        self._are_mine = False

    def _make_source(self, page: Fast, matcher: Matcher, arguments: Sequence[tuple[str, Block]]) -> None:
        for name, block in arguments:
            if block in page.sources:
                page.lines.append(f"{block.name}[...] = {name}.T")
            elif block.name != name:
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
                index = page.layout.index(block)
                if index == list(range(index[0], index[0] + len(index))):  # a run of what other blocks hold, too
                    page.setup.append(f"at_{block.name} = slice({index[0]}, {index[-1] + 1})")
                    page.setup.append(f"{block.name} = theta[at_{block.name}].reshape({block.shape})")
                else:
                    page.setup.append(f"at_{block.name} = np.array({index}).reshape({block.shape})")
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
        make = (
            f"def make(theta, gradient, n):\n{setup}\n"
            f"    def run({', '.join(name for name, _ in arguments)}):\n{body}\n    return run\n"
        )
        called = "\n".join([*page.code.imports(), IMPORTS, page.code.definitions()])
        self.source = "\n\n".join([direct(called), "\n".join(constants), direct(make)])

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
                index = page.layout.index(block)
                if block not in page.started:
                    continue
                if index == list(range(index[0], index[0] + len(index))):
                    adding.append(f"gradient[at_{block.name}] += {value}.ravel()")
                elif len(set(index)) == len(index):
                    adding.append(f"gradient[at_{block.name}] += {value}")
                else:
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
        now, (moved_at, numbers) = clock.now, self._moved
        if self._read_at is now:
            return
        if moved_at is now:
            self.theta[: len(numbers)] = numbers
        else:
            self._pack(self.theta, 0, *[parameter._data for parameter in self.parameters])  # type: ignore[arg-type]
        self._read_at = now

    def knows(self, parameters: list[Value]) -> bool:
        """Whether the numbers and gradients of just these parameters are in its arrays."""
        if self._read_at is not clock.now:
            return False
        if parameters != self._compared:
            self._compared, self._are_mine = list(parameters), set(parameters) == set(self.parameters)
        return self._are_mine

    def move(self, step: Callable[[Any, Any], Any]) -> bool:
        """Give each parameter p the number step(p, gradient), worked out on arrays; not if one would not be finite."""
        with np.errstate(all="ignore"):
            new = step(self.theta[: len(self.parameters)], self.slopes)
            if not self.is_finite(new):
                return False
        done = object()
        self._moved = done, new
        set_data(self.parameters, new.tolist(), done)
        return True

    def is_finite(self, numbers: Any) -> bool:
        """Whether no number of an array, no longer than the buffer, is inf or nan: 0 times either is nan."""
        return bool(numbers.dot(self._zeros[: len(numbers)]) == 0.0)

    def run(self, columns: Sequence[Any]) -> float:
        """J at these data points; `gradient` is ∂J/∂parameters then."""
        n = len(columns[0])
        function = self._sized.get(n)
        if function is None:
            if len(self._sized) >= KEPT_SIZES:
                self._sized.pop(next(iter(self._sized)))
            function = self._sized[n] = self._make(self.theta, self.gradient, n)
        return float(function(*columns))
