"""The activations f of a = f(z): their names, their operations, and the initial weights that suit them.

Initial weights are uniform in ±r, and biases are 0. In a layer of d inputs and m neurons, r² is 6/d for the ReLU family
(He et al. 2015) and 6/(d + m) for other activations (Glorot and Bengio 2010), so that signals keep their size on the
way through the layers.
"""

import math
from difflib import get_close_matches
from typing import Any

from autograd import Op, ops
from autograd.errors import shown
from nn.data import is_row

RELU_FAMILY = (ops.relu, ops.leaky_relu, ops.softplus, ops.gelu)
ACTIVATIONS = {op.name: op for op in (ops.identity, *RELU_FAMILY, ops.sigmoid, ops.tanh, ops.sin, ops.softmax)}


def chosen(activation: Any) -> Op:
    """The operation for the name of an activation. An Op of one input is taken as it is."""
    if isinstance(activation, str) and activation in ACTIVATIONS:
        return ACTIVATIONS[activation]
    if isinstance(activation, Op):
        if activation.n_inputs != 1 and activation is not ops.softmax:
            raise ValueError(f"an activation is an Op of one input z, got {activation!r} with another number of inputs")
        return activation
    words = f"an activation is an Op or one of {', '.join(ACTIVATIONS)}; got {shown(activation)}"
    is_name = isinstance(activation, str)
    name = activation if is_name else getattr(activation, "__name__", "")  # of a function, like math.tanh
    near = get_close_matches(str(name).lower(), ACTIVATIONS, 1)
    remedy = f"did you mean {near[0]!r}?" if near else "make your own: Op(name, value=..., derivatives=[...])"
    raise (ValueError if is_name else TypeError)(f"{words}; {remedy}")


def one_per_layer(activations: Any, count: int) -> list[Any]:
    """A list with one activation per layer: a single one is that of every hidden layer, and the output has identity."""
    if isinstance(activations, (str, Op)):
        return [*[chosen(activations)] * (count - 1), ops.identity]
    if not is_row(activations):
        raise TypeError(f"activations need a name, an Op, or a list with one per layer, got {shown(activations)}")
    held = list(activations)
    if len(held) != count:
        raise ValueError(f"activations need one per layer, so {count}, or a single name; got {len(held)}")
    return held


def initial_range(activation: Op, d: int, m: int) -> float:
    """The r of the initial weights. A leaky ReLU with a slope of its own belongs to the ReLU family, too."""
    he = any(activation.is_from(op) for op in RELU_FAMILY)
    return math.sqrt(6 / d if he else 6 / (d + m))
