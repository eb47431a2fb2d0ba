"""Is the program what the function is? It is held against the function itself, on ordinary numbers: when it is made,
and now and then while it is used."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NoReturn

from autograd.errors import Differs, LookedAt, shown
from autograd.graph import computed_nodes
from autograd.matrix.columns import np
from autograd.matrix.compiled import Compiled, training_error
from autograd.matrix.data import columns_of, leaves_at, widths_of
from autograd.matrix.failures import KINDS, Point, blame, explained, raise_at
from autograd.matrix.trace import Trace
from autograd.sums import average
from autograd.value import Value

CLOSE = 1e-6  # how far the program may be from the function: far more than rounding, far less than a mistake
ROUNDING = 1e-9  # so far where large terms cancel, in terms of their size
OFTEN = 8  # at so many data points, and in so many first calls, a program is held against its function
CLASSES = 20  # so many different targets are taken for classes
DRAWS = (
    "the function draws from Python's or NumPy's global random numbers, so it does not compute the same for every data "
    "point, and a program would use the same ones for ever"
)
Answer = tuple[int, Any]  # a data point, and what the function gives for it


class Checked:
    """A function, and the program `compiled` of it once there are data; `also` are parameters that it is to hold, too.

    With `lenient` a data point for which the function itself raises an error says nothing.
    """

    def __init__(self, f: Callable[..., Any], also: Sequence[Value] = (), *, lenient: bool = False) -> None:
        self.f, self.also, self.lenient = f, also, lenient
        self.compiled: Compiled | None = None
        self.uses = 1

    # --- what `vectorize` does ----------------------------------------------------------------------------------------

    def training_error(self, data: Sequence[Any]) -> Value:
        """J of these data points, with ∂J/∂p for every parameter p."""
        compiled, columns, point = self._ready(data)
        if not compiled.is_single:
            raise TypeError(
                "the training error needs a function that returns one Value, and this one returns a list of "
                f"{len(compiled.roots)}; use .map(X) for outputs, or return total([...])"
            )
        found = compiled.run(columns, compiled.arrays()) or explained(self.f, compiled, columns, point)
        return training_error(compiled.parameters, *found)

    def outputs(self, data: Sequence[Any]) -> Any:
        """The function of every data point."""
        compiled, columns, point = self._ready(data)
        answer = compiled.outputs(columns)
        finite = np.isfinite(answer).all(axis=1)
        if not finite.all():
            blame(self.f, compiled, columns, point, int(finite.argmin()))
        return answer[:, 0] if compiled.is_single else answer

    def _ready(self, data: Sequence[Any]) -> tuple[Compiled, list[Any], Point]:
        columns = columns_of(data, self.compiled.widths if self.compiled else None)
        point = partial(leaves_at, columns)
        if self.compiled is None or self.is_due(OFTEN):
            self.look(columns, point, several(columns, OFTEN if self.compiled is None else 2))
        return self.compiled, columns, point  # type: ignore[return-value]

    # --- the program and the function -------------------------------------------------------------------------------

    def is_due(self, first: int) -> bool:
        """Whether it is time to look again: at the first uses, and then ever more rarely, at the 8th, 64th, 512th, …"""
        self.uses += 1
        return self.uses <= first or (self.uses.bit_count() == 1 and self.uses.bit_length() % 3 == 1)

    def look(self, columns: Sequence[Any], point: Point, at: Sequence[int]) -> None:
        """Hold the program against the function at these data points; where it is new or has changed, trace it anew."""
        with random_state_kept() as has_moved:
            answers = self._answers(columns, point, at)
            compiled = self.compiled
            difference = _difference(compiled, columns, answers) if compiled else "it is new"
            if compiled is None or difference:
                compiled = self._compiled(columns, answers)
                difference = _difference(compiled, columns, answers)
            if difference or has_moved():
                raise Differs(DRAWS if has_moved() else difference)
        self.compiled = compiled

    def _compiled(self, columns: Sequence[Any], answers: Sequence[Answer]) -> Compiled:
        return Compiled(Trace(self.f, widths_of(columns), nodes_below(answers)), self.also)

    def _answers(self, columns: Sequence[Any], point: Point, at: Sequence[int]) -> list[Answer]:
        """What the function itself gives at these data points."""
        answers: list[Answer] = []
        for i in at:
            try:
                answers.append((i, self.f(*point(i))))
            except Exception as error:
                if not (self.lenient and answers and isinstance(error, KINDS)):
                    self._refuse(error, i, columns, answers)
        return answers

    def _refuse(self, error: Exception, i: int, columns: Sequence[Any], answers: Sequence[Answer]) -> NoReturn:
        """Raise the error that the function has at a data point; or that it looks at numbers, the first reason."""
        compiled = None
        try:
            compiled = self._compiled(columns, answers)
        except LookedAt as refused:
            if refused.__cause__ is None:
                raise
        if not self.lenient and (isinstance(error, KINDS) or not answers):
            raise_at(error, i, compiled if answers else None, columns)
        raise Differs(
            f"the function raised {type(error).__name__} for data point {i} (counted from 0), and not for an earlier "
            "one: it does not compute the same for every data point"
        ) from error


def _difference(compiled: Compiled, columns: Sequence[Any], answers: Sequence[Answer]) -> str:
    """How the program differs from the function at these data points; nothing if it does not."""
    part = [column[[i for i, _ in answers]] for column in columns]
    values = [value for _, value in answers]
    if frozen := [p for p in compiled.reached if not p.varies]:
        return _words(answers, f"a derivative for {shown(frozen[0])}", "none")
    if not compiled.is_single:
        outputs = [value for value in values if isinstance(value, list | tuple) and len(value) == len(compiled.roots)]
        numbers = [[getattr(v, "_data", math.nan) for v in value] for value in outputs]
        found = compiled.outputs(part)
        is_close = len(outputs) == len(values) and np.allclose(found, numbers, CLOSE, CLOSE, equal_nan=True)
        return "" if is_close else _words(answers, shown(found.tolist()), shown(values))
    if not all(isinstance(value, Value) for value in values):
        return _words(answers, "one Value", shown(values))
    with np.errstate(all="ignore"):
        J = training_error(compiled.parameters, *compiled.attempt(part, compiled.arrays()))
    try:
        wanted = average(values)
    except KINDS:
        return ""  # infinite: who runs the program finds it
    ours, theirs = slopes(J), slopes(wanted)
    if not all(map(math.isfinite, [wanted._data, *ours.values(), *theirs.values()])):
        return ""
    pairs = [(wanted, J._data, wanted._data), *((p, ours[p], theirs.get(p, 0.0)) for p in J.parents if p.varies)]
    far = [(node, x, y) for node, x, y in pairs if not abs(x - y) <= CLOSE * abs(y)]
    sizes = slopes(wanted, size=abs) if far else {}
    for node, x, y in far:
        room = sum(s * abs(v._data) for v, s in sizes.items()) if node is wanted else sizes.get(node, 0.0)
        if not abs(x - y) <= ROUNDING * room + CLOSE * abs(y):
            return _words(answers, f"{x}" if node is wanted else f"the derivative {x} for {shown(node)}", y)
    lost = [leaf for leaf, slope in theirs.items() if slope and leaf.op is None and leaf not in ours]
    if lost and len(answers) > 1:  # a Value that f makes anew at each call is a constant
        again = nodes_below(answers[:1]) & nodes_below(answers[-1:]) & {*lost}
        return _words(answers, "no derivative", f"one for {shown(again.pop())}") if again else ""
    return ""


def _words(answers: Sequence[Answer], found: str, wanted: Any) -> str:
    points = ", ".join(map(str, dict.fromkeys(i for i, _ in answers)))
    return (
        f"the program traced on one data point gives {found} for data point(s) {points}, and the function itself "
        f"{wanted}: it does not compute the same for every data point. Keep random numbers and choices by position "
        "or by class out of it. If it has changed, call vectorize again"
    )


def several(columns: Sequence[Any], count: int) -> list[int]:
    """So many data points, from the first to the last, repeated if there are fewer; and one of each class."""
    n = len(columns[0])
    spread = [i * (n - 1) // (count - 1) if n > count else i % n for i in range(count)]
    _, first = np.unique(columns[-1][:1000], axis=0, return_index=True)
    return [*spread, *(i for i in first.tolist() if i not in spread)] if len(first) <= CLASSES else spread


def nodes_below(answers: Sequence[Answer]) -> set[Value]:
    """Every node in the graphs of some answers of a function."""
    values = [value for _, answer in answers for value in (answer if isinstance(answer, list | tuple) else [answer])]
    graphs = [computed_nodes(value) for value in values if isinstance(value, Value)]
    return {node for computed, leaves in graphs for node in (*computed, *leaves)}


def slopes(J: Value, size: Callable[[float], float] = float) -> dict[Value, float]:
    """∂J/∂node for each node below, by the chain rule in a dict: other threads may be at work on the same leaves.

    With `size=abs` all products of slopes are added as absolute values, which says how large their rounding may be.
    """
    found = {J: 1.0}
    for node in reversed(computed_nodes(J)[0]):
        if slope := found.get(node):
            for parent, local_derivative in zip(node.parents, node.local_derivatives, strict=True):
                found[parent] = found.get(parent, 0.0) + slope * size(local_derivative)
    return found


@contextmanager
def random_state_kept() -> Iterator[Callable[[], bool]]:
    """Put Python's and NumPy's global random state back afterwards; yields a function: whether it has moved."""
    python, numpy = random.getstate(), np.random.get_state()
    try:
        yield lambda: random.getstate() != python or not all(map(np.array_equal, np.random.get_state(), numpy))
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
