"""Walks over a graph: which nodes lie below a root, parents before children. No recursion, so any depth will do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
        edges = item._edges
        if len(edges) == 4:  # x, y and their slopes: unpacked, as most nodes have two parents and time counts here
            stack += (item, None)
            x, y, _, _ = edges
            if y.op is not None:
                stack.append(y)
            elif y.varies:
                leaves[y] = None
            if x.op is not None:
                stack.append(x)
            elif x.varies:
                leaves[x] = None
            continue
        if not item.is_row:
            stack += (item, None)
        for parent in item._below():
            if parent.op is not None:
                stack.append(parent)
            elif parent.varies:
                leaves[parent] = None
    return order, list(leaves)


def topological_order(root: Value) -> list[Value]:
    """Every node of the graph below `root`, parents before children, the same order every time.

    >>> from autograd import Value
    >>> x = Value(3.0, label="x")
    >>> [node._op or node.label for node in topological_order(x * x + x)]
    ['x', '*', '+']
    """
    order: list[Value] = []
    seen: set[Value] = set()
    for node in [*inner_nodes(root)[0], root]:
        for item in (*node.parents, node):
            if item not in seen:
                seen.add(item)
                order.append(item)
    return order
