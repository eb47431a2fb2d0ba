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

RELU_FAMILY = (ops.relu, ops.leaky_relu, ops.softplus, ops.gelu)
ACTIVATIONS = {op.name: op for op in (ops.identity, *RELU_FAMILY, ops.sigmoid, ops.tanh, ops.sin, ops.softmax)}


def chosen(activation: Any) -> Op:
    """The operation for the name of an activation. An Op of one input is taken as it is."""
    op = ACTIVATIONS.get(activation) if isinstance(activation, str) else activation
    if isinstance(op, Op):
        if op.n_inputs != 1 and op is not ops.softmax:
            raise ValueError(f"an activation is an Op of one input z, got {op!r} with another number of inputs")
        return op
    name = getattr(activation, "__name__", activation)  # of a function, like math.tanh
    near = get_close_matches(str(name).lower(), ACTIVATIONS, 1)
    remedy = f"did you mean {near[0]!r}?" if near else "make your own: Op(name, value=..., derivatives=[...])"
    words = f"an activation is an Op or one of {', '.join(ACTIVATIONS)}; got {shown(activation)}; {remedy}"
    raise ValueError(words) if isinstance(activation, str) else TypeError(words)


def initial_range(activation: Op, d: int, m: int) -> float:
    """The r of the initial weights. A leaky ReLU with a slope of its own belongs to the ReLU family, too."""
    he = any(activation.is_from(op) for op in RELU_FAMILY)
    return math.sqrt(6 / d if he else 6 / (d + m))
