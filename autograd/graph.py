"""Back-propagation: sort the nodes, then let each pass its gradient, times the local derivatives, on to its parents.

The graph below a root holds the root, its parents, their parents, and so on, down to the leaves. The walks through it
are loops, without recursion, so it may be as deep as memory allows.
"""

from __future__ import annotations

import math
from collections.abc import Container
from typing import TYPE_CHECKING, Any

from autograd.errors import refuse_gradient, refuse_infinite, shown

if TYPE_CHECKING:
    from autograd.value import Value


def computed_nodes(root: Value, until: Container[Value] = ()) -> tuple[list[Value], list[Value]]:
    """The computed nodes of the graph below `root`, parents before children, and its leaves, each once.

    A node in `until` counts as a leaf: the walk does not go below it.
    """
    if root.op is None:
        return [], [root]
    order: list[Value] = []
    leaves: dict[Value, None] = {}
    seen: set[Value] = set()
    rows: set[int] = set()
    stack: list[Any] = [root]
    while stack:
        node = stack.pop()
        if node is None:  # so everything below the next node on the stack is in `order` by now
            node = stack.pop()
            order.append(node)
            if node.row is not None:
                rows.add(id(node.row))
                rows.add(id(node.weights))
        elif node not in seen:
            seen.add(node)
            # the neurons of a layer share a row of inputs, and data points share weights: each is walked through once
            row = node.row
            if row is not None and id(row) in rows and id(node.weights) in rows:
                order.append(node)
                continue
            stack.append(node)
            stack.append(None)
            for parent in reversed(node.parents):
                if parent.op is None or parent in until:
                    leaves[parent] = None
                else:
                    stack.append(parent)
    return order, list(leaves)


def topological_order(root: Value) -> list[Value]:
    """Every node of the graph below `root`, parents before children, the same order every time.

    >>> from autograd import Value
    >>> x = Value(3.0, label="x")
    >>> [node._op or node.label for node in topological_order(x * x + x)]
    ['x', '*', '+']
    """
    if not hasattr(root, "varies"):
        raise TypeError(f"topological_order needs a Value, got {type(root).__name__} {shown(root)}")
    computed, _ = computed_nodes(root)
    return list(dict.fromkeys(item for node in [*computed, root] for item in (*node.parents, node)))


def backward(root: Value) -> None:
    """Fill in the gradient of every node below `root`: a computed node gets a new one, a leaf adds it to its old one.

    So a leaf holds the sum of the gradients of all backward passes since `zero_grad`. If anything goes wrong on the
    way, an overflow or an interrupt, every leaf gets back the gradient that it had before.
    """
    order, leaves = computed_nodes(root)
    before = {leaf: leaf._grad for leaf in leaves if leaf._grad or not leaf.varies}  # all others have 0
    try:
        for node in (*order, *before):
            node._grad = 0.0
        root._grad = 1.0
        for node in reversed(order):
            node._backward()
        if not math.isfinite(sum([leaf._grad for leaf in leaves])):  # inf or nan on the way ends up in a leaf
            refuse_infinite(order)
        for leaf, old in before.items():
            new = old + leaf._grad if leaf.varies else old  # a constant keeps what it had
            if math.isinf(new) and math.isfinite(old) and math.isfinite(leaf._grad):
                refuse_gradient(leaf, leaf, leaf._grad)
            leaf._grad = new
    except BaseException:
        for node in (*leaves, *order):
            node._grad = before.get(node, 0.0)
        raise
