"""A large graph, so that it can be looked over: its many weights on a grid, or its many values in layers.

On the grid there is one column for each step of the way, its boxes evenly spaced, its arrows straight. A layer is one
box and one step: what is computed by the same operation at the same depth. In a deep graph several depths together are
one layer, as many as it takes to have no more than 80 boxes.
"""

from collections.abc import Callable, Mapping
from typing import Any

from autograd import Value, topological_order
from viz.diagrams.diagram import Point
from viz.diagrams.scene import Arrow, Box, Scene
from viz.diagrams.words import columns
from viz.graphs.operations import symbol
from viz.style import theme

MOST = 80  # boxes that can still be looked over
# points between columns: without texts on the arrows, with texts, with all the weights of a layer; and between rows
GAP, TEXT_GAP, WIDE_GAP, ROW_GAP = 44.0, 96.0, 170.0, 14.0
LINE = 13.0  # points between the lines of an arrow's text


def places(scene: Scene, texts: Callable[[Box | Arrow], list[str]]) -> dict[str, dict[str, Any]]:
    """Where the boxes and the arrows with texts stand, by their ids, in a diagram with `engine="nop2"`."""
    boxes = {box.name: box for box in scene.boxes}
    rows = {name: "\n".join(texts(box)).split("\n") for name, box in boxes.items()}
    styles = {name: theme.tight(theme.BOX[box.kind], rows[name]) for name, box in boxes.items()}
    sizes = {name: theme.box_size(styles[name], rows[name]) for name in boxes}
    ones = {name for name, box in boxes.items() if box.kind == "one"}
    pitch = max(height for _, height in sizes.values()) + ROW_GAP
    labelled = {arrow.tail for arrow in scene.arrows if texts(arrow)}
    x, found = 0.0, dict[str, dict[str, Any]]()
    column_of = columns(scene.boxes, scene.arrows)
    for place in sorted(set(column_of.values())):
        column = [name for name in column_of if column_of[name] == place]
        width = max(sizes[name][0] for name in column)
        top = (sum(name not in ones for name in column) - 1) / 2  # each 1 stands below its layer
        for row, name in enumerate(column):
            found[name] = {"at": (x + width / 2, (top - row) * pitch), "size": sizes[name]}
        x += width + (WIDE_GAP if ones.intersection(column) else TEXT_GAP if labelled.intersection(column) else GAP)
    for number, arrow in enumerate(scene.arrows):
        if lines := texts(arrow):
            found[f"arrow{number}"] = _way(found[arrow.tail], found[arrow.head], len(lines))
    return found


def _way(tail: dict[str, Point], head: dict[str, Point], n_lines: int) -> dict[str, Any]:
    """An arrow from side to side, its text above the middle; Graphviz places the arrows that have no text."""
    start = tail["at"][0] + tail["size"][0] / 2, tail["at"][1]
    end = head["at"][0] - head["size"][0] / 2, head["at"][1]
    middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    return {"through": [start, middle, middle, end], "label_at": (middle[0], middle[1] + n_lines * LINE / 2 + 2)}


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
