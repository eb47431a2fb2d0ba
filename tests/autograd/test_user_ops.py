"""An operation made by a user, as in a notebook: it does all that a built-in one does, and its faults are named."""

from __future__ import annotations

import copy
import math
import pickle
from functools import partial

import numpy as np
import pytest
from mpmath import mp, mpf

from autograd import Op, Value, check_gradients, grad, hessian, ops, total, vectorize
from autograd.ops import exp, log, sigmoid, where


def make_swish(**words):
    return Op("swish", value=lambda z: z * sigmoid(z), derivatives=[lambda a, z: a + sigmoid(z) * (1 - a)], **words)


swish = make_swish()


def exact_swish(z):
    return z / (1 + mp.exp(-z))


@pytest.mark.parametrize("z", [-30.0, -2.0, -0.5, 0.0, 0.5, 1.0, 3.0, 20.0])
def test_swish_value_and_two_derivatives(z):
    x = Value(z)
    a = swish(x)
    a.backward()
    (slope,) = grad(a, [x])
    (curvature,) = grad(slope, [x])
    with mp.workdps(60):
        wanted = [mp.diff(exact_swish, mpf(z), n) for n in range(3)]
    assert a.data == pytest.approx(float(wanted[0]), rel=1e-15)
    assert x.grad == slope.data == pytest.approx(float(wanted[1]), rel=1e-14, abs=1e-18)
    assert curvature.data == pytest.approx(float(wanted[2]), rel=1e-12, abs=1e-16)


def test_swish_is_a_node_like_any_other():
    x = Value(1.5)
    a = swish(x)
    assert type(a) is Value
    assert (a.op, a._op, a.parents) == (swish, "swish", (x,))
    assert a.local_derivatives == (swish.derivatives[0](a.data, 1.5),)
    assert check_gradients(lambda x, y: swish(x * y) + swish(y), 0.5, -1.5) < 1e-9
    y = Value(-0.5)
    h = hessian(swish(x) * swish(y), [x, y])
    assert h[0][1].data == pytest.approx(h[1][0].data, rel=1e-14)


def test_on_numbers_it_answers_a_number():
    assert swish(0.0) == 0.0
    assert type(swish(2.0)) is float
    assert swish(2) == swish(2.0)


def test_on_a_number_beside_a_value_it_makes_a_constant():
    hypot = Op("hypot", lambda x, y: (x * x + y * y) ** 0.5, [lambda a, x, y: x / a, lambda a, x, y: y / a])
    x = Value(3.0)
    for a in (hypot(x, 4), hypot(x, np.float64(4.0))):
        assert (a.data, a.local_derivatives) == (5.0, (0.6, 0.0))
        assert a.parents[1].role == "constant"
    b = hypot(4, x)
    assert b.local_derivatives == (0.0, 0.6)


def test_derivative_is_called_only_for_inputs_that_vary():
    asked = []

    def slope_of(name):
        return lambda a, x, y: asked.append(name) or 1.0

    op = Op("watched", lambda x, y: x + y, [slope_of("x"), slope_of("y")])
    op(Value(1.0), 2.0)
    assert asked == ["x"]
    op(1.0, Value(2.0))
    assert asked == ["x", "y"]
    op(1.0, 2.0)
    assert asked == ["x", "y"]


def test_record_holds_what_it_was_given():
    op = make_swish(symbol="s", samples=[1.0, (2.0,)])
    assert (op.name, op.symbol, op.samples, op.n_inputs) == ("swish", "s", ((1.0,), (2.0,)), 1)
    assert (swish.symbol, swish.samples) == ("swish", ())
    assert repr(op) == "Op('swish')"
    assert repr(Op("s", lambda z, k: k * z, [lambda a, z, k: k], settings={"k": 2.0})) == "Op('s', k=2.0)"
    assert "swish" not in ops.TABLE
    with pytest.raises(TypeError):
        ops.TABLE["swish"] = swish
    with pytest.raises(TypeError):
        Op("swish", lambda z: z, [lambda a, z: 1.0], "s")


def test_settings_are_facts_of_the_node_and_not_parents():
    scaled = Op("scaled", lambda z, k: z * k, [lambda a, z, k: k], settings={"k": 2.0})
    x = Value(3.0)
    a, b = scaled(x), scaled(x, k=5.0)
    assert (a.data, b.data) == (6.0, 15.0)
    assert (a.op.settings, b.op.settings, scaled.settings) == ({"k": 2.0}, {"k": 5.0}, {"k": 2.0})
    assert a.parents == b.parents == (x,)
    b.backward()
    assert x.grad == 5.0
    assert [g.data for g in grad(b, [x])] == [5.0]
    assert scaled.bind(k=7.0)(1.0) == 7.0
    assert (b.op.name, b.op.symbol) == ("scaled", "scaled")


def test_one_setting_is_bound_and_the_others_stay():
    line = Op("line", lambda z, k, d: z * k + d, [lambda a, z, k, d: k], settings={"k": 2.0, "d": 1.0})
    assert line.bind(k=5.0).settings == {"k": 5.0, "d": 1.0}
    assert line.bind(k=5.0).bind(d=3.0)(2.0) == line(2.0, d=3.0, k=5.0) == 13.0


def test_settings_unknown_to_the_formulas_are_refused():
    with pytest.raises(TypeError, match="slope"):
        swish(Value(1.0), slope=2.0)


def test_any_number_of_inputs_with_one_function_for_all_derivatives():
    norm = Op(
        "norm",
        lambda *x: sum(v * v for v in x) ** 0.5,
        lambda a, *x: [v / a for v in x],
        symbol="‖·‖",
    )
    x = [Value(2.0), Value(3.0), Value(6.0)]
    a = norm(*x)
    a.backward()
    assert (a.data, [v.grad for v in x]) == (7.0, [2 / 7, 3 / 7, 6 / 7])
    assert norm(x[0], 3.0, 6.0).local_derivatives == (2 / 7, 0.0, 0.0)
    h = hessian(norm(*x), x)
    assert h[0][0].data == pytest.approx((49 - 4) / 343)
    assert h[0][1].data == pytest.approx(-6 / 343)


def test_deepcopy_keeps_the_operation():
    x = Value(1.5)
    a = swish(x)
    other = copy.deepcopy(a)
    assert other.op is swish
    other.backward()
    assert (x.grad, other.parents[0].grad) == (0.0, a.local_derivatives[0])
    assert copy.copy(swish) is swish
    assert copy.deepcopy(swish) is swish


def square(z):
    return z * z


def slope_of_square(a, z, k=1.0):
    return 2.0 * z


def test_an_operation_with_the_settings_that_it_has_is_itself():
    assert ops.leaky_relu.bind(slope=0.01) is Value(1.0).leaky_relu().op is ops.leaky_relu
    assert ops.leaky_relu.bind(slope=0.2).bind(slope=0.2) is ops.leaky_relu.bind(slope=0.2)
    assert ops.leaky_relu.bind(slope=0.2) is not ops.leaky_relu


def test_an_entry_of_the_table_is_itself_after_pickle_and_an_op_of_ones_own_is_made_of_functions():
    for op in (*ops.TABLE.values(), ops.leaky_relu.bind(slope=0.3), ops.softmax.bind(index=2)):
        assert pickle.loads(pickle.dumps(op)) is op
    own = Op("square", square, [slope_of_square], samples=[3.0])
    again = pickle.loads(pickle.dumps(own))
    assert again.is_from(own)
    assert (again(3.0), again.samples, grad(again(x := Value(3.0)), [x])[0].data) == (9.0, ((3.0,),), 6.0)
    impostor = Op("relu", square, [slope_of_square])
    assert pickle.loads(pickle.dumps(impostor))(3.0) == 9.0
    for lambdas in (
        swish,
        Op("local", square, [lambda a, z: 2.0 * z]),
        Op("printed", square, [slope_of_square], printed=lambda z: z),
    ):
        with pytest.raises(
            TypeError, match=r"made of lambdas, .* write them with def in a module, or keep the network"
        ):
            pickle.dumps(lambdas)


def test_an_op_that_borrows_a_formula_of_an_entry_is_not_that_entry():
    borrowed = Op("neg", ops.neg.fields["value"], [slope_of_square])
    with pytest.raises(TypeError, match="made of lambdas"):
        pickle.dumps(borrowed)


def test_an_op_of_a_method_of_a_number_goes_through_pickle():
    again = pickle.loads(pickle.dumps(Op("shift", square, [(3.0).__add__])))
    assert again.fields["derivatives"][0](1.0) == 4.0


def test_an_op_of_partial_functions_goes_through_pickle():
    again = pickle.loads(pickle.dumps(Op("square", partial(square), [partial(slope_of_square)])))
    x = Value(3.0)
    again(x).backward()
    assert (again(3.0), x.grad) == (9.0, 6.0)


@pytest.mark.parametrize(
    "clip",
    [
        lambda z: where(z < 0.0, 0.0, z),
        lambda z: where(z <= 0.0, 0.0, z),
        lambda z: where(z > 0.0, z, 0.0),
        lambda z: where(z >= 0.0, z, 0.0),
    ],
)
def test_a_choice_of_the_larger_of_two_may_be_written_with_any_comparison(clip):
    op, w = Op("clip", clip, [lambda a, z: where(z < 0.0, 0.0, 1.0)]), Value(2.0)
    assert vectorize(lambda x: op(w * x)).map([-1.0, 0.0, 1.0]).tolist() == [0.0, 0.0, 2.0]


def test_one_function_for_all_derivatives_that_fails_has_none_that_is_finite():
    op = Op("square_of_sum", lambda *z: sum(z) ** 2, lambda a, *z: [1.0 / 0.0])
    x, y = Value(1.0, label="x"), Value(2.0)
    assert op(x, y).local_derivatives == (math.inf, math.inf)
    with pytest.raises(ValueError, match=r"the derivative of square_of_sum at 1\.0 from 'x' is infinite"):
        op(x, y).backward()
    (op(x, y) * 0.0).backward()  # no gradient reaches it
    assert (x.grad, y.grad) == (0.0, 0.0)


def test_two_conditions_that_both_hold():
    bump = Op(
        "bump",
        lambda z: where((z >= -1.0) & (z <= 1.0) & (1.0 < 2.0), z * z, 1.0),
        [lambda a, z: where((z > -1.0) & (z < 1.0), 2.0 * z, 0.0)],
    )
    X, w = [-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0], Value(1.0)
    loss = vectorize(lambda x: bump(w * x))
    loss(X).backward()
    assert loss(X).data == pytest.approx(4.5 / 7, rel=1e-15)
    assert w.grad == pytest.approx(1.0 / 7, rel=1e-15)
    assert [bump(Value(x)).local_derivatives for x in X] == [(0.0,), (0.0,), (-1.0,), (0.0,), (1.0,), (0.0,), (0.0,)]


def test_piecewise_formulas_with_where():
    huber = Op(
        "huber",
        lambda z: where(abs(z) < 1.0, 0.5 * z * z, abs(z) - 0.5),
        [lambda a, z: where(abs(z) < 1.0, z, where(z < 0.0, -1.0, 1.0))],
    )
    for z, value, slope, curvature in [(0.5, 0.125, 0.5, 1.0), (-3.0, 2.5, -1.0, 0.0), (3.0, 2.5, 1.0, 0.0)]:
        x = Value(z)
        a = huber(x)
        a.backward()
        assert (a.data, x.grad) == (value, slope)
        assert hessian(huber(x), [x])[0][0].data == curvature


# --- faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("inputs", [(), (1.0, 2.0), (1.0, 2.0, 3.0)])
def test_wrong_number_of_inputs(inputs):
    with pytest.raises(TypeError) as caught:
        swish(*map(Value, inputs))
    assert "swish" in str(caught.value)
    if inputs:
        assert str(caught.value) == f"swish needs 1 input(s), one per derivative, got {len(inputs)}"


ANSWERS = [
    (None, "NoneType None"),
    (1 + 2j, "complex (1+2j)"),
    (np.array([1.0, 2.0]), "ndarray array([1., 2.])"),
    (np.array([1.0]), "ndarray"),
    ([1.0], "list [1.0]"),
    ("1.0", "str '1.0'"),
    (Value(1.0), "Value Value(data=1.0"),
]


@pytest.mark.parametrize(("answer", "words"), ANSWERS, ids=[words for _, words in ANSWERS])
def test_value_that_is_no_number_is_refused_by_name(answer, words):
    op = Op("broken", lambda z: answer, [lambda a, z: 1.0])
    with pytest.raises(TypeError) as caught:
        op(Value(1.0))
    assert "the value of Op 'broken'" in str(caught.value)
    assert f"got {words}" in str(caught.value)


@pytest.mark.parametrize("answer", [2, np.float64(2.0), np.float32(2.0), True])
def test_value_that_is_another_kind_of_number_becomes_a_float(answer):
    a = Op("kind", lambda z: answer, [lambda a, z: 1.0])(Value(1.0))
    assert (type(a.data), a.data) == (float, float(answer))


@pytest.mark.parametrize(("slope", "words"), ANSWERS, ids=[words for _, words in ANSWERS])
def test_derivative_that_is_no_number_is_refused_by_name(slope, words):
    for derivatives in ([lambda a, z: slope], lambda a, *z: [slope]):
        op = Op("broken", lambda z: z, derivatives)
        with pytest.raises(TypeError, match="derivative") as caught:
            op(Value(1.0))
        assert "'broken'" in str(caught.value)


@pytest.mark.parametrize("slope", [2, np.float64(2.0), True])
def test_derivative_that_is_another_kind_of_number_becomes_a_float(slope):
    x = Value(1.0)
    a = Op("kind", lambda z: 2 * z, [lambda a, z: slope])(x)
    assert (type(a.local_derivatives[0]), a.local_derivatives) == (float, (float(slope),))
    a.backward()
    assert type(x.grad) is float


@pytest.mark.parametrize("count", [0, 1, 3])
def test_wrong_number_of_derivatives(count):
    """One function for all of them: it must return as many as there are inputs."""
    op = Op("several", lambda x, y: x + y, lambda a, *x: [1.0] * count)
    for inputs in [(Value(1.0), Value(2.0)), (Value(1.0), 2.0)]:
        with pytest.raises((TypeError, ValueError), match=r"'?several'?") as caught:
            op(*inputs)
        assert str(count) in str(caught.value)
        assert "2" in str(caught.value)


@pytest.mark.parametrize("inputs", [[Value(1.0)], [Value(1.0), Value(2.0)]])
def test_one_function_that_answers_one_derivative_is_told_to_be_a_list(inputs):
    op = Op("swish", lambda *z: z[0] * sigmoid(z[0]), lambda a, *z: a + sigmoid(z[0]) * (1 - a))
    with pytest.raises(TypeError) as caught:
        op(*inputs)
    assert "derivatives= of Op 'swish' is one function, so it needs to return a list, got 0.92" in str(caught.value)
    assert "write derivatives=[...] with one function per input" in str(caught.value)


def test_more_derivatives_than_the_value_takes_inputs():
    op = Op("lopsided", lambda x: x, [lambda a, x, y: 1.0, lambda a, x, y: 1.0])
    with pytest.raises(TypeError):
        op(Value(1.0), Value(2.0))


def test_nan_from_finite_inputs_means_outside_the_domain():
    asin = Op(
        "asin",
        lambda x: math.asin(x) if abs(x) <= 1 else math.nan,
        [lambda a, x: 1 / (1 - x * x) ** 0.5],
        needs="-1 ≤ x ≤ 1",
        hint="Divide by the largest.",
        edge="Stay inside.",
    )
    assert asin(Value(0.5)).local_derivatives == (1 / 0.75**0.5,)
    with pytest.raises(ValueError, match=r"^asin needs -1 ≤ x ≤ 1, got 2\.0 from 'angle'\. Divide by the largest\.$"):
        asin(Value(2.0, label="angle"))
    x = Value(1.0, label="x")
    a = asin(x)
    with pytest.raises(ValueError, match=r"the derivative of asin at 1\.0 from 'x' is infinite, .* Stay inside\.$"):
        a.backward()
    assert x.grad == 0.0
    (a * 0.0).backward()
    assert x.grad == 0.0
    assert math.isnan(asin(Value(math.nan)).data)


def test_domain_error_without_words_of_its_own():
    op = Op("picky", lambda x: math.nan, [lambda a, x: 1.0])
    with pytest.raises(ValueError, match=r"^picky needs inputs where it is defined, got 3\.0\.$"):
        op(Value(3.0))


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (lambda x: math.log(-1.0), ValueError),
        (lambda x: 1 / 0.0, ZeroDivisionError),
        (lambda x: math.exp(1e9), OverflowError),
        (lambda x: math.inf, OverflowError),
        (lambda x: -math.inf, OverflowError),
        (lambda x: log(x - 100.0), ValueError),
        (lambda x: exp(x * 1e4), OverflowError),
    ],
)
def test_errors_inside_the_value_are_named(value, error):
    with pytest.raises(error, match=r"^strange (needs|of) .*1\.0 from 'x'") as caught:
        Op("strange", value, [lambda a, x: 1.0])(Value(1.0, label="x"))
    assert type(caught.value) is error


def test_programming_errors_inside_the_formulas_come_through_as_they_are():
    with pytest.raises(NameError, match="undefined_name"):
        Op("typo", lambda x: undefined_name, [lambda a, x: 1.0])(Value(1.0))  # noqa: F821
    with pytest.raises(KeyError):
        Op("typo", lambda x: x, [lambda a, x: {}["missing"]])(Value(1.0))


RECORDS = [
    (("", abs, [abs]), "an Op needs a name, got ''; write Op('swish', value=..., derivatives=[...])"),
    ((3, abs, [abs]), "an Op needs a name, got 3"),
    (("f", 2.0, [abs]), "Op 'f' needs a function of its inputs as value, got 2.0"),
    (("f", abs, []), "Op 'f' needs a list with one derivative function per input, got []"),
    (("f", abs, [1.0]), "Op 'f' needs a list with one derivative function per input, got [1.0]"),
    (("f", abs, [abs, None]), "Op 'f' needs a list with one derivative function per input"),
    (("f", abs, 1.0), "Op 'f' needs a list with one derivative function per input, got 1.0"),
    (("f", abs, None), "Op 'f' needs a list with one derivative function per input, got None"),
    (("f", abs, [abs], {"symbol": 3}), "a symbol needs to be a str, got int 3"),
    (("f", abs, [abs], {"samples": 2.0}), "Op 'f' needs a list of samples and a dict of settings, got samples=2.0"),
    (("f", abs, [abs], {"settings": [2]}), "Op 'f' needs a list of samples and a dict of settings, got samples=(), settings=[2]"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "words"), RECORDS, ids=[words for _, words in RECORDS])
def test_a_record_that_is_none_is_refused(arguments, words):
    with pytest.raises(TypeError) as caught:
        Op(*arguments[:3], **dict(*arguments[3:]))
    assert words in str(caught.value)


def test_million_swishes_need_no_recursion():
    x = Value(0.5)
    a = x
    for _ in range(20_000):
        a = swish(a) + 0.25
    a.backward()
    assert math.isfinite(x.grad)
    assert total([a]).data == a.data


def test_a_derivative_that_forgets_the_answer_is_told_so():
    square = Op("square", value=lambda z: z * z, derivatives=[lambda z: 2.0 * z])
    with pytest.raises(TypeError) as caught:
        square(Value(3.0))
    assert caught.value.__notes__ == [
        "a derivative of Op 'square' takes the answer a, then the inputs: lambda a, z: ..."
    ]


def test_an_error_in_a_value_of_ones_own_is_shown_as_the_cause():
    own = Op("own", value=lambda z: float("x"), derivatives=[lambda a, z: 1.0])
    with pytest.raises(ValueError, match=r"own needs inputs where it is defined, got 1\.0") as caught:
        own(Value(1.0))
    assert str(caught.value.__cause__) == "could not convert string to float: 'x'"
    with pytest.raises(ValueError, match="log needs x > 0") as caught:
        Value(0.0).log()
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_vectorized_function_keeps_the_remark_on_a_derivative():
    square = Op("square", value=lambda z: z * z, derivatives=[lambda z: 2.0 * z])
    with pytest.raises(TypeError, match=r"data point 0, counted from 0") as caught:
        vectorize(lambda x: square(Value(3.0) * x)).map([1.0, 2.0])
    assert caught.value.__notes__ == [
        "a derivative of Op 'square' takes the answer a, then the inputs: lambda a, z: ..."
    ]


def test_what_is_no_derivative_is_cut_where_it_is_long():
    with pytest.raises(TypeError) as caught:
        Op("f", value=abs, derivatives=[1.0] * 10_000)
    assert len(str(caught.value)) < 200
