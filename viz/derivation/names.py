"""What a derivation and a page call each Value: by its label, or v₁, v₂ … in order, as Unicode text and as LaTeX."""

import re
from collections import Counter
from collections.abc import Iterable

from autograd import Value, ops, topological_order
from autograd.formulas.symbols import Symbol
from autograd.formulas.text import SUBSCRIPTS, SUPERSCRIPTS
from viz.derivation.latex import Cell, label_latex
from viz.style.labels import written

LOOSE = re.compile(r"[\s+\-−*/·×=<>|&;]|^\d+[^\d.]")  # in labels that need parentheses in a formula, like 2x or x + 1
LONGEST = 40  # characters of a label, as it is repeated in every line
LETTERS = "vuhqrst"  # for Values without a label: the first letter that no label begins with


class Names(dict[Value, Symbol]):
    """The letters for the Values below a root; Values whose labels look the same are told apart: x₁⁽¹⁾, x₁⁽²⁾.

    >>> x = Value(3.0, label="x_1")
    >>> names = Names(x * x + x)
    >>> [names[value].text for value in topological_order(x * x + x)][:1], names[x].latex
    (['x₁'], 'x_{1}')
    """

    def __init__(self, root: Value) -> None:
        self._root = root
        self._rank: dict[Value, int] = {}  # its number among the Values with the same label
        self._count: Counter[str] = Counter()
        order = topological_order(root)
        self._outputs = compared(order)
        for value in order:
            label = written(self._label(value))
            if label or value.varies:
                self._count[label] += 1
                self._rank[value] = self._count[label]
        first = {label[:1] for label in self._count}
        self._letter = next((letter for letter in LETTERS if letter not in first), "v")
        self._root_letter = next((letter for letter in "fF" if letter not in first), "ℒ")

    def _label(self, value: Value) -> str:
        return "g" if value in self._outputs else short(value.label)

    def has(self, label: str) -> bool:
        """Whether a Value of the graph has this label."""
        return bool(label) and written(short(label)) in self._count

    def __missing__(self, value: Value) -> Symbol:
        text, latex = self._named(value)
        self[value] = symbol = Symbol(f"n{len(self)}", text=text, latex=latex)
        return symbol

    def of(self, value: Value) -> Symbol | float:
        """The letter of a Value; a number for a constant that has no label."""
        return self[value] if value.label or value.varies else value.data

    def _named(self, value: Value) -> Cell:
        label = self._label(value)
        if not label and value is self._root:
            return Cell(self._root_letter, label_latex(self._root_letter))
        rank = self._rank.get(value, 0)
        if not label:
            number = str(rank) if rank else ""  # bare numbers and Values outside the graph have none
            return Cell(self._letter + number.translate(SUBSCRIPTS), f"{self._letter}_{{{number}}}")
        count = self._count[written(label)]
        text, latex = Cell(written(label), label_latex(label)).safe
        if LOOSE.search(text):
            text, latex = f"({text})", rf"\left({latex}\right)"
        if rank and count > 1:
            text, latex = f"{text}⁽{str(rank).translate(SUPERSCRIPTS)}⁾", f"{{{latex}}}^{{({rank})}}"
        return Cell(text, latex)


def short(label: str) -> str:
    """A label on one line, the end of a long one left out."""
    line = re.sub(r"\s+", " ", label)
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def compared(order: Iterable[Value]) -> set[Value]:
    """The answers a of lone neurons that a loss compares with y, for which the lecture calls them g.

    >>> from nn import Neuron, squared_loss
    >>> a = Neuron(2, seed=0)([1.0, 2.0])
    >>> compared([a, squared_loss(a, 1.0)]) == {a}
    True
    """
    outputs = (value.parents[0] for value in order if value.op is not None and value.op.is_loss)
    return {g for g in outputs if g.label == "a" and g.op is not None and g.parents[0].op is ops.weighted_sum}


def names_of(root: Value) -> dict[Value, str]:
    """What the explorer's page calls each Value; a bare number has no name."""
    names = Names(root)
    return {
        value: names[value].text if value.label or value.varies or value.op is not None else ""
        for value in topological_order(root)
    }


def titled(name: str, value: Value) -> str:
    """A name as it stands alone: without the parentheses that a label like "x + 1" needs in a formula.

    >>> titled("(x + 1)", Value(2.0, label="x + 1"))
    'x + 1'
    """
    if not LOOSE.search(written(short(value.label))):
        return name
    end = name.rindex(")")
    return name[1:end] + name[end + 1 :]
