"""The losses ℒ(g, y): each is one entry of a table, like the operations of the engine, and makes one node.

An entry's formulas are in a form that is right in the tails too: a sum over the *other* classes never rounds to 0.
`printed` is the lecture's form of the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any

from autograd import Op, Value, ops
from autograd.errors import LookedAt, shown
from autograd.ops import equal, log, log1p, maximum, sigmoid, softmax_terms, softplus, total, where, within
from autograd.sums import check_logits, some
from nn.data import data_leaf, is_row, whole

Formula = Callable[..., Any]

# --- a number ---------------------------------------------------------------------------------------------------------

SQUARED = Op(
    "squared_loss",
    value=lambda g, y: (g - y) ** 2,
    derivatives=[lambda a, g, y: 2.0 * (g - y), lambda a, g, y: 2.0 * (y - g)],
    printed=lambda g, y: (g - y) ** 2.0,
    symbol="squared loss",
    is_loss=True,
    samples=[(1.5, -2.25), (0.1, 0.1), (1e-8, 1.0)],
)


def squared_loss(g: Any, y: Any) -> Value:
    """(g − y)², for an output g that is any number.

    >>> g = Value(3.0)
    >>> loss = squared_loss(g, 1.0)
    >>> loss.backward()
    >>> loss.data, g.grad
    (4.0, 4.0)
    """
    return _of_one(SQUARED, g, y)


# --- one class or the other -------------------------------------------------------------------------------------------


def _off(pole: float, p: Any, c: Any) -> Any:
    """p, moved away from the pole of its logarithm if the coefficient c is 0: that term of the sum is left out."""
    return where(equal(c, 0.0), where(equal(p, pole), 1.0 - pole, p), p)


def _nll(g: Any, y: Any) -> Any:
    nll = 0.0 - y * log(_off(0.0, g, y)) - (1.0 - y) * log1p(-_off(1.0, g, 1.0 - y))
    return within(g, 0.0, 1.0, within(y, 0.0, 1.0, nll))


def _printed_nll(g: Any, y: Any) -> Any:
    return -(y * log(g) + (1.0 - y) * log(1.0 - g))


NLL = Op(
    "nll_loss",
    value=_nll,
    derivatives=[
        lambda a, g, y: (1.0 - y) / (1.0 - _off(1.0, g, 1.0 - y)) - y / _off(0.0, g, y),
        lambda a, g, y: log1p(-g) - log(g),
    ],
    printed=_printed_nll,
    printed_derivatives=[lambda a, g, y: (1.0 - y) / (1.0 - g) - y / g, lambda a, g, y: log(1.0 - g) - log(g)],
    symbol="nll",
    is_loss=True,
    samples=[(0.25, 1.0), (0.25, 0.0), (1e-300, 1.0), (1e-17, 0.0), (0.75, 0.5)],
    needs="probabilities from 0 to 1 that do not rule out what happened: g > 0 if y = 1, g < 1 if y = 0",
    hint="For a sigmoid output use nll_loss_from_logit(z, y). Labels y are 0 and 1: for -1 and +1 write (y + 1) / 2.",
    edge="Use nll_loss_from_logit(z, y) on the z of the sigmoid.",
)


def nll_loss(g: Any, y: Any) -> Value:
    """−[y log g + (1 − y) log(1 − g)], the negative log-likelihood of the class y, 0 or 1, when 1 has probability g.

    >>> round(nll_loss(Value(0.25), 0).data, 4)
    0.2877

    A g that rules out what happened (g = 0, y = 1), and g or y outside [0, 1], are a ValueError.
    """
    return _of_one(NLL, g, y)


NLL_FROM_LOGIT = Op(
    "nll_loss_from_logit",
    value=lambda z, y: within(y, 0.0, 1.0, y * softplus(-z) + (1.0 - y) * softplus(z)),
    derivatives=[lambda a, z, y: (1.0 - y) * sigmoid(z) - y * sigmoid(-z), lambda a, z, y: -z],
    printed=lambda z, y: _printed_nll(sigmoid(z), y),
    printed_derivatives=[lambda a, z, y: sigmoid(z) - y, lambda a, z, y: -z],
    symbol="nll of logit",
    is_loss=True,
    samples=[(1000.0, 1.0), (-1000.0, 0.0), (40.0, 1.0), (40.0, 0.0), (-0.5, 1.0), (0.0, 0.5)],
    needs="y from 0 to 1",
    hint="y is the class: 0 or 1. For -1 and +1 write (y + 1) / 2.",
)


def nll_loss_from_logit(z: Any, y: Any) -> Value:
    """`nll_loss(sigmoid(z), y)`, right for every z.

    >>> nll_loss_from_logit(Value(-1000.0), 1).data
    1000.0
    """
    return _of_one(NLL_FROM_LOGIT, z, y)


def _up_to_margin(score: Any, y: Any, loss: Any) -> Any:
    return where(1.0 - y * score < 0.0, 0.0, loss)


HINGE = Op(
    "hinge_loss",
    value=lambda score, y: where(equal(y * y, 1.0), _up_to_margin(score, y, 1.0 - y * score), math.nan),
    derivatives=[
        lambda a, score, y: _up_to_margin(score, y, -y),
        lambda a, score, y: _up_to_margin(score, y, -score),
    ],
    printed=lambda score, y: maximum(0.0, 1.0 - y * score),
    symbol="hinge",
    is_loss=True,
    samples=[(0.5, 1.0), (0.5, -1.0), (1.0, 1.0), (2.0, 1.0), (-1.0, -1.0)],
    needs="y = -1 or y = +1",
    hint="For classes 0 and 1 write 2 * y - 1.",
)


def hinge_loss(score: Any, y: Any) -> Value:
    """max(0, 1 − y · score), for classes y = −1 and y = +1; another y is a ValueError.

    >>> hinge_loss(Value(0.25), 1).data
    0.75
    """
    return _of_one(HINGE, score, y)


def _of_one(op: Op, output: Any, y: Any) -> Value:
    for x in (output, y):
        if not isinstance(x, Value) and is_row(x):
            raise ValueError(
                f"{op.name} compares one output with one y, got {type(x).__name__} {shown(x)}; "
                f"add the losses up: total([{op.name}(g_k, y_k) for g_k, y_k in zip(g, y)])"
            )
    loss: Value = op(output, data_leaf(y, "y"))
    loss._label = "ℒ"
    return loss


# --- one class of K: ℒ = −Σ c_k log g_k, with c = 1 for the class that happened, and 0 for the others -----------------


def _classes(parents: tuple[Any, ...], target: Any) -> tuple[tuple[Any, ...], list[Any]]:
    """The outputs, one per class, and their coefficients.

    The target is a class number; or "index", then the last parent is that number; or "one-hot", then the second half
    of the parents are the coefficients.
    """
    if target == "one-hot":
        half = len(parents) // 2
        return parents[:half], list(parents[half:])
    if target == "index":
        return parents[:-1], [where(equal(parents[-1], float(k)), 1.0, 0.0) for k in range(len(parents) - 1)]
    return parents, [1.0 if k == target else 0.0 for k in range(len(parents))]


def _of_parents(formula: Formula) -> Formula:
    """A formula of the outputs and the coefficients, as an entry of the table has it."""
    return lambda *parents, target: formula(*_classes(parents, target))


def _slopes(of_outputs: Formula, of_coefficients: Formula) -> Formula:
    """The derivatives likewise; a class number is no coefficient, and has none, so 0."""

    def slopes(a: Any, *parents: Any, target: Any) -> list[Any]:
        g, c = _classes(parents, target)
        behind = of_coefficients(g) if target == "one-hot" else [0.0] if target == "index" else []
        return [*of_outputs(g, c), *behind]

    return slopes


def _printed_cross_entropy(g: Any, c: Any) -> Any:
    return -total(*[c_k * log(g_k) for c_k, g_k in zip(c, g, strict=True)])


CROSS_ENTROPY = Op(
    "cross_entropy",
    value=_of_parents(
        lambda g, c: total(*map(lambda c_k, g_k: within(g_k, 0.0, 1.0, c_k * (0.0 - log(_off(0.0, g_k, c_k)))), c, g))
    ),
    derivatives=_slopes(
        lambda g, c: map(lambda c_k, g_k: -c_k / _off(0.0, g_k, c_k), c, g),
        # infinite at 0, which matters only to a coefficient that varies
        lambda g: [where(equal(g_k, 0.0), math.inf, 0.0 - log(_off(0.0, g_k, 0.0))) for g_k in g],
    ),
    printed=_of_parents(_printed_cross_entropy),
    printed_derivatives=_slopes(
        lambda g, c: map(lambda c_k, g_k: -(c_k / g_k), c, g), lambda g: [-log(g_k) for g_k in g]
    ),
    symbol="cross-entropy",
    is_loss=True,
    samples=[(0.25, 0.75), (1e-300, 0.5, 0.5), (0.125,)],
    settings={"target": 0},
    columns="nn.columns:of_probabilities",
    needs="probabilities from 0 to 1, with more than 0 for the target",
    hint="For a softmax output use cross_entropy_from_logits(z, y).",
    edge="Use cross_entropy_from_logits(z, y) on the z of the softmax.",
)


def cross_entropy(g: Any, y: Any) -> Value:
    """−log g_y, for K probabilities g and the class y, a number from 0 to K − 1 or a one-hot list.

    >>> round(cross_entropy([Value(0.25), Value(0.75)], 1).data, 4)
    0.2877
    """
    return _of_classes(CROSS_ENTROPY, g, y)


def _exponentials(z: tuple[Any, ...]) -> tuple[list[Any], Any]:
    """e^(z_k − max z), and the sum of all but one that is largest: it is 1, and would hide the others."""
    e, _ = softmax_terms(z)
    return e, total(*e, -1.0)


def _minus_logs(z: tuple[Any, ...]) -> list[Any]:
    """−log softmax(z)."""
    rest, top = log1p(_exponentials(z)[1]), maximum(*z)
    return [top - z_k + rest for z_k in z]


def _from_logits(z: Any, c: Any) -> Any:
    # a class may be masked: its −log p is infinite, and its coefficient 0
    return total(*map(lambda c_k, nll: c_k * where(equal(c_k, 0.0), 0.0, nll), c, _minus_logs(z)))


def _from_logits_slopes(z: Any, c: Any) -> Any:
    """p_k − c_k, as p_k · (the other c) − c_k · (the other p): right where p_k has rounded to 1."""
    e, others = _exponentials(z)
    all_c, all_e = total(*c), 1.0 + others
    return map(lambda c_k, e_k: e_k / all_e * (all_c - c_k) - c_k * ((1.0 - e_k + others) / all_e), c, e)


def _probabilities(z: tuple[Any, ...]) -> list[Any]:
    return [ops.softmax.bind(index=k)(*z) for k in range(len(z))]


CROSS_ENTROPY_FROM_LOGITS = Op(
    "cross_entropy_from_logits",
    value=_of_parents(_from_logits),
    derivatives=_slopes(_from_logits_slopes, _minus_logs),
    printed=_of_parents(lambda z, c: _printed_cross_entropy(_probabilities(z), c)),
    printed_derivatives=_slopes(
        lambda z, c: map(lambda c_k, p_k: p_k - c_k, c, _probabilities(z)),
        lambda z: [-log(p_k) for p_k in _probabilities(z)],
    ),
    symbol="cross-entropy of logits",
    is_loss=True,
    samples=[(40.0, 0.0), (0.0, 40.0), (0.5, 0.5, 0.5), (1000.0, 998.0, -1000.0), (3.0,)],
    settings={"target": 0},
    columns="nn.columns:of_logits",
    needs=ops.softmax.needs,
)


def cross_entropy_from_logits(z: Any, y: Any) -> Value:
    """`cross_entropy(softmax(z), y)`, right for every z; a class may be masked with −inf.

    >>> cross_entropy_from_logits([Value(40.0), Value(0.0)], 0).data
    4.248354255291589e-18
    """
    return _of_classes(CROSS_ENTROPY_FROM_LOGITS, z, y)


def _of_classes(op: Op, outputs: Any, y: Any) -> Value:
    nodes = some(outputs, op.name, "a list, one output per class")
    if op is CROSS_ENTROPY_FROM_LOGITS:
        check_logits(op.name, nodes)
    target, behind = _class_target(f"{op.name} of {len(nodes)} classes needs a target", y, len(nodes))
    loss: Value = op.bind(target=target)(*nodes, *behind)
    loss._label = "ℒ"
    return loss


def _class_target(words: str, y: Any, n_classes: int) -> tuple[int | str, list[Value]]:
    """The target setting: an int is a fact of the node; a one-hot list, or a Value, are parents of it."""
    if isinstance(y, Value):
        with suppress(LookedAt):  # a class that is being traced is looked at by the program
            _class_number(words, int(y._data) if y._data.is_integer() else y._data, n_classes)
        return "index", [data_leaf(y, "y")]
    if not is_row(y):
        return _class_number(words, y, n_classes), []
    leaves = [data_leaf(y_k, f"y_{k}") for k, y_k in enumerate(y, 1)]
    if len(leaves) != n_classes:
        raise ValueError(f"{words} with {n_classes} entries when it is one-hot, got {len(leaves)}: {shown(y)}")
    with suppress(LookedAt):
        if sorted(leaf._data for leaf in leaves) != [0.0] * (n_classes - 1) + [1.0]:
            raise ValueError(f"{words} with a single 1 and 0 for the others, or a class number; got {shown(y)}")
    return "one-hot", leaves


def _class_number(words: str, y: Any, n_classes: int) -> int:
    number = whole(y)
    if number is None:
        raise TypeError(
            f"{words} that is an int from 0 to {n_classes - 1} or a one-hot list, got {type(y).__name__} {shown(y)}; "
            "write int(y) if it is a class number"
        )
    if not 0 <= number < n_classes:
        raise IndexError(f"{words} from 0 to {n_classes - 1}, got {number}")
    return number


TABLE: Mapping[str, Op] = MappingProxyType(
    {op.name: op for op in (SQUARED, NLL, NLL_FROM_LOGIT, HINGE, CROSS_ENTROPY, CROSS_ENTROPY_FROM_LOGITS)}
)
