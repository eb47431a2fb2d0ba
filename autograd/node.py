"""A node of a graph: a number, its gradient, and what it was computed from.

A graph is made of nothing else. What can be computed from a node is the subject of `autograd.value`.
"""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any, NoReturn, cast

from autograd import rows, tracing
from autograd.backward import backward, empty
from autograd.clock import clock
from autograd.errors import number, shown, text
from autograd.graph import topological_order

if TYPE_CHECKING:
    from autograd.op import Op
    from autograd.value import Value

Number = Any  # int, float, NumPy scalar: whatever errors.number takes
ROLES = ("parameter", "input", "constant", "")


def set_numbers(holders: Sequence[Any], names: Iterable[str], values: Iterable[Any]) -> None:
    """Set the "_data" of Values, and what else goes with it, in one step, which no interrupt divides."""
    clock.tick()
    list(map(setattr, holders, names, values))
    clock.tick()


def set_data(values: Sequence[Value], numbers: Sequence[float], done: object) -> None:
    """The same for Values alone, in half the time, as an interrupt is let in once it is finished.

    Then `clock.now` is `done`, unless someone else has set numbers meanwhile.
    """
    begun = clock.now = object()
    try:
        for value, data in zip(values, numbers, strict=True):
            value._data = data
        clock.now = done if clock.now is begun else object()
    except BaseException:
        set_numbers(values, repeat("_data"), numbers)
        raise


class Node:
    """What every Value holds; a Value is a node that one can compute with."""

    __slots__ = (
        "_data", "_dx", "_dy", "_edges", "_grad", "_label", "_role", "_waits", "_walk", "_x", "_y", "op", "varies",
    )  # fmt: skip
    is_row = False
    op: Op | None
    varies: bool
    _data: float
    _grad: float
    _x: Value | None  # the one or two parents of most nodes, and their local derivatives: slots need less than tuples
    _y: Value | None  # the second; of a Σ, which has no _x, its bias
    _dx: Any  # ∂self/∂x; of a Σ its row of weights
    _dy: Any  # ∂self/∂y; of a Σ its row of inputs
    _edges: tuple[Any, ...]  # any other number of parents, then their local derivatives
    _waits: int  # backward: how many nodes have yet to hand on to this one
    _walk: object  # backward: the last walk that came here
    _label: str
    _role: str

    # --- what a node holds --------------------------------------------------------------------------------------------

    @property
    def data(self) -> float:
        """The number."""
        if tracing.thread:
            tracing.refuse_look("its .data was read")
        return self._data

    @data.setter
    def data(self, data: Number) -> None:
        new = number(data, self._label)
        clock.now = object()
        self._data = new
        clock.now = object()

    @property
    def grad(self) -> float:
        """∂root/∂self, filled by `root.backward()`."""
        return self._grad

    @grad.setter
    def grad(self, grad: Number) -> None:
        new = grad if type(grad) is float else number(grad, self._label)
        clock.gradients_of = None
        self._grad = new

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
        if self._x is not None:
            return (self._x,) if self._y is None else (self._x, self._y)
        if self._dx is not None:
            return rows.parents(self._dx, self._dy, self._y)
        return self._edges[: len(self._edges) // 2]

    @property
    def local_derivatives(self) -> tuple[float, ...]:
        """∂self/∂parent for each parent, as numbers; 0.0 for a constant."""
        if self._x is not None:
            return (self._dx,) if self._y is None else (self._dx, self._dy)
        if self._dx is not None:
            return rows.local_derivatives(self._dx, self._dy, self._y)
        return self._edges[len(self._edges) // 2 :]

    # --- gradients ----------------------------------------------------------------------------------------------------

    backward = backward

    def zero_grad(self) -> None:
        """Forget every gradient in the graph below."""
        empty(topological_order(cast("Value", self)))

    def _backward(self) -> None:
        g = self._grad
        if not g:
            return
        clock.gradients_of = None
        for x, slope in zip(self.parents, self.local_derivatives, strict=True):
            if slope:
                x._grad += g * slope
        clock.gradients_of = None

    @property
    def _prev(self) -> tuple[Value, ...]:
        return self.parents

    @property
    def _op(self) -> str:
        return self.op.symbol if self.op else ""

    # --- comparisons: on the numbers, never on the graph --------------------------------------------------------------

    def __lt__(self, other: Node | Number) -> bool:
        return comparable(self) < comparable(other)

    def __le__(self, other: Node | Number) -> bool:
        return comparable(self) <= comparable(other)

    def __gt__(self, other: Node | Number) -> bool:
        return comparable(self) > comparable(other)

    def __ge__(self, other: Node | Number) -> bool:
        return comparable(self) >= comparable(other)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Node):
            return self is other
        if isinstance(other, numbers.Number) or type(other).__module__ == "numpy":
            raise TypeError(
                f"== asks whether two Values are the same node, and {shown(other)} is a number; "
                f"compare the number instead: v.data == {shown(other)}"
            )
        return False

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
        if tracing.thread:
            tracing.refuse_look(f"it was converted to {kind}")
        return TypeError(
            f"{kind}() of a Value would cut it out of the graph. For the number write v.data; "
            "for a function of it the method: v.exp() for math.exp(v), v.sqrt(), v.relu(), ..."
        )

    # --- as an object -------------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        label = f", label={shown(self._label)}" if self._label else ""
        return f"Value(data={self._data!r}, grad={self._grad!r}{label})"

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        for old in topological_order(cast("Value", self)):
            if id(old) not in memo:
                memo[id(old)] = old._copied(memo)
        return memo[id(self)]  # type: ignore[no-any-return]

    def _copied(self, memo: dict[int, Any]) -> Value:
        new = cast("Value", object.__new__(type(self)))
        new._data, new._grad, new._label, new._role = self._data, self._grad, self._label, self._role
        new.op, new.varies, new._walk = self.op, self.varies, None
        new._x, new._y = (None if parent is None else memo[id(parent)] for parent in (self._x, self._y))
        new._dx = self._dx
        if self._x is not None:
            new._dy = self._dy
        elif self._dx is not None:
            new._dx, new._dy = self._dx.copied(memo), self._dy.copied(memo)
        else:
            new._edges = (*(memo[id(parent)] for parent in self.parents), *self.local_derivatives)
        return new


def comparable(x: Node | Number) -> float:
    """The number to compare."""
    if tracing.thread:
        tracing.refuse_look("it was compared")
    return x._data if isinstance(x, Node) else number(x)
