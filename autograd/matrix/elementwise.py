"""How one operation on each entry of a matrix is written: forward A1 = f(Z1), and backward dZ1 = dA1 * f'(Z1)."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from autograd.formulas.code import NumPy, as_float, formula_of
from autograd.formulas.symbols import Expression, Symbol, merged, parts, same
from autograd.matrix.terms import Term
from autograd.op import Op

LONG = 60  # a formula with more characters becomes a function of its own
OVER_N = "1 / n"  # ∂J/∂L: J is the average of the losses, so that of each data point counts 1 / n
ALL_OVER_N = f"np.full((1, n), {OVER_N})"  # the same, as an array


class Block(Symbol):
    """A matrix of the program, with a name like Z1: one row per term, and one column per data point if these differ."""

    def __init__(self, name: str, terms: Iterable[Term], width: int = 1) -> None:
        super().__init__(name)
        self.terms = tuple(terms)
        self.row_of = {term: row for row, term in enumerate(self.terms)}
        self.width = width  # of a matrix of weights, the number of inputs; otherwise 1
        self.height = len(self.terms) // width
        self.of_data = any(term.of_data for term in self.terms)
        self.needed = any(term.needed for term in self.terms)


class Share(NamedTuple):
    """What a line adds to the gradient of an operand, or of some of its rows; in the text, {} is the target's gradient.

    `at_root` is the text where that gradient is 1 / n, and no array. If it is "", there has to be an array.
    """

    block: Block
    text: str
    at_root: str = ""
    rows: str = ""  # like [2:5]


class Line(NamedTuple):
    """The line `target = text`, and what it adds to the gradient of each operand."""

    target: Block
    text: str
    shares: Sequence[Share] = ()
    then: str = ""  # one more line, which corrects the operand's gradient; {d} stands for that


def elementwise(code: NumPy, op: Op, target: Block, operands: Sequence[Block | float]) -> Line:
    """The line for an operation. A short formula is written as it is, a long one as a call of a function of its own."""
    shares = []
    for i, x in enumerate(operands):
        if isinstance(x, Block) and x.needed:
            letters = target, *operands
            slope = _indicator(code, merged(formula_of(op, i, letters)))
            if len(code.write(slope)) > LONG:
                slope = as_is(f"{code.slope(op, i, len(operands))}({', '.join(map(code.write, letters))})", slope)
            shares += [] if same([slope], [0.0]) else [chain_rule(code, target, x, slope)]
    formula = Expression(op, tuple(operands))
    if op.numpy is None:
        whole = merged(formula_of(op, None, operands))
        formula = whole if len(code.write(whole)) <= LONG else formula
    return Line(target, full(target, formula, code.write(formula)), shares)


def chain_rule(code: NumPy, target: Block, operand: Block, slope: Any) -> Share:
    """The gradient of the answer times the slope, summed where one entry of the operand made several of the answer."""
    is_summed = target.of_data and not operand.of_data
    axes = [axis for axis, differs in enumerate((target.height > operand.height, is_summed)) if differs]
    axis = f"axis={axes[0]}, " if len(axes) == 1 else ""
    sums = f"np.sum({{}}, {axis}keepdims=True)" if axes else "{}"
    if is_summed and not shape_of(slope)[1]:  # the sum of n times 1 / n is 1
        at_root = full(operand, slope, code.write(slope))
    else:
        at_root = sums.format(full(target, slope, code.write(slope / as_is("n"))))
    return Share(operand, sums.format(code.write(as_is("{}") * slope)), at_root)


def shape_of(formula: Any) -> tuple[int, bool]:
    """How many rows a formula has, none if it is a number, and whether it has a column for each data point."""
    blocks = [part for part in parts([formula]) if isinstance(part, Block)]
    return max([block.height for block in blocks], default=0), any(block.of_data for block in blocks)


def full(block: Block, formula: Any, text: str) -> str:
    """The text of a formula; if that has fewer rows or columns than the block, the text of an array filled with it."""
    is_full = shape_of(formula) >= (block.height, block.of_data)
    return text if is_full else f"np.full(({block.height}, {'n' if block.of_data else 1}), {as_float(text)})"


def as_is(text: str, *of: Any) -> Any:
    """A symbol for a text that stands in a formula as it is, like a call; `of` are the formulas in that text."""
    symbol = Symbol("text")
    symbol.name, symbol.arguments = text, of
    return symbol


def _indicator(code: NumPy, slope: Any) -> Any:
    """Write a slope that is 0 where x < y, and else 1, as a condition: dA * (Z >= 0)."""
    match slope:
        case Expression(head="where", arguments=(Expression(head="<", arguments=(x, y)), *ab)) if same(ab, [0.0, 1.0]):
            return as_is(f"({code.write(x >= y)})", x, y)
    return slope
