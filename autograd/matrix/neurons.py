"""Every Σ of a trace: a neuron written out in scalar + and ∗ becomes the node that it is, so that there is one kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from autograd import ops
from autograd.matrix.trace import Term, Trace, split

SUMS = (ops.add, ops.total)


class Neurons:
    """The `terms` of a trace as the matcher wants them, in an order in which they can be computed, and its `roots`."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        order = needed(trace.terms.values(), trace.roots)
        self.uses = Counter([*(x for term in order for x in term.inputs), *trace.roots])
        inside = {x for term in order if term.op in SUMS for x in term.inputs if x.op in SUMS and self.uses[x] == 1}
        parts: dict[Term, list[Term]] = {}  # of each sum; one inside another, if nothing else needs it, hands them on
        self.become: dict[Term, Term] = {}  # what has become of a term
        for term in order:
            if term.op in SUMS:
                parts[term], *others = [parts.pop(x) if x in inside else [x] for x in term.inputs]
                for more in others:
                    parts[term] += more
            if term not in inside:
                self.become[term] = self._sum(parts[term]) if term in parts else self._read(term)
        self.roots = [self.term(root) for root in trace.roots]
        self.terms = needed(trace.terms.values(), self.roots)

    def term(self, term: Term) -> Term:
        """What has become of a term; a leaf stays what it is."""
        return self.become.get(term, term)

    def _sum(self, parts: Sequence[Term]) -> Term:
        """A sum: its products of a weight and an input are a Σ, but not one alone whose input nothing else reads."""
        products = [product for part in parts if (product := weight_and_input(part))]
        if len(products) == 1 and self.uses[products[0][1]] == 1:
            products = []
        rest = [part for part in parts if not (products and weight_and_input(part))]
        return self._sigma([(self.term(w), self.term(x)) for w, x in products], map(self.term, rest))

    def _read(self, term: Term) -> Term:
        """Any other term; a Σ is one only if all its weights are fixed."""
        inputs = [self.term(x) for x in term.inputs]
        if term.op is ops.weighted_sum:
            weights, xs, bias = split(inputs)
            for w, x in ((weights, xs), (xs, weights)):
                if all(v.is_fixed for v in w) and any(v.of_data for v in x):
                    return self._sigma([*zip(w, x, strict=True)], bias)
            products = [self.trace.computed(ops.mul, pair) for pair in zip(weights, xs, strict=True)]
            return self._sigma([], [*products, *bias])
        if term.op is ops.mul and inputs[0] is inputs[1]:
            return self.trace.computed(ops.power, [inputs[0], self.trace.constant(2.0)])
        return inputs[0] if term.op is ops.identity else self.trace.computed(term.op, inputs)

    def _sigma(self, products: Sequence[tuple[Term, Term]], rest: Iterable[Term]) -> Term:
        """Σ of the products with a bias from the rest, plus what remains; the same parameter may be added again."""
        terms = [term for term in rest if repr(term.value) != "0.0"]  # sum() starts from 0
        if products:
            at = next((i for i, term in enumerate(terms) if term.is_fixed), len(terms))
            weights, inputs = zip(*products, strict=True)
            sigma = self.trace.computed(ops.weighted_sum, [*weights, *inputs, *terms[at : at + 1]])
            terms = [sigma, *terms[:at], *terms[at + 1 :]]
        if len(terms) < 2:
            return terms[0] if terms else self.trace.constant(0.0)
        return self.trace.computed(ops.add if len(terms) == 2 else ops.total, terms)


def needed(terms: Iterable[Term], roots: Iterable[Term]) -> list[Term]:
    """The operations among some terms, in their order, that the roots are made of."""
    alive = set(roots)
    computed = list(dict.fromkeys(term for term in terms if term.op))
    for term in reversed(computed):
        if term in alive:
            alive.update(term.inputs)
    return [term for term in computed if term in alive]


def weight_and_input(term: Term) -> tuple[Term, Term] | None:
    """The weight and its input, if this is a product of a parameter or a number with something of the data point."""
    if term.op is ops.mul:
        for w, x in (term.inputs, term.inputs[::-1]):
            if w.is_fixed and x.of_data:
                return w, x
    return None
