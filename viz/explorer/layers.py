"""A large graph in layers: what is computed by the same operation at the same depth is one box and one step.

In a deep graph several depths together are one layer, as many as it takes to have no more than 80 boxes.
"""

from __future__ import annotations

from collections.abc import Mapping

from autograd import Value, topological_order
from viz.diagrams.scene import Arrow, Box, Scene
from viz.graphs.operations import symbol

MOST = 80  # boxes that can still be looked over


def layers(root: Value, names: Mapping[Value, str]) -> Scene:
    """The layers of a graph, from the inputs on, as a scene.

    >>> from nn import MLP
    >>> model = MLP(2, [300, 300, 1], seed=0)
    >>> g = model([1.0, 2.0])
    >>> scene = layers(g, {value: value.label for value in topological_order(g)})
    >>> [len(box.computed) for box in scene.boxes if box.computed[0].op]
    [300, 300, 300, 300, 1, 1]
    """
    depths = 1
    while len(groups := _groups(root, depths)) > MOST:
        depths *= 2
    boxes = [_box(f"g{index}", group, names) for index, group in enumerate(groups)]
    box_of = {value: box.name for box in boxes for value in box.computed}
    arrows = dict.fromkeys((box_of[parent], box_of[value]) for value in box_of for parent in value.parents)
    return Scene(boxes, [Arrow(tail, head) for tail, head in arrows if tail != head])  # none within a layer


def _groups(root: Value, depths: int) -> list[list[Value]]:
    """Inner nodes by depth and operation, leaves by role and where they are first needed; parents come first.

    In a layer of several depths all operations are one group, as they need one another.
    """
    depth: dict[Value, int] = {}
    needed: dict[Value, int] = {}
    for value in topological_order(root):
        depth[value] = 1 + max((depth[parent] for parent in value.parents), default=-1)
        for parent in value.parents:
            needed[parent] = min(needed.get(parent, depth[value]), depth[value])
    found: dict[tuple[int, str], list[Value]] = {}
    for value, level in depth.items():
        beside = needed.get(value, 1) - 1  # a leaf stands beside what it goes into
        place, kind = (
            (level, value.op.name if depths == 1 else "operations") if value.op else (beside, f" {value.role}")
        )
        found.setdefault((place // depths, kind), []).append(value)
    return [found[key] for key in sorted(found)]


def _box(name: str, group: list[Value], names: Mapping[Value, str]) -> Box:
    first, last = group[0], group[-1]
    kind = "result" if first.op else first.role or "input"
    if len(group) == 1:
        return Box(name, kind, names[first] or "1 value", value=first, computed=group)
    same = all(value.op is first.op for value in group)
    what = f"{first.role}s" if first.role else "values"
    if first.op:
        what = f"× {symbol(first.op).splitlines()[0]}" if same else "operations"
    which = f"\n{names[first]} … {names[last]}" if names[first] and names[last] else ""
    return Box(name, kind, f"{len(group)} {what}{which}", computed=group)
