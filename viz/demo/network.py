"""The network of a playground: what the page is told of it, how it gets other layers in place, and what a cell has
changed since the last look.

A page counts weights and biases as `model.parameters()` does: layer by layer, neuron by neuron, the bias last.
"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from autograd import Op, Value
from autograd.errors import shown
from nn import MLP
from nn.data import is_row, whole
from viz.demo.features import PLAIN
from viz.lecture.data_point import check_neurons

MOST_NEURONS, MOST_LAYERS = 32, 8


class Shape(NamedTuple):
    """How many inputs a network has, how many neurons each layer, its activation, and whether there are biases."""

    inputs: int
    sizes: list[int]
    activations: list[Op]
    has_bias: bool

    def network(self, seed: int) -> MLP:
        """A network of this shape, drawn from the seed."""
        return MLP(self.inputs, self.sizes, self.activations, bias=self.has_bias, seed=seed)

    def described(self) -> list[dict[str, Any]]:
        """The layers, as the page knows them."""
        pairs = zip(self.activations, self.sizes, strict=True)
        return [{"activation": op.name, "neurons": size} for op, size in pairs]


def shape(model: MLP) -> Shape:
    """The shape of a model: each layer has the activation of its first neuron, and `check_alike` sees to the others."""
    rows = [layer.neurons for layer in model.layers]
    first = rows[0][0]
    return Shape(len(first.w), [*map(len, rows)], [row[0].activation for row in rows], first.b is not None)


def checked(model: Any, features: Sequence[str] = PLAIN) -> MLP:
    """A model that the page can show, with an input for each feature.

    >>> checked(MLP(3, [1]))
    Traceback (most recent call last):
    ...
    ValueError: playground draws the plane of two inputs, so the model needs 2 inputs: MLP(2, [8, 8, 1]); got 3
    """
    if not isinstance(model, MLP):
        raise TypeError(
            f"playground needs an MLP as model, like MLP(2, [8, 8, 1]), got {type(model).__name__} {shown(model)}"
        )
    check_neurons(model)
    count, found = len(features), shape(model)
    if found.inputs != count:
        why = "draws the plane of two inputs" if features == PLAIN else f"has the features {', '.join(features)}"
        raise ValueError(
            f"playground {why}, so the model needs {count} inputs: MLP({count}, [8, 8, 1]); got {found.inputs}"
        )
    check_sizes(found.sizes)
    check_alike(model)
    check_parameters(model)
    return model


def check_sizes(layers: Any) -> Any:
    """Refuse more than the page can draw, before any of it is built. What is not a list of sizes, MLP will refuse."""
    sizes = [whole(size) or 0 for size in layers] if is_row(layers) else [0]
    if len(sizes) > MOST_LAYERS:
        raise ValueError(f"playground draws at most {MOST_LAYERS} layers, the output included, got {len(sizes)}")
    if max(sizes, default=0) > MOST_NEURONS:
        raise ValueError(f"playground draws at most {MOST_NEURONS} neurons in a layer, got {max(sizes)}")
    return layers


def check_alike(model: MLP) -> None:
    """Refuse several activations in a layer, and biases in some neurons only: the page has no picture of those."""
    for number, layer in enumerate(model.layers, 1):
        if len(functions := dict.fromkeys(neuron.activation for neuron in layer.neurons)) > 1:
            raise ValueError(
                f"playground needs one activation for a layer and all its neurons, and in layer {number} got "
                f"{' and '.join(op.name for op in functions)}; make a new MLP, or choose it in the page"
            )
    if len({neuron.b is None for layer in model.layers for neuron in layer.neurons}) > 1:
        raise ValueError("playground needs a bias in every neuron or in none, got some of both")


def check_parameters(model: MLP) -> None:
    """Refuse weights and biases that are frozen or shared, which the page and the printed program do not know."""
    slots = sum(len(neuron.w) + (neuron.b is not None) for layer in model.layers for neuron in layer.neurons)
    if len(model.parameters()) != slots:
        raise ValueError(
            f"playground needs a parameter of its own for each of the {slots} weights and biases, got "
            f"{len(model.parameters())} parameters: some are frozen, or shared; make a new MLP"
        )


def numbers(model: MLP) -> list[float]:
    """The current weights and biases."""
    return [value.data for value in model.parameters()]


def described(model: MLP, loss: str, features: Sequence[str]) -> dict[str, Any]:
    """What the page needs to know to compute the network and its loss."""
    found = shape(model)
    return {"features": list(features), "loss": loss, "bias": found.has_bias, "layers": found.described()}


def rebuild(model: MLP, layers: Sequence[int], functions: Sequence[str | Op], seed: int) -> None:
    """Give a model other layers, in place: weights that stay keep their numbers, new ones are drawn from the seed.

    >>> model = MLP(2, [3, 1], "tanh", seed=0)
    >>> kept = numbers(model)[:9]
    >>> rebuild(model, [4, 1], ["relu", "identity"], seed=1)
    >>> model, numbers(model)[:9] == kept, model.layers[0].neurons[3].b.label
    (MLP of 2 → 4 relu → 1 identity (17 parameters), True, 'b^1_4')

    Hidden layers are matched from the first on, and the output with the output.
    """
    check_sizes(layers)
    old_shape = shape(model)
    new = MLP(old_shape.inputs, layers, functions, bias=old_shape.has_bias, seed=seed)
    pairs = [*zip(model.layers[:-1], new.layers[:-1], strict=False), (model.layers[-1], new.layers[-1])]
    for old_layer, new_layer in pairs:
        for old, fresh in zip(old_layer.neurons, new_layer.neurons, strict=False):
            for w, fresh_w in zip(old.w, fresh.w, strict=False):
                fresh_w.data = w.data
            if old.b is not None and fresh.b is not None:
                fresh.b.data = old.b.data
    model.layers = new.layers


def paths(model: MLP) -> list[str]:
    """How Python writes each of the parameters, like layers[0].neurons[2].w[1]."""
    return [re.sub(r"\.(\d+)", r"[\1]", name) for name, _ in model.named_parameters()]


# --- what a cell has changed ------------------------------------------------------------------------------------------


Look = tuple[list[Value], Shape, list[float]]


def look(model: MLP) -> Look:
    """The Values that are trained, how they are arranged, and their numbers."""
    return model.parameters(), shape(model), numbers(model)
