"""What Python and NumPy may do with a Value: call operators, compare, convert, print, copy, pickle it (an Op too).

Python may look at the number of a Value, as in a comparison. What would cut the number out of its graph, like float(v),
is an error that says what to write instead.
"""

from __future__ import annotations

import copy
import copyreg
import numbers
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache, partial
from importlib import import_module
from itertools import chain
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Any, NoReturn

from autograd.errors import NoFormula, number, shown
from autograd.graph import topological_order
from autograd.op import Op
from autograd.ops import TABLE

if TYPE_CHECKING:
    from autograd.value import Value


COMPARISONS = ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal")
CHOICES = ("fmax", "fmin", "sign")  # NumPy compares in these, so they would give bare numbers, cut off from the graph


def method(op: Op, says: str) -> Callable[[Value], Value]:
    """Make a method out of an operation of one input, as `v.exp()` out of `ops.exp`."""

    def apply_to(self: Value) -> Value:
        return self._apply(op, (self,))

    apply_to.__name__ = apply_to.__qualname__ = op.name
    apply_to.__doc__ = says
    return apply_to


def operators(op: Op) -> tuple[Callable[[Value, Any], Value], Callable[[Value, Any], Value]]:
    """Make the methods that Python calls for `v + other` and `other + v`; beside an array NumPy takes over."""

    def left(self: Value, other: Any) -> Value:
        return NotImplemented if is_array(other) else self._apply(op, (self, other))

    def right(self: Value, other: Any) -> Value:
        return NotImplemented if is_array(other) else self._apply(op, (other, self))

    return left, right


@cache
def operations_of(np: Any) -> dict[str, Op]:
    """The operations of the table by the names of NumPy's functions for them."""
    named = {op: getattr(np, (op.numpy or "").removeprefix("np."), None) for op in TABLE.values()}
    return {f.__name__: op for op, f in named.items() if isinstance(f, np.ufunc)}


def comparison(compare: Callable[[float, float], bool]) -> Callable[[Protocols, Any], bool]:
    """Make a method that compares the number; beside an array it is NotImplemented, and NumPy compares each number."""
    return lambda self, other: NotImplemented if is_array(other) else compare(self._data, number_of(other))


def refused(kind: str) -> Callable[[Protocols], NoReturn]:
    """Make a method that refuses a conversion."""

    def refuse(self: Protocols) -> NoReturn:
        raise TypeError(
            f"{kind}() of a Value would cut it out of the graph. For the number write "
            f"{'int(v.data)' if kind in ('int', 'index', 'trunc') else 'v.data'}; for a function of it the method: "
            "v.exp() for math.exp(v), v.sqrt(), v.relu(), ...; and in an Op, which gets floats too, ops.exp(z)"
        )

    return refuse


class Protocols:
    """The methods of a Value that Python and NumPy call."""

    __slots__ = ()
    _data: float
    _grad: float
    _label: str

    # --- comparisons --------------------------------------------------------------------------------------------------

    __lt__, __le__, __gt__, __ge__ = map(comparison, (lt, le, gt, ge))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, numbers.Number) or type(other).__module__ == "numpy":
            raise TypeError(
                f"== asks whether two Values are the same node, and {shown(other)} is no Value; "
                f"compare the number instead: v.data == {shown(other)}"
            )
        return self is other

    __hash__ = object.__hash__

    # --- conversions --------------------------------------------------------------------------------------------------

    __float__, __int__, __bool__, __index__, __trunc__ = map(refused, ("float", "int", "bool", "index", "trunc"))

    def __round__(self, digits: int | None = None) -> float:
        return round(self._data, digits)

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        label = f", label={shown(self._label)}" if self._label else ""
        return f"Value(data={self._data!r}, grad={self._grad!r}{label})"

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """What NumPy calls for np.exp(v), array * v and array -= v: an operation is applied number by number."""
        from autograd.matrix.columns import np  # NumPy is there, as it has called this

        held = [x if isinstance(x, np.ndarray) else np.array(x, dtype=object) for x in inputs]
        known, name = operations_of(np), ufunc.__name__
        if method == "__call__" and name in known:
            return np.frompyfunc(known[name], ufunc.nin, 1)(*held, **kwargs)
        if method == "__call__" and name in COMPARISONS:
            return ufunc(*held, **kwargs)
        with suppress(TypeError, AttributeError):
            if name not in CHOICES:
                return getattr(ufunc, method)(*held, **kwargs)  # NumPy itself uses operators: np.square uses *
        called = name if method == "__call__" else f"{name}.{method}"
        raise TypeError(
            f"np.{called} of a Value is not known, got {shown(inputs[0])}; of its number alone it is "
            f"np.{called}(v.data); for Values there are {', '.join(sorted(known))}, "
            "and an Op of your own: Op(name, value=..., derivatives=[...])"
        )

    # --- copies -------------------------------------------------------------------------------------------------------

    def __copy__(self: Value) -> Value:  # type: ignore[misc]
        return twin(self, lambda x: x, {})

    def __deepcopy__(self: Value, memo: dict[int, Any]) -> Value:  # type: ignore[misc]
        for old in topological_order(self):
            if id(old) not in memo:
                twin(old, partial(copy.deepcopy, memo=memo), memo)
        return memo[id(self)]  # type: ignore[no-any-return]

    def __getstate__(self: Value) -> object:  # type: ignore[misc]
        if self.op is None:
            return object.__getstate__(self)
        raise TypeError(
            f"a computed Value can't be pickled, and {shown(self)} is one; keep its .data, "
            "or pickle what it was computed from (the model, the inputs) and compute it again"
        )


def twin(node: Value, copied: Callable[[Any], Any], memo: dict[int, Any]) -> Value:
    """Copy a node, and all that it holds: a leaf with its class and that class's slots, any other as a plain Value."""
    from autograd.value import Value

    if "_backward" in vars(node):
        raise TypeError(
            f"{shown(node)} was made by hand, and its _backward knows only its own parents: compute it again"
        )
    memo[id(node)] = new = object.__new__(type(node) if node.op is None else Value)
    names = Value.__slots__[1:] if node.op else object.__getstate__(node)[1]  # type: ignore[index]  # without __dict__
    for name, x in ({name: getattr(node, name) for name in names} | vars(node)).items():
        object.__setattr__(new, name, copied(x))
    return new


def is_array(x: object) -> bool:
    """Whether x is an array with dimensions; one without dimensions counts as a number."""
    return getattr(x, "ndim", 0) > 0


def number_of(x: Any) -> float:
    """The number of a Value, or of anything else that is a real number."""
    is_value = isinstance(x, Protocols)
    return x.data if is_value else number(x)  # not _data: while a Value is traced, its `data` notes the look


def make_by_hand(node: Value, parents: Any, name: str) -> None:
    """Give a node its parents, an Op that has only a name, and the `_backward` that it has until one is assigned."""
    node.parents = parents = tuple(parents) if isinstance(parents, Iterable) else (parents,)
    if not isinstance(name, str) or not all(isinstance(parent, Protocols) for parent in parents):
        raise TypeError(
            f"Value(data, parents, name) needs Values and a str, got {shown(parents)} and {shown(name)}; "
            "a label is written Value(data, label=...)"
        )

    def refuse(*_: Any) -> NoReturn:
        raise NoFormula(
            f"{name or 'this node'} was made by hand, so its formula is not known: assign its _backward for backward() "
            f"or declare Op({name or 'f'!r}, value=..., derivatives=[...]) for grad, explain, vectorize, explore"
        )

    if parents or name:
        node.op = Op(name or "?", refuse, refuse)
    if parents:  # a node without parents has nobody to pass a gradient on to
        node._backward = refuse  # type: ignore[method-assign]


def check_formula(node: Value) -> None:
    """Refuse a node that got a `_backward` by hand though an operation made it: its formula says something else."""
    if getattr(node._backward, "__self__", None) is not node and node.local_derivatives:
        raise NoFormula(
            f"the _backward of {shown(node)} was made by hand, so that the formula of its derivative is not known: "
            "declare Op('f', value=..., derivatives=[...]) for grad, explain, vectorize, explore"
        )


# --- an Op, pickled ---------------------------------------------------------------------------------------------------


def reduced(op: Op) -> str | tuple[Any, ...]:
    """What pickle stores: of an entry of a TABLE, where to look it up again; of an Op of your own, all its fields."""
    fields = [f if isinstance(f, (list, tuple)) else [f] for f in op.fields.values()]
    formulas = list(filter(callable, chain.from_iterable(fields)))
    module = getattr(formulas[1], "__module__", "")  # where its first derivative was written
    table = getattr(sys.modules.get(module), "TABLE", None)
    if isinstance(table, Mapping) and isinstance(entry := table.get(op.name), Op) and op.is_from(entry):
        return looked_up, (module, op.name, dict(op.settings))
    if any("<" in getattr(formula, "__qualname__", "") for formula in formulas):  # <lambda>, or in f.<locals>
        raise TypeError(
            f"Op {op.name!r} is made of lambdas, or of functions within a function, which can't be pickled; "
            "write them with def in a module, or keep the network with nn.save and nn.load(path, ops=[...])"
        )
    return object.__reduce_ex__(op, 2)  # as Python does it


def looked_up(module: str, name: str, settings: dict[str, Any]) -> Op:
    """The entry of a module's TABLE, with these settings."""
    op: Op = import_module(module).TABLE[name]
    return op.bind(**settings)


copyreg.pickle(Op, reduced)
