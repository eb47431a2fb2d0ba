"""Does a program compute what its function computes? Both are run on ordinary numbers and compared, when the program is
made, and now and then while it is used."""

import copy
import math
import pickle
import random
import sys
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from autograd.errors import Differs, LookedAt, shown
from autograd.graph import computed_nodes
from autograd.matrix.columns import np
from autograd.matrix.compiled import Compiled
from autograd.matrix.trace import Trace, leaves_at, outputs_of
from autograd.sums import average
from autograd.value import Value

CLOSE = 1e-6  # how far the program may be from the function: far more than rounding, far less than a mistake
ROUNDING = 1e-9  # how far where large terms cancel, relative to the size of these terms
SMALLEST = sys.float_info.min  # below it, a rounding is no longer in proportion to the number
OFTEN = 8  # a new program is compared at so many data points, and a program in so many of its first calls
KINDS = (ArithmeticError, ValueError, IndexError, TypeError)  # what a function may raise for some data points
CLASSES = 20  # up to so many different targets count as classes
DIFFERS = (
    "{}: it does not compute the same for every data point. Keep random numbers and choices by position or by class "
    "out of it. If it has changed, call vectorize again"
)
SETS = (
    "the function sets the .data of a parameter, and a program does not: do it after each step, as in the callback of "
    "fit. If it has changed, call vectorize again"
)
Answers = Sequence[Sequence[Value]]  # what the function gives for some data points


class Checked:
    """A function, and its program, which is made as soon as there are data, and compared with the function."""

    compiled: Compiled = None  # type: ignore[assignment]  # until there are data
    is_lenient = False  # whether an error of the function itself only means that there is no program
    point: Callable[[Any, int], Sequence[Any]] = staticmethod(leaves_at)  # its arguments at a data point of the columns

    def __init__(self, f: Callable[..., Any]) -> None:
        self.f = f
        self.uses = 1

    def is_due(self, first: int) -> bool:
        """Whether it is time to compare again: at the first uses, then ever more rarely, at the 8th, 64th, 512th, …

        If the function has changed, the uses are counted anew. A parameter that learns again is a change, too.
        """
        self.uses += 1
        is_time = self.uses <= first or (self.uses.bit_count() == 1 and self.uses.bit_length() % 3 == 1)
        return is_time or any(p.varies for p in self.compiled.held[len(self.compiled.parameters) :])

    def look(self, columns: Sequence[Any], at: Sequence[int] = ()) -> bool:
        """Compare the program with the function at these data points, or else at the first and the last.

        If the function has changed, a new program is made, and compared at several points and at one of each class.
        The answer is whether one was made.
        """
        known, uses, self.uses = self.compiled, self.uses, 1  # 1 stays if this fails, or if the function has changed
        compiled = self._held(columns, at or (0, len(columns[0]) - 1), known) if known else None
        if compiled:
            self.uses = uses
        self.compiled = compiled or self._held(columns, points_to_compare(columns), None)  # type: ignore[assignment]
        return self.compiled is not known

    def _held(self, columns: Any, at: Sequence[int], known: Compiled | None) -> Compiled | None:
        """The known program, or else a new one, compared with the function; None if the function has changed."""
        numbers = known.numbers().tobytes() if known else b""
        with random_numbers_kept():
            answers = [self._asked(columns, at[0], known)]
            # a Value that the trace meets, and this answer holds too, was made outside f
            trace = Trace(self.f, columns, at[0], nodes_below(answers))
            if known and trace.graph() != known.graph:
                return None
            compiled = known or Compiled(trace)
            answers += [self._asked(columns, i, compiled) for i in at[1:]]
        if known and known.numbers().tobytes() != numbers:
            raise Differs(SETS)
        part = [column[[*at]] for column in columns]
        _compare_outputs(compiled.outputs(part), at, answers)
        if compiled.is_single and not known:
            _compare_slopes(compiled, part, answers)
        return compiled

    def _asked(self, columns: Any, i: int, compiled: Compiled | None, *, backward: bool = False) -> Sequence[Value]:
        """What the function itself gives at a data point; its error, or that of `backward` too, names the point."""
        try:
            answers = outputs_of(self.f(*self.point(columns, i)))
            if backward and compiled:
                slopes = derivatives_of(answers[0], {*compiled.parameters}).values()
                if not np.isfinite([*slopes]).all():
                    copy.deepcopy(answers[0]).backward()  # of a copy, since backward changes gradients
            if any(math.isnan(value._data) for value in answers):
                refuse_nan(columns, i)
            return answers
        except Exception as error:
            refuse_nan(columns, i)  # that is the reason, whatever another error would say
            try:
                Trace(self.f, columns, i, ())
            except LookedAt as refused:
                if refused.__cause__ is None:  # it did look; otherwise it fails in the trace as it does here
                    raise refused from None
            if self.is_lenient or (compiled and not isinstance(error, KINDS)):
                failure = f"for data point {i} (counted from 0) the function raised {type(error).__name__}: {error}"
                raise Differs(DIFFERS.format(failure)) from error
            line = compiled.line_of([column[i : i + 1] for column in columns]) if compiled else ""
            where = f"(data point {i}, counted from 0{line and f', in the line {line}'})"
            if isinstance(error, KINDS):
                error.args = (f"{error} {where}",)
            else:  # the words of a KeyError are the key alone
                error.add_note(where)
            raise  # the same error: its traceback tells where in the function, and it may have notes


def refuse_nan(columns: Sequence[Any], i: int) -> None:
    """Raise an error if the data point holds nan; a function that does not read it gives a number all the same."""
    numbers = [column[i].tolist() for column in columns]
    if np.isnan(np.hstack(numbers)).any():
        words = f"data point {i} (counted from 0) holds nan: {shown(numbers)}; leave it out, or fill it in"
        raise ValueError(words) from None


@contextmanager
def random_numbers_kept() -> Iterator[None]:
    """Give Python's and NumPy's global random numbers their states back; it is an error to have drawn from them."""
    before = random.getstate(), np.random.get_state(legacy=False)
    try:
        yield
    finally:
        after = random.getstate(), np.random.get_state(legacy=False)
        random.setstate(before[0])
        np.random.set_state(before[1])
    if pickle.dumps(after) != pickle.dumps(before):
        raise Differs(DIFFERS.format("the function draws from Python's or NumPy's global random numbers"))


def _compare_outputs(outputs: Any, at: Sequence[int], answers: Answers) -> None:
    """Raise an error if the outputs of the program are not what the function gives for these data points."""
    for i, ours, row in zip(at, outputs.tolist(), answers, strict=True):
        theirs = [value._data for value in row]
        if len(ours) != len(theirs) or any(map(_is_far, ours, theirs, row)):
            words = f"gives {shown(ours)} for data point {i} (counted from 0), and the function itself {shown(theirs)}"
            raise Differs(DIFFERS.format(f"the program traced on one data point {words}"))


def _compare_slopes(compiled: Compiled, part: Sequence[Any], answers: Answers) -> None:
    """Raise an error if the gradient of the program is not that of the scalar graph."""
    found = compiled.run(part, compiled.arrays())
    if found is None:  # a number is infinite, which a run will report
        return
    J, known = average([value for row in answers for value in row]), {*compiled.parameters}
    ours, theirs = dict(zip(compiled.parameters, found[1].tolist(), strict=True)), derivatives_of(J, known)
    lost = {leaf for leaf, slope in theirs.items() if slope and leaf.op is None and leaf.varies} - known
    if lost:  # a Value that f makes anew at each call is a constant; one that two calls share should be a parameter
        ours |= dict.fromkeys(lost & nodes_below(answers[:1]) & nodes_below(answers[1:]), 0.0)
    for p, slope in ours.items():
        if _is_far(slope, theirs.get(p, 0.0), J, known, p):
            words = f"gives the derivative {slope} for {shown(p)}, and the function itself {theirs.get(p, 0.0)}"
            raise Differs(DIFFERS.format(f"the program traced on one data point {words}"))


def _is_far(ours: float, theirs: float, root: Value, until: Container[Value] = (), p: Value | None = None) -> bool:
    """Whether our number for a root, or for its derivative with respect to p, is further off than rounding explains."""
    if ours == theirs or abs(ours - theirs) <= CLOSE * abs(theirs) or (math.isnan(ours) and math.isnan(theirs)):
        return False
    sizes = derivatives_of(root, until, abs)  # large terms may have cancelled
    whole = sum(filter(math.isfinite, [slope * abs(node._data) for node, slope in sizes.items()]))  # masks are infinite
    size = whole if p is None else sizes.get(p, 0.0) + CLOSE * whole  # a slope is made of numbers that were rounded
    return not abs(ours - theirs) <= ROUNDING * size + SMALLEST


def points_to_compare(columns: Sequence[Any]) -> list[int]:
    """OFTEN data points, spread from the first to the last, or repeated if there are fewer; and one of each class."""
    n, targets = len(columns[0]), columns[-1]
    spread = [i * (n - 1) // (OFTEN - 1) if n > OFTEN else i % n for i in range(OFTEN)]
    classes = targets.argmax(axis=1) if targets.ndim > 1 else targets  # of one-hot rows, where the 1 stands
    _, first = np.unique(classes, return_index=True)
    return [*spread, *(i for i in first.tolist() if i not in spread)] if len(first) <= CLASSES else spread


def nodes_below(answers: Answers) -> set[Value]:
    """Every node in the graphs of these answers of a function."""
    return {node for row in answers for value in row for nodes in computed_nodes(value) for node in nodes}


def derivatives_of(J: Value, until: Container[Value], size: Callable[[float], float] = float) -> dict[Value, float]:
    """∂J/∂node for each node down to those in `until`, in a dict: other threads may be using the leaves' `.grad`.

    With `size=abs` the products of slopes are added as absolute values, which tells how large their rounding may be.
    """
    found = {J: 1.0}
    for node in reversed(computed_nodes(J, until)[0]):
        if slope := found.get(node):
            for parent, local_derivative in zip(node.parents, node.local_derivatives, strict=True):
                found[parent] = found.get(parent, 0.0) + slope * size(local_derivative)
    return found
