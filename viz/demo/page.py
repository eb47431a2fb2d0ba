"""The text of the playground's page: its program, with the operation table's formulas, its style, and saved runs."""

import math
from collections.abc import Iterable
from html import escape
from typing import Any

from autograd import Op, ops
from nn import losses
from nn.activations import ACTIVATIONS, initial_range
from nn.datasets import DATASETS
from viz.demo import features, network
from viz.demo.data import MOST_CLASSES
from viz.demo.network import MOST_LAYERS, MOST_NEURONS
from viz.demo.run import Run
from viz.demo.settings import PRESETS, SCHEMA, preset
from viz.demo.still import still
from viz.demo.training import LOSSES
from viz.style import theme
from viz.web.colours import DARK, LIGHT, variables
from viz.web.document import asset, document, heading, safe_json
from viz.web.javascript import OverAll, Program

SCRIPTS = ("plane.js", "network.js", "canvas.js", "controls.js", "numbers.js", "status.js", "playground.js")
LIVE = ("widget.js",)  # the scripts that follow them if the kernel trains; below, those if the page itself does
ALONE = ("random.js", "datasets.js", "descent.js", "schema.js", "run.js", "saved.js")
HEIGHT, FEW = 1100, 50  # of the frame in a notebook: pixels, and moments of the recording
DIGITS = 7  # of a weight in a recording: more than a picture can show


def script(functions: dict[str, Op], ending: tuple[str, ...]) -> str:
    """The program of the page; `ending` is LIVE if the kernel trains, and ALONE if the page does."""
    program = Program()
    held = {**ACTIVATIONS, **functions}
    entries = table(program, held)
    phi = ", ".join(f"{safe_json(name)}: {text}" for name, text in features.javascript(program).items())
    constants = {
        "OPS": {name: number for number, name in enumerate(entries)},
        "THEME": {
            "positive": theme.POSITIVE,
            "negative": theme.NEGATIVE,
            "classes": theme.CLASS_COLOURS,
            "marks": theme.CLASS_MARKS,
        },
        "SCHEMA": SCHEMA,
        "CHOICES": {
            "dataset": {name: recipe.n_classes for name, recipe in DATASETS.items()},
            "activation": list(held),
            "wide": [name for name, op in held.items() if initial_range(op, 1, 1) > initial_range(ops.tanh, 1, 1)],
            "loss": LOSSES,
            "preset": {name: {"look": chosen.look, "set_up": preset(name, 0)} for name, chosen in PRESETS.items()},
            "feature": {name: features.printed(name) for name in features.FEATURES},
            "layers": MOST_LAYERS,
            "neurons": MOST_NEURONS,
        },
    }
    return "\n".join([
        asset("web", "arithmetic.js"),
        OverAll().definition(ops.softmax),
        program.table(list(entries.values())),
        asset("web", "passes.js"),
        asset("web", "text.js"),
        f"const FEATURES = {{{phi}}};",
        *(f"const {name} = {safe_json(facts)};" for name, facts in constants.items()),
        *(asset("demo", name) for name in (*SCRIPTS, *ending)),
    ])  # fmt: skip


def table(program: Program, activations: dict[str, Op]) -> dict[str, str]:
    """The page's operations, activations and losses, by name; a loss of many outputs has one for each class."""
    entries = {name: program.entry(op, 1) for name, op in activations.items() if op is not ops.softmax}
    for name in ("squared_loss", *LOSSES["one"].values()):
        entries[name] = program.entry(losses.TABLE[name], 2)
    for name in LOSSES["many"].values():
        for count in range(2, MOST_CLASSES + 1):
            for k in range(count):
                entries[f"{name} {count} {k}"] = program.entry(losses.TABLE[name].bind(target=k), count)
    return entries


def style() -> str:
    """The style sheet, with colours for light and dark pages; Jupyter says itself which of the two it is."""
    root = ".sigmagrad-playground"
    light = variables({**LIGHT, "plus": theme.POSITIVE, "minus": theme.NEGATIVE}) + "color-scheme:light"
    dark = variables({**DARK, "plus": theme.SKY, "minus": DARK["wrong"]}) + "color-scheme:dark"
    return (
        f"{root}{{{light}}}\nbody[data-jp-theme-light=false] {root}{{{dark}}}\n"
        f"@media (prefers-color-scheme: dark){{body:not([data-jp-theme-light]) {root}{{{dark}}}"
        "body.sigmagrad-page{color-scheme:dark}}\n" + asset("demo", "playground.css")
    )


def data(run: Run) -> dict[str, Any]:
    """What the page gets when it is opened or a run begins; all but the losses so far stays the same in a run."""
    return {
        "train": together(*run.data.train),
        "test": together(*run.data.test),
        "domain": run.domain(),
        "labels": run.data.labels,
        "own": run.own is not None,
        "curve": run.film.curve(),
    }


def together(X: list[list[float]], y: list[Any]) -> list[list[Any]]:
    """Data points with their y, [x₁, x₂, y]."""
    return [[*x, target] for x, target in zip(X, y, strict=True)]


def finite(numbers: Iterable[float]) -> list[float | None]:
    """Numbers for JSON, which has no inf and no nan: these become None."""
    return [x if math.isfinite(x) else None for x in numbers]


def film(run: Run, most: int) -> dict[str, Any]:
    """The recorded run, in at most so many moments."""
    kept, stride = run.film.moments, run.film.stride
    while len(kept) > most:
        kept, stride = kept[::2], 2 * stride
    moments = [
        {**moment._asdict(), "weights": finite(float(f"{x:.{DIGITS}g}") for x in moment.weights)} for moment in kept
    ]
    return {"networks": run.film.networks, "moments": moments, "stride": stride}


def saved(run: Run, most: int = 1000) -> str:
    """One file in which the run goes on, and asks for nothing outside; its picture stays where no script may run."""
    title = f"Playground, saved in step {run.steps} on {run.settings.dataset}"
    body = f'<main>{heading(title)}<div id="playground">{still(run)}</div></main>'
    program, held = script(run.functions, ALONE), {"run": facts(run, most)}
    return document(title, body, style=style(), script=program, data=held, kind="sigmagrad-page")


def state(run: Run) -> dict[str, Any]:
    """The run as it stands: what is set, and the network with its numbers."""
    parameters = run.model.parameters()
    return {
        "step": run.steps,
        "settings": run.set_up(),
        "network": network.described(run.model, run.loss, run.settings.features),
        "weights": finite(value.data for value in parameters),
        "gradients": finite(value.grad for value in parameters),
    }


def facts(run: Run, most: int = 1000) -> dict[str, Any]:
    """All that the page needs to go on with the run as Python would."""
    own, start = run.own, run.start()
    return {
        **state(run),
        "own": own and {"points": together(own.X, own.y), "labels": own.labels},
        "start": start and {**start, "weights": finite(start["weights"])},
        "chooser": run.chooser.getstate()[1],
        "film": film(run, most),
        "code": retold(run),
    }


def framed(run: Run) -> str:
    """The saved page in a frame."""
    return (
        f'<iframe title="neural network playground" sandbox="allow-scripts" srcdoc="{escape(saved(run, FEW))}" '
        f'style="grid-area:1/1;width:100%;height:{HEIGHT}px;border:0;background:Canvas"></iframe>'
    )


def pictured(run: Run) -> str:
    """The frame in front of the picture, which stays where frames are stripped."""
    return f'<div style="display:grid"><div style="grid-area:1/1">{still(run)}</div>{framed(run)}</div>'


def retold(run: Run) -> str:
    """The run so far as a Python program, which the page can't continue, or why there is no such program."""
    try:
        return "# The run as it was saved; what is done in this page is not in it.\n" + run.code()
    except ValueError as error:
        return f"# {error}"
