"""A function of one data point, compiled: its lines become the program that `source` prints, and that very text runs.

The forward lines come in order, the backward lines in reverse order: this is the lecture's back-propagation, which
computes each factor ∂J/∂Z once.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate, count
from typing import Any, NoReturn
from weakref import finalize

from autograd.errors import NoFormula
from autograd.formulas.symbols import parts
from autograd.matrix.columns import np
from autograd.matrix.elementwise import ALL_OVER_N, OVER_N, Block, Line, Share
from autograd.matrix.lines import Matcher
from autograd.matrix.terms import Term, Terms
from autograd.matrix.trace import Trace
from autograd.op import Op
from autograd.value import Value, value_of


class Compiled:
    """The program of a function: its text, and the Python functions that the text defines.

    It runs on one flat array of `numbers`, which has a place for every number in W1, b1, …: first the parameters that
    the function reaches, then those that are frozen, and constants. If each of them stands in one matrix only, W1, b1,
    … are views of that array: who changes it changes them.
    """

    def __init__(self, trace: Trace) -> None:
        self.space: dict[str, Any] = {}  # what the texts define
        finalize(self, self.space.clear).atexit = False  # its functions hold it: a cycle that no collector has to find
        self.shapes, self.is_single, self.n_outputs = trace.shapes, trace.is_single, len(trace.outputs)
        self.graph = trace.graph()
        terms = Terms(trace)
        order: list[Any] = [term for term in parts(terms.roots) if term.arguments]
        arguments, data = zip(*map(_argument, count(), trace.shapes, terms.data), strict=True)
        matcher = Matcher(order, terms.roots, data)
        self._lay_out(matcher.fixed)
        self.forward = listing(matcher, arguments, gradients=False)
        self.source = listing(matcher, arguments, gradients=True) if trace.is_single else self.forward
        for text in (self.source, self.forward):
            exec(compile(text, "<source of vectorize>", "exec"), self.space)

    def _lay_out(self, blocks: Sequence[Block]) -> None:
        """Find the place of each entry of W1, b1, … in the flat array."""
        terms = dict.fromkeys(term for block in blocks for term in block.terms)
        held = sorted(terms, key=lambda term: not term.needed)
        self.held = [value_of(term.value) for term in held]
        self.parameters = tuple(p for p in self.held if p.varies)
        place = {term: k for k, term in enumerate(held)}
        places = np.array([place[term] for block in blocks for term in block.terms], int)
        self.places_of_slopes = places[[block.needed for block in blocks for _ in block.terms]]
        self.each_once = places.tolist() == [*range(len(held))]
        self.places = slice(None) if self.each_once else places
        ends = accumulate(len(block.terms) for block in blocks)
        self.layout = {
            b.name: (slice(end - len(b.terms), end), (-1, b.width)) for b, end in zip(blocks, ends, strict=True)
        }

    def numbers(self) -> Any:
        """The flat array with the current numbers of the parameters, frozen or not, and the constants."""
        return np.array([p._data for p in self.held], float)

    def arrays(self, entries: Any = None) -> dict[str, Any]:
        """W1, b1, … as arguments of the program: views of these entries, or else of the current ones."""
        entries = self.numbers()[self.places] if entries is None else entries
        return {name: entries[part].reshape(shape) for name, (part, shape) in self.layout.items()}

    def run(self, columns: Sequence[Any], arrays: Mapping[str, Any]) -> tuple[float, Any] | None:
        """J, and ∂J/∂p for each parameter p; None if a number on the way is not finite."""
        try:
            with np.errstate(all="raise", under="ignore"):
                answer = self.space["loss"](*columns, **arrays)
                J, *slopes = answer if isinstance(answer, tuple) else (answer,)
                n, gradient = len(self.parameters), np.concatenate([slope.ravel() for slope in slopes] or [()])
                # a parameter that stands in several matrices gets the sum of its slopes there
                gradient = (gradient if self.each_once else np.bincount(self.places_of_slopes, gradient, n))[:n]
                return (float(J), gradient) if math.isfinite(J + gradient.sum()) else None
        except FloatingPointError:
            return None

    def outputs(self, columns: Sequence[Any], at_overflow: Any = "ignore") -> Any:
        """What f gives for every data point, one row for each."""
        with np.errstate(all=at_overflow, under="ignore"):
            return self.space["model"](*columns, **self.arrays())

    def line_of(self, columns: Sequence[Any]) -> str:
        """The line of the program whose arithmetic fails first, or "" if none fails."""
        program = self.space["loss" if self.is_single else "model"]
        try:
            with np.errstate(all="raise", under="ignore"):
                program(*columns, **self.arrays())
        except FloatingPointError as error:
            here: Any = error.__traceback__
            number: int = here.tb_next.tb_lineno  # next comes the program
            return self.source.splitlines()[number - 1].strip()
        return ""


def _argument(i: int, shape: tuple[int, ...], terms: Sequence[Term]) -> tuple[str, Line]:
    """The name of an argument in the source, and the line for its block, in which the data points are the columns."""
    name = "xy"[i] if i < 2 else f"x{i + 1}"
    if not shape:
        return name, Line(Block(name, terms), f"{name}.reshape(1, n)")
    return name.upper(), Line(Block(name.upper() if i else "A0", terms), f"{name.upper()}.T")


def listing(matcher: Matcher, arguments: Sequence[str], *, gradients: bool) -> str:
    """The program as Python source: a function `loss` with gradients, or `model` for the outputs."""
    names = [*arguments, *(block.name for block in matcher.fixed)]
    lines = [f"n = len({names[0]})", "", "# forward", *(f"{line.target} = {line.text}" for line in matcher.lines)]
    lines += _backward(matcher) if gradients else [f"return {matcher.output}.T"]
    body = "\n".join(f"    {line}" if line else "" for line in lines)
    program = f"def {'loss' if gradients else 'model'}({', '.join(names)}):\n{body}"
    texts = ["import numpy as np", *matcher.code.called(), matcher.code.definitions(), program]
    text = "\n\n\n".join(text.strip() for text in texts if text) + "\n"
    return f"import math\n\n{text}" if "math." in text else text


def _backward(matcher: Matcher) -> list[str]:
    """The lines from J back to the parameters: a block's gradient is complete before its operands get their shares."""
    J = Block("J", ())
    average = Line(J, f"{matcher.output}.sum() / n", [Share(matcher.output, ALL_OVER_N)])
    in_parts = {share.block for line in matcher.lines for share in line.shares if share.rows}
    arrays = {line.target for line in matcher.lines for share in line.shares if not share.at_root}
    lines: list[str] = []
    d = {J: "1"}  # the gradients that have got something so far, and their names
    for target, _, shares, then in reversed([*matcher.lines, average]):
        for block, share, at_root, rows in shares if target in d else ():
            if not block.needed:
                continue
            text = at_root if d[target] == OVER_N else share.format(d[target])
            name, before = f"d{block}", d.get(block, "")
            d[block] = name
            if then and before:
                lines += [f"D = {text}", then.format(d="D")]
                text, then = "D", ""
            if block in in_parts:  # some rows at a time: the array is changed in place
                lines += [f"{name} = np.zeros_like({block})"] * (not before)
                scattered = f"np.add.at({name}, {rows[1:-1]}, {text})"  # += would count a repeated row once
                lines.append(scattered if "," in rows else f"{name}{rows} += {text}")
            elif text == ALL_OVER_N and not before and block not in arrays:
                d[block] = OVER_N  # it needs no array, and becomes a factor in later lines
            else:
                lines.append(f"{name} = {before} + {text}" if before else f"{name} = {text}")
            if then:
                lines.append(then.format(d=name))
    slopes = [f"d{block}" if block in d else f"np.zeros_like({block})" for block in matcher.fixed if block.needed]
    return [f"J = {average.text}", "", "# backward", *lines, f"return {', '.join(['J', *slopes])}"]


def _refuse_formula(*_: Any) -> NoReturn:
    raise NoFormula(
        "J = vectorize(f)(X, Y) holds its gradient only: it can't be written as a formula, and grad, hessian, explore "
        "need one; build the scalar graph for them: average([f(x, y) for x, y in zip(X, Y)])"
    )


TRAINING_ERROR = Op("vectorize", value=_refuse_formula, derivatives=_refuse_formula, symbol="J")


def training_error(parameters: tuple[Value, ...], J: float, gradient: Any) -> Value:
    """J as a node: its parents are the parameters, and its local derivatives are the gradient."""
    new = Value(J, label="J")
    new.op, new.parents, new.local_derivatives = TRAINING_ERROR, parameters, tuple(gradient.tolist())
    return new
