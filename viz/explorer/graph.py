"""The page: one file of HTML with everything in it, which asks nothing of any network and runs no script but its own.

What comes from users is text: it lies in the page as JSON, with <, > and & escaped, and is shown through textContent.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from autograd import Op, Value, ops
from nn.activations import ACTIVATIONS, RELU_FAMILY
from viz import theme
from viz.explorer.names import titled
from viz.explorer.picture import Picture
from viz.explorer.program import Program, templates
from viz.label import clean, written

SCRIPTS = ("prelude.js", "engine.js", "text.js", "picture.js", "panel.js", "steps.js", "sliders.js", "explorer.js")
VIEW_TITLES = {"lecture": "Lecture view", "operations": "Operations view"}
FLAT = {"sigmoid", "tanh"}  # activations that saturate
DEAD = {op.name for op in RELU_FAMILY}


@cache
def asset(name: str) -> str:
    """A file of this package, as text."""
    return (files(__package__) / name).read_text(encoding="utf-8")


def described(names: Mapping[Value, str], groups: Sequence[Sequence[Value]], view: str) -> dict[str, Any]:
    """The graph as data: its values, parents first, their operations, and in which steps they are computed."""
    numbers = {value: index for index, value in enumerate(names)}
    kinds: dict[Any, int] = {}
    held: list[dict[str, Any]] = []
    program, entries = Program(), []
    values = []
    for value in names:
        parents = value.parents
        fixed = [_fixed(value.op, parent) for parent in parents]
        if value.op is not None and (value.op, *fixed) not in kinds:
            kinds[value.op, *fixed] = len(held)
            entries.append(program.entry(value.op, len(parents)))
            held.append(_operation(value.op, fixed))
        values.append(
            {
                "name": names[value],
                "title": titled(names[value], value),
                "label": clean(value.label),
                "role": value.role,
                "op": -1 if value.op is None else kinds[value.op, *fixed],
                "parents": [numbers[parent] for parent in parents],
                "varying": [parent.varies for parent in parents],
                "varies": value.varies,
                "data": _json_number(value.data),
            }
        )
    return {
        "values": values,
        "ops": held,
        "groups": [[numbers[value] for value in group] for group in groups],
        "sliders": [numbers[value] for value in _movable(names)],
        "view": view,
        "program": program.table(entries),
    }


def _fixed(op: Op | None, parent: Value) -> float | None:
    """A bare number as an exponent is part of the formula; other parents are filled in."""
    return parent.data if op is ops.power and parent.role == "constant" and not parent.label else None


def _operation(op: Op, fixed: Sequence[float | None]) -> dict[str, Any]:
    value, slopes = templates(op, fixed)
    one_input = len(fixed) == 1 and (op.name in ACTIVATIONS or op.name not in ops.TABLE)
    mark = "dead" if op.name in DEAD else "saturated" if op.name in FLAT or op.name not in ACTIVATIONS else ""
    return {
        "name": clean(op.name),
        "needs": clean(op.needs),
        "hint": clean(op.hint),
        "edge": clean(op.edge),
        "value": value,
        "slopes": slopes,
        "mark": mark if one_input else "",
    }


def _movable(names: Mapping[Value, str]) -> list[Value]:
    """The leaves that get a slider: inputs first, then parameters; bare numbers in an expression stay as they are."""
    leaves = [value for value in names if value.op is None and (value.role != "constant" or value.label)]
    return sorted(leaves, key=lambda leaf: ("input", "", "parameter", "constant").index(leaf.role))


def _json_number(x: float) -> float | str:
    return x if math.isfinite(x) else "NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity"


def page(graph: dict[str, Any], pictures: Mapping[str, Picture], title: str) -> str:
    """The HTML of the page."""
    data = dict(graph)
    program = data.pop("program")
    script = '(() => {\n"use strict";\n' + "\n".join([asset(SCRIPTS[0]), program, *map(asset, SCRIPTS[1:])]) + "})();\n"
    style = colours() + asset("explorer.css")
    views = "".join(
        f'<div class="view" data-view="{key}"{"" if key == graph["view"] else " hidden"}>{picture.svg}</div>\n'
        for key, picture in pictures.items()
    )
    buttons = "".join(f'<button type="button" value="{key}">{VIEW_TITLES[key]}</button>' for key in pictures)
    parts = {
        "POLICY": policy(script, style),
        "TITLE": escape(" ".join(written(title).split())),
        "STYLE": style,
        "VIEWS": buttons,
        "PICTURES": views,
        "GRAPH": safe_json(data),
        "SCRIPT": script,
    }
    html = asset("explorer.html")
    for name, text in parts.items():  # no part holds a marker of a later one: texts have no bare <
        html = html.replace(f"<!--{name}-->", text)
    return html


def policy(script: str, style: str) -> str:
    """The page's Content-Security-Policy: this script and this style, and nothing else."""
    allowed = [f"'sha256-{base64.b64encode(hashlib.sha256(it.encode()).digest()).decode()}'" for it in (script, style)]
    return f"default-src 'none'; script-src {allowed[0]}; style-src {allowed[1]}; base-uri 'none'; form-action 'none'"


def safe_json(data: Any) -> str:
    """JSON that can lie in a <script>: nothing in it ends the element or a line."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


# --- colours ----------------------------------------------------------------------------------------------------------

LIGHT = {
    "page": theme.PAGE,
    "ink": theme.INK,
    "soft": theme.FAINT,
    "blue": theme.BLUE,
    "learnable": theme.LEARNABLE,
    "gradient": theme.GRADIENT,
    "wrong": "#A63A00",
    "right": "#00684B",
    "focus": theme.BLUE,
}
DARK = {
    "page": "#15181D",
    "ink": "#F2F3F5",
    "soft": "#A9AFB8",
    "blue": theme.SKY,
    "learnable": "#FF9F5A",
    "gradient": "#E79AC8",
    "wrong": "#FF8A4C",
    "right": "#3FD0A4",
    "focus": theme.SKY,
}
BRIGHT = {  # the theme's lines, as they are seen on a dark page
    theme.BLUE: theme.SKY,
    theme.GREEN: "#35C79E",
    theme.LEARNABLE: "#FF9F5A",
    theme.INK: "#D7DBE0",
    theme.FAINT: "#A9AFB8",
}


def colours() -> str:
    """The theme as style rules, for light and dark pages; a dark page shades the same lines."""
    kinds = {kind: {**theme.NODE, **style} for kind, style in theme.BOX.items()}
    light = "".join(f".{kind}{{--line:{style['color']};--fill:{style['fillcolor']}}}" for kind, style in kinds.items())
    dark = "".join(f".{kind}{{--line:{_bright(style)};--fill:{_shade(style)}}}" for kind, style in kinds.items())
    return (
        f":root{{{_variables(LIGHT)}}}{light}\n"
        f"@media (prefers-color-scheme: dark){{:root{{{_variables(DARK)}}}{dark}}}\n"
    )


def _variables(table: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in table.items())


def _shade(style: Mapping[str, str]) -> str:
    plain = style["fillcolor"] == theme.PAGE
    return DARK["page"] if plain else f"color-mix(in srgb,{_bright(style)} 24%,{DARK['page']})"


def _bright(style: Mapping[str, str]) -> str:
    return BRIGHT.get(style["color"], style["color"])
