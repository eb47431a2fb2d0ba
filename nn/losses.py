"""The losses ℒ(g, y): each is one entry of a table, like the operations of the engine, and makes one node.

The formulas are in a form that is right in the tails too: a sum over the *other* classes never rounds to 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from autograd import Op, Value
from autograd.ops import equal, log, log1p, sigmoid, softplus, where, within
from autograd.sums import check_logits, some
from autograd.value import value_of
from nn.cross_entropy import CROSS_ENTROPY, CROSS_ENTROPY_FROM_LOGITS
from nn.data import data_leaf
from nn.targets import class_target, single

# --- one output -------------------------------------------------------------------------------------------------------

SQUARED = Op(
    "squared_loss",
    value=lambda g, y: (g - y) ** 2,
    derivatives=[lambda a, g, y: 2.0 * (g - y), lambda a, g, y: 2.0 * (y - g)],
    symbol="squared loss",
    samples=[(1.5, -2.25), (0.1, 0.1), (1e-8, 1.0)],
)


def _inside(g: Any, y: Any) -> tuple[Any, Any]:
    """g and 1 − g, or 1 in place of a 0 whose coefficient is 0 as well, as that term is skipped."""
    p = where(equal(y, 0.0), where(equal(g, 0.0), 1.0, g), g)
    q = where(equal(y, 1.0), where(equal(g, 1.0), 1.0, 1.0 - g), 1.0 - g)
    return p, q


def _nll(g: Any, y: Any) -> Any:
    p, _ = _inside(g, y)
    minus_g = where(equal(y, 1.0), where(equal(g, 1.0), 0.0, -g), -g)
    return within(g, 0.0, 1.0, within(y, 0.0, 1.0, 0.0 - y * log(p) - (1.0 - y) * log1p(minus_g)))


def _nll_slope(a: Any, g: Any, y: Any) -> Any:
    p, q = _inside(g, y)
    return (1.0 - y) / q - y / p


NLL = Op(
    "nll_loss",
    value=_nll,
    derivatives=[_nll_slope, lambda a, g, y: log1p(-g) - log(g)],
    symbol="nll",
    samples=[(0.25, 1.0), (0.25, 0.0), (1e-300, 1.0), (1e-17, 0.0), (0.75, 0.5)],
    needs="probabilities from 0 to 1 that do not rule out what happened: g > 0 if y = 1, g < 1 if y = 0",
    hint="For a sigmoid output use nll_loss_from_logit(z, y).",
    edge="Use nll_loss_from_logit(z, y) on the z of the sigmoid.",
)
NLL_FROM_LOGIT = Op(
    "nll_loss_from_logit",
    value=lambda z, y: within(y, 0.0, 1.0, y * softplus(-z) + (1.0 - y) * softplus(z)),
    derivatives=[
        lambda a, z, y: (1.0 - y) * sigmoid(z) - y * sigmoid(-z),  # σ(z) − y
        lambda a, z, y: -z,
    ],
    symbol="nll of logit",
    samples=[(1000.0, 1.0), (-1000.0, 0.0), (40.0, 1.0), (40.0, 0.0), (-0.5, 1.0), (0.0, 0.5)],
    needs="y from 0 to 1",
    hint="y is the class: 0 or 1.",
)
HINGE = Op(
    "hinge_loss",
    value=lambda score, y: where(equal(y * y, 1.0), where(1.0 - y * score < 0.0, 0.0, 1.0 - y * score), math.nan),
    derivatives=[
        lambda a, score, y: where(1.0 - y * score < 0.0, 0.0, -y),
        lambda a, score, y: where(1.0 - y * score < 0.0, 0.0, -score),
    ],
    symbol="hinge",
    samples=[(0.5, 1.0), (0.5, -1.0), (1.0, 1.0), (2.0, 1.0), (-1.0, -1.0)],
    needs="y = -1 or y = +1",
    hint="For classes 0 and 1 write 2 * y - 1.",
)

TABLE: Mapping[str, Op] = MappingProxyType(
    {op.name: op for op in (SQUARED, NLL, NLL_FROM_LOGIT, HINGE, CROSS_ENTROPY, CROSS_ENTROPY_FROM_LOGITS)}
)

# --- what users call --------------------------------------------------------------------------------------------------


def squared_loss(g: Any, y: Any) -> Value:
    """(g − y)², for an output g that is any number.

    >>> g = Value(3.0)
    >>> loss = squared_loss(g, 1.0)
    >>> loss.backward()
    >>> loss.data, g.grad
    (4.0, 4.0)
    """
    return _of_one(SQUARED, g, y)


def nll_loss(g: Any, y: Any) -> Value:
    """−[y log g + (1 − y) log(1 − g)], the negative log-likelihood of the class y, 0 or 1, when 1 has probability g.

    >>> round(nll_loss(Value(0.25), 0).data, 4)
    0.2877

    A g that rules out what happened (g = 0, y = 1), and g or y outside [0, 1], are a ValueError.
    """
    return _of_one(NLL, g, y)


def nll_loss_from_logit(z: Any, y: Any) -> Value:
    """`nll_loss(sigmoid(z), y)`, right for every z.

    >>> nll_loss_from_logit(Value(-1000.0), 1).data
    1000.0
    """
    return _of_one(NLL_FROM_LOGIT, z, y)


def hinge_loss(score: Any, y: Any) -> Value:
    """max(0, 1 − y · score), for classes y = −1 and y = +1; another y is a ValueError.

    >>> hinge_loss(Value(0.25), 1).data
    0.75
    """
    return _of_one(HINGE, score, y)


def cross_entropy(g: Any, y: Any) -> Value:
    """−log g_y, for K probabilities g and the class y, a number from 0 to K − 1 or a one-hot list.

    >>> round(cross_entropy([Value(0.25), Value(0.75)], 1).data, 4)
    0.2877
    """
    return _of_classes(CROSS_ENTROPY, g, y)


def cross_entropy_from_logits(z: Any, y: Any) -> Value:
    """`cross_entropy(softmax(z), y)`, right for every z; a class may be masked with −inf.

    >>> cross_entropy_from_logits([Value(40.0), Value(0.0)], 0).data
    4.248354255291589e-18
    """
    return _of_classes(CROSS_ENTROPY_FROM_LOGITS, z, y)


def _of_one(op: Op, output: Any, y: Any) -> Value:
    loss: Value = op(single(op.name, output), data_leaf(single(op.name, y), "y"))
    loss._label = "ℒ"
    return loss


def _of_classes(op: Op, outputs: Any, y: Any) -> Value:
    nodes = list(map(value_of, some(outputs, op.name, "a list, one output per class")))
    if op is CROSS_ENTROPY_FROM_LOGITS:
        check_logits(op.name, nodes)
    target, extra = class_target(op.name, y, len(nodes))
    loss: Value = op.bind(target=target)(*nodes, *extra)
    loss._label = "ℒ"
    return loss
