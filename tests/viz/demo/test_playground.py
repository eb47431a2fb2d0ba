"""The playground without a browser: data, settings, networks changed in place, training, its retelling, its file."""

import asyncio
import base64
import gc
import io
import itertools
import json
import math
import random
import re
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from matplotlib import pyplot
from shared import hostile

import viz
from autograd import Op, Value, ops, softmax
from autograd.ops import sigmoid
from nn import MLP, nll_loss_from_logit
from nn.datasets import DATASETS, make, split
from viz.demo import network, page
from viz.demo.data import MOST_POINTS, checked
from viz.demo.features import FEATURES
from viz.demo.recording import Recording
from viz.demo.run import Run
from viz.demo.settings import PRESETS, SCHEMA, Settings, preset
from viz.demo.still import still
from viz.demo.training import Training, loss_name
from viz.style import theme

CLOUD = [[0.0, 0.1], [1.0, 0.9], [0.2, 0.0], [0.8, 1.1], [0.1, 0.3], [1.2, 1.0]]
SIDES = [0, 1, 0, 1, 0, 1]


def weights(model):
    return [value.data for value in model.parameters()]


def rerun(playground):
    """The weights that the program makes, alone."""
    names = {"__name__": "rerun"}
    exec(compile(playground.code(), "code", "exec"), names)
    return weights(names["model"])


# --- data sets --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DATASETS)
def test_a_data_set_comes_from_its_seed_alone(name):
    random.seed(1)
    first = make(name, n=60, noise=0.1, seed=3)
    random.seed(2)
    np.random.seed(5)
    assert make(name, n=60, noise=0.1, seed=3) == first
    assert make(name, n=60, noise=0.1, seed=4) != first
    X, y = first
    assert len(X) == len(y) == 60
    assert all(len(x) == 2 and all(isinstance(one, float) and math.isfinite(one) for one in x) for x in X)


@pytest.mark.parametrize("name", [name for name, recipe in DATASETS.items() if recipe.task == "classification"])
def test_classes_of_about_equal_size(name):
    _, y = make(name, n=200, noise=0.0, seed=0)
    n_classes = DATASETS[name].n_classes
    assert set(y) == set(range(n_classes))
    assert all(0.3 <= y.count(k) / 200 * n_classes / 2 <= 0.7 for k in set(y))


@pytest.mark.parametrize(
    ("name", "separable"), [("linear", True), ("xor", False), ("circles", False), ("moons", False), ("spiral", False)]
)
def test_a_line_separates_the_linear_data_and_no_other(name, separable):
    """The best of many lines, tried out."""
    X, y = make(name, n=200, noise=0.0, seed=1)
    x, y = np.array(X), np.array(y)
    best = 0.0
    for angle in np.linspace(0, np.pi, 60):
        along = x @ [np.cos(angle), np.sin(angle)]
        for cut in np.quantile(along, np.linspace(0.02, 0.98, 49)):
            right = ((along > cut) == (y == 1)).mean()
            best = max(best, right, 1 - right)
    assert (best > 0.97) == separable, best


def test_without_noise_the_amounts_are_the_formula():
    X, y = make("plane", n=20, noise=0.0)
    assert y == [(x1 + x2) / 2 for x1, x2 in X]


def test_a_split_keeps_every_point_once_with_its_y():
    X, y = make("hills", n=37, noise=0.2, seed=5)
    train, test = split(X, y, train_share=0.3, seed=9)
    assert len(train[0]) == 11
    both = [*zip(*train, strict=True), *zip(*test, strict=True)]
    assert sorted(both) == sorted(zip(X, y, strict=True))


@pytest.mark.parametrize(("name", "options"), [("moons", {}), ("circles", {"factor": 0.45})])
def test_moons_and_circles_are_those_everybody_knows(name, options):
    """The same curves as scikit-learn's: each of our points is on one, where the other's neighbours are near."""
    theirs, labels = getattr(pytest.importorskip("sklearn.datasets"), f"make_{name}")(
        4000, noise=None, random_state=0, **options
    )
    for x, label in zip(*make(name, n=101, noise=0.0), strict=True):
        distances = np.hypot(*(theirs[labels == label] - x).T)
        assert distances.min() < 0.002


def test_a_name_counts_in_capitals_or_not():
    assert viz.playground(dataset="XOR").settings["dataset"] == "xor"
    assert Settings().changed(penalty="l2").penalty == "L2"


def test_an_unknown_data_set_is_named():
    with pytest.raises(ValueError, match=r"one of linear, moons, .*, got 'iris'; or pass your own X and y"):
        make("iris")
    with pytest.raises(ValueError, match="dataset needs one of"):
        viz.playground(dataset="iris")


# --- a user's own data ------------------------------------------------------------------------------------------------

BAD_DATA = [
    ([[0.0, math.nan], [1, 2]], [0, 1], ValueError, r"X\[0\]\[1\] needs to be a finite number, got nan"),
    ([[0.0, 1.0], [1, 2]], [0, math.inf], ValueError, r"y\[1\] needs to be a finite number, got inf"),
    ([[0.0], [1.0]], [0, 1], ValueError, "X needs 2 columns, got 1; add a second one"),
    ([0.0, 1.0], [0, 1], ValueError, "X needs 2 columns, got 1"),
    ([[0, 1, 2], [3, 4, 5]], [0, 1], ValueError, r"got 3; choose two of them: \[row\[:2\] for row in X\]"),
    ([[0, 1], [2, 3, 4]], [0, 1], ValueError, r"rows of one length, got 2 numbers in X\[0\] and 3 numbers in X\[1\]"),
    ([[0, 1], [2, 3]], [0, 1, 1], ValueError, "got 2 rows of X and 3 of y"),
    ([[0, 1], [2, 3]], [[0, 1], [1, 0]], ValueError, "y needs one number per data point, got rows of 2"),
    ([[0, 1], [2, 3]], [1, 1], ValueError, "at least 2 classes in y to tell apart, got only 1; for amounts"),
    ([[0, 1]], [0], ValueError, "at least 2 data points"),
    ([], [], ValueError, "at least one data point"),
    ([[0, 1], [2, 3]], None, ValueError, "needs both X and y, .*; y is missing"),
    (None, [0, 1], ValueError, "needs both X and y, .*; X is missing"),
    ("moons", [0, 1], TypeError, "X needs a list or an array, got str 'moons'"),
    ([[0, "a"], [2, 3]], [0, 1], TypeError, r"X\[0\]\[1\].*'a'"),
    ([[0, 1], [2, 3]], np.array(["no", "yes"]), TypeError, r"numbers in y, got str 'no'; number the classes: names = "),
    ([[1e308, 1], [-1e308, 2]], [0, 1], ValueError, r"draws numbers up to 1e\+300, got 1e\+308 in X; scale it"),
    (
        np.zeros((100_000, 2)),
        np.zeros(100_000),
        ValueError,
        r"at most 10000 data points, got 100000; .*X\[::10\], y\[::10\]",
    ),
]


@pytest.mark.parametrize(("X", "y", "kind", "words"), BAD_DATA)
def test_bad_data_gets_words_before_anything_is_built(X, y, kind, words):
    with pytest.raises(kind, match=words):
        viz.playground(X=X, y=y)


@pytest.mark.parametrize(
    ("y", "classes", "labels", "task"),
    [
        ([1, 2, 1], [0, 1, 0], (1, 2), "classification"),
        ([-1.0, 1.0, -1.0], [0, 1, 0], (-1, 1), "classification"),
        ([True, False, True], [1, 0, 1], (0, 1), "classification"),
        ([7, 3, 5], [2, 0, 1], (3, 5, 7), "classification"),
        ([[0], [1], [0]], [0, 1, 0], (0, 1), "classification"),
        ([0.5, 1.0, 2.0], [0.5, 1.0, 2.0], (), "regression"),
    ],
)
def test_whole_numbers_are_classes_and_others_amounts(y, classes, labels, task):
    data = checked(np.array([[0, 1], [2, 3], [4, 5]]), np.array(y))
    assert (data.y, data.labels, data.task) == (classes, labels, task)


def test_labels_are_amounts_where_the_task_is_regression():
    p = viz.playground(X=CLOUD, y=[-1, 1, -1, 1, -1, 3])
    p.settings = {"task": "regression"}
    data = p._run.data
    assert sorted(data.train[1] + data.test[1]) == [-1, -1, -1, 1, 1, 3]
    assert page.data(p._run)["labels"] == ()
    p.step(5)
    assert rerun(p) == weights(p.model)
    p.settings = {"task": "classification"}
    assert page.data(p._run)["labels"] == (-1, 1, 3)


def test_amounts_are_no_classes():
    p = viz.playground(X=CLOUD, y=[0.5, 1, 2, 3, 4, 5])
    with pytest.raises(ValueError, match="classification needs classes, up to five whole numbers, and your y has"):
        p.settings = {"task": "classification"}


def test_many_whole_numbers_are_amounts():
    assert checked([[k, k] for k in range(9)], list(range(9))).task == "regression"


def test_as_many_points_as_can_be_drawn():
    X = np.random.default_rng(0).normal(size=(MOST_POINTS, 2))
    p = viz.playground(X=X, y=(X[:, 0] > 0).astype(int))
    p.step(3)
    assert len(page.data(p._run)["train"]) == 0.8 * MOST_POINTS


def test_three_classes_get_three_outputs():
    X = [[math.cos(k), math.sin(k)] for k in range(60)]
    p = viz.playground(X=X, y=[k % 3 for k in range(60)])
    assert network.shape(p.model).sizes == [8, 8, 3]
    assert p._run.loss == "cross_entropy"
    before = p._run.losses()[0]
    p.step(200)
    assert p._run.losses()[0] < before
    assert rerun(p) == weights(p.model)


# --- the network ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "kind", "words"),
    [
        (MLP(3, [1], seed=0), ValueError, "needs 2 inputs: MLP.* got 3"),
        ("MLP", TypeError, r"needs an MLP as model, like MLP\(2, \[8, 8, 1\]\), got str 'MLP'"),
        (MLP(2, [33, 1], seed=0), ValueError, "at most 32 neurons in a layer, got 33"),
        (MLP(2, [1] * 9, seed=0), ValueError, "at most 8 layers, the output included, got 9"),
        (MLP(2, [4, 2, 3], seed=0), ValueError, "2 classes need 1 or 2 neurons in the last layer, got 3"),
        (
            MLP(2, [1], ["relu"], seed=0),
            ValueError,
            "classification needs identity or sigmoid in the last layer, got relu",
        ),
    ],
)
def test_a_model_that_can_not_be_shown_is_refused(model, kind, words):
    with pytest.raises(kind, match=words):
        viz.playground(model)


@pytest.mark.parametrize(
    ("model", "task", "n_classes", "loss"),
    [
        (MLP(2, [1], ["sigmoid"], seed=0), "classification", 2, "nll_loss"),
        (MLP(2, [2], seed=0), "classification", 2, "cross_entropy_from_logits"),
        (MLP(2, [3], ["softmax"], seed=0), "classification", 3, "cross_entropy"),
        (MLP(2, [1], ["tanh"], seed=0), "regression", 0, "squared_loss"),
    ],
)
def test_the_loss_follows_from_the_task_and_the_last_layer(model, task, n_classes, loss):
    assert loss_name(model, task, n_classes) == loss


def test_the_model_is_the_users_own_and_stays_the_same_object():
    model = MLP(2, [3, 1], "tanh", seed=4)
    start = weights(model)
    p = viz.playground(model, X=CLOUD, y=SIDES)
    assert p.model is model
    p.step(5)
    assert weights(model) != start
    p._answer({"do": "layers", "layers": [5, 1], "activations": ["relu", "identity"]})
    assert p.model is model
    assert repr(model) == "MLP of 2 → 5 relu → 1 identity (21 parameters)"
    p._answer({"do": "layers", "layers": [3, 1], "activations": ["tanh", "identity"]})
    p.reset()
    assert weights(model) == start


def test_neurons_come_and_go_and_the_others_keep_their_weights():
    model = MLP(2, [3, 2, 1], ["tanh", "relu", "identity"], seed=0)
    for number, neuron in enumerate([neuron for layer in model.layers for neuron in layer.neurons], 1):
        neuron.b.data = float(number)
    old = [[[w.data for w in neuron.w] for neuron in layer.neurons] for layer in model.layers]
    network.rebuild(model, [4, 2, 1], ["tanh", "relu", "identity"], 7)
    new = [[[w.data for w in neuron.w] for neuron in layer.neurons] for layer in model.layers]
    assert new[0][:3] == old[0]
    assert [row[:3] for row in new[1]] == old[1]
    assert new[2] == old[2]
    assert [neuron.b.data for layer in model.layers for neuron in layer.neurons] == [1, 2, 3, 0, 4, 5, 6]
    network.rebuild(model, [2, 1], ["tanh", "identity"], 7)
    assert [[w.data for w in neuron.w] for neuron in model.layers[0].neurons] == old[0][:2]
    assert [[w.data for w in neuron.w] for neuron in model.layers[1].neurons] == old[2]
    assert [value.label for value in model.parameters()][-3:] == ["w^2_{1,1}", "w^2_{1,2}", "b^2_1"]


def bias_gone(model):
    model.layers[0].neurons[1].b = None


def other_activation(model):
    model.layers[0].neurons[0].activation = sigmoid


def too_many_outputs(model):
    model.layers = MLP(2, [4, 3], seed=0).layers


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (bias_gone, "a bias in every neuron or in none"),
        (other_activation, "one activation for a layer and all its neurons, and in layer 1 got sigmoid and tanh"),
        (too_many_outputs, "2 classes need 1 or 2 neurons in the last layer, got 3"),
    ],
)
def test_a_model_that_a_cell_has_made_impossible_is_said_in_words(change, words):
    p = viz.playground()
    p.step(2)
    seen = []
    p._page.show = seen.append
    change(p.model)
    p._glance()
    p._glance()
    assert len(seen) == 1
    assert re.search(words, seen[0]["message"])
    assert len(seen[0]["weights"]) == 105
    p._answer({"do": "step"})
    assert re.search(words, seen[-1]["message"])
    assert p._run.steps == 2
    p.model.layers = MLP(2, [3, 1], "tanh", seed=0).layers  # and it goes on
    p._answer({"do": "step"})
    assert seen[-1]["message"] == ""
    assert p._run.steps == 3
    assert rerun(p) == weights(p.model)


def test_other_values_in_the_model_are_trained_from_then_on():
    p = viz.playground()
    p.step(3)
    p.model.layers[0].neurons[0].w[0] = Value(4.0)
    p.step(3)
    assert p.model.layers[0].neurons[0].w[0].data != 4.0
    p.model.layers = MLP(2, [8, 8, 1], "relu", seed=5).layers
    p.step(3)
    assert p.settings["activations"] == ["relu", "relu", "identity"]
    assert rerun(p) == weights(p.model)


def test_paths_lead_to_the_values():
    model = MLP(2, [3, 2], seed=0)
    found = [eval(f"model.{path}", {"model": model}) for path in network.paths(model)]
    assert list(map(id, found)) == list(map(id, model.parameters()))


def test_a_change_that_fails_changes_nothing():
    p = viz.playground()
    p.step(10)
    before, layers = weights(p.model), p.model.layers
    for message, words in [
        ({"do": "layers", "layers": [8, 8, 1], "activations": ["tanh", "tanh", "relu"]}, "identity or sigmoid"),
        ({"do": "layers", "layers": [0, 1], "activations": ["tanh", "identity"]}, "int of at least 1"),
        ({"do": "set", "name": "lr", "value": "fast"}, "lr needs a number, got 'fast'"),
        ({"do": "set", "name": "dataset", "value": "own"}, "is the X, y of playground"),
        ({"do": "weight", "index": 0, "value": "1e999"}, "w¹₁,₁ needs a finite number, got inf"),
        ({"do": "weight", "index": 999, "value": "1"}, "counted from 0 to 104, got 999"),
        *[({"do": "weight", "index": i, "value": "1"}, f"counted from 0 to 104, got {i!r}") for i in (-1, True, "0")],
        ({"do": "settings", "text": "{"}, "a set-up is JSON"),
        ({"do": "settings", "text": "[1]"}, r"a set-up is a dict like p.settings, got list \[1\]"),
        ({"do": "settings", "text": '{"colour": 1}'}, "settings are .*, layers, activations; got 'colour'"),
        ({"do": "settings", "text": '{"layers": [99, 1]}'}, "at most 32 neurons"),
        ({"do": "preset", "name": "none such"}, "none such"),
    ]:
        p._answer(message)
        assert re.search(words, p._message), (message, p._message)
        assert weights(p.model) == before
        assert p.model.layers is layers
    p.step(1)
    assert p._run.steps == 11
    assert rerun(p) == weights(p.model)


# --- settings ---------------------------------------------------------------------------------------------------------

BAD_SETTINGS = [
    ("lr", 0, "above 0 and at most 1000, got 0.0"),
    ("lr", math.nan, "finite number, got nan"),
    ("lr", "fast", "a number, got 'fast'"),
    ("batch_size", 2.5, "a whole number from 1 to 10000, got 2.5"),
    ("batch_size", 0, "a whole number from 1 to 10000, got 0"),
    ("noise", -1, "from 0 to 1, got -1.0"),
    ("train_share", 1.0, "from 0.1 to 0.9, got 1.0"),
    ("seed", -1, "a whole number from 0"),
    ("penalty", "L3", "one of none, L1, L2; got 'L3'"),
    ("task", "ranking", "one of classification, regression; got 'ranking'"),
    ("features", [], r"features needs a list of some of x1, x2, x1 \*\* 2, .*; got \[\]"),
    ("features", ["x1", "x3"], "some of x1, .*; got 'x3'"),
    ("features", "__import__('os')", "some of x1, .*; got "),
    ("pace", "5", "one of 1, 10, 100, max"),
    ("rate", [1], r"rate needs a number, got list \[1\]"),
    ("seed", None, "seed needs a number, got NoneType None"),
    ("seed", 2**32, "seed needs a whole number from 0 to 4294967295, got 4294967296"),
]


@pytest.mark.parametrize(("name", "x", "words"), BAD_SETTINGS)
def test_a_wrong_setting_says_what_it_may_be(name, x, words):
    with pytest.raises((ValueError, TypeError), match=words):
        Settings().changed(**{name: x})


def test_every_setting_has_a_check():
    assert list(SCHEMA) == list(vars(Settings()))


def test_numbers_as_people_type_them():
    assert [Settings().changed(lr=text).lr for text in ("0.5", " 0,5 ", "5e-1")] == [0.5] * 3
    p = viz.playground()
    p._answer({"do": "weight", "index": 0, "value": "−1,5"})
    assert p.model.layers[0].neurons[0].w[0].data == -1.5


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_runs_and_is_told_exactly(name):
    p = viz.playground()
    p._answer({"do": "preset", "name": name})
    assert p._message == ""
    assert network.shape(p.model).sizes == PRESETS[name].set_up["layers"]
    if name != "A learning rate too large":
        p.step(60)
        assert rerun(p) == weights(p.model)


def test_a_preset_leaves_nothing_of_the_one_before():
    p, q = viz.playground(seed=5), viz.playground(seed=5)
    p._answer({"do": "preset", "name": "A learning rate too large"})
    for one in (p, q):
        one._answer({"do": "preset", "name": "Width and depth: a spiral"})
    assert p.settings == q.settings
    assert p.settings["seed"] == 5
    assert weights(p.model) == weights(q.model)


def test_settings_are_shared_as_a_dict_or_as_text():
    p, q = viz.playground(seed=3), viz.playground()
    p._answer({"do": "layers", "layers": [5, 1], "activations": ["sin", "identity"]})
    p._answer({"do": "set", "name": "penalty", "value": "L2"})
    p.reset()
    q.settings = json.dumps(p.settings)
    assert q.settings == p.settings
    assert weights(q.model) == weights(p.model)
    p.step(20)
    q.step(20)
    assert weights(q.model) == weights(p.model)


def test_the_seed_makes_weights_data_and_batches():
    first, again, other = (viz.playground(seed=seed) for seed in (1, 1, 2))
    for p in (first, again, other):
        p.step(30)
    assert weights(first.model) == weights(again.model) != weights(other.model)
    assert first._run.data.train == again._run.data.train != other._run.data.train


# --- features ---------------------------------------------------------------------------------------------------------


def test_the_name_of_a_feature_is_what_it_computes():
    """The printed program evaluates the names; the run calls the functions; a reader sees the formula."""
    for name, formula in FEATURES.items():
        for x1, x2 in ((0.5, -1.25), (-3.0, 2.0), (0.0, 0.0)):
            assert eval(name, {"sin": math.sin, "x1": x1, "x2": x2}) == formula(x1, x2)


def test_features_feed_the_network_and_are_told_exactly():
    p = viz.playground(dataset="circles", seed=3)
    p._answer({"do": "set", "name": "features", "value": ["sin(x2)", "x1 ** 2", "x2 ** 2"]})
    assert p._message == ""
    assert p.settings["features"] == ["x1 ** 2", "x2 ** 2", "sin(x2)"]
    assert repr(p.model).startswith("MLP of 3 → 8 tanh")
    p.step(30)
    rows = [[x1**2, x2**2, math.sin(x2)] for x1, x2 in p._run.data.train[0]]
    targets = p._run.data.train[1]
    wanted = sum(nll_loss_from_logit(p.model(x), y).data for x, y in zip(rows, targets, strict=True)) / len(rows)
    assert p._run.losses()[0] == pytest.approx(wanted, rel=1e-12)
    assert "return [x1 ** 2, x2 ** 2, sin(x2)]" in p.code()
    assert rerun(p) == weights(p.model)


def test_squares_let_one_neuron_fence_a_circle():
    plain, squares = viz.playground(dataset="circles"), viz.playground(dataset="circles")
    for p, features in ((plain, ["x1", "x2"]), (squares, ["x1 ** 2", "x2 ** 2"])):
        p.settings = {"features": features, "layers": [1], "activations": ["identity"], "noise": 0.05, "lr": 1.0}
        p.step(500)
    assert plain._run.losses()[1] > 0.6
    assert squares._run.losses()[1] < 0.1


def test_a_users_model_comes_back_with_its_features():
    model = MLP(2, [3, 1], "tanh", seed=4)
    start = weights(model)
    p = viz.playground(model, X=CLOUD, y=SIDES)
    p.settings = {"features": ["x1"]}
    p.step(3)
    assert rerun(p) == weights(model)
    p.settings = {"features": ["x2", "x1"]}
    assert weights(model) == start


def test_a_model_from_a_cell_has_an_input_for_each_feature():
    p = viz.playground()
    p.settings = {"features": ["x1", "x2", "x1 * x2"]}
    p.model.layers = MLP(2, [3, 1], seed=0).layers
    p.refresh()
    assert "the features x1, x2, x1 * x2, so the model needs 3 inputs: MLP(3, [8, 8, 1]); got 2" in p._message


def test_features_that_are_too_large_are_said_and_change_nothing():
    p = viz.playground(X=[[1e200, 1.0], [2.0, 3.0]], y=[0, 1])
    with pytest.raises(ValueError, match="the features x₁² of your X are too large for a number; scale it"):
        p.settings = {"features": ["x1 ** 2"]}
    assert p.settings["features"] == ["x1", "x2"]
    assert repr(p.model).startswith("MLP of 2")


# --- training ---------------------------------------------------------------------------------------------------------


def test_a_step_is_the_scalar_graphs_gradient():
    """One step, against backward through the scalar graph of the same batch, with a penalty."""
    points = make("circles", n=30, noise=0.1, seed=0)
    settings = Settings(batch_size=7, lr=0.5, penalty="L2", rate=0.01)
    model, other = MLP(2, [3, 1], "tanh", seed=0), MLP(2, [3, 1], "tanh", seed=0)
    Training(model, points, settings, "nll_loss_from_logit", random.Random(5)).step()
    batch = random.Random(5).sample(range(30), 7)
    J = sum(nll_loss_from_logit(other(points[0][i]), points[1][i]) for i in batch) / 7
    J = J + 0.01 * sum(w * w for layer in other.layers for neuron in layer.neurons for w in neuron.w)
    J.backward()
    wanted = [value.data - 0.5 * value.grad for value in other.parameters()]
    assert weights(model) == pytest.approx(wanted, rel=1e-12, abs=1e-14)


def test_an_l1_penalty_pulls_weights_of_either_sign_to_zero():
    """Its part of the step is rate · sign(w), worked out by hand; biases have none."""
    points = make("circles", n=30, noise=0.1, seed=0)
    steps = {}
    for penalty in ("none", "L1"):
        model = MLP(2, [3, 1], "tanh", seed=0)
        before = weights(model)
        settings = Settings(batch_size=7, lr=0.5, penalty=penalty, rate=0.01)
        Training(model, points, settings, "nll_loss_from_logit", random.Random(5)).step()
        steps[penalty] = weights(model)
    biases = {id(neuron.b) for layer in model.layers for neuron in layer.neurons}
    pull = [
        0.0 if id(p) in biases else math.copysign(0.5 * 0.01, w)
        for p, w in zip(model.parameters(), before, strict=True)
    ]
    assert {math.copysign(1.0, w) for w, part in zip(before, pull, strict=True) if part} == {-1.0, 1.0}
    moved = [plain - penal for plain, penal in zip(steps["none"], steps["L1"], strict=True)]
    assert moved == pytest.approx(pull, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("change", ["computed", "shared"])
def test_weights_that_are_no_parameters_of_their_own_are_refused(change):
    model = MLP(2, [2, 1], seed=0)
    if change == "shared":
        model.layers[0].neurons[1].w[0] = model.layers[0].neurons[0].w[0]
    else:
        model.layers[0].neurons[1].w[0] = Value(0.5) * 1.0
    with pytest.raises(
        ValueError, match="a parameter of its own for each of the 9 weights and biases, got 8 parameters"
    ):
        viz.playground(model)


@pytest.mark.parametrize(
    "dataset", [name if name == "moons" else pytest.param(name, marks=pytest.mark.long) for name in DATASETS]
)
def test_every_data_set_is_learned(dataset):
    p = viz.playground(dataset=dataset)
    p.settings = {"dataset": dataset, "noise": 0.0, "lr": 0.3}
    start = p._run.losses()[1]
    p.step(6000)
    assert p._run.losses()[1] < (0.3 if dataset == "spiral" else 0.2) * start


def test_diverging_is_said_with_the_step_and_keeps_the_weights_before_it():
    p = viz.playground()
    p.settings = PRESETS["A learning rate too large"].set_up
    for _ in range(2000):
        before = weights(p.model)
        step = p._run.steps
        p._answer({"do": "step"})
        if p._message:
            break
    assert p._message.startswith(f"Stopped in step {step + 1}: ")
    assert p._message.endswith(" The weights are those before this step.")
    assert weights(p.model) == before
    assert all(map(math.isfinite, before))
    assert p._run.steps == step
    assert not p.playing
    with pytest.raises((ArithmeticError, ValueError)) as caught:
        p.step(1)
    assert any(f"in step {step + 1}" in note for note in caught.value.__notes__)
    page.saved(p._run)  # it can still be saved, and told
    assert rerun(p) == before


def test_a_smaller_learning_rate_goes_on_after_diverging():
    p = viz.playground()
    p.settings = PRESETS["A learning rate too large"].set_up
    for _ in range(2000):
        p._answer({"do": "step"})
        if p._message:
            break
    p._answer({"do": "reset"})
    p._answer({"do": "set", "name": "lr", "value": 0.01})
    p.step(100)
    assert p._message == ""
    assert p._run.losses()[0] < 0.2


# --- the retelling ----------------------------------------------------------------------------------------------------


def test_the_program_makes_equal_weights_whatever_has_happened():
    p = viz.playground(dataset="xor", seed=11)
    p.step(40)
    p._answer({"do": "set", "name": "lr", "value": 0.5})
    p.step(7)
    p._answer({"do": "weight", "index": 3, "value": "0.25"})
    p._answer({"do": "set", "name": "penalty", "value": "L1"})
    p.step(9)
    p.model.layers[1].neurons[2].b.data = -0.125  # from a cell
    p.step(3)
    p._answer({"do": "layers", "layers": [8, 9, 3, 1], "activations": ["tanh", "gelu", "sin", "identity"]})
    p._answer({"do": "set", "name": "penalty", "value": "L2"})
    p._answer({"do": "set", "name": "batch_size", "value": 1})
    p.step(11)
    for value in p.model.parameters():
        value.data /= 2
    p._answer({"do": "set", "name": "batch_size", "value": 500})
    p.step(2)
    assert p._run.steps == 72
    assert rerun(p) == weights(p.model)
    assert "train(40, nll_loss_from_logit, lr=0.1, batch_size=10)\n" in p.code()
    assert "model.layers[1].neurons[2].b.data = -0.125\n" in p.code()


def test_the_program_knows_the_loss_of_each_part():
    """Another last layer has another loss."""
    p = viz.playground()
    for last, size in (("sigmoid", 1), ("identity", 2), ("softmax", 2)):
        p.step(5)
        p._answer({"do": "layers", "layers": [4, size], "activations": ["tanh", last]})
        assert p._message == ""
    p.step(5)
    assert rerun(p) == weights(p.model)
    assert "import MLP, SGD, cross_entropy, cross_entropy_from_logits, nll_loss, nll_loss_from_logit\n" in p.code()


def test_the_program_goes_on_exactly_after_a_step_that_failed():
    p = viz.playground()
    p.settings = PRESETS["A learning rate too large"].set_up
    while not p._message:
        p._answer({"do": "step"})
    for value in p.model.parameters():
        value.data = 0.1
    p._answer({"do": "set", "name": "lr", "value": 0.001})
    p._answer({"do": "set", "name": "batch_size", "value": 7})
    p.step(20)
    assert rerun(p) == weights(p.model)


@pytest.mark.parametrize("updated", [True, False])
def test_the_program_goes_on_exactly_after_an_interrupt(monkeypatch, updated):
    p = viz.playground()
    step, calls = p._run.training.step, []

    def interrupted():
        calls.append(1)
        if len(calls) < 8 or updated:
            step()
        if len(calls) == 8:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(p._run.training, "step", interrupted)
        with pytest.raises(KeyboardInterrupt):
            p.step(100)
    assert p._run.steps == 7
    p.step(5)
    assert rerun(p) == weights(p.model)


def test_the_program_has_numbers_that_are_none():
    p = viz.playground()
    p.model.layers[0].neurons[0].b.data = math.nan
    p.refresh()
    for value in p.model.parameters():
        value.data = -math.inf
    p.refresh()
    for value in p.model.parameters():
        value.data = 0.25
    p.step(2)
    assert rerun(p) == weights(p.model)


def test_the_program_has_the_data_of_the_run_not_of_the_one_before():
    p = viz.playground(X=CLOUD, y=SIDES)
    p.settings = {"dataset": "moons"}
    p.step(3)
    assert 'make("moons"' in p.code()
    assert rerun(p) == weights(p.model)


@pytest.mark.parametrize("bias", [True, False])
def test_a_users_model_and_data_are_in_the_program(bias):
    model = MLP(2, [3, 1], "softplus", bias=bias)
    p = viz.playground(model, X=CLOUD, y=[-1, 1, -1, 1, -1, 1])
    p.step(25)
    assert "# class k has the label (-1, 1)[k]" in p.code()
    assert rerun(p) == weights(model)


def test_the_program_runs_alone_in_a_new_interpreter():
    p = viz.playground(dataset="spiral")
    p.step(30)
    program = p.code() + "\nprint([value.data for value in model.parameters()])\n"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [value.data for value in p.model.parameters()]


def test_an_own_op_trains_and_is_shown_but_can_not_be_written_by_name():
    swish = Op("swish", value=lambda z: z * sigmoid(z), derivatives=[lambda a, z: a + sigmoid(z) * (1 - a)])
    p = viz.playground(MLP(2, [4, 1], swish, seed=0))
    p.step(10)
    assert "swish" in page.saved(p._run)
    for name in ("relu", "swish"):  # it can be chosen again
        p._answer({"do": "layers", "layers": [4, 1], "activations": [name, "identity"]})
    assert p.model.layers[0].activation is swish
    assert p._message == ""
    with pytest.raises(
        ValueError, match=r"code\(\) writes the activations of nn by name, and 'swish' is an Op of your own"
    ):
        p.code()


# --- the film and the file --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [0, 3, 399, 400, 1000, 4321])
def test_the_film_stays_short_and_even(steps):
    film = Recording()
    for step in range(steps + 1):
        if film.wants(step):
            film.add(step, {}, (0.0, 0.0), [])
    kept = [moment.step for moment in film.moments]
    assert len(kept) <= 400
    assert kept == list(range(0, steps + 1, film.stride))


def test_many_changes_in_one_step_are_thinned_too():
    film = Recording(most=4)
    for k in range(50):
        for _ in range(2):  # the second one is equal, and not kept
            film.add(0, {"layers": k // 25}, (0.0, 0.0), [float(k)])
    assert len(film.moments) <= 4
    assert film.networks == [{"layers": 0}, {"layers": 1}]
    assert [moment.network for moment in film.moments] == [moment.weights[0] >= 25 for moment in film.moments]
    assert len({*[moment.weights[0] for moment in film.moments]}) == len(film.moments) > 1


def facts_of(html):
    return json.loads(re.search(r'<script type="application/json" id="run">(.*?)</script>', html, re.S)[1])


def test_the_saved_file_holds_the_run(tmp_path):
    p = viz.playground(X=CLOUD, y=SIDES)
    p.step(50)
    p._answer({"do": "layers", "layers": [2, 1], "activations": ["relu", "identity"]})
    p.step(50)
    path = p.save(tmp_path / "playground.html")
    facts = facts_of(path.read_text(encoding="utf-8"))
    moments = facts["film"]["moments"]
    assert [m["step"] for m in moments if m["network"] == 1][-1] == 100
    assert moments[-1]["weights"] == pytest.approx(weights(p.model), rel=1e-6)
    sizes = [sum(layer["neurons"] for layer in n["layers"]) for n in facts["film"]["networks"]]
    assert sizes == [17, 3]
    count = len(p._run.film.moments)
    assert p.save(str(tmp_path / "again.html")).name == "again.html"
    assert len(p._run.film.moments) == count  # the same moment is not there twice
    with pytest.raises(ValueError, match=r"ending in .html, got .*playground.pdf"):
        p.save("playground.pdf")


def test_the_file_names_nothing_outside(tmp_path):
    html = viz.playground().save(tmp_path / "p.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in html
    addresses = set(re.findall(r"\w+://[^\s\"')]+", html))
    assert addresses <= {"http://www.w3.org/2000/svg"}  # the name of a language, which nobody fetches


def test_a_hostile_name_of_an_op_ends_no_script():
    op = Op(hostile.MARKUP, value=lambda z: z * 1.0, derivatives=[lambda a, z: 1.0])
    html = page.saved(Run(MLP(2, [2, 1], op, seed=0)))
    assert "<img" not in html
    assert html.count("</script>") == 2


def test_weights_that_are_no_numbers_reach_the_page_as_nothing():
    p = viz.playground(dataset="linear")
    p.model.layers[0].neurons[0].w[0].data = math.nan
    frame = p._frame()
    assert frame["weights"][0] is None
    assert frame["losses"] == (None, None)
    json.dumps(frame, allow_nan=False)


# --- playing ----------------------------------------------------------------------------------------------------------


async def until(holds, seconds=20):
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.01)


class Ear:
    """What the page would get; it answers like one."""

    def __init__(self, p, *, answers=True):
        self.p, self.answers, self.frames, self.heard = p, answers, [], []
        p._page.show = self.show

    def show(self, message):
        json.dumps(message, allow_nan=False)
        self.heard.append(message)
        if message["kind"] == "frame":
            self.frames.append(message)
            if self.answers:
                self.p._live.loop.call_later(0.001, self.p._hear, {"do": "drawn"})


def test_playing_makes_room_for_other_work_and_a_model_that_changes():
    async def session():
        p = viz.playground(dataset="moons")
        ear = Ear(p)
        p._hear({"do": "hello"})
        p._hear({"do": "play"})
        turns = 0
        while p._run.steps < 300:
            await asyncio.sleep(0.005)  # a cell's turn
            turns += 1
        assert turns > 1
        p.model.layers[0].neurons[0].w[0].data = 7.5
        steps = p._run.steps
        await until(lambda: p._run.steps >= steps + 50)
        p.pause()
        assert not p.playing
        done = p._run.steps
        await asyncio.sleep(0.05)
        assert p._run.steps == done
        shown = len(ear.frames)
        p.model.layers[0].neurons[0].w[0].data = -2.5
        await until(lambda: len(ear.frames) > shown)
        await asyncio.sleep(0.3)
        assert len(ear.frames) == shown + 1  # once, as it has changed once
        assert ear.frames[-1]["weights"][0] == -2.5
        assert ear.heard[0]["kind"] == "data"
        assert rerun(p) == weights(p.model)
        p.close()

    asyncio.run(session())


def test_a_page_that_is_gone_ends_the_playing(monkeypatch):
    monkeypatch.setattr("viz.demo.live.UNSEEN", 5)

    async def session():
        p = viz.playground()
        ear = Ear(p, answers=False)
        p.play()
        await until(lambda: not p.playing)
        assert ear.frames[-1]["playing"] is False
        p.close()

    asyncio.run(session())


def test_diverging_while_playing_pauses_with_words():
    async def session():
        p = viz.playground()
        ear = Ear(p)
        p.settings = PRESETS["A learning rate too large"].set_up
        p._hear({"do": "play"})
        await until(lambda: ear.frames and ear.frames[-1]["message"])
        assert "The weights are those before this step" in ear.frames[-1]["message"]
        assert not p.playing
        p.close()

    asyncio.run(session())


def test_a_pace_is_so_many_steps_for_a_picture():
    async def session():
        p = viz.playground()
        ear = Ear(p)
        p._run.set(pace="1")
        began = time.monotonic()
        p.play()
        await until(lambda: p._run.steps >= 8)
        assert time.monotonic() - began > 0.3  # twenty pictures a second at most
        p.pause()
        assert [frame["step"] for frame in ear.frames][:9] == [*range(9)]
        p.close()

    asyncio.run(session())


def running():
    return [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]


def widgets():
    import ipywidgets

    return len(ipywidgets.widgets.widget._instances)


def test_five_that_were_made_and_dropped_leave_nothing_running():
    async def session():
        gc.collect()
        before = widgets()
        for _ in range(5):
            viz.playground()
        gc.collect()
        assert not running()
        assert widgets() == before

    asyncio.run(session())


def test_five_that_were_shown_and_dropped_end_when_no_page_speaks_any_more(monkeypatch):
    monkeypatch.setattr("viz.demo.live.SILENCE", 0.2)

    async def session():
        gc.collect()
        before = widgets()
        for _ in range(5):
            viz.playground()._repr_mimebundle_()
        gc.collect()
        assert len(running()) == 5  # a page that is just being drawn says hello in a moment
        await until(lambda: not running())
        gc.collect()
        assert widgets() == before

    asyncio.run(session())


def test_a_page_that_is_left_ends_the_looking_and_one_that_speaks_begins_it_again():
    async def session():
        p = viz.playground()
        ear = Ear(p)
        p._hear({"do": "hello"})
        await until(lambda: ear.frames)
        await asyncio.sleep(0.05)  # until it has said that it has drawn
        assert len(running()) == 1
        p._hear({"do": "left"})
        await until(lambda: not running())
        p.model.layers[0].neurons[0].w[0].data = 3.5
        p._hear({"do": "here"})
        await until(lambda: ear.frames[-1]["weights"][0] == 3.5)
        p.close()

    asyncio.run(session())


@pytest.mark.parametrize("end", ["close", "its widget"])
def test_a_playground_ends_with_its_widget(end):
    async def session():
        p = viz.playground()
        Ear(p)
        p.play()
        await asyncio.sleep(0.05)
        p.close() if end == "close" else p._page.close()
        await until(lambda: not running())
        assert not p.playing
        steps = p._run.steps
        with pytest.raises(RuntimeError, match=r"this playground was closed; make a new one, or use step\(1000\)"):
            p.play()
        p.step(2)
        assert p._run.steps == steps + 2
        p.close()  # twice is once

    asyncio.run(session())


def test_playing_needs_a_loop():
    with pytest.raises(RuntimeError, match=r"play\(\) needs a notebook, .*use step\(1000\) here"):
        viz.playground().play()


def test_it_shows_itself_as_a_widget():
    p = viz.playground()
    data, _ = p._repr_mimebundle_()
    assert data["text/plain"] == repr(p)
    assert "application/vnd.jupyter.widget-view+json" in data


def test_without_anywidget_it_says_what_to_install():
    program = "import sys; sys.modules['anywidget'] = None\nimport viz\ntry: viz.playground()\nexcept ImportError as e: print(e)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == 'playground needs anywidget, which is not installed: pip install "sigmagrad[notebooks]"\n'


def test_the_package_is_called_like_the_function_whoever_imported_it_first():
    program = "import nn.datasets, viz\np = viz.playground(dataset='linear')\nfrom viz import playground\nprint(repr(playground(dataset='xor')))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("<Playground: MLP of 2")
    program = "import viz\nprint('anywidget' in __import__('sys').modules, 'sklearn' in __import__('sys').modules)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "False False\n"


def test_a_message_from_another_thread_waits_for_the_loop():
    """Newer kernels handle a page's messages in threads of their own."""

    async def session():
        p = viz.playground()
        Ear(p)
        here, threads = threading.get_ident(), []
        advance = p._run.advance
        p._run.advance = lambda count: (threads.append(threading.get_ident()), advance(count))
        await asyncio.to_thread(p._hear, {"do": "step"})
        await asyncio.sleep(0.01)
        assert threads == [here]
        assert p._run.steps == 1
        p.close()

    asyncio.run(session())


def test_a_change_that_is_interrupted_late_changes_nothing(monkeypatch):
    p = viz.playground()
    p.step(5)
    before, set_up, data = weights(p.model), p.settings, p._run.data
    with monkeypatch.context() as patch:
        patch.setattr(Run, "record", lambda self: (_ for _ in ()).throw(KeyboardInterrupt))
        for change in ({"seed": 4}, {"dataset": "xor"}, {"noise": 0.3}):
            with pytest.raises(KeyboardInterrupt):
                p._run.set(**change)
        with pytest.raises(KeyboardInterrupt):
            p.settings = {"layers": [3, 1], "lr": 0.5}
    assert weights(p.model) == before
    assert p.settings == set_up
    assert p._run.data is data
    p.step(3)
    assert rerun(p) == weights(p.model)


# --- what comes in another form than one expects ----------------------------------------------------------------------


def test_rows_and_targets_may_come_one_by_one():
    drawn = viz.playground(X=(row for row in CLOUD), y=(k for k in SIDES))
    assert drawn._run.own == checked(CLOUD, SIDES)


@pytest.mark.parametrize("layers", [[10**9, 1], [np.int64(10**9), 1], [1] * 10**6])
def test_a_network_too_large_to_draw_is_refused_before_it_is_built(monkeypatch, layers):
    run = Run()
    monkeypatch.setattr("viz.demo.run.MLP", lambda *_, **__: pytest.fail("it is built"))
    with pytest.raises(ValueError, match="playground draws at most"):
        run.apply({"layers": layers})


@pytest.mark.parametrize(
    ("set_up", "words"),
    [
        ({"layers": 8}, "layer_sizes needs a list"),
        ({"layers": ["8", 1]}, "each of layer_sizes needs an int of at least 1, got '8'"),
        ({"activations": True}, "activations need a name, an Op, or a list with one per layer, got True"),
        ({"activations": [["relu"], "tanh", "identity"]}, r"an activation is an Op or one of .*; got \['relu'\]"),
        ({"activations": {"relu": 1}}, "activations need a name, an Op, or a list with one per layer"),
    ],
)
def test_layers_that_are_none_get_words(set_up, words):
    p = viz.playground()
    before = p.settings
    with pytest.raises((TypeError, ValueError), match=words):
        p.settings = set_up
    assert p.settings == before


def test_one_name_is_the_activation_of_the_hidden_layers():
    p = viz.playground()
    p.settings = {"layers": [5, 4, 1], "activations": "relu", "pace": 100}
    assert p.settings["activations"] == ["relu", "relu", "identity"]
    assert p.settings["pace"] == "100"


def test_the_plane_has_a_width_wherever_it_lies(tmp_path):
    p = viz.playground(X=[[1e17, 0.0], [1e17, 1.0]], y=[0, 1])
    assert all(low < high for low, high in p._run.domain())
    p.save(tmp_path / "p.html")  # with its picture


def test_a_model_whose_weights_are_no_numbers_is_shown_and_saved(tmp_path):
    model = MLP(2, [2, 1], seed=0)
    model.layers[0].neurons[0].w[0].data = math.nan
    p = viz.playground(model)
    assert page.facts(p._run)["start"]["weights"][0] is None
    p.save(tmp_path / "p.html")
    assert "text/html" in p._repr_mimebundle_()[0]


@pytest.mark.parametrize("name", ["double", "tanh"])
def test_an_activation_that_the_page_can_not_know_is_refused(name):
    """Its program was printed when the playground was made: of one name there is one operation in it."""
    p = viz.playground(seed=1)
    p.step(2)
    p.model.layers[0].activation = Op(name, value=lambda z: 2 * z, derivatives=[lambda a, z: 2.0])
    p._glance()
    assert re.search(rf"made with, one of each name, and got Op\('{name}'\) too; make a new one", p._message)
    for use in (p.step, p.reset, p.code, lambda: p.save("no.html")):
        with pytest.raises(ValueError, match="make a new one: playground"):
            use()
    p.model.layers[0].activation = "relu"
    p.step()
    assert p.settings["activations"] == ["relu", "tanh", "identity"]


def test_two_activations_of_one_name_are_refused():
    steep, flat = (ops.leaky_relu.bind(slope=slope) for slope in (0.3, 0.1))
    for other in (flat, "leaky_relu"):
        with pytest.raises(ValueError, match=r"one of each name, and got Op\('leaky_relu', slope=0.3\) too"):
            viz.playground(MLP(2, [3, 3, 1], [steep, other, "identity"], seed=0))
    p = viz.playground(MLP(2, [3, 3, 1], [steep, steep, "identity"], seed=0))
    p.settings = {"layers": [2, 2, 1], "activations": p.settings["activations"]}
    assert [layer.activation for layer in p.model.layers[:2]] == [steep, steep]


def test_resetting_a_model_that_can_not_be_shown_says_why():
    p = viz.playground(seed=1)
    p.model.layers[0].neurons[0].b.role = "constant"
    with pytest.raises(ValueError, match="a parameter of its own for each of the 105 weights and biases"):
        p.reset()


@pytest.mark.long
@pytest.mark.parametrize("seed", [0, 1])
def test_what_the_presets_tell_to_look_for_comes_about(seed):
    def losses(name, steps, **others):
        run = Run()
        run.apply({**preset(name, seed), **others})
        run.advance(steps)
        return run.losses()

    assert losses("Width and depth: a spiral", 500)[0] > 0.6
    assert losses("Width and depth: a spiral", 15_000)[0] < 0.1
    assert losses("Width and depth: a spiral", 15_000, layers=[8, 1], activations="tanh")[0] > 0.3
    assert losses("One neuron: not enough", 3000)[0] == pytest.approx(math.log(2), abs=0.02)
    (train, test), (later, worse) = (losses("Overfitting: noise learned by heart", steps) for steps in (1200, 12_000))
    assert later < train
    assert worse > test


def test_a_display_never_raises():
    p = viz.playground(seed=1)
    p.close()
    assert "<iframe" in p._repr_mimebundle_()[0]["text/html"]  # the run as it stands
    p.model.layers.pop()  # no model that could be drawn
    assert p._repr_mimebundle_()[0]["text/plain"].startswith("<Playground: MLP of 2 → 8 tanh → 8 tanh")


@pytest.mark.parametrize(
    ("dataset", "sizes", "last"),
    [("moons", [8, 1], "identity"), ("moons", [8, 1], "sigmoid"), ("hills", [8, 1], "identity"),
     ("pinwheel", [8, 3], "identity"), ("pinwheel", [8, 3], "softmax")],
)  # fmt: skip
def test_the_still_picture_has_the_colours_of_the_outputs_the_paler_the_less_they_decide(dataset, sizes, last):
    run = Run(MLP(2, sizes, ["tanh", last], seed=0), dataset=dataset)
    run.advance(300)
    svg = still(run)
    png = base64.b64decode(re.search('data:image/png;base64,([^"]+)', svg)[1])
    pixels = 255 - 255 * pyplot.imread(io.BytesIO(png), format="png")[..., :3]
    side, ((left, right), (bottom, top)) = len(pixels), run.domain()
    for row, column in itertools.product(range(0, side, 6), repeat=2):
        x = [left + (right - left) * (column + 0.5) / side, top - (top - bottom) * (row + 0.5) / side]
        g = run.model(x)
        if isinstance(g, list):
            p = [a.data for a in (softmax(g) if last == "identity" else g)]
            colour, part = theme.CLASS_COLOURS[p.index(max(p))], (max(p) - 1 / 3) * 1.5
        else:
            largest = max(map(abs, run.data.train[1] + run.data.test[1]))
            t = g.data / largest if dataset == "hills" else 2 * (g.sigmoid() if last == "identity" else g).data - 1
            colour, part = theme.POSITIVE if t > 0 else theme.NEGATIVE, min(1.0, abs(t)) ** 0.7
        assert pixels[row, column] == pytest.approx(
            [0.62 * part * (255 - level) for level in theme.rgb(colour)], abs=0.6
        )
    fills = re.findall('<circle [^>]*fill="([^"]+)"', svg)
    wanted = [
        theme.CLASS_COLOURS[y] if dataset != "hills" else theme.POSITIVE if y > 0 else theme.NEGATIVE
        for y in run.data.train[1]
    ]
    assert fills == wanted
    for line in re.findall('points="([^"]+)"', svg):  # the losses, over the whole width, below the greatest
        across, down = zip(*[map(float, point.split(",")) for point in line.split(" ")], strict=True)
        assert (across[0], across[-1]) == (0.0, 380.0)
        assert 0 <= min(down) < max(down) <= 230
