"""Every page through axe-core, the field's checker: contrast, names of controls, roles, labels; by day and by night."""

from __future__ import annotations

import functools
import json

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from shared.browser import settled

import viz
from autograd import Value
from nn import MLP, squared_loss
from viz.demo import page as demo_page
from viz.gallery.figures import LECTURE, picture
from viz.gallery.index import page as index_page
from viz.web.document import document

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
MODEL = MLP(2, [2, 1], ["sigmoid", "identity"], seed=0)
STUB = """
const held = JSON.parse(document.getElementById("held").textContent);
let hear = null;
const model = {
  on: (_, then) => { hear = then; },
  off: () => null,
  send: ({do: what}) => { if (what === "hello") held.forEach((message) => hear(message)); },
};
render({model, el: document.getElementById("playground")});
"""


def explorer():
    return viz.explore(MODEL, [1.0, -2.0], 0.5, squared_loss).html


def recorded():
    p = viz.playground(dataset="circles", seed=2)
    p.step(60)
    p._run.record()
    return demo_page.saved(p._run)


def live():
    """The widget's page; what a kernel would tell it lies in it."""
    p = viz.playground(dataset="moons")
    p.step(20)
    held = [{"kind": "data", **demo_page.data(p._run)}, {**p._frame(), "playing": False, "message": ""}]
    program = demo_page.script(p._run.functions, demo_page.LIVE).replace("export default {render};", STUB)
    body = '<main><h1 class="unseen">Playground</h1><div id="playground"></div></main>'
    return document(
        "playground", body, style=demo_page.style(), script=program, data={"held": held}, kind="sigmagrad-page"
    )


def index():
    some = [figure for figure in LECTURE if figure.slug in ("neuron-numbers", "relu", "backprop-numbers")]
    return index_page(
        "Pictures", "Some of them.", [(figure, picture(figure.make(), "svg"), ["svg", "png"]) for figure in some]
    )


def drawing(tmp_path):
    return viz.draw_network(MODEL, [1.0, 2.0]).save(tmp_path / "network.html").read_text(encoding="utf-8")


PAGES = {"explorer": explorer, "recorded run": recorded, "playground": live, "index": index}


def violations(page):
    page.evaluate(AXE_SCRIPT + "; undefined")
    found = page.evaluate("(tags) => axe.run({runOnly: tags})", RULES)["violations"]
    return [
        (
            rule["id"],
            rule["help"],
            [
                node["html"][:160] + " " + json.dumps([c["message"] for c in node["any"]])[:300]
                for node in rule["nodes"][:4]
            ],
        )
        for rule in found
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(name, scheme, visit, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(PAGES[name](), encoding="utf-8")
    page = visit(path, color_scheme=scheme, reduced_motion="reduce").page
    settled(page)
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_saved_drawing(scheme, visit, tmp_path):
    path = tmp_path / "drawing.html"
    path.write_text(drawing(tmp_path), encoding="utf-8")
    assert violations(visit(path, color_scheme=scheme).page) == []


@pytest.mark.parametrize("step", [1, 5, 9])
def test_axe_finds_nothing_while_the_explorer_steps(step, visit, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(explorer(), encoding="utf-8")
    page = visit(path, reduced_motion="reduce").page
    for _ in range(step):
        page.keyboard.press("ArrowRight")
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1366])
def test_axe_finds_nothing_while_the_explorer_asks_and_steps(width, scheme, visit, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(explorer(), encoding="utf-8")
    size = {"width": width, "height": 800}
    page = visit(path, color_scheme=scheme, reduced_motion="reduce", viewport=size).page
    page.get_by_role("button", name="Take a step").click()
    page.get_by_role("button", name="Ask me").click()
    page.locator("#ask input").fill("7")
    page.get_by_role("button", name="Check").click()
    page.get_by_role("searchbox").fill("z")
    assert violations(page) == []
    page.get_by_role("button", name="The picture as a file").click()
    assert violations(page) == []


def test_axe_sees_what_is_wrong(visit, tmp_path):
    """The check is checked: grey on white, and a button without a name."""
    path = tmp_path / "page.html"
    body = '<main><h1>A page</h1><p class="pale">pale</p><button></button></main>'
    path.write_text(document("A page", body, style=".pale{color:#bbb}"), encoding="utf-8")
    assert [rule for rule, _, _ in violations(visit(path).page)] == ["button-name", "color-contrast"]


# --- wide pictures ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [390, 1366])
def test_a_long_chain_keeps_its_size_and_scrolls_in_a_saved_page_and_a_notebook(width, visit, tmp_path):
    """As wide as it is, its print at least 11 pixels high; the page itself does not scroll sideways."""
    chain = functools.reduce(lambda a, _: a.tanh(), range(60), Value(0.5, label="x"))
    diagram = viz.draw_graph(chain, view="operations")
    notebook = tmp_path / "notebook.html"
    notebook.write_text(
        f"<!DOCTYPE html><html><body>{diagram._repr_mimebundle_()['text/html']}</body></html>", encoding="utf-8"
    )
    for path, kind in ((diagram.save(tmp_path / "wide.html"), "svg"), (notebook, "img")):
        page = visit(path, viewport={"width": width, "height": 800}).page
        shown = page.locator(kind).first.bounding_box()
        assert shown["width"] > 5000
        assert shown["height"] > 30
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        around = page.locator(kind).first.evaluate(
            "picture => [picture.parentElement.scrollWidth, picture.parentElement.clientWidth]"
        )
        assert around[0] > around[1]


def test_a_picture_a_little_wider_than_the_column_shrinks_a_little(visit, tmp_path):
    path = viz.draw_network(MODEL, [1.0, 2.0], weights=False).save(tmp_path / "network.html")
    full = visit(path, viewport={"width": 2000, "height": 800}).page.locator("svg").bounding_box()["width"]
    narrow = visit(path, viewport={"width": int(full * 0.9) + 32, "height": 800}).page
    assert narrow.locator("svg").bounding_box()["width"] == pytest.approx(full * 0.9, abs=2)
    assert narrow.evaluate("document.querySelector('main').scrollWidth <= document.querySelector('main').clientWidth")


def test_figures_of_the_index_scroll_on_a_phone_and_open_in_full_size(visit, tmp_path):
    path = tmp_path / "index.html"
    path.write_text(index(), encoding="utf-8")
    page = visit(path, viewport={"width": 390, "height": 800}).page
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    wide = page.locator("#backprop-numbers img")
    assert wide.bounding_box()["width"] > 800
    assert page.locator("#backprop-numbers .paper a").get_attribute("href") == "backprop-numbers.svg"
