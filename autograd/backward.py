"""Backpropagation: each node hands its gradient, times a local derivative, to its parents.

A gradient is complete when every node computed from its node has handed on. So the first walk finds all nodes below the
root and counts for how many each waits; the second starts at the root, and a node has its turn when it waits for none:
Kahn's topological sort, from the loss down.

A leaf keeps the sum of all the gradients that ever reached it, so it is changed only once all of them are known: an
interrupt or an overflow leaves every leaf as it was.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import TYPE_CHECKING

from autograd.clock import clock
from autograd.errors import all_finite, refuse_gradient
from autograd.graph import inner_nodes, turns

if TYPE_CHECKING:
    from autograd.rows import Row
    from autograd.value import Value


def set_gradients(nodes: Sequence[Value], gradients: Iterable[float]) -> None:
    """Set all of them in one step: Python lets no interrupt in between, as this loop runs outside its interpreter."""
    clock.gradients_of = None
    list(map(setattr, nodes, repeat("_grad"), gradients))
    clock.gradients_of = None


def empty(nodes: Iterable[Value]) -> None:
    """Set every gradient to 0."""
    clock.gradients_of = None
    for node in nodes:
        node._grad = 0.0
    clock.gradients_of = None


def backward(root: Value) -> None:
    """Fill the gradient of every node below `root`: inner nodes are set, leaves accumulate."""
    clock.gradients_of = None
    if root.op is None:
        root._grad += 1.0
        return
    leaves: list[Value] = []
    before: list[float] = []  # the gradients of the leaves, if any of them is not 0
    is_begun = False
    try:
        find_all(root, leaves)
        for leaf in leaves:
            if leaf._grad:
                before = [leaf._grad for leaf in leaves]
                break
        is_begun = True
        if before:
            empty(leaves)
        seen = hand_down(root)
        for leaf in leaves:
            seen += leaf._grad
        if before:
            after = [old + leaf._grad for old, leaf in zip(before, leaves, strict=True)]
            seen += sum(after)
        if seen - seen != 0.0:  # inf or nan
            _check(root, leaves, before)
        if before:
            set_gradients(leaves, after)
        clock.gradients_of = None
    except BaseException:
        if is_begun:
            set_gradients(leaves, before or repeat(0.0))
        set_gradients(inner_nodes(root)[0], repeat(0.0))
        raise


# The two walks mark and count in the nodes themselves: with sets and dicts backward would take half as long again.


def find_all(root: Value, leaves: list[Value]) -> None:
    """Empty every computed node below `root`, and count for how many it waits; append the leaves that vary."""
    walk = object()
    root._walk = walk
    stack = [root]
    while stack:
        node = stack.pop()
        while True:  # from a node to its first parent; the others are left for later
            node._grad = 0.0
            x, y = node._x, node._y
            if x is not None:  # one or two parents: most nodes, so time counts here
                if y is None:
                    pass
                elif y.op is None:
                    if y._walk is not walk:
                        y._walk = walk
                        if y.varies:
                            leaves.append(y)
                elif y._walk is walk:
                    y._waits += 1
                else:
                    y._walk, y._waits = walk, 1
                    stack.append(y)
            elif node._dx is not None:  # a Σ
                weights, inputs, x = node._dx, node._dy, y
                if weights._walk is not walk:
                    look_below(weights, walk, stack, leaves)
                elif weights.computed:
                    weights._waits += 1
                if inputs._walk is not walk:
                    look_below(inputs, walk, stack, leaves)
                elif inputs.computed:
                    inputs._waits += 1
                if x is None:
                    break
            else:
                look_at(node.parents, walk, stack, leaves)
                break
            if x.op is None:
                if x._walk is not walk:
                    x._walk = walk
                    if x.varies:
                        leaves.append(x)
                break
            if x._walk is walk:
                x._waits += 1
                break
            x._walk, x._waits = walk, 1
            node = x


def look_below(row: Row, walk: object, stack: list[Value], leaves: list[Value]) -> None:
    """What lies below a row; a leaf that is in another row as well is appended again, which does no harm."""
    row._walk, row._waits = walk, 1
    leaves += row.leaves
    if row.computed:
        look_at(row.computed, walk, stack, leaves)


def look_at(values: Iterable[Value], walk: object, stack: list[Value], leaves: list[Value]) -> None:
    """The same for any number of parents."""
    for x in values:
        if x.op is None:
            if x._walk is not walk:
                x._walk = walk
                if x.varies:
                    leaves.append(x)
        elif x._walk is walk:
            x._waits += 1
        else:
            x._walk, x._waits = walk, 1
            stack.append(x)


def hand_down(root: Value) -> float:
    """Hand every gradient on to the parents; the sum of those that end, which is inf or nan if any gradient is.

    An infinite one makes the next ones infinite, or nan, down to a leaf, or to where a local derivative is 0.
    """
    root._grad = 1.0
    seen = 0.0
    ready = [root]
    while ready:
        node = ready.pop()
        while True:
            g, x, y = node._grad, node._x, node._y
            if x is not None:  # one or two parents: most nodes, so time counts here
                if g:
                    slope = node._dx
                    if slope:
                        x._grad += g * slope
                    else:  # where g goes on to x, it ends further down
                        seen += g
                    if y is not None:
                        slope = node._dy
                        if slope:
                            y._grad += g * slope
                if y is None or y.op is None:
                    y = x
                elif y._waits != 1:
                    y._waits -= 1
                    y = x
                elif x.op is not None:
                    if x._waits == 1:
                        ready.append(x)
                    else:
                        x._waits -= 1
            elif node._dx is not None:  # a Σ
                weights, inputs = node._dx, node._dy
                if g:
                    seen += g
                    weights.receive(g, weights.values, inputs.data)
                    inputs.receive(g, inputs.values, weights.data)
                    if y is not None and y.varies:
                        y._grad += g
                if weights.computed and is_ready(weights):
                    ready += filter(is_ready, weights.computed)
                if inputs.computed and is_ready(inputs):
                    ready += filter(is_ready, inputs.computed)
                if y is None:
                    break
            else:
                seen += g
                node._backward()
                ready += [x for x in node.parents if x.op is not None and is_ready(x)]
                break
            if y.op is None:
                break
            if y._waits != 1:
                y._waits -= 1
                break
            node = y
    return seen


def is_ready(node: Value | Row) -> bool:
    """Whether a node, or a row, waits for none any more, now that one has handed on to it."""
    node._waits -= 1
    return not node._waits


def _check(root: Value, leaves: list[Value], before: list[float]) -> None:
    """Find what first made a gradient infinite though all it was made of is finite, and raise its error."""
    links = [
        (node, parent, slope)
        for node in turns(root)
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
    for leaf, old in zip(leaves, before, strict=False):
        if math.isfinite(old) and math.isfinite(leaf._grad) and not math.isfinite(old + leaf._grad):
            refuse_gradient(leaf, leaf, leaf._grad)
