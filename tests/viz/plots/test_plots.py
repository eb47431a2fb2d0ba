"""The plots: what their lines and colours say is what the models compute, and bad arguments are told apart."""

from __future__ import annotations

import io
import math
from itertools import pairwise

import pytest

plots = pytest.importorskip("viz.plots.plots")
colors = pytest.importorskip("matplotlib.colors")

import numpy as np  # noqa: E402
from matplotlib import pyplot  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402

from autograd import Op, Value, ops  # noqa: E402
from nn import MLP, History, Neuron  # noqa: E402
from nn.activations import ACTIVATIONS  # noqa: E402
from viz import plot_activation, plot_decision_boundary, plot_function, plot_history  # noqa: E402
from viz.plots.functions import over, plane  # noqa: E402
from viz.style import theme  # noqa: E402

ONE_BY_ONE = [name for name, op in ACTIVATIONS.items() if op is not ops.softmax]


@pytest.fixture
def ax():
    return Figure().add_subplot()


@pytest.fixture
def space():
    return Figure().add_subplot(projection="3d")


# --- activations ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ONE_BY_ONE)
def test_an_activation_and_its_slope(name, ax):
    axes = plot_activation(name, -3, 3, ax=ax)
    assert axes is ax
    curve, slope = ax.lines
    for z, a, a_, d in list(
        zip(curve.get_xdata(), curve.get_ydata(), slope.get_xdata(), slope.get_ydata(), strict=True)
    )[::40]:
        assert z == a_
        leaf = Value(z)
        answer = ACTIVATIONS[name](leaf)
        answer.backward()
        assert (a, d) == (answer.data, leaf.grad)
    assert (curve.get_xdata()[0], curve.get_xdata()[-1]) == (-3.0, 3.0)


def test_the_operation_of_a_user(ax):
    square = Op("square", lambda z: z * z, [lambda a, z: 2 * z])
    plot_activation(square, ax=ax)
    assert [line.get_label() for line in ax.lines] == ["a = square(z)", "square′(z)"]


@pytest.mark.parametrize("symbol", ["$x$", r"$\frac{", "_hidden", "a\nb\x00", "<b>"])
def test_the_name_of_a_user_is_text(symbol, ax):
    plot_activation(Op("op", lambda z: z + 0.0, [lambda a, z: 1.0], symbol=symbol), ax=ax)
    assert b"</svg>" in plots.picture(ax.figure, "svg")


# --- functions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "f",
    [lambda x: x.sin(), lambda x: (x * x + 1).data, Neuron(1, "tanh", seed=0), MLP(1, [3, 1], seed=0), ops.sigmoid],
    ids=["value", "number", "neuron", "network", "op"],
)
def test_a_curve(f, ax):
    plot_function(f, -1, 2, ax=ax)
    x, y = ax.lines[0].get_data()
    assert (x[0], x[-1]) == (-1.0, 2.0)
    for i in (0, 137, 400):
        answer = f([x[i]]) if isinstance(f, (Neuron, MLP)) else f(Value(x[i]))
        assert y[i] == getattr(answer, "data", answer)


def test_a_plane_is_a_map_or_a_surface(ax, space):
    f = lambda x, y: x * y  # noqa: E731
    plot_function(f, (-1, -2), (1, 2), ax=ax)
    assert (ax.get_xlim(), ax.get_ylim()) == ((-1.0, 1.0), (-2.0, 2.0))
    assert len(ax.figure.axes) == 2  # the colours have a bar
    plot_function(f, (-1, -2), (1, 2), ax=space)
    corners = space.collections[0]
    low, high = space.get_zlim()
    assert corners
    assert low <= -2 < 2 <= high


def test_a_flat_plane_can_be_drawn(ax):
    plot_function(lambda x, y: 1.0, (0, 0), (1, 1), ax=ax)
    assert plots.picture(ax.figure, "png").startswith(b"\x89PNG")


# --- training ---------------------------------------------------------------------------------------------------------


def test_a_history_and_its_running_mean(ax):
    losses = [float(i % 7) for i in range(400)]
    plot_history(History(steps=400, losses=losses), ax=ax)
    steps, mean = ax.lines
    assert list(steps.get_ydata()) == losses
    assert list(steps.get_xdata()) == list(range(1, 401))
    assert all(min(losses) <= y <= max(losses) for y in mean.get_ydata())
    assert abs(mean.get_ydata()[-1] - 3.0) < 0.6  # the mean of 0 … 6


def test_a_history_of_one_step_is_seen(ax):
    plot_history([2.0], ax=ax)
    assert ax.lines[-1].get_marker() == "o"
    assert plot_history([2.0, 1.0], ax=Figure().add_subplot()).lines[-1].get_linestyle() == "-"


def test_the_running_mean_of_a_constant_is_it():
    assert plots.running_mean([2.5] * 1000) == pytest.approx([2.5] * 1000)


# --- decision boundaries ----------------------------------------------------------------------------------------------

SQUARE = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]


def boundary_line(ax):
    """The points of the boundary that is drawn."""
    return [point for collection in ax.collections for path in collection.get_paths() for point in path.vertices
            if collection.get_linewidth()[0] == 2 and tuple(collection.get_edgecolor()[0][:3]) != (1, 1, 1)]  # fmt: skip


@pytest.mark.parametrize(("activation", "offset"), [("sigmoid", 0.5), ("identity", 0.5), ("tanh", 0.25)])
def test_the_boundary_is_where_the_output_changes_its_class(activation, offset, ax):
    model = MLP(2, [1], [activation], seed=0)
    for value, number in zip(model.parameters(), [1.0, 0.0, -offset], strict=True):
        value.data = number  # z = x₁ − offset: the boundary is upright
    plot_decision_boundary(model, SQUARE, [0, 1, 0, 1], ax=ax)
    points = boundary_line(ax)
    assert len(points) >= 2
    assert all(math.isclose(x, offset, abs_tol=1e-6) for x, _ in points)


def test_the_boundary_has_the_threshold_asked_for(ax):
    plot_decision_boundary(lambda x_1, x_2: x_1, SQUARE, [0, 1, 0, 1], threshold=0.75, ax=ax)
    assert all(math.isclose(x, 0.75, abs_tol=1e-6) for x, _ in boundary_line(ax))


def test_data_points_stand_where_they_are_with_marks_of_their_class(ax):
    plot_decision_boundary(MLP(2, [3, 1], seed=0), SQUARE, [1, -1, 1, -1], ax=ax)
    scattered = ax.collections[-2:]
    assert [points.get_label() for points in scattered] == ["y = -1", "y = 1"]
    assert scattered[0].get_offsets().tolist() == [[1.0, 0.0], [1.0, 1.0]]
    assert len({points.get_paths()[0].vertices.tobytes() for points in scattered}) == 2


@pytest.mark.parametrize("classes", [(0, 1, 2), (1, 2), (2,), (0, 2)])
def test_a_class_has_the_colour_of_its_region_whichever_are_there(classes, ax):
    plot_decision_boundary(lambda x_1, x_2: [x_1, x_2, 0.5], SQUARE, ([*classes] * 4)[:4], ax=ax)
    points = {scattered.get_label(): scattered for scattered in ax.collections[3:]}
    assert list(points) == [f"y = {label}" for label in classes]
    for label in classes:
        assert points[f"y = {label}"].get_facecolor()[0][:3] == pytest.approx(
            ax.collections[label].get_facecolor()[0][:3]
        )


def test_large_class_numbers_are_told_apart(ax):
    plot_decision_boundary(MLP(2, [1], seed=0), SQUARE, [1000000, 1000001] * 2, ax=ax)
    assert [kind.get_label() for kind in ax.collections[-2:]] == ["y = 1000000", "y = 1000001"]


def test_amounts_are_told_apart_too(ax):
    plot_decision_boundary(MLP(2, [1], seed=0), SQUARE, [0.5, 0.75] * 2, ax=ax)
    assert len({kind.get_facecolor()[0].tobytes() for kind in ax.collections[-2:]}) == 2


def test_the_plane_is_a_little_wider_than_the_points_and_blue_where_the_output_is_large(ax):
    plot_decision_boundary(lambda x_1, x_2: x_1, [[0.0, 1.0], [2.0, 1.0]], [0, 1], ax=ax)
    assert (ax.get_xlim(), ax.get_ylim()) == (pytest.approx((-0.3, 2.3)), (0.0, 2.0))
    red, *_, blue = ax.collections[0].get_facecolor()
    assert red[0] > red[2]
    assert blue[2] > blue[0]


def test_a_lone_class_has_the_colour_of_its_side(ax):
    plot_decision_boundary(Neuron(2, "sigmoid", seed=0), SQUARE, [1, 1, 1, 1], ax=ax)
    assert colors.to_hex(ax.collections[-1].get_facecolor()[0]).upper() == theme.BLUE


def test_ten_classes_are_told_apart(ax):
    points = [[float(k), float(k % 3)] for k in range(10)]
    plot_decision_boundary(lambda x_1, x_2: [x_1] * 10, points, range(10), ax=ax)
    drawn = [kind for kind in ax.collections if kind.get_label().startswith("y = ")]
    looks = {(kind.get_paths()[0].vertices.tobytes(), kind.get_facecolor()[0].tobytes()) for kind in drawn}
    assert len(looks) == 10


def test_an_array_of_outputs_is_a_list_of_them(ax):
    plot_decision_boundary(lambda x_1, x_2: np.array([x_1, x_2]), SQUARE, [0, 1, 0, 1], ax=ax)
    assert sum(kind.get_alpha() == 0.35 for kind in ax.collections) == 2


def test_many_outputs_and_a_model_without_a_boundary(ax):
    plot_decision_boundary(MLP(2, [4, 3], ["relu", "softmax"], seed=0), SQUARE, [0, 1, 2, 1], ax=ax)
    plot_decision_boundary(lambda x_1, x_2: 1.0, SQUARE, [0, 1, 0, 1], ax=ax)
    assert b"</svg>" in plots.picture(ax.figure, "svg")


def test_classes_meet_in_lines_and_not_in_steps(ax):
    """The first output leads where x₁ > x₂ and x₁ > 0.31: its region has these two straight sides."""
    plot_decision_boundary(lambda x_1, x_2: [x_1, x_2, 0.31], SQUARE, [0, 1, 2, 1], ax=ax)
    low, high = ax.get_xlim()
    regions = [[point for path in kind.get_paths() for point in path.vertices] for kind in ax.collections[:3]]
    for region, leads in zip(
        regions, (lambda x, y: (x, y, 0.31), lambda x, y: (y, x, 0.31), lambda x, y: (0.31, x, y)), strict=True
    ):
        assert len(region) > 10
        for point in region:
            mine, *others = leads(*point)
            lead = mine - max(others)
            on_the_edge = any(math.isclose(side, end, abs_tol=1e-6) for side in point for end in (low, high))
            corner = min(abs(a - b) for a, b in [(others[0], others[1])]) < 0.03
            assert lead > -0.03
            assert on_the_edge or corner or math.isclose(lead, 0.0, abs_tol=1e-6)


def test_every_class_has_its_region_however_many_there_are(ax):
    angles = [k * math.pi / 3 for k in range(6)]
    points = [[math.cos(t), math.sin(t)] for t in angles]
    plot_decision_boundary(
        lambda x_1, x_2: [x_1 * math.cos(t) + x_2 * math.sin(t) for t in angles] + [-math.inf], points, range(6), ax=ax
    )
    filled = [kind for kind in ax.collections if kind.get_alpha() == 0.35]
    for point, region in zip(points, filled, strict=True):
        assert any(path.contains_point(point) for path in region.get_paths())


@pytest.mark.parametrize(("size", "activation"), [(1, "identity"), (1, "sigmoid"), (2, "identity")])
def test_a_function_of_a_point_is_a_model_too(size, activation):
    model = MLP(2, [3, size], ["tanh", activation], seed=0)
    _, axes = plots.new_figure(columns=3)
    functions = [model, lambda x: model(x), lambda x_1, x_2: model([x_1, x_2])]
    for one, f in zip(axes, functions, strict=True):
        plot_decision_boundary(f, SQUARE, [0, 1, 0, 1], ax=one)
    paths = [[path.vertices.tolist() for kind in one.collections for path in kind.get_paths()] for one in axes]
    assert paths[0] == paths[1] == paths[2]


def test_a_function_of_one_point_has_a_plane(ax):
    plot_function(lambda x: x[0] * x[1], (0, 0), (1, 1), ax=ax)
    assert ax.collections


def test_a_plane_of_other_scales_and_signatures_is_drawn(ax):
    ax.set_xscale("log")
    plot_function(lambda x, *, by=2.0: x[0] * by, (1, 1), (9, 9), ax=ax)
    plot_function(lambda x, *more: x + more[0], (1, 1), (9, 9), ax=ax)


def test_the_numbers_below_a_plane_do_not_touch():
    figure, (ax,) = plots.new_figure()
    plot_function(lambda x, y: x + y, (-1, -1), (1, 1), ax=ax)
    figure.draw_without_rendering()
    boxes = [label.get_window_extent() for label in ax.get_xticklabels() if label.get_text()]
    assert len(boxes) > 2
    assert all(one.x1 + 4 < other.x0 for one, other in pairwise(boxes))


# --- axes -------------------------------------------------------------------------------------------------------------


def test_without_axes_there_is_a_new_figure():
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    with mpl.rc_context({"backend": "agg"}):
        axes = plot_history([1.0])
        assert plt.gcf() is axes.figure
        plt.close(axes.figure)


def test_a_picture_is_the_same_every_time():
    def made():
        figure, (one, other) = plots.new_figure(columns=2)
        plot_activation("gelu", ax=one)
        plot_decision_boundary(Neuron(2, seed=0), SQUARE, [0, 1, 0, 1], ax=other)
        return plots.picture(figure, "svg"), plots.picture(figure, "png")

    first, second = made(), made()
    assert first == second
    assert b"<dc:date>" not in first[0]
    assert theme.BLUE.lower().encode() in first[0]


# --- words ------------------------------------------------------------------------------------------------------------

ERRORS = [
    (lambda: plot_activation("swish"), ValueError, "an activation is an Op or one of identity"),
    (lambda: plot_activation("softmax"), ValueError, "draws a function of one z, and softmax takes a whole layer's"),
    (lambda: plot_activation("relu", 2, -2), ValueError, "plot_activation needs finite low < high, got 2.0 and -2.0"),
    (lambda: plot_activation("relu", ax="here"), TypeError, "ax needs matplotlib Axes, got str 'here'; write ax=plt.gca"),
    (lambda: plot_function(3.0, 0, 1), TypeError, "plot_function needs a function or a model, got float 3.0"),
    (lambda: plot_function(ops.exp, 0, math.inf), ValueError, "plot_function needs finite low < high, got 0.0 and inf"),
    (lambda: plot_function(ops.exp, "0", 1), ValueError, r"plot_function needs two numbers or two pairs"),
    (lambda: plot_function(ops.exp, (0, 0, 0), (1, 1, 1)), ValueError, "plot_function needs two numbers or two pairs"),
    (lambda: plot_function(MLP(1, [2], seed=0), 0, 1), ValueError, r"draws one output, got 2 of them; write lambda x: f\(x\)\[0\]"),
    (lambda: plot_function(ops.exp, 0, (1, 1)), ValueError, "plot_function needs two numbers or two pairs"),
    (lambda: plot_history(3), TypeError, "plot_history needs the History that fit returns, or a list of losses, got 3"),
    (lambda: plot_decision_boundary(Neuron(2), [1.0, 2.0], [0, 1]), ValueError, "needs points of 2 numbers in the plane"),
    (lambda: plot_history("losses"), TypeError, "plot_history needs the History that fit returns, or a list of losses"),
    (lambda: plot_history([Value(1.0)]), TypeError, r"losses\[0\] needs a real number, got Value .*; write its .data"),
    (lambda: plot_decision_boundary(max, SQUARE, [0, 1, 0, 1], threshold="half"), TypeError, "threshold needs a real"),
    (lambda: plot_function(Value.tanh, None, 2), TypeError, "plot_function needs a real number, got NoneType None"),
    (lambda: plot_activation("relu", ax=pyplot), TypeError, r"ax needs matplotlib Axes, got module .*; write ax=plt.gca"),
    (lambda: plot_history(History()), ValueError, r"needs at least one loss, got none: was fit called with steps=0\?"),
    (lambda: plot_decision_boundary("m", SQUARE, [0] * 4), TypeError, "plot_decision_boundary needs a model, got str 'm'"),
    (lambda: plot_decision_boundary(Neuron(3), [[1, 2, 3]], [0]), ValueError, "needs points of 2 numbers in the plane"),
    (lambda: plot_decision_boundary(Neuron(2), SQUARE, [0]), ValueError, "4 rows of X and 1 of y"),
    (lambda: plot_decision_boundary(Neuron(2), SQUARE, [[0, 1]] * 4), ValueError, "one class per point, got lists in y"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "kind", "words"), ERRORS, ids=range(len(ERRORS)))
def test_the_words_of_errors(call, kind, words):
    with pytest.raises(kind, match=words):
        call()


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match="plots need matplotlib: pip install matplotlib"):
        plot_history([1.0])


def test_a_dozen_curves_on_the_same_axes_can_be_told_apart(ax):
    for k in range(12):
        plot_function(lambda x, k=k: x * k, -1, 1, ax=ax)
    assert len({(line.get_color(), line.get_linestyle()) for line in ax.lines}) == 12
    assert {line.get_linestyle() for line in ax.lines[:5]} == {"-"}


def test_two_activations_and_two_histories_on_the_same_axes_can_be_told_apart(ax):
    plot_activation("relu", ax=ax)
    plot_activation("tanh", ax=ax)
    assert len({(line.get_color(), line.get_linestyle()) for line in ax.lines}) == 4
    assert [line.get_color() for line in ax.lines[1::2]] == [theme.GRADIENT, ax.lines[2].get_color()]
    both = Figure().add_subplot()
    plot_history([3.0, 2.0], ax=both)
    plot_history([1.0, 2.0], ax=both)
    assert len({line.get_color() for line in both.lines[1::2]}) == 2
    assert [line.get_color() for line in both.lines[::2]] == [theme.SKY, both.lines[3].get_color()]


def test_two_curves_on_the_same_axes_can_be_told_apart():
    axes = plot_function(Value.tanh, -3, 3, label="tanh")
    plot_function(Value.sigmoid, -3, 3, label="σ", ax=axes)
    assert axes.lines[0].get_color() != axes.lines[1].get_color()
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["tanh", "σ"]
    assert plot_function(Value.tanh, -3, 3).get_legend() is None


# --- where a function has no value ----------------------------------------------------------------------------------------


def test_a_pole_and_the_end_of_a_domain_are_gaps(ax):
    plot_function(lambda x: 1 / x, -1, 1, ax=ax)
    plot_function(Value.log, -1, 2, ax=ax)
    (pole, log) = ([*line.get_ydata()] for line in ax.lines)
    assert [i for i, y in enumerate(pole) if math.isnan(y)] == [200]
    assert all(math.isnan(y) == (x <= 0) for x, y in zip(ax.lines[1].get_xdata(), log, strict=True))
    assert log[-1] == pytest.approx(math.log(2))


@pytest.mark.parametrize(
    "f",
    [
        MLP(2, [4, 4, 1], "tanh", seed=0),
        MLP(2, [4, 3], ["relu", "softmax"], seed=1),
        lambda x_1, x_2: x_1 * x_2.exp(),
        lambda x: [x[0] + x[1], x[0] * 2],
        lambda x_1, x_2: 1.0 if x_1.data > x_2.data else 0.0,
        lambda x_1, x_2: x_1 if x_1 > x_2 else x_2 * 2,
        lambda x_1, x_2: x_1 / x_2,
    ],
    ids=["network", "classes", "function", "point", "numbers", "choice", "pole"],
)
def test_a_plane_is_what_the_function_answers_at_each_of_its_points(f):
    xs, ys = [-1.0, 0.0, 0.25, 2.0], [-3.0, 0.0, 1.0]
    for y, line in zip(ys, plane(f, xs, ys), strict=True):
        for x, found in zip(xs, line, strict=True):
            assert found == pytest.approx(over(f, [[x, y], [2.0, 1.0]])[0], rel=1e-12, nan_ok=True)


POLES = [  # a function, from where to where, and its poles there
    (lambda x: 1 / x, -1, 1.001, [0.0]),
    (lambda x: 1 / (x - 0.003), -1, 1, [0.003]),
    (lambda x: 1000 + 1 / (x - 0.003), -1, 1, [0.003]),
    (lambda x: 1 / (x - 0.003) ** 2, -1, 1, [0.003]),
    (lambda x: -1 / (x * x).sqrt().sqrt(), -1, 1.001, [0.0]),
    (lambda x: 1 / (x + 0.998), -1, 1, [-0.998]),
    (lambda x: 1 / (x - 0.998) ** 2, -1, 1, [0.998]),
    (lambda x: x.sin() / x.cos(), -5, 5, [-1.5 * math.pi, -0.5 * math.pi, 0.5 * math.pi, 1.5 * math.pi]),
    (lambda x: x.cos() / x.sin() + 5 * x, -5, 4, [-math.pi, 0.0, math.pi]),
    (lambda x: 1 / (x - 1e-9), -1, 1, [1e-9]),  # all but at a point that is drawn
]
JOINED = [
    *[lambda x, k=k: (10.0**k * x).tanh() for k in range(2, 9)],
    *[lambda x, k=k: (-((10.0**k * x) ** 2)).exp() for k in range(4)],  # a needle
    lambda x: x.relu(),
    lambda x: abs(x - 0.0012),
    lambda x: 3.0 if x.data > 0.0012 else -1.0 - x.data,  # a step
    lambda x: (70 * x).sin(),
    lambda x: (200 * math.pi * x).sin(),  # which is 0 at every point that is drawn
    lambda x: x * 0 + 0.1 + 0.2,
    lambda x: 1e9 + (x * 7).sin() * 1e-7,  # rounding
    lambda x: 1e-12 / (x * x + 1e-3),
    lambda x: x**3,
    lambda x: 1 / (x * x + 1e-4),
    Value.exp,
    Value.sigmoid,
    Value.gelu,
    MLP(1, [8, 8, 1], seed=0),
]


@pytest.mark.parametrize(("f", "low", "high", "poles"), POLES, ids=range(len(POLES)))
def test_a_curve_is_not_joined_across_a_pole_between_its_points(f, low, high, poles, ax):
    plot_function(f, low, high, ax=ax)
    x, y = ax.lines[0].get_data()
    missing = [x_i for x_i, y_i in zip(x, y, strict=True) if math.isnan(y_i)]
    assert missing == pytest.approx(poles, abs=(high - low) / 400)


@pytest.mark.parametrize("f", JOINED, ids=range(len(JOINED)))
@pytest.mark.parametrize(("low", "high"), [(-1, 1), (-0.0007, 0.001)])
def test_a_curve_that_has_values_is_joined_however_steep(f, low, high, ax):
    plot_function(f, low, high, ax=ax)
    assert len(ax.lines[0].get_xdata()) == 401
    assert not any(math.isnan(y) for y in ax.lines[0].get_ydata())


def test_an_activation_with_a_pole_has_a_gap(ax):
    plot_activation(Op("reciprocal", lambda z: 1 / z, [lambda a, z: -a * a]), -1, 1.001, ax=ax)
    for line in ax.lines:
        assert sum(map(math.isnan, line.get_ydata())) == 1


def test_a_plane_has_gaps_too(ax):
    plot_function(lambda x, y: (x + y).log(), (-1, -1), (1, 1), ax=ax)
    figure, (deep,) = plots.new_figure(three_dimensional=True)
    plot_function(lambda x, y: (x + y).log(), (-1, -1), (1, 1), ax=deep)
    plots.picture(figure, "svg")


def test_a_surface_has_gaps_too():
    figure, (deep,) = plots.new_figure(three_dimensional=True)
    plot_function(lambda x, y: (x * x + y * y - 1.0).sqrt(), (-2, -2), (2, 2), ax=deep)
    deep.view_init(90, 0)  # from above
    picture = pyplot.imread(io.BytesIO(plots.picture(figure, "png")), format="png")
    spread = picture[..., :3].max(axis=2) - picture[..., :3].min(axis=2)
    drawn = np.argwhere(spread > 0.2)  # pixels with a colour
    middle = (drawn.min(axis=0) + drawn.max(axis=0)) // 2
    assert spread[tuple(middle)] < 0.2  # and there is none in the middle, where f has no value


def test_the_first_data_point_may_be_one_without_an_answer(ax):
    plot_decision_boundary(lambda x_1, x_2: x_1.log().sigmoid(), [[-1.0, 0.0], [2.0, 1.0]], [0, 1], ax=ax)
    assert all(math.isclose(x, 1.0, abs_tol=1e-2) for x, _ in boundary_line(ax))  # σ is one half there


def test_a_model_without_an_answer_somewhere_has_a_boundary_elsewhere(ax):
    plot_decision_boundary(
        lambda x_1, x_2: (x_1 + 1.0).log() + x_2, [[-0.9, 0.0], [1.0, 1.0], [2.0, -1.0]], [0, 1, 0], ax=ax
    )
    plot_decision_boundary(lambda x: [x[0].log(), x[1]], [[0.1, 0.0], [1.0, 1.0]], [0, 1], ax=ax)


def test_an_activation_that_ends_somewhere_has_a_gap(ax):
    root = Op("root", lambda z: ops.sqrt(z), [lambda a, z: 0.5 / a])
    plot_activation(root, -1, 4, ax=ax)
    values, slopes = ([*line.get_ydata()] for line in ax.lines)
    assert math.isnan(values[0])
    assert math.isnan(slopes[0])
    assert (values[-1], slopes[-1]) == (2.0, 0.25)
    plot_activation(Op("log", lambda z: ops.log(z), [lambda a, z: 1 / z]), -1, 4, ax=ax)
    assert math.isnan(ax.lines[3].get_ydata()[0])  # where f has no value it has no slope


def test_a_function_without_any_value_says_why(ax):
    with pytest.raises(ValueError, match="log needs x > 0"):
        plot_function(Value.log, -2, -1, ax=ax)


def test_of_several_errors_the_first_is_told(ax):
    def f(x):
        raise ValueError(f"at {x.data:g}")

    with pytest.raises(ValueError, match=r"at -2$"):
        plot_function(f, -2, -1, ax=ax)


def test_a_mistake_in_a_function_is_no_gap(ax):
    with pytest.raises(TypeError, match=r"v\.exp\(\)"):
        plot_function(lambda x: math.exp(x), -1, 1, ax=ax)
