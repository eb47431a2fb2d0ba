"""The page that a playground saves, shown in a notebook: it works where no Python runs, too."""

from __future__ import annotations

import tempfile
from base64 import b64encode
from html import escape
from pathlib import Path
from typing import Any

from IPython.display import HTML

PICTURE = Path(__file__).resolve().parent / "images" / "playground.png"


def framed(play: Any, height: int = 800) -> HTML:
    """What `play.save("run.html")` writes, in a frame above a picture that stays where frames are taken out."""
    with tempfile.TemporaryDirectory() as folder:
        page = play.save(Path(folder) / "run.html").read_text(encoding="utf-8")
    picture = b64encode(PICTURE.read_bytes()).decode()
    return HTML(
        '<div style="display:grid">\n'  # both in one place
        f'<img alt="the playground, as a picture" src="data:image/png;base64,{picture}" '
        f'style="grid-area:1/1;place-self:start;max-width:100%;max-height:{height}px">\n'
        f'<iframe title="a saved run" sandbox="allow-scripts" srcdoc="{escape(page)}" '
        f'style="grid-area:1/1;width:100%;height:{height}px;border:none;background:Canvas"></iframe></div>'
    )
