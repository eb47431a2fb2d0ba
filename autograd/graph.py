"""Walks over a graph: which nodes lie below a root, parents before children. No recursion, so any depth will do."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from autograd.errors import shown

if TYPE_CHECKING:
    from autograd.value import Value


def inner_nodes(root: Value) -> tuple[list[Value], list[Value]]:
    """The computed nodes below `root`, parents before children, and the leaves that vary, each once.

    A row of Values that several Σ nodes share is walked like a node, so a layer looks at its inputs once.
    """
    if root.op is None:
        return [], [root]
    order: list[Value] = []
    leaves: dict[Value, None] = {}
    seen: set[Any] = set()
    stack: list[Any] = [root]
    while stack:
        item = stack.pop()
        if item is None:  # all that lies below the next one has its place
            order.append(stack.pop())
            continue
        if item in seen:
            continue
        seen.add(item)
        if item.op is None:
            if item.varies:
                leaves[item] = None
            continue
        if item.is_row:
            leaves.update(dict.fromkeys(item.leaves))
            below = item.computed
        else:
            stack += item, None
            is_sigma = item._x is None and item._dx is not None
            below = [part for part in (item._dx, item._dy, item._y) if part is not None] if is_sigma else item.parents
        stack += reversed(below)
    return order, list(leaves)


def turns(root: Value) -> list[Value]:
    """The computed nodes below `root` in backward's order: a node's last parent is next if it waits for none."""
    waits = Counter(parent for node in inner_nodes(root)[0] for parent in node.parents)
    order: list[Value] = []
    ready = [root] if root.op is not None else []
    while ready:
        node = ready.pop()
        order.append(node)
        for parent in node.parents:
            waits[parent] -= 1
            if not waits[parent] and parent.op is not None:
                ready.append(parent)
    return order


def topological_order(root: Value) -> list[Value]:
    """Every node of the graph below `root`, parents before children, the same order every time.

    >>> from autograd import Value
    >>> x = Value(3.0, label="x")
    >>> [node._op or node.label for node in topological_order(x * x + x)]
    ['x', '*', '+']
    """
    if not hasattr(root, "varies"):
        raise TypeError(f"topological_order needs a Value, got {type(root).__name__} {shown(root)}")
    order: list[Value] = []
    seen: set[Value] = set()
    for node in [*inner_nodes(root)[0], root]:
        for item in (*node.parents, node):
            if item not in seen:
                seen.add(item)
                order.append(item)
    return order
