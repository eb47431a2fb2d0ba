"""One operation on each entry of a matrix, as a line: A1 = f(Z1), and dZ1 = dA1 * f'(Z1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from autograd import ops
from autograd.formulas.code import NumPy, formula_of
from autograd.formulas.symbols import AT_LEAST, AT_MOST, LESS, MORE, WHERE, Expression, Symbol, merged, parts
from autograd.matrix.trace import Term
from autograd.op import Op

NEGATED = {LESS: AT_LEAST, AT_LEAST: LESS, MORE: AT_MOST, AT_MOST: MORE}
LONG = 60  # a formula with more characters is a function of its own
N = Symbol("n")
OVER_N = Expression(ops.truediv, (1.0, N))  # ∂J/∂L: what the loss of each point counts in their average


class Block:
    """Terms side by side, under a name like Z1: one row per term, and one column per data point if they differ."""

    def __init__(self, name: str, terms: Sequence[Term], shape: tuple[int, int] | None = None) -> None:
        self.name = name
        self.terms = tuple(terms)
        self.shape = shape  # of parameters and constants, an array that the program is given
        self.height = shape[0] if shape else len(self.terms)
        self.of_data = any(term.of_data for term in terms)
        self.needed = any(term.needed for term in terms)

    def __repr__(self) -> str:
        return self.name

    @property
    def size(self) -> str:
        """Its shape, as the program writes it."""
        return f"({self.height}, {'n' if self.of_data else 1})"


Operand = Block | float


class Share(NamedTuple):
    """What the gradient of an operand, or of some rows of it, gets from that of a line's target."""

    block: Block
    text: Callable[[Expression], str | Expression]
    rows: str = ""  # like [2:5]


class Line(NamedTuple):
    """target = text, and what each operand's gradient gets; `takes_over_n` if that may be 1 / n, not an array of it."""

    target: Block
    text: str
    shares: Sequence[Share] = ()
    takes_over_n: bool = False
    then: str = ""  # a line that puts the gradient right, with its name as {d}


def elementwise(code: NumPy, op: Op, target: Block, operands: Sequence[Operand]) -> Line:
    """The line for an operation: a short formula as it is, and a long one as a call of a function defined above."""
    letters = [x if isinstance(x, float) else Symbol(x.name) for x in operands]
    rule = ChainRule(code, op, target, operands)
    shares = []
    for i, x in enumerate(operands):
        if isinstance(x, Block) and x.needed:
            slope = _indicator(merged(formula_of(op, i, [Symbol(target.name), *letters])))
            call = ""
            if len(code.write(slope)) > LONG:
                call = f"{code.slope(op, i, len(letters))}({', '.join([target.name, *map(code.write, letters)])})"
            shares += [Share(x, rule.share(slope, x, call))] if slope != 0.0 else []
    formula = Expression(op, tuple(letters))
    if not code.has_word(op):
        whole = merged(formula_of(op, None, letters))
        formula = whole if len(code.write(whole)) <= LONG else formula
    return Line(target, rule.full(formula, code.write(formula)), shares, takes_over_n=True)


class ChainRule:
    """What an operand gets: the gradient of the answer times a slope, summed where it stands for several entries."""

    def __init__(self, code: NumPy, op: Op, target: Block, operands: Sequence[Operand]) -> None:
        self.code, self.op, self.target = code, op, target
        self.blocks = {x.name: x for x in (*operands, target) if isinstance(x, Block)}

    def share(self, slope: Any, operand: Block, call: str) -> Callable[[Expression], str | Expression]:
        """The text for the gradient d of the answer; a slope that is too long is a call."""
        is_summed = self.target.of_data and not operand.of_data
        axes = [axis for axis, differs in enumerate((self.target.height > operand.height, is_summed)) if differs]
        axis = f"axis={axes[0]}, " if len(axes) == 1 else ""
        sums = f"np.sum({{}}, {axis}keepdims=True)" if axes else "{}"
        factor = atom(call) if call else slope

        def text(d: Expression) -> str | Expression:
            if d is not OVER_N:
                if may_be_infinite(self.op, slope):
                    self.code.prelude["passed"] = None
                    return sums.format(f"passed({d}, {self.code.write(factor)})")
                return sums.format(self.code.write(d * factor))
            if slope == 1.0 and not axes:
                return OVER_N
            if is_summed and not self._shape(slope)[1]:  # n times 1 / n
                return np_full(operand.size, self.code.write(factor))
            return sums.format(self.full(slope, self.code.write(Expression(ops.truediv, (factor, N)))))

        return text

    def full(self, formula: Any, text: str) -> str:
        """The text, or an array of it if the formula has fewer rows or columns than the target."""
        is_full = self._shape(formula) == (self.target.height, self.target.of_data)
        return text if is_full else np_full(self.target.size, text)

    def _shape(self, formula: Any) -> tuple[int, bool]:
        held = [self.blocks[part.name] for part in parts([formula]) if isinstance(part, Symbol)]
        return max([block.height for block in held], default=1), any(block.of_data for block in held)


def np_full(size: str, text: str) -> str:
    """An array of one number, a float."""
    return f"np.full({size}, {text}{'.0' * text.isdigit()})"


def atom(text: str) -> Symbol:
    """A text that may stand in a formula as it is: a call, or something in parentheses."""
    symbol = Symbol("text")
    symbol.name = text
    return symbol


def _indicator(slope: Any) -> Any:
    """A slope that is 1 where a condition holds and else 0 is the condition: dA * (Z >= 0)."""
    if isinstance(slope, Expression) and slope.head == WHERE:
        condition, a, b = slope.arguments
        if (a, b) == (1.0, 0.0):
            return condition
        if (a, b) == (0.0, 1.0) and condition.head in NEGATED:
            return Expression(NEGATED[condition.head], condition.arguments)
    return slope


def may_be_infinite(op: Op, slope: Any) -> bool:
    """Whether a derivative may be infinite at finite inputs: then 0 times it must be 0."""
    return (bool(op.edge) or not _is_known(op)) and any(map(_has_a_pole, parts([slope])))


def _has_a_pole(part: Expression) -> bool:
    if part.head is ops.truediv:
        return isinstance(part.arguments[1], Expression)
    if part.head is ops.power:
        return not (isinstance(part.arguments[1], float) and part.arguments[1] >= 0.0)
    return isinstance(part.head, Op) and (bool(part.head.edge) or not _is_known(part.head))


def _is_known(op: Op) -> bool:
    return ops.TABLE.get(op.name) is op
