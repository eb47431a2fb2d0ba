"""Random graphs: whatever is written with Values, vectorize computes what the scalar graph computes."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shared.graphs import absolute_sums, gradients, leaves_of

from autograd import (
    Op,
    Value,
    average,
    maximum,
    minimum,
    ops,
    softmax,
    total,
    vectorize,
    weighted_sum,
)
from autograd.value import constant
from nn import Layer, cross_entropy, cross_entropy_from_logits, hinge_loss, nll_loss, nll_loss_from_logit, squared_loss

UNARY = [
    lambda a: a.tanh(), lambda a: a.sigmoid(), lambda a: a.relu(), lambda a: a.sin(), lambda a: a.cos(), lambda a: -a,
    lambda a: abs(a), lambda a: a.softplus(), lambda a: a.gelu(), lambda a: a.erf(), lambda a: a.leaky_relu(0.3),
    lambda a: (a * 0.25).exp(), lambda a: (a * a + 0.5).sqrt(),
    lambda a: (a * a + 0.5).log(), lambda a: a**3, lambda a: a**2, lambda a: 1.0 / (a * a + 1.0),
    lambda a: ops.identity(a), lambda a: a * 0.5 + 1.0,
]  # fmt: skip
BINARY = [
    lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / (b * b + 1.0),
    lambda a, b: maximum(a, b), lambda a, b: minimum(a, b), lambda a, b: (a * a + 0.5) ** (b.tanh()),
]  # fmt: skip


def random_function(seed):
    """A function of a list x and a number y, with parameters of its own: the same graph at every call."""
    chance = random.Random(seed)
    parameters = [Value(chance.uniform(-1.5, 1.5)) for _ in range(chance.randint(1, 6))]
    if chance.random() < 0.2:
        parameters.append((parameters[0] * 2.0).tanh())  # made outside
    n_inputs, n_steps = chance.randint(1, 4), chance.randint(1, 25)
    inner_seed = chance.random()

    def f(x, y):
        pick = random.Random(inner_seed)
        pool = [*parameters, *x, y]
        for _ in range(n_steps):
            kind = pick.random()
            some = [pick.choice(pool) for _ in range(pick.randint(1, 5))]
            if kind < 0.3:
                pool.append(pick.choice(UNARY)(some[0]))
            elif kind < 0.55:
                pool.append(pick.choice(BINARY)(some[0], pick.choice(pool)))
            elif kind < 0.65:
                width = pick.randint(2, 4)
                inputs = [pick.choice(pool) for _ in range(width)]
                for _ in range(pick.randint(1, 3)):
                    weights = [pick.choice([*parameters, 0.5]) for _ in range(width)]
                    bias = pick.choice([None, pick.choice(parameters)])
                    pool.append(weighted_sum(weights, inputs, bias).tanh())
            elif kind < 0.75:
                pool.append(sum(pick.choice(parameters) * v for v in some) + pick.choice(pool))
            elif kind < 0.8:
                pool.extend(softmax(some))
            elif kind < 0.9:
                reduce = pick.choice([total, average, lambda v: maximum(*v), lambda v: minimum(*v)])
                pool.append(reduce(some).tanh())
            else:
                pool.append(weighted_sum(some, some[::-1]).sin())
        return total(pool[-3:]).tanh() + pool[-1] * 0.1

    return f, n_inputs


SWISH = Op("swish", value=lambda z: z * ops.sigmoid(z), derivatives=[lambda a, z: a + ops.sigmoid(z) * (1 - a)])
HYPOT = Op(
    "λ x",
    value=lambda x, y: ops.sqrt(x * x + y * y + 1.0),
    derivatives=[lambda a, x, y: x / a, lambda a, x, y: y / a],
)
OF_ROWS = [
    *UNARY, SWISH, lambda a: a**0, lambda a: a * 0.0, lambda a: a * a, lambda a: 2 - a, lambda a: softmax([a])[0],
]  # fmt: skip
OF_TWO_ROWS = [
    *BINARY, HYPOT, squared_loss, lambda a, b: maximum(a, b, a), lambda a, b: minimum(a, 0.0, b),
    lambda a, b: nll_loss(a.sigmoid(), b.sigmoid()), lambda a, b: nll_loss_from_logit(a, b.sigmoid()),
    lambda a, b: cross_entropy_from_logits([a, b, a * 0.5], 1),
]  # fmt: skip
ACTIVATIONS = ["identity", "relu", "sigmoid", "tanh", "leaky_relu", "softplus", "gelu", "sin", SWISH, "softmax"]


def random_network(seed):
    """A function of lists x and y that works on whole rows: layers, activations, choices and mixtures of rows, a loss."""
    chance = random.Random(seed)
    parameters = [Value(chance.choice([chance.uniform(-1.5, 1.5), 0.0, 1.0])) for _ in range(chance.randint(1, 6))]
    n_inputs, n_targets, n_steps = chance.randint(1, 4), chance.randint(1, 3), chance.randint(1, 12)
    inner_seed = chance.random()
    layers = {}

    def f(x, y):
        pick = random.Random(inner_seed)
        rows = [x, parameters, y]

        def some():
            row = pick.choice([*rows[-4:], x])
            return pick.choice([row, row[::-1], row[pick.randrange(len(row)) :], [*row, *pick.choice(rows)]])

        for step in range(n_steps):
            row, kind = some(), pick.random()
            if kind < 0.3:
                rows.append(list(map(pick.choice(OF_ROWS), row)))
            elif kind < 0.5:
                other = pick.choice([some(), [pick.choice(row)] * len(row)])
                rows.append([*map(pick.choice(OF_TWO_ROWS), row, other)])
            elif kind < 0.8:
                width, activation, has_bias, start = (
                    pick.randint(2, 4),
                    pick.choice(ACTIVATIONS),
                    pick.random() < 0.7,
                    pick.random(),
                )
                if step not in layers:
                    layers[step] = Layer(len(row), width, activation, bias=has_bias, seed=random.Random(start))
                rows.append(layers[step](row))
                if pick.random() < 0.3:
                    rows.append(layers[step](row[::-1]))
            elif kind < 0.9:
                rows.append(
                    [weighted_sum(row, row[::-1], pick.choice([None, pick.choice(row)])).sin(), sum(row).tanh()]
                )
            else:
                rows.append([reduce(row) for reduce in (total, average, lambda v: maximum(*v), lambda v: minimum(*v))])
            if pick.random() < 0.4:
                rows[-1] = [a.tanh() for a in rows[-1]]
        outputs = [*rows[-1], *rows[-2]]
        answer = total([a.tanh() for a in outputs])
        if n_targets == 1:
            return answer + pick.choice([hinge_loss, squared_loss])(outputs[0], y[0])
        logits = (outputs * 3)[:n_targets]
        loss = pick.choice([cross_entropy_from_logits, lambda z, y: cross_entropy(softmax(z), y)])
        return answer + loss(logits, y)

    return f, n_inputs, n_targets


def compare(seed):
    f, n_inputs = random_function(seed)
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(5, n_inputs)).round(2), rng.choice([-1.0, 0.0, 1.0], size=5)
    hold(f, seed, X, y, [([constant(v) for v in x], constant(t)) for x, t in zip(X.tolist(), y.tolist(), strict=True)])


def compare_networks(seed):
    f, n_inputs, n_targets = random_network(seed)
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(5, n_inputs)).round(rng.choice([0, 2]))  # whole numbers meet in ties and kinks
    Y = rng.choice([-1.0, 1.0], size=(5, 1)) if n_targets == 1 else np.eye(n_targets)[rng.integers(n_targets, size=5)]
    points = zip(X.tolist(), Y.tolist(), strict=True)
    hold(f, seed, X, Y, [([constant(v) for v in x], [constant(t) for t in y]) for x, y in points])


def hold(f, seed, X, Y, points):
    """The program of f to the scalar graph of the same points."""
    try:
        wanted = average([f(x, y) for x, y in points])
    except (ArithmeticError, ValueError):  # σ has rounded to 1, say: the program has no other answer
        with pytest.raises((ArithmeticError, ValueError), match="data point"):
            vectorize(f)(X, Y)
        return
    J = vectorize(f)(X, Y)
    # how much one rounding anywhere may move the answer: all the terms that are added up, at full size
    sums = absolute_sums(wanted)
    size = sum(s * abs(node.data) for node, s in sums.items())
    assert abs(J.data - wanted.data) <= 1e-12 * max(size, 1.0)
    leaves = leaves_of(wanted)
    known = set(leaves_of(J))
    for leaf, found, exact in zip(leaves, gradients(J, leaves), gradients(wanted, leaves), strict=True):
        if leaf in known:
            assert abs(found - exact) <= 1e-12 * max(size, 1.0) * max(sums[leaf], 1.0), (seed, found, exact)
        else:
            assert exact == 0.0 or leaf.label == "", seed


@pytest.mark.parametrize("seed", [*range(60), 918, 3673, 4341])  # slopes that are 0 everywhere; a parameter added twice
def test_random_graphs(seed):
    compare(seed)


@pytest.mark.parametrize("seed", [*range(60), 353314])  # a loss of a probability that has rounded to 1
def test_random_networks(seed):
    compare_networks(seed)


@pytest.mark.long
@given(st.integers(100, 10**9))
@settings(max_examples=600, deadline=None)
def test_very_many_random_graphs(seed):
    compare(seed)


@pytest.mark.long
@given(st.integers(100, 10**9))
@settings(max_examples=600, deadline=None)
def test_very_many_random_networks(seed):
    compare_networks(seed)
