"""Curves and planes with matplotlib: activations, functions, training, decision boundaries.

Every function takes the Axes to draw on (`ax=`, or a new figure's) and returns them. This is the one file that knows
matplotlib.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from autograd import Op
from autograd.errors import shown
from nn.activations import chosen
from nn.data import checked_data, real
from nn.fit import History
from nn.progress import Smooth
from viz.plots.functions import boundary_level, curve, interval, of_one_output, plane, spaced
from viz.style import theme
from viz.style.labels import clean

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

POINTS = 401  # of a curve
GRID = 61  # points along each side of a plane
DATELESS = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}  # without a date equal plots are equal files
FARTHEST = 1e9  # the largest lead of a class over the others that is drawn
WIDEST = 12.4  # inches: all panels side by side, as wide as a slide
Corner = float | Sequence[float]  # the end of an interval, or the corner of a rectangle


def plot_activation(name: str | Op, low: float = -4.0, high: float = 4.0, *, ax: Axes | None = None) -> Axes:
    """An activation a = f(z) and its derivative f′(z), both from the operation table.

    >>> axes = plot_activation("relu")
    >>> [line.get_label() for line in axes.lines]
    ['a = ReLU(z)', 'ReLU′(z)']
    """
    f = chosen(name)
    if f.n_inputs != 1:
        raise ValueError(f"plot_activation draws a function of one z, and {f.name} takes a whole layer's")
    start, end = interval(low, high, "plot_activation")
    z, answers = curve(f, spaced(start, end, POINTS))
    points = zip(answers, z, strict=True)
    slopes = [math.nan if math.isnan(a) else f.local_derivatives(a, (z_i,), (True,))[0] for a, z_i in points]
    axes = ready(ax)
    symbol, colour, first = escaped(f.symbol), next_colour(axes, 2), not axes.lines
    axes.plot(z, answers, color=colour, linewidth=2.5, label=f"a = {symbol}(z)")
    slope = theme.GRADIENT if first else colour
    axes.plot(z, slopes, color=slope, linewidth=2, linestyle="--", label=f"{symbol}′(z)")
    return finished(axes, "z", "")


def escaped(text: str) -> str:
    """Text in which matplotlib finds no formula."""
    return clean(text).replace("$", r"\$")


def plot_function(f: Callable[..., Any], low: Corner, high: Corner, *, label: str = "", ax: Axes | None = None) -> Axes:
    """A function of one number as a curve, or of two numbers over the plane.

    >>> axes = plot_function(lambda x: (x * x).tanh(), -2, 2)
    >>> len(axes.lines)
    1

    f takes a Value for each number, or is a Module. Curves on the same Axes have colours of their own, and a legend of
    their labels. Pairs as `low` and `high`, the corners of a rectangle, ask for a plane: a map of colours, or a surface
    if `ax` is three-dimensional; there f may take the two as one list, too, like a model.
    """
    if not callable(f):
        raise TypeError(f"plot_function needs a function or a model, got {type(f).__name__} {shown(f)}")
    if not isinstance(low, Iterable) and not isinstance(high, Iterable):
        start, end = interval(low, high, "plot_function")
        x, y = curve(f, spaced(start, end, POINTS))
        axes = ready(ax)
        dashes = ("-", "--", ":", "-.")[len(axes.lines) // len(theme.CURVE_COLOURS) % 4]
        axes.plot(x, y, dashes, color=next_colour(axes), linewidth=2.5, label=escaped(label))
        return finished(axes, "x", "")
    corners = [list(side) if isinstance(side, Iterable) else [side] for side in (low, high)]
    if [len(corner) for corner in corners] != [2, 2]:
        raise ValueError(f"plot_function needs two numbers or two pairs as low and high, got {shown((low, high))}")
    sides = [interval(a, b, "plot_function") for a, b in zip(*corners, strict=True)]
    xs, ys = [spaced(a, b, GRID) for a, b in sides]
    heights = [*map(of_one_output, plane(f, xs, ys))]
    axes = ready(ax)
    if axes.name == "3d":
        across, up = zip(*[(x, y) for y in ys for x in xs], strict=True)
        flat = across, up, [z for line in heights for z in line]
        axes.plot_trisurf(*flat, cmap=theme.PLANE_COLOURS, shade=False, linewidth=0, antialiased=False, rasterized=True)
    else:
        filled = axes.contourf(xs, ys, heights, levels=20, cmap=theme.PLANE_COLOURS)
        axes.figure.colorbar(filled, ax=axes)
        if axes.get_xscale() == "linear":
            axes.locator_params("x", nbins=5)  # beside the colour bar there is no room for more numbers
    return finished(axes, "$x_1$", "$x_2$")


def plot_history(history: History | Sequence[float], *, ax: Axes | None = None) -> Axes:
    """The loss of each step of a training, pale, and its running mean.

    >>> axes = plot_history([4.0, 2.0, 1.0])
    >>> axes.get_xlabel(), axes.get_ylabel()
    ('step', 'loss')
    """
    losses = history.losses if isinstance(history, History) else history
    if isinstance(losses, (str, bytes)) or not isinstance(losses, Iterable):
        raise TypeError(f"plot_history needs the History that fit returns, or a list of losses, got {shown(history)}")
    held = [real(f"losses[{i}]", loss) for i, loss in enumerate(losses)]
    if not held:
        raise ValueError("plot_history needs at least one loss, got none: was fit called with steps=0?")
    steps = range(1, len(held) + 1)
    axes = ready(ax)
    colour = next_colour(axes, 2)
    pale = colour if axes.lines else theme.SKY
    axes.plot(steps, held, color=pale, linewidth=0.6, alpha=0.6, label="loss of the step")
    mark = "o" if len(held) == 1 else ""  # a line needs two points
    axes.plot(steps, running_mean(held), mark, color=colour, linewidth=2.5, label="running mean")
    return finished(axes, "step", "loss")


def plot_decision_boundary(
    model: Callable[..., Any], X: Any, y: Any, *, threshold: float | None = None, ax: Axes | None = None
) -> Axes:
    """What a model answers over the plane, its decision boundary, and the data points with their classes.

    >>> from nn import MLP
    >>> axes = plot_decision_boundary(MLP(2, [1], "sigmoid", seed=0), [[0, 0], [1, 1]], [0, 1])
    >>> axes.get_xlabel()
    '$x_1$'

    The model is a Module, or a function of a point [x_1, x_2] or of two Values x_1, x_2. X: n points of two numbers, y:
    their classes. The boundary of one output is where it passes the threshold: 0.5 for a sigmoid output, else 0. Of
    several outputs the largest wins.
    """
    if not callable(model):
        raise TypeError(f"plot_decision_boundary needs a model, got {type(model).__name__} {shown(model)}")
    rows, targets = checked_data(X, y)
    if not isinstance(rows[0], list) or len(rows[0]) != 2:
        raise ValueError(f"plot_decision_boundary needs points of 2 numbers in the plane, got {shown(rows[0])}")
    if any(isinstance(target, list) for target in targets):
        raise ValueError("plot_decision_boundary needs one class per point, got lists in y; give the class numbers")
    level = boundary_level(model, rows) if threshold is None else real("threshold", threshold)
    columns = list(zip(*rows, strict=True))
    margins = [0.15 * (max(column) - min(column)) or 1.0 for column in columns]
    xs, ys = [spaced(min(c) - m, max(c) + m, GRID) for c, m in zip(columns, margins, strict=True)]
    outputs = plane(model, xs, ys)
    axes = ready(ax)
    if len(outputs[0][0]) == 1:
        heights = [[g[0] for g in line] for line in outputs]
        known = [g for line in heights for g in line if not math.isnan(g)]
        reach = max(max(abs(g - level) for g in known), 1e-9)
        steps = spaced(level - reach, level + reach, 22)
        axes.contourf(xs, ys, heights, levels=steps, cmap=theme.PLANE_COLOURS, alpha=0.75)
        if min(known) < level < max(known):
            axes.contour(xs, ys, heights, levels=[level], colors=theme.INK, linewidths=2, linestyles="solid")
    else:
        for k in range(len(outputs[0][0])):  # each class where it leads the others
            leads = [[g[k] - max([*g[:k], *g[k + 1 :]]) for g in line] for line in outputs]
            held = [[max(min(lead, FARTHEST), -FARTHEST) for lead in line] for line in leads]  # a score may be −∞
            if any(lead > 0.0 for line in held for lead in line):
                colour = theme.CLASS_COLOURS[k % len(theme.CLASS_COLOURS)]
                axes.contourf(xs, ys, held, levels=[0.0, 2 * FARTHEST], colors=[colour], alpha=0.35)
    classes = sorted(set(targets))
    numbered = set(classes) <= {*range(max(2, len(outputs[0][0])))}  # then k is the number of its output
    for place, label in enumerate(classes):
        k = int(label) if numbered else place
        points = [row for row, target in zip(rows, targets, strict=True) if target == label]
        mark, colour = theme.CLASS_MARKS[(k + k // 5) % 5], theme.CLASS_COLOURS[k % 5]  # 25 different pairs
        across, up = zip(*points, strict=True)
        axes.scatter(across, up, marker=mark, s=42, c=colour, edgecolors=theme.PAGE, label=f"y = {label:.15g}")
    return finished(axes, "$x_1$", "$x_2$")


def running_mean(numbers: Sequence[float]) -> list[float]:
    """For each place the mean of all numbers up to there, in which recent ones weigh more."""
    smooth = Smooth(keep=1.0 - 1.0 / max(1.0, len(numbers) / 40))
    return [smooth(x) for x in numbers]


# --- axes -------------------------------------------------------------------------------------------------------------


def new_figure(*, columns: int = 1, three_dimensional: bool = False) -> tuple[Figure, list[Axes]]:
    """A figure of its own, outside pyplot, with its Axes side by side."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("plots need matplotlib: pip install matplotlib") from error
    size = min(5.2 * columns, WIDEST), 3.8 if columns < 4 else 3.2
    figure = Figure(figsize=size, layout="constrained", facecolor=theme.PAGE)
    kind: Any = {"projection": "3d"} if three_dimensional else {}
    return figure, [figure.add_subplot(1, columns, k + 1, **kind) for k in range(columns)]


def ready(ax: Any) -> Any:
    """The Axes to draw on: those given, or new ones of pyplot, which a notebook shows by itself."""
    if ax is None:
        new_figure()  # if matplotlib is missing, this error says what to install
        import matplotlib.pyplot as plt

        return plt.subplots(figsize=(5.2, 3.8), layout="constrained")[1]
    if not hasattr(ax, "set_xlabel"):  # it may be pyplot itself, which has plot, but not this
        raise TypeError(f"ax needs matplotlib Axes, got {type(ax).__name__} {shown(ax)}; write ax=plt.gca()")
    return ax


def next_colour(axes: Axes, lines: int = 1) -> str:
    """A colour that no curve on these Axes has yet, if each curve is drawn as so many lines."""
    return theme.CURVE_COLOURS[len(axes.lines) // lines % len(theme.CURVE_COLOURS)]


def finished(axes: Axes, x: str, y: str) -> Axes:
    """The Axes with their names, and a legend where there is something to tell apart."""
    axes.set(xlabel=x, ylabel=y)
    if axes.name != "3d":
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=True, framealpha=0.85, edgecolor="none")
    return axes


def added(panels: Sequence[Any], signs: Sequence[str]) -> None:
    """Write signs before the last panels, as in panel + panel = panel; only the first keeps labels at its y axis."""
    for ax, sign in zip(panels[-len(signs) :], signs, strict=True):
        x, write = (-0.19, ax.text2D) if ax.name == "3d" else (-0.16, ax.text)
        write(x, 0.5, sign, transform=ax.transAxes, fontsize=22, ha="center", va="center", color=theme.INK)
    for ax in panels[1:] if panels[0].name != "3d" else ():
        ax.set_ylabel("")
        ax.tick_params(labelleft=False)


def picture(figure: Figure, format: str) -> bytes:
    """The figure as the bytes of an SVG, a PNG or a PDF, the same every time."""
    import matplotlib

    file = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "sigmagrad"}):
        figure.savefig(file, format=format, dpi=144, metadata=DATELESS.get(format))
    return file.getvalue()
