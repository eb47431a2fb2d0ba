"""The losses against mpmath at 60 digits, their delicate points, their second derivatives, and what is refused."""

import inspect
import itertools
import math
import random
import re

import mpmath
import numpy as np
import pytest

from autograd import Value, average, check_gradients, grad, hessian, softmax, total, vectorize
from nn import (
    MLP,
    Layer,
    Neuron,
    cross_entropy,
    cross_entropy_from_logits,
    fit,
    hinge_loss,
    losses,
    nll_loss,
    nll_loss_from_logit,
    squared_loss,
)

mpmath.mp.dps = 60
LOG_TERM = lambda c, p: c * mpmath.log(p) if c else mpmath.mpf(0)  # noqa: E731


def exact_nll(g, y):
    return -(LOG_TERM(y, g) + LOG_TERM(1 - y, 1 - g))


def exact_nll_of_logit(z, y):
    return exact_nll(1 / (1 + mpmath.exp(-z)), y)


def exact_cross_entropy_of_logits(z, k):
    return mpmath.log(sum(mpmath.exp(z_j - z[k]) for z_j in z))


ONE_OUTPUT = {
    squared_loss: (lambda g, y: (g - y) ** 2, [(1.5, -2.25), (0.1, 0.3), (-7.0, 1.0), (1e-8, 1.0)]),
    nll_loss: (exact_nll, [(0.25, 1), (0.25, 0), (1e-300, 1), (1e-17, 0), (0.75, 0.5), (0.9999, 1), (1 - 2**-53, 0)]),
    nll_loss_from_logit: (
        exact_nll_of_logit,
        [*itertools.product([-45.0, -30.0, -1.0, 0.0, 1e-5, 0.5, 40.0, 45.0], [0, 1]), (0.5, 0.25)],
    ),
    hinge_loss: (lambda s, y: max(mpmath.mpf(0), 1 - y * s), [(0.5, 1), (0.5, -1), (2.0, 1), (-3.0, -1), (0.9, 1)]),
}
LOGITS = [
    (40.0, 0.0),
    (0.0, 40.0),
    (0.5, 0.5, 0.5),
    (-20.0, 3.0, 19.0, 1.0),
    (1.0, 1.0 + 1e-9),
    (20.0, 20.0, -20.0),
    (3.0,),
    (18.105474584718152, -19.329034862957005),
    (17.31681964703344, -16.313976958130016, -16.4),
]


TAILS = 1e-12 * 2**52  # z_k − max z is rounded, and its exponential multiplies that: 1e-12 of it, however small it is


def close(number, exact, ulps):
    number, exact = mpmath.mpf(number), mpmath.mpf(exact)
    assert abs(number - exact) <= ulps * mpmath.mpf(2) ** -52 * abs(exact) + mpmath.mpf(5e-324), (number, exact)


ALL_POINTS = [(loss, exact, *point) for loss, (exact, points) in ONE_OUTPUT.items() for point in points]


@pytest.mark.parametrize(("loss", "exact", "g", "y"), ALL_POINTS)
def test_value_and_derivatives_of_one_output(loss, exact, g, y):
    output, target = Value(g), Value(y)
    node = loss(output, target)
    node.backward()
    close(node.data, exact(mpmath.mpf(g), mpmath.mpf(y)), 6)
    with mpmath.workdps(400):  # central differences need twice the digits
        step = mpmath.mpf(10) ** -320
        slope = (exact(mpmath.mpf(g) + step, mpmath.mpf(y)) - exact(mpmath.mpf(g) - step, mpmath.mpf(y))) / (2 * step)
    close(output.grad, slope, 12)


MODERATE = [point for point in ALL_POINTS if 1e-9 < abs(point[2]) < 40 and point[2] != 1 - 2**-53]


@pytest.mark.parametrize(("loss", "exact", "g", "y"), MODERATE)  # a numeric second derivative has no digits elsewhere
def test_second_derivatives_of_one_output(loss, exact, g, y):
    output = Value(g)
    (slope,) = grad(loss(output, float(y)), [output])
    slopes = grad(slope, [output])
    numeric = mpmath.diff(lambda t: exact(t, mpmath.mpf(y)), mpmath.mpf(g), 2)
    assert slopes[0].data == pytest.approx(float(numeric), rel=1e-12, abs=1e-15)


def test_derivative_by_the_target_is_that_of_the_formula():
    assert check_gradients(squared_loss, 0.5, 2.0) < 1e-9
    assert check_gradients(nll_loss, 0.3, 0.6) < 1e-9
    assert check_gradients(nll_loss_from_logit, 1.3, 0.6) < 1e-9
    score, y = Value(0.25), Value(-1.0)
    hinge_loss(score, y).backward()
    assert (score.grad, y.grad) == (1.0, -0.25)


@pytest.mark.parametrize(("s", "sign"), [(0.25, 1.0), (1.0, 1.0), (-1.0, -1.0), (2.0, 1.0), (3.0, -1.0), (-0.0, 1.0)])
def test_derivatives_of_the_hinge_up_to_its_margin(s, sign):
    score, y = Value(s), Value(sign)
    hinge_loss(score, y).backward()
    expected = (-sign, -s) if sign * s <= 1.0 else (0.0, 0.0)
    assert (score.grad, y.grad) == expected
    assert [slope.data for slope in grad(hinge_loss(score, y), [score, y])] == list(expected)


@pytest.mark.parametrize("z", LOGITS)
def test_cross_entropy_from_logits(z):
    for k in range(len(z)):
        logits = [Value(z_k) for z_k in z]
        node = cross_entropy_from_logits(logits, k)
        node.backward()
        exact_z = [mpmath.mpf(z_k) for z_k in z]
        close(node.data, exact_cross_entropy_of_logits(exact_z, k), TAILS)
        p = [mpmath.exp(z_j) / sum(map(mpmath.exp, exact_z)) for z_j in exact_z]
        for j, logit in enumerate(logits):
            close(logit.grad, -sum(p[:k] + p[k + 1 :]) if j == k else p[j], TAILS)


@pytest.mark.parametrize("largest", [1.0, 20.0, 700.0])
def test_log_softmax_of_random_logits(largest):
    draw = random.Random(20)
    for _ in range(300):
        z = [draw.uniform(-largest, largest) for _ in range(draw.randint(2, 6))]
        exact_z = list(map(mpmath.mpf, z))
        with mpmath.workdps(700):  # 1 + e^-1400
            exact = exact_cross_entropy_of_logits(exact_z, 0)
        for y in (0, [1.0] + [0.0] * (len(z) - 1)):
            close(cross_entropy_from_logits(list(map(Value, z)), y).data, exact, TAILS)
        whole = sum(map(mpmath.exp, exact_z))
        for p, z_k in zip(softmax(z), exact_z, strict=True):
            close(p.data, mpmath.exp(z_k) / whole, TAILS)


@pytest.mark.parametrize("z", LOGITS)
def test_three_ways_to_give_a_class_are_one_formula(z):
    for k in range(len(z)):
        one_hot = [float(j == k) for j in range(len(z))]
        results = []
        for y in (k, one_hot, np.array(one_hot), np.int64(k), Value(k), list(map(Value, one_hot))):
            logits = [Value(z_k) for z_k in z]
            node = cross_entropy_from_logits(logits, y)
            node.backward()
            results.append([node.data, *(logit.grad for logit in logits)])
        for result in results:
            assert result == pytest.approx(results[0], rel=1e-15, abs=0)


def test_the_node_of_a_class_number_has_the_outputs_as_parents():
    z = [Value(1.0), Value(2.0)]
    node = cross_entropy_from_logits(z, 1)
    assert node.parents == tuple(z)
    assert node.op.settings == {"target": 1}
    one_hot = cross_entropy_from_logits(z, [0, 1])
    assert [(leaf.label, leaf.role, leaf.varies) for leaf in one_hot.parents[2:]] == [
        ("y_1", "input", False),
        ("y_2", "input", False),
    ]


@pytest.mark.parametrize("y", [0, 2, [0, 1, 0]])
def test_second_derivatives_of_a_cross_entropy(y):
    numbers = [0.3, -1.0, 0.5]
    z = [Value(z_k) for z_k in numbers]
    whole = sum(map(math.exp, numbers))
    p = [math.exp(z_k) / whole for z_k in numbers]
    for i, line in enumerate(hessian(cross_entropy_from_logits(z, y), z)):
        expected = [p[i] * ((i == j) - p[j]) for j in range(3)]
        assert [entry.data for entry in line] == pytest.approx(expected, rel=1e-13)
    g = [Value(p_k) for p_k in p]
    k = y if isinstance(y, int) else 1
    for i, line in enumerate(hessian(cross_entropy(g, y), g)):
        expected = [float(i == j == k) / p[k] ** 2 for j in range(3)]
        assert [entry.data for entry in line] == pytest.approx(expected, rel=1e-13)


def test_gradients_of_one_hot_targets():
    z, y = [Value(0.5), Value(-1.0), Value(2.0)], [Value(0.0), Value(1.0), Value(0.0)]
    node = cross_entropy_from_logits(z, y)
    node.backward()
    for k, target in enumerate(y):
        assert target.grad == pytest.approx(cross_entropy_from_logits([z_k.data for z_k in z], k).data, rel=1e-14)
    op = losses.TABLE["cross_entropy_from_logits"].bind(target="one-hot")
    assert check_gradients(lambda *parents: op(*parents), 0.5, -1.0, 2.0, 0.25, 0.5, 0.125) < 1e-9
    op = losses.TABLE["cross_entropy"].bind(target="one-hot")
    assert check_gradients(lambda *parents: op(*parents), 0.5, 0.3, 0.2, 0.25, 0.5, 0.125) < 1e-9


@pytest.mark.parametrize("g", [(0.25, 0.75), (1e-300, 0.5, 0.5), (0.0, 1.0), (0.1, 0.2, 0.7)])
def test_cross_entropy(g):
    ways = [(k, y) for k in range(len(g)) for y in (k, [float(j == k) for j in range(len(g))], Value(k))]
    for k, y in ways:
        if g[k] == 0.0:
            with pytest.raises(ValueError, match=r"cross_entropy needs probabilities .* cross_entropy_from_logits"):
                cross_entropy([Value(g_k) for g_k in g], y)
            continue
        outputs = [Value(g_k) for g_k in g]
        node = cross_entropy(outputs, y)
        node.backward()
        close(node.data, -mpmath.log(g[k]), 2)
        assert [output.grad for output in outputs] == [-1 / g[k] if j == k else 0.0 for j in range(len(g))]


def test_a_class_or_a_one_hot_target_that_varies_is_a_parent():
    y = Value(1)
    assert [loss(TWO, y).parents[-1] is y for loss in (cross_entropy, cross_entropy_from_logits)] == [True, True]
    node = cross_entropy([0.0, 1.0], [Value(0.0), Value(1.0)])
    assert node.data == 0.0
    with pytest.raises(ValueError, match=r"derivative of cross_entropy at 0\.0.* is infinite"):
        node.backward()


# --- delicate points --------------------------------------------------------------------------------------------------


def slope_of(loss, g, y):
    output = Value(g)
    node = loss(output, y)
    node.backward()
    return node.data, output.grad


TABLE_OF_NUMBERS = [
    (hinge_loss, 1.0, 1, 0.0, -1.0),
    (hinge_loss, -1.0, -1, 0.0, 1.0),
    (nll_loss, 0.0, 0, 0.0, 1.0),
    (nll_loss, 1.0, 1, 0.0, -1.0),
    (squared_loss, 3.0, 1.0, 4.0, 4.0),
    (nll_loss_from_logit, 1000.0, 0, 1000.0, 1.0),
    (nll_loss_from_logit, -1000.0, 1, 1000.0, -1.0),
    (nll_loss_from_logit, 1000.0, 1, 0.0, 0.0),
    (nll_loss_from_logit, -1000.0, 0, 0.0, 0.0),
    (nll_loss_from_logit, 40.0, 1, math.log1p(math.exp(-40)), -math.exp(-40) / (1 + math.exp(-40))),
]


@pytest.mark.parametrize(("loss", "g", "y", "value", "slope"), TABLE_OF_NUMBERS)
def test_delicate_points(loss, g, y, value, slope):
    assert slope_of(loss, g, y) == (value, slope)
    assert math.copysign(1.0, slope_of(loss, g, y)[0]) == 1.0, "a loss prints as 0.0, never as -0.0"


def test_masked_classes():
    z = [Value(1.0), Value(-math.inf), Value(2.0)]
    for y in (0, [1, 0, 0], Value(0)):
        for z_k in z:
            z_k.grad = 0.0
        node = cross_entropy_from_logits(z, y)
        node.backward()
        q = 1 / (1 + math.exp(-1.0))
        assert node.data == pytest.approx(-math.log(1 - q), rel=1e-15)
        assert [z_k.grad for z_k in z] == pytest.approx([-q, 0.0, q], rel=1e-15)
    assert cross_entropy_from_logits(z, 1).data == math.inf


@pytest.mark.parametrize("loss", [squared_loss, nll_loss, nll_loss_from_logit, hinge_loss])
def test_a_nan_is_never_swallowed(loss):
    assert math.isnan(loss(Value(math.nan), 1).data)


def test_loss_nodes_are_labelled():
    g = [Value(0.5), Value(0.5)]
    nodes = [squared_loss(g[0], 1), nll_loss(g[0], 1), nll_loss_from_logit(g[0], 1), hinge_loss(g[0], 1)]
    for node in nodes:
        assert node.label == "ℒ"
        y = node.parents[1]
        assert (y.label, y.role, y.varies) == ("y", "input", False)
    assert cross_entropy(g, 1).label == cross_entropy_from_logits(g, 1).label == "ℒ"
    y = Value(1.0, label="target")
    assert squared_loss(g[0], y).parents[1] is y
    assert y.label == "target"


def test_a_loss_is_called_as_its_signature_says():
    calls = {
        "squared_loss": {"g": 0.5, "y": 1},
        "nll_loss": {"g": 0.5, "y": 1},
        "nll_loss_from_logit": {"z": 0.5, "y": 1},
        "hinge_loss": {"score": 0.5, "y": 1},
        "cross_entropy": {"g": [0.5, 0.25], "y": 1},
        "cross_entropy_from_logits": {"z": [0.5, 0.25], "y": 1},
    }
    assert list(calls) == list(losses.TABLE)
    for name, named in calls.items():
        loss = getattr(losses, name)
        assert list(inspect.signature(loss).parameters) == list(named)
        assert loss(**named).data == loss(*named.values()).data
        assert loss(**dict(reversed(named.items()))).data == loss(*named.values()).data
        for wrong in (
            lambda loss=loss: loss(0.5),
            lambda loss=loss: loss(0.5, 1, 2),
            lambda loss=loss: loss(0.5, t=1),
            lambda loss=loss: loss(0.5, 1, t=1),
        ):
            with pytest.raises(TypeError, match=r"argument"):
                wrong()


def test_the_table_holds_every_loss():
    assert list(losses.TABLE) == [
        "squared_loss",
        "nll_loss",
        "nll_loss_from_logit",
        "hinge_loss",
        "cross_entropy",
        "cross_entropy_from_logits",
    ]
    for op in losses.TABLE.values():
        for sample in op.samples:
            assert type(op(*sample)) is float
            assert op(*map(Value, sample)).data == op(*sample)


# --- what is refused --------------------------------------------------------------------------------------------------

TWO = [Value(0.5, label="g_1"), Value(0.5, label="g_2")]
REFUSED = [
    (ValueError, r"squared_loss compares one output with one y, got list .*total\(\[squared_loss\(g_k, y_k\)", lambda: squared_loss(TWO, 1.0)),
    (ValueError, r"squared_loss compares one output with one y, got ndarray", lambda: squared_loss(TWO[0], np.ones(1))),
    (TypeError, "missing a required argument: 'y'", lambda: squared_loss(TWO[0])),
    (TypeError, "too many positional arguments", lambda: cross_entropy(TWO, 0, 1)),
    (TypeError, "needs a real number, got str", lambda: squared_loss(TWO[0], "1")),
    (TypeError, "needs a real number, got NoneType", lambda: squared_loss(None, 1.0)),
    (OverflowError, "squared_loss of 1e[+]200 from 'g' and 0.0 from 'y' is too large", lambda: squared_loss(Value(1e200, label="g"), 0)),
    (ValueError, r"nll_loss needs probabilities .*, got 0.0 from 'g' and 1.0 from 'y'. For a sigmoid output use nll_loss_from_logit", lambda: nll_loss(Value(0.0, label="g"), 1)),
    (ValueError, r"nll_loss needs probabilities .*, got 1.0 and 0.0", lambda: nll_loss(Value(1.0), 0)),
    (ValueError, "nll_loss needs probabilities from 0 to 1.*got 1.5", lambda: nll_loss(Value(1.5), 1)),
    (ValueError, "nll_loss needs probabilities from 0 to 1.*got -0.5", lambda: nll_loss(Value(-0.5), 0)),
    (ValueError, r"nll_loss needs probabilities.*and -1.0 from 'y'.*Labels y are 0 and 1: for -1 and \+1 write \(y \+ 1\) / 2", lambda: nll_loss(Value(0.5), -1)),
    (ValueError, "nll_loss needs probabilities.*and 2.0 from 'y'", lambda: nll_loss(Value(0.5), 2)),
    (ValueError, "nll_loss_from_logit needs y from 0 to 1, got 0.5 and -1.0 from 'y'. y is the class: 0 or 1. For -1 and", lambda: nll_loss_from_logit(Value(0.5), -1)),
    (ValueError, r"hinge_loss needs y = -1 or y = \+1, got 0.5 and 0.0 from 'y'. For classes 0 and 1 write 2 \* y - 1", lambda: hinge_loss(Value(0.5), 0)),
    (TypeError, r"cross_entropy needs a list, one output per class, got Value", lambda: cross_entropy(TWO[0], 1)),
    (ValueError, "cross_entropy needs at least one value, got none", lambda: cross_entropy([], 0)),
    (ValueError, "cross_entropy needs probabilities from 0 to 1", lambda: cross_entropy([Value(1.5), Value(0.5)], 1)),
    (ValueError, "cross_entropy_from_logits needs finite inputs.*mask a class with -inf, never all", lambda: cross_entropy_from_logits([-math.inf] * 2, 1)),
    (ValueError, "cross_entropy_from_logits needs finite inputs", lambda: cross_entropy_from_logits([1.0, math.nan], 1)),
]  # fmt: skip
TARGETS = [
    (IndexError, "of 2 classes needs a target from 0 to 1, got -1", -1),
    (IndexError, "of 2 classes needs a target from 0 to 1, got 2", 2),
    (IndexError, "of 2 classes needs a target from 0 to 1, got 5", Value(5.0)),
    (TypeError, r"of 2 classes needs a target that is an int from 0 to 1 .*, got float 1.5; write int\(y\)", 1.5),
    (TypeError, r"of 2 classes needs a target that is an int from 0 to 1 .*, got float 1.5; write int\(y\)", Value(1.5)),
    (TypeError, "of 2 classes needs a target that is an int.*got str '0'", "0"),
    (TypeError, "of 2 classes needs a target that is an int.*got bool True", True),
    (TypeError, "of 2 classes needs a target that is an int.*got bool", np.bool_(True)),
    (TypeError, "of 2 classes needs a target that is an int.*got NoneType", None),
    (ValueError, "of 2 classes needs a target with 2 entries when it is one-hot, got 3", [0, 1, 0]),
    (ValueError, "of 2 classes needs a target with a single 1 and 0 for the others", [0.5, 0.5]),
    (ValueError, "of 2 classes needs a target with a single 1 and 0 for the others", [1, 1]),
    (ValueError, "of 2 classes needs a target with a single 1 and 0 for the others", [0, -1]),
    (ValueError, "of 2 classes needs a target with a single 1 and 0 for the others", [Value(0.0), Value(0.0)]),
    (TypeError, "needs a real number, got str", ["0", "1"]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "words", "call"), REFUSED)
def test_refusals(kind, words, call):
    with pytest.raises(kind, match=words):
        call()


IN_MATRICES = [
    (cross_entropy, [[0.2, 0.8], [1.5, 0.5]], 1, "needs probabilities from 0 to 1"),
    (cross_entropy, [[0.2, 0.8], [-0.5, 0.5]], 1, "needs probabilities from 0 to 1"),
    *[(loss, [[0.2, 0.8, 0.0]] * 2, y, "needs a target with a single 1 and 0 for the others")
      for loss in (cross_entropy, cross_entropy_from_logits) for y in ([1, 1, -1], [1, -1, 1], [1, 0.5, -0.5])],
]  # fmt: skip


@pytest.mark.parametrize(("loss", "outputs", "y", "words"), IN_MATRICES)
def test_what_is_refused_on_values_is_refused_in_matrices(loss, outputs, y, words):
    w, (good, bad) = Value(1.0), outputs
    target = y if isinstance(y, int) else [0, 1, 0]
    J = vectorize(lambda p, t: loss([p_k * w for p_k in p], t))
    J([good] * 3, [target] * 3)
    with pytest.raises(ValueError, match=words):
        loss(bad, y)
    with pytest.raises(ValueError, match=words + ".*data point 1"):  # at the first and the last it is asked itself
        J([good, bad, good], [target, y, target])


SHAPES = [
    (squared_loss, Neuron(2, seed=0), [[0.0], [1.0]], r"one y, got list \[.*\]; write y\[0\]"),
    (squared_loss, Layer(2, 1, seed=0), [0.0, 1.0], r"one output with one y, got list .*label='a\^1'.*; write g\[0\]"),
    (hinge_loss, MLP(2, [2], seed=0), [-1.0, 1.0], "one output with one y, got list .*label='g_1'.*; add the losses up"),
    (cross_entropy_from_logits, MLP(2, [1], seed=0), [0, 1], "needs a list, one output per class, got Value.*label='g'"),
    (cross_entropy, Layer(2, 2, "softmax", seed=0), np.eye(3)[:2], "2 entries when it is one-hot, got 3: .*label='y_1'"),
]  # fmt: skip


@pytest.mark.parametrize(("loss", "model", "y", "words"), SHAPES)
def test_a_loss_says_in_matrices_too_what_is_wrong(loss, model, y, words):
    with pytest.raises((TypeError, ValueError), match=f"^{loss.__name__} .*{words}.*data point 0, counted from 0"):
        vectorize(lambda x, t: loss(model(x), t))([[0.5, 1.0], [1.0, 2.0]], y)


@pytest.mark.parametrize("loss", [cross_entropy, cross_entropy_from_logits])
@pytest.mark.parametrize(("kind", "words", "y"), TARGETS)
def test_bad_classes(loss, kind, words, y):
    with pytest.raises(kind, match=words):
        loss(TWO, y)


@pytest.mark.parametrize("wrong", [([Value(1.0), Value(2.0)], 0), (Value(1.0), [0.0, 4.0])])
def test_what_a_list_of_outputs_should_become(wrong):
    words = re.escape("total([squared_loss(g_k, y_k) for g_k, y_k in zip(g, y, strict=True)]), of as many outputs as y")
    with pytest.raises(ValueError, match=words + " has numbers; or if y is a class take a cross-entropy"):
        squared_loss(*wrong)
    g, y = [Value(1.0), Value(2.0)], [0.0, 4.0]
    assert total([squared_loss(g_k, y_k) for g_k, y_k in zip(g, y, strict=True)]).data == 5.0


def test_class_numbers_that_are_floats_become_ints_before_fit():
    model, y = MLP(2, [3], seed=0), np.array([0.0, 2.0])
    given = model, [[0.0, 1.0], [1.0, 0.0]]
    settings = {"steps": 2, "batch_size": 2, "progress": False, "vectorized": True}
    with pytest.raises(
        ValueError, match=r"write int\(y\) if it is a class number, or before fit and vectorize y\.astype"
    ):
        fit(*given, y, cross_entropy_from_logits, **settings)
    assert fit(*given, y.astype(int), cross_entropy_from_logits, **settings).vectorized


@pytest.mark.parametrize("loss", [cross_entropy, cross_entropy_from_logits])
def test_the_outputs_of_many_data_points_are_taken_one_by_one(loss):
    outputs, targets = [[Value(0.5), Value(0.5)], [Value(0.25), Value(0.75)]], [0, 1]
    words = f"{loss.__name__} takes one data point at a time, got [[Value("
    with pytest.raises(TypeError, match=re.escape(words) + r".*; write average\(\[.*strict=True\)\]\)$"):
        loss(outputs, targets)
    assert average([loss(g, y) for g, y in zip(outputs, targets, strict=True)]).data > 0.0
