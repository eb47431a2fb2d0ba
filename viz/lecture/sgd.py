"""The lecture's SGD in a network: of n data points one is picked, its gradient goes back to W², and moves it."""

from __future__ import annotations

from itertools import pairwise

from nn.layers import MLP
from viz.diagrams.board import straight
from viz.diagrams.diagram import Diagram
from viz.diagrams.scene import Arrow, Box
from viz.lecture.data_point import Forward, Loss
from viz.lecture.forward import ForwardPass, Row
from viz.style.labels import written


def draw_sgd(model: MLP, loss: Loss, layer: int = 2) -> Diagram:
    """The forward pass of n data points; the gradient of the one that was picked, and the step of its layer's W.

    >>> from nn import squared_loss
    >>> draw_sgd(MLP(2, [3, 1], seed=0), squared_loss).title
    'a step of SGD in a network'
    """
    picture = ForwardPass(Forward(model, given_loss=loss), [Row("1"), None, Row("i"), None, Row("n")])
    picture.heights = [112.0, 62.0, 0.0, -50.0, -112.0]  # below a ⋮ there is a y, above the next loss
    picture.board.title = "a step of SGD in a network"
    right = picture.put_points()
    board, w = picture.board, written(f"W^{layer}")
    picked, weights, frame = board.spots["loss_2"], board.spots[f"w_{layer}"], board.spots[f"layer_{layer}"]
    _, bottom, _, top = board.around()
    gradient = f"∇_{{{w}}} ℒ(g⁽ⁱ⁾, y⁽ⁱ⁾)"
    level = top + 24
    corners = [(picked.corners[2], picked.y), (right + 26, picked.y), (right + 26, level), (weights.x, level)]
    corners.append((weights.x, weights.corners[3]))
    points = [corners[0], *[point for one, other in pairwise(corners) for point in straight(one, other)[1:]]]
    board.route(Arrow("loss_2", f"w_{layer}", "gradient"), points, {"penwidth": "2"})
    board.write("gradient", [gradient], (weights.x + picked.x) / 2, level, kind="gradient", hang=0)
    lines = ["pick a data point i at random", f"evaluate {gradient}", f"update {w} ← {w} − η · {gradient}"]
    board.put(Box("step", "formula", "\n".join(lines)), frame.x, bottom - 44)
    board.told.append("; ".join(lines))
    return board.diagram()
