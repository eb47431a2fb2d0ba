"""The cross-entropies: the losses of a network with one output per class.

Their formulas are in a form that is right in the tails: a sum over the *other* classes never rounds to 0.
"""

from __future__ import annotations

import math
from typing import Any

from autograd import Op, ops
from autograd.ops import equal, log, log1p, maximum, softmax_terms, total, where, within


def _outputs(parents: tuple[Any, ...], target: Any) -> tuple[tuple[Any, ...], list[Any]]:
    """The outputs of the classes, and their coefficients: 1 for the class that happened, 0 for the others.

    The target is a class number; or "index", then the last parent is that number; or "one-hot", then the second half
    of the parents are the coefficients.
    """
    if target == "one-hot":
        half = len(parents) // 2
        return parents[:half], list(parents[half:])
    if target == "index":
        return parents[:-1], [where(equal(parents[-1], float(k)), 1.0, 0.0) for k in range(len(parents) - 1)]
    return parents, [1.0 if k == target else 0.0 for k in range(len(parents))]


def _times(c: Any, x: Any) -> Any:
    """c · x, but 0 if c is 0, even where x is infinite: a class may be masked."""
    if type(c) is float:
        return c * x if c else 0.0
    return c * where(equal(c, 0.0), 0.0, x)


def _with_target(slopes: list[Any], of_coefficients: list[Any], target: Any) -> list[Any]:
    """The derivatives for all the parents of one arrangement; a class number has none, so 0."""
    return slopes + (of_coefficients if target == "one-hot" else [0.0] if target == "index" else [])


def _cross_entropy(*parents: Any, target: Any) -> Any:
    g, c = _outputs(parents, target)
    terms = []
    for g_k, c_k in zip(g, c, strict=True):
        p = where(equal(c_k, 0.0), where(equal(g_k, 0.0), 1.0, g_k), g_k)
        terms.append(within(g_k, 0.0, 1.0, _times(c_k, 0.0 - log(p))))
    return total(*terms)


def _cross_entropy_slopes(a: Any, *parents: Any, target: Any) -> list[Any]:
    g, c = _outputs(parents, target)
    slopes = []
    for g_k, c_k in zip(g, c, strict=True):
        p = where(equal(c_k, 0.0), where(equal(g_k, 0.0), 1.0, g_k), g_k)
        slopes.append(-c_k / p)
    if target != "one-hot":
        return _with_target(slopes, [], target)
    of_coefficients = [
        where(equal(g_k, 0.0), math.inf, 0.0 - log(where(equal(g_k, 0.0), 1.0, g_k))) for g_k in g
    ]  # infinite at 0, which matters only to a coefficient that varies
    return _with_target(slopes, of_coefficients, target)


def _of_probabilities() -> Any:
    from nn.columns import of_probabilities

    return of_probabilities


def _of_logits() -> Any:
    from nn.columns import of_logits

    return of_logits


CROSS_ENTROPY = Op(
    "cross_entropy",
    value=_cross_entropy,
    derivatives=_cross_entropy_slopes,
    symbol="cross-entropy",
    samples=[(0.25, 0.75), (1e-300, 0.5, 0.5), (0.125,)],
    settings={"target": 0},
    columns=_of_probabilities,
    needs="probabilities from 0 to 1, with more than 0 for the target",
    hint="For a softmax output use cross_entropy_from_logits(z, y).",
    edge="Use cross_entropy_from_logits(z, y) on the z of the softmax.",
)


def _exponentials(z: tuple[Any, ...]) -> tuple[Any, list[Any], Any]:
    """The largest z, e^(z_k − largest), and the sum of these without one largest (which is 1, and would hide them)."""
    top = maximum(*z)
    (e, _), others, taken = softmax_terms(z), [], 0.0
    for z_k, e_k in zip(z, e, strict=True):
        first = where(equal(z_k, top), 1.0 - taken, 0.0)
        taken = taken + first
        others.append(e_k - first)
    return top, e, total(*others)


def _from_logits(*parents: Any, target: Any) -> Any:
    z, c = _outputs(parents, target)
    top, _, others = _exponentials(z)
    if isinstance(target, int):
        return top - z[target] + log1p(others)
    return total(*[_times(c_k, top - z_k + log1p(others)) for z_k, c_k in zip(z, c, strict=True)])


def _from_logits_slopes(a: Any, *parents: Any, target: Any) -> list[Any]:
    z, c = _outputs(parents, target)
    top, e, others = _exponentials(z)
    p = [e_k / (1.0 + others) for e_k in e]
    if isinstance(target, int):
        slopes = list(p)
        slopes[target] = -total(0.0, *p[:target], *p[target + 1 :])  # p − 1, right where p has rounded to 1
        return slopes
    slopes = [
        p_k * others_c - _times(c_k, others_p)
        for p_k, c_k, others_p, others_c in zip(p, c, _sums_of_others(p), _sums_of_others(c), strict=True)
    ]
    return _with_target(slopes, [top - z_k + log1p(others) for z_k in z], target)


def _sums_of_others(terms: list[Any]) -> list[Any]:
    """For each term the sum of all the others, from the sums before it and after it: nothing is subtracted."""
    before, after = [0.0], [0.0]
    for term, behind in zip(terms[:-1], terms[:0:-1], strict=True):
        before.append(before[-1] + term)
        after.append(after[-1] + behind)
    return [x + y for x, y in zip(before, after[::-1], strict=True)]


CROSS_ENTROPY_FROM_LOGITS = Op(
    "cross_entropy_from_logits",
    value=_from_logits,
    derivatives=_from_logits_slopes,
    symbol="cross-entropy of logits",
    samples=[(40.0, 0.0), (0.0, 40.0), (0.5, 0.5, 0.5), (1000.0, 998.0, -1000.0), (3.0,)],
    settings={"target": 0},
    columns=_of_logits,
    needs=ops.softmax.needs,
)
