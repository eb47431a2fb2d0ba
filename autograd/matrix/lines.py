"""The lines of a matrix program: which terms are rows of one matrix, and what is computed of which.

Level by level: Σ terms that share their inputs are one product Z = W @ A + b, equal operations on rows of the same
blocks are one line, and everything else is a block of one row. A line says, too, what each operand's gradient gets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pkgutil import resolve_name
from typing import Any, NamedTuple

from autograd import ops
from autograd.formulas.code import NumPy, formula_of
from autograd.formulas.symbols import AT_LEAST, AT_MOST, LESS, MORE, WHERE, Expression, Symbol, merged, parts
from autograd.matrix import columns
from autograd.matrix.trace import Term
from autograd.op import Op

NEGATED = {LESS: AT_LEAST, AT_LEAST: LESS, MORE: AT_MOST, AT_MOST: MORE}
LONG = 60  # a formula with more characters is a function of its own
N = Symbol("n")
OVER_N = Expression(ops.truediv, (1.0, N))  # ∂J/∂L: what the loss of each data point counts in their average


class Block:
    """Terms side by side, under a name like Z1: one row per term, and one column per data point if they differ."""

    def __init__(self, name: str, terms: Sequence[Term], shape: tuple[int, int] | None = None) -> None:
        self.name = name
        self.terms = tuple(terms)
        self.shape = shape  # of parameters and constants, an array that the program is given
        self.height = shape[0] if shape else len(self.terms)
        self.of_data = any(term.of_data for term in terms)
        self.needed = any(term.needed for term in terms)


class Rows:
    """Rows of a block, in an order that may leave out and repeat: Z1, Z1[2:5], or Z1[ROWS1]."""

    def __init__(self, block: Block, rows: Sequence[int], index: Callable[[Any], str]) -> None:
        self.block = block
        self.rows = tuple(rows)
        first, last = self.rows[0], self.rows[-1]
        self.is_whole = block.shape is not None or self.rows == tuple(range(block.height))
        self.is_run = self.rows == tuple(range(first, last + 1))
        self.repeats = len(set(self.rows)) < len(self.rows)
        self.height = block.height if self.is_whole else len(self.rows)
        self.at = "" if self.is_whole else f"[{first}:{last + 1}]" if self.is_run else f"[{index(self.rows)}]"

    def __repr__(self) -> str:
        return self.block.name + self.at


Operand = Rows | float
Gets = Callable[[Expression], str]  # what an operand's gradient gets, given the gradient of the line's target


class Line(NamedTuple):
    """target = text, and what each operand's gradient gets; `takes_over_n` if that may be 1 / n, not an array of it."""

    target: Block
    text: str
    gets: Sequence[tuple[Rows, Gets]] = ()
    takes_over_n: bool = False
    then: str = ""  # a line that puts the gradient right, with its name as {d}


class Matcher:
    """The lines for some terms, in an order in which they can be computed; the blocks they are given are `fixed`."""

    def __init__(self, terms: Sequence[Term], roots: Sequence[Term], data: Sequence[Block]) -> None:
        self.roots = roots
        self.lines: list[Line] = []
        self.place: dict[Term, tuple[Block, int]] = {}
        self.fixed: dict[Any, Block] = {}
        self.indices: dict[Any, str] = {}
        self.numbers: dict[str, int] = {}
        self.names = {block.name for block in data}
        self.stacks: dict[Any, Block] = {}
        self.kept: dict[str, str] = {}  # by their text, the names of what a form computes first
        for block in data:
            self._put(block)
        self.forms = {term: form for term in terms if (form := form_of(term))}
        called = {function.__name__ for form in self.forms.values() for function in form.functions}
        self.code = NumPy(taken={*called, *vars(columns)})
        levels: dict[int, list[Term]] = {}
        for term in terms:
            levels.setdefault(term.level, []).append(term)
        for _, level in sorted(levels.items()):
            self._products([term for term in level if term.op is ops.weighted_sum])
            self._others([term for term in level if term.op is not ops.weighted_sum])
        self.outputs = [self.rows([root]) for root in roots]

    # --- places -----------------------------------------------------------------------------------------------------

    def _put(self, block: Block) -> Block:
        for row, term in enumerate(block.terms):
            self.place[term] = block, row
        return block

    def _name(self, letter: str) -> str:
        number = self.numbers[letter] = self.numbers.get(letter, 0) + 1
        name = letter if number == 1 and letter in "LPY" else f"{letter}{number}"
        if name in self.names:  # A2 was made of Z2 before there was an A1
            return self._name(letter)
        self.names.add(name)
        return name

    def _fixed(self, letter: str, terms: Sequence[Term], shape: tuple[int, int]) -> Block:
        """The block of some parameters and constants; the same block for the same ones."""
        key = shape, _identity(terms)
        if key not in self.fixed:
            self.fixed[key] = Block(self._name(letter), terms, shape)
        return self.fixed[key]

    def _index(self, rows: Any) -> str:
        return self.indices.setdefault(rows, f"ROWS{len(self.indices) + 1}")

    def _all_of(self, block: Block) -> Rows:
        return Rows(block, range(block.height), self._index)

    def rows(self, terms: Sequence[Term]) -> Rows:
        """Terms as rows of one block; from several blocks they are stacked first."""
        if all(term.is_fixed for term in terms):
            return self._all_of(self._fixed("p", terms, (len(terms), 1)))
        blocks = {None if term.is_fixed else self.place[term][0] for term in terms}
        if len(blocks) > 1:
            return self._all_of(self._stacked(terms))
        return Rows(self.place[terms[0]][0], [self.place[term][1] for term in terms], self._index)

    def lone(self, term: Term) -> Operand:
        """One term as an operand."""
        return term.value if isinstance(term.value, float) else self.rows([term])

    def _stacked(self, terms: Sequence[Term]) -> Block:
        """C1 = np.vstack([A1, A0[0:2]])."""
        if (key := tuple(terms)) in self.stacks:
            return self.stacks[key]
        runs: list[list[Term]] = []
        for term in terms:
            if runs and self._owner(runs[-1][-1]) is self._owner(term):
                runs[-1].append(term)
            else:
                runs.append([term])
        pieces, texts, gets, start = [self.rows(run) for run in runs], [], [], 0
        target = self.stacks[key] = Block(self._name("C"), terms)
        for piece in pieces:
            spread = target.of_data and not piece.block.of_data
            texts.append(f"np.full(({piece.height}, n), {piece})" if spread else repr(piece))
            part = f"[{start}:{start + piece.height}]" + (".sum(axis=1, keepdims=True)" if spread else "")
            gets.append((piece, f"{{}}{part}".format))
            start += piece.height
        self.lines.append(Line(target, f"np.vstack([{', '.join(texts)}])", gets))
        return target

    def _owner(self, term: Term) -> Block | None:
        return None if term.is_fixed else self.place[term][0]

    # --- Σ ----------------------------------------------------------------------------------------------------------

    def _products(self, sigmas: Iterable[Term]) -> None:
        """Z1 = W1 @ A0 + b1; backward dW1 = dZ1 @ A0.T, db1 the sum of each row of dZ1, and dA0 = W1.T @ dZ1."""
        layers: dict[Any, list[Term]] = {}
        for term in sigmas:
            _, inputs, bias = term.sigma
            layers.setdefault((inputs, bool(bias)), []).append(term)
        for (inputs, has_bias), layer in layers.items():
            m, d = len(layer), len(inputs)
            A = self.rows(inputs)
            W = self._all_of(self._fixed("W", [w for term in layer for w in term.sigma[0]], (m, d)))
            gets: list[tuple[Rows, Gets]] = [(W, f"{{}} @ {A}.T".format), (A, f"{W}.T @ {{}}".format)]
            text = f"{W} @ {A}"
            if has_bias:
                b = self._all_of(self._fixed("b", [term.sigma[2][0] for term in layer], (m, 1)))
                gets.insert(1, (b, "{}.sum(axis=1, keepdims=True)".format))
                text += f" + {b}"
            target = self._put(Block(self._name("Z"), layer))
            self.lines.append(Line(target, text, gets))

    # --- all other operations ---------------------------------------------------------------------------------------

    def _others(self, terms: Iterable[Term]) -> None:
        groups: dict[Any, list[Term]] = {}
        for term in terms:
            groups.setdefault(self._kind(term), []).append(term)
        for group in groups.values():
            form = self.forms.get(group[0])
            if not form:
                self._elementwise(group)
            elif not self._of_layer(group, form):
                for term in group:
                    self._elementwise([term])

    def _kind(self, term: Term) -> tuple[Any, ...]:
        """Terms of one kind can be rows of one block."""
        assert term.op is not None
        if term in self.forms:
            return term.op.columns, term.inputs, term.op.settings.get("target")
        return term.op, *map(self._kind_of_input, term.inputs)

    def _kind_of_input(self, term: Term) -> Any:
        if term.is_fixed:
            return repr(term.value) if isinstance(term.value, float) else "parameter"
        return self.place[term][0]

    def _target(self, terms: Sequence[Term], first: Operand | None = None) -> Block:
        """A1 for what is made of all of Z1, L for the loss, else V1, V2, … and S1, … of parameters alone."""
        if self.roots == [*terms]:
            self.names.add(name := "L")
        elif isinstance(first, Rows) and first.is_whole and first.block.name[0] == "Z" and len(terms) == first.height:
            name = "A" + first.block.name[1:]
            name = name if name not in self.names else self._name("V")
            self.names.add(name)
        else:
            name = self._name("V" if any(term.of_data for term in terms) else "S")
        return self._put(Block(name, terms))

    def _of_layer(self, group: list[Term], form: columns.Form) -> bool:
        """The operation on a whole layer, in the matrix form that its Op brings; whether there is one for these."""
        assert group[0].op is not None
        layer, extra = group[0].inputs[: form.size], group[0].inputs[form.size :]
        indices: list[Any] = [term.op.settings.get("index") for term in group if term.op]
        is_one_number = None in indices
        is_whole = is_one_number or sorted(indices) == list(range(form.size))
        if not is_whole or any(term.needed or not term.of_data for term in extra):
            return False
        self.code.prelude |= {function.__name__: function for function in form.functions}
        rows = self.rows(layer)
        if extra and not rows.block.of_data:  # the same for all data points, but not what it is compared with
            target = Block(self._name("C"), layer)
            target.of_data = True
            gets = [(rows, "{}.sum(axis=1, keepdims=True)".format)]
            self.lines.append(Line(target, f"np.full(({form.size}, n), {rows})", gets))
            rows = self._all_of(target)
        given = {"z": repr(rows), "K": str(form.size), "y": repr(self.rows(extra)) if extra else ""}
        given["shape"] = _shape(form.size, rows.block.of_data)
        for letter, text in form.kept.items():
            if (filled := text.format(**given)) not in self.kept:
                self.kept[filled] = self._name(letter)
                self.lines.append(Line(Block(self.kept[filled], ()), filled))
            given[letter] = self.kept[filled]
        if is_one_number:
            for term in group:
                self._form_line(form, self._target([term]), rows, given)
        else:
            order = sorted(group, key=lambda term: term.op.settings["index"])  # type: ignore[union-attr]
            self._form_line(form, self._target(order, rows), rows, given)
        return True

    def _form_line(self, form: columns.Form, target: Block, rows: Rows, given: dict[str, str]) -> None:
        given = {**given, "a": target.name}

        def gets(d: Expression) -> str:
            of_each = "1 / n" if d is OVER_N else repr(d)
            slope = form.slope.format(**given)
            over_n = f"{slope} / n" if d is OVER_N else f"{d} * {slope}"
            return form.gets.format(**given, d=of_each) if form.gets else over_n

        then = form.then and form.then.format(**given, d="{d}")
        self.lines.append(Line(target, form.text.format(**given), [(rows, gets)], target.height == 1, then))

    def _elementwise(self, group: list[Term]) -> None:
        """A1 = f(Z1), and dZ1 = dA1 * slope: one operation on each entry, or on the entries of several operands."""
        op = group[0].op
        assert op is not None
        operands: list[Operand] = []
        for inputs in zip(*(term.inputs for term in group), strict=True):
            same = all(x is inputs[0] for x in inputs) or isinstance(inputs[0].value, float)
            operands.append(self.lone(inputs[0]) if same else self.rows(inputs))
        target = self._target(group, operands[0])
        line = Elementwise(self.code, op, target, operands)
        gets = [(x, line.gets(i, x)) for i, x in enumerate(operands) if isinstance(x, Rows)]
        self.lines.append(Line(target, line.text(), gets, takes_over_n=True))


class Elementwise:
    """The texts of one operation on each entry: its formula, and the slope for each operand."""

    def __init__(self, code: NumPy, op: Op, target: Block, operands: Sequence[Operand]) -> None:
        self.code, self.op, self.target = code, op, target
        self.symbols = [x if isinstance(x, float) else Symbol(repr(x)) for x in operands]
        self.shapes = {repr(x): (x.height, x.block.of_data) for x in operands if isinstance(x, Rows)}
        self.shapes[target.name] = self.shape = target.height, target.of_data
        self.gathers = any(isinstance(x, Rows) and not (x.is_whole or x.is_run) for x in operands)

    def text(self) -> str:
        """A short formula as it is, and a long one as a call of a function that is defined above."""
        formula = whole = Expression(self.op, tuple(self.symbols))
        if not self.code.has_word(self.op):
            whole = merged(formula_of(self.op, None, self.symbols))
            if len(self.code.write(whole)) <= LONG and not self.gathers:
                formula = whole
        return self._full(self.code.write(formula), whole)

    def gets(self, i: int, operand: Rows) -> Gets:
        """The gradient of the answer times a local derivative, summed where an operand stands for several entries."""
        slope = _indicator(merged(formula_of(self.op, i, [Symbol(self.target.name), *self.symbols])))
        factor = self.code.write(slope)
        is_short = len(factor) <= LONG and not (self.gathers and len(factor) > LONG // 2)
        if not is_short:
            given = ", ".join([self.target.name, *map(self.code.write, self.symbols)])
            factor = f"{self.code.slope(self.op, i, len(self.symbols))}({given})"

        over_points = self.shape[1] and not operand.block.of_data
        sums = _sums(self.shape, (operand.height, operand.block.of_data))

        def text(d: Expression) -> str:
            if d is OVER_N and over_points and not self._shape_of(slope)[1]:
                return f"np.full(({operand.height}, 1), {factor}{'.0' if factor.isdigit() else ''})"  # n times 1 / n
            if d is OVER_N:
                over_n = self.code.write(Expression(ops.truediv, (slope, N))) if is_short else f"{factor} / n"
                return sums.format(self._full(over_n, slope))
            return sums.format(product(d))

        def product(d: Expression) -> str:
            if may_be_infinite(self.op, slope):
                self.code.prelude["passed"] = None
                return f"passed({d}, {factor})"
            if slope == 0.0:
                return f"np.zeros_like({d})"
            return self.code.write(d * slope) if is_short else f"{d} * {factor}"

        return text

    def _shape_of(self, formula: Any) -> tuple[int, bool]:
        held = [self.shapes[part.name] for part in parts([formula]) if isinstance(part, Symbol)]
        return max([height for height, _ in held], default=1), any(of_data for _, of_data in held)

    def _full(self, text: str, formula: Any) -> str:
        """The text, or an array of it if the formula has fewer rows or columns than the target."""
        if self._shape_of(formula) == self.shape:
            return text
        return f"np.full({_shape(*self.shape)}, {text}{'.0' if text.isdigit() else ''})"


def _shape(height: int, of_data: bool) -> str:
    return f"({height}, {'n' if of_data else 1})"


def _sums(target: tuple[int, bool], operand: tuple[int, bool]) -> str:
    """What sums up a gradient of the target's shape to the operand's: over rows, over data points, over both."""
    over_rows, over_points = target[0] > operand[0], target[1] and not operand[1]
    if over_rows and over_points:
        return "np.sum({}, keepdims=True)"
    if over_rows or over_points:
        return f"np.sum({{}}, axis={0 if over_rows else 1}, keepdims=True)"
    return "{}"


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
    if not op.edge and ops.TABLE.get(op.name) is op:
        return False
    for part in parts([slope]):
        if part.head is ops.truediv and isinstance(part.arguments[1], Expression):
            return True
        if part.head is ops.power and not (isinstance(part.arguments[1], float) and part.arguments[1] >= 0.0):
            return True
        if not isinstance(part.head, Op) or part.head is ops.power:
            continue
        if part.head.edge or ops.TABLE.get(part.head.name) is not part.head:
            return True
    return False


def form_of(term: Term) -> columns.Form | None:
    """The matrix form of an operation on a whole layer, if its Op has one."""
    if term.op is None or term.op.columns is None:
        return None
    return resolve_name(term.op.columns)(len(term.inputs), **term.op.settings) or None


def _identity(terms: Iterable[Term]) -> tuple[Any, ...]:
    return tuple(repr(term.value) if isinstance(term.value, float) else term for term in terms)
