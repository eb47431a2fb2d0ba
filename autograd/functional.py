"""Gradients as functions: `grad` and `hessian` return Values with gradients of their own; `check_gradients` tests."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd.errors import described, listed, number, shown
from autograd.graph import inner_nodes
from autograd.sums import total
from autograd.value import Value, value_of


def grad(output: Value, inputs: Sequence[Value]) -> list[Value]:
    """∂output/∂input for each input, as Values of a graph of their own: differentiate them again at will.

    >>> x = Value(3.0)
    >>> (slope,) = grad(x**3, [x])
    >>> (curvature,) = grad(slope, [x])
    >>> slope.data, curvature.data
    (27.0, 18.0)

    Leaves' `.grad` stays as it is. An input that the output does not depend on has gradient `Value(0.0)`.
    The formulas are evaluated anew, so a `.data` that changed since the graph was built is a RuntimeError.
    """
    wanted = _values(output, inputs, "grad")
    order, _ = inner_nodes(output)
    reached: set[Value] = set(wanted)  # what depends on an input
    for node in order:
        _check_unchanged(node)
        if any(parent in reached for parent in node.parents):
            reached.add(node)
    arrived: dict[Value, list[Any]] = {output: [1.0]}  # the contributions to each gradient
    for node in reversed(order):
        if node not in reached or node not in arrived:
            continue
        upstream = _summed(arrived[node])
        for parent, slope in zip(node.parents, _slopes(node, reached), strict=True):
            if parent in reached and not (isinstance(slope, float) and slope == 0.0):
                arrived.setdefault(parent, []).append(_product(upstream, slope))
    gradients = [_summed(arrived.get(value, [0.0])) for value in wanted]
    return list(map(value_of, gradients))


def _slopes(node: Value, reached: set[Value]) -> list[Any]:
    """The local derivatives of a node from its formulas, run on Values; 0.0 where nothing is reached."""
    op, parents = node.op, node.parents
    assert op is not None
    inputs = [parent if parent.varies else parent._data for parent in parents]  # constants stay plain numbers
    try:
        if callable(op.derivatives):
            return op.as_list(op.derivatives(node, *inputs))
        return [
            formula(node, *inputs) if parent in reached else 0.0
            for formula, parent in zip(op.derivatives, parents, strict=True)
        ]
    except (ArithmeticError, ValueError) as error:
        raise ValueError(
            f"grad: the derivative of {op.name} has no finite value at {listed(parents)}. {op.edge}".rstrip()
        ) from error


def _check_unchanged(node: Value) -> None:
    op, parents = node.op, node.parents
    assert op is not None
    numbers = [parent._data for parent in parents]
    try:
        data = number(op.value(*numbers))
        slopes = op.local_derivatives(data, numbers, [parent.varies for parent in parents])
    except (ArithmeticError, ValueError):
        data, slopes = float("nan"), []
    if repr((data, *slopes)) != repr((node._data, *node.local_derivatives)):
        raise RuntimeError(
            f"grad: {described(node)} ({op.name}) was computed from other numbers: a .data below it has changed since. "
            "Compute the output again, then call grad"
        )


def _product(upstream: Any, slope: Any) -> Any:
    if isinstance(upstream, float) and upstream == 1.0:
        return slope
    return upstream if isinstance(slope, float) and slope == 1.0 else upstream * slope


def _summed(contributions: list[Any]) -> Any:
    if len(contributions) == 1:
        return contributions[0]
    if all(isinstance(contribution, float) for contribution in contributions):
        return sum(contributions)
    return total(contributions)


def _values(output: Any, inputs: Any, name: str) -> list[Value]:
    if not isinstance(output, Value):
        raise TypeError(f"{name} needs a Value as output, got {type(output).__name__} {shown(output)}")
    if isinstance(inputs, Value) or not isinstance(inputs, Iterable):
        raise TypeError(f"{name} needs a sequence of Values as inputs, got {shown(inputs)}; write {name}(output, [x])")
    held = list(inputs)
    for value in held:
        if not isinstance(value, Value):
            raise TypeError(f"{name} needs Values as inputs, got {type(value).__name__} {shown(value)}")
    return held


def hessian(output: Value, inputs: Sequence[Value]) -> list[list[Value]]:
    """The matrix of second derivatives ∂²output/∂input_i ∂input_j.

    >>> x, y = Value(2.0), Value(3.0)
    >>> [[entry.data for entry in line] for line in hessian(x * x * y, [x, y])]
    [[6.0, 4.0], [4.0, 0.0]]
    """
    wanted = _values(output, inputs, "hessian")
    return [grad(slope, wanted) for slope in grad(output, wanted)]


def check_gradients(f: Callable[..., Value], *inputs: float, tolerance: float = 1e-6) -> float:
    """Compare `backward` with central differences; return the largest relative error.

    >>> check_gradients(lambda x, y: x * y + x.tanh(), 0.5, -2.0) < 1e-9
    True

    f takes one Value per input. A disagreement above the tolerance is a ValueError with a table of it. The differences
    are extrapolated to step 0 (Ridders), so they are good to about ten digits where f is smooth, also near a kink or
    the end of its domain.
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
    rows, worst = [], 0.0
    for i, leaf in enumerate(leaves):
        numeric = _difference(f, point, i)
        error = abs(leaf._grad - numeric) / max(1.0, abs(leaf._grad), abs(numeric))
        worst = max(worst, error) if error == error else float("inf")
        rows.append(f"{i + 1:>5}  {leaf._grad:>23.16g}  {numeric:>23.16g}  {error:.1e}")
    if not worst <= tolerance:
        table = "\n".join(rows)
        raise ValueError(
            f"the gradients disagree by {worst:.1e}, more than the tolerance {tolerance:g}\n"
            f"input  {'analytic':>23}  {'numeric':>23}  error\n{table}"
        )
    return worst


def _difference(f: Callable[..., Value], point: list[float], i: int) -> float:
    """The slope along input i, from smaller and smaller steps: of all the extrapolations the steadiest."""
    best, doubt = math.nan, math.inf
    failure: Exception | None = None
    coarser: list[float] = []  # the slope at the step before, and its extrapolations of each order
    for k in range(22):  # down to 2e-16, where point ± step is still another float
        try:
            slope, noise = _quotient(f, point, i, 1e-3 * max(1.0, abs(point[i])) / 4**k)
        except (ArithmeticError, ValueError) as error:  # the step leaves the domain
            failure, coarser = error, []
            continue
        finer = [slope]
        nearest = math.inf
        for order, coarse in enumerate(coarser, 1):
            fine = finer[-1]
            finer.append(fine + (fine - coarse) / (16**order - 1))
            change = max(abs(finer[-1] - fine), abs(finer[-1] - coarse)) + noise
            nearest = min(nearest, change)
            if change < doubt:
                best, doubt = finer[-1], change
        known = doubt / max(1.0, abs(best))
        if known < 1e-10 or (known < 1e-6 and nearest > 2 * doubt):  # good, or smaller steps are only noisier
            break
        coarser = finer
    if failure and math.isnan(best):
        raise failure
    return best


def _quotient(f: Callable[..., Value], point: list[float], i: int, step: float) -> tuple[float, float]:
    """The slope over a step to both sides, and what the rounding of f may have done to it."""
    above, below = list(point), list(point)
    above[i] += step
    below[i] -= step
    high, low = f(*map(Value, above))._data, f(*map(Value, below))._data
    width = above[i] - below[i]
    return (high - low) / width, math.ulp(max(abs(high), abs(low))) / width
