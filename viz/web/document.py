"""What makes a page of HTML: its policy, which lets its own script and style run and nothing else, and safe JSON.

What comes from users is text: it lies in the page as JSON, with <, > and & escaped, and is shown through textContent.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def asset(room: str, name: str) -> str:
    """A file of one of viz's rooms, as text."""
    return (files(f"viz.{room}") / name).read_text(encoding="utf-8")


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
