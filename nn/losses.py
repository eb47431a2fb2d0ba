"""The losses ℒ(g, y): each is one entry of a table, like the operations of the engine, and makes one node.

Each loss is written as a function, which is its formula; the lines above it are the other facts of its entry. The
formulas are right even where a probability p rounds to 1: instead of 1 − p, which is 0 there, they add up the *other*
classes. `printed` is the same formula as the lecture writes it.
"""

# mypy: disable-error-code="no-any-return"
# a formula runs on Values, and on numbers, columns and symbols too

import math
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

from autograd import Op, Value, ops
from autograd.errors import LookedAt, shown
from autograd.ops import equal, log, log1p, maximum, sigmoid, softmax_terms, softplus, total, where, within
from autograd.sums import check_logits, some
from nn.data import data_leaf, is_row, whole

Formula = Callable[..., Any]
TABLE: dict[str, Op] = {}


def loss(**fields: Any) -> Callable[[Formula], Callable[..., Value]]:
    """Declare a loss: the function below is the formula of its entry, and calling it makes the node for g and y."""

    def declare(formula: Formula) -> Callable[..., Value]:
        op = TABLE[formula.__name__] = Op(formula.__name__, formula, is_loss=True, **fields)
        node_of = of_one if op.n_inputs else of_classes

        @wraps(formula)
        def of(*given: Any, **named: Any) -> Value:
            if named or len(given) != 2:
                from inspect import signature  # this import takes 7 ms

                given = signature(formula).bind(*given, **named).args
            node = node_of(op, *given)
            node._label = "ℒ"
            return node

        return of

    return declare


# --- losses of one output ---------------------------------------------------------------------------------------------


def of_one(op: Op, g: Any, y: Any) -> Value:
    """The node of a loss for one output and one target."""
    for name, x in ("g", g), ("y", y):
        if is_row(x):
            added = (
                f"add the losses up: total([{op.name}(g_k, y_k) for g_k, y_k in zip(g, y, strict=True)]), of as many "
                "outputs as y has numbers; or if y is a class take a cross-entropy"
            )
            remedy = f"write {name}[0]" if len([*x]) == 1 else added
            raise ValueError(f"{op.name} compares one output with one y, got {type(x).__name__} {shown(x)}; {remedy}")
    return op(g, data_leaf(y, "y"))


@loss(
    derivatives=[lambda a, g, y: 2.0 * (g - y), lambda a, g, y: 2.0 * (y - g)],
    printed=lambda g, y: (g - y) ** 2.0,
    symbol="squared loss",
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
    return (g - y) ** 2


def _off(pole: float, p: Any, c: Any) -> Any:
    """p, but moved away from the pole of its logarithm if its coefficient c is 0: then c · log p is 0, and not nan."""
    return where(equal(c, 0.0), where(equal(p, pole), 1.0 - pole, p), p)


def _printed_nll(g: Any, y: Any) -> Any:
    return -(y * log(g) + (1.0 - y) * log(1.0 - g))


@loss(
    derivatives=[
        lambda a, g, y: (1.0 - y) / (1.0 - _off(1.0, g, 1.0 - y)) - y / _off(0.0, g, y),
        lambda a, g, y: log1p(-g) - log(g),
    ],
    printed=_printed_nll,
    printed_derivatives=[lambda a, g, y: (1.0 - y) / (1.0 - g) - y / g, lambda a, g, y: log(1.0 - g) - log(g)],
    symbol="nll",
    samples=[(0.25, 1.0), (0.25, 0.0), (1e-300, 1.0), (1e-17, 0.0), (0.75, 0.5)],
    needs="probabilities from 0 to 1 that do not rule out what happened: g > 0 if y = 1, g < 1 if y = 0",
    hint="For a sigmoid output use nll_loss_from_logit(z, y). Labels y are 0 and 1: for -1 and +1 write (y + 1) / 2.",
    edge="Use nll_loss_from_logit(z, y) on the z of the sigmoid.",
)
def nll_loss(g: Any, y: Any) -> Value:
    """−[y log g + (1 − y) log(1 − g)]: the negative log-likelihood of the class y, 0 or 1, if 1 has probability g.

    >>> round(nll_loss(Value(0.25), 0).data, 4)
    0.2877

    A g that rules out what happened (g = 0, y = 1), and g or y outside [0, 1], are a ValueError.
    """
    nll = 0.0 - y * log(_off(0.0, g, y)) - (1.0 - y) * log1p(-_off(1.0, g, 1.0 - y))
    return within(g, 0.0, 1.0, within(y, 0.0, 1.0, nll))


@loss(
    derivatives=[lambda a, z, y: (1.0 - y) * sigmoid(z) - y * sigmoid(-z), lambda a, z, y: -z],
    printed=lambda z, y: _printed_nll(sigmoid(z), y),
    printed_derivatives=[lambda a, z, y: sigmoid(z) - y, lambda a, z, y: -z],
    symbol="nll of logit",
    samples=[(1000.0, 1.0), (-1000.0, 0.0), (40.0, 1.0), (40.0, 0.0), (-0.5, 1.0), (0.0, 0.5)],
    needs="y from 0 to 1",
    hint="y is the class: 0 or 1. For -1 and +1 write (y + 1) / 2.",
)
def nll_loss_from_logit(z: Any, y: Any) -> Value:
    """`nll_loss(sigmoid(z), y)`, computed from z so that it is right for every z.

    >>> nll_loss_from_logit(Value(-1000.0), 1).data
    1000.0
    """
    return within(y, 0.0, 1.0, y * softplus(-z) + (1.0 - y) * softplus(z))


def _up_to_margin(score: Any, y: Any, loss: Any) -> Any:
    return where(1.0 - y * score < 0.0, 0.0, loss)


@loss(
    derivatives=[lambda a, s, y: _up_to_margin(s, y, -y), lambda a, s, y: _up_to_margin(s, y, -s)],
    printed=lambda score, y: maximum(0.0, 1.0 - y * score),
    symbol="hinge",
    samples=[(0.5, 1.0), (0.5, -1.0), (1.0, 1.0), (2.0, 1.0), (-1.0, -1.0)],
    needs="y = -1 or y = +1",
    hint="For classes 0 and 1 write 2 * y - 1.",
)
def hinge_loss(score: Any, y: Any) -> Value:
    """max(0, 1 − y · score), for classes y = −1 and y = +1; another y is a ValueError.

    >>> hinge_loss(Value(0.25), 1).data
    0.75
    """
    return where(equal(y * y, 1.0), _up_to_margin(score, y, 1.0 - y * score), math.nan)


# --- losses of one output per class: in the formulas y is one-hot, 1 for the class that happened and 0 for the others -


def of_classes(op: Op, g: Any, y: Any) -> Value:
    """The node of a loss for several outputs, one per class, and for the class that happened."""
    try:
        outputs = some(g, op.name, "a list, one output per class")
    except TypeError:
        if is_row(g) and any(map(is_row, g)):
            each = f"average([{op.name}(g, y) for g, y in zip(outputs, targets, strict=True)])"
            raise TypeError(f"{op.name} takes one data point at a time, got {shown(g)}; write {each}") from None
        raise
    if op.needs == ops.softmax.needs:
        check_logits(op.name, outputs)
    target, behind = class_target(f"{op.name} of {len(outputs)} classes needs a target", y, len(outputs))
    return op.bind(target=target)(*outputs, *behind)


def of_parents(formula: Formula) -> Formula:
    """Turn a formula of g and a one-hot y into a formula of a node's parents: these begin with g.

    The setting `target` says where y is. It is the class number itself; or "index", and the last parent is the class
    number; or "one-hot", and the second half of the parents is y.
    """

    @wraps(formula)
    def of_all(*parents: Any, target: Any) -> Any:
        if target == "one-hot":
            return formula(parents[: len(parents) // 2], parents[len(parents) // 2 :])
        if target == "index":
            *g, number = parents
            return formula(g, [where(equal(number, float(k)), 1.0, 0.0) for k in range(len(g))])
        return formula(parents, [float(k == target) for k in range(len(parents))])

    return of_all


def slopes_of_parents(of_outputs: Formula, of_target: Formula) -> Formula:
    """The derivatives for all parents: those for g, then those for y if it is one-hot, or 0 if it is a class number."""

    def of_all(a: Any, *parents: Any, target: Any) -> Any:
        behind = of_target if target == "one-hot" else lambda g: [0.0]
        return of_parents(lambda g, y: [*of_outputs(g, y), *behind(g)])(*parents, target=target)[: len(parents)]

    return of_all


def _printed_cross_entropy(g: Any, y: Any) -> Any:
    return -total(*map(lambda g_k, y_k: y_k * log(g_k), g, y))


@loss(
    derivatives=slopes_of_parents(
        lambda g, y: map(lambda g_k, y_k: -y_k / _off(0.0, g_k, y_k), g, y),
        # infinite at g_k = 0, which matters only if y varies
        lambda g: [where(equal(g_k, 0.0), math.inf, 0.0 - log(_off(0.0, g_k, 0.0))) for g_k in g],
    ),
    printed=of_parents(_printed_cross_entropy),
    printed_derivatives=slopes_of_parents(
        lambda g, y: map(lambda g_k, y_k: -(y_k / g_k), g, y),
        lambda g: [-log(g_k) for g_k in g],
    ),
    symbol="cross-entropy",
    samples=[(0.25, 0.75), (1e-300, 0.5, 0.5), (0.125,)],
    settings={"target": 0},
    columns="nn.columns:of_probabilities",
    needs="probabilities from 0 to 1, with more than 0 for the target",
    hint="For a softmax output use cross_entropy_from_logits(z, y).",
    edge="Use cross_entropy_from_logits(z, y) on the z of the softmax.",
)
@of_parents
def cross_entropy(g: Any, y: Any) -> Value:
    """−log g_y, for K probabilities g and the class y, which is a number from 0 to K − 1 or a one-hot list.

    >>> round(cross_entropy([Value(0.25), Value(0.75)], 1).data, 4)
    0.2877
    """
    return total(*map(lambda g_k, y_k: within(g_k, 0.0, 1.0, y_k * (0.0 - log(_off(0.0, g_k, y_k)))), g, y))


def _exponentials(z: tuple[Any, ...]) -> tuple[list[Any], Any]:
    """The terms e^(z_k − max z), and their sum without the largest, which is 1: small terms would be lost in it."""
    e, _ = softmax_terms(z)
    return e, total(*e, -1.0)


def _minus_logs(z: tuple[Any, ...]) -> list[Any]:
    """−log p, where p = softmax(z)."""
    rest, top = log1p(_exponentials(z)[1]), maximum(*z)
    return [top - z_k + rest for z_k in z]


def _p_minus_y(z: tuple[Any, ...], y: list[Any]) -> Any:
    """p − y, computed as p_k · (the other y) − y_k · (the other p), which is right even where p_k rounds to 1."""
    e, others = _exponentials(z)
    all_y, all_e = total(*y), 1.0 + others
    return map(lambda e_k, y_k: e_k / all_e * (all_y - y_k) - y_k * ((1.0 - e_k + others) / all_e), e, y)


def _probabilities(z: tuple[Any, ...]) -> list[Any]:
    return [ops.softmax.bind(index=k)(*z) for k in range(len(z))]


@loss(
    derivatives=slopes_of_parents(_p_minus_y, _minus_logs),
    printed=of_parents(lambda z, y: _printed_cross_entropy(_probabilities(z), y)),
    printed_derivatives=slopes_of_parents(
        lambda z, y: map(lambda p_k, y_k: p_k - y_k, _probabilities(z), y),
        lambda z: [-log(p_k) for p_k in _probabilities(z)],
    ),
    symbol="cross-entropy of logits",
    samples=[(40.0, 0.0), (0.0, 40.0), (0.5, 0.5, 0.5), (1000.0, 998.0, -1000.0), (3.0,)],
    settings={"target": 0},
    columns="nn.columns:of_logits",
    needs=ops.softmax.needs,
)
@of_parents
def cross_entropy_from_logits(z: Any, y: Any) -> Value:
    """`cross_entropy(softmax(z), y)`, computed from z so that it is right for every z. A z_k of −inf masks its class.

    >>> cross_entropy_from_logits([Value(40.0), Value(0.0)], 0).data
    4.248354255291589e-18
    """
    # for a masked class −log p is infinite and y_k is 0, and their product would be nan
    return total(*map(lambda y_k, nll: y_k * where(equal(y_k, 0.0), 0.0, nll), y, _minus_logs(z)))


def class_target(words: str, y: Any, n_classes: int) -> tuple[int | str, list[Value]]:
    """The setting `target` of a loss, and the parents for y: none for an int, or the one-hot list, or the Value."""
    if is_row(y):
        leaves = [data_leaf(y_k, "y_", k) for k, y_k in enumerate(y, 1)]
        if len(leaves) != n_classes:
            came = f"{len(leaves)}: {shown(y)}"
            raise ValueError(
                f"{words} with {n_classes} entries when it is one-hot, got {came}; or write a class number"
            )
        with suppress(LookedAt):  # while they are traced they have no numbers; the program checks them
            if sorted(leaf._data for leaf in leaves) != [0.0] * (n_classes - 1) + [1.0]:
                raise ValueError(f"{words} with a single 1 and 0 for the others, or a class number; got {shown(y)}")
        return "one-hot", leaves
    with suppress(LookedAt):
        held = y._data if isinstance(y, Value) else y
        number = int(held) if isinstance(y, Value) and held.is_integer() else whole(held)
        if number is None:
            raise TypeError(
                f"{words} that is an int from 0 to {n_classes - 1} or a one-hot list, got {type(held).__name__} "
                f"{shown(held)}; write int(y) if it is a class number, or before fit and vectorize y.astype(int)"
            )
        if not 0 <= number < n_classes:
            raise IndexError(f"{words} from 0 to {n_classes - 1}, got {number}")
        if not isinstance(y, Value):
            return number, []
    return "index", [data_leaf(y, "y")]
