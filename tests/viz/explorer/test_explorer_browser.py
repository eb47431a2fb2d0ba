"""`explore` in a real browser: the page computes what Python computes, and does what its buttons say."""

from __future__ import annotations

import json
import math
import random
import time
from itertools import product

import pytest
from mpmath import mp
from shared import hostile
from shared.arithmetic import ulps
from shared.colours import contrast
from shared.explorer import next_button, numbers, same_as_python, status, to_the_end
from shared.oracles import oracle_for, points
from shared.waiting import until

from autograd import Op, Value, average, maximum, ops, softmax, topological_order, total, weighted_sum
from nn import MLP, losses
from viz.explorer import explore
from viz.gallery.examples import classifier_loss
from viz.graphs.neurons import lecture
from viz.style.theme import number
from viz.web.document import asset
from viz.web.javascript import Program

REASONS = {OverflowError: "too large", ZeroDivisionError: "division by zero", ValueError: "outside the domain"}


def js(x):
    """A number as JavaScript writes it."""
    return repr(x).replace("inf", "Infinity")


# --- the operation table ----------------------------------------------------------------------------------------------

EVERY = [*ops.TABLE.values(), *losses.TABLE.values()]


def cases(op):
    """The entry's samples, for every class a softmax or a cross-entropy may be about."""
    for sample in op.samples:
        for key in ("index", "target"):
            if key in op.settings:
                for k in range(len(sample)):
                    yield op.bind(**{key: k}), sample
                break
        else:
            yield op, sample


def run_table(page, tried):
    """Each operation at its inputs, computed by the engine of the page: the value or a reason, and the slopes."""
    program, entries = Program(), []
    for op, inputs in tried:
        entries.append(program.entry(op, len(inputs)))
    script = f"""(cases) => {{ {asset("web", "arithmetic.js")} {program.table(entries)} {asset("web", "passes.js")}
      return cases.map(([inputs, varying], k) => {{
        const values = inputs.map(() => ({{op: -1, parents: []}}));
        values.push({{op: k, parents: inputs.map((_, i) => i), varying}});
        const {{data, failures}} = forward({{values}}, inputs.map(Number)), v = inputs.length;
        if (failures.has(v)) return [failures.get(v), []];
        return [String(data[v]), localDerivatives(values[v], data, v).map(String)];
      }});
    }}"""
    return page.evaluate(script, [[[js(x) for x in inputs], [True] * len(inputs)] for _, inputs in tried])


def as_float(text):
    return float(text.replace("Infinity", "inf"))


def answered(compute):
    """What Python answers, or the page's word for its error."""
    try:
        return compute()
    except tuple(REASONS) as error:
        return REASONS[type(error)]


def kind(answer):
    """Whether an answer is a refusal: the page need not know a division by zero from a place outside the domain."""
    return {"too large": "too large"}.get(answer, "no answer" if answer in REASONS.values() else "")


def compare(page, tried, bound=4):
    for (op, inputs), (answer, slopes) in zip(tried, run_table(page, tried), strict=True):
        node = answered(lambda op=op, inputs=inputs: op(*map(Value, inputs)))
        if isinstance(node, str):
            assert kind(answer) == kind(node), (op, inputs, answer, node)
            continue
        assert kind(answer) == "", (op, inputs, answer, node)
        assert ulps(as_float(answer), node.data) <= bound, (op, inputs, answer, node)
        scale = oracle_for(op).slope_scale if op.name in ops.TABLE else None
        terms = float(scale(*map(mp.mpf, inputs))) if scale else 0.0  # where the terms of a derivative cancel
        for got, wanted in zip(map(as_float, slopes), node.local_derivatives, strict=True):
            if math.isfinite(wanted):
                assert abs(got - wanted) <= bound * math.ulp(max(abs(wanted), terms)), (op, inputs, got, wanted)
            else:
                assert not math.isfinite(got), (op, inputs, got, wanted)


@pytest.fixture(scope="module")
def blank(chromium):
    context = chromium.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("op", EVERY, ids=lambda op: op.name)
def test_every_entry_of_the_table_at_its_samples(blank, op):
    compare(blank, list(cases(op)))


def test_every_entry_at_the_edges(blank):
    """Where Python raises, the page refuses; everywhere else the numbers are the same to 4 ulp."""
    edges = [0.0, -0.0, 1.0, -1.0, 2.5, -2.5, 5e-324, 1e-200, 1e200, -1e200, 1e308, -1e308, 710.0, -746.0]
    tried = []
    for op in EVERY:
        grid = list(product(edges, repeat=op.n_inputs or 2))
        tried += [(op, inputs) for inputs in grid + (points(op) if op.name in ops.TABLE else [])]
    compare(blank, tried)


def test_a_wrong_formula_would_be_noticed(blank):
    wrong = Op("wrong", ops.sigmoid.value, [lambda a, z: a * ops.sigmoid(-z) * (1.0 + 4e-15)])
    right = Op("wrong", ops.sigmoid.value, ops.sigmoid.derivatives)
    ((_, (slope,)),) = run_table(blank, [(wrong, (0.3,))])
    (wanted,) = right(Value(0.3)).local_derivatives
    assert ulps(as_float(slope), wanted) > 4


def test_a_users_operation(show):
    swish = Op("swish", value=lambda z: z * ops.sigmoid(z), derivatives=[lambda a, z: a + ops.sigmoid(z) * (1 - a)])
    z = Value(0.7, label="z")
    page = show(swish(z) / (z - 2.0))
    to_the_end(page)
    same_as_python(page, swish(z) / (z - 2.0))


# --- the prelude ------------------------------------------------------------------------------------------------------


def prelude(page, call, arguments):
    """Some calls of a function of the prelude, as floats; a refusal as its reason."""
    answers = page.evaluate(
        f"""(rows) => {{ {asset("web", "arithmetic.js")}
          return rows.map((row) => {{ try {{ return String({call}(...row.map(Number))); }} catch (e) {{ return e.message; }} }}); }}""",
        [[js(x) for x in row] for row in arguments],
    )
    return [answer if answer in REASONS.values() else as_float(answer) for answer in answers]


@pytest.mark.parametrize("name", ["erf", "erfc"])
def test_the_error_function_is_right_to_four_ulps(blank, name):
    random.seed(3)
    xs = [s * 10 ** random.uniform(-320, 1.5) for s in (1, -1) for _ in range(400)]
    xs += [random.uniform(-28, 28) for _ in range(1500)] + [0.5, -1.0, 1.0, 27.5, 28.0, 0.0, 1e308, -1e308]
    with mp.workdps(50):
        for x, got in zip(xs, prelude(blank, name, [[x] for x in xs]), strict=True):
            wanted = getattr(mp, name)(mp.mpf(x)) if abs(x) < 200 else mp.mpf(getattr(math, name)(x))
            assert abs(got - wanted) <= 4 * math.ulp(float(wanted)), (x, got, wanted)
    assert math.isnan(prelude(blank, name, [[math.nan]])[0])
    assert prelude(blank, name, [[math.inf], [-math.inf]]) == [getattr(math, name)(x) for x in (math.inf, -math.inf)]


def test_sums_are_exact(blank):
    random.seed(4)
    rows = [[1e16, 1.0, -1e16], [0.1] * 10, [1e308, 1e308, -1e308], [1e308] * 3, [5e-324, -5e-324], [math.inf, 1.0]]
    rows += [[1.0, 2.0**-53, 5e-324], [1.0, 2.0**-53], [1.0, 2.0**-53, -5e-324], [-0.0], [1e308, 1e308, 1.0, -1e308]]
    for _ in range(2000):
        row = [
            random.choice([-1, 1]) * 2.0 ** random.randint(-80, 80) * random.choice([1, random.random()])
            for _ in range(9)
        ]
        rows.append(random.sample(row + [-x for x in row[:5]], 12))
    for row, got in zip(rows, prelude(blank, "total", rows), strict=True):
        assert got == answered(lambda row=row: float(ops.total.value(*row))), row


def test_elementary_functions_are_those_of_python(blank):
    random.seed(5)
    for name in ("exp", "log", "log1p", "sqrt", "sin", "cos"):
        xs = [random.choice([-1, 1]) * 10 ** random.uniform(-300, 300) for _ in range(300)]
        xs += [random.uniform(-750, 750) for _ in range(300)] + [0.0, -1.0, math.inf, -math.inf, math.nan]
        for x, got in zip(xs, prelude(blank, name, [[x] for x in xs]), strict=True):
            wanted = answered(lambda name=name, x=x: getattr(math, name)(x))
            assert got == wanted if isinstance(wanted, str) else ulps(got, wanted) <= 4, (name, x, got, wanted)
    pairs = list(product([-2.5, -1.0, -0.0, 0.0, 0.5, 1.0, 3.0, 1e200, math.inf, -math.inf, math.nan], repeat=2))
    for (x, y), got in zip(pairs, prelude(blank, "pow", pairs), strict=True):
        wanted = answered(lambda x=x, y=y: ops.power.value(x, y))
        assert kind(got) == kind(wanted), (x, y, got, wanted)
        assert isinstance(wanted, str) or ulps(got, wanted) <= 4, (x, y, got, wanted)


def test_numbers_are_written_as_in_the_drawings(blank):
    random.seed(6)
    xs = [
        0.0,
        2.0,
        -0.123456,
        12345.6,
        123456.7,
        1e-7,
        9999.96,
        99999.0,
        1e6,
        0.00012345,
        math.inf,
        -math.inf,
        math.nan,
    ]
    xs += [random.choice([-1, 1]) * 10 ** random.uniform(-12, 12) for _ in range(500)]
    texts = blank.evaluate(
        f"(xs) => {{ {asset('web', 'text.js')} return xs.map((x) => shown(Number(x))); }}", [js(x) for x in xs]
    )
    assert texts == [number(x) for x in xs]


# --- stepping ---------------------------------------------------------------------------------------------------------


def small():
    x, y = Value(0.5, label="x"), Value(-1.5, label="y")
    a = (x * y + 2.0).tanh()
    b = softmax([a, x, y * 0.5])
    s = weighted_sum([x, 2.0, y], [b[0], b[1], a], bias=x) * x * x
    return average([s, maximum(a, y), (x**3).exp(), abs(y).sqrt().gelu(), total([x, y, 1e16, -1e16])]) / (1 + y * y)


def network():
    model = MLP(2, [3, 2, 1], ["sigmoid", "relu", "identity"], seed=2)
    return losses.squared_loss(model([1.0, -2.0]), 0.5)


def classes():
    model = MLP(2, [3, 3], ["gelu", "softmax"], seed=3)
    return losses.cross_entropy(model([0.3, 0.7]), [0.0, 1.0, 0.0])


@pytest.mark.parametrize("make", [small, network, classes, lambda: Value(3.0, label="x")])
@pytest.mark.parametrize("view", ["lecture", "operations"])
def test_stepping_to_the_end_gives_the_data_and_grad_of_python(show, make, view):
    root = make()
    page = show(root, view=view)
    assert page.get_by_role("button", name="Back").is_disabled()
    inner = [value for value in topological_order(root) if value.op]
    assert to_the_end(page) == 2 * len(inner) + 1
    same_as_python(page, root)
    while page.get_by_role("button", name="Back").is_enabled():
        page.keyboard.press("ArrowLeft")
    rows = numbers(page)
    assert [value is None for _, value, _ in rows] == [value.op is not None for value in topological_order(root)]
    assert all(grad is None for *_, grad in rows)


def test_each_step_says_what_happens(show):
    x = Value(3.0, label="x_1")
    z = x * x
    z.label = "z"
    page = show(z, view="operations")
    texts = []
    while next_button(page).is_enabled():
        next_button(page).click()
        texts.append(status(page))
    assert texts == [
        "Forward 1 of 1: z = x₁·x₁ = 3·3 = 9.",
        "Backward begins: ∂z/∂z = 1. From here each node passes its gradient on.",
        "Backward 1 of 1: z passes 1 on; x₁ gets 1 × 3 = 3, x₁ gets 1 × 3 = 3 and has 6.",
    ]
    cells = page.eval_on_selector_all(
        ".contributions tbody tr", "rows => rows.map(row => row.innerText.replace(/\\s+/g, ' '))"
    )
    assert cells == ["x₁ 1 × 3 x₁ = 3 3", "x₁ 1 × 3 x₁ = 3 6 3 before"]
    assert page.locator(".reused").inner_text() == "↻ reused 2 times"
    assert page.locator("[data-view=operations] text.slope").all_text_contents() == ["× 3", "× 3"]


def test_the_active_node_lights_up_and_the_rest_waits(show):
    z = Value(2.0, label="z")
    page = show((z.tanh() * 3.0).exp(), view="operations")
    next_button(page).click()
    assert page.locator(".box.active[data-v]").count() == 1
    assert page.locator(".box.active:not([data-v])").count() == 1
    assert page.locator(".box.active text.name").text_content() == "v₁"
    assert page.locator("[data-view=operations] .box.waiting").count() == 2
    for _ in range(3):
        next_button(page).click()
    assert page.locator(".box.back.active").count() == 2  # the result and its operation
    assert page.locator("[data-view=operations] .box.waiting").count() == 0


def test_keys_play_and_reset(show):
    page = show(network())
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert status(page).startswith("Forward 2")
    page.keyboard.press("ArrowLeft")
    assert status(page).startswith("Forward 1")
    play = page.get_by_role("button", name="Play", exact=True)
    page.keyboard.press("Space")
    assert play.get_attribute("aria-pressed") == "true"
    until(lambda: int(status(page).split()[1]) >= 3, page)
    page.keyboard.press("Space")
    assert play.get_attribute("aria-pressed") == "false"
    page.keyboard.down("Space")
    page.keyboard.down("Space")  # it repeats while it is held
    page.keyboard.up("Space")
    assert play.get_attribute("aria-pressed") == "true"
    play.press("Space")  # the button's own key, which counts once
    assert play.get_attribute("aria-pressed") == "false"
    held = status(page)
    slider = page.get_by_role("slider", name="x_1")
    slider.focus()
    before = slider.input_value()
    page.keyboard.press("ArrowRight")
    assert slider.input_value() != before  # the keys of a slider are the slider's
    field = page.get_by_role("spinbutton", name="x_1")
    field.focus()
    field.press("ArrowRight")
    field.press("Space")
    assert play.get_attribute("aria-pressed") == "false"
    assert status(page).split(":")[0] == held.split(":")[0]
    page.get_by_role("button", name="Reset").click()
    assert status(page).startswith("Start")
    assert slider.input_value() == before


def test_keyboard_alone(show):
    page = show(network())
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the first thing to reach that is enabled is Next
    assert status(page).startswith("Forward 1")
    names = []
    for _ in range(60):
        page.keyboard.press("Tab")
        names.append(
            page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.textContent")
        )
    assert {"Play", "Reset", "Operations view", "w^1_{1,1}", "y", "All numbers"} <= {name.strip() for name in names}
    page.locator("[data-view=lecture] g[tabindex='0']").focus()
    heading = page.locator("#node h2").inner_text()
    page.keyboard.press("ArrowDown")
    assert page.locator("#node h2").inner_text() != heading


# --- moving the numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("control", ["slider", "spinbutton"])
def test_a_slider_changes_everything_that_follows(show, control):
    def make(x, w):
        x, w = Value(x, label="x"), Value(w, label="w")
        return ((x * w).sigmoid() - x * 0.25).softplus()

    page = show(make(0.5, 2.0))
    to_the_end(page)
    page.get_by_role(control, name="x", exact=True).fill("1.25")
    same_as_python(page, make(1.25, 2.0))
    page.get_by_role(control, name="w", exact=True).fill("-0.75")
    same_as_python(page, make(1.25, -0.75))
    page.get_by_role("spinbutton", name="w", exact=True).fill("40")  # beyond the slider, which grows
    same_as_python(page, make(1.25, 40.0))
    assert float(page.get_by_role("slider", name="w", exact=True).input_value()) == 40.0


def test_every_input_and_parameter_has_a_slider_and_constants_have_none(show):
    page = show(network())
    root = network()
    wanted = [v.label for v in topological_order(root) if v.op is None]
    names = page.get_by_role("slider").evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    assert len(wanted) == 20 + 3
    assert names[:3] == ["x_1", "x_2", "y"]
    assert sorted(names) == sorted(wanted)
    page = show(Value(2.0, label="x") ** 3 + 1)
    assert page.get_by_role("slider").count() == 1
    names = show(classifier_loss()).get_by_role("slider").evaluate_all("all => all.map(one => one.ariaLabel)")
    assert names == ["x_1", "x_2", "x_3", "y", "w_1", "w_2", "w_3", "b"]  # x without a role is an input too


def test_among_many_leaves_one_searches(show):
    page = show(MLP(2, [8, 8, 1], "tanh", seed=1)([0.5, -0.2]), viewport={"width": 1366, "height": 700})
    assert page.get_by_role("slider").count() == 32
    assert "32 of 107 shown" in page.locator("#search").inner_text()
    page.get_by_role("searchbox").fill("w^3")
    assert page.get_by_role("slider").count() == 8
    page.get_by_role("searchbox").fill("w³₁,₂")
    assert page.get_by_role("slider").count() == 1
    page.get_by_role("slider", name="w^3_{1,2}").fill("1.5")
    page.get_by_role("searchbox").fill("")
    assert page.get_by_role("slider").count() == 32
    page.get_by_role("button", name="Operations view").click()
    page.locator("[data-view=operations] .box.parameter", has_text="w³₁,₅").click()  # brings its slider
    assert page.get_by_role("slider", name="w^3_{1,5}").is_visible()
    assert "33 of 107 shown" in page.locator("#search").inner_text()


def test_leaves_with_the_same_label_have_sliders_of_different_names(show):
    model = MLP(1, [1], seed=0)
    root = average([losses.squared_loss(model([x]), 1.0) for x in (0.5, 2.0)])
    page = show(root)
    names = page.get_by_role("slider").evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    assert names == ["x₁⁽¹⁾", "y⁽¹⁾", "x₁⁽²⁾", "y⁽²⁾", "w^1_{1,1}", "b^1_1"]


def test_a_class_that_is_a_setting_is_shown_with_its_number(show):
    page = show(losses.cross_entropy_from_logits([Value(0.5, label="z_1"), Value(1.0, label="z_2")], 1))
    assert page.locator("[data-view=lecture] .box.x:not([data-v])").text_content().split() == ["y", "1"]


def overview(page):
    """What the page says of the whole graph: how many of which kind."""
    terms = "terms => terms.map(term => [term.textContent, Number(term.nextElementSibling.textContent)])"
    return dict(page.eval_on_selector_all("#node dt", terms))


def frozen_and_given():
    """A Σ with a learnable, a frozen and a nameless weight, of a leaf without a role and of a bare number."""
    w, frozen = Value(2.0, label="w_1"), Value(3.0, label="w_2")
    w.role, frozen.role = "parameter", "constant"
    return weighted_sum([w, frozen, Value(1.0)], [Value(0.5), 1.0, 2.0]).tanh()


OVERVIEWS = [  # a graph, and its leaves (inputs, parameters, constants) as they are drawn in either view
    (classifier_loss, (4, 4, 0), (4, 4, 0)),
    (lambda: Value(2.0, label="x") ** 3 + 1.0, (1, 0, 2), (1, 0, 2)),
    (frozen_and_given, (3, 2, 1), (2, 1, 3)),
    (lambda: losses.cross_entropy_from_logits([Value(0.5), Value(1.0)], 1), (3, 0, 0), (2, 0, 0)),  # the class too
    (lambda: MLP(1, [300, 1], seed=0)([1.0]), (1, 901, 0), None),
]


@pytest.mark.parametrize(("make", "lecture_view", "operations_view"), OVERVIEWS)
def test_the_overview_counts_what_the_picture_shows(show, make, lecture_view, operations_view):
    root = make()
    page = show(root)
    for view, counts in (("Lecture view", lecture_view), ("Operations view", operations_view)):
        if counts is None:
            continue
        if operations_view:
            page.get_by_role("button", name=view).click()
        inputs, parameters, constants = counts
        wanted = {"inputs and labels": inputs, "parameters": parameters, "constants": constants}
        wanted["computed from them"] = sum(v.op is not None for v in topological_order(root))
        assert overview(page) == {what: n for what, n in wanted.items() if n}


def test_no_answer_is_said_and_not_computed(show):
    g, y = Value(0.5, label="g"), Value(3.0, label="y")
    log = g.log()
    log.label = "ℓ"
    page = show(log * y / (g - 1.0))
    to_the_end(page)
    field = page.get_by_role("spinbutton", name="g")
    field.fill("-1")
    assert status(page) == (
        "Forward 1 of 4: log needs x > 0, got −1 from g (node ℓ). For a sigmoid output use nll_loss_from_logit(z, y), "
        "for a softmax cross_entropy_from_logits(z, y)."
    )
    assert next_button(page).is_disabled()
    assert page.locator(".box.failed").count() >= 1
    assert "NaN" not in page.locator("body").inner_text()
    assert "nan" not in page.locator("#stage").inner_text()
    field.fill("1")
    assert "truediv needs a divisor other than 0" in status(page)
    field.fill("0.25")
    assert status(page).startswith("Backward 4 of 4")


def test_an_infinite_derivative_stops_the_backward_pass(show):
    x = Value(4.0, label="x")
    page = show(x.sqrt() * 3.0)
    page.get_by_role("spinbutton", name="x").fill("0")
    assert to_the_end(page) == 5
    assert status(page).startswith("Backward 2 of 2: The derivative of sqrt at 0 from x (node v₁) is infinite")
    page.get_by_role("spinbutton", name="x").fill("1e308")
    page.get_by_role("button", name="Reset").click()
    assert page.get_by_role("slider", name="x").input_value() == "4"


def test_what_is_no_number_is_said_and_changes_nothing(show):
    page = show(Value(2.0, label="x").exp())
    field, slider = (page.get_by_role(role, name="x", exact=True) for role in ("spinbutton", "slider"))
    for typed in ("", "-", "abc", "1e400", "."):
        field.fill("2.5")
        field.select_text()
        page.keyboard.press("Delete")
        page.keyboard.insert_text(typed)  # in one go: digit by digit 1e400 is 1e40 before
        assert page.get_by_role("alert").inner_text() == "x needs a number, up to 1.8e308 in size; it is still 2.5."
        assert field.get_attribute("aria-invalid") == "true"
        page.keyboard.press("Tab")
        assert field.input_value() == slider.input_value() == "2.5"
        assert page.get_by_role("alert").count() == 0
        assert field.get_attribute("aria-invalid") is None


def test_extreme_numbers_are_taken_and_left_again(show):
    page = show(Value(2.0, label="x") * 3.0)
    field, slider = (page.get_by_role(role, name="x", exact=True) for role in ("spinbutton", "slider"))
    next_button(page).click()
    for typed, said in [
        ("1e308", "mul of 1e308 from x and 3 (node f) is too large"),
        ("-0", "= 0"),
        ("1e-320", "= 3e−320"),
    ]:
        field.fill(typed)
        assert said in status(page)
    field.fill("1e308")
    assert slider.get_attribute("max") == "1.7976931348623157e+308"
    field.fill("1")
    assert slider.get_attribute("max") == "5"  # as at first: a slider that reaches too far is of no use
    field.fill("1e308")
    page.get_by_role("button", name="Reset").click()
    assert (slider.get_attribute("max"), slider.input_value()) == ("5", "2")


def test_a_leaf_without_a_finite_number(show):
    page = show(Value(math.inf, label="x") + Value(1.0, label="y"))
    field = page.get_by_role("spinbutton", name="x", exact=True)
    assert (field.input_value(), field.get_attribute("placeholder")) == ("", "∞")
    to_the_end(page)
    assert page.locator("[data-view=lecture] text.data").all_text_contents() == ["∞", "1", "∞"]
    field.fill("4")
    assert page.locator("[data-view=lecture] text.data").all_text_contents() == ["4", "1", "5"]


def test_too_large_a_number_is_said(show):
    page = show(Value(2.0, label="x").exp())
    page.get_by_role("spinbutton", name="x").fill("1000")
    next_button(page).click()
    assert "exp of 1000 from x (node f) is too large for a float (1.8e308 is the largest). Choose" in status(page)


# --- what is said of a node -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [small, network])
def test_the_finite_difference_agrees_at_every_node(show, make):
    root = make()
    page = show(root, view="operations")
    to_the_end(page)
    for v, value in enumerate(topological_order(root)):
        page.locator(f"[data-view=operations] .box[data-v='{v}']").dispatch_event("pointerover")
        card = page.locator("#node").inner_text()
        if value.varies:
            assert "✓ agrees" in card, (v, value, card)
        else:
            assert ("none: it is given" if value.role == "input" else "none: it is a constant") in card


def test_hovering_shows_the_label_the_value_and_the_gradient(show):
    page = show(network())
    page.locator("svg .box.a[data-v]").first.hover()
    assert "not yet" in page.locator("#node").inner_text()
    to_the_end(page)
    page.locator(".arrow.parameter[data-v] text").first.hover()
    card = page.locator("#node").inner_text()
    assert "w¹₁,₁" in card
    assert "gradient" in card
    assert "parameter" in card


def test_activations_that_are_off_or_saturated_are_marked(show):
    z = Value(1.0, label="z")
    page = show(z.relu() + (z * 2).sigmoid() + z.tanh())
    to_the_end(page)
    assert page.locator(".badge").count() == 0
    page.get_by_role("spinbutton", name="z").fill("-9")
    assert sorted(page.locator("[data-view=lecture] .badge").all_text_contents()) == ["off", "saturated", "saturated"]
    page.locator("[data-view=lecture] .box.marked").first.hover()
    assert "hardly any gradient passes" in page.locator("#node").inner_text()


@pytest.mark.parametrize(("f", "slope"), [("sigmoid", 0.01), ("tanh", 0.01)])
def test_saturated_begins_at_a_slope_of_a_hundredth(f, slope, show):
    """On both sides of the z at which f′(z) is 0.01, to a thousandth of it."""
    root = math.sqrt(1 - 4 * slope) if f == "sigmoid" else math.sqrt(1 - slope)
    border = math.log((1 + root) / (1 - root)) / (1 if f == "sigmoid" else 2)
    for z, marked in ((border * 0.999, 0), (border * 1.001, 1), (-border * 0.999, 0), (-border * 1.001, 1)):
        page = show(getattr(Value(z, label="z"), f)())
        to_the_end(page)
        assert page.locator("[data-view=lecture] .badge").count() == marked, z


def test_an_infinite_slope_that_no_gradient_reaches_counts_nothing(show):
    """√x at 0 loses against 1: 0 · ∞ is 0 in the page, as in backward."""
    x = Value(0.0, label="x")
    root = maximum(1.0, x.sqrt())
    page = show(root)
    to_the_end(page)
    assert "trouble" not in page.locator("#status").get_attribute("class")
    same_as_python(page, root)
    assert x.grad == 0.0


def test_a_gradient_is_reused_only_where_several_parents_vary(show):
    x = Value(3.0, label="x")
    page = show(x * 2, view="operations")
    to_the_end(page)
    assert page.locator(".reused").count() == 0
    assert not [text for text in page.locator("[data-view=operations] text.grad").all_text_contents() if "↻" in text]


# --- the page ---------------------------------------------------------------------------------------------------------


def test_hostile_labels_run_nothing_and_are_shown_as_text(show):
    leaves = [Value(0.5 + i / 10, label=label) for i, label in enumerate(hostile.PAGES)]
    evil = Op(
        "</script><b>", lambda z: z * z, [lambda a, z: 2.0 * z], symbol="<i>x</i>", needs="<b>n</b>", hint="</script>"
    )
    root = total([evil(leaf) * leaf for leaf in leaves])
    root.label = hostile.PAGES[0]
    for view in ("lecture", "operations"):
        page = show(root, view=view)
        steps = to_the_end(page)
        assert steps > 40
        same_as_python(page, root)
        assert page.evaluate("typeof window.pwned") == "undefined"
        assert page.locator("img, i, b:not(td b), iframe, object").count() == 0
        texts = page.locator(f"[data-view={view}] text.name").all_text_contents()
        assert {hostile.PAGES[1], hostile.PAGES[2], hostile.PAGES[3], hostile.PAGES[6]} <= set(texts)
        assert hostile.PAGES[0] + "⁽²⁾" in page.locator("#node").inner_text() + "".join(texts)
        names = page.get_by_role("slider").evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
        assert hostile.PAGES[1] in names
        assert page.evaluate("[...document.querySelectorAll('script')].length") == 2


def test_two_explorers_in_one_page_do_not_disturb_each_other(visit, tmp_path):
    first, second = network(), small()
    path = tmp_path / "two.html"
    parts = [explore(root)._repr_mimebundle_()["text/html"] for root in (first, second)]
    path.write_text(f"<!DOCTYPE html><meta charset=utf-8><body>{''.join(parts)}")
    page = visit(path, viewport={"width": 1200, "height": 1400}).page
    one, two = page.frame_locator("iframe").nth(0), page.frame_locator("iframe").nth(1)
    one.get_by_role("button", name="Next").click()
    one.get_by_role("button", name="Next").click()
    assert one.get_by_role("status").inner_text().startswith("Forward 2 of")
    assert two.get_by_role("status").inner_text().startswith("Start")
    two.get_by_role("spinbutton", name="x", exact=True).fill("1")
    two.get_by_role("button", name="Next").click()
    page.keyboard.press("ArrowRight")
    assert two.get_by_role("status").inner_text().startswith("Forward 2 of")
    assert one.get_by_role("status").inner_text().startswith("Forward 2 of")
    assert page.locator("img").count() == 2


@pytest.mark.parametrize("where", ["page", "frame"])
def test_a_picture_stays_where_scripts_do_not_run(visit, tmp_path, where):
    root = network()
    (w,) = (node for node in topological_order(root) if node.label == "w^1_{1,1}")
    page_of = explore(root)
    path = tmp_path / "still.html"
    path.write_text(
        page_of.html if where == "page" else page_of._repr_html_().partition("<iframe")[0], encoding="utf-8"
    )
    page = visit(path, java_script_enabled=False).page
    if where == "page":
        texts = page.locator(".view:not([hidden]) svg text").all_text_contents()
        assert f"w¹₁,₁ = {number(w.data)}" in texts
        assert page.locator(".view:not([hidden]) svg").bounding_box()["width"] > 300
        assert page.get_by_role("button", name="Next").count() == 0
    else:
        assert page.locator("img").bounding_box()["width"] > 300


def test_the_page_obeys_its_own_policy(visit, tmp_path):
    path = tmp_path / "page.html"
    html = explore(network()).html
    path.write_text(html.replace("</body>", "<script>document.title = 'run'</script></body>"), encoding="utf-8")
    seen = visit(path)
    assert seen.page.title() != "run"
    until(lambda: len(seen.complaints) == 1, seen.page)
    assert "Content Security Policy" in seen.complaints.pop()
    seen.page.evaluate("fetch('https://example.invalid/x').catch(() => 0)")
    until(lambda: any("Content Security Policy" in text or "violates" in text for text in seen.complaints), seen.page)
    seen.complaints.clear()


def test_reduced_motion_and_dark_pages(show):
    page = show(network(), reduced_motion="reduce", color_scheme="dark")
    to_the_end(page)
    assert page.evaluate("getComputedStyle(document.querySelector('.flow path')).animationName") == "none"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 24, 29)"
    page = show(network())
    to_the_end(page)
    assert page.evaluate("getComputedStyle(document.querySelector('.arrow.back.flow path')).animationName") == "flow"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_can_be_read(show, scheme):
    """At least 4.5 : 1 between every text of the panel and what is behind it."""
    page = show(network(), color_scheme=scheme)
    to_the_end(page)
    pairs = page.evaluate(
        """() => [...document.querySelectorAll('aside *, header *')].filter((e) => e.checkVisibility() && !e.matches(':disabled, :disabled *')
             && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())).map((e) => {
           let behind = e; const clear = /rgba\\(.*, 0\\)|transparent/;
           while (behind.parentElement && clear.test(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
           const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
           const plain = (c) => { canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); return 'rgb(' + canvas.getImageData(0, 0, 1, 1).data + ')'; };
           return [e.textContent, plain(getComputedStyle(e).color), plain(getComputedStyle(behind).backgroundColor)]; })"""
    )
    assert len(pairs) > 40
    for text, front, back in pairs:
        assert contrast(front, back) >= 4.5, (text, front, back)


def test_a_large_network_is_shown_in_layers(show):
    model = MLP(20, [30, 20, 3], "tanh", seed=0)
    root = losses.cross_entropy_from_logits(model([0.1 * i for i in range(20)]), 1)
    page = show(root)
    assert page.get_by_role("button", name="Operations view").count() == 0
    assert status(page).endswith("Next computes the first of 7 groups.")
    assert to_the_end(page) == 2 * 7 + 1
    same_as_python(page, root)
    assert "30 × tanh" in page.locator("#stage").inner_text()
    page.get_by_role("searchbox").fill("w^1_{3,4}")
    page.get_by_role("slider", name="w^1_{3,4}").fill("0.5")
    model.layers[0].neurons[2].w[3].data = 0.5
    same_as_python(page, losses.cross_entropy_from_logits(model([0.1 * i for i in range(20)]), 1))


def test_of_a_very_wide_layer_the_card_says_how_many_it_leaves_out(show):
    page = show(MLP(1, [300, 1], seed=0)([1.0]))
    next_button(page).click()
    rows = page.locator("#step tbody tr")
    assert rows.count() == 65
    assert rows.last.inner_text().strip() == "… 236 more"


def test_a_leaf_has_nothing_to_compute(show):
    page = show(Value(2.0, label="x"))
    assert status(page) == "Start: inputs and parameters have their numbers. Nothing is computed from them."


def test_a_deep_graph_is_shown_in_layers_of_several_depths(show):
    def deep(x):
        value, w = Value(x, label="x"), Value(0.99, label="w")
        for _ in range(400):
            value = (value * w).sin()
        return value

    page = show(deep(0.5))
    assert to_the_end(page) < 120
    same_as_python(page, deep(0.5))
    page.get_by_role("spinbutton", name="x", exact=True).fill("-0.75")
    same_as_python(page, deep(-0.75))
    labels = page.locator("[data-view=lecture] .box[data-op]").evaluate_all(
        "all => all.map(one => one.getAttribute('aria-label'))"
    )
    assert len(labels) > 20
    assert "16 operations, v₁₆ … v₃₁" in labels


def test_texts_of_a_large_network_lie_beside_what_they_are_about(show):
    page = show(MLP(2, [8, 8, 1], "tanh", seed=1)([0.5, -0.2]), viewport={"width": 1920, "height": 1080})
    to_the_end(page)
    hidden = page.evaluate(
        """() => { const boxes = [...document.querySelectorAll('[data-view=lecture] .box')].map((b) => b.getBoundingClientRect());
        return [...document.querySelectorAll('[data-view=lecture] .arrow text')].filter((text) => { const t = text.getBoundingClientRect();
          return text.textContent && boxes.some((b) => t.left < b.right - 3 && b.left < t.right - 3 && t.top < b.bottom - 3 && b.top < t.bottom - 3);
        }).map((text) => text.textContent); }"""
    )
    assert hidden == []


def test_views_can_be_switched_and_show_the_same_step(show):
    root = network()
    page = show(root)
    for _ in range(4):
        next_button(page).click()
    said = status(page)
    assert page.locator("[data-view=lecture]").is_visible()
    page.get_by_role("button", name="Operations view").click()
    assert status(page) == said
    assert page.locator("[data-view=operations]").is_visible()
    assert not page.locator("[data-view=lecture]").is_visible()
    assert page.locator("[data-view=operations] .box[data-v]").count() == len(topological_order(root))
    assert page.locator("[data-view=lecture] .box").count() == len(lecture(root).boxes)


def test_every_arrow_knows_its_operation(show):
    """The ids of Graphviz count the arrows as they were drawn: each goes from its parent to its node."""
    root = small()
    page = show(root, view="operations")
    held = topological_order(root)
    links = page.eval_on_selector_all(
        "[data-view=operations] .arrow[data-slot][data-into]",
        "all => all.map((a) => [a.dataset.into, a.dataset.slot].map(Number))",
    )
    assert sorted(map(tuple, links)) == sorted(
        (v, i) for v, value in enumerate(held) for i in range(len(value.parents))
    )
    ends = json.loads(
        page.evaluate(
            """() => { const box = (v) => document.querySelector(`[data-view=operations] .box[data-v='${v}']`).getBoundingClientRect();
            return JSON.stringify([...document.querySelectorAll('[data-view=operations] .arrow[data-slot][data-into] path')].map((path) => {
              const p = path.getPointAtLength(0).matrixTransform(path.getScreenCTM());
              const near = [...document.querySelectorAll('[data-view=operations] .box[data-v]')].map((b) => {
                const r = b.getBoundingClientRect();
                return [Math.hypot(Math.max(r.left - p.x, 0, p.x - r.right), Math.max(r.top - p.y, 0, p.y - r.bottom)), Number(b.dataset.v)];
              }).sort((a, b) => a[0] - b[0])[0];
              return [Number(path.parentNode.dataset.into), Number(path.parentNode.dataset.slot), near[1]]; })); }"""
        )
    )
    for v, slot, start in ends:
        assert held[v].parents[slot] is held[start], (v, slot, start)


def test_stepping_by_play_takes_its_time(show):
    page = show(Value(2.0, label="x").exp())
    started = time.monotonic()
    page.get_by_role("button", name="Play").click()
    until(next_button(page).is_disabled, page)
    assert time.monotonic() - started > 0.3
    assert status(page).startswith("Backward 1 of 1")
    page.get_by_role("button", name="Play").wait_for()
