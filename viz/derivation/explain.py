"""The chain rule, written out: which factors lie between a root and a Value, in symbols and in numbers.

A product is multiplied from left to right, as `backward` does, so its numbers give `.grad` to the last bit. A gradient
that many paths share is worked out once: it gets a name, ∂ℒ/∂z, and lines of its own.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from autograd import Value
from autograd.errors import shown
from autograd.formulas.symbols import Symbol
from autograd.formulas.text import CONDITION, NEGATION, PRODUCT, SUBSCRIPTS
from viz.derivation.equations import BLANK, EQUALS, Line, aligned, array, equations, formula_cell, product
from viz.derivation.formulas import derivative_formula, value_formula
from viz.derivation.latex import Cell, digits, said
from viz.derivation.names import Names
from viz.derivation.paths import MOST_PATHS, Link, Routes, older_than_its_inputs

MOST_TERMS = 6  # of a sum; of a longer one the first three and the last are written
MOST_BLOCKS = 5  # gradients that are written out; of the others the number is given
MOST_DEFINITIONS = 10  # of the letters used, below the word "where"
FIRST, SECOND = (Symbol(f"d{k}", text=f"∂{low}", latex=rf"\partial_{{{k}}}") for k, low in ((1, "₁"), (2, "₂")))
PLACES = said("here ", FIRST, " is the derivative for the first input alone, ", SECOND, " for the second, and so on")
Way = tuple[Value, list[Link]]  # one term of a sum: the Value where it starts, and the edges from there down
Factor = tuple[Cell, Cell, float]  # its name, its formula, its number


@dataclass(frozen=True)
class Derivation:
    """The chain rule from a root to a Value: the derivative, and how it comes about as Unicode text and as LaTeX."""

    value: float
    text: str
    latex: str

    def __repr__(self) -> str:
        return self.text

    def _repr_latex_(self) -> str:
        return f"$$\n{self.latex}\n$$"

    def _mime_(self) -> tuple[str, str]:
        """The LaTeX for marimo, which typesets what stands in an element called marimo-tex."""
        return "text/html", f'<marimo-tex class="arithmatex">||[{escape(self.latex)}||]</marimo-tex>'


class Explanation:
    """The lines of a derivation, block by block, read off the graph."""

    def __init__(self, root: Value, wrt: Value) -> None:
        self.root, self.wrt = root, wrt
        self._names, self._routes = Names(root), Routes(root, wrt)
        self.value = self._routes.gradient.get(wrt, 0.0)
        self._remarks: dict[Cell, None] = {}
        self._met: dict[Value, None] = {}  # the Values that the derivation speaks of
        if self._routes.reached:
            blocks = self._written_out()
        else:
            blocks = [[[self._partial(root, wrt), EQUALS, digits(self.value)]]]
            self._remarks[self._why_not_reached()] = None
        if (older := older_than_its_inputs(root)) is not None:
            name = self._names[older]
            words = " is older than what it was computed from, which has changed since: run the forward pass again"
            self._remarks[said(name, words)] = None
        blocks += [[[remark.safe] for remark in self._remarks], self._definitions()]
        self.blocks = [block for block in blocks if block]

    def _written_out(self) -> list[list[Line]]:
        """The lines for `wrt`, then for each gradient that terms start with; of too many, those up to the first sum."""
        queue = {self.wrt: None}
        plan: list[tuple[Value, list[Way | None]]] = []
        while len(plan) < min(len(queue), MOST_BLOCKS + 1):
            target = list(queue)[len(plan)]
            links: list[Link | None] = [*self._routes.arrivals[target]]
            links = links if len(links) <= MOST_TERMS else [*links[:3], None, links[-1]]  # None stands for the rest
            ways = [link and self._routes.way(link) for link in links]
            plan.append((target, ways))
            queue |= {way[0]: None for way in ways if way and way[0] is not self.root}
        if len(plan) > MOST_BLOCKS:
            sums = [place for place, (_, ways) in enumerate(plan) if len(ways) > 1]
            plan = plan[: sums[0] + 1 if sums else 1]
        starts = {way[0]: None for _, ways in plan for way in ways if way}
        derived = {self.root, *(target for target, _ in plan)}
        blocks = [self._lines(target, ways) for target, ways in plan]
        return [*blocks, [self._number(value) for value in starts if value not in derived]]

    def _lines(self, target: Value, ways: Sequence[Way | None]) -> list[Line]:
        """The sum of products three times, as derivatives, as formulas and as numbers; then what it comes to."""
        left, result = self._partial(self.root, target), digits(self._routes.gradient[target])
        terms = [way and self._factors(*way) for way in ways]
        dots = [said(f"⋯ {len(self._routes.arrivals[target]) - len(ways) + 1:,} more")]
        sums: list[list[Line]] = [[[left]]]
        for kind in range(3):
            sums += [[dots if term is None else product(factor[kind] for factor in term) for term in terms]]
        sums.append([dots if term is None else [digits(_multiplied(term))] for term in terms])
        sums.append([[result]])
        if any({0.0, math.inf} <= {abs(number) for _, _, number in term} for term in terms if term):
            self._remarks[said("a factor 0 ends its path: what comes after it counts no more")] = None
        return equations(left, [after for before, after in pairwise(sums) if after != before])

    def _factors(self, start: Value, links: list[Link]) -> list[Factor]:
        """Each factor of one term: its name, its formula, its number."""
        factors: list[Factor] = []
        if start is not self.root:
            name = self._partial(self.root, start)
            factors.append((name, name, self._routes.gradient[start]))
        alone = not factors and len(links) == 1
        for node, index in links:
            self._met |= {node: None, node.parents[index]: None}
            name = self._partial(node, node.parents[index], self._place(node, index))
            level = CONDITION if alone else PRODUCT if factors else NEGATION
            factors.append((name, self._formula(node, index, level, name), node.local_derivatives[index]))
        return factors

    def _formula(self, node: Value, index: int, level: int, name: Cell) -> Cell:
        """A local derivative as a formula of the node's letters; if a user's function can't be written so, its name."""
        assert node.op is not None
        letters = [self._names.of(parent) for parent in node.parents]
        try:
            return formula_cell(derivative_formula(node.op, index, letters, self._names[node]), level)
        except TypeError:
            self._remarks[said(node.op.name, ": its derivative can't be written as a formula, only its number")] = None
            return name

    def _place(self, node: Value, index: int) -> int:
        """Which input of the node is meant, from 1, if ∂node/∂input could be misread; otherwise 0.

        It could if a Value is two inputs of the node, or an input of the root that also reaches the root in other ways.
        """
        parent = node.parents[index]
        several = len(self._routes.arrivals[parent]) > 1
        twice = sum(other is parent for other in node.parents) > 1
        return index + 1 if twice or (several and node is self.root) else 0

    def _partial(self, above: Value, below: Value, place: int = 0) -> Cell:
        """∂above/∂below; with a place ∂ₖabove/∂below, the derivative for that input alone."""
        f, x = self._names[above], self._names[below]
        if place:
            self._remarks[PLACES] = None
        low, latex_low = (str(place).translate(SUBSCRIPTS), f"_{{{place}}}") if place else ("", "")
        text = f"∂{low}{f.text}/∂{x.text}"
        return Cell(text, rf"\dfrac{{\partial{latex_low} {f.latex}}}{{\partial {x.latex}}}")

    def _number(self, value: Value) -> Line:
        """The line of a gradient that is not written out, but only given as a number."""
        self._met[value] = None
        count = self._routes.paths[value]
        paths = "paths, more than 10²⁴" if count == MOST_PATHS else f"{count:,} paths"
        why = said(" (worked out once on the way down", f", for all of its {paths})" if count > 1 else ")")
        return [self._partial(self.root, value), EQUALS, digits(self._routes.gradient[value]), why]

    def _why_not_reached(self) -> Cell:
        name, root = self._names[self.wrt], self._names[self.root]
        if not self.wrt.varies:
            why = " is a constant, so no gradient is worked out for it; "
            if self.wrt.role == "constant":
                return said(name, why, 'if it was a bare number, give Value(…), else write .role = "parameter"')
            return said(name, why + "give Value(…) instead of the bare number")
        other = " (another Value has this label)" if self._names.has(self.wrt.label) else ""
        return said("no path leads from ", root, " down to ", name, ": ", root, " was not computed from it", other)

    def _definitions(self) -> list[Line]:
        """What the letters mean: the formulas of the computed Values, and those of Values without a label in them."""
        queue = [value for value in self._met if value.op is not None or not value.label]
        lines: dict[Value, Line] = {}
        for value in queue:
            if value in lines or len(lines) == MOST_DEFINITIONS:
                continue
            formula = digits(value.data)
            if value.op is not None:
                formula = formula_cell(value_formula(value.op, [self._names.of(parent) for parent in value.parents]))
                queue += [parent for parent in value.parents[:MOST_TERMS] if parent.varies and not parent.label]
            name = self._names[value]
            start = BLANK if lines else said("where")
            lines[value] = [start, Cell(name.text, name.latex), EQUALS, formula]
        return list(lines.values())


def _multiplied(term: list[Factor]) -> float:
    """The product, from left to right; backward stops at a factor 0."""
    product = 1.0
    for _, _, number in term:
        product = product * number if product and number else 0.0
    return product


def explain(root: Value, wrt: Value) -> Derivation:
    """The chain rule along the graph from `root` to `wrt`, in symbols and below them in numbers.

    >>> w, x = Value(2.0, label="w"), Value(3.0, label="x")
    >>> z = w * x
    >>> z.label = "z"
    >>> L = (z - 1.0) ** 2
    >>> L.label = "ℒ"
    >>> explain(L, w)
    ∂ℒ/∂w = ∂ℒ/∂v₁ · ∂v₁/∂z · ∂z/∂w
          = 2·v₁   · 1      · x
          = 10     · 1      · 3
          = 30
    <BLANKLINE>
    where ℒ  = v₁²
          v₁ = z − 1
          z  = w·x

    The product is `wrt.grad` after `root.backward()`, to the last bit; no `.grad` is touched. Where several paths meet,
    their sum is shown. A gradient that is far from the root, or met by many paths, is named and worked out on its own:
    the answer stays short however deep the graph is. Labels become letters with scripts; Values without a label are
    v₁, v₂ …. Jupyter shows it as LaTeX. An infinite derivative on the way raises the same error as `backward`.
    """
    for name, value in (("root", root), ("wrt", wrt)):
        if not isinstance(value, Value):
            remedy = "explain(loss, w)"
            if isinstance(value, (list, tuple)):
                remedy = "[explain(g, w) for g in …]" if name == "root" else "[explain(loss, w) for w in …]"
            came = f"{type(value).__name__} {shown(value)}"
            raise TypeError(f"explain needs a Value as {name}, got {came}; write {remedy}")
    derived = Explanation(root, wrt)
    text = "\n\n".join(map(aligned, derived.blocks))
    latex = array([[Cell("", array(block))] for block in derived.blocks], space="1.2em")
    return Derivation(derived.value, text, latex)
