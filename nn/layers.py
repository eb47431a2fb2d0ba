"""The lecture's networks: a neuron is x, w → Σ → z → f(·) → a.

A layer is neurons side by side, a multi-layer perceptron (MLP) layers in a row. Values are labelled in the lecture's
notation: w^2_{3,1} is the weight of layer 2, neuron 3, input 1.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from autograd import Op, Value, ops, softmax, weighted_sum
from autograd.errors import LookedAt, shown
from autograd.sums import Row
from nn.activations import chosen, one_per_layer, reach
from nn.data import NO_ROWS, data_leaf
from nn.module import Module
from nn.randomness import generator


class Neuron(Module):
    """The lecture's neuron: Σ weighs its inputs, giving z, and the activation f makes a = f(z) of it.

    >>> neuron = Neuron(2, "sigmoid", seed=0)
    >>> a = neuron([3.0, -1.0])
    >>> a.label, [(z.label, z.op.name) for z in a.parents]
    ('a', [('z', 'weighted_sum')])

    The inputs are numbers, a NumPy row, or Values; bare numbers become leaves x_1 … x_d that no gradient reaches.
    `w` is the list of weights, `b` the bias or None, `activation` the operation f.
    """

    __slots__ = ("_seen", "_weights")  # out of sight of parameters(), which looks for Values in the attributes

    def __init__(
        self, n_inputs: int, activation: str | Op = "relu", *, bias: bool = True, seed: Any = None, _layer_size: int = 1
    ) -> None:
        d = size(n_inputs, "n_inputs")
        self.activation = chosen(activation)
        if self.activation is ops.softmax and not _layer_size > 1:
            raise ValueError("softmax needs all the z of a layer: use Layer(n_inputs, K, 'softmax'), or 'sigmoid' here")
        random, r = generator(seed), reach(self.activation, d, _layer_size)
        self.w = [Value(random.uniform(-r, r)) for _ in range(d)]
        self.b = Value(0.0) if flag(bias) else None
        for parameter in self.parameters():
            parameter._role = "parameter"
        self._seen: list[Value] = []
        self.name_nodes("w_{i}", "b", "z", "a")

    def name_nodes(self, w: str, b: str, z: str, a: str) -> None:
        """Label the parameters, and what will be computed; {i} stands for the number of the input."""
        for i, weight in enumerate(self.w, 1):
            weight._label = w.replace("{i}", str(i))
        if self.b is not None:
            self.b._label = b
        self._z_label, self._a_label = z, a

    def preactivation(self, x: Any) -> Value:
        """The node z = w₁x₁ + … + w_d x_d + b."""
        if self.w != self._seen:  # the Σ of all data points share one tuple of weights
            self._seen, self._weights = list(self.w), tuple(self.w)
        z = weighted_sum(self._weights, x if type(x) is Row else input_row(x, len(self.w)), self.b)
        z._label = self._z_label
        return z

    def __call__(self, x: Any) -> Value:
        """The output a = f(z)."""
        z, f = self.preactivation(x), self.activation
        a = z.relu() if f is ops.relu else z._apply(f, (z,))
        a._label = self._a_label
        return a

    def __repr__(self) -> str:
        return f"Neuron of {len(self.w)} → {self.activation.name}{no_bias(self)}"


class Layer(Module):
    """Neurons side by side, all connected to the same inputs: it makes a list with one Value per neuron.

    >>> layer = Layer(2, 3, "tanh", seed=0)
    >>> [a.label for a in layer([1.0, 2.0])], layer.neurons[2].w[0].label
    (['a^1', 'a^2', 'a^3'], 'w_{3,1}')

    The activation "softmax" takes all the z of the layer together.
    """

    def __init__(
        self, n_inputs: int, n_outputs: int, activation: str | Op = "relu", *, bias: bool = True, seed: Any = None
    ) -> None:
        d, m, random = size(n_inputs, "n_inputs"), size(n_outputs, "n_outputs"), generator(seed)
        f = chosen(activation)
        if f is ops.softmax and m == 1:
            raise ValueError("softmax needs at least 2 outputs, as of one it is always 1; use 'sigmoid' for one output")
        self.neurons = [Neuron(d, f, bias=bias, seed=random, _layer_size=m) for _ in range(m)]
        for j, neuron in enumerate(self.neurons, 1):
            neuron.name_nodes(f"w_{{{j},{{i}}}}", f"b_{j}", f"z^{j}", f"a^{j}")

    @property
    def activation(self) -> Op:
        """The operation f of its neurons; set it to change that of all of them."""
        first, *others = dict.fromkeys(neuron.activation for neuron in self.neurons)
        if others:
            raise ValueError(f"the neurons of this layer differ: {first.name} and {others[0].name}; ask each neuron")
        return first

    @activation.setter
    def activation(self, activation: str | Op) -> None:
        f = chosen(activation)
        for neuron in self.neurons:
            neuron.activation = f

    def __call__(self, x: Any) -> list[Value]:
        """The outputs a of all the neurons."""
        inputs = input_row(x, len(self.neurons[0].w))
        if self.neurons[0].activation is not ops.softmax:
            return [neuron(inputs) for neuron in self.neurons]
        outputs = softmax([neuron.preactivation(inputs) for neuron in self.neurons])
        for a, neuron in zip(outputs, self.neurons, strict=True):
            a._label = neuron._a_label
        return outputs

    def __repr__(self) -> str:
        d, m = len(self.neurons[0].w), len(self.neurons)
        return f"Layer of {d} → {m} {self.activation.name}{no_bias(self.neurons[0])}"


class MLP(Module):
    """A fully connected feed-forward network: layers in a row, from the inputs x to the outputs g.

    >>> model = MLP(2, [16, 16, 1], seed=0)
    >>> model
    MLP of 2 → 16 relu → 16 relu → 1 identity (337 parameters)
    >>> model([1.0, -2.0]).label
    'g'

    `activations` is one name for every hidden layer, with identity at the output, or a list with one per layer. The
    answer is a Value if the last layer has one neuron, otherwise a list of them. One seed serves all layers.
    """

    def __init__(
        self,
        n_inputs: int,
        layer_sizes: Sequence[int],
        activations: str | Op | Sequence[str | Op] = "relu",
        *,
        bias: bool = True,
        seed: Any = None,
    ) -> None:
        if isinstance(layer_sizes, NO_ROWS) or not isinstance(layer_sizes, Iterable):
            raise TypeError(f"layer_sizes needs a list, one size per layer like [16, 1], got {shown(layer_sizes)}")
        sizes = [size(n_inputs, "n_inputs"), *(size(m, "each of layer_sizes") for m in layer_sizes)]
        if len(sizes) == 1:
            raise ValueError("layer_sizes needs at least one layer, got none; write [1] for a single neuron")
        random = generator(seed)
        self.layers = [
            Layer(d, m, activation, bias=bias, seed=random)
            for d, m, activation in zip(sizes, sizes[1:], one_per_layer(activations, len(sizes) - 1), strict=False)
        ]
        self.name_nodes()

    def name_nodes(self) -> None:
        """Label everything by layer, neuron and input; the last layer makes g, or g_1 … g_k."""
        *_, last = self.layers
        for number, layer in enumerate(self.layers, 1):
            for j, neuron in enumerate(layer.neurons, 1):
                a = f"a^{number}_{j}" if layer is not last else f"g_{j}" if len(last.neurons) > 1 else "g"
                neuron.name_nodes(f"w^{number}_{{{j},{{i}}}}", f"b^{number}_{j}", f"z^{number}_{j}", a)

    def __call__(self, x: Any) -> Any:
        """The output g, or the list of outputs g_1 … g_k."""
        for layer in self.layers:
            x = layer(x)
        return x[0] if len(x) == 1 else x

    def __repr__(self) -> str:
        steps = [f"{len(layer.neurons)} {layer.activation.name}" for layer in self.layers]
        if len(steps) > 8:
            steps[4:-3] = [f"… {len(steps) - 7} more layers …"]
        first = self.layers[0].neurons[0]
        count = f"{len(self.parameters())} parameters"
        return f"MLP of {len(first.w)} → {' → '.join(steps)}{no_bias(first)} ({count})"


def layers_of(model: Any) -> list[tuple[Op, list[Neuron]]]:
    """The layers of a network, or the one that a Neuron or Layer is: its activation and its neurons."""
    if isinstance(model, Neuron):
        return [(model.activation, [model])]
    layers = model.layers if isinstance(model, MLP) else [model]
    return [(layer.activation, layer.neurons) for layer in layers]


# --- what goes in -----------------------------------------------------------------------------------------------------


def input_row(x: Any, count: int) -> Sequence[Value]:
    """The inputs as a row of Values: bare numbers become leaves without a gradient, and leaves get a label x_i."""
    if isinstance(x, (list, tuple)):
        held = x
    elif isinstance(x, Value) or not isinstance(x, Iterable):
        held = (x,)
    elif isinstance(x, NO_ROWS):
        raise TypeError(f"inputs need a list of numbers or Values, got {type(x).__name__} {shown(x)}")
    else:
        held = x.tolist() if hasattr(x, "tolist") else tuple(x)  # a NumPy row, or any other iterable
    if not isinstance(held, (list, tuple)):
        held = (held,)
    if len(held) != count:
        raise wrong_count(count, len(held))
    if not all_computed(held):
        held = list(map(data_leaf, held, input_labels(count)))
    try:
        return Row(held)
    except LookedAt:  # numbers that are being traced
        return held


def all_computed(held: Sequence[Any]) -> bool:
    """Whether these are the outputs of a layer, or other computed Values."""
    try:
        return None not in [value.op for value in held]
    except AttributeError:  # a bare number among them
        return False


@lru_cache(maxsize=256)
def input_labels(count: int) -> tuple[str, ...]:
    """x_1 … x_d."""
    return tuple(f"x_{i}" for i in range(1, count + 1))


def wrong_count(needed: int, got: int) -> ValueError:
    """The error for too few or too many inputs."""
    return ValueError(f"one data point needs {needed} input(s) here, got {got}; give one number per input")


# --- what was asked for -----------------------------------------------------------------------------------------------


def size(n: Any, name: str) -> int:
    """A number of inputs or neurons: an int of at least 1."""
    try:
        if not isinstance(n, bool) and (count := operator.index(n)) >= 1:
            return count
    except TypeError:
        pass
    kind = ValueError if isinstance(n, int) and not isinstance(n, bool) else TypeError
    raise kind(f"{name} needs an int of at least 1, got {shown(n)}")


def flag(bias: Any) -> bool:
    """Whether there is a bias."""
    if not isinstance(bias, bool):
        raise TypeError(f"bias says whether there is one: True or False, got {shown(bias)}; set neuron.b.data instead")
    return bias


def no_bias(neuron: Neuron) -> str:
    """The remark of a repr."""
    return ", no bias" if neuron.b is None else ""
