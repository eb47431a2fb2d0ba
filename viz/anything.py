"""One name for all drawings: `draw(thing)` finds the picture that suits the thing."""

from collections.abc import Callable
from typing import Any

from autograd import Value
from autograd.errors import shown
from nn.layers import MLP, Layer, Neuron
from viz.diagrams.diagram import Diagram
from viz.graphs.draw import draw_graph
from viz.lecture.network import draw_layer, draw_network
from viz.lecture.neuron import draw_neuron

DRAWERS: dict[type, Callable[..., Diagram]] = {
    Value: draw_graph,
    Neuron: draw_neuron,
    Layer: draw_layer,
    MLP: draw_network,
}


def draw(thing: Value | Neuron | Layer | MLP, *args: Any, **options: Any) -> Diagram:
    """The picture of a Value, Neuron, Layer or MLP: `draw_graph`, `draw_neuron`, `draw_layer` or `draw_network`.

    >>> draw(Neuron(3, "relu", seed=0)).title, draw(MLP(2, [3, 1], seed=0)).title, draw(Value(1.0) + 2).title
    ('neuron', 'network', 'computation graph')

    All other arguments go to that function: draw(neuron, x=[1, 2, 3]).
    """
    for kind, drawer in DRAWERS.items():
        if isinstance(thing, kind):
            return drawer(thing, *args, **options)
    remedy = "draw_graph(model(x)) draws whatever a model computes" if callable(thing) else "see viz.__all__"
    remedy = "draw its elements one by one, or total(values)" if isinstance(thing, (list, tuple)) else remedy
    raise TypeError(f"draw needs a Value, Neuron, Layer or MLP, got {type(thing).__name__} {shown(thing)}; {remedy}")
