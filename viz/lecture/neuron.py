"""The lecture's neuron and layer, drawn from live objects: x, w → Σ → z → f(·) → a, and ℒ(g, y) after an output.

With numbers (`x=`) every circle and edge shows its value, and its gradient once backward has run. A column that is
longer than `max_width` shows the first ones, ⋮ and the last.
"""

from __future__ import annotations

from typing import Any

from autograd.errors import shown
from nn.layers import Layer, Neuron
from viz.board import Board
from viz.diagram import Diagram, check_size
from viz.forward import Forward, Loss, answer_text, data, is_shared, visible
from viz.label import written
from viz.parts import (
    CIRCLE,
    NUMBERED_GAP,
    TALL,
    activation_box,
    column_gap,
    dots,
    edge_count,
    f_name,
    input_column,
    join_through,
    label_height,
    loss_boxes,
    put_value,
    row_step,
    weight_edges,
    weights_above,
    wide,
)
from viz.scene import Arrow, Box

BETWEEN_FRAMES = 56.0  # points that the frames of a layer's two parts take on both sides of z
FAN = 92.0  # points from a circle's middle to that of the texts on its arrows
FEW_EDGES, FEW_NEURONS = 12, 4  # in a layer, up to which every weight stands on its edge
WITH_SETTINGS = 72.0  # points from row to row where a box says its settings, like a slope, in a third line


def draw_neuron(
    neuron: Neuron, x: Any = None, y: Any = None, loss: Loss | None = None, *, max_width: int = 8
) -> Diagram:
    """The lecture's neuron: inputs, weights on the edges, Σ, z, f(·), a; or g and ℒ(g, y) when a loss is given.

    >>> draw_neuron(Neuron(2, "sigmoid", seed=0), x=[1.0, -2.0])
    <Diagram 'neuron': 13 boxes, 5 arrows; .save('a.svg') writes it>

    A wrong number of inputs is a ValueError. Gradients appear after backward: the parameters' own, and those of z and a
    too where they belong to this data point. Nothing in the neuron changes.
    """
    if not isinstance(neuron, Neuron):
        raise TypeError(
            f"draw_neuron needs a Neuron, got {type(neuron).__name__} {shown(neuron)}; draw(thing) finds out"
        )
    return neuron_board(Forward(neuron, x, y, loss), wide(max_width)).diagram()


def neuron_board(forward: Forward, most: int, title: str = "neuron") -> Board:
    """The neuron of this pass on a board."""
    neuron, board, gap = forward.layers[0][0], Board(title), NUMBERED_GAP
    inputs = input_column(board, forward, most, row_step(forward), bias=neuron.b is not None)
    sigma = board.put(Box("sum_1", "sum", "Σ"), gap + 60, 0, size=(CIRCLE, CIRCLE))
    weight_edges(board, forward, 0, 0, inputs, names=True, numbers=bool(forward.x))
    weights_above(board, [*inputs.values(), "sum_1"], sigma.x / 2)
    f = activation_box(board, forward, 0, 0, sigma.corners[2] + gap, 0)
    output = "g" if forward.given_loss is not None else neuron._a_label
    a_text = answer_text(neuron.activation, written(output), written(neuron._z_label))
    board.write("answer", [a_text], f.x, f.corners[1] - 3, hang=1)
    z, z_text = forward.z_at(0, 0), f"{neuron._z_label} = wᵀx" + ("" if neuron.b is None else " + b")
    above = TALL + 3 if z is not None else 3.0
    board.write("sum", [z_text], sigma.corners[2] + gap / 2, above, hang=-1)
    told = "" if z is None else neuron._z_label
    board.join(Arrow("sum_1", "f_1", "plain", told, data(z), forward.gradient(z)), above=True)
    a = put_value(board, forward, Box("a_1", "a", output), forward.a_at(0, 0), f.corners[2] + 40 + CIRCLE / 2, 0)
    board.join(Arrow("f_1", "a_1"))
    if forward.given_loss is not None:
        loss_boxes(board, forward, ["a_1"], a.corners[2] + 50)
    return board


def draw_layer(layer: Layer, x: Any = None, *, max_width: int = 8) -> Diagram:
    """The lecture's layer: the inputs once, and m neurons Σ → z^j → f(·) → a^j, fully connected to them.

    >>> draw_layer(Layer(3, 2, seed=0), max_width=5).title
    'layer'

    With x each weight stands on its edge where the edges are few; else the edge's width and colour say it.
    """
    if not isinstance(layer, Layer):
        raise TypeError(f"draw_layer needs a Layer, got {type(layer).__name__} {shown(layer)}; draw(thing) finds out")
    forward = Forward(layer, x)
    most = wide(max_width)
    rows = visible(len(layer.neurons), most)
    neurons = [j for j in rows if j is not None]
    board = Board("layer")
    labelled = x is not None and edge_count(forward, 0, most) <= FEW_EDGES and len(neurons) <= FEW_NEURONS
    fan = len(rows) + 1  # the ⋮ keeps a row free, too
    step = max(row_step(forward), fan * label_height(forward)) if labelled else row_step(forward)
    step = max(step, WITH_SETTINGS) if layer.activation.settings else step
    inputs = input_column(board, forward, most, step, bias=layer.neurons[0].b is not None)
    check_size(2 * len(rows), edge_count(forward, 0, most))
    far, gap = max(210.0, FAN * fan) if labelled else 210.0, column_gap(forward) + BETWEEN_FRAMES
    heights = [(len(rows) - 1) / 2 * step - place * step for place in range(len(rows))]
    shared = is_shared(layer.neurons)
    right = far + CIRCLE / 2 + gap
    for j, y in zip(rows, heights, strict=True):
        if j is not None:
            board.put(Box(f"sum_{j + 1}", "sum", "Σ"), far, y, size=(CIRCLE, CIRCLE))
            if not shared:
                f = activation_box(board, forward, 0, j, right, y)
    if shared:
        f = activation_box(board, forward, 0, 0, right, 0, height=heights[0] - heights[-1] + CIRCLE)
    last = f.corners[2] + 56 + CIRCLE / 2
    for j, y in zip(rows, heights, strict=True):
        if j is None:
            dots(board, [far, last] if shared else [far, f.x, last], y)
            continue
        box = Box(f"a_{j + 1}", "a", layer.neurons[j]._a_label)
        put_value(board, forward, box, forward.a_at(0, j), last, y)
        weight_edges(board, forward, 0, j, inputs, names=labelled, numbers=labelled, at=1 / fan)
        join_through(board, forward, 0, j, y)
    sums, functions = [f"sum_{j + 1}" for j in neurons], list(dict.fromkeys(f_name(forward, 0, j) for j in neurons))
    board.frame("linear", "linear combo", sums, kind="part", beside=functions)
    board.frame("activations", "activations", functions, kind="part", beside=sums)
    whole = board.frame("layer", "layer", ["linear", "activations"])
    if not labelled:
        weights_above(board, [*inputs.values(), *sums], whole.corners[0] / 2)
    return board.diagram()
