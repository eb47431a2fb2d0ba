"""Backpropagation: put the nodes in order, then each hands its gradient, times a local derivative, to its parents.

No recursion, so a graph may be as deep as memory allows.
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

    A node in `until` counts as a leaf: nobody looks at what lies below it.
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
        if node is None:  # all that lies below the next one has its place
            node = stack.pop()
            order.append(node)
            if node.row is not None:
                rows.add(id(node.row))
                rows.add(id(node.weights))
        elif node not in seen:
            seen.add(node)
            row = node.row
            if row is not None and id(row) in rows and id(node.weights) in rows:
                order.append(node)  # inputs are looked at once for all the neurons of a layer, weights once for all
                continue  # data points
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
    """Fill the gradient of every node below `root`: computed nodes are set, leaves accumulate.

    A leaf keeps the sum of all the gradients that ever reached it. When anything goes wrong on the way, an overflow or
    an interrupt, every leaf has again what it had before.
    """
    order, leaves = computed_nodes(root)
    before = {leaf: leaf._grad for leaf in leaves if leaf._grad or not leaf.varies}  # of the others it is 0
    try:
        for node in (*order, *before):
            node._grad = 0.0
        root._grad = 1.0
        for node in reversed(order):
            node._backward()
        if not math.isfinite(sum([leaf._grad for leaf in leaves])):
            refuse_infinite(order)
        for leaf, old in before.items():
            new = old + leaf._grad if leaf.varies else old  # a constant keeps what it had
            if math.isinf(new) and math.isfinite(old) and math.isfinite(leaf._grad):
                refuse_gradient(leaf, leaf, leaf._grad)
            leaf._grad = new
    except BaseException:
        for leaf in leaves:
            leaf._grad = before.get(leaf, 0.0)
        for node in order:
            node._grad = 0.0
        raise
