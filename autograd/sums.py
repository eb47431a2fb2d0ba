"""The lecture's Σ, and the other operations of many inputs: total, average, maximum, minimum, softmax."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from math import fsum, nan
from operator import mul

from autograd import ops
from autograd.errors import LookedAt, shown
from autograd.value import Number, Value, apply, value_of


class Row(list[Value]):
    """Values that are the inputs of several Σ, with their numbers; behind them stands the 1 that a bias weighs."""

    __slots__ = ("numbers", "vary")

    def __init__(self, values: Iterable[Value | Number]) -> None:
        super().__init__(all_values(values))
        self.numbers = [*[x._data for x in self], 1.0]
        self.vary = True in [x.varies for x in self]


class Sigma(Value):
    """The node z = w₁x₁ + … + w_d x_d + b. Σ nodes with the same inputs share them in one Row.

    It keeps the numbers of its weights and inputs, from which its parents' local derivatives are read: ∂z/∂w_i is x_i,
    ∂z/∂x_i is w_i, and ∂z/∂b is 1.
    """

    __slots__ = ("numbers", "row", "weights")
    row: Row
    weights: tuple[Value, ...]  # the bias, if there is one, stands behind them
    numbers: list[float]

    @property
    def parents(self) -> tuple[Value, ...]:  # type: ignore[override]
        """w₁ … w_d, x₁ … x_d and b."""
        d = len(self.row)
        return (*self.weights[:d], *self.row, *self.weights[d:])

    @property
    def local_derivatives(self) -> tuple[float, ...]:  # type: ignore[override]
        """∂z/∂parent for each parent, 0.0 for a constant."""
        d = len(self.row)
        slopes = (*self.row.numbers[:d], *self.numbers[:d], *self.row.numbers[d : len(self.weights)])
        return tuple([slope if x.varies else 0.0 for slope, x in zip(slopes, self.parents, strict=True)])

    def _backward(self) -> None:
        g = self._grad
        if g:
            for w, x in zip(self.weights, self.row.numbers, strict=False):
                w._grad += g * x
            if self.row.vary:
                for v, weight in zip(self.row, self.numbers, strict=False):
                    v._grad += g * weight


_blank = partial(object.__new__, Sigma)


def weighted_sum(
    weights: Iterable[Value | Number], inputs: Iterable[Value | Number], bias: Value | Number | None = None
) -> Value:
    """The lecture's Σ: w₁x₁ + … + w_d x_d + b, one node, its products summed exactly (`math.fsum`).

    >>> w, x = [Value(2.0), Value(-1.0)], [Value(3.0), Value(4.0)]
    >>> weighted_sum(w, x, bias=0.5).data
    2.5

    Different lengths, and no inputs at all, are a ValueError.
    """
    call = "two sequences: weighted_sum([w1, w2], [x1, x2])"
    w, x = some(weights, "weighted_sum", call), some(inputs, "weighted_sum", call)
    if len(w) != len(x):
        raise ValueError(f"weighted_sum needs one weight per input, got {len(w)} weights and {len(x)} inputs")
    b = () if bias is None else (bias,)
    try:
        return sigma(all_values((*w, *b)), x if type(x) is Row else Row(x))
    except LookedAt:  # a number that is being traced: it knows itself what a Σ of it is
        return ops.weighted_sum(*w, *x, *b)  # type: ignore[no-any-return]


def sigma(weights: tuple[Value, ...], row: Row) -> Sigma:
    """The Σ of a row of inputs."""
    numbers = [w._data for w in weights]
    try:
        data = fsum(map(mul, numbers, row.numbers))
    except (OverflowError, ValueError):  # a partial sum is too large, or inf met −inf
        data = nan
    new: Sigma = _blank()
    new._data = data
    new._grad = 0.0
    new._label = new._role = ""
    new.op = ops.weighted_sum
    new.varies = True
    new.weights, new.row, new.numbers = weights, row, numbers
    if data - data != 0.0:  # the table knows what it is then, or how to refuse it
        new._data = apply(ops.weighted_sum, new.parents)._data
    return new


def all_values(held: Iterable[Value | Number]) -> tuple[Value, ...]:
    """The Values themselves, and constants for bare numbers."""
    values = tuple(held)
    return values if {*map(type, values)} == {Value} else tuple([value_of(x) for x in values])


def some(values: Iterable[Value | Number], name: str, call: str) -> Sequence[Value | Number]:
    """The values, if they are several, and there are any."""
    if not isinstance(values, (list, tuple)):
        if isinstance(values, (Value, str, bytes)) or not isinstance(values, Iterable):
            raise TypeError(f"{name} needs {call}, got {shown(values)}")
        values = list(values)
    if not values:
        raise ValueError(f"{name} needs at least one value, got none; write {call}")
    return values


def total(values: Iterable[Value | Number]) -> Value:
    """The sum of any number of values as one node, rounded once.

    >>> total([Value(1e16), 1.0, -1e16]).data
    1.0
    """
    return ops.total(*all_values(some(values, "total", "a sequence: total([a, b])")))  # type: ignore[no-any-return]


def average(values: Iterable[Value | Number]) -> Value:
    """The mean as one node, like the lecture's J = (1/n) Σ ℒ.

    >>> average([Value(1.0), Value(2.0), Value(6.0)]).data
    3.0
    """
    return ops.average(*all_values(some(values, "average", "a sequence: average([a, b])")))  # type: ignore[no-any-return]


def maximum(*values: Value | Number) -> Value:
    """The largest; winners of a tie share the gradient equally.

    >>> maximum(Value(1.0), 2.0).data
    2.0
    """
    return ops.maximum(*all_values(some(values, "maximum", "maximum(a, b) or maximum(*values)")))  # type: ignore[no-any-return]


def minimum(*values: Value | Number) -> Value:
    """The smallest; winners of a tie share the gradient equally.

    >>> minimum(Value(1.0), 2.0).data
    1.0
    """
    return ops.minimum(*all_values(some(values, "minimum", "minimum(a, b) or minimum(*values)")))  # type: ignore[no-any-return]


def softmax(values: Iterable[Value | Number]) -> list[Value]:
    """Probabilities e^{z_k} / Σ e^{z_j}, one node each; all are positive and they sum to 1.

    >>> [p.data for p in softmax([Value(1.0), Value(1.0)])]
    [0.5, 0.5]

    A class at -inf has probability 0 (a mask); nan, +inf, and all classes at -inf are a ValueError.
    """
    z = all_values(some(values, "softmax", "a sequence: softmax([z1, z2])"))
    return [ops.softmax.bind(index=index)(*z) for index in range(len(z))]
