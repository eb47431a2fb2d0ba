"""The picture of the page: a view of the graph, drawn by Graphviz, with every shape and text tied to its Value.

Texts are drawn wide enough for any number; the page writes the numbers in. Colours are left to the style sheet.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

from autograd import Value
from viz.derivation.names import titled
from viz.diagrams.diagram import Diagram
from viz.diagrams.scene import Arrow, Box, Scene
from viz.explorer.grid import gridded
from viz.graphs.draw import MANY, drawn
from viz.style import theme

NUMBER = "−0.12345"  # as wide as a number gets
GRADIENT = "grad −0.12"  # and a gradient in a box, where it is written smaller
SLOPE = "× −0.1234"
MANY_WEIGHTS = 60  # above which their texts would push the neurons apart
NAME, DATA, GRAD, NAMED, DERIVATIVE = "name", "data", "grad", "named", "slope"  # what a line of text shows


@dataclass(frozen=True)
class Place(Box):
    """A box with room for its name, its number and its gradient, each on a line."""

    @property
    def shows(self) -> list[str]:
        """What each line is about."""
        if self.value is None:
            return []
        return [*([NAME] if self.text else []), DATA, *([GRAD] if self.value.varies else [])]

    @property
    def lines(self) -> list[str]:
        """Texts of the greatest width."""
        width = {NAME: self.text, DATA: NUMBER, GRAD: GRADIENT}
        return [width[line] for line in self.shows] or super().lines


@dataclass(frozen=True)
class Way(Arrow):
    """An arrow with room for what it carries: a weight or z with its number and gradient, or a local derivative."""

    @property
    def shows(self) -> list[str]:
        """What each line is about."""
        if self.value is not None:
            return [NAMED, GRAD] if self.value.varies else [NAMED]
        return [DERIVATIVE] if self.derivative is not None else []

    @property
    def lines(self) -> list[str]:
        """Texts of the greatest width."""
        width = {NAMED: f"{self.text} = {NUMBER}", GRAD: NUMBER, DERIVATIVE: SLOPE}
        return [width[line] for line in self.shows]


class Bare(Way):
    """A weight's arrow among too many for texts: its width and colour show the number."""

    @property
    def shows(self) -> list[str]:
        """No text of a weight."""
        return [] if self.kind == "parameter" else super().shows


Shown = TypeVar("Shown", Place, Way)


@dataclass
class Picture:
    """An <svg> whose elements know what they show: data-v the Value, data-op the Value an operation computes."""

    svg: str
    width: float
    height: float


def picture(
    scene: Scene, names: Mapping[Value, str], title: str, members: Mapping[str, Sequence[Value]] | None = None
) -> Picture:
    """A scene as a picture of the page; `names` are what the page calls the Values, in topological order.

    `members` are the Values of a box that stands for several.
    """
    numbers = {value: index for index, value in enumerate(names)}
    weights = sum(arrow.value is not None for arrow in scene.arrows)
    boxes = [_renamed(Place, box, names) for box in scene.boxes]
    arrows = [_renamed(Bare if weights > MANY_WEIGHTS else Way, arrow, names) for arrow in _with_slopes(scene)]
    text = None if weights > MANY_WEIGHTS else _laid_out(Scene([*boxes], [*arrows], scene.columns), title)
    svg = ET.fromstring(text or gridded(boxes, arrows, Diagram(title, engine="nop2", splines="line")).svg)
    computed = {name: [numbers[value] for value in group] for name, group in (members or {}).items()}
    _tie(svg, boxes, arrows, numbers, computed or _computed(boxes, arrows, numbers))
    _, _, width, height = (float(x) for x in svg.attrib["viewBox"].split())
    return Picture(ET.tostring(svg, encoding="unicode"), width, height)


def _laid_out(scene: Scene, title: str) -> str | None:
    """The scene as Graphviz lays it out; None for a tangle that takes it too long."""
    large = theme.TANGLED if len(scene.boxes) > MANY else {}
    try:
        return drawn(scene, Diagram(title, **large)).svg
    except TimeoutError:
        return None


def _renamed(kind: type[Shown], thing: Box | Arrow, names: Mapping[Value, str]) -> Shown:
    """The same box or arrow, with room for texts, and the Value's name in this page."""
    held = {field.name: getattr(thing, field.name) for field in fields(thing)}
    if thing.value is not None:
        held["text"] = titled(names[thing.value], thing.value)
    return kind(**held)


def _with_slopes(scene: Scene) -> Iterator[Arrow]:
    """The arrows; the one from f(·) to a carries f′(z)."""
    functions = {box.name for box in scene.boxes if box.kind == "activation"}
    values = {box.name: box.value for box in scene.boxes}
    for arrow in scene.arrows:
        a = values.get(arrow.head)
        if arrow.tail in functions and a is not None and len(a.parents) == 1 and a.parents[0].varies:
            yield Arrow(arrow.tail, arrow.head, "derivative", derivative=a.local_derivatives[0])
        else:
            yield arrow


# --- tying the elements to the Values ---------------------------------------------------------------------------------


def _tie(
    svg: ET.Element,
    boxes: list[Place],
    arrows: list[Way],
    numbers: Mapping[Value, int],
    computed: Mapping[str, list[int]],
) -> None:
    """Give each group its class and its data, each text its line; take out colours, ids and tooltips."""
    for element in svg.iter():
        element.tag = element.tag.split("}")[-1]
        element.attrib = {key: x for key, x in element.attrib.items() if not key.startswith("{")}
    svg.attrib.pop("width", None), svg.attrib.pop("height", None)
    svg.attrib["role"] = "group"
    by_name = {box.name: box for box in boxes}
    slots = _slots(arrows)
    for group in list(svg.iter("g")):
        title = group.find("title")
        kind, number = group.attrib.get("class"), group.attrib.pop("id").rpartition("-")[2]
        if title is not None:
            group.remove(title)
        if kind == "node":
            assert title is not None
            box = by_name[title.text or ""]
            group.attrib |= {"class": f"box {box.kind}", **_about(box.value, numbers)}
            if box.name in computed:
                group.attrib["data-op"] = " ".join(map(str, computed[box.name]))
            _lines(group, box.shows, box.value)
        elif kind == "edge":
            index = int(number.removeprefix("edge")) - 1
            if index >= len(arrows):  # only there to keep a column in order
                continue
            arrow = arrows[index]
            group.attrib |= {"class": f"arrow {arrow.kind}", **_about(arrow.value, numbers)}
            into = [*computed.get(arrow.head, [])]
            if into and slots[index] is not None:
                group.attrib |= {"data-into": " ".join(map(str, into)), "data-slot": str(slots[index])}
            elif (whole := by_name[arrow.head].value) is not None:
                group.attrib |= {"data-from": str(numbers[whole]), "data-slot": "0"}
            elif into:
                group.attrib["data-into"] = " ".join(map(str, into))
            _lines(group, arrow.shows, arrow.value)
        elif kind == "graph":
            group.attrib.pop("class")
            group[:] = sorted(group.findall("g"), key=lambda child: child.attrib["class"] != "edge")  # arrows below
    for element in svg.iter():
        for key in ("fill", "stroke", "font-family", "font-size", "class" if element.tag == "svg" else ""):
            element.attrib.pop(key, None)


def _about(value: Value | None, numbers: Mapping[Value, int]) -> dict[str, str]:
    return {} if value is None else {"data-v": str(numbers[value])}


def _computed(boxes: list[Place], arrows: list[Way], numbers: Mapping[Value, int]) -> dict[str, list[int]]:
    """Which Values the box of an operation computes."""
    values = {box.name: box.value for box in boxes}
    found: dict[str, list[int]] = {}
    for arrow in arrows:
        value = values[arrow.head] if values[arrow.tail] is None else None
        if value is None and arrow.value is not None and arrow.value.op is not None and arrow.kind == "plain":
            value = arrow.value  # z stands on the arrow from Σ to f(·)
        if value is not None and value.op is not None:
            found.setdefault(arrow.tail, []).append(numbers[value])
    return found


def _slots(arrows: list[Way]) -> list[int | None]:
    """For each arrow into an operation which parent it comes from, in written order."""
    count: dict[str, int] = {}
    slots: list[int | None] = []
    for arrow in arrows:
        if arrow.derivative is None and arrow.kind != "constant":
            slots.append(None)
            continue
        slots.append(count.get(arrow.head, 0))
        count[arrow.head] = count.get(arrow.head, 0) + 1
    return slots


def _lines(group: ET.Element, shows: list[str], value: Value | None) -> None:
    for text, line in zip(group.findall("text"), shows, strict=False):
        text.attrib["class"] = line
        if line == NAMED:
            name = (text.text or "").rpartition(" = ")[0]
            text.text = f"{name} = {theme.number(value.data)}" if value is not None else name
        elif line != NAME:
            text.text = theme.number(value.data) if line == DATA and value is not None else ""
