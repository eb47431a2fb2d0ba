"""The explorer takes steps of gradient descent and asks questions; one finds nodes, zooms, drags and saves the picture."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree

import pytest
from shared.explorer import next_button, numbers, same_as_python, status, to_the_end
from shared.waiting import until

from autograd import Op, Value, average, topological_order
from nn import MLP, SGD, Neuron, losses, nll_loss, squared_loss
from viz.explorer import explore
from viz.gallery.examples import two_sigmoids

WIDE = {"width": 1920, "height": 1080}
LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}


def take_a_step(page):
    page.get_by_role("button", name="Take a step").click()


def descent(page):
    return " ".join(page.locator("#descent dl").inner_text().split())


def ask(page):
    page.get_by_role("button", name="Ask me").click()


def answer(page, text):
    page.locator("#ask input").fill(str(text))
    page.locator("#ask input").press("Enter")
    return page.locator("#ask .verdict").text_content()


def question(page):
    return page.locator("#ask .question").text_content()


# --- a step of gradient descent ---------------------------------------------------------------------------------------


def test_steps_are_those_of_sgd_and_move_the_parameters_only(show):
    model, x, y = MLP(2, [3, 1], "tanh", seed=0), [1.0, -2.0], 0.5
    page = show(model, x, y, squared_loss)
    to_the_end(page)
    page.get_by_role("spinbutton", name="η").fill("0.05")
    optimizer = SGD(model.parameters(), lr=0.05)
    for step in range(1, 6):
        model.zero_grad()
        before = squared_loss(model(x), y)
        before.backward()
        optimizer.step()
        root = squared_loss(model(x), y)
        take_a_step(page)
        assert descent(page) == f"steps so far {step} ℒ before {before.data:.6g} ℒ after {root.data:.6g}"
        same_as_python(page, root, bound=64)
    assert page.get_by_role("spinbutton", name="x_1").input_value() == "1"
    page.get_by_role("button", name="Reset").click()
    assert descent(page) == ""
    to_the_end(page)
    fresh = MLP(2, [3, 1], "tanh", seed=0)
    same_as_python(page, squared_loss(fresh(x), y))


def test_a_leaf_without_a_role_is_not_learned(show):
    w, x = Value(2.0, label="w"), Value(3.0, label="x")
    w.role = "parameter"
    page = show(w * x)
    take_a_step(page)
    assert page.get_by_role("spinbutton", name="w", exact=True).input_value() == "1.7"
    assert page.get_by_role("spinbutton", name="x", exact=True).input_value() == "3"
    page = show(Value(2.0, label="x") ** 2)
    assert page.get_by_role("button", name="Take a step").count() == 0
    assert 'write w.role = "parameter"' in page.locator("#descent").inner_text()


def parabola(w):
    leaf = Value(w, label="w")
    leaf.role = "parameter"
    return leaf**2


def test_a_step_that_is_too_long_is_said(show):
    page = show(parabola(2.0))
    eta = page.get_by_role("spinbutton", name="η")
    eta.fill("1.5")
    take_a_step(page)
    assert page.get_by_role("spinbutton", name="w", exact=True).input_value() == "-4"
    assert "f has risen: the step was too long" in page.locator("#descent").inner_text()
    slider = page.get_by_role("slider", name="w", exact=True)
    assert float(slider.input_value()) == -4.0  # the sliders reach as far as their leaves go
    eta.fill("1e300")
    take_a_step(page)
    assert "choose a smaller η. Nothing has moved" in page.locator("#descent").inner_text()
    assert page.get_by_role("spinbutton", name="w", exact=True).input_value() == "-4"
    for text in ("", "0", "-1"):
        eta.fill(text)
        take_a_step(page)
        assert "η needs a number larger than 0" in page.locator("#descent").inner_text()
    assert descent(page).startswith("steps so far 1 ")


def test_where_there_is_no_gradient_nothing_moves(show):
    page = show(parabola(4.0).sqrt())
    page.get_by_role("spinbutton", name="w", exact=True).fill("0")
    take_a_step(page)
    assert "There is no gradient to follow here" in page.locator("#descent").inner_text()
    assert descent(page) == ""


def test_a_parameter_is_told_what_a_step_makes_of_it(show):
    page = show(parabola(2.0))
    to_the_end(page)
    page.locator("[data-view=lecture] .box[data-v='0']").hover()
    assert "2 − 0.1 · 4 = 1.6" in page.locator("#node").inner_text()
    page.get_by_role("spinbutton", name="η").fill("0.5")
    page.locator("[data-view=lecture] .box[data-v='0']").hover()
    assert "2 − 0.5 · 4 = 0" in page.locator("#node").inner_text()


# --- questions --------------------------------------------------------------------------------------------------------


def shown_gradients(page):
    return {name: grad for name, _, grad in numbers(page) if grad is not None}


@pytest.mark.parametrize(
    "make", [two_sigmoids, pytest.param(lambda: MLP(2, [2, 2, 1], "tanh", seed=3), marks=pytest.mark.long)]
)
def test_every_gradient_is_asked_for_before_it_is_shown(show, make):
    root = squared_loss(make()([0.5, -0.25]), -4.0)
    root.backward()
    wanted = {value.label: value.grad for value in topological_order(root) if value.varies}
    page = show(root)
    ask(page)
    asked = []
    while True:
        while question(page):
            names = {row[0] for row in numbers(page)}
            name = question(page).removeprefix("∂ℒ/∂").removesuffix(" = ?")
            assert name in names
            assert name not in shown_gradients(page)  # nor in the picture, which is of the same moment
            grads = page.locator("[data-view=lecture] text.grad").all_text_contents()
            assert sum(bool(text) for text in grads) == len(shown_gradients(page))
            asked.append(name)
            held = {row[0]: value for row, value in zip(numbers(page), topological_order(root), strict=True)}
            verdict = answer(page, f"{held[name].grad:.4g}")
            assert verdict.startswith(f"✓ Right: ∂ℒ/∂{name} = "), verdict
            assert name in shown_gradients(page)
        if next_button(page).is_disabled():
            break
        next_button(page).click()
    assert len(asked) == len(set(asked)) == len(wanted)
    assert f"Right answers: {len(asked)} of {len(asked)}." in page.locator("#ask .tally").inner_text()
    same_as_python(page, root)


def test_an_unfinished_sum_is_not_shown_before_it_is_asked_for(show):
    x = Value(3.0, label="x")
    u, v = x * 2.0, x.sin()
    u.label, v.label = "u", "v"
    root = u * v
    page = show(root)
    ask(page)
    answer(page, 1)
    while "∂x" not in question(page):
        if question(page):
            page.get_by_role("button", name="Show it").click()
        assert "x" not in shown_gradients(page)
        next_button(page).click()
    root.backward()
    both, one = x.grad, u.grad * 2.0
    assert "A path is missing: x also goes into v." in answer(page, one)
    assert "A path is missing: x also goes into u." in answer(page, both - one)
    assert "The factor ∂u/∂x is missing on the path through u" in answer(page, both - one + u.grad)
    assert "The factor ∂f/∂v is missing on the path through v" in answer(page, one + math.cos(3.0))
    assert "On every path a factor is missing: the local derivative" in answer(page, u.grad + v.grad)
    assert "On every path a factor is missing: the upstream gradient" in answer(page, 2 + math.cos(3.0))
    assert answer(page, both).startswith("✓ Right")
    assert "of 8" in page.locator("#ask .tally").inner_text()


def test_a_wrong_answer_is_told_what_it_lacks(show):
    w, x = Value(2.0, label="w"), Value(-3.0, label="x")
    z = w * x
    z.label = "z"
    page = show((z + 4.0) ** 2)
    ask(page)
    assert status(page) == "Backward begins. What is ∂f/∂f?"
    assert "this is the beginning" in answer(page, 0)
    answer(page, "1")
    for name in ("v₁", "z"):
        next_button(page).click()
        assert question(page) == f"∂f/∂{name} = ?"
        page.get_by_role("button", name="Show it").click()
    next_button(page).click()  # ∂f/∂z is −4, ∂z/∂w is −3
    assert question(page) == "∂f/∂w = ?"
    for typed, words in [
        (-12, "The size is right, the sign is not"),
        (-4, "The factor ∂z/∂w is missing: you have the upstream gradient ∂f/∂z = −4 alone"),
        (-3, "The factor ∂f/∂z is missing: you have the local derivative ∂z/∂w = −3 alone"),
        (-7, "The two factors ∂f/∂z and ∂z/∂w are multiplied"),
        (-8, "That is ∂f/∂x: take the local derivative with respect to w"),
        (11.5, "Close: give three digits"),
        (100, "Not yet: ∂f/∂w = ∂f/∂z · ∂z/∂w, where ∂f/∂z = −4 and ∂z/∂w = x."),
        ("", "needs a number"),
        ("twelve", "needs a number"),
        ("1/0", "needs a number"),
        ("2--3", "needs a number"),
    ]:
        assert words in answer(page, typed), typed
    assert "w" not in shown_gradients(page)
    assert "2 gradients are asked for in this step" in page.locator("#ask .tally").inner_text()
    assert answer(page, "−4 · (−3)") == "✓ Right: ∂f/∂w = −4 × (−3) = 12."
    assert question(page) == "∂f/∂x = ?"
    page.get_by_role("button", name="Show it").click()
    assert page.locator("#ask .verdict").text_content() == "∂f/∂x = −4 × 2 = −8."
    assert "Right answers: 2 of 10." in page.locator("#ask .tally").inner_text()  # what is shown is no answer


def test_numbers_products_and_sums_are_answers(show):
    page = show(Value(0.25, label="w") ** 2)
    for typed in ("0.5", ".5", "1/2", "2·0.25", "5e-1", "1 − 1/2", "−2 × −0.25", "(1) * (0.5)", "0.502"):
        ask(page)
        answer(page, 1)
        next_button(page).click()
        for wrong in ("0.51", "-0.5", "0", "1/2/", "(0.5", "0,5", "0.5 0.5x"):
            assert "✓" not in answer(page, wrong), wrong
        assert answer(page, typed).startswith("✓"), typed
        ask(page)  # no more; and then anew


def test_next_shows_what_was_not_answered_and_play_waits(show):
    root = squared_loss(two_sigmoids()([0.5, -0.25]), -4.0)
    page = show(root)
    ask(page)
    page.keyboard.press("ArrowRight")  # nothing typed: the key steps
    assert shown_gradients(page) == {"ℒ": 1.0}
    assert question(page) == "∂ℒ/∂g = ?"
    page.get_by_role("button", name="Play", exact=True).click()
    until(lambda: question(page) != "∂ℒ/∂g = ?", page)
    assert question(page) == "∂ℒ/∂z²₁ = ?"
    assert page.get_by_role("button", name="Play", exact=True).get_attribute("aria-pressed") == "false"
    ask(page)  # no more
    assert page.locator("#ask").is_hidden()
    assert "gets" in status(page)
    page.get_by_role("button", name="Reset").click()
    assert status(page).startswith("Start")


def test_a_question_follows_the_sliders(show):
    w = Value(2.0, label="w")
    page = show(w**2)
    ask(page)
    answer(page, 1)
    next_button(page).click()
    page.get_by_role("spinbutton", name="w", exact=True).fill("5")
    assert not answer(page, 4).startswith("✓")
    assert answer(page, 10).startswith("✓ Right: ∂f/∂w = 1 × 10 = 10.")


def test_names_in_questions_are_text(show):
    w = Value(2.0, label="</p><b>w</b>")
    evil = Op("<i>", lambda z: z * z, [lambda a, z: 2.0 * z])
    page = show(evil(w))
    ask(page)
    answer(page, 1)
    next_button(page).click()
    assert "<b>" in question(page)
    assert "<b>" in answer(page, 1000)
    assert page.locator("b, i").count() == 0


# --- off, dead, and g -------------------------------------------------------------------------------------------------


def test_a_neuron_is_dead_only_if_it_is_off_for_every_data_point(show):
    neuron = Neuron(1, "relu", seed=0)
    neuron.w[0].data, neuron.b.data = 1.0, 0.0
    page = show(average([squared_loss(neuron([x]), 1.0) for x in (-1.0, 2.0)]))
    to_the_end(page)
    badges = page.locator("[data-view=lecture] .badge")
    assert badges.all_text_contents() == ["off"]
    page.get_by_role("spinbutton", name="b", exact=True).fill("-3")
    assert badges.all_text_contents() == ["dead", "dead"]
    page.locator("[data-view=lecture] .box.marked").first.hover()
    assert "off for every data point" in page.locator("#node").inner_text()
    page = show(neuron, [-1.0], 1.0, squared_loss)  # of one data point nobody can say it
    to_the_end(page)
    assert badges.all_text_contents() == ["off"]


def test_one_point_used_twice_is_one_point(show):
    neuron = Neuron(1, "relu", bias=False, seed=0)
    neuron.w[0].data = 1.0
    z = neuron.preactivation([Value(-1.0, label="x")])
    page = show(z.relu() + z.relu())
    to_the_end(page)
    assert set(page.locator("[data-view=lecture] .badge").all_text_contents()) == {"off"}


@pytest.mark.parametrize("view", ["lecture", "operations"])
def test_a_lone_neuron_before_a_loss_makes_g(show, view):
    neuron = Neuron(2, "sigmoid", seed=0)
    page = show(nll_loss(neuron([1.0, -2.0]), 1), view=view)
    names = page.locator(f"[data-view={view}] text.name").all_text_contents()
    assert "g" in names
    assert "a" not in names
    next_button(page).click()
    next_button(page).click()
    assert status(page).startswith("Forward 2 of 3: g = σ(z)")
    page = show(neuron, [1.0, -2.0])
    assert "a" in page.locator("[data-view=lecture] text.name").all_text_contents()


# --- finding, looking, saving -----------------------------------------------------------------------------------------


def test_one_searches_among_all_nodes(show):
    page = show(squared_loss(two_sigmoids()([0.5, -0.25]), -4.0))
    assert page.locator("#node").inner_text().startswith("This graph")  # it says something from the start
    box = page.get_by_role("searchbox")
    box.fill("z")
    assert "3 nodes" in page.locator("#search").inner_text()
    assert page.locator("[data-view=lecture] .found").count() == 3
    heads = [page.locator("#node h2").inner_text()]
    for _ in range(3):
        box.press("Enter")
        heads.append(page.locator("#node h2").inner_text())
    assert set(heads[:3]) == {"z¹₁", "z¹₂", "z²₁"}
    assert heads[3] == heads[0]
    assert page.get_by_role("slider").count() == 11  # no leaf among them: the sliders stay
    box.fill("b^1_2")
    assert page.get_by_role("slider").count() == 1
    assert page.locator("#node h2").inner_text() == "b¹₂"
    box.fill("nothing of the kind")
    assert "0 nodes" in page.locator("#search").inner_text()
    box.fill("")
    assert page.locator(".found").count() == 0
    assert page.get_by_role("slider").count() == 11


def test_the_progress_bar_is_clicked(show):
    root = squared_loss(two_sigmoids()([0.5, -0.25]), -4.0)
    page = show(root)
    bar = page.locator("#progress")
    width = bar.bounding_box()["width"]
    for part, said in [(0.5 / 15, "Forward 1 of 7"), (7 / 15, "Forward 7 of 7"), (8 / 15, "Backward begins")]:
        bar.click(position={"x": width * part + 1, "y": 5})
        assert status(page).startswith(said)
    bar.click(position={"x": width - 1, "y": 5})
    assert status(page).startswith("Backward 7 of 7")
    bar.click(position={"x": 1, "y": 5})
    assert status(page).startswith("Start")


def test_the_wheel_zooms_at_the_pointer_and_the_picture_is_dragged(show):
    page = show(squared_loss(MLP(2, [8, 8, 1], seed=1)([0.5, -0.2]), 1.0), viewport=LAPTOP)
    node = page.locator("[data-view=lecture] .box.sum").nth(11)  # near the middle, where no edge is in the way

    def middle():
        box = node.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    before, width = middle(), node.bounding_box()["width"]
    page.mouse.move(*before)
    page.mouse.wheel(0, -600)
    until(lambda: node.bounding_box()["width"] > 1.5 * width, page)
    after = middle()
    assert math.dist(before, after) < 12
    page.mouse.down()
    page.mouse.move(after[0] + 100, after[1] + 30, steps=4)
    page.mouse.up()
    assert middle() == pytest.approx((after[0] + 100, after[1] + 30), abs=2)
    page.mouse.move(after[0], after[1])  # the button is up
    assert middle() == pytest.approx((after[0] + 100, after[1] + 30), abs=2)
    page.get_by_role("button", name="Fit the window").click()
    assert node.bounding_box()["width"] == pytest.approx(width, abs=1)


@pytest.mark.parametrize("size", [WIDE, LAPTOP, {"width": 900, "height": 640}])
def test_a_network_opens_whole_with_its_loss_in_sight(show, size):
    page = show(squared_loss(MLP(2, [8, 8, 1], seed=1)([0.5, -0.2]), 1.0), viewport=size)
    stage = page.locator("#stage").bounding_box()
    for box in page.locator("[data-view=lecture] .box").all():
        inner = box.bounding_box()
        assert stage["x"] <= inner["x"]
        assert stage["y"] <= inner["y"]
        assert inner["x"] + inner["width"] <= stage["x"] + stage["width"]
        assert inner["y"] + inner["height"] <= stage["y"] + stage["height"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_is_saved_as_it_is_seen(show, scheme, tmp_path, visit):
    page = show(squared_loss(two_sigmoids()([0.5, -0.25]), -4.0), color_scheme=scheme)
    to_the_end(page)
    page.get_by_role("button", name="The picture as a file").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the picture").click()
    assert download.value.suggested_filename == "computation-graph.svg"
    download.value.save_as(tmp_path / "graph.svg")
    text = (tmp_path / "graph.svg").read_text(encoding="utf-8")
    assert page.get_by_role("textbox", name="The picture's text").input_value() == text
    svg = ElementTree.fromstring(text)
    assert not [key for element in svg.iter() for key in element.attrib if key in ("class", "tabindex", "style")]
    said = [element.text for element in svg.iter("{http://www.w3.org/2000/svg}text") if element.text]
    assert "g" in said
    assert "grad 1.691" in said
    assert "var(" not in text
    assert "color(" not in text
    ground = svg[0].attrib["fill"]
    assert ground == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(21, 24, 29)")
    page.get_by_role("button", name="Close").click()
    assert page.locator("#file").is_hidden()
    still = visit(tmp_path / "graph.svg", viewport=LAPTOP).page
    assert still.locator("text", has_text="grad 1.691").first.is_visible()


def test_in_a_notebook_it_is_downloaded_too(visit, tmp_path):
    path = tmp_path / "notebook.html"
    path.write_text(f"<!DOCTYPE html><meta charset=utf-8>{explore(Value(2.0, label='x').exp())._repr_html_()}")
    page = visit(path, viewport=LAPTOP).page
    frame = page.frame_locator("iframe")
    frame.get_by_role("button", name="The picture as a file").click()
    with page.expect_download() as download:
        frame.get_by_role("link", name="Download the picture").click()
    assert download.value.suggested_filename == "computation-graph.svg"


@pytest.mark.parametrize("view", ["lecture", "operations"])
def test_boxes_and_fields_are_wide_enough_for_what_they_show(show, view):
    model = MLP(2, [3, 1], "sigmoid", seed=0)
    for layer in model.layers:
        for p in (p for neuron in layer.neurons for p in neuron.parameters()):
            p.data = p.data * -0.012345678 - 0.001234567
    page = show(losses.squared_loss(model([-0.123456, 123.456]), 0.5), view=view, viewport=WIDE)
    to_the_end(page)
    outside = page.evaluate(
        """(view) => [...document.querySelectorAll(`[data-view=${view}] .box`)].flatMap((box) => {
          const shape = box.querySelector("ellipse, polygon, path").getBBox(), round = box.querySelector("ellipse");
          return [...box.querySelectorAll("text:not(.badge)")].filter((text) => {
            const t = text.getBBox(), middle = t.y + t.height / 2 - shape.y - shape.height / 2;
            const room = round ? 2 * Math.sqrt(Math.max(0, (shape.width / 2) ** 2 - middle ** 2)) : shape.width;
            return text.textContent && t.width > room;
          }).map((text) => text.textContent); })""",
        view,
    )
    assert outside == []
    cut = page.eval_on_selector_all(
        "#leaves input[type=number]",
        "all => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.value)",
    )
    assert cut == []
    assert all(len(field.input_value()) <= 12 for field in page.locator("#leaves input[type=number]").all())


def test_a_field_of_six_digits_leaves_the_number_itself_as_it_is(show):
    x = Value(0.123456789012345, label="x")
    page = show(x * 2.0)
    field = page.get_by_role("spinbutton", name="x")
    assert field.input_value() == "0.123457"
    field.focus()
    page.keyboard.press("Tab")
    to_the_end(page)
    same_as_python(page, x * 2.0)


def test_on_a_phone_the_picture_stays_in_view_and_no_column_is_cut(show):
    page = show(squared_loss(two_sigmoids()([0.5, -0.25]), -4.0), viewport=PHONE, has_touch=True)
    to_the_end(page)
    slider = page.get_by_role("slider", name="w^2_{1,2}")
    slider.scroll_into_view_if_needed()
    stage = page.locator("#stage").bounding_box()
    assert stage["y"] >= 0
    assert stage["height"] > 200
    assert slider.bounding_box()["y"] >= stage["y"] + stage["height"]
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cut = page.evaluate(
        "(() => { const t = document.querySelector('.contributions'); return t.scrollWidth - t.parentNode.clientWidth; })()"
    )
    assert cut <= 0
    smallest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('[data-view=lecture] .box text.name')].map((t) => t.getBoundingClientRect().height))"
    )
    assert smallest >= 11


# --- as students write, and where there is no number ------------------------------------------------------------------


def until_asked(page, wanted):
    """Have the answers shown, up to a question."""
    for _ in range(20):
        if question(page) == wanted:
            return
        (page.get_by_role("button", name="Show it") if question(page) else next_button(page)).click()
    pytest.fail(f"{wanted} is not asked")


def test_a_hint_is_of_no_infinite_factor_and_of_no_constant(show):
    x, y = Value(0.0, label="x"), Value(0.0, label="y")
    page = show(x.sqrt() * y)  # ∂√x/∂x is ∞, and what arrives there is 0
    ask(page)
    until_asked(page, "∂f/∂x = ?")
    assert answer(page, 0.5).startswith("Not yet: ∂f/∂x = ∂f/∂v₁ · ∂v₁/∂x, where ∂f/∂v₁ = 0 and ")
    page = show(x * -2.0)
    ask(page)
    until_asked(page, "∂f/∂x = ?")
    assert answer(page, 0).startswith("Not yet: ∂f/∂x = ")  # of −2 no gradient is known, and least of all is it 0


def test_products_and_sums_are_read_as_they_are_written(show):
    page = show(Value(-0.25, label="w") ** 2)
    ask(page)
    answer(page, 1)
    next_button(page).click()
    for typed, number in [("(2)(3)", 6), ("2(3)", 6), ("(2)3", 6), ("2 − (−3)", 5), ("2(3", None), ("2--3", None)]:
        assert ("needs a number" in answer(page, typed)) == (number is None), typed
    for wrong in ("(-0.5)(-1)", "-0.5 - (-1)", "1 + (-0.5)"):
        assert "✓" not in answer(page, wrong), wrong
    assert answer(page, "1·0.5 + (−1)·1").startswith("✓")  # a sum over paths, the second of which is negative


def test_a_finite_difference_is_a_number_or_none(show):
    page = show(Value(math.nan, label="n") * 2)
    to_the_end(page)
    facts = page.locator("#node").inner_text()
    assert "none: a small step to one side has no answer" in facts
    assert "kink" not in facts


def test_a_gradient_of_which_only_rounding_is_left_is_0(show):
    a = Value(1.0, label="a")
    root = a * 0.1 + a * 0.2 - a * 0.3
    root.backward()
    assert 0 < abs(a.grad) < 1e-15
    page = show(root)
    ask(page)
    while question(page) != "∂f/∂a = ?":
        if question(page):
            page.get_by_role("button", name="Show it").click()
        else:
            next_button(page).click()
    assert not answer(page, 0.1).startswith("✓")
    assert answer(page, 0).startswith("✓")


@pytest.mark.parametrize(("f", "mark"), [("relu", "dead"), ("softplus", "off"), ("gelu", "off")])
def test_only_a_neuron_that_lets_no_gradient_through_is_dead(show, f, mark):
    neuron = Neuron(1, f, seed=0)
    neuron.w[0].data, neuron.b.data = 0.0, -5.0
    root = average([squared_loss(neuron([x]), 1.0) for x in (1.0, 2.0)])
    root.backward()
    assert (neuron.b.grad == 0) == (mark == "dead")
    page = show(root)
    to_the_end(page)
    assert page.locator("[data-view=lecture] .badge").all_text_contents() == [mark, mark]
