"""Drawings of values and networks, as the lecture draws them.

Each name is imported from its file when it is first used, so that `import viz` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import nn as nn  # first, as it says in one sentence when `autograd` is another project's

if TYPE_CHECKING:  # the same table for type checkers and completion
    from viz.backprop import draw_backprop as draw_backprop
    from viz.computation import draw_dot as draw_dot
    from viz.computation import draw_graph as draw_graph
    from viz.derivation import explain as explain
    from viz.diagram import Diagram as Diagram
    from viz.drawing import draw as draw
    from viz.explorer import explore as explore
    from viz.forward_pass import draw_forward as draw_forward
    from viz.lecture import draw_layer as draw_layer
    from viz.lecture import draw_neuron as draw_neuron
    from viz.multiplications import count_multiplications as count_multiplications
    from viz.network import draw_network as draw_network
    from viz.play import playground as playground
    from viz.plots import plot_activation as plot_activation
    from viz.plots import plot_decision_boundary as plot_decision_boundary
    from viz.plots import plot_function as plot_function
    from viz.plots import plot_history as plot_history
    from viz.render import RenderError as RenderError

HOMES = {
    "Diagram": "viz.diagram",
    "RenderError": "viz.render",
    "count_multiplications": "viz.multiplications",
    "draw": "viz.drawing",
    "draw_backprop": "viz.backprop",
    "draw_forward": "viz.forward_pass",
    "draw_dot": "viz.computation",
    "draw_graph": "viz.computation",
    "explain": "viz.derivation",
    "explore": "viz.explorer",
    "playground": "viz.play",
    "plot_activation": "viz.plots",
    "plot_decision_boundary": "viz.plots",
    "plot_function": "viz.plots",
    "plot_history": "viz.plots",
    "draw_layer": "viz.lecture",
    "draw_neuron": "viz.lecture",
    "draw_network": "viz.network",
}
__all__ = list(HOMES)


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module 'viz' has no attribute {name!r}")
    value = getattr(import_module(HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *HOMES})
