"""The lecture's Σ, and the other operations of many inputs: total, average, maximum, minimum, softmax."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from math import fsum
from operator import attrgetter, is_, mul

from autograd import ops, rows
from autograd.errors import shown
from autograd.node import Number
from autograd.rows import Row
from autograd.value import Value, apply, constant, node, value_of

data_of = attrgetter("_data")
SIGMA = ops.weighted_sum


def leaves_for(values: Iterable[Value | Number]) -> tuple[Value, ...]:
    """The Values themselves, and constants for bare numbers."""
    return tuple([value if isinstance(value, Value) else constant(value) for value in values])


def inputs_row(values: Iterable[Value | Number]) -> Row:
    """Values or bare numbers as the inputs of Σ nodes: behind them stands the 1 that a bias weighs."""
    held = leaves_for(values)
    return Row(held, (*[value._data for value in held], 1.0))


def weights_row(weights: Iterable[Value | Number], bias: Value | None, before: Row | None = None) -> Row:
    """Values or bare numbers as weights, the bias behind them; `before`, an earlier row, if nothing changed since."""
    held = leaves_for(weights)
    data = (*[value._data for value in held], 0.0 if bias is None else bias._data)
    if before is None or held != before.values:
        return Row(held, data)
    return before if all(map(is_, data, before.data)) else before.with_data(data)


def sigma(weights: Row, inputs: Row, bias: Value | None, label: str = "") -> Value:
    """The node z = w₁x₁ + … + w_d x_d + b."""
    try:
        data = fsum(map(mul, weights.data, inputs.data))
    except (OverflowError, ValueError):  # a partial sum was too large, or inf met −inf
        data = math.nan
    if data - data != 0.0:  # the table knows what it is then, or how to refuse it
        data = apply(SIGMA, rows.parents(weights, inputs, bias))._data
    return node(data, SIGMA, None, weights, bias, inputs, label)


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
    w, x = leaves_for(sequence(weights, "weighted_sum", call)), leaves_for(sequence(inputs, "weighted_sum", call))
    if len(w) != len(x):
        raise ValueError(f"weighted_sum needs one weight per input, got {len(w)} weights and {len(x)} inputs")
    if not w:
        raise ValueError("weighted_sum needs at least one weight and one input, got none")
    b = None if bias is None else value_of(bias)
    return sigma(weights_row(w, b), inputs_row(x), b)


def sequence(values: Iterable[Value | Number], name: str, call: str) -> Iterable[Value | Number]:
    """The values, if they are several."""
    if isinstance(values, (Value, str, bytes)) or not isinstance(values, Iterable):
        raise TypeError(f"{name} needs {call}, got {shown(values)}")
    return values


def some(values: Iterable[Value | Number], name: str, call: str) -> list[Value | Number]:
    """The values as a list, if there are any."""
    held = list(sequence(values, name, call))
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
    nodes = list(map(value_of, z))
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
