"""The training loop: the lecture's SGD step by step, its history, Ctrl-C, divergence, and the data it refuses."""

import builtins
import gc
import random
import sys
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from autograd import Value, total
from nn import MLP, SGD, Adam, Module, Neuron, cross_entropy_from_logits, fit, nll_loss_from_logit, squared_loss
from nn.fit import random_batch
from nn.progress import Smooth

X, Y = [[0.0, 1.0], [1.0, -1.0], [2.0, 0.5], [-1.0, 0.0]], [1.0, -1.0, 0.5, 2.0]


def line(seed=0):
    return Neuron(2, "identity", seed=seed)


def numbers(model):
    return [p.data for p in model.parameters()]


def quiet(model, loss=squared_loss, X=X, y=Y, **settings):
    return fit(model, X, y, loss, **{"progress": False, "seed": 1} | settings)


def test_it_is_the_sgd_of_the_lecture():
    model, twin, choose = line(), line(), random.Random(5)
    history = quiet(model, lr=0.125, steps=20, seed=5)
    losses = []
    for _ in range(20):
        i = choose.randrange(4)
        w, b = [v.data for v in twin.w], twin.b.data
        g = w[0] * X[i][0] + w[1] * X[i][1] + b
        losses.append((g - Y[i]) ** 2)
        slope = 2 * (g - Y[i])
        for v, x in zip(twin.w, X[i], strict=True):
            v.data -= 0.125 * slope * x
        twin.b.data -= 0.125 * slope
    assert numbers(model) == pytest.approx(numbers(twin), rel=1e-12)
    assert history.losses == pytest.approx(losses, rel=1e-10)
    assert (history.steps, history.interrupted) == (20, False)


def test_a_full_batch_is_gradient_descent_on_the_average():
    model, twin = line(), line()
    history = quiet(model, lr=0.1, steps=3, batch_size=4)
    optimizer = SGD(twin.parameters(), 0.1)
    for step in range(3):
        J = total(squared_loss(twin(x), y) for x, y in zip(X, Y, strict=True)) / 4
        optimizer.zero_grad()
        J.backward()
        optimizer.step()
        assert history.losses[step] == pytest.approx(J.data, rel=1e-14)
    assert numbers(model) == pytest.approx(numbers(twin), rel=1e-13)


def test_batches_are_without_repeats(monkeypatch):
    monkeypatch.setitem(sys.modules, "numpy", None)  # without NumPy, batches run on Values: the model sees each point
    for module in ("nn.batches", "autograd.matrix.columns"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    seen = []

    class Spy(Neuron):
        def __call__(self, x):
            seen.append(tuple(x))
            return super().__call__(x)

    quiet(Spy(2, "identity", seed=0), steps=30, batch_size=3)
    batches = [seen[i : i + 3] for i in range(0, 90, 3)]
    assert all(len(set(batch)) == 3 for batch in batches)
    assert len(set(seen)) == 4


@pytest.mark.parametrize(
    ("data", "targets"),
    [
        (np.array(X), np.array(Y)),
        (np.array(X, dtype=np.float32), tuple(Y)),
        (tuple(map(tuple, X)), iter(Y)),
        ([np.array(x) for x in X], [np.float64(y) for y in Y]),
    ],
)
def test_data_of_any_kind(data, targets):
    model, twin = line(), line()
    quiet(model, X=data, y=targets, steps=10)
    quiet(twin, steps=10)
    assert numbers(model) == numbers(twin)


def test_class_numbers_stay_ints():
    model = MLP(2, [3], seed=0)
    for y in (np.array([0, 1, 2, 0]), [0, 1, 2, 0], [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]]):
        history = quiet(model, cross_entropy_from_logits, y=y, steps=200, lr=0.5)
        assert sum(history.losses[-20:]) < sum(history.losses[:20])


def test_one_input_needs_no_inner_lists():
    model = Neuron(1, "identity", seed=0)
    quiet(model, X=[0.0, 1.0, 2.0], y=[1.0, 3.0, 5.0], lr=0.1)
    assert numbers(model) == pytest.approx([2.0, 1.0], abs=1e-3)


def test_seeds():
    first, second, other = (quiet(line(), steps=30, seed=seed).losses for seed in (1, random.Random(1), 2))
    assert first == second != other
    random.seed(1)
    assert quiet(line(), steps=30, seed=None).losses == first


def test_penalties_go_into_the_loss():
    model = line()
    quiet(model, lambda g, y: 0.0 * g + total(p * p for p in model.parameters()), steps=300, lr=0.1)
    assert numbers(model) == pytest.approx([0.0] * 3, abs=1e-9)


def test_an_optimizer_may_be_given():
    model = line()
    history = quiet(model, optimizer=Adam(model.parameters(), 0.05), steps=400)
    assert sum(history.losses[-50:]) < 0.8 * sum(history.losses[:50])


def test_zero_steps_change_nothing():
    model = line()
    before = numbers(model)
    assert quiet(model, steps=0).losses == []
    assert numbers(model) == before


# --- Ctrl-C, callbacks, the collector -------------------------------------------------------------------------------


def test_ctrl_c_keeps_what_was_learned():
    def stop(step, loss):
        if step == 7:
            raise KeyboardInterrupt

    model, twin = line(), line()
    history = quiet(model, callback=stop)
    assert (history.steps, len(history.losses), history.interrupted) == (7, 7, True)
    quiet(twin, steps=7)
    assert numbers(model) == numbers(twin)


def test_ctrl_c_in_the_middle_of_a_step():
    def loss(g, y):
        if len(seen) == 5:
            raise KeyboardInterrupt
        seen.append(None)
        return squared_loss(g, y)

    seen, model, twin = [], line(), line()
    assert quiet(model, loss).interrupted
    quiet(twin, steps=5)
    assert numbers(model) == numbers(twin)


def interrupted_at(number, model, **settings):
    """Train, and press Ctrl-C at the call or return of this number in nn and autograd; how many were left then."""
    left = [number]

    def press(frame, event, _):
        if frame.f_code.co_name == "<genexpr>" or not str(frame.f_globals.get("__name__")).startswith(
            ("nn.", "autograd.")
        ):
            return None
        frame.f_trace_lines = False
        if event in ("call", "return"):
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt
        return press

    before = sys.gettrace()
    sys.settrace(press)
    try:
        history = quiet(model, steps=2, **settings)
    except KeyboardInterrupt:
        history = None
    finally:
        sys.settrace(before)
    return history, left[0]


@pytest.mark.parametrize("batch_size", [1, 3])
@pytest.mark.parametrize("make", [SGD, lambda p, lr: SGD(p, lr, 0.9), Adam], ids=["SGD", "momentum", "Adam"])
def test_ctrl_c_at_any_call_leaves_whole_steps(batch_size, make):
    start = line()
    path, fresh = [numbers(start)], make(start.parameters(), 0.1)
    quiet(start, steps=2, optimizer=fresh, batch_size=batch_size, callback=lambda *_: path.append(numbers(start)))
    settings = {"batch_size": batch_size, "optimizer": make(start.parameters(), 0.1)}
    calls = 10**6 - interrupted_at(10**6, start, **settings)[1]
    assert 100 < calls < 10**5
    number, came = 0, True
    while came:
        number += 1 if batch_size == 1 or number > calls - 60 else 7  # reading the graph of a batch takes thousands
        model = line()
        settings = {"batch_size": batch_size, "optimizer": make(model.parameters(), 0.1)}
        history, left = interrupted_at(number, model, **settings)
        came = left <= 0
        assert numbers(model) in path
        if history:
            assert history.steps == len(history.losses)
            assert path.index(numbers(model)) - history.steps in (0, 1)
            assert history.interrupted == came


def test_callbacks_see_the_updated_parameters():
    model, seen = line(), []
    history = quiet(model, steps=3, callback=lambda step, loss: seen.append((step, loss, numbers(model))))
    assert [step for step, _, _ in seen] == [1, 2, 3]
    assert [loss for _, loss, _ in seen] == history.losses
    assert seen[-1][2] == numbers(model)
    assert seen[0][2] != seen[1][2]


@pytest.mark.parametrize("on", [True, False])
def test_the_collector_rests_meanwhile(on):
    was, states = gc.isenabled(), []
    try:
        (gc.enable if on else gc.disable)()
        quiet(line(), steps=2, callback=lambda *_: states.append(gc.isenabled()))
        assert states == [False, False]
        assert gc.isenabled() == on
        with pytest.raises(ZeroDivisionError):
            quiet(line(), lambda g, y: g / 0)
        assert gc.isenabled() == on
    finally:
        (gc.enable if was else gc.disable)()


# --- when a step fails ------------------------------------------------------------------------------------------------


def test_divergence_names_the_step_and_keeps_the_parameters():
    model, kept = line(), []
    with pytest.raises(OverflowError, match=r"fit, step (\d+): .*The training diverges.*Use a smaller lr") as caught:
        quiet(model, lr=1e30, callback=lambda step, loss: kept.append((step, numbers(model))))
    step, parameters = kept[-1]
    assert f"step {step + 1}:" in str(caught.value)
    assert numbers(model) == parameters


def test_other_errors_name_the_step_in_a_note():
    model = line()
    before = numbers(model)
    with pytest.raises(TypeError, match=r"loss\(g, y\) needs to return a Value, got float 1.0") as caught:
        quiet(model, lambda g, y: 1.0)
    assert caught.value.__notes__ == ["in step 1 of fit"]
    assert numbers(model) == before


# --- the bar ----------------------------------------------------------------------------------------------------------


def test_the_bar(capsys, monkeypatch):
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)  # another test may have been in a notebook
    quiet(line(), steps=5, progress=True)
    out, err = capsys.readouterr()
    assert "5/5" in err
    assert "loss" in err
    assert not out
    quiet(line(), steps=5)
    assert capsys.readouterr() == ("", "")


def test_the_loss_beside_the_bar_is_a_running_mean():
    mean, losses, keep = Smooth(keep=0.75), [3.0, -1.0, 2.0, 0.5], Fraction(3, 4)
    for n in range(1, 5):
        weights = [keep ** (n - i) for i in range(1, n + 1)]
        exact = sum(w * Fraction(x) for w, x in zip(weights, losses, strict=False)) / sum(weights)
        assert mean(losses[n - 1]) == pytest.approx(float(exact), rel=1e-14)


def test_without_tqdm_it_is_one_plain_line(capsys, monkeypatch):
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    real = builtins.__import__

    def no_tqdm(name, *rest):
        if name == "tqdm":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", no_tqdm)
    history = quiet(line(), steps=1, progress=True)
    assert capsys.readouterr().err.split("\r")[-1].rstrip() == f"1/1 steps, loss {history.losses[0]:.4g}"
    monkeypatch.setattr("nn.progress.monotonic", iter(range(100)).__next__)
    quiet(line(), steps=3, progress=True)
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert [text.split(" steps")[0] for text in err.split("\r")[1:]] == ["1/3", "2/3", "3/3", "3/3"]
    monkeypatch.setattr("nn.progress.monotonic", iter([0.0, 0.6, 0.6, 0.7, 0.8]).__next__)
    quiet(line(), steps=3, progress=True)
    assert [text.split(" steps")[0] for text in capsys.readouterr().err.split("\r")[1:]] == ["1/3", "3/3"]


# --- what is refused --------------------------------------------------------------------------------------------------

nan = float("nan")
REFUSED = [
    (TypeError, "fit needs a Module that can be called as model, got function", lambda m: fit(lambda x: x, X, Y, squared_loss)),
    (TypeError, r"fit needs a function loss\(g, y\), like squared_loss, got 'mse'", lambda m: quiet(m, "mse")),
    (ValueError, "fit takes lr or an optimizer.*got both: set optimizer.lr = 0.01", lambda m: quiet(m, optimizer=SGD(m.parameters(), 1), lr=0.01)),
    (ValueError, "lr needs a finite number above 0, got -1.0", lambda m: quiet(m, lr=-1)),
    (ValueError, "lr needs a finite number above 0, got 0.0", lambda m: quiet(m, lr=0)),
    (TypeError, r"fit needs a Module that can be called as model, got Module .*; write .* class Net\(Module\), with __call__\(self, x\)", lambda m: quiet(Module())),
    (TypeError, "vectorized needs to be None, True or False, got 0", lambda m: quiet(m, vectorized=0, batch_size=4)),
    (TypeError, r"vectorized needs to be None, True or False, got np.True_", lambda m: quiet(m, vectorized=np.True_, batch_size=4)),
    (TypeError, r"optimizer needs .step\(\) and .zero_grad\(\), got str 'adam'; write SGD\(model.parameters\(\)", lambda m: quiet(m, optimizer="adam")),
    (TypeError, r"optimizer needs .step\(\) and .zero_grad\(\), got type <class", lambda m: quiet(m, optimizer=SGD)),
    (ValueError, "the optimizer needs parameters of this model, got only others.*make the optimizer anew", lambda m: quiet(m, optimizer=SGD(line().parameters(), 0.1))),
    (TypeError, "callback needs a function of the step and its loss, got 3", lambda m: quiet(m, callback=3)),
    (TypeError, "batch_size needs an int of at least 1, got None", lambda m: quiet(m, batch_size=None)),
    (TypeError, "X needs a list or an array, got set", lambda m: quiet(m, X={(0.0, 1.0), (1.0, 0.0)}, y=[0.0, 1.0])),
    (TypeError, r"X\[0\] needs a real number, got set", lambda m: quiet(m, X=[{0.0, 1.0}] * 4)),
    (ValueError, "steps needs an int of at least 0, got -1", lambda m: quiet(m, steps=-1)),
    (TypeError, "steps needs an int of at least 0, got 10.0", lambda m: quiet(m, steps=10.0)),
    (ValueError, "batch_size needs an int of at least 1, got 0", lambda m: quiet(m, batch_size=0)),
    (ValueError, "batch_size needs 1 to 4, the number of data points, got 5", lambda m: quiet(m, batch_size=5)),
    (TypeError, "seed needs an int", lambda m: quiet(m, seed="x")),
    (ValueError, "X needs at least one data point, got none", lambda m: quiet(m, X=[], y=[])),
    (ValueError, "y needs one target per data point, got 4 rows of X and 3 of y", lambda m: quiet(m, y=Y[:3])),
    (TypeError, "X needs a list or an array, got NoneType None", lambda m: quiet(m, X=None)),
    (TypeError, "y needs a list or an array, got float 1.0", lambda m: quiet(m, y=1.0)),
    (TypeError, "y needs a list or an array, got str", lambda m: quiet(m, y="abcd")),
    (ValueError, r"X needs rows of one length, got 2 numbers in X\[0\] and 1 numbers in X\[3\]", lambda m: quiet(m, X=[*X[:3], [1.0]])),
    (ValueError, r"X needs rows of one length, got 2 numbers in X\[0\] and a single number in X\[3\]", lambda m: quiet(m, X=[*X[:3], 1.0])),
    (ValueError, r"y needs rows of one length, got a single number in y\[0\] and 2 numbers in y\[3\]", lambda m: quiet(m, y=[*Y[:3], [1.0, 2.0]])),
    (ValueError, r"X\[3\]\[1\] needs to be a finite number, got nan; leave such data points out", lambda m: quiet(m, X=[*X[:3], [1.0, nan]])),
    (ValueError, r"y\[3\] needs to be a finite number, got inf", lambda m: quiet(m, y=np.array([*Y[:3], np.inf]))),
    (TypeError, r"y\[0\] needs a real number, got str 'cat'; write float\(text\), or give each name a number: names.index\(text\)", lambda m: quiet(m, y=["cat", "dog", "cat", "dog"])),
    (TypeError, r"X\[3\]\[0\] needs a real number, got list \[1.0\]; give a single number", lambda m: quiet(m, X=[*X[:3], [[1.0], 2.0]])),
    (TypeError, r"X\[0\]\[0\] needs .*, got list .*; give a single number, and a picture as one row: X.reshape\(len\(X\), -1\)", lambda m: quiet(m, X=np.zeros((4, 2, 2)))),
    (TypeError, r"y\[0\] needs a real number, got dict .*; give a row of its numbers: list\(target.values\(\)\)", lambda m: quiet(m, y=[{"a": 1.0, "b": 2.0}] * 4)),
    (TypeError, r"X\[0\]\[0\] needs a real number, got Value .*; write its .data", lambda m: quiet(m, X=[[Value(1.0), 2.0]] * 4)),
    (TypeError, r"X\[1\]\[0\] needs a real number, got NoneType None; leave such data points out", lambda m: quiet(m, X=[[1.0, 2.0], [None, 2.0]], y=[1, 2])),
    (TypeError, r"y\[0\] needs a real number, got datetime64 .*; write how many days", lambda m: quiet(m, y=np.full(4, np.datetime64("2020-01-01", "ns")))),
    (TypeError, r"y\[0\] needs a real number, got Decimal .*; write float\(number\) first", lambda m: quiet(m, y=[Decimal(1)] * 4)),
    (OverflowError, r"an integer too large for it for 'X\[3\]\[0\]'", lambda m: quiet(m, X=[*X[:3], [10**400, 2.0]])),
    (ValueError, r"one data point needs 2 input\(s\) here, got 3", lambda m: quiet(m, X=[[1.0, 2.0, 3.0]] * 4)),
    (ValueError, "an optimizer needs at least one parameter", lambda m: quiet(type("Empty", (Module,), {"__call__": lambda self, x: x})())),
    (ValueError, "nll_loss_from_logit needs y from 0 to 1", lambda m: quiet(m, nll_loss_from_logit, y=[-1, -1, -1, -1])),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "words", "call"), REFUSED)
def test_refusals_leave_the_model_as_it_was(kind, words, call):
    model = line()
    before = numbers(model)
    with pytest.raises(kind, match=words):
        call(model)
    assert numbers(model) == before
    assert gc.isenabled()


# --- losses that lead nowhere -----------------------------------------------------------------------------------------

NO_LOSSES = [
    (lambda g, y: (g - y).data, "got float .*write g, not g.data, and maximum"),
    (lambda g, y: np.float64(1.0), "got float64 .*write g, not g.data, and maximum"),
    (lambda g, y: 0, r"got int 0; .*maximum\(v, 0\), not max\(v, 0\)"),
    (lambda g, y: np.array([g]), r"got ndarray .*; add the losses up: total\(losses\)"),
    (lambda g, y: [squared_loss(g, y)], r"got list .*; add the losses up: total\(losses\)"),
    (lambda g, y: squared_loss, r"got function .*; compute one of g, as squared_loss\(g, y\) does"),
    (lambda g, y: None, "got NoneType None; did a function forget to return"),
]


@pytest.mark.parametrize(("loss", "words"), NO_LOSSES)
def test_what_is_no_loss_is_told_how_to_become_one(loss, words):
    with pytest.raises(TypeError, match=words):
        quiet(line(), loss, steps=1)


@pytest.mark.parametrize("batch_size", [1, 4])
def test_a_loss_cut_off_from_the_model_is_no_training(batch_size):
    cut_off = lambda g, y: Value((g.data - y) ** 2)  # noqa: E731
    with pytest.raises(
        ValueError, match=r"nothing was learned, as no loss depends on a parameter of the model: \.data"
    ):
        quiet(line(), cut_off, steps=20, batch_size=batch_size)
    with pytest.raises(ValueError, match="nothing was learned"):
        quiet(line(), lambda g, y: Value(2.0), steps=20, batch_size=batch_size)


def test_a_loss_may_lead_nowhere_for_a_while():
    model, calls = line(), []

    def late(g, y):
        calls.append(None)
        return squared_loss(g, y) if 70 < len(calls) < 100 else Value(1.0)

    before = numbers(model)
    assert quiet(model, late, steps=110).steps == 110
    assert numbers(model) != before


def test_a_loss_may_be_a_new_value_where_a_point_is_learned():
    model = line()
    hinge = lambda g, y: 1.0 - g * y if g.data * y < 1.0 else Value(0.0)  # noqa: E731
    X, y = [[1.0, 1.0], [-1.0, -1.0]], [1.0, -1.0]
    quiet(model, hinge, X, y, lr=0.5, steps=50)
    assert quiet(model, hinge, X, y, steps=50).losses == [0.0] * 50


def test_a_class_of_ones_own_becomes_a_model_as_the_words_say():
    class Plain:
        def __init__(self):
            self.w = Value(0.5)

        def __call__(self, x):
            return self.w * x[0]

    with pytest.raises(TypeError, match=r"a class of your own, class Net\(Module\), with __call__\(self, x\)"):
        quiet(Plain())
    mine = type("Net", (Module,), {"__init__": Plain.__init__, "__call__": Plain.__call__})()
    assert quiet(mine, steps=3).steps == 3


def test_a_batch_has_as_many_data_points_as_were_asked_for_none_of_them_twice():
    for n in range(1, 9):
        for size in range(1, n + 1):
            for seed in range(9):
                batch = random_batch(random.Random(seed), n, size)
                assert len(batch) == size == len({*batch})
                assert {*batch} <= {*range(n)}
