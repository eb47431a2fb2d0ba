"""The picture of the page: a view of the graph, drawn by Graphviz, with every shape and text tied to its Value.

Texts are drawn wide enough for any number; the page writes the numbers in. Colours are left to the style sheet.
"""

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeVar

from autograd import Value
from viz.derivation.names import titled
from viz.diagrams.diagram import Diagram
from viz.diagrams.scene import Arrow, Box, Scene
from viz.explorer.large import places
from viz.graphs.draw import MANY, drawn
from viz.style import theme
from viz.style.labels import written

NUMBER, SHORT = "−0.12345", "−0.123"  # as wide as a number gets, and in a network of many weights
GRADIENT = "grad −0.1234"  # and a gradient in a box, where it is written smaller
MANY_WEIGHTS = 60  # above which their texts would push the neurons apart
NAME, DATA, GRAD, NAMED, SLOPE = "name", "data", "grad", "named", "slope"  # what a line of text shows
Thing = TypeVar("Thing", Box, Arrow)


def picture(scene: Scene, names: Mapping[Value, str], title: str) -> str:
    """A scene as an <svg> of the page; `names` are what the page calls the Values, in topological order.

    Its elements know what they show: data-v the Value, data-op the Values that an operation computes.
    """
    numbers = {value: index for index, value in enumerate(names)}
    many = sum(arrow.value is not None for arrow in scene.arrows) > MANY_WEIGHTS
    scene = Scene(
        [_renamed(box, names) for box in scene.boxes],
        [_renamed(arrow, names) for arrow in _with_slopes(scene)],
        scene.columns,
    )
    room = partial(widest, bare=many)
    tangled = theme.TANGLED if len(scene.boxes) > MANY else {}
    try:
        diagram = _on_a_grid(scene, title, room) if many else drawn(scene, Diagram(title, **tangled), room)
        svg = ET.fromstring(diagram.svg)
    except TimeoutError:  # the graph is too tangled for Graphviz
        diagram = _on_a_grid(scene, title, room)
        svg = ET.fromstring(diagram.svg)
    facts = _facts(scene, numbers)
    things: dict[str, Box | Arrow] = {box.name: box for box in scene.boxes}
    things |= {f"arrow{number}": arrow for number, arrow in enumerate(scene.arrows)}
    _bare(svg, " ".join(written(title).split()))
    for group in svg.iter("g"):
        name = group.attrib.pop("id").removeprefix(diagram.prefix)
        if name in things:
            group.attrib |= {"class": group.attrib["class"].split(" ", 1)[1], **facts[name]}  # not Graphviz's own
            _write(group, texts(things[name], bare=many), things[name].value)
        elif group.attrib.pop("class") == "graph":
            group[:] = sorted(group.findall("g"), key=lambda child: "arrow" not in child.attrib["class"])  # below
    return ET.tostring(svg, encoding="unicode")


def _on_a_grid(scene: Scene, title: str, room: Callable[[Box | Arrow], list[str]]) -> Diagram:
    return drawn(scene, Diagram(title, engine="nop2", splines="line"), room, places(scene, room))


def _renamed(thing: Thing, names: Mapping[Value, str]) -> Thing:
    """The same box or arrow with the Value's name in this page."""
    return thing if thing.value is None else replace(thing, text=titled(names[thing.value], thing.value))


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


# --- texts ------------------------------------------------------------------------------------------------------------


def texts(thing: Box | Arrow, *, bare: bool) -> dict[str, str]:
    """What each line of text is about, and the widest it can get, so that the page has room for any number.

    With `bare` there are too many weights for texts: arrows show them by width and colour, and numbers are short.
    """
    number, value = SHORT if bare else NUMBER, thing.value
    if value is None:
        return {SLOPE: f"× {number}"} if isinstance(thing, Arrow) and thing.derivative is not None else {}
    if isinstance(thing, Arrow):
        held, gradient = {NAMED: f"{thing.text} = {number}"}, f"grad {NUMBER}"
    else:
        held, gradient = {NAME: thing.text} if thing.text else {}, GRADIENT
        held[DATA] = number
    if bare and isinstance(thing, Arrow) and thing.kind == "parameter":
        return {}
    return held | ({GRAD: SHORT if bare else gradient} if value.varies else {})


def widest(thing: Box | Arrow, *, bare: bool) -> list[str]:
    """The lines to make room for: those of a number, or what a box says that shows none."""
    is_plain = isinstance(thing, Box) and thing.value is None
    return thing.lines if is_plain else [*texts(thing, bare=bare).values()]


def _write(group: ET.Element, lines: Iterable[str], value: Value | None) -> None:
    """Tell the page what each line of text is about, and write what it says before anything is computed."""
    for text, line in zip(group.findall("text"), lines, strict=False):
        text.attrib["class"] = line
        if line == NAMED:
            name = (text.text or "").rpartition(" = ")[0]
            text.text = f"{name} = {theme.number(value.data)}" if value is not None else name
        elif line != NAME:
            text.text = theme.number(value.data) if line == DATA and value is not None else ""


def _bare(svg: ET.Element, name: str) -> None:
    """Take out sizes and tooltips; the style sheet has its own colours and fonts."""
    svg.attrib = {"role": "group", "aria-label": name, "viewBox": svg.attrib["viewBox"]}
    for element in svg.iter():
        element.tag = element.tag.split("}")[-1]  # within HTML there are no namespaces
        for child in element.findall("{*}title"):
            element.remove(child)


# --- tying the elements to the Values ---------------------------------------------------------------------------------


def _facts(scene: Scene, numbers: Mapping[Value, int]) -> dict[str, dict[str, str]]:
    """What the page is told of each box and arrow, by its id: which Values it is about, and as which input."""
    facts: dict[str, dict[str, str]] = {}
    whole = {box.name: box.value for box in scene.boxes}
    computed = {box.name: " ".join(str(numbers[value]) for value in box.computed) for box in scene.boxes}
    for box in scene.boxes:
        facts[box.name] = {} if box.value is None else {"data-v": str(numbers[box.value])}
        if box.computed:
            facts[box.name]["data-op"] = computed[box.name]
    slots: Counter[str] = Counter()
    for number, arrow in enumerate(scene.arrows):
        held = facts[f"arrow{number}"] = {} if arrow.value is None else {"data-v": str(numbers[arrow.value])}
        into, value = computed[arrow.head], whole[arrow.head]
        slot = slots[arrow.head]
        if is_input := arrow.derivative is not None or arrow.kind == "constant":
            slots[arrow.head] += 1
        if into and is_input:
            held |= {"data-into": into, "data-slot": str(slot)}  # the Values computed there; its place in the inputs
        elif value is not None:
            held |= {"data-from": str(numbers[value]), "data-slot": "0"}  # the Value whose box it leads to
        elif into:
            held["data-into"] = into
    return facts
