"""The lecture's networks: a neuron is x, w → Σ → z → f(·) → a.

A layer is neurons side by side, and a multi-layer perceptron (MLP) is layers in a row. Values are labelled in the
lecture's notation: w^2_{3,1} is the weight of layer 2, neuron 3, input 1.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from autograd import Op, Value, ops, softmax
from autograd.errors import shown
from autograd.sums import Row, several, sigma
from nn.activations import chosen, initial_range
from nn.data import count, generator, input_row, is_row, whole
from nn.module import Module

ONE_Z = (
    "softmax needs all the z of a layer: write Layer(n_inputs, K, 'softmax'), or layer.activation = 'softmax'; and as "
    "it is always 1 of a single z, softmax needs at least 2 outputs: use 'sigmoid' for one output"
)


class Neuron(Module):
    """The lecture's neuron: Σ adds up its weighted inputs, which gives z, and the activation f turns z into a = f(z).

    >>> neuron = Neuron(2, "sigmoid", seed=0)
    >>> a = neuron([3.0, -1.0])
    >>> a.label, [(z.label, z.op.name) for z in a.parents]
    ('a', [('z', 'weighted_sum')])

    The inputs are numbers, a NumPy row, or Values; bare numbers become leaves x_1 … x_d that no gradient reaches.
    `w` is the list of weights, `b` the bias or None, `activation` the operation f; all can be set.
    """

    # slots, so that parameters() does not find what lies in them: it looks for Values in all other attributes
    __slots__ = ("_a_label", "_seen", "_weights", "_z_label", "activation")

    def __init__(
        self, n_inputs: int, activation: str | Op = "relu", *, bias: bool = True, seed: Any = None, _layer_size: int = 1
    ) -> None:
        d, f = count("n_inputs", n_inputs, 1), chosen(activation)
        self.activation: Any = f
        if f is ops.softmax and _layer_size == 1:
            raise ValueError(ONE_Z)
        if not isinstance(bias, bool):
            raise TypeError(f"bias says whether there is one: True or False, got {shown(bias)}; or set neuron.b.data")
        random, r = generator(seed), initial_range(f, d, _layer_size)
        self.w = [Value(random.uniform(-r, r)) for _ in range(d)]
        self.b = Value(0.0) if bias else None
        for parameter in self.parameters():
            parameter._role = "parameter"
        self._seen: tuple[list[Value], Value | None] = [], None
        self.name_nodes()

    def __setattr__(self, name: str, x: Any) -> None:
        super().__setattr__(name, chosen(x) if name == "activation" else x)

    def name_nodes(self, w: str = "w_{i}", b: str = "b", z: str = "z", a: str = "a") -> None:
        """Label the parameters, and the z and a that will be computed; {i} stands for the number of the input."""
        for i, parameter in enumerate([*self.w, self.b], 1):
            if isinstance(parameter, Value):
                parameter._label = b if parameter is self.b else w.replace("{i}", str(i))
        self._z_label, self._a_label = z, a

    def preactivation(self, x: Any) -> Value:
        """The node z = w₁x₁ + … + w_d x_d + b."""
        w, b = self.w, self.b
        try:
            is_fresh = (w, b) == self._seen  # two lists are equal if they hold the same Values
        except (TypeError, ValueError):  # the user has put a bare number, or an array, where Values were
            is_fresh = False
        if not is_fresh:  # the Σ of all data points share one tuple of weights
            weights = several(w, "neuron.w", "a list of weights: [Value(0.5), Value(-1.0)]")
            self._seen = [*weights], b
            self._weights = (*weights, *([] if b is None else [b]))
        row = x if type(x) is Row and len(x) == len(w) else input_row(x, len(w))
        z = sigma(self._weights, row)
        z._label = self._z_label
        return z

    def __call__(self, x: Any) -> Value:
        """The output a = f(z)."""
        z, f = self.preactivation(x), self.activation
        if f is ops.relu:  # its method is written out, and faster
            a = z.relu()
        elif f is ops.softmax:
            raise ValueError(ONE_Z)
        else:
            a = z._apply(f, (z,))
        a._label = self._a_label
        return a

    def __repr__(self) -> str:
        return f"Neuron of {len(self.w)} → {f_of([self])}{'' if self.b is not None else ', no bias'}"


class Layer(Module):
    """Neurons side by side, all connected to the same inputs: layer(x) is a list with one Value per neuron.

    >>> layer = Layer(2, 3, "tanh", seed=0)
    >>> [a.label for a in layer([1.0, 2.0])], layer.neurons[2].w[0].label
    (['a^1', 'a^2', 'a^3'], 'w_{3,1}')

    Each neuron is called as it is, so one may be replaced by another, or by any function of the inputs.
    """

    def __init__(
        self, n_inputs: int, n_outputs: int, activation: str | Op = "relu", *, bias: bool = True, seed: Any = None
    ) -> None:
        m, random = count("n_outputs", n_outputs, 1), generator(seed)
        self.neurons = [Neuron(n_inputs, activation, bias=bias, seed=random, _layer_size=m) for _ in range(m)]
        for j, neuron in enumerate(self.neurons, 1):
            neuron.name_nodes(f"w_{{{j},{{i}}}}", f"b_{j}", f"z^{j}", f"a^{j}")

    @property
    def activation(self) -> Op:
        """The operation f of all its neurons; it can be set to an Op, or by name."""
        found = list({getattr(neuron, "activation", None) for neuron in self.neurons})
        if len(found) != 1 or not isinstance(found[0], Op):
            raise ValueError(f"the neurons of this layer differ: {f_of(self.neurons)}; ask each neuron for its own")
        return found[0]

    @activation.setter
    def activation(self, activation: str | Op) -> None:
        f = chosen(activation)
        if not all(isinstance(neuron, Neuron) for neuron in self.neurons):
            raise ValueError(f"the neurons of this layer differ: {f_of(self.neurons)}; set that of each Neuron")
        for neuron in self.neurons:
            neuron.activation = f

    def __call__(self, x: Any) -> list[Value]:
        """The outputs a of all the neurons; the activation "softmax" takes all their z together."""
        inputs, neurons = input_row(x), self.neurons
        if len(neurons) < 2 or not isinstance(neurons[0], Neuron) or neurons[0].activation is not ops.softmax:
            return [neuron(inputs) for neuron in neurons]
        for j, neuron in enumerate(neurons, 1):
            if type(neuron).__call__ is not Neuron.__call__ or neuron.activation is not ops.softmax:
                raise ValueError(
                    f"softmax takes the z of all the neurons of a layer, and neuron {j} has an activation of its own, "
                    f"{f_of([neuron])}; write layer.activation = 'softmax', or give each neuron another one"
                )
        outputs = softmax([neuron.preactivation(inputs) for neuron in neurons])
        for a, neuron in zip(outputs, neurons, strict=True):
            a._label = neuron._a_label
        return outputs

    def __repr__(self) -> str:
        return f"Layer of {in_words([self.neurons])}"


class MLP(Module):
    """A fully connected feed-forward network: layers in a row, from the inputs x to the outputs g.

    >>> model = MLP(2, [16, 16, 1], seed=0)
    >>> model
    MLP of 2 → 16 relu → 16 relu → 1 identity (337 parameters)
    >>> model([1.0, -2.0]).label
    'g'

    `activations` is one name for every hidden layer, with identity at the output, or a list with one per layer.
    model(x) is a Value if the last layer has one neuron, otherwise a list of Values. One seed serves all layers.
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
        if whole(activations) is not None:
            held = [*layer_sizes] if is_row(layer_sizes) else [layer_sizes]
            raise TypeError(
                f"activations need names, got the number {activations}; all the sizes stand in one list: "
                f"MLP({shown(n_inputs)}, {shown([*held, activations])})"
            )
        given = several(layer_sizes, "layer_sizes", "a list, one size per layer like [16, 1]")
        sizes = [count("n_inputs", n_inputs, 1), *(count("each of layer_sizes", m, 1) for m in given)]
        if not given:
            raise ValueError("layer_sizes needs at least one layer, got none; write [1] for a single neuron")
        if isinstance(activations, (str, Op)):
            activations = [*[chosen(activations)] * (len(given) - 1), ops.identity]
        if not is_row(activations):
            raise TypeError(f"activations need a name, an Op, or a list with one per layer, got {shown(activations)}")
        fs: list[Any] = list(activations)
        if len(fs) != len(given):
            raise ValueError(f"activations need one per layer, so {len(given)}, or a single name; got {len(fs)}")
        random = generator(seed)
        self.layers = [Layer(d, m, f, bias=bias, seed=random) for (d, m), f in zip(pairwise(sizes), fs, strict=True)]
        self.name_nodes()

    def name_nodes(self) -> None:
        """Label everything by layer, neuron and input; the outputs of the last layer are g, or g_1 … g_k."""
        for number, neurons in enumerate(layers_of(self), 1):
            for j, neuron in enumerate(neurons, 1):
                g = f"g_{j}" if len(neurons) > 1 else "g"
                a = f"a^{number}_{j}" if number < len(self.layers) else g
                if isinstance(neuron, Neuron):
                    neuron.name_nodes(f"w^{number}_{{{j},{{i}}}}", f"b^{number}_{j}", f"z^{number}_{j}", a)

    def __call__(self, x: Any) -> Any:
        """The output g, or the list of outputs g_1 … g_k."""
        for layer in self.layers:
            x = layer(x)
        return x[0] if isinstance(x, list) and len(x) == 1 else x

    def __repr__(self) -> str:
        return f"MLP of {in_words(layers_of(self))} ({len(self.parameters())} parameters)"


# --- its parts, and how they are printed ------------------------------------------------------------------------------


def layers_of(model: Module) -> list[list[Any]]:
    """The neurons of each layer of a network. What is no MLP counts as its only layer, what is no Layer as a neuron."""
    layers = model.layers if isinstance(model, MLP) else [model]
    return [layer.neurons if isinstance(layer, Layer) else [layer] for layer in layers]


def f_of(neurons: list[Any]) -> str:
    """The names of the neurons' activations; for something that is no Neuron, its own name."""
    named = [n.activation.name if isinstance(n, Neuron) else getattr(n, "__name__", type(n).__name__) for n in neurons]
    return "/".join(dict.fromkeys(named)) or "none"


def in_words(layers: list[list[Any]]) -> str:
    """The layers in words, "2 → 16 relu → 1 identity, no bias": first the inputs, then neurons and f of each layer."""
    ours = [n for n in layers[0] if isinstance(n, Neuron)] if layers else []
    d = "/".join(dict.fromkeys(str(len(n.w)) for n in ours)) or "any"
    steps = [f"{len(neurons)} {f_of(neurons)}" for neurons in layers]
    if len(steps) > 8:
        steps[4:-3] = [f"… {len(steps) - 7} more layers …"]
    return f"{d} → {' → '.join(steps)}{', no bias' if any(n.b is None for n in ours) else ''}"
