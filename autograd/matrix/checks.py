"""Is the program what the function is? It is held against the function itself, on ordinary numbers: when it is made, and
now and then while it is used. Where a number is not finite, the scalar engine's own error is found, and the line."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, NoReturn

from autograd.errors import Differs, LookedAt, shown
from autograd.graph import computed_nodes
from autograd.matrix.columns import np
from autograd.matrix.compiled import Buffer, Compiled, training_error
from autograd.matrix.trace import FailedInTrace, Trace, random_state_kept
from autograd.sums import average
from autograd.value import Value

CLOSE = 1e-6  # how far the program may be from the function: far more than rounding, far less than a mistake
SEVERAL = 8  # how often a function is called when its program is made
ROUNDING = 1e-9  # so far where large terms cancel, in terms of their size
CLASSES = 20  # so many different whole numbers as targets are taken for classes
REFUSALS = (ArithmeticError, ValueError, IndexError, TypeError)  # what f may raise for a data point
Point = Callable[[int], Sequence[Any]]  # the arguments of f at a data point, as ordinary numbers
grad_of = attrgetter("_grad")


class Checked:
    """A function and its program; `first` are parameters that come first in its buffers.

    With `lenient` a data point for which the function itself raises an error says nothing.
    """

    def __init__(self, f: Callable[..., Any], first: Sequence[Value] = (), *, lenient: bool = False) -> None:
        self.f, self.first, self.lenient = f, first, lenient
        self.compiled: Compiled | None = None
        self.uses = 0
        self.makes_leaves = False  # whether the function makes Values of its own at each call, which nobody trains

    def make(self, columns: Sequence[Any], point: Point) -> Compiled:
        """Trace the function, and hold the program against it at several data points."""
        with random_state_kept() as has_moved:
            at = several(columns, SEVERAL)
            trace = self._traced(columns, point)
            answers = self._answers(columns, point, at[:1])
            compiled = Compiled(trace, nodes_below(answers), self.first)
            answers += self._answers(columns, point, at[1:], compiled)
            difference = self._difference(compiled, columns, answers, has_moved())
        if difference:
            raise Differs(difference)
        self.compiled, self.uses = compiled, 1
        return compiled

    def is_due(self, first: int) -> bool:
        """Whether it is time to look again: at the first uses, and then ever more rarely, at the 8th, 64th, 512th, …"""
        self.uses += 1
        return self.uses <= first or (self.uses.bit_count() == 1 and self.uses.bit_length() % 3 == 1)

    def look_again(self, columns: Sequence[Any], point: Point, at: Sequence[int]) -> Compiled:
        """Hold the program against the function; where the function has changed, trace it anew."""
        assert self.compiled is not None
        with random_state_kept() as has_moved:
            answers = self._answers(columns, point, at, self.compiled)
            if self._difference(self.compiled, columns, answers, has_moved()):
                compiled = Compiled(self._traced(columns, point), nodes_below(answers), self.first)
                answers = self._answers(columns, point, at, compiled)
                if difference := self._difference(compiled, columns, answers, has_moved()):
                    raise Differs(f"{difference}. If it has changed, call vectorize again")
                self.compiled = compiled
        return self.compiled

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
    ) -> list[tuple[int, Any]]:
        """What the function itself gives at these data points."""
        answers = []
        for i in at:
            try:
                answers.append((i, self.f(*point(i))))
            except REFUSALS as error:
                if not self.lenient:
                    raise_at(error, i, compiled, columns)
            except Exception as error:
                if compiled is None:
                    raise
                raise Differs(
                    f"the function raised {type(error).__name__} for data point {i} (counted from 0), and for an "
                    "earlier one it did not: it does not compute the same for every data point"
                ) from error
        return answers

    def _difference(
        self, compiled: Compiled, columns: Sequence[Any], answers: Sequence[tuple[int, Any]], has_moved: bool
    ) -> str:
        """How the program differs from the function at these data points; nothing if it does not."""
        if has_moved:
            return (
                "the function draws from Python's or NumPy's global random numbers, so it does not compute the same for "
                "every data point, and a program would use the same ones for ever"
            )
        part = [column[[i for i, _ in answers]] for column in columns]
        if not answers:
            return ""
        if compiled.is_single:
            if not all(isinstance(answer, Value) for _, answer in answers):
                return _words(answers, "one Value", shown([answer for _, answer in answers]))
            return self._difference_of_J(compiled, part, answers)
        found = compiled.outputs(part)
        wanted = [
            [value._data for value in answer] if isinstance(answer, (list, tuple)) else [] for _, answer in answers
        ]
        if all(len(row) == found.shape[1] for row in wanted) and np.allclose(
            found, wanted, CLOSE, CLOSE, equal_nan=True
        ):
            return ""
        return _words(answers, shown(found.tolist()), shown(wanted))

    def _difference_of_J(self, compiled: Compiled, part: Sequence[Any], answers: Sequence[tuple[int, Any]]) -> str:
        """Of the training error of these data points, and of its gradient."""
        buffer = Buffer(compiled.layout)
        with np.errstate(all="ignore"):
            found = compiled.attempt(part, buffer)
        try:
            wanted = average([answer for _, answer in answers]) if len(answers) > 1 else answers[0][1]
        except ArithmeticError:
            return ""  # who runs the program finds it
        theirs, ours = gradient_of(wanted), leaf_gradient(found, buffer)
        if not all(map(math.isfinite, theirs.values())):
            return ""
        if lost := [leaf for leaf, slope in theirs.items() if slope and leaf not in ours]:
            held = nodes_below(answers[:1]) & nodes_below(answers[-1:])
            if len(answers) > 1:
                self.makes_leaves = held.isdisjoint(lost)
            if not self.makes_leaves:
                return _words(answers, "no derivative", f"one for {shown(lost[0])}")
        leaves = list(ours)
        pairs = [(found, wanted._data), *((slope, theirs.get(leaf, 0.0)) for leaf, slope in ours.items())]
        if np.allclose(*zip(*pairs, strict=True), CLOSE, 0.0, equal_nan=True):
            return ""
        size, sums = absolute_sums(wanted)  # what is left when large terms cancel has their rounding
        rooms = [ROUNDING * room for room in (size, *(sums.get(leaf, 0.0) for leaf in leaves))]
        for (x, y), room, leaf in zip(pairs, rooms, [wanted, *leaves], strict=True):
            if not abs(x - y) <= room + CLOSE * abs(y):
                what = "" if leaf is wanted else f"the derivative for {shown(leaf)}, "
                return _words(answers, f"{what}{x}", y)
        return ""


def _words(answers: Sequence[tuple[int, Any]], found: Any, wanted: Any) -> str:
    points = ", ".join(map(str, dict.fromkeys(i for i, _ in answers)))
    return (
        f"the program traced on one data point gives {found} for data point(s) {points}, and the function itself "
        f"{wanted}: it does not compute the same for every data point. Keep random numbers and choices by position "
        "or by class out of it"
    )


def nodes_below(answers: Sequence[tuple[int, Any]]) -> set[Value]:
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
    parameters = buffer.layout.reached
    if all(parameter.op is None for parameter in parameters):
        return dict(zip(buffer.layout.parameters, buffer.gradient.tolist(), strict=False))
    return gradient_of(training_error(J, buffer))


def absolute_sums(J: Value) -> tuple[float, dict[Value, float]]:
    """For each node the products of slopes from J to it, summed as absolute values; and the size of all terms of J."""
    sums = {J: 1.0}
    for node in reversed(computed_nodes(J)[0]):
        for parent, slope in zip(node.parents, node.local_derivatives, strict=True):
            sums[parent] = sums.get(parent, 0.0) + sums.get(node, 0.0) * abs(slope)
    return sum(s * abs(node._data) for node, s in sums.items()), sums


def several(columns: Sequence[Any], count: int) -> list[int]:
    """Data points from the first to the last, repeated if there are few, and one of each class."""
    n = len(columns[0])
    spread = [round(i * (n - 1) / (count - 1)) for i in range(count)] if n > count else [i % n for i in range(count)]
    targets = columns[-1][:1000]
    if targets.ndim == 2:
        targets = targets.argmax(axis=1) if ((targets == 0.0) | (targets == 1.0)).all() else targets[:, 0]
    classes, first = np.unique(targets, return_index=True)
    are_classes = len(classes) <= CLASSES and (classes == np.round(classes)).all()
    return (
        list(dict.fromkeys([*spread, *first.tolist()]))
        if are_classes and n > count
        else spread + (first.tolist() if are_classes else [])
    )


# --- where a number is not finite -------------------------------------------------------------------------------------


def refuse_nan(columns: Sequence[Any], position: int) -> None:
    """A nan in the data is the reason, whatever else is said."""
    numbers = [column[position].tolist() for column in columns]
    if any(np.isnan(column[position]).any() for column in columns):
        raise ValueError(
            f"data point {position} (counted from 0) holds nan: {shown(numbers)}; leave it out, or fill it in"
        ) from None


def raise_at(error: Exception, position: int, compiled: Compiled | None, columns: Sequence[Any]) -> NoReturn:
    """Raise what the function says of a data point, with the number of that point, and the line of the program."""
    refuse_nan(columns, position)
    if type(error) in (ValueError, OverflowError, ZeroDivisionError, IndexError, TypeError):
        line = line_of(compiled, columns, position) if compiled else ""
        where = f" (data point {position}, counted from 0{f', in the line {line}' if line else ''})"
        raise type(error)(f"{error}{where}") from None
    raise error


def line_of(compiled: Compiled, columns: Sequence[Any], position: int) -> str:
    """The first line of the program that makes a number which is not finite, at a data point."""
    space = {**compiled.space, **compiled.arrays()}
    for (name, _), column in zip(compiled.arguments, columns, strict=True):
        space[name] = column[position : position + 1]
    before = _infinite(space)
    with np.errstate(all="ignore"):
        for line in compiled.lines:
            if line and not line.startswith("return"):
                exec(line, space)
                if _infinite(space) - before:
                    return line
    return ""


def _infinite(space: dict[str, Any]) -> set[str]:
    arrays = {name: x for name, x in space.items() if isinstance(x, np.ndarray | np.floating)}
    return {name for name, x in arrays.items() if not np.isfinite(x).all()}


def explain(checked: Checked, columns: Sequence[Any], point: Point, buffer: Buffer) -> float:
    """Raise the scalar engine's error for the first data point that has one; J, if none has."""
    compiled = checked.compiled
    assert compiled is not None
    position = first_offender(compiled, columns, buffer)
    if position is not None:
        blame(checked, columns, position, point)
    if not compiled.lenient:
        compiled.lenient = True  # what overflowed on the way was in a branch that is not taken
        J = compiled.run(columns, buffer)
        return explain(checked, columns, point, buffer) if J is None else J
    if np.isfinite(buffer.numbers).all() and all(np.isfinite(column).all() for column in columns):
        raise OverflowError(
            f"the training error of {len(columns[0])} data points, or its gradient, is too large for a float "
            "(1.8e308 is the largest). Scale the loss."
        )
    with np.errstate(all="ignore"):
        return compiled.attempt(columns, buffer)  # inf given by the user goes where it goes


def first_offender(compiled: Compiled, columns: Sequence[Any], buffer: Buffer) -> int | None:
    """Where a data point is that alone is not finite either: found by halving."""
    low, high = 0, len(columns[0])
    while high - low > 1:
        middle = (low + high) // 2
        if compiled.run([column[low:middle] for column in columns], buffer) is None:
            high = middle
        else:
            low = middle
    return low if compiled.run([column[low:high] for column in columns], buffer) is None else None


def blame(checked: Checked, columns: Sequence[Any], position: int, point: Point) -> None:
    """Raise the error that the scalar engine has at this data point, if it has one."""
    refuse_nan(columns, position)
    try:
        answer = checked.f(*point(position))
        if isinstance(answer, Value):
            before = {node: node._grad for part in computed_nodes(answer) for node in part}
            try:
                answer.backward()
            finally:
                for node, gradient in before.items():
                    node._grad = gradient
    except REFUSALS as error:
        raise_at(error, position, checked.compiled, columns)
