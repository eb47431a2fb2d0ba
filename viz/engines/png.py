"""An SVG as PNG without Graphviz's own: resvg-py draws it, with the font that comes with matplotlib."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from viz.style.theme import FONT


def png(svg: bytes, scale: float) -> bytes:
    """The picture as PNG bytes; ImportError where resvg-py is missing, ValueError where it can't draw."""
    import resvg_py

    fonts = [str(path) for path in _fonts()]
    family = "DejaVu Sans" if fonts else FONT
    text = svg[svg.index(b"<svg") :].decode()  # without the prolog, and its size in plain pixels: resvg reads no "pt"
    text = re.sub(r' width="([0-9.]+)pt" height="([0-9.]+)pt"', r' width="\1" height="\2"', text, count=1)
    if fonts:
        text = re.sub(r' font-family="[^"]*" font-size="([0-9.]+)"', _as_dejavu, text)
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=text,
            zoom=scale,
            font_files=fonts,
            font_family=family,
            sans_serif_family=family,
            skip_system_fonts=bool(fonts),
        )
    )


def _as_dejavu(match: re.Match[str]) -> str:
    """The boxes were measured for Helvetica, which is a tenth narrower."""
    return f' font-family="DejaVu Sans" font-size="{float(match.group(1)) * 0.9:.4g}"'


def _fonts() -> list[Path]:
    """matplotlib's fonts, found without importing it: they hold all the signs, and are the same everywhere."""
    found = importlib.util.find_spec("matplotlib")
    if found is None or found.origin is None:
        return []
    folder = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
    return [folder / "DejaVuSans.ttf"] if (folder / "DejaVuSans.ttf").exists() else []
