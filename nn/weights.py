"""The weights of a layer as rows for its Σ nodes, kept from one data point to the next while they stay the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from autograd import Value
from autograd.clock import clock
from autograd.rows import Row
from autograd.sums import weights_row
from autograd.value import value_of

if TYPE_CHECKING:
    from nn.layers import Neuron

Place = tuple[Row, "Value | None", str, str]  # of one neuron: its weights, its bias, the labels of its z and its a


class Weights:
    """What the last call made of the weights, and the Values it made that of."""

    __slots__ = ("_b", "_places", "_read_at", "_w")

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Make everything anew at the next call."""
        self._w: list[list[Value]] = []
        self._b: list[Value | None] = []
        self._places: list[Place] = []
        self._read_at: object = None

    def places(self, neurons: Sequence[Neuron]) -> list[Place]:
        """A row of weights per neuron: the rows of the last call as far as no weight was set or replaced since."""
        w, b = [neuron.w for neuron in neurons], [neuron.b for neuron in neurons]
        if not (_are_the_same(w, self._w) and _are_the_same(b, self._b)):
            d = len(w[0])
            if any(len(weights) != d for weights in w):
                raise ValueError(f"a layer needs as many weights in each neuron, got {[len(weights) for weights in w]}")
            self.forget()
            self._w, self._b = [list(weights) for weights in w], b
        if self._read_at is clock.now:  # no number of any Value was set since
            return self._places
        now = clock.now
        before: list[Row | None] = [*(row for row, *_ in self._places)] or [None] * len(w)
        self._places = [_place(neuron, row) for neuron, row in zip(neurons, before, strict=True)]
        self._read_at = now
        return self._places


def _are_the_same(held: list[Any], before: list[Any]) -> bool:
    """Lists of Values are equal if they hold the same ones."""
    try:
        return held == before
    except TypeError:  # a bare number where a Value was, or the other way round
        return False


def _place(neuron: Neuron, before: Row | None) -> Place:
    bias = None if neuron.b is None else value_of(neuron.b)
    return weights_row(neuron.w, bias, before), bias, neuron._z_label, neuron._a_label
