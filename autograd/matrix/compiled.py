"""A function of one data point, compiled: written as the program that `source` prints, and run as it is printed."""

from __future__ import annotations

import math
import threading
from array import array
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from operator import add
from typing import Any, NoReturn

from autograd.matrix.columns import np
from autograd.matrix.lines import Block, Matcher
from autograd.matrix.listing import listing, program_lines
from autograd.matrix.trace import Reader, Trace
from autograd.op import Op
from autograd.value import Value

NAMES = ("x", "y")
SIZE = np.dtype(float).itemsize


class Compiled:
    """The lines of a function, their text, and the function that the text defines."""

    def __init__(self, trace: Trace, outside: Iterable[Value], first: Iterable[Value] = ()) -> None:
        self.widths = trace.widths
        reader = Reader(trace, outside)
        self.is_single, self.name = trace.is_single, "loss" if trace.is_single else "model"
        self.arguments = [_argument(i, held, reader) for i, held in enumerate(trace.arguments)]
        self.matcher = Matcher(reader.computed(), reader.roots, [block for _, block in self.arguments])
        self.layout = Layout(list(self.matcher.fixed.values()), first)
        self.lines = program_lines(self.matcher, self.arguments, gradients=self.is_single)
        self.body = listing(self.name, self.matcher, self.arguments, self.lines)
        self.space = run_text(self.source)
        self._loss = self.space[self.name]
        self._of_thread = threading.local()
        self.lenient = False  # whether an overflow on the way is known to do no harm

    @property
    def source(self) -> str:
        """The program as Python text: with gradients, if f is a loss."""
        return with_imports(self.body)

    @cached_property
    def forward_body(self) -> str:
        """The forward pass alone, a function `model`, without the imports."""
        lines = program_lines(self.matcher, self.arguments, gradients=False)
        return listing("model", self.matcher, self.arguments, lines)

    @cached_property
    def _model(self) -> Callable[..., Any]:
        return run_text(with_imports(self.forward_body))["model"]  # type: ignore[no-any-return]

    def arrays(self) -> dict[str, Any]:
        """The current parameters and the constants, as the arrays W1, b1, … that the source takes."""
        names = [block.name for block in self.matcher.fixed.values()]
        return {name: array.copy() for name, array in zip(names, Buffer(self.layout).arrays(), strict=True)}

    def outputs(self, columns: Sequence[Any]) -> Any:
        """f of every data point, one row each."""
        with np.errstate(all="ignore"):
            return self._model(*columns, *Buffer(self.layout).arrays())

    def buffer(self) -> Buffer:
        """A buffer with the current numbers of the parameters; each thread has its own."""
        held: Buffer | None = getattr(self._of_thread, "buffer", None)
        if held is None:
            held = self._of_thread.buffer = Buffer(self.layout)
        held.read()
        return held

    def run(self, columns: Sequence[Any], buffer: Buffer) -> float | None:
        """J at the numbers of a buffer, which gets the gradient; None if something on the way is not finite."""
        try:
            with np.errstate(all="ignore") if self.lenient else np.errstate(all="raise", under="ignore"):
                J = self.attempt(columns, buffer)
        except FloatingPointError:
            return None
        return J if J - J == 0.0 and buffer.gradient.dot(buffer.zeros) == 0.0 else None

    def attempt(self, columns: Sequence[Any], buffer: Buffer) -> float:
        """The same, whatever it is."""
        answer = self._loss(*columns, *buffer.arrays())
        J, *slopes = answer if isinstance(answer, tuple) else (answer,)
        buffer.collect(slopes)
        return float(J)


class Layout:
    """Where each entry of W1, b1, … lies in one flat array of all parameters and constants; `first` are in front."""

    def __init__(self, blocks: Sequence[Block], first: Iterable[Value] = ()) -> None:
        values = [term.value for block in blocks for term in block.terms]
        reached = dict.fromkeys(value for value in values if isinstance(value, Value))
        self.reached = tuple(reached)
        self.parameters = tuple(dict.fromkeys([*first, *reached]))
        self.constants = list({repr(value): value for value in values if not isinstance(value, Value)}.values())
        keys = [*self.parameters, *map(repr, self.constants)]
        place = {key: i for i, key in enumerate(keys)}
        self.size = len(keys)
        self.parts = []
        taken: set[int] = set()
        for block in blocks:
            at = [place[term.value if isinstance(term.value, Value) else repr(term.value)] for term in block.terms]
            index = np.array(at).reshape(block.shape)
            self.parts.append((index, _steps(index), block.needed, taken.isdisjoint(at)))
            if block.needed:
                taken.update(at)


class Buffer:
    """The numbers of all parameters and constants in one flat array, and ∂J/∂ each of them in another."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        held = array("d", [p._data for p in layout.parameters])  # twice as fast as np.array of the list
        held.extend(layout.constants)
        self.numbers = np.frombuffer(held)
        self.gradient, self.zeros = np.zeros(layout.size), np.zeros(layout.size)
        self._arrays = [_view(self.numbers, index, steps) for index, steps, _, _ in layout.parts]
        self._gathers = [i for i, (_, steps, _, _) in enumerate(layout.parts) if steps is None]
        self._slopes = [
            (index, None if steps is None else _view(self.gradient, index, steps), is_first)
            for index, steps, needed, is_first in layout.parts
            if needed
        ]
        self._overlap = not all(is_first and view is not None for _, view, is_first in self._slopes)

    def read(self) -> None:
        """Take the current numbers of the parameters."""
        self.numbers[: len(self.layout.parameters)] = array("d", [p._data for p in self.layout.parameters])

    def arrays(self) -> list[Any]:
        """W1, b1, … as views of the flat array, or gathered from it."""
        for i in self._gathers:
            self._arrays[i] = self.numbers[self.layout.parts[i][0]]
        return self._arrays

    def collect(self, slopes: Sequence[Any]) -> None:
        """Put dW1, db1, … where their parameters are; a parameter may be in several."""
        if self._overlap:
            self.gradient[:] = 0.0
        for (index, view, is_first), slope in zip(self._slopes, slopes, strict=True):
            if view is None:
                np.add.at(self.gradient, index, slope)
            elif is_first:
                view[...] = slope
            else:
                view += slope


def _steps(index: Any) -> tuple[int, int] | None:
    """How far apart rows and columns lie, if all do evenly and no entry is there twice."""
    m, d = index.shape
    across = int(index[0, 1] - index[0, 0]) if d > 1 else 1
    down = int(index[1, 0] - index[0, 0]) if m > 1 else d * across
    even = index[0, 0] + down * np.arange(m)[:, None] + across * np.arange(d)
    return (down, across) if np.array_equal(index, even) and len(np.unique(index)) == index.size else None


def _view(flat: Any, index: Any, steps: tuple[int, int] | None) -> Any:
    if steps is None:
        return flat[index]
    return np.ndarray(index.shape, float, flat, int(index[0, 0]) * SIZE, (steps[0] * SIZE, steps[1] * SIZE))


def _argument(number: int, held: Any, reader: Reader) -> tuple[str, Block]:
    """The name of an argument of the source, and its block: data points as columns."""
    name = NAMES[number] if number < len(NAMES) else f"x{number + 1}"
    if not isinstance(held, list):
        return name, Block(name, [reader.term(held.term)])
    return name.upper(), Block("A0" if number == 0 else name.upper(), [reader.term(x.term) for x in held])


def _refuse_formula(*_: Any) -> NoReturn:
    raise TypeError(
        "grad and hessian need the formulas of the whole graph, and J = vectorize(f)(X, Y) holds its gradient only; "
        "build the scalar graph for them: average([f(x, y) for x, y in zip(X, Y)])"
    )


TRAINING_ERROR = Op("vectorize", value=_refuse_formula, derivatives=_refuse_formula, symbol="J")


class TrainingError(Value):
    """J as a node: its parents are the parameters, its local derivatives the gradient."""

    __slots__ = ()

    def backward(self) -> None:
        """The same as of any other node; where it stands above leaves alone, there is nothing to put in order."""
        parents, before = self.parents, [parent._grad for parent in self.parents]
        after = list(map(add, before, self.local_derivatives))
        if {parent.op for parent in parents} != {None} or not math.isfinite(sum(after)):
            super().backward()  # which knows what lies below, and the words
            return
        try:
            self._grad = 1.0
            for parent, gradient in zip(parents, after, strict=True):
                parent._grad = gradient
        except BaseException:  # an interrupt: all as it was
            for parent, gradient in zip(parents, before, strict=True):
                parent._grad = gradient
            raise


def training_error(J: float, buffer: Buffer) -> TrainingError:
    """The node of J and the gradient in a buffer."""
    parameters = buffer.layout.parameters
    new = TrainingError(J, label="J")
    new.op, new.parents = TRAINING_ERROR, parameters
    new.local_derivatives = tuple(buffer.gradient[: len(parameters)].tolist())
    return new


def with_imports(body: str) -> str:
    """The text of a program with the imports that it needs."""
    return ("import math\n\n" if "math." in body else "") + f"import numpy as np\n\n\n{body}"


def run_text(text: str) -> dict[str, Any]:
    """What a program defines."""
    space: dict[str, Any] = {}
    exec(compile(text, "<source of vectorize>", "exec"), space)
    return space
