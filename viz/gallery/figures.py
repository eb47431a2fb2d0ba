"""The figures of the lecture, in its order: a table of sections, titles, captions, and the functions that make them.

A figure is a Diagram or a matplotlib figure; `picture` gives either as the bytes of a file.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from nn import MLP, cross_entropy, nll_loss, squared_loss
from viz.diagrams.diagram import Diagram
from viz.diagrams.tikz import tikz
from viz.explorer import explore
from viz.gallery import examples
from viz.gallery.breast_cancer import FEATURES, Training
from viz.gallery.examples import X, Y, neuron
from viz.graphs.draw import draw_graph
from viz.lecture.backward import draw_backprop
from viz.lecture.forward import draw_forward, draw_sgd
from viz.lecture.network import draw_layer, draw_network
from viz.lecture.neuron import draw_neuron
from viz.plots import plots


@dataclass(frozen=True)
class Figure:
    """One figure: `slug` names its files, `words` describe it for whoever can't see it; a Diagram describes itself."""

    section: str
    slug: str
    title: str
    caption: str
    words: str
    make: Callable[[], Any]
    page: Callable[[Path], Any] | None = None  # writes an interactive page on the same subject

    @property
    def alt(self) -> str:
        """What the figure shows, in words."""
        return self.words or f"{self.make().description}."


def kinds(made: Any) -> tuple[str, ...]:
    """The formats that a figure is written in: for LaTeX a drawing is a TikZ picture, a plot a PDF."""
    return ("svg", "png", "tex" if isinstance(made, Diagram) else "pdf")


def picture(made: Any, format: str) -> bytes:
    """What a figure's `make` gave, as the bytes of a file."""
    if not isinstance(made, Diagram):
        return plots.picture(made, format)
    content: bytes = tikz(made.pipe("json")).encode() if format == "tex" else made.pipe(format)
    return content


SECTIONS = (
    "Recap: nonlinear features",
    "Neurons, layers, networks",
    "Design choices",
    "Forward pass",
    "Backward pass",
    "Backpropagation: reuse of computation",
    "On real data",
)


def figure(section: str, slug: str, title: str, caption: str, *rest: Any) -> Figure:
    """A figure of a section: a plot with its words, or a drawing without."""
    return Figure(section, slug, title, caption, *(rest if isinstance(rest[0], str) else ("", *rest)))


recap, structure, choices, forward, backward, backprop, real = (partial(figure, section) for section in SECTIONS)
TWO_HIDDEN = MLP(3, [4, 4, 1], ["relu", "relu", "identity"], seed=4)
WIDE = MLP(3, [12, 12, 2], ["relu", "relu", "softmax"], seed=0)
FIVE_CLASSES = MLP(2, [4, 5], ["relu", "softmax"], seed=3)
THREE_LAYERS = MLP(2, [3, 3, 1], ["relu", "tanh", "identity"], seed=1)  # the network of both passes: f¹, f², f³
THREE = [[1.0, -2.0], [0.5, 1.0], [-1.0, 0.5]], [1.0, 0.0, 2.0]  # data points and their targets

LECTURE: tuple[Figure, ...] = (
    recap(
        "feature-transformation",
        "First epiphany: a nonlinear transformation empowers linear tools",
        "φ(x) = [1; |x₁ − x₂|]: no line separates the classes in the plane of x; on the axis |x₁ − x₂| one number "
        "does. A model linear in φ is nonlinear in x.",
        "Two classes of points in the plane, one near the diagonal; beside it the same points on the axis |x₁ − x₂|.",
        examples.plot_feature,
    ),
    recap(
        "two-sigmoids-surfaces",
        "Second epiphany: composing simple nonlinearities amplifies it",
        "σ₁ = σ(5x₁ − 5x₂ + 1) and σ₂ = σ(−5x₁ + 5x₂ + 1) are smooth steps, each along one line. Some appropriate "
        "weighted sum of them is a valley along the diagonal, which no single step is.",
        "−3 times a rising step minus 3 times a falling step is a valley along the diagonal: surfaces over the plane.",
        examples.plot_two_sigmoids,
    ),
    structure(
        "neuron-of-d-inputs",
        "A neuron of d inputs",
        "z = wᵀx weighs the inputs; the activation f, which we engineers choose, makes a = f(z) of it. "
        "What the algorithm learns is w.",
        examples.any_neuron,
    ),
    structure(
        "neuron",
        "A neuron",
        "Σ weighs the inputs, giving the pre-activation z; the activation f makes a = f(z) of it.",
        lambda: draw_neuron(neuron("relu")),
    ),
    structure(
        "neuron-numbers",
        "A neuron at work",
        "The same with a bias, its weight b on the arrow from a dashed 1, and with numbers.",
        lambda: draw_neuron(neuron("relu", bias=True), X),
    ),
    structure(
        "linear-regressor",
        "The linear regressor as a computation graph",
        "With f the identity, g = wᵀx; the loss compares it with y.",
        lambda: draw_neuron(neuron("identity"), loss=squared_loss),
    ),
    structure(
        "logistic-classifier",
        "The linear logistic classifier",
        "With f = σ, g is a probability, and the loss the negative log-likelihood.",
        lambda: draw_neuron(neuron("sigmoid"), loss=nll_loss),
    ),
    structure(
        "classifier-after-backward",
        "After backward",
        "Values in black and orange, and below them, in purple, the gradients of the loss.",
        examples.neuron_after_backward,
        lambda path: explore(examples.classifier_loss()).save(path),
    ),
    structure(
        "layer",
        "A layer",
        "Neurons side by side; every input is connected to every one of them.",
        lambda: draw_layer(examples.layer()),
    ),
    structure(
        "layer-numbers",
        "A layer at work",
        "The weights wⱼ,ᵢ of neuron j and input i, and what the layer computes for one data point.",
        lambda: draw_layer(examples.layer(), X),
    ),
    structure(
        "network",
        "A fully connected, feed-forward network",
        "Layers in a row: the activations of one are the inputs of the next.",
        lambda: draw_network(TWO_HIDDEN),
    ),
    structure(
        "network-numbers",
        "A network at work",
        "Widths and colours of the arrows show the weights, the fills the activations of one data point.",
        lambda: draw_network(TWO_HIDDEN, X),
    ),
    structure(
        "network-wide",
        "A wide network",
        "Of a wide layer the first neurons and the last are drawn.",
        lambda: draw_network(WIDE, max_width=5),
    ),
    choices(
        "two-sigmoids-network",
        "The two sigmoids as a network",
        "The example of the recap: two hidden neurons with f = σ, and an output neuron with f the identity.",
        lambda: draw_network(examples.two_sigmoids(), weights=True),
        lambda path: explore(examples.two_sigmoids(), [0.5, -0.25], -4.0, squared_loss).save(path),
    ),
    choices(
        "two-sigmoids-plane",
        "Its output over the plane",
        "Low along the diagonal, high on both sides of it: a line at some height leaves two regions apart.",
        "A map of colours: a red band along the diagonal between two blue regions.",
        examples.plot_sum_over_plane,
    ),
    choices(
        "activations",
        "Activations and their derivatives",
        "σ once was the usual choice; ReLU is the default in hidden layers now. All come from the operation table.",
        "Curves of σ, tanh and ReLU, each with its derivative dashed.",
        lambda: examples.plot_activations("sigmoid", "tanh", "relu"),
    ),
    choices(
        "relu-addition",
        "ReLUs add up",
        "Each hidden neuron is one bend; the output neuron weighs them and adds them up.",
        "Three plots of weighted ReLUs with plus signs between them, then an equals sign, and their sum beside a sine.",
        examples.plot_relu_addition,
    ),
    choices(
        "relu-sums",
        "Sums of ReLUs",
        "Each ReLU adds one bend; with enough of them a sum comes near to any continuous function.",
        "Three plots of a sine and a piecewise linear curve with 3, 6 and 12 pieces.",
        examples.plot_relu_sums,
    ),
    choices(
        "relu-boundaries",
        "Decision boundaries from ReLUs",
        "One ReLU bends the plane along a line; 0.4 minus three of them is positive inside a closed region.",
        "Three maps of the plane, each with a line as boundary, plus signs between them, and the sum: a closed region.",
        examples.plot_relu_boundaries,
    ),
    choices(
        "softmax-output",
        "K = 5 classes",
        "One neuron per class and a softmax over all their z: probabilities that sum to 1. "
        "The loss is the cross-entropy.",
        lambda: draw_network(FIVE_CLASSES, [1.0, -2.0], 2, cross_entropy),
    ),
    choices(
        "width-and-depth",
        "Width and depth",
        "The same points, learned by three networks: more neurons and more layers are more expressive.",
        "Three maps of the plane with two classes of points: first a strip is blue, then a closed region, and another.",
        examples.plot_width_and_depth,
        examples.save_playground,
    ),
    forward(
        "forward-linear-regressor",
        "Forward pass of the linear regressor",
        "Each data point gives a g and a loss; the training error J is the average of the n losses.",
        lambda: draw_forward(neuron("identity"), loss=squared_loss),
    ),
    forward(
        "forward-logistic-classifier",
        "Forward pass of the logistic classifier",
        "The same with f = σ, for three data points with numbers.",
        lambda: draw_forward(neuron("sigmoid"), [X, [0.0, 1.0, 1.0], [2.0, 0.5, -1.0]], [1, 0, 1], nll_loss),
    ),
    forward(
        "forward-network",
        "Forward pass of a network",
        "x through f¹, f², … to g, given the current weights W¹, W², …; then the loss, and J.",
        lambda: draw_forward(THREE_LAYERS, loss=squared_loss),
    ),
    forward(
        "forward-network-numbers",
        "Forward pass with numbers",
        "Three data points, and the training error of the network on them.",
        lambda: draw_forward(THREE_LAYERS, *THREE, squared_loss),
    ),
    backward(
        "sgd-step",
        "A step of SGD",
        "For one data point, picked at random: evaluate the gradient of its loss, then move every weight against it.",
        examples.sgd_step,
    ),
    backward(
        "sgd-network",
        "A step of SGD in a network",
        "The same for W² of a network: of n data points one is picked, and the gradient of its loss moves W².",
        lambda: draw_sgd(THREE_LAYERS, squared_loss),
    ),
    backward(
        "backward-linear-regressor",
        "Backward pass of the linear regressor",
        "∇_w ℒ is the product of the local derivatives along the way back from ℒ to w.",
        lambda: draw_backprop(neuron("identity"), loss=squared_loss),
    ),
    backward(
        "backward-relu-regressor",
        "Backward pass of the ReLU regressor",
        "A nonlinear regressor has one factor more, the slope of ReLU at z.",
        lambda: draw_backprop(neuron("relu"), loss=squared_loss),
    ),
    backward(
        "backward-relu-regressor-numbers",
        "The same with numbers",
        "At a data point every factor is a number or a column of numbers.",
        lambda: draw_backprop(neuron("relu"), X, Y, squared_loss),
    ),
    backward(
        "linear-regressor-operations",
        "Every operation of a loss",
        "The computation graph, each local derivative on its edge: a gradient is the sum, over all ways, of the "
        "products along them.",
        examples.regressor_graph,
    ),
    backprop(
        "backprop-second-layer",
        "The gradient for W²",
        "The chain rule from ℒ back to W²: one factor for every step.",
        lambda: draw_backprop(THREE_LAYERS, loss=squared_loss, wrt=2),
    ),
    backprop(
        "backprop-reuse",
        "The gradients for W² and W¹",
        "All factors up to ∂ℒ/∂Z² are the same for both: computed once, and reused.",
        lambda: draw_backprop(THREE_LAYERS, loss=squared_loss),
    ),
    backprop(
        "backprop-numbers",
        "Backpropagation with numbers",
        "The same at one data point.",
        lambda: draw_backprop(THREE_LAYERS, [1.0, -2.0], 1.0, squared_loss),
    ),
    backprop(
        "computation-graph",
        "The whole graph after backward",
        "The two sigmoids, drawn from the graph itself: every value, and its gradient below it.",
        lambda: draw_graph(examples.small_loss()),
        lambda path: explore(examples.small_loss()).save(path),
    ),
)


def on_real_data(large: Training, small: Training) -> Sequence[Figure]:
    """The figures of the trained networks."""

    def losses() -> Any:
        figure, (ax,) = plots.new_figure()
        plots.plot_history(large.history, ax=ax)
        return figure

    return (
        real(
            "breast-cancer-loss",
            "Loss during training",
            "A network learns to tell benign from malignant tumours by thirty measurements; "
            f"on the {large.tested} it has not seen it is right for {large.accuracy:.1%}.",
            "The loss of each step and its running mean, which falls.",
            losses,
        ),
        real(
            "breast-cancer-network",
            "The trained network, and one tumour",
            "What the network computes for a tumour that it has not seen: g is the probability that it is benign.",
            lambda: draw_network(large.model, large.x, large.y, nll_loss),
        ),
        real(
            "breast-cancer-graph",
            "The computation graph of one data point's loss",
            f"A smaller network, trained on {', '.join(FEATURES)}, right for {small.accuracy:.1%}: "
            "all its values for one tumour, and the gradients of the loss.",
            lambda: draw_graph(small.loss()),
        ),
    )
