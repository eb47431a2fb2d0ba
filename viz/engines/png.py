"""Makes a PNG of an SVG: resvg-py draws it, in place of Graphviz, with the font that comes with matplotlib."""

from __future__ import annotations

import importlib.util
import xml.etree.ElementTree as ET
from pathlib import Path

from autograd.errors import shown
from viz.engines import PNG_SCALE, RenderError
from viz.style.theme import FONT, PAGE


def rasterized(svg: bytes) -> bytes:
    """The PNG of an SVG; a RenderError if resvg-py is not installed, or can't draw it."""
    try:
        import resvg_py
    except ImportError as error:
        raise RenderError(
            "a PNG needs the dot program (https://graphviz.org/download) or resvg: pip install resvg-py; "
            "an .svg needs neither"
        ) from error
    fonts = _fonts()
    family = "DejaVu Sans" if fonts else FONT
    try:
        root = ET.fromstring(svg)
        for side in root.attrib.keys() & {"width", "height"}:  # resvg does not read "pt", but plain numbers
            root.set(side, root.attrib[side].removesuffix("pt"))
        for text in root.iterfind(".//*[@font-family]") if fonts else ():
            size = float(text.attrib["font-size"]) * 0.9  # the boxes fit Helvetica, which is a tenth narrower
            text.attrib |= {"font-family": family, "font-size": f"{size:.4g}"}
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=ET.tostring(root, encoding="unicode"),
                zoom=PNG_SCALE,
                background=PAGE,  # the size is in whole points: it leaves a thin border, which a dark page would darken
                font_files=fonts,
                font_family=family,
                sans_serif_family=family,
                skip_system_fonts=bool(fonts),
            )
        )
    except (ValueError, SyntaxError) as error:
        raise RenderError(f"resvg could not draw the PNG: {shown(str(error))[1:-1]}; save an .svg instead") from error


def _fonts() -> list[str]:
    """matplotlib's font, found without importing that. It has all signs of the drawings, and is the same everywhere."""
    found = importlib.util.find_spec("matplotlib")
    if found is None or found.origin is None:
        return []
    font = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
    return [str(font)] if font.exists() else []
