"""Where a program gives no finite number: the scalar engine's own error, the data point, and the line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from traceback import walk_tb
from typing import Any, NoReturn

from autograd.errors import shown
from autograd.graph import computed_nodes
from autograd.matrix.columns import np
from autograd.matrix.compiled import Compiled
from autograd.value import Value

KINDS = (ArithmeticError, ValueError, IndexError, TypeError)  # what a function may raise for a data point
Point = Callable[[int], Sequence[Any]]  # the arguments of the function at a data point, as ordinary numbers


def explained(f: Callable[..., Any], compiled: Compiled, columns: Sequence[Any], point: Point) -> tuple[float, Any]:
    """Raise the scalar engine's error for the first data point that has one; J and its gradient, if none has."""
    arrays = compiled.arrays()
    low, high = 0, len(columns[0])
    while high - low > 1:  # a data point that alone is not finite either is found by halving
        middle = (low + high) // 2
        is_in_front = compiled.run([column[low:middle] for column in columns], arrays) is None
        low, high = (low, middle) if is_in_front else (middle, high)
    if compiled.run([column[low:high] for column in columns], arrays) is None:
        blame(f, compiled, columns, point, low)
    if not compiled.is_lenient:
        compiled.is_lenient = True  # what overflowed on the way was in a branch that is not taken
        return compiled.run(columns, arrays) or explained(f, compiled, columns, point)
    if all(np.isfinite(held).all() for held in (*arrays, *columns)):
        raise OverflowError(
            f"the training error of {len(columns[0])} data points, or its gradient, is too large for a float "
            "(1.8e308 is the largest). Scale the loss."
        )
    with np.errstate(all="ignore"):
        return compiled.attempt(columns, arrays)  # inf given by the user goes where it goes


def blame(f: Callable[..., Any], compiled: Compiled, columns: Sequence[Any], point: Point, i: int) -> None:
    """Raise the error that the scalar engine has at this data point, if it has one."""
    refuse_nan(columns, i)
    try:
        answer = f(*point(i))
        if isinstance(answer, Value):
            passes_back(answer)
    except KINDS as error:
        raise_at(error, i, compiled, columns)


def passes_back(J: Value) -> None:
    """Raise the error that `backward` has here, if it has one; no gradient in the graph changes."""
    nodes = [node for part in computed_nodes(J) for node in part]
    before = [node._grad for node in nodes]
    try:
        for node in nodes:
            node._grad = 0.0
        J.backward()
    finally:
        for node, gradient in zip(nodes, before, strict=True):
            node._grad = gradient


def refuse_nan(columns: Sequence[Any], i: int) -> None:
    """A nan in the data is the reason, whatever else is said."""
    numbers = [column[i].tolist() for column in columns]
    if np.isnan(np.hstack(numbers)).any():
        raise ValueError(
            f"data point {i} (counted from 0) holds nan: {shown(numbers)}; leave it out, or fill it in"
        ) from None


def raise_at(error: Exception, i: int, compiled: Compiled | None, columns: Sequence[Any]) -> NoReturn:
    """Raise what the function says of a data point, with the number of that point, and the line of the program."""
    refuse_nan(columns, i)
    if type(error) not in (ValueError, OverflowError, ZeroDivisionError, IndexError, TypeError):
        raise error
    line = line_of(compiled, columns, i) if compiled else ""
    raise type(error)(f"{error} (data point {i}, counted from 0{line and f', in the line {line}'})") from None


def line_of(compiled: Compiled, columns: Sequence[Any], i: int) -> str:
    """The line of the program in which arithmetic fails first, at a data point."""
    program = compiled.space[compiled.name]
    try:
        with np.errstate(all="raise", under="ignore"):
            program(*(column[i : i + 1] for column in columns), *compiled.arrays())
    except FloatingPointError as error:
        for frame, number in walk_tb(error.__traceback__):
            if frame.f_code is program.__code__:
                return compiled.source.splitlines()[number - 1].strip()
    return ""
