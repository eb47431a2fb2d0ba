"""A Value: a number that remembers how it was computed, so that its gradient can be.

`f = x * y` makes a node whose parents are x and y, and whose local derivatives ∂f/∂x and ∂f/∂y are y and x.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from threading import get_ident
from typing import Any, NoReturn

from autograd import backward, ops
from autograd.errors import number, refuse_value, shown, text
from autograd.graph import topological_order
from autograd.op import Op

Number = Any  # int, float, NumPy scalar: whatever errors.number takes
ROLES = ("parameter", "input", "constant", "")
_new = object.__new__


class Value:
    """A number in a graph of computations.

    >>> w, x = Value(2.0, label="w"), Value(-3.0, label="x")
    >>> a = (w * x + 10).relu()
    >>> a.backward()
    >>> a.data, w.grad, x.grad
    (4.0, -3.0, 2.0)

    `data`, `grad`, `label` and `role` can be set. On a leaf `op` is None and there are no parents. Bare numbers in
    an expression become constants: leaves that no gradient reaches.
    """

    # _edges: the parents, then their local derivatives, in one tuple; a graph may hold millions of these
    __slots__ = ("_data", "_edges", "_grad", "_label", "_role", "op", "varies")
    __array_ufunc__ = None  # so that np.float64(3) * v asks v, and is a Value
    is_row = False
    op: Op | None
    varies: bool
    _data: float
    _grad: float
    _edges: tuple[Any, ...]
    _label: str
    _role: str

    def __init__(self, data: Number, *, label: str = "") -> None:
        self._label = label if type(label) is str else text(label)
        self._data = data if type(data) is float else number(data, label)
        self._grad = 0.0
        self._role = ""
        self._edges = ()
        self.op = None
        self.varies = True

    # --- what a node holds --------------------------------------------------------------------------------------------

    @property
    def data(self) -> float:
        """The number."""
        if _tracing:
            refuse_look("its .data was read")
        return self._data

    @data.setter
    def data(self, data: Number) -> None:
        self._data = number(data, self._label)

    @property
    def grad(self) -> float:
        """∂root/∂self, filled by `root.backward()`."""
        return self._grad

    @grad.setter
    def grad(self, grad: Number) -> None:
        self._grad = number(grad, self._label)

    @property
    def label(self) -> str:
        """What drawings and errors call it."""
        return self._label

    @label.setter
    def label(self, label: str) -> None:
        self._label = text(label)

    @property
    def role(self) -> str:
        """What it is in a network: "parameter", "input", "constant" or ""."""
        return self._role

    @role.setter
    def role(self, role: str) -> None:
        if role not in ROLES:
            raise ValueError(f"a role is one of {', '.join(map(repr, ROLES))}, got {shown(role)}")
        self._role = role

    @property
    def parents(self) -> tuple[Value, ...]:
        """What it was computed from, in written order: `x * x` has x twice."""
        return self._edges[: len(self._edges) // 2]

    @property
    def local_derivatives(self) -> tuple[float, ...]:
        """∂self/∂parent for each parent, as numbers; 0.0 for a constant."""
        return self._edges[len(self._edges) // 2 :]

    # --- gradients ----------------------------------------------------------------------------------------------------

    def backward(self) -> None:
        """Fill `.grad` of every node below: inner nodes are set, leaves accumulate."""
        backward.backward(self)

    def zero_grad(self) -> None:
        """Forget every gradient in the graph below."""
        for node in topological_order(self):
            node._grad = 0.0

    def _backward(self) -> None:
        g = self._grad
        edges = self._edges
        if not g or not edges:
            return
        n = len(edges)
        if n == 4:
            x, y, slope_x, slope_y = edges
            if slope_x:
                x._grad += g * slope_x
            if slope_y:
                y._grad += g * slope_y
        elif n == 2:
            x, slope_x = edges
            if slope_x:
                x._grad += g * slope_x
        else:
            for x, slope_x in zip(edges[: n // 2], edges[n // 2 :], strict=True):
                if slope_x:
                    x._grad += g * slope_x

    @property
    def _prev(self) -> tuple[Value, ...]:
        return self.parents

    @property
    def _op(self) -> str:
        return self.op.symbol if self.op else ""

    def _below(self) -> Sequence[Any]:
        edges = self._edges
        return edges[len(edges) // 2 - 1 :: -1] if edges else ()

    # --- arithmetic ---------------------------------------------------------------------------------------------------

    def __add__(self, other: Value | Number) -> Value:
        if isinstance(other, Value) and self.varies and other.varies:
            return node(self._data + other._data, ops.add, (self, other, 1.0, 1.0))
        return binary(ops.add, self, other)

    def __mul__(self, other: Value | Number) -> Value:
        if isinstance(other, Value) and self.varies and other.varies:
            x, y = self._data, other._data
            return node(x * y, ops.mul, (self, other, y, x))
        return binary(ops.mul, self, other)

    def __sub__(self, other: Value | Number) -> Value:
        return binary(ops.sub, self, other)

    def __truediv__(self, other: Value | Number) -> Value:
        return binary(ops.truediv, self, other)

    def __pow__(self, other: Value | Number) -> Value:
        return binary(ops.power, self, other)

    def __radd__(self, other: Number) -> Value:
        return binary(ops.add, other, self)

    def __rsub__(self, other: Number) -> Value:
        return binary(ops.sub, other, self)

    def __rmul__(self, other: Number) -> Value:
        return binary(ops.mul, other, self)

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
        z = self._data
        if not self.varies:
            return apply(ops.relu, (self,))
        return node(0.0, ops.relu, (self, 0.0)) if z < 0.0 else node(z, ops.relu, (self, 1.0))

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

    # --- comparisons: on the numbers, never on the graph --------------------------------------------------------------

    def __lt__(self, other: Value | Number) -> bool:
        return comparable(self) < comparable(other)

    def __le__(self, other: Value | Number) -> bool:
        return comparable(self) <= comparable(other)

    def __gt__(self, other: Value | Number) -> bool:
        return comparable(self) > comparable(other)

    def __ge__(self, other: Value | Number) -> bool:
        return comparable(self) >= comparable(other)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (int, float)) or getattr(type(other), "__module__", "") == "numpy":
            raise TypeError(
                f"== asks whether two Values are the same node, and {shown(other)} is a number; "
                f"compare the number instead: v.data == {shown(other)}"
            )
        return self is other

    __hash__ = object.__hash__

    def __float__(self) -> NoReturn:
        raise self._cut("float")

    def __int__(self) -> NoReturn:
        raise self._cut("int")

    def __bool__(self) -> NoReturn:
        raise self._cut("bool")

    def __index__(self) -> NoReturn:
        raise self._cut("index")

    def _cut(self, kind: str) -> TypeError:
        if _tracing:
            refuse_look(f"it was converted to {kind}")
        return TypeError(
            f"{kind}() of a Value would cut it out of the graph. For the number write v.data; "
            "for a function of it the method: v.exp() for math.exp(v), v.sqrt(), v.relu(), ..."
        )

    # --- as an object -------------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        label = f", label={shown(self._label)}" if self._label else ""
        return f"Value(data={self._data!r}, grad={self._grad!r}{label})"

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        for old in topological_order(self):
            if id(old) not in memo:
                memo[id(old)] = old._copied(memo)
        return memo[id(self)]  # type: ignore[no-any-return]

    def _copied(self, memo: dict[int, Any]) -> Value:
        new: Value = _new(type(self))
        new._data, new._grad, new._label, new._role = self._data, self._grad, self._label, self._role
        new.op, new.varies = self.op, self.varies
        new._edges = (*(memo[id(parent)] for parent in self.parents), *self.local_derivatives)
        return new

    @staticmethod
    def _apply(op: Op, inputs: Sequence[Value | Number]) -> Value:
        return apply(op, inputs)


def node(data: float, op: Op, edges: tuple[Any, ...]) -> Value:
    """A computed Value: the number, the operation, and (parents, then local derivatives)."""
    if data - data != 0.0:  # inf or nan
        check(data, op, edges[: len(edges) // 2])
    new: Value = _new(Value)
    new._data = data
    new._grad = 0.0
    new._label = ""
    new._role = ""
    new.op = op
    new.varies = True
    new._edges = edges
    return new


def apply(op: Op, inputs: Sequence[Value | Number]) -> Value:
    """The node for `op` of the inputs: its value and its local derivatives, both read from the operation table."""
    parents = [x if isinstance(x, Value) else constant(x) for x in inputs]
    if op.n_inputs is not None and op.n_inputs != len(parents):
        raise TypeError(f"{op.name} needs {op.n_inputs} input(s), got {len(parents)}")
    numbers = [parent._data for parent in parents]
    try:
        data = op.value(*numbers)
    except (ArithmeticError, ValueError) as error:
        refuse_value(op, parents, error)
    if type(data) is not float:
        data = op.as_float("value", data)
    if data - data != 0.0:  # inf or nan
        check(data, op, parents)
    return node(data, op, (*parents, *op.local_derivatives(data, numbers, [parent.varies for parent in parents])))


def unary(op: Op, x: Value) -> Value:
    """`apply` for one Value and an operation of the table: the same, at a third of the time."""
    z = x._data
    try:
        a = op.value(z)
        return node(a, op, (x, op.derivatives[0](a, z) if x.varies else 0.0))  # type: ignore[index]
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
        return node(a, op, (p, q, slope_x(a, x, y) if p.varies else 0.0, slope_y(a, x, y) if q.varies else 0.0))
    except (ArithmeticError, ValueError):
        return apply(op, (p, q))


def check(data: float, op: Op, parents: Sequence[Value]) -> None:
    """A result that is not finite is an error, unless an input was inf or nan already."""
    if all(math.isfinite(parent._data) for parent in parents):
        refuse_value(op, parents, data)


def constant(x: Number) -> Value:
    """A bare number in an expression: a leaf that no gradient reaches."""
    leaf: Value = _new(Value)
    leaf._data = x if type(x) is float else number(x)
    leaf._grad = 0.0
    leaf._label = ""
    leaf._role = "constant"
    leaf.op = None
    leaf.varies = False
    leaf._edges = ()
    return leaf


def comparable(x: Value | Number) -> float:
    """The number to compare."""
    if _tracing:
        refuse_look("it was compared")
    return x._data if isinstance(x, Value) else number(x)


def setting(name: str, x: Number) -> float:
    """A number that is a fact of the node, not a parent of it."""
    if isinstance(x, Value):
        raise TypeError(f"{name} is a setting, not an input: it needs a number, got {shown(x)}; write its .data")
    return number(x)


# --- while vectorize reads the graph of one data point, no number may be looked at ------------------------------------

_tracing = 0  # the thread that traces, 0 for none


def set_tracing(on: bool) -> None:
    """Forbid, or allow again, looking at the numbers of Values in this thread."""
    global _tracing
    _tracing = get_ident() if on else 0


def refuse_look(what: str) -> None:
    """Raise the error for a path that depends on the data, if this is the thread that traces."""
    if _tracing == get_ident():
        raise TypeError(
            f"vectorize reads the graph once, for all data points, but {what}: the graph would then depend on the "
            "first data point. Write maximum(...), minimum(...), relu() or abs() instead of a comparison, and keep "
            "Values as Values."
        )
