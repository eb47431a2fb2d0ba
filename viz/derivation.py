"""The chain rule, written out: which factors lie between a root and a Value, in symbols and in numbers.

A product is multiplied from left to right, as `backward` does, so its numbers give `.grad` to the last bit. A gradient
that many paths share is worked out once: it gets a name, ∂ℒ/∂z, and lines of its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any

from autograd import Value
from autograd.errors import shown
from autograd.formula import PRODUCT
from autograd.symbols import Expression
from viz.formulas import derivative_formula, value_formula
from viz.notation import Cell, FullLatex, FullText, Names, digits, said, width
from viz.routes import MOST_PATHS, Link, Routes

MOST_TERMS = 6  # of a sum; of a longer one the first three and the last are written
MOST_BLOCKS = 5  # gradients that are written out; of the others the number is given
MOST_DEFINITIONS = 10
Line = list[Cell]
Way = tuple[Value, list[Link]]  # a term: where it starts, and the edges down
DOT, EQUALS, PLUS, BLANK = Cell("·", r"\cdot"), Cell("=", "="), Cell("+", "+"), Cell("", "")


class Derivation:
    """The chain rule from `root` to `wrt`: `.text`, `.latex`, and the derivative `.value`, which is `wrt.grad`."""

    def __init__(self, root: Value, wrt: Value) -> None:
        self.root, self.wrt = root, wrt
        self._names, self._routes = Names(root), Routes(root, wrt)
        self.value = self._routes.gradient.get(wrt, 0.0)
        self._blocks: list[list[Line]] = []  # one per gradient that is written out
        self._numbers: list[tuple[Cell, Cell, Cell]] = []  # gradients of which only the number is given
        self._remarks: list[Cell] = []
        self._met: dict[Value, None] = {}  # what the derivation speaks of
        if root is wrt:
            self._blocks = [[[self._partial(root, root), EQUALS, digits(1.0)]]]
        elif not self._routes.reached:
            self._blocks = [[[self._partial(root, wrt), EQUALS, digits(0.0)]]]
            self._remarks = [self._why_not_reached()]
        else:
            self._write_out()
        self._where = self._define()
        self.text, self.latex = self._as_text(), self._as_latex()

    def __repr__(self) -> str:
        return self.text

    def _repr_latex_(self) -> str:
        return f"$$\n{self.latex}\n$$"

    # --- what is written ----------------------------------------------------------------------------------------------

    def _write_out(self) -> None:
        """The lines for `wrt`, then for each gradient that these start with; up to the first sum if it is much."""
        queue = {self.wrt: None}
        plan: list[tuple[Value, list[Way | None]]] = []
        while len(plan) < min(len(queue), MOST_BLOCKS + 1):
            target = list(queue)[len(plan)]
            ways = [link and self._routes.way(link) for link in _ends(self._routes.arrivals[target])]
            plan.append((target, ways))
            queue |= {way[0]: None for way in ways if way and way[0] is not self.root}
        if len(plan) > MOST_BLOCKS:
            sums = [place for place, (_, ways) in enumerate(plan) if len(ways) > 1]
            plan = plan[: sums[0] + 1 if sums else 1]
        self._blocks = [self._lines(target, ways) for target, ways in plan]
        written = {target for target, _ in plan}
        for value in {way[0]: None for _, ways in plan for way in ways if way}:
            if value is not self.root and value not in written:
                self._numbers.append((self._partial(self.root, value), self._number(value), self._count(value)))
                self._met[value] = None

    def _lines(self, target: Value, ways: Sequence[Way | None]) -> list[Line]:
        """The sum of products three times, as derivatives, as formulas and as numbers; then what it comes to."""
        terms: list[list[tuple[Cell, Cell, float]] | None] = [way and self._factors(*way) for way in ways]
        left_out = len(self._routes.arrivals[target]) - len([term for term in terms if term])
        dots = said(f"⋯ {left_out:,} more")
        sections: list[list[Line]] = []
        for kind in range(3):
            section = [
                [dots] if term is None else _product([_factor(factor[kind], i) for i, factor in enumerate(term)])
                for term in terms
            ]
            if section not in ([[[self._partial(self.root, target)]]], *sections[-1:]):
                sections.append(section)
        if any(math.isinf(factor[2]) for term in terms if term for factor in term):
            self._remarks.append(said("a factor 0 ends its path: what comes after it counts no more"))
        if len(terms) > 1:
            products = [[dots] if term is None else [digits(_multiplied(term))] for term in terms]
            sections += [products] if products != sections[-1] else []
        sections.append([[self._number(target)]])
        signed = [[PLUS if i else EQUALS, *line] for section in sections for i, line in enumerate(section)]
        return [[self._partial(self.root, target) if i == 0 else BLANK, *line] for i, line in enumerate(signed)]

    def _factors(self, start: Value, links: list[Link]) -> list[tuple[Cell, Cell, float]]:
        """Each factor of one term: its name, its formula, its number."""
        factors: list[tuple[Cell, Cell, float]] = []
        if start is not self.root:
            name = self._partial(self.root, start)
            factors.append((name, name, self._routes.gradient[start]))
        for node, index in links:
            self._met |= {node: None, node.parents[index]: None}
            name = self._partial(node, node.parents[index])
            factors.append((name, self._formula(node, index, bool(factors), name), node.local_derivatives[index]))
        return factors

    def _formula(self, node: Value, index: int, inside: bool, name: Cell) -> Cell:
        """The local derivative with the node's own letters; its name, where a user's function can't be written."""
        assert node.op is not None
        letters = [self._names.of(parent) for parent in node.parents]
        try:
            return _written(derivative_formula(node.op, index, letters, self._names[node]), PRODUCT if inside else 0)
        except TypeError:
            self._remarks.append(said(node.op.name, ": its derivative can't be written as a formula, only its number"))
            return name

    def _partial(self, above: Value, below: Value) -> Cell:
        """∂above/∂below."""
        f, x = self._names[above], self._names[below]
        return Cell(f"∂{f.text}/∂{x.text}", rf"\dfrac{{\partial {f.latex}}}{{\partial {x.latex}}}")

    def _number(self, value: Value) -> Cell:
        return digits(self._routes.gradient[value])

    def _count(self, value: Value) -> Cell:
        count = self._routes.paths[value]
        paths = "more than 10²⁴" if count == MOST_PATHS else f"{count:,}"
        return said("worked out once on the way down", f" for all of its {paths} paths" if count > 1 else "")

    def _why_not_reached(self) -> Cell:
        name, root = self._names[self.wrt], self._names[self.root]
        if not self.wrt.varies:
            why = " is a constant, so no gradient is worked out for it; give Value(…) instead of the bare number"
            return said(name, why)
        other = " (another Value has this label)" if self._names.has(self.wrt.label) else ""
        return said("no path leads from ", root, " down to ", name, ": ", root, " was not computed from it", other)

    def _define(self) -> list[tuple[Cell, Cell]]:
        """What the computed Values are that the derivation speaks of, and those without a label in their formulas."""
        queue = [value for value in self._met if value.op is not None or not value.label]
        defined: dict[Value, tuple[Cell, Cell]] = {}
        for value in queue:
            if value in defined or len(defined) == MOST_DEFINITIONS:
                continue
            name = self._names[value]
            if value.op is None:
                formula = digits(value.data)
            else:
                formula = _written(value_formula(value.op, [self._names.of(parent) for parent in value.parents]))
                queue += [parent for parent in value.parents[:MOST_TERMS] if parent.varies and not parent.label]
            defined[value] = Cell(name.text, name.latex), formula
        return list(defined.values())

    # --- how it is laid out -------------------------------------------------------------------------------------------

    def _as_text(self) -> str:
        blocks = ["\n".join(_aligned(block)) for block in self._blocks]
        notes = [f"{name.text} = {number.text}  ({why.shown.text})" for name, number, why in self._numbers]
        notes += [remark.shown.text for remark in dict.fromkeys(self._remarks)]
        where = [
            f"{'      ' if i else 'where '}{x.text} = {formula.text}" for i, (x, formula) in enumerate(self._where)
        ]
        return "\n\n".join(filter(None, [*blocks, "\n".join(notes), "\n".join(where)]))

    def _as_latex(self) -> str:
        parts = [_array(block) for block in self._blocks]
        parts += [rf"{x.latex} = {number.latex} \quad ({why.shown.latex})" for x, number, why in self._numbers]
        parts += [remark.shown.latex for remark in dict.fromkeys(self._remarks)]
        for i, (x, formula) in enumerate(self._where):
            start = r"\phantom{\text{where }}" if i else r"\text{where }"
            parts.append(f"{start}{x.latex} = {formula.latex}")
        return "\\begin{array}{l}\n" + " \\\\[1.2em]\n".join(parts) + "\n\\end{array}"


def _ends(links: list[Link]) -> list[Link | None]:
    """All of them, or the first three, None for the rest, and the last."""
    return list(links) if len(links) <= MOST_TERMS else [*links[:3], None, links[-1]]


def _written(formula: Any, level: int = 0) -> Cell:
    """A formula; in parentheses where it binds less than `level`."""
    if isinstance(formula, Expression):
        return Cell(FullText().write(formula, level), FullLatex().write(formula, level)).shown
    return digits(float(formula))


def _factor(cell: Cell | float, place: int) -> Cell:
    """A factor of a product; a negative number that is not the first one is in parentheses."""
    if isinstance(cell, Cell):
        return cell
    text, latex = digits(cell)
    return Cell(f"({text})", f"({latex})") if place and text[0] == "−" else Cell(text, latex)


def _product(factors: Iterable[Cell]) -> Line:
    return [cell for factor in factors for cell in (DOT, factor)][1:]


def _multiplied(term: list[tuple[Cell, Cell, float]]) -> float:
    """The product, from left to right; backward stops at a factor 0."""
    product = 1.0
    for _, _, number in term:
        product = product * number if product and number else 0.0
    return product


def _aligned(lines: list[Line]) -> list[str]:
    """The lines with their cells below each other."""
    columns = zip_longest(*lines, fillvalue=BLANK)
    widths = [max(width(cell.text) for cell in column) for column in columns]
    padded = [
        [cell.text + " " * (w - width(cell.text)) for cell, w in zip(line, widths, strict=False)] for line in lines
    ]
    return [" ".join(line).rstrip() for line in padded]


def _array(lines: list[Line]) -> str:
    factors = max(map(len, lines)) // 2
    rows = [" & ".join(rf"\displaystyle {cell.latex}" if cell.latex else "" for cell in line) for line in lines]
    return "\\begin{array}{l" + "cl" * factors + "}\n" + " \\\\[0.4em]\n".join(rows) + "\n\\end{array}"


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
    where ℒ = v₁²
          v₁ = z − 1
          z = w·x

    The product is `wrt.grad` after `root.backward()`, to the last bit; no `.grad` is touched. Where several paths meet,
    their sum is shown. A gradient that is far from the root, or met by many paths, is named and worked out on its own:
    the answer stays short however deep the graph is. Labels become letters with scripts, Values without one v₁, v₂ ….
    In Jupyter it is shown as LaTeX. An infinite derivative on the way is the error that `backward` raises.
    """
    for name, value in (("root", root), ("wrt", wrt)):
        if not isinstance(value, Value):
            hint = "; write [explain(root, w) for w in …]" if isinstance(value, (list, tuple)) else ""
            kind = type(value).__name__
            raise TypeError(f"explain needs a Value as {name}, got {kind} {shown(value)}{hint}; write explain(loss, w)")
    return Derivation(root, wrt)
