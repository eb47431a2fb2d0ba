"""Neurons, layers and networks: the lecture's nodes, labels and numbers, and what is refused."""

import copy
import gc
import math
import random
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import autograd
from autograd import Op, Value, grad, ops, topological_order, total
from nn import MLP, SGD, Adam, Layer, Module, Neuron, fit, load, save, squared_loss
from nn.activations import ACTIVATIONS, RELU_FAMILY

ELEMENTWISE = [name for name in ACTIVATIONS if name != "softmax"]
swish = Op("swish", value=lambda z: z * ops.sigmoid(z), derivatives=[lambda a, z: a + ops.sigmoid(z) * (1 - a)])
square = Op("square", value=lambda z: int(z * z), derivatives=[lambda a, z: 2 * z])


def labels(values):
    return [value.label for value in values]


# --- the nodes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("f", [*ELEMENTWISE, ops.leaky_relu.bind(slope=0.3), swish, square, ops.exp])
@pytest.mark.parametrize("bias", [True, False])
def test_a_neuron_is_sigma_then_f(f, bias):
    neuron = Neuron(3, f, bias=bias, seed=1)
    if bias:
        neuron.b.data = 0.25
    for x in ([1.0, -2.0, 0.5], [-1.0, 2.0, 3.5], [0.0, 0.0, 0.0]):
        a = neuron(x)
        (z,) = a.parents
        op = ops.TABLE[f] if isinstance(f, str) else f
        assert z.op is ops.weighted_sum
        assert a.op is op
        assert z.parents == (*neuron.w, *z.parents[3:6], *([neuron.b] if bias else []))
        assert z.data == math.fsum([w.data * x_i for w, x_i in zip(neuron.w, x, strict=True)] + [0.25] * bias)
        assert a.data == op(z.data)
        assert type(a.data) is float
        assert a.local_derivatives == tuple(op.local_derivatives(a.data, [z.data], [True]))


def test_the_worked_example_of_the_lecture():
    model = MLP(2, [2, 1], ["sigmoid", "identity"])
    (one, two), (out,) = (layer.neurons for layer in model.layers)
    for parameter, number in zip(model.parameters(), [5, -5, 1, -5, 5, 1, -3, -3, 0], strict=True):
        parameter.data = number
    sigma = lambda z: 1 / (1 + math.exp(-z))  # noqa: E731
    for x1, x2 in [(0.0, 0.0), (1.0, 0.0), (0.3, -0.7)]:
        expected = -3 * sigma(5 * x1 - 5 * x2 + 1) - 3 * sigma(-5 * x1 + 5 * x2 + 1)
        assert model([x1, x2]).data == pytest.approx(expected, rel=1e-14)
    assert (len(one.w), len(two.w), len(out.w)) == (2, 2, 2)


def test_softmax_takes_the_whole_layer():
    layer = Layer(2, 3, "softmax", seed=0)
    z = [neuron.preactivation([1.0, 2.0]).data for neuron in layer.neurons]
    a = layer([1.0, 2.0])
    whole = sum(map(math.exp, z))
    assert [p.data for p in a] == pytest.approx([math.exp(z_k) / whole for z_k in z], rel=1e-14)
    assert labels(a) == ["a^1", "a^2", "a^3"]
    assert labels(a[0].parents) == ["z^1", "z^2", "z^3"]
    assert len(topological_order(a[0])) == 2 + 9 + 3 + 1


def test_gradients_of_a_network_are_those_of_its_formulas():
    model = MLP(3, [4, 3, 2], ["tanh", "gelu", "softplus"], seed=3)
    x = [Value(0.3), Value(-1.2), Value(0.7)]
    g = model(x)
    loss = g[0] * g[1]
    loss.backward()
    for parameter in [*model.parameters(), *x]:
        step, kept = 1e-5, parameter.data
        above, below = [], []
        for side, sign in ((above, 1), (below, -1)):
            parameter.data = kept + sign * step
            one, two = model([v.data for v in x])
            side.append(one.data * two.data)
        parameter.data = kept
        assert parameter.grad == pytest.approx((above[0] - below[0]) / (2 * step), rel=1e-7, abs=1e-9)
    exact = grad(loss, model.parameters())
    assert [g.data for g in exact] == pytest.approx([p.grad for p in model.parameters()], rel=1e-12)


def test_the_gradient_of_a_sum_over_data_points_is_the_sum_of_their_gradients():
    """The data points have the weights of every neuron in common, the neurons of a layer its inputs."""
    model, points = MLP(2, [3, 2, 1], "tanh", seed=0), [[1.0, -2.0], [0.5, 0.25], [-1.0, 3.0]]
    outputs = [model(x) for x in points]
    singly = []
    for g in outputs:
        model.zero_grad()
        g.backward()
        singly.append([p.grad for p in model.parameters()])
    model.zero_grad()
    J = total(outputs)
    J.backward()
    assert [p.grad for p in model.parameters()] == pytest.approx([sum(g) for g in zip(*singly, strict=True)], rel=1e-13)
    order = topological_order(J)
    assert set(order) == {J}.union(*(topological_order(g) for g in outputs))
    place = {node: i for i, node in enumerate(order)}
    assert all(place[parent] < place[node] for node in order for parent in node.parents)


def test_computed_weights_get_their_gradients_in_every_neuron_of_a_layer():
    layer, v, x = (
        Layer(2, 3, "identity", bias=False, seed=0),
        [Value(2.0), Value(-1.0), Value(0.5)],
        [Value(3.0), Value(4.0)],
    )
    for v_j, neuron in zip(v, layer.neurons, strict=True):
        neuron.w = [v_j * v_j, v_j + 1.0]
    total(layer([x_i * 1.0 for x_i in x])).backward()
    assert [v_j.grad for v_j in v] == [2.0 * v_j.data * 3.0 + 4.0 for v_j in v]
    assert [x_i.grad for x_i in x] == [sum(v_j.data**2 for v_j in v), sum(v_j.data + 1.0 for v_j in v)]


def test_changed_and_replaced_weights_count_at_the_next_call():
    neuron = Neuron(2, "identity", bias=False, seed=0)
    before = neuron([1.0, 1.0])
    neuron.w[0].data = 10.0
    neuron.w[1] = Value(5.0)
    after = neuron([1.0, 1.0])
    assert after.data == 15.0
    assert before.data != 15.0
    before.backward()
    assert neuron.w[0].grad == 1.0
    assert neuron.w[1].grad == 0.0


@pytest.mark.parametrize("x", [[1.0, 2.0], [Value(1.0), Value(2.0)]])
def test_the_neurons_of_a_layer_have_the_same_inputs(x):
    a = Layer(2, 3, "identity", seed=0)(x)
    assert len({node.parents[0].parents[2:4] for node in a}) == 1
    assert len(topological_order(total(a))) == 2 + 3 * (3 + 2) + 1


def test_weights_that_were_set_replaced_or_taken_away_count_at_the_next_call():
    layer = Layer(2, 3, "identity", seed=0)
    layer([1.0, 2.0])
    layer.neurons[2].b.data = 5.0
    layer.neurons[0].w[1] = Value(7.0)
    assert [a.data for a in layer([0.0, 1.0])][::2] == [7.0, layer.neurons[2].w[1].data + 5.0]
    layer.neurons[0].b = None
    assert len(layer([0.0, 1.0])[0].parents[0].parents) == 4
    layer.neurons.append(layer.neurons[0])
    assert len(layer([0.0, 1.0])) == 4
    layer.neurons[1].w.append(Value(1.0))
    with pytest.raises(ValueError, match=r"one data point needs 3 input\(s\) here, got 2"):
        layer([0.0, 1.0])
    layer.neurons = [layer.neurons[1]]
    assert len(layer([0.0, 1.0, 2.0])[0].parents[0].parents) == 7


class Twice(Neuron):
    def __call__(self, x):
        return super().__call__(x) * 2.0


def other_bias(layer):
    layer.neurons[1].b = Value(0.75)


def no_weight(layer):
    layer.neurons[1].w = [layer.neurons[1].w[0], 0.0]


REPLACED = {
    "subclass": lambda layer: layer.neurons.__setitem__(1, Twice(2, "sin", seed=3)),
    "function": lambda layer: layer.neurons.__setitem__(1, lambda x: x[0] * x[1]),
    "activation": lambda layer: setattr(layer.neurons[1], "activation", "sin"),
    "own Op": lambda layer: setattr(layer.neurons[1], "activation", swish),
    "bias": other_bias,
    "no bias": lambda layer: setattr(layer.neurons[1], "b", None),
    "one bare weight": no_weight,
    "one more": lambda layer: layer.neurons.append(Neuron(2, "gelu", seed=4)),
    "one less": lambda layer: layer.neurons.pop(),
    "one with a new call": lambda layer: setattr(layer.neurons[1], "preactivation", lambda x: x[0] - x[1]),
}


@pytest.mark.parametrize("way", REPLACED)
def test_a_layer_calls_each_neuron_as_it_is(way):
    layer, x = Layer(2, 3, "tanh", seed=0), [Value(0.5), Value(-1.5)]
    layer(x)
    REPLACED[way](layer)
    a = layer(x)
    assert [v.data for v in a] == [neuron(x).data for neuron in layer.neurons]
    assert len(a) == 3 + (way == "one more") - (way == "one less")
    total(a).backward()
    assert all(v.grad for v in x)
    model = MLP(2, [3, 1], "tanh", seed=0)
    REPLACED[way](model.layers[0])
    model.layers[1] = Neuron(len(a), "identity", seed=5)
    assert model(x).data == model.layers[1]([neuron(x) for neuron in model.layers[0].neurons]).data
    assert repr(layer).startswith("Layer of 2 → ")
    assert repr(model).startswith("MLP of 2 → ")
    model.name_nodes()


def test_the_activation_of_a_layer_is_that_of_its_neurons():
    layer = Layer(2, 3, "tanh", seed=0)
    layer.activation = "relu"
    assert [neuron.activation for neuron in layer.neurons] == [ops.relu] * 3
    assert [a.op for a in layer([1.0, 2.0])] == [ops.relu] * 3
    assert layer.activation is ops.relu
    layer.neurons[2].activation = swish
    assert repr(layer) == "Layer of 2 → 3 relu/swish"
    with pytest.raises(ValueError, match="neurons of this layer differ: relu/swish; ask each neuron"):
        layer.activation  # noqa: B018
    layer.neurons[0] = max
    with pytest.raises(ValueError, match="neurons of this layer differ: max/relu/swish; set that of each"):
        layer.activation = "tanh"


def test_what_stands_in_the_place_of_a_neuron_may_have_a_softmax_of_its_own():
    class Other(Module):
        activation = ops.softmax

        def __call__(self, x):
            return x[0]

    layer = Layer(2, 2, seed=0)
    layer.neurons[0] = Other()
    assert layer([1.0, 2.0])[0].data == 1.0


def test_a_softmax_layer_is_all_of_a_kind():
    layer = Layer(2, 3, "tanh", seed=0)
    layer.activation = "softmax"
    assert sum(a.data for a in layer([1.0, 2.0])) == pytest.approx(1.0, rel=1e-15)
    for other in (Neuron(2, "relu", seed=1), lambda x: x[0]):
        layer.neurons[1] = other
        with pytest.raises(
            ValueError, match=r"softmax takes the z of all the neurons .*, and neuron 2 has an activation"
        ):
            layer([1.0, 2.0])
    layer.neurons[1] = Twice(2, seed=1)
    layer.activation = "softmax"
    with pytest.raises(ValueError, match="neuron 2 has an activation of its own"):
        layer([1.0, 2.0])
    lone, single = Neuron(2, seed=0), Layer(2, 1, seed=0)
    lone.activation = single.activation = "softmax"
    with pytest.raises(ValueError, match="softmax needs all the z of a layer"):
        lone([1.0, 2.0])
    with pytest.raises(ValueError, match="softmax needs at least 2 outputs"):
        single([1.0, 2.0])
    layer.neurons[:2] = Neuron(2, "relu", seed=1), lone  # the first says that this is no softmax layer
    with pytest.raises(ValueError, match=r"needs all the z of a layer: write .* or layer.activation = 'softmax'"):
        layer([1.0, 2.0])


def test_a_layer_without_neurons_makes_an_empty_list():
    model = MLP(2, [3, 1], seed=0)
    model.layers[0].neurons = []
    assert model.layers[0]([1.0, 2.0]) == []
    assert (repr(model.layers[0]), repr(model)) == (
        "Layer of any → 0 none",
        "MLP of any → 0 none → 1 identity (4 parameters)",
    )
    with pytest.raises(ValueError, match=r"one data point needs 3 input\(s\) here, got 0"):
        model([1.0, 2.0])
    with pytest.raises(ValueError, match="neurons of this layer differ: none; ask each neuron"):
        model.layers[0].activation  # noqa: B018
    model.layers = []
    assert repr(model) == "MLP of any →  (0 parameters)"


def set_data(model, _):
    for p in model.parameters():
        p.data = p.data * 0.5 + 0.25


def step(optimizer):
    def change(model, _):
        updates = optimizer(model.parameters())
        (model([1.0, 2.0]) ** 2 + model.parameters()[0]).backward()
        updates.step()

    return change


WRITERS = {
    "data": set_data,
    "sgd": step(lambda p: SGD(p, lr=0.1)),
    "momentum": step(lambda p: SGD(p, lr=0.1, momentum=0.9)),
    "adam": step(lambda p: Adam(p, lr=0.1)),
    "load_state_dict": lambda model, _: model.load_state_dict(dict.fromkeys(model.state_dict(), 0.5)),
    "fit": lambda model, _: fit(model, [[1.0, 2.0]], [3.0], squared_loss, steps=3, seed=0, progress=False),
    "fit with batches": lambda model, _: fit(
        model, [[1.0, 2.0], [2.0, 1.0]], [3.0, 0.0], squared_loss, steps=3, batch_size=2, seed=0, progress=False
    ),
    "replaced": lambda model, _: model.layers[0].neurons[0].w.__setitem__(0, Value(4.0)),
    "loaded": lambda model, path: (
        save(model, path),
        set_data(model, path),
        model.load_state_dict(load(path).state_dict()),
    ),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_whoever_sets_the_weights_the_next_call_sees_them(writer, tmp_path):
    model = MLP(2, [3, 1], "tanh", seed=0)
    for _ in range(2):
        model([1.0, 2.0])
        WRITERS[writer](model, tmp_path / "model.json")
        anew = copy.deepcopy(model)
        assert model([1.0, 2.0]).data == anew([1.0, 2.0]).data


def test_bare_numbers_as_weights_are_constants():
    neuron = Neuron(2, "identity", seed=0)
    neuron([1.0, 1.0])
    neuron.w[0] = 2.0
    neuron.b = 0.5
    y = neuron([1.0, Value(1.0)])
    y.backward()
    assert y.data == 2.5 + neuron.w[1].data
    assert (neuron.w[1].grad, neuron.parameters()) == (1.0, [neuron.w[1]])
    neuron.w = [3.0, 4.0]
    assert [neuron([1.0, 1.0]).data for _ in range(2)] == [7.5, 7.5]
    neuron.w = [Value(1.0), 4.0]
    assert neuron([1.0, 1.0]).data == 5.5


@pytest.mark.parametrize("kind", [list, tuple, lambda values: np.array(values, dtype=object)])
def test_weights_in_a_list_a_tuple_or_an_array(kind):
    neuron = Neuron(2, "identity", seed=0)
    w = neuron.w = kind([Value(3.0), Value(4.0)])
    y = [neuron([1.0, x]) for x in (2.0, 3.0)]
    assert [a.data for a in y] == [11.0, 15.0]
    total(y).backward()
    assert ([v.grad for v in w], neuron.b.grad, neuron.parameters()) == ([2.0, 5.0], 2.0, [*w, neuron.b])


def test_a_zero_that_changed_its_sign_is_read_again():
    neuron = Neuron(1, "identity", bias=False, seed=0)
    for zero in (0.0, -0.0):
        neuron.w[0].data = zero
        x = Value(1.0)
        (slope,) = grad(neuron([x]), [x])
        assert math.copysign(1.0, slope.data) == math.copysign(1.0, zero)


def test_new_names_count_at_the_next_call():
    model = MLP(2, [2, 1], seed=0)
    model([1.0, 2.0])
    model.layers.insert(1, Layer(2, 2, seed=1))
    model.name_nodes()
    assert [a.label for a in model([1.0, 2.0]).parents[0].parents[2:4]] == ["a^2_1", "a^2_2"]


def test_graphs_of_a_network_are_freed_without_the_collector():
    model = MLP(2, [3, 1], seed=0)
    gc.collect()
    gc.disable()
    try:
        model([1.0, 2.0]).backward()
        before = sum(issubclass(type(thing), Value) for thing in gc.get_objects())
        for _ in range(20):
            model([1.0, 2.0]).backward()
        assert sum(issubclass(type(thing), Value) for thing in gc.get_objects()) == before
    finally:
        gc.enable()


# --- labels and roles -------------------------------------------------------------------------------------------------


def test_labels_of_a_neuron_alone():
    neuron = Neuron(2, seed=0)
    a = neuron([1.0, 2.0])
    assert labels(topological_order(a)) == ["w_1", "w_2", "x_1", "x_2", "b", "z", "a"]
    assert labels(neuron.parameters()) == ["w_1", "w_2", "b"]
    assert neuron.preactivation([1.0, 2.0]).label == "z"


def test_labels_of_a_layer_alone():
    layer = Layer(2, 3, seed=0)
    assert labels(layer.neurons[2].parameters()) == ["w_{3,1}", "w_{3,2}", "b_3"]
    assert labels(layer([1.0, 2.0])) == ["a^1", "a^2", "a^3"]
    assert [a.parents[0].label for a in layer([1.0, 2.0])] == ["z^1", "z^2", "z^3"]


def test_labels_of_a_network():
    model = MLP(2, [3, 2], seed=0)
    assert labels(model.layers[1].neurons[1].parameters()) == ["w^2_{2,1}", "w^2_{2,2}", "w^2_{2,3}", "b^2_2"]
    g = model([1.0, 2.0])
    assert labels(g) == ["g_1", "g_2"]
    z = g[1].parents[0]
    assert z.label == "z^2_2"
    assert labels(z.parents[3:6]) == ["a^1_1", "a^1_2", "a^1_3"]
    assert MLP(2, [3, 1])([1.0, 2.0]).label == "g"


@pytest.mark.parametrize(
    "x", [[1, 2.0], (1.0, 2), np.array([1.0, 2.0]), np.array([1, 2]), iter([1.0, 2.0]), [np.float32(1), True + 1]]
)
def test_bare_numbers_become_labelled_inputs_without_a_gradient(x):
    g = MLP(2, [2, 1], "identity", seed=0)(x)
    g.backward()
    inputs = [node for node in topological_order(g) if node.role == "input"]
    assert [(node.label, node.data, node.varies, node.grad) for node in inputs] == [
        ("x_1", 1.0, False, 0.0),
        ("x_2", 2.0, False, 0.0),
    ]


def test_values_as_inputs_get_gradients_and_keep_their_labels():
    named, unnamed = Value(1.0, label="age"), Value(2.0)
    computed = named * 2
    neuron = Neuron(3, "identity", seed=0)
    neuron([named, unnamed, computed]).backward()
    assert labels([named, unnamed, computed]) == ["age", "x_2", ""]
    assert unnamed.grad == neuron.w[1].data
    assert named.grad == neuron.w[0].data + 2 * neuron.w[2].data


def test_one_input_may_stand_alone():
    model = MLP(1, [2, 1], seed=0)
    assert model(0.5).data == model([0.5]).data == model(Value(0.5)).data == model(np.float64(0.5)).data


def test_roles():
    model = MLP(2, [2, 1], seed=0)
    assert {p.role for p in model.parameters()} == {"parameter"}


# --- initial weights --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("f", [*ACTIVATIONS, swish, ops.leaky_relu.bind(slope=0.2)])
def test_initial_weights_suit_the_activation(f):
    d, m = 50, 40
    layer = Layer(d, m, f, seed=0)
    name = f if isinstance(f, str) else f.name
    variance = 2 / d if name in [op.name for op in RELU_FAMILY] else 2 / (d + m)
    w = [w.data for neuron in layer.neurons for w in neuron.w]
    assert max(map(abs, w)) <= math.sqrt(3 * variance)
    assert np.var(w) == pytest.approx(variance, rel=0.08)
    assert abs(np.mean(w)) < 3 * math.sqrt(variance / len(w))
    assert {neuron.b.data for neuron in layer.neurons} == {0.0}


def weights(model):
    return [p.data for p in model.parameters()]


def test_seeds():
    build = lambda seed: weights(MLP(3, [4, 2], seed=seed))  # noqa: E731
    assert build(7) == build(7) == build(random.Random(7)) == build(np.int64(7))
    assert build(7) != build(8)
    random.seed(1337)
    first, second = build(None), build(None)
    random.seed(1337)
    assert build(None) == first != second
    random.seed(1337)
    assert weights(MLP(3, [4, 2])) == first, "which it does by itself"
    state = random.getstate()
    build(3)
    assert random.getstate() == state, "a seed of one's own leaves the random module alone"
    rng = random.Random(5)
    assert build(rng) != build(rng), "a generator goes on"
    assert len(set(build(7))) == 3 * 4 + 4 * 2 + 1, "the layers do not repeat each other"


# --- modules ----------------------------------------------------------------------------------------------------------


class Tied(Module):
    def __init__(self):
        self.first = Layer(2, 2, seed=0)
        self.again = self.first
        self.scale = Value(2.0)
        self.extra = {"offset": Value(1.0), "more": (Value(3.0), [Neuron(1, seed=1)])}
        self.seen = self.scale * 2  # computed: no parameter
        self.constant = (self.scale + 1).parents[1]
        self.parent = self
        self.name = "tied"


def test_parameters_of_a_module():
    tied = Tied()
    names = [name for name, _ in tied.named_parameters()]
    assert names == [
        *(f"first.neurons.{j}.{p}" for j in (0, 1) for p in ("w.0", "w.1", "b")),
        "scale",
        "extra.offset",
        "extra.more.0",
        "extra.more.1.0.w.0",
        "extra.more.1.0.b",
    ]
    assert tied.parameters() == [value for _, value in tied.named_parameters()]
    assert Module().parameters() == []
    tied.twice, tied.most = tied.scale, [tied.scale, tied.first.neurons[0].b]
    assert tied.parameters() == [value for _, value in tied.named_parameters()]
    assert len(tied.parameters()) == len(names)
    assert [name for name, _ in tied.named_parameters()] == names


def test_a_module_deeper_than_the_recursion_limit():
    root = inner = Module()
    for _ in range(2000):
        inner.child = Module()
        inner = inner.child
    inner.p = Value(1.0)
    assert root.parameters() == [inner.p]


def test_values_in_object_arrays_are_parameters():
    class Linear(Module):
        def __init__(self):
            self.W = np.array([[Value(0.1), Value(0.2)], [Value(0.3), 4.0]], dtype=object)
            self.b = [Value(0.0), np.array(Value(1.0))]
            self.row = self.W[0]
            self.data = np.ones((2, 2))

    model = Linear()
    assert [name for name, _ in model.named_parameters()] == ["W.0.0", "W.0.1", "W.1.0", "b.0", "b.1.0"]
    model.W[0, 1] = model.W
    assert [name for name, _ in model.named_parameters()] == ["W.0.0", "W.1.0", "b.0", "b.1.0"]


def test_values_in_many_tables_are_all_found():
    """The rows of an array are lists that live for a moment: one may get the place in memory of another."""
    module = Module()
    module.tables = [np.array([[Value(1.0), 2], [Value(3.0), 4]], dtype=object) for _ in range(20)]
    assert module.parameters() == [value for table in module.tables for value in table[:, 0]]


def test_a_constant_is_frozen_and_still_saved():
    model = MLP(2, [2, 1], "tanh", seed=0)
    first, *others = model.parameters()
    optimizers, state = [SGD(model.parameters(), 0.1, momentum=0.5), Adam(model.parameters())], model.state_dict()
    first.role = "constant"
    assert model.parameters() == others
    assert model.state_dict() == state
    for optimizer in optimizers:
        first.grad = 3.0
        model([1.0, 2.0]).backward()
        optimizer.step()
    assert first.data == state["layers.0.neurons.0.w.0"]
    assert all(p.data != state[name] for name, p in model.named_parameters())
    model.load_state_dict(state)
    assert model.state_dict() == state
    first.role = "parameter"
    model.zero_grad()
    model([1.0, 2.0]).backward()
    assert first.grad != 0.0


def test_names_are_found_in_linear_time():
    module = Module()
    module.values = {i: Value(1.0) for i in range(100_000)} | {"0": Value(2.0)}
    with pytest.raises(ValueError, match=r"two called 'values.0'"):
        module.state_dict()


def test_zero_grad():
    model = MLP(2, [2, 1], seed=0)
    model([1.0, 2.0]).backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert [p.grad for p in model.parameters()] == [0.0] * 9


def test_state_dict_goes_round():
    one, two = MLP(2, [3, 1], seed=0), MLP(2, [3, 1], seed=1)
    assert weights(one) != weights(two)
    two.load_state_dict(one.state_dict())
    assert weights(one) == weights(two)
    assert one([1.0, 2.0]).data == two([1.0, 2.0]).data


def test_what_a_module_keeps_of_its_inputs_is_no_parameter():
    class Keeping(Neuron):
        def __call__(self, x):
            self.last = [Value(x_i) for x_i in x]
            self.first = self.last[0]
            for leaf in self.last:
                leaf.role = "input"
            return super().__call__(self.last)

    model = Keeping(2, seed=0)
    before = model.state_dict()
    model([1.0, 2.0]).backward()
    assert model.state_dict() == before
    assert model.parameters() == [*model.w, model.b]
    slope = model.last[0].grad
    model.zero_grad()
    assert model.last[0].grad == slope != 0.0


def test_names_that_are_the_same_are_refused():
    module = Module()
    module.scales = {1: Value(1.0), "1": Value(2.0)}
    assert [p.data for p in module.parameters()] == [1.0, 2.0]
    for call in (module.state_dict, module.named_parameters, lambda: module.load_state_dict({"scales.1": 3.0})):
        with pytest.raises(ValueError, match=r"names that differ, got two called 'scales.1'; choose other dict keys"):
            call()


def test_load_state_dict_is_all_or_nothing():
    neuron = Neuron(2, seed=0)
    good, before = {"w.0": 1.0, "w.1": 2.0, "b": 3.0}, weights(neuron)
    cases = [
        (KeyError, r"one number for each of the 3 parameters, got 2; missing: \['b'\]", {"w.0": 1.0, "w.1": 2.0}),
        (KeyError, r"unexpected: \['c'\]", good | {"c": 1.0}),
        (TypeError, "b needs a real number, got str '3'", good | {"b": "3"}),
        (TypeError, "b needs a real number, got Value .*; write its .data", good | {"b": neuron.b}),
        (OverflowError, "too large for it for 'b'", good | {"b": 10**400}),
        (TypeError, "needs a dict of name: number, got list", [1.0, 2.0, 3.0]),
    ]
    for kind, words, state in cases:
        with pytest.raises(kind, match=words):
            neuron.load_state_dict(state)
        assert weights(neuron) == before
    neuron.load_state_dict(good)
    assert weights(neuron) == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("called", [False, True])
def test_a_deep_copy_is_independent(called):
    model = MLP(2, [3, 1], seed=0)
    if called:
        model([1.0, 2.0])
    twin = copy.deepcopy(model)
    assert twin([1.0, 2.0]).data == model([1.0, 2.0]).data
    for p in twin.parameters():
        p.data = 0.0
    assert twin([1.0, 2.0]).data == 0.0
    assert model([1.0, 2.0]).data != 0.0
    twin([1.0, 2.0]).backward()
    assert [p.grad for p in model.parameters()] == [0.0] * 13
    assert labels(twin.parameters()) == labels(model.parameters())
    assert {p.role for p in twin.parameters()} == {"parameter"}


def test_reprs():
    assert repr(Neuron(2, "tanh")) == "Neuron of 2 → tanh"
    assert repr(Layer(2, 3, bias=False)) == "Layer of 2 → 3 relu, no bias"
    assert repr(MLP(2, [4, 1], swish)) == "MLP of 2 → 4 swish → 1 identity (17 parameters)"
    assert len(repr(MLP(2, [3] * 100))) < 200
    one = "1 relu → "
    assert repr(MLP(1, [1] * 8)) == f"MLP of 1 → {one * 7}1 identity (16 parameters)"
    assert repr(MLP(1, [1] * 9)) == f"MLP of 1 → {one * 4}… 2 more layers … → {one * 2}1 identity (18 parameters)"


def test_a_layer_of_functions_has_no_activation():
    layer = Layer(1, 2, seed=0)
    layer.neurons = [abs, abs]
    with pytest.raises(ValueError, match="the neurons of this layer differ: abs; ask each neuron for its own"):
        layer.activation  # noqa: B018


# --- what is refused --------------------------------------------------------------------------------------------------


class Frame(list):
    """What is known of a DataFrame: it has rows at .iloc, two dimensions, and iterates over the names of its columns."""

    iloc, ndim = (), 2


REFUSED = [
    (ValueError, r"one data point needs 2 input\(s\) here, got 3", lambda: Neuron(2)([1.0, 2.0, 3.0])),
    (ValueError, r"one data point needs 2 input\(s\) here, got 1", lambda: Layer(2, 2)([1.0])),
    (ValueError, r"one data point needs 2 input\(s\) here, got 0", lambda: MLP(2, [2])([])),
    (ValueError, r"one data point needs 2 input\(s\) here, got 1", lambda: MLP(2, [2])(Value(1.0))),
    (TypeError, "a list of numbers or Values, got str 'ab'", lambda: Neuron(2)("ab")),
    (TypeError, "a list of numbers or Values, got dict", lambda: Neuron(2)({"a": 1.0, "b": 2.0})),
    (TypeError, "needs a real number, got list", lambda: Neuron(2)(np.ones((2, 2)))),
    (TypeError, r"got list \[1.0, 2.0\]; give one data point at a time: \[model\(x\) for x in X\]", lambda: MLP(2, [1])([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])),
    (TypeError, r"got ndarray .*; give one data point at a time: \[model\(x\) for x in X\]", lambda: Layer(1, 2)([np.ones(2)])),
    (TypeError, r"one data point at a time: model\(df.iloc\[0\]\), or all: vectorize\(model\).map\(df\)", lambda: MLP(2, [1])(Frame())),
    (TypeError, "needs a real number, got NoneType", lambda: Neuron(1)(None)),
    (ValueError, "one of identity, relu, leaky_relu, softplus, gelu, sigmoid, tanh, sin, softmax; got 'rulu'", lambda: Neuron(2, "rulu")),
    (ValueError, "got 'Relu'; did you mean 'relu'", lambda: MLP(2, [2, 1], "Relu")),
    (ValueError, "got 'LeakyReLU'; did you mean 'leaky_relu'", lambda: Layer(2, 2, "LeakyReLU")),
    (ValueError, r"got 'swish'; make your own: Op\(name, value=..., derivatives=", lambda: MLP(2, [2, 1], ["swish", "relu"])),
    (ValueError, "got 'Tanh'; did you mean 'tanh'", lambda: setattr(Neuron(2), "activation", "Tanh")),
    (TypeError, r"got the number 1; all the sizes stand in one list: MLP\(2, \[16, 16, 1\]\)", lambda: MLP(2, [16, 16], 1)),
    (TypeError, r"got the number 1; all the sizes stand in one list: MLP\(2, \[16, 1\]\)", lambda: MLP(2, 16, 1)),
    (ValueError, "one of identity.*got 'exp'", lambda: Neuron(2, "exp")),
    (TypeError, "an Op or one of identity.*got <built-in function exp>", lambda: Neuron(2, math.exp)),
    (ValueError, r"an Op of one input z, got Op\('mul'\)", lambda: Neuron(2, ops.mul)),
    (ValueError, "softmax needs all the z of a layer", lambda: Neuron(2, "softmax")),
    (ValueError, "softmax needs at least 2 outputs", lambda: Layer(2, 1, "softmax")),
    (ValueError, "n_inputs needs an int of at least 1, got 0", lambda: Neuron(0)),
    (ValueError, "n_outputs needs an int of at least 1, got -1", lambda: Layer(2, -1)),
    (TypeError, "n_inputs needs an int of at least 1, got 2.0", lambda: MLP(2.0, [1])),
    (TypeError, "n_inputs needs an int of at least 1, got True", lambda: Neuron(True)),
    (TypeError, r"n_inputs needs an int of at least 1, got (np\.)?True", lambda: Neuron(np.True_)),
    (ValueError, r"n_inputs needs an int of at least 1, got np\.int64\(0\)", lambda: Neuron(np.int64(0))),
    (TypeError, "seed needs an int, a random.Random or None, got bool", lambda: Neuron(2, seed=np.True_)),
    (TypeError, "each of layer_sizes needs an int of at least 1, got '3'", lambda: MLP(2, ["3"])),
    (TypeError, r"layer_sizes needs a list, one size per layer like \[16, 1\], got 16", lambda: MLP(2, 16)),
    (TypeError, r"layer_sizes needs a list, .*got {3, 1}|{1, 3}", lambda: MLP(2, {3, 1})),
    (TypeError, "activations need a name, an Op, or a list.*got b'relu'", lambda: MLP(2, [3, 1], b"relu")),
    (TypeError, "activations need a name, an Op, or a list.*got {", lambda: MLP(2, [3, 1], {"relu", "tanh"})),
    (ValueError, "layer_sizes needs at least one layer, got none", lambda: MLP(2, [])),
    (ValueError, "activations need one per layer, so 2, or a single name; got 1", lambda: MLP(2, [2, 1], ["relu"])),
    (TypeError, "activations need a name, an Op, or a list with one per layer, got None", lambda: MLP(2, [1], None)),
    (ValueError, "one of identity.*got 'x'", lambda: MLP(2, [1], "x")),
    (TypeError, "bias says whether there is one: True or False, got 0.5", lambda: Neuron(2, bias=0.5)),
    (TypeError, "seed needs an int, a random.Random or None, got str 'a'", lambda: Neuron(2, seed="a")),
    (TypeError, "seed needs an int, a random.Random or None, got bool True", lambda: Neuron(2, seed=True)),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "words", "call"), REFUSED)
def test_refusals(kind, words, call):
    with pytest.raises(kind, match=words):
        call()


IMPORT = "import sys; sys.path.insert(0, sys.argv[1])\ntry: import {}\nexcept ImportError as error: print(error)"
OUR_FOLDER = Path(autograd.__file__).parent


def said_by_import(package, folder):
    """What Python says about `import package`, when this folder comes first."""
    command = [sys.executable, "-c", IMPORT.format(package), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip(), done.stderr.strip()


@pytest.mark.parametrize("package", ["nn", "viz"])
def test_another_projects_autograd_is_named(package, tmp_path):
    fake = tmp_path / "autograd"
    fake.mkdir()
    (fake / "__init__.py").write_text("def grad(): pass\n")
    assert said_by_import(package, tmp_path) == (
        f"nn and viz need sigmagrad's autograd, but the package `autograd` at {fake / '__init__.py'} is another "
        "project's; install sigmagrad into a virtual environment of its own",
        "",
    )


@pytest.mark.parametrize("package", ["nn", "viz"])
def test_our_autograd_over_another_projects_says_so_and_works(package, tmp_path):
    shutil.copytree(OUR_FOLDER, tmp_path / "autograd")
    (tmp_path / "autograd" / "numpy").mkdir()
    out, err = said_by_import(package, tmp_path)
    assert out == ""
    assert err.count("UserWarning") == 1
    assert (
        f"sigmagrad's autograd lies over another project's in {tmp_path / 'autograd'}, which is broken by that" in err
    )


def test_our_autograd_after_another_project_has_gone_is_named(tmp_path):
    for package in ("autograd", "nn"):
        shutil.copytree(OUR_FOLDER.parent / package, tmp_path / package)
    (tmp_path / "autograd" / "__init__.py").unlink()
    program = "import sys; sys.meta_path = [f for f in sys.meta_path if 'editable' not in str(f)]\n" + IMPORT.format(
        "nn"
    )
    command = [sys.executable, "-I", "-S", "-c", program, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == (
        "nn and viz need sigmagrad's autograd, but the package `autograd` lost its __init__.py with another project's; "
        "reinstall sigmagrad into a virtual environment of its own"
    )


@pytest.mark.parametrize("weights", [Value(2.0), None, 0.5, {0: Value(1.0)}])
def test_weights_that_are_no_list_are_refused_in_words(weights):
    neuron = Neuron(1, seed=0)
    neuron.w = weights
    with pytest.raises(TypeError, match=r"neuron\.w needs a list of weights: \[Value\(0\.5\), Value\(-1\.0\)\], got "):
        neuron([1.0])
    neuron.w = [Value(0.5)]
    assert neuron([1.0]).data == 0.5


@pytest.mark.parametrize("f", [math.tanh, np.tanh, Value.tanh])
def test_a_function_with_the_name_of_an_activation_is_told_that_name(f):
    with pytest.raises(TypeError, match=r"an activation is an Op or one of .*; did you mean 'tanh'\?"):
        Neuron(2, f)
    with pytest.raises(TypeError, match=r"make your own: Op\(name"):
        Neuron(2, lambda z: z)
