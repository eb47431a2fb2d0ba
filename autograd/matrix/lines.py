"""The lines of a matrix program: which terms become the rows of one matrix, and how each matrix is computed.

Level by level, Σ that share their inputs become one product Z = W @ A + b, and equal operations on rows of the same
blocks become one line; any other term is a block of one row. A line also says what it adds to its operands' gradients.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import chain, groupby
from pkgutil import resolve_name
from typing import Any

from autograd import ops
from autograd.formulas.code import NumPy
from autograd.matrix import columns
from autograd.matrix.elementwise import OVER_N, Block, Line, Share, elementwise
from autograd.matrix.terms import Term, split


class Matcher:
    """The `lines` for some terms, in an order in which they can be run; `fixed` are W1, b1, …, which they read."""

    def __init__(self, terms: Sequence[Term], roots: Sequence[Term], data: Sequence[Line]) -> None:
        self.roots = [*roots]
        self.lines = [*data]  # first those for the blocks of the data
        self.owner: dict[Term, Block] = {}  # the block with the term as a row; a parameter may be in several blocks
        self.blocks: dict[Any, Block] = {}  # every block, by its terms and its width
        self.names = Counter(line.target.name for line in data)
        for line in data:
            self._put(line.target)
        self.forms = {term: form for term in terms if (form := form_of(term))}
        self.code = NumPy(taken=vars(columns))
        self.code.prelude |= {f.__name__: f for form in self.forms.values() for f in form.functions}
        in_order = sorted(terms, key=lambda term: (term.level, term.head is not ops.weighted_sum))  # Σ first
        for _, level in groupby(in_order, key=lambda term: term.level):
            groups: dict[Any, list[Term]] = {}
            for term in level:
                groups.setdefault(self._kind(term), []).append(term)
            for group in groups.values():
                if group[0].head is ops.weighted_sum:
                    self._product(group)
                elif form := self.forms.get(group[0]):
                    self._of_layer(group, form)
                else:
                    self._elementwise(group)
        is_of_data = any(term.of_data for term in roots)
        self.output = self.rows(roots) if is_of_data else self._put_together(roots, of_data=True)
        self.fixed = [block for block in self.blocks.values() if all(term.is_fixed for term in block.terms)]

    def _kind(self, term: Term) -> tuple[Any, ...]:
        """What kind of term this is: terms of one kind can be rows of one block."""
        if term.head is ops.weighted_sum:
            _, inputs, bias = split(term.arguments)
            return term.head, inputs, bool(bias)
        if form := self.forms.get(term):
            return repr(form), term.arguments  # all outputs of a softmax, whatever their index
        return term.head, *[x if isinstance(x.value, float) else self.owner.get(x) for x in term.arguments]

    # --- places -----------------------------------------------------------------------------------------------------

    def _put(self, block: Block) -> Block:
        self.owner |= dict.fromkeys(block.terms, block)
        self.blocks[block.terms, 1] = block
        return block

    def _name(self, letter: str) -> str:
        """A name that is free: the letter with a number, but the first P and the first Y have none."""
        self.names[letter] += 1
        return letter if self.names[letter] == 1 and letter in "PY" else f"{letter}{self.names[letter]}"

    def rows(self, terms: Sequence[Term], letter: str = "p", width: int = 1) -> Block:
        """The block whose rows are these terms; if they lie in other blocks, a new one is put together from those."""
        key = tuple(terms), width
        if key not in self.blocks:
            is_fixed = all(term.is_fixed for term in terms)
            self.blocks[key] = Block(self._name(letter), terms, width) if is_fixed else self._put_together(terms)
        return self.blocks[key]

    def _put_together(self, terms: Sequence[Term], *, of_data: bool = False) -> Block:
        """C1 = np.vstack([A1, A0[0:2]]). It has a column per data point if one of its rows has, or if `of_data`."""
        target = Block(self._name("C"), terms)
        target.of_data |= of_data
        texts, shares = [], []
        for owner, run in groupby(enumerate(terms), key=lambda item: self.owner.get(item[1])):
            places, piece = zip(*run, strict=True)
            block = self.rows(piece) if owner is None else owner
            rows = "" if owner is None else _at([block.row_of[term] for term in piece], block)
            text, share = f"{block}{rows}", f"{{}}{_at(places, target)}"
            if target.of_data and not block.of_data:
                text, share = f"np.full(({len(piece)}, n), {text})", f"{share}.sum(axis=1, keepdims=True)"
            texts.append(text)
            shares.append(Share(block, share, rows=rows))
        self.lines.append(Line(target, texts[0] if len(texts) == 1 else f"np.vstack([{', '.join(texts)}])", shares))
        return target

    def _target(self, terms: Sequence[Term], first: Block | float) -> Block:
        """The block of a line: L for the loss, A1 if made of all of Z1, else V1, V2, … (S1, … of parameters alone)."""
        of_whole = isinstance(first, Block) and first.name[0] == "Z" and len(terms) == first.height
        name = "L" if self.roots == [terms[0]] else f"A{str(first)[1:]}" if of_whole else ""
        if not name or self.names[name]:  # A1 may be another function of Z1
            name = self._name("V" if any(term.of_data for term in terms) else "S")
        self.names[name] += 1
        return self._put(Block(name, terms))

    # --- lines ------------------------------------------------------------------------------------------------------

    def _product(self, layer: Sequence[Term]) -> None:
        """Forward Z1 = W1 @ A0 + b1; backward dW1 = dZ1 @ A0.T, dA0 = W1.T @ dZ1, and db1 sums each row of dZ1."""
        weights, inputs, biases = zip(*(split(term.arguments) for term in layer), strict=True)
        A = self.rows(inputs[0])
        W = self.rows([*chain.from_iterable(weights)], "W", len(inputs[0]))
        text, shares = f"{W} @ {A}", [Share(W, f"{{}} @ {A}.T")]
        if bias := [*chain.from_iterable(biases)]:
            b = self.rows(bias, "b")
            text, shares = f"{text} + {b}", [*shares, Share(b, "{}.sum(axis=1, keepdims=True)")]
        Z = self._put(Block(self._name("Z"), layer))
        self.lines.append(Line(Z, text, [*shares, Share(A, f"{W}.T @ {{}}")]))

    def _elementwise(self, group: Sequence[Term]) -> None:
        operands: list[Block | float] = []
        for inputs in zip(*(term.arguments for term in group), strict=True):
            x = inputs[0]
            rows = inputs if len({*inputs}) > 1 else [x]  # NumPy broadcasts an input that all rows share
            operands.append(x.value if isinstance(x.value, float) else self.rows(rows))
        target = self._target(group, operands[0])
        self.lines.append(elementwise(self.code, group[0].head, target, operands))

    def _of_layer(self, group: Sequence[Term], form: columns.Form) -> None:
        """An operation on a whole layer, in the matrix form that its Op names: all outputs of a softmax, or a loss."""
        op, inputs = group[0].head, group[0].arguments
        asked = {term.head.settings.get("index", 0): term for term in group}  # the outputs that f uses
        layer, others = inputs[: form.size], inputs[form.size :]
        is_same = others and not any(x.of_data for x in layer)  # for all data points, whose targets differ
        rows = self._put_together(layer, of_data=True) if is_same else self.rows(layer)
        y = self.rows(others).name if others else ""
        given = {"z": rows.name, "y": y, "K": str(form.size)}  # for the form's texts
        for letter, text in form.kept.items():
            given[letter] = self._name(letter)
            self.lines.append(Line(Block(given[letter], ()), text.format(**given)))
        if "index" in op.settings:  # every output becomes a row, also one that f does not use
            asked = {k: asked.get(k, Term(op.bind(index=k), inputs)) for k in range(form.size)}
        target = self._target([*asked.values()], rows)
        given["a"] = target.name
        gets = form.gets.format(**given, d="{}")
        share = Share(rows, gets, gets.replace("* {}", "/ n").format(OVER_N))
        self.lines.append(Line(target, form.text.format(**given), [share], form.then.format(**given, d="{d}")))


def _at(rows: Sequence[int], block: Block) -> str:
    """How the program writes some rows of a block: nothing for all of them, a slice, or a list of row numbers."""
    if [*rows] != [*range(rows[0], rows[-1] + 1)]:
        return f"[{[*rows]}]"
    return "" if len(rows) == block.height else f"[{rows[0]}:{rows[-1] + 1}]"


def form_of(term: Term) -> columns.Form | None:
    """The matrix form of an operation on a whole layer, if its Op names one and these inputs allow it."""
    if term.head.columns is None:
        return None
    form = resolve_name(term.head.columns)(len(term.arguments), **term.head.settings)
    return form if form and all(x.of_data and not x.needed for x in term.arguments[form.size :]) else None
