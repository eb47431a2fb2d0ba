"""The lecture's network: columns input, hidden and output, each neuron a Σ f(·) pair, each layer in a box.

With x the colours and widths of edges say the weights, and the fills of circles the activations.
"""

from __future__ import annotations

from typing import Any

from autograd.errors import shown
from nn.layers import MLP, Layer
from viz.diagrams.diagram import Diagram, check_size
from viz.diagrams.scene import Arrow, Box
from viz.lecture.data_point import Forward, Loss, is_shared, visible
from viz.lecture.picture import CIRCLE, LEARNABLE_WORDS, Picture, row_heights, sum_name, wide
from viz.style import theme

FAN = 80.0  # points from a circle's middle to that of the numbers on its arrows
FAN_OF_GRADIENTS = 104.0  # the same where gradients stand below them
EDGES = 120.0  # points for the arrows between two layers
FEW_EDGES = 12  # of a layer, up to which the weights are printed if x is given
BETWEEN, BETWEEN_NUMBERED = 44.0, 64.0  # points from Σ to f(·), and where z stands on the arrow
BETWEEN_FRAMES = 56.0  # points that the frames of a layer's two parts take on both sides of z
LAYER_FAN = 92.0  # in a layer: points from a circle's middle to that of the texts on its arrows
FEW_NEURONS = 4  # of a layer, up to which every weight stands on its edge
WITH_SETTINGS = 72.0  # points from row to row where a box says its settings, like a slope, in a third line


def draw_layer(layer: Layer, x: Any = None, *, max_width: int = 8) -> Diagram:
    """The lecture's layer: the inputs once, and m neurons Σ → z^j → f(·) → a^j, fully connected to them.

    >>> draw_layer(Layer(3, 2, seed=0), max_width=5).title
    'layer'

    With x each weight stands on its edge where the edges are few; else the edge's width and colour say it.
    """
    if not isinstance(layer, Layer):
        raise TypeError(f"draw_layer needs a Layer, got {type(layer).__name__} {shown(layer)}; draw(thing) finds out")
    board, most = Picture("layer", forward=Forward(layer, x)), wide(max_width)
    rows, forward = visible(len(layer.neurons), most), board.forward
    neurons = [j for j in rows if j is not None]
    labelled = x is not None and board.edge_count(0, most) <= FEW_EDGES and len(neurons) <= FEW_NEURONS
    fan = len(rows) + 1  # the ⋮ keeps a row free, too
    step = max(board.row_step, fan * board.label_height) if labelled else board.row_step
    step = max(step, WITH_SETTINGS) if any(neuron.activation.settings for neuron in layer.neurons) else step
    check_size(2 * len(rows), board.edge_count(0, most))
    inputs = board.put_inputs(most, step, bias=layer.neurons[0].b is not None)
    far = max(210.0, LAYER_FAN * fan) if labelled else 210.0
    names = board.put_neurons(0, rows, step, far, far + CIRCLE / 2 + board.gap + BETWEEN_FRAMES)
    last = board.spots[board.f_name(0, 0)].corners[2] + 56 + CIRCLE / 2
    for j, y in zip(rows, row_heights(len(rows), step), strict=True):
        if j is None:
            board.put_dots([last], y)
            continue
        box = Box(f"a_{j + 1}", "a", layer.neurons[j]._a_label)
        board.put_value(box, forward.a[0][j], last, y)
        board.weight_edges(0, j, inputs, names=labelled, numbers=labelled, at=1 / fan)
        board.join_through(0, j, y)
    sums = [sum_name(0, j) for j in neurons]
    functions = [name for name in names if name not in sums]
    board.frame("linear", "linear combo", sums, kind="part", beside=functions)
    board.frame("activations", "activations", functions, kind="part", beside=sums)
    whole = board.frame("layer", "layer", ["linear", "activations"])
    if not labelled:
        board.weights_above([*inputs.values(), *sums], whole.corners[0] / 2)
    return board.diagram()


def draw_network(
    model: MLP,
    x: Any = None,
    y: Any = None,
    loss: Loss | None = None,
    max_width: int = 8,
    *,
    weights: bool | None = None,
) -> Diagram:
    """The lecture's network: input, hidden and output columns; a wide layer shows the first neurons, ⋮ and the last.

    >>> draw_network(MLP(2, [3, 1], seed=0), x=[1.0, -1.0])
    <Diagram 'network': 42 boxes, 18 arrows; .save('a.svg') writes it>

    With x: numbers, edges by weight, fills by activation. `weights` prints each weight on its edge; without it that is
    done where x is given and the edges are few. A wrong number of inputs is a ValueError.
    """
    if not isinstance(model, MLP):
        raise TypeError(f"draw_network needs an MLP, got {type(model).__name__} {shown(model)}; try draw(thing)")
    forward = Forward(model, x, y, loss)
    return _Network(forward, wide(max_width), weights).diagram()


class _Network:
    """The columns of one picture, from left to right."""

    def __init__(self, forward: Forward, most: int, weights: bool | None) -> None:
        self.forward, self.most, self.board = forward, most, Picture("network", forward=forward)
        self.rows = [visible(len(neurons), most) for neurons in forward.layers]
        edges = [self.board.edge_count(layer, most) for layer in range(len(self.rows))]
        check_size(2 * sum(map(len, self.rows)), sum(edges))  # before the work, of which most are the arrows
        few = max(edges) <= FEW_EDGES
        self.numbers = few and forward.has_numbers if weights is None else weights
        self.fans = [1 + len(rows) for rows in self.rows]  # the ⋮ keeps a row free, too
        self.step = self.board.row_step + (10 if forward.has_numbers else 0)
        if self.numbers:
            self.step = max([self.step, *(fan * self.board.label_height for fan in self.fans if fan > 2)])

    def diagram(self) -> Diagram:
        """All columns, and what stands above and below them."""
        board, forward = self.board, self.forward
        sources = board.put_inputs(self.most, self.step, bias=self._has_bias(0), tinted=True)
        right = CIRCLE / 2
        for layer in range(len(self.rows)):
            self._put_layer(layer, right + self._room(layer))
            # from the one box of a softmax all arrows leave at the same place: no room for their numbers
            numbers = self.numbers and not (layer and is_shared(forward.layers[layer - 1]))
            for j in self.rows[layer]:
                if j is not None:
                    part = 1 / self.fans[layer] if self.fans[layer] > 2 else 0.5
                    board.weight_edges(layer, j, sources, numbers=numbers, at=part)
            right = board.spots[f"layer_{layer + 1}"].corners[2]
            sources = {j: board.f_name(layer, j) for j in self.rows[layer] if j is not None}
            if layer + 1 < len(self.rows) and self._has_bias(layer + 1):
                sources[None] = self._put_one(layer)
        self._put_outputs(right + 70)
        self._put_titles()
        return board.diagram()

    def _has_bias(self, layer: int) -> bool:
        return self.forward.layers[layer][0].b is not None

    def _room(self, layer: int) -> float:
        fan = FAN_OF_GRADIENTS if self.forward.has_gradients else FAN
        return max(EDGES, fan * max(self.fans[layer], 2) - CIRCLE) if self.numbers else EDGES

    def _heights(self, layer: int) -> list[float]:
        return row_heights(len(self.rows[layer]), self.step)

    def _put_layer(self, layer: int, left: float) -> None:
        """The Σ f(·) pairs of one layer, in their box."""
        board, x = self.board, left + CIRCLE / 2
        names = board.put_neurons(layer, self.rows[layer], self.step, x, x + CIRCLE / 2 + self._gap(layer), which=False)
        for j, y in zip(self.rows[layer], self._heights(layer), strict=True):
            if j is not None:
                z = self.forward.told(self.forward.z[layer][j])[0]
                board.join(Arrow(sum_name(layer, j), board.f_name(layer, j), data=z), above=True, level=y)
                names += self._write_number(layer, j, y)
        board.frame(f"layer_{layer + 1}", f"layer {layer + 1}: f = {self.forward.f_symbol(layer)}", names)

    def _gap(self, layer: int) -> float:
        """The points from Σ to f(·); where z stands on the arrow, at least as many as it needs."""
        if not self.forward.has_numbers:
            return BETWEEN
        texts = [theme.number(self.forward.z[layer][j].data) for j in self.rows[layer] if j is not None]
        return max(BETWEEN_NUMBERED, *(theme.box_size(theme.BOX["name"], [text])[0] for text in texts))

    def _write_number(self, layer: int, j: int, y: float) -> list[str]:
        """Below f(·) its a, whose size its fill says."""
        a, name = self.forward.a[layer][j], self.board.f_name(layer, j)
        if a is None or is_shared(self.forward.layers[layer]):
            return []
        x = self.board.spots[name].x
        self.board.write(f"{name}_number", [theme.number(a.data)], x, y - CIRCLE / 2 - 2, hang=1)
        return [f"{name}_number"]

    def _put_one(self, layer: int) -> str:
        """The dashed 1 for the biases of the next layer: beside this one, where no arrow from it crosses the frame."""
        name, spot = f"one_{layer + 2}", self.board.spots[f"layer_{layer + 1}"]
        y = spot.corners[1] - CIRCLE * 0.6
        if self.numbers:  # a row lower, as the numbers on the arrows stand between the rows
            y = min(y, self._heights(layer)[-1] - self.step)
        self.board.put_one(name, spot.corners[2] + CIRCLE * 0.4, y)
        return name

    def _put_outputs(self, x: float) -> None:
        """The outputs g, and the loss if there is one."""
        board, forward, last = self.board, self.forward, len(self.rows) - 1
        names = []
        for j, y in zip(self.rows[last], self._heights(last), strict=True):
            if j is None:
                board.put_dots([x], y)
                continue
            box = Box(f"g_{j + 1}", "a", forward.layers[last][j]._a_label)
            board.put_value(box, forward.a[last][j], x, y, among=forward.a[-1])
            board.join(Arrow(board.f_name(last, j), box.name), level=y)
            names.append(box.name)
        if forward.given_loss is not None:
            board.put_loss(names, board.spots[names[0]].corners[2] + 60)

    def _put_titles(self) -> None:
        """Input, hidden and output, on one line above the columns; below, what colours say."""
        board = self.board
        frames = [board.spots[f"layer_{layer + 1}"] for layer in range(len(self.rows))]
        top = board.around()[3] + 14
        board.write("input", ["input"], 0, top, kind="title")
        if frames[:-1]:
            board.write("hidden", ["hidden"], (frames[0].x + frames[-2].x) / 2, top, kind="title")
        board.write("output", ["output"], frames[-1].x, top, kind="title")
        bottom = board.around()[1] - 12
        if self.forward.has_numbers:
            board.write("colours", [theme.SIGN_WORDS], frames[-1].corners[2] / 2, bottom)
        else:
            board.write("weights", [LEARNABLE_WORDS], frames[0].corners[0] / 2, bottom, kind="weights")
