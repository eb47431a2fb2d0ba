"""Where a program gives no finite number: the scalar engine's own error, the data point, and the line."""

from __future__ import annotations

from collections.abc import Sequence
from traceback import walk_tb
from typing import Any, NoReturn

from autograd.errors import shown
from autograd.matrix.columns import np
from autograd.matrix.compiled import Compiled

KINDS = (ArithmeticError, ValueError, IndexError, TypeError)  # what a function may raise for a data point


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
    program = compiled.space["loss" if compiled.is_single else "model"]
    try:
        with np.errstate(all="raise", under="ignore"):
            program(*(column[i : i + 1] for column in columns), *compiled.arrays())
    except FloatingPointError as error:
        for frame, number in walk_tb(error.__traceback__):
            if frame.f_code is program.__code__:
                return compiled.source.splitlines()[number - 1].strip()
    return ""
