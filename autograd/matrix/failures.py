"""Where a program gives no finite number: the scalar engine's own error, the data point, and the line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from autograd.errors import shown
from autograd.graph import computed_nodes
from autograd.matrix.columns import np
from autograd.matrix.compiled import Buffer, Compiled
from autograd.value import Value

KINDS = (ArithmeticError, ValueError, IndexError, TypeError)  # what a function may raise for a data point
Point = Callable[[int], Sequence[Any]]  # the arguments of the function at a data point, as ordinary numbers


def explained(f: Callable[..., Any], compiled: Compiled, columns: Sequence[Any], point: Point, buffer: Buffer) -> float:
    """Raise the scalar engine's error for the first data point that has one; J, if none has."""
    low, high = 0, len(columns[0])
    while high - low > 1:  # a data point that alone is not finite either is found by halving
        middle = (low + high) // 2
        if compiled.run([column[low:middle] for column in columns], buffer) is None:
            high = middle
        else:
            low = middle
    if compiled.run([column[low:high] for column in columns], buffer) is None:
        blame(f, compiled, columns, point, low)
    if not compiled.lenient:
        compiled.lenient = True  # what overflowed on the way was in a branch that is not taken
        J = compiled.run(columns, buffer)
        return explained(f, compiled, columns, point, buffer) if J is None else J
    if np.isfinite(buffer.numbers).all() and all(np.isfinite(column).all() for column in columns):
        raise OverflowError(
            f"the training error of {len(columns[0])} data points, or its gradient, is too large for a float "
            "(1.8e308 is the largest). Scale the loss."
        )
    with np.errstate(all="ignore"):
        return compiled.attempt(columns, buffer)  # inf given by the user goes where it goes


def blame(f: Callable[..., Any], compiled: Compiled, columns: Sequence[Any], point: Point, position: int) -> None:
    """Raise the error that the scalar engine has at this data point, if it has one."""
    refuse_nan(columns, position)
    try:
        answer = f(*point(position))
        if isinstance(answer, Value):
            before = {node: node._grad for part in computed_nodes(answer) for node in part}
            try:
                answer.backward()
            finally:
                for node, gradient in before.items():
                    node._grad = gradient
    except KINDS as error:
        raise_at(error, compiled, columns, position)


def refuse_nan(columns: Sequence[Any], position: int) -> None:
    """A nan in the data is the reason, whatever else is said."""
    if any(np.isnan(column[position]).any() for column in columns):
        numbers = [column[position].tolist() for column in columns]
        raise ValueError(
            f"data point {position} (counted from 0) holds nan: {shown(numbers)}; leave it out, or fill it in"
        ) from None


def raise_at(error: Exception, compiled: Compiled | None, columns: Sequence[Any], position: int) -> NoReturn:
    """Raise what the function says of a data point, with the number of that point, and the line of the program."""
    refuse_nan(columns, position)
    if type(error) not in (ValueError, OverflowError, ZeroDivisionError, IndexError, TypeError):
        raise error
    line = line_of(compiled, columns, position) if compiled else ""
    where = f" (data point {position}, counted from 0{f', in the line {line}' if line else ''})"
    raise type(error)(f"{error}{where}") from None


def line_of(compiled: Compiled, columns: Sequence[Any], position: int) -> str:
    """The first line of the program that makes a number which is not finite, at a data point."""
    space = {**compiled.space, **compiled.arrays()}
    for (name, _), column in zip(compiled.arguments, columns, strict=True):
        space[name] = column[position : position + 1]
    before = _not_finite(space)
    with np.errstate(all="ignore"):
        for line in compiled.lines:
            if line and not line.startswith("return"):
                exec(line, space)
                if _not_finite(space) - before:
                    return line
    return ""


def _not_finite(space: dict[str, Any]) -> set[str]:
    arrays = {name: x for name, x in space.items() if isinstance(x, np.ndarray | np.floating)}
    return {name for name, x in arrays.items() if not np.isfinite(x).all()}
