"""How `vectorize` finds out what a function computes: it calls the function once, with numbers that nobody may look at,
and reads the graph of the answer."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any, NoReturn

from autograd import ops
from autograd.errors import LookedAt, NoFormula, alone, plain, shown
from autograd.formulas.code import NumPy
from autograd.graph import computed_nodes
from autograd.op import Op
from autograd.protocols import check_formula, method, operators
from autograd.value import Value, apply, constant, value_of

LOOKED = (
    "vectorize reads the graph once, for all data points, but {}: the graph would then depend on the first data point. "
    "Write maximum(...), minimum(...), relu() or abs() instead of a comparison, and keep Values as Values.{}"
)
OURS = {"autograd", "nn", "math"}  # the formulas of these packages never change
ONE_HOT = "give the classes as one-hot rows, and write sum(y_k * w_k for y_k, w_k in zip(y, w))."


def _refusing(what: str, advice: str = "") -> Any:
    """Make a method that refuses a look. The error ends the trace, even if f catches it."""

    def refuse(self: Traced, *_: Any) -> NoReturn:
        self._trace.refused = LookedAt(LOOKED.format(what, advice))
        raise self._trace.refused  # a variable here would keep it alive, by its traceback

    return refuse


class Traced(Value):
    """A number of the data point, or what f made of one, while f is traced: it can be computed with, not looked at.

    Afterwards it is an ordinary Value, like those of any other call of f, which may have kept it.
    """

    __slots__ = ()
    _trace: Trace

    @staticmethod
    def _apply(op: Op, inputs: Sequence[Any]) -> Value:
        parents = list(map(value_of, inputs))
        traced = [x for x in parents if isinstance(x, Traced)]
        try:
            for x in traced:
                x.__class__ = Value  # type: ignore[assignment]  # for a moment: the answer's number is made of theirs
            return traced[0]._trace.hide(apply(op, parents))
        except (ArithmeticError, ValueError) as error:  # f may catch it, and go another way for this data point
            traced[0]._trace.refused = LookedAt(LOOKED.format(f"{op.name} of it raised {type(error).__name__}", ""))
            raise
        finally:
            for x in traced:
                x.__class__ = Traced

    @property
    def _data(self) -> NoReturn:  # type: ignore[override]  # the engine alone reads it, and catches this error
        raise LookedAt(LOOKED.format("its number was read", ""))

    __add__, __radd__ = operators(ops.add)  # Value's own ones are written out, and look at numbers
    __mul__, __rmul__ = operators(ops.mul)
    relu = method(ops.relu, "max(0, z).")

    def __eq__(self, other: object) -> bool:
        return self is other if isinstance(other, Value) else self < other  # < raises the error

    __hash__ = _refusing(
        "it was looked up in a set or a dict, as grad() and walks over a graph do",
        f" Keep such out of f; a number for each class: {ONE_HOT}",
    )
    __lt__ = __le__ = __gt__ = __ge__ = _refusing("it was compared")
    __float__ = _refusing("it was converted to float", " For math.exp(x) write x.exp().")
    __int__ = _refusing("it was converted to int", f" The weight of a class, or a row of a table: {ONE_HOT}")
    __bool__ = _refusing("it was converted to bool", " A choice between two classes: y * a + (1 - y) * b.")
    __index__ = _refusing("it was used as an index", f" The weight of a class, or a row of a table: {ONE_HOT}")
    __repr__ = __str__ = _refusing("it was printed")
    __format__ = _refusing("it was formatted")
    __round__ = __trunc__ = __floor__ = __ceil__ = _refusing("it was rounded")
    __deepcopy__ = __copy__ = __reduce_ex__ = _refusing("it was copied")
    data = property(_refusing("its .data was read"), _refusing("its .data was set"))
    grad = _grad = property(_refusing("its .grad was read"), _refusing("its .grad was set"))
    local_derivatives = property(_refusing("its .local_derivatives were read"))
    parents = _prev = property(_refusing("its .parents were read"))
    backward = _backward = _refusing("backward() was called on it", " Keep backward() out of f: J.backward() does it.")
    zero_grad = _refusing("zero_grad() was called on it", " Keep zero_grad() out of f.")


class Trace:
    """One call of f, at data point i, whose numbers stand for columns; and what it computed, parents before children.

    A Value that is found `outside`, too, in another call, was made outside f: it is a leaf, a parameter.
    """

    def __init__(self, f: Callable[..., Any], columns: Sequence[Any], i: int, outside: Container[Value]) -> None:
        point = leaves_at(columns, i)
        self.rows = [[*x] if isinstance(x, list) else [x] for x in point]  # of its own: f may change the lists
        self.shapes = [column.shape[1:] for column in columns]
        self.refused: LookedAt | None = None
        self.hidden: list[Value] = []
        for x in chain.from_iterable(self.rows):
            self.hide(x)
        try:
            answer = f(*point)
            self.outputs, self.is_single = outputs_of(answer), isinstance(alone(answer), Value)
        except Exception as error:
            if error is self.refused:
                raise
            raise LookedAt(
                "vectorize reads the graph once, for all data points, with numbers that nobody may look at. With those "
                f"the function raised {type(error).__name__}: {error}; and it does not on ordinary numbers"
            ) from error
        finally:
            for x in self.hidden:
                x.__class__ = Value
                del x._trace  # type: ignore[attr-defined]
        if self.refused:  # f has caught the error, and gone on
            raise self.refused

        self.outside = outside
        above_all = Value(0.0, tuple(self.outputs), "all outputs")  # lets one walk go below all of them
        (*self.computed, _), self.leaves = computed_nodes(above_all, outside)
        for node in self.computed:
            check_formula(node)

    def graph(self) -> list[Any]:
        """The graph as a list, which is equal for equal graphs, with the formulas of the user's own operations.

        These formulas may use variables that change, so they are written as they read now.
        """
        place: dict[Value, Any] = {x: i for i, x in enumerate(chain.from_iterable(self.rows))}
        for leaf in self.leaves:
            place.setdefault(leaf, (leaf, leaf.varies) if leaf in self.outside else repr(leaf._data))
        for node in self.computed:
            place[node] = len(place)
        code = NumPy()
        for op, n_inputs in dict.fromkeys((node.op, len(node.parents)) for node in self.computed):
            with suppress(NoFormula):
                if op and str(getattr(op.fields["value"], "__module__", "")).partition(".")[0] not in OURS:
                    code.value(op, n_inputs)
                    for i in range(op.n_inputs or 0):
                        code.slope(op, i, n_inputs)
        computed = [(node.op, *[place[x] for x in node.parents]) for node in self.computed]
        return [computed, [place[x] for x in self.outputs], self.is_single, code.definitions()]

    def hide(self, x: Value) -> Value:
        """The same Value, whose number nobody may look at until f has returned."""
        x._trace = self  # type: ignore[attr-defined]
        self.hidden.append(x)
        x.__class__ = Traced
        return x


def outputs_of(answer: Any) -> Sequence[Value]:
    """The answer of a function of one data point as a list of Values; it may be one Value, a list, or an array."""
    answer = plain(answer)
    outputs = [answer] if isinstance(answer, Value) else answer
    if not (isinstance(outputs, list | tuple) and outputs and all(isinstance(value, Value) for value in outputs)):
        raise TypeError(
            "vectorize needs a function of one data point that returns a Value, or a list of Values for .map; "
            f"it returned {shown(answer)}"
        )
    return outputs


def leaves_at(columns: Sequence[Any], i: int) -> list[Any]:
    """Data point i: a Value for each single number, a list of Values for each row; no gradient reaches them."""
    held = [column[i].tolist() for column in columns]
    return [list(map(constant, x)) if isinstance(x, list) else constant(x) for x in held]
