"""Find every Σ of a trace. A neuron that was written with scalar + and ∗ becomes a Σ too, so that all are alike."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Any

from autograd import ops
from autograd.formulas.symbols import parts
from autograd.matrix.trace import Term, Trace, split

SUMS = (ops.add, ops.total)


class Neurons:
    """The `terms` and `roots` of a trace with all their Σ, in an order in which they can be computed."""

    def __init__(self, trace: Trace) -> None:
        order: list[Any] = parts(trace.roots)
        self.uses = Counter([*(x for term in order for x in term.arguments), *trace.roots])
        inside = {
            x for term in order if term.head in SUMS for x in term.arguments if x.head in SUMS and self.uses[x] == 1
        }
        addends: dict[Term, list[Term]] = {}  # of each sum; one that only another sum uses gives its own to that
        self.trace = trace
        self.become: dict[Term, Term] = {}  # the new term for each old one
        for term in order:
            if term.head in SUMS:
                addends[term], *others = [addends.pop(x) if x in inside else [x] for x in term.arguments]
                addends[term] += chain.from_iterable(others)
            if term not in inside:
                self.become[term] = self._sum(addends[term]) if term in addends else self._read(term)
        self.roots = [self.become[root] for root in trace.roots]
        self.terms: list[Any] = [term for term in parts(self.roots) if term.arguments]

    def _sum(self, addends: Sequence[Term]) -> Term:
        """Rewrite a sum: its products of weight and input become a Σ, a single one only if its input has other uses."""
        products = [product for term in addends if (product := weight_and_input(term))]
        if len(products) == 1 and self.uses[products[0][1]] == 1:
            products = []
        return self._sigma(products, [term for term in addends if not (products and weight_and_input(term))])

    def _read(self, term: Term) -> Term:
        """Rewrite any other term. A Σ stays one if all its weights, or else all its inputs, are fixed."""
        if term.head is ops.weighted_sum:
            weights, xs, bias = split(term)
            for w, x in ((weights, xs), (xs, weights)):
                if all(v.is_fixed for v in w):
                    return self._sigma([*zip(w, x, strict=True)], bias)
            products = [self.trace.computed(ops.mul, pair) for pair in zip(weights, xs, strict=True)]
            self.become |= {product: self._read(product) for product in products}
            return self._sigma([], [*products, *bias])
        if not term.arguments:
            return term
        inputs = [self.become[x] for x in term.arguments]
        if term.head is ops.mul and inputs[0] is inputs[1]:  # x · x becomes x², with one operand
            return self.trace.computed(ops.power, [inputs[0], self.trace.constant(2.0)])
        return inputs[0] if term.head is ops.identity else self.trace.computed(term.head, inputs)

    def _sigma(self, products: Sequence[tuple[Term, Term]], rest: Sequence[Term]) -> Term:
        """The Σ of the products, with the first fixed term of the rest as its bias, plus what remains."""
        terms = [self.become[term] for term in rest if term is not self.trace.constant(0.0)]  # sum() starts at 0
        if products:
            at = next((i for i, term in enumerate(terms) if term.is_fixed), len(terms))
            weights, inputs = zip(*products, strict=True)
            operands = [self.become[term] for term in (*weights, *inputs)]
            sigma = self.trace.computed(ops.weighted_sum, [*operands, *terms[at : at + 1]])
            terms = [sigma, *terms[:at], *terms[at + 1 :]]
        if len(terms) < 2:
            return terms[0] if terms else self.trace.constant(0.0)
        return self.trace.computed(ops.add if len(terms) == 2 else ops.total, terms)


def weight_and_input(term: Term) -> tuple[Term, Term] | None:
    """The weight and its input, if the term is a product of something fixed with something of the data point."""
    if term.head is ops.mul:
        for w, x in (term.arguments, term.arguments[::-1]):
            if w.is_fixed and x.of_data:
                return w, x
    return None
