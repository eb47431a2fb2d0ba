"""The lecture's pictures: golden, without overlaps, the same in every Graphviz, and with the numbers the engine computes."""

import math
import re
import time
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shared.places import overlapping, places, too_small

import viz
from autograd import Op, Value, ops
from nn import MLP, Layer, Module, Neuron, cross_entropy, hinge_loss, nll_loss, squared_loss
from nn.activations import ACTIVATIONS
from viz import draw, draw_backprop, draw_forward, draw_graph, draw_layer, draw_network, draw_neuron
from viz.diagrams.diagram import Diagram
from viz.gallery.figures import LECTURE, SECTIONS
from viz.lecture.data_point import loss_formula
from viz.style import theme
from viz.style.labels import written

SVG = "{http://www.w3.org/2000/svg}"
X = [1.0, -2.0, 0.5]
DRAWN = {figure.slug: made for figure in LECTURE if isinstance(made := figure.make(), Diagram)}
PLACED = {slug: diagram for slug, diagram in DRAWN.items() if diagram.engine == "nop2"}


def words(diagram):
    """Every text of a drawing, line by line."""
    return [line for place in places(diagram).values() for line in place.label.split("\\n")]


def number(text):
    """The number that a drawing shows."""
    return float(text.replace("−", "-"))


# --- every figure -----------------------------------------------------------------------------------------------------


def test_the_table_of_figures_is_whole():
    assert len(LECTURE) >= 30
    slugs = [figure.slug for figure in LECTURE]
    assert len(set(slugs)) == len(slugs)
    assert all(re.fullmatch(r"[a-z0-9-]+", slug) for slug in slugs)
    assert list(dict.fromkeys(figure.section for figure in LECTURE)) == list(SECTIONS[:-1])
    assert all(figure.title and figure.caption.endswith(".") and figure.alt.endswith(".") for figure in LECTURE)


@pytest.mark.parametrize("slug", DRAWN)
def test_golden(slug, golden):
    golden(f"{slug}.dot", DRAWN[slug].source)


@pytest.mark.parametrize(
    "figure", [figure for figure in LECTURE if figure.slug in DRAWN], ids=lambda figure: figure.slug
)
def test_the_same_figure_twice_is_the_same_text(figure):
    assert figure.make().source == DRAWN[figure.slug].source


@pytest.mark.parametrize("slug", PLACED)
def test_no_box_and_no_text_covers_another(slug):
    assert overlapping(PLACED[slug]) == []


@pytest.mark.parametrize("slug", PLACED)
def test_every_text_fits_its_box(slug):
    assert too_small(PLACED[slug]) == []


def test_overlaps_would_be_found():
    diagram = Diagram(engine="nop2")
    diagram.node("n0", "x", at=(0, 0), size=(40, 40), **theme.BOX["x"])
    diagram.node("n1", "a long text", at=(25, 0), size=(20, 20), **theme.BOX["result"])
    assert overlapping(diagram) == ["n0 and n1"]
    assert too_small(diagram) == ["n1"]


@pytest.mark.parametrize("slug", DRAWN)
def test_the_webassembly_engine_draws_every_box_and_arrow(slug):
    diagram = DRAWN[slug]
    diagram.using = "webassembly"
    try:
        root = ElementTree.fromstring(diagram.svg)
    finally:
        diagram.using = None
    kinds = [group.get("class") for group in root.iter(f"{SVG}g")]
    assert kinds.count("node") == diagram.n_nodes
    assert kinds.count("edge") >= diagram.n_edges
    assert not [item for item in root.iter() if item.tag.endswith(("script", "image", "}a"))]


def plain_places(diagram, using):
    """Where the engine puts the boxes: middles and sizes in inches, from the first box."""
    diagram.using = using
    try:
        lines = [line.split() for line in diagram.pipe("plain", encoding="utf-8").splitlines()]
    finally:
        diagram.using = None
    found = {line[1]: [float(part) for part in line[2:6]] for line in lines if line[0] == "node"}
    x, y, *_ = next(iter(found.values()))
    return {name: (a - x, b - y, width, height) for name, (a, b, width, height) in found.items()}


@pytest.mark.dot
@pytest.mark.parametrize("slug", PLACED)
def test_both_engines_put_the_boxes_where_they_were_put(slug):
    diagram = PLACED[slug]
    program, webassembly = plain_places(diagram, "dot"), plain_places(diagram, "webassembly")
    wanted = places(diagram)
    first = wanted[next(iter(program))]
    assert program.keys() == webassembly.keys() == wanted.keys()
    for name, place in wanted.items():
        here = ((place.x - first.x) / 72, (place.y - first.y) / 72, place.width / 72, place.height / 72)
        assert program[name] == pytest.approx(here, abs=0.002)
        assert webassembly[name] == pytest.approx(here, abs=0.002)


@pytest.mark.dot
@pytest.mark.parametrize("slug", [slug for slug in DRAWN if slug not in PLACED])
def test_both_engines_lay_out_a_graph_in_the_same_columns(slug):
    """The distances differ a little; which boxes stand in a column, and in which order, does not."""
    columns = []
    for using in ("dot", "webassembly"):
        placed = plain_places(DRAWN[slug], using)
        across = sorted({x for x, *_ in placed.values()})
        columns.append(
            [sorted((name for name in placed if placed[name][0] == x), key=lambda n: -placed[n][1]) for x in across]
        )
    assert columns[0] == columns[1]


# --- any network ------------------------------------------------------------------------------------------------------


@st.composite
def pictures(draw_from):
    """A drawing of a random model, with or without numbers and gradients."""
    pick = lambda *options: draw_from(st.sampled_from(options))  # noqa: E731
    d, sizes = draw_from(st.integers(1, 12)), draw_from(st.lists(st.integers(1, 11), min_size=1, max_size=6))
    names = [pick(*[name for name in ACTIVATIONS if size > 1 or name != "softmax"]) for size in sizes]
    model = MLP(d, sizes, names, bias=draw_from(st.booleans()), seed=draw_from(st.integers(0, 99)))
    scale = pick(1.0, 1e-6, 123456.0)
    x = [scale * (i - 1.5) for i in range(d)] if draw_from(st.booleans()) else None
    width = draw_from(st.integers(3, 9))
    kind = pick("network", "layer", "neuron", "forward", "backprop")
    if x is not None and draw_from(st.booleans()):
        x = [Value(number, label=pick("", "mean radius of the cells", "x\n\ny")) for number in x]
    if x is not None and draw_from(st.booleans()):
        for parameter in model.parameters():
            parameter.grad = -0.123456
    if kind == "network":
        return draw_network(model, x, max_width=width, weights=pick(None, True, False))
    if kind == "layer":
        return draw_layer(model.layers[0], x, max_width=width)
    if kind == "neuron":
        return draw_neuron(Neuron(d, pick("relu", "gelu", "leaky_relu", "identity"), seed=0), x, max_width=width)
    if kind == "forward":
        points = None if x is None or isinstance(x[0], Value) else [x] * draw_from(st.integers(1, 5))
        return draw_forward(model, points, max_points=width)
    return draw_backprop(model, wrt=draw_from(st.lists(st.integers(1, len(sizes)), min_size=1, max_size=3)))


def test_long_numbers_and_the_settings_of_f_have_their_room():
    model = MLP(1, [1, 2, 1], ["leaky_relu", "identity", "identity"], bias=False, seed=17)
    diagram = draw_network(model, [-1.5])  # z is −0.0007499 in the last layer
    assert overlapping(diagram) == []
    z, f = next(place for place in places(diagram).values() if place.label == "−0.0007499"), places(diagram)["f_3_1"]
    assert z.x + z.width / 2 + 2 <= f.x - f.width / 2  # its white ground covers no border
    frame, title = (places(diagram)[name] for name in ("layer_1", "layer_1_title"))
    assert title.label.count("\\n") == 1  # f = leaky ReLU, and its slope
    assert title.y + title.height / 2 < frame.y + frame.height / 2


@pytest.mark.parametrize("f", ["relu", "leaky_relu", "softmax"])
@pytest.mark.parametrize("x", [None, [1.5, 1.5]])
def test_the_longest_numbers_and_gradients_have_their_room(f, x):
    model = MLP(2, [3, 2], [f, "identity"], seed=0)
    for parameter in model.parameters():
        parameter.data, parameter.grad = 1000.123 * parameter.data, -0.000123456
    for weights in (None, True):
        assert overlapping(draw_network(model, x, weights=weights)) == []
    assert overlapping(draw_layer(model.layers[0], x)) == []


def test_a_long_name_gets_an_ellipse_that_grows_away_from_the_network():
    x = [Value(1.0, label="mean radius of the cells"), Value(2.0, label="x_2")]
    diagram = draw_neuron(Neuron(2, seed=0), x)
    held = places(diagram)
    assert held["x_1"].label == "mean radius of the cells\\n1"
    assert (held["x_1"].shape, held["x_2"].shape, too_small(diagram)) == ("ellipse", "circle", [])
    right = [held[name].x + held[name].width / 2 for name in ("x_1", "x_2")]
    assert abs(right[0] - right[1]) < 1


def test_the_settings_of_f_fit_their_box_in_a_chain_and_are_not_in_its_derivative():
    model = MLP(2, [2, 1], "leaky_relu", seed=0)
    for diagram in (draw_backprop(model), draw_forward(model)):
        assert too_small(diagram) == [] == overlapping(diagram)
        assert places(diagram)["f_1"].label == "f(·)\\nleaky ReLU\\nslope 0.01"
        assert places(diagram)["f_1"].width < 100  # as wide as its longest line
    assert places(draw_backprop(model))["factor_1_f_1"].label == "∂A¹/∂Z¹\\nleaky ReLU′(Z¹)"
    lone = places(draw_backprop(Neuron(2, "leaky_relu", seed=0), X[:2], 0.5, squared_loss))
    assert lone["gradient"].label.startswith("∇_w ℒ = x·leaky ReLU′(z)·2·(g − y)\\n")
    model.layers[0].neurons[1].activation = "tanh"
    assert places(draw_backprop(model))["factor_1_f_1"].label == "∂A¹/∂Z¹\\nf′(Z¹)"
    model.layers[0].neurons[0].activation = "identity"  # whose own derivative is 1
    assert places(draw_backprop(model))["factor_1_f_1"].label == "∂A¹/∂Z¹\\nf′(Z¹)"


def test_a_loss_of_ones_own_without_a_formula_has_its_factor_too():
    steps = [lambda a, g, y: 1.0 if g > y else -1.0, lambda a, g, y: 0.0]
    distance = Op("distance", lambda g, y: abs(g - y), steps)
    held = places(draw_backprop(Neuron(2, "identity", seed=0), X[:2], 9.0, distance))
    assert held["factor_2"].label == "∂ℒ/∂g\\n−1"


@pytest.mark.parametrize("x", [None, [1.0, -2.0]])
def test_a_setting_of_f_moves_its_box_no_further(x):
    plain, held = (places(draw_neuron(Neuron(2, f, seed=0), x))["f_1"] for f in ("relu", "leaky_relu"))
    assert held.label == "f(·)\\nleaky ReLU\\nslope 0.01"
    assert held.x - held.width / 2 == pytest.approx(plain.x - plain.width / 2, abs=1)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(pictures())
def test_no_overlaps_whatever_the_network(diagram):
    assert overlapping(diagram) == []
    assert len(places(diagram)) == diagram.n_nodes  # every name is one box


# --- what the pictures show -------------------------------------------------------------------------------------------


def test_a_neuron_from_left_to_right():
    held = places(draw_neuron(Neuron(3, "sigmoid", seed=0)))
    assert held["x_1"].x == held["x_2"].x == held["x_3"].x == held["one_1"].x
    assert held["x_1"].y > held["x_2"].y > held["x_3"].y > held["one_1"].y
    assert held["x_1"].x < held["sum_1"].x < held["f_1"].x < held["a_1"].x
    assert held["f_1"].label == "f(·)\\nσ"
    assert {"x₁", "x₂", "x₃", "1", "w₁", "w₂", "w₃", "b", "Σ", "z = wᵀx + b", "a", "a = σ(z)"} <= set(
        words(draw_neuron(Neuron(3, "sigmoid", seed=0)))
    )


def test_a_bias_is_a_weight_on_the_arrow_from_a_dashed_one():
    with_bias, without = draw_neuron(Neuron(2, seed=0)).source, draw_neuron(Neuron(2, bias=False, seed=0)).source
    assert "one_1 -> sum_1" in with_bias
    assert re.search(r'one_1 \[label="1".*style="filled,dashed"', with_bias)
    assert "one_1" not in without


@pytest.mark.parametrize("slug", ["neuron", "linear-regressor", "layer", "network", "two-sigmoids-network"])
def test_the_learnable_weights_are_named_in_their_colour(slug):
    assert re.search(rf'label="learnable weights".*fontcolor="{theme.LEARNABLE}"', DRAWN[slug].source)


def test_weights_have_the_colour_of_parameters():
    source = draw_neuron(Neuron(2, seed=0)).source
    assert re.search(rf'label="w₁".*fontcolor="{theme.LEARNABLE}"', source)
    assert re.search(rf'x_1 -> sum_1 \[.*color="{theme.LEARNABLE}"', source)


def test_an_output_neuron_is_called_g_and_has_a_loss():
    shown = words(draw_neuron(Neuron(3, "identity", bias=False, seed=0), loss=squared_loss))
    assert {"g", "g = z", "z = wᵀx", "ℒ(g, y)", "ℒ = (g − y)²", "y"} <= set(shown)
    assert "ℒ(g, y)" not in words(draw_neuron(Neuron(3, "identity", seed=0)))


def test_a_neuron_shows_the_numbers_it_computes():
    neuron = Neuron(3, "tanh", seed=5)
    a = neuron(X)
    held, shown = places(draw_neuron(neuron, X)), words(draw_neuron(neuron, X))
    assert held["x_2"].label == "x₂\\n−2"
    assert held["a_1"].label == f"a\\n{theme.number(a.data)}"
    assert f"z = {theme.number(a.parents[0].data)}" in shown
    assert {f"w{i} = {theme.number(w.data)}" for i, w in zip("₁₂₃", neuron.w, strict=True)} <= set(shown)


def gradients_shown(diagram):
    return [line for line in words(diagram) if line.startswith("grad")]


@pytest.mark.parametrize("bias", [True, False])
def test_gradients_appear_after_backward_and_not_before(bias):
    neuron = Neuron(3, "sigmoid", bias=bias, seed=1)
    loss = nll_loss(neuron(X), 1)
    assert gradients_shown(draw_neuron(neuron, X, 1, nll_loss)) == []
    loss.backward()
    g = loss.parents[0]
    expected = [value.grad for value in [*neuron.parameters(), g, g.parents[0]]]
    diagram = draw_neuron(neuron, X, 1, nll_loss)
    assert sorted(gradients_shown(diagram)) == sorted(f"grad {theme.number(grad)}" for grad in expected)
    assert all(theme.GRADIENT in line for line in diagram.source.splitlines() if re.search(r'label="grad', line))
    neuron.zero_grad()
    assert gradients_shown(draw_neuron(neuron, X, 1, nll_loss)) == []


def test_the_longest_gradient_of_z_covers_no_border():
    scaled = Op("scaled", value=lambda z: -1.2345e-100 * z, derivatives=[lambda a, z: -1.2345e-100], symbol="f")
    neuron = Neuron(1, scaled, seed=1)
    neuron([1.0]).backward()
    held = places(draw_neuron(neuron, [1.0]))
    grad, f = held["text_3_grad"], held["f_1"]
    assert grad.label == "grad −1.234e−100"
    assert grad.x + grad.width / 2 + 1 <= f.x - f.width / 2


def test_gradients_of_another_data_point_stand_at_the_parameters_only():
    neuron = Neuron(3, "sigmoid", seed=1)
    nll_loss(neuron([3.0, 1.0, 1.0]), 0).backward()
    expected = [f"grad {theme.number(parameter.grad)}" for parameter in neuron.parameters()]
    assert sorted(gradients_shown(draw_neuron(neuron, X, 1, nll_loss))) == sorted(expected)


def test_without_a_loss_the_gradients_are_those_of_the_output():
    neuron = Neuron(3, "tanh", seed=1)
    a = neuron(X)
    a.backward()
    assert "grad 1" in gradients_shown(draw_neuron(neuron, X))
    assert f"grad {theme.number(a.parents[0].grad)}" in gradients_shown(draw_neuron(neuron, X))
    layer = Layer(3, 2, "tanh", seed=1)
    first, _ = layer(X)
    first.backward()
    assert {"grad 1", f"grad {theme.number(first.parents[0].grad)}"} <= set(gradients_shown(draw_layer(layer, X)))


def test_inputs_that_are_values_show_their_gradients_too():
    neuron, x = Neuron(2, "tanh", seed=1), [Value(1.0), Value(2.0)]
    neuron(x).backward()
    shown = gradients_shown(draw_neuron(neuron, x))
    assert {f"grad {theme.number(value.grad)}" for value in x} <= set(shown)


@pytest.mark.parametrize(
    "drawer",
    [
        lambda model: draw_network(model, X, 1.0, squared_loss),
        lambda model: draw_backprop(model, X, 1.0, squared_loss),
        lambda model: draw_forward(model, [X, X], [1.0, 0.0], squared_loss),
        lambda model: draw_layer(model.layers[0], X),
        lambda model: draw_neuron(model.layers[0].neurons[0], X),
    ],
)
def test_drawing_changes_nothing(drawer):
    model = MLP(3, [3, 1], "tanh", seed=0)
    squared_loss(model(X), 0.5).backward()
    before = [(p.data, p.grad, p.label) for p in model.parameters()]
    drawer(model)
    assert [(p.data, p.grad, p.label) for p in model.parameters()] == before


def test_a_layer_shows_its_parts():
    layer = Layer(3, 2, "relu", seed=0)
    shown = words(draw_layer(layer, X))
    a = layer(X)
    assert {"layer", "linear combo", "activations", "a¹", "a²"} <= set(shown)
    assert {f"z{j} = {theme.number(value.parents[0].data)}" for j, value in zip("¹²", a, strict=True)} <= set(shown)
    assert {f"w₂,₃ = {theme.number(layer.neurons[1].w[2].data)}"} <= set(shown)
    assert draw_layer(layer).source.count(" -> sum_") == 2 * 4


def test_a_softmax_layer_has_one_f_for_all():
    held = places(draw_layer(Layer(2, 5, "softmax", seed=0)))
    assert [name for name in held if name.startswith("f_")] == ["f_all"]
    assert held["f_all"].height > held["sum_1"].y - held["sum_5"].y


def test_columns_of_a_network_are_in_order():
    held = places(draw_network(MLP(3, [4, 2, 1], seed=0)))
    assert held["x_1"].x < held["sum_1"].x < held["f_1"].x < held["sum_2_1"].x < held["sum_3_1"].x < held["g_1"].x
    assert held["sum_1"].y > held["sum_2"].y > held["sum_3"].y > held["sum_4"].y
    assert held["input"].y == held["hidden"].y == held["output"].y
    assert held["layer_1_title"].label == "layer 1: f = ReLU"


def test_wide_layers_have_dots():
    diagram = draw_network(MLP(20, [30, 1], seed=0), max_width=4)
    held = places(diagram)
    assert [name for name in held if re.fullmatch(r"sum_\d+", name)] == ["sum_1", "sum_2", "sum_30"]
    assert [name for name in held if re.fullmatch(r"x_\d+", name)] == ["x_1", "x_2", "x_20"]
    assert sum(place.label == "⋮" for place in held.values()) == 3
    for model, dots in ((Layer(2, 9, seed=0), 3), (MLP(2, [9], seed=0), 3), (MLP(2, [9], ["softmax"], seed=0), 2)):
        assert words(draw(model, max_width=4)).count("⋮") == dots  # beside Σ, f(·) unless it is one for all, and a


def test_edges_tell_the_weights_by_colour_and_width():
    model = MLP(2, [1], seed=0)
    for value, weight in zip(model.parameters(), [2.0, -1.0, 0.0], strict=True):
        value.data = weight
    lines = {line.split(" [")[0].strip(): line for line in draw_network(model, [1.0, 1.0]).source.splitlines()}
    widths = [
        float(re.search(r'penwidth="([0-9.]+)"', lines[f"{name} -> sum_1"])[1]) for name in ("x_1", "x_2", "one_1")
    ]
    assert widths == [theme.THICKEST, (theme.THICKEST + theme.THINNEST) / 2, theme.THINNEST]
    assert theme.POSITIVE in lines["x_1 -> sum_1"]
    assert theme.NEGATIVE in lines["x_2 -> sum_1"]


@pytest.mark.parametrize(
    "draw_wide", [lambda m: draw_network(m, max_width=999), lambda m: draw_layer(m.layers[1], max_width=999)]
)
def test_too_many_arrows_are_refused_before_they_are_made(draw_wide):
    model = MLP(2, [400, 300, 1], seed=0)
    start = time.process_time()
    with pytest.raises(ValueError, match=r"1000 boxes and 2000 arrows, this one has .*with a smaller max_width"):
        draw_wide(model)
    assert time.process_time() - start < 1


def test_z_stands_between_the_frames_of_a_layer():
    for diagram in (DRAWN["layer"], DRAWN["layer-numbers"]):
        held = places(diagram)
        for name, place in held.items():
            if place.label.startswith("z"):
                assert held["linear"].x + held["linear"].width / 2 < place.x - place.width / 2, name
                assert place.x + place.width / 2 < held["activations"].x - held["activations"].width / 2, name


def test_a_step_of_sgd_moves_the_weights_against_the_gradient():
    shown = words(DRAWN["sgd-step"])
    assert {"w₁ ← 0.5 − 0.05 · 5 = 0.25", "w₂ ← −1 − 0.05 · (−10) = −0.5", "ℒ = 6.25 becomes 1.41"} <= set(shown)
    assert "w₁ = 0.5" in shown  # the picture is that of before the step


def test_the_words_of_a_step_of_sgd_end_with_the_losses():
    """The arrow back to W² leads nowhere further."""
    way = DRAWN["sgd-network"].words.partition(". ")[0]
    assert way.endswith(" → g⁽¹⁾, g⁽ⁱ⁾, g⁽ⁿ⁾ → ℒ(g⁽¹⁾, y⁽¹⁾), ℒ(g⁽ⁱ⁾, y⁽ⁱ⁾), ℒ(g⁽ⁿ⁾, y⁽ⁿ⁾)")


def test_the_worked_example_has_its_weights():
    shown = words(DRAWN["two-sigmoids-network"])
    assert sorted(line for line in shown if re.fullmatch("−?[0-9]+", line) and line != "1") == [
        "5",
        "5",
        *["−3"] * 2,
        *["−5"] * 2,
    ]
    assert shown.count("1") == 3  # two biases and the dashed 1


def test_the_forward_pass_averages_every_data_point():
    model, rows, targets = MLP(2, [3, 1], seed=0), [[float(i), 1.0] for i in range(7)], [0.5] * 7
    J = sum((model(x).data - y) ** 2 for x, y in zip(rows, targets, strict=True)) / 7
    diagram = draw_forward(model, rows, targets, squared_loss)
    assert places(diagram)["J"].label == f"J\\naverage of 7\\n{theme.number(J)}"
    assert "x⁽⁷⁾" in words(diagram)
    assert "x⁽²⁾" not in words(diagram)


# --- backpropagation --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ["identity", "relu", "sigmoid", "tanh", "softplus", "gelu"])
def test_the_factors_of_a_regressor_multiply_to_its_gradient(activation):
    neuron = Neuron(1, activation, bias=False, seed=3)
    neuron.w[0].data = 0.75
    held = places(draw_backprop(neuron, [2.0], 0.25, squared_loss))
    factors = [number(held[f"factor_{i}"].label.split("\\n")[-1]) for i in range(3)]
    squared_loss(neuron([2.0]), 0.25).backward()
    assert math.prod(factors) == pytest.approx(neuron.w[0].grad, rel=1e-3)
    assert held["gradient"].label.endswith(f"= ({theme.number(neuron.w[0].grad)})")


@pytest.mark.parametrize(
    ("activation", "formula"),
    [("identity", "∇_w ℒ = x·2·(g − y)"), ("relu", "∇_w ℒ = x·ReLU′(z)·2·(g − y)")],
)
def test_the_formulas_of_the_lecture(activation, formula):
    assert formula in words(draw_backprop(Neuron(3, activation, bias=False, seed=0), loss=squared_loss))


def test_formulas_come_from_the_operations():
    """Another operation, another loss: other factors."""
    swish = Op("swish", lambda z: z * ops.sigmoid(z), [lambda a, z: a + ops.sigmoid(z) * (1 - a)])
    cubed = Op(
        "cubed",
        lambda g, y: (g - y) ** 3.0,
        [lambda a, g, y: 3.0 * (g - y) ** 2.0, lambda a, g, y: -3.0 * (g - y) ** 2.0],
    )
    shown = words(draw_backprop(Neuron(2, swish, bias=False, seed=0), loss=lambda g, y: cubed(g, y)))
    assert {"swish", "swish′(z)", "3·(g − y)²", "∇_w ℒ = x·swish′(z)·3·(g − y)²"} <= set(shown)


def test_reused_factors_are_marked_and_computed_once():
    diagram = draw_backprop(MLP(2, [3, 3, 1], seed=0), [1.0, 2.0], 0.5, squared_loss)
    held = places(diagram)
    first = {
        name.removeprefix("factor_0_"): place.label.split("\\n")[0]
        for name, place in held.items()
        if re.fullmatch(r"factor_0_\w+_?\d*", name) and not name.endswith("dot")
    }
    assert list(first.values()) == ["∂Z²/∂W²", "∂A²/∂Z²", "∂Z³/∂A²", "∂g/∂Z³", "∂ℒ/∂g"]
    formulas = {
        name.removeprefix("factor_0_"): place.label.split("\\n")[1]
        for name, place in held.items()
        if name in [f"factor_0_{column}" for column in first]
    }
    assert list(formulas.values()) == ["A¹", "ReLU′(Z²)", "W³", "1", "2·(g − y)"]
    marked = re.findall(rf'factor_(\w+) \[.*fillcolor="{theme.BOX["reused"]["fillcolor"]}"', diagram.source)
    assert marked == ["0_f_2", "0_layer_2", "0_f_3", "0_loss", "1_reused"]
    assert held["factor_1_reused"].label.startswith("∂ℒ/∂Z², reused")
    assert "∂ℒ/∂Z²: computed once" in words(diagram)


def test_the_reused_gradient_is_the_right_one():
    model = MLP(2, [3, 2, 1], "tanh", seed=0)
    loss = squared_loss(model([1.0, 2.0]), 0.5)
    loss.backward()
    z = [a.parents[0].grad for a in loss.parents[0].parents[0].parents[2:4]]
    shown = places(draw_backprop(model, [1.0, 2.0], 0.5, squared_loss))["factor_1_reused"].label.split("\\n")[1]
    assert shown == ", ".join(map(theme.number, z))


@pytest.mark.parametrize("wrt", [[2, 1], [3, 1], [1], 3, "W^2", "W1", [1, 1, 2]])
def test_every_layer_has_its_row(wrt):
    shown = words(draw_backprop(MLP(2, [3, 3, 1], seed=0), wrt=wrt))
    layers = {int(str(item)[-1]) for item in (wrt if isinstance(wrt, list) else [wrt])}
    assert [line for line in shown if line.endswith(" =")] == [
        f"∂ℒ/∂W{' ¹²³'[layer]} =" for layer in sorted(layers, reverse=True)
    ]


def test_one_parameter_ends_its_chain_with_the_number_it_weighs():
    model = MLP(2, [3, 1], "tanh", seed=0)
    loss = squared_loss(model([1.5, 2.0]), 0.5)
    w, b = model.layers[0].neurons[2].w[0], model.layers[0].neurons[1].b
    loss.backward()
    expected = {f"∂ℒ/∂w¹₃,₁ =\\n{theme.number(w.grad)}", f"∂ℒ/∂b¹₂ =\\n{theme.number(b.grad)}"}
    model.zero_grad()
    held = places(draw_backprop(model, [1.5, 2.0], 0.5, squared_loss, wrt=[w, b]))
    assert {held["gradient_0"].label, held["gradient_1"].label} == expected
    assert "∂z¹₃/∂w¹₃,₁\\nx₁\\n1.5" in {place.label for place in held.values()}


@pytest.mark.parametrize(("layer", "i"), [(0, 0), (0, 1), (1, 0), (1, 2)])
def test_the_factor_of_a_weight_is_the_input_that_it_weighs(layer, i):
    model, x = MLP(2, [3, 1], "tanh", seed=0), [1.5, -2.25]
    inputs = [Value(x_i, label=f"x_{k}") for k, x_i in enumerate(x, 1)] if layer == 0 else model.layers[0](x)
    w, z = model.layers[layer].neurons[0].w[i], written(model.layers[layer].neurons[0](inputs).parents[0].label)
    held = places(draw_backprop(model, x, 0.5, squared_loss, wrt=w))
    number = theme.number(inputs[i].data)
    wanted = f"∂{z}/∂{written(w.label)}\\n{written(inputs[i].label)}\\n{number}"
    assert wanted in {place.label for place in held.values()}


def test_how_many_points_j_is_the_average_of_is_known_without_their_targets():
    assert places(draw_forward(MODEL, [[0, 1]] * 4, loss=squared_loss))["J"].label == "J\\naverage of 4"
    assert places(draw_forward(MODEL, loss=squared_loss))["J"].label == "J\\naverage of n"


@pytest.mark.parametrize("wrt", ["W²", "W^2", 2, lambda model: model.layers[1]])
def test_a_layer_is_named_in_every_way(wrt):
    model = MLP(2, [3, 3, 1], seed=0)
    diagram = draw_backprop(model, wrt=wrt(model) if callable(wrt) else wrt)
    assert diagram.source == draw_backprop(model, wrt=[2]).source


@pytest.mark.parametrize(("model", "name"), [(Layer(2, 2, seed=0), "W"), (Neuron(2, seed=0), "w")])
def test_the_weights_of_a_lone_layer_are_named_as_they_are_drawn(model, name):
    assert draw_backprop(model, wrt=name).source == draw_backprop(model).source


def test_a_neurons_parameters_each_have_their_row():
    neuron = Neuron(2, "tanh", seed=0)
    held = places(draw_backprop(neuron, [1.5, 2.0], 0.5, squared_loss, wrt=[neuron.w[1], neuron.b]))
    squared_loss(neuron([1.5, 2.0]), 0.5).backward()
    assert held["gradient_0"].label == f"∂ℒ/∂w₂ =\\n{theme.number(neuron.w[1].grad)}"
    assert held["gradient_1"].label == f"∂ℒ/∂b =\\n{theme.number(neuron.b.grad)}"
    assert held["factor_1_reused"].label.startswith("∂ℒ/∂z, reused")


def test_deep_networks_have_dots_in_the_chain():
    shown = words(draw_backprop(MLP(2, [2] * 8 + [1], seed=0)))
    assert {"…", "∂Z³/∂A² ⋯ ∂Z⁹/∂A⁸"} <= set(shown)
    diagram = draw_backprop(MLP(2, [2] * 8 + [1], "tanh", seed=0), wrt=[8, 5, 1])
    held = places(diagram)
    assert held["dots_2"].x == held["factor_2_dots_2"].x  # each factor stands below what it is about
    assert held["dots_4"].x == held["factor_1_dots_4"].x
    told = [place.label for name, place in held.items() if name.startswith("text")]  # on the arrows; none after dots
    assert told == ["Z¹", "Z²", "Z⁵", "Z⁸", "Z⁹", "A¹", "A²", "A⁵", "A⁸"]
    assert "∂ℒ/∂W⁵ = ∂Z⁵/∂W⁵ · ∂A⁵/∂Z⁵ · ∂Z⁶/∂A⁵ ⋯ ∂Z⁸/∂A⁷ · ∂ℒ/∂Z⁸, reused" in diagram.description


def test_the_words_go_from_left_to_right_and_leave_out_what_hangs_below():
    model, way = MLP(2, [2, 1], seed=0), "x → f¹( · ; W¹) → A¹ → f²( · ; W²) → g, y → ℒ(g, y)"
    assert draw_backprop(model).description.partition(". ")[0] == f"backpropagation: {way}"
    assert draw_neuron(Neuron(2, seed=0)).words == "x₁, x₂ → Σ → ReLU → a"
    assert "weights" not in draw_network(model, [1.0, 2.0], weights=True).words  # they have no names there
    assert draw_graph(model([1.0, 2.0])).words.startswith("x₁ = 1, x₂ = 2 → 2 times Σ → z¹₁ = ")


def test_the_factors_are_in_the_words_too():
    assert draw_backprop(Neuron(2, seed=0)).description.endswith(". ∇_w ℒ = ∂z/∂w · ∂g/∂z · ∂ℒ/∂g")
    assert DRAWN["sgd-network"].description.endswith("update W² ← W² − η · ∇_{W²} ℒ(g⁽ⁱ⁾, y⁽ⁱ⁾)")


@pytest.mark.parametrize("model", [Layer(2, 3, "softmax", seed=0), MLP(2, [4, 3], ["relu", "softmax"], seed=0)])
def test_backpropagation_of_classes(model):
    diagram = draw_backprop(model, [1.0, 2.0], 1, cross_entropy)
    held, loss = places(diagram), cross_entropy(model([1.0, 2.0]), 1)
    assert overlapping(diagram) == []
    assert held["loss"].label == f"ℒ(g, y)\\n{theme.number(loss.data)}"
    assert held["loss_formula"].label == "ℒ = cross-entropy"
    assert held["g"].label == "g"
    slopes = ["0", theme.number(-1 / model([1.0, 2.0])[1].data), "0"]  # of several outputs there is no formula
    assert held["factor_0_loss"].label.split("\\n") == ["∂ℒ/∂g", *slopes]


@pytest.mark.parametrize(
    ("loss", "outputs", "text"),
    [
        (squared_loss, 1, "(g − y)²"),
        (nll_loss, 1, "−(y·log(g) + (1 − y)·log(1 − g))"),
        (hinge_loss, 1, "max(0, 1 − y·g)"),
        (cross_entropy, 5, "cross-entropy"),
        (lambda g, y: (g - y) ** 2 + 1, 1, ""),
        (lambda g, y: squared_loss(g, 2 * y), 1, ""),  # it compares with something else than y
        (lambda g, y: nll_loss(g, 0.9 * y + 0.05), 1, ""),
        (lambda g, y: g**2, 1, ""),
        (lambda g, y: cross_entropy(g, 0), 2, ""),
        (lambda g, y: 1 / 0, 1, ""),
        (lambda g, y: 3.0, 1, ""),
        (
            Op(
                "far",
                lambda g, y: g - y,
                [lambda a, g, y: 1.0] * 2,
                printed=lambda g, y: (g - y) ** 11 + (g - y) ** 12 + (g - y) ** 13 + (g - y) ** 14,
            ),
            1,
            "far",
        ),  # too long a formula
    ],
)
def test_what_stands_at_a_loss(loss, outputs, text):
    assert loss_formula(loss, outputs) == text


# --- words ------------------------------------------------------------------------------------------------------------

MODEL, NEURON = MLP(2, [3, 1], seed=0), Neuron(2, seed=0)
ERRORS = [
    (lambda: draw_neuron(MODEL), TypeError, r"draw_neuron needs a Neuron, got MLP MLP of 2 .*draw\(thing\) finds out"),
    (lambda: draw_layer([NEURON]), TypeError, r"draw_layer needs a Layer, got list"),
    (lambda: draw_network(NEURON), TypeError, r"draw_network needs an MLP, got Neuron .*; try draw\(thing\)"),
    (lambda: draw_backprop("model"), TypeError, r"draw_backprop needs a Neuron, Layer or MLP, got str 'model'"),
    (lambda: draw_forward(None), TypeError, r"draw_forward needs a Neuron, Layer or MLP, got NoneType None"),
    (lambda: draw_forward(MODEL, 3), TypeError, r"X needs a list or an array, got int 3"),
    (lambda: draw_forward(Module()), TypeError, r"needs a Neuron.*got Module .*; draw_graph\(loss\) draws whatever"),
    (lambda: draw(Twice), TypeError, r"draw needs a Value, .*, got type .*; draw_graph\(model\(x\)\) draws what"),
    (lambda: draw([1.0]), TypeError, r"draw needs a Value, Neuron, Layer or MLP, got list \[1.0\]; draw its elements"),
    (lambda: draw(3.0), TypeError, r"draw needs a Value, .*, got float 3.0; see viz.__all__"),
    (lambda: draw_neuron(NEURON, [1.0]), ValueError, r"one data point needs 2 input\(s\) here, got 1"),
    (lambda: draw_network(MODEL, [1.0, 2.0, 3.0]), ValueError, r"needs 2 input\(s\) here, got 3"),
    (lambda: draw_network(MODEL, "ab"), TypeError, r"inputs need a list of numbers or Values, got str 'ab'"),
    (lambda: draw_neuron(NEURON, [1, 2], 1, "mse"), TypeError, r"loss needs a function loss\(g, y\), like squared_loss from nn, got 'mse'"),
    (lambda: draw_neuron(NEURON, [1, 2], 1), ValueError, r"a y needs a loss to compare with: give loss="),
    (lambda: draw_neuron(NEURON, None, 1, squared_loss), ValueError, r"a y without an x has nothing"),
    (lambda: draw_neuron(NEURON, [1, 2], 1, lambda g, y: 3.0), TypeError, r"loss\(g, y\) needs to return a Value, got float 3.0; return one, as"),
    (lambda: draw_network(MODEL, max_width=2), ValueError, r"max_width needs an int of at least 3 .*, got 2"),
    (lambda: draw_forward(MODEL, max_points=2), ValueError, r"max_points needs an int of at least 3 .*, got 2"),
    (lambda: draw_network(MODEL, max_width="8"), TypeError, r"max_width needs an int of at least 3 .*, got '8'"),
    (lambda: draw_backprop(MODEL, [1, 2]), ValueError, r"draw_backprop needs x, y and loss for the numbers"),
    (lambda: draw_backprop(MODEL, [1, 2], loss=squared_loss), ValueError, r"draw_backprop needs x, y and loss for the numbers"),
    (lambda: draw_backprop(MODEL, [1, 2], 1), ValueError, r"a y needs a loss to compare with: give loss="),
    (lambda: draw_backprop(MODEL, wrt=3), ValueError, r"wrt needs a layer from 1 to 2, 'W\^1', or a parameter of the model, got 3"),
    (lambda: draw_backprop(MODEL, wrt="W^9"), ValueError, r"wrt needs a layer from 1 to 2"),
    (lambda: draw_backprop(MODEL, wrt=True), ValueError, r"wrt needs a layer from 1 to 2"),
    (lambda: draw_backprop(MODEL, wrt=[]), ValueError, r"wrt needs at least one layer or parameter, got none"),
    (lambda: draw_backprop(MODEL, wrt=Value(1.0)), ValueError, r"wrt needs a parameter of the model, got Value.*model.parameters\(\)"),
    (lambda: draw_forward(MODEL, None, [1.0], squared_loss), ValueError, r"a Y without an X has nothing"),
    (lambda: draw_forward(MODEL, [[1.0, 2.0]], [1.0, 2.0], squared_loss), ValueError, r"one target per data point, got 1 rows of X and 2 of y"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "kind", "text"), ERRORS, ids=range(len(ERRORS)))
def test_the_words_of_errors(call, kind, text):
    with pytest.raises(kind, match=text):
        call()


def test_draw_finds_the_picture():
    titles = [draw(thing).title for thing in (NEURON, Layer(2, 2, seed=0), MODEL, NEURON([1.0, 2.0]))]
    assert titles == ["neuron", "layer", "network", "computation graph"]
    assert draw(NEURON, x=[1.0, 2.0]).source == draw_neuron(NEURON, [1.0, 2.0]).source


def test_labels_of_users_are_text():
    neuron = Neuron(2, seed=0)
    neuron.w[0].label = '<b>"x" & \\N</b>'
    root = ElementTree.fromstring(draw_neuron(neuron).svg)
    assert '<b>"x" & \\N</b>' in ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


def test_the_names_of_the_design_are_there():
    for name in (
        "draw",
        "draw_neuron",
        "draw_layer",
        "draw_network",
        "draw_backprop",
        "plot_activation",
        "plot_history",
    ):
        assert callable(getattr(viz, name))


# --- models that somebody has changed -------------------------------------------------------------------------------------


def test_a_bare_number_in_the_place_of_a_weight_is_drawn_as_a_number():
    model = MLP(2, [2, 1], "tanh", seed=0)
    model.layers[0].neurons[1].w[0] = 0.25
    model.layers[1].neurons[0].b = -1.5
    x, y = [1.0, -2.0], 0.5
    for picture in (
        draw_network(model),
        draw_network(model, x, y, squared_loss, weights=True),
        draw_layer(model.layers[0], x),
    ):
        assert picture.n_edges >= 8
    assert "0.25" in words(draw_layer(model.layers[0], x))
    held = words(draw_backprop(model, x, y, squared_loss, wrt=[2, 1]))
    assert any(word.startswith("∂ℒ/∂W¹ =") for word in held)
    assert any(word.startswith("∂ℒ/∂W¹ =") for word in words(draw_backprop(model)))


def test_a_neuron_with_an_f_of_its_own_is_drawn_with_it():
    layer = Layer(2, 3, "relu", seed=0)
    layer.neurons[1].activation = "tanh"
    found = words(draw_layer(layer))
    assert sum("ReLU" in word for word in found) + sum("tanh" in word for word in found) >= 2
    model = MLP(2, [2, 1], "relu", seed=0)
    model.layers[0].neurons[1].activation = "sigmoid"
    assert "layer 1: f = ReLU, σ" in words(draw_network(model, [1.0, 2.0]))


@pytest.mark.parametrize("y", [np.asarray(0.5), np.asarray([0.5]), [0.5]])
def test_a_target_is_a_number_also_in_an_array_or_in_a_row_of_a_column(y):
    picture = draw_neuron(Neuron(2, seed=0), X[:2], y, squared_loss)
    assert picture.source == draw_neuron(Neuron(2, seed=0), X[:2], 0.5, squared_loss).source


@pytest.mark.parametrize(("last", "names"), [(Neuron(2, seed=0), ["g"]), (Layer(2, 2, seed=0), ["g₁", "g₂"])])
def test_an_output_is_called_g_beside_a_loss_whatever_its_neuron_calls_it(last, names):
    model = MLP(2, [2, 1], seed=0)
    model.layers[1] = last
    held = places(draw_network(model, loss=squared_loss))
    assert [held[f"g_{j}"].label for j, _ in enumerate(names, 1)] == names
    assert places(draw_network(model))["g_1"].label in ("a", "a¹")


def test_a_softmax_that_is_not_the_whole_layers_is_drawn_as_none():
    layer = Layer(2, 2, "softmax", seed=0)
    layer.neurons[1].activation = "sigmoid"
    held = places(draw_layer(layer))
    assert [held[f"f_{j}"].label for j in (1, 2)] == ["f(·)\\nsoftmax", "f(·)\\nσ"]
    with pytest.raises(ValueError, match="softmax takes the z of all the neurons of a layer, and neuron 2"):
        draw_layer(layer, [1.0, 2.0])


@pytest.mark.parametrize(
    ("model", "names"),
    [
        (MLP(2, [2, 1], seed=0), ["b¹₂", "w¹₂,₁"]),
        (Layer(2, 2, seed=0), ["b₂", "w₂,₁"]),
        (Neuron(2, seed=0), ["b", "w₁"]),
    ],
)
def test_what_was_put_in_without_a_label_has_the_lectures_name(model, names):
    part = model.layers[0] if isinstance(model, MLP) else model
    neuron = part if isinstance(part, Neuron) else part.neurons[1]
    neuron.b, neuron.w[0] = Value(0.25), Value(0.75)
    held = places(draw_backprop(model, wrt=[neuron.b, neuron.w[0]]))
    assert [held[f"gradient_{row}"].label for row in (0, 1)] == [f"∂ℒ/∂{name} =" for name in names]


def test_a_loss_without_a_formula_has_none_and_a_target_may_be_a_value():
    model, own = MLP(2, [2, 1], seed=0), lambda g, y: (g - y) ** 2 + 1
    held = places(draw_network(model, [1.0, 2.0], Value(0.5), own))
    assert ("loss_formula" in held, held["y"].label) == (False, "y\\n0.5")
    held = places(draw_network(MLP(2, [2], seed=0), loss=lambda g, y: own(g[0], y)))
    assert held["loss"].label == "ℒ(g, y)"


def test_a_row_of_targets_is_the_row_that_the_loss_gets():
    model = MLP(2, [3], ["softmax"], seed=0)
    for y in ([0, 0, 1], [1, 0, 0]):
        loss = cross_entropy(model([1.0, 2.0]), y)
        assert places(draw_network(model, [1.0, 2.0], y, cross_entropy))["loss"].label.endswith(theme.number(loss.data))


def test_a_forward_pass_without_a_loss_or_with_many_numbers():
    shown = words(draw_forward(MLP(4, [2, 2], seed=0), [[1, 2, 3, 4], [1, 2, 3, 5]]))
    assert [line for line in shown if line[:1] in "xgℒJ" and line] == ["x⁽¹⁾", "x⁽²⁾", "g⁽¹⁾", "g⁽²⁾"]
    shown = words(draw_forward(MLP(2, [1], seed=0), [[1, 2]]))
    assert "(1, 2)" in shown
    assert not any("ℒ" in line or line == "J" for line in shown)


def test_a_bias_that_the_first_neuron_lacks_is_drawn_all_the_same():
    model = MLP(2, [2, 2, 1], seed=0)
    for layer in model.layers[:2]:
        layer.neurons[0].b, layer.neurons[1].b.data = None, 0.75
    assert words(draw_network(model, [1.0, 2.0], weights=True)).count("0.75") == 2
    assert "b¹₂ = 0.75" in words(draw_layer(model.layers[0], [1.0, 2.0]))


@pytest.mark.parametrize("b", [700.0, -700.0])
def test_no_arrow_is_wider_than_the_widest_however_large_the_bias(b):
    model = MLP(2, [2, 1], seed=0)
    model.layers[0].neurons[1].b.data = b
    widths = map(float, re.findall(r'penwidth="([^"]+)"', draw_network(model, [1.0, 2.0]).source))
    assert max(widths) == theme.THICKEST


def test_a_network_of_zeros_is_drawn_thin_and_white():
    model = MLP(2, [2, 1], seed=0)
    for parameter in model.parameters():
        parameter.data = 0.0
    source = draw_network(model, [0.0, 0.0]).source
    assert set(re.findall(r'penwidth="([^"]+)"', source)) == {"0.6", "0"}
    assert theme.tint(0.0, 0.0) == {"fillcolor": "#FFFFFF"}


def test_weights_that_were_put_in_have_names_and_gradients():
    neuron, u = Neuron(2, "tanh", seed=0), Value(0.5)
    neuron.w = [Value(2.0), u * 3]
    squared_loss(neuron(X[:2]), 1.0).backward()
    for picture in (draw_neuron(neuron, X[:2], 1.0, squared_loss), draw_backprop(neuron, X[:2], 1.0, squared_loss)):
        assert {"w₁ = 2", "w₂ = 1.5"} <= set(words(picture))
        assert {f"grad {theme.number(w.grad)}" for w in neuron.w} <= set(words(picture))
    neuron.w, neuron.b = [u * 2, u * 3], None  # none of them is a parameter
    neuron(X[:2]).backward()
    assert {f"grad {theme.number(w.grad)}" for w in neuron.w} <= set(words(draw_neuron(neuron, X[:2])))
    model = MLP(2, [2, 1], "tanh", seed=0)
    model.layers[0].neurons[1].w[0] = w = Value(0.25)
    assert "w₂,₁ = 0.25" in words(draw_layer(model.layers[0], [1.0, 2.0]))
    held = places(draw_backprop(model, [1.0, 2.0], 0.5, squared_loss, wrt=w))
    assert held["gradient_0"].label.startswith("∂ℒ/∂w¹₂,₁ =\\n")
    assert held["factor_0_sum_1"].label == "∂z¹₂/∂w¹₂,₁\\nx₁\\n1"


def test_a_frozen_weight_has_not_the_colour_of_learnable_ones_and_no_gradient():
    neuron = Neuron(2, "identity", seed=0)
    neuron.w[0].role = "constant"
    squared_loss(neuron([1.0, 2.0]), 0.5).backward()
    picture = draw_neuron(neuron, [1.0, 2.0], 0.5, squared_loss)
    assert re.search(rf'label="w₁ = .*fontcolor="{theme.LEARNABLE}"', picture.source) is None
    assert re.search(rf'label="w₂ = .*fontcolor="{theme.LEARNABLE}"', picture.source)
    assert len(gradients_shown(picture)) == 4  # of w₂, b, z and g
    for drawing in (picture, draw(neuron([1.0, 2.0]))):
        steps, _, weights = drawing.words.partition("; ")
        assert weights.startswith(f"weights w₁ = {theme.number(neuron.w[0].data)}, w₂ = ")
        assert "w₁" not in steps
    assert "learnable weights" in words(picture)
    for w in neuron.parameters():
        w.role = "constant"
    assert "learnable weights" not in words(draw_neuron(neuron))
    network = MLP(2, [1], seed=0)
    assert "learnable weights" in words(draw_network(network))
    for w in network.parameters():
        w.role = "constant"
    assert "learnable weights" not in words(draw_network(network))


def test_where_colours_are_signs_the_words_below_are_of_signs():
    large, small = Layer(30, 2, seed=0), Layer(2, 2, seed=0)
    high = Layer(2, 6, bias=False, seed=0)
    for layer, x, signs in (
        (large, [0.5] * 30, True),
        (large, None, False),
        (small, [0.5, 1.0], False),
        (high, [1.0] * 2, True),
    ):
        told = words(draw_layer(layer, x))
        assert ("blue: positive, orange: negative; thicker = larger" in told) is signs
        assert ("learnable weights" in told) is (x is None)


def test_a_weight_in_two_places_has_more_than_one_way_and_is_refused_in_words():
    tied, shared = Neuron(2, seed=0), MLP(2, [2, 2], seed=0)
    tied.w[1], shared.layers[1].neurons = tied.w[0], shared.layers[0].neurons
    for model in (tied, shared):
        with pytest.raises(ValueError, match=r"stands in several places; explain\(loss, w\) adds up all its ways"):
            draw_backprop(model)


@pytest.mark.parametrize("draw_it", [draw_network, draw_backprop, lambda model: draw_forward(model, loss=squared_loss)])
def test_a_layer_that_does_not_fit_the_next_is_refused_in_words(draw_it):
    model = MLP(2, [2, 1], seed=0)
    model.layers[0].neurons.append(Neuron(2, seed=1))
    with pytest.raises(ValueError, match="each neuron of layer 2 needs 3 weights, as layer 1 has 3 neurons; got 2"):
        draw_it(model)


class Twice(Neuron):
    def __call__(self, x):
        return super().__call__(x) * 2.0


class TwiceZ(Neuron):
    def preactivation(self, x):
        return super().preactivation(x) * 2.0


class TwiceLayer(Layer):
    def __call__(self, x):
        return [a * 2.0 for a in super().__call__(x)]


class Residual(MLP):
    def __call__(self, x):
        return super().__call__(x) + x[0]


@pytest.mark.parametrize("x", [None, [1.0, 2.0]])
def test_a_model_called_in_a_way_of_its_own_is_refused_in_words(x):
    held = MLP(2, [2, 1], seed=0)
    held.layers[0] = TwiceLayer(2, 2, seed=0)
    for draw_it, model in ((draw_network, Residual(2, [2, 1], seed=0)), (draw_layer, held.layers[0]), (draw, held)):
        with pytest.raises(ValueError, match=r"(Residual|TwiceLayer) has a __call__ of its own; draw_graph\(model"):
            draw_it(model, x)


@pytest.mark.parametrize("other", [max, Twice(2, seed=0), TwiceZ(2, seed=0)])
def test_what_computes_something_else_than_the_picture_shows_is_refused_in_words(other):
    model = MLP(2, [2, 1], seed=0)
    model.layers[0].neurons[1] = other
    for draw_it in (draw_network, draw_backprop, lambda model: draw_layer(model.layers[0], [1.0, 2.0])):
        with pytest.raises(
            ValueError, match=r"is of Neurons that compute f\(wᵀx \+ b\), and layer 1 has (Twice|TwiceZ|builtin)"
        ):
            draw_it(model)
    assert draw(model([1.0, 2.0])).title == "computation graph"
