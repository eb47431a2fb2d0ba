"""The lecture's chain of layers, on which it draws both passes: x → f¹( · ; W¹) → Z¹, A¹ → … → f^L → g.

A layer is a box f^l with Σ and f(·) inside it; a long chain shows the first layers, … and the last.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from autograd.errors import shown
from nn.layers import MLP, Layer, Neuron
from viz.diagrams.board import Spot, straight
from viz.diagrams.scene import Arrow, Box
from viz.lecture.picture import CIRCLE, Picture
from viz.style import theme

GAP = 40.0  # points from box to box: room for A²
INSIDE = 46.0  # points from Σ to f(·): room for Z²
LAYERS = 4  # the most layers of a chain that is drawn whole


def check_model(model: Any, drawer: str) -> None:
    """Refuse a model that is not a chain of layers."""
    if not isinstance(model, (Neuron, Layer, MLP)):
        came, other = f"{type(model).__name__} {shown(model)}", "draw_graph(loss) draws whatever was computed"
        raise TypeError(f"{drawer} needs a Neuron, Layer or MLP, got {came}; {other}")


def layer_numbers(count: int, wanted: Iterable[int] = ()) -> list[int | None]:
    """The layers of a chain that are drawn, from 1, the wanted ones among them; None for the dots.

    >>> layer_numbers(3), layer_numbers(9), layer_numbers(9, [5])
    ([1, 2, 3], [1, 2, None, 9], [1, 2, None, 5, None, 9])
    """
    if count <= LAYERS:
        return [*range(1, count + 1)]
    drawn = sorted({1, 2, count, *wanted})
    numbers: list[int | None] = []
    for before, number in zip([0, *drawn], drawn, strict=False):
        numbers += [number] if number == before + 1 else [None, number]
    return numbers


def put_layers(
    board: Picture, left: float, numbers: Sequence[int | None] = (), *, inside: float = INSIDE, gap: float = GAP
) -> list[str]:
    """Place f¹, f², …, f^L from left to right, W above each, Z inside; return the names, with those of the dots."""
    names = []
    for place, number in enumerate(numbers or layer_numbers(len(board.forward.layers))):
        name = f"dots_{place}" if number is None else f"layer_{number}"
        if number is None:
            spot = board.put(Box(name, "dots", "…"), left + 15, 0, size=(30.0, 30.0))
        else:
            spot = put_layer(board, number, left, inside)
        names.append(name)
        left = spot.corners[2] + gap
    for tail, head in pairwise(names):
        number = int(tail.rpartition("_")[2])
        text = "" if tail.startswith("dots") else board.forward.output_letters(number)
        board.join(Arrow(tail, head, text=text), level=0.0)
    return names


def put_layer(board: Picture, number: int, left: float, inside: float) -> Spot:
    """Place one box f^l: Σ, Z on the arrow to f(·), and W^l above, with an arrow into Σ."""
    letters = board.forward.letters
    sigma = board.put(Box(f"sum_{number}", "sum", "Σ"), left + 14 + CIRCLE / 2, 0, size=(CIRCLE, CIRCLE))
    lines = ["f(·)", *board.forward.f_symbol(number - 1).split("\n")]  # below its symbol stand its settings
    width = max(46.0, theme.box_size(theme.BOX["activation"], lines)[0] - 6)
    f = Box(f"f_{number}", "activation", "\n".join(lines))
    board.put(f, sigma.corners[2] + inside + width / 2, 0, size=(width, CIRCLE + 16 * (len(lines) - 2)))
    board.join(Arrow(f"sum_{number}", f"f_{number}", text=letters("Z", number)), level=0.0)
    title = f"{letters('f', number)}( · ; {letters('W', number)})"
    frame = board.frame(f"layer_{number}", title, [f"sum_{number}", f"f_{number}"])
    weights = board.put(Box(f"w_{number}", "weights", letters("W", number)), sigma.x, frame.corners[3] + 26)
    ends = (sigma.x, weights.corners[1]), (sigma.x, sigma.corners[3])
    board.route(Arrow(f"w_{number}", f"sum_{number}", "parameter"), straight(*ends))
    return frame
