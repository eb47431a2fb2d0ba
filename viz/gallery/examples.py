"""The lecture's examples as live objects, their weights set here and nowhere else, and what is drawn of them.

`viz.gallery.figures` lists the figures that they become.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograd import Op, Value, ops
from autograd.files import write
from nn import MLP, SGD, Adam, Layer, Neuron, fit, hinge_loss, nll_loss, squared_loss
from viz.demo.page import saved
from viz.demo.run import Run
from viz.diagrams.diagram import Diagram
from viz.diagrams.scene import Box
from viz.graphs.draw import draw_graph
from viz.lecture.data_point import Forward
from viz.lecture.neuron import draw_neuron, neuron_board
from viz.plots import plots
from viz.style import theme
from viz.style.labels import written

X, Y = [1.0, -2.0, 0.5], 1.0  # the data point of most figures


# --- the examples -----------------------------------------------------------------------------------------------------


def set_numbers(values: Sequence[Value], numbers: Sequence[float]) -> None:
    """Give Values these numbers."""
    for value, number in zip(values, numbers, strict=True):
        value.data = number


def neuron(activation: str, *, bias: bool = False) -> Neuron:
    """A neuron of three inputs with weights that are easy to follow."""
    made = Neuron(3, activation, bias=bias, seed=0)
    set_numbers(made.parameters(), [0.5, -1.0, 2.0, -0.5][: 3 + bias])
    return made


def any_neuron() -> Diagram:
    """The lecture's neuron: x₁, x₂, …, x_d, and an f that is not chosen yet."""
    f = Op("f", value=lambda z: z * 1.0, derivatives=[lambda a, z: 1.0])
    made = Neuron(5, f, bias=False, seed=0)
    made.w[-1].label = "w_d"
    return neuron_board(Forward(made, last="d"), 4).diagram()


def layer() -> Layer:
    """A layer of three ReLU neurons."""
    made = Layer(3, 3, "relu", seed=0)
    set_numbers(made.parameters(), [0.5, -1.0, 2.0, -0.5, 1.0, 0.5, -1.0, 0.25, -0.5, 1.0, 1.5, 1.0])
    return made


def two_sigmoids() -> MLP:
    """The lecture's example: σ₁ = σ(5x₁ − 5x₂ + 1), σ₂ = σ(−5x₁ + 5x₂ + 1), and their weighted sum −3σ₁ − 3σ₂."""
    model = MLP(2, [2, 1], ["sigmoid", "identity"], seed=0)
    model.layers[1].neurons[0].b = None
    set_numbers(model.parameters(), [5.0, -5.0, 1.0, -5.0, 5.0, 1.0, -3.0, -3.0])
    return model


# --- plots ------------------------------------------------------------------------------------------------------------


def distance_feature(x_1: Value, x_2: Value) -> Value:
    """φ's second coordinate, |x₁ − x₂|."""
    return abs(x_1 - x_2)


def score(x_1: Value, x_2: Value) -> Value:
    """A score that is linear in φ, and positive near the diagonal."""
    return 0.4 - distance_feature(x_1, x_2)


POINTS = [[0.05, 0.1], [0.9, 1.0], [0.45, 0.6], [0.0, 1.0], [1.0, 0.1], [0.15, 0.8]]
CLASSES = [1, 1, 1, 0, 0, 0]


def plot_feature() -> Any:
    """Classes that no line separates in the plane, and on the axis |x₁ − x₂|, where a number does."""
    figure, (plane, line) = plots.new_figure(columns=2)
    plots.plot_decision_boundary(score, POINTS, CLASSES, ax=plane)
    for label in (0, 1):
        chosen = [point for point, y in zip(POINTS, CLASSES, strict=True) if y == label]
        across = [distance_feature(*map(Value, point)).data for point in chosen]
        style: dict[str, Any] = {"marker": theme.CLASS_MARKS[label], "c": theme.CLASS_COLOURS[label], "s": 60}
        line.scatter(across, [1.0] * len(across), label=f"y = {label}", **style)
    line.axvline(0.4, color=theme.INK, linewidth=2)
    plots.finished(line, "$|x_1 - x_2|$", "").set_yticks([])
    line.spines["left"].set_visible(False)
    line.legend(loc="upper right", frameon=False)
    plane.legend_ = None
    return figure


def plot_two_sigmoids() -> Any:
    """σ₁, σ₂ and their weighted sum as surfaces over the plane."""
    model = two_sigmoids()
    first, second = model.layers[0].neurons
    figure, axes = plots.new_figure(columns=3, three_dimensional=True)
    functions: list[Any] = [first, second, model]
    ax: Any
    for ax, f, title in zip(axes, functions, ("σ₁", "σ₂", "g"), strict=True):
        plots.plot_function(f, (-1.0, -1.0), (1.0, 1.0), ax=ax).set_title(title, fontsize=14)
        ax.view_init(elev=28, azim=-125)  # from the side of both steps
    plots.added(axes, [*(f"{theme.number(w.data)}·" for w in model.layers[1].neurons[0].w), "="])
    return figure


def plot_sum_over_plane() -> Any:
    """The example's output, as colours over the plane."""
    figure, (ax,) = plots.new_figure()
    plots.plot_function(two_sigmoids(), (-1.0, -1.0), (1.0, 1.0), ax=ax).set_title("g")
    return figure


def plot_activations(*names: str) -> Any:
    """Activations and their derivatives, side by side."""
    figure, axes = plots.new_figure(columns=len(names))
    for ax, name in zip(axes, names, strict=True):
        plots.plot_activation(name, ax=ax).set_title(name)
    return figure


def bends(count: int) -> MLP:
    """A network of one input and `count` ReLUs whose sum meets sin at equal distances."""
    knots = [-3.2 + 6.4 * i / count for i in range(count + 1)]
    heights = [ops.sin(knot) for knot in knots]
    slopes = [(heights[i + 1] - heights[i]) * count / 6.4 for i in range(count)]
    turns = [after - before for before, after in zip([0.0, *slopes], slopes, strict=False)]
    model = MLP(1, [count, 1], seed=0)
    hidden = [number for knot in knots[:count] for number in (1.0, -knot)]
    set_numbers(model.parameters(), [*hidden, *turns, heights[0]])
    return model


def plot_beside_sine(model: MLP, ax: Any, title: str) -> None:
    """What a network makes of x, dashed, and sin x."""
    plots.plot_function(lambda x: x.sin(), -3.2, 3.2, ax=ax)
    plots.plot_function(model, -3.2, 3.2, ax=ax).set_title(f"{title} (dashed) and sin")
    ax.lines[1].set(color=theme.VERMILION, linestyle="--")


def plot_relu_sums() -> Any:
    """Sums of 3, 6 and 12 ReLUs, each nearer to sin than the last."""
    figure, axes = plots.new_figure(columns=3)
    for ax, count in zip(axes, (3, 6, 12), strict=True):
        plot_beside_sine(bends(count), ax, f"{count} ReLUs")
    return figure


def plot_relu_addition() -> Any:
    """Three weighted ReLUs, and their sum, which comes near to sin."""
    model = bends(3)
    hidden, output = model.layers[0].neurons, model.layers[1].neurons[0]
    figure, axes = plots.new_figure(columns=4)
    for ax, w, one in zip(axes, output.w, hidden, strict=False):
        plots.plot_function(lambda x, w=w, one=one: w * one([x]), -3.2, 3.2, ax=ax)
        ax.set_title(f"{theme.number(round(w.data, 2))} · ReLU({shifted(one)})")
    plot_beside_sine(model, axes[-1], "the sum")
    for ax in axes:
        ax.set_ylim(-2.2, 2.2)
    plots.added(axes, "++=")
    return figure


def shifted(neuron: Neuron) -> str:
    """The z of a neuron of one input whose weight is 1, like x + 3.2."""
    assert neuron.b is not None
    b = round(neuron.b.data, 2)
    return "x" if b == 0 else f"x {theme.MINUS if b < 0 else '+'} {theme.number(abs(b))}"


def plot_relu_boundaries() -> Any:
    """Three ReLUs of the plane, each bent along a line, taken from 0.4: positive inside a closed region."""
    model = MLP(2, [3, 1], seed=0)
    set_numbers(model.parameters(), [0, -2, -0.8, 1.8, 1, -0.8, -1.8, 1, -0.8, -1, -1, -1, 0.4])
    corners, labels = [[0.0, 0.1], [0.1, -0.3], [-1.4, -1.2], [1.4, 1.3], [-1.3, 1.2], [1.3, -1.3]], [1, 1, 0, 0, 0, 0]
    figure, axes = plots.new_figure(columns=4)
    parts: list[Any] = [lambda x_1, x_2, one=one: -one([x_1, x_2]) for one in model.layers[0].neurons]
    for ax, f, title in zip(axes, [*parts, model], ("−ReLU₁", "−ReLU₂", "−ReLU₃", "the sum, + 0.4"), strict=True):
        threshold = 0.0 if f is model else -0.1
        plots.plot_decision_boundary(f, corners, labels, threshold=threshold, ax=ax).set_title(title)
        ax.legend_ = None
    plots.added(axes, "++=")
    return figure


def plot_width_and_depth() -> Any:
    """The same points, learned by networks of growing width and depth."""
    inner = [[0.35 * ops.cos(t), 0.35 * ops.sin(t)] for t in map(float, range(12))]
    outer = [[ops.cos(0.5 * t), ops.sin(0.5 * t)] for t in map(float, range(13))]
    points, labels = inner + outer, [1] * len(inner) + [-1] * len(outer)
    figure, axes = plots.new_figure(columns=3)
    for ax, sizes in zip(axes, ([2, 1], [8, 1], [6, 6, 1]), strict=True):
        model = MLP(2, sizes, seed=1)
        optimizer = Adam(model.parameters(), lr=0.03)
        history = fit(
            model, points, labels, hinge_loss, optimizer=optimizer, steps=300, batch_size=25, seed=0, progress=False
        )
        if history.interrupted:  # no picture of what has learned half of it
            raise KeyboardInterrupt
        plots.plot_decision_boundary(model, points, labels, ax=ax).set_title(f"layers of {', '.join(map(str, sizes))}")
        ax.legend_ = None
    return figure


# --- with gradients ---------------------------------------------------------------------------------------------------


def neuron_after_backward() -> Diagram:
    """A logistic classifier with its gradients."""
    classifier = neuron("sigmoid", bias=True)
    nll_loss(classifier(X), 1).backward()
    return draw_neuron(classifier, X, 1, nll_loss)


def classifier_loss() -> Value:
    """The loss of the same classifier, its inputs with names."""
    g = neuron("sigmoid", bias=True)([Value(x, label=f"x_{i}") for i, x in enumerate(X, 1)])
    loss = nll_loss(g, 1)
    loss.backward()
    return loss


def save_playground(path: Path) -> None:
    """A run of the playground as a page: two moons, and a network that learns them."""
    run = Run(dataset="moons", seed=0)
    run.advance(300)
    write(path, saved(run).encode())


def sgd_step() -> Diagram:
    """The linear regressor after backward, and below it how a step of SGD changes each weight, and the loss."""
    regressor = neuron("identity")
    loss = squared_loss(regressor(X), Y)
    loss.backward()
    board = neuron_board(Forward(regressor, X, Y, squared_loss), 8, "a step of SGD")
    olds, optimizer = [w.data for w in regressor.w], SGD(regressor.parameters(), lr=0.05)
    optimizer.step()
    eta = theme.number(optimizer.lr)
    lines = [f"w ← w − η · ∇_w ℒ with η = {eta}"]
    for w, old in zip(regressor.w, olds, strict=True):
        factor = theme.number(w.grad) if w.grad >= 0 else f"({theme.number(w.grad)})"
        lines.append(f"{written(w.label)} ← {theme.number(old)} − {eta} · {factor} = {theme.number(w.data)}")
    new = squared_loss(regressor(X), Y)
    lines.append(f"ℒ = {theme.number(loss.data)} becomes {theme.number(new.data)}")
    left, bottom, right, _ = board.around()
    board.put(Box("update", "formula", "\n".join(lines)), (left + right) / 2, bottom - 70)
    return board.diagram()


def small_loss() -> Value:
    """The loss of a small network, after backward."""
    model = two_sigmoids()
    loss = squared_loss(model([0.5, -0.25]), -4.0)
    loss.backward()
    return loss


def regressor_graph() -> Diagram:
    """The linear regressor's loss, every operation shown."""
    w, x = [Value(0.5, label="w_1"), Value(-1.0, label="w_2")], [Value(1.0, label="x_1"), Value(2.0, label="x_2")]
    for value in w:
        value.role = "parameter"
    loss = (w[0] * x[0] + w[1] * x[1] - 1.0) ** 2
    loss.label = "ℒ"
    loss.backward()
    return draw_graph(loss, view="operations")
