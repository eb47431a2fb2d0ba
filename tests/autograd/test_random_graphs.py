"""Random graphs against an independent oracle: forward-mode dual numbers, in Fractions (exact) and in mpmath.

A program is a list of steps, each an operation on earlier results, so fan-out and repeated inputs are common.
"""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from autograd import Value, average, grad, ops, softmax, sums, topological_order, total, weighted_sum


@dataclass(frozen=True)
class Dual:
    """a + b₁ε₁ + … + b_nε_n: a number and its derivatives with respect to n inputs."""

    a: object
    b: tuple

    def lifted(self, other):
        return other if isinstance(other, Dual) else Dual(other, (0,) * len(self.b))

    def __add__(self, other):
        other = self.lifted(other)
        return Dual(self.a + other.a, tuple(map(operator.add, self.b, other.b)))

    def __sub__(self, other):
        other = self.lifted(other)
        return Dual(self.a - other.a, tuple(map(operator.sub, self.b, other.b)))

    def __mul__(self, other):
        other = self.lifted(other)
        return Dual(self.a * other.a, tuple(p * other.a + q * self.a for p, q in zip(self.b, other.b, strict=True)))

    def __truediv__(self, other):
        other = self.lifted(other)
        quotient = self.a / other.a
        return Dual(quotient, tuple((p - quotient * q) / other.a for p, q in zip(self.b, other.b, strict=True)))

    def __neg__(self):
        return Dual(-self.a, tuple(-p for p in self.b))

    def through(self, f, slope):
        k = slope(self.a)
        return Dual(f(self.a), tuple(p * k for p in self.b))


def inputs_of(numbers, kind):
    n = len(numbers)
    return [Dual(kind(x), tuple(kind(i == k) for k in range(n))) for i, x in enumerate(numbers)]


def run(program, start):
    held = list(start)
    for step, places in program:
        held.append(step(*[held[place % len(held)] for place in places]))
    return held


def gradient(root, leaves):
    for leaf in leaves:
        leaf.grad = 0.0
    root.backward()
    return [leaf.grad for leaf in leaves]


# --- exact: + − · Σ on small dyadic numbers, so that floats hold every step ------------------------------------------


def sigma(w, x, v, y, b):
    """The lecture's Σ, whichever numbers it is given."""
    if isinstance(w, Value):
        return weighted_sum([w, v], [x, y], b)
    return w * x + v * y + b


def sigma_of_shared_row(w, x, v, y, _):
    if isinstance(w, Value):
        shared = sums.Row([x, y, x])
        one, two = (weighted_sum(row, shared) for row in ([w, v, w], [x, y, x]))
        return one + two
    return w * x + v * y + w * x + (x * x + y * y + x * x)


def added(*x):
    if isinstance(x[0], Value):
        return total(x)
    whole = x[0]
    for term in x[1:]:
        whole = whole + term
    return whole


EXACT_STEPS = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.neg,
    lambda x: x * 3,
    lambda x: x * 0,
    lambda x: x - 2,
    lambda x: x * x,
    lambda x, y, z: added(x, y, z, x),
    sigma,
    sigma_of_shared_row,
]


def programs(steps, most):
    places = st.lists(st.integers(0, 30), min_size=5, max_size=5)

    def cut(step_and_places):
        step, held = step_and_places
        code = getattr(step, "__code__", None)
        needed = 5 if code is not None and code.co_flags & 4 else code.co_argcount if code else None
        if needed is None:
            needed = 1 if step is operator.neg else 2
        return step, held[:needed]

    return st.lists(st.tuples(st.sampled_from(steps), places).map(cut), min_size=1, max_size=most)


dyadic = st.lists(st.integers(-6, 6).map(lambda k: k / 2), min_size=1, max_size=4)


def exact_agreement(program, numbers):
    oracle = run(program, inputs_of(numbers, Fraction))
    exact = all(fits(node.a) and all(map(fits, node.b)) for node in oracle)
    assume(exact)
    leaves = [Value(x) for x in numbers]
    held = run(program, leaves)
    root = held[-1]
    assert root.data == oracle[-1].a
    assert gradient(root, leaves) == list(oracle[-1].b)
    assert [g.data for g in grad(root, leaves)] == list(oracle[-1].b)
    once = [leaf.grad for leaf in leaves]
    root.backward()
    assert [leaf.grad for leaf in leaves] == [2 * g for g in once]


def fits(x):
    """Far below 2⁵³ units of the smallest step, so sums of it are exact too."""
    return abs(x) < 2**20 and x.denominator <= 2**12


@given(programs(EXACT_STEPS, 8), dyadic)
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_sums_and_products_are_exact(program, numbers):
    exact_agreement(program, numbers)


@pytest.mark.long
@given(programs(EXACT_STEPS, 12), dyadic)
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
def test_sums_and_products_are_exact_many_times(program, numbers):
    exact_agreement(program, numbers)


# --- smooth operations, in mpmath -------------------------------------------------------------------------------------

SMOOTH = {
    "exp": (mp.exp, mp.exp),
    "sin": (mp.sin, mp.cos),
    "cos": (mp.cos, lambda x: -mp.sin(x)),
    "tanh": (mp.tanh, lambda x: 1 - mp.tanh(x) ** 2),
    "sigmoid": (lambda x: 1 / (1 + mp.exp(-x)), lambda x: mp.exp(-x) / (1 + mp.exp(-x)) ** 2),
    "softplus": (lambda x: mp.log1p(mp.exp(x)), lambda x: 1 / (1 + mp.exp(-x))),
    "gelu": (lambda x: x * mp.ncdf(x), lambda x: mp.ncdf(x) + x * mp.npdf(x)),
    "erf": (mp.erf, lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x)),
}


def smooth(name):
    def step(x):
        return getattr(x, name)() if isinstance(x, Value) else x.through(*SMOOTH[name])

    return step


def log_of_positive(x):
    y = x * x + 1
    return y.log() if isinstance(x, Value) else y.through(mp.log, lambda a: 1 / a)


def root_of_positive(x):
    y = x * x + 1
    return y.sqrt() if isinstance(x, Value) else y.through(mp.sqrt, lambda a: 1 / (2 * mp.sqrt(a)))


def power_of_positive(x, y):
    base = x * x + 1
    if isinstance(x, Value):
        return base**y
    raised = base.through(mp.log, lambda a: 1 / a) * y
    return raised.through(mp.exp, mp.exp)


def share(x, y, z):
    if isinstance(x, Value):
        return softmax([x, y, z])[1]
    powers = [v.through(mp.exp, mp.exp) for v in (x, y, z)]
    return powers[1] / (powers[0] + powers[1] + powers[2])


def middle(x, y, z):
    return average([x, y, z]) if isinstance(x, Value) else (x + y + z) / 3


MP_STEPS = [
    *map(smooth, SMOOTH),
    operator.add,
    operator.sub,
    operator.mul,
    lambda x, y: x / (y * y + 1),
    log_of_positive,
    root_of_positive,
    power_of_positive,
    share,
    middle,
    sigma,
    lambda x: x * 0.5,
]
moderate = st.lists(st.floats(-2.0, 2.0, allow_subnormal=False), min_size=1, max_size=3)


def mp_agreement(program, numbers):
    """To 1e−9 of the largest number that came up: errors grow with what is cancelled and multiplied."""
    with mp.workdps(40):
        oracle = inputs_of(numbers, mpf)
        for step in program:
            oracle = run([step], oracle)
            assume(abs(oracle[-1].a) < 1e4)  # at once: the sine of e^(10⁶) takes mpmath a million digits
        size = max([1, *(abs(node.a) for node in oracle), *(abs(p) for node in oracle for p in node.b)])
        assume(size < 1e4)
        leaves = [Value(x) for x in numbers]
        held = run(program, leaves)
        root, wanted = held[-1], oracle[-1]
        allowed = 1e-9 * size * size
        assume(allowed < 1e-3)
        assert abs(root.data - wanted.a) <= allowed
        first = gradient(root, leaves)
        for ours, true in zip(first, wanted.b, strict=True):
            assert abs(ours - true) <= allowed
    again = [g.data for g in grad(root, leaves)]
    for ours, other in zip(first, again, strict=True):
        assert math.isclose(ours, other, rel_tol=1e-11, abs_tol=1e-12 * float(size) ** 2)


@given(programs(MP_STEPS, 7), moderate)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
def test_smooth_operations_against_dual_numbers_in_mpmath(program, numbers):
    mp_agreement(program, numbers)


@pytest.mark.long
@given(programs(MP_STEPS, 12), moderate)
@settings(max_examples=3_000, deadline=None, suppress_health_check=list(HealthCheck))
def test_smooth_operations_against_dual_numbers_many_times(program, numbers):
    mp_agreement(program, numbers)


def test_every_smooth_function_of_the_table_takes_part():
    left_out = {"relu", "leaky_relu", "log", "sqrt"}  # kinks, and those above that need a positive argument
    methods = {name for name in ops.TABLE if hasattr(Value, name)}
    assert methods - left_out == set(SMOOTH)


# --- the shape of random graphs ---------------------------------------------------------------------------------------


@given(programs(EXACT_STEPS, 25), dyadic)
@settings(max_examples=100, deadline=None)
def test_order_and_inner_gradients(program, numbers):
    """Each inner node's gradient is what the root's graph says of it, and the order is the same in a rebuilt graph."""
    leaves = [Value(x) for x in numbers]
    try:
        held, again = run(program, leaves), run(program, [Value(x) for x in numbers])
    except OverflowError:
        assume(False)
    root = held[-1]
    order = topological_order(root)
    place = {node: i for i, node in enumerate(order)}
    assert len(place) == len(order)
    assert all(place[parent] < place[node] for node in order for parent in node.parents)
    assert [(n._op, n.data) for n in order] == [(n._op, n.data) for n in topological_order(again[-1])]
    try:
        root.backward()
    except OverflowError:
        assume(False)
    received = dict.fromkeys(order, 0.0)
    received[root] = 1.0
    for node in reversed(order):
        for parent, slope in zip(node.parents, node.local_derivatives, strict=True):
            received[parent] += received[node] * slope
    for node in order:
        assert math.isclose(node.grad, received[node], rel_tol=1e-9, abs_tol=1e-9 * max(map(abs, received.values())))


def test_the_oracle_notices_a_wrong_derivative(monkeypatch):
    """Plant one: tanh's slope half as large. The comparison must fail."""
    wrong = [lambda a, z: 0.5 * (1.0 - a * a)]
    monkeypatch.setattr(ops.tanh, "derivatives", tuple(wrong))

    @given(st.just(0.5))
    @settings(max_examples=1, database=None)
    def compare(x):
        mp_agreement([(smooth("tanh"), [0])], [x])

    with pytest.raises(AssertionError):
        compare()
