"""How a Value answers Python itself: comparisons, conversions, text, copies, pickles (of an Op too), and NumPy.

None of it belongs to differentiation. A number may be looked at where nothing is computed from it afterwards, as in a
comparison; what would cut it out of its graph is an error that says what to write.
"""

from __future__ import annotations

import copy
import copyreg
import numbers
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from itertools import chain
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Any, NoReturn

from autograd.errors import NoFormula, number, shown
from autograd.graph import topological_order
from autograd.op import Op

if TYPE_CHECKING:
    from autograd.value import Value


def comparison(compare: Callable[[float, float], bool]) -> Callable[[Protocols, Any], bool]:
    """A comparison of the number; for an array NotImplemented, as then NumPy asks one number after the other."""
    return lambda self, other: NotImplemented if is_array(other) else compare(self._data, number_of(other))


def refused(kind: str) -> Callable[[Protocols], NoReturn]:
    """A conversion, which would cut a Value out of its graph."""

    def refuse(self: Protocols) -> NoReturn:
        raise TypeError(
            f"{kind}() of a Value would cut it out of the graph. For the number write "
            f"{'int(v.data)' if kind in ('int', 'index', 'trunc') else 'v.data'}; for a function of it the method: "
            "v.exp() for math.exp(v), v.sqrt(), v.relu(), ...; and in an Op, which gets floats too, ops.exp(z)"
        )

    return refuse


class Protocols:
    """The methods that Python, and NumPy, ask for."""

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
        from autograd.arrays import elementwise  # brings NumPy, which is there if it asks

        return elementwise(ufunc, method, inputs, kwargs)

    # --- copies -------------------------------------------------------------------------------------------------------

    def __copy__(self: Value) -> Value:  # type: ignore[misc]
        return twin(self, self.parents)

    def __deepcopy__(self: Value, memo: dict[int, Any]) -> Value:  # type: ignore[misc]
        for old in topological_order(self):
            if id(old) not in memo:
                memo[id(old)] = new = twin(old, tuple([memo[id(parent)] for parent in old.parents]))
                for name, x in kept_on(old).items():
                    object.__setattr__(new, name, copy.deepcopy(x, memo))
        return memo[id(self)]  # type: ignore[no-any-return]

    def __getstate__(self: Value) -> object:  # type: ignore[misc]
        if self.op is None:
            return object.__getstate__(self)
        raise TypeError(
            f"a computed Value can't be pickled, and {shown(self)} is one; keep its .data, "
            "or pickle what it was computed from (the model, the inputs) and compute it again"
        )


def twin(node: Value, parents: tuple[Value, ...]) -> Value:
    """A copy with other parents; a leaf stays what its class made it, whatever was computed is a plain Value."""
    from autograd.value import Value

    if "_backward" in vars(node):
        raise TypeError(
            f"{shown(node)} was made by hand, and its _backward knows only its own parents: compute it again"
        )
    new: Value = object.__new__(type(node) if node.op is None else Value)
    new._data, new._grad, new._label, new._role = node._data, node._grad, node._label, node._role
    new.op, new.parents, new.local_derivatives, new.varies = node.op, parents, node.local_derivatives, node.varies
    for name, x in kept_on(node).items():
        object.__setattr__(new, name, x)
    return new


def kept_on(node: Value) -> dict[str, Any]:
    """What a user keeps on a node: its attributes, and on a leaf the slots of its class."""
    from autograd.value import Value

    if type(node) is Value or node.op is not None:
        return vars(node)
    state: Any = object.__getstate__(node)
    return vars(node) | {name: x for name, x in state[1].items() if name not in Value.__slots__}


def is_array(x: object) -> bool:
    """Whether it holds several numbers; a 0-dimensional array is one number."""
    return getattr(x, "ndim", 0) > 0


def number_of(x: Any) -> float:
    """The number to compare with."""
    is_value = isinstance(x, Protocols)
    return x.data if is_value else number(x)  # of one that is being traced, `data` notes that it was looked at


def made_by_hand(name: str, parents: tuple[object, ...]) -> tuple[Op, Callable[..., None]]:
    """What stands for the operation of such a node, and for its `_backward` until one is assigned."""
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

    return Op(name or "?", refuse, refuse), refuse


# --- an Op, pickled ---------------------------------------------------------------------------------------------------


def reduced(op: Op) -> str | tuple[Any, ...]:
    """What pickle keeps: an entry of a table is looked up there again, an Op of one's own is made anew."""
    fields = [f if isinstance(f, (list, tuple)) else [f] for f in op.fields.values()]
    formulas = list(filter(callable, chain.from_iterable(fields)))
    for module in dict.fromkeys([formula.__module__ for formula in formulas if hasattr(formula, "__module__")]):
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
