"""A page of HTML: one file with everything in it, whose policy lets its own script and style run and nothing else.

What comes from users is text: it lies in the page as JSON, with <, > and & escaped, and is shown through textContent.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from viz.style.labels import written

# for words that screen readers say, and nobody needs to see
UNSEEN = ".unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}\n"


@cache
def asset(room: str, name: str) -> str:
    """A file in one of viz's folders, as text."""
    return (files(f"viz.{room}") / name).read_text(encoding="utf-8")


def document(
    title: str, body: str, *, style: str = "", script: str = "", data: Mapping[str, Any] | None = None, kind: str = ""
) -> str:
    """A page that holds all it shows and asks nothing of any network.

    >>> html = document("A & B", "<p>two letters</p>", style="p {color: navy}")
    >>> "<title>A &amp; B</title>" in html, "script-src" in html, "unsafe" in html
    (True, False, False)

    Each of `data` lies in it as JSON, its key is the element's id; `kind` is the body's class. Images are `data:` URLs.
    """
    style = UNSEEN + style
    code = f'(() => {{\n"use strict";\n{script}\n}})();\n' if script else ""
    held = [
        f'<script type="application/json" id="{name}">{safe_json(facts)}</script>'
        for name, facts in (data or {}).items()
    ]
    held += [f"<script>{code}</script>"] if code else []
    kind = f' class="{kind}"' if kind else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy(code, style)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="generator" content="sigmagrad">\n'
        f"<title>{one_line(title)}</title>\n<style>{style}</style>\n</head>\n"
        f"<body{kind}>\n{body}\n" + "\n".join(held) + "\n</body>\n</html>\n"
    )


def heading(title: str) -> str:
    """The page's heading for screen readers alone, as whoever sees the page sees what it is."""
    return f'<h1 class="unseen">{one_line(title)}</h1>'


def one_line(title: str) -> str:
    """A title as text of a page, with its scripts, in one line."""
    return escape(" ".join(written(title).split()))


def policy(script: str, style: str) -> str:
    """The page's Content-Security-Policy: this script and this style, and nothing else."""
    rules = ["default-src 'none'", "img-src data:"]
    for kind, text in (("script", script), ("style", style)):
        if text:
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            rules.append(f"{kind}-src 'sha256-{digest}'")
    return "; ".join([*rules, "base-uri 'none'", "form-action 'none'"])


def safe_json(data: Any) -> str:
    """JSON that can lie in a <script>: nothing in it ends the element or a line."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text
