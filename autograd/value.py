"""A Value: a number that remembers how it was computed, so that its gradient can be.

`f = x * y` makes a node whose parents are x and y, and whose local derivatives ∂f/∂x and ∂f/∂y are y and x.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from autograd import ops
from autograd.errors import LookedAt, alone, number, refuse_value, setting, shown, text
from autograd.graph import backward, topological_order
from autograd.op import Op
from autograd.protocols import Protocols, is_array, made_by_hand

Number = Any  # int, float, NumPy scalar: whatever errors.number takes
ROLES = ("parameter", "input", "constant", "")


def method(op: Op, says: str) -> Callable[[Value], Value]:
    """An operation of one input as a method."""

    def apply_to(self: Value) -> Value:
        return self._apply(op, (self,))

    apply_to.__name__ = apply_to.__qualname__ = op.name
    apply_to.__doc__ = says
    return apply_to


def operators(op: Op) -> tuple[Callable[[Value, Number], Value], Callable[[Value, Number], Value]]:
    """An operation of two inputs as the operator of a Value on the left, and of one on the right.

    For an array they answer NotImplemented: then NumPy asks again, for one number of it after the other.
    """

    def left(self: Value, other: Number) -> Value:
        return NotImplemented if is_array(other) else self._apply(op, (self, other))

    def right(self: Value, other: Number) -> Value:
        return NotImplemented if is_array(other) else self._apply(op, (other, self))

    return left, right


class Value(Protocols):
    """A number in a graph of computations.

    >>> w, x = Value(2.0, label="w"), Value(-3.0, label="x")
    >>> a = (w * x + 10).relu()
    >>> a.backward()
    >>> a.data, w.grad, x.grad
    (4.0, -3.0, 2.0)

    `parents` are what it was computed from, in written order (`x * x` has x twice), and `local_derivatives` are
    ∂self/∂parent for each of them, 0.0 for a constant; `op` is the operation. On a leaf `op` is None and both are ().
    `data`, `grad`, `label` and `role` can be set. Bare numbers in an expression become constants: leaves that no
    gradient reaches. An attribute of your own may be kept on a node: v.momentum = 0.0.

    `Value(data, (a, b), "name")` is a node made by hand, as in micrograd: assign its `_backward`, which adds to the
    gradients of a and b. Arithmetic with a subclass gives plain Values.
    """

    __slots__ = ("__dict__", "_data", "_grad", "_label", "_role", "local_derivatives", "op", "parents", "varies")
    row: Any = None  # of a Σ, the inputs that it shares with others
    op: Op | None
    parents: tuple[Value, ...]
    local_derivatives: tuple[float, ...]
    varies: bool  # whether a gradient reaches it: False for a constant

    def __init__(self, data: Number, parents: Sequence[Value] = (), op: str = "", *, label: str = "") -> None:
        self._label = text(label)
        self._data = data if type(data) is float else number(data, label)
        self._grad = 0.0
        self._role = ""
        self.op = None
        if type(parents) is not tuple:
            parents = tuple(parents) if isinstance(parents, Iterable) else (parents,)
        self.parents = parents
        self.local_derivatives = ()
        self.varies = True
        if parents or op:
            self.op, refuse = made_by_hand(op, self.parents)
            if parents:  # of none, nobody waits for a gradient
                self._backward = refuse  # type: ignore[method-assign]

    # --- what a node holds --------------------------------------------------------------------------------------------

    @property
    def data(self) -> float:
        """The number."""
        return self._data

    @data.setter
    def data(self, data: Number) -> None:
        self._data = number(data, self._label)

    @property
    def grad(self) -> float:
        """∂root/∂self, filled by `root.backward()`."""
        return self._grad

    @grad.setter
    def grad(self, grad: Number | None) -> None:
        self._grad = 0.0 if grad is None else number(grad, self._label)  # None forgets it, as in PyTorch

    @property
    def label(self) -> str:
        """What drawings and errors call it."""
        return self._label

    @label.setter
    def label(self, label: str) -> None:
        self._label = text(label)

    @property
    def role(self) -> str:
        """What it is in a network: "parameter", "input", "constant" or ""; no gradient reaches a constant."""
        return self._role

    @role.setter
    def role(self, role: str) -> None:
        if role not in ROLES:
            raise ValueError(f"a role is one of {', '.join(map(repr, ROLES))}, got {shown(role)}")
        if role == "constant" and self.op:
            raise ValueError(f"only a leaf can be a constant, and {shown(self)} is computed: write Value(v.data)")
        self._role, self.varies = role, role != "constant"

    # --- gradients ----------------------------------------------------------------------------------------------------

    backward = backward

    def _backward(self) -> None:
        """The chain rule at one node: a parent's gradient grows by this one's times the local derivative."""
        g = self._grad
        if g:
            slopes = self.local_derivatives
            for i, parent in enumerate(self.parents):
                parent._grad += g * slopes[i]

    def zero_grad(self) -> None:
        """Forget every gradient in the graph below."""
        for node in topological_order(self):
            node._grad = 0.0

    # micrograd's names
    _prev = property(lambda self: self.parents)
    _op = property(lambda self: self.op.symbol if self.op else "")

    # --- arithmetic ---------------------------------------------------------------------------------------------------

    def __add__(self, other: Value | Number) -> Value:
        if type(other) is not Value:
            if is_foreign(other):
                return NotImplemented
            other = value_of(other)
        data = self._data + other._data
        if data - data != 0.0:  # inf or nan
            refuse_value(ops.add, (self, other), data)
        slopes = (1.0, 1.0) if self.varies and other.varies else (float(self.varies), float(other.varies))
        return node(data, ops.add, (self, other), slopes)

    def __mul__(self, other: Value | Number) -> Value:
        if type(other) is not Value:
            if is_foreign(other):
                return NotImplemented
            other = value_of(other)
        p, q = self._data, other._data
        data = p * q
        if data - data != 0.0:
            refuse_value(ops.mul, (self, other), data)
        return node(data, ops.mul, (self, other), (q if self.varies else 0.0, p if other.varies else 0.0))

    __sub__, __rsub__ = operators(ops.sub)
    __truediv__, __rtruediv__ = operators(ops.truediv)
    __pow__, __rpow__ = operators(ops.power)
    _, __radd__ = operators(ops.add)
    _, __rmul__ = operators(ops.mul)
    __neg__ = method(ops.neg, "Minus the value.")
    __abs__ = method(ops.absolute, "The value without its sign.")

    def __pos__(self) -> Value:
        return self

    # --- functions ----------------------------------------------------------------------------------------------------

    exp = method(ops.exp, "e to the power of the value.")
    log = method(ops.log, "The natural logarithm.")
    sqrt = method(ops.sqrt, "The square root.")
    sin = method(ops.sin, "The sine, of radians.")
    cos = method(ops.cos, "The cosine, of radians.")
    tanh = method(ops.tanh, "The hyperbolic tangent.")
    sigmoid = method(ops.sigmoid, "σ(z) = 1 / (1 + e^−z).")
    softplus = method(ops.softplus, "log(1 + e^z), a smooth ReLU.")
    gelu = method(ops.gelu, "z · Φ(z), with Φ the normal distribution function.")
    erf = method(ops.erf, "The error function.")

    def relu(self) -> Value:
        """0 for z < 0, otherwise z; its derivative is 0 for z < 0 and 1 otherwise."""
        z = self._data
        if z < 0.0:
            return node(0.0, ops.relu, (self,), (0.0,))
        return node(z, ops.relu, (self,), (1.0,) if self.varies else (0.0,))

    def leaky_relu(self, slope: float = 0.01) -> Value:
        """slope · z for z < 0, otherwise z."""
        return self._apply(ops.leaky_relu.bind(slope=setting("slope", slope, 0.01)), (self,))

    @staticmethod
    def _apply(op: Op, inputs: Sequence[Value | Number]) -> Value:
        """The node for `op` of the inputs: its value and its local derivatives, both read from the operation table."""
        parents = tuple([value_of(x) for x in inputs])
        if op.n_inputs is not None and op.n_inputs != len(parents):
            raise TypeError(f"{op.name} needs {op.n_inputs} input(s), one per derivative, got {len(parents)}")
        try:
            numbers = [parent._data for parent in parents]
        except LookedAt:  # one of them is being traced, and makes nodes of its own kind
            return next(x for x in parents if type(x)._apply is not apply)._apply(op, inputs)
        try:
            data = op.value(*numbers)
        except (ArithmeticError, ValueError) as error:
            refuse_value(op, parents, error)
        if type(data) is not float:
            data = number(data, what=f"the value of Op {op.name!r} on numbers")
        if data - data != 0.0:  # inf or nan
            refuse_value(op, parents, data)
        return node(data, op, parents, op.local_derivatives(data, numbers, [parent.varies for parent in parents]))


apply = Value._apply
_blank = partial(object.__new__, Value)  # a Value with nothing in it yet


def node(data: float, op: Op | None, parents: tuple[Value, ...], local_derivatives: tuple[float, ...]) -> Value:
    """A computed Value: the number, the operation, what it was computed from, and the slopes towards that."""
    new: Value = _blank()
    new._data = data
    new._grad = 0.0
    new._label = new._role = ""
    new.op = op
    new.parents = parents
    new.local_derivatives = local_derivatives
    new.varies = True
    return new


def constant(x: Number) -> Value:
    """A bare number in an expression: a leaf that no gradient reaches."""
    leaf = node(x if type(x) is float else number(x), None, (), ())
    leaf._role = "constant"
    leaf.varies = False
    return leaf


def value_of(x: Any) -> Value:
    """An operand: a Value as it is, also in an array without dimensions, and a constant for a bare number."""
    if isinstance(x, Value):
        return x
    held = alone(x)
    return held if isinstance(held, Value) else constant(held)


def is_foreign(x: object) -> bool:
    """Whether it computes in a way of its own: an array, and a Value that is being traced."""
    return is_array(x) or getattr(x, "_apply", apply) is not apply
