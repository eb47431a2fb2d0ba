"""The page that a playground saves, shown in a notebook: it works where no Python runs, too."""

from __future__ import annotations

import tempfile
from html import escape
from pathlib import Path
from typing import Any

from IPython.display import HTML


def framed(play: Any, height: int = 800) -> HTML:
    """What `play.save("run.html")` writes, in a frame of its own."""
    with tempfile.TemporaryDirectory() as folder:
        page = play.save(Path(folder) / "run.html").read_text(encoding="utf-8")
    frame = f'sandbox="allow-scripts" style="width:100%;height:{height}px;border:none"'
    return HTML(f'<div><iframe title="a saved run" {frame} srcdoc="{escape(page)}"></iframe></div>')
