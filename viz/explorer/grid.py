"""A large network on a grid: one column for each step of the way, its boxes evenly spaced, its arrows straight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from viz.diagrams.diagram import Point
from viz.diagrams.scene import Arrow, Box, Scene
from viz.diagrams.words import columns
from viz.style import theme

# points between columns: without texts on the arrows, with texts, with all the weights of a layer; and between rows
GAP, TEXT_GAP, WIDE_GAP, ROW_GAP = 44.0, 96.0, 170.0, 14.0
LINE = 13.0  # points between the lines of an arrow's text


def places(scene: Scene, texts: Callable[[Box | Arrow], list[str]]) -> dict[str, dict[str, Any]]:
    """Where the boxes and the arrows with texts stand, by their ids, in a diagram with `engine="nop2"`."""
    boxes = {box.name: box for box in scene.boxes}
    sizes = {name: _size(box, "\n".join(texts(box)).split("\n")) for name, box in boxes.items()}
    ones = {name for name, box in boxes.items() if box.kind == "one"}
    pitch = max(height for _, height in sizes.values()) + ROW_GAP
    told = {arrow.tail for arrow in scene.arrows if texts(arrow)}
    x, found = 0.0, dict[str, dict[str, Any]]()
    column_of = columns(scene.boxes, scene.arrows)
    for place in sorted(set(column_of.values())):
        column = [name for name in column_of if column_of[name] == place]
        width = max(sizes[name][0] for name in column)
        top = (sum(name not in ones for name in column) - 1) / 2  # each 1 stands below its layer
        for row, name in enumerate(column):
            found[name] = {"at": (x + width / 2, (top - row) * pitch), "size": sizes[name]}
        x += width + (WIDE_GAP if ones.intersection(column) else TEXT_GAP if told.intersection(column) else GAP)
    for number, arrow in enumerate(scene.arrows):
        if lines := texts(arrow):
            found[f"arrow{number}"] = _way(found[arrow.tail], found[arrow.head], len(lines))
    return found


def _size(box: Box, lines: list[str]) -> Point:
    return theme.box_size(theme.tight(theme.BOX[box.kind], lines), lines)


def _way(tail: dict[str, Point], head: dict[str, Point], n_lines: int) -> dict[str, Any]:
    """An arrow from side to side, its text above the middle; Graphviz places the arrows that have no text."""
    start = tail["at"][0] + tail["size"][0] / 2, tail["at"][1]
    end = head["at"][0] - head["size"][0] / 2, head["at"][1]
    middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    return {"through": [start, middle, middle, end], "label_at": (middle[0], middle[1] + n_lines * LINE / 2 + 2)}
