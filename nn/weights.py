"""The weights of a layer as rows for its Σ nodes, kept from one data point to the next while they stay the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from autograd import Value
from autograd.node import clock
from autograd.rows import Row
from autograd.sums import weights_row

if TYPE_CHECKING:
    from nn.layers import Neuron

Place = tuple[Row, "Value | None", str, str]  # of one neuron: its weights, its bias, the labels of its z and its a


class Weights:
    """What the last call made of the weights, and the Values and numbers it made that of."""

    __slots__ = ("_b", "_data", "_flat", "_places", "_read_at", "_w")

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Make everything anew at the next call."""
        self._w: list[list[Value]] = []
        self._b: list[Value | None] = []
        self._flat: list[Value] = []
        self._data: list[float] = []
        self._places: list[Place] = []
        self._read_at: object = None

    def places(self, neurons: Sequence[Neuron]) -> list[Place]:
        """A row of weights per neuron: the rows of the last call as far as no weight was set or replaced since."""
        w, b = [neuron.w for neuron in neurons], [neuron.b for neuron in neurons]
        if w != self._w or b != self._b:  # lists of Values are equal if they hold the same ones
            d = len(w[0])
            if any(len(weights) != d for weights in w):
                raise ValueError(f"a layer needs as many weights in each neuron, got {[len(weights) for weights in w]}")
            self.forget()
            self._flat = [value for weights in w for value in weights] + [bias for bias in b if bias is not None]
            self._w, self._b = [list(weights) for weights in w], b
        if self._read_at is clock.now:  # no number of any Value was set since
            return self._places
        now, data = clock.now, [value._data for value in self._flat]
        if data != self._data or not self._places:
            before: list[Row | None] = [*(row for row, *_ in self._places)] or [None] * len(w)
            self._places = [
                (weights_row(neuron.w, neuron.b, row), neuron.b, neuron._z_label, neuron._a_label)
                for neuron, row in zip(neurons, before, strict=True)
            ]
            self._data = data
        self._read_at = now
        return self._places
