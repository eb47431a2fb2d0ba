"""What a network computes for one data point, layer by layer, and the gradients that belong to it.

Pictures read this: the neurons, the z and a of each layer, the loss; nothing in the model is changed.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from autograd import Op, Value, grad
from autograd.errors import plain, shown
from autograd.formulas.symbols import Symbol
from autograd.formulas.text import as_text
from autograd.value import constant
from nn.data import input_row
from nn.layers import MLP, Layer, Neuron, layers_of
from viz.derivation.formulas import value_formula
from viz.graphs.operations import symbol
from viz.style.labels import written

Loss = Callable[[Any, Any], Value]
LONGEST_FORMULA = 40


class Forward:
    """One data point on its way through a model: its Values, if there is an x, and the names of what is drawn.

    >>> forward = Forward(Neuron(2, "identity", seed=0), [1.0, 2.0])
    >>> [a.label for a in forward.a[0]], forward.d
    (['a'], 2)

    `x` holds a Value for each input, `z` and `a` one for each neuron, or None without an x. `last` is the index that a
    picture shows at the last input, like "d" if the number of inputs is left open.
    """

    def __init__(
        self, model: Neuron | Layer | MLP, x: Any = None, y: Any = None, loss: Loss | None = None, *, last: str = ""
    ) -> None:
        self.model, self.given_y, self.given_loss, self.last = model, plain(y), loss, last
        self.layers: list[list[Neuron]] = layers_of(model)
        self.parts: list[Any] = model.layers if isinstance(model, MLP) else [model]
        self.loss: Value | None = None
        if loss is not None and not callable(loss):
            raise TypeError(f"loss needs a function loss(g, y), like squared_loss from nn, got {shown(loss)}")
        if y is not None and loss is None:
            raise ValueError("a y needs a loss to compare with: give loss=, like squared_loss from nn")
        check_neurons(model)
        self.d, self.has_numbers = len(self.layers[0][0].w), x is not None
        self.x: list[Any] = [*input_row(x, self.d)] if self.has_numbers else [None] * self.d
        self.z: list[list[Any]] = []
        self.a: list[list[Any]] = []
        if not self.has_numbers:
            if y is not None:
                raise ValueError("a y without an x has nothing to be compared with; give x=, the data point, too")
            self.z = self.a = [[None] * len(neurons) for neurons in self.layers]
            return
        for part, neurons in zip(self.parts, self.layers, strict=True):
            outputs = part(self.a[-1] if self.a else self.x)
            self.a.append([outputs] if isinstance(outputs, Value) else outputs)
            self.z.append([*self.a[-1][0].parents] if is_shared(neurons) else [a.parents[0] for a in self.a[-1]])
        if loss is not None and y is not None:
            g = self.a[-1]
            if isinstance(self.given_y, list) and len(g) == len(self.given_y) == 1:  # y is a row of n × 1 targets
                y = self.given_y = self.given_y[0]
            self.loss = loss(g[0] if len(g) == 1 else g, y)
            if not isinstance(self.loss, Value):
                came = f"{type(self.loss).__name__} {shown(self.loss)}"
                raise TypeError(f"loss(g, y) needs to return a Value, got {came}; return one, as squared_loss does")

    # --- what the lecture calls things --------------------------------------------------------------------------------

    def letters(self, letter: str, number: int) -> str:
        """What a thing of layer `number` (from 1) is called: Z² in a network, Z in a lone layer, z in a lone neuron."""
        if isinstance(self.model, Neuron):
            return letter.lower()
        return f"{letter}^{number}" if isinstance(self.model, MLP) else letter

    def weight_name(self, number: int, j: int, i: int | None) -> str:
        """A weight's label, or its name by layer, neuron and input where it has none; with i None that of the bias."""
        neuron, letter = self.layers[number - 1][j], "b" if i is None else "w"
        places = [] if isinstance(self.model, Neuron) else [j]
        index = ",".join(str(place + 1) for place in (*places, *([] if i is None else [i])))
        name = self.letters(letter, number) + (f"_{{{index}}}" if index else "")
        return getattr(neuron.b if i is None else neuron.w[i], "label", "") or name

    def has_bias(self, number: int) -> bool:
        """Whether a layer, counted from 1, has any bias."""
        return any(neuron.b is not None for neuron in self.layers[number - 1])

    def output_letters(self, number: int) -> str:
        """The output of a layer: A^l, g after the last, and x before the first."""
        if number == 0:
            return "x"
        return "g" if number == len(self.layers) else self.letters("A", number)

    def f_symbol(self, layer: int, j: int | None = None) -> str:
        """The symbol of a neuron's f, or without j those of all f in the layer."""
        neurons = self.layers[layer] if j is None else [self.layers[layer][j]]
        found = dict.fromkeys(neuron.activation for neuron in neurons)
        return ", ".join(f.name if f.name == "softmax" else symbol(f) for f in found)

    # --- numbers ------------------------------------------------------------------------------------------------------

    def inputs(self, number: int) -> list[Value]:
        """The Values that go into a layer, counted from 1; the outputs, if it is one more than there are."""
        return (self.x if number == 1 else self.a[number - 2]) if self.has_numbers else []

    def slopes(self, values: Sequence[Value]) -> list[float]:
        """The gradients of the loss for some Values; none where there is no loss."""
        return [] if self.loss is None else [slope.data for slope in grad(self.loss, values)]

    @cached_property
    def weights(self) -> Counter[Value]:
        """The weights and biases, and in how many places each stands."""
        held = [w for neurons in self.layers for neuron in neurons for w in (*neuron.w, neuron.b)]
        return Counter(w for w in held if isinstance(w, Value))

    @cached_property
    def has_gradients(self) -> bool:
        """Whether backward has run: some weight has a gradient."""
        return any(w.grad != 0.0 for w in self.weights)

    @cached_property
    def gradients(self) -> dict[Value, float]:
        """The gradients of inputs, z and a, if they belong to those that the parameters hold; otherwise none.

        They do after a backward from this data point's loss, or from its first output if no loss is given. After any
        other backward nothing is known but the gradients of the parameters.
        """
        root = self.a[-1][0] if self.loss is None else self.loss
        if not self.has_gradients or root is None:
            return {}
        parameters = self.model.parameters()
        inner = [value for value in self.x if value.varies]
        inner += [value for column in (*self.z, *self.a) for value in column]
        slopes = [slope.data for slope in grad(root, [*parameters, *inner, root])]
        stored = [parameter.grad for parameter in parameters]
        if not all(math.isclose(s, p, rel_tol=1e-9, abs_tol=1e-15) for s, p in zip(slopes, stored, strict=False)):
            return {}
        return dict(zip([*inner, root], slopes[len(parameters) :], strict=True))

    def data_and_grad(self, value: Value | None) -> tuple[float | None, float | None]:
        """The number and the gradient to show for a Value of this pass, or for a parameter."""
        if value is None:
            return None, None
        gradients = {value: value.grad} if value in self.weights and value.varies else self.gradients
        return value.data, gradients.get(value) if self.has_gradients else None


def check_neurons(model: Neuron | Layer | MLP) -> None:
    """Check that all are Neurons of f(wᵀx + b), with one weight for each neuron of the layer before, or each input."""
    layers: list[list[Neuron]] = layers_of(model)
    for part in (model, *getattr(model, "layers", ())):
        if isinstance(part, (Layer, MLP)) and type(part).__call__ not in (Layer.__call__, MLP.__call__):
            raise ValueError(
                f"the lecture's picture is of layers that are called one after the other, and {type(part).__name__} "
                "has a __call__ of its own; draw_graph(model(x)) draws whatever was computed"
            )
    if not layers or not all(layers):
        raise ValueError(f"a picture needs layers with at least one neuron each, got {[*map(len, layers)]} of them")
    for number, neurons in enumerate(layers, 1):
        for neuron in neurons:
            own = type(neuron).__call__, getattr(type(neuron), "preactivation", None)
            if own != (Neuron.__call__, Neuron.preactivation):
                raise ValueError(
                    f"the lecture's picture is of Neurons that compute f(wᵀx + b), and layer {number} has "
                    f"{type(neuron).__name__} {shown(neuron)}; draw_graph(model(x)) draws whatever was computed"
                )
        count = len(layers[number - 2]) if number > 1 else len(neurons[0].w)
        for neuron in neurons:
            if len(neuron.w) != count:
                came = f"layer {number - 1} has {count} neurons" if number > 1 else f"its first neuron has {count}"
                raise ValueError(f"each neuron of layer {number} needs {count} weights, as {came}; got {len(neuron.w)}")


def leaf(w: Value | float) -> Value:
    """A weight as a Value; a bare number in its place becomes a constant, which nothing trains."""
    return w if isinstance(w, Value) else constant(w)


def is_shared(neurons: list[Neuron]) -> bool:
    """Whether the neurons of a layer share one f, which takes all their z."""
    return all(neuron.activation.name == "softmax" for neuron in neurons)


# --- the loss ---------------------------------------------------------------------------------------------------------


def loss_op(loss: Loss | None, outputs: int) -> Op | None:
    """The operation of a loss that makes one node, found by calling it on invented outputs, all equally probable."""
    if loss is None:
        return None
    g, y = [constant(1 / max(2, outputs)) for _ in range(outputs)], constant(1.0)
    try:
        node = loss(g[0] if outputs == 1 else g, y)
    except Exception:  # the loss wants another kind of y, so its box stays without a formula
        return None
    return node.op if isinstance(node, Value) and node.parents == (*g, y) else None


def loss_formula(loss: Loss | None, outputs: int) -> str:
    """What to write below the box ℒ(g, y): its formula if that is short, else its name.

    >>> from nn import cross_entropy, squared_loss
    >>> loss_formula(squared_loss, 1), loss_formula(cross_entropy, 3)
    ('(g − y)²', 'cross-entropy')
    """
    op = loss_op(loss, outputs)
    if op is None:
        return ""
    text = as_text(value_formula(op, [letter("g"), letter("y")])) if outputs == 1 else op.symbol
    return text if len(text) <= LONGEST_FORMULA else op.symbol


def letter(label: str) -> Symbol:
    """A letter of a formula, as it is written."""
    return Symbol(f"v{label.encode().hex()}", text=written(label))  # every letter has its own name


def visible(count: int, most: int) -> list[int | None]:
    """The indexes of a column that is drawn: all, or the first ones, None for ⋮, and the last.

    >>> visible(3, 4), visible(9, 4)
    ([0, 1, 2], [0, 1, None, 8])
    """
    return [*range(count)] if count <= most else [*range(most - 2), None, count - 1]
