"""The page's program: the operation table's formulas, printed as JavaScript, for the operations of one graph.

What is an error in Python is one in the page too: division, powers and so on are functions of arithmetic.js that check.
"""

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from autograd import Op, ops
from autograd.errors import shown
from autograd.formulas.code import JavaScript, formula_of
from autograd.formulas.symbols import Expression, Symbol
from autograd.formulas.text import ATOM, Piece, Text
from viz.derivation.formulas import derivative_formula, value_formula
from viz.style.labels import clean

SAME = (ops.exp, ops.log, ops.log1p, ops.sqrt, ops.sin, ops.cos, ops.erf, ops.erfc, ops.total)
PRELUDE = {op: op.name for op in SAME} | {ops.power: "pow", ops.truediv: "divide"}  # the names in arithmetic.js
INTERNAL = ("bell", "fsum", "refuse", "softmax", "within")  # other names there that no operation may take
ROW = "row"  # the head of an expression that is several formulas side by side
ALL: Any = slice(None)  # the index of all derivatives, as a row
OVER_ALL = (ops.total, ops.maximum)  # operations that make one number of all inputs
SLOT = re.compile("\x00(-?[0-9]+)\x00")  # where a formula's input is filled in; no text that is shown holds a \x00
ANSWER = -1  # in a slot in place of an input's number
LONGEST = 80  # characters of a local derivative, beyond which its number says more


class Program(JavaScript):
    """Functions for the values and the local derivatives of operations.

    >>> program = Program()
    >>> program.entry(ops.sigmoid, 1)
    '{value: sigmoid, slopes: [sigmoid_slope]}'
    >>> print(program.definitions().split("}")[0])
    function sigmoid(z) {
      const t1 = exp(-Math.abs(z));
      const t2 = 1 + t1;
      return (z < 0 ? divide(t1, t2) : divide(1, t2));
    <BLANKLINE>

    A user's operation may name a function of `Math`, as in `javascript="Math.cosh"`; another name is a ValueError.
    """

    forms: ClassVar = JavaScript.forms | {ops.truediv: ("divide({}, {})", ATOM), ops.power: ("pow({}, {})", ATOM)}

    def __init__(self) -> None:
        super().__init__(taken=[*PRELUDE.values(), *INTERNAL])

    def value(self, op: Op, n_inputs: int) -> str:
        """The name of the function that is the operation's value."""
        if op in PRELUDE:
            return PRELUDE[op]
        if op.javascript is not None and not re.fullmatch(r"Math\.[a-z]\w*", op.javascript, re.ASCII):
            raise ValueError(
                f"javascript= of Op {shown(op.name)} needs a function of Math, like 'Math.cosh', got "
                f"{shown(op.javascript)}; without it the value's formula is printed"
            )
        return super().value(op, n_inputs)

    def compose(self, part: Expression, inputs: list[Piece]) -> Piece:
        """An expression from the texts of its arguments; a row of formulas is an array."""
        if part.head == ROW:
            return f"[{', '.join(text for text, _ in inputs)}]", ATOM
        return super().compose(part, inputs)

    def entry(self, op: Op, n_inputs: int) -> str:
        """The operation for so many inputs, as an object of functions: its value, its derivatives or a row of them."""
        value = self.value(op, n_inputs)
        if callable(op.derivatives):
            return f"{{value: {value}, row: {self._defined(op, '_slopes', n_inputs, ALL)}}}"
        slopes = [self.slope(op, index, n_inputs) for index in range(n_inputs)]
        return f"{{value: {value}, slopes: [{', '.join(slopes)}]}}"

    def table(self, entries: Sequence[str]) -> str:
        """All the functions, hidden inside one that returns the table of the entries."""
        listed = "".join(f"  {entry},\n" for entry in entries)
        return f"const TABLE = (() => {{\n{self.definitions()}\n\nreturn [\n{listed}];\n}})();"

    def body(self, formula: Any) -> list[str]:
        """Lines that compute a formula, or several side by side, and return it."""
        return super().body(Expression(ROW, tuple(formula)) if isinstance(formula, list) else formula)


class OverAll(Program):
    """Prints a formula in which all inputs count alike, like the softmax's, as a function of the array z of inputs.

    The formula gets two inputs, both named z[k], which stand for all: their sum or maximum is printed as the array's.

    >>> print(OverAll().definition(ops.softmax))
    function softmax(z) {
      const t1 = Math.max(...z.map((_, k) => z[k]));
      const t2 = z.map((_, k) => z[k] < t1 - 800);
      const t3 = z.map((_, k) => exp((t2[k] ? -800 : (t2[k] ? t1 : z[k]) - t1)));
      const t4 = total(...z.map((_, k) => t3[k]));
      return z.map((_, k) => divide(t3[k], t4));
    }
    """

    last = "  return z.map((_, k) => {});"

    def definition(self, op: Op) -> str:
        """The function, whose answer is an array with a number for each input."""
        self.each: set[int] = set()  # the parts that differ from input to input
        z = Symbol("z[k]")
        return "\n".join([f"function {op.name}(z) {{", *self.body(formula_of(op, None, (z, z))), "}"])

    def compose(self, part: Expression, inputs: list[Piece]) -> Piece:
        """A sum or a maximum goes over all inputs."""
        if part.head in OVER_ALL:
            inputs = [(f"...z.map((_, k) => {inputs[0][0]})", ATOM)]
        elif isinstance(part, Symbol) or any(id(x) in self.each for x in part.arguments):
            self.each.add(id(part))
        return super().compose(part, inputs)

    def kept(self, part: Expression, uses: int, text: str, name: str) -> tuple[str, str] | None:
        """What is the same for all inputs is worked out once; a part that differs from input to input is an array."""
        if id(part) not in self.each:
            return super().kept(part, uses + (part.head in OVER_ALL), text, name)
        kept = super().kept(part, uses, f"z.map((_, k) => {text})", name)
        return kept and (kept[0], f"{name}[k]")


class Template(Text):
    """Formulas for readers, with slots for their letters; no slot can come from the symbol of a user's operation."""

    def call(self, op: Op, inputs: list[str]) -> str:
        """A call like σ(z), whose symbol is rid of what can't be shown."""
        text = super().call(op, inputs)
        return clean(op.symbol) + text.removeprefix(op.symbol) if text.startswith(op.symbol) else text


def templates(op: Op, parents: Sequence[float | None]) -> tuple[list[str | int], list[list[str | int]]]:
    """The formulas of a value and of its local derivatives for readers, as texts and the inputs between them.

    A parent is None, or a number that is written as it stands. In place of an input -1 stands for the answer.

    >>> templates(ops.sigmoid, [None])
    (['σ(', 0, ')'], [['σ(', 0, ')·(1 − σ(', 0, '))']])
    """
    letters = [_slot(index) if x is None else x for index, x in enumerate(parents)]
    return _split(value_formula(op, letters)), [_slope(op, index, letters) for index in range(len(letters))]


def _slope(op: Op, index: int, letters: Sequence[Any]) -> list[str | int]:
    """The formula of a local derivative; if none can be written, or a long one, the page shows the number alone."""
    try:
        slope = _split(derivative_formula(op, index, letters, _slot(ANSWER)))
    except TypeError:
        return []
    return slope if sum(len(piece) if isinstance(piece, str) else 1 for piece in slope) <= LONGEST else []


def _slot(index: int) -> Symbol:
    return Symbol("z", text=f"\x00{index}\x00")


def _split(formula: Any) -> list[str | int]:
    pieces = SLOT.split(Template().write(formula))
    return [int(piece) if i % 2 else clean(piece) for i, piece in enumerate(pieces) if piece]
