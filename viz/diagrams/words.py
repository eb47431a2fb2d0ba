"""A drawing in words, for whoever can't see it: x₁ = 1, x₂ = −2 → Σ → z = 3 → ReLU → a = 3."""

from collections import Counter
from collections.abc import Sequence
from graphlib import TopologicalSorter

from viz.diagrams.scene import Arrow, Box, Scene, lines
from viz.style.labels import written

FEW = 4  # boxes of a column that are told one by one
LONGEST = 12  # columns that are told; of more columns, the first ones and the last two are
UNTOLD = {"one", "dots", "title", "weight", "name", "gradient", "part", "weights", "text"}  # boxes that are not told


def sentence(scene: Scene) -> str:
    """What a scene shows: its columns from left to right, then its weights.

    >>> boxes = [Box("n0", "x", "x_1", 1.0), Box("n1", "sum", "Σ"), Box("n2", "a", "a", 2.0)]
    >>> sentence(Scene(boxes, [Arrow("n0", "n1", "parameter", "w_1", 2.0), Arrow("n1", "n2")]))
    'x₁ = 1 → Σ → a = 2; weights w₁ = 2'
    """
    boxes, arrows = connected(scene)
    places = dict(columns(boxes, arrows))
    names = {box.name.removesuffix("_title"): box.text for box in scene.boxes if box.name.endswith("_title")}
    told: dict[float, list[str]] = {}
    for box in boxes:
        if box.kind not in UNTOLD and (words := said(box, names)):
            told.setdefault(places[box.name], []).append(words)
    sums = {box.name for box in boxes if box.kind == "sum"}  # what stands on the arrows into them are weights
    for arrow in arrows:
        if arrow.text and arrow.head not in sums:  # z stands on the arrow from Σ to f(·)
            told.setdefault(places[arrow.tail] + 0.5, []).append(number(arrow))
    steps = [counted(told[place]) for place in sorted(told)]
    if len(steps) > LONGEST:
        steps = [*steps[: LONGEST - 3], f"… {len(steps) - LONGEST + 1} more …", *steps[-2:]]
    weights = [number(arrow) for arrow in arrows if arrow.head in sums and arrow.text and arrow.data is not None]
    return " → ".join(steps) + (f"; weights {counted(weights)}" if weights else "")


def said(box: Box, names: dict[str, str]) -> str:
    """The words of a box: which f an activation is, the title of a frame, and of any other its name and number."""
    if box.kind == "frame":
        return written(names.get(box.name, ""))
    if box.kind == "activation":
        return written(box.text.removeprefix("f(·)\n").replace("\n", " "))
    return number(box)


def number(thing: Box | Arrow) -> str:
    """A name, its number, and its gradient once there is one."""
    held = lines(" ".join(thing.text.split()), thing.data, thing.grad)
    return written(f"{held[0]} ({held[1]})" if len(held) > 1 else " ".join(held))


def counted(words: Sequence[str]) -> str:
    """The words of one column. Equal ones are counted; of many different ones the first two and the last are told.

    >>> counted(["Σ", "Σ", "Σ"]), counted(["a₁", "a₂", "a₃", "a₄", "a₅"])
    ('3 times Σ', 'a₁, a₂, … 2 more …, a₅')
    """
    times = Counter(words)
    held = [f"{count} times {word}" if count > 1 else word for word, count in times.items()]
    return ", ".join(held if len(held) <= FEW else [*held[:2], f"… {len(held) - 3} more …", held[-1]])


def connected(scene: Scene) -> tuple[list[Box], list[Arrow]]:
    """The largest part of a scene that arrows hold together, except those that lead back; so no legend is in it."""
    arrows = [arrow for arrow in scene.arrows if arrow.kind not in ("brace", "gradient")]
    parts = {box.name: {box.name} for box in scene.boxes}
    for arrow in arrows:
        part, other = parts[arrow.tail], parts[arrow.head]
        if part is not other:
            part |= other
            parts.update(dict.fromkeys(other, part))
    largest = max(parts.values(), key=len, default=set())
    return [box for box in scene.boxes if box.name in largest], [arrow for arrow in arrows if arrow.tail in largest]


def columns(boxes: Sequence[Box], arrows: Sequence[Arrow]) -> dict[str, int]:
    """The column of each box, counted from the left: the number of arrows on the longest way to it. But a box without
    arrows into it stands just before the first box that it goes to."""
    tails: dict[str, list[str]] = {box.name: [] for box in boxes}
    heads: dict[str, list[str]] = {box.name: [] for box in boxes}
    for arrow in arrows:
        tails[arrow.head].append(arrow.tail)
        heads[arrow.tail].append(arrow.head)
    column: dict[str, int] = {}
    for name in TopologicalSorter(tails).static_order():
        column[name] = max((column[tail] + 1 for tail in tails[name]), default=0)
    first = {name: min(column[head] for head in heads[name]) - 1 for name in tails if heads[name] and not tails[name]}
    return {name: first.get(name, column[name]) for name in tails}
