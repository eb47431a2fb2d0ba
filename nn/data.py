"""Checks of what users pass in: data points (leaves of a graph, or plain numbers to learn from), counts, and seeds."""

import math
import operator
import random
from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any

from autograd import Value
from autograd.errors import REMEDIES, all_finite, number, plain, shown
from autograd.sums import Row
from autograd.value import constant

INSTEAD = REMEDIES | {"list": "give a single number", "Value": "write its .data"}  # advice where a Value is not wanted
IN_DATA = INSTEAD | {
    "str": "write float(text), or give each name a number: names.index(text)",
    "list": "give a single number, and a picture as one row: X.reshape(len(X), -1)",
    "dict": "give a row of its numbers: list(target.values())",
    **dict.fromkeys(["NoneType", "NAType"], "leave such data points out"),
}
NO_ROWS = (str, bytes, dict, set, frozenset)  # they can be iterated over, but are no numbers in an order


def is_row(x: Any) -> bool:
    """Whether x holds things in an order, as a list, an array, or a generator does."""
    return isinstance(x, Iterable) and not isinstance(x, NO_ROWS) and getattr(x, "ndim", 1) > 0


# --- one data point, for a graph --------------------------------------------------------------------------------------


def data_leaf(x: Any, label: str, number: int | str = "") -> Value:
    """An input or a target as a Value: a leaf without a label gets this one, a bare number becomes a constant leaf."""
    if isinstance(x, Value):
        if not x._label and x.op is None:
            x._label = f"{label}{number}"
        return x
    leaf = constant(x)
    leaf._role, leaf._label = "input", f"{label}{number}"
    return leaf


def input_row(x: Any, count: int | None = None) -> Sequence[Value]:
    """The inputs as a row of Values: bare numbers become leaves without a gradient, and leaves get a label x_i."""
    row = x if type(x) is Row else leaves_of(x)
    if count is not None and len(row) != count:
        raise ValueError(f"one data point needs {count} input(s) here, got {len(row)}; give one number per input")
    return row


def leaves_of(x: Any) -> Sequence[Value]:
    """A data point in one of its many forms: a list, an array, a row of pandas', a generator, or one number."""
    numbers = x
    if type(x) is not list:
        if isinstance(x, NO_ROWS):
            raise TypeError(f"inputs need a list of numbers or Values, got {type(x).__name__} {shown(x)}")
        if hasattr(x, "iloc") and x.ndim > 1:
            raise TypeError("inputs need one data point at a time: model(df.iloc[0]), or all: vectorize(model).map(df)")
        held = plain(x)
        numbers = list(held) if isinstance(held, Iterable) else [held]
    try:
        return Row(map(data_leaf, numbers, repeat("x_"), range(1, len(numbers) + 1)))
    except TypeError:
        for table in filter(is_row, numbers):
            raise TypeError(
                f"each input needs a real number, got {type(table).__name__} {shown(table)}; "
                "give one data point at a time: [model(x) for x in X]"
            ) from None
        raise


# --- all data points, to learn from -----------------------------------------------------------------------------------


def checked_data(X: Any, y: Any) -> tuple[list[Any], list[Any]]:
    """The data points and their targets: equally many of both, rows of one length, and every number finite.

    >>> checked_data([[1, 2], [3, 4]], [0, 1])
    ([[1.0, 2.0], [3.0, 4.0]], [0, 1])
    >>> checked_data([5, 6], [[0.5], [1.5]])
    ([5.0, 6.0], [0.5, 1.5])

    A target keeps its type, because a class is an int and an amount a float. A column (n, 1) of targets counts as (n,).
    """
    rows, targets = checked_points("X", X), checked_points("y", y)
    if not rows:
        raise ValueError("X needs at least one data point, got none")
    if len(rows) != len(targets):
        raise ValueError(f"y needs one target per data point, got {len(rows)} rows of X and {len(targets)} of y")
    if isinstance(targets[0], list) and len(targets[0]) == 1:
        targets = [target for (target,) in targets]
    return [[*map(float, row)] if isinstance(row, list) else float(row) for row in rows], targets


def list_of(name: str, data: Any) -> list[Any]:
    """A sequence of any kind, NumPy's and pandas' too, as a list."""
    held = plain(data.to_numpy() if hasattr(data, "to_numpy") else data)
    if not is_row(held):
        raise TypeError(f"{name} needs a list or an array, got {type(held).__name__} {shown(held)}")
    return list(held)


def checked_points(name: str, data: Any) -> list[Any]:
    """The data as a list of finite numbers, or of rows of finite numbers, all as long as the first."""
    points = [checked(f"{name}[{i}]", point, may_be_row=True) for i, point in enumerate(list_of(name, data))]
    sizes = [f"{len(point)} numbers" if isinstance(point, list) else "a single number" for point in points]
    for i, size in enumerate(sizes):
        if size != sizes[0]:
            raise ValueError(f"{name} needs rows of one length, got {sizes[0]} in {name}[0] and {size} in {name}[{i}]")
    return points


def checked(where: str, x: Any, *, may_be_row: bool = False) -> Any:
    """A finite number or, if that is allowed, a row of them; an error says where the number stands."""
    held = plain(x)
    if may_be_row and type(held) is list and {*map(type, held)} == {float} and all_finite(held):  # at once
        return [*held]
    if may_be_row and is_row(held):
        return [checked(f"{where}[{k}]", x_k) for k, x_k in enumerate(held)]
    if not math.isfinite(as_float := real(where, x, IN_DATA)):
        raise ValueError(f"{where} needs to be a finite number, got {as_float}; leave such data points out")
    return held


def real(where: str, x: Any, instead: Mapping[str, str] = INSTEAD) -> float:
    """A real number as a float; an error says what the number is for."""
    try:
        return number(x, where)
    except TypeError:
        name = type(x).__name__
        remedy = instead.get("Value" if isinstance(x, Value) else "list" if is_row(x) else name, "write its number")
        raise TypeError(f"{where} needs a real number, got {name} {shown(x)}; {remedy}") from None


# --- counts and random numbers ----------------------------------------------------------------------------------------


def whole(n: Any) -> int | None:
    """An int of any kind, NumPy's too, as an int; None for anything else, and for a bool."""
    try:
        return None if type(n).__name__ in ("bool", "bool_") else operator.index(n)
    except TypeError:
        return None


def count(name: str, n: Any, least: int) -> int:
    """A number of things as an int; it is an error if it is none, or below `least`."""
    if (held := whole(n)) is None or held < least:
        raise (TypeError if held is None else ValueError)(f"{name} needs an int of at least {least}, got {shown(n)}")
    return held


def generator(seed: Any) -> random.Random:
    """The generator for a seed: None is that of the `random` module, an int starts one, a `random.Random` goes on.

    >>> generator(0).random() == random.Random(0).random()
    True
    """
    if seed is None:
        return random._inst  # so random.seed(1337) works
    if isinstance(seed, random.Random):
        return seed
    if (start := whole(seed)) is None:
        raise TypeError(f"seed needs an int, a random.Random or None, got {type(seed).__name__} {shown(seed)}")
    return random.Random(start)
