"""Reads the places of boxes from a Diagram's DOT text, and finds boxes and texts that overlap."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations

from viz import Diagram
from viz.style import theme

NODE = re.compile(r"^\t(\w+) \[(.*)\]$")
ATTRIBUTE = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Place:
    name: str
    label: str
    x: float
    y: float
    width: float
    height: float
    shape: str
    fontsize: float

    def text(self) -> tuple[float, float]:
        """The size of the label: what theme's estimate says, without the room it leaves for wider fonts."""
        width, height = theme.text_size(self.label.split("\\n"), self.fontsize)
        return width * 0.9, height


def places(diagram: Diagram) -> dict[str, Place]:
    found = {}
    for line in diagram.digraph.body:
        match = NODE.match(line.rstrip("\n"))
        if not match or " -> " in match[1] or match[1] in ("graph", "node", "edge"):
            continue
        held = dict(ATTRIBUTE.findall(match[2]))
        x, y = map(float, held["pos"].split(","))
        size = float(held["width"]) * 72, float(held["height"]) * 72
        style = {**theme.NODE, **held}
        found[match[1]] = Place(match[1], held["label"], x, y, *size, style["shape"], float(style["fontsize"]))
    return found


def is_frame(place: Place) -> bool:
    return place.label == ""


def overlapping(diagram: Diagram, slack: float = 1.0) -> list[str]:
    """Pairs of boxes or texts, frames apart, that cover each other by more than `slack` points."""
    held = [place for place in places(diagram).values() if not is_frame(place)]
    return [f"{a.name} and {b.name}" for a, b in combinations(held, 2) if cover(a, b, slack)]


def cover(a: Place, b: Place, slack: float) -> bool:
    if a.shape == b.shape == "circle":
        return (a.x - b.x) ** 2 + (a.y - b.y) ** 2 < ((a.width + b.width) / 2 - slack) ** 2
    (aw, ah), (bw, bh) = (body(a), body(b))
    return abs(a.x - b.x) < (aw + bw) / 2 - slack and abs(a.y - b.y) < (ah + bh) / 2 - slack


def body(place: Place) -> tuple[float, float]:
    """What a box covers: a text without a border covers what is written."""
    if place.shape == "plaintext":
        return place.text()
    return place.width, place.height


def too_small(diagram: Diagram) -> list[str]:
    """Boxes whose text is larger than they are."""
    return [
        place.name
        for place in places(diagram).values()
        if (place.shape != "circle" and place.text()[0] > place.width + 2) or place.text()[1] > place.height + 4
    ]
