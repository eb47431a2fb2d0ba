"""What `vectorize` reads off the graph of one data point: a list of terms, each made of earlier ones.

Products and sums written out in scalar + and ∗ become the Σ that they are, so the matcher sees one kind of neuron.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from autograd import ops, tracing
from autograd.errors import shown
from autograd.graph import inner_nodes
from autograd.op import Op
from autograd.value import Value, constant

SUMS = (ops.add, ops.total)
Product = tuple[Value, Value, Value]  # a weight, its input, and the node of their product


class Term:
    """One scalar of the traced graph: a leaf, or an operation on earlier terms.

    A leaf is a number of the data point (`place`: argument and position), a parameter, or a constant (`value`). A Σ has
    its inputs in the order weights, inputs, biases (none or one). `of_data`: it differs between data points; `needed`:
    a gradient passes through it.
    """

    __slots__ = ("inputs", "level", "needed", "of_data", "op", "place", "value")
    level: int
    of_data: bool
    needed: bool

    def __init__(self, op: Op | None, inputs: Sequence[Term] = (), *, place: Any = None, value: Any = None) -> None:
        self.op = op
        self.inputs = tuple(inputs)
        self.place, self.value = place, value
        self.level = 1 + max([term.level for term in inputs], default=-1)
        self.of_data = place is not None or any(term.of_data for term in inputs)
        self.needed = isinstance(value, Value) or any(term.needed for term in inputs)

    @property
    def is_fixed(self) -> bool:
        """Whether it is a parameter or a constant: what a matrix of weights may hold."""
        return self.value is not None

    @property
    def sigma(self) -> tuple[tuple[Term, ...], tuple[Term, ...], tuple[Term, ...]]:
        """The weights, the inputs and the bias, if any, of a Σ."""
        d = len(self.inputs) // 2
        return self.inputs[:d], self.inputs[d : 2 * d], self.inputs[2 * d :]


class Graph:
    """The scalar graph of one data point: what f returned, and the leaves that stand for the data."""

    def __init__(self, f: Callable[..., Any], point: Sequence[Any], *, looking_allowed: bool = False) -> None:
        self.arguments = [leaves_for(argument) for argument in point]
        with tracing.one_at_a_time:
            try:
                if not looking_allowed:
                    tracing.start()
                answer = f(*self.arguments)
            finally:
                tracing.thread = 0  # no call, as an interrupt at its door would leave all Values unreadable
        self.is_single = isinstance(answer, Value)
        self.roots: list[Value] = [answer] if isinstance(answer, Value) else _roots(answer)

        order: dict[Value, None] = {}
        self.leaves: set[Value] = set()
        for root in self.roots:
            inner, leaves = inner_nodes(root)
            order.update(dict.fromkeys(inner))
            self.leaves.update(leaves)
        self.nodes = list(order)  # every computed node, parents before children

    def shared_with(self, other: Graph) -> set[Value]:
        """The nodes and leaves that two graphs of one function have in common: these were made outside it."""
        return (set(self.nodes) & set(other.nodes)) | (self.leaves & other.leaves)


def leaves_for(argument: Any) -> Any:
    """A Value for a number of the data point, a list of them for several; no gradient is computed for data."""
    if isinstance(argument, float):
        leaf = constant(argument)
        leaf._role = "input"
        return leaf
    return [leaves_for(number) for number in argument]


def _roots(answer: Any) -> list[Value]:
    if isinstance(answer, (list, tuple)) and answer and all(isinstance(value, Value) for value in answer):
        return list(answer)
    raise TypeError(
        "vectorize needs a function of one data point that returns a Value, or a list of Values for .map; "
        f"it returned {shown(answer)}"
    )


class Reader:
    """Turns the nodes of a graph into terms; what is in `outside` was made outside f, and is a parameter as it is."""

    def __init__(self, graph: Graph, outside: set[Value]) -> None:
        self.terms: dict[Value, Term] = {}
        self.outside = outside
        self.made: dict[Any, Term] = {}
        for number, argument in enumerate(graph.arguments):
            for position, leaf in enumerate(argument if isinstance(argument, list) else [argument]):
                self.terms[leaf] = Term(None, place=(number, position if isinstance(argument, list) else None))
        self.order = _needed(graph, outside)
        self.inner = set(self.order)
        self.uses = Counter(parent for node in self.order for parent in node.parents)
        self.uses.update(graph.roots)
        self.of_data: set[Value] = set(self.terms)
        for node in self.order:
            if any(parent in self.of_data for parent in node.parents):
                self.of_data.add(node)
        self.sums: dict[Value, tuple[list[Product], list[Value]]] = {}
        self.inside_a_sum: set[Value] = set()
        self._find_sums()
        for node in self.order:
            if node not in self.inside_a_sum:
                self.terms[node] = self._read(node)
        self.roots = [self.term(root) for root in graph.roots]

    def term(self, value: Value) -> Term:
        """The term of a node, or of a leaf met for the first time."""
        if value not in self.terms:
            is_parameter = value.varies and value in self.outside
            leaf = Term(None, value=value if is_parameter else value._data)
            self.terms[value] = leaf if is_parameter else self.made.setdefault(repr(value._data), leaf)
        return self.terms[value]

    def make(self, op: Op, inputs: Sequence[Term]) -> Term:
        """A term, or the one that is the same already."""
        key = op, *inputs
        if key not in self.made:
            self.made[key] = Term(op, inputs)
        return self.made[key]

    # --- sums -------------------------------------------------------------------------------------------------------

    def _find_sums(self) -> None:
        """Additions and their products, taken apart: a neuron written in + and ∗ is a Σ."""
        for node in reversed(self.order):
            if node.op in SUMS and node not in self.inside_a_sum:
                products, rest = self._taken_apart(node)
                self.sums[node] = products, rest
        shared = Counter(tuple(x for _, x, _ in products) for products, _ in self.sums.values())
        for node, (products, rest) in self.sums.items():
            if len(products) == 1 and shared[products[0][1],] == 1:  # a scale of its own: no matrix
                self.inside_a_sum.discard(products[0][2])
                self.sums[node] = [], [products[0][2], *rest]

    def _taken_apart(self, root: Value) -> tuple[list[Product], list[Value]]:
        products: list[Product] = []
        rest: list[Value] = []
        stack = [root]
        while stack:
            node = stack.pop()
            once = node is root or (node in self.inner and self.uses[node] == 1)
            if once and node.op in SUMS:
                stack.extend(reversed(node.parents))
            elif once and node.op is ops.mul and (pair := self._weight_and_input(*node.parents)):
                products.append((*pair, node))
            else:
                rest.append(node)
                continue
            if node is not root:
                self.inside_a_sum.add(node)
        return products, rest

    def _weight_and_input(self, x: Value, y: Value) -> tuple[Value, Value] | None:
        for w, v in ((x, y), (y, x)):
            if w not in self.inner and w not in self.of_data and v in self.of_data:
                return w, v
        return None

    # --- terms ------------------------------------------------------------------------------------------------------

    def _read(self, node: Value) -> Term:
        assert node.op is not None
        if node in self.sums:
            return self._sum(*self.sums[node])
        inputs = [self.term(parent) for parent in node.parents]
        if node.op.name == ops.weighted_sum.name:
            d = len(inputs) // 2
            return self._weighted(inputs[:d], inputs[d : 2 * d], inputs[2 * d :])
        return inputs[0] if node.op is ops.identity else self.make(node.op, inputs)

    def _sum(self, products: list[Product], rest: list[Value]) -> Term:
        """Σ of the products with a bias from the rest, plus what remains."""
        terms = [term for term in map(self.term, rest) if repr(term.value) != "0.0"]  # sum() starts from 0
        if products:
            at = next((i for i, term in enumerate(terms) if term.is_fixed), len(terms))
            bias = terms[at : at + 1]
            weights = [self.term(w) for w, _, _ in products]
            sigma = self.make(ops.weighted_sum, [*weights, *(self.term(x) for _, x, _ in products), *bias])
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


def _needed(graph: Graph, outside: set[Value]) -> list[Value]:
    """The nodes that the roots are made of, without what lies below a node from outside f."""
    wanted = set(graph.roots)
    order = [node for node in graph.nodes if node not in outside]
    for node in reversed(order):
        if node in wanted:
            wanted.update(node.parents)
    return [node for node in order if node in wanted]
