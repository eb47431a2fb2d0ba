"""The delicate points of every operation, row by row, and the six principles they follow from.

A row says what is computed, where, and what the value, the derivatives or the error must be. The losses' rows are
with the losses; accuracy at the table's own samples is with the operation table.
"""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from mpmath import mp, mpf
from shared.graphs import leaves
from shared.oracles import ulps

from autograd import Value, average, grad, hessian, maximum, minimum, ops, softmax, total, weighted_sum

INF, NAN = math.inf, math.nan
TINY = 5e-324


# --- values and derivatives -------------------------------------------------------------------------------------------

ROWS = [
    # what, f, at, value, derivatives
    ("relu at 0", Value.relu, (0.0,), 0.0, (1.0,)),
    ("relu at −0", Value.relu, (-0.0,), 0.0, (1.0,)),
    ("relu below 0", Value.relu, (-TINY,), 0.0, (0.0,)),
    ("relu above 0", Value.relu, (TINY,), TINY, (1.0,)),
    ("leaky_relu at 0", Value.leaky_relu, (0.0,), 0.0, (1.0,)),
    ("leaky_relu at −0", Value.leaky_relu, (-0.0,), 0.0, (1.0,)),
    ("leaky_relu below 0", Value.leaky_relu, (-2.0,), -0.02, (0.01,)),
    ("abs at 0", abs, (0.0,), 0.0, (0.0,)),
    ("abs at −0", abs, (-0.0,), 0.0, (0.0,)),
    ("abs below 0", abs, (-TINY,), TINY, (-1.0,)),
    ("maximum, no tie", maximum, (1.0, 3.0, 2.0), 3.0, (0.0, 1.0, 0.0)),
    ("maximum, 2-way tie", maximum, (3.0, 3.0, 2.0), 3.0, (0.5, 0.5, 0.0)),
    ("maximum, 3-way tie", maximum, (3.0, 3.0, 3.0), 3.0, (1 / 3,) * 3),
    ("maximum, 7-way tie of 8", maximum, (0.0,) * 7 + (-1.0,), 0.0, (1 / 7,) * 7 + (0.0,)),
    ("maximum, tie of 0 and −0", maximum, (0.0, -0.0), 0.0, (0.5, 0.5)),
    ("minimum, 2-way tie", minimum, (3.0, 3.0, 4.0), 3.0, (0.5, 0.5, 0.0)),
    ("minimum, 3-way tie", minimum, (-1.0, -1.0, -1.0), -1.0, (1 / 3,) * 3),
    ("maximum(1, √x) at 0", lambda x: maximum(1.0, x.sqrt()), (0.0,), 1.0, (0.0,)),
    ("minimum(−1, √x) at 0", lambda x: minimum(-1.0, x.sqrt()), (0.0,), -1.0, (0.0,)),
    ("relu(√x − 1) at 0", lambda x: (x.sqrt() - 1.0).relu(), (0.0,), 0.0, (0.0,)),
    ("0·√x at 0", lambda x: x.sqrt() * 0.0, (0.0,), 0.0, (0.0,)),
    ("0·log x at 5e−324", lambda x: x.log() * 0.0, (TINY,), -0.0, (0.0,)),
    ("x**0", lambda x: x**0, (2.0,), 1.0, (0.0,)),
    ("x**0 at 0", lambda x: x**0, (0.0,), 1.0, (0.0,)),
    ("x**0 at −3", lambda x: x**0, (-3.0,), 1.0, (0.0,)),
    ("x**0 at 5e−324", lambda x: x**0, (TINY,), 1.0, (0.0,)),
    ("x**0.0 at inf", lambda x: x**0.0, (INF,), 1.0, (0.0,)),
    ("x**0 at nan", lambda x: x**0, (NAN,), 1.0, (0.0,)),
    ("x**y at y = 0, x = 0", lambda x, y: x**y, (0.0, 0.0), 1.0, (0.0, 0.0)),
    ("x**2 at −3", lambda x: x**2, (-3.0,), 9.0, (-6.0,)),
    ("x**2.0 at −3", lambda x: x**2.0, (-3.0,), 9.0, (-6.0,)),
    ("x**3 at −2", lambda x: x**3, (-2.0,), -8.0, (12.0,)),
    ("x**3.0 at −2", lambda x: x**3.0, (-2.0,), -8.0, (12.0,)),
    ("x**−1 at −2", lambda x: x**-1, (-2.0,), -0.5, (-0.25,)),
    ("x**−2.0 at −2", lambda x: x**-2.0, (-2.0,), 0.25, (0.25,)),
    ("x**2 at 0", lambda x: x**2, (0.0,), 0.0, (0.0,)),
    ("x**1 at 0", lambda x: x**1, (0.0,), 0.0, (1.0,)),
    ("x**1.5 at 0", lambda x: x**1.5, (0.0,), 0.0, (0.0,)),
    ("x**np.int64(2) at −3", lambda x: x ** np.int64(2), (-3.0,), 9.0, (-6.0,)),
    ("0**y at 2", lambda y: 0**y, (2.0,), 0.0, (0.0,)),
    ("0.0**y at 0.5", lambda y: 0.0**y, (0.5,), 0.0, (0.0,)),
    ("0**y at 0", lambda y: 0**y, (0.0,), 1.0, (0.0,)),
    ("x**y at x = 0, y = 2", lambda x, y: x**y, (0.0, 2.0), 0.0, (0.0, 0.0)),
    ("2**y", lambda y: 2**y, (3.0,), 8.0, (8.0 * math.log(2.0),)),
    ("49/49", lambda x, y: x / y, (49.0, 49.0), 1.0, (1 / 49.0, -(1.0 / 49.0))),
    ("x/y, y's slope is −(q/y)", lambda x, y: x / y, (1.0, 3.0), 1 / 3, (1 / 3.0, -((1 / 3) / 3.0))),
    ("x/y of huge numbers", lambda x, y: x / y, (1e300, 1e200), 1e300 / 1e200, (1 / 1e200, -(1e300 / 1e200 / 1e200))),
    ("0/y", lambda x, y: x / y, (0.0, 2.0), 0.0, (0.5, 0.0)),
    ("softplus far left", Value.softplus, (-800.0,), 0.0, (0.0,)),
    ("softplus far right", Value.softplus, (800.0,), 800.0, (1.0,)),
    ("softplus at 0", Value.softplus, (0.0,), math.log(2.0), (0.5,)),
    ("gelu far left", Value.gelu, (-1e300,), 0.0, (0.0,)),
    ("gelu far right", Value.gelu, (1e300,), 1e300, (1.0,)),
    ("gelu at 0", Value.gelu, (0.0,), 0.0, (0.5,)),
    ("sigmoid far left", Value.sigmoid, (-1e308,), 0.0, (0.0,)),
    ("sigmoid far right", Value.sigmoid, (1e308,), 1.0, (0.0,)),
    ("tanh far right", Value.tanh, (1e308,), 1.0, (0.0,)),
    ("tanh is the math library's", Value.tanh, (0.3,), math.tanh(0.3), None),
    ("cos at 0", Value.cos, (0.0,), 1.0, (0.0,)),
    ("sin at 0", Value.sin, (0.0,), 0.0, (1.0,)),
    ("exp of a huge negative number", Value.exp, (-1e308,), 0.0, (0.0,)),
    ("total keeps small terms", lambda *x: total(x), (1e16, 1.0, -1e16), 1.0, (1.0, 1.0, 1.0)),
    ("total of eleven tenths", lambda *x: total(x), (0.1,) * 10, 1.0, (1.0,) * 10),
    (
        "weighted_sum, rounded products",
        lambda w, x: weighted_sum([w, 1.0], [x, -0.01]),
        (0.1, 0.1),
        0.1 * 0.1 - 0.01,
        (0.1, 0.1),
    ),
    (
        "weighted_sum with a bias keeps small terms",
        lambda w, x, b: weighted_sum([w, x], [x, 1.0], b),
        (1e16, 1.0, -1e16),
        1.0,
        (1.0, 1e16 + 1.0, 1.0),
    ),
    ("softmax is shifted by the maximum", lambda *z: softmax(z)[0], (1000.0, 1000.0), 0.5, (0.25, -0.25)),
    ("softmax with a mask", lambda *z: softmax(z)[0], (0.0, 0.0, -INF), 0.5, (0.25, -0.25, 0.0)),
    ("softmax of the masked class", lambda *z: softmax(z)[0], (-INF, 0.0, 0.0), 0.0, (0.0, 0.0, 0.0)),
    ("softmax of one class", lambda z: softmax([z])[0], (3.0,), 1.0, (0.0,)),
]


@pytest.mark.parametrize(("f", "at", "value", "slopes"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_value_and_derivatives(f, at, value, slopes):
    x = leaves(at)
    y = f(*x)
    assert y.data == value
    y.backward()
    if slopes is not None:
        assert tuple(leaf.grad for leaf in x) == slopes


@pytest.mark.parametrize("x", [0.0, -3.0, 2.5, 1e308, -1e-300, TINY, INF, -INF])
@pytest.mark.parametrize("zero", [0, 0.0, -0.0, np.int64(0)])
def test_any_number_to_the_power_zero(x, zero):
    v = Value(x)
    y = v**zero
    y.backward()
    assert (y.data, v.grad) == (1.0, 0.0)


@pytest.mark.parametrize("n", [-3, -2, -1, 1, 2, 3, 4, 5])
@pytest.mark.parametrize("x", [-2.0, -0.5, 0.5, 2.0, 1e-50, -1e50])
def test_integer_powers_have_exact_sign_and_the_school_derivative(x, n):
    for exponent in (n, float(n), np.float64(n)):
        v = Value(x)
        y = v**exponent
        y.backward()
        assert y.data == pytest.approx(float(mpf(x) ** n), rel=3e-16)
        assert math.copysign(1.0, y.data) == (-1.0 if x < 0 and n % 2 else 1.0)
        assert v.grad == pytest.approx(float(n * mpf(x) ** (n - 1)), rel=5e-16)


def test_negative_base_with_an_integer_valued_exponent_that_is_a_value():
    x, y = Value(-2.0, label="base"), Value(3.0)
    z = x**y
    assert z.data == -8.0
    assert z.local_derivatives[0] == 12.0
    assert [g.data for g in grad(z, [x])] == [12.0]
    with pytest.raises(
        ValueError, match=r"backward: the derivative of pow at .* is not defined, and a gradient reaches it"
    ):
        z.backward()
    assert (x.grad, y.grad) == (0.0, 0.0)
    (z * 0.0).backward()
    assert (x.grad, y.grad) == (0.0, 0.0)


# --- errors from finite inputs ----------------------------------------------------------------------------------------

REFUSED = [
    # what, f, at, error, words
    ("log 0", Value.log, (0.0,), ValueError, ["log needs x > 0, got 0.0 from 'x_1'", "nll_loss_from_logit(z, y)", "cross_entropy_from_logits"]),
    ("log −0", Value.log, (-0.0,), ValueError, ["log needs x > 0, got -0.0 from 'x_1'"]),
    ("log −1", Value.log, (-1.0,), ValueError, ["log needs x > 0, got -1.0 from 'x_1'", "from_logit"]),
    ("√−1", Value.sqrt, (-1.0,), ValueError, ["sqrt needs x ≥ 0, got -1.0 from 'x_1'. Take abs(x)"]),
    ("√−5e−324", Value.sqrt, (-TINY,), ValueError, ["sqrt needs x ≥ 0"]),
    ("log1p −1", ops.log1p, (-1.0,), ValueError, ["log1p needs x > -1, got -1.0 from 'x_1'"]),
    ("x**0.5 below 0", lambda x: x**0.5, (-4.0,), ValueError, ["pow needs x ≥ 0 for a fractional exponent", "-4.0 from 'x_1' and 0.5. Take abs(x)"]),
    ("x**y below 0", lambda x, y: x**y, (-4.0, 1.5), ValueError, ["pow needs", "-4.0 from 'x_1' and 1.5 from 'x_2'"]),
    ("x**(1/3) below 0", lambda x: x ** (1 / 3), (-8.0,), ValueError, ["pow needs"]),
    ("(−2)**y", lambda y: (-2) ** y, (0.5,), ValueError, ["pow needs", "-2.0 and 0.5 from 'x_1'"]),
    ("x/0", lambda x: x / 0, (1.0,), ZeroDivisionError, ["truediv needs a divisor other than 0, got 1.0 from 'x_1' and 0.0. Add a small ε to the divisor"]),
    ("x/−0.0", lambda x: x / -0.0, (1.0,), ZeroDivisionError, ["truediv needs a divisor other than 0"]),
    ("0/0", lambda x, y: x / y, (0.0, 0.0), ZeroDivisionError, ["0.0 from 'x_1' and 0.0 from 'x_2'"]),
    ("1/x at 0", lambda x: 1 / x, (0.0,), ZeroDivisionError, ["1.0 and 0.0 from 'x_1'"]),
    ("0**−1", lambda x: x**-1, (0.0,), ZeroDivisionError, ["pow needs", "x ≠ 0 for a negative one", "0.0 from 'x_1' and -1.0"]),
    ("0**y, y < 0", lambda y: 0**y, (-0.5,), ZeroDivisionError, ["pow needs", "0.0 and -0.5 from 'x_1'"]),
    ("(−0.0)**−3", lambda x: x**-3, (-0.0,), ZeroDivisionError, ["pow needs"]),
    ("1e200·1e200", lambda x, y: x * y, (1e200, 1e200), OverflowError, ["mul of 1e+200 from 'x_1' and 1e+200 from 'x_2' is too large"]),
    ("1e200·1e200, a float", lambda x: x * 1e200, (1e200,), OverflowError, ["mul of 1e+200 from 'x_1' and 1e+200 is too large"]),
    ("1e200**2", lambda x: x**2, (1e200,), OverflowError, ["pow of 1e+200 from 'x_1' and 2.0 is too large"]),
    ("(−1e200)**3", lambda x: x**3, (-1e200,), OverflowError, ["pow of -1e+200"]),
    ("5e−324**−1", lambda x: x**-1, (TINY,), OverflowError, ["pow of 5e-324"]),
    ("1e308+1e308", lambda x, y: x + y, (1e308, 1e308), OverflowError, ["add of", "'x_1'", "'x_2'", "too large"]),
    ("1e308+1e308, a float", lambda x: x + 1e308, (1e308,), OverflowError, ["add of", "'x_1'", "too large"]),
    ("−1e308−1e308", lambda x, y: x - y, (-1e308, 1e308), OverflowError, ["sub of"]),
    ("1e308/1e−308", lambda x, y: x / y, (1e308, 1e-308), OverflowError, ["truediv of"]),
    ("1/5e−324", lambda x: 1 / x, (TINY,), OverflowError, ["truediv of 1.0 and 5e-324 from 'x_1' is too large"]),
    ("exp 710", Value.exp, (710.0,), OverflowError, ["exp of 710.0 from 'x_1' is too large for a float"]),
    ("2**1024", lambda y: 2**y, (1024.0,), OverflowError, ["pow of 2.0 and 1024.0 from 'x_1' is too large"]),
    ("leaky_relu with a huge slope", lambda z: z.leaky_relu(1e200), (-1e200,), OverflowError, ["leaky_relu of -1e+200 from 'x_1'"]),
    ("total", lambda *x: total(x), (1e308, 1e308), OverflowError, ["total of 1e+308 from 'x_1' and 1e+308 from 'x_2' is too large"]),
    ("total of many", lambda *x: total(x), (1e308,) * 9, OverflowError, ["total of", "'x_1'", "and 6 more"]),
    ("weighted_sum, product", lambda w, x: weighted_sum([w], [x]), (1e200, 1e200), OverflowError, ["weighted_sum of 1e+200 from 'x_1'"]),
    ("weighted_sum, sum", lambda w, x: weighted_sum([w, w], [x, x]), (1e308, 1.0), OverflowError, ["weighted_sum of", "'x_1'", "too large"]),
]  # fmt: skip


@pytest.mark.parametrize(("f", "at", "error", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused_with_the_operation_and_its_operands_named(f, at, error, words):
    with pytest.raises(error) as caught:
        f(*leaves(at))
    assert type(caught.value) is error
    for part in words:
        assert part in str(caught.value)
    assert "math domain error" not in str(caught.value)
    assert caught.value.__suppress_context__, "the library's own words are not shown above ours"


TOO_LARGE_ON_THE_WAY = {
    "total": (lambda *x: total(x), (1e308, 1e308, -1e308)),
    "average": (lambda *x: average(x), (1e308,) * 4),
    "weighted_sum": (lambda *x: weighted_sum([1.0] * len(x), x), (1e308, 1e308, -1e308)),
    "weighted_sum of a product": (lambda w, x: weighted_sum([w, w], [x, -x]), (1e200, 1e200)),
    "the table's weighted_sum": (ops.weighted_sum, (1e200, -1e200, 1e200, 1e200)),
}


@pytest.mark.parametrize("name", TOO_LARGE_ON_THE_WAY)
def test_a_product_or_a_partial_sum_that_is_too_large_is_named(name):
    f, numbers = TOO_LARGE_ON_THE_WAY[name]
    with pytest.raises(OverflowError, match=r"(total|average|weighted_sum) of .*1e\+[23]0.* is too large for a float"):
        f(*leaves(numbers))


@pytest.mark.parametrize("kind", [INF, -INF, NAN])
def test_sums_of_what_is_not_finite_follow_ieee(kind):
    for f in (total, average, lambda x: weighted_sum([1.0] * len(x), x)):
        wanted = kind + 1e308 + 1e308
        found = f(leaves((kind, 1e308, 1e308))).data
        assert found == wanted or (math.isnan(found) and math.isnan(wanted))
        assert math.isnan(f(leaves((INF, -INF))).data)


@pytest.mark.parametrize("where", ["total", "average", "maximum", "minimum", "softmax"])
def test_no_values_at_all(where):
    f = {"total": total, "average": average, "softmax": softmax}.get(where) or (
        lambda values: {"maximum": maximum, "minimum": minimum}[where](*values)
    )
    with pytest.raises(ValueError, match=f"{where} needs at least one value, got none"):
        f([])


@pytest.mark.parametrize(("weights", "inputs"), [(3, 2), (1, 4), (0, 1), (2, 0)])
def test_weighted_sum_of_different_lengths_names_both(weights, inputs):
    with pytest.raises(ValueError, match=f"got {weights} weights and {inputs} inputs"):
        weighted_sum([1.0] * weights, [Value(1.0)] * inputs)


def test_weighted_sum_of_nothing():
    with pytest.raises(ValueError, match="at least one weight and one input"):
        weighted_sum([], [], Value(1.0))


@pytest.mark.parametrize(
    "logits",
    [(-INF, -INF), (INF, 0.0), (INF, INF), (NAN, 0.0), (0.0, NAN), (-INF, NAN), (-INF,)],
    ids=repr,
)
def test_softmax_without_probabilities(logits):
    with pytest.raises(ValueError, match=r"softmax needs finite inputs, or some at -inf \(but not all\), got \["):
        softmax(leaves(logits))


# --- infinite derivatives ---------------------------------------------------------------------------------------------

INFINITE = [
    ("√ at 0", Value.sqrt, (0.0,), ["sqrt at 0.0 from 'x_1'", "infinite", "(x + 1e-12).sqrt()"]),
    ("√ at −0", Value.sqrt, (-0.0,), ["sqrt at -0.0 from 'x_1'", "infinite"]),
    ("0**0.5", lambda x: x**0.5, (0.0,), ["pow at 0.0 from 'x_1'", "infinite", "Move away from 0"]),
    ("0**0.01", lambda x: x**0.01, (0.0,), ["pow at 0.0 from 'x_1'", "infinite"]),
    ("0**0.99", lambda x: x**0.99, (0.0,), ["pow at 0.0 from 'x_1'", "infinite"]),
    ("log at 5e−324", Value.log, (TINY,), ["log at 5e-324 from 'x_1'", "infinite", "(x + 1e-12).log()"]),
    ("1e−300/5e−324", lambda x, y: x / y, (1e-300, TINY), ["truediv at", "infinite"]),
]


@pytest.mark.parametrize(("f", "at", "words"), [row[1:] for row in INFINITE], ids=[row[0] for row in INFINITE])
def test_infinite_derivative_raises_only_where_a_gradient_reaches_it(f, at, words):
    x = leaves(at)
    y = f(*x)
    assert math.isfinite(y.data)
    for leaf in x:
        leaf.grad = 0.25
    with pytest.raises(ValueError, match="backward: the derivative of ") as caught:
        y.backward()
    for part in words:
        assert part in str(caught.value)
    assert [leaf.grad for leaf in x] == [0.25] * len(x)
    z = maximum(y, 2.0 * abs(y.data) + 1.0) + total(x)
    z.backward()
    assert [leaf.grad for leaf in x] == [1.25] * len(x), "a zero gradient contributes exactly 0"


def test_infinite_derivative_names_the_node_if_it_has_a_label():
    x = Value(0.0)
    y = x.sqrt()
    y.label = "distance"
    with pytest.raises(ValueError, match=r"sqrt at 0\.0 \(node 'distance'\) is infinite"):
        y.backward()


def test_the_hint_for_the_square_root_works():
    x = Value(0.0)
    (x + 1e-12).sqrt().backward()
    assert x.grad == 0.5 / math.sqrt(1e-12)


def test_grad_skips_nothing():
    """d²sin²x/dx² at 0 is 2: the factor sin 0 = 0 must stay a node, as its own derivative is not 0."""
    x = Value(0.0)
    (slope,) = grad(x.sin() ** 2, [x])
    assert slope.data == 0.0
    assert [g.data for g in grad(slope, [x])] == [2.0]
    assert hessian(x.sin() * x.sin(), [x])[0][0].data == 2.0
    y = Value(0.0)
    assert [[h.data for h in line] for line in hessian(x * y, [x, y])] == [[0.0, 1.0], [1.0, 0.0]]
    assert hessian((x * x) * (y + 1.0), [x, y])[0][0].data == 2.0


# --- inf and nan given by the user ------------------------------------------------------------------------------------

GIVEN = [
    ("inf + 1", lambda x: x + 1, INF, INF),
    ("inf − inf", lambda x: x - x, INF, NAN),
    ("inf·0", lambda x: x * 0, INF, NAN),
    ("inf·2", lambda x: 2 * x, INF, INF),
    ("1/inf", lambda x: 1 / x, INF, 0.0),
    ("inf/inf", lambda x: x / x, INF, NAN),
    ("(−inf)**2", lambda x: x**2, -INF, INF),
    ("(−inf)**3", lambda x: x**3, -INF, -INF),
    ("inf**−1", lambda x: x**-1, INF, 0.0),
    ("|−inf|", abs, -INF, INF),
    ("exp inf", Value.exp, INF, INF),
    ("exp −inf", Value.exp, -INF, 0.0),
    ("log inf", Value.log, INF, INF),
    ("√inf", Value.sqrt, INF, INF),
    ("tanh inf", Value.tanh, INF, 1.0),
    ("tanh −inf", Value.tanh, -INF, -1.0),
    ("sigmoid inf", Value.sigmoid, INF, 1.0),
    ("sigmoid −inf", Value.sigmoid, -INF, 0.0),
    ("relu inf", Value.relu, INF, INF),
    ("relu −inf", Value.relu, -INF, 0.0),
    ("leaky_relu −inf", Value.leaky_relu, -INF, -INF),
    ("softplus inf", Value.softplus, INF, INF),
    ("softplus −inf", Value.softplus, -INF, 0.0),
    ("gelu inf", Value.gelu, INF, INF),
    ("gelu −inf", Value.gelu, -INF, 0.0),
    ("erf inf", Value.erf, INF, 1.0),
    ("maximum", lambda x: maximum(x, 1.0), INF, INF),
    ("maximum with −inf", lambda x: maximum(x, 1.0), -INF, 1.0),
    ("minimum", lambda x: minimum(x, 1.0), -INF, -INF),
    ("total", lambda x: total([x, 1.0]), INF, INF),
    ("total of inf and −inf", lambda x: total([x, 1.0, -INF]), INF, NAN),
    ("average", lambda x: average([x, 1.0]), -INF, -INF),
    ("weighted_sum", lambda x: weighted_sum([x], [2.0], 1.0), INF, INF),
    ("weighted_sum, inf·0", lambda x: weighted_sum([x], [0.0], 1.0), INF, NAN),
    ("weighted_sum, inf − inf", lambda x: weighted_sum([x, 1.0], [1.0, -INF]), INF, NAN),
]


@pytest.mark.parametrize(("f", "at", "wanted"), [row[1:] for row in GIVEN], ids=[row[0] for row in GIVEN])
def test_infinity_given_by_the_user_propagates(f, at, wanted):
    y = f(Value(at))
    assert y.data == wanted or (math.isnan(wanted) and math.isnan(y.data))


ONE_INPUT = [op for op in ops.TABLE.values() if op.n_inputs == 1]
MORE_INPUTS = [op for op in ops.TABLE.values() if op.n_inputs != 1 and op.name not in ("softmax", "pow")]


@pytest.mark.parametrize("op", ONE_INPUT, ids=lambda op: op.name)
def test_nan_is_never_swallowed(op):
    x = Value(NAN)
    y = op(x)
    assert math.isnan(y.data)
    assert math.isnan(op(NAN))
    y.backward()
    assert not math.isinf(x.grad)


@pytest.mark.parametrize("op", MORE_INPUTS, ids=lambda op: op.name)
@pytest.mark.parametrize("place", [0, 1])
def test_nan_is_never_swallowed_among_others(op, place):
    inputs = [2.0, 2.0]
    inputs[place] = NAN
    assert math.isnan(op(*map(Value, inputs)).data)
    assert math.isnan(op(*inputs))


@pytest.mark.parametrize("f", [maximum, minimum])
def test_nan_has_no_winner(f):
    x, y = Value(NAN), Value(1.0)
    f(x, y).backward()
    assert math.isnan(x.grad)
    assert math.isnan(y.grad)


@pytest.mark.parametrize("f", [Value.sin, Value.cos], ids=["sin", "cos"])
@pytest.mark.parametrize("x", [INF, -INF])
def test_sine_of_infinity_is_nan_or_a_named_error(f, x):
    try:
        y = f(Value(x, label="angle"))
    except ValueError as error:
        assert "needs a finite x" in str(error)  # noqa: PT017
        assert "'angle'" in str(error)  # noqa: PT017
    else:
        assert math.isnan(y.data)


@pytest.mark.parametrize(
    ("f", "at", "error"),
    [
        (Value.log, -INF, ValueError),
        (Value.sqrt, -INF, ValueError),
        (lambda x: x / 0, INF, ZeroDivisionError),
        (lambda x: x / 0, NAN, ZeroDivisionError),
    ],
)
def test_outside_the_domain_stays_an_error_even_for_infinity_or_is_nan(f, at, error):
    """IEEE answers nan or inf here; if an error comes instead it is ours, with the operation's name."""
    try:
        y = f(Value(at, label="given"))
    except error as caught:
        assert "needs" in str(caught)  # noqa: PT017
        assert "'given'" in str(caught)  # noqa: PT017
    else:
        assert not math.isfinite(y.data)


def test_nan_propagates_through_backward():
    x, y = Value(NAN), Value(2.0)
    (x * y).backward()
    assert (x.grad, math.isnan(y.grad)) == (2.0, True)
    x, y = Value(INF), Value(2.0)
    (x * y).backward()
    assert (x.grad, y.grad) == (2.0, INF)


# --- never nan, never complex -----------------------------------------------------------------------------------------

DELICATE = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    2.0,
    -3.0,
    TINY,
    -TINY,
    1e-200,
    1e200,
    -1e200,
    1e308,
    -1e308,
    745.0,
    -745.0,
]


@pytest.mark.parametrize("op", ops.TABLE.values(), ids=lambda op: op.name)
def test_finite_inputs_give_a_finite_float_or_a_named_error(op):
    points = [(x,) for x in DELICATE] if op.n_inputs == 1 else [(x, y) for x in DELICATE for y in DELICATE]
    for point in points:
        try:
            y = op(*leaves(point))
        except (OverflowError, ZeroDivisionError, ValueError) as error:
            assert op.name in str(error)  # noqa: PT017
            assert "'x_1'" in str(error)  # noqa: PT017
            assert type(error) in (OverflowError, ZeroDivisionError, ValueError)  # noqa: PT017
            continue
        assert type(y.data) is float
        assert math.isfinite(y.data), (op.name, point)


@pytest.mark.parametrize("op", ops.TABLE.values(), ids=lambda op: op.name)
def test_finite_points_give_a_finite_gradient_or_a_named_error(op):
    points = [(x,) for x in DELICATE] if op.n_inputs == 1 else [(x, y) for x in DELICATE for y in DELICATE]
    for point in points:
        x = leaves(point)
        try:
            y = op(*x)
        except (ArithmeticError, ValueError):
            continue
        try:
            y.backward()
        except (OverflowError, ValueError) as error:
            assert str(error).startswith("backward: the ")  # noqa: PT017
            assert f"of {op.name} at" in str(error)  # noqa: PT017
            assert [leaf.grad for leaf in x] == [0.0] * len(x)
            continue
        assert all(math.isfinite(leaf.grad) for leaf in x), (op.name, point)


# --- right in the tails -----------------------------------------------------------------------------------------------

TAILS = {
    "sigmoid": lambda z: 1 / (1 + mp.exp(-z)),
    "tanh": mp.tanh,
    "softplus": lambda z: mp.log1p(mp.exp(z)),
}


@pytest.mark.parametrize("name", TAILS)
@pytest.mark.parametrize("z", [10.0, 19.9, 20.0, 20.1, 36.0, 37.0, 40.0, 100.0, 350.0, 700.0])
@pytest.mark.parametrize("sign", [1, -1])
def test_derivative_has_not_rounded_to_zero(name, z, sign):
    x = Value(sign * z)
    getattr(x, name)().backward()
    with mp.workdps(1400):
        h = mpf(10) ** -100
        wanted = (TAILS[name](sign * mpf(z) + h) - TAILS[name](sign * mpf(z) - h)) / (2 * h)
    assert abs(x.grad - wanted) <= 5 * mpf(math.ulp(float(wanted)))
    assert x.grad > 0.0 or wanted < TINY


def test_gelu_far_left_is_not_zero():
    """½z·erfc(−z/√2) at −10: where 1 + erf has rounded to 0 the answer is −7.6e−23."""
    y = Value(-10.0).gelu()
    assert -8e-23 < y.data < -7e-23


def test_softmax_slope_of_a_certain_class_is_the_sum_of_the_others():
    z = leaves((40.0, 0.0, -1.0))
    softmax(z)[0].backward()
    with mp.workdps(60):
        e = [mp.exp(-40), mp.exp(-41)]
        p = 1 / (1 + mp.fsum(e))
        wanted = p * (mp.fsum(e) * p)
    assert z[0].grad == pytest.approx(float(wanted), rel=1e-14)
    assert z[0].grad > 0.0


def test_softmax_answers_positive_numbers_that_sum_to_one():
    for z in [(1.0, 2.0, 3.0), (1000.0, 0.0, -1000.0), (-5.0,) * 7, (0.0, -INF, 3.0)]:
        p = [node.data for node in softmax(leaves(z))]
        assert math.fsum(p) == pytest.approx(1.0, rel=1e-15)
        assert all(p_k >= 0.0 for p_k in p)


# --- accuracy, at random points ---------------------------------------------------------------------------------------


def between(low, high):
    return lambda draw: (draw.uniform(low, high),)


def any_size(draw):
    return (10.0 ** draw.uniform(-300.0, 300.0),)


def base_and_exponent(draw):
    y = draw.choice([draw.uniform(-30.0, 30.0), float(draw.randint(-9, 9)), draw.gauss(0.0, 1.0)])
    return (draw.uniform(0.01, 100.0), y)


ACCURACY = {  # how many units in the last place: of the value, of the derivative (None: the page asks for nothing)
    "exp": (between(-700.0, 700.0), mp.exp, 1, None),
    "log": (any_size, mp.log, 1, None),
    "sqrt": (any_size, mp.sqrt, 1, None),
    "sin": (between(-1e5, 1e5), mp.sin, 1, None),
    "cos": (between(-1e5, 1e5), mp.cos, 1, None),
    "pow": (base_and_exponent, mp.power, 1, None),
    "tanh": (between(-370.0, 370.0), mp.tanh, 2, lambda z: mp.sech(z) ** 2),
    "softplus": (between(-740.0, 740.0), TAILS["softplus"], 2, TAILS["sigmoid"]),
    "sigmoid": (between(-740.0, 740.0), TAILS["sigmoid"], 3, lambda z: mp.exp(z) / (1 + mp.exp(z)) ** 2),
    "gelu": (between(-30.0, 30.0), lambda z: z * mp.erfc(-z / mp.sqrt(2)) / 2, 1e-12 * 2**52, None),
}


@pytest.mark.parametrize("name", ACCURACY)
def test_accuracy(name):
    draw, value, value_ulps, slope = ACCURACY[name]
    numbers = random.Random(name)
    for shrink in [1.0] * 80 + [0.01] * 20:  # near 0 too
        point = draw(numbers)
        point = (point[0] * shrink, *point[1:])
        x = leaves(point)
        y = ops.TABLE[name](*x)
        with mp.workdps(60):
            exact = list(map(mpf, point))
            assert ulps(y.data, value(*exact)) <= value_ulps, (name, point)
            if slope:
                y.backward()
                assert ulps(x[0].grad, slope(*exact)) <= 5, (name, point)
