"""The lecture's forward pass: n data points through the layers to outputs g, their losses, and the training error J.

And a step of SGD in a network: one of the n data points is picked, and the gradient of its loss goes back and moves W².
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from autograd import Value, average
from nn.data import checked_data, list_of
from nn.layers import MLP
from viz.diagrams.board import straight
from viz.diagrams.diagram import Diagram
from viz.diagrams.scene import Arrow, Box
from viz.lecture.chain import GAP, check_model, put_layers
from viz.lecture.data_point import Forward, Loss, visible
from viz.lecture.factors import FEW
from viz.lecture.picture import Picture, row_heights, wide
from viz.style import theme
from viz.style.labels import written

STEP = 100.0  # points from data point to data point: room for y above each loss
Row = tuple[str, Forward]  # the number of a data point, and what the model makes of it


def draw_forward(model: Any, X: Any = None, Y: Any = None, loss: Loss | None = None, *, max_points: int = 3) -> Diagram:
    """The lecture's forward pass: data points through the layers to g, their losses, and J, the average of these.

    >>> from nn import MLP, squared_loss
    >>> draw_forward(MLP(2, [3, 1], seed=0), [[0, 1], [1, 0]], [1, 2], squared_loss).title
    'forward pass'

    X are n data points and Y their n targets; without X the points are x^(1) … x^(n), and there are no numbers. Of
    more than `max_points` the first ones and the last are shown; J is the average of all.
    """
    check_model(model, "draw_forward")
    if X is None and Y is not None:
        raise ValueError("a Y without an X has nothing to be compared with; give X=, the data points, too")
    forward, most = Forward(model, loss=loss), wide(max_points, "max_points")
    rows: list[Row | None] = [("1", forward), None, ("n", forward)]
    losses: list[Value] = []
    count = "n"
    if X is not None:
        given = list_of("X", X)
        data = enumerate(zip(*checked_data(given, [0] * len(given) if Y is None else Y), strict=True), 1)
        points = [(str(i), Forward(model, x, None if Y is None else y, loss)) for i, (x, y) in data]
        rows = [None if i is None else points[i] for i in visible(len(points), most)]
        losses, count = [point.loss for _, point in points if point.loss is not None], str(len(points))
    picture = ForwardPass(forward, rows)
    left = picture.put_points() + GAP
    if loss is not None:
        lines = ["J", f"average of {count}", *([theme.number(average(losses).data)] if losses else [])]
        picture.put(Box("J", "loss", "\n".join(lines)), left, 0, height=62, side=1)
        for i, _ in picture.drawn:
            picture.join(Arrow(f"loss_{i}", "J"))
    return picture.diagram()


class ForwardPass(Picture):
    """The picture, column by column."""

    def __init__(self, forward: Forward, points: list[Row | None], title: str = "forward pass") -> None:
        super().__init__(title, forward)
        self.points, self.heights = points, row_heights(len(points), STEP)
        self.drawn = [(i, row) for i, row in enumerate(points) if row is not None]

    def put_points(self) -> float:
        """Place the data points, the layers, the outputs, and the losses if there are any; return the right border."""
        right = self._put_column("x", "input", 0.0, self._x)
        names = put_layers(self, right + GAP + 16)
        right = self._put_column("g", "result", self.spots[names[-1]].corners[2] + GAP + 8, self._g)
        for i, _ in self.drawn:
            self.join(Arrow(f"x_{i}", names[0]))
            self.join(Arrow(names[-1], f"g_{i}"))
        if self.forward.given_loss is None:
            return right
        right = self._put_column("loss", "loss", right + GAP, self._loss)
        for i, row in self.drawn:
            self._put_target(i, *row)
            self.join(Arrow(f"g_{i}", f"loss_{i}"))
        return right

    def _put_column(self, name: str, kind: str, left: float, text: Callable[[str, Forward], list[str]]) -> float:
        """Place one box per data point, all as wide as the widest; return the right border."""
        texts = [["⋮"] if row is None else text(*row) for row in self.points]
        width = max(theme.box_size(theme.BOX[kind], lines)[0] for lines in texts)
        for i, (row, lines, y) in enumerate(zip(self.points, texts, self.heights, strict=True)):
            box = Box(f"{name}_{i}", "dots" if row is None else kind, "\n".join(lines))
            height = 26.0 + 16 * (len(lines) - 1)
            self.put(box, left + width / 2, y, size=(20.0, 26.0) if row is None else (width, height))
        return left + width

    def _x(self, number: str, point: Forward) -> list[str]:
        known = point.has_numbers and point.d <= FEW
        numbers = [f"({', '.join(theme.number(x.data) for x in point.x)})"] if known else []
        return [f"x^{{({number})}}", *numbers]

    def _g(self, number: str, point: Forward) -> list[str]:
        known = point.has_numbers and len(point.a[-1]) == 1
        return [f"g^{{({number})}}", *([theme.number(point.a[-1][0].data)] if known else [])]

    def _loss(self, number: str, point: Forward) -> list[str]:
        numbers = [] if point.loss is None else [theme.number(point.loss.data)]
        return [f"ℒ(g^{{({number})}}, y^{{({number})}})", *numbers]

    def _put_target(self, i: int, number: str, point: Forward) -> None:
        """Write the target y above its loss."""
        spot, y = self.spots[f"loss_{i}"], point.given_y
        text = f"y^{{({number})}}" + (f" = {theme.number(y)}" if isinstance(y, (int, float)) else "")
        self.write(f"y_{i}", [text], spot.x, spot.corners[3] + 22, hang=-1)
        self.join(Arrow(f"y_{i}", f"loss_{i}", "constant"))


# --- a step of SGD ----------------------------------------------------------------------------------------------------


def draw_sgd(model: MLP, loss: Loss) -> Diagram:
    """The forward pass of n data points, the gradient of the one that is picked, and the step that it makes W² take.

    >>> from nn import squared_loss
    >>> draw_sgd(MLP(2, [3, 1], seed=0), squared_loss).title
    'a step of SGD in a network'
    """
    forward = Forward(model, loss=loss)
    rows = [("1", forward), None, ("i", forward), None, ("n", forward)]
    board = ForwardPass(forward, rows, "a step of SGD in a network")
    board.heights = [112.0, 62.0, 0.0, -50.0, -112.0]  # below a ⋮ there is room for the y of the next loss
    right, w = board.put_points(), written("W^2")
    picked, weights, frame = board.spots["loss_2"], board.spots["w_2"], board.spots["layer_2"]
    _, bottom, _, top = board.around()
    gradient = f"∇_{{{w}}} ℒ(g⁽ⁱ⁾, y⁽ⁱ⁾)"
    level = top + 24
    corners = [(picked.corners[2], picked.y), (right + 26, picked.y), (right + 26, level), (weights.x, level)]
    corners.append((weights.x, weights.corners[3]))
    points = [corners[0], *[point for one, other in pairwise(corners) for point in straight(one, other)[1:]]]
    board.route(Arrow("loss_2", "w_2", "gradient"), points, penwidth="2")
    board.write("gradient", [gradient], (weights.x + picked.x) / 2, level, kind="gradient", hang=0)
    lines = ["pick a data point i at random", f"evaluate {gradient}", f"update {w} ← {w} − η · {gradient}"]
    board.put(Box("step", "formula", "\n".join(lines)), frame.x, bottom - 44)
    board.sentences.append("; ".join(lines))
    return board.diagram()
