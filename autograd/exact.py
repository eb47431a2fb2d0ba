"""Sums that are rounded once: exact inside, whatever the size of the numbers on the way."""

from __future__ import annotations

import math
from collections.abc import Sequence


def exact_sum(*terms: float) -> float:
    """The sum of all terms, rounded once; an OverflowError only if it is too large itself.

    >>> exact_sum(1e308, 1e16, 1e308, 1.0, -1e308, -1e308, -1e16)
    1.0

    inf and nan among the terms follow the rules of IEEE 754.
    """
    try:
        return math.fsum(terms)
    except (OverflowError, ValueError):  # fsum gives up at a large partial sum, and at inf − inf
        if not all(map(math.isfinite, terms)):
            return sum(terms)
        return _sum_of_ratios([term.as_integer_ratio() for term in terms])


def exact_products(pairs: Sequence[tuple[float, float]]) -> float:
    """The sum of the products of finite numbers, of which some may be too large for a float.

    >>> exact_products([(1e200, 1e200), (-1e200, 1e200), (2.0, 3.0)])
    6.0
    """
    ratios = [(w.as_integer_ratio(), x.as_integer_ratio()) for w, x in pairs]
    return _sum_of_ratios([(w[0] * x[0], w[1] * x[1]) for w, x in ratios])


def _sum_of_ratios(ratios: Sequence[tuple[int, int]]) -> float:
    common = max(denominator for _, denominator in ratios)  # all are powers of two
    return sum(numerator * (common // denominator) for numerator, denominator in ratios) / common
