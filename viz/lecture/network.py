"""The lecture's network: input, hidden and output in columns; each neuron is a Σ and an f(·), each layer has a frame.

With x, the colours and widths of the edges show the weights, and the fills of circles and f(·) boxes the activations.
"""

from typing import Any

from autograd.errors import shown
from nn.layers import MLP, Layer
from viz.diagrams.diagram import Diagram, check_size
from viz.diagrams.scene import Arrow, Box
from viz.lecture.data_point import Forward, Loss, is_shared
from viz.lecture.picture import CIRCLE, LEARNABLE_WORDS, Picture, sum_name, wide
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

    With x, each weight stands on its edge if there are few; otherwise the width and the colour of the edge show it.
    """
    if not isinstance(layer, Layer):
        raise TypeError(f"draw_layer needs a Layer, got {type(layer).__name__} {shown(layer)}; draw(thing) finds out")
    forward = Forward(layer, x)
    board = Picture("layer", forward, wide(max_width))
    neurons = [j for j, _ in board.rows(0) if j is not None]
    labelled = forward.has_numbers and board.edge_count(0) <= FEW_EDGES and len(neurons) <= FEW_NEURONS
    fan = len(board.rows(0)) + 1  # of so many parts of an arrow's way its text stands after one; the ⋮ is a row, too
    check_size(2 * fan - 2, board.edge_count(0))
    if labelled:
        board.row_step = max(board.row_step, fan * board.label_height)
    if any(neuron.activation.settings for neuron in layer.neurons):
        board.row_step = max(board.row_step, WITH_SETTINGS)
    inputs = board.put_inputs()
    far = max(210.0, LAYER_FAN * fan) if labelled else 210.0
    names = board.put_neurons(0, far, far + CIRCLE / 2 + board.gap + BETWEEN_FRAMES)
    last = board.spots[board.f_name(0, 0)].corners[2] + 56 + CIRCLE / 2
    for j, y in board.rows(0):
        if j is None:
            board.put_dots([last], y)
            continue
        neuron, f = layer.neurons[j], board.f_name(0, j)
        board.put_value(Box(f"a_{j + 1}", "a", neuron._a_label), forward.a[0][j], last, y)
        board.weight_edges(0, j, inputs, 1 / fan, names=labelled, numbers=labelled)
        z = Arrow(sum_name(0, j), f, "plain", neuron._z_label, *forward.data_and_grad(forward.z[0][j]))
        board.join(z, level=y)
        board.join(Arrow(f, f"a_{j + 1}"), level=y)
    sums = [sum_name(0, j) for j in neurons]
    functions = [name for name in names if name not in sums]
    board.frame("linear", "linear combo", sums, kind="part", beside=functions)
    board.frame("activations", "activations", functions, kind="part", beside=sums)
    whole = board.frame("layer", "layer", ["linear", "activations"])
    if forward.has_numbers and not labelled:
        words = theme.SIGN_WORDS.replace("thicker or darker", "thicker")  # no circle is filled by its number here
        board.write("colours", [words], whole.corners[2] / 2, board.around()[1] - 12)
    elif not labelled:
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

    With x, edges show their weights, and f(·) boxes are filled by their activations. `weights=True` prints each weight
    on its edge; by default that is done if x is given and edges are few. A wrong number of inputs is a ValueError.
    """
    if not isinstance(model, MLP):
        raise TypeError(f"draw_network needs an MLP, got {type(model).__name__} {shown(model)}; try draw(thing)")
    return _Network(Forward(model, x, y, loss), wide(max_width), weights).diagram()


class _Network(Picture):
    """The columns of one picture, from left to right."""

    def __init__(self, forward: Forward, most: int, weights: bool | None) -> None:
        super().__init__("network", forward, most)
        layers = range(len(forward.layers))
        edges = [self.edge_count(layer) for layer in layers]
        self.fans = [1 + len(self.rows(layer)) for layer in layers]  # the ⋮ keeps a row free, too
        check_size(2 * (sum(self.fans) - len(layers)), sum(edges))  # before the arrows, which are most of the work
        self.numbers = max(edges) <= FEW_EDGES and forward.has_numbers if weights is None else weights
        self.row_step += 10 if forward.has_numbers else 0
        if self.numbers:
            self.row_step = max([self.row_step, *(fan * self.label_height for fan in self.fans)])

    def diagram(self) -> Diagram:
        """All columns, and what stands above and below them."""
        layers, right = self.forward.layers, CIRCLE / 2
        sources = self.put_inputs(tinted=True)
        step = FAN_OF_GRADIENTS if self.forward.has_gradients else FAN
        for layer, fan in enumerate(self.fans):
            self._put_layer(layer, right + max(EDGES, step * max(fan, 2) - CIRCLE if self.numbers else EDGES))
            # from the one box of a softmax all arrows leave at the same place: no room for their numbers
            numbers = self.numbers and not (layer and is_shared(layers[layer - 1]))
            drawn = [j for j, _ in self.rows(layer) if j is not None]
            for j in drawn:
                self.weight_edges(layer, j, sources, 1 / max(fan, 2), numbers=numbers)
            right = self.spots[f"layer_{layer + 1}"].corners[2]
            sources = {j: self.f_name(layer, j) for j in drawn}
            if layer + 1 < len(layers) and self.forward.has_bias(layer + 2):
                sources[None] = self._put_next_one(layer)
        self._put_outputs(right + 70)
        self._put_titles()
        return super().diagram()

    def _put_layer(self, layer: int, left: float) -> None:
        """Place the Σ and f(·) of each neuron of a layer, with z between them and a below f(·), all in a frame."""
        forward, gap = self.forward, BETWEEN
        if forward.has_numbers:  # z stands on the arrow
            texts = [theme.number(forward.z[layer][j].data) for j, _ in self.rows(layer) if j is not None]
            gap = max(BETWEEN_NUMBERED, *(theme.box_size(theme.BOX["name"], [text])[0] + 6 for text in texts))
        names = self.put_neurons(layer, left + CIRCLE / 2, left + CIRCLE + gap, which=False)
        for j, y in self.rows(layer):
            if j is None:
                continue
            a, f = forward.a[layer][j], self.f_name(layer, j)
            z = forward.data_and_grad(forward.z[layer][j])[0]
            self.join(Arrow(sum_name(layer, j), f, data=z), level=y)
            if a is not None and not is_shared(forward.layers[layer]):
                names.append(f"{f}_number")
                self.write(names[-1], [theme.number(a.data)], self.spots[f].x, y - CIRCLE / 2 - 2, hang=1)
        self.frame(f"layer_{layer + 1}", f"layer {layer + 1}: f = {forward.f_symbol(layer)}", names)

    def _put_next_one(self, layer: int) -> str:
        """Place the dashed 1 of the next layer's biases beside this layer, where no arrow from it crosses the frame."""
        name, spot = f"one_{layer + 2}", self.spots[f"layer_{layer + 1}"]
        y = spot.corners[1] - CIRCLE * 0.6
        if self.numbers:  # a row lower, as the numbers on the arrows stand between the rows
            y = min(y, self.rows(layer)[-1][1] - self.row_step)
        self.put_one(name, spot.corners[2] + CIRCLE * 0.4, y)
        return name

    def _put_outputs(self, x: float) -> None:
        """Place the outputs g, and the loss if there is one."""
        forward, last, names = self.forward, len(self.fans) - 1, []
        for j, y in self.rows(last):
            if j is None:
                self.put_dots([x], y)
                continue
            names.append(f"g_{j + 1}")
            g = f"g_{j + 1}" if len(self.rows(last)) > 1 else "g"
            label = forward.layers[last][j]._a_label if forward.given_loss is None else g
            self.put_value(Box(names[-1], "a", label), forward.a[last][j], x, y, among=forward.a[last])
            self.join(Arrow(self.f_name(last, j), names[-1]), level=y)
        if forward.given_loss is not None:
            self.put_loss(names, self.spots[names[0]].corners[2] + 60)

    def _put_titles(self) -> None:
        """Write input, hidden and output on one line above the columns, and below them what the colours mean."""
        frames = [self.spots[f"layer_{layer + 1}"] for layer in range(len(self.fans))]
        top = self.around()[3] + 14
        self.write("input", ["input"], 0, top, kind="title")
        if frames[:-1]:
            self.write("hidden", ["hidden"], (frames[0].x + frames[-2].x) / 2, top, kind="title")
        self.write("output", ["output"], frames[-1].x, top, kind="title")
        bottom = self.around()[1] - 12
        if self.forward.has_numbers:
            self.write("colours", [theme.SIGN_WORDS], frames[-1].corners[2] / 2, bottom)
        elif any(w.varies for w in self.forward.weights):
            self.write("weights", [LEARNABLE_WORDS], frames[0].corners[0] / 2, bottom, kind="weights")
