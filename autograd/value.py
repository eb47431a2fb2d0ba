"""A Value is a number that remembers how it was computed, so that gradients can be computed from it.

`f = x * y` makes a node whose parents are x and y, and whose local derivatives ∂f/∂x and ∂f/∂y are y and x.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from autograd import ops
from autograd.errors import LookedAt, alone, number, refuse_value, setting, shown, text
from autograd.graph import backward, topological_order
from autograd.op import Op
from autograd.protocols import Protocols, is_array, make_by_hand, method, operators

Number = Any  # an int, a float, a NumPy scalar: whatever errors.number can turn into a float
ROLES = ("parameter", "input", "constant", "")


class Value(Protocols):
    """A number in a graph of computations.

    >>> w, x = Value(2.0, label="w"), Value(-3.0, label="x")
    >>> a = (w * x + 10).relu()
    >>> a.backward()
    >>> a.data, w.grad, x.grad
    (4.0, -3.0, 2.0)

    `parents` are the Values that it was computed from, in written order (`x * x` has x twice). `local_derivatives`
    holds ∂self/∂parent for each parent, 0.0 for a constant, and `op` is the operation. A leaf was not computed: its
    `op` is None, and the other two are (). `data`, `grad`, `label` and `role` can be set. A bare number in an
    expression becomes a constant, a leaf that no gradient reaches. You may add attributes: v.momentum = 0.0.

    `Value(data, (a, b), "name")` makes a node by hand, as in micrograd: then assign its `_backward`, a function that
    adds to the gradients of a and b. Arithmetic with a subclass of Value gives plain Values.
    """

    __slots__ = ("__dict__", "_data", "_grad", "_label", "_role", "local_derivatives", "op", "parents", "varies")
    row: Any = None  # only a Σ has one: the inputs that it shares with other Σ (see autograd/sums.py)
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
        self.parents = self.local_derivatives = ()
        self.varies = True
        if type(parents) is not tuple or parents or op:
            make_by_hand(self, parents, op)

    # --- what a node holds --------------------------------------------------------------------------------------------

    @property
    def data(self) -> float:
        """The number."""
        return self._data

    @data.setter
    def data(self, data: Number) -> None:
        self._data = data if type(data) is float else number(data, self._label)

    @property
    def grad(self) -> float:
        """∂root/∂self, filled by `root.backward()`."""
        return self._grad

    @grad.setter
    def grad(self, grad: Number | None) -> None:
        if grad is None:  # it forgets the gradient, as in PyTorch
            grad = 0.0
        self._grad = grad if type(grad) is float else number(grad, self._label)

    @property
    def label(self) -> str:
        """The name of the node in drawings and errors."""
        return self._label

    @label.setter
    def label(self, label: str) -> None:
        self._label = text(label)

    @property
    def role(self) -> str:
        """What the node is in a network: "parameter", "input", "constant" or ""; no gradient reaches a constant."""
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
        """The chain rule at one node: the gradient of each parent grows by this node's times the local derivative."""
        g = self._grad
        if g:  # 0 times an infinite local derivative would be nan
            slopes = self.local_derivatives
            for i, parent in enumerate(self.parents):
                parent._grad += g * slopes[i]

    def zero_grad(self) -> None:
        """Set the gradient of this node, and of every node that it was computed from, to 0."""
        for node in topological_order(self):
            node._grad = 0.0

    # what micrograd calls the parents and the operation
    _prev = property(lambda self: self.parents)
    _op = property(lambda self: self.op.symbol if self.op else "")

    # --- arithmetic: +, * and ReLU, the commonest, are written out, which is faster; a test holds them to the table ---

    def __add__(self, other: Value | Number) -> Value:
        if type(other) is not Value and (other := operand(other)) is NotImplemented:
            return NotImplemented
        slopes = (1.0, 1.0) if self.varies and other.varies else (float(self.varies), float(other.varies))
        return node(self._data + other._data, ops.add, (self, other), slopes)

    def __mul__(self, other: Value | Number) -> Value:
        if type(other) is not Value and (other := operand(other)) is NotImplemented:
            return NotImplemented
        p, q = self._data, other._data
        return node(p * q, ops.mul, (self, other), (q if self.varies else 0.0, p if other.varies else 0.0))

    __sub__, __rsub__ = operators(ops.sub)
    __truediv__, __rtruediv__ = operators(ops.truediv)
    __pow__, __rpow__ = operators(ops.power)
    _, __radd__ = operators(ops.add)
    _, __rmul__ = operators(ops.mul)
    __neg__ = method(ops.neg, "Minus the value.")
    __abs__ = method(ops.absolute, "The value without its sign.")

    def __pos__(self) -> Value:
        return self

    conjugate = __pos__  # of any real number it is the number itself; NumPy's var, std and vdot ask for it

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
        """Make the node for `op` of the inputs; the Op says both its value and its local derivatives."""
        parents = tuple([value_of(x) for x in inputs])
        if op.n_inputs is not None and op.n_inputs != len(parents):
            raise TypeError(f"{op.name} needs {op.n_inputs} input(s), one per derivative, got {len(parents)}")
        try:
            numbers = [parent._data for parent in parents]
        except LookedAt:  # `vectorize` is tracing one of the inputs, and that one makes nodes of its own kind
            return next(x for x in parents if type(x)._apply is not apply)._apply(op, parents)
        try:
            data = op.value(*numbers)
        except (ArithmeticError, ValueError) as error:
            refuse_value(op, parents, error)
        if type(data) is not float:
            data = number(data, what=f"the value of Op {op.name!r} on numbers")
        new = node(data, op, parents, ())  # which refuses inf and nan, before any derivative is asked for
        new.local_derivatives = op.local_derivatives(data, numbers, [parent.varies for parent in parents])
        return new


apply = Value._apply
_blank = partial(object.__new__, Value)  # makes a Value with nothing in it yet, past the checks of __init__


def node(data: float, op: Op | None, parents: tuple[Value, ...], local_derivatives: tuple[float, ...]) -> Value:
    """Make a computed Value from its number, its operation, its parents and its local derivatives."""
    if data - data != 0.0 and op:  # inf or nan
        refuse_value(op, parents, data)
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
    """Make the leaf for a bare number in an expression; no gradient reaches it."""
    leaf = node(x if type(x) is float else number(x), None, (), ())
    leaf._role = "constant"
    leaf.varies = False
    return leaf


def value_of(x: Any) -> Value:
    """The Value for an operand: a Value itself, also if it lies in an array without dimensions, or a new constant."""
    held = x if isinstance(x, Value) else alone(x)
    return held if isinstance(held, Value) else constant(held)


def operand(x: Any) -> Any:
    """The Value for an operand, unless it takes over the arithmetic: an array, a symbol, or a Value that is traced."""
    return NotImplemented if is_array(x) or getattr(x, "_apply", apply) is not apply else value_of(x)
