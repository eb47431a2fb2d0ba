"""The page's text: its program with the formulas of the operation table, its style, and the file that replays a run."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from autograd import Op, ops
from nn.activations import ACTIVATIONS
from nn.datasets import DATASETS
from viz.demo import features
from viz.demo.network import MOST_LAYERS, MOST_NEURONS
from viz.demo.run import Run
from viz.demo.settings import PACES, PENALTIES, PRESETS
from viz.style import theme
from viz.web import colours
from viz.web.document import asset, document, heading, safe_json
from viz.web.javascript import Program

SCRIPTS = (
    "plane.js",
    "network.js",
    "canvas.js",
    "controls.js",
    "numbers.js",
    "status.js",
    "playground.js",
)
LIVE, REPLAY = "widget.js", "player.js"  # what follows them: who the page talks to
DIGITS = 7  # of a weight in a saved file: more than a picture can show


def script(functions: dict[str, Op], ending: str) -> str:
    """The program of the page: `ending` says who talks to it, the kernel or a recording."""
    program = Program()
    held = {**ACTIVATIONS, **functions}
    names = {name: program.value(op, 1) for name, op in held.items() if op is not ops.softmax}
    table = ", ".join(f"{safe_json(name)}: {function}" for name, function in names.items())
    phi = ", ".join(f"{safe_json(name)}: {text}" for name, text in features.javascript(program).items())
    constants = {
        "THEME": {
            "positive": theme.POSITIVE,
            "negative": theme.NEGATIVE,
            "gradient": theme.GRADIENT,
            "classes": theme.CLASS_COLOURS,
            "marks": theme.CLASS_MARKS,
        },
        "CHOICES": {
            "dataset": list(DATASETS),
            "penalty": PENALTIES,
            "pace": PACES,
            "activation": list(held),
            "preset": {name: chosen.look for name, chosen in PRESETS.items()},
            "feature": {name: features.shown(name) for name in features.FEATURES},
            "layers": MOST_LAYERS,
            "neurons": MOST_NEURONS,
        },
    }
    return "\n".join([
        asset("web", "arithmetic.js"),
        asset("web", "text.js"),
        program.definitions(),
        f"const ACTIVATIONS = {{{table}}};",
        f"const FEATURES = {{{phi}}};",
        *(f"const {name} = {safe_json(facts)};" for name, facts in constants.items()),
        *(asset("demo", name) for name in (*SCRIPTS, ending)),
    ])  # fmt: skip


LIGHT = {**colours.LIGHT, "plus": theme.POSITIVE, "minus": theme.NEGATIVE, "color-scheme": "light"}
DARK = {**colours.DARK, "plus": theme.SKY, "minus": colours.DARK["wrong"], "color-scheme": "dark"}


def style() -> str:
    """The style sheet, with the colours of light and dark pages; a notebook says itself which it is."""
    root = ".sigmagrad-playground"
    light, dark = ("".join(f"{_name(key)}:{value};" for key, value in table.items()) for table in (LIGHT, DARK))
    return (
        f"{root}{{{light}}}\nbody[data-jp-theme-light=false] {root}{{{dark}}}\n"
        f"@media (prefers-color-scheme: dark){{body:not([data-jp-theme-light]) {root}{{{dark}}}"
        "body.sigmagrad-page{color-scheme:dark}}\n" + asset("demo", "playground.css")
    )


def _name(key: str) -> str:
    return key if key == "color-scheme" else f"--{key}"


def data(run: Run) -> dict[str, Any]:
    """What stays the same while a run goes on."""
    train, test = run.data.train, run.data.test
    ranges = [(min(x), max(x)) for x in zip(*train[0], *test[0], strict=True)]
    margins = [(high - low or 1.0) * 0.1 for low, high in ranges]
    return {
        "train": [[*x, y] for x, y in zip(*train, strict=True)],
        "test": [[*x, y] for x, y in zip(*test, strict=True)],
        "domain": [[low - m, high + m] for (low, high), m in zip(ranges, margins, strict=True)],
        "labels": run.data.labels,
        "own": run.own is not None,
        "curve": run.film.curve(),
    }


def finite(numbers: Iterable[float]) -> list[float | None]:
    """Numbers as JSON can hold them."""
    return [x if math.isfinite(x) else None for x in numbers]


def film(run: Run) -> dict[str, Any]:
    """The recorded run."""
    moments = [
        {
            "step": moment.step,
            "network": moment.network,
            "losses": [moment.train, moment.test],
            "weights": finite(float(f"{x:.{DIGITS}g}") for x in moment.weights),
        }
        for moment in run.film.moments
    ]
    return {"networks": run.film.networks, "moments": moments}


def saved(run: Run) -> str:
    """One file that replays the run, and asks for nothing outside."""
    title = f"Playground: {run.settings.dataset}, {run.steps} steps"
    facts = {"data": data(run), "film": film(run), "settings": run.set_up()}
    body, program = f'<main>{heading(title)}<div id="playground"></div></main>', script(run.functions, REPLAY)
    return document(title, body, style=style(), script=program, data={"run": facts}, kind="sigmagrad-page")
