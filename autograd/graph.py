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
    leaves: list[Value] = []
    seen: set[Any] = set()
    stack: list[Any] = [root]
    pop, push = stack.pop, stack.append
    while stack:
        item = pop()
        if item is None:  # all that lies below the next one has its place
            order.append(pop())
            continue
        while item not in seen:  # go down from parent to parent, the first one first
            seen.add(item)
            edges = item._edges
            count = len(edges)
            if count == 4 or count == 2:  # one or two parents, then their slopes: most nodes, so time counts here
                push(item)
                push(None)
                if count == 4:
                    y = edges[1]
                    if y.op is not None:
                        push(y)
                    elif y.varies:
                        leaves.append(y)
                x = edges[0]
                if x.op is not None:
                    item = x
                elif x.varies:
                    leaves.append(x)
                continue
            if not item.is_row:
                push(item)
                push(None)
            elif item.leaves:
                leaves += item.leaves
                continue
            for parent in item._below():
                if parent.op is None:
                    if parent.varies:
                        leaves.append(parent)
                elif parent not in seen:
                    push(parent)
    return order, list(dict.fromkeys(leaves))


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
