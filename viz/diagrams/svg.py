"""What becomes of an SVG on a page: ids of its own, a name, a size that fits, and a page around it."""

from __future__ import annotations

import base64
import re
from html import escape

from viz.style import theme


def with_own_ids(svg: bytes, prefix: str, title: str) -> bytes:
    """The SVG with ids of its own and a name for screen readers. Raw quotes stand in tags only, never in texts."""
    text = svg.decode()
    text = re.sub(r'(<[A-Za-z]+ id=")', rf"\g<1>{prefix}", text)
    text = re.sub(r'(="url\(#)', rf"\g<1>{prefix}", text)
    name = escape(title).replace("\n", " ")
    return text.replace("<svg ", f'<svg role="img" aria-label="{name}" ', 1).encode()


def within_a_column(svg: str) -> str:
    """The picture as a notebook shows it: shrunk to the column, where a web page would cut it off."""
    size = re.search(r'(<svg [^>]*?)width="([\d.]+)pt" height="([\d.]+)pt"', svg)
    if size is None or float(size[2]) <= theme.COLUMN_WIDTH:
        return svg
    height = float(size[3]) * theme.COLUMN_WIDTH / float(size[2])
    return svg.replace(size[0], f'{size[1]}width="{theme.COLUMN_WIDTH}pt" height="{height:.2f}pt"', 1)


def address(svg: str) -> str:
    """The picture as the address of an image: scripts and styles of the page around it can't reach it."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def image(svg: str, title: str) -> str:
    """The picture as an <img>, which is shown in notebooks that are not trusted yet, too."""
    return f'<img alt="{escape(title)}" src="{address(svg)}" style="max-width:100%">'
