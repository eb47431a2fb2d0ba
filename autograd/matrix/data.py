"""The door for data: sequences of numbers become float64 arrays, one entry or one row per data point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.errors import number, shown
from autograd.matrix.columns import np
from autograd.value import Value, constant


def columns_of(data: Sequence[Any], traced: tuple[int, ...] | None = None) -> list[Any]:
    """The arguments as arrays of equal length; `traced` are the widths that they need to have."""
    if not data:
        raise TypeError("a vectorized function needs its data: loss(X, Y), or .map(X)")
    columns = [array_of(argument, position) for position, argument in enumerate(data)]
    counts = [len(column) for column in columns]
    if len(set(counts)) > 1:
        raise ValueError(f"all arguments need the same number of data points, got {' and '.join(map(str, counts))}")
    if not counts[0]:
        raise ValueError("a batch needs at least one data point, got none")
    if traced is not None and (widths := widths_of(columns)) != traced:
        raise ValueError(f"this function was traced with {_described(traced)}, and now gets {_described(widths)}")
    return columns


def widths_of(columns: Sequence[Any]) -> tuple[int, ...]:
    """The number of entries per data point of each argument, 0 for a single number."""
    return tuple([column.shape[1] if column.ndim == 2 else 0 for column in columns])


def array_of(argument: Any, position: int) -> Any:
    """An argument as a float64 array of one or two dimensions."""
    is_float64 = type(argument) is np.ndarray and argument.dtype == np.float64
    array = argument if is_float64 else _read(argument, position)
    if array.ndim not in (1, 2) or 0 in array.shape[1:]:
        raise ValueError(
            f"argument {position + 1} needs the shape (n,) or (n, d), one entry or row per data point, "
            f"got {array.shape}"
        )
    return array


def _read(argument: Any, position: int) -> Any:
    if np.ma.is_masked(argument):
        raise ValueError(f"argument {position + 1} has masked entries; leave those data points out, or fill them in")
    entries = _numbers(argument)
    try:
        array = np.asarray(entries)
        if array.dtype == object:  # fractions, large integers, or no numbers at all
            array = np.array([number(entry) for entry in array.ravel()]).reshape(array.shape)
        if array.dtype.kind not in "biuf":
            raise TypeError
    except (TypeError, ValueError):
        rows = entries if isinstance(entries, list) else ()
        lengths = {len(row): None for row in rows if isinstance(row, (list, np.ndarray))}
        if len(lengths) > 1:
            raise ValueError(
                f"argument {position + 1} needs rows of equal length, got {' and '.join(map(str, lengths))} numbers "
                f"in {shown(argument)}"
            ) from None
        raise TypeError(
            f"argument {position + 1} needs to be numbers, one per data point or one row of equal length per data "
            f"point, got {shown(argument)}"
        ) from None
    return array.astype(np.float64)


def _numbers(argument: Any) -> Any:
    """The argument with the number of each Value in its place."""
    if isinstance(argument, (list, tuple)):
        return [_numbers(entry) for entry in argument]
    if isinstance(argument, np.ndarray) and argument.dtype == object:
        return _numbers(argument.tolist())
    return argument._data if isinstance(argument, Value) else argument


def point_at(columns: Sequence[Any], position: int) -> list[Any]:
    """One data point: a float for each single number, a list of floats for each row."""
    return [column[position].tolist() for column in columns]


def leaves_at(columns: Sequence[Any], position: int) -> list[Any]:
    """One data point: a Value for each single number, a list of them for each row; no gradient is computed for data."""
    return [[_leaf(x) for x in held] if isinstance(held, list) else _leaf(held) for held in point_at(columns, position)]


def _leaf(x: float) -> Value:
    leaf = constant(x)
    leaf._role = "input"
    return leaf


def _described(widths: Sequence[int]) -> str:
    return " and ".join(f"(n, {width})" if width else "(n,)" for width in widths)
