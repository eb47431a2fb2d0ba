# ruff: noqa: B008 - functions of this file keep their parameters as defaults
"""vectorize: the matrix program equals the scalar graph, and reads like the lecture."""

import copy
import itertools
import math
import random
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import numpy as np
import pytest
from shared.graphs import absolute_sums, gradients, leaves_of

from autograd import Op, Value, average, grad, hessian, maximum, ops, softmax, total, weighted_sum
from autograd.matrix import vectorize
from nn import MLP, Layer, Module
from nn.losses import (
    cross_entropy,
    cross_entropy_from_logits,
    hinge_loss,
    nll_loss,
    nll_loss_from_logit,
    squared_loss,
)

swish = Op("swish", value=lambda z: z * ops.sigmoid(z), derivatives=[lambda a, z: a + ops.sigmoid(z) * (1 - a)])


def scalar(f, *data):
    points = zip(*[np.asarray(column).tolist() for column in data], strict=True)
    return average([f(*point) for point in points])


def check(f, *data, tolerance=1e-12):
    """The program of f gives what the scalar graph gives: J and every gradient; and so does its printed source."""
    program = vectorize(f)
    J = program(*data)
    wanted = scalar(f, *data)
    magnitude = sum(abs(loss.data) for loss in wanted.parents) / len(wanted.parents)
    assert abs(J.data - wanted.data) <= tolerance * magnitude + 1e-300
    leaves = leaves_of(wanted)
    assert set(leaves_of(J)) <= set(leaves)
    sums = absolute_sums(wanted)
    for leaf, found, exact in zip(leaves, gradients(J, leaves), gradients(wanted, leaves), strict=True):
        assert abs(found - exact) <= tolerance * sums[leaf] + 1e-300, (leaf, found, exact)
    check_source(program, J, data)
    return program


class Places(dict):
    """Which parameter an entry of an array is."""

    shape = ()


def places_of(parameters, program):
    """For each array of a program, the parameters in it: each gets a number of its own, and the arrays show it."""
    before = [parameter.data for parameter in parameters]
    for i, parameter in enumerate(parameters):
        parameter._data = 1e15 + i
    try:
        found = []
        for array in program.arrays().values():
            places = Places()
            places.shape = array.shape
            for at, x in np.ndenumerate(array):
                if x >= 1e15:
                    places[at] = parameters[int(x - 1e15)]
            found.append(places)
        return found
    finally:
        for parameter, x in zip(parameters, before, strict=True):
            parameter._data = x


def check_source(program, J, data):
    space = {}
    exec(program.source, space)
    with np.errstate(all="ignore"):
        results = space["loss"](*[np.asarray(column, float) for column in data], *program.arrays().values())
    results = results if isinstance(results, tuple) else (results,)
    assert results[0] == pytest.approx(J.data, rel=1e-12, abs=1e-300)
    slopes = dict(zip(J.parents, J.local_derivatives, strict=True))
    from_source = dict.fromkeys(J.parents, 0.0)
    wanted = [places for places in places_of(J.parents, program) if places]
    for places, array in zip(wanted, results[1:], strict=True):
        for at, parameter in places.items():
            assert np.shape(array) == places.shape
            from_source[parameter] += array[at]
    scale = max([abs(slope) for slope in slopes.values()], default=0.0)
    for parameter, slope in slopes.items():
        assert from_source[parameter] == pytest.approx(slope, rel=1e-11, abs=1e-12 * scale + 1e-300)


rng = np.random.default_rng(7)
X = rng.normal(size=(12, 3))
SIGNS, BITS, CLASSES = rng.choice([-1, 1], 12), rng.choice([0, 1], 12), rng.choice(4, 12)
ONE_HOT = np.eye(4)[CLASSES]
NUMBERS = rng.normal(size=12)
LOSSES = {
    "squared": (1, "identity", squared_loss, NUMBERS),
    "hinge": (1, "identity", hinge_loss, SIGNS),
    "nll": (1, "sigmoid", nll_loss, BITS),
    "nll from logit": (1, "identity", nll_loss_from_logit, BITS),
    "cross-entropy": (4, "softmax", cross_entropy, CLASSES),
    "cross-entropy one-hot": (4, "softmax", cross_entropy, ONE_HOT),
    "cross-entropy from logits": (4, "identity", cross_entropy_from_logits, CLASSES),
    "cross-entropy from logits one-hot": (4, "identity", cross_entropy_from_logits, ONE_HOT),
    "squared of many": (
        4,
        "tanh",
        lambda g, y: total([squared_loss(a, b) for a, b in zip(g, y, strict=True)]),
        ONE_HOT,
    ),
    "by hand": (1, "identity", lambda g, y: (g - y) ** 2, NUMBERS),
}
ACTIVATIONS = ["identity", "relu", "sigmoid", "tanh", "leaky_relu", "softplus", "gelu", "sin", swish]


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=str)
@pytest.mark.parametrize("loss", LOSSES)
def test_networks_equal_the_scalar_graph(activation, loss):
    size, last, function, y = LOSSES[loss]
    model = MLP(3, [5, 4, size], [activation, activation, last], seed=1)
    check(lambda x, t: function(model(x), t), X, y)


def network_by_hand(sum_up):
    random.seed(3)
    layers = [
        [([Value(random.uniform(-1, 1)) for _ in range(d)], Value(random.uniform(-1, 1))) for _ in range(m)]
        for d, m in ((3, 5), (5, 1))
    ]

    def model(x):
        for weights in layers:
            x = [sum_up(w, x, b).tanh() for w, b in weights]
        return x[0]

    return model


WAYS = {
    "sum": lambda w, x, b: sum(wi * xi for wi, xi in zip(w, x, strict=True)) + b,
    "sum from b": lambda w, x, b: sum((xi * wi for wi, xi in zip(w, x, strict=True)), b),
    "total": lambda w, x, b: total([b, *(wi * xi for wi, xi in zip(w, x, strict=True))]),
    "Σ": lambda w, x, b: weighted_sum(w, x, b),
    "Σ of x": lambda w, x, b: weighted_sum(x, w, b),
}


def test_scalar_sums_become_the_same_matrices():
    sources = set()
    for way in WAYS.values():
        model = network_by_hand(way)
        sources.add(check(lambda x, y, model=model: squared_loss(model(x), y), X, NUMBERS).source)
    assert len(sources) == 1
    assert "Z1 = W1 @ A0 + b1" in sources.pop()


LECTURE = """\
def loss(X, y, W1, b1, W2, b2):
    n = len(X)

    # forward
    A0 = X.T
    y = y.reshape(1, n)
    Z1 = W1 @ A0 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = W2 @ A1 + b2
    L = (Z2 - y) ** 2
    J = L.sum() / n

    # backward
    dZ2 = 2 * (Z2 - y) / n
    dW2 = dZ2 @ A1.T
    db2 = dZ2.sum(axis=1, keepdims=True)
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * (Z1 >= 0)
    dW1 = dZ1 @ A0.T
    db1 = dZ1.sum(axis=1, keepdims=True)
    return J, dW1, db1, dW2, db2
"""


def test_the_source_is_the_lectures_equations():
    model = MLP(2, [3, 1], seed=0)
    loss = vectorize(lambda x, y: squared_loss(model(x), y))
    loss([[1.0, 2.0], [0.5, -1.0]], [1.0, 0.0])
    assert loss.source.endswith(LECTURE)
    assert loss.source.count("import") == 1


def test_what_all_data_points_share_is_summed_by_hand():
    """A penalty has ∂J/∂S = n · 1 / n = 1."""
    w, b = [Value(0.5), Value(-1.5), Value(2.0)], Value(0.25)
    program = check(lambda x, y: squared_loss(weighted_sum(w, x), y) + b * b, X, NUMBERS)
    assert "    dS1 = np.full((1, 1), 1.0)\n" in program.source


def test_equal_numbers_are_one():
    program = vectorize(lambda x: total([(2.0 * v).sin() for v in x]))
    program(X)
    assert "V1 = 2 * A0\n    V2 = np.sin(V1)\n    L = V2.sum(axis=0, keepdims=True)" in program.source


def test_map_gives_outputs():
    model, many = MLP(3, [4, 1], seed=0), MLP(3, [4, 2], "tanh", seed=0)
    program = vectorize(model)
    outputs = program.map(X)
    assert outputs.shape == (12,)
    assert outputs == pytest.approx([model(x).data for x in X.tolist()], rel=1e-14)
    program = vectorize(many)
    assert program.map(X).shape == (12, 2)
    assert program.map(X[:1])[0] == pytest.approx([g.data for g in many(X[0])], rel=1e-14)
    with pytest.raises(TypeError, match=r"returns a list of 2; use \.map\(X\) for outputs, or return total"):
        program(X)


def test_the_outputs_of_a_network_are_the_rows_of_its_last_layer():
    outputs = vectorize(MLP(2, [3, 2], ["relu", "softmax"], seed=0))
    outputs.map([[1.0, 2.0], [0.5, -1.0]])
    assert outputs.source.endswith("    Z2 = W2 @ A1 + b2\n    A2 = softmax(Z2)\n    return A2.T\n")


def test_outputs_in_an_array_are_outputs():
    W = np.array([[Value(0.5), Value(-1.0)], [Value(2.0), Value(0.25)], [Value(1.0), Value(-0.5)]])
    layer = vectorize(lambda x: np.tanh(W @ np.array(x)))
    wanted = [[a.data for a in np.tanh(W @ x)] for x in X[:, :2]]
    assert layer.map(X[:, :2]) == pytest.approx(np.array(wanted), rel=1e-12)
    single = vectorize(lambda x: np.array(x * 2.0 + W[0, 0]))  # without dimensions it is one Value
    assert single.map([1.0, 2.0]).tolist() == [2.5, 4.5]
    J = single([1.0, 2.0])
    assert (J.data, J.parents) == (3.5, (W[0, 0],))


def test_outputs_are_no_view_of_the_data():
    points = np.ones((2, 2))
    for f in (lambda x: x, lambda x: x[1]):
        outputs = vectorize(f).map(points)
        outputs += 1.0
    assert points.tolist() == [[1.0, 1.0], [1.0, 1.0]]


def with_an_op_called(name):
    """A loss that has much of what programs are written with, and in every place an operation of one's own."""
    op = Op(name, value=swish.value, derivatives=swish.derivatives)
    model, w = MLP(3, [5, 4, 4], ["relu", op, "identity"], seed=1), [Value(0.3), Value(-0.2)]

    def loss(x, t):
        z = model(x)
        penalty = op(maximum(*z[1:])) + op(w[0] * z[2]) * op(w[1] * z[0]) + 0.1 * total([p * p for p in w])
        return cross_entropy_from_logits(z, t) + cross_entropy(softmax(z), t) + penalty

    return loss


def names_in_programs():
    program = vectorize(with_an_op_called("an_op"))
    program(X, CLASSES)
    written = program.source
    return sorted({name.lower() for name in re.findall(r"[A-Za-z_]\w*", written)})  # as functions are named


def test_an_operation_may_have_any_name_that_programs_use():
    names = names_in_programs()
    assert {"n", "np", "dz1", "softmax", "j", "a0"} <= set(names)
    for name in names:
        check(with_an_op_called(name), X, CLASSES)


@pytest.mark.parametrize("column", [0, 10, 100])  # names of three lengths
def test_the_gradient_multiplies_the_whole_slope_however_long_it_is(column):
    bits = rng.integers(2, size=(12, 101))
    layer = Layer(3, 1, "identity", seed=0)
    check(lambda x, t: nll_loss_from_logit(layer(x)[0], t[column]) * 2.0, X, bits)


def test_two_layers_may_read_the_same_numbers_in_another_order():
    model, other = MLP(3, [4, 1], "tanh", seed=0), Layer(3, 2, "tanh", seed=1)
    check(lambda x, y: (model(x) + total(other(x[::-1])) - y) ** 2, X, NUMBERS)


def test_a_layer_may_be_read_again_by_later_ones():
    first, second, third = Layer(3, 4, "tanh", seed=0), Layer(4, 4, "tanh", seed=1), Layer(4, 1, seed=2)

    def loss(x, y):
        a = first(x)
        skipped = [p + q.sin() for p, q in zip(second(a), a, strict=True)]
        return (third(skipped)[0] + third(a[::-1])[0] + total(second(a)) - y) ** 2

    check(loss, X, NUMBERS)


@pytest.mark.parametrize("same", [lambda v: v**0, lambda v: v * 0.0, lambda v: v + 0.0, lambda v: 1.0 * v**1])
def test_what_algebra_leaves_out_has_a_number_for_each_data_point_too(same):
    w = [Value(0.5), Value(-1.5)]
    check(lambda x, y: (total([ops.tanh(same(v)) for v in [*x, *w]]) + same(y) * w[0] - y) ** 2, X, NUMBERS)
    assert vectorize(lambda x: [same(v) for v in x]).map(X).shape == X.shape


# --- what users may write ---------------------------------------------------------------------------------------------


def shared_weights(x, y, w=tuple(Value(v, label="w") for v in (0.5, -0.25, 1.5))):
    left, right = weighted_sum(w[:2], x[:2]), weighted_sum(w[:2], x[1:])
    return (left.tanh() + right.relu() * w[2] - y) ** 2


def convolution(x, y, w=tuple(Value(v) for v in (0.5, -0.25)), b=Value(0.1)):
    features = [(w[0] * x[i] + w[1] * x[i + 1] + b).relu() for i in range(2)]
    return (maximum(*features) - y) ** 2


def recurrence(x, y, u=Value(0.7), w=Value(-0.4), b=Value(0.2)):
    state = w * 0.0
    for x_t in x:
        state = (u * state + w * x_t + b).tanh()
    return (state - y) ** 2


def skip(x, y, w=tuple(Value(0.1 * i - 0.3) for i in range(6))):
    hidden = [weighted_sum(w[:3], x).tanh(), weighted_sum(w[3:], x).tanh()]
    return (weighted_sum(w[:5], [*hidden, *x], w[5]) - y) ** 2


def penalty(x, y, w=tuple(Value(0.1 * i - 0.3) for i in range(3))):
    return (weighted_sum(w, x) - y) ** 2 + 0.1 * sum(v * v for v in w)


def computed_weights(x, y, w=tuple(Value(0.1 * i - 0.3) for i in range(3))):
    return (weighted_sum([v.exp() for v in w], x) - y) ** 2


def attention(x, y, w=tuple(Value(0.3 * i - 0.3) for i in range(3))):
    scores = softmax([w_i * x_i for w_i, x_i in zip(w, x, strict=True)])
    return (weighted_sum(scores, x) - y) ** 2


def scales(x, y, s=tuple(Value(0.3 * i + 0.3) for i in range(3)), b=tuple(Value(0.1 * i) for i in range(3))):
    return total([(s_i * x_i + b_i).sin() for s_i, x_i, b_i in zip(s, x, b, strict=True)]) * y


def one_softmax(x, y, w=tuple(Value(0.3 * i - 0.3) for i in range(3))):
    return -softmax([w_i * x_i for w_i, x_i in zip(w, x, strict=True)])[1].log() + y * y


def only_a_parameter(x, y, w=Value(1.5)):
    return w * w


def a_parameter_as_it_is(x, y, w=Value(1.5)):
    return w


def the_data_as_they_are(x, y):
    return x[1]


def no_parameter(x, y):
    return x[0] * y


def maximum_of_sigma(x, y, w=tuple(Value(0.1 * i - 0.3) for i in range(6))):
    z = [weighted_sum(w[i : i + 3], x) for i in range(3)]
    return maximum(*z) + total(z) * y + average(z) - ops.minimum(*z)


def chain(x, y, w=Value(0.9)):
    a = x[0]
    for _ in range(200):
        a = (a * w + y).sin()
    return a


def powers(x, y, w=Value(1.3)):
    return (w ** x[0]) + (x[1] * x[1] + 1.0) ** w + 2**w + w**2 + (w * x[2]) ** 3 + abs(w - y) / (1 + y * y)


def bare_sum(x, y, w=tuple(Value(0.1 * i - 0.3) for i in range(6))):
    return sum(v * x[0] for v in w)


def one_of_a_layer(x, y, w=tuple(Value(0.1 * i - 0.3) for i in range(6))):
    return maximum(*[weighted_sum(w[i : i + 3], x).tanh() for i in range(3)])


def read_again_at_the_root(x, y, w=Value(0.7)):
    a = w * x[0] - y
    return a + a.sin()


def twice_at_the_root(x, y, w=Value(0.7)):
    a = w * x[0] - y
    return a + a


def taken_apart_at_the_root(x, y, w=Value(0.7)):
    a = w * x[0] - y
    return a + maximum(a, a, -a)


def softmax_by_two_names(x, y, w=tuple(Value(0.3 * i - 0.3) for i in range(3))):
    z = [w_i * x_i for w_i, x_i in zip(w, x, strict=True)]
    return ops.softmax(*z) * softmax(z)[0] + softmax(z)[2]


SHAPES = [
    read_again_at_the_root, twice_at_the_root, taken_apart_at_the_root, softmax_by_two_names, bare_sum, one_of_a_layer,
    shared_weights, convolution, recurrence, skip, penalty, computed_weights, attention, scales, one_softmax,
    only_a_parameter, a_parameter_as_it_is, the_data_as_they_are, no_parameter, maximum_of_sigma, chain, powers,
]  # fmt: skip


def test_outputs_may_be_parameters_numbers_and_data_as_they_are():
    w = Value(1.5)
    outputs = vectorize(lambda x: [w, x[1], Value(2.0), x[0], x[0] * w]).map([[1.0, 2.0], [3.0, 4.0]])
    assert outputs.tolist() == [[1.5, 2.0, 2.0, 1.0, 1.5], [1.5, 4.0, 2.0, 3.0, 4.5]]


@pytest.mark.parametrize("f", SHAPES, ids=[f.__name__ for f in SHAPES])
def test_any_graph_equals_the_scalar_graph(f):
    check(f, X, NUMBERS)


def test_inner_values_from_outside_are_parents_as_they_stand():
    w = Value(0.5)
    scale = (w * 3.0).exp()
    f = lambda x, y: (scale * x - y) ** 2  # noqa: E731
    J = vectorize(f)(NUMBERS, NUMBERS[::-1])
    assert J.parents == (scale,)
    assert gradients(J, [w]) == pytest.approx(gradients(scalar(f, NUMBERS, NUMBERS[::-1]), [w]), rel=1e-13)


def test_a_product_of_parameters_from_outside_is_added_as_it_stands():
    p, q = Value(0.5), Value(-1.5)
    scale = p * q
    J = vectorize(lambda x: total([scale, p * x[0], q * x[1]]))(X)
    assert J.parents == (p, q, scale)
    assert J.data == pytest.approx(scale.data + 0.5 * X[:, 0].mean() - 1.5 * X[:, 1].mean(), rel=1e-12)


def test_a_layer_of_one_input_is_a_matrix_product_and_a_scale_is_none():
    w, b = [Value(0.5), Value(-1.5)], [Value(0.25), Value(1.0)]
    layer = vectorize(lambda x: [w_k * x + b_k for w_k, b_k in zip(w, b, strict=True)])
    wanted = [[0.5 * x + 0.25, -1.5 * x + 1.0] for x in NUMBERS]
    assert layer.map(NUMBERS) == pytest.approx(np.array(wanted), rel=1e-12)
    assert "Z1 = W1 @ x + b1" in layer.source
    scale = vectorize(lambda x: w[0] * x + b[0])
    scale.map(NUMBERS)
    assert "@" not in scale.source


def test_a_value_made_inside_is_a_constant():
    w = Value(2.0)
    J = vectorize(lambda x: Value(3.0) * w * x)([1.0, 2.0])
    assert (J.data, J.parents, J.local_derivatives) == (9.0, (w,), (4.5,))


def test_whatever_kinds_of_values_meet_a_number_of_the_data_point():
    """Also a Σ of parameters alone; in which order a set gives the kinds depends on where their classes lie."""
    w = [type(f"Kind{i}", (Value,), {})(0.1 * i) for i in range(30)]
    check(lambda x, y: total([weighted_sum(w[:2], w[2:4]), *w, 1.0, x]) * maximum(*w, x) - y, NUMBERS, NUMBERS)


def test_parameters_are_read_at_every_call():
    w = Value(2.0)
    loss = vectorize(lambda x, y: (w * x - y) ** 2)
    assert loss([1.0], [0.0]).data == 4.0
    w.data = 3.0
    assert loss([1.0, 1.0], [0.0, 1.0]).data == 6.5


def test_the_error_is_a_value_like_any_other():
    w, v = Value(2.0, label="w"), Value(0.5)
    J = vectorize(lambda x, y: (w * x - y) ** 2)([1.0, 2.0], [0.0, 1.0])
    assert (J.label, J.op.name, J.parents) == ("J", "vectorize", (w,))
    whole = J + 0.1 * (w * w + v * v)
    whole.backward()
    assert w.grad == pytest.approx(2 * 2.0 * 1.0 / 2 + 2 * 3.0 * 2.0 / 2 + 0.4)
    twin = copy.deepcopy(whole)
    assert twin.parents[0].op is J.op
    assert twin.parents[0].parents[0] is not w
    w.grad = 0.0
    J.backward()
    J.backward()
    assert (J.grad, w.grad) == (1.0, 2 * J.local_derivatives[0])
    for call in (lambda: grad(J, [w]), lambda: hessian(whole, [w])):
        with pytest.raises(TypeError, match=r"build the scalar graph for them: average\(\[f\(x, y\)"):
            call()


def test_inputs_of_any_kind_are_read_as_float64():
    w = Value(2.0)
    f = lambda x, y: (w * x[0] + x[1] - y) ** 2  # noqa: E731
    wanted = vectorize(f)(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 0.0])).data
    for xs, ys in [
        ([[1, 2], [3, 4]], [1, 0]),
        (np.array([[1, 2], [3, 4]], dtype=np.int32), np.array([True, False])),
        (np.array([[1, 2], [3, 4]], dtype=np.float32), (1.0, 0.0)),
        ([[Value(1.0), Value(2.0)], [Value(3.0), 4]], [Value(1.0), 0]),
        (np.array([[Value(1.0), 2], [3.0, Value(4.0)]]), [Fraction(1), 0.0]),
    ]:
        assert vectorize(f)(xs, ys).data == wanted


# --- errors -----------------------------------------------------------------------------------------------------------


def looks(x, y):
    return x * 2.0 if x > 0 else x


LOOKS = [
    looks, lambda x, y: x * float(y), lambda x, y: x * y.data, lambda x, y: x if y else y,
    lambda x, y: x * [1.0, 2.0][int(y)], lambda x, y: math.exp(x) * y, lambda x, y: max(x, y),
]  # fmt: skip


@pytest.mark.parametrize("f", LOOKS)
def test_a_path_that_depends_on_the_data_is_an_error(f):
    with pytest.raises(TypeError, match=r"vectorize reads the graph once, for all data points.*maximum.*relu"):
        vectorize(f)([1.0, 2.0], [0.0, 1.0])
    assert (Value(1.0) > 0.0) is True  # looking is allowed again


def test_another_graph_for_another_point_is_an_error():
    w, factors = Value(1.0), iter([1.0, 2.0])
    with pytest.raises(ValueError, match="does not compute the same for every data point"):
        vectorize(lambda x, y: (next(factors) * w * x - y) ** 2)([1.0, 3.0], [0.0, 0.0])


BAD_DATA = [
    (([], []), ValueError, "at least one data point"),
    (([1.0, 2.0], [1.0]), ValueError, "same number of data points, got 2 and 1"),
    (([[1.0, 2.0], [1.0]], [1.0, 2.0]), ValueError, r"1 needs rows of equal length, got 2 and 1 numbers in \[\[1"),
    (([1.0, [2.0]], [1.0, 2.0]), TypeError, "argument 1 needs to be numbers, one per data point or one row"),
    (
        ([1.0, None], [1.0, 2.0]),
        TypeError,
        r"argument 1 needs to be numbers.*got \[1.0, None\]: .* got NoneType None; ",
    ),
    (([10**400], [1.0]), OverflowError, "an integer too large"),
    ((np.ma.array([1.0, 2.0], mask=[0, 1]), [1.0, 2.0]), ValueError, "argument 1 has masked entries"),
    (
        (["a", "b"], [1.0, 2.0]),
        TypeError,
        r"argument 1 needs to be numbers.*got \['a', 'b'\]: .* got str 'a'; write float\(text\) first",
    ),
    (([1.0], [1j]), TypeError, "argument 2 needs to be numbers"),
    ((np.array(["2020-01-01"], "datetime64[ns]"), [1.0]), TypeError, "got datetime64 .*; write how many days"),
    ((1.0, 2.0), ValueError, r"shape \(n,\) or \(n, d\).*got \(\)"),
    (
        (np.zeros((2, 2, 2)), [1.0, 2.0]),
        ValueError,
        r"got \(2, 2, 2\); a picture as one row: X.reshape\(len\(X\), -1\)",
    ),
    ((np.zeros((2, 0)), [1.0, 2.0]), ValueError, r"got \(2, 0\)"),
    ((), TypeError, r"needs its data: loss\(X, Y\)"),
    (([1.0, math.nan, 2.0], [0.0, 0.0, 0.0]), ValueError, r"data point 1 \(counted from 0\) holds nan: \[nan, 0.0\]"),
]


@pytest.mark.parametrize(("data", "kind", "words"), BAD_DATA)
def test_bad_data_is_a_clear_error(data, kind, words):
    w = Value(2.0)
    with pytest.raises(kind, match=words):
        vectorize(lambda x, y: (w * x - y) ** 2)(*data)


@pytest.mark.parametrize("numbers", [[math.nan, 1.0], [1.0, math.nan]])
def test_a_nan_in_the_data_is_the_reason_also_where_the_function_has_words_for_it(numbers):
    w, at = Value(2.0), numbers.index(next(x for x in numbers if math.isnan(x)))
    with pytest.raises(ValueError, match=rf"data point {at} \(counted from 0\) holds nan: \[nan\]; leave it out"):
        vectorize(lambda x: softmax([w * x, w])[0])(numbers)


@pytest.mark.parametrize("at", [0, 1])
def test_a_nan_that_the_function_does_not_read_is_no_error(at):
    w, X = Value(2.0), [[1.0, 5.0], [3.0, 5.0]]
    X[at][1] = math.nan
    loss = vectorize(lambda x: w * x[0])
    assert loss(X).data == 4.0
    assert loss.map(X).tolist() == [2.0, 6.0]


def test_asking_which_value_an_input_is_asks_for_no_number():
    w = [Value(2.0), Value(3.0)]
    assert vectorize(lambda x: w[1] * x if x not in w else x).map([1.0, 2.0]).tolist() == [3.0, 6.0]


@pytest.mark.parametrize(
    ("f", "x", "words"), [(Value.exp, 1000.0, "exp of 2000.0"), (Value.log, -1.0, "log needs x > 0")]
)
def test_map_raises_the_error_of_a_data_point_that_was_not_compared(f, x, words):
    w = Value(2.0)
    with pytest.raises((OverflowError, ValueError), match=rf"{words}.*\(data point 11, counted from 0, in the line"):
        vectorize(lambda x: f(w * x)).map([1.0] * 11 + [x] + [1.0] * 8)


def test_a_program_says_of_which_function_it_is():
    def error(x):
        return x * 2.0

    assert re.fullmatch(r"vectorize\(<function .*error at 0x[0-9a-f]+.*\)", repr(vectorize(error)))


def test_the_shape_is_that_of_the_first_call():
    w = Value(2.0)
    loss = vectorize(lambda x, y: (w * x[0] - y) ** 2)
    with pytest.raises(RuntimeError, match="source is known once the function has been traced"):
        loss.source  # noqa: B018
    loss([[1.0, 2.0]], [1.0])
    with pytest.raises(ValueError, match=r"traced with \(n, 2\) and \(n,\), and now gets \(n, 3\) and \(n,\)"):
        loss([[1.0, 2.0, 3.0]], [1.0])


def test_what_f_is_and_returns():
    with pytest.raises(TypeError, match="needs a function of one data point, got 3"):
        vectorize(3)
    for answer in (None, 1.0, [], [1.0], {}):
        words = rf"returns a Value, or a list of Values for \.map; it returned {re.escape(repr(answer))}"
        with pytest.raises(TypeError, match=words):
            vectorize(lambda x, answer=answer: answer).map([1.0])
    with pytest.raises(TypeError, match=r"it returned \[Value\(data=2.0, grad=0.0\), 3\]"):
        vectorize(lambda x: [2 * x, 3]).map([1.0])


NOT_FINITE = [
    (lambda x, w: (w * x).log(), [1.0, 2.0, -3.0, 4.0], ValueError, r"log needs x > 0, got -3.0.*data point 2.*in the line L = np\.log"),
    (lambda x, w: (w * x).log(), [1.0, 2.0, -3.0], ValueError, r"log needs x > 0, got -3.0.*data point 2.*in the line L = np\.log"),
    (lambda x, w: (w * x).exp() * (w * x).log(), [1.0, -3.0, 800.0], ValueError, r"log needs.*data point 1, .*= np\.log"),
    (lambda x, w: (w * x).exp(), [1.0, 800.0, 1.0], OverflowError, r"exp of 800.0 is too large.*data point 1, .*L = np\.exp"),
    (lambda x, w: w / x, [1.0, 2.0, 0.0, 1.0], ZeroDivisionError, r"truediv needs a divisor other than 0.*data point 2"),
    (lambda x, w: 1.0 / (1.0 + (w * x).exp()), [1.0, 800.0, 1.0], OverflowError, r"exp of 800.0 is too large.*data point 1"),
    (lambda x, w: (w * x).sqrt(), [1.0, 0.0, 1.0], ValueError, r"derivative of sqrt.*infinite.*data point 1.*line"),
    (lambda x, w: nll_loss(w * x, 1.0), [0.5, 0.0, 0.5], ValueError, r"nll_loss needs probabilities.*data point 1"),
    (lambda x, w: hinge_loss(w, x), [1.0, -1.0, 0.0, 1.0], ValueError, r"hinge_loss needs y = -1 or y = \+1.*data point 2"),
    (lambda x, w: cross_entropy_from_logits([w, w * 2.0], x), [1.0, 0.0, 2.0, 0.0], IndexError, "from 0 to 1, got 2.*data point 2"),
    (lambda x, w: cross_entropy_from_logits([w, w * 2.0], x), [1.0, 0.0, 0.5, 0.0], TypeError, "target that is an int.*data point 2"),
    (lambda x, w: (w * x) * (x * 1e308), [0.0, 10.0, 0.0], OverflowError, "data point 1"),
]  # fmt: skip


@pytest.mark.parametrize(("f", "xs", "kind", "words"), NOT_FINITE)
def test_what_is_not_finite_raises_the_scalar_engines_error_and_points_at_the_line(f, xs, kind, words):
    w = Value(1.0, label="w")
    loss = vectorize(lambda x: f(x, w))
    with pytest.raises(kind, match=words):
        loss(xs)
    assert w.grad == 0.0
    good = xs[:1]
    assert math.isfinite(loss(good).data)


def test_an_error_on_the_first_data_point_says_which_it_is():
    loss = vectorize(lambda x: (Value(1.0) * x).log())
    with pytest.raises(ValueError, match=r"log needs x > 0, got -1.0.*\(data point 0, counted from 0\)"):
        loss([-1.0, 1.0])
    assert loss([1.0]).data == 0.0  # the next data may do


def test_zero_gradients_pass_infinite_slopes_as_zero():
    w = Value(1.0)
    J = vectorize(lambda x: maximum(w, (w * x).sqrt()))([0.0, 4.0])
    assert gradients(J, [w]) == [1.0 / 2 + 0.5]


def test_a_data_point_that_does_no_harm_hides_no_later_one_that_does():
    w = Value(1.0)
    loss = vectorize(lambda x: maximum(w, (w * x[0]).sqrt()) + 1.0 / (1.0 + (w * x[1]).exp()))
    points = [[1.0 + i / 64, 1.0] for i in range(30)]
    good, points[5], points[6] = points[6], [0.0, 1.0], [1.0, 800.0]  # which no look at the function meets
    with pytest.raises(OverflowError, match=r"exp of 800.0 is too large.*data point 6"):
        loss(points)
    points[6] = good
    wanted = [maximum(1.0, math.sqrt(x)).data + 1.0 / (1.0 + math.exp(y)) for x, y in points]
    assert loss(points).data == pytest.approx(sum(wanted) / 30, rel=1e-14)


def test_what_overflows_for_a_constant_is_an_error_as_in_the_graph():
    w, xs = Value(1.0), [i / 64 for i in range(30)]
    xs[6] = 800.0
    loss = vectorize(lambda x: w / (1.0 + x.exp()))
    for _ in range(2):
        with pytest.raises(OverflowError, match=r"exp of 800.0 is too large.*data point 6"):
            loss(xs)


def test_an_infinite_gradient_of_a_finite_error_is_an_error_also_after_one_that_did_no_harm():
    w = Value(1.0)
    loss = vectorize(lambda x: maximum(w, (w * x[0]).sqrt()) + (w * x[1]).sqrt())
    good = [4.0, 4.0]
    assert loss([good, [0.0, 4.0], good]).data == pytest.approx(11.0 / 3.0, rel=1e-15)
    for points in ([good, [4.0, 0.0], good], [good] * 9 + [[0.0, 0.0]] + [good]):
        with pytest.raises(ValueError, match=rf"derivative of sqrt.*infinite.*data point {len(points) - 2}"):
            loss(points)
    too_large = vectorize(lambda x: maximum(w, (w * x[0]).sqrt()) + x[1])
    assert too_large([good, [0.0, 4.0], good]).data == pytest.approx(17.0 / 3.0, rel=1e-15)
    with pytest.raises(OverflowError, match=r"average of .* and 6 more is too large for a float"):
        too_large([[4.0, 1e308]] * 9)


def test_two_heads_have_probabilities_of_their_own():
    heads = MLP(2, [3], "identity", seed=0), MLP(2, [4], "identity", seed=1)
    X, classes = [[0.5, -1.0], [2.0, 0.25], [-1.5, 1.0]], [0, 2, 1]
    loss = check(lambda x, y: total([cross_entropy_from_logits(head(x), y) for head in heads]), X, classes)
    assert all(f"{name} = softmax(" in loss.source for name in ("P", "P2"))


def test_a_scale_and_a_shift_of_each_feature_are_one_line():
    w, b = [Value(2.0), Value(3.0), Value(-1.0)], [Value(0.5), Value(-1.0), Value(0.25)]
    scaled = vectorize(lambda x: [w_k * x_k + b_k for w_k, x_k, b_k in zip(w, x, b, strict=True)])
    assert scaled.map([[1.0, 2.0, 3.0]]).tolist() == [[2.5, 5.0, -2.75]]
    assert "@" not in scaled.source


def test_one_hot_targets_that_vary_get_their_gradients():
    for loss, outputs in (
        (cross_entropy_from_logits, lambda w: [w * 2.0, w]),
        (cross_entropy, lambda w: [w * 0.25, w * 0.75]),
    ):
        w = Value(1.0)
        check(
            lambda x, loss=loss, outputs=outputs, w=w: loss(outputs(w), [x[0] * w, x[1] * w]), [[0, 1], [1, 0], [0, 1]]
        )


def test_outputs_whose_sum_is_too_large_are_outputs():
    w = Value(1.0)
    assert vectorize(lambda x: w * x).map([1e308] * 3).tolist() == [1e308] * 3
    with pytest.raises(OverflowError, match=r"average of 1e\+308 and .* is too large for a float"):
        vectorize(lambda x: w * x)([1e308] * 3)


def test_ties_and_kinks():
    w = Value(0.0)
    for f in (
        lambda x, y: (w * x).relu() + abs(w * y) + maximum(w, w * 2.0, x * w, y),
        lambda x, y: hinge_loss(w * x + y, y),
        lambda x, y: (w * x).leaky_relu() * y,
    ):
        check(f, [1.0, 2.0, -1.0], [1.0, -1.0, 1.0])


def test_relu_at_zero_in_a_layer():
    model = MLP(3, [4, 4, 1], seed=0)
    for neuron in model.layers[1].neurons:
        for p in neuron.parameters():
            p.data = 0.0
    check(lambda x, y: squared_loss(model(x), y), X, NUMBERS)


def test_two_calls_of_other_sizes_share_nothing_but_the_parameters():
    model = MLP(3, [4, 1], "tanh", seed=0)
    loss = vectorize(lambda x, y: squared_loss(model(x), y))
    wanted = {n: scalar(lambda x, y: squared_loss(model(x), y), X[:n], NUMBERS[:n]).data for n in range(1, 9)}
    for n in [*range(1, 9), 3, 1, 8, 5]:
        assert loss(X[:n], NUMBERS[:n]).data == pytest.approx(wanted[n], rel=1e-13)


def test_the_first_error_stays_when_the_second_is_made():
    w = Value(2.0)
    loss = vectorize(lambda x: (w * x) ** 2)
    first = loss([1.0])
    second = loss([3.0])
    assert (first.local_derivatives, second.local_derivatives) == ((4.0,), (36.0,))


def test_two_losses_share_their_parameters():
    w = Value(2.0)
    total_loss = vectorize(lambda x: w * x)([1.0]) * 2.0 + vectorize(lambda x: w * w * x)([3.0])
    assert gradients(total_loss, [w]) == [2.0 + 12.0]


def test_interrupts_leave_gradients_whole(monkeypatch):
    model = MLP(3, [4, 1], seed=0)
    J = vectorize(lambda x, y: squared_loss(model(x), y))(X, NUMBERS)
    J.backward()
    before = [p.grad for p in model.parameters()]
    real, calls = Value.__setattr__, []

    def interrupted(self, name, value):
        calls.append(name)
        if len(calls) == 5:
            raise KeyboardInterrupt
        real(self, name, value)

    monkeypatch.setattr(Value, "__setattr__", interrupted, raising=False)
    with pytest.raises(KeyboardInterrupt):
        J.backward()
    monkeypatch.undo()
    assert [p.grad for p in model.parameters()] == before


def test_tails():
    w, b = Value(1.0), Value(0.0)
    xs, bits = [40.0, -40.0, 700.0, -700.0, 20.0], [1, 0, 1, 0, 1]
    for f in (
        lambda x, y: nll_loss_from_logit(w * x + b, y),
        lambda x, y: (w * x + b).tanh() * y,
        lambda x, y: (w * x + b).sigmoid() + (w * x).softplus() * y,
        lambda x, y: cross_entropy_from_logits([w * x, b, b * 2.0], y),
        lambda x, y: cross_entropy_from_logits([b, w * x * 0.5, b * 2.0], 1 - y),
        lambda x, y: total([p * i for i, p in enumerate(softmax([w * x, b, b * 2.0]), 1)]) * y,
    ):
        check(f, xs, bits)
        for x, bit in zip(xs, bits, strict=True):  # alone, no larger term hides a small one
            check(f, [x], [bit])
            check(f, [x], [1 - bit])


def test_a_parameter_that_is_added_twice_counts_twice():
    """The first becomes the bias of the matrix product, the second one stays."""
    w, b = Value(0.5), Value(-1.5)
    J = vectorize(lambda x, y: (w * x[0] + b + b * 2.0 + b - y) ** 2)([[1.0], [2.0]], [0.0, 1.0])
    wanted = average([(0.5 * x - 6.0 - y) ** 2 for x, y in ((Value(1.0), 0.0), (Value(2.0), 1.0))])
    assert J.data == pytest.approx(wanted.data, rel=1e-15)
    J.backward()
    assert b.grad == pytest.approx(2 * 4 * ((0.5 - 6.0) + (1.0 - 6.0 - 1.0)) / 2, rel=1e-14)


def test_threads_may_share_a_program():
    """Also while it is still held against the graph, whose leaves all the threads have in common."""
    model = MLP(3, [16, 1], "tanh", seed=0)

    def program():
        return vectorize(lambda x, y: squared_loss(model(x), y))

    loss, batches = program(), [(X + i, NUMBERS) for i in range(4)]
    wanted = [(J.data, J.local_derivatives) for J in (loss(*batch) for batch in batches)]

    def repeated(loss, i, times):
        return [(J.data, J.local_derivatives) == wanted[i] for J in (loss(*batches[i]) for _ in range(times))]

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            for shared, times in ((loss, 200), *((program(), 5) for _ in range(20))):
                assert all(all(equal) for equal in pool.map(repeated, [shared] * 4, range(4), [times] * 4))
    finally:
        sys.setswitchinterval(before)


class WithLoss(Module):
    def __init__(self):
        self.w = Value(2.0)
        self.loss = vectorize(self.of_point)

    def of_point(self, x):
        return self.w * x


def test_a_copied_program_reads_the_copied_parameters():
    model = WithLoss()
    model.loss([1.0])
    other = copy.deepcopy(model)
    other.w.data = 5.0
    assert (other.loss([1.0]).data, other.loss([1.0]).parents, model.loss([1.0]).data) == (5.0, (other.w,), 2.0)


def test_an_overflow_that_did_no_harm_hides_no_later_one():
    """The slope of √ at 0 is infinite, and meets no gradient; later e⁸⁰⁰ is too large, though 1 / e⁸⁰⁰ would be 0."""
    w = Value(1.0)
    program = vectorize(lambda x, y: x * ((w * x) ** 2).sqrt() + w / y.exp())
    for _ in range(9):
        program([1.0, 1.0], [1.0, 2.0])
    harmless = program([0.0, 1.0], [1.0, 2.0])
    assert harmless.data == pytest.approx((1.0 / math.e + 1.0 + math.exp(-2.0)) / 2)
    with pytest.raises(OverflowError, match="exp of 800"):
        program([1.0, 1.0], [1.0, 800.0])


def test_a_users_own_inf_in_a_printed_sum():
    own = Op("own", value=lambda x, y: ops.total(x, y, 1.0), derivatives=[lambda a, x, y: 1.0, lambda a, x, y: 1.0])
    program = vectorize(lambda x, y: own(x, y).tanh())
    assert program.map([math.inf, 1.0, -1.0], [1.0, -math.inf, 0.5]).tolist() == [1.0, -1.0, math.tanh(0.5)]


def test_a_users_own_inf_stays_in_the_training_error():
    w = Value(2.0)
    J = vectorize(lambda x, y: x * w - y)([math.inf, 1.0], [1.0, 1.0])
    assert (J.data, J.local_derivatives) == (math.inf, (math.inf,))


WHOLE = {
    "step": lambda z: ops.where(z < 0.0, 2.0, 3.0),
    "sign": lambda z: ops.where(z < 0.0, -1.0, 1.0),
    "of three": lambda z: ops.where(z < -1.0, -1.0, ops.where(z > 1.0, 1.0, 2.0)),
    "always 2": lambda z: 0.0 * z + 2.0,
    "always -1": lambda z: 0.0 * z - 1.0,
}


@pytest.mark.parametrize("value", WHOLE.values(), ids=WHOLE)
def test_an_op_of_ones_own_whose_values_are_whole_numbers(value):
    """A neuron that fires or does not, with a slope all the same: NumPy makes integers of whole numbers."""
    fire = Op("fire", value=value, derivatives=[lambda a, z: 1.0])
    w = [Value(1.0), Value(-2.0), Value(3.0)]
    for f in (
        lambda x: fire(w[0] * x) ** -1,
        lambda x: fire(w[0] * x) ** 40 * fire(w[1] * x) ** 41,
        lambda x: (lambda a: a[0] * a[1].tanh() + a[2] * 0.5 * a[0].sin())([fire(p * x) for p in w]),
        lambda x: (lambda a: weighted_sum(w, [a[0], a[1], a[0]]) + weighted_sum(w, a))([fire(p * x) for p in w]),
    ):
        check(f, [0.25, -1.0, 2.0])


CONDITIONS = {
    "fires": (lambda z: z > 0.0, lambda a, z: 1.0),
    "sign": (lambda z: (z > 0.0) * 1.0 - (z < 0.0), lambda a, z: abs(z) <= 1.0),
    "steps": (lambda z: (z > 0.0) + (z > 1.0), lambda a, z: -((z > 0.0) & (z < 2.0))),
    "|z|": (lambda z: z * ((z > 0.0) - (z < 0.0)), lambda a, z: (z > 0.0) - (z < 0.0)),
    "alike": (lambda z: ops.equal(z < 1.0, z < 2.0), lambda a, z: (z > 0.0) >= (z > 1.0)),
    "choice": (lambda z: ops.where(z < 1.0, z > 0.0, 2.0), lambda a, z: ops.exp(z > 0.0)),
}


@pytest.mark.parametrize(("value", "slope"), CONDITIONS.values(), ids=CONDITIONS)
def test_a_condition_in_the_place_of_a_number_is_1_or_0(value, slope):
    own = Op("own", value=value, derivatives=[slope])
    w = [Value(1.0), Value(-2.0), Value(3.0)]
    for f in (
        lambda x: own(w[0] * x) - own(w[1] * x),
        lambda x: -own(w[0] * x) + own(w[1] * x).sin(),
        lambda x: (lambda a: a[0] * a[1].tanh() + a[2] * 0.5 * a[0].sin())([own(p * x) for p in w]),
        lambda x: weighted_sum(w, [own(p * x) for p in w]) ** 2,
    ):
        check(f, [0.25, -1.0, 2.0])


def test_a_printed_sum_loses_no_small_term_whatever_the_order():
    own = Op("own", value=lambda *terms: ops.total(*terms), derivatives=lambda a, *terms: [1.0] * len(terms))
    for terms in itertools.permutations([1.0, 1e16, -1e16]):
        assert vectorize(own).map(*[[term] for term in terms]).tolist() == [1.0], terms


def test_a_difference_and_its_opposite_are_two():
    own = Op(
        "own",
        value=lambda x, y: ops.exp(x - y) + ops.exp(y - x) * (x / y - 2.0 * y / x),
        derivatives=[lambda a, x, y: (x - y) / (y - x) + x**y, lambda a, x, y: (x < y) - 2.0 * (y < x) + y**x],
    )
    v, w = Value(1.5), Value(0.5)
    check(lambda x, y: own(v * x, w * y), [1.0, 2.0, 0.25], [2.0, 0.5, 1.0])
