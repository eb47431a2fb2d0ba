"""What a model or a function answers along a line and over the plane, as numbers for the plots."""

import inspect
import math
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from autograd import Value, vectorize
from autograd.errors import number
from nn.data import is_row
from nn.module import Module


def outputs(f: Callable[..., Any], x: list[float]) -> list[Any]:
    """What a model, or a function of Values, returns at a point."""
    if isinstance(f, Module):
        result = f(x)
    else:
        point = [*map(Value, x)]
        result = f(point) if len(x) > 1 and takes_point(f) else f(*point)
    return [*result] if is_row(result) else [result]


def takes_point(f: Callable[..., Any]) -> bool:
    """Whether a function has one parameter, which then is the whole point, like a model's.

    >>> takes_point(lambda x: x[0] + x[1]), takes_point(lambda x_1, x_2: x_1 + x_2)
    (True, False)
    """
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):  # some built-in functions do not tell their parameters
        return False
    places = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return len(places) == 1 and all(p.kind is not p.VAR_POSITIONAL for p in parameters)


def over(f: Callable[..., Any], points: Iterable[list[float]]) -> list[list[float]]:
    """The answers at many points as numbers; nan if f has none there: at a pole, outside its domain, or too large.

    >>> over(lambda x: 1 / x, [[-1.0], [0.0], [2.0]]), over(lambda x: [x[0], 0.5], [[1.0, 2.0]])
    ([[-1.0], [nan], [0.5]], [[1.0, 0.5]])

    If f has no answer at any point, the first error that it raised is raised again.
    """
    found: list[list[float] | None] = []
    trouble: Exception | None = None
    for x in points:
        try:
            found.append([g.data if isinstance(g, Value) else number(g) for g in outputs(f, x)])
        except (ArithmeticError, ValueError) as error:
            found.append(None)
            trouble = trouble or error
    known = [held for held in found if held is not None]
    if trouble is not None and not known:
        raise trouble
    return [[math.nan] * len(known[0]) if held is None else held for held in found]


def plane(f: Callable[..., Any], xs: list[float], ys: list[float]) -> list[list[list[float]]]:
    """The answers at each point of a grid, row by row: by one matrix program for all points, if f can be vectorized."""
    points = [[x, y] for y in ys for x in xs]
    whole = isinstance(f, Module) or takes_point(f)
    try:
        found = vectorize(f).map(*([points] if whole else zip(*points, strict=True)))
        known: list[list[float]] = found.reshape(len(points), -1).tolist()
    except (TypeError, ValueError, ArithmeticError):
        known = over(f, points)
    return [known[i : i + len(xs)] for i in range(0, len(points), len(xs))]


def of_one_output(found: list[list[float]]) -> list[float]:
    """The answers of a function with one output."""
    if len(found[0]) != 1:
        raise ValueError(f"plot_function draws one output, got {len(found[0])} of them; write lambda x: f(x)[0]")
    return [held[0] for held in found]


def curve(f: Callable[..., Any], x: list[float]) -> tuple[list[float], list[float]]:
    """The points of a curve. If f has a pole between two of them, a point without a value is put there: a gap.

    >>> curve(lambda x: 1 / x, [-2.0, -1.0, 1.0, 2.0])
    ([-2.0, -1.0, 0.0, 1.0, 2.0], [-0.5, -1.0, nan, 1.0, 0.5])
    """
    y = of_one_output(over(f, [[x_i] for x_i in x]))
    for i in reversed([i for i in range(1, len(x)) if has_pole(f, x, y, i)]):
        x, y = [*x[:i], (x[i - 1] + x[i]) / 2, *x[i:]], [*y[:i], math.nan, *y[i:]]
    return x, y


def has_pole(f: Callable[..., Any], x: list[float], y: list[float], i: int) -> bool:
    """Whether f has a pole, where it has no value, somewhere between the points i − 1 and i.

    It can have one only if its values there go away from those at the points beside. Then a search by thirds closes in
    on the place where f is farthest from them: at a pole f grows on and on, at a steep place or a step it does not.
    """
    beside = [value for value in (*y[max(i - 2, 0) : i - 1], *y[i + 1 : i + 2]) if not math.isnan(value)] or [0.0]
    level = sum(beside) / len(beside)
    start = max(abs(value - level) for value in y[i - 1 : i + 1])
    if math.isnan(y[i - 1]) or math.isnan(y[i]) or (len(beside) == 2 and start <= abs(beside[0] - level)):
        return False
    low, high, far = x[i - 1], x[i], []
    for _ in range(60):
        one, other = low + (high - low) / 3, high - (high - low) / 3
        found = over(f, [[x[i]], [one], [other]])  # x[i] has a value: without any, `over` would raise
        here, there = (math.inf if math.isnan(value) else abs(value - level) for (value,) in found[1:])
        far.append(max(here, there))
        low, high = (low, other) if here >= there else (one, high)
    return math.inf in far or far[59] > 10 * max(start, far[29])  # f still grows in the second half of the search


def boundary_level(f: Callable[..., Any], points: Iterable[list[float]]) -> float:
    """The output at which the class changes: one half for a σ, which is a probability, and 0 for a score.

    >>> boundary_level(lambda x: (x[0] + x[1]).sigmoid(), [[1.0, 2.0]]), boundary_level(lambda x: x[0], [[1.0, 2.0]])
    (0.5, 0.0)
    """
    for x in points:
        with suppress(ArithmeticError, ValueError):  # there is no answer here; the next point may have one
            g = outputs(f, x)[0]
            return 0.5 if isinstance(g, Value) and g.op is not None and g.op.name == "sigmoid" else 0.0
    return 0.0


def interval(low: Any, high: Any, name: str) -> tuple[float, float]:
    """Two finite numbers, the lower one first."""
    a, b = number(low, what=name), number(high, what=name)
    if not (a < b and b - a < float("inf")):
        raise ValueError(f"{name} needs finite low < high, got {a!r} and {b!r}")
    return a, b


def spaced(low: float, high: float, count: int) -> list[float]:
    """Numbers at equal distances, both ends included."""
    return [low + (high - low) * i / (count - 1) for i in range(count)]
