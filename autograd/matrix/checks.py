"""Is the program what the function is? It is held against the function itself, on ordinary numbers: when it is made,
and now and then while it is used."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any

from autograd.errors import Differs, LookedAt, shown
from autograd.graph import computed_nodes
from autograd.matrix.columns import np
from autograd.matrix.compiled import Buffer, Compiled, training_error
from autograd.matrix.failures import KINDS, Point, raise_at
from autograd.matrix.trace import FailedInTrace, Trace, random_state_kept
from autograd.sums import average
from autograd.value import Value

CLOSE = 1e-6  # how far the program may be from the function: far more than rounding, far less than a mistake
ROUNDING = 1e-9  # so far where large terms cancel, in terms of their size
OFTEN = 8  # how often a function is called when its program is made; if it has very many parameters, three times
LARGE = 10_000
CLASSES = 20  # so many different whole numbers as targets are taken for classes
Answer = tuple[int, Any]  # a data point, and what the function gives for it
grad_of = attrgetter("_grad")


class Checked:
    """A function, traced, and its program `compiled`; `first` are parameters that come first in its buffers.

    With `lenient` a data point for which the function itself raises an error says nothing.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        columns: Sequence[Any],
        point: Point,
        first: Sequence[Value] = (),
        *,
        lenient: bool = False,
    ) -> None:
        self.f, self.first, self.lenient = f, first, lenient
        self.uses = 1
        self.makes_leaves = False  # whether the function makes Values of its own at each call, which nobody trains
        with random_state_kept() as has_moved:
            trace = self._traced(columns, point)
            answers = self._answers(columns, point, [0])
            self.compiled = Compiled(trace, nodes_below(answers), first)
            at = several(columns, OFTEN if len(self.compiled.layout.reached) < LARGE else 3)
            answers += self._answers(columns, point, at[1:], self.compiled)
            difference = self._difference(self.compiled, columns, answers, has_moved())
        if difference:
            raise Differs(difference)

    def is_due(self, first: int) -> bool:
        """Whether it is time to look again: at the first uses, and then ever more rarely, at the 8th, 64th, 512th, …"""
        self.uses += 1
        return self.uses <= first or (self.uses.bit_count() == 1 and self.uses.bit_length() % 3 == 1)

    def look_again(self, columns: Sequence[Any], point: Point, at: Sequence[int]) -> None:
        """Hold the program against the function; where the function has changed, trace it anew."""
        with random_state_kept() as has_moved:
            answers = self._answers(columns, point, at, self.compiled)
            if self._difference(self.compiled, columns, answers, has_moved()):
                compiled = Compiled(self._traced(columns, point), nodes_below(answers), self.first)
                answers = self._answers(columns, point, at, compiled)
                if difference := self._difference(compiled, columns, answers, has_moved()):
                    raise Differs(f"{difference}. If it has changed, call vectorize again")
                self.compiled = compiled

    def _traced(self, columns: Sequence[Any], point: Point) -> Trace:
        """The function, traced; what it raises then, it has to raise at an ordinary data point, too."""
        try:
            return Trace(self.f, [column.shape[1] if column.ndim == 2 else 0 for column in columns])
        except FailedInTrace as failed:
            self._answers(columns, point, [0])
            raise LookedAt(
                "vectorize reads the graph once, for all data points, with numbers that nobody may look at. With those "
                f"the function raised {type(failed.error).__name__}: {shown(str(failed.error))}, and it does not on "
                "ordinary numbers"
            ) from failed.error

    def _answers(
        self, columns: Sequence[Any], point: Point, at: Sequence[int], compiled: Compiled | None = None
    ) -> list[Answer]:
        """What the function itself gives at these data points."""
        answers = []
        for i in at:
            try:
                answers.append((i, self.f(*point(i))))
            except KINDS as error:
                if not self.lenient:
                    raise_at(error, compiled, columns, i)
            except Exception as error:
                if compiled is None:
                    raise
                raise Differs(
                    f"the function raised {type(error).__name__} for data point {i} (counted from 0), and for an "
                    "earlier one it did not: it does not compute the same for every data point"
                ) from error
        return answers

    def _difference(self, compiled: Compiled, columns: Sequence[Any], answers: Sequence[Answer], moved: bool) -> str:
        """How the program differs from the function at these data points; nothing if it does not."""
        if moved:
            return (
                "the function draws from Python's or NumPy's global random numbers, so it does not compute the same "
                "for every data point, and a program would use the same ones for ever"
            )
        if not answers:
            return ""
        part = [column[[i for i, _ in answers]] for column in columns]
        values = [answer for _, answer in answers]
        if not compiled.is_single:
            found = compiled.outputs(part).tolist()
            wanted = [[v._data for v in value] if isinstance(value, (list, tuple)) else value for value in values]
            return "" if close(found, wanted, CLOSE) else _words(answers, shown(found), shown(wanted))
        if not all(isinstance(value, Value) for value in values):
            return _words(answers, "one Value", shown(values))
        return self._difference_of_error(compiled, part, answers)

    def _difference_of_error(self, compiled: Compiled, part: Sequence[Any], answers: Sequence[Answer]) -> str:
        """Of the training error of these data points, and of its gradient."""
        buffer = Buffer(compiled.layout)
        with np.errstate(all="ignore"):
            found = compiled.attempt(part, buffer)
        try:
            wanted = average([answer for _, answer in answers]) if len(answers) > 1 else answers[0][1]
        except ArithmeticError:
            return ""  # the sum is too large: who runs the program finds it
        theirs, ours = gradient_of(wanted), leaf_gradient(found, buffer)
        if not all(map(math.isfinite, theirs.values())):
            return ""
        if lost := [leaf for leaf, slope in theirs.items() if slope and leaf not in ours]:
            if len(answers) > 1:
                self.makes_leaves = (nodes_below(answers[:1]) & nodes_below(answers[-1:])).isdisjoint(lost)
            if not self.makes_leaves:
                return _words(answers, "no derivative", f"one for {shown(lost[0])}")
        pairs = [(found, wanted._data), *((slope, theirs.get(leaf, 0.0)) for leaf, slope in ours.items())]
        if close(*zip(*pairs, strict=True)):
            return ""
        size, sums = absolute_sums(wanted)  # what is left when large terms cancel has their rounding
        rooms = [size, *(sums.get(leaf, 0.0) for leaf in ours)]
        for (x, y), room, leaf in zip(pairs, rooms, [wanted, *ours], strict=True):
            if not abs(x - y) <= ROUNDING * room + CLOSE * abs(y):
                what = "" if leaf is wanted else f"the derivative for {shown(leaf)}, "
                return _words(answers, f"{what}{x}", y)
        return ""


def close(found: Any, wanted: Any, room: float = 0.0) -> bool:
    """Whether numbers of one shape are nearly the same; inf and nan are what they are."""
    try:
        x, y = np.array(found, float), np.array(wanted, float)
    except (TypeError, ValueError):  # rows of other lengths, or no numbers
        return False
    return x.shape == y.shape and bool(np.allclose(x, y, CLOSE, room, equal_nan=True))


def _words(answers: Sequence[Answer], found: Any, wanted: Any) -> str:
    points = ", ".join(map(str, dict.fromkeys(i for i, _ in answers)))
    return (
        f"the program traced on one data point gives {found} for data point(s) {points}, and the function itself "
        f"{wanted}: it does not compute the same for every data point. Keep random numbers and choices by position "
        "or by class out of it"
    )


def several(columns: Sequence[Any], count: int) -> list[int]:
    """So many data points, from the first to the last, repeated if there are fewer; and one of each class."""
    n = len(columns[0])
    spread = [i * (n - 1) // (count - 1) if n > count else i % n for i in range(count)]
    targets = columns[-1][:1000]
    if targets.ndim == 2:
        targets = targets.argmax(axis=1) if ((targets == 0.0) | (targets == 1.0)).all() else targets[:, 0]
    classes, first = np.unique(targets, return_index=True)
    if len(classes) > CLASSES or (classes != np.round(classes)).any():
        return spread
    return [*spread, *(i for i in first.tolist() if i not in spread)]


# --- the graph of a few data points -----------------------------------------------------------------------------------


def nodes_below(answers: Sequence[Answer]) -> set[Value]:
    """Every node in the graphs of some answers of a function."""
    values = [value for _, answer in answers for value in (answer if isinstance(answer, (list, tuple)) else [answer])]
    graphs = [computed_nodes(value) for value in values if isinstance(value, Value)]
    return {node for computed, leaves in graphs for node in (*computed, *leaves)}


def gradient_of(J: Value) -> dict[Value, float]:
    """∂J/∂leaf of every leaf below that varies; no gradient in the graph changes."""
    order, leaves = computed_nodes(J)
    nodes = [*order, *leaves]
    before = list(map(grad_of, nodes))
    try:
        for node in nodes:
            node._grad = 0.0
        J._grad = 1.0
        for node in reversed(order):
            node._backward()
        return {leaf: leaf._grad for leaf in leaves if leaf.varies}
    finally:
        for node, gradient in zip(nodes, before, strict=True):
            node._grad = gradient


def leaf_gradient(J: float, buffer: Buffer) -> dict[Value, float]:
    """The gradient in a buffer, of leaves: some parameters may have been computed of others outside the function."""
    layout = buffer.layout
    if all(parameter.op is None for parameter in layout.reached):
        return dict(zip(layout.parameters, buffer.gradient.tolist(), strict=False))
    return gradient_of(training_error(J, buffer))


def absolute_sums(J: Value) -> tuple[float, dict[Value, float]]:
    """The size of all terms of J, and for each node the products of slopes from J to it, summed as absolute values."""
    sums = {J: 1.0}
    for node in reversed(computed_nodes(J)[0]):
        for parent, slope in zip(node.parents, node.local_derivatives, strict=True):
            sums[parent] = sums.get(parent, 0.0) + sums.get(node, 0.0) * abs(slope)
    return sum(s * abs(node._data) for node, s in sums.items()), sums
