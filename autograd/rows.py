"""Rows of Values, which the Σ nodes of a layer share. A Σ holds a row of weights, a row of inputs, and a bias or None.

A row keeps the numbers its Values had, and one more behind them: the bias behind the weights, and behind the inputs the
1 that it weighs, the lecture's dashed 1. So z = w₁x₁ + … + w_d x_d + b·1 is one sum of products.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograd.value import Value

Receive = Callable[[float, "tuple[Value, ...]", Sequence[float]], None]
UNROLLED = 100  # the longest row whose loop is written out


class Row:
    """Values side by side, with their numbers; `receive` adds g × slope to the gradient of each that varies."""

    __slots__ = ("_waits", "_walk", "computed", "data", "leaves", "receive", "values")
    op = "row"  # not None: a row is walked like a computed node
    is_row = True
    computed: tuple[Value, ...]
    leaves: tuple[Value, ...]  # those that vary
    receive: Receive
    _waits: int
    _walk: object

    def __init__(self, values: tuple[Value, ...], data: tuple[float, ...]) -> None:
        self.values, self.data, self._walk = values, data, None
        vary = [value.varies for value in values]
        if True not in vary:
            self.computed, self.leaves, self.receive = (), (), add_to_none
            return
        self.computed = tuple([value for value in values if value.op is not None])
        self.leaves = tuple([value for value in values if value.op is None and value.varies])
        self.receive = add_to_varying if False in vary else adding(len(values))

    @classmethod
    def of_computed(cls, values: tuple[Value, ...]) -> Row:
        """The outputs of a layer as the inputs of the next."""
        row: Row = object.__new__(cls)
        row.values, row.data = values, (*[value._data for value in values], 1.0)
        row.computed, row.leaves, row.receive = values, (), adding(len(values))
        row._walk = None
        return row

    def with_data(self, data: tuple[float, ...]) -> Row:
        """The same Values with other numbers."""
        row: Row = object.__new__(Row)
        row.values, row.data = self.values, data
        row.computed, row.leaves, row.receive = self.computed, self.leaves, self.receive
        row._walk = None
        return row

    def copied(self, memo: dict[int, Any]) -> Row:
        """The same row among the copies of its Values; a row that was shared still is."""
        if id(self) not in memo:
            memo[id(self)] = Row(tuple([memo[id(value)] for value in self.values]), self.data)
        return memo[id(self)]  # type: ignore[no-any-return]


def parents(weights: Row, inputs: Row, bias: Value | None) -> tuple[Value, ...]:
    """w₁ … w_d, x₁ … x_d and b."""
    held = weights.values + inputs.values
    return held if bias is None else (*held, bias)


def local_derivatives(weights: Row, inputs: Row, bias: Value | None) -> tuple[float, ...]:
    """∂z/∂w_i is x_i, ∂z/∂x_i is w_i, ∂z/∂b is 1; 0.0 for a constant."""
    slopes = [x if w.varies else 0.0 for w, x in zip(weights.values, inputs.data, strict=False)]
    slopes += [w if x.varies else 0.0 for x, w in zip(inputs.values, weights.data, strict=False)]
    return tuple(slopes if bias is None else [*slopes, float(bias.varies)])


# --- adding to gradients: behind the slopes stands one more number ----------------------------------------------------


@cache
def adding(d: int) -> Receive:
    """Add to the gradients of d Values: a loop that is written out, as this is where backward's time goes."""
    if d > UNROLLED:
        return add_to_each
    values, slopes = ([f"{letter}{i}" for i in range(d)] for letter in "xs")
    lines = [
        "def add_to_each(g, values, slopes):",
        f" {', '.join(values)}, = values",
        f" {', '.join(slopes)}, _ = slopes",
        *[f" {x}._grad += g * {s}" for x, s in zip(values, slopes, strict=True)],
    ]
    space: dict[str, Any] = {}
    exec("\n".join(lines), space)
    return space["add_to_each"]  # type: ignore[no-any-return]


def add_to_each(g: float, values: tuple[Value, ...], slopes: Sequence[float]) -> None:
    """What `adding` writes out."""
    for value, slope in zip(values, slopes, strict=False):
        value._grad += g * slope


def add_to_varying(g: float, values: tuple[Value, ...], slopes: Sequence[float]) -> None:
    """Some are constants, which no gradient reaches."""
    for value, slope in zip(values, slopes, strict=False):
        if value.varies:
            value._grad += g * slope


def add_to_none(g: float, values: tuple[Value, ...], slopes: Sequence[float]) -> None:
    """All of them are constants."""
