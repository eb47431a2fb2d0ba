"""grad and hessian of any order against exact and mpmath derivatives, and check_gradients, which must find what is wrong."""

from __future__ import annotations

import math
import re
from fractions import Fraction

import pytest
from mpmath import mp, mpf

from autograd import Op, Value, average, check_gradients, grad, hessian, maximum, ops, softmax, total, weighted_sum


def derivatives(f, x, orders):
    """f, f′, f″, … at x, each by grad of the one before."""
    leaf = Value(x)
    node, found = f(leaf), []
    for _ in range(orders + 1):
        found.append(node.data)
        (node,) = grad(node, [leaf])
    return found


# --- any order --------------------------------------------------------------------------------------------------------


def polynomial(coefficients, x):
    """Horner's rule, for Values and Fractions alike."""
    answer = coefficients[0] * x**0
    for c in coefficients[1:]:
        answer = answer * x + c
    return answer


@pytest.mark.parametrize("x", [Fraction(3, 2), Fraction(-5, 4), Fraction(0), Fraction(8)])
@pytest.mark.parametrize("coefficients", [[2, -3, 0, 5, 7], [1, 0, 0, 0, 0, 0, -1], [4], [-1, 6]])
def test_polynomial_derivatives_of_every_order_are_exact(coefficients, x):
    """Small integers over powers of two: floats hold every step, so equality is asked for."""
    wanted, c = [], [Fraction(k) for k in coefficients]
    for _ in range(len(coefficients) + 2):
        wanted.append(float(polynomial(c, x)))
        c = [k * (len(c) - 1 - i) for i, k in enumerate(c[:-1])] or [Fraction(0)]
    assert derivatives(lambda v: polynomial(coefficients, v), float(x), len(wanted) - 1) == wanted


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8])
def test_power_has_n_derivatives(n):
    x = -1.5
    wanted = [math.perm(n, k) * x ** (n - k) if k <= n else 0.0 for k in range(n + 3)]
    assert derivatives(lambda v: v**n, x, n + 2) == pytest.approx(wanted, rel=1e-14)


SMOOTH = {
    "exp": (lambda x: x.exp(), mp.exp),
    "log": (lambda x: x.log(), mp.log),
    "sqrt": (lambda x: x.sqrt(), mp.sqrt),
    "sin": (lambda x: x.sin(), mp.sin),
    "cos": (lambda x: x.cos(), mp.cos),
    "tanh": (lambda x: x.tanh(), mp.tanh),
    "sigmoid": (lambda x: x.sigmoid(), lambda x: 1 / (1 + mp.exp(-x))),
    "softplus": (lambda x: x.softplus(), lambda x: mp.log1p(mp.exp(x))),
    "gelu": (lambda x: x.gelu(), lambda x: x * mp.ncdf(x)),
    "erf": (lambda x: x.erf(), mp.erf),
    "1/x": (lambda x: 1 / x, lambda x: 1 / x),
    "x**2.5": (lambda x: x**2.5, lambda x: x ** mpf("2.5")),
    "2**x": (lambda x: 2**x, lambda x: mpf(2) ** x),
    "x**x": (lambda x: x**x, lambda x: x**x),
    "a composition": (
        lambda x: (x.sin() * x.exp() / (x * x + 1)).tanh(),
        lambda x: mp.tanh(mp.sin(x) * mp.exp(x) / (x * x + 1)),
    ),
    "softmax": (lambda x: softmax([x, x * x, 1.0])[1], lambda x: mp.exp(x * x) / (mp.exp(x) + mp.exp(x * x) + mp.e)),
    "Σ of computed weights": (
        lambda x: weighted_sum([x, x.sin()], [x * x, x], x.exp()),
        lambda x: x**3 + x * mp.sin(x) + mp.exp(x),
    ),
    "average": (lambda x: average([x**3, x.exp(), 1.0]), lambda x: (x**3 + mp.exp(x) + 1) / 3),
}


@pytest.mark.parametrize("x", [0.5, 1.25, 3.0])
@pytest.mark.parametrize("name", SMOOTH)
def test_four_orders_against_mpmath(name, x):
    f, oracle = SMOOTH[name]
    found = derivatives(f, x, 4)
    with mp.workdps(60):
        wanted = [mp.diff(oracle, mpf(x), n) for n in range(5)]
    scale = max(map(abs, wanted))
    for order, (ours, true) in enumerate(zip(found, wanted, strict=True)):
        assert abs(ours - true) <= 1e-12 * abs(true) + 1e-14 * scale, (
            f"order {order}: {ours!r}, the truth is {mp.nstr(true, 20)}"
        )


def test_mixed_derivatives_of_third_order():
    x, y, z = Value(2.0), Value(3.0), Value(5.0)
    f = x**2 * y**3 * z + (x * y).exp() * 0.0
    (fx,) = grad(x**2 * y**3 * z, [x])
    (fxy,) = grad(fx, [y])
    (fxyz,) = grad(fxy, [z])
    assert fxyz.data == 2 * 2.0 * 3 * 9.0
    assert f.data == 4 * 27 * 5


def test_gradient_of_a_gradient_norm_trains_through_backward():
    """What a gradient penalty needs: the gradient is a graph like any other."""
    x, w = Value(0.5), Value(1.5)
    (slope,) = grad((w * x).tanh(), [x])
    (slope * slope).backward()
    with mp.workdps(40):

        def penalty(weight):
            return (weight / mp.cosh(weight * mpf(0.5)) ** 2) ** 2

        assert w.grad == pytest.approx(float(mp.diff(penalty, mpf(1.5))), rel=1e-13)


# --- hessian ----------------------------------------------------------------------------------------------------------


def test_hessian_of_a_quadratic_form_is_its_matrix():
    a = [[2.0, -1.0, 0.5], [-1.0, 3.0, 0.0], [0.5, 0.0, -4.0]]
    x = [Value(0.3), Value(-1.2), Value(2.0)]
    q = total([x[i] * (0.5 * a[i][k]) * x[k] for i in range(3) for k in range(3)])
    assert [[h.data for h in line] for line in hessian(q, x)] == a


SURFACES = {
    "product": (lambda x, y: x * y, lambda x, y: x * y),
    "Rosenbrock": (
        lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
        lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
    ),
    "power": (lambda x, y: x**y, lambda x, y: x**y),
    "quotient": (lambda x, y: x.sin() / (y * y), lambda x, y: mp.sin(x) / (y * y)),
    "neuron": (
        lambda x, y: (weighted_sum([x, 2.0], [y, x], 0.5).tanh() - 1) ** 2,
        lambda x, y: (mp.tanh(x * y + 2 * x + mpf(0.5)) - 1) ** 2,
    ),
    "softmax": (
        lambda x, y: softmax([x, y, x * y])[2].log(),
        lambda x, y: mp.log(mp.exp(x * y) / (mp.exp(x) + mp.exp(y) + mp.exp(x * y))),
    ),
}


@pytest.mark.parametrize("name", SURFACES)
def test_hessian_is_symmetric_and_right(name):
    f, oracle = SURFACES[name]
    x, y = Value(0.75), Value(1.5)
    h = hessian(f(x, y), [x, y])
    with mp.workdps(40):
        for i, line in enumerate(h):
            for k, entry in enumerate(line):
                orders = tuple((i == n) + (k == n) for n in range(2))
                wanted = mp.diff(oracle, (mpf(0.75), mpf(1.5)), orders)
                assert abs(entry.data - wanted) <= 1e-11 * max(1, abs(wanted))
    assert h[0][1].data == pytest.approx(h[1][0].data, rel=1e-12)


def test_hessian_entries_can_be_differentiated():
    x, y = Value(2.0), Value(3.0)
    entry = hessian(x**3 * y, [x, y])[0][0]
    entry.backward()
    assert (x.grad, y.grad) == (18.0, 12.0)


# --- what grad leaves alone, and what it says -------------------------------------------------------------------------


def test_gradients_of_the_graph_stay_as_they_are():
    x, y = Value(2.0), Value(3.0)
    node = x * y
    out = node.tanh() + x
    x.grad, y.grad, node.grad, out.grad = 1.0, 2.0, 3.0, 4.0
    grad(out, [x, y])
    hessian(out, [x, y])
    assert (x.grad, y.grad, node.grad, out.grad) == (1.0, 2.0, 3.0, 4.0)


def test_input_not_reached_is_the_value_zero():
    x, other = Value(2.0), Value(3.0)
    for found in (grad(x * x, [other]), grad(x, [other]), hessian(x * x, [other])[0], grad(total([1.0]), [x])):
        (g,) = found
        assert isinstance(g, Value)
        assert (g.data, g.parents) == (0.0, ())
    assert [g.data for g in grad(x * 0.0, [x])] == [0.0]


def test_inputs_may_repeat_and_be_inner_nodes_and_none():
    x = Value(3.0)
    a = x * x
    out = a * a
    assert [g.data for g in grad(out, [a, x, a, out])] == [18.0, 108.0, 18.0, 1.0]
    assert grad(out, []) == []
    assert [g.data for g in grad(out, (v for v in (x,)))] == [108.0]


def test_constant_parents_get_their_gradient_if_asked():
    x = Value(3.0)
    out = x * 2.0
    assert [g.data for g in grad(out, [x])] == [2.0]


@pytest.mark.parametrize("f", [grad, hessian])
def test_a_bare_value_is_refused(f):
    x = Value(3.0)
    with pytest.raises(
        TypeError,
        match=rf"{f.__name__} needs a sequence of Values as inputs, got Value\(.*write {f.__name__}\(output, \[x\]\)",
    ):
        f(x * x, x)
    for wrong, words in [
        (3, "a sequence of Values"),
        (None, "a sequence of Values"),
        ([x, 2.0], r"Values as inputs, got float 2\.0"),
        ("x", "Values as inputs, got str 'x'"),
    ]:
        with pytest.raises(TypeError, match=words):
            f(x * x, wrong)
    with pytest.raises(TypeError, match=rf"{f.__name__} needs a Value as output, got float 9\.0"):
        f(9.0, [x])


CHANGED = {
    "leaf": lambda x, a, b: setattr(x, "data", 5.0),
    "inner node": lambda x, a, b: setattr(a, "data", 5.0),
    "the output": lambda x, a, b: setattr(b, "data", 5.0),
    "in the last bit": lambda x, a, b: setattr(x, "data", math.nextafter(x.data, 9.0)),
    "out of the domain": lambda x, a, b: setattr(a, "data", -1.0),
}


@pytest.mark.parametrize("what", CHANGED)
def test_changed_data_is_an_error_that_names_a_node(what):
    x = Value(2.0, label="x")
    a = x * x
    a.label = "square"
    b = a.log()
    b.label = "result"
    CHANGED[what](x, a, b)
    with pytest.raises(RuntimeError, match=r"from '(x|square|result)'.* a \.data below it has changed since") as caught:
        grad(b, [x])
    assert "Compute the output again" in str(caught.value)
    assert x.grad == 0.0


def test_a_leaf_that_has_left_the_domain_since_is_an_error():
    x = Value(2.0)
    y = x.log()
    x.data = -1.0
    with pytest.raises(RuntimeError, match=r"was computed from other numbers than -1\.0"):
        grad(y, [x])


def test_changed_data_that_keeps_the_value_but_not_the_slope_is_an_error():
    x = Value(2.0)
    y = x * x
    even = abs(y)
    x.data = -2.0
    with pytest.raises(RuntimeError, match="has changed since"):
        grad(even, [x])


def test_changed_data_in_a_branch_without_the_input_is_an_error():
    """The slope of w²·x is w², a number that is no longer true."""
    w, x = Value(3.0, label="w"), Value(2.0)
    square = w * w
    square.label = "square"
    out = square * x
    w.data = 5.0
    with pytest.raises(RuntimeError, match=r"9\.0 from 'square' \(mul\) was computed from other numbers"):
        grad(out, [x])


def test_changed_data_elsewhere_is_no_error():
    x, other = Value(2.0), Value(3.0)
    y = x * x
    assert (other * y).data == 12.0
    other.data = 7.0
    assert [g.data for g in grad(y, [x])] == [4.0]


def test_infinite_derivative_is_named():
    """As in backward, and in its words; a number 0 in its way is 0 here too."""
    for f, at in [(Value.sqrt, 0.0), (lambda x: x**0.5, 0.0), (Value.log, 5e-324)]:
        x = Value(at, label="x")
        y = f(x)
        with pytest.raises(
            ValueError, match=rf"grad: the derivative of {y.op.name} has no finite value at {at} from 'x'"
        ):
            grad(y, [x])
        for zero in (y * 0.0, maximum(1.0, y), (y - 800.0).relu()):
            assert [g.data for g in grad(zero, [x])] == [0.0]


# --- check_gradients --------------------------------------------------------------------------------------------------

CHECKED = {
    "product": (lambda x, y: x * y + x.tanh(), (0.5, -2.0)),
    "quotient": (lambda x, y: x / (y * y + 1), (3.0, 2.0)),
    "Σ": (lambda w, x, b: weighted_sum([w, x], [x, 2.0], b).sigmoid(), (1.5, -0.5, 0.25)),
    "softmax": (lambda x, y: softmax([x, y, 0.0])[0].log(), (1.0, 2.0)),
    "maximum": (lambda x, y: maximum(x, y) ** 2, (1.0, 2.0)),
    "gelu": (lambda x: x.gelu() * x.softplus(), (-1.5,)),
    "not reached": (lambda x, y: x * x, (1.0, 2.0)),
    "large": (lambda x: x * x, (1e6,)),
    "integers": (lambda x, y: x**2 + y, (3, 4)),
}


NEAR = {
    "log close to 0": (Value.log, 1e-6),
    "√ close to 0": (Value.sqrt, 1e-9),
    "1/x close to 0": (lambda x: 1 / x, -1e-4),
    "relu close to its kink": (Value.relu, 5e-4),
    "relu on the other side": (Value.relu, -1e-5),
    "a gentle kink": (lambda x: x + 1e-4 * x.relu(), 3e-4),
    "abs close to its kink": (abs, 1e-7),
    "exp far out": (Value.exp, 700.0),
    "exp at the end of the floats": (Value.exp, 709.7),
    "sin of a large number": (Value.sin, 1e4),
    "a large number beside x": (lambda x: (x + 1e6) - 1e6, 0.5),
    "x twelve times over": (lambda x: x**12, 30.0),
}


@pytest.mark.parametrize("name", NEAR)
def test_right_gradients_pass_close_to_kinks_and_ends_of_domains(name):
    f, x = NEAR[name]
    assert check_gradients(f, x) < 1e-6


def test_a_comparison_with_nan_is_a_disagreement():
    """max(0.0, nan) is 0.0 in Python: it would pass."""
    for f in (lambda x: x * x, lambda x, y: y * x + y):
        with pytest.raises(ValueError, match="the gradients disagree by inf"):
            check_gradients(f, *[math.nan, 1.0][: f.__code__.co_argcount])


def test_where_no_step_stays_in_the_domain_its_error_comes_through():
    with pytest.raises(ValueError, match=r"pow needs x ≥ 0 for a fractional exponent"):
        check_gradients(lambda x: x**1.5, 0.0)


@pytest.mark.parametrize("x", [3e-16, 9e-16])
def test_where_too_few_steps_stay_in_the_domain_its_error_comes_through(x):
    with pytest.raises(ValueError, match="log needs x > 0"):
        check_gradients(Value.log, x)


def test_the_smallest_steps_may_leave_the_domain():
    def f(x):
        if 0.0 < abs(x.data - 1.0) < 1e-15:
            raise ZeroDivisionError
        return 1e-3 * (100.0 * x).sin() + 1.0

    assert check_gradients(f, 1.0) < 1e-6


@pytest.mark.parametrize("name", CHECKED)
def test_right_gradients_pass(name):
    f, point = CHECKED[name]
    worst = check_gradients(f, *point)
    assert isinstance(worst, float)
    assert 0.0 <= worst < 1e-8


WRONG = {
    "a factor": Op("wrong", lambda x: x**3, [lambda a, x: 2 * x**2]),
    "a sign": Op("wrong", lambda x: x**3, [lambda a, x: -3 * x**2]),
    "one part in 10⁵": Op("wrong", lambda x: x**3, [lambda a, x: 3.00003 * x**2]),
    "zero": Op("wrong", lambda x: x**3, [lambda a, x: 0.0]),
    "nan": Op("wrong", lambda x: x**3, [lambda a, x: math.nan]),
}


@pytest.mark.parametrize("what", WRONG)
def test_planted_wrong_derivative_is_found(what):
    with pytest.raises(ValueError, match=r"disagree|not defined"):
        check_gradients(lambda x, y: WRONG[what](x) * y, 1.5, 2.0)


def test_the_error_holds_a_table_of_every_input():
    with pytest.raises(ValueError, match="the gradients disagree") as caught:
        check_gradients(lambda x, y: WRONG["a factor"](x) + y * 3.0, 2.0, 7.0)
    first, heading, *rows = str(caught.value).split("\n")
    assert re.fullmatch(r"the gradients disagree by 3\.3e-01, more than the tolerance 1e-06", first)
    assert heading.split() == ["input", "analytic", "numeric", "error"]
    assert [row.split()[0] for row in rows] == ["1", "2"]
    analytic, numeric, error = map(float, rows[0].split()[1:])
    assert (analytic, numeric, error) == (8.0, pytest.approx(12.0), pytest.approx(1 / 3, rel=0.1))
    assert list(map(float, rows[1].split()[1:3])) == [3.0, pytest.approx(3.0)]
    assert len({len(row) for row in [heading, *rows]}) <= 2, "columns stand below each other"


def test_tolerance_decides():
    nearly = WRONG["one part in 10⁵"]
    assert check_gradients(nearly, 1.0, tolerance=1e-3) == pytest.approx(1e-5, rel=0.01)
    with pytest.raises(ValueError, match="more than the tolerance 1e-07"):
        check_gradients(nearly, 1.0, tolerance=1e-7)


def test_rounding_excuses_no_more_than_it_can_have_done():
    """1e6 + z is rounded to 1e-10, over steps of 1e-3 and less some 1e-7 of the slope; of that 1e-5 is wrong."""
    nearly = Op("nearly", lambda z: 1e6 + z, [lambda a, z: 1.00001])
    with pytest.raises(ValueError, match=r"disagree by [6-9]\.\de-06"):
        check_gradients(nearly, 0.5)


def test_differences_alone_do_not_see_the_tail_of_tanh():
    """Why the operation table is tested against mpmath: 10 % wrong at z = 20 is less than what rounding does to tanh."""
    blunt = Op("blunt", ops.tanh.value, [lambda a, z: 1.1 * (4 * ops.sigmoid(2 * z) * ops.sigmoid(-2 * z))])
    assert check_gradients(blunt, 20.0) < 1e-6
    for z in (0.5, 10.0):
        with pytest.raises(ValueError, match="disagree"):
            check_gradients(blunt, z)


def test_check_gradients_says_what_it_needs():
    with pytest.raises(TypeError, match=r"needs a function of Values and numbers to check it at, got Value\("):
        check_gradients(Value(2.0) * 3.0, 1.0)
    with pytest.raises(TypeError, match=r"at least one number to check at: check_gradients\(f, 0\.5\)"):
        check_gradients(lambda: Value(1.0))
    with pytest.raises(TypeError, match=r"needs f to return a Value, got float 2\.0"):
        check_gradients(lambda x: 2.0, 1.0)
    with pytest.raises(TypeError, match="needs f to return a Value, got list"):
        check_gradients(lambda x: [x], 1.0)
    with pytest.raises(TypeError, match="a Value needs a real number, got list"):
        check_gradients(lambda x: x, [1.0])


@pytest.mark.parametrize("f", [lambda x: x**3, lambda x: weighted_sum([x, 2.0], [x, 3.0]) * x, lambda x: x.tanh() / x])
def test_a_constant_that_is_asked_for_is_differentiated_as_any_other(f):
    frozen = Value(1.5)
    frozen.role = "constant"
    found, x = [], f(frozen)
    for _ in range(3):
        (x,) = grad(x, [frozen])
        found.append(x.data)
    assert found == pytest.approx(derivatives(f, 1.5, 3)[1:], rel=1e-12)


def test_of_what_no_input_reaches_the_number_is_enough():
    a, b = Value(3.0), Value(2.0)
    by_hand = Value(4.0, (b,), "square")
    by_hand._backward = lambda: None
    (slope,) = grad(a * a * by_hand, [a])
    assert slope.data == 24.0
    with pytest.raises(TypeError, match="square was made by hand"):
        grad(a * a * by_hand, [b])


def test_the_cause_of_a_missing_derivative_is_shown_only_where_there_is_no_advice():
    root = Value(0.0).sqrt()
    with pytest.raises(ValueError, match=r"Move away from 0 first: \(x \+ 1e-12\)\.sqrt\(\)") as caught:
        grad(root, root.parents)
    assert caught.value.__suppress_context__
    assert caught.value.__cause__ is None
    own = Op("own", value=lambda z: z, derivatives=[lambda a, z: 1 / (z - z)])(Value(1.0))
    with pytest.raises(ValueError, match=r"the derivative of own has no finite value at 1\.0") as caught:
        grad(own, own.parents)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
