"""Drawings of Values and networks, as the lecture draws them, and plots, derivations and two interactive pages.

Each name is imported from its file when it is first used, so that `import viz` is quick.
"""

import os
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import autograd

if not hasattr(autograd, "Value") or os.path.isdir(os.path.join(os.path.dirname(autograd.__file__), "numpy")):
    import nn as nn  # nn raises the error, or the warning, that says whose `autograd` this is

if TYPE_CHECKING:  # the names of the table below once more, for type checkers and editors, which read only imports
    from viz.anything import draw as draw
    from viz.demo.playground import playground as playground
    from viz.derivation.explain import explain as explain
    from viz.diagrams.diagram import Diagram as Diagram
    from viz.engines import RenderError as RenderError
    from viz.explorer import explore as explore
    from viz.graphs.draw import draw_dot as draw_dot
    from viz.graphs.draw import draw_graph as draw_graph
    from viz.graphs.multiplications import count_multiplications as count_multiplications
    from viz.lecture.backward import draw_backprop as draw_backprop
    from viz.lecture.forward import draw_forward as draw_forward
    from viz.lecture.network import draw_layer as draw_layer
    from viz.lecture.network import draw_network as draw_network
    from viz.lecture.neuron import draw_neuron as draw_neuron
    from viz.plots.plots import plot_activation as plot_activation
    from viz.plots.plots import plot_decision_boundary as plot_decision_boundary
    from viz.plots.plots import plot_function as plot_function
    from viz.plots.plots import plot_history as plot_history

NAMES = {
    "viz.anything": ["draw"],
    "viz.demo.playground": ["playground"],
    "viz.derivation.explain": ["explain"],
    "viz.diagrams.diagram": ["Diagram"],
    "viz.engines": ["RenderError"],
    "viz.explorer": ["explore"],
    "viz.graphs.draw": ["draw_dot", "draw_graph"],
    "viz.graphs.multiplications": ["count_multiplications"],
    "viz.lecture.backward": ["draw_backprop"],
    "viz.lecture.forward": ["draw_forward"],
    "viz.lecture.network": ["draw_layer", "draw_network"],
    "viz.lecture.neuron": ["draw_neuron"],
    "viz.plots.plots": ["plot_activation", "plot_decision_boundary", "plot_function", "plot_history"],
}
HOMES = {name: home for home, names in NAMES.items() for name in names}
OF_VALUES = ("viz.derivation", "viz.diagrams", "viz.engines", "viz.graphs")  # these rooms need no nn
__all__ = list(HOMES)


def check_nn() -> None:
    """Raise an ImportError if `nn` is missing, or is a file of somebody else, which is not run to find that out."""
    spec = find_spec("nn")
    beside = os.path.join(os.path.dirname(os.path.dirname(__file__)), "nn")  # in a zip file too
    if not spec or beside not in (spec.submodule_search_locations or ()):
        found = f"{spec.origin} stands in its place; give that file another name" if spec else "it is not there"
        raise ImportError(f"viz needs sigmagrad's nn for all but drawings of Values, and {found}")


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module 'viz' has no attribute {name!r}")
    if not HOMES[name].startswith(OF_VALUES):
        check_nn()
    value = getattr(import_module(HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *HOMES})
