"""What a loss compares the output with: the target y of a data point, checked before anything is computed."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from autograd import Value
from autograd.errors import LookedAt, shown
from nn.data import data_leaf


def single(name: str, x: Any) -> Any:
    """One number or Value; a list of them needs a loss for each."""
    if isinstance(x, (Value, str, bytes)) or not isinstance(x, Iterable):
        return x
    raise ValueError(
        f"{name} compares one output with one y, got {type(x).__name__} {shown(x)}; "
        f"add the losses up: total([{name}(g_k, y_k) for g_k, y_k in zip(g, y)])"
    )


def class_target(name: str, y: Any, n_classes: int) -> tuple[int | str, list[Value]]:
    """The target setting of a cross-entropy, and the parents that it adds to the outputs.

    An int is a fact of the node; a one-hot list, or a Value, are parents of it.
    """
    words = f"{name} of {n_classes} classes needs a target"
    if isinstance(y, Value):
        with suppress(LookedAt):  # a class that is being traced is looked at by the program
            _class_number(words, int(y._data) if y._data.is_integer() else y._data, n_classes)
        return "index", [data_leaf(y, "y")]
    if isinstance(y, Iterable) and not isinstance(y, (str, bytes, dict)) and getattr(y, "ndim", True):
        return "one-hot", _one_hot(words, list(y), n_classes)
    return _class_number(words, y, n_classes), []


def _class_number(words: str, y: Any, n_classes: int) -> int:
    try:
        number = None if isinstance(y, bool) else operator.index(y)
    except TypeError:
        number = None
    if number is None:
        raise TypeError(
            f"{words} that is an int from 0 to {n_classes - 1} or a one-hot list, got {type(y).__name__} {shown(y)}; "
            "write int(y) if it is a class number"
        )
    if not 0 <= number < n_classes:
        raise IndexError(f"{words} from 0 to {n_classes - 1}, got {number}")
    return number


def _one_hot(words: str, y: list[Any], n_classes: int) -> list[Value]:
    if len(y) != n_classes:
        raise ValueError(f"{words} with {n_classes} entries when it is one-hot, got {len(y)}: {shown(y)}")
    leaves = [data_leaf(y_k, f"y_{k}") for k, y_k in enumerate(y, 1)]
    with suppress(LookedAt):
        if sorted(leaf._data for leaf in leaves) != [0.0] * (n_classes - 1) + [1.0]:
            raise ValueError(f"{words} with a single 1 and 0 for the others, or a class number; got {shown(y)}")
    return leaves
