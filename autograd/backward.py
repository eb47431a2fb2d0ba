"""Backpropagation: from the root down, each node hands its gradient, times a local derivative, to its parents.

A leaf keeps the sum of all the gradients that ever reached it, so it is changed only once all of them are known: an
interrupt or an overflow leaves every leaf as it was.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import TYPE_CHECKING

from autograd.errors import all_finite, refuse_gradient
from autograd.graph import inner_nodes
from autograd.rows import hand_on

if TYPE_CHECKING:
    from autograd.value import Value


def set_gradients(nodes: Sequence[Value], gradients: Iterable[float]) -> None:
    """Set all of them in one step: Python lets no interrupt in between, as this loop runs outside its interpreter."""
    list(map(setattr, nodes, repeat("_grad"), gradients))


def backward(root: Value) -> None:
    """Fill the gradient of every node below `root`: inner nodes are set, leaves accumulate."""
    order, leaves = inner_nodes(root)
    before = [leaf._grad for leaf in leaves]
    again = any(before)  # otherwise there is nothing to add to
    try:
        if again:
            for leaf in leaves:
                leaf._grad = 0.0
        for node in order:
            node._grad = 0.0
        root._grad = 1.0
        order.reverse()
        seen = 0.0  # the sum of all gradients: inf or nan if one of them is
        for node in order:
            g = node._grad
            if not g:
                continue
            seen += g
            edges = node._edges
            count = len(edges)
            if count == 2:  # the same as node._backward(), without the call: time counts here
                x, slope_x = edges
                if slope_x:
                    x._grad += g * slope_x
            elif count == 4:
                x, y, slope_x, slope_y = edges
                if slope_x:
                    x._grad += g * slope_x
                if slope_y:
                    y._grad += g * slope_y
            elif count == 3:
                hand_on(g, edges)
            else:
                node._backward()
        after = [leaf._grad for leaf in leaves]
        if again:
            after = [old + new for old, new in zip(before, after, strict=True)]
        seen += sum(after)
        if seen - seen != 0.0:
            _check(order, leaves, before, after)
        if again:
            set_gradients(leaves, after)
    except BaseException:
        set_gradients(leaves, before)
        set_gradients(order, repeat(0.0))
        raise


def _check(order: list[Value], leaves: list[Value], before: list[float], after: list[float]) -> None:
    """Find what first made a gradient infinite though all it was made of is finite, and raise its error."""
    links = [
        (node, parent, slope)
        for node in order
        if node._grad and math.isfinite(node._grad)
        # inf or nan given by the user goes where it goes
        if all_finite((node._data, *(parent._data for parent in node.parents)))
        for parent, slope in zip(node.parents, node.local_derivatives, strict=True)
        if slope
    ]
    for node, parent, slope in links:
        if not math.isfinite(node._grad * slope):
            refuse_gradient(node, parent, slope)
    for node, parent, slope in links:  # each contribution is finite, and their sum is not
        if math.isinf(parent._grad):
            refuse_gradient(node, parent, slope)
    for leaf, old, new in zip(leaves, before, after, strict=True):
        if math.isfinite(old) and math.isfinite(leaf._grad) and not math.isfinite(new):
            refuse_gradient(leaf, leaf, leaf._grad)
