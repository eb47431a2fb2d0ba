"""How `vectorize` finds out what a function computes: it calls the function once, with numbers that nobody may look at,
and writes down each operation on them as a term."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from itertools import chain
from typing import Any, NoReturn

from autograd import ops
from autograd.errors import LookedAt, alone, plain, shown
from autograd.formulas.symbols import SYMBOL, Expression
from autograd.graph import computed_nodes
from autograd.op import Op
from autograd.value import Value, apply, method, operators, value_of


class Term(Expression):
    """One scalar of the program: an operation on other terms, something that has a `value` (a parameter, frozen or not,
    or a constant number), or else a number of the data point.

    The arguments of a Σ are its weights, then its inputs, then its bias if it has one. `of_data` says that the term
    differs between data points, `needed` that a gradient passes through it, `is_fixed` that it has a value, so that a
    matrix of weights may hold it. `level` is 0, or one more than the highest level among its arguments.
    """

    __slots__ = ("is_fixed", "level", "needed", "of_data", "value")
    head: Any

    def __init__(self, op: Any = SYMBOL, inputs: Sequence[Term] = (), value: Value | float | None = None) -> None:
        super().__init__(op, tuple(inputs))
        self.value, self.is_fixed = value, value is not None
        self.level: int = 1 + max([term.level for term in inputs]) if inputs else 0
        self.of_data: bool = True in [term.of_data for term in inputs] if inputs else value is None
        self.needed: bool = getattr(value, "varies", False) or True in [term.needed for term in inputs]


def split(sigma: Term) -> tuple[Sequence[Term], Sequence[Term], Sequence[Term]]:
    """The weights, the inputs and the bias, if any, of a Σ."""
    d = len(sigma.arguments) // 2
    return sigma.arguments[:d], sigma.arguments[d : 2 * d], sigma.arguments[2 * d :]


def _refusing(what: str, advice: str = "", is_noted: bool = True) -> Any:
    """Make a method that refuses a look. A look that is noted ends the trace with its error, even if f catches it."""
    words = (
        f"vectorize reads the graph once, for all data points, but {what}: the graph would then depend on the first "
        "data point. Write maximum(...), minimum(...), relu() or abs() instead of a comparison, and keep Values as "
        f"Values.{advice}"
    )

    def refuse(self: Traced, *_: Any) -> NoReturn:
        raise self.trace.looked_at(words, is_noted)  # a variable here would keep it alive, by its traceback

    return refuse


ONE_HOT = "give the classes as one-hot rows, and write sum(y_k * w_k for y_k, w_k in zip(y, w))."


class Traced(Value):
    """A number of the data point, or what f made of one, while f is traced: it can be computed with, not looked at.

    Afterwards it is an ordinary Value, like those of any other call of f, which may have kept it.
    """

    __slots__ = ()
    trace: Trace

    @staticmethod
    def _apply(op: Op, inputs: Sequence[Any]) -> Value:
        parents = list(map(value_of, inputs))
        traced = [x for x in parents if isinstance(x, Traced)]
        try:
            for x in traced:
                x.__class__ = Value  # for a moment: the answer gets its number from theirs
            return traced[0].trace.hidden(apply(op, parents))
        finally:
            for x in traced:
                x.__class__ = Traced

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
    _data = property(_refusing("its number was read", is_noted=False))  # the engine alone reads it, and catches this
    grad = _grad = property(_refusing("its .grad was read"), _refusing("its .grad was set"))
    local_derivatives = property(_refusing("its .local_derivatives were read"))
    parents = _prev = property(_refusing("its .parents were read"))
    backward = _backward = _refusing("backward() was called on it", " Keep backward() out of f: J.backward() does it.")
    zero_grad = _refusing("zero_grad() was called on it", " Keep zero_grad() out of f.")


class Trace:
    """One call of f, at a data point whose numbers stand for columns, and the terms of what it computes.

    A Value that is found `outside`, too, in another call, was made outside f: it is a parameter. Equal terms are one
    object, even those of an `earlier` trace. If two have the same `roots`, f has not changed.
    """

    def __init__(
        self, f: Callable[..., Any], point: Sequence[Any], outside: Container[Value], earlier: Trace | None = None
    ) -> None:
        self.widths = [len(x) if isinstance(x, list) else 0 for x in point]
        self.refused: LookedAt | None = None
        self.traced: list[Value] = []
        leaves = [x if isinstance(x, list) else [x] for x in point]
        given = [x for row in leaves for x in row]
        for x in given:
            self.hidden(x)
        try:
            answer = f(*point)
            outputs = outputs_of(answer)
        except Exception as error:  # if its words show a traced number, that is a look, and the error its cause
            raise self.refused or LookedAt(
                "vectorize reads the graph once, for all data points, with numbers that nobody may look at. With those "
                f"the function raised {type(error).__name__}: {shown(str(error))}, and it does not on ordinary numbers"
            ) from (None if error is self.refused else error)
        finally:
            for x in self.traced:
                x.__class__ = Value
                del x.trace
        if self.refused:  # f has caught the error, and gone on
            raise self.refused
        self.is_single = isinstance(alone(answer), Value)
        self.terms: dict[Any, Term] = earlier.terms if earlier else {}  # by what they are, or what they are made from
        self.arguments: list[list[Term]] = earlier.arguments if earlier else [[Term() for _ in row] for row in leaves]
        met = dict(zip(given, chain.from_iterable(self.arguments), strict=True))
        computed, below = computed_nodes(Value(0.0, tuple(outputs), "all outputs"), outside)
        for leaf in below:  # one that f made itself is a constant
            if leaf not in met:
                met[leaf] = self.held(leaf) if leaf in outside else self.constant(leaf._data)
        for node in computed[:-1]:
            met[node] = self.computed(node.op, [met[parent] for parent in node.parents])
        self.roots = [met[value] for value in outputs]

    def hidden(self, x: Value) -> Value:
        """The same Value, whose number nobody may look at while f is traced."""
        x.trace = self  # type: ignore[attr-defined]
        x.__class__ = Traced
        self.traced.append(x)
        return x

    def looked_at(self, words: str, is_noted: bool) -> LookedAt:
        """The error for a look. If it is noted, it ends the trace, even if f catches it now."""
        error = LookedAt(words)
        self.refused = error if is_noted else self.refused
        return error

    def held(self, x: Value) -> Term:
        """The term of a Value that was made outside f: a parameter, frozen or not."""
        term = self.terms.get(x)
        if term is None or term.needed != x.varies:
            term = self.terms[x] = Term(value=x)
        return term

    def constant(self, x: float) -> Term:
        """The term of a number."""
        return self._kept(repr(x), value=x)

    def computed(self, op: Any, inputs: Sequence[Term]) -> Term:
        """The term of an operation on other terms; if all of these are numbers, it is a number too."""
        if all(isinstance(x.value, float) for x in inputs):
            return self.constant(op(*[x.value for x in inputs]))
        return self._kept((op, *inputs), op, inputs)

    def _kept(self, key: Any, *of: Any, **value: Any) -> Term:
        term = self.terms.get(key)
        if term is None:
            term = self.terms[key] = Term(*of, **value)
        return term


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
