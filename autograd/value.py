"""A Value: a number that remembers how it was computed, so that its gradient can be.

`f = x * y` makes a node whose parents are x and y, and whose local derivatives ∂f/∂x and ∂f/∂y are y and x.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

from autograd import ops
from autograd.errors import number, refuse_value, setting, text
from autograd.node import Node, Number
from autograd.op import Op


class Value(Node):
    """A number in a graph of computations.

    >>> w, x = Value(2.0, label="w"), Value(-3.0, label="x")
    >>> a = (w * x + 10).relu()
    >>> a.backward()
    >>> a.data, w.grad, x.grad
    (4.0, -3.0, 2.0)

    `data`, `grad`, `label` and `role` can be set. On a leaf `op` is None and there are no parents. Bare numbers in
    an expression become constants: leaves that no gradient reaches.
    """

    __slots__ = ()
    __array_ufunc__ = None  # so that np.float64(3) * v asks v, and is a Value

    def __init__(self, data: Number, *, label: str = "") -> None:
        self._label = label if type(label) is str else text(label)
        self._data = data if type(data) is float else number(data, label)
        self._grad = 0.0
        self._role = ""
        self._x = self._y = self._dx = self._walk = None
        self._edges = ()
        self.op = None
        self.varies = True

    # --- arithmetic ---------------------------------------------------------------------------------------------------

    def __add__(self, other: Value | Number) -> Value:
        y = other if type(other) is Value else value_of(other)
        data = self._data + y._data
        if data - data != 0.0:  # inf or nan
            check(data, ops.add, (self, y))
        if self.varies and y.varies:
            return node(data, ops.add, self, 1.0, y, 1.0)
        return node(data, ops.add, self, float(self.varies), y, float(y.varies))

    def __mul__(self, other: Value | Number) -> Value:
        y = other if type(other) is Value else value_of(other)
        p, q = self._data, y._data
        data = p * q
        if data - data != 0.0:
            check(data, ops.mul, (self, y))
        if self.varies and y.varies:
            return node(data, ops.mul, self, q, y, p)
        return node(data, ops.mul, self, q if self.varies else 0.0, y, p if y.varies else 0.0)

    def __sub__(self, other: Value | Number) -> Value:
        return binary(ops.sub, self, other)

    def __truediv__(self, other: Value | Number) -> Value:
        return binary(ops.truediv, self, other)

    def __pow__(self, other: Value | Number) -> Value:
        return binary(ops.power, self, other)

    def __radd__(self, other: Number) -> Value:
        return value_of(other) + self

    def __rsub__(self, other: Number) -> Value:
        return binary(ops.sub, other, self)

    def __rmul__(self, other: Number) -> Value:
        return value_of(other) * self

    def __rtruediv__(self, other: Number) -> Value:
        return binary(ops.truediv, other, self)

    def __rpow__(self, other: Number) -> Value:
        return binary(ops.power, other, self)

    def __neg__(self) -> Value:
        return unary(ops.neg, self)

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return unary(ops.absolute, self)

    # --- functions ----------------------------------------------------------------------------------------------------

    def exp(self) -> Value:
        """e to the power of the value."""
        return unary(ops.exp, self)

    def log(self) -> Value:
        """The natural logarithm."""
        return unary(ops.log, self)

    def sqrt(self) -> Value:
        """The square root."""
        return unary(ops.sqrt, self)

    def sin(self) -> Value:
        """The sine, of radians."""
        return unary(ops.sin, self)

    def cos(self) -> Value:
        """The cosine, of radians."""
        return unary(ops.cos, self)

    def tanh(self) -> Value:
        """The hyperbolic tangent."""
        return unary(ops.tanh, self)

    def sigmoid(self) -> Value:
        """σ(z) = 1 / (1 + e^−z)."""
        return unary(ops.sigmoid, self)

    def relu(self) -> Value:
        """0 for z < 0, otherwise z; its derivative is 0 for z < 0 and 1 otherwise."""
        return relu(self)

    def leaky_relu(self, slope: float = 0.01) -> Value:
        """slope · z for z < 0, otherwise z."""
        return unary(ops.leaky_relu.bind(slope=setting("slope", slope)), self)

    def softplus(self) -> Value:
        """log(1 + e^z), a smooth ReLU."""
        return unary(ops.softplus, self)

    def gelu(self) -> Value:
        """z · Φ(z), with Φ the normal distribution function."""
        return unary(ops.gelu, self)

    def erf(self) -> Value:
        """The error function."""
        return unary(ops.erf, self)

    @staticmethod
    def _apply(op: Op, inputs: Sequence[Value | Number]) -> Value:
        return apply(op, inputs)


_blank = partial(object.__new__, Value)  # a Value with nothing in it yet


def node(
    data: float, op: Op, x: Value | None, dx: Any, y: Value | None = None, dy: Any = 0.0, label: str = ""
) -> Value:
    """A computed Value: the number, the operation, and what `Node` holds of its parents."""
    new: Value = _blank()
    new._data = data
    new._grad = 0.0
    new._label = label
    new._role = ""
    new.op = op
    new.varies = True
    new._walk = None
    new._x = x
    new._y = y
    new._dx = dx
    new._dy = dy
    return new


def relu(z: Value, label: str = "") -> Value:
    """The node max(0, z), which is infinite only where z is; most networks have no other activation."""
    data, slope = z._data, 1.0
    if data < 0.0:
        data = slope = 0.0
    return node(data, ops.relu, z, slope if z.varies else 0.0, None, 0.0, label)


def apply(op: Op, inputs: Sequence[Value | Number]) -> Value:
    """The node for `op` of the inputs: its value and its local derivatives, both read from the operation table."""
    parents = list(map(value_of, inputs))
    if op.n_inputs is not None and op.n_inputs != len(parents):
        raise TypeError(f"{op.name} needs {op.n_inputs} input(s), one per derivative, got {len(parents)}")
    numbers = [parent._data for parent in parents]
    try:
        data = op.value(*numbers)
    except (ArithmeticError, ValueError) as error:
        refuse_value(op, parents, error)
    if type(data) is not float:
        data = op.as_float("value", data)
    if data - data != 0.0:  # inf or nan
        check(data, op, parents)
    slopes = op.local_derivatives(data, numbers, [parent.varies for parent in parents])
    if len(parents) == 1:
        return node(data, op, parents[0], slopes[0])
    if len(parents) == 2:
        return node(data, op, parents[0], slopes[0], parents[1], slopes[1])
    new = node(data, op, None, None)
    new._edges = (*parents, *slopes)
    return new


def unary(op: Op, x: Value) -> Value:
    """`apply` for one Value and an operation of the table: the same, at a third of the time."""
    z = x._data
    try:
        a = op.value(z)
        if a - a != 0.0:
            check(a, op, (x,))
        return node(a, op, x, op.derivatives[0](a, z) if x.varies else 0.0)  # type: ignore[index]
    except (ArithmeticError, ValueError):
        return apply(op, (x,))  # which finds the words, or says that the derivative is missing


def binary(op: Op, x: Value | Number, y: Value | Number) -> Value:
    """`apply` for two inputs and an operation of the table: the same, at a third of the time."""
    p = x if isinstance(x, Value) else constant(x)
    q = y if isinstance(y, Value) else constant(y)
    slope_x, slope_y = op.derivatives  # type: ignore[misc]
    x, y = p._data, q._data
    try:
        a = op.value(x, y)
        if a - a != 0.0:
            check(a, op, (p, q))
        return node(a, op, p, slope_x(a, x, y) if p.varies else 0.0, q, slope_y(a, x, y) if q.varies else 0.0)
    except (ArithmeticError, ValueError):
        return apply(op, (p, q))


def check(data: float, op: Op, parents: Sequence[Value]) -> None:
    """A result that is not finite is an error, unless an input was inf or nan already."""
    if all(math.isfinite(parent._data) for parent in parents):
        refuse_value(op, parents, data)


def constant(x: Number) -> Value:
    """A bare number in an expression: a leaf that no gradient reaches."""
    leaf: Value = _blank()
    leaf._data = x if type(x) is float else number(x)
    leaf._grad = 0.0
    leaf._label = ""
    leaf._role = "constant"
    leaf.op = None
    leaf.varies = False
    leaf._x = leaf._y = leaf._dx = leaf._walk = None
    leaf._edges = ()
    return leaf


def value_of(x: Value | Number) -> Value:
    """An operand: a Value as it is, and a constant for a bare number."""
    return x if isinstance(x, Value) else constant(x)
