"""Formulas as a lecture prints them, where the table's are written to be accurate in the tails.

Each is a function of the answer a and the inputs, like the table's; a test holds them to the table's numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from autograd import Op, ops
from autograd.formulas.code import formula_of
from autograd.formulas.symbols import Expression, Symbol
from autograd.ops import equal, erfc, exp, log, maximum, sigmoid, sqrt, tanh, where
from nn import losses

PI = Symbol("pi", text="π", latex=r"\pi")
DOTS = Symbol("dots", text="…", latex=r"\ldots")
TIES = Symbol("ties", text="(number of ties)", latex=r"\text{(number of ties)}")
MANY = 4  # inputs, above which only the first and the last are written


def few(letters: Sequence[Any]) -> Sequence[Any]:
    """The first, dots and the last, when there are many."""
    return letters if len(letters) <= MANY else (letters[0], DOTS, letters[-1])


def probability(index: int, z: Sequence[Any]) -> Any:
    """softmax_index(z₁, …, z_K)."""
    return ops.softmax.bind(index=index)(*few(z))


def _softmax_slopes(a: Any, *z: Any, index: int) -> list[Any]:
    return [a * (1.0 - a) if k == index else -(a * probability(k, z)) for k in range(len(z))]


def _winners(a: Any, *terms: Any) -> list[Any]:
    return [where(equal(term, a), 1.0, 0.0) / TIES for term in terms]


def _cross_entropy_slopes(a: Any, *parents: Any, target: Any) -> list[Any]:
    g, c = _classes(parents, target)
    slopes = [-(c_k / g_k) for g_k, c_k in zip(g, c, strict=True)]
    return slopes + [-log(g_k) for g_k in g] if target == "one-hot" else [*slopes, 0.0]


def _from_logits_slopes(a: Any, *parents: Any, target: Any) -> list[Any]:
    z, c = _classes(parents, target)
    slopes = [probability(k, z) - c_k for k, c_k in enumerate(c)]
    return slopes + [-log(probability(k, z)) for k in range(len(z))] if target == "one-hot" else [*slopes, 0.0]


def _classes(parents: Sequence[Any], target: Any) -> tuple[Sequence[Any], Sequence[Any]]:
    if target == "one-hot":
        half = len(parents) // 2
        return parents[:half], parents[half:]
    if target == "index":
        return parents[:-1], [where(equal(parents[-1], float(k)), 1.0, 0.0) for k in range(len(parents) - 1)]
    return parents, [1.0 if k == target else 0.0 for k in range(len(parents))]


DERIVATIVES: dict[str, Sequence[Callable[..., Any]] | Callable[..., list[Any]]] = {
    "truediv": [lambda a, x, y: 1.0 / y, lambda a, x, y: -(x / y**2.0)],
    "pow": [lambda a, x, y: y * x ** (y - 1.0), lambda a, x, y: a * Expression(ops.log, (x,))],
    "sigmoid": [lambda a, z: sigmoid(z) * (1.0 - sigmoid(z))],
    "tanh": [lambda a, z: 1.0 - tanh(z) ** 2.0],
    "erf": [lambda a, x: 2.0 / sqrt(PI) * exp(-(x**2.0))],
    "erfc": [lambda a, x: -(2.0 / sqrt(PI) * exp(-(x**2.0)))],
    "gelu": [lambda a, z: erfc(-z / sqrt(_number(2.0))) / 2.0 + z * exp(-(z**2.0) / 2.0) / sqrt(2.0 * PI)],
    "sqrt": [lambda a, x: 1.0 / (2.0 * a)],
    "maximum": _winners,
    "minimum": _winners,
    "softmax": _softmax_slopes,
    "average": lambda a, *terms: [_number(1.0) / float(len(terms))] * len(terms),
    "nll_loss": [lambda a, g, y: (1.0 - y) / (1.0 - g) - y / g, lambda a, g, y: log(1.0 - g) - log(g)],
    "nll_loss_from_logit": [lambda a, z, y: sigmoid(z) - y, lambda a, z, y: -z],
    "cross_entropy": _cross_entropy_slopes,
    "cross_entropy_from_logits": _from_logits_slopes,
}


def _number(x: float) -> Symbol:
    return Symbol(f"number{x:.0f}", text=f"{x:g}", latex=f"{x:g}")  # a Symbol, so that √2 is printed and not worked out


def _nll(p: Any, y: Any) -> Any:
    return -(y * log(p) + (1.0 - y) * log(1.0 - p))


def _cross_entropy(*parents: Any, target: Any, of_logits: bool = False) -> Any:
    z, c = _classes(parents, target)
    g = [probability(k, z) for k in range(len(z))] if of_logits else z
    if isinstance(target, int):
        return -log(g[target])
    terms = [c_k * log(g_k) for c_k, g_k in zip(c, g, strict=True)]
    return -ops.total(*terms)


VALUES: dict[str, Callable[..., Any]] = {
    "squared_loss": lambda g, y: (g - y) ** 2.0,
    "nll_loss": _nll,
    "nll_loss_from_logit": lambda z, y: _nll(sigmoid(z), y),
    "hinge_loss": lambda score, y: maximum(0.0, 1.0 - y * score),
    "cross_entropy": _cross_entropy,
    "cross_entropy_from_logits": partial(_cross_entropy, of_logits=True),
}
KNOWN = {**ops.TABLE, **losses.TABLE}


def is_ours(op: Op) -> bool:
    """Whether an operation is an entry of our tables, perhaps with other settings, and no user's of that name."""
    return op.name in KNOWN and op.is_from(KNOWN[op.name])


def value_formula(op: Op, letters: Sequence[Any]) -> Any:
    """The operation on its inputs, as it is read.

    >>> from autograd.formulas.text import as_text
    >>> g, y = Symbol("g"), Symbol("y")
    >>> as_text(value_formula(losses.SQUARED, [g, y])), as_text(value_formula(ops.sigmoid, [g]))
    ('(g − y)²', 'σ(g)')
    """
    if is_ours(op) and op.name in VALUES:
        return VALUES[op.name](*letters, **op.settings)
    summed = op in (ops.weighted_sum, ops.total)  # which leave out the middle by themselves
    return Expression._apply(op, letters if summed else few(letters))


def derivative_formula(op: Op, index: int, letters: Sequence[Any], answer: Any) -> Any:
    """The local derivative for one input; TypeError where a user's function can't be written as a formula.

    >>> from autograd.formulas.text import as_text
    >>> as_text(derivative_formula(ops.sigmoid, 0, [Symbol("z")], Symbol("g")))
    'σ(z)·(1 − σ(z))'
    """
    try:
        if not callable(op.derivatives):
            answer = value_formula(op, letters)  # σ(z)·(1 − σ(z)) says more than g·(1 − g)
        if is_ours(op) and op.name in DERIVATIVES:
            forms = DERIVATIVES[op.name]
            return forms(answer, *letters, **op.settings)[index] if callable(forms) else forms[index](answer, *letters)
        return formula_of(op, index, [answer, *letters])
    except Exception as error:  # a user's function, run on what it was not written for
        raise TypeError(f"the derivative of {op.name!r} can't be written as a formula") from error
