"""What `vectorize` reads off a function: it is called once with numbers that nobody may look at, and each operation on
them is written down as a term.

Products and sums written out in scalar + and ∗ become the Σ that they are, so the matcher sees one kind of neuron.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

from autograd import ops
from autograd.errors import LookedAt, number, shown
from autograd.graph import computed_nodes
from autograd.matrix.columns import np
from autograd.op import Op
from autograd.value import Value

SUMS = (ops.add, ops.total)


class Term:
    """One scalar of the program: a leaf, or an operation on earlier terms.

    A leaf is a number of the data point (`place`: argument and position), a parameter, or a constant (`value`). A Σ has
    its inputs in the order weights, inputs, biases (none or one). `of_data`: it differs between data points; `needed`:
    a gradient passes through it.
    """

    __slots__ = ("inputs", "level", "needed", "of_data", "op", "place", "value")

    def __init__(self, op: Op | None, inputs: Sequence[Term] = (), *, place: Any = None, value: Any = None) -> None:
        self.op = op
        self.inputs = tuple(inputs)
        self.place, self.value = place, value
        self.level: int = 1 + max([term.level for term in inputs]) if inputs else 0
        self.of_data: bool = place is not None or True in [term.of_data for term in inputs]
        self.needed: bool = isinstance(value, Value) or True in [term.needed for term in inputs]

    @property
    def is_fixed(self) -> bool:
        """Whether it is a parameter or a constant: what a matrix of weights may hold."""
        return self.value is not None

    @property
    def sigma(self) -> tuple[tuple[Term, ...], tuple[Term, ...], tuple[Term, ...]]:
        """The weights, the inputs and the bias, if any, of a Σ."""
        d = len(self.inputs) // 2
        return self.inputs[:d], self.inputs[d : 2 * d], self.inputs[2 * d :]


# --- a number that stands for a whole column --------------------------------------------------------------------------


def _refusing(what: str, advice: str = "") -> Any:
    def refuse(self: Traced, *_: Any) -> NoReturn:
        raise self.trace.refusal(what, advice)

    return refuse


def _recording(op: Op, *, is_reflected: bool = False) -> Any:
    def record(self: Traced, other: Any) -> Value:
        return self._apply(op, (other, self) if is_reflected else (self, other))

    return record


class Traced(Value):
    """A number of the data point, or what f made of one, while f is traced: it can be computed with, not looked at."""

    __slots__ = ("term", "trace")
    term: Term
    trace: Trace

    def __init__(self, term: Term, trace: Trace) -> None:
        self.term, self.trace = term, trace
        self._label, self._role = "", "" if term.op else "input"
        self.op, self.varies = term.op, True

    @staticmethod
    def _apply(op: Op, inputs: Sequence[Any]) -> Traced:
        trace = next(x.trace for x in inputs if isinstance(x, Traced))
        if op.n_inputs not in (None, len(inputs)):
            raise TypeError(f"{op.name} needs {op.n_inputs} input(s), one per derivative, got {len(inputs)}")
        return Traced(Term(op, [trace.term_of(x) for x in inputs]), trace)

    __add__, __radd__ = _recording(ops.add), _recording(ops.add, is_reflected=True)
    __mul__, __rmul__ = _recording(ops.mul), _recording(ops.mul, is_reflected=True)
    __rsub__ = _recording(ops.sub, is_reflected=True)
    __rtruediv__ = _recording(ops.truediv, is_reflected=True)
    __rpow__ = _recording(ops.power, is_reflected=True)

    def relu(self) -> Value:
        """max(0, z)."""
        return self._apply(ops.relu, (self,))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Value):
            return self is other
        raise self.trace.refusal("it was compared")

    @property
    def _data(self) -> NoReturn:  # type: ignore[override]
        raise self.trace.reason("its number was read")  # the engine's own functions ask, and know what to do then

    __hash__ = _refusing(
        "it was looked up in a set or a dict, as grad() and walks over a graph do", " Keep such out of f."
    )
    __lt__ = __le__ = __gt__ = __ge__ = _refusing("it was compared")
    __float__ = _refusing("it was converted to float")
    __int__ = _refusing("it was converted to int")
    __index__ = _refusing("it was used as an index")
    __bool__ = _refusing("it was converted to bool")
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


class FailedInTrace(Exception):  # noqa: N818
    """What f raised when it was traced: a refusal if it does not on ordinary Values."""

    def __init__(self, error: Exception) -> None:
        self.error = error


class Trace:
    """One call of f on numbers that stand for columns: what it returned, and the Values that it met."""

    def __init__(self, f: Callable[..., Any], widths: Sequence[int]) -> None:
        self.widths = tuple(widths)
        self.refused: LookedAt | None = None
        self.values: dict[Value, Term] = {}
        self.arguments = [
            [Traced(Term(None, place=(i, k)), self) for k in range(width)]
            if width
            else Traced(Term(None, place=(i, None)), self)
            for i, width in enumerate(widths)
        ]
        try:
            answer = f(*self.arguments)
        except LookedAt:
            raise
        except Exception as error:
            if not self.refused:
                raise FailedInTrace(error) from error
        if self.refused:  # though f went on
            raise self.refused
        self.is_single = isinstance(answer, Value)
        self.roots = [self.term_of(value) for value in ([answer] if isinstance(answer, Value) else _several(answer))]

    def reason(self, what: str, advice: str = "") -> LookedAt:
        """The error for a path that depends on the data."""
        return LookedAt(
            f"vectorize reads the graph once, for all data points, but {what}: the graph would then depend on the "
            "first data point. Write maximum(...), minimum(...), relu() or abs() instead of a comparison, and keep "
            f"Values as Values.{advice}"
        )

    def refusal(self, what: str, advice: str = "") -> LookedAt:
        """The same, to be raised even where f catches it."""
        self.refused = self.reason(what, advice)
        return self.refused

    def term_of(self, x: Any) -> Term:
        """The term of an operand; of a Value that f met, with all that it was computed from."""
        if isinstance(x, Traced):
            return x.term
        if not isinstance(x, Value):
            return Term(None, value=number(x))
        if x not in self.values:
            computed, leaves = computed_nodes(x)
            for leaf in leaves:
                self.values.setdefault(leaf, Term(None, value=leaf))
            for node in computed:
                if node not in self.values:
                    self.values[node] = Term(node.op, [self.term_of(parent) for parent in node.parents], value=node)
        return self.values[x]


def _several(answer: Any) -> list[Value]:
    if isinstance(answer, (list, tuple)) and answer and all(isinstance(value, Value) for value in answer):
        return list(answer)
    raise TypeError(
        "vectorize needs a function of one data point that returns a Value, or a list of Values for .map; "
        f"it returned {shown(answer)}"
    )


@contextmanager
def random_state_kept() -> Iterator[Callable[[], bool]]:
    """Put Python's and NumPy's global random state back afterwards; yields a function: whether it has moved."""
    python: Any = random.getstate()
    numpy: Any = np.random.get_state()

    def has_moved() -> bool:
        now: Any = np.random.get_state()
        return random.getstate() != python or now[2] != numpy[2] or not np.array_equal(now[1], numpy[1])

    try:
        yield has_moved
    finally:
        random.setstate(python)
        np.random.set_state(numpy)


# --- terms, with every Σ found ----------------------------------------------------------------------------------------

Product = tuple[Term, Term, Term]  # a weight, its input, and the term of their product


class Reader:
    """The terms of a trace as the matcher wants them; what is in `outside` was made outside f, and is a parameter."""

    def __init__(self, trace: Trace, outside: Iterable[Value]) -> None:
        self.outside = set(outside)
        self.made: dict[Any, Term] = {}
        self.terms: dict[Term, Term] = {}
        self.order = self._needed(trace.roots)
        self.inner = set(self.order)
        self.uses = Counter(x for term in self.order for x in term.inputs)
        self.uses.update(trace.roots)
        self.sums: dict[Term, tuple[list[Product], list[Term]]] = {}
        self.inside_a_sum: set[Term] = set()
        self._find_sums()
        for term in self.order:
            if term not in self.inside_a_sum:
                self.terms[term] = self._read(term)
        self.roots = [self.term(root) for root in trace.roots]

    def _needed(self, roots: Sequence[Term]) -> list[Term]:
        """What is computed in f, each term behind those that it is made of."""
        order: list[Term] = []
        seen: set[Term] = set()
        stack: list[Term | None] = [*reversed(roots)]
        while stack:
            term = stack.pop()
            if term is None:
                order.append(stack.pop())  # type: ignore[arg-type]
            elif term not in seen and term.op is not None and term.value not in self.outside:
                seen.add(term)
                stack += [term, None, *reversed(term.inputs)]
        return order

    def term(self, term: Term) -> Term:
        """The term as the matcher wants it, of a leaf too."""
        if term not in self.terms:
            value = term.value
            if isinstance(value, Value) and not (value.varies and value in self.outside):
                value = value._data  # a constant
            if isinstance(value, float):
                self.terms[term] = self.made.setdefault(repr(value), Term(None, value=value))
            else:
                self.terms[term] = term if term.op is None else Term(None, value=value)
        return self.terms[term]

    def computed(self) -> list[Term]:
        """The operations that the roots are made of."""
        return [term for term in self.made.values() if term.op]

    def make(self, op: Op, inputs: Sequence[Term]) -> Term:
        """A term, or the one that is the same already."""
        key = op, *inputs
        if key not in self.made:
            self.made[key] = Term(op, inputs)
        return self.made[key]

    # --- sums -------------------------------------------------------------------------------------------------------

    def _find_sums(self) -> None:
        """Additions and their products, taken apart: a neuron written in + and ∗ is a Σ."""
        for term in reversed(self.order):
            if term.op in SUMS and term not in self.inside_a_sum:
                self.sums[term] = self._taken_apart(term)
        shared = Counter(tuple(x for _, x, _ in products) for products, _ in self.sums.values())
        for term, (products, rest) in self.sums.items():
            if len(products) == 1 and shared[products[0][1],] == 1:  # a scale of its own: no matrix
                self.inside_a_sum.discard(products[0][2])
                self.sums[term] = [], [products[0][2], *rest]

    def _taken_apart(self, root: Term) -> tuple[list[Product], list[Term]]:
        products: list[Product] = []
        rest: list[Term] = []
        stack = [root]
        while stack:
            term = stack.pop()
            once = term is root or (term in self.inner and self.uses[term] == 1)
            if once and term.op in SUMS:
                stack.extend(reversed(term.inputs))
            elif once and term.op is ops.mul and (pair := self._weight_and_input(*term.inputs)):
                products.append((*pair, term))
            else:
                rest.append(term)
                continue
            if term is not root:
                self.inside_a_sum.add(term)
        return products, rest

    def _weight_and_input(self, x: Term, y: Term) -> tuple[Term, Term] | None:
        for w, v in ((x, y), (y, x)):
            if w not in self.inner and not w.of_data and v.of_data:
                return w, v
        return None

    # --- terms ------------------------------------------------------------------------------------------------------

    def _read(self, term: Term) -> Term:
        if term in self.sums:
            return self._sum(*self.sums[term])
        inputs = [self.term(x) for x in term.inputs]
        if term.op is ops.weighted_sum:
            d = len(inputs) // 2
            return self._weighted(inputs[:d], inputs[d : 2 * d], inputs[2 * d :])
        if term.op is ops.mul and inputs[0] is inputs[1]:
            return self.make(ops.power, [inputs[0], self.made.setdefault("2.0", Term(None, value=2.0))])
        return inputs[0] if term.op is ops.identity else self.make(term.op, inputs)  # type: ignore[arg-type]

    def _sum(self, products: list[Product], rest: list[Term]) -> Term:
        """Σ of the products with a bias from the rest, plus what remains."""
        terms = [term for term in map(self.term, rest) if repr(term.value) != "0.0"]  # sum() starts from 0
        if products:
            at = next((i for i, term in enumerate(terms) if term.is_fixed), len(terms))
            weights = [self.term(w) for w, _, _ in products]
            inputs = [self.term(x) for _, x, _ in products]
            sigma = self.make(ops.weighted_sum, [*weights, *inputs, *terms[at : at + 1]])
            terms = [sigma, *terms[:at], *terms[at + 1 :]]  # the same parameter may be added again
        return self._added(terms)

    def _weighted(self, weights: list[Term], inputs: list[Term], bias: list[Term]) -> Term:
        """A Σ whose weights are parameters; if they are computed, products and a sum."""
        for w, x in ((weights, inputs), (inputs, weights)):
            if all(term.is_fixed for term in w) and any(term.of_data for term in x):
                fixed = [term for term in bias if term.is_fixed]
                sigma = self.make(ops.weighted_sum, [*w, *x, *fixed])
                return self._added([sigma, *(term for term in bias if term not in fixed)])
        return self._added([*(self.make(ops.mul, pair) for pair in zip(weights, inputs, strict=True)), *bias])

    def _added(self, terms: list[Term]) -> Term:
        if not terms:
            return Term(None, value=0.0)
        if len(terms) == 1:
            return terms[0]
        return self.make(ops.add if len(terms) == 2 else ops.total, terms)
