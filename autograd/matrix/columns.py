"""What NumPy lacks, for columns of numbers: exact sums, the error function, and the losses of a whole layer.

One column per data point, one row per class. Each equals the operation table's own formulas, in the tails too;
generated programs carry the text of those they call.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from autograd.op import Op

__all__ = [  # `np` too: this file is the engine's one door to NumPy
    "at_class",
    "cross_entropy_from_logits_rows",
    "cross_entropy_from_logits_rows_backward",
    "cross_entropy_rows",
    "cross_entropy_rows_backward",
    "erf",
    "erfc",
    "maximum",
    "minimum",
    "np",
    "of_columns",
    "passed",
    "softmax_rows",
    "softmax_rows_backward",
    "total",
]


def of_columns(op: Op, inputs: Sequence[Any]) -> Any:
    """An operation of columns: NumPy's function if it has one, otherwise the formula of its value."""
    if op.numpy is None:
        return op.value(*inputs)
    return (globals().get(op.numpy) or attrgetter(op.numpy.removeprefix("np."))(np))(*inputs)


def erf(x: Any) -> Any:
    """The error function of each number."""
    return np.vectorize(math.erf, otypes=[float])(x)


def erfc(x: Any) -> Any:
    """1 − erf of each number, right where erf has rounded to 1."""
    return np.vectorize(math.erfc, otypes=[float])(x)


def total(*terms: Any) -> Any:
    """The sum, with what each addition rounds away added in the end: exact but for the last bit."""
    whole, rest = terms[0], 0 * np.asarray(terms[0])
    for term in terms[1:]:
        larger = whole + term
        back = larger - whole
        error = (whole - (larger - back)) + (term - back)
        rest = rest + np.where(np.isfinite(error), error, 0.0)
        whole = larger
    return whole + rest


def maximum(*terms: Any) -> Any:
    """The largest, or nan if there is one."""
    return np.stack(np.broadcast_arrays(*terms)).max(axis=0)


def minimum(*terms: Any) -> Any:
    """The smallest, or nan if there is one."""
    return np.stack(np.broadcast_arrays(*terms)).min(axis=0)


def passed(upstream: Any, slope: Any) -> Any:
    """A gradient times a slope: 0 where no gradient arrives, even if the slope is infinite there."""
    return np.where(upstream == 0.0, 0.0, upstream * slope)


def softmax_rows(Z: Any) -> Any:
    """Probabilities e^z / Σ e^z, shifted by the largest z so that nothing overflows."""
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)


def softmax_rows_backward(P: Any, dP: Any) -> Any:
    """p (dp (1 − p) − Σ of p dp of the others); where p is largest, 1 − p as the sum of the others."""
    largest = np.arange(len(P))[:, None] == P.argmax(axis=0)
    terms = P * dP
    others = np.where(largest, np.where(largest, 0.0, P).sum(axis=0), 1.0 - P)
    rest = np.where(largest, np.where(largest, 0.0, terms).sum(axis=0), terms.sum(axis=0) - terms)
    return P * (dP * others - rest)


def at_class(Z: Any, Y: Any) -> Any:
    """Z, the places of each column's class in it, and whether there is one; Y holds its number, or is one-hot."""
    if Y.ndim == 1:
        k = Y.astype(int) % len(Z)
        known = k == Y
    else:
        k = Y.argmax(axis=0)
        known = ((Y == 0.0) | (Y == 1.0)).all(axis=0) & (Y.sum(axis=0) == 1.0)
    n = max(len(k), Z.shape[1])
    if len(k) < n or Z.shape[1] < n:  # one of them is the same for all data points
        k, known, Z = np.broadcast_to(k, n), np.broadcast_to(known, n), np.broadcast_to(Z, (len(Z), n))
    return Z, (k, np.arange(n)), known


def cross_entropy_rows(P: Any, Y: Any) -> Any:
    """−log of the probability in P of the class in Y, P, and where that class is; nan for what is no probability."""
    P, at, known = at_class(P, Y)
    valid = known & ((P >= 0.0) & (P <= 1.0)).all(axis=0)
    return np.where(valid, 0.0 - np.log(P[at]), np.nan), P, at


def cross_entropy_rows_backward(P: Any, at: Any, dL: Any) -> Any:
    """−1/p at the class, 0 elsewhere."""
    dP = np.zeros(P.shape)
    dP[at] = -dL / P[at]
    return dP


def cross_entropy_from_logits_rows(Z: Any, Y: Any) -> Any:
    """−log softmax(Z) at the class in Y, softmax(Z), and where that class is; inf where there is none."""
    Z, at, known = at_class(Z, Y)
    top = Z.max(axis=0)
    E = np.exp(Z - top)
    tops = np.floor(E)  # the largest are apart, as their 1 would hide the others
    others = (E - tops).sum(axis=0) + (tops.sum(axis=0) - 1.0)
    return np.where(known, top - Z[at] + np.log1p(others), np.inf), E / (1.0 + others), at


def cross_entropy_from_logits_rows_backward(P: Any, at: Any, dL: Any) -> Any:
    """p, but at the class p − 1, as −Σ of the others."""
    dZ = P.copy()
    dZ[at] = 0.0
    dZ[at] = -dZ.sum(axis=0)
    dZ *= dL
    return dZ


OF_CLASSES = ("cross_entropy_rows", "cross_entropy_from_logits_rows")  # these call at_class
