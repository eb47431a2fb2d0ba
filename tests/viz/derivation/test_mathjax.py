"""What `explain` gives to a notebook is LaTeX that MathJax renders: every operation, every loss, every label.

MathJax is fetched with npm into a temporary folder, so the nightly run has these tests, where a network that is
missing is a failure; the page is rendered in a headless Chromium.
"""

import math
import shutil
import subprocess
from pathlib import Path

import pytest
import shared
from shared import hostile

from autograd import Op, Value, maximum, minimum, ops, softmax, total, weighted_sum
from nn import MLP, Neuron, cross_entropy, cross_entropy_from_logits, hinge_loss, nll_loss, nll_loss_from_logit
from nn import squared_loss as squared
from viz.derivation.explain import explain
from viz.style.labels import clean

pytestmark = pytest.mark.network
FOLDER = Path(shared.__file__).parent / "mathjax"


def derivations():
    """A name and a derivation for each thing that can be explained."""
    for op in ops.TABLE.values():
        for sample in {len(sample): sample for sample in op.samples}.values():
            inputs = [Value(x, label=f"x_{i}") for i, x in enumerate(sample, 1)]
            yield f"{op.name}{sample}", explain(op(*inputs), inputs[0])
            yield f"{op.name}{sample} inside", explain((op(*inputs) * Value(1e-5)).tanh(), inputs[-1])
    g = Neuron(2, "sigmoid", seed=1)([0.5, 2.0])
    score = Value(0.3, label="g")
    for loss in (squared(g, 1.0), nll_loss(g, 1.0), nll_loss_from_logit(score, 1.0), hinge_loss(score, 1.0)):
        yield loss.op.name, explain(loss, loss.parents[0])
    z = [Value(x, label=f"z_{i}") for i, x in enumerate((0.1, -2.0, 3.0), 1)]
    for target in (1, [0, 1, 0], Value(1.0)):
        yield "cross_entropy", explain(cross_entropy(softmax(z), target), z[0])
        yield "cross_entropy_from_logits", explain(cross_entropy_from_logits(z, target), z[1])
    model = MLP(2, [16, 16, 16, 1], "tanh", seed=0)
    loss = squared(model([1.0, -2.0]), 0.5)
    for layer in model.layers:
        yield "network", explain(loss, layer.neurons[0].w[0])
    yield "unreached", explain(loss, z[0])
    yield "constant", explain(loss, loss.parents[1])
    yield "itself", explain(loss, loss)
    swish = Op("swish_{", lambda z: z * ops.sigmoid(z), [lambda a, z: a + ops.sigmoid(z) * (1 - a)], symbol="$")
    steps = Op("st&ps", math.floor, [lambda a, z: 1.0 if z > 0 else 0.0])
    x = Value(1e-7, label="x")
    yield "user's", explain(swish(x) * steps(x), x)
    yield "many", explain(total([x * k for k in range(2, 40)]), x)
    yield "extremes", explain(maximum(x, x * 2, 3.0) + minimum(x, 1.0) + weighted_sum([x, x], [x, 2.0], x), x)
    zero = Value(0.0, label="x")
    yield "a factor 0", explain(maximum(1.0, zero.sqrt()), zero)
    for label in hostile.LABELS:
        x, y, u = Value(2.0, label=label), Value(3.0, label=label), Value(5.0, label="u")
        z = x * y * u
        z.label = label
        f = z.sigmoid() + x
        f.label = label
        yield f"label {label[:50]!r}", explain(f, x)
    for name in hostile.LABELS:
        x = Value(2.0, label="x")
        yield f"Op {name[:50]!r}", explain(Op(name, lambda z: 2.0 * z, [lambda a, z: 2.0], symbol=name)(x).exp(), x)


@pytest.fixture(scope="module")
def mathjax(tmp_path_factory):
    """The text of MathJax, as npm delivers it; package-lock.json has its checksum."""
    folder = tmp_path_factory.mktemp("mathjax")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(FOLDER / name, folder)
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], check=True, timeout=300, cwd=folder)
    return folder / "node_modules" / "mathjax" / "es5" / "tex-svg-full.js"


@pytest.fixture(scope="module")
def page(mathjax, chromium):
    """A page with MathJax, as a notebook has it."""
    page = chromium.new_page(viewport={"width": 1100, "height": 900})
    page.set_content("<!doctype html><meta charset=utf-8><body style='font: 16px sans-serif'></body>")
    page.evaluate("MathJax = {tex: {inlineMath: [['$', '$']]}, startup: {typeset: false}}")
    page.add_script_tag(path=str(mathjax))
    page.evaluate("MathJax.startup.promise")
    return page


RENDER = """async (texts) => {
    document.body.replaceChildren(...texts.map(text => {
        const div = document.createElement("div");
        div.textContent = text;
        return div;
    }));
    MathJax.startup.document.clear();
    await MathJax.typesetPromise();
    const words = new Map(Array.from(MathJax.startup.document.math).map(math => [
        math.typesetRoot,
        new DOMParser().parseFromString(MathJax.startup.toMML(math.root), "text/html").body.textContent,
    ]));
    return Array.from(document.body.children).filter(div => div.tagName === "DIV").map(div => {
        const formula = div.querySelector("mjx-container");
        const others = Array.from(div.childNodes).filter(node => node !== formula);
        const errors = Array.from(div.querySelectorAll("[data-mml-node='merror']"));
        return {
            outside: others.map(node => node.textContent).join("").trim(),
            markup: div.querySelectorAll("script, img, b, a, [href], [onerror]").length,
            errors: errors.map(node => node.dataset.mjxError || node.textContent),
            words: (words.get(formula) || "").replace(/\\s+/g, ""),
        };
    });
}"""


def test_mathjax_renders_every_derivation(page):
    named = list(derivations())
    results = page.evaluate(RENDER, [derivation._repr_latex_() for _, derivation in named])
    wrong = {name: result for (name, _), result in zip(named, results, strict=True) if result["errors"]}
    assert not wrong
    for (name, derivation), result in zip(named, results, strict=True):
        assert result["outside"] == "", (name, derivation.latex)
        assert result["markup"] == 0, name


def test_mathjax_shows_labels_as_they_stand(page):
    """All characters that are not made into scripts; ^ ~ ℒ are shown by other signs."""
    labels = [label for label in [*hostile.ANYWHERE, *hostile.FORMULAS] if not set("^_~`'ℒ") & set(label)]
    shown = page.evaluate(RENDER, [explain(x * 2.0, x)._repr_latex_() for x in (Value(1.0, label=h) for h in labels)])
    for label, result in zip(labels, shown, strict=True):
        wanted = "".join(clean(label).split())[:39]
        assert wanted in result["words"].replace("∖", "\\"), (label, result["words"])


def test_the_check_sees_broken_latex(page):
    broken = page.evaluate(RENDER, [r"$$x^1^2$$", r"$$\frac{1}$$", "$$x$$ more"])
    assert [bool(result["errors"]) for result in broken] == [True, True, False]
    assert broken[2]["outside"] == "more"
