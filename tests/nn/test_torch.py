"""to_torch and from_torch: equal outputs and gradients, to twelve digits."""

import sys

import numpy as np
import pytest

from autograd import Op, Value, ops, total, vectorize
from nn import MLP, Layer, Neuron, squared_loss
from nn.torch import from_torch, to_torch

torch = pytest.importorskip("torch", reason="needs torch, an extra")
rng = np.random.default_rng(5)
X, Y = rng.normal(size=(7, 3)), rng.normal(size=(7, 2))
ACTIVATIONS = [
    "identity",
    "relu",
    "sigmoid",
    "tanh",
    "leaky_relu",
    "softplus",
    "gelu",
    "sin",
    ops.leaky_relu.bind(slope=0.3),
]
CLOSE = {"rtol": 1e-12, "atol": 1e-12}


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("activation", ACTIVATIONS, ids=str)
@pytest.mark.parametrize("last", ["identity", "softmax"])
def test_outputs_and_gradients_are_equal(activation, last, bias):
    model = MLP(3, [5, 4, 2], [activation, activation, last], bias=bias, seed=1)
    twin = to_torch(model)
    loss = vectorize(lambda x, y: total([squared_loss(a, b) for a, b in zip(model(x), y, strict=True)]))
    J = loss(X, Y)
    outputs = twin(torch.tensor(X))
    np.testing.assert_allclose(outputs.detach().numpy(), vectorize(model).map(X), **CLOSE)
    error = ((outputs - torch.tensor(Y)) ** 2).sum(dim=1).mean()
    error.backward()
    assert error.item() == pytest.approx(J.data, rel=1e-12)
    J.backward()
    for layer, linear in zip(model.layers, [m for m in twin if isinstance(m, torch.nn.Linear)], strict=True):
        np.testing.assert_allclose(linear.weight.grad.numpy(), [[w.grad for w in n.w] for n in layer.neurons], **CLOSE)
        assert (linear.bias is None) == (not bias)
        if bias:
            np.testing.assert_allclose(linear.bias.grad.numpy(), [n.b.grad for n in layer.neurons], **CLOSE)


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=str)
def test_there_and_back_again(activation):
    model = MLP(3, [4, 2], [activation, "softmax"], seed=1)
    back = from_torch(to_torch(model))
    assert [p.data for p in back.parameters()] == [p.data for p in model.parameters()]
    assert [layer.activation for layer in back.layers] == [layer.activation for layer in model.layers]
    assert vectorize(back).map(X).tolist() == vectorize(model).map(X).tolist()


def test_layers_neurons_and_nested_sequentials():
    for model in (Layer(3, 2, "tanh", seed=0), Neuron(3, "sigmoid", seed=0)):
        outputs = to_torch(model)(torch.tensor(X))
        wanted = [[a.data for a in made] if isinstance(made := model(x), list) else [made.data] for x in X]
        np.testing.assert_allclose(outputs.detach().numpy(), wanted, **CLOSE)
    nested = torch.nn.Sequential(
        torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh()), torch.nn.Linear(4, 1, bias=False)
    )
    model = from_torch(nested)
    wanted = nested.double()(torch.tensor(X)).detach().numpy()[:, 0]
    np.testing.assert_allclose(vectorize(model).map(X), wanted, rtol=1e-12)


own = Op("own", value=lambda z: z * z, derivatives=[lambda a, z: 2.0 * z])


class Doubled(Layer):
    def __call__(self, x):
        return [2.0 * a for a in super().__call__(x)]


def changed(change):
    model = MLP(2, [2, 1], seed=0)
    change(model)
    return model


class Halved(torch.nn.Linear):
    def forward(self, x):
        return super().forward(x) / 2


class Twice(torch.nn.Sequential):
    def forward(self, x):
        return 2 * super().forward(x)


REFUSED = [
    (lambda: from_torch(torch.nn.Sequential(Halved(2, 1))), ValueError, "knows Linear and the activations of nn, got Halved"),
    (lambda: from_torch(Twice(torch.nn.Linear(2, 1))), ValueError, "knows Linear and the activations of nn, got Twice"),
    (lambda: from_torch(torch.nn.Sequential(torch.nn.Linear(2, 1), type("Off", (torch.nn.Identity,), {"forward": lambda self, z: -z})())), ValueError, "got Off"),
    (lambda: to_torch(MLP(2, [2, 1], own)), ValueError, r"knows PyTorch's activations, and Op\('own'\) is none"),
    (lambda: to_torch(3), TypeError, "needs a Neuron, Layer or MLP, got int 3"),
    (lambda: to_torch(changed(lambda m: setattr(m.layers[0].neurons[1], "activation", "tanh"))), ValueError, "to_torch needs layers whose neurons are all of one kind"),
    (lambda: to_torch(changed(lambda m: setattr(m.layers[0].neurons[1], "b", None))), ValueError, "to_torch needs layers whose neurons are all of one kind"),
    (lambda: to_torch(changed(lambda m: m.layers.__setitem__(0, Doubled(2, 2, seed=0)))), ValueError, "to_torch needs layers whose neurons are all of one kind"),
    (lambda: to_torch(Doubled(2, 2)), TypeError, "needs a Neuron, Layer or MLP, got Doubled"),
    (lambda: from_torch(3), TypeError, r"needs a torch\.nn\.Sequential, got int 3"),
    (lambda: from_torch(torch.nn.Sequential(torch.nn.ReLU())), ValueError, "one activation after each Linear"),
    (lambda: from_torch(torch.nn.Sequential()), ValueError, "at least one Linear"),
    (lambda: from_torch(torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Dropout())), ValueError, "got Dropout"),
    (lambda: from_torch(torch.nn.Sequential(torch.nn.Conv2d(1, 1, 1))), ValueError, "knows Linear and the activations of nn, got Conv2d"),
    (lambda: from_torch(torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Softplus(beta=2))), ValueError, "with beta=1"),
    (lambda: from_torch(torch.nn.Sequential(torch.nn.Linear(2, 3), type("ReLU", (torch.nn.Module,), {})())), ValueError, "got ReLU"),
    (lambda: from_torch(torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.GELU("tanh"))), ValueError, "the exact GELU"),
    (lambda: from_torch(torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Softmax(dim=0))), ValueError, "dim=-1"),
    (lambda: from_torch(torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Linear(4, 1))), ValueError, "layers that fit"),
    (lambda: from_torch(torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Tanh())), ValueError, "where none belongs"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "kind", "words"), REFUSED)
def test_what_has_no_equal_is_refused(call, kind, words):
    with pytest.raises(kind, match=words):
        call()


def test_without_torch_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match=r"needs PyTorch: pip install torch$"):
        to_torch(Neuron(2))


def test_a_module_that_stands_twice_counts_twice():
    f, linear = torch.nn.Tanh(), torch.nn.Linear(3, 3, dtype=torch.float64)
    twice = torch.nn.Sequential(linear, f, torch.nn.Sequential(linear, f))
    wanted = twice(torch.tensor(X)).detach().numpy()
    np.testing.assert_allclose(vectorize(from_torch(twice)).map(X), wanted, rtol=1e-12)


def test_a_softplus_is_right_where_pytorchs_own_would_jump():
    model = Neuron(1, "softplus", seed=0)
    model.w[0].data = 1.0
    with torch.no_grad():
        for z in (21.0, 30.0, 600.0):
            (found,) = to_torch(model)(torch.tensor([z], dtype=torch.float64)).tolist()
            assert found == pytest.approx(model([z]).data, rel=1e-15)


def test_a_softmax_over_the_outputs_may_say_so_in_two_ways():
    for dim in (-1, 1):
        model = from_torch(torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Softmax(dim=dim)))
        assert model.layers[0].activation.name == "softmax"


def test_a_module_that_does_nothing_is_passed_over():
    nn = torch.nn
    model = from_torch(nn.Sequential(nn.Identity(), nn.Linear(3, 2), nn.Identity(), nn.Tanh(), nn.Linear(2, 1)))
    assert repr(model) == "MLP of 3 → 2 tanh → 1 identity (11 parameters)"


def test_a_class_of_ones_own_may_be_a_sequential():
    class Net(torch.nn.Sequential):
        def __init__(self):
            super().__init__(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))

    assert repr(from_torch(Net())) == "MLP of 2 → 3 tanh → 1 identity (13 parameters)"


def test_a_tensor_of_one_number_is_a_number():
    x, y = torch.tensor(3.0, dtype=torch.float64, requires_grad=True), torch.tensor(True)
    assert (Value(x).data, (Value(2.0) * x).data, squared_loss(Value(2.0), y).data) == (3.0, 6.0, 1.0)
    assert Value(2.0) < x
    with pytest.raises(TypeError, match="a Value needs a real number, got complex 1j"):
        Value(torch.tensor(1j))
