"""The matcher: which terms of a traced graph are rows of one matrix, and which statements compute them.

Level by level: Σ nodes that share their inputs are one product W @ A + b, equal operations on rows of the same blocks
are one elementwise statement, and everything else is a column of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from autograd import ops
from autograd.matrix.blocks import Block, Fixed, Lone, Operand, Selection
from autograd.matrix.layers import Reduction, Together, form_of
from autograd.matrix.statements import Elementwise, Product, Stack, Statement, Windows
from autograd.matrix.trace import Term
from autograd.op import Op

Sigma = tuple[Term, ...]


class Matcher:
    """The statements for the terms below some roots, the blocks of data, and the fixed blocks."""

    def __init__(self, roots: Sequence[Term], data: Sequence[Block]) -> None:
        self.roots = roots
        self.statements: list[Statement] = []
        self.place: dict[Term, tuple[Block, int]] = {}
        self.fixed: dict[Any, Fixed] = {}
        self.numbers: dict[str, int] = {}
        self.names: set[str] = {block.name for block in data}
        for block in data:
            self._put(block)
        for level in _levels(roots):
            sigmas = [term for term in level if term.op is ops.weighted_sum]
            self._products(sigmas)
            self._others([term for term in level if term.op is not ops.weighted_sum])

    # --- places -----------------------------------------------------------------------------------------------------

    def _put(self, block: Block) -> Block:
        for row, term in enumerate(block.terms):
            self.place[term] = block, row
        return block

    def _place_of(self, term: Term | None) -> tuple[Block | None, int]:
        return self.place.get(term, (None, 0)) if term is not None else (None, 0)

    def _name(self, letter: str) -> str:
        number = self.numbers[letter] = self.numbers.get(letter, 0) + 1
        name = f"{letter}{number}"
        if name in self.names:  # A2 was made of Z2 before there was an A1
            return self._name(letter)
        self.names.add(name)
        return name

    def _fixed(self, letter: str, terms: Sequence[Term], shape: tuple[int, ...]) -> Fixed:
        """The fixed block of some parameters and constants; the same block for the same ones."""
        key = shape, tuple(term if not isinstance(term.value, float) else repr(term.value) for term in terms)
        if key not in self.fixed:
            self.fixed[key] = Fixed(self._name(letter), terms, shape)
        return self.fixed[key]

    def lone(self, term: Term) -> Operand:
        """One term as an operand."""
        if term.is_fixed:
            return term.value if isinstance(term.value, float) else Lone(self._fixed("p", [term], ()), 0)
        return Lone(*self.place[term])

    def rows(self, terms: Sequence[Term]) -> Selection:
        """Terms as rows of one block; from several blocks they are stacked first."""
        if all(term.is_fixed for term in terms):
            return Selection(self._fixed("P", terms, (len(terms), 1)), range(len(terms)))
        places = [None if term.is_fixed else self.place[term] for term in terms]
        blocks = {place and place[0] for place in places}
        block = places[0] and places[0][0]
        if len(blocks) == 1 and block is not None and not block.is_flat:
            return Selection(block, [place[1] for place in places if place])
        return self._stacked(terms)

    def _stacked(self, terms: Sequence[Term]) -> Selection:
        for block in {self.place[term][0] for term in terms if term in self.place}:
            if block.name.startswith("C") and block.terms == tuple(terms):
                return Selection(block, range(len(terms)))
        pieces: list[Operand] = []
        run: list[int] = []
        owner: Block | None = None
        for term in [*terms, None]:
            at, row = self._place_of(term)
            if run and (at is not owner or term is None):
                assert owner is not None
                pieces.append(Selection(owner, run))
                run = []
            owner = at
            if at is not None and at.of_data and not at.is_flat:
                run.append(row)
            elif term is not None:
                pieces.append(self.lone(term))
                owner = None
        target = Block(self._name("C"), terms)
        self.statements.append(Stack(target, pieces))
        return Selection(target, range(len(terms)))

    # --- Σ ----------------------------------------------------------------------------------------------------------

    def _products(self, sigmas: Iterable[Term]) -> None:
        layers: dict[Any, list[Term]] = {}
        for term in sigmas:
            _, inputs, bias = term.sigma
            layers.setdefault((inputs, bool(bias)), []).append(term)
        same_weights: dict[Any, list[list[Term]]] = {}
        for layer in layers.values():
            key = tuple((_identity(term.sigma[0]), _identity(term.sigma[2])) for term in layer)
            same_weights.setdefault(key, []).append(layer)
        for group in same_weights.values():
            self._product(group)

    def _product(self, group: list[list[Term]]) -> None:
        first = group[0]
        m, d = len(first), len(first[0].sigma[0])
        weights = self._fixed("W", [w for term in first for w in term.sigma[0]], (m, d))
        biases = [b for term in first for b in term.sigma[2]]
        bias = self._fixed("b", biases, (m, 1)) if biases else None
        if len(group) == 1:
            inputs = self.rows(first[0].sigma[1])
            target = self._put(Block(self._name("Z"), first))
            self.statements.append(Product(target, weights, inputs, bias))
            return
        together = list(dict.fromkeys(x for layer in group for x in layer[0].sigma[1]))
        everything = self.rows(together)
        row = dict(zip(together, everything.rows, strict=True))
        windows = [tuple(row[x] for x in layer[0].sigma[1]) for layer in group]
        target = self._put(Block(self._name("Z"), [term for layer in group for term in layer]))
        self.statements.append(Windows(target, weights, everything.block, windows, bias))

    # --- all other operations -----------------------------------------------------------------------------------------

    def _others(self, terms: Iterable[Term]) -> None:
        groups: dict[Any, list[Term]] = {}
        for term in terms:
            groups.setdefault(self._kind(term), []).append(term)
        for kind, group in groups.items():
            op = group[0].op
            assert op is not None
            if kind[0] == "together" and (split := _whole_layer(group)):
                self._together(op, *split)
            elif kind[0] == "together":
                for term in group:
                    self._alone(term)
            elif op.name in Reduction.WORDS and op in _REDUCTIONS and len(group[0].inputs) > 2:
                for term in group:
                    inputs = self.rows(term.inputs)
                    self.statements.append(Reduction(self._lone_target(term), op, inputs))
            elif len(group) == 1:
                self._alone(group[0])
            else:
                self._elementwise(op, group)

    def _alone(self, term: Term) -> None:
        assert term.op is not None
        operands = [self.lone(x) for x in term.inputs]
        self.statements.append(Elementwise(self._lone_target(term), term.op, operands))

    def _kind(self, term: Term) -> tuple[Any, ...]:
        """Terms of one kind can be rows of one statement."""
        assert term.op is not None
        if form_of(term.op) in Together.FORMS:
            return "together", form_of(term.op), term.inputs, term.op.settings.get("target")
        if term.op.n_inputs is None and len(term.inputs) > 2:
            return term.op, term
        return term.op, *map(self._kind_of_input, term.inputs)

    def _kind_of_input(self, term: Term) -> Any:
        if term.is_fixed:
            return repr(term.value) if isinstance(term.value, float) else "parameter"
        return self.place[term][0]

    def _elementwise(self, op: Op, group: list[Term]) -> None:
        operands: list[Operand] = []
        for inputs in zip(*(term.inputs for term in group), strict=True):
            if all(x is inputs[0] for x in inputs) or isinstance(inputs[0].value, float):
                operands.append(self.lone(inputs[0]))
            else:
                operands.append(self.rows(inputs))
        self.statements.append(Elementwise(self._put(Block(self._target_name(operands), group)), op, operands))

    def _target_name(self, operands: Sequence[Operand]) -> str:
        """A1 for what is made of all of Z1, else V1, V2, …"""
        first = operands[0]
        if isinstance(first, Selection) and first.is_whole and first.block.name[0] == "Z":
            name = "A" + first.block.name[1:]
            if name not in self.names:
                self.names.add(name)
                return name
        return self._name("V")

    def _together(self, op: Op, group: list[Term], inputs: Sequence[Term], extra: Sequence[Term]) -> None:
        rows = self.rows(inputs)
        given: list[Operand] = [self.lone(extra[0])] if len(extra) == 1 else [self.rows(extra)] if extra else []
        if op.name == ops.softmax.name:
            target = self._put(Block(self._target_name([rows]), group))
            self.statements.append(Together(target, op, rows, given))
        else:
            self.statements.extend(Together(self._lone_target(term), op, rows, given) for term in group)

    def _lone_target(self, term: Term) -> Block:
        if self.roots == [term]:
            self.names.add("L")
            return self._put(Block("L", [term], is_flat=True))
        return self._put(Block(self._name("v" if term.of_data else "s"), [term], is_flat=True))


_REDUCTIONS = (ops.total, ops.average, ops.maximum, ops.minimum)


def _identity(terms: Iterable[Term]) -> tuple[Any, ...]:
    return tuple(repr(term.value) if isinstance(term.value, float) else term for term in terms)


def _whole_layer(group: list[Term]) -> tuple[list[Term], Sequence[Term], Sequence[Term]] | None:
    """The terms of a layer in order, its inputs, and what else they have; None if they are not a whole layer."""
    settings = [term.op.settings for term in group if term.op]
    inputs = group[0].inputs
    if "index" in settings[0]:
        order = sorted(group, key=lambda term: term.op.settings["index"])  # type: ignore[union-attr]
        whole = [term.op.settings["index"] for term in order if term.op] == list(range(len(inputs)))
        return (order, inputs, ()) if whole and len(inputs) > 1 else None
    target = settings[0]["target"]
    half = len(inputs) // 2 if target == "one-hot" else len(inputs) - 1
    layer, given = inputs[:half], inputs[half:]
    fits = target in ("one-hot", "index") and all(term.of_data and not term.needed for term in given)
    return (group, layer, given) if fits else None


def _levels(roots: Sequence[Term]) -> list[list[Term]]:
    """The operations below the roots by level, in the order in which the roots ask for them."""
    levels: dict[int, dict[Term, None]] = {}
    seen = set(roots)
    stack: list[tuple[Term, bool]] = [(root, False) for root in reversed(roots)]
    while stack:
        term, ready = stack.pop()
        if ready:
            levels.setdefault(term.level, {})[term] = None
        elif term.op is not None:
            stack.append((term, True))
            for x in reversed(term.inputs):
                if x not in seen:
                    seen.add(x)
                    stack.append((x, False))
    return [list(levels[level]) for level in sorted(levels)]
