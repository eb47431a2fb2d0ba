"""Formulas for readers: expressions of symbols, written as a lecture writes them, in Unicode text or in LaTeX.

For each language it is enough to say how an operation is written and how tightly it binds; the parentheses follow.
"""

import unicodedata
from itertools import repeat
from typing import Any, ClassVar

from autograd import ops
from autograd.formulas.symbols import AT_LEAST, AT_MOST, BOTH, EQUAL, LESS, MORE, WHERE, Expression, Symbol, parts
from autograd.op import Op

# How tightly a piece of text binds, from a condition up to a name, which needs no parentheses anywhere.
CONDITION, COMPARISON, SUM, NEGATION, PRODUCT, POWER, ATOM = range(7)
Piece = tuple[str, int]  # a text and how tightly it binds
Form = tuple[Any, ...]  # a text with gaps for the inputs, how tightly it binds, and each input has to, 0 if not given
MANY = 4  # a call of more inputs shows only its first and its last; a sum may have twice as many terms
SIGNS: dict[Op | str, tuple[Any, ...]] = {  # how tightly it binds; the sign in Unicode, LaTeX, Python, JavaScript
    ops.add: (SUM, " + ", " + ", " + ", " + "),
    ops.sub: (SUM, " − ", " - ", " - ", " - "),
    ops.mul: (PRODUCT, "·", r" \cdot ", " * ", " * "),
    ops.truediv: (PRODUCT, "/", "/", " / ", " / "),
    ops.neg: (NEGATION, "−", "-", "-", "-"),
    LESS: (COMPARISON, " < ", " < ", " < ", " < "),
    AT_MOST: (COMPARISON, " ≤ ", r" \le ", " <= ", " <= "),
    MORE: (COMPARISON, " > ", " > ", " > ", " > "),
    AT_LEAST: (COMPARISON, " ≥ ", r" \ge ", " >= ", " >= "),
    EQUAL: (COMPARISON, " = ", " = ", " == ", " === "),
    BOTH: (SUM, " and ", r" \text{ and } ", " & ", " && "),  # binds more tightly than a comparison, as Python's & does
}
UNICODE, LATEX, PYTHON, JAVASCRIPT = range(1, 5)  # the columns of this table

SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
LATEX_ESCAPES = str.maketrans(
    {char: "\\" + char for char in "{}$&#%_"}
    | {"\\": r"\backslash ", "^": r"\hat{}", "~": r"\sim ", "@": "{@}", "\n": " "}
)


class Text:
    """Writes formulas as Unicode text: σ(z)·σ(−z), x², {0 if z < 0; 1 otherwise}.

    >>> z = Symbol("z")
    >>> as_text(ops.sigmoid.derivatives[0](ops.sigmoid(z), z))
    'σ(z)·σ(−z)'

    A subclass for another language says only what it writes otherwise.
    """

    language = UNICODE  # its column of SIGNS
    forms: ClassVar[dict[Any, Form]] = {ops.absolute: ("|{}|", ATOM)}  # what is written otherwise
    spelling = "text"  # which attribute of a letter, or of a number with a name, is written
    brackets = "(", ")"
    cases = "{", " if ", "; ", " otherwise}"
    dots = "…"
    for_readers = True  # a + (b + c) is a + b + c for a reader, but a computer rounds the two differently

    def write(self, formula: Any, level: int = CONDITION) -> str:
        """The text of a formula, in parentheses if it binds less than `level`."""
        pieces: dict[int, Piece] = {}
        for part in parts([formula]):
            pieces[id(part)] = self.compose(part, [self.piece(x, pieces) for x in part.arguments])
        return self.bracketed(self.piece(formula, pieces), level)

    def piece(self, x: Any, pieces: dict[int, Piece]) -> Piece:
        """The text of an expression that has been written already, or of a number."""
        if isinstance(x, Expression):
            return pieces[id(x)]
        text = getattr(x, self.spelling, None) or self.number(float(x))
        return text, NEGATION if text[0] in "-−" else PRODUCT if " " in text or "/" in text else ATOM

    def compose(self, part: Expression, inputs: list[Piece]) -> Piece:
        """Write an expression, given the texts of its arguments."""
        head = part.head
        if isinstance(part, Symbol):
            letter = getattr(part, self.spelling)
            is_raised = any(char == "^" or "<super>" in unicodedata.decomposition(char) for char in letter)
            return letter, POWER if is_raised else ATOM  # a power of a¹ needs parentheses, since (a¹)² is not a¹²
        if head in self.forms:
            form, level, *levels = self.forms[head]
            return form.format(*map(self.bracketed, inputs, levels or repeat(CONDITION))), level
        if head == WHERE:
            return self.choice(part, [text for text, _ in inputs]), ATOM
        if head is ops.neg:
            return SIGNS[head][self.language] + self.bracketed(inputs[0], NEGATION + 1), NEGATION
        if head is ops.power:
            return self.power(inputs[0], inputs[1], part.arguments[1])
        if head in SIGNS:
            return self.infix(head, *inputs)
        assert isinstance(head, Op)
        return self.function(head, inputs)

    def infix(self, head: Op | str, left: Piece, right: Piece) -> Piece:
        """The left input, the sign, and the right input."""
        level, sign = SIGNS[head][0], SIGNS[head][self.language]
        chained = self.for_readers and head in (ops.add, ops.mul) and right[0][0] not in "-−"
        first = self.bracketed(left, NEGATION if level == PRODUCT else level)  # (−a)·b is −(a·b)
        return first + sign + self.bracketed(right, level if chained else level + 1), level

    def bracketed(self, piece: Piece, level: int) -> str:
        """The text, in parentheses if it binds less tightly than `level`."""
        text, own = piece
        return text if own >= level else self.brackets[0] + text + self.brackets[1]

    def number(self, x: float) -> str:
        """A number to six digits, with a true minus, and no plus in 1e20."""
        return f"{x:.6g}".replace("e+", "e").replace("-", "−")

    def power(self, base: Piece, exponent: Piece, number: Any) -> Piece:
        """x², or x^(y + 1)."""
        below = self.bracketed(base, ATOM)
        if isinstance(number, float) and number.is_integer() and abs(number) < 100:
            return below + str(int(number)).translate(SUPERSCRIPTS), POWER
        return f"{below}^{self.bracketed(exponent, ATOM)}", POWER

    def choice(self, part: Expression, inputs: list[str]) -> str:
        """The cases between braces; if the last case is a choice itself, its cases follow in the same braces."""
        start, condition, between, end = self.cases
        last = inputs[2]
        rest = last[len(start) :] if last.startswith(start) and last.endswith(end) else last + end
        return start + inputs[1] + condition + inputs[0] + between + rest

    def function(self, op: Op, inputs: list[Piece]) -> Piece:
        """The symbol of the operation, and its inputs in parentheses; the terms of a sum have + between them."""
        if op is ops.weighted_sum:
            d = len(inputs) // 2
            products = [self.infix(ops.mul, w, x) for w, x in zip(inputs[:d], inputs[d : 2 * d], strict=True)]
            return self.function(ops.total, [*products, *inputs[2 * d :]])
        if op is ops.total:
            terms = inputs if len(inputs) <= 2 * MANY else [*inputs[:2], (self.dots, ATOM), inputs[-1]]
            return SIGNS[ops.add][self.language].join(self.bracketed(term, PRODUCT) for term in terms), SUM
        texts = [text for text, _ in inputs]
        return self.call(op, texts if len(texts) <= MANY else [texts[0], self.dots, texts[-1]]), ATOM

    def call(self, op: Op, inputs: list[str]) -> str:
        """σ(z), softmax₂(z₁, z₂)."""
        index = str(op.settings["index"] + 1).translate(SUBSCRIPTS) if "index" in op.settings else ""
        return f"{op.symbol}{index}({', '.join(inputs)})"


class Latex(Text):
    r"""LaTeX, without dollar signs: \sigma(z) \cdot \sigma(-z), \frac{a}{y}, cases.

    >>> print(as_latex(ops.sqrt(Symbol("x") / 2)))
    \sqrt{\frac{x}{2}}
    """

    language, spelling = LATEX, "latex"
    forms: ClassVar = {
        ops.truediv: (r"\frac{{{}}}{{{}}}", POWER),
        ops.power: ("{}^{{{}}}", POWER, ATOM, CONDITION),
        ops.sqrt: (r"\sqrt{{{}}}", ATOM),
        ops.absolute: (r"\left|{}\right|", ATOM),
    }
    brackets = r"\left(", r"\right)"
    cases = r"\begin{cases} ", r" & \text{if } ", r" \\ ", r" & \text{otherwise} \end{cases}"
    dots = r"\ldots"

    def number(self, x: float) -> str:
        """A number to six digits, large and small ones with a power of ten."""
        digits, _, exponent = f"{x:.6g}".partition("e")
        return rf"{digits} \cdot 10^{{{int(exponent)}}}" if exponent else digits.replace("inf", r"\infty")

    def call(self, op: Op, inputs: list[str]) -> str:
        r"""\sigma(z), \operatorname{softmax}_{2}(z_1, z_2)."""
        name = op.latex or rf"\operatorname{{{op.symbol.translate(LATEX_ESCAPES)}}}".replace(" ", r"\,")
        index = f"_{{{op.settings['index'] + 1}}}" if "index" in op.settings else ""
        tall = any(mark in text for text in inputs for mark in (r"\frac", r"\begin", r"\left"))
        opening, closing = self.brackets if tall else "()"
        return f"{name}{index}{opening}{', '.join(inputs)}{closing}"


as_text, as_latex = Text().write, Latex().write
