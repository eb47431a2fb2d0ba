"""A board holds the boxes and arrows of a drawing, each at its place in points, so that every Graphviz draws it alike.

The lecture's pictures are made on it: boxes stand in columns, arrows go straight from border to border, and the texts
of an arrow stand on it, on a white ground. x grows to the right, y upwards.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from viz.diagrams.diagram import Diagram, Point
from viz.diagrams.scene import Arrow, Box, Scene, lines
from viz.diagrams.words import sentence
from viz.style import theme

ROOM, MARGIN = 3.0, 14.0  # points between a thing and the text about it, or the frame around it
Part = Callable[[Diagram], None]  # a function that draws one box or arrow into a Diagram


@dataclass(frozen=True)
class Spot:
    """Where a box stands: its middle and its size."""

    x: float
    y: float
    width: float
    height: float
    round: bool = False

    def border(self, towards: Point) -> Point:
        """Where a straight line from the `fan` of this box to the point `towards` crosses its border."""
        (x, y), a, b = self.fan, self.width / 2, self.height / 2
        across, up, off = (towards[0] - x) / a, (towards[1] - y) / b, (x - self.x) / a
        if not self.round:
            part = 1 / max(abs(across), abs(up), 1e-9)
        else:  # part solves (off + part · across)² + (part · up)² = 1, the equation of the ellipse
            square, half = max(across**2 + up**2, 1e-9), off * across
            part = (math.sqrt(half**2 + square * (1 - off**2)) - half) / square
        return x + part * (towards[0] - x), y + part * (towards[1] - y)

    @property
    def fan(self) -> Point:
        """The point from which arrows fan out to the right: the box's middle, or that of a wide ellipse's right end."""
        return (self.corners[2] - self.height / 2 if self.round else self.x), self.y

    @property
    def corners(self) -> tuple[float, float, float, float]:
        """Left, bottom, right and top."""
        a, b = self.width / 2, self.height / 2
        return self.x - a, self.y - b, self.x + a, self.y + b


class Board:
    """A scene, and the spot of each of its boxes.

    >>> board = Board("two circles")
    >>> board.put(Box("n0", "x", "x_1"), 0, 0).width
    36.0
    >>> _ = board.put(Box("n1", "sum", "Σ"), 100, 0)
    >>> board.join(Arrow("n0", "n1", "parameter", "w_1", 0.5))
    >>> board.diagram()
    <Diagram 'two circles': 3 boxes, 1 arrows; .save('a.svg') writes it>
    """

    def __init__(self, title: str) -> None:
        self.title, self.scene = title, Scene()
        self.spots: dict[str, Spot] = {}
        self.sentences: list[str] = []  # for the description, on what boxes and arrows alone do not say
        # functions that draw the boxes, the frames below everything, the arrows, and the texts above the arrows
        self.boxes: list[Part] = []
        self.frames: list[Part] = []
        self.arrows: list[Part] = []
        self.texts: list[Part] = []

    def put(
        self, box: Box, x: float, y: float, *, size: Point | None = None, height: float = 0, side: int = 0, **style: str
    ) -> Spot:
        """Place a box with its middle at (x, y), or with `side=1` its left border at x, and its gradient below it."""
        style = theme.BOX[box.kind] | style
        width, least = size or theme.box_size(style, lines_of(box))
        round_ = style["shape"] in ("circle", "ellipse")
        spot = Spot(x + side * width / 2, y, ceiled(width), ceiled(max(height, least)), round_)
        self._place(self.boxes, box, spot, style)
        self._write_gradient(box.name, box.grad, x, spot.corners[1] - ROOM)
        return spot

    def write(
        self, name: str, texts: Iterable[str], x: float, y: float, *, kind: str = "name", hang: float = 0.0
    ) -> None:
        """Place a text over the arrows: around (x, y), or with `hang=1` below that point, with `hang=-1` above it."""
        box = Box(name, kind, "\n".join(texts))
        width, height = theme.box_size(theme.BOX[kind], lines_of(box))
        self._place(self.texts, box, Spot(x, y - hang * height / 2, ceiled(width), ceiled(height)), theme.BOX[kind])

    def _write_gradient(self, name: str, gradient: float | None, x: float, y: float) -> None:
        if gradient is not None:
            self.write(f"{name}_grad", lines("", None, gradient), x, y, kind="gradient", hang=1)

    def _place(self, parts: list[Part], box: Box, spot: Spot, style: theme.Style) -> None:
        self.scene.boxes.append(box)
        self.spots[box.name] = spot
        at, size = (spot.x, spot.y), (spot.width, spot.height)
        parts.append(lambda drawing: drawing.node(box.name, "\n".join(lines_of(box)), at=at, size=size, **style))

    def join(
        self, arrow: Arrow, *, at: float | None = None, level: float | None = None, out: bool = False, **style: str
    ) -> None:
        """Draw an arrow straight from box to box, its texts on it; or level, at the height `level`, its texts above it.

        With `out` it leaves in the middle of the right side, where it crosses nothing that stands below the box.

        `at` says at which part of the way from middle to middle the texts stand, so that those of a fan of arrows have
        equal distances; without it they stand halfway between the borders.
        """
        tail, head = self.spots[arrow.tail], self.spots[arrow.head]
        start, end = tail.border((head.x, head.y)), head.border(tail.fan)
        if out:
            start = tail.corners[2], tail.y
            end = head.border(start)
        if level is not None:
            start, end = (tail.corners[2], level), (head.corners[0], level)
        self.route(arrow, straight(start, end), **style)
        if about := lines(arrow.text, arrow.data, None):
            name, kind = f"text_{len(self.arrows)}", "weight" if arrow.kind == "parameter" else "name"
            x, y = partway(start, end, 0.5) if at is None else partway(tail.fan, (head.x, head.y), at)
            above = level is not None
            self.write(name, about, x, y + ROOM * above, kind=kind, hang=-above)
            below = ROOM if above else theme.box_size(theme.BOX[kind], about)[1] / 2
            self._write_gradient(name, arrow.grad, x, y - below)

    def route(self, arrow: Arrow, points: list[Point], **style: str) -> None:
        """Draw an arrow along the Bézier curve of these points."""
        held = theme.ARROW[arrow.kind] | style
        self.scene.arrows.append(arrow)
        self.arrows.append(lambda drawing: drawing.edge(arrow.tail, arrow.head, through=points, **held))

    def around(self, *names: str) -> tuple[float, float, float, float]:
        """Left, bottom, right and top of these boxes together, or of all."""
        left, bottom, right, top = zip(*[self.spots[name].corners for name in names or self.spots], strict=True)
        return min(left), min(bottom), max(right), max(top)

    def frame(
        self, name: str, title: str, around: Sequence[str], *, kind: str = "frame", beside: Sequence[str] = ()
    ) -> Spot:
        """Draw a frame around some boxes, high enough for those `beside` them too; its title is inside at the top."""
        left, _, right, _ = self.around(*around)
        _, bottom, _, top = self.around(*around, *beside)
        left, bottom, right, top = left - MARGIN, bottom - MARGIN, right + MARGIN, top + MARGIN
        if title:
            texts = title.split("\n")
            width, height = theme.box_size(theme.BOX["title"], texts)
            spread = max(0.0, width + 8 - (right - left)) / 2
            left, right = left - spread, right + spread
            self.write(f"{name}_title", texts, (left + right) / 2, top - MARGIN / 2 + 2, kind="title", hang=-1)
            top += height
        spot = Spot((left + right) / 2, (bottom + top) / 2, ceiled(right - left), ceiled(top - bottom))
        self._place(self.frames, Box(name, kind), spot, theme.BOX[kind])
        return spot

    def diagram(self) -> Diagram:
        """The drawing: frames, the outermost first, boxes, arrows, and the texts above them."""
        drawing = Diagram(self.title, engine="nop2")
        drawing.words = ". ".join([sentence(self.scene), *self.sentences])
        for draw in [*reversed(self.frames), *self.boxes, *self.arrows, *self.texts]:
            draw(drawing)
        return drawing


def lines_of(box: Box) -> list[str]:
    """The lines of a box without its gradient, which stands outside."""
    return "\n".join(replace(box, grad=None).lines).split("\n")


def ceiled(size: float) -> float:
    """A size rounded up to whole points. Graphviz would round it to the nearest, which may be too small."""
    return float(math.ceil(size - 1e-6))


def straight(start: Point, end: Point) -> list[Point]:
    """A straight line as a Bézier curve."""
    return [start, partway(start, end, 1 / 3), partway(start, end, 2 / 3), end]


def partway(start: Point, end: Point, part: float) -> Point:
    """The point at this part of the way from start to end."""
    return start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1])
