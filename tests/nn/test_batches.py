"""fit in matrices: batches through vectorize learn what batches on Values learn, and the Values know it in time."""

import contextlib
import sys

import numpy as np
import pytest

from autograd import Value, total
from nn import MLP, SGD, Adam, Neuron, cross_entropy_from_logits, fit, hinge_loss, squared_loss

rng = np.random.default_rng(3)
X = rng.normal(size=(30, 3))
NUMBERS, CLASSES = rng.normal(size=30), rng.integers(4, size=30)


def numbers(model):
    return [p.data for p in model.parameters()]


def learn(model, loss, y, *, on_values=False, monkeypatch=None, **settings):
    settings = {"progress": False, "seed": 1, "steps": 25, "batch_size": 8} | settings
    if not on_values:
        return fit(model, X, y, loss, **settings)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "nn.batches", None)
        return fit(model, X, y, loss, **settings)


OPTIMIZERS = {
    "SGD": lambda p: SGD(p, 0.05),
    "momentum": lambda p: SGD(p, 0.05, momentum=0.9),
    "Adam": lambda p: Adam(p, 0.02),
    "SGD, other order": lambda p: SGD(p[::-1], 0.05, momentum=0.5),
    "part of the parameters": lambda p: Adam(p[:5], 0.02),
    "more than the loss reads": lambda p: Adam([p[0], Value(1.0), *p[1:]], 0.02),
    "own": lambda p: type("Own", (SGD,), {})(p, 0.05),
}


@pytest.mark.parametrize("batch_size", [2, 8, 30])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_matrices_learn_what_values_learn(optimizer, batch_size):
    results = []
    for on_values in (False, True):
        model = MLP(3, [5, 4], "tanh", seed=2)
        chosen = OPTIMIZERS[optimizer](model.parameters())
        for _ in range(2):  # the second time goes on with what the optimizer remembers
            history = learn(
                model, cross_entropy_from_logits, CLASSES, optimizer=chosen, batch_size=batch_size, on_values=on_values
            )
        results.append((numbers(model), history.losses, [p.grad for p in model.parameters()], chosen.memory))
    matrices, values = results
    assert matrices[0] == pytest.approx(values[0], rel=1e-11, abs=1e-13)
    assert matrices[1] == pytest.approx(values[1], rel=1e-11)
    assert matrices[2] == pytest.approx(values[2], rel=1e-9, abs=1e-12)
    for held, wanted in zip(matrices[3], values[3], strict=True):
        assert held == pytest.approx(wanted, rel=1e-9, abs=1e-12)


def test_the_matrices_are_used_where_they_can_be():
    def history(loss, **settings):
        return learn(MLP(3, [5, 1], seed=2), loss, NUMBERS, **settings)

    assert history(squared_loss).vectorized
    assert history(squared_loss, batch_size=1, vectorized=True).vectorized
    assert not history(squared_loss, batch_size=1).vectorized
    assert not history(squared_loss, vectorized=False).vectorized
    refused = history(lambda g, y: g if y > 0 else -g)
    assert not refused.vectorized
    assert "it was compared" in refused.reason


def test_a_loss_that_looks_at_numbers_still_trains():
    def careful(g, y):
        error = g - y
        return error * error if abs(error.data) < 1.0 else abs(error)

    model = MLP(3, [5, 1], "tanh", seed=2)
    history = learn(model, careful, NUMBERS, steps=100, lr=0.1)
    assert sum(history.losses[-10:]) < sum(history.losses[:10])


def test_callbacks_see_and_may_change_the_parameters():
    seen = []

    def reset(step, loss):
        seen.append(numbers(model))
        if step == 3:
            for p, x in zip(model.parameters(), start, strict=True):
                p.data = x

    model = MLP(3, [4, 1], "tanh", seed=0)
    start = numbers(model)
    history = learn(model, squared_loss, NUMBERS, steps=6, lr=0.1, batch_size=30, callback=reset)
    assert history.losses[:3] == history.losses[3:]
    assert seen[:3] == seen[3:]
    assert seen[0] != seen[1]


def test_what_a_callback_sets_in_the_last_step_stays():
    model = MLP(3, [4, 1], "tanh", seed=0)
    learn(model, squared_loss, NUMBERS, steps=3, callback=lambda step, _: setattr(model.parameters()[0], "data", 7.0))
    assert numbers(model)[0] == 7.0


def test_what_a_callback_changes_at_every_step_goes_on_with_values_if_batches_are_small():
    """A mask of dropout, say: writing the program anew costs more than a batch of a few data points."""

    def learned(vectorized, batch_size=8, is_frozen=False, every=1):
        model, factor = MLP(3, [4, 1], "tanh", seed=2), Value(0.5)
        factor.role = "constant"
        optimizer = SGD(model.parameters(), 0.05, momentum=0.5)

        def callback(step, loss):
            if step % every == 0:
                factor.data *= 0.9

        history = fit(
            model, [*X, *X], [*NUMBERS, *NUMBERS], lambda g, y: squared_loss(g, y) * (factor if is_frozen else factor.data),
            optimizer=optimizer, callback=callback, steps=24, batch_size=batch_size, vectorized=vectorized, progress=False,
            seed=1,
        )  # fmt: skip
        return history, [*history.losses, *numbers(model), *optimizer.memory[0]]

    history, learned_by_both = learned(None)
    assert not history.vectorized
    assert history.reason.startswith("from step 9 on: after every callback the loss is another one, ")
    assert learned_by_both == pytest.approx(learned(False)[1], rel=1e-9)
    for settings in ({"vectorized": True}, {"batch_size": 32}, {"is_frozen": True}, {"every": 2}):
        history, _ = learned(**{"vectorized": None} | settings)
        assert (history.vectorized, history.reason) == (True, "")


def test_ctrl_c_and_errors_write_back_what_was_learned():
    for error in (KeyboardInterrupt(), ZeroDivisionError()):

        def stop(step, loss, error=error):
            if step == 5:
                raise error

        model, twin = MLP(3, [4, 1], "tanh", seed=0), MLP(3, [4, 1], "tanh", seed=0)
        with contextlib.suppress(ZeroDivisionError):
            assert learn(model, squared_loss, NUMBERS, lr=0.1, callback=stop).interrupted
        learn(twin, squared_loss, NUMBERS, lr=0.1, steps=5)
        assert numbers(model) == numbers(twin)


def test_an_interrupt_within_a_step_leaves_whole_steps(monkeypatch):
    calls, real = [], SGD.update

    def interrupted(self, *given):
        calls.append(None)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(self, *given)

    model, twin = MLP(3, [4, 1], seed=0), MLP(3, [4, 1], seed=0)
    learn(twin, squared_loss, NUMBERS, lr=0.1, steps=3)
    monkeypatch.setattr(SGD, "update", interrupted)
    assert learn(model, squared_loss, NUMBERS, lr=0.1).interrupted
    assert numbers(model) == numbers(twin)


def test_divergence_names_the_step_and_keeps_the_parameters_before_it():
    kept = []
    model = Neuron(3, "identity", seed=0)
    with pytest.raises(OverflowError, match=r"fit, step (\d+): .*The training diverges.*Use a smaller lr") as caught:
        learn(model, squared_loss, NUMBERS, lr=1e30, callback=lambda step, loss: kept.append((step, numbers(model))))
    step, parameters = kept[-1]
    assert f"step {step + 1}:" in str(caught.value)
    assert numbers(model) == parameters


def test_a_step_that_is_too_large_names_the_parameter():
    model = Neuron(3, "identity", seed=0)
    before = numbers(model)
    with pytest.raises(OverflowError, match=r"fit, step 1: SGD: the step would make parameter 'w_1' -?inf"):
        learn(model, lambda g, y: g * 1e10, NUMBERS, lr=1e300)
    assert numbers(model) == before


def test_penalties_and_signs():
    results = []
    for on_values in (False, True):
        model = MLP(3, [4, 1], seed=2)
        penalised = lambda g, y: hinge_loss(g, y) + 0.01 * total(p * p for p in model.parameters())  # noqa: B023, E731
        learn(model, penalised, np.sign(NUMBERS).astype(int), lr=0.1, on_values=on_values)
        results.append(numbers(model))
    assert results[0] == pytest.approx(results[1], rel=1e-11)


def test_zero_steps_leave_gradients_alone():
    model = Neuron(3, "identity", seed=0)
    model.w[0].grad = 3.0
    learn(model, squared_loss, NUMBERS, steps=0)
    assert model.w[0].grad == 3.0
    assert isinstance(model.w[0], Value)
