"""A picture of the lecture: a board on which a data point's way through a model is drawn.

Columns of circles, weights on arrows, f(·) boxes, the loss: all of them show what the data point's `Forward` holds.
Boxes are named x_1, sum_1, f_1, a_1 in the first layer; sum_2_1 and so on in the second.
"""

import numbers
from collections.abc import Sequence
from typing import Any

from autograd import Value
from autograd.errors import shown
from nn.data import whole
from viz.diagrams.board import Board, Spot, lines_of
from viz.diagrams.scene import Arrow, Box
from viz.lecture.data_point import Forward, is_shared, leaf, loss_formula, visible
from viz.style import theme

LEARNABLE_WORDS = "learnable weights"
CIRCLE, NUMBERED = 42.0, 54.0  # points: a circle with a name, and with a number below it
TALL = 16.0  # points that a text on an arrow needs, and its gradient below it
GAP, NUMBERED_GAP = 64.0, 104.0  # points between two columns: room for z, and for z = −0.1234

Names = dict[int | None, str]  # the names of the boxes of a column by index; that of the dashed 1 is at None


def wide(longest: Any, name: str = "max_width") -> int:
    """Check the length of the longest column to draw, and return it as an int."""
    if (most := whole(longest)) is None or most < 3:
        kind = TypeError if most is None else ValueError
        raise kind(f"{name} needs an int of at least 3 (the first, ⋮ and the last), got {shown(longest)}")
    return most


class Picture(Board):
    """A board that holds the data point whose way it shows.

    >>> from nn import Neuron
    >>> picture = Picture("a loss", Forward(Neuron(2, seed=0)))
    >>> picture.put_inputs()
    {0: 'x_1', 1: 'x_2', None: 'one_1'}
    """

    def __init__(self, title: str, forward: Forward, most: int = 8) -> None:
        super().__init__(title)
        self.forward, self.most = forward, most  # circles of a column
        numbers, gradients = forward.has_numbers, forward.has_gradients
        # points from row to row, with room for gradients below the circles, and from column to column
        self.row_step = NUMBERED + (24.0 if gradients else 8.0) if numbers else CIRCLE + 18.0
        self.gap = NUMBERED_GAP if numbers else GAP
        # points that a text on an arrow needs, with room between two texts to see their arrows
        self.label_height = 2 * TALL if gradients else TALL + 8.0

    def edge_count(self, layer: int) -> int:
        """How many edges of a layer are drawn."""
        neurons = self.forward.layers[layer]
        inputs = len(neurons[0].w) + self.forward.has_bias(layer + 1)
        return min(inputs, self.most) * min(len(neurons), self.most)

    def rows(self, layer: int) -> list[tuple[int | None, float]]:
        """The neurons of a layer that are drawn, None for ⋮, each with its height."""
        drawn = visible(len(self.forward.layers[layer]), self.most)
        return list(zip(drawn, row_heights(len(drawn), self.row_step), strict=True))

    def put_inputs(self, *, tinted: bool = False) -> Names:
        """Place the circles x₁ … x_d and the dashed 1; return their names."""
        rows, bias = visible(self.forward.d, self.most), self.forward.has_bias(1)
        names: Names = {}
        heights = row_heights(len(rows) + bias, self.row_step)
        for i, y in zip(rows, heights, strict=False):
            if i is None:
                self.put(Box("dots_x", "dots", "⋮"), 0, y)
                continue
            names[i], value = f"x_{i + 1}", self.forward.x[i]
            index = self.forward.last if self.forward.last and i == self.forward.d - 1 else i + 1
            text = f"x_{index}" if value is None else value.label
            self.put_value(Box(names[i], "x", text), value, 0, y, among=self.forward.x if tinted else ())
        if bias:
            names[None] = "one_1"
            self.put_one("one_1", 0, heights[-1])
        return names

    def put_one(self, name: str, x: float, y: float) -> None:
        """Place a dashed 1, whose weight is the bias."""
        self.put(Box(name, "one", "1"), x, y, size=(CIRCLE * 0.8, CIRCLE * 0.8))

    def put_value(self, box: Box, value: Value | None, x: float, y: float, *, among: Sequence[Value] = ()) -> Spot:
        """Place the circle of a Value, with its number and gradient if known; its fill shows its size `among` others.

        A long text gets an ellipse, which grows away from the network: to the left for an input, else to the right.
        """
        held = Box(box.name, box.kind, " ".join(box.text.split()), *self.forward.data_and_grad(value), value)
        size, style = (CIRCLE, {}) if value is None else (NUMBERED, theme.SMALL)
        if value is not None and among:
            style = style | theme.tint(value.data, max(abs(other.data) for other in among))
        ellipse = style | {"shape": "ellipse"}
        wide = theme.box_size({**theme.BOX[box.kind], **ellipse}, lines_of(held))[0]
        if wide <= 1.25 * (size + 8) + 8:
            return self.put(held, x, y, size=(size, size), **style)
        x += (wide - size) / 2 * (-1 if box.kind == "x" else 1)
        return self.put(held, x, y, size=(wide, size), **ellipse)

    def put_dots(self, columns: list[float], y: float) -> None:
        """Place a ⋮ in each of these columns."""
        for x in columns:
            self.put(Box(f"dots_{x:.0f}", "dots", "⋮"), x, y)

    def put_neurons(self, layer: int, x: float, left: float, *, which: bool = True) -> list[str]:
        """Place a layer's Σ at x, its f(·) from `left` on, row by row, with ⋮ for rows left out; return all names."""
        rows, shared, names = self.rows(layer), is_shared(self.forward.layers[layer]), []
        if shared:  # one f for all
            names.append(self.f_name(layer, 0))
            self.put_activation(layer, 0, left, 0, height=rows[0][1] - rows[-1][1] + CIRCLE, which=which)
        for j, y in rows:
            if j is not None:
                names.append(sum_name(layer, j))
                self.put(Box(names[-1], "sum", "Σ"), x, y, size=(CIRCLE, CIRCLE))
                if not shared:
                    names.append(self.f_name(layer, j))
                    self.put_activation(layer, j, left, y, which=which)
        for j, y in rows:
            if j is None:
                self.put_dots([x] if shared else [x, self.spots[names[-1]].x], y)
        return names

    def weights_above(self, names: list[str], x: float) -> None:
        """Write above these boxes that the coloured arrows are learnable weights, if any of them is."""
        if any(w.varies for w in self.forward.weights):
            self.write("weights", [LEARNABLE_WORDS], x, self.around(*names)[3] + 8, kind="weights", hang=-1)

    def weight_edges(
        self, layer: int, j: int, inputs: Names, at: float | None, *, names: bool = False, numbers: bool = False
    ) -> None:
        """Draw the arrows from the inputs to one Σ, which show the weights as texts, or by widths and colours."""
        neuron = self.forward.layers[layer][j]
        held = [w for other in self.forward.layers[layer] for w in (*other.w, other.b) if w is not None]
        largest = max(abs(leaf(w).data) for w in held)
        for i, name in inputs.items():
            if (given := neuron.b if i is None else neuron.w[i]) is None:
                continue
            w = leaf(given)
            style: theme.Style = {"style": "dashed"} if i is None else {}
            if self.forward.has_numbers and not names:
                style |= theme.thickness(w.data, largest)
            text = self.forward.weight_name(layer + 1, j, i) if names and w is given else ""  # a bare number has none
            kind = "parameter" if w.varies else "plain"  # a frozen one is not learnable
            arrow = Arrow(name, sum_name(layer, j), kind, text, *self.forward.data_and_grad(w if numbers else None))
            self.join(arrow, at=at, out=layer > 0, **style)

    def put_activation(
        self, layer: int, j: int, left: float, y: float, *, height: float = 0.0, which: bool = True
    ) -> Spot:
        """Place the f(·) of a neuron or a layer from `left` on; it says `which` f it is, or its fill how large a is."""
        symbol, a, style = self.forward.f_symbol(layer, j), self.forward.a[layer], {}
        if not which and self.forward.has_numbers and not is_shared(self.forward.layers[layer]):
            style = theme.tint(a[j].data, max(abs(value.data) for value in a))
        text = f"f(·)\n{symbol}" if which and symbol != "f" else "f(·)"
        return self.put(Box(self.f_name(layer, j), "activation", text), left, y, height=height, side=1, **style)

    def f_name(self, layer: int, j: int) -> str:
        """The name of the f(·) that a neuron's z goes into: the layer's if it is one for all."""
        which = "all" if is_shared(self.forward.layers[layer]) else f"{j + 1}"
        return f"f_{which}" if layer == 0 else f"f_{layer + 1}_{which}"

    def put_loss(self, outputs: list[str], left: float) -> None:
        """Place the box ℒ(g, y), and y, which goes into it from below."""
        formula = loss_formula(self.forward.given_loss, len(self.forward.layers[-1]))
        lines = ["ℒ(g, y)", *([formula] if formula and len(outputs) > 1 else [])]
        lines += [] if self.forward.loss is None else [theme.number(self.forward.loss.data)]
        box = self.put(Box("loss", "loss", "\n".join(lines)), left, 0, side=1)
        if formula and len(outputs) == 1:
            self.write("loss_formula", [f"ℒ = {formula}"], box.x, NUMBERED / 2 + 4, hang=-1)
        y = self.forward.given_y
        number = float(y) if isinstance(y, numbers.Real) else y.data if isinstance(y, Value) else None
        self.put(Box("y", "x", "y", number), box.x, box.corners[1] - CIRCLE * 1.3, size=(CIRCLE, CIRCLE))
        for name in outputs:
            self.join(Arrow(name, "loss"))
        self.join(Arrow("y", "loss", "constant"))


def sum_name(layer: int, j: int) -> str:
    """The name of a neuron's Σ in the drawing."""
    return f"sum_{j + 1}" if layer == 0 else f"sum_{layer + 1}_{j + 1}"


def row_heights(count: int, step: float) -> list[float]:
    """The heights of the rows of a column around 0, from the top."""
    return [((count - 1) / 2 - place) * step for place in range(count)]
