"""What every operation should answer, said a second time in mpmath, and the checker that holds the table to it.

Each entry of the operation table needs an `Oracle` here. Derivatives are found from the oracle's value by central
differences with a step of 1e-60 at 1000 digits, so an oracle is a formula and never a second copy of ours.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

from mpmath import mp, mpf

from autograd import Op, Value, grad

LARGEST = mpf(1.7976931348623157e308)
DIGITS, STEP_DIGITS = 1000, 60  # 1 − σ(700) is 1e−304, and a second difference costs 120 digits more
SECOND_ORDER = 1e-11

REALS = tuple(sign * x for x in (1e-300, 1e-20, 1e-8, 0.1, 0.75, 1.0, 3.0, 12.5, 36.7, 100.0, 1e4) for sign in (1, -1))
HUGE = tuple(sign * x for x in (700.0, 745.0, 1e5, 1e16, 1e160, 1e308) for sign in (1, -1))
FEW = (-1e3, -2.5, -1.0, -1e-7, 1e-160, 0.3, 1.0, 7.0, 1e100)


@dataclass(frozen=True)
class Oracle:
    """The mathematics of one operation: its value, where to look at it, and how near is near enough."""

    value: Callable[..., Any]
    grid: tuple[Any, ...] = REALS + HUGE
    value_ulps: float = 0.5
    slope_ulps: Callable[..., float] = lambda *x: 4.0
    slope_scale: Callable[..., Any] | None = None  # the size of the terms of a derivative that cancel, where they do
    slopes: Callable[..., Sequence[Any]] | None = None  # at kinks, where the project decides
    straight: bool = False  # in pieces: the second derivative is 0
    beyond: tuple[tuple[float, ...], ...] = ()  # where a step to the second derivative leaves the floats


def pairs(numbers: Iterable[float]) -> tuple[tuple[float, float], ...]:
    held = tuple(numbers)
    return tuple(product(held, held))


def sign_slope(x: Any) -> list[Any]:
    return [mp.sign(x)]


def winners(pick: Callable[..., Any]) -> Callable[..., list[Any]]:
    def slopes(*x: Any) -> list[Any]:
        best = pick(x)
        count = sum(x_i == best for x_i in x)
        return [mpf(x_i == best) / count for x_i in x]

    return slopes


def softmax_value(*z: Any, index: int) -> Any:
    return 1 / mp.fsum(mp.exp(z_k - z[index]) for z_k in z)


def weighted(*parents: Any) -> Any:
    d = len(parents) // 2
    return mp.fsum([w * x for w, x in zip(parents[:d], parents[d : 2 * d], strict=True)] + list(parents[2 * d :]))


def mean(*x: Any) -> Any:
    return mp.fsum(x) / len(x)


def complementary_error(x: Any) -> Any:
    """erfc; beyond 40 its leading term is enough, as e^−1600 is 0 in a float, and mpmath gives up far out."""
    if x < 0:
        return 2 - complementary_error(-x)
    return mp.erfc(x) if x < 40 else mp.exp(-x * x) / (x * mp.sqrt(mp.pi))


def normal(z: Any) -> Any:
    return complementary_error(-z / mp.sqrt(2)) / 2


def normal_terms(z: Any) -> Any:
    return normal(z) + abs(z) * mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi)


MANY = ((1e16, 1.0, -1e16), (0.1, 0.2, 0.3, -0.6), (1e308, -1e308, 1e308), (5e-324, -5e-324), (1.0, 1e-17, 1e-17))

ORACLES: dict[str, Oracle] = {
    "add": Oracle(lambda x, y: x + y, grid=pairs(FEW)),
    "sub": Oracle(lambda x, y: x - y, grid=pairs(FEW)),
    "mul": Oracle(lambda x, y: x * y, grid=pairs((*FEW, 1e250))),
    "truediv": Oracle(lambda x, y: x / y, grid=pairs((*FEW, 0.0, 1e250))),
    "neg": Oracle(lambda x: -x),
    "pow": Oracle(
        mp.power,
        grid=tuple(
            product((-30.0, -2.0, -0.5, 1e-200, 0.1, 1.0, 1.5, 1e5), (-3.0, -0.5, 0.0, 1.0, 2.0, 2.5, 17.0, 300.0))
        ),
        value_ulps=1,
        beyond=((1e-200, 0.0), (1e-200, 2.0), (1e-200, 2.5)),  # x**−2 is 1e400, x**2 is 1e−400
    ),
    "abs": Oracle(abs, slopes=sign_slope, straight=True),
    "exp": Oracle(mp.exp, value_ulps=1),
    "log": Oracle(mp.log, grid=REALS + HUGE + (0.0, 5e-324), value_ulps=1),
    "log1p": Oracle(mp.log1p, grid=REALS + HUGE, value_ulps=1),
    "sqrt": Oracle(mp.sqrt, grid=REALS + HUGE + (5e-324,), value_ulps=1),
    "sin": Oracle(mp.sin, value_ulps=1),
    "cos": Oracle(mp.cos, value_ulps=1),
    "erf": Oracle(mp.erf, value_ulps=1, slope_ulps=lambda x: 4 + x * x),
    "erfc": Oracle(complementary_error, value_ulps=5, slope_ulps=lambda x: 4 + x * x),
    "identity": Oracle(lambda z: z, straight=True),
    "sigmoid": Oracle(lambda z: 1 / (1 + mp.exp(-z)), value_ulps=3, slope_ulps=lambda z: 5.0),
    "tanh": Oracle(mp.tanh, value_ulps=2, slope_ulps=lambda z: 5.0),
    "relu": Oracle(lambda z: max(z, mpf(0)), slopes=lambda z: [mpf(z >= 0)], straight=True),
    "leaky_relu": Oracle(
        lambda z, slope: z if z >= 0 else mpf(slope) * z,
        slopes=lambda z, slope: [mpf(1) if z >= 0 else mpf(slope)],
        straight=True,
    ),
    "softplus": Oracle(lambda z: mp.log1p(mp.exp(z)), value_ulps=2, slope_ulps=lambda z: 5.0),
    "gelu": Oracle(
        lambda z: z * normal(z),
        value_ulps=1e-12 * 2**52,  # the argument of erfc is rounded, which 30² times over is a relative error
        slope_ulps=lambda z: 8 + z * z,
        slope_scale=normal_terms,
    ),
    "total": Oracle(lambda *x: mp.fsum(x), grid=MANY),
    "average": Oracle(mean, grid=(*MANY, (1e307,) * 4), value_ulps=1),
    "weighted_sum": Oracle(
        weighted, grid=((1e8, -1e8, 1e8, 1e8), (0.5, 3.0, -4.0, 2.0, 1e-3), (1e-200, 1e-200)), value_ulps=2
    ),
    "maximum": Oracle(lambda *x: max(x), grid=MANY, slopes=winners(max), straight=True),
    "minimum": Oracle(lambda *x: min(x), grid=MANY, slopes=winners(min), straight=True),
    "softmax": Oracle(
        softmax_value,
        grid=((0.0, 0.0), (-700.0, 700.0), (700.0, -30.0, 699.0), (1e308, -1e308), (1e-9, -1e-9, 0.0, 2.0), (3.0,)),
        value_ulps=6,
        slope_ulps=lambda *z: 8.0,
    ),
}


def oracle_for(op: Op) -> Oracle:
    try:
        return ORACLES[op.name]
    except KeyError:
        raise AssertionError(
            f"the operation {op.name!r} has no oracle: add ORACLES[{op.name!r}] in tests/shared/oracles.py, "
            "its mathematics in mpmath, so that its value and derivatives are tested"
        ) from None


def points(op: Op) -> list[tuple[float, ...]]:
    """The entry's own samples, then the oracle's grid."""
    grid = [point if isinstance(point, tuple) else (point,) for point in oracle_for(op).grid]
    return list(dict.fromkeys([*op.samples, *grid]))


def exact(op: Op, inputs: Sequence[Any]) -> Any:
    """The mathematical answer as an mpf, or the class of the error that stands for it."""
    try:
        answer = oracle_for(op).value(*map(mpf, inputs), **op.settings)
    except ZeroDivisionError:
        return ZeroDivisionError
    if isinstance(answer, mp.mpc) or not mp.isfinite(answer):
        return ValueError
    return OverflowError if abs(answer) > LARGEST else answer


def exact_slopes(op: Op, inputs: Sequence[float]) -> list[Any]:
    """∂answer/∂input from the oracle's value; None where there is no finite one."""
    oracle = oracle_for(op)
    point = [mpf(x) for x in inputs]
    if oracle.slopes is not None:
        return list(oracle.slopes(*point, **op.settings))
    return [_finite(_difference(op, point, (i,))) for i in range(len(point))]


def exact_curvature(op: Op, inputs: Sequence[float]) -> list[list[Any]]:
    """∂²answer/∂input∂input from the oracle's value; None where there is no finite one."""
    n = len(inputs)
    if oracle_for(op).straight:
        return [[mpf(0)] * n for _ in range(n)]
    point = [mpf(x) for x in inputs]
    return [[_finite(_difference(op, point, (i, k))) for k in range(n)] for i in range(n)]


def _difference(op: Op, point: list[Any], along: tuple[int, ...]) -> Any:
    return _difference_of(op.name, tuple(op.settings.items()), tuple(point), tuple(sorted(along)))


@cache  # a table of slopes is asked for by several tests, and costs
def _difference_of(
    name: str, settings: tuple[tuple[str, Any], ...], point: tuple[Any, ...], along: tuple[int, ...]
) -> Any:
    with mp.workdps(DIGITS):
        steps = [min(abs(x) or 1, 1) * mpf(10) ** -STEP_DIGITS for x in point]
        rise = mpf(0)
        for signs in product((1, -1), repeat=len(along)):
            moved = list(point)
            for i, sign in zip(along, signs, strict=True):
                moved[i] += sign * steps[i]
            rise += math.prod(signs) * ORACLES[name].value(*moved, **dict(settings))
        return rise / mp.fprod(2 * steps[i] for i in along)


def _finite(x: Any) -> Any:
    if isinstance(x, mp.mpc):  # outside the domain a formula answers a complex number
        return None
    return None if not mp.isfinite(x) or abs(x) > LARGEST else x


def ulps(got: float, wanted: Any) -> float:
    """How many units in the last place lie between an answer and the truth."""
    return float(abs(mpf(got) - wanted) / mpf(math.ulp(float(wanted))))


def check_value(op: Op, inputs: tuple[float, ...]) -> None:
    """The value on floats and on Values, against the oracle; or the error that it calls for."""
    with mp.workdps(DIGITS):
        wanted = exact(op, inputs)
    if isinstance(wanted, type):
        try:
            answer = op(*map(Value, inputs))
        except wanted as error:
            if op.name not in str(error):
                raise AssertionError(f"{op.name}{inputs}: the error does not name the operation") from error
            return
        raise AssertionError(f"{op.name}{inputs} answered {answer!r} instead of {wanted.__name__}")
    got = op(*map(Value, inputs)).data
    assert _bits(got) == _bits(op(*inputs)), f"{op.name}{inputs} differs between floats and Values"
    error = ulps(got, wanted)
    bound = oracle_for(op).value_ulps
    assert error <= bound, (
        f"{op.name}{inputs} = {got!r} is {error:.3g} ulp from {mp.nstr(wanted, 20)}, more than {bound}"
    )


def check_slopes(op: Op, inputs: tuple[float, ...]) -> None:
    """First derivatives: eager, through backward and through grad, against the oracle."""
    oracle, leaves = oracle_for(op), [Value(x) for x in inputs]
    node = op(*leaves)
    wanted = exact_slopes(op, inputs)
    bound = oracle.slope_ulps(*inputs)
    for i, (slope, true) in enumerate(zip(node.local_derivatives, wanted, strict=True)):
        name = f"∂{op.name}{inputs}/∂input {i}"
        if true is None:
            assert not math.isfinite(slope), f"{name} = {slope!r} but there is none"
            continue
        scale = true if oracle.slope_scale is None else oracle.slope_scale(*map(mpf, inputs))
        error = float(abs(mpf(slope) - true) / mpf(math.ulp(float(scale)))) if math.isfinite(slope) else math.inf
        assert error <= bound, f"{name} = {slope!r} is {error:.3g} ulp from {mp.nstr(true, 20)}, more than {bound:.3g}"
    if None in wanted:
        return
    node.backward()
    assert [leaf.grad for leaf in leaves] == list(node.local_derivatives), f"{op.name}{inputs}: backward differs"
    again = [g.data for g in grad(node, leaves)]
    assert again == list(node.local_derivatives), (
        f"{op.name}{inputs}: grad gives {again}, eager {node.local_derivatives}"
    )


def check_curvature(op: Op, inputs: tuple[float, ...]) -> None:
    """Second derivatives, by grad of grad, against the oracle."""
    leaves = [Value(x) for x in inputs]
    slopes = exact_slopes(op, inputs)
    curvature = exact_curvature(op, inputs)
    if None in slopes or any(None in line for line in curvature) or inputs in oracle_for(op).beyond:
        return
    size = max(map(abs, slopes))
    for i, slope in enumerate(grad(op(*leaves), leaves)):
        for k, second in enumerate(grad(slope, leaves)):
            true = curvature[i][k]
            allowed = SECOND_ORDER * abs(true) + 1e-14 * size + mpf(1e-322)
            assert abs(mpf(second.data) - true) <= allowed, (
                f"∂²{op.name}{inputs}/∂{i}∂{k} = {second.data!r}, the truth is {mp.nstr(true, 20)}"
            )


def _bits(x: float) -> str:
    return float.hex(x)
