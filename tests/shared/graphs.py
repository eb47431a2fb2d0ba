"""Graphs that more than one test looks at, and what the tests ask of a graph."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autograd import Value, topological_order


def leaves(numbers: Iterable[float]) -> list[Value]:
    """x_1, x_2, ... with these numbers."""
    return [Value(x, label=f"x_{i}") for i, x in enumerate(numbers, 1)]


def leaves_of(root: Value) -> list[Value]:
    """The leaves below a node that a gradient can flow to."""
    return [node for node in topological_order(root) if node.op is None and node.varies]


def gradients(root: Value, leaves: Sequence[Value]) -> list[float]:
    """What one backward from the root alone gives these leaves, which end with no gradient."""
    for leaf in leaves:
        leaf.grad = 0.0
    root.backward()
    found = [leaf.grad for leaf in leaves]
    for leaf in leaves:
        leaf.grad = 0.0
    return found


def absolute_sums(root: Value) -> dict[Value, float]:
    """For each node, the sum of the absolute values of all the products of slopes from the root to it."""
    sums = {root: 1.0}
    for node in reversed(topological_order(root)):
        for parent, slope in zip(node.parents, node.local_derivatives, strict=True):
            sums[parent] = sums.get(parent, 0.0) + sums.get(node, 0.0) * abs(slope)
    return sums
