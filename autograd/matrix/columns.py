"""What NumPy lacks, for columns of numbers: exact sums, the error function, and the losses of a whole layer.

One column per data point, one row per class. Each equals the operation table's own formulas, in the tails too;
generated programs carry the text of those they call.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

__all__ = [  # `np` too: this file is the engine's one door to NumPy
    "cross_entropy_from_logits_rows",
    "cross_entropy_from_logits_rows_backward",
    "cross_entropy_rows",
    "cross_entropy_rows_backward",
    "erf",
    "erfc",
    "maximum",
    "minimum",
    "np",
    "one_hot_rows",
    "passed",
    "softmax_rows",
    "softmax_rows_backward",
    "total",
]


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


def one_hot_rows(Y: Any, n_classes: int) -> Any:
    """True at the class of each column, given as a number or one-hot; columns with no such class are all False."""
    if Y.ndim == 1:
        return np.arange(n_classes)[:, None] == Y
    return (Y == 1.0) & (((Y == 0.0) | (Y == 1.0)).all(axis=0) & (Y.sum(axis=0) == 1.0))


def cross_entropy_rows(G: Any, Y: Any) -> Any:
    """−log of the probability in G of the class in Y; nan for what is no probability, or no class."""
    at = one_hot_rows(Y, len(G))
    valid = at.any(axis=0) & ((G >= 0.0) & (G <= 1.0)).all(axis=0)
    return np.where(valid, 0.0 - np.log(np.where(at, G, 1.0)).sum(axis=0), np.nan)


def cross_entropy_rows_backward(G: Any, dL: Any, Y: Any) -> Any:
    """−1/g at the class in Y, 0 elsewhere."""
    at = one_hot_rows(Y, len(G))
    return np.where(at, -dL / np.where(at, G, 1.0), 0.0)


def cross_entropy_from_logits_rows(Z: Any, Y: Any) -> Any:
    """−log softmax(Z) at the class in Y, and softmax(Z); the largest z apart, as its 1 would hide the others."""
    at, is_top = one_hot_rows(Y, len(Z)), np.arange(len(Z))[:, None] == Z.argmax(axis=0)
    top = Z.max(axis=0)
    E = np.exp(Z - top)
    others = np.where(is_top, 0.0, E).sum(axis=0)
    at_class = np.where(at, Z, -np.inf).max(axis=0)  # where there is no such class, the loss is infinite
    return top - at_class + np.log1p(others), E / (1.0 + others)


def cross_entropy_from_logits_rows_backward(P: Any, dL: Any, Y: Any) -> Any:
    """p, but at the class in Y p − 1, as −Σ of the others."""
    at = one_hot_rows(Y, len(P))
    others = np.where(at, 0.0, P)
    return dL * np.where(at, -others.sum(axis=0), others)


OF_CLASSES = tuple(name for name in globals() if name.startswith("cross_entropy"))  # these call one_hot_rows
