"""The lecture's backpropagation: the chain of layers, and below it the factors of ∂ℒ/∂W², ∂ℒ/∂W¹, and what they share.

What two gradients share is computed once, ∂ℒ/∂Z², and reused: it is marked in the first row and stands as one box in
the next. A lone neuron shows the lecture's backward pass of a regressor, ∇_w ℒ = x · ReLU′(z) · 2·(g − y).
"""

from collections.abc import Iterable
from itertools import pairwise
from math import prod
from typing import Any

from autograd import Value
from autograd.errors import shown
from autograd.formulas.text import as_text
from nn.data import whole
from nn.layers import MLP, Layer, Neuron
from viz.diagrams.diagram import Diagram
from viz.diagrams.scene import Arrow, Box
from viz.lecture.chain import GAP, INSIDE, check_model, layer_numbers, put_layers
from viz.lecture.data_point import Forward, Loss, leaf
from viz.lecture.factors import Factor, few_numbers, of_activation, of_inputs, of_loss, of_weights
from viz.lecture.neuron import neuron_board
from viz.lecture.picture import CIRCLE, Picture, wide
from viz.style import theme
from viz.style.labels import written

Target = tuple[int, Value | None]  # a layer, from 1, and one parameter of it if not all of W is meant


def draw_backprop(
    model: Neuron | Layer | MLP, x: Any = None, y: Any = None, loss: Loss | None = None, wrt: Any = None
) -> Diagram:
    """The factors of the gradients by backpropagation, with a mark on those that are reused.

    >>> from nn import squared_loss
    >>> draw_backprop(MLP(2, [3, 3, 1], seed=0), [1.0, 2.0], 0.5, squared_loss, wrt=[2, 1]).title
    'backpropagation'

    `wrt`: layers (2 or "W²" for W²), parameters of the model, or a list of these; without it the first two layers.
    Numbers appear when x, y and a loss are given. No gradient of the model changes.
    """
    check_model(model, "draw_backprop")
    if x is not None and y is None:
        raise ValueError("draw_backprop needs x, y and loss for the numbers; without any of them it draws the formulas")
    forward = Forward(model, x, y, loss)
    targets = wanted(forward, wrt)
    if any(places > 1 for places in forward.weights.values()):
        raise ValueError(
            "draw_backprop shows one way of each gradient, and a weight of this model stands in several places; "
            "explain(loss, w) adds up all its ways"
        )
    if isinstance(model, Neuron) and targets == [(1, None)]:
        return neuron_backprop(forward).diagram()
    return _Backprop(forward, targets).diagram()


def wanted(forward: Forward, wrt: Any) -> list[Target]:
    """The gradients asked for, those of the last layers first."""
    if wrt is None:
        wrt = [2, 1][-len(forward.layers) :]
    listed = list(wrt) if isinstance(wrt, Iterable) and not isinstance(wrt, str) else [wrt]
    if not listed:
        raise ValueError("wrt needs at least one layer or parameter, got none")
    found = dict.fromkeys(target(forward, item) for item in listed)
    return sorted(found, key=lambda held: -held[0])


def target(forward: Forward, item: Any) -> Target:
    """The layer that `item` means, and the parameter, if one is meant rather than all of W."""
    for number, part in enumerate(forward.parts, 1):
        if any(item is parameter for parameter in part.parameters()):
            return number, item
        names = f"W{number}", written(f"W^{number}"), written(forward.letters("W", number))
        words = isinstance(item, str) and written(item) in names
        if item is part or words or whole(item) == number:
            return number, None
    if isinstance(item, Value):
        raise ValueError(f"wrt needs a parameter of the model, got {shown(item)}; model.parameters() lists them")
    raise ValueError(f"wrt needs a layer from 1 to {number}, 'W^1', or a parameter of the model, got {shown(item)}")


class _Backprop(Picture):
    """The chain, and a row of factors for each gradient, each factor below what it is about."""

    def __init__(self, forward: Forward, targets: list[Target]) -> None:
        super().__init__("backpropagation", forward)
        self.targets = targets
        self.names: list[list[str]] = []  # the names of the boxes of each row
        self.numbers = layer_numbers(len(forward.layers), [number for number, _ in targets])
        self.factors = [self._row(place) for place in range(len(targets))]
        columns = [(column, factor) for row in self.factors for column, factor in row.items()]
        near = [factor for column, factor in columns if not column.startswith(("loss", "dots"))]
        self.wide = max(map(self._width, near))

    def _row(self, place: int) -> dict[str, Factor]:
        """The factors of one gradient by column, from left to right, up to what the row before has computed."""
        forward, (number, parameter) = self.forward, self.targets[place]
        shared = self.targets[place - 1][0] if place else None
        row = {f"sum_{number}": of_weights(forward, number, parameter)}
        drawn = [here for here in self.numbers if here and here >= number]
        for here, after in zip(drawn, [*drawn[1:], None], strict=True):
            if here == shared:
                return row
            row[f"f_{here}"] = of_activation(forward, here)
            if after == here + 1:
                row[f"layer_{here}"] = of_inputs(forward, after)
            elif after is not None:
                row[f"dots_{self.numbers.index(here) + 1}"] = under_dots(forward, here, after)
        return row | {"loss": of_loss(forward)}

    def _width(self, factor: Factor) -> float:
        return theme.box_size(theme.BOX["factor"], factor.lines)[0]

    def diagram(self) -> Diagram:
        """The chain above, the rows below."""
        self._put_chain()
        y = self.around()[1]
        for place, row in enumerate(self.factors):
            height = max(theme.box_size(theme.BOX["factor"], factor.lines)[1] for factor in row.values())
            y -= height / 2 + 20
            self._put_row(place, y)
            y -= height / 2 + 24
        return super().diagram()

    def _put_chain(self) -> None:
        """Place x, the layers, g and ℒ so far apart that the factors have room below, and note the factors' columns."""
        inside, gap = max(INSIDE, self.wide - 32), max(GAP, 2 * self.wide - 56)
        self.put(Box("x", "x", "x"), 0, 0, size=(CIRCLE, CIRCLE))
        names = put_layers(self, CIRCLE / 2 + self.wide, self.numbers, inside=inside, gap=gap)
        self.join(Arrow("x", names[0]), level=0.0)
        g = self.put(Box("g", "a", "g"), self.spots[names[-1]].corners[2] + 34 + CIRCLE / 2, 0, size=(CIRCLE, CIRCLE))
        self.join(Arrow(names[-1], "g"), level=0.0)
        room = max(self._width(row["loss"]) for row in self.factors if "loss" in row) - 40
        self.put_loss(["g"], g.corners[2] + max(50.0, room))
        self.columns = {name: spot.x for name, spot in self.spots.items()}
        for left, right in pairwise(names):
            if left.startswith("layer"):
                self.columns[left] = (self.spots[left].corners[2] + self.spots[right].corners[0]) / 2
        self.columns["loss"] = (g.x + self.spots["loss"].corners[0]) / 2 + 10

    def _put_row(self, place: int, y: float) -> None:
        """Place one gradient: its name, its own factors, and what it reuses as one box."""
        row, (number, parameter) = self.factors[place], self.targets[place]
        again = place + 1 < len(self.factors)  # then all but the first factor is used again
        names: list[str] = []
        self.names.append(names)
        for column, factor in row.items():
            kind = "reused" if again and names else "factor"
            names.append(f"factor_{place}_{column}")
            self.put(Box(names[-1], kind, "\n".join(factor.lines)), self.columns[column], y)
        lines = [f"∂ℒ/∂{written(row[f'sum_{number}'].bottom)} =", *self._gradient(number, parameter)]
        left = self.spots[names[0]].corners[0]
        if place:
            self._put_reused(place, y, names)
        width = theme.box_size(theme.BOX["formula"], lines)[0]
        self.put(Box(f"gradient_{place}", "formula", "\n".join(lines)), min(left - width / 2 - 8, CIRCLE / 2), y)
        texts = {box.name: box.text for box in self.scene.boxes}
        self.sentences.append(f"{lines[0]} " + " · ".join(texts[name].split("\n")[0] for name in names))
        for one, other in pairwise(names):
            x = (self.spots[one].corners[2] + self.spots[other].corners[0]) / 2
            self.put(Box(f"{other}_dot", "formula", "·"), x, y, size=(8.0, 20.0))
        if again:
            self._put_brace(place, names[1:])

    def _put_brace(self, place: int, names: list[str]) -> None:
        """Draw a brace below the factors that the next row reuses, and write below it what they make together."""
        z = self.forward.letters("Z", self.targets[place][0])
        left, bottom, right, _ = self.around(*names)
        bottom -= 6
        corners = [(left, bottom), (left, bottom - 6), (right, bottom - 6), (right, bottom)]
        points = [corners[0], *[p for a, b in pairwise(corners) for p in (a, b, b)]]
        self.route(Arrow(names[0], names[-1], "brace"), points)
        text = [f"∂ℒ/∂{written(z)}: computed once"]
        self.write(f"once_{place}", text, (left + right) / 2, bottom - 8, kind="gradient", hang=1)

    def _put_reused(self, place: int, y: float, names: list[str]) -> None:
        """Place ∂ℒ/∂Z of the row before, as one box below its factors there."""
        number = self.targets[place - 1][0]
        left, _, right, _ = self.around(*self.names[place - 1][1:])
        slopes = self.forward.slopes(self.forward.z[number - 1])
        numbers = [", ".join(few_numbers(slopes, f"{len(slopes)} numbers"))] if slopes else []
        text = "\n".join([f"∂ℒ/∂{written(self.forward.letters('Z', number))}, reused", *numbers])
        names.append(f"factor_{place}_reused")
        self.put(Box(names[-1], "reused", text), (left + right) / 2, y, size=(right - left, 40.0))

    def _gradient(self, number: int, parameter: Value | None) -> list[str]:
        """The numbers of a gradient, or of many only the size."""
        neurons = self.forward.layers[number - 1]
        weights = [leaf(w) for neuron in neurons for w in neuron.w] if parameter is None else [parameter]
        return few_numbers(self.forward.slopes(weights), f"{len(neurons)} × {len(neurons[0].w)} numbers")


def under_dots(forward: Forward, here: int, after: int) -> Factor:
    """The factors of the layers that the dots stand for."""
    first, last = of_inputs(forward, here + 1), of_inputs(forward, after)
    return Factor(first.top, f"{first.bottom} ⋯ ∂{last.top}/∂{last.bottom}")


# --- a lone neuron ----------------------------------------------------------------------------------------------------


def neuron_backprop(forward: Forward) -> Picture:
    """The neuron, its three factors below it, and their product ∇_w ℒ."""
    board = neuron_board(forward, wide(8), "backpropagation")
    factors = [of_weights(forward, 1), of_activation(forward, 1), of_loss(forward)]
    y = board.around()[1] - 46
    loss = board.spots.get("loss")
    places = [board.spots["sum_1"].x, board.spots["f_1"].x, board.spots["a_1"].x + 60 if loss is None else loss.x]
    for place, (factor, x) in enumerate(zip(factors, places, strict=True)):
        board.put(Box(f"factor_{place}", "factor", "\n".join(factor.lines)), x, y)
    formulas = [factor.formula for factor in factors]
    known = as_text(prod(formulas)) if None not in formulas else " · ".join(factor.name for factor in factors)
    lines = [f"∇_w ℒ = {known}"]
    if slopes := forward.slopes([*map(leaf, forward.layers[0][0].w)]):
        lines.append(f"= ({', '.join(few_numbers(slopes, f'{len(slopes)} numbers'))})")
    board.put(Box("gradient", "formula", "\n".join(lines)), (places[0] + places[-1]) / 2, y - 62)
    board.sentences.append(" ".join(map(written, lines)))
    return board
