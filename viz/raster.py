"""An SVG as PNG without Graphviz's own: resvg-py draws it, with the font that comes with matplotlib."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from viz.render import PNG_SCALE, RenderError
from viz.theme import FONT


def png(svg: bytes) -> bytes:
    """The picture as PNG bytes, or a RenderError that says what to install."""
    try:
        import resvg_py
    except ImportError as error:
        raise RenderError(
            "a PNG needs the dot program (https://graphviz.org/download) or resvg: pip install resvg-py; "
            "an .svg needs neither"
        ) from error
    fonts = [str(path) for path in _fonts()]
    family = "DejaVu Sans" if fonts else FONT
    text = svg[svg.index(b"<svg") :].decode()  # without the prolog, and its size in plain pixels: resvg reads no "pt"
    text = re.sub(r'<svg width="([0-9.]+)pt" height="([0-9.]+)pt"', r'<svg width="\1" height="\2"', text, count=1)
    if fonts:
        text = re.sub(r' font-family="[^"]*" font-size="([0-9.]+)"', _as_dejavu, text)
    try:
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=text,
                zoom=PNG_SCALE,
                font_files=fonts,
                font_family=family,
                sans_serif_family=family,
                skip_system_fonts=bool(fonts),
            )
        )
    except ValueError as error:
        raise RenderError(f"resvg could not draw the PNG: {error}; save an .svg instead") from error


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
