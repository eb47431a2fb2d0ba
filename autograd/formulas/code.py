"""Formulas for computers: expressions of symbols, written as NumPy or as JavaScript source.

An operation that has no name in the language becomes a small function of its own, made from its formula and defined
once. Only identifiers get into the source, never a label or the symbol of an operation.
"""

import builtins
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import count
from keyword import iskeyword
from typing import Any, ClassVar

from autograd import ops
from autograd.errors import NoFormula, shown
from autograd.formulas.symbols import LESS, MORE, WHERE, Expression, Symbol, as_number, merged, parts, same
from autograd.formulas.text import ATOM, JAVASCRIPT, POWER, PYTHON, Piece, Text
from autograd.op import Op

DOTTED_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
# Other letters are taken: a, z, z1, t1 … by such a function itself; n, x, y, b1, p1 and their gradients by a program
FUNCTION_NAME = re.compile(r"(?!(a|n|[tz]\d*|d?[bpxy]\d*|loss|model)$)[a-z]\w*", re.ASCII)
JAVASCRIPT_WORDS = frozenset(
    """arguments case catch const debugger default delete do document enum export extends false function implements
    instanceof interface let new null package private protected public static super switch this throw true typeof
    undefined var void window""".split()  # noqa: SIM905
)


class Source(Text):
    """Writes source text, and the definitions of the functions that the text calls.

    >>> code = NumPy()
    >>> z = Symbol("z")
    >>> print(code.write(ops.sigmoid.derivatives[0](Symbol("a"), z)), code.definitions(), sep="\\n")
    a * sigmoid(-z)
    def sigmoid(z):
        t1 = np.exp(-np.abs(z))
        t2 = 1 + t1
        return np.where(z < 0, t1 / t2, 1 / t2)
    """

    spelling, for_readers = "name", False
    constants: ClassVar[dict[str, str]]
    own_name: str  # the setting of an Op that names its function in this language
    line, last, opening, closing = "    {} = {}", "    return {}", "def {}({}):", ""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {*taken, "np", "math"}
        self._names: dict[Any, str] = {}
        self._texts: list[str] = []
        self.prelude: dict[str, Any] = {}  # called, but not defined by the language or here: name → function, or None

    def definitions(self) -> str:
        """The functions called so far, each before the first that calls it."""
        return "\n\n\n".join(self._texts)

    def function(self, op: Op, inputs: list[Piece]) -> Piece:
        """Call the language's own function, one of the prelude, or one that is defined here."""
        return f"{self.value(op, len(inputs))}({', '.join(text for text, _ in inputs)})", ATOM

    def value(self, op: Op, n_inputs: int) -> str:
        """The name of the function that computes the operation's value; it is defined first if it has to be."""
        name: str | None = getattr(op, self.own_name)
        if name is None:
            return self._defined(op, "", n_inputs)
        if not DOTTED_NAME.fullmatch(name):
            raise ValueError(f"{self.own_name}= of Op {shown(op.name)} needs a name like 'np.exp', got {shown(name)}")
        if "." not in name:
            self.prelude.setdefault(name, None)
        return name

    def slope(self, op: Op, index: int, n_inputs: int) -> str:
        """The name of the function that computes one local derivative from the answer a and the inputs."""
        return self._defined(op, f"_slope_{index + 1}" if n_inputs > 1 else "_slope", n_inputs, index)

    def _defined(self, op: Op, suffix: str, n_inputs: int, index: int | None = None) -> str:
        key = op, suffix, n_inputs
        if key not in self._names:
            letters = [Symbol("z")] if n_inputs == 1 else [Symbol(f"z{i + 1}") for i in range(n_inputs)]
            letters = letters if index is None else [Symbol("a"), *letters]
            body = self.body(formula_of(op, index, letters))  # this comes first, as it may define other functions
            self._names[key] = name = self._free(op.name.lower() + suffix, suffix)
            head = self.opening.format(name, ", ".join(letter.name for letter in letters))
            self._texts.append("\n".join(filter(None, [head, *body, self.closing])))
        return self._names[key]

    def _free(self, name: str, suffix: str) -> str:
        if not FUNCTION_NAME.fullmatch(name) or iskeyword(name) or name in JAVASCRIPT_WORDS | vars(builtins).keys():
            name = "formula" + suffix
        used = {*self._taken, *self.prelude, *self._names.values()}
        return next(free for i in count(1) if (free := name if i == 1 else f"{name}_{i}") not in used)

    def body(self, formula: Any) -> list[str]:
        """The lines that compute a formula and return it; a part that is needed twice is computed once, before."""
        formula = merged(formula)
        order = parts([formula])
        uses = Counter(id(x) for part in order for x in part.arguments)
        pieces: dict[int, Piece] = {}
        lines: list[str] = []
        for part in order:
            piece = self.compose(part, [self.piece(x, pieces) for x in part.arguments])
            if kept := self.kept(part, uses[id(part)], piece[0], f"t{len(lines) + 1}"):
                lines.append(kept[0])
                piece = kept[1], ATOM
            pieces[id(part)] = piece
        return [*lines, self.last.format(self.piece(formula, pieces)[0])]

    def kept(self, part: Expression, uses: int, text: str, name: str) -> tuple[str, str] | None:
        """The line for a part of a formula that is needed twice, and the name that stands for it afterwards."""
        is_short = isinstance(part, Symbol) or len(text) <= 4  # it may stand there twice
        return None if uses < 2 or is_short else (self.line.format(name, text), name)

    def number(self, x: float) -> str:
        """A number to the last bit, whole ones without the point."""
        text = str(int(x)) if x.is_integer() and abs(x) < 1e15 else repr(x)
        return self.constants.get(text, text)


class NumPy(Source):
    """NumPy source, to be run where `np` is NumPy."""

    language, own_name = PYTHON, "numpy"
    forms: ClassVar = {ops.power: ("{} ** {}", POWER, ATOM, ATOM)}
    constants: ClassVar = {"inf": "np.inf", "-inf": "-np.inf", "nan": "np.nan"}

    def choice(self, part: Expression, inputs: list[str]) -> str:
        """np.where(z < 0, 0.1 * z, z); np.maximum(z, 0) for a choice that is the larger of two."""
        condition, a, b = part.arguments
        words = {LESS: "np.maximum", MORE: "np.minimum"}
        if condition.head in words and same(condition.arguments, (b, a)):
            return f"{words[condition.head]}({inputs[2]}, {inputs[1]})"
        if not isinstance(a, Expression) and not isinstance(b, Expression):
            inputs = [inputs[0], *map(as_float, inputs[1:])]
        return f"np.where({', '.join(inputs)})"

    def value(self, op: Op, n_inputs: int) -> str:
        """np.maximum takes two inputs; for more of them there is a function that takes any number."""
        is_of_two = op in (ops.maximum, ops.minimum) and n_inputs == 2
        return f"np.{op.name}" if is_of_two else super().value(op, n_inputs)

    def called(self) -> list[str]:
        """The text of each function that the source calls and that NumPy lacks."""
        import inspect  # slow to import, and only needed here

        from autograd.matrix import columns

        return [inspect.getsource(f or getattr(columns, name)) for name, f in self.prelude.items()]


def as_float(text: str) -> str:
    """1.0 for 1: of whole numbers alone NumPy makes an array that holds no others."""
    return text + ".0" * text.lstrip("-").isdigit()


class JavaScript(Source):
    """JavaScript source; the page that runs it defines `total`, `erf` and `erfc`."""

    language, own_name = JAVASCRIPT, "javascript"
    # a call of Math.pow, because -x ** y is a syntax error in JavaScript
    forms: ClassVar = {WHERE: ("({} ? {} : {})", ATOM), ops.power: ("Math.pow({}, {})", ATOM)}
    constants: ClassVar = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}
    line, last, opening, closing = "  const {} = {};", "  return {};", "function {}({}) {{", "}"


def formula_of(op: Op, index: int | None, letters: Sequence[Any]) -> Any:
    """The value of an operation in symbols or, for an index, the derivative for that input; it gets these letters."""
    try:
        if index is None:
            formula = op.value(*letters)
        elif callable(op.derivatives):
            formula = list(op.derivatives(*letters))[index]
        else:
            formula = op.derivatives[index](*letters)
    except NoFormula:
        raise
    except (TypeError, AttributeError, ValueError, ArithmeticError) as error:
        what = "value" if index is None else "derivative"
        raise NoFormula(
            f"the {what} of Op {shown(op.name)} can't be written as a formula ({shown(str(error))}); "
            "use arithmetic and the functions of autograd.ops in it: exp(z), where(z < 0.0, 0.0, z), not math.exp or if"
        ) from error
    return as_number(formula)
