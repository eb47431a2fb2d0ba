"""A large network on a grid: one column for each step of the way, its boxes evenly spaced, its arrows straight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from viz.diagrams.diagram import Diagram, Point
from viz.diagrams.scene import Arrow, Box, Scene
from viz.diagrams.words import columns
from viz.style import theme

GAP, TEXT_GAP, WIDE_GAP, ROW_GAP = 44.0, 96.0, 170.0, 14.0  # points between columns, for texts, for all weights; rows
LINE = 13.0  # points between the lines of an arrow's text


def gridded(scene: Scene, diagram: Diagram, texts: Callable[[Box | Arrow], list[str]]) -> Diagram:
    """The scene's boxes and arrows, put into a diagram at places of their own (`engine="nop2"`)."""
    boxes, arrows = scene.boxes, scene.arrows
    lines = {box.name: "\n".join(texts(box)).split("\n") for box in boxes}
    styles = {box.name: theme.tight(theme.BOX[box.kind], lines[box.name]) for box in boxes}
    sizes = {name: theme.box_size(style, lines[name]) for name, style in styles.items()}
    kinds = {box.name: box.kind for box in boxes}
    ones = {name for name, kind in kinds.items() if kind == "one"}
    pitch = max(height for _, height in sizes.values()) + ROW_GAP
    told = {arrow.tail for arrow in arrows if texts(arrow)}
    x, places = 0.0, dict[str, Point]()
    column_of = columns(boxes, arrows)
    for place in sorted(set(column_of.values())):
        column = [name for name in column_of if column_of[name] == place]
        width = max(sizes[name][0] for name in column)
        top = (sum(name not in ones for name in column) - 1) / 2  # each 1 stands below its layer
        for row, name in enumerate(column):
            places[name] = x + width / 2, (top - row) * pitch
            style = {**styles[name], "id": name, "class": f"box {kinds[name]}"}
            diagram.node(name, "\n".join(lines[name]), at=places[name], size=sizes[name], **style)
        x += width + (WIDE_GAP if ones.intersection(column) else TEXT_GAP if told.intersection(column) else GAP)
    for number, arrow in enumerate(arrows):
        shown = texts(arrow)
        way = _way(places[arrow.tail], sizes[arrow.tail], places[arrow.head], sizes[arrow.head], len(shown))
        style = {**theme.ARROW[arrow.kind], "id": f"arrow{number}", "class": f"arrow {arrow.kind}"}
        diagram.edge(arrow.tail, arrow.head, "\n".join(shown), **way, **style)
    return diagram


def _way(tail: Point, tail_size: Point, head: Point, head_size: Point, n_lines: int) -> dict[str, Any]:
    """An arrow with a text goes from side to side, the text above its middle; Graphviz sees to the others."""
    if not n_lines:
        return {}
    start, end = (tail[0] + tail_size[0] / 2, tail[1]), (head[0] - head_size[0] / 2, head[1])
    middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    return {"through": [start, middle, middle, end], "label_at": (middle[0], middle[1] + n_lines * LINE / 2 + 2)}
