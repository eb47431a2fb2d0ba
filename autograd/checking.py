"""`check_gradients` compares the gradients that `backward` computes with differences of the function itself."""

import math
from collections.abc import Callable

from autograd.errors import number, shown
from autograd.value import Value


def check_gradients(f: Callable[..., Value], *inputs: float, tolerance: float = 1e-6) -> float:
    """Compare `backward` with central differences; return the largest error, relative to the gradients themselves.

    >>> check_gradients(lambda x, y: x * y + x.tanh(), 0.5, -2.0) < 1e-9
    True

    f takes one Value per input. An error above the tolerance is a ValueError with a table of both gradients. The
    differences are extrapolated to step 0, so they are good to about ten digits where f is smooth, also near a kink or
    the end of its domain. As much error as rounding alone can explain does not count.
    """
    if not callable(f):
        raise TypeError(f"check_gradients needs a function of Values and numbers to check it at, got {shown(f)}")
    if not inputs:
        raise TypeError("check_gradients needs at least one number to check at: check_gradients(f, 0.5)")
    point = [number(x) for x in inputs]
    leaves = [Value(x) for x in point]
    output = f(*leaves)
    if not isinstance(output, Value):
        raise TypeError(f"check_gradients needs f to return a Value, got {type(output).__name__} {shown(output)}")
    output.backward()
    rows, worst = [f"input  {'analytic':>23}  {'numeric':>23}  error"], 0.0
    for i, leaf in enumerate(leaves):
        analytic, (numeric, noise) = leaf._grad, _difference(f, point, i)
        error = max(abs(analytic - numeric) - noise, 0.0) / (max(abs(analytic), abs(numeric)) or 1.0)
        worst = max(worst, error) if error == error else math.inf
        rows.append(f"{i + 1:>5}  {analytic:>23.16g}  {numeric:>23.16g}  {error:.1e}")
    if not worst <= tolerance:
        table = "\n".join(rows)
        raise ValueError(f"the gradients disagree by {worst:.1e}, more than the tolerance {tolerance:g}\n{table}")
    return worst


def _difference(f: Callable[..., Value], point: list[float], i: int) -> tuple[float, float]:
    """The slope of f along input i, from smaller and smaller steps, and how large its rounding error may be.

    Each slope is extrapolated with that of the step before. The one that changed least from step to step is returned.
    """
    doubt, best, rounding = math.inf, math.nan, 0.0  # by how much that one changed, it, and its rounding error
    coarse = before = math.nan  # of the step before: the slope, and what it was extrapolated to
    failure: Exception | None = None
    for k in range(22):  # down to steps of 2e-16, where point ± step still differs from point
        step = 1e-3 * max(1.0, abs(point[i])) / 4**k
        below, above = ([*point[:i], point[i] + change, *point[i + 1 :]] for change in (-step, step))
        try:
            low, high = f(*map(Value, below))._data, f(*map(Value, above))._data
        except (ArithmeticError, ValueError) as error:  # the step leaves the domain
            failure = error
            continue
        width = above[i] - below[i]
        slope, noise = (high - low) / width, math.ulp(max(abs(high), abs(low))) / width
        finer = slope + (slope - coarse) / 15  # at a quarter of the step, the error, a term h², is a 16th
        if (change := abs(finer - before) + noise) < doubt:
            doubt, best, rounding = change, finer, noise
        if doubt <= 1e-10 * abs(best):
            break
        coarse, before = slope, finer
    if failure and math.isnan(best):
        raise failure
    return best, 4 * rounding
