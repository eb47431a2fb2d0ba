"""What `vectorize` reads off a function: it is called once with numbers that nobody may look at, and each operation on
them is written down as a term."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from autograd import ops
from autograd.errors import LookedAt, number, shown
from autograd.formulas.symbols import SYMBOL, Expression
from autograd.graph import computed_nodes
from autograd.op import Op
from autograd.value import Value, method, operators


class Term(Expression):
    """One scalar of the program: an operation on other terms, a parameter or a constant (`value`), or else a number of
    the data point.

    A Σ has its arguments in the order weights, inputs, biases (none or one). `of_data`: it differs between data points;
    `needed`: a gradient passes through it; `is_fixed`: it has a value, so that a matrix of weights may hold it.
    """

    __slots__ = ("is_fixed", "level", "needed", "of_data", "value")
    head: Any

    def __init__(self, op: Any = SYMBOL, inputs: Sequence[Term] = (), value: Value | float | None = None) -> None:
        super().__init__(op, tuple(inputs))
        self.value, self.is_fixed = value, value is not None
        self.level: int = 1 + max([term.level for term in inputs]) if inputs else 0
        self.of_data: bool = True in [term.of_data for term in inputs] if inputs else value is None
        self.needed: bool = isinstance(value, Value) or True in [term.needed for term in inputs]


def split(sigma: Term) -> tuple[Sequence[Term], Sequence[Term], Sequence[Term]]:
    """The weights, the inputs and the bias, if any, of a Σ."""
    d = len(sigma.arguments) // 2
    return sigma.arguments[:d], sigma.arguments[d : 2 * d], sigma.arguments[2 * d :]


def _refusing(what: str, advice: str = "", is_noted: bool = True) -> Any:
    """A method that refuses a look; if that is noted, it is raised in the end, even if f catches it now."""

    def refuse(self: Traced, *_: Any) -> NoReturn:
        refused = LookedAt(
            f"vectorize reads the graph once, for all data points, but {what}: the graph would then depend on the "
            "first data point. Write maximum(...), minimum(...), relu() or abs() instead of a comparison, and keep "
            f"Values as Values.{advice}"
        )
        if is_noted:
            self.trace.refused = refused
        raise refused

    return refuse


class Traced(Value):
    """A number of the data point, or what f made of one, while f is traced: it can be computed with, not looked at."""

    __slots__ = ("term", "trace")

    def __init__(self, term: Term, trace: Trace) -> None:
        self.term, self.trace = term, trace
        self._label, self._role = "", "" if term.arguments else "input"
        self.op, self.varies = term.head if term.arguments else None, True

    @staticmethod
    def _apply(op: Op, inputs: Sequence[Any]) -> Traced:
        trace = next(x.trace for x in inputs if isinstance(x, Traced))
        return Traced(Term(op, [trace.term_of(x) for x in inputs]), trace)

    # a Value's own but for `_apply`; of Value − Traced, Python asks the right side first if it has the method anew
    __add__, __radd__ = operators(ops.add)
    __mul__, __rmul__ = operators(ops.mul)
    __sub__, __rsub__ = operators(ops.sub)
    __truediv__, __rtruediv__ = operators(ops.truediv)
    __pow__, __rpow__ = operators(ops.power)
    relu = method(ops.relu, "max(0, z).")

    def __eq__(self, other: object) -> bool:
        return self is other if isinstance(other, Value) else self < other  # which is refused

    __hash__ = _refusing(
        "it was looked up in a set or a dict, as grad() and walks over a graph do", " Keep such out of f."
    )
    __lt__ = __le__ = __gt__ = __ge__ = _refusing("it was compared")
    __float__, __int__, __bool__ = (_refusing(f"it was converted to {kind}") for kind in ("float", "int", "bool"))
    __index__ = _refusing("it was used as an index")
    __repr__ = __str__ = _refusing("it was printed")
    __format__ = _refusing("it was formatted")
    __round__ = __trunc__ = __floor__ = __ceil__ = _refusing("it was rounded")
    __deepcopy__ = __copy__ = __reduce_ex__ = _refusing("it was copied")
    data = property(_refusing("its .data was read"), _refusing("its .data was set"))
    _data = property(_refusing("its number was read", is_noted=False))  # of the engine, which knows what to do then
    grad = _grad = property(_refusing("its .grad was read"), _refusing("its .grad was set"))
    local_derivatives = property(_refusing("its .local_derivatives were read"))
    parents = _prev = property(_refusing("its .parents were read"))
    backward = _backward = _refusing("backward() was called on it", " Keep backward() out of f: J.backward() does it.")
    zero_grad = _refusing("zero_grad() was called on it", " Keep zero_grad() out of f.")


class Trace:
    """One call of f on numbers that stand for columns; a Value that is `known` from another call is a parameter."""

    def __init__(self, f: Callable[..., Any], widths: Sequence[int], known: Iterable[Value]) -> None:
        self.widths = [*widths]
        self.terms = {node: Term(value=node if node.varies else node._data) for node in known}
        self.refused: LookedAt | None = None
        self.arguments = [[Term() for _ in range(width or 1)] for width in widths]
        given = [[Traced(term, self) for term in terms] for terms in self.arguments]
        try:
            answer = f(*(held if width else held[0] for held, width in zip(given, widths, strict=True)))
        except Exception as error:
            raise self.refused or LookedAt(
                "vectorize reads the graph once, for all data points, with numbers that nobody may look at. With those "
                f"the function raised {type(error).__name__}: {shown(str(error))}, and it does not on ordinary numbers"
            ) from (None if self.refused else error)
        if self.refused:  # though f went on
            raise self.refused
        self.is_single = isinstance(answer, Value)
        self.roots = [self.term_of(value) for value in outputs_of(answer)]

    def term_of(self, x: Any) -> Term:
        """The term of an operand; of a Value that f met, with all that it was computed from."""
        if isinstance(x, Traced):
            return x.term
        if not isinstance(x, Value):
            return Term(value=number(x))
        if x not in self.terms:
            computed, leaves = computed_nodes(x, self.terms)
            for leaf in leaves:  # made by f itself
                self.terms.setdefault(leaf, Term(value=leaf._data))
            for node in computed:
                self.terms[node] = Term(node.op, [self.terms[parent] for parent in node.parents])
        return self.terms[x]


def outputs_of(answer: Any) -> Sequence[Value]:
    """What a function of one data point gives: a Value, as a list of it, or a list of Values."""
    outputs = [answer] if isinstance(answer, Value) else answer
    if not (isinstance(outputs, list | tuple) and outputs and all(isinstance(value, Value) for value in outputs)):
        raise TypeError(
            "vectorize needs a function of one data point that returns a Value, or a list of Values for .map; "
            f"it returned {shown(answer)}"
        )
    return outputs
