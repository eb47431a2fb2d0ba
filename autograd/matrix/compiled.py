"""A function of one data point, compiled: traced once, matched, written as source, and run over columns of data."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cached_property
from threading import RLock
from typing import Any

from autograd.errors import shown
from autograd.matrix.blocks import Block
from autograd.matrix.columns import np
from autograd.matrix.data import columns_of, point_at, widths_of
from autograd.matrix.failures import blame, graph_of
from autograd.matrix.kernel import Kernel
from autograd.matrix.listing import readable
from autograd.matrix.matrices import Matcher
from autograd.matrix.trace import Graph, Reader
from autograd.value import Value

NAMES = ("x", "y")
CLOSE = 1e-6  # how far the program may be from the scalar graph: far more than rounding, far less than a mistake


class Compiled:
    """What `vectorize` keeps of a function: its program as text, its outputs as a function, and its kernel."""

    def __init__(self, f: Callable[..., Any], columns: Sequence[Any]) -> None:
        self.f = f
        self.widths = widths_of(columns)
        first = graph_of(f, columns, 0)
        try:
            last = Graph(f, point_at(columns, -1), looking_allowed=True)
        except (ArithmeticError, ValueError, IndexError):  # blamed below, when there is a program with lines
            last = None
        reader = Reader(first, outside=first.shared_with(last or Graph(f, point_at(columns, 0), looking_allowed=True)))
        self.arguments = [_argument(number, held, reader) for number, held in enumerate(first.arguments)]
        self.matcher = Matcher(reader.roots, [block for _, block in self.arguments])
        self.is_single = first.is_single
        self.map_source = readable("model", self.matcher, self.arguments, gradients=False)
        space: dict[str, Any] = {}
        exec(compile(self.map_source, "<source of vectorize>", "exec"), space)
        self._forward = space["model"]
        self.in_use = RLock()  # the kernel's buffers belong to one thread at a time
        self._lenient = False  # whether an overflow on the way is known to do no harm
        if last is None:
            blame(self, columns, len(columns[0]) - 1)
        else:
            self._check_against(last, columns)

    @classmethod
    def traced(cls, f: Callable[..., Any], data: Sequence[Any]) -> tuple[Compiled, list[Any]]:
        """The function compiled for its first data, and these as columns."""
        columns = columns_of(data)
        return cls(f, columns), columns

    def columns(self, data: Sequence[Any]) -> list[Any]:
        """Further data as columns: of the same widths."""
        return columns_of(data, self.widths)

    @cached_property
    def source(self) -> str:
        """The program as Python text: with gradients, if f is a loss."""
        if not self.is_single:
            return self.map_source
        return readable("loss", self.matcher, self.arguments, gradients=True)

    @cached_property
    def kernel(self) -> Kernel:
        """The program as a function of flat buffers."""
        if not self.is_single:
            raise TypeError(
                "the training error needs a function that returns one Value, and this one returns a list of "
                f"{len(self.matcher.roots)}; use .map(X) for outputs, or return total([...])"
            )
        return Kernel(self.matcher, self.arguments)

    def arrays(self) -> dict[str, Any]:
        """The current parameters and the constants, as the arrays W1, b1, … that the source takes."""
        return {
            block.name: np.array([_number(term.value) for term in block.terms]).reshape(block.shape)
            for block in self.matcher.fixed.values()
        }

    def map(self, columns: Sequence[Any]) -> Any:
        """f of every data point, one row each."""
        with np.errstate(all="ignore"):
            answer = self._forward(*columns, *self.arrays().values())
        finite = np.isfinite(answer).all(axis=1)
        if not finite.all():
            blame(self, columns, int(finite.argmin()))
        return answer

    def run(self, columns: Sequence[Any]) -> float:
        """J at the parameters in the kernel's buffer; what is not finite raises the scalar engine's error."""
        J = self._attempt(columns)
        return self._explain(columns) if J is None else J

    def _attempt(self, columns: Sequence[Any]) -> float | None:
        """J, or None if something in it is not finite."""
        kernel = self.kernel
        try:
            with np.errstate(all="ignore") if self._lenient else np.errstate(all="raise", under="ignore"):
                J = kernel.run(columns)
                is_finite = J - J == 0.0 and kernel.is_finite(kernel.gradient)
        except FloatingPointError:
            return None
        return J if is_finite else None

    def _check_against(self, graph: Graph, columns: Sequence[Any]) -> None:
        """Hold the program against the scalar graph of the last data point."""
        point = [column[-1:] for column in columns]
        with np.errstate(all="ignore"):
            found = self._forward(*point, *self.arrays().values())[0]
        wanted = np.array([root._data for root in graph.roots])
        if found.shape != wanted.shape or not np.allclose(found, wanted, rtol=CLOSE, atol=CLOSE, equal_nan=True):
            raise ValueError(
                f"the program traced on the first data point gives {shown(found.tolist())} for the last one, and the "
                f"function itself {shown(wanted.tolist())}: it does not compute the same for every data point. Keep "
                "random numbers and choices by position out of it"
            )

    def _explain(self, columns: Sequence[Any]) -> float:
        """Raise the scalar engine's error for the first data point that has one; J, if none has."""
        position = self._first_offender(columns)
        if position is not None:
            blame(self, columns, position)
        if self._lenient:
            return self._unexplained(columns)
        self._lenient = True  # what overflowed on the way was in a branch that is not taken
        J = self._attempt(columns)
        return self._explain(columns) if J is None else J

    def _first_offender(self, columns: Sequence[Any]) -> int | None:
        """Where a data point is that alone is not finite either: found by halving."""
        low, high = 0, len(columns[0])
        while high - low > 1:
            middle = (low + high) // 2
            if self._attempt([column[low:middle] for column in columns]) is None:
                high = middle
            else:
                low = middle
        alone = [column[low:high] for column in columns]
        return low if self._attempt(alone) is None else None

    def _unexplained(self, columns: Sequence[Any]) -> float:
        with np.errstate(all="ignore"):
            J = self.kernel.run(columns)
        given = [*self.kernel.theta.tolist(), *(x for column in columns for x in column.ravel().tolist())]
        if all(map(math.isfinite, given)):
            raise OverflowError(
                f"the training error of {len(columns[0])} data points, or its gradient, is too large for a float "
                "(1.8e308 is the largest). Scale the loss."
            )
        return J  # inf given by the user goes where it goes


def _argument(number: int, held: Any, reader: Reader) -> tuple[str, Block]:
    """The name of an argument of the source, and its block: data points as columns."""
    name = NAMES[number] if number < len(NAMES) else f"x{number + 1}"
    if not isinstance(held, list):
        return name, Block(name, [reader.terms[held]], is_flat=True)
    return name.upper(), Block("A0" if number == 0 else f"{name.upper()}T", [reader.terms[leaf] for leaf in held])


def _number(held: Any) -> float:
    return float(held._data) if isinstance(held, Value) else float(held)
