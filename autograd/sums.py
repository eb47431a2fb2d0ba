"""The lecture's Σ, and the other operations of any number of inputs: total, average, maximum, minimum, softmax."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from math import fsum, isfinite, nan
from operator import mul
from typing import Any, NoReturn

from autograd import ops
from autograd.errors import LookedAt, shown
from autograd.op import Op
from autograd.value import Number, Value, apply, constant, value_of

Numbers = Iterable[Value | Number]


class Row(list[Value]):
    """The inputs x₁ … x_d that several Σ share. `numbers` holds their numbers, and behind them a 1 for the bias."""

    __slots__ = ("numbers", "vary")

    def __init__(self, values: Numbers) -> None:
        super().__init__([x if isinstance(x, Value) else constant(x) for x in values])
        with suppress(LookedAt):  # while `vectorize` traces them, there are none
            self.numbers = [*[x._data for x in self], 1.0]
        self.vary = {x.varies for x in self}  # both True and False if only some of them vary

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("the neurons of a layer share the row of their inputs; change a list of your own: list(x)")

    __setitem__ = __delitem__ = __iadd__ = insert = append = extend = pop = remove = clear = reverse = sort = _refuse


class Sigma(Value):
    """The node z = w₁x₁ + … + w_d x_d + b. Σ nodes with the same inputs, as in a layer, share them in one Row.

    The node keeps the numbers that its weights and inputs had, since they are its local derivatives: ∂z/∂w_i is x_i,
    ∂z/∂x_i is w_i, and ∂z/∂b is 1. Its inputs all vary, or none does; a Σ of both kinds is an ordinary Value instead.
    """

    __slots__ = ("numbers", "row", "weights")
    op = ops.weighted_sum
    row: Row
    weights: tuple[Value, ...]  # w₁ … w_d, and behind them b, if there is one
    numbers: list[float]  # the numbers of the weights, and of b

    @property
    def parents(self) -> tuple[Value, ...]:  # type: ignore[override]
        """w₁ … w_d, x₁ … x_d and b."""
        d = len(self.row)
        return (*self.weights[:d], *self.row, *self.weights[d:])

    @property
    def local_derivatives(self) -> tuple[float, ...]:  # type: ignore[override]
        """∂z/∂parent for each parent, 0.0 for a constant."""
        d = len(self.row)
        slopes = (*self.row.numbers[:d], *self.numbers[:d], 1.0)
        return tuple([slope if x.varies else 0.0 for slope, x in zip(slopes, self.parents)])  # noqa: B905 (the bias)

    def _backward(self) -> None:
        g = self._grad
        if g:
            row, weights = self.row, self.weights
            d = len(row)
            for w, x in zip(weights[:d], row.numbers):  # noqa: B905 (behind the inputs stands the 1)
                w._grad += g * x
            if True in row.vary:
                for v, weight in zip(row, self.numbers):  # noqa: B905 (behind the weights stands the bias)
                    v._grad += g * weight
            if len(weights) > d:
                weights[d]._grad += g


_blank = partial(object.__new__, Sigma)


def weighted_sum(weights: Numbers, inputs: Numbers, bias: Value | Number | None = None) -> Value:
    """The lecture's Σ: w₁x₁ + … + w_d x_d + b as one node, whose products are added with one rounding (`math.fsum`).

    >>> w, x = [Value(2.0), Value(-1.0)], [Value(3.0), Value(4.0)]
    >>> weighted_sum(w, x, bias=0.5).data
    2.5

    Different lengths, and no inputs at all, are a ValueError.
    """
    call = "two sequences: weighted_sum([w1, w2], [x1, x2])"
    weights, inputs = several(weights, "weighted_sum", call), several(inputs, "weighted_sum", call)
    if (m := len(weights)) != (d := len(inputs)):
        raise ValueError(f"weighted_sum needs one weight per input, got {m} weights and {d} inputs")
    if not weights:
        raise ValueError("weighted_sum needs at least one weight and one input, got none")
    return sigma((*weights, *([] if bias is None else [value_of(bias)])), inputs)


def sigma(weights: tuple[Value | Number, ...], inputs: Sequence[Value | Number]) -> Value:
    """`weighted_sum` for neurons: the bias, if any, stands behind the weights. All Σ of a neuron share that tuple."""
    try:
        row = inputs if type(inputs) is Row else Row(inputs)
        numbers = [v._data for v in weights]
        data = fsum(map(mul, numbers, row.numbers))
    except (AttributeError, LookedAt, OverflowError, ValueError):
        # in this order: a weight is a bare number, or the row has none; a number is being traced; a partial sum is too
        # large; inf − inf
        data = nan
    if data - data != 0.0 or len(row.vary) > 1:  # then the operation table gives the node, or the error
        d = len(inputs)
        return apply(ops.weighted_sum, (*weights[:d], *inputs, *weights[d:]))
    new: Sigma = _blank()
    new._data = data
    new._grad = 0.0
    new._label = new._role = ""
    new.varies = True
    new.weights = weights
    new.row = row
    new.numbers = numbers
    return new


def several(values: Numbers, name: str, call: str) -> Sequence[Value | Number]:
    """The values, if they are a sequence. A table is refused, as it would give the names of its columns."""
    is_row = isinstance(values, Iterable) and getattr(values, "ndim", 1) == 1
    if not is_row or isinstance(values, (str, bytes, dict, set, frozenset)):
        raise TypeError(f"{name} needs {call}, got {shown(values)}")
    return values if isinstance(values, (list, tuple)) else list(values)


def some(values: Numbers, name: str, call: str) -> list[Value]:
    """The values as nodes; it is an error if there are none."""
    held = several(values, name, call)
    if not held:
        raise ValueError(f"{name} needs at least one value, got none; write {call}")
    return list(map(value_of, held))


def total(values: Numbers) -> Value:
    """The sum of any number of values as one node; it is rounded once.

    >>> total([Value(1e16), 1.0, -1e16]).data
    1.0
    """
    return apply(ops.total, some(values, "total", "a sequence: total([a, b])"))


def average(values: Numbers) -> Value:
    """The mean as one node, like the lecture's J = (1/n) Σ ℒ.

    >>> average([Value(1.0), Value(2.0), Value(6.0)]).data
    3.0
    """
    return apply(ops.average, some(values, "average", "a sequence: average([a, b])"))


def maximum(*values: Value | Number | Numbers) -> Value:
    """The largest of several values, or of one sequence of them; values that tie share the gradient equally.

    >>> maximum(Value(1.0), 2.0).data
    2.0
    """
    return _extreme(ops.maximum, values)


def minimum(*values: Value | Number | Numbers) -> Value:
    """The smallest of several values, or of one sequence of them; values that tie share the gradient equally.

    >>> minimum(Value(1.0), 2.0).data
    1.0
    """
    return _extreme(ops.minimum, values)


def _extreme(op: Op, values: Sequence[Any]) -> Value:
    first = values[0] if len(values) == 1 else None
    if isinstance(first, Iterable) and getattr(first, "ndim", True):
        values = first  # type: ignore[assignment]  # the one sequence that was given
    return apply(op, some(values, op.name, f"{op.name}(a, b) or {op.name}(*values)"))


def softmax(values: Numbers) -> list[Value]:
    """The probabilities e^{z_k} / Σ_j e^{z_j}, one node each; they lie between 0 and 1, and their sum is 1.

    >>> [p.data for p in softmax([Value(1.0), Value(1.0)])]
    [0.5, 0.5]

    A z_k of -inf masks its class, which then has probability 0. It is a ValueError if a z_k is nan or +inf, or if all
    are -inf.
    """
    z = some(values, "softmax", "a sequence: softmax([z1, z2])")
    check_logits("softmax", z)
    return [ops.softmax.bind(index=index)(*z) for index in range(len(z))]


def check_logits(name: str, z: Sequence[Value]) -> None:
    """Refuse logits (the z of a softmax) that give no probabilities; while they are traced, they have no numbers."""
    with suppress(LookedAt):
        if not isfinite(ops.maximum.value(*[x._data for x in z])):
            raise ValueError(
                f"{name} needs {ops.softmax.needs}, got {shown([x._data for x in z])}; "
                "mask a class with -inf, never all of them"
            )
