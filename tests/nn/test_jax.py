"""to_jax: the matrix program under jit and grad, and spread over devices."""

import os
import subprocess
import sys

import numpy as np
import pytest

from autograd import vectorize
from nn import MLP, cross_entropy_from_logits, nll_loss, squared_loss
from nn.jax import to_jax

jax = pytest.importorskip("jax", reason="needs jax, an extra")
rng = np.random.default_rng(5)
X = rng.normal(size=(8, 3))
NUMBERS, CLASSES, BITS = rng.normal(size=8), rng.integers(3, size=8), rng.integers(2, size=8)
PROGRAMS = [
    *(([5, 1], [f, "identity"], squared_loss, NUMBERS) for f in ("relu", "sigmoid", "tanh", "softplus", "gelu", "sin")),
    ([5, 3], ["tanh", "identity"], cross_entropy_from_logits, CLASSES),
    ([5, 3], ["relu", "identity"], cross_entropy_from_logits, np.eye(3)[CLASSES]),
    ([5, 1], ["leaky_relu", "sigmoid"], nll_loss, BITS),
]


@pytest.fixture(autouse=True)
def _float64():
    with jax.enable_x64(True):
        yield


def program_of(sizes, activations, loss, y, seed=1):
    model = MLP(3, sizes, activations, seed=seed)
    return model, vectorize(lambda x, t: loss(model(x), t))


@pytest.mark.parametrize(("sizes", "activations", "loss", "y"), PROGRAMS)
def test_value_and_gradients_equal_the_programs(sizes, activations, loss, y):
    model, program = program_of(sizes, activations, loss, y)
    J = program(X, y)
    value, gradients = jax.jit(jax.value_and_grad(to_jax(program)))(program.arrays(), X, y.astype(float))
    assert float(value) == pytest.approx(J.data, rel=1e-12)
    J.backward()
    for number, layer in enumerate(model.layers, 1):
        wanted = [[w.grad for w in neuron.w] for neuron in layer.neurons]
        np.testing.assert_allclose(gradients[f"W{number}"], wanted, rtol=1e-11, atol=1e-13)
        np.testing.assert_allclose(
            gradients[f"b{number}"][:, 0], [n.b.grad for n in layer.neurons], rtol=1e-11, atol=1e-13
        )


def test_frozen_tied_and_bare_numbers_are_trained_as_here():
    model = MLP(3, [3, 3, 1], ["tanh", "tanh", "identity"], seed=0)
    model.layers[1] = model.layers[0]
    frozen, tied, bare = model.layers[0].neurons[0].w[0], model.layers[0].neurons[1].w[2], model.layers[2].neurons[0]
    frozen.role, bare.b = "constant", 0.25
    before, program = frozen.data, vectorize(lambda x, t: squared_loss(model(x) + 2.0 + tied, t))
    program(X, NUMBERS)
    step, arrays = jax.jit(jax.value_and_grad(to_jax(program))), program.arrays()
    for _ in range(5):
        J = program(X, NUMBERS)
        value, gradients = step(arrays, X, NUMBERS)
        assert float(value) == pytest.approx(J.data, rel=1e-12)
        arrays = {name: array - 0.1 * gradients[name] for name, array in arrays.items()}
        model.zero_grad()
        J.backward()
        for p in model.parameters():
            p.data -= 0.1 * p.grad
    assert any((array == before).any() for array in arrays.values())


def test_a_program_without_parameters():
    program = vectorize(lambda x: x[0] * x[1])
    wanted = program.map(X[:, :2])
    np.testing.assert_allclose(to_jax(program)(program.arrays(), X[:, :2]), wanted.mean(), rtol=1e-13)


def test_outputs():
    model = MLP(3, [4, 2], "tanh", seed=0)
    program = vectorize(model)
    wanted = program.map(X)
    np.testing.assert_allclose(to_jax(program)(program.arrays(), X), wanted, rtol=1e-13)


SHARDED = """
import jax, numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from autograd import vectorize
from nn import MLP, squared_loss
from nn.jax import to_jax

jax.config.update("jax_enable_x64", True)
assert len(jax.devices()) == 4, jax.devices()
rng = np.random.default_rng(0)
X, y = rng.normal(size=(64, 3)), rng.normal(size=64)
model = MLP(3, [8, 1], "tanh", seed=0)
program = vectorize(lambda x, t: squared_loss(model(x), t))
J = program(X, y)
step = jax.jit(jax.value_and_grad(to_jax(program)))
mesh = Mesh(np.array(jax.devices()), ("data",))
rows = NamedSharding(mesh, PartitionSpec("data"))
spread = jax.device_put(X, rows), jax.device_put(y, rows)
assert len(spread[0].sharding.device_set) == 4
one, one_gradients = step(program.arrays(), X, y)
four, four_gradients = step(program.arrays(), *spread)
assert abs(float(four) - J.data) < 1e-12
for name in one_gradients:
    np.testing.assert_allclose(four_gradients[name], one_gradients[name], rtol=1e-12, atol=1e-14)
print("equal")
"""


def test_spread_over_four_devices_it_gives_the_same():
    environment = os.environ | {"XLA_FLAGS": "--xla_force_host_platform_device_count=4", "JAX_PLATFORMS": "cpu"}
    run = subprocess.run(
        [sys.executable, "-c", SHARDED], env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert run.stdout.strip() == "equal", run.stderr[-2000:]


def test_what_is_no_program_is_refused():
    with pytest.raises(TypeError, match=r"to_jax needs a program, got int 3; write vectorize\(f\)"):
        to_jax(3)
    with pytest.raises(RuntimeError, match=r"known once the function has been traced"):
        to_jax(vectorize(lambda x: x))


def test_without_jax_it_says_what_to_install(monkeypatch):
    _, program = program_of([2, 1], "tanh", squared_loss, NUMBERS)
    program(X, NUMBERS)
    monkeypatch.setitem(sys.modules, "jax.numpy", None)
    with pytest.raises(ImportError, match=r"needs JAX: pip install jax$"):
        to_jax(program)
