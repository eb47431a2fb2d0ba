"""The lecture's Σ, and the other operations of many inputs: total, average, maximum, minimum, softmax."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from math import fsum
from operator import attrgetter, mul
from typing import Any

from autograd import ops
from autograd.errors import shown
from autograd.node import Number
from autograd.value import Value, apply, check, constant

data_of = attrgetter("_data")


class Row:
    """Values side by side, with their numbers: what the Σ nodes of one layer share."""

    __slots__ = ("all_vary", "data", "leaves", "some_vary", "values")
    is_row = True
    op = "row"  # not None: a row is walked like a computed node
    _edges = ()
    all_vary: bool
    some_vary: bool
    leaves: tuple[Value, ...]

    def __init__(self, values: tuple[Value, ...], data: tuple[float, ...], before: Row | None = None) -> None:
        self.values = values
        self.data = data
        if before is not None:  # the same Values with other numbers
            self.all_vary, self.some_vary, self.leaves = before.all_vary, before.some_vary, before.leaves
            return
        vary = [value.varies for value in values]
        self.all_vary = all(vary)
        self.some_vary = any(vary)
        self.leaves = values if self.all_vary and not any(value.op for value in values) else ()

    def _below(self) -> tuple[Value, ...]:
        return self.values[::-1]

    def receive(self, g: float, slopes: Iterable[float]) -> None:
        """Add g × slope to the gradient of each Value that varies."""
        if self.all_vary:
            for value, slope in zip(self.values, slopes, strict=True):
                value._grad += g * slope
        elif self.some_vary:
            for value, slope in zip(self.values, slopes, strict=True):
                if value.varies:
                    value._grad += g * slope

    def slopes(self, partner: Row) -> list[float]:
        """The local derivatives of Σ with respect to this row: the partner's numbers."""
        return [x if value.varies else 0.0 for value, x in zip(self.values, partner.data, strict=True)]


def row(values: Iterable[Value | Number], before: Row | None = None) -> Row:
    """The row of some Values or bare numbers; a row stays as it is, and so does `before` if nothing has changed."""
    if isinstance(values, Row):
        return values
    held = tuple(values)
    try:
        data = tuple([value._data for value in held])
    except AttributeError:  # some are bare numbers
        held = tuple([value if isinstance(value, Value) else constant(value) for value in held])
        data = tuple([value._data for value in held])
    if before is None or held != before.values:
        return Row(held, data)
    return before if data == before.data else Row(held, data, before)


class WeightedSum(Value):
    """z = w₁x₁ + … + w_d x_d + b as one node; its parents are w₁ … w_d, x₁ … x_d and b."""

    __slots__ = ("_bias", "_inputs", "_weights")
    _weights: Row
    _inputs: Row
    _bias: Value | None

    def __init__(self, weights: Row, inputs: Row, bias: Value | None) -> None:
        self._weights = weights
        self._inputs = inputs
        self._bias = bias
        self._edges = ()
        self._grad = 0.0
        self._label = self._role = ""
        self.op = ops.weighted_sum
        self.varies = True
        products = [*map(mul, weights.data, inputs.data)]
        if bias is not None:
            products.append(bias._data)
        try:
            self._data = fsum(products)
        except (OverflowError, ValueError):  # a partial sum was too large, or inf met −inf
            self._data = exact_sum_or_inf(products)
        if self._data - self._data != 0.0:
            check(math.inf, ops.weighted_sum, self.parents)  # also where inf − inf made it nan

    @property
    def parents(self) -> tuple[Value, ...]:
        """w₁ … w_d, x₁ … x_d and b."""
        held = self._weights.values + self._inputs.values
        return held if self._bias is None else (*held, self._bias)

    @property
    def local_derivatives(self) -> tuple[float, ...]:
        """∂z/∂w_i is x_i, ∂z/∂x_i is w_i, ∂z/∂b is 1."""
        slopes = self._weights.slopes(self._inputs) + self._inputs.slopes(self._weights)
        return tuple(slopes if self._bias is None else [*slopes, float(self._bias.varies)])

    def _backward(self) -> None:
        g = self._grad
        if not g:
            return
        weights, inputs = self._weights, self._inputs
        if weights.all_vary and inputs.all_vary:  # both in one loop, as this is where the time goes
            for w, x, slope_w, slope_x in zip(weights.values, inputs.values, inputs.data, weights.data, strict=True):
                w._grad += g * slope_w
                x._grad += g * slope_x
        else:
            weights.receive(g, inputs.data)
            inputs.receive(g, weights.data)
        if self._bias is not None and self._bias.varies:
            self._bias._grad += g

    def _below(self) -> Sequence[Any]:
        if self._bias is None:
            return self._inputs, self._weights
        return self._bias, self._inputs, self._weights

    def _copied(self, memo: dict[int, Any]) -> Value:
        new = super()._copied(memo)
        assert isinstance(new, WeightedSum)
        new._edges = ()
        new._weights, new._inputs = (
            Row(tuple(memo[id(value)] for value in old.values), old.data) for old in (self._weights, self._inputs)
        )
        new._bias = None if self._bias is None else memo[id(self._bias)]
        return new


def exact_sum_or_inf(terms: Sequence[float]) -> float:
    """The exact sum, or inf where it is too large."""
    try:
        return float(ops.total.value(*terms))
    except OverflowError:
        return math.inf


def weighted_sum(
    weights: Iterable[Value | Number], inputs: Iterable[Value | Number], bias: Value | Number | None = None
) -> Value:
    """The lecture's Σ: w₁x₁ + … + w_d x_d + b, one node, its products summed exactly (`math.fsum`).

    >>> w, x = [Value(2.0), Value(-1.0)], [Value(3.0), Value(4.0)]
    >>> weighted_sum(w, x, bias=0.5).data
    2.5

    Different lengths, and no inputs at all, are a ValueError.
    """
    w, x = row(weights), row(inputs)
    if len(w.values) != len(x.values):
        raise ValueError(
            f"weighted_sum needs one weight per input, got {len(w.values)} weights and {len(x.values)} inputs"
        )
    if not w.values:
        raise ValueError("weighted_sum needs at least one weight and one input, got none")
    b = bias if bias is None or isinstance(bias, Value) else constant(bias)
    return WeightedSum(w, x, b)


def some(values: Iterable[Value | Number], name: str, call: str) -> list[Value | Number]:
    """The values as a list, if there are any."""
    if isinstance(values, (Value, str)) or not isinstance(values, Iterable):
        raise TypeError(f"{name} needs {call}, got {shown(values)}")
    held = list(values)
    if not held:
        raise ValueError(f"{name} needs at least one value, got none; write {call}")
    return held


def total(values: Iterable[Value | Number]) -> Value:
    """The sum of any number of values as one node, summed exactly.

    >>> total([Value(1e16), 1.0, -1e16]).data
    1.0
    """
    return apply(ops.total, some(values, "total", "a sequence: total([a, b])"))


def average(values: Iterable[Value | Number]) -> Value:
    """The mean as one node, like the lecture's J = (1/n) Σ ℒ.

    >>> average([Value(1.0), Value(2.0), Value(6.0)]).data
    3.0
    """
    return apply(ops.average, some(values, "average", "a sequence: average([a, b])"))


def maximum(*values: Value | Number) -> Value:
    """The largest; winners of a tie share the gradient equally.

    >>> maximum(Value(1.0), 2.0).data
    2.0
    """
    return apply(ops.maximum, some(values, "maximum", "maximum(a, b) or maximum(*values)"))


def minimum(*values: Value | Number) -> Value:
    """The smallest; winners of a tie share the gradient equally.

    >>> minimum(Value(1.0), 2.0).data
    1.0
    """
    return apply(ops.minimum, some(values, "minimum", "minimum(a, b) or minimum(*values)"))


def softmax(values: Iterable[Value | Number]) -> list[Value]:
    """Probabilities e^{z_k} / Σ e^{z_j}, one node each; all are positive and they sum to 1.

    >>> [p.data for p in softmax([Value(1.0), Value(1.0)])]
    [0.5, 0.5]

    A class at -inf has probability 0 (a mask); nan, +inf, and all classes at -inf are a ValueError.
    """
    z = some(values, "softmax", "a sequence: softmax([z1, z2])")
    nodes = [value if isinstance(value, Value) else constant(value) for value in z]
    check_logits("softmax", nodes)
    return [apply(ops.softmax.bind(index=index), nodes) for index in range(len(nodes))]


def check_logits(name: str, nodes: Sequence[Value]) -> None:
    """Refuse logits that have no probabilities."""
    top = ops.maximum.value(*map(data_of, nodes))
    if not math.isfinite(top):
        raise ValueError(
            f"{name} needs {ops.softmax.needs}, got {shown([node._data for node in nodes])}; "
            "mask a class with -inf, never all of them"
        )
