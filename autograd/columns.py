"""What NumPy lacks, for columns of numbers: exact sums, the error function, a maximum of many.

Each of these equals the operation table's own value; generated programs carry the text of those they call.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


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
    return np.max(np.broadcast_arrays(*terms), axis=0)


def minimum(*terms: Any) -> Any:
    """The smallest, or nan if there is one."""
    return np.min(np.broadcast_arrays(*terms), axis=0)
