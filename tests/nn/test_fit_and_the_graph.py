"""fit in matrices never disagrees with the graph: whatever a loss looks at, it learns what batches on Values learn."""

import builtins
import math
import os
import random
import signal
import sys
import threading
import tracemalloc
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd import Op, Value, maximum, ops, total, vectorize
from autograd.errors import Differs
from nn import MLP, SGD, Adam, Module, Neuron, cross_entropy_from_logits, fit, nll_loss_from_logit, squared_loss
from nn.fit import random_batch

rng = np.random.default_rng(4)
X = rng.normal(size=(12, 2)).tolist()
BITS = [0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0]


class Net(Module):
    """A network with an attribute that its loss may read, and that a callback may change."""

    def __init__(self):
        self.inner = MLP(2, [3, 1], "tanh", seed=0)
        self.temperature, self.is_training = 1.0, True

    def __call__(self, x):
        g = self.inner(x) / self.temperature
        return g * 0.5 if self.is_training else g


# factors of the loss: of the output g, the target t as it was given, the network, and what a closure holds
LOOKS_AT_TARGETS = [
    lambda g, t, net, held: {1: 3.0}.get(t, 1.0),
    lambda g, t, net, held: 2.0 if t == 1 else 1.0,
    lambda g, t, net, held: 2.0 if t else 1.0,
    lambda g, t, net, held: [1.0, 2.5][t],
    lambda g, t, net, held: float(f"{t}.5") + 1.0,
    lambda g, t, net, held: 3.0 if isinstance(t, int) else 1.0,
    lambda g, t, net, held: swallowed(lambda: 2.0 if t > 0 else 1.0),
    lambda g, t, net, held: 1.0 + t % 2,
]
READS = [
    lambda g, t, net, held: held["factor"],
    lambda g, t, net, held: 1.0 + held["factor"] * g * g,
    lambda g, t, net, held: net.temperature,
    lambda g, t, net, held: 2.0 if net.is_training else 1.0,
    lambda g, t, net, held: 1.0 + total([p * p for p in net.parameters()]) * held["factor"],
]
DRAWS = [
    lambda g, t, net, held: random.random(),
    lambda g, t, net, held: random.choice([0.0, 1.0]),
    lambda g, t, net, held: float(np.random.rand()),
    lambda g, t, net, held: 1.0,
]


def swallowed(look):
    try:
        return look()
    except TypeError:
        return 7.0


# what a callback does in one step
CHANGES = {
    "nothing": lambda net, held: None,
    "a coefficient": lambda net, held: held.update(factor=held["factor"] + 1.0),
    "a temperature": lambda net, held: setattr(net, "temperature", 2.0),
    "a flag": lambda net, held: setattr(net, "is_training", False),
    "an activation": lambda net, held: setattr(net.inner.layers[0], "activation", "sigmoid"),
    "a bias less": lambda net, held: setattr(net.inner.layers[0].neurons[1], "b", None),
    "a weight replaced": lambda net, held: net.inner.layers[1].neurons[0].w.__setitem__(0, Value(0.25)),
    "a weight set": lambda net, held: setattr(net.inner.layers[1].neurons[0].w[0], "data", 0.25),
    "a weight frozen": lambda net, held: setattr(net.inner.layers[0].neurons[0].w[0], "role", "constant"),
    "a function that looks": lambda net, held: held.update(look=True),
}


def learned(factors, change, at, optimizer, vectorized, steps=7, batch_size=4):
    """The losses and the parameters, after a training that a callback changes in one step."""
    net, held = Net(), {"factor": 0.5, "look": False}

    def loss(g, t):
        J = nll_loss_from_logit(g, t)
        for factor in factors:
            J = J * factor(g, t, net, held)
        return J * 2.0 if held["look"] and t == 1 else J

    def callback(step, _):
        if step == at:
            CHANGES[change](net, held)

    random.seed(7)
    np.random.seed(7)
    history = fit(
        net,
        X,
        BITS,
        loss,
        optimizer=optimizer and optimizer(net.parameters()),
        lr=None if optimizer else 0.1,
        steps=steps,
        batch_size=batch_size,
        seed=3,
        callback=callback,
        progress=False,
        vectorized=vectorized,
    )
    return history, [p.data for p in net.parameters()]


OPTIMIZERS = [None, lambda p: SGD(p, 0.1, momentum=0.5), lambda p: Adam(p, 0.05)]


@given(
    factors=st.lists(st.sampled_from([*LOOKS_AT_TARGETS, *READS, *READS, *DRAWS[:1], *DRAWS]), max_size=2),
    change=st.sampled_from(list(CHANGES)),
    at=st.integers(1, 5),
    optimizer=st.sampled_from(OPTIMIZERS),
    batch_size=st.sampled_from([2, 4, 12]),
)
@settings(max_examples=120, deadline=None)
def test_what_a_loss_looks_at_counts_step_by_step(factors, change, at, optimizer, batch_size):
    optimizer = None if change == "a weight replaced" else optimizer  # whose parameters it would not be
    matrices, numbers = learned(factors, change, at, optimizer, None, batch_size=batch_size)
    values, wanted = learned(factors, change, at, optimizer, False, batch_size=batch_size)
    assert matrices.losses == pytest.approx(values.losses, rel=1e-9, abs=1e-12)
    assert numbers == pytest.approx(wanted, rel=1e-9, abs=1e-12)
    assert not values.vectorized


@pytest.mark.parametrize("factor", LOOKS_AT_TARGETS + DRAWS[:3])
def test_what_is_refused_is_said(factor):
    history, _ = learned([factor], "nothing", 1, None, None)
    assert not history.vectorized
    assert history.reason
    with pytest.raises((TypeError, ValueError)):
        learned([factor], "nothing", 1, None, True)


def test_an_error_that_shows_a_traced_number_is_no_print_of_the_loss():
    reasons = {}
    for name, loss in {
        "Value": lambda g, t: squared_loss(g, Value(t)),
        "np.sign": lambda g, t: np.sign(t) * squared_loss(g, t),
    }.items():
        reasons[name] = fit(Neuron(2, seed=0), X, BITS, loss, steps=1, batch_size=4, progress=False).reason
    assert "printed" not in str(reasons)
    assert "the function raised TypeError: a Value needs a real number" in reasons["Value"]
    assert "it is a Value already: use it as it is" in reasons["Value"]
    assert "np.sign of a Value is not known" in reasons["np.sign"]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_followed_or_said(change):
    history, _ = learned([READS[1]], change, 3, None, None)
    assert history.vectorized == (change != "a function that looks")
    assert history.reason.startswith("from step 4 on: ") == (change == "a function that looks")


def test_a_program_is_looked_at_ever_more_rarely_while_it_trains():
    def calls(steps):
        seen = []
        loss = lambda g, t: (seen.append(None), squared_loss(g, t))[1]  # noqa: E731
        fit(MLP(2, [3, 1], seed=0), X, BITS, loss, steps=steps, batch_size=4, seed=0, progress=False, vectorized=True)
        return len(seen)

    assert [calls(steps) - calls(1) for steps in (6, 7, 62, 63, 500)] == [2, 4, 4, 6, 6]  # on Values, and traced


def test_a_loss_that_becomes_a_list_is_an_error_that_says_so():
    held = []
    with pytest.raises(TypeError, match=r"loss\(g, y\) needs to return a Value, got list"):
        fit(
            Neuron(2, seed=0), X, BITS, lambda g, t: [g, t] if held else g * g, steps=4, batch_size=4, progress=False,
            callback=lambda *_: held.append(None),
        )  # fmt: skip


def test_what_changes_by_itself_is_followed_from_the_next_look_on():
    steps, held = [], [1.0]

    def loss(g, t):
        return squared_loss(g, t) * held[0]

    class Counting(SGD):
        def step(self):
            super().step()
            steps.append(None)
            held[0] = 2.0 if len(steps) > 3 else 1.0

    model = MLP(2, [3, 1], seed=0)
    optimizer = Counting(model.parameters(), 1e-9)
    losses = fit(model, X, BITS, loss, optimizer=optimizer, steps=9, batch_size=12, progress=False).losses
    assert losses == pytest.approx([losses[0]] * 6 + [2.0 * losses[0]] * 3, rel=1e-6)


@pytest.mark.parametrize("is_frozen", [False, True])
def test_a_change_by_itself_loses_nothing_of_what_was_learned(is_frozen):
    seen, change, factor = [], [math.inf], 2.0
    if is_frozen:
        factor = Value(2.0)
        factor.role = "constant"

    def loss(g, t):
        seen.append(None)
        return squared_loss(g, t) * (factor if len(seen) > change[0] else 1.0)

    def learn(model, steps):
        seen.clear()
        settings = {"batch_size": 12, "lr": 0.1, "progress": False, "vectorized": True}
        return fit(model, X, BITS, loss, steps=steps, **settings).losses

    model, twin = MLP(2, [3, 1], seed=0), MLP(2, [3, 1], seed=0)
    before = learn(twin, 6)
    change[0] = len(seen)  # which the next look finds
    J = sum(squared_loss(twin(x), t).data for x, t in zip(X, BITS, strict=True)) / 12
    losses = learn(model, 7)
    assert losses[:6] == before
    assert losses[6] == pytest.approx(2.0 * J, rel=1e-12)


def test_a_generator_of_the_loss_draws_anew_in_every_step():
    own, drawn = random.Random(0), []

    def loss(g, t):
        drawn.append(own.choice([0.0, 1.0, 2.0]))
        return squared_loss(g * drawn[-1], t)

    history = fit(MLP(2, [3, 1], seed=0), X, BITS, loss, steps=20, batch_size=4, seed=0, progress=False)
    assert not history.vectorized
    assert "does not compute the same" in history.reason
    assert len(drawn) > 80
    assert set(drawn[-80:]) == {0.0, 1.0, 2.0}


def test_checks_leave_global_random_numbers_as_they_were():
    random.seed(1)
    np.random.seed(1)
    before = random.getstate(), np.random.get_state()[1].tolist()
    fit(MLP(2, [3, 1], seed=0), X, BITS, squared_loss, steps=5, batch_size=4, seed=0, progress=False)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before


def test_a_small_deviation_is_seen():
    model, held = MLP(2, [3, 1], seed=0), [1.0]
    history = fit(
        model,
        X,
        BITS,
        lambda g, t: squared_loss(g, t) * held[0],
        steps=4,
        batch_size=12,
        lr=1e-9,
        progress=False,
        callback=lambda step, _: held.__setitem__(0, 1.0 + 1e-4 * (step == 2)),
    )
    assert history.losses[2] == pytest.approx(history.losses[0] * (1 + 1e-4), rel=1e-6)
    assert history.losses[3] == pytest.approx(history.losses[0], rel=1e-6)


def test_one_of_each_class_is_looked_at():
    y = [0] * 11 + [2]
    weight = {2: 5.0}

    def loss(z, t):
        return cross_entropy_from_logits(z, t) * (weight[2] if not isinstance(t, Value) and t == 2 else 1.0)

    histories = [
        fit(MLP(2, [3], seed=0), X, y, loss, steps=5, batch_size=3, seed=2, progress=False, vectorized=v)
        for v in (None, False)
    ]
    assert histories[0].losses == histories[1].losses
    assert not histories[0].vectorized


# --- parameters that come and go --------------------------------------------------------------------------------------


@pytest.mark.parametrize("batch_size", [1, 4])
def test_a_parameter_that_a_callback_put_in_is_trained(batch_size):
    model = Neuron(2, "identity", seed=0)
    new = Value(0.5, label="new")

    def replace(step, _):
        if step == 2:
            model.w[0] = new

    fit(model, X, BITS, squared_loss, steps=6, batch_size=batch_size, lr=0.1, progress=False, callback=replace)
    assert new.data != 0.5


@pytest.mark.parametrize("batch_size", [1, 4])
def test_an_optimizer_that_lacks_it_is_an_error_that_names_it(batch_size):
    model = Neuron(2, "identity", seed=0)

    def replace(step, _):
        model.w[0] = Value(0.5, label="new")

    with pytest.raises(ValueError, match=r"a parameter that the optimizer does not hold: .*'new'"):
        fit(
            model,
            X,
            BITS,
            squared_loss,
            steps=6,
            batch_size=batch_size,
            optimizer=SGD(model.parameters(), 0.1),
            progress=False,
            callback=replace,
        )


@pytest.mark.parametrize("batch_size", [1, 4])
def test_an_optimizer_of_some_of_the_parameters_may_get_a_new_one(batch_size):
    model, new = Neuron(2, "identity", seed=0), Value(0.5, label="new")
    optimizer, before = SGD(model.w, 0.1), model.b.data

    def replace(step, _):
        if step == 2:
            model.w[0] = new
            optimizer.parameters = [*model.w]

    settings = {"optimizer": optimizer, "steps": 6, "batch_size": batch_size, "progress": False}
    fit(model, X, BITS, squared_loss, callback=replace, **settings)
    assert new.data != 0.5
    assert model.b.data == before


@pytest.mark.parametrize(("batch_size", "vectorized"), [(1, None), (4, None), (4, False)])
def test_a_weight_that_nobody_trains_is_an_error(batch_size, vectorized):
    class Hidden(Neuron):
        def __call__(self, x):
            return super().__call__(x) * hidden

    hidden = Value(2.0, label="hidden")
    settings = {"steps": 3, "batch_size": batch_size, "vectorized": vectorized, "progress": False}
    with pytest.raises(
        ValueError, match=r"'hidden'.*model.parameters\(\) lacks.*or in a list, a dict, an array or a Module there"
    ):
        fit(Hidden(2, seed=0), X, BITS, squared_loss, **settings)
    model = Hidden(2, seed=0)
    fit(model, X, BITS, squared_loss, optimizer=SGD([*model.parameters(), hidden], 0.1), **settings)
    assert hidden.data != 2.0
    hidden.role = "constant"
    fit(Hidden(2, seed=0), X, BITS, squared_loss, **settings)


@pytest.mark.parametrize(("batch_size", "vectorized"), [(1, None), (4, None), (4, False)])
def test_a_weight_that_a_callback_brings_in_and_nobody_trains_is_an_error(batch_size, vectorized):
    hidden = []

    def bring_in(step, loss):
        if step == 3:
            hidden.append(Value(1.0, label="hidden"))

    with pytest.raises(
        ValueError, match=r"'hidden'.*model.parameters\(\) lacks.*or in a list, a dict, an array or a Module there"
    ):
        fit(
            Neuron(2, seed=0),
            X,
            BITS,
            lambda g, t: squared_loss(g * hidden[0] if hidden else g, t),
            steps=40,
            batch_size=batch_size,
            vectorized=vectorized,
            callback=bring_in,
            progress=False,
        )


@pytest.mark.parametrize("batch_size", [1, 4])
def test_a_weight_that_the_model_has_no_more_and_the_loss_still_reads_is_an_error(batch_size):
    model = Neuron(2, "identity", seed=0)
    old = model.w[0]
    old.label = "old"
    with pytest.raises(ValueError, match=r"depends on .*'old'.*model.parameters\(\) lacks"):
        fit(
            model, X, BITS, lambda g, t: squared_loss(g, t) + old * old, steps=40, batch_size=batch_size, seed=0,
            callback=lambda step, _: step == 2 and model.w.__setitem__(0, Value(0.5)), progress=False,
        )  # fmt: skip


@pytest.mark.parametrize("batch_size", [1, 4])
def test_a_computed_value_in_the_place_of_a_weight_is_an_error_that_says_how_to_change_one(batch_size):
    model = Neuron(2, seed=0)
    model.w[0] += 0.1
    with pytest.raises(ValueError, match=r"change its \.data: w\[0\] \+= 1 puts a computed Value in the place"):
        fit(model, X, BITS, squared_loss, batch_size=batch_size, seed=0, progress=False)


@pytest.mark.parametrize("seed", range(6))
def test_a_weight_of_one_class_that_nobody_trains_is_an_error(seed):
    scale = {0: Value(1.0, label="hidden"), 1: Value(1.0, label="hidden")}
    with pytest.raises(
        ValueError, match=r"'hidden'.*model.parameters\(\) lacks.*or in a list, a dict, an array or a Module there"
    ):
        fit(Neuron(2, seed=0), X, BITS, lambda g, t: squared_loss(g * scale[t], t), seed=seed, progress=False)


@pytest.mark.parametrize("batch_size", [1, 4])
def test_an_optimizer_is_whatever_steps(batch_size):
    class Signs:
        """Steps of one length, whatever the gradient, with no list of its parameters."""

        def zero_grad(self):
            model.zero_grad()

        def step(self):
            for p in model.parameters():
                p.data -= math.copysign(2.0**-6, p.grad)

    losses = []
    for vectorized in (None, False):
        model = Neuron(2, "tanh", seed=0)
        settings = {"optimizer": Signs(), "steps": 20, "batch_size": batch_size, "seed": 0, "progress": False}
        losses.append(fit(model, X, BITS, squared_loss, vectorized=vectorized, **settings).losses)
    assert losses[0] == pytest.approx(losses[1], rel=1e-9)
    assert losses[0][0] != losses[0][-1]


class Groups:
    """An optimizer of one's own, with a learning rate for each of its groups."""

    def __init__(self, groups, parameters):
        self.groups, self.parameters = groups, parameters

    def zero_grad(self):
        for _, group in self.groups:
            for p in group:
                p.grad = 0.0

    def step(self):
        for lr, group in self.groups:
            for p in group:
                p.data -= lr * p.grad


@pytest.mark.parametrize("batch_size", [1, 4])
@pytest.mark.parametrize(
    "kept",
    [
        lambda model, groups: [{"lr": lr, "params": group} for lr, group in groups],
        lambda model, groups: [group for _, group in groups],
        lambda model, groups: dict(model.named_parameters()),
        lambda model, groups: model.parameters,
        lambda model, groups: None,
    ],
)
def test_an_optimizer_of_ones_own_keeps_its_parameters_as_it_likes(batch_size, kept):
    losses = []
    for vectorized in (None, False):
        model = MLP(2, [3, 1], "tanh", seed=0)
        groups = [(0.1, model.layers[0].parameters()), (0.01, model.layers[1].parameters())]
        settings = {"optimizer": Groups(groups, kept(model, groups)), "steps": 20, "seed": 0, "progress": False}
        losses.append(
            fit(model, X, BITS, squared_loss, batch_size=batch_size, vectorized=vectorized, **settings).losses
        )
    assert losses[0] == pytest.approx(losses[1], rel=1e-9)


@pytest.mark.parametrize(
    "kept",
    [
        lambda groups: [{"params": group} for _, group in groups],
        lambda groups: {p for _, group in groups for p in group},
        lambda groups: dict(enumerate(p for _, group in groups for p in group)).values(),
    ],
)
def test_a_leaf_that_only_an_optimizer_holds_is_trained(kept):
    model, scale = Neuron(2, seed=0), Value(1.0)
    groups = [(0.1, model.parameters()), (0.1, [scale])]
    optimizer = Groups(groups, kept(groups))
    fit(model, X, BITS, lambda g, t: squared_loss(g * scale, t), optimizer=optimizer, steps=3, seed=0, progress=False)
    assert scale.data != 1.0


def test_a_weight_of_a_callback_that_an_optimizer_with_a_set_does_not_hold_is_an_error():
    model = Neuron(2, seed=0)
    optimizer = Groups([(0.1, model.parameters())], set(model.parameters()))
    with pytest.raises(ValueError, match="gave the model a parameter that the optimizer does not hold"):
        fit(
            model,
            X,
            BITS,
            squared_loss,
            optimizer=optimizer,
            steps=3,
            seed=0,
            progress=False,
            callback=lambda step, loss: setattr(model, "late", Value(1.0)),
        )


def clipped(optimizer, step):
    for p in optimizer.parameters:
        p.grad = max(-0.01, min(0.01, p.grad))
    step()


def without_large(update, parameters, gradients, memory):
    return update(parameters, [max(-0.01, min(0.01, g)) for g in gradients], memory)


@pytest.mark.parametrize("make", [lambda p: SGD(p, 0.1), lambda p: Adam(p, 0.1)])
@pytest.mark.parametrize("name", ["step", "zero_grad", "update"])
def test_a_method_that_is_put_over_the_optimizers_own_is_called(make, name):
    losses = []
    for vectorized in (None, False):
        model = Neuron(2, "tanh", seed=0)
        optimizer = make(model.parameters())
        own = {
            "step": partial(clipped, optimizer, optimizer.step),
            "zero_grad": lambda: None,
            "update": partial(without_large, optimizer.update),
        }
        setattr(optimizer, name, own[name])
        losses.append(
            fit(model, X, BITS, squared_loss, optimizer=optimizer, steps=9, batch_size=4, seed=0, progress=False,
                vectorized=vectorized).losses
        )  # fmt: skip
    assert losses[0] == pytest.approx(losses[1], rel=1e-9)


def test_a_change_that_the_first_and_the_last_data_point_do_not_feel_is_followed_from_the_callback_on():
    points = np.linspace(-2.0, 2.0, 31)[:, None]
    points[0] = 2.5
    losses = []
    for vectorized in (None, False):
        model = Neuron(1, "relu", seed=0)
        model.w[0].data = 1.0
        change = lambda step, _, model=model: setattr(model, "activation", "identity") if step == 3 else None  # noqa: E731
        history = fit(
            model, points, np.sin(points[:, 0]), squared_loss, steps=8, batch_size=31, seed=0, progress=False,
            callback=change, vectorized=vectorized,
        )  # fmt: skip
        losses.append(history.losses)
    assert losses[0] == pytest.approx(losses[1], rel=1e-9)


@pytest.mark.parametrize("one_hot", [False, True])
def test_a_class_that_is_rare_and_late_is_looked_at_too(one_hot):
    classes = [0] * 1500 + [1] + [0] * 1499
    y = np.eye(2)[classes].tolist() if one_hot else [[0.5, 1][c] for c in classes]
    weight = (lambda t: 1.0 + 9.0 * t[1]) if one_hot else (lambda t: 10.0 if isinstance(t, int) else 1.0)
    loss = (
        (lambda g, t: squared_loss(g, t[0]) * weight(t)) if one_hot else (lambda g, t: squared_loss(g, t) * weight(t))
    )
    losses = [
        fit(Neuron(1, seed=0), [[1.0]] * 3000, y, loss, steps=2, batch_size=3000, seed=0, progress=False, vectorized=v)
        for v in (None, False)
    ]
    assert losses[0].losses == pytest.approx(losses[1].losses, rel=1e-9)


def test_a_data_point_that_can_not_be_computed_is_an_error_in_the_step_that_takes_it():
    points, notes = [[1.0]] * 20 + [[-1.0]], []
    for vectorized in (None, False):
        model, losses = Neuron(1, "identity", seed=0), []
        model.w[0].data = 1.0
        with pytest.raises(ValueError, match=r"log needs x > 0, got -1\.\d+") as caught:
            fit(
                model, points, [0.0] * 21, lambda g, t: g.log() + t, lr=1e-3, steps=99, batch_size=2, seed=0,
                progress=False, callback=lambda _, J, losses=losses: losses.append(J), vectorized=vectorized,
            )  # fmt: skip
        assert len(losses) > 2
        notes.append((caught.value.__notes__, [p.data for p in model.parameters()]))
    assert notes[0][0] == notes[1][0]
    assert notes[0][1] == pytest.approx(notes[1][1], rel=1e-12)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_step_that_matrices_can_not_take_goes_on_from_what_they_learned(optimizer):
    """√(w · 0) has no derivative, and needs none: it is below w + 1."""

    class Above(Module):
        def __init__(self):
            self.w = Value(1.0)

        def __call__(self, x):
            return maximum(self.w + 1.0, (self.w * x[0]).sqrt())

    points, found = [[i / 32] for i in range(32)], []
    points[0], points[7] = points[7], points[0]
    for vectorized in (True, False):
        model = Above()
        history = fit(
            model, points, [1.5] * 32, squared_loss, optimizer=optimizer and optimizer(model.parameters()), steps=40,
            batch_size=2, seed=0, progress=False, vectorized=vectorized,
        )  # fmt: skip
        found.append([*history.losses, model.w.data])
    assert found[0] == pytest.approx(found[1], rel=1e-12)


def test_the_first_data_point_that_is_learned_from_is_looked_at():
    X, y = np.linspace(-1.0, 1.0, 100)[:, None], np.linspace(0.0, 1.0, 100).tolist()
    seen = []

    def loss(g, t):
        seen.append(t)
        return squared_loss(g, t) * (5.0 if type(t) is float and t == seen[0] else 1.0)

    settings = {"steps": 1, "batch_size": 4, "seed": 5, "progress": False}
    wanted = fit(Neuron(1, seed=0), X, y, loss, vectorized=False, **settings)
    del seen[1:]  # the one that the other training begins with too
    history = fit(Neuron(1, seed=0), X, y, loss, **settings)
    assert history.losses == wanted.losses
    assert "does not compute the same" in history.reason


def test_a_frozen_layer_under_a_penalty_trains_in_matrices_as_on_values():
    losses = []
    for vectorized in (True, False):
        model = MLP(2, [3, 1], "tanh", seed=0)
        for p in model.layers[0].parameters():
            p.role = "constant"
        biases = [neuron.b for layer in model.layers for neuron in layer.neurons]
        loss = lambda g, t, b=biases: squared_loss(g, t) + 0.01 * total([b_k * b_k for b_k in b])  # noqa: E731
        settings = {"steps": 5, "batch_size": 4, "seed": 0, "progress": False, "vectorized": vectorized}
        losses.append(fit(model, X, BITS, loss, **settings).losses)
    assert losses[0] == pytest.approx(losses[1], rel=1e-9)


class Normalised(Module):
    """A neuron whose weights are divided by their length, of which only the number is read."""

    def __init__(self):
        self.neuron = Neuron(2, "identity", seed=0)

    def __call__(self, x):
        return self.neuron(x) * (1.0 / math.sqrt(sum(p.data**2 for p in self.neuron.w)))


def test_a_loss_that_reads_the_numbers_of_parameters_runs_on_values():
    def train(vectorized):
        return fit(
            Normalised(), X, BITS, squared_loss, steps=12, batch_size=4, progress=False, vectorized=vectorized, seed=0
        )

    history = train(None)
    assert history.losses == pytest.approx(train(False).losses, rel=1e-12)
    assert (history.vectorized, history.reason[:40]) == (False, "from step 3 on: the loss is another one ")
    with pytest.raises(Differs, match="reads the number of a parameter"):
        train(True)


CAUGHT = {
    "log": (ValueError, lambda z: z.log(), -1.0, 2.0),
    "truediv": (ZeroDivisionError, lambda z: 1.0 / z, 0.0, 2.0),
    "exp": (OverflowError, lambda z: (z * 1000.0).exp(), 1.0, 0.3),
}


@pytest.mark.parametrize("name", CAUGHT)
def test_a_path_that_depends_on_an_error_of_a_data_point_is_refused(name):
    kind, feature, common, rare = CAUGHT[name]

    class Safe(Module):
        def __init__(self):
            self.v, self.w = Value(1.0), Value(0.5)

        def __call__(self, x):
            z = self.v * x[0]
            try:
                return self.w * feature(z)
            except kind:
                return self.w * z * 0.1

    points, targets = [[rare if i == 77 else common] for i in range(200)], [math.sin(i) for i in range(200)]
    settings = {"lr": 1e-4, "steps": 3, "batch_size": 200, "progress": False}
    histories = [fit(Safe(), points, targets, squared_loss, vectorized=v, **settings) for v in (None, False)]
    assert histories[0].losses == pytest.approx(histories[1].losses, rel=1e-9)
    assert f"but {name} of it raised {kind.__name__}" in histories[0].reason


def clip(p):
    p.data = max(-0.05, min(0.05, p.data))


def to_unit_length(p):
    p.data /= abs(p.data)


@pytest.mark.parametrize("change", [clip, to_unit_length])
def test_a_model_that_sets_its_parameters_as_it_is_called_runs_on_values(change):
    class Setting(Module):
        def __init__(self):
            self.neuron = Neuron(2, "identity", seed=0)

        def __call__(self, x):
            for p in self.neuron.w:
                change(p)
            return self.neuron(x)

    def train(vectorized):
        model = Setting()
        settings = {"lr": 0.5, "steps": 12, "batch_size": 4, "progress": False, "seed": 0, "vectorized": vectorized}
        return fit(model, X, BITS, squared_loss, **settings)

    history = train(None)
    assert history.losses == pytest.approx(train(False).losses, rel=1e-12)
    assert history.reason.startswith(
        "from step 2 on: the function sets the .data of a parameter, and a program does not"
    )
    model = Setting()
    loss = vectorize(lambda x, y: squared_loss(model(x), y))
    loss(X, BITS)
    model.neuron.w[0].data = 3.0
    with pytest.raises(Differs, match=r"sets the \.data of a parameter.*: do it after each step"):
        loss(X, BITS)


@pytest.mark.parametrize(("batch_size", "vectorized"), [(1, None), (4, None), (4, False)])
def test_a_model_may_change_the_row_that_it_is_given(batch_size, vectorized):
    class Scaling(Module):
        def __init__(self, in_place):
            self.neuron, self.in_place = Neuron(2, "identity", seed=0), in_place

        def __call__(self, x):
            row = x if self.in_place else [*x]
            row[0] = row[0] / 10.0
            return self.neuron(row)

    losses = [
        fit(Scaling(in_place), X, BITS, squared_loss, steps=40, batch_size=batch_size, seed=0, progress=False,
            vectorized=vectorized).losses
        for in_place in (False, True)
    ]  # fmt: skip
    assert losses[0] == losses[1]


def test_memory_does_not_grow_with_looks():
    sizes = []

    def measure(step, _):
        if step in (100, 300):
            sizes.append(tracemalloc.get_traced_memory()[0])

    tracemalloc.start()
    fit(
        MLP(2, [8, 1], "tanh", seed=0), X, BITS, squared_loss, steps=300, batch_size=4, callback=measure, progress=False
    )
    tracemalloc.stop()
    assert sizes[1] - sizes[0] < 100_000


def test_an_optimizer_of_ones_own_may_thaw_parameters():
    class Thawing(SGD):
        def step(self):
            super().step()
            self.steps = getattr(self, "steps", 0) + 1
            for p in self.parameters:
                p.role = "parameter" if self.steps >= 3 else p.role

    losses = []
    for vectorized in (None, False):
        model = MLP(2, [3, 1], "tanh", seed=0)
        optimizer = Thawing(model.parameters(), 0.1)
        for p in model.layers[0].parameters():
            p.role = "constant"
        settings = {"steps": 8, "batch_size": 4, "seed": 0, "progress": False, "vectorized": vectorized}
        losses.append(fit(model, X, BITS, squared_loss, optimizer=optimizer, **settings).losses)
    assert losses[0] == pytest.approx(losses[1], rel=1e-9)


def test_a_parameter_that_stands_twice_in_the_list_of_an_optimizer_moves_once():
    losses = []
    for is_twice in (False, True):
        model = Neuron(2, "identity", seed=0)
        optimizer = SGD(model.parameters(), 0.1, momentum=0.9)
        optimizer.parameters += optimizer.parameters[:1] * is_twice
        settings = {"optimizer": optimizer, "steps": 3, "batch_size": 4, "seed": 0, "progress": False}
        losses.append([fit(model, X, BITS, squared_loss, **settings).losses for _ in range(3)])
    assert losses[0] == [pytest.approx(held, rel=1e-9) for held in losses[1]]


def by_hand(parameters):
    out = Value(sum(p.data**2 for p in parameters), tuple(parameters), "l2")

    def backward():
        for p in parameters:
            p.grad += 2.0 * p.data * out.grad

    out._backward = backward
    return out


SINE = Op("sine", value=lambda z: math.sin(z), derivatives=[lambda a, z: math.cos(z)])
WITHOUT_FORMULAS = {
    "an Op of Python's math": (SINE, lambda g, t, model: squared_loss(g, t)),
    "a node by hand": ("tanh", lambda g, t, model: squared_loss(g, t) + by_hand(model.parameters())),
    "J": ("tanh", lambda g, t, model: squared_loss(g, t) + 0.1 * vectorize(lambda x: model(x) ** 2)(X)),
}


@pytest.mark.parametrize("case", WITHOUT_FORMULAS)
def test_what_has_no_formula_is_a_reason_to_stay_with_values(case):
    activation, loss = WITHOUT_FORMULAS[case]
    histories = []
    for vectorized in (None, False):
        model = MLP(2, [3, 1], activation, seed=0)
        settings = {"steps": 3, "batch_size": 4, "seed": 0, "progress": False, "vectorized": vectorized}
        histories.append(fit(model, X, BITS, lambda g, t, model=model: loss(g, t, model), **settings))
    assert histories[0].losses == histories[1].losses
    assert not histories[0].vectorized
    assert "formula" in histories[0].reason
    with pytest.raises(TypeError, match="formula"):
        fit(model, X, BITS, lambda g, t: loss(g, t, model), steps=1, batch_size=4, progress=False, vectorized=True)


def test_the_way_is_said():
    def say(**more):
        return fit(Neuron(2, seed=0), X, BITS, squared_loss, **{"steps": 3, "batch_size": 4, "progress": False} | more)

    assert (say().vectorized, say().reason) == (True, "")
    assert (say(vectorized=True, batch_size=1).vectorized) is True
    assert (say(vectorized=False).vectorized, say(vectorized=False).reason) == (False, "vectorized=False")
    assert say(batch_size=1).reason == "one data point at a time"
    with pytest.raises(TypeError, match=r"vectorized needs to be None, True or False, got 1\.5"):
        say(vectorized=1.5)


def test_a_column_of_targets_is_taken_as_numbers():
    histories = [
        fit(Neuron(2, seed=0), X, y, squared_loss, steps=9, batch_size=b, seed=1, progress=False)
        for b in (1, 4)
        for y in (BITS, np.array(BITS)[:, None])
    ]
    assert histories[0].losses == histories[1].losses
    assert histories[2].losses == histories[3].losses


@pytest.mark.parametrize("plain", [False, True])
def test_the_line_says_when_steps_run_on_values_and_why(capsys, monkeypatch, plain):
    if plain:
        real = builtins.__import__
        monkeypatch.setattr(
            builtins, "__import__", lambda name, *rest: real("no_such_module" if name == "tqdm" else name, *rest)
        )
    fit(Neuron(2, seed=0), X, BITS, lambda g, t: g * (2.0 if t == 1 else 1.0), steps=3, batch_size=4)
    assert "on Values: " in "".join(
        capsys.readouterr()
    )  # where a test has imported a notebook's kernel, it is the output
    fit(Neuron(2, seed=0), X, BITS, squared_loss, steps=3, batch_size=4)
    assert "on Values" not in "".join(capsys.readouterr())


def test_without_an_error_stream_nothing_is_shown(monkeypatch, capsys):
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)  # another test may have been in a notebook
    monkeypatch.setattr("sys.stderr", None)
    assert fit(Neuron(2, seed=0), X, BITS, squared_loss, steps=3, batch_size=4).steps == 3
    assert capsys.readouterr().out == ""


# --- Ctrl-C -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def _python_handles_ctrl_c():
    """Some library that another test has loaded may do so instead."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_python_handles_ctrl_c")
@pytest.mark.parametrize("batch_size", [1, 4])
def test_ctrl_c_waits_for_the_step_to_end(batch_size):
    def loss(g, t):
        seen.append(None)
        if len(seen) == 10 * batch_size:
            os.kill(os.getpid(), signal.SIGINT)
        return squared_loss(g, t)

    seen, model, twin = [], Neuron(2, seed=0), Neuron(2, seed=0)
    history = fit(model, X, BITS, loss, batch_size=batch_size, vectorized=False, seed=0, progress=False)
    assert (history.interrupted, history.steps) == (True, 10)
    fit(twin, X, BITS, squared_loss, batch_size=batch_size, vectorized=False, seed=0, steps=10, progress=False)
    assert [p.data for p in model.parameters()] == [p.data for p in twin.parameters()]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.usefixtures("_python_handles_ctrl_c")
def test_ctrl_c_in_the_last_step_is_said_too():
    loss = lambda g, t: (os.kill(os.getpid(), signal.SIGINT), squared_loss(g, t))[1]  # noqa: E731
    history = fit(Neuron(2, seed=0), X, BITS, loss, steps=1, progress=False)
    assert (history.interrupted, history.steps) == (True, 1)


@pytest.mark.usefixtures("_python_handles_ctrl_c")
def test_ctrl_c_while_fit_prepares():
    def loss(g, t):
        if not seen:
            seen.append(os.kill(os.getpid(), signal.SIGINT))
        return squared_loss(g, t)

    seen, model = [], Neuron(2, seed=0)
    before = [p.data for p in model.parameters()]
    history = fit(model, X, BITS, loss, batch_size=4, progress=False)
    assert (history.interrupted, history.steps, [p.data for p in model.parameters()]) == (True, 0, before)


@pytest.mark.usefixtures("_python_handles_ctrl_c")
def test_a_second_ctrl_c_does_not_wait():
    def loss(g, t):
        seen.append(None)
        while len(seen) == 3:  # hangs
            pressed.append(None)
            os.kill(os.getpid(), signal.SIGINT)
        return squared_loss(g, t)

    seen, pressed = [], []
    history = fit(Neuron(2, seed=0), X, BITS, loss, progress=False)
    assert (history.interrupted, history.steps, len(pressed)) == (True, 2, 2)


@pytest.mark.usefixtures("_python_handles_ctrl_c")
def test_whoever_handles_ctrl_c_is_called_when_the_step_is_done():
    model, asked = Neuron(2, seed=0), []

    def loss(g, t):
        if len(seen) == 3:
            os.kill(os.getpid(), signal.SIGINT)
        seen.append(None)
        return squared_loss(g, t)

    seen = []
    signal.signal(signal.SIGINT, lambda *_: asked.append(len(seen)))
    history = fit(model, X, BITS, loss, steps=9, progress=False)
    assert (history.interrupted, history.steps, asked) == (False, 9, [4])


@pytest.mark.usefixtures("_python_handles_ctrl_c")
def test_ctrl_c_that_is_ignored_is_ignored():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    loss = lambda g, t: (os.kill(os.getpid(), signal.SIGINT), squared_loss(g, t))[1]  # noqa: E731
    history = fit(Neuron(2, seed=0), X, BITS, loss, steps=3, progress=False)
    assert (history.interrupted, history.steps) == (False, 3)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_in_another_thread_ctrl_c_is_left_alone():
    histories = []
    thread = threading.Thread(
        target=lambda: histories.append(
            fit(Neuron(2, seed=0), X, BITS, squared_loss, steps=5, batch_size=4, progress=False)
        )
    )
    thread.start()
    thread.join()
    assert histories[0].vectorized


def test_an_error_of_our_own_is_no_refusal(monkeypatch):
    from autograd.matrix import lines

    def broken(*_):
        raise RuntimeError("a bug")

    monkeypatch.setattr(lines.Matcher, "_product", broken)
    with pytest.raises(RuntimeError, match="a bug"):
        fit(Neuron(2, seed=0), X, BITS, squared_loss, steps=3, batch_size=4, progress=False)


def test_ops_of_the_table_are_not_needed_by_name():
    """A loss that is an operation of one's own, whatever its name, has no form but its own formula."""
    from autograd import Op

    own = Op(
        "cross_entropy_from_logits",
        value=lambda a, b: ops.where(a < b, b - a, 0.0),
        derivatives=[lambda c, a, b: ops.where(a < b, -1.0, 0.0), lambda c, a, b: ops.where(a < b, 1.0, 0.0)],
    )
    histories = [
        fit(Neuron(2, seed=0), X, BITS, own, steps=5, batch_size=3, seed=2, progress=False, vectorized=v)
        for v in (True, False)
    ]
    assert histories[0].losses == pytest.approx(histories[1].losses, rel=1e-12)


@pytest.mark.parametrize("changed", ["bound", "slope"])
def test_an_op_that_reads_what_a_callback_changes(changed):
    """A bound that the first and the last data point do not feel; a slope, as of a layer that turns gradients round."""
    xs = [0.1, *np.linspace(-2.0, 2.0, 29).tolist(), 0.2]

    def train(vectorized):
        bound, turned = [2.0], [1.0]
        own = Op(
            "own",
            value=lambda z: ops.minimum(z, bound[0]),
            derivatives=[lambda a, z: ops.where(z > bound[0], 0.0, turned[0])],
        )
        model = Neuron(1, own, seed=0)
        model.w[0].data = 1.0

        def callback(step, loss):
            if step == 3:
                (bound if changed == "bound" else turned)[0] = 0.5

        data = [[x] for x in xs], [math.sin(x) for x in xs], squared_loss
        return fit(model, *data, steps=9, batch_size=31, progress=False, callback=callback, vectorized=vectorized)

    ours, values = train(None), train(False)
    assert ours.vectorized
    assert ours.losses == pytest.approx(values.losses, rel=1e-12)


@pytest.mark.parametrize("vectorized", [None, False])
def test_an_overflow_that_did_no_harm_hides_no_later_one(vectorized):
    """Data point 7 has an infinite slope that meets no gradient; data point 3 overflows, and is drawn later."""

    class Odd(Module):
        def __init__(self):
            self.w = Value(1.0)

        def __call__(self, x):
            return x[0] * ((self.w * x[0]) ** 2).sqrt() + self.w / ops.exp(x[1])

    points = [[0.0 if i == 7 else 1.0, 800.0 if i == 3 else 1.0] for i in range(40)]
    targets = [i / 40 for i in range(40)]
    seed = next(s for s in range(99) if first_drawn(s, 7) < first_drawn(s, 3) - 1)
    with pytest.raises(OverflowError, match="exp of 800"):
        fit(
            Odd(),
            points,
            targets,
            squared_loss,
            lr=1e-3,
            batch_size=2,
            seed=seed,
            progress=False,
            vectorized=vectorized,
        )


def first_drawn(seed, i):
    choose = random.Random(seed)
    return next(step for step in range(9999) if i in random_batch(choose, 40, 2))


def test_one_class_of_many_that_is_another_function_is_found():
    y = [c + 0.5 for c in range(9)] * 100
    y[517] = 3  # the only int

    def loss(g, t):
        return squared_loss(g, t) * (1000.0 if isinstance(t, int) else 1.0)

    losses = [
        fit(Neuron(1, seed=0), [[1.0]] * 900, y, loss, lr=1e-3, steps=2, batch_size=900, progress=False, vectorized=v)
        for v in (None, False)
    ]
    assert losses[0].losses == pytest.approx(losses[1].losses, rel=1e-9)


def test_a_one_hot_row_of_a_rare_class_is_looked_at_too():
    y = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]] * 100
    y[117] = [0, 0, 1]

    def loss(g, t):
        return squared_loss(g, t[0]) * (1000.0 if isinstance(t[2], int) else 1.0)

    losses = [
        fit(Neuron(1, seed=0), [[1.0]] * 200, y, loss, lr=1e-3, steps=2, batch_size=200, progress=False, vectorized=v)
        for v in (None, False)
    ]
    assert losses[0].losses == pytest.approx(losses[1].losses, rel=1e-9)


@pytest.mark.parametrize("vectorized", [True, False])
def test_an_infinite_slope_of_an_op_of_ones_own_moves_no_parameter(vectorized):
    edge = Op("edge", value=lambda z: 1.0 * z, derivatives=[lambda a, z: ops.where(z < 0.0, math.inf, 1.0)])
    model = Neuron(1, edge, bias=False, seed=0)
    model.w[0].data = 1.0
    points = [[1.0]] * 20 + [[-1.0]] + [[1.0]] * 19
    with pytest.raises(ValueError, match=r"the derivative of edge at -1\.0.* is infinite"):
        fit(model, points, [1.0] * 40, squared_loss, lr=1e-9, batch_size=40, progress=False, vectorized=vectorized)
    assert model.w[0].data == 1.0


def test_a_loss_that_has_depended_on_a_parameter_is_not_cut_off():
    for seed in range(4):
        fit(
            Neuron(1, seed=0), [[1.0], [1.0]], [0.0, 1.0], lambda g, t: g * 0.0 + 1.0 if t else Value(1.0),
            steps=20, seed=seed, progress=False,
        )  # fmt: skip


def test_a_weight_that_comes_late_and_that_nobody_trains_is_found():
    class Late(Module):
        def __init__(self):
            self.w, self.seen = Value(0.5), [0]
            self.hidden = (lambda weight: lambda x: weight * x)(Value(0.5))

        def __call__(self, x):
            self.seen[0] += 1
            return self.w * x + (self.hidden(x) if self.seen[0] > 70 else 0.0)

    with pytest.raises(ValueError, match=r"which model\.parameters\(\) lacks"):
        fit(Late(), [1.0, 2.0], [1.0, 2.0], squared_loss, lr=1e-3, steps=300, seed=0, progress=False)


def test_a_formula_that_can_not_be_worked_out_is_no_formula():
    """Its slope is 1 / 0, and no gradient reaches it."""
    own = Op("own", value=lambda z, c: z * c, derivatives=[lambda a, z, c: 1.0 / c], settings={"c": 0.0})
    losses = [
        fit(
            Neuron(1, seed=0), [[1.0], [2.0]], [1.0, 2.0], lambda g, t: squared_loss(g, t) + 0.0 * own(g),
            steps=5, batch_size=2, progress=False, vectorized=vectorized,
        )
        for vectorized in (None, False)
    ]  # fmt: skip
    assert "can't be written as a formula" in losses[0].reason
    assert losses[0].losses == losses[1].losses


@pytest.mark.parametrize(
    "value",
    [
        lambda z: 5.0 if z == 1.0 else z * 1.0,
        lambda z: z * 1.0 if z != 1 else 5.0,
        lambda z: z * (1.0 + 4.0 * (2.0 * z == 2.0)),
    ],
)
def test_an_op_of_ones_own_that_asks_for_equality(value):
    """On numbers == is what it says, on symbols it would mean the same symbol: data point 3 is the only one at 1."""
    own = Op("own", value=value, derivatives=[lambda a, z: 1.0])
    points = [[1.0 if i == 3 else i + 1.5] for i in range(40)]
    losses = []
    for vectorized in (None, False):
        model = Neuron(1, own, bias=False, seed=0)
        model.w[0].data = 1.0
        losses.append(
            fit(
                model,
                points,
                [0.0] * 40,
                squared_loss,
                lr=1e-9,
                steps=1,
                batch_size=40,
                progress=False,
                vectorized=vectorized,
            )
        )
    assert losses[0].losses == losses[1].losses
    assert "a formula can't ask whether" in losses[0].reason
    assert "write equal(x, y)" in losses[0].reason
