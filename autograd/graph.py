"""Walks over a graph: which nodes lie below a root, parents before children. No recursion, so any depth will do."""

from __future__ import annotations

from itertools import chain
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
    in_rows: list[tuple[Value, ...]] = []
    seen: set[Any] = set()
    stack: list[Any] = [root, None]
    pop, push, place, see = stack.pop, stack.append, order.append, seen.add
    while stack:
        item = pop()
        if item is not None:  # all that lies below it has its place
            place(item)
            continue
        item = pop()  # what lies under a None has not been looked at
        while item not in seen:  # go down from parent to parent, the first one first
            see(item)
            edges = item._edges
            count = len(edges)
            if count == 2 or count == 4:  # one or two parents, then their slopes: most nodes, so time counts here
                x = edges[0]
                if count == 4:
                    y = edges[1]
                    if y.op is not None:
                        push(item)
                        if x.op is not None:
                            push(y)
                            push(None)
                            item = x
                            continue
                        if x.varies:
                            leaves[x] = None
                        item = y
                        continue
                    if y.varies:
                        leaves[y] = None
                if x.op is None:
                    if x.varies:
                        leaves[x] = None
                    place(item)
                    break
                push(item)
                item = x
            elif count == 3:  # a Σ: two rows and a bias
                weights, inputs, bias = edges
                if bias is not None and bias.op is None:
                    if bias.varies:
                        leaves[bias] = None
                    bias = None
                if bias is None and inputs in seen and weights in seen:
                    place(item)
                    break
                push(item)
                if bias is not None:
                    push(bias)
                    push(None)
                push(inputs)
                push(None)
                item = weights
            else:  # a row, or any number of parents
                if not item.is_row:
                    push(item)
                elif item.leaves:
                    in_rows.append(item.leaves)
                    break
                for x in item._below():
                    if x.op is None:
                        if x.varies:
                            leaves[x] = None
                    elif x not in seen:
                        push(x)
                        push(None)
                break
    return order, list(dict.fromkeys(chain(leaves, *in_rows))) if in_rows else list(leaves)


def topological_order(root: Value) -> list[Value]:
    """Every node of the graph below `root`, parents before children, the same order every time.

    >>> from autograd import Value
    >>> x = Value(3.0, label="x")
    >>> [node._op or node.label for node in topological_order(x * x + x)]
    ['x', '*', '+']
    """
    if getattr(root, "_edges", None) is None:
        raise TypeError(f"topological_order needs a Value, got {type(root).__name__} {shown(root)}")
    order: list[Value] = []
    seen: set[Value] = set()
    for node in [*inner_nodes(root)[0], root]:
        for item in (*node.parents, node):
            if item not in seen:
                seen.add(item)
                order.append(item)
    return order
