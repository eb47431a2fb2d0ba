"""The lecture's neuron, drawn from live objects: x, w → Σ → z → f(·) → a, and ℒ(g, y) after an output.

With numbers (`x=`) every circle and edge shows its value, and its gradient once backward has run. A column that is
longer than `max_width` shows the first ones, ⋮ and the last.
"""

from typing import Any

from autograd.errors import shown
from autograd.formulas.text import as_text
from nn.layers import Neuron
from viz.derivation.formulas import value_formula
from viz.diagrams.diagram import Diagram
from viz.diagrams.scene import Arrow, Box, lines
from viz.lecture.data_point import Forward, Loss, letter
from viz.lecture.picture import CIRCLE, NUMBERED_GAP, TALL, Picture, wide
from viz.style import theme


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


def neuron_board(forward: Forward, most: int, title: str = "neuron") -> Picture:
    """The neuron of this pass on a board."""
    neuron, board = forward.layers[0][0], Picture(title, forward, most)
    z = forward.z[0][0]
    below = lines(neuron._z_label, *forward.data_and_grad(z))  # its number and gradient stand between Σ and f(·)
    gap = max(NUMBERED_GAP, theme.box_size(theme.BOX["name"], below)[0] + 6)
    inputs = board.put_inputs()
    far, at = (gap + 116, 0.42) if forward.has_gradients else (gap + 60, None)  # gradients stand below the weights
    sigma = board.put(Box("sum_1", "sum", "Σ"), far, 0, size=(CIRCLE, CIRCLE))
    board.weight_edges(0, 0, inputs, at, names=True, numbers=forward.has_numbers)
    board.weights_above([*inputs.values(), "sum_1"], sigma.x / 2)
    f = board.put_activation(0, 0, sigma.corners[2] + gap, 0)
    output = "g" if forward.given_loss is not None else neuron._a_label
    formula = as_text(value_formula(neuron.activation, [letter(neuron._z_label)]))
    board.write("answer", [f"{output} = {formula}"], f.x, f.corners[1] - 3, hang=1)
    z_text = f"{neuron._z_label} = wᵀx" + ("" if neuron.b is None else " + b")
    above = TALL + 3 if forward.has_numbers else 3.0
    board.write("sum", [z_text], sigma.corners[2] + gap / 2, above, hang=-1)
    text = neuron._z_label if forward.has_numbers else ""
    board.join(Arrow("sum_1", "f_1", "plain", text, *forward.data_and_grad(z)), level=0.0)
    a = board.put_value(Box("a_1", "a", output), forward.a[0][0], f.corners[2] + 40 + CIRCLE / 2, 0)
    board.join(Arrow("f_1", "a_1"))
    if forward.given_loss is not None:
        board.put_loss(["a_1"], a.corners[2] + 50)
    return board
