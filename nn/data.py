"""Data points: as leaves of a graph, and those fit learns from as plain numbers, checked before the first step."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from autograd import Value
from autograd.errors import number, shown
from autograd.value import constant

NO_ROWS = (str, bytes, dict, set, frozenset)  # they can be iterated over, but are no numbers in an order


def data_leaf(x: Any, label: str) -> Value:
    """An input or a target: a Value as it is, labelled if nobody has named it yet; a bare number without a gradient."""
    if isinstance(x, Value):
        if not x._label and x.op is None:
            x._label = label
        return x
    leaf = constant(x)
    leaf._role, leaf._label = "input", label
    return leaf


def checked_data(X: Any, y: Any) -> tuple[list[Any], list[Any]]:
    """The data points and their targets: as many of both, all of one length, and every number finite.

    >>> checked_data([[1, 2], [3, 4]], [0, 1])
    ([[1.0, 2.0], [3.0, 4.0]], [0, 1])

    A target keeps its type, as a class is an int and an amount a float.
    """
    rows = [checked_point("X", i, row, convert=True) for i, row in enumerate(listed("X", X))]
    targets = [checked_point("y", i, target, convert=False) for i, target in enumerate(listed("y", y))]
    if not rows:
        raise ValueError("X needs at least one data point, got none")
    if len(rows) != len(targets):
        raise ValueError(f"y needs one target per data point, got {len(rows)} rows of X and {len(targets)} of y")
    same_length("X", rows)
    same_length("y", targets)
    return rows, targets


def listed(name: str, data: Any) -> list[Any]:
    """A sequence of any kind, NumPy's and pandas' too, as a list."""
    if hasattr(data, "to_numpy"):
        data = data.to_numpy()
    if hasattr(data, "tolist"):
        data = data.tolist()
    if isinstance(data, NO_ROWS) or not isinstance(data, Iterable):
        raise TypeError(f"{name} needs a list or an array, got {type(data).__name__} {shown(data)}")
    return list(data)


def checked_point(name: str, i: int, point: Any, *, convert: bool) -> Any:
    """A number, or a list of numbers, as floats if wanted."""
    if hasattr(point, "tolist"):
        point = point.tolist()
    if isinstance(point, Iterable) and not isinstance(point, NO_ROWS):
        return [checked_number(f"{name}[{i}][{k}]", x, convert=convert) for k, x in enumerate(point)]
    return checked_number(f"{name}[{i}]", point, convert=convert)


def real(where: str, x: Any) -> float:
    """A real number as a float; the error says what it is for."""
    try:
        return number(x, where)
    except TypeError:
        remedy = "; write its .data" if isinstance(x, Value) else ""
        raise TypeError(f"{where} needs a real number, got {type(x).__name__} {shown(x)}{remedy}") from None


def checked_number(where: str, x: Any, *, convert: bool) -> Any:
    """A finite number; the error says where it stands."""
    as_float = real(where, x)
    if not math.isfinite(as_float):
        raise ValueError(f"{where} needs to be a finite number, got {as_float}; leave such data points out")
    if convert:
        return as_float
    return x.item() if hasattr(x, "item") else x


def same_length(name: str, points: list[Any]) -> None:
    """Every data point has as many numbers as the first."""
    lengths = [len(point) if isinstance(point, list) else None for point in points]
    for i, length in enumerate(lengths):
        if length != lengths[0]:
            first, other = (f"{n} numbers" if n is not None else "a single number" for n in (lengths[0], length))
            raise ValueError(f"{name} needs rows of one length, got {first} in {name}[0] and {other} in {name}[{i}]")
