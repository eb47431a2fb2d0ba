"""Every Σ of a trace: a neuron written out in scalar + and ∗ becomes the node that it is, so that there is one kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from autograd import ops
from autograd.matrix.trace import Term, Trace, split
from autograd.op import Op

SUMS = (ops.add, ops.total)


class Reader:
    """The terms of a trace as the matcher wants them, equal ones made one; `roots` are the answers of f."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.made: dict[Any, Term] = {}
        order = computed_terms(trace.roots)
        uses = Counter([*(x for term in order for x in term.inputs), *trace.roots])
        self.parts: dict[Term, list[Term]] = {}  # of each sum; the sums and products in it have been taken apart
        inside = {x for term in order if term.op in SUMS for x in term.inputs if uses[x] == 1}
        self.products = {x: pair for x in inside if (pair := weight_and_input(x))}
        for term in order:
            if term.op in SUMS:
                self.parts[term] = self._parts(term, inside)
        self._keep_lone_scales()
        self.terms: dict[Term, Term] = {}
        for term in order:
            if term not in self.products and (term.op not in SUMS or term in self.parts):
                self.terms[term] = self._read(term)
        self.roots = [self.term(root) for root in trace.roots]

    def term(self, term: Term) -> Term:
        """What has become of a term; a leaf stays what it is."""
        return self.terms.get(term, term)

    def make(self, op: Op, inputs: Sequence[Term]) -> Term:
        """A term, or the one that is the same already."""
        key = op, *inputs
        if key not in self.made:
            self.made[key] = Term(op, inputs)
        return self.made[key]

    def _parts(self, root: Term, inside: set[Term]) -> list[Term]:
        """What is added up: an inner sum that nothing else needs hands over its own list."""
        parts: list[Term] = []
        for x in root.inputs:
            more = self.parts.pop(x) if x in inside and x in self.parts else [x]
            parts, more = (parts, more) if parts else (more, [])
            parts += more
        return parts

    def _keep_lone_scales(self) -> None:
        """A single product with an input that no other neuron reads is no matrix."""
        held = [[x for x in parts if x in self.products] for parts in self.parts.values()]
        single = {products[0]: self.products[products[0]][1] for products in held if len(products) == 1}
        readers = Counter(single.values())
        for product, x in single.items():
            if readers[x] == 1:
                del self.products[product]

    def _read(self, term: Term) -> Term:
        if term in self.parts:
            parts = self.parts[term]
            pairs = [(self.term(w), self.term(x)) for w, x in (self.products[x] for x in parts if x in self.products)]
            return self._sum(pairs, [self.term(x) for x in parts if x not in self.products])
        inputs = [self.term(x) for x in term.inputs]
        if term.op is ops.weighted_sum:
            weights, xs, bias = split(inputs)
            for w, x in ((weights, xs), (xs, weights)):
                if all(v.is_fixed for v in w) and any(v.of_data for v in x):
                    return self._sum([*zip(w, x, strict=True)], bias)
            return self._sum([], [*(self.make(ops.mul, pair) for pair in zip(weights, xs, strict=True)), *bias])
        if term.op is ops.mul and inputs[0] is inputs[1]:
            return self.make(ops.power, [inputs[0], self.trace.constant(2.0)])
        return inputs[0] if term.op is ops.identity else self.make(term.op, inputs)  # type: ignore[arg-type]

    def _sum(self, products: Sequence[tuple[Term, Term]], rest: Iterable[Term]) -> Term:
        """Σ of the products with a bias from the rest, plus what remains; the same parameter may be added again."""
        terms = [term for term in rest if repr(term.value) != "0.0"]  # sum() starts from 0
        if products:
            at = next((i for i, term in enumerate(terms) if term.is_fixed), len(terms))
            weights, inputs = zip(*products, strict=True)
            sigma = self.make(ops.weighted_sum, [*weights, *inputs, *terms[at : at + 1]])
            terms = [sigma, *terms[:at], *terms[at + 1 :]]
        if len(terms) < 2:
            return terms[0] if terms else self.trace.constant(0.0)
        return self.make(ops.add if len(terms) == 2 else ops.total, terms)


def computed_terms(roots: Sequence[Term]) -> list[Term]:
    """The operations that some terms are made of, each behind those that it is made of itself."""
    order: list[Term] = []
    seen: set[Term] = set()
    stack: list[Term | None] = [*reversed(roots)]
    while stack:
        term = stack.pop()
        if term is None:
            order.append(stack.pop())  # type: ignore[arg-type]
        elif term not in seen and term.op is not None:
            seen.add(term)
            stack += [term, None, *reversed(term.inputs)]
    return order


def weight_and_input(term: Term) -> tuple[Term, Term] | None:
    """The weight and its input, if this is a product of a parameter or a number with something of the data point."""
    if term.op is ops.mul:
        for w, x in (term.inputs, term.inputs[::-1]):
            if w.is_fixed and x.of_data:
                return w, x
    return None
