"""What a function computes, as terms: one for each scalar of the graph of one data point.

A sum of products is a Σ: a neuron that was written with scalar + and ∗ has the same terms as any other.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Any

from autograd import ops
from autograd.formulas.symbols import SYMBOL, Expression
from autograd.matrix.trace import Trace
from autograd.value import Value

SUMS = (ops.add, ops.total)


class Term(Expression):
    """One scalar of the program: an operation on other terms, something that has a `value` (a parameter, frozen or not,
    or a constant number), or else a number of the data point.

    The arguments of a Σ are its weights, then its inputs, then its bias if it has one. `of_data` says that the term
    differs between data points, `needed` that a gradient passes through it, `is_fixed` that it has a value, so that a
    matrix of weights may hold it. `level` is 0, or one more than the highest level among its arguments.
    """

    __slots__ = ("is_fixed", "level", "needed", "of_data", "value")
    head: Any

    def __init__(self, op: Any = SYMBOL, inputs: Sequence["Term"] = (), value: Value | float | None = None) -> None:
        super().__init__(op, tuple(inputs))
        self.value, self.is_fixed = value, value is not None
        self.level: int = 1 + max([term.level for term in inputs]) if inputs else 0
        self.of_data: bool = True in [term.of_data for term in inputs] if inputs else value is None
        self.needed: bool = getattr(value, "varies", False) or True in [term.needed for term in inputs]


def split(sigma: Any) -> tuple[Sequence[Any], Sequence[Any], Sequence[Any]]:
    """The weights, the inputs and the bias, if any, among the arguments of a Σ."""
    d = len(sigma) // 2
    return sigma[:d], sigma[d : 2 * d], sigma[2 * d :]


class Terms:
    """The terms of a trace: `data` are those of the data point, `roots` those of what f returns. Equal ones are one."""

    def __init__(self, trace: Trace) -> None:
        self.made: dict[Any, Term] = {}  # by what they are made from
        self.data = [[Term() for _ in row] for row in trace.rows]
        self.of: dict[Value, Term] = dict(zip(chain(*trace.rows), chain(*self.data), strict=True))
        for leaf in trace.leaves:
            if leaf not in self.of:  # one that f made itself is a constant
                self.of[leaf] = Term(value=leaf) if leaf in trace.outside else self.constant(leaf._data)
        self.uses = Counter(chain(trace.outputs, *[node.parents for node in trace.computed]))
        sums = [node for node in trace.computed if node.op in SUMS]
        inside = {x for node in sums for x in node.parents if x.op in SUMS and self.uses[x] == 1}
        addends: dict[Value, list[Value]] = {}  # of each sum; one that only another sum uses gives its own to that
        for node in trace.computed:
            if node.op in SUMS:
                addends[node], *others = [addends.pop(x, [x]) for x in node.parents]
                addends[node] += chain.from_iterable(others)
            if node not in inside:
                self.of[node] = self._sum(addends.pop(node)) if node.op in SUMS else self._read(node)
        self.roots = [self.of[output] for output in trace.outputs]

    def constant(self, x: float) -> Term:
        """The term of a number."""
        return self.made.setdefault(repr(x), Term(value=x))

    def computed(self, op: Any, *inputs: Term) -> Term:
        """The term of an operation on other terms; if all of these are numbers, it is a number too."""
        if all(isinstance(x.value, float) for x in inputs):
            return self.constant(op(*[x.value for x in inputs]))
        if op is ops.mul and inputs[0] is inputs[1]:  # x · x becomes x², with one operand
            op, inputs = ops.power, (inputs[0], self.constant(2.0))
        if (op, inputs) not in self.made:
            self.made[op, inputs] = Term(op, inputs)
        return self.made[op, inputs]

    def _read(self, node: Value) -> Term:
        """The term of any node but a sum."""
        inputs = [self.of[parent] for parent in node.parents]
        if node.op is ops.weighted_sum:
            weights, xs, bias = split(inputs)
            pairs = [(x, w) if x.is_fixed and not w.is_fixed else (w, x) for w, x in zip(weights, xs, strict=True)]
            others = [self.computed(ops.mul, *pair) for pair in pairs if not pair[0].is_fixed]
            return self._sigma([pair for pair in pairs if pair[0].is_fixed], [*others, *bias])
        return inputs[0] if node.op is ops.identity else self.computed(node.op, *inputs)

    def _sum(self, addends: Sequence[Value]) -> Term:
        """A sum: its products of weight and input become a Σ, a single one only if its input has other uses."""
        products, rest = [], []
        for node in addends:
            w, x = node.parents if node.op is ops.mul is self.of[node].head else (node, node)
            w, x = (x, w) if self.of[x].is_fixed else (w, x)
            if self.of[w].is_fixed and self.of[x].of_data:
                products.append((w, x))
            else:
                rest.append(node)
        if len(products) == 1 and self.uses[products[0][1]] == 1:
            products, rest = [], [*addends]
        return self._sigma([(self.of[w], self.of[x]) for w, x in products], [self.of[node] for node in rest])

    def _sigma(self, products: Sequence[tuple[Term, Term]], rest: Sequence[Term]) -> Term:
        """The Σ of the products, with the first fixed term of the rest as its bias, plus what remains."""
        terms = [term for term in rest if term is not self.constant(0.0)]  # sum() starts at 0
        if products:
            at = next((i for i, term in enumerate(terms) if term.is_fixed), len(terms))
            weights, inputs = zip(*products, strict=True)
            sigma = self.computed(ops.weighted_sum, *weights, *inputs, *terms[at : at + 1])
            terms = [sigma, *terms[:at], *terms[at + 1 :]]
        if len(terms) < 2:
            return terms[0] if terms else self.constant(0.0)
        return self.computed(ops.add if len(terms) == 2 else ops.total, *terms)
