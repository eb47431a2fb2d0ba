"""The saved page trains by itself: held to Python step by step, and to Python's limits for what comes from a stranger."""

import json
import math
import random
import re
from urllib.parse import quote

import pytest
from shared import hostile
from shared.browser import settled
from shared.waiting import until

import viz
from nn import MLP
from nn.datasets import DATASETS
from viz.demo import page as demo_page
from viz.demo.run import Run
from viz.demo.settings import PRESETS, preset
from viz.web.document import asset

BLOBS = [[math.cos(k) + k % 3, math.sin(k) * 2] for k in range(60)]
QUIET = demo_page.ALONE[:-1]  # without the page around it


@pytest.fixture
def evaluate(window):
    """The page's program in an empty page, and an answer from it."""
    window.page.goto("about:blank")

    def evaluate(body, argument=None, functions=None):
        return window.page.evaluate(f"(given) => {{ {demo_page.script(functions or {}, QUIET)}\n{body} }}", argument)

    return evaluate


def numbers(run):
    return [value.data for value in run.model.parameters()]


# --- Python's random numbers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 1, 2026, 2**32 - 1, 2**32 + 5, 2**52 + 1])
def test_the_random_numbers_are_pythons(seed, evaluate):
    sizes = [(200, 10), (5, 5), (400, 400), (10_000, 3), (40, 5), (86, 6), (37, 36)]
    mine = random.Random(seed)
    wanted = {
        "uniform": [mine.uniform(-1, 2) for _ in range(700)],
        "samples": [mine.sample(range(n), k) for n, k in sizes],
        "gauss": [mine.gauss(1, 2) for _ in range(7)],
    }
    found = evaluate(
        """const random = new Random(given.seed);
        return {uniform: Array.from({length: 700}, () => random.uniform(-1, 2)),
          samples: given.sizes.map(([n, k]) => random.sample(n, k)), gauss: Array.from({length: 7}, () => random.gauss(1, 2))};""",
        {"seed": seed, "sizes": sizes},
    )
    assert found["uniform"] == wanted["uniform"]
    assert found["samples"] == wanted["samples"]
    assert found["gauss"] == pytest.approx(wanted["gauss"], rel=1e-14)


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_data_are_pythons(dataset, evaluate):
    for settings in (
        {"seed": 0, "noise": 0.15, "train_share": 0.5},
        {"seed": 77, "noise": 0.0, "train_share": 0.33},
        {"seed": 5, "noise": 0.6, "train_share": 0.66625},  # 266.5 points
    ):
        run = Run(dataset=dataset)
        facts = demo_page.facts(run)
        run.set(**settings)
        data = evaluate(
            "const run = new Run(given.facts, () => null); run.change(given.settings, null, true); return run.data;",
            {"facts": facts, "settings": settings},
        )
        wanted = demo_page.data(run)
        for part in ("train", "test", "domain"):
            assert len(data[part]) == len(wanted[part])
            for row, other in zip(data[part], wanted[part], strict=True):
                assert row == pytest.approx(other, rel=1e-13, abs=1e-15)
        assert data["labels"] == list(wanted["labels"])


# --- every step -------------------------------------------------------------------------------------------------------


RUNS = {
    "moons": (lambda: Run(), {}),
    "batches of 1": (lambda: Run(dataset="xor", seed=3), {"batch_size": 1}),
    "all points": (lambda: Run(dataset="linear"), {"batch_size": 400, "lr": 1.0}),
    "L1": (lambda: Run(dataset="circles", seed=8), {"penalty": "L1", "rate": 0.01}),
    "L2": (lambda: Run(dataset="spiral", seed=8), {"penalty": "L2", "rate": 0.01}),
    "features": (lambda: Run(dataset="circles"), {"features": ["x2", "x1 ** 2", "x1 * x2", "abs(x1 - x2)", "sin(x2)"]}),
    "amounts": (lambda: Run(dataset="hills", seed=4), {"lr": 0.05}),
    "three classes": (lambda: Run(dataset="pinwheel"), {}),
    "logits": (lambda: Run(MLP(2, [5, 3], "tanh", seed=1), dataset="pinwheel"), {}),
    "a sigmoid": (lambda: Run(MLP(2, [4, 1], ["relu", "sigmoid"], seed=1)), {}),
    "two outputs": (lambda: Run(MLP(2, [4, 2], ["gelu", "softmax"], seed=1)), {}),
    "a softmax inside": (lambda: Run(MLP(2, [5, 4, 1], ["softmax", "sin", "identity"], seed=1)), {}),
    "no biases": (lambda: Run(MLP(2, [5, 4, 1], ["softplus", "leaky_relu", "identity"], bias=False, seed=1)), {}),
    "own data": (lambda: Run(X=BLOBS, y=[10 * (k % 3) - 5 for k in range(60)]), {}),
    "own amounts": (lambda: Run(X=BLOBS, y=[0.25 * x1 - x2 for x1, x2 in BLOBS]), {"lr": 0.01}),
    "labels as amounts": (lambda: Run(X=BLOBS, y=[k % 3 - 1 for k in range(60)]), {"task": "regression", "lr": 0.02}),
}


@pytest.mark.parametrize("name", RUNS)
def test_a_hundred_steps_are_pythons(name, evaluate):
    """The same batches, the same weights after each step, and the same losses."""
    make, settings = RUNS[name]
    run = make()
    run.set(**settings)
    run.advance(7)  # the page goes on where Python stands, in its random numbers too
    facts = demo_page.facts(run)
    found = evaluate(
        """const run = new Run(given, () => null), seen = [];
        for (let i = 0; i < 100; i++) { run.advance(1); seen.push([[...run.weights], [...run.gradients], run.losses, run.chooser.state]); }
        return seen;""",
        facts,
    )
    for weights, gradients, losses, state in found:
        run.advance(1)
        assert state == list(run.chooser.getstate()[1])
        assert weights == pytest.approx(numbers(run), rel=1e-9, abs=1e-9)
        assert gradients == pytest.approx([value.grad for value in run.model.parameters()], rel=1e-8, abs=1e-9)
        assert losses == pytest.approx(run.losses(), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_pythons(name, evaluate):
    """The first weights too, which the page draws itself."""
    run = Run(seed=6)
    facts = demo_page.facts(run)
    run.apply(preset(name, 6))
    steps = 0 if name == "A learning rate too large" else 20
    start = numbers(run)
    run.advance(steps)
    first, last, settings = evaluate(
        """let frame = null;
        const run = new Run(given.facts, (message) => { if (message.kind === "frame") frame = message; });
        run.hear({do: "preset", name: given.name});
        const first = frame.weights;
        if (frame.message) throw new Error(frame.message);
        run.advance(given.steps);
        return [first, [...run.weights], frame.settings];""",
        {"facts": facts, "name": name, "steps": steps},
    )
    assert first == start
    assert last == pytest.approx(numbers(run), rel=1e-9, abs=1e-9)
    assert settings == run.set_up()


def test_other_layers_keep_the_weights_that_python_keeps(evaluate):
    run = Run(seed=2)
    run.advance(11)
    facts = demo_page.facts(run)
    shapes = [
        ([8, 9, 3, 1], ["tanh", "gelu", "sin", "identity"]),
        ([2, 1], ["relu", "sigmoid"]),
        ([5, 2], ["tanh", "softmax"]),
    ]
    found = evaluate(
        """const run = new Run(given.facts, () => null);
        return given.shapes.map(([layers, activations]) => {
          run.hear({do: "layers", layers, activations});
          run.advance(5);
          return [run.message, [...run.weights]]; });""",
        {"facts": facts, "shapes": shapes},
    )
    for (message, weights), (layers, names) in zip(found, shapes, strict=True):
        run.set_layers(layers, names)
        run.advance(5)
        assert message == ""
        assert weights == pytest.approx(numbers(run), rel=1e-9, abs=1e-9)


def test_reset_brings_the_users_weights_back(evaluate):
    run = Run(MLP(2, [3, 1], "tanh", seed=9), X=BLOBS, y=[k % 2 for k in range(60)])
    start = numbers(run)
    run.advance(30)
    found = evaluate(
        'const run = new Run(given, () => null); run.hear({do: "reset"}); return [run.step, [...run.weights], run.film.moments.length];',
        demo_page.facts(run),
    )
    assert found == [0, start, 1]


def test_steps_too_large_stop_both_at_the_same_step_with_the_weights_before_it(evaluate):
    run = Run()
    run.apply(preset("A learning rate too large", 0))
    facts = demo_page.facts(run)
    with pytest.raises((ArithmeticError, ValueError)):
        run.advance(3000)
    message, step, weights = evaluate(
        """const run = new Run(given, () => null);
        for (let i = 0; i < 3000 && !run.message; i++) run.hear({do: "step"});
        return [run.message, run.step, [...run.weights]];""",
        facts,
    )
    assert step == run.steps
    assert message.startswith(f"Stopped in step {step + 1}: ")
    assert message.endswith("The weights are those before this step.")
    assert all(map(math.isfinite, weights))


def test_a_planted_error_in_the_walk_is_noticed(evaluate):
    """The comparison is compared: a slope of tanh that is wrong by a part in a million shows within a hundred steps."""
    run = Run()
    moved = evaluate(
        """const {slopes} = TABLE[OPS.tanh], right = slopes[0];
        slopes[0] = (a, z) => right(a, z) * 1.000001;
        const run = new Run(given, () => null);
        run.advance(100);
        return [...run.weights];""",
        demo_page.facts(run),
    )
    run.advance(100)
    assert moved != pytest.approx(numbers(run), rel=1e-9, abs=1e-9)


# --- from a stranger --------------------------------------------------------------------------------------------------

BAD = [
    ("{", "a set-up is JSON"),
    ("[1]", "a set-up is an object"),
    ("null", "a set-up is an object"),
    ('{"colour": 1}', "settings are dataset, task"),
    ('{"__proto__": {"lr": 1}}', "settings are dataset, task"),
    ('{"constructor": 1}', "settings are dataset, task"),
    ('{"lr": 0}', "lr needs a number above 0 and at most 1000, got 0"),
    ('{"lr": "fast"}', 'lr needs a number, got "fast"'),
    ('{"lr": null}', "lr needs a number, got null"),
    ('{"lr": 1e999}', "lr needs a finite number, got Infinity"),
    ('{"seed": 0.5}', "seed needs a whole number from 0 to 4294967295, got 0.5"),
    ('{"batch_size": 10001}', "batch_size needs a whole number from 1 to 10000"),
    ('{"noise": [1]}', "noise needs a number"),
    ('{"penalty": "L3"}', "penalty needs one of none, L1, L2"),
    ('{"dataset": "constructor"}', "dataset needs one of linear"),
    ('{"dataset": "own"}', 'the data set "own" is the X, y of the playground'),
    ('{"dataset": "hills", "task": "classification"}', "classification needs classes"),
    ('{"features": []}', "features needs a list of some of x1"),
    ('{"features": ["alert(1)"]}', "features needs a list of some of x1"),
    ('{"layers": [33, 1]}', "a layer needs from 1 to 32 neurons, got 33"),
    ('{"layers": [1, 1, 1, 1, 1, 1, 1, 1, 1]}', "layers needs a list of 1 to 8 sizes"),
    ('{"layers": [2.5, 1]}', "a layer needs from 1 to 32 neurons, got 2.5"),
    ('{"layers": {"length": 2}}', "layers needs a list of 1 to 8 sizes"),
    ('{"layers": [4, 1], "activations": ["toString", "identity"]}', "activations needs 2 of identity"),
    ('{"layers": [4, 1], "activations": ["tanh"]}', "activations needs 2 of identity"),
    ('{"layers": [1], "activations": ["softmax"]}', "softmax needs at least 2 outputs"),
    (json.dumps({"dataset": hostile.MARKUP}), "dataset needs one of linear"),
    (" " * 30_000, "a set-up has at most 20000 characters, got 30000"),
]


def test_what_a_stranger_sends_is_refused_whole(evaluate):
    found = evaluate(
        """const run = new Run(given.facts, () => null), before = JSON.stringify([run.settings, run.network, [...run.weights], run.step]);
        return given.texts.map((text) => {
          run.hear({do: "settings", text});
          return [run.message, before === JSON.stringify([run.settings, run.network, [...run.weights], run.step])]; });""",
        {"facts": demo_page.facts(Run()), "texts": [text for text, _ in BAD]},
    )
    for (message, same), (text, words) in zip(found, BAD, strict=True):
        assert message.startswith(words), (text, message)
        assert same, text


def test_python_and_the_page_refuse_the_same():
    for text, _ in BAD:
        p = viz.playground()
        before = p.settings
        p._answer({"do": "settings", "text": text})
        assert p._message, text
        assert p.settings == before


def test_every_data_set_of_python_is_one_of_the_page(evaluate):
    assert evaluate("return Object.keys(DATASETS);") == list(DATASETS)
    assert "Object.keys(SCHEMA)" in asset("demo", "schema.js")


# --- in the browser ---------------------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path):
    p = viz.playground(dataset="moons", seed=1)
    p.step(20)
    return p.save(tmp_path / "p.html")


def step_of(page):
    return int(page.locator("span.step").text_content().removeprefix("step ").replace(",", ""))


def test_it_trains_in_the_page(path, visit):
    page = visit(path).page
    page.get_by_role("button", name="Play").click()
    until(lambda: step_of(page) > 100, page)
    until(lambda: re.fullmatch(r"[\d,]+ steps/s · \d+ pictures/s", page.locator("span.rate").text_content()), page)
    page.get_by_role("button", name="Pause").click()
    here = step_of(page)
    page.wait_for_timeout(200)
    assert step_of(page) == here  # nothing goes on behind the page's back
    page.get_by_role("button", name="feature x₁²").click()
    until(lambda: step_of(page) == 0, page)
    assert page.get_by_role("button", name="feature x₁²").get_attribute("aria-pressed") == "true"
    assert page.locator(".edge").count() == 3 * 8 + 64 + 8
    page.get_by_role("combobox", name="Presets").select_option("Softmax: three classes")
    page.get_by_role("button", name="Step").click()
    until(lambda: step_of(page) == 1, page)
    assert page.locator(".look").text_content().startswith("Three outputs add up to 1")
    until(lambda: page.locator(".legend").text_content().startswith("● class 0■ class 1◆ class 2"), page)
    lr = page.get_by_role("spinbutton", name="Learning rate")
    lr.fill("0")
    lr.press("Tab")
    assert "lr needs a number above 0" in page.locator(".status.problem").text_content()


def test_a_slider_sweeps_a_number(path, visit):
    page = visit(path).page
    slider = page.get_by_role("slider", name="lr, swept")
    slider.focus()
    slider.press("End")
    until(lambda: page.get_by_role("spinbutton", name="Learning rate").input_value() == "10", page)
    page.get_by_role("slider", name="noise, swept").focus()
    page.keyboard.press("Home")
    until(lambda: step_of(page) == 0, page)


def test_a_set_up_travels_in_a_link(path, visit):
    page = visit(path).page
    page.get_by_role("combobox", name="Presets").select_option("Features: a circle from squares")
    page.get_by_text("Share this set-up").click()
    text = page.get_by_label("the set-up as text")
    until(text.input_value, page)
    page.get_by_role("button", name="As a link").click()
    link = text.input_value()
    assert link.startswith(path.as_uri() + "#%7B")
    other = visit(link, viewport={"width": 1000, "height": 800}).page
    other.get_by_text("Share this set-up").click()
    text = other.get_by_label("the set-up as text")
    until(text.input_value, other)
    held = json.loads(text.input_value())
    assert (held["dataset"], held["features"], held["layers"]) == ("circles", ["x1 ** 2", "x2 ** 2"], [1])


@pytest.mark.parametrize("text", [quote(json.dumps({"dataset": hostile.MARKUP})), "%", "%7B%22lr%22:-1%7D"])
def test_a_link_from_a_stranger_is_text(path, visit, text):
    page = visit(f"{path.as_uri()}#{text}").page
    assert page.locator(".status.problem").count() == 1
    assert page.locator("img").count() == 0
    assert page.title() != "gone"
    assert step_of(page) == 20


def test_accuracy_is_that_of_the_scalar_graph(tmp_path, visit):
    for options in ({"dataset": "moons"}, {"dataset": "pinwheel"}):
        p = viz.playground(**options)
        p.step(60)
        run = p._run

        def right(X, y, model=p.model):
            outputs = [model(x) for x in X]
            said = [
                int(g.data >= 0) if hasattr(g, "data") else max(range(3), key=lambda k, g=g: g[k].data) for g in outputs
            ]
            return sum(a == b for a, b in zip(said, y, strict=True)) / len(y)

        page = visit(p.save(tmp_path / "p.html")).page
        for name, points in (("train", run.data.train), ("test", run.data.test)):
            said = re.search(r", ([\d.]+) % right", page.locator(f"span.{name}").text_content())
            assert float(said[1]) == pytest.approx(100 * right(*points), abs=0.5)


def test_zero_lines_are_where_the_neurons_are_zero(evaluate):
    """The points of the lines, put into the neuron: a plane, and a second layer's bent one."""
    model = MLP(2, [4, 3, 1], ["relu", "leaky_relu", "identity"], seed=3)
    run = Run(model)
    facts = demo_page.facts(run)
    found = evaluate(
        """const run = new Run(given, () => null), {domain} = run.data, side = 120, x = grid(domain, side);
        const columns = forwardColumns(run.network, run.weights, features(run.network, x));
        return [0, 1].map((k) => columns[k].z.map((z) => zeroLine(z, side, domain)));""",
        facts,
    )
    assert all(pieces for pieces in found[0])
    for layer, lines in enumerate(found):
        for j, pieces in enumerate(lines):
            for x1, x2, *_ in pieces[::7]:
                inputs = [a.data for a in model.layers[0]([x1, x2])] if layer else [x1, x2]
                assert abs(model.layers[layer].neurons[j].preactivation(inputs).data) < (0.02 if layer else 1e-9)


def test_zero_lines_and_steps_change_the_picture(tmp_path, visit):
    p = viz.playground(MLP(2, [3, 1], ["relu", "identity"], seed=0), dataset="circles")
    p.step(50)
    page = visit(p.save(tmp_path / "p.html")).page
    settled(page)
    for label, canvas in (("zero lines", "canvas.marks"), ("discretize", ".picture canvas")):
        picture = f"() => document.querySelector('{canvas}').toDataURL()"
        before = page.evaluate(picture)
        page.get_by_label(label).check()
        settled(page)
        assert page.evaluate(picture) != before
    colours = page.evaluate(
        """() => { const canvas = document.querySelector('.picture canvas'), seen = new Set();
        const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        for (let i = 0; i < data.length; i += 4) seen.add(data.slice(i, i + 3).join());
        return seen.size; }"""
    )
    assert colours == 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_the_output_stays_in_view(path, visit, scheme):
    page = visit(path, viewport={"width": 390, "height": 844}, color_scheme=scheme).page
    output = page.locator(".picture")
    for scrolled in (0, 400, 900, 10_000):
        page.evaluate(f"window.scrollTo(0, {scrolled})")
        box = output.bounding_box()
        assert box["width"] >= 150
        assert 0 <= box["y"] < box["y"] + box["height"] <= 844 / 2
        # and nothing is drawn over it
        assert (
            page.evaluate("([x, y]) => document.elementFromPoint(x, y).className", [box["x"] + 20, box["y"] + 20])
            == "marks"
        )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    top, bottom = (page.locator(part).bounding_box()["y"] for part in (".network", ".detail"))
    assert top < bottom  # the rest as before, one below the other


def test_beside_the_network_it_stays_in_view_too_and_hides_nothing_for_good(path, visit):
    page = visit(path, viewport={"width": 1366, "height": 768}).page
    page.locator("button.neuron").first.click()
    seen = set()
    for scrolled in range(0, 900, 60):
        page.evaluate(f"window.scrollTo(0, {scrolled})")
        box = page.locator(".picture").bounding_box()
        assert 0 <= box["y"] < box["y"] + box["height"] <= 768
        for part in (".top", ".lens", ".sum", ".outcome"):
            middle = page.locator(part).evaluate(
                "(one) => { const r = one.getBoundingClientRect(), hit = document.elementFromPoint(r.x + 9, r.y + r.height / 2);"
                " return hit !== null && one.contains(hit); }"
            )
            seen |= {part} if middle else set()
    assert seen == {".top", ".lens", ".sum", ".outcome"}


def test_every_mark_says_what_it_is(path, visit):
    page = visit(path).page
    settled(page)
    mute = page.evaluate(
        """() => [...document.querySelectorAll('canvas, .bias, .hit, .meters span, .legend span, .scale span, .head b, .field, .check')]
        .filter((one) => !one.closest('[title]') && !one.querySelector('title') && !one.closest('.picture')).map((one) => one.outerHTML)"""
    )
    assert mute == []


def test_where_no_script_may_run_there_is_its_picture(path, visit):
    page = visit(path, java_script_enabled=False).page
    still = page.locator("svg.still")
    assert still.is_visible()
    assert still.bounding_box()["width"] > 500
    assert "step 20, train loss 0." in still.get_attribute("aria-label")
    assert page.locator("svg.still circle").count() == 200


def test_with_scripts_the_picture_makes_room(path, visit):
    assert visit(path).page.locator("svg.still").count() == 0


def test_in_an_export_the_page_stands_where_the_widget_would_be(tmp_path, visit):
    """nbconvert knows no state of the widget, and falls back to the page in its frame, which trains."""
    nbformat, nbconvert = pytest.importorskip("nbformat"), pytest.importorskip("nbconvert")
    p = viz.playground(dataset="xor")
    p.step(30)
    data, _ = p._repr_mimebundle_()
    output = nbformat.v4.new_output("display_data", data=data)
    cell = nbformat.v4.new_code_cell("p", outputs=[output])
    html, _ = nbconvert.HTMLExporter(template_name="basic").from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    path = tmp_path / "export.html"
    path.write_text(html, encoding="utf-8")
    page = visit(path).page
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="Step").click()
    until(lambda: frame.locator("span.step").text_content() == "step 31", page)
    assert frame.get_by_role("button", name="As a link").count() == 0
    assert page.locator("svg.still").count() == 1  # behind the frame, where it is seen if frames are stripped
    assert p._mime_()[1] in data["text/html"]  # marimo's


def test_a_data_point_says_what_it_is_where_one_points_at_it(path, visit):
    page = visit(path).page
    p = viz.playground(dataset="moons", seed=1)
    (x1, x2), y = (part[0] for part in p._run.data.train)
    [[left, right], [bottom, top]] = p._run.domain()
    picture = page.locator(".picture")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    page.mouse.move(
        box["x"] + (x1 - left) / (right - left) * box["width"], box["y"] + (top - x2) / (top - bottom) * box["height"]
    )
    until(lambda: page.locator(".where").text_content().endswith(f"point of class {y}"), page)


def test_what_is_shown_in_a_notebook_stays_small():
    """A long run of a large network: its recording is thinned, and the page goes on all the same."""
    run = Run(dataset="linear")
    run.advance(900)
    assert len(run.film.moments) > 200
    held = demo_page.facts(run, demo_page.FEW)["film"]
    steps = [moment["step"] for moment in held["moments"]]
    assert len(steps) <= demo_page.FEW
    assert steps == list(range(0, 900 + 1, held["stride"]))
    assert len(demo_page.pictured(run)) < 500_000


# --- what is done twice, or too late ----------------------------------------------------------------------------------


def test_a_setting_that_stays_as_it_is_begins_no_new_run(evaluate):
    run = Run()
    run.advance(3)
    same = {name: x for name, x in run.set_up().items() if name not in ("layers", "activations")}
    steps = evaluate(
        """const run = new Run(given.facts, () => null);
        return Object.entries(given.same).map(([name, value]) => { run.hear({do: "set", name, value}); return run.step; });""",
        {"facts": demo_page.facts(run), "same": same},
    )
    run.set(**same)
    assert {*steps, run.steps} == {3}


def test_a_pace_may_be_a_number_and_a_constant_column_lies_anywhere(evaluate):
    run = Run(X=[[1e17, k] for k in range(6)], y=[0, 1] * 3)
    pace, domain = evaluate(
        "const run = new Run(given, () => null); run.hear({do: 'settings', text: '{\"pace\": 100}'}); return [run.settings.pace, run.data.domain];",
        demo_page.facts(run),
    )
    assert pace == "100"
    assert domain == [list(side) for side in run.domain()]


def test_a_stop_says_what_to_do(evaluate):
    run = Run(MLP(2, [2, 1], ["relu", "identity"], seed=0), X=BLOBS, y=[0.25 * x1 for x1, _ in BLOBS])
    run.set_weight(0, 1e200)
    message = evaluate(
        "const run = new Run(given, () => null); run.hear({do: 'step'}); return run.message;", demo_page.facts(run)
    )
    assert "use a smaller learning rate" in message


@pytest.fixture
def film(tmp_path):
    p = viz.playground(dataset="moons", seed=1)
    p.step(20)
    p._run.set_layers([3, 1], ["tanh", "identity"])
    p.step(10)
    return p.save(tmp_path / "film.html")


def test_a_network_of_the_past_can_not_be_changed(film, visit):
    page = visit(film).page
    now = page.locator(".size").all_inner_texts()
    for change in (
        lambda: page.get_by_role("button", name="add a neuron to layer 2").click(),
        lambda: page.get_by_role("combobox", name="activation of layer 2").select_option("relu"),
        lambda: type_weight(page, layer=1, number="9"),
        lambda: page.locator(".field").filter(has_text="Layers").get_by_role("button").last.click(),
    ):
        page.get_by_role("slider", name="moment of the run").fill("5")
        until(lambda: page.locator(".size").count() == 2, page)
        change()
        until(lambda: "That was the network of step 5" in page.locator(".status.problem").text_content(), page)
        assert "of step 30" in page.locator(".status").text_content()
        until(lambda: page.locator(".size").all_inner_texts() == now, page)
    type_weight(page, layer=0, number="9")  # the one that is seen now can
    until(lambda: page.locator(".numbers td input").first.input_value() == "9", page)
    assert page.locator(".status.problem").count() == 0


def type_weight(page, layer, number):
    page.locator(f'button.neuron[data-layer="{layer}"]').first.click()
    field = page.locator(".numbers td input").first
    field.fill(number)
    field.press("Tab")


def test_playing_ends_the_recording(film, visit):
    page = visit(film).page
    page.get_by_role("button", name="Show again").click()
    until(lambda: page.get_by_role("button", name="Halt").count() == 1, page)
    page.get_by_role("button", name="Play").click()
    until(lambda: step_of(page) > 60, page)
    assert page.get_by_role("button", name="Show again").count() == 1
    page.get_by_role("button", name="Pause").click()


def test_a_field_does_not_keep_what_was_refused(film, visit):
    page = visit(film).page
    noise = page.get_by_role("spinbutton", name="Noise")
    noise.fill("7")
    noise.press("Enter")
    until(lambda: "noise needs a number from 0 to 1" in page.locator(".status.problem").text_content(), page)
    page.get_by_role("button", name="Step", exact=True).focus()
    until(lambda: noise.input_value() == "0.15", page)


def test_the_program_of_a_saved_page_says_how_far_it_goes(film, visit):
    page = visit(film).page
    page.get_by_text("This run in Python").click()
    program = page.get_by_role("textbox", name="the run as a Python program")
    until(lambda: "model = MLP" in program.input_value(), page)
    assert program.input_value().startswith("# The run as it was saved; what is done in this page is not in it.\n")


def test_where_there_is_no_number_nothing_is_said_to_be_right(tmp_path, visit):
    model = MLP(2, [3, 3], ["tanh", "softmax"], seed=0)
    model.layers[0].neurons[0].b.data = math.nan
    page = visit(viz.playground(model, dataset="pinwheel").save(tmp_path / "nan.html")).page
    until(lambda: "train loss too large, 0 % right" in page.locator(".meters").inner_text(), page)
    until(lambda: page.locator(".outcome").inner_text() == "no answer: a number is too large, or not defined", page)
    assert "undefined" not in page.locator("body").inner_text()
    pixel = page.evaluate("[...document.querySelector('.lens').getContext('2d').getImageData(0, 0, 1, 1).data]")
    assert pixel[:3] != [255, 255, 255]  # white is 0


def test_what_a_slider_says_is_not_lost_to_a_picture(path, visit):
    page = visit(path).page
    page.get_by_role("button", name="Play").click()
    until(lambda: step_of(page) > 20, page)
    slider = page.get_by_role("slider", name="lr, swept")
    slider.focus()
    for key, lr in (("End", "10"), ("Home", "0.0001")):
        slider.press(key)  # pictures come while it waits
        until(lambda lr=lr: page.get_by_role("spinbutton", name="Learning rate").input_value() == lr, page)
        page.wait_for_timeout(400)
        assert page.get_by_role("spinbutton", name="Learning rate").input_value() == lr


def test_what_a_preset_says_is_said_of_nothing_else(path, visit):
    page = visit(path).page
    presets = page.get_by_role("combobox", name="Presets")
    presets.select_option("Softmax: three classes")
    until(lambda: page.locator(".look").text_content().startswith("Three outputs"), page)
    page.get_by_role("combobox", name="Data", exact=True).select_option("moons")
    until(lambda: page.locator(".look").text_content() == "", page)
    assert presets.input_value() == ""
    for press in ("feature x₁²", "add a neuron to layer 1", "remove the last hidden layer"):
        presets.select_option("Width and depth: a spiral")
        until(lambda: page.locator(".look").text_content().startswith("At first the loss hardly moves"), page)
        page.get_by_role("button", name=press).click()
        until(lambda: page.locator(".look").text_content() == "", page)
    for field, text in (("Learning rate", "0.5"), ("Noise", "0.3"), ("Batch size", "3")):
        presets.select_option("Width and depth: a spiral")
        until(lambda: page.locator(".look").text_content().startswith("At first the loss hardly moves"), page)
        page.get_by_role("spinbutton", name=field).fill(text)
        page.keyboard.press("Tab")
        until(lambda: page.locator(".look").text_content() == "", page)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_known_by_its_set_up(name, path, visit):
    page = visit(path).page
    page.get_by_text("Share this set-up").click()
    run = Run()
    run.apply({**preset(name, 5), "pace": "max"})
    page.get_by_label("the set-up as text").fill(json.dumps(run.set_up()))
    page.get_by_role("button", name="Apply").click()
    until(lambda: page.locator(".look").text_content() == PRESETS[name].look, page)
    assert page.get_by_role("combobox", name="Presets").input_value() == name


def test_weights_are_not_shown_as_gradients_of_the_past(film, visit):
    page = visit(film).page
    page.get_by_role("combobox", name="Edges show").select_option("gradients")
    widths = "paths => new Set(paths.map((path) => path.getAttribute('stroke-width'))).size"
    until(lambda: page.locator(".edge").evaluate_all(widths) > 1, page)
    page.get_by_role("slider", name="moment of the run").fill("5")
    until(lambda: page.locator(".edge").evaluate_all(widths) == 1, page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_where_an_amount_is_0_the_map_has_the_colour_of_the_page(scheme, path, visit):
    """So it is the line without a colour that is told about: on a dark page it is not white, and 0 is not pale."""
    page = visit(path, color_scheme=scheme).page
    page.get_by_role("combobox", name="Presets").select_option("One neuron: a line")
    look = page.locator(".look")
    until(lambda: look.text_content().startswith("The line without a colour is where z = 0"), page)
    ground = page.evaluate("() => getComputedStyle(document.querySelector('.sigmagrad-playground')).backgroundColor")
    for index in (0, 1, 2):  # the weights and the bias: the output is 1/2 everywhere
        page.evaluate(
            """index => { const input = document.querySelector(`[data-index="${index}"]:is(input)`);
            input.value = "0"; input.dispatchEvent(new Event("change")); }""",
            index,
        )
    # Chromium complains of a canvas that is read again and again, so each time a copy is read
    corner = """() => { const copy = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
        copy.drawImage(document.querySelector(".picture canvas"), -2, -2);
        return [...copy.getImageData(0, 0, 1, 1).data]; }"""
    until(lambda: page.evaluate(corner)[:3] == [int(level) for level in re.findall(r"\d+", ground)[:3]], page)
    titles = page.locator(".ramp").evaluate_all("all => all.map((one) => one.title)")
    assert [title.rpartition(" has no colour")[0][-1] for title in titles] == ["½", "0"]
