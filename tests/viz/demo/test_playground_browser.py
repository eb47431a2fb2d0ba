"""The playground in Chromium: the saved file, and the widget in a running JupyterLab and Notebook 7."""

import json
import math
import os
import re
import time
from itertools import pairwise
from pathlib import Path

import pytest
from shared import hostile
from shared.browser import settled
from shared.colours import contrast, luminance
from shared.jupyter import CELLS, WHERE
from shared.waiting import until

import viz
from nn import MLP

# --- the saved file ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def run():
    p = viz.playground(dataset="circles", seed=2)
    p.step(300)
    p._answer({"do": "layers", "layers": [4, 1], "activations": ["gelu", "identity"]})
    p.step(100)
    return p


@pytest.fixture
def saved(run, visit, tmp_path):
    return visit(run.save(tmp_path / "playground.html")).page


def shown(text):
    return float(text.replace("\u2212", "-").replace("× ", "").replace("= ", ""))


def test_it_opens_at_the_end_of_the_run(run, saved):
    settled(saved)
    assert saved.locator("span.step").text_content() == "step 400"
    slider = saved.get_by_role("slider", name="moment of the run")
    assert slider.input_value() == slider.get_attribute("max") == str(len(run._run.film.moments))
    assert saved.locator("button.neuron").count() == 5
    fields = saved.locator(".numbers input")
    weights = [value.data for value in run.model.parameters()][-5:]
    assert [shown(fields.nth(i).input_value()) for i in range(5)] == pytest.approx(weights, rel=1e-3)
    assert_maps_are_colourful(saved)


def test_the_slider_goes_through_the_run_and_its_networks(run, saved):
    moments = run._run.film.moments
    slider = saved.get_by_role("slider", name="moment of the run")
    slider.focus()
    slider.press("Home")
    settled(saved)
    assert saved.locator("span.step").text_content() == "step 0"
    assert saved.locator("button.neuron").count() == 17
    assert slider.get_attribute("aria-valuetext") == "step 0"
    slider.press("ArrowRight")
    assert saved.locator("span.step").text_content() == f"step {moments[1].step}"
    saved.get_by_role("button", name="Back").click()
    assert saved.locator("span.step").text_content() == "step 0"
    assert "Looking back at step 0. What you do goes on from step 400." in saved.get_by_role("status").text_content()
    saved.get_by_role("button", name="one moment on").click()
    assert saved.locator("span.train").text_content().startswith("train loss 0.")
    saved.get_by_role("button", name="Show again").click()
    until(lambda: step_of(saved) > 4, saved)
    saved.get_by_role("button", name="Halt").click()
    assert saved.locator("span.step").text_content() == "step 400"
    slider.press("Home")
    saved.get_by_role("button", name="Step").click()
    assert saved.locator("span.step").text_content() == "step 401"


def test_the_numbers_at_a_point_are_the_engines(run, saved):
    """Σ and f of a neuron, and the output, where the page's point is: against the scalar graph."""
    settled(saved)
    picture = saved.locator(".picture")
    for k, neuron in enumerate([(0, 2), (1, 0)]):
        saved.locator(f"button.neuron[data-layer='{neuron[0]}'][data-neuron='{neuron[1]}']").click()
        box = picture.bounding_box()
        saved.mouse.move(box["x"] + 40 + 90 * k, box["y"] + 70)
        settled(saved)
        where = saved.locator(".numbers .where").text_content()
        x = [shown(number) for number in re.findall(r"= ([−\d.e]+)", where)]
        a = run.model.layers[0](x)
        g = run.model.layers[1](a)
        z = (run.model.layers[0].neurons[2].preactivation(x) if k == 0 else g[0].parents[0]).data
        of = (a[2] if k == 0 else g[0]).data
        assert shown(saved.locator(".numbers .sum").text_content().split(" = ")[-1]) == pytest.approx(
            z, abs=0.01, rel=0.01
        )
        assert shown(saved.locator(".numbers .answer").text_content().split(" = ")[-1]) == pytest.approx(
            of, abs=0.01, rel=0.01
        )
        said = shown(saved.locator(".numbers .outcome").text_content().split(": ")[-1])
        assert said == pytest.approx(g[0].sigmoid().data, abs=0.01)


ACTIVATIONS = ["identity", "relu", "leaky_relu", "softplus", "gelu", "sigmoid", "tanh", "sin"]


@pytest.mark.long  # eight networks in a page of their own; each operation is held to Python in the saved page, too
def test_the_pages_forward_pass_is_pythons_for_every_activation(visit, tmp_path):
    """And for softmax: the numbers at a point that the arrow keys went to, against the scalar graph."""
    for hidden in ACTIVATIONS:
        model = MLP(2, [5, 3], [hidden, "softmax"], seed=1)
        X = [[0.5 * i, (-1) ** i * i / 3] for i in range(9)]
        p = viz.playground(model, X=X, y=[i % 3 for i in range(9)])
        page = visit(p.save(tmp_path / f"{hidden}.html")).page
        page.locator("button.neuron[data-layer='1'][data-neuron='1']").click()
        picture = page.locator(".picture")
        picture.focus()
        for key in ("ArrowLeft", "ArrowUp", "ArrowUp", "ArrowLeft"):
            picture.press(key)
        settled(page)
        [[low1, high1], [low2, high2]] = p._run.domain()
        x = [(low1 + high1) / 2 - 2 * (high1 - low1) / 50, (low2 + high2) / 2 + 2 * (high2 - low2) / 50]
        assert shown(page.locator(".numbers .answer").text_content().split(" = ")[-1]) == pytest.approx(
            model(x)[1].data, rel=2e-3
        )
        assert page.get_by_role("status").text_content().startswith("At x₁ = ")


def test_the_map_has_the_models_answers_in_their_places(visit, tmp_path):
    """The colours of the large map, point by point, against the scalar graph: nothing is mirrored or upside down."""
    p = viz.playground(dataset="moons")
    p.step(400)
    page = visit(p.save(tmp_path / "p.html")).page
    settled(page)
    domain = p._run.domain()
    rows = page.evaluate(
        """() => { const canvas = document.querySelector('.picture canvas'), n = canvas.width;
             const {data} = canvas.getContext('2d').getImageData(0, 0, n, n), at = (k) => Math.floor((k + 0.5) / 8 * n);
             return [...Array(8).keys()].map((i) => [...Array(8).keys()].map((j) => {
               const start = 4 * (at(i) * n + at(j));
               return [...data.slice(start, start + 4)]; })); }"""
    )
    certain = 0
    for i, row in enumerate(rows):
        for j, (red, _, blue, _) in enumerate(row):
            x = [
                low + (high - low) * part
                for (low, high), part in zip(domain, ((j + 0.5) / 8, 1 - (i + 0.5) / 8), strict=True)
            ]
            probability = p.model(x).sigmoid().data
            if abs(probability - 0.5) > 0.1:
                certain += 1
                assert (blue > red) == (probability > 0.5), (x, probability, red, blue)
    assert certain > 30


def test_a_point_of_a_replay_has_the_loss_of_its_network(visit, tmp_path):
    """The output was a logit first, later a probability: each moment is shown for what it was."""
    p = viz.playground(dataset="circles")
    p.step(200)
    p._answer({"do": "layers", "layers": [4, 1], "activations": ["relu", "sigmoid"]})
    p.step(100)
    page = visit(p.save(tmp_path / "p.html")).page
    for key, squashed in (("Home", True), ("End", False)):
        page.get_by_role("slider", name="moment of the run").press(key)
        settled(page)
        a = shown(page.locator(".numbers .answer").text_content().split(" = ")[-1])
        said = shown(page.locator(".numbers .outcome").text_content().split(": ")[-1])
        assert said == pytest.approx(1 / (1 + math.exp(-a)) if squashed else a, abs=0.001)


def test_amounts_tell_train_from_test_by_shape(visit, tmp_path):
    p = viz.playground(dataset="hills")
    page = visit(p.save(tmp_path / "p.html")).page
    settled(page)
    assert page.locator(".legend").text_content().startswith("●: train, ◆: test")
    marks = "() => document.querySelector('canvas.marks').toDataURL()"
    both = page.evaluate(marks)
    page.get_by_label("test points").uncheck()
    settled(page)
    assert page.evaluate(marks) != both


def test_the_largest_network_has_room(visit, tmp_path):
    p = viz.playground()
    p.settings = {"layers": [32] * 7 + [1]}
    page = visit(p.save(tmp_path / "p.html")).page
    settled(page)
    ends = [page.locator(name).bounding_box() for name in (".network", "button.neuron[data-neuron='31'] >> nth=0")]
    network_end, neuron_end = (box["y"] + box["height"] for box in ends)
    assert neuron_end <= network_end
    page.set_viewport_size({"width": 400, "height": 900})  # then it is moved sideways: no layer lies on another
    settled(page)
    rows = page.evaluate(
        "() => [...document.querySelectorAll('.column')].map((it) => it.getBoundingClientRect()).map((it) => [it.left, it.right])"
    )
    assert all(right <= left for (_, right), (left, _) in pairwise(rows)), rows
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 400
    assert page.evaluate(
        "() => [...document.querySelectorAll('.rows')].every((it) => it.scrollWidth <= it.clientWidth)"
    )


def test_hovering_shows_a_neuron_and_the_point_under_the_cursor(run, saved):
    settled(saved)
    output = canvas_of(saved)
    assert saved.locator(".detail h2").text_content() == "How the output comes about"
    saved.locator(".network").scroll_into_view_if_needed()
    box = saved.locator("button.neuron[data-layer='0'][data-neuron='3'] canvas").bounding_box()
    saved.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.25 * box["height"])
    settled(saved)
    assert saved.locator(".detail h2").text_content() == "Layer 1, neuron 4"
    assert canvas_of(saved) != output
    [[low1, high1], [low2, high2]] = run._run.domain()
    x = [shown(number) for number in re.findall(r"= ([−\d.e]+)", saved.locator(".numbers .where").text_content())]
    assert x == pytest.approx([low1 + (high1 - low1) / 4, low2 + 3 * (high2 - low2) / 4], abs=0.02)
    saved.mouse.move(5, 5)
    settled(saved)
    assert saved.locator(".detail h2").text_content() == "How the output comes about"


def canvas_of(page):
    return page.evaluate("() => document.querySelector('canvas.lens').toDataURL()")


def test_a_click_on_an_edge_or_a_bias_leads_to_its_number(run, saved):
    settled(saved)
    saved.locator(".network").scroll_into_view_if_needed()
    path = saved.evaluate(
        """() => { const edge = document.querySelector('.hit[data-index="9"]'), box = edge.ownerSVGElement.getBoundingClientRect();
             for (let part = 0.1; part < 1; part += 0.05) {  // where no other edge lies over it
               const {x, y} = edge.getPointAtLength(edge.getTotalLength() * part), at = [box.left + x, box.top + y];
               if (document.elementFromPoint(...at) === edge) return at;
             } }"""
    )
    saved.mouse.move(*path)
    assert re.match(r"w¹₄,₁ = ", saved.locator(".tip").text_content())
    saved.mouse.click(*path)
    settled(saved)
    assert saved.evaluate("() => document.activeElement.dataset.index") == "9"
    saved.locator("button.neuron[data-layer='0'][data-neuron='1'] .bias").click()
    settled(saved)
    assert saved.evaluate("() => document.activeElement.getAttribute('aria-label')") == "b¹₂"


def test_reduced_motion_plays_slowly(run, visit, tmp_path):
    page = visit(run.save(tmp_path / "p.html"), reduced_motion="reduce").page
    began = time.monotonic()
    page.get_by_role("button", name="Play").click()
    until(lambda: step_of(page) > 410, page)
    assert step_of(page) - 400 <= 10 * (time.monotonic() - began) / 0.5  # ten steps a picture, two pictures a second


def test_everything_has_a_name_and_can_be_reached_by_keyboard(saved):
    settled(saved)
    nameless = saved.evaluate(
        """() => [...document.querySelectorAll('button, input, select, [tabindex]')].filter((one) =>
             !(one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length)).map((one) => one.outerHTML)"""
    )
    assert nameless == []
    reached = set()
    for _ in range(60):
        saved.keyboard.press("Tab")
        reached.add(saved.evaluate("() => document.activeElement.className || document.activeElement.type"))
    assert {"neuron", "picture", "range", "text", "checkbox"} <= {name.split()[0] for name in reached if name}
    saved.locator("button.neuron").first.focus()
    saved.keyboard.press("Enter")
    settled(saved)
    assert saved.locator("button.neuron").first.get_attribute("aria-pressed") == "true"
    assert saved.locator(".detail h2").text_content() == "Layer 1, neuron 1"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1180), ("dark", 1180), ("light", 420), ("dark", 760)])
def test_it_fits_and_can_be_read(run, visit, tmp_path, scheme, width):
    path = run.save(tmp_path / "p.html")
    page = visit(path, color_scheme=scheme, viewport={"width": width, "height": 900}).page
    settled(page)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    colours = page.evaluate(
        """() => { const style = getComputedStyle(document.querySelector('.sigmagrad-playground'));
             return ['page', 'ink', 'soft', 'learnable', 'wrong'].map((name) => style.getPropertyValue('--' + name).trim()); }"""
    )
    for ink in colours[1:]:
        assert contrast(colours[0], ink) >= 4.5, (colours[0], ink)
    assert (luminance(colours[0]) < 0.2) == (scheme == "dark")


def test_hostile_labels_of_ops_are_text(visit, tmp_path):
    from autograd import Op

    op = Op(hostile.MARKUP, value=lambda z: z * 1.0, derivatives=[lambda a, z: 1.0])
    page = visit(viz.playground(MLP(2, [2, 1], op, seed=0)).save(tmp_path / "evil.html")).page
    settled(page)
    assert hostile.MARKUP in page.locator("[aria-label='layer 1'] .head option").all_text_contents()
    assert page.title() != "gone"
    assert page.locator("img").count() == 0


# --- in a notebook ----------------------------------------------------------------------------------------------------

SOURCES = [
    "import json, time, viz\np = viz.playground()\np",
    "p.model.layers[0].neurons[0].w[0].data = 4.25",
    "print('read', json.dumps([p.playing, p._run.steps, p.model.layers[0].neurons[1].w[0].data, repr(p.model)]))",
    "names = {}\nexec(p.code(), names)\nprint('equal', [v.data for v in names['model'].parameters()] == [v.data for v in p.model.parameters()])",
]


def write_notebook(path: Path) -> None:
    cells = [
        {"cell_type": "code", "id": f"c{i}", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        for i, source in enumerate(SOURCES)
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path.write_text(json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))


class Notebook:
    """A notebook in a page: its cells are run one by one."""

    def __init__(self, page, jupyter, address):
        self.page, self.jupyter = page, jupyter
        prompt = self.cell(0).locator(".jp-InputPrompt")
        jupyter.until(page, address, lambda: self.start(0), lambda: any(map(str.isdigit, prompt.text_content())))

    def cell(self, number):
        return self.page.locator(CELLS).nth(number)

    def start(self, number):
        self.cell(number).locator(".jp-InputArea-editor").click()
        self.page.keyboard.press("Control+Enter")

    def run(self, number, wait_for=None):
        cell = self.cell(number)
        before = cell.locator(".jp-InputPrompt").text_content()
        self.start(number)
        self.page.wait_for_function(
            "([number, before]) => { const text = document.querySelectorAll('.jp-Notebook .jp-CodeCell')[number].querySelector('.jp-InputPrompt').textContent;"
            " return /\\d/.test(text) && text !== before; }",
            arg=[number, before],
            timeout=20_000,
        )
        if wait_for:
            text = cell.locator(".jp-OutputArea-output", has_text=wait_for)
            text.wait_for(timeout=20_000)
            return text.text_content()
        return None


def picture(page, name):
    """For a person to look at, if one wants to: SCREENSHOTS=folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.locator(".sigmagrad-playground").screenshot(path=f"{folder}/{name}.png")


def assert_maps_are_colourful(page):
    """Every map has light and dark parts, of more than one colour."""
    spreads = page.evaluate(
        """() => [...document.querySelectorAll('.neuron canvas, .input canvas, .picture canvas:first-child')].map((canvas) => {
             const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
             const pixels = new Set();
             for (let i = 0; i < data.length; i += 4) pixels.add(data.slice(i, i + 3).join());
             return pixels.size; })"""
    )
    assert len(spreads) >= 7
    assert min(spreads) > 10, spreads


FAST = """() => { const [steps, pictures] = document.querySelector('span.rate').textContent.replaceAll(',', '').match(/\\d+/g).map(Number);
  return steps >= 1000 && pictures >= 10; }"""


def step_of(page):
    return int(page.locator("span.step").text_content().removeprefix("step ").replace(",", ""))


def wait_past(page, step, seconds=20):
    until(lambda: step_of(page) > step, page, seconds)


@pytest.fixture(params=WHERE)
def place(request, jupyter, chromium):
    name = f"{request.param}-{time.monotonic_ns()}.ipynb"
    write_notebook(jupyter.home / name)
    address = jupyter.address
    context = chromium.new_context(viewport={"width": 1500, "height": 1300})
    page = context.new_page()
    page.set_default_timeout(30_000)
    outside, complaints = [], []
    page.on(
        "request",
        lambda r: r.url.startswith((address, "data:", "blob:", address.replace("http", "ws"))) or outside.append(r.url),
    )
    # Jupyter's own pages complain of themselves; a widget's program is a blob
    page.on("pageerror", lambda error: "blob:" in (error.stack or "") and complaints.append(error.stack))
    page.on(
        "console", lambda m: m.type == "error" and "blob:" in str(m.location) + m.text and complaints.append(m.text)
    )
    yield Notebook(page, jupyter, jupyter.page(request.param, name))
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{request.param}-end.png")
    context.close()
    assert outside == []
    assert complaints == []


@pytest.mark.long
def test_in_a_notebook_everything_works(place):
    page = place.page
    page.locator(".sigmagrad-playground button.neuron").nth(16).wait_for()
    page.get_by_role("button", name="Step").click()
    wait_past(page, 0)
    assert step_of(page) == 1

    page.get_by_role("combobox", name="Steps per picture").select_option("max")
    page.get_by_role("button", name="Play").click()
    wait_past(page, 2000)
    place.run(1)  # a weight, while it plays: the kernel is usable
    here = step_of(page)
    wait_past(page, here + 1000)
    page.wait_for_function(FAST, timeout=60_000)  # the machine may have other work at times
    print(page.locator("span.rate").text_content())
    widths = "() => [...document.querySelectorAll('.edge')].map((edge) => edge.getAttribute('stroke-width')).join()"
    picture(page, "notebook-playing")
    assert_maps_are_colourful(page)
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play").wait_for()

    by_weight = page.evaluate(widths)
    page.get_by_role("combobox", name="Edges show").select_option("gradients")
    page.wait_for_function(f"(before) => ({widths})() !== before", arg=by_weight)
    page.get_by_role("combobox", name="Edges show").select_option("weights")

    neuron = page.locator("button.neuron[data-layer='0'][data-neuron='1']")
    neuron.click()
    field = page.locator(".numbers input").first
    field.fill("-1,75")
    field.press("Enter")
    page.wait_for_function("() => document.querySelector('.numbers input').value === '\u22121.75'")
    assert page.evaluate("() => document.activeElement.getAttribute('aria-label')") == "w¹₂,₂"  # on to the next one
    output = page.get_by_role("combobox", name="activation of output layer")
    output.select_option("softmax")
    page.locator(".status.problem", has_text="softmax needs at least 2 outputs").wait_for()
    # what was refused is not shown as if it held
    page.wait_for_function("(select) => select.value === 'identity'", arg=output.element_handle())
    page.get_by_role("button", name="add a neuron to layer 2").click()
    page.locator("button.neuron").nth(17).wait_for()
    page.get_by_role("button", name="add a hidden layer").click()
    page.locator("button.neuron").nth(26).wait_for()
    page.get_by_role("combobox", name="activation of layer 3").select_option("sin")
    page.get_by_role("combobox", name="activation of layer 3").wait_for()
    steps = step_of(page)
    playing, done, weight, model = json.loads(place.run(2, "read").removeprefix("read "))
    assert (playing, done, weight) == (False, steps, -1.75)
    assert model.startswith("MLP of 2 → 8 tanh → 9 tanh → 9 sin → 1 identity")

    place.run(1)  # a weight from a cell, while it pauses: the picture follows
    page.locator("button.neuron[data-layer='0'][data-neuron='0']").click()
    page.wait_for_function("() => document.querySelector('.numbers input').value === '4.25'")
    page.get_by_role("button", name="Step").click()
    wait_past(page, steps)
    assert "True" in place.run(3, "equal")

    page.get_by_text("This run in Python").click()
    page.wait_for_function("() => document.querySelector('textarea[readonly]').value.includes('MLP(2, [8, 9, 9, 1]')")
    page.get_by_text("Share this set-up").click()
    page.wait_for_function("() => document.querySelector('textarea:not([readonly])').value !== ''")
    assert json.loads(page.get_by_label("the set-up as text").input_value())["layers"] == [8, 9, 9, 1]
    picture(page, "notebook-texts")
    for text in ("This run in Python", "Share this set-up"):
        page.get_by_text(text).click()
    page.get_by_role("combobox", name="Presets").select_option("A learning rate too large")
    page.wait_for_function("() => document.querySelector('span.step').textContent === 'step 0'")
    page.get_by_role("button", name="Play").click()
    page.locator(".status.problem", has_text="The weights are those before this step").wait_for()
    page.get_by_role("combobox", name="Data").select_option("spiral")
    page.wait_for_function("() => !document.querySelector('.status').classList.contains('problem')")
    lr = page.get_by_role("spinbutton", name="Learning rate")
    lr.fill("0")
    lr.press("Tab")
    page.locator(".status.problem", has_text="lr needs a number above 0").wait_for()
    picture(page, "notebook-problem")
    page.get_by_role("combobox", name="Presets").select_option("Width and depth: a spiral")
    page.get_by_role("combobox", name="Steps per picture").select_option("max")
    page.get_by_role("button", name="Play").click()
    wait_past(page, 15000, seconds=60)
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play").wait_for()
    page.evaluate("() => document.body.setAttribute('data-jp-theme-light', 'false')")
    settled(page)
    settled(page)
    picture(page, "notebook-dark")
    assert (
        page.evaluate("() => getComputedStyle(document.querySelector('.sigmagrad-playground')).colorScheme") == "dark"
    )
    dark = page.evaluate(
        "() => [...document.querySelector('.picture canvas').getContext('2d').getImageData(0, 0, 1, 1).data]"
    )
    assert min(dark[:3]) < 60

    place.jupyter.restart_kernels()
    page.get_by_role("button", name="Step").click()
    page.locator(".status.problem", has_text="Python does not answer").wait_for()
    place.start(0)
    page.locator(".status", has_text="Paused at step 0").wait_for()
