"""The computation graph as it is drawn: every Value and operation once, neurons as the lecture draws them."""

import base64
import math
import os
import random
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest

from autograd import Op, Value, average, maximum, ops, softmax, topological_order, total, weighted_sum
from autograd.value import constant
from nn import MLP, Layer, Neuron
from nn.losses import TABLE as LOSSES
from nn.losses import cross_entropy, cross_entropy_from_logits, nll_loss, squared_loss
from viz import Diagram, draw_dot, draw_graph
from viz.diagrams.scene import Arrow, Box, Scene
from viz.graphs.neurons import lecture
from viz.graphs.operations import named, operations
from viz.style.theme import number


def small() -> Value:
    x, w = Value(3.0, label="x"), Value(-2.0, label="w_1")
    w.role = "parameter"
    y = (x * w + 10.0).relu()
    y.label = "y"
    return y


def backpropagated(root: Value) -> Value:
    root.backward()
    return root


def square() -> Value:
    x = Value(3.0, label="x")
    return x * x


def forgotten() -> Value:
    y = backpropagated(small())
    y.zero_grad()
    return y


def neuron() -> Value:
    return Neuron(3, "sigmoid", seed=0)([1.0, -2.0, 0.5])


def logistic() -> Value:
    return backpropagated(nll_loss(Neuron(2, "sigmoid", seed=0)([1.0, -2.0]), 1))


def worked_example() -> Value:
    model = MLP(2, [2, 1], ["sigmoid", "identity"], bias=True, seed=0)
    return backpropagated(squared_loss(model([1.0, 0.5]), 1.0))


def classes() -> Value:
    model = MLP(2, [3], ["softmax"], seed=0)
    return backpropagated(cross_entropy(model([1.0, 0.5]), 2))


def two_points() -> Value:
    model = MLP(2, [1], seed=0, bias=False)
    J = average([squared_loss(model(x), y) for x, y in (([1.0, 2.0], 1.0), ([0.0, -1.0], 2.0))])
    J.label = "J"
    return backpropagated(J)


GOLDEN = [
    ("small_before", small, {"view": "operations"}),
    ("small_after", lambda: backpropagated(small()), {"view": "operations"}),
    ("small_legend", lambda: backpropagated(small()), {"view": "operations", "legend": True, "direction": "TB"}),
    ("square", lambda: backpropagated(square()), {"view": "operations"}),
    ("neuron_before", neuron, {}),
    ("logistic", logistic, {"legend": True}),
    ("mlp_lecture", worked_example, {}),
    ("mlp_operations", worked_example, {"view": "operations"}),
    ("classes", classes, {}),
    ("two_points", two_points, {}),
]


@pytest.mark.parametrize(("name", "make", "options"), GOLDEN, ids=[name for name, _, _ in GOLDEN])
def test_the_drawing_is_the_golden_one(name, make, options, golden) -> None:
    source = draw_graph(make(), **options).source
    golden(f"{name}.dot", source)
    assert draw_graph(make(), **options).source == source


def test_the_drawing_is_the_same_in_every_process() -> None:
    code = "import sys; sys.path.insert(0, '.'); import test_draw_graph as t\n"
    code += "print([t.draw_graph(make(), **options).source for _, make, options in t.GOLDEN])"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            cwd=Path(__file__).parent,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


# --- every operation --------------------------------------------------------------------------------------------------


def random_graph(seed: int) -> Value:
    r = random.Random(seed)
    values = [Value(r.uniform(0.5, 2.0), label=f"x_{i}") for i in range(3)]
    for _ in range(12):
        x, y = r.choice(values), r.choice([*values, 2.0])
        values.append(
            r.choice([lambda x, y: x + y, lambda x, y: x * y, lambda x, y: x - y, lambda x, y: x.tanh()])(x, y)
        )
    return values[-1]


@pytest.mark.parametrize("seed", range(30))
def test_operations_shows_each_value_each_operation_and_each_edge_once(seed: int) -> None:
    root = random_graph(seed)
    if root.op is not None:
        root.backward()
    scene, order = operations(root), topological_order(root)
    names = [box.name for box in scene.boxes]
    assert len(names) == len(set(names)) == len(order) + sum(node.op is not None for node in order)
    boxes = {box.value: box for box in scene.boxes if box.value is not None}
    assert list(boxes) == order
    assert [box.name for box in boxes.values()] == [f"n{i}" for i in range(len(order))]
    for node, box in boxes.items():
        assert (box.data, box.text) == (node.data, node.label)
        assert box.grad == (node.grad if node.varies and root.grad else None)
        into = [(arrow.tail, arrow.derivative) for arrow in scene.arrows if arrow.head == f"{box.name}_op"]
        assert into == [
            (boxes[parent].name, slope if parent.varies else None)
            for parent, slope in zip(node.parents, node.local_derivatives, strict=True)
        ]
        out = [arrow for arrow in scene.arrows if arrow.tail == f"{box.name}_op"]
        assert out == ([Arrow(f"{box.name}_op", box.name)] if node.op else [])


def test_x_times_x_has_two_edges_and_a_constant_no_derivative() -> None:
    assert draw_graph(square(), view="operations").source.count('n0 -> n1_op [label="3"') == 2
    assert 'n1 -> n2_op [style="dashed"]' in draw_graph(Value(1.0) + 2.0, view="operations").source


def test_gradients_are_there_only_after_backward() -> None:
    for make, shown in ((small, False), (lambda: backpropagated(small()), True), (forgotten, False)):
        for view in ("lecture", "operations"):
            assert ("grad" in draw_graph(make(), view=view).source) is shown


@pytest.mark.parametrize("op", [*ops.TABLE.values(), *LOSSES.values()], ids=lambda op: op.name)
@pytest.mark.parametrize("view", ["lecture", "operations"])
def test_every_operation_of_the_table_is_drawn(op: Op, view: str) -> None:
    root = op(*[Value(x) for x in op.samples[0]])
    source = draw_graph(root, view=view).source
    expected = "Σ" if op.name == "weighted_sum" else {"*": "×", "-": "−"}.get(op.symbol, op.symbol)
    assert expected in source
    assert number(root.data) in source


# --- the lecture's view -----------------------------------------------------------------------------------------------


def kinds(scene: Scene) -> list[tuple[str, str]]:
    return [(box.kind, box.text) for box in scene.boxes]


def arrows(scene: Scene) -> list[tuple[str, str, str, str]]:
    texts = {box.name: box.text.split("\n")[0] for box in scene.boxes}
    return [(texts[arrow.tail], texts[arrow.head], arrow.kind, arrow.text) for arrow in scene.arrows]


def test_a_neuron_is_x_w_sum_z_f_a() -> None:
    scene = lecture(Neuron(2, "relu", seed=0)([1.0, 2.0]))
    assert kinds(scene) == [
        ("x", "x_1"),
        ("x", "x_2"),
        ("sum", "Σ"),
        ("one", "1"),
        ("activation", "f(·)\nReLU"),
        ("a", "a"),
    ]
    assert arrows(scene) == [
        ("x_1", "Σ", "parameter", "w_1"),
        ("x_2", "Σ", "parameter", "w_2"),
        ("1", "Σ", "parameter", "b"),
        ("Σ", "f(·)", "plain", "z"),
        ("f(·)", "a", "plain", ""),
    ]


def test_only_the_answer_of_a_neuron_that_a_loss_compares_is_called_g() -> None:
    x = Value(2.0, label="a")
    mine = (x * 3.0).tanh()
    mine.label = "a"
    for root in (Neuron(1, seed=0)([1.0]) * 2.0, squared_loss(x, 1.0), squared_loss(mine, 1.0)):
        for view in (lecture, operations):
            assert "g" not in [text for _, text in kinds(view(root))]
    for view in (lecture, operations):
        assert "g" in [text for _, text in kinds(view(squared_loss(Neuron(1, seed=0)([1.0]), 1.0)))]


def test_a_loss_is_a_box_of_g_and_y() -> None:
    scene = lecture(squared_loss(Neuron(1, "identity", bias=False, seed=0)([1.0]), 2.0))
    assert ("loss", "ℒ(g, y)\nsquared loss") in kinds(scene)
    assert arrows(scene)[-3:] == [
        ("g", "ℒ(g, y)", "derivative", ""),
        ("y", "ℒ(g, y)", "constant", ""),
        ("ℒ(g, y)", "ℒ", "plain", ""),
    ]


@pytest.mark.parametrize("loss", [cross_entropy, cross_entropy_from_logits])
@pytest.mark.parametrize(("y", "shown"), [(2, [("y", 2)]), ([0, 0, 1], [("y_1", 0.0), ("y_2", 0.0), ("y_3", 1.0)])])
def test_the_class_of_a_cross_entropy_is_its_input_y(loss, y, shown) -> None:
    g = Layer(2, 3, "softmax", seed=0)([1.0, 2.0])
    scene = lecture(loss(g, y))
    assert [(box.text, box.data) for box in scene.boxes if box.text.startswith("y")] == shown


def test_what_has_no_label_gets_a_letter_only_where_the_lecture_has_one() -> None:
    a, loss = Neuron(1, seed=0)([1.0]), LOSSES["squared_loss"]
    assert kinds(lecture(a * 2.0))[-3:] == [("constant", ""), ("operation", "×"), ("root", "")]
    assert kinds(lecture(loss(a, 1.0)))[-3:] == [("x", "y"), ("loss", "ℒ(g, y)\nsquared loss"), ("root", "ℒ")]
    assert kinds(lecture(loss(Value(1.0), Value(2.0))))[:2] == [("input", ""), ("input", "")]
    z = a.parents[0]
    assert ("operation", "max") in kinds(lecture(maximum(z, weighted_sum([2.0], [3.0]))))
    z.parents[0].role = "constant"
    assert ("x_1", "Σ", "plain", "w_1") in arrows(lecture(a))  # a frozen weight has not the colour of learnable ones
    assert ("operation", "leaky ReLU\nslope −0.2") in kinds(operations(ops.leaky_relu.bind(slope=-0.2)(Value(1.0))))


def test_a_softmax_is_one_box_for_its_layer() -> None:
    scene = lecture(average(Layer(2, 3, "softmax", seed=0)([1.0, 2.0])))
    assert [text for kind, text in kinds(scene) if kind == "activation"] == ["f(·)\nsoftmax"]
    assert [arrow for arrow in arrows(scene) if "f(·)" in arrow[:2]] == [
        ("Σ", "f(·)", "plain", "z^1"),
        ("Σ", "f(·)", "plain", "z^2"),
        ("Σ", "f(·)", "plain", "z^3"),
        ("f(·)", "a^1", "plain", ""),
        ("f(·)", "a^2", "plain", ""),
        ("f(·)", "a^3", "plain", ""),
    ]


def test_half_a_softmax_is_drawn_too() -> None:
    scene = lecture(softmax([weighted_sum([1.0], [2.0]), Value(3.0)])[0])
    assert ("operation", "softmax\nindex 0") in kinds(scene)


def test_the_neurons_of_a_layer_share_their_inputs_and_their_1() -> None:
    scene = lecture(average(Layer(3, 4, seed=0)([1.0, 2.0, 3.0])))
    count = {kind: sum(box.kind == kind for box in scene.boxes) for kind in ("x", "one", "sum", "activation", "a")}
    assert count == {"x": 3, "one": 1, "sum": 4, "activation": 4, "a": 4}
    assert [len(column) for column in scene.columns] == [4, 4]


def test_no_box_stands_in_two_columns() -> None:
    xs = [Value(1.0), Value(2.0), Value(3.0)]
    rows = [weighted_sum([1.0, 2.0], [xs[i], xs[j]], 3.0) for i, j in ((0, 1), (1, 0), (1, 2))]
    columns = lecture(total(rows)).columns
    assert [len(column) for column in columns] == [3]  # of the first row; the others would turn its order around
    hyper = weighted_sum([rows[0].tanh(), 1.0], xs[:2])  # a weight that comes out of the same layer
    assert [len(column) for column in lecture(hyper).columns] == [3]


def test_z_that_goes_elsewhere_too_has_a_circle() -> None:
    z = weighted_sum([Value(1.0)], [Value(2.0)])
    for root in (z, z.relu() + z, z * 2.0, z.relu() * z.tanh()):
        assert ("a", "z") in kinds(lecture(root))
        assert ("Σ", "z", "plain", "") in arrows(lecture(root))
    assert ("a", "z") not in kinds(lecture(z.relu()))


def test_a_weight_that_is_used_elsewhere_has_a_box_too() -> None:
    w = Value(1.5, label="w_1")
    w.role = "parameter"
    scene = lecture(weighted_sum([w], [Value(2.0)]) + w * w)
    assert ("parameter", "w_1") in kinds(scene)
    assert ("x_1", "Σ", "parameter", "w_1") in arrows(scene)


def test_the_legend_tells_of_nothing_that_is_not_there() -> None:
    a, b = Value(2.0), Value(3.0)
    by_hand = Value(6.0, (a, b), "*")  # its local derivatives are in nobody's hands
    words = "on an edge:\\nlocal derivative"
    assert words not in draw_graph(by_hand, legend=True).source
    assert words in draw_graph(a * b, legend=True).source
    assert "result" in draw_graph(a * b, legend=True).source


def test_an_input_of_a_neuron_that_is_learned_is_drawn_as_a_parameter() -> None:
    x = Value(2.0, label="x_1")
    x.role = "parameter"
    assert [box.kind for box in lecture(weighted_sum([1.0, 2.0], [x, 3.0])).boxes] == ["parameter", "x", "sum", "a"]


def test_a_computed_weight_or_bias_keeps_its_own_box() -> None:
    w, b = Value(1.5, label="w") * 2.0, Value(1.0, label="b").exp()
    w.label, b.label = "v", "c"
    scene = lecture(weighted_sum([w], [Value(2.0)], b))
    assert {("result", "v"), ("result", "c")} <= set(kinds(scene))
    assert {("x_1", "Σ", "parameter", "v"), ("v", "Σ", "constant", ""), ("c", "Σ", "parameter", "")} <= set(
        arrows(scene)
    )


def test_unlabelled_neurons_get_the_lectures_letters() -> None:
    scene = lecture(weighted_sum([0.5, 2.0], [Value(1.0), 3.0], 1.0).sigmoid())
    assert [text for _, text in kinds(scene)] == ["x_1", "x_2", "Σ", "1", "f(·)\nσ", "a"]
    assert [arrow[3] for arrow in arrows(scene)] == ["w_1", "w_2", "b", "z", ""]


def test_roots_that_are_leaves_and_repeated_inputs_are_drawn() -> None:
    for view in ("lecture", "operations"):
        assert draw_graph(Value(1.0), view=view).n_nodes == 1
        assert draw_graph(constant(1.0), view=view).n_nodes == 1
    x, w = Value(2.0), Value(1.0)
    for root in (weighted_sum([w, w], [x, x], w), weighted_sum([x], [x], x), maximum(x, x, x)):
        drawing = draw_graph(root)
        drawing.using = "webassembly"
        assert drawing.svg.count('class="edge"') == drawing.n_edges


@pytest.mark.parametrize("using", [pytest.param("dot", marks=pytest.mark.dot), "webassembly"])
def test_layers_stand_in_written_order_in_every_engine(using: str) -> None:
    drawing = draw_graph(squared_loss(MLP(4, [5, 1], seed=0)([1.0, 2.0, 3.0, 4.0]), 1.0))
    drawing.using = using
    lines = [line.split() for line in drawing.pipe("plain", encoding="utf-8").splitlines()]
    y = {line[1]: float(line[3]) for line in lines if line[0] == "node"}
    x = {line[1]: float(line[2]) for line in lines if line[0] == "node"}
    columns = lecture(squared_loss(MLP(4, [5, 1], seed=0)([1.0, 2.0, 3.0, 4.0]), 1.0)).columns
    assert [len(column) for column in columns] == [5, 5]
    for column in columns:
        assert sorted(column, key=lambda name: -y[name]) == column
        assert len({x[name] for name in column}) == 1


# --- sizes ------------------------------------------------------------------------------------------------------------


def chain(n: int) -> Value:
    x = Value(1.0)
    for _ in range(n - 1):
        x = -x
    return x


@pytest.mark.parametrize("using", [pytest.param("dot", marks=pytest.mark.dot), "webassembly"])
@pytest.mark.parametrize("legend", [False, True])
def test_what_goes_into_an_operation_stands_in_written_order(legend: bool, using: str) -> None:
    a, b, c, d, e, f = (Value(float(i), label=letter) for i, letter in enumerate("abcdef", 1))
    root = (a - b * (1.0 - c.tanh())) / (2.0 - d * e) + 2.0**f
    diagram = draw_graph(root, view="operations", legend=legend)
    diagram.using = using
    places = {
        line[1]: (float(line[2]), float(line[3]))
        for line in map(str.split, diagram.pipe("plain", encoding="utf-8").splitlines())
        if line[0] == "node"
    }
    pairs = 0
    names = named(topological_order(root))
    for value, name in names.items():
        for one, other in pairwise(value.parents):
            (x, y), (other_x, other_y) = places[names[one]], places[names[other]]
            if x == other_x and one is not other:
                pairs += 1
                assert y > other_y, f"{name}: {one} above {other}"
    assert pairs == 8
    row = [x for name, (x, _) in places.items() if name.startswith("legend")]
    assert len(row) == (6 if legend else 0)
    assert row == sorted(row)


def test_max_nodes_counts_the_values_that_are_drawn() -> None:
    assert draw_graph(chain(500), view="operations").n_nodes == 999
    words = (
        r"this graph has 501 values to draw, more than max_nodes=500; draw "
        r'draw_graph\(root, view="lecture"\) \(a neuron is one Σ there\), '
        r"draw_network\(model\), a part of the graph \(any Value inside it\), or raise max_nodes$"
    )
    wide = total([Value(1.0) for _ in range(500)])
    with pytest.raises(ValueError, match=words):
        draw_graph(wide, view="operations")
    with pytest.raises(ValueError, match=words):
        draw_dot(wide)
    assert draw_dot(wide, max_nodes=501).svg.count('class="node"') == 502  # what the remedy says, draw_dot takes
    with pytest.raises(ValueError, match=r"501 values to draw, more than max_nodes=500; draw draw_graph.*it\)$"):
        draw_dot(chain(501))  # its operations have boxes, too
    with pytest.raises(ValueError, match="at least 1001 boxes to draw, more than the 1000 that a drawing can have; "):
        draw_dot(chain(501), max_nodes=501)
    with pytest.raises(ValueError, match=r"this one has 412 and 2451; .*instead of"):  # at once, not when it is shown
        draw_graph(MLP(16, [16] * 8 + [1], seed=0)([0.1] * 16))
    with pytest.raises(
        ValueError, match=r"has 501 values to draw, more than max_nodes=500; draw draw_network\(model\), or a"
    ):
        draw_graph(chain(501))


def test_weights_on_edges_do_not_count() -> None:
    wide = squared_loss(MLP(30, [20, 1], seed=0)([0.5] * 30), 1.0)
    assert len(topological_order(wide)) > 700
    assert draw_graph(wide).n_nodes < 120


def test_a_million_nodes_are_refused_quickly() -> None:
    start = time.process_time()
    million = chain(1_000_000)
    making = time.process_time() - start
    limits: list[tuple[dict[str, Any], str]] = [
        ({}, "1000000 values to draw, more than max_nodes=500; draw"),
        ({"max_nodes": 10**9}, "at least 1999999 boxes to draw, more than the 1000 that a drawing can have"),
    ]
    for view, (options, words) in product(["lecture", "operations"], limits):
        start = time.process_time()
        with pytest.raises(ValueError, match=f"this graph has {words}") as caught:
            draw_graph(million, view=view, **options)
        assert time.process_time() - start < 3 * making
        assert "raise" not in str(caught.value)  # which would not help


@pytest.mark.long
def test_a_large_tangled_graph_is_drawn_in_time() -> None:
    r = random.Random(0)
    values = [Value(1.0) for _ in range(20)]
    for _ in range(230):
        values.append(ops.total(*r.sample(values, 4)))
    drawing = draw_graph(average(values), view="operations")
    assert drawing.n_nodes > 400
    start = time.process_time()
    drawing.using = "webassembly"
    assert drawing.svg.count('class="node"') == drawing.n_nodes
    assert time.process_time() - start < 20


# --- micrograd's name, and bad arguments ------------------------------------------------------------------------------


def test_micrograds_notebook_cell_runs(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    r = random.Random(1337)
    n = Neuron(2, seed=r)
    x = [Value(1.0), Value(-2.0)]
    y = n(x)
    dot = draw_dot(y)
    assert isinstance(dot, Diagram)
    dot.render("gout")
    assert sorted(os.listdir()) == ["gout", "gout.svg"]
    assert draw_dot(y, format="png", rankdir="TB").render("gout") == "gout.png"
    assert draw_dot(y).source == draw_graph(y, view="operations").source


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (([1, 2],), TypeError, "draw_graph needs a Value, got list [1, 2]; write draw_graph(loss)"),
        ((2.0,), TypeError, "draw_graph needs a Value, got float 2.0"),
        ((None,), TypeError, "draw_graph needs a Value, got NoneType None"),
        ((Neuron(1),), TypeError, "draw_graph needs a Value, got Neuron"),
    ],
)
def test_the_words_for_a_root_that_is_no_value(arguments, error, words) -> None:
    for draw in (draw_graph, draw_dot):
        with pytest.raises(error, match=re.escape(words)):
            draw(*arguments)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"view": "neurons"}, ValueError, 'needs view="lecture" or view="operations", got \'neurons\''),
        ({"view": ["lecture"]}, ValueError, "got ['lecture']"),
        ({"direction": "left"}, ValueError, "needs direction LR, TB, RL or BT, got 'left'"),
        ({"direction": None}, ValueError, "got None"),
        ({"max_nodes": "many"}, TypeError, "needs max_nodes as an int, got 'many'"),
        ({"max_nodes": 2.5}, TypeError, "needs max_nodes as an int, got 2.5"),
        ({"max_nodes": 0}, ValueError, "has 3 values to draw, more than max_nodes=0"),
    ],
)
def test_the_words_of_bad_options(options, error, words) -> None:
    with pytest.raises(error, match=re.escape(words)):
        draw_graph(Value(1.0) + 2.0, **options)


def test_a_bad_format_is_refused_where_it_is_given() -> None:
    with pytest.raises(ValueError, match="the format needs to be one of svg, png, pdf, dot, json, plain, got 'gif'"):
        draw_dot(Value(1.0), "gif")


def test_a_box_tells_its_lines() -> None:
    assert Box("n0", "result", "z", 1.0, 0.5).lines == ["z = 1", "grad 0.5"]
    assert Box("n0", "result", "", 1.0).lines == ["1"]
    assert Box("n0", "x", "x", 1.0).lines == ["x", "1"]
    assert Arrow("n0", "n1", derivative=-0.0).lines == ["0"]


# --- in words, and what is no longer true --------------------------------------------------------------------------------


def lecture_neuron() -> Value:
    neuron = Neuron(2, "relu", bias=False, seed=0)
    neuron.w[0].data, neuron.w[1].data = 1.0, -1.0
    return neuron([1.0, -2.0])


def test_a_drawing_says_in_words_what_it_shows() -> None:
    diagram = draw_graph(lecture_neuron())
    words = "computation graph: x₁ = 1, x₂ = −2 → Σ → z = 3 → ReLU → a = 3; weights w₁ = 1, w₂ = −1"
    assert diagram.description == words
    root = ElementTree.fromstring(diagram.svg)
    assert root.attrib["aria-label"] == words
    assert root[0].tag.endswith("title")
    assert root[0].text == words
    assert f'alt="{words}"' in diagram._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize("view", ["lecture", "operations"])
def test_the_words_of_any_graph_are_few(view: str) -> None:
    for root in (chain(400), MLP(3, [20, 20, 1], seed=0)([1.0, 2.0, 3.0]), Value(1.0), total_of(30)):
        words = draw_graph(root, view=view, max_nodes=1000).description
        assert 20 <= len(words) < 700, words
        assert "nan" not in words


def total_of(n: int) -> Value:
    return average([Value(float(i), label=f"x_{i}") for i in range(n)])


def test_gradients_and_repeats_are_in_the_words() -> None:
    x = Value(2.0, label="x")
    L = x * x
    L.label = "L"
    L.backward()
    assert draw_graph(L, view="operations").words == "x = 2 (grad 4) → × → L = 4 (grad 1)"


def test_results_that_are_older_than_their_weights_say_so() -> None:
    w, x = Value(2.0, label="w"), Value(3.0, label="x")
    z = (w * x).tanh()
    for view in ("lecture", "operations"):
        assert "older than the weights" not in draw_graph(z, view=view).source
    w.data = 5.0
    for view in ("lecture", "operations"):
        diagram = draw_graph(z, view=view)
        assert "Some numbers are older than the weights they were computed from" in diagram.svg
        assert diagram.description.endswith("run the forward pass again.")
    for before, after, older in ((math.nan, 1.0, True), (1.0, math.nan, True), (math.nan, math.nan, False)):
        w.data = before
        z = w * x
        w.data = after
        assert ("older" in draw_graph(z).source) is older


def test_a_random_graph_is_not_older_than_its_weights() -> None:
    model = MLP(3, [5, 4, 2], ["gelu", "tanh", "softmax"], seed=1)
    loss = cross_entropy(model([0.3, -1.0, 2.0]), 1)
    assert "older" not in draw_graph(loss).source
    model.layers[0].neurons[0].w[0].data += 1e-3
    assert "older" in draw_graph(loss).source


def test_a_png_on_request_stands_in_the_place_of_the_svg() -> None:
    bundle = draw_dot(Value(2.0) * 3, format="png")._repr_mimebundle_()
    assert list(bundle) == ["image/png", "text/plain"]
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")


def test_marimo_gets_one_output() -> None:
    diagram = draw_dot(Value(2.0) * 3)
    assert diagram._mime_() == ("text/html", diagram._repr_mimebundle_()["text/html"])
    diagram.format = "png"
    kind, address = diagram._mime_()
    assert (kind, address[:22]) == ("image/png", "data:image/png;base64,")
