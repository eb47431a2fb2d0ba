"""`explore` without a browser: what the page holds, how it is saved and shown, and what is refused in which words."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html import unescape
from html.parser import HTMLParser

import pytest

import viz
from autograd import Op, Value, average, maximum, ops, topological_order, total, vectorize
from nn import MLP, Layer, Neuron, losses
from viz.explorer import explore
from viz.explorer.explorer import SCRIPTS
from viz.style import theme
from viz.web.document import asset
from viz.web.javascript import Program, templates


def network():
    return MLP(2, [3, 1], "sigmoid", seed=0)


def root():
    return losses.squared_loss(network()([1.0, -2.0]), 0.5)


def data_of(page):
    text = re.search(r'<script type="application/json" id="graph">(.*?)</script>', page.html, re.S)[1]
    assert not set("<>&\u2028\u2029") & set(text)
    return json.loads(text)


class Elements(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


def test_explore_is_one_of_the_names_of_viz():
    assert viz.explore is explore


def test_equal_graphs_give_equal_pages():
    assert explore(root()).html == explore(root()).html


def test_a_model_is_explored_at_a_data_point():
    model = network()
    output, loss = explore(model, [1.0, -2.0]), explore(model, [1.0, -2.0], 0.5, losses.squared_loss)
    assert output.title == "g, step by step"
    assert loss.title == "ℒ, step by step"
    assert loss.html == explore(losses.squared_loss(model([1.0, -2.0]), 0.5)).html


def test_the_title_is_the_name_of_the_root_as_it_stands_alone():
    x = Value(2.0, label="x")
    root = x * x
    for label in ("x + 1", "(x + 1)", "(x)"):
        root.label = label
        assert explore(root).title == f"{label}, step by step"


def test_exploring_changes_nothing():
    loss = root()
    loss.backward()
    before = [(v.data, v.grad, v.label, v.role) for v in topological_order(loss)]
    page = explore(loss)
    page._repr_mimebundle_()
    assert [(v.data, v.grad, v.label, v.role) for v in topological_order(loss)] == before


def test_the_page_holds_everything_and_names_no_address():
    html = explore(root()).html
    for tag, attributes in Elements(html).found:
        assert not {"src", "href", "action", "data", "style"} & attributes.keys(), (tag, attributes)
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        assert tag not in {"link", "img", "iframe", "object", "base"}
    assert not re.search(r"https?:|@import|url\(", html.replace("http://www.w3.org/2000/svg", ""))


def test_the_policy_names_its_own_script_and_style_only():
    html = explore(root()).html
    policy = next(attributes["content"] for tag, attributes in Elements(html).found if "http-equiv" in attributes)
    for tag in ("script", "style"):
        text = re.search(rf"<{tag}>(.*?)</{tag}>", html, re.S)[1]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


def test_the_scripts_define_every_name_once():
    names = re.findall(
        r"^(?:function|class|const|let) (\w+)",
        "\n".join(
            [asset("web", "arithmetic.js"), asset("web", "text.js"), *(asset("explorer", name) for name in SCRIPTS)]
        ),
        re.M,
    )
    assert len(names) > 40
    assert sorted(set(names)) == sorted(names)


def test_the_graph_is_in_the_page_as_it_is():
    loss = root()
    data = data_of(explore(loss))
    held = topological_order(loss)
    assert [value["data"] for value in data["values"]] == [value.data for value in held]
    assert [value["label"] for value in data["values"]] == [value.label for value in held]
    assert [[held[i] for i in value["parents"]] for value in data["values"]] == [list(value.parents) for value in held]
    assert [[held[i] for i in group] for group in data["groups"]] == [[value] for value in held if value.op]
    assert [held[i].label for i in data["sliders"]][:4] == ["x_1", "x_2", "y", "w^1_{1,1}"]


def test_what_the_page_knows_of_each_value():
    neuron, c = Neuron(1, "relu", seed=0), Value(4.0, label="c")
    c.role = "constant"
    a, other = neuron([1.0]), neuron([2.0])
    f = (a + other) ** 2 * 3.0 + c * other.tanh()
    data, held = data_of(explore(f)), topological_order(f)
    values, operations = data["values"], {op["name"]: op for op in data["ops"]}
    assert [value["name"] for value in values if not value["name"].startswith("v")] == [
        *("w₁", "x₁⁽¹⁾", "b", "z⁽¹⁾", "a⁽¹⁾", "x₁⁽²⁾", "z⁽²⁾", "a⁽²⁾", "", "", "c", "f")  # bare numbers have none
    ]
    assert [held[i].label for i in data["sliders"]] == ["x_1", "x_1", "w_1", "b", "c"]  # nor a slider
    assert [op["mark"] for op in operations.values()] == ["", "off", "", "", "", "saturated"]
    assert operations["pow"]["value"] == [0, "²"]  # a bare exponent is a part of the formula
    assert operations["mul"]["value"] == [0, "·", 1]
    both = [held.index(a), held.index(other)]  # of one neuron, which is dead if both are off
    assert [value["twins"] for value in values if value["twins"]] == [both, both]
    assert not any(value["twins"] for value in data_of(explore(a + a.tanh()))["values"])


def test_the_box_of_a_softmax_is_tied_to_all_its_answers():
    mean = average(Layer(2, 3, "softmax", seed=0)([1.0, 2.0]))
    answers = [i for i, value in enumerate(topological_order(mean)) if value.op and value.op.name == "softmax"]
    assert f'data-op="{" ".join(map(str, answers))}"' in explore(mean).html


def test_numbers_that_json_does_not_know():
    x = Value(float("-inf"), label="x")
    page = explore(maximum(x, Value(float("nan"), label="n")))
    assert [value["data"] for value in data_of(page)["values"]] == ["-Infinity", "NaN", "NaN"]


@pytest.mark.parametrize("op", [*ops.TABLE.values(), *losses.TABLE.values()], ids=lambda op: op.name)
def test_every_entry_of_the_table_is_printed(op):
    n = len(op.samples[0])
    program = Program()
    entry = program.entry(op, n)
    assert re.fullmatch(r"\{value: [\w.]+, (row: \w+|slopes: \[\w+(, \w+)*\])\}", entry)
    value, slopes = templates(op, [None] * n)
    assert value
    assert len(slopes) == n


def test_formulas_are_those_a_lecture_writes():
    assert templates(ops.sigmoid, [None]) == (["σ(", 0, ")"], [["σ(", 0, ")·(1 − σ(", 0, "))"]])
    assert templates(ops.power, [None, 2.0])[0] == [0, "²"]
    assert templates(losses.TABLE["squared_loss"], [None, None])[0] == ["(", 0, " − ", 1, ")²"]


def test_no_symbol_of_a_user_is_a_slot():
    for symbol in ("\x000\x00", "\ue001\ue002", "\x00-1\x00f"):
        mine = Op("mine", lambda z: z * z, [lambda a, z: 2.0 * z], symbol=symbol)
        (word, slot, end), ((factor, inner),) = templates(mine, [None])
        assert (slot, end, inner) == (0, ")", 0)
        assert "\x00" not in word
        assert factor == "2·"


def test_no_text_of_a_user_becomes_code():
    evil = Op("x'); alert(1); //", lambda z: z * z, [lambda a, z: 2.0 * z], symbol="</script>", hint="</script>")
    leaf = Value(1.0, label="`${alert(1)}`</script><script>alert(1)</script>")
    node = evil(leaf)
    node.label = "</title><script>alert(1)</script>"
    html = explore(node).html
    assert len(re.findall("<script", html)) == len(re.findall("</script", html)) == 2
    script = html.rpartition("<script>")[2]
    assert "alert(" not in script
    assert "const TABLE" in script


# --- saving and showing -----------------------------------------------------------------------------------------------


def test_save_writes_the_page_whole(tmp_path):
    page = explore(root())
    path = page.save(tmp_path / "explore.html")
    assert path.read_text(encoding="utf-8") == page.html
    assert [file.name for file in tmp_path.iterdir()] == ["explore.html"]
    with pytest.raises(ValueError, match=r"needs a file name ending in \.html, got .*explore\.svg"):
        page.save("explore.svg")
    with pytest.raises(FileNotFoundError, match="there is no directory"):
        page.save(tmp_path / "nowhere" / "explore.html")


def test_a_notebook_gets_a_frame_over_a_picture():
    page = explore(root())
    bundle = page._repr_mimebundle_()
    assert bundle["text/plain"] == repr(page) == "<Explorer 'ℒ, step by step': .save('explore.html') writes it>"
    found = dict(Elements(bundle["text/html"]).found)
    assert found["iframe"]["sandbox"] == "allow-scripts allow-downloads"
    assert found["iframe"]["srcdoc"] == page.html
    picture = base64.b64decode(found["img"]["src"].removeprefix("data:image/svg+xml;base64,")).decode()
    assert picture.startswith("<svg")
    assert "w¹₁,₁" in unescape(picture)
    assert found["img"]["alt"] == found["iframe"]["title"] == page.title


def test_the_picture_beside_the_frame_is_of_the_same_moment():
    loss = root()
    page = explore(loss)
    before = page._repr_html_()
    loss.backward()
    topological_order(loss)[0].data = 123.0
    assert page._repr_html_() == before


def test_a_display_never_raises(monkeypatch):
    from viz.engines import render

    page = explore(root())
    monkeypatch.setattr(render, "render", lambda *_, **__: 1 / 0)
    assert [tag for tag, _ in Elements(page._repr_mimebundle_()["text/html"]).found] == ["div", "iframe"]


def test_a_title_is_text_in_the_frame_too():
    node = Value(1.0, label="x") * 2.0
    node.label = '"><script>alert(1)</script>'
    tags = [tag for tag, _ in Elements(explore(node)._repr_html_()).found]
    assert tags == ["div", "div", "div", "img", "iframe"]


def test_every_kind_of_box_has_its_colours_in_both_schemes():
    style = re.search("<style>(.*?)</style>", explore(root()).html, re.S)[1]
    light, dark = style.split("@media (prefers-color-scheme: dark)", 1)
    for kind in theme.BOX:
        assert f".{kind}{{--line:" in light
        assert f".{kind}{{--line:" in dark


# --- size -------------------------------------------------------------------------------------------------------------


def test_beyond_500_values_the_lecture_view_shows_layers():
    model = MLP(10, [30, 10, 1], "tanh", seed=0)
    loss = losses.squared_loss(model([0.1] * 10), 1.0)
    page = explore(loss)
    data = data_of(page)
    assert [len(group) for group in data["groups"]] == [30, 30, 10, 10, 1, 1, 1]
    assert "30 × tanh" in page.html
    assert page._repr_html_().count("<img") == 1
    words = r"has 745 values and 1387 arrows, too many for the view of operations \(up to 500 values .*shows layers"
    with pytest.raises(ValueError, match=words):
        explore(loss, view="operations")


def test_beyond_2000_arrows_too():
    leaves = [Value(i / 30, label=f"x_{i}") for i in range(30)]
    many = total([total(leaves) * i for i in range(70)])
    assert len(topological_order(many)) < 500
    assert [len(group) for group in data_of(explore(many))["groups"]] == [70, 70, 1]
    with pytest.raises(ValueError, match=r"2451 arrows, too many for the view of operations \(.* and 2000 arrows\)"):
        explore(many, view="operations")


def test_several_depths_of_a_deep_graph_are_one_layer():
    def chain(depth, weights):
        value = Value(0.5, label="x")
        for i in range(depth):
            value = (value * Value(0.9, label=f"w_{i}")).sin() if weights else value.sin()
        return value

    groups = data_of(explore(chain(2000, weights=False)))["groups"]
    assert [len(group) for group in groups] == [31, *[32] * 61, 17]
    page = explore(chain(300, weights=True))
    data = data_of(page)
    assert len(data["groups"]) <= 80
    assert "operations" in page.html
    flat = [v for group in data["groups"] for v in group]
    place = {v: index for index, v in enumerate(flat)}
    assert sorted(flat) == [v for v, value in enumerate(data["values"]) if value["op"] >= 0]
    assert all(place.get(parent, -1) < place[v] for v in flat for parent in data["values"][v]["parents"])


def test_a_tangle_that_takes_too_long_to_lay_out_stands_on_a_grid(monkeypatch):
    from viz.engines import render

    drawn = render.render

    def slow(source, *rest, engine, **options):
        if engine == "dot":
            raise TimeoutError("too tangled")
        return drawn(source, *rest, engine=engine, **options)

    page, graph = explore(root()), root()
    monkeypatch.setattr(render, "render", slow)
    tangled = explore(graph)
    assert data_of(tangled) == data_of(page)
    for kind in ("box", "arrow"):
        assert tangled.html.count(f'<g class="{kind} ') == page.html.count(f'<g class="{kind} ') > 10


def test_a_page_holds_so_many_values():
    value = Value(0.5, label="x")
    for _ in range(50_000):
        value = -value
    with pytest.raises(ValueError, match=r"50001 values .*too many for a page \(up to 50000 values\); explore a part"):
        explore(value)
    with pytest.raises(ValueError, match=r"a page \(up to 50000 values\); explore a part"):  # in layers too
        explore(value, view="operations")


# --- what is refused --------------------------------------------------------------------------------------------------


REFUSED = [
    (lambda: explore(3.0), TypeError, "needs a Value or a model, got float 3.0; write explore"),
    (lambda: explore(network(), [1.0, 2.0], 1.0, "squared"), TypeError, "needs a function as loss, got 'squared'; write"),
    (lambda: explore(root(), view=["lecture"]), ValueError, r"view=\"operations\", got \['lecture'\]"),
    (lambda: explore(root(), view="network"), ValueError, "view=\"lecture\" or view=\"operations\", got 'network'"),
    (lambda: explore(root(), [1.0]), TypeError, r"x, y and loss with a model: explore\(model, x, y, loss\)"),
    (lambda: explore(network()), TypeError, r"needs a data point x .*explore\(model, x, y, loss\)"),
    (lambda: explore(network(), [1.0, 2.0], 1.0), TypeError, "needs y and loss, loss is missing"),
    (lambda: explore(network(), [1.0, 2.0], None, losses.squared_loss), TypeError, "needs y and loss, y is missing"),
    (lambda: explore(Layer(2, 2, seed=0), [1.0, 2.0]), TypeError, r"the model answered list .*explore\(model\(x\)\[0\]\)"),
    (lambda: explore(network(), [1.0, 2.0], 1.0, lambda g, y: 3.0), TypeError, "the loss answered float 3.0; return one, as squared_loss does"),
    (lambda: explore(MLP(2, [2], seed=0), [1.0, 2.0], 1.0, lambda g, y: g), TypeError, "the loss answered list .*; return one"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "kind", "words"), REFUSED)
def test_what_is_refused_says_what_to_write(call, kind, words):
    with pytest.raises(kind, match=words):
        call()


def test_an_operation_that_can_not_be_printed_is_named():
    import math

    mine = Op("mine", lambda z: math.exp(z) - 1.0, [lambda a, z: a + 1.0])
    with pytest.raises(TypeError, match=r"value of Op 'mine' can't be written as a formula.*not math\.exp"):
        explore(mine(Value(1.0, label="z")))
    named = Op("cosh", math.cosh, [lambda a, z: z], javascript="Math.cosh")
    assert "value: Math.cosh" in explore(named(Value(1.0, label="z"))).html
    evil = Op("evil", math.cosh, [lambda a, z: z], javascript="window.alert")
    with pytest.raises(ValueError, match=r"javascript= of Op 'evil' needs a function of Math, like 'Math\.cosh'"):
        explore(evil(Value(1.0, label="z")))


def test_the_program_of_vectorize_is_no_graph_to_step_through():
    pytest.importorskip("numpy")
    model = network()
    training_error = vectorize(lambda x, y: losses.squared_loss(model(x), y))([[1.0, 2.0], [0.0, 1.0]], [1.0, 0.0])
    with pytest.raises(TypeError, match="can't be written as a formula"):
        explore(training_error)


@pytest.mark.dot
@pytest.mark.parametrize("view", ["lecture", "operations"])
def test_every_engine_ties_the_same_arrows_to_the_same_values(monkeypatch, view):
    """Arrows are known by the order in which Graphviz counts them, which no version may change unnoticed."""

    def ties(html):
        picture = html.split(f'data-view="{view}"')[1].split("</svg>")[0]
        groups = re.findall(r'<g class="(box|arrow) (\w+)"([^>]*)>', picture)
        return sorted((kind, what, *sorted(about.split())) for kind, what, about in groups)

    x = Value(3.0, label="x")
    graph = losses.squared_loss(network()([x, x * x]), 0.5)
    from viz.engines import dot

    native = ties(explore(graph).html)
    monkeypatch.setattr(dot, "find_dot", lambda: None)
    assert ties(explore(graph).html) == native
    assert sum(kind == "arrow" for kind, *_ in native) > 15
