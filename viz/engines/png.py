"""An SVG as PNG without Graphviz's own: resvg-py draws it, with the font that comes with matplotlib."""

from __future__ import annotations

import importlib.util
import xml.etree.ElementTree as ET
from pathlib import Path

from autograd.errors import shown
from viz.engines import PNG_SCALE, RenderError
from viz.style.theme import FONT, PAGE


def rasterized(svg: bytes) -> bytes:
    """The PNG of an SVG; RenderError where there is nothing that can."""
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
        for side in root.attrib.keys() & {"width", "height"}:  # in plain pixels: resvg reads no "pt"
            root.set(side, root.attrib[side].removesuffix("pt"))
        for text in root.iterfind(".//*[@font-family]") if fonts else ():
            size = float(text.attrib["font-size"]) * 0.9  # the boxes were measured for Helvetica, a tenth narrower
            text.attrib |= {"font-family": family, "font-size": f"{size:.4g}"}
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=ET.tostring(root, encoding="unicode"),
                zoom=PNG_SCALE,
                background=PAGE,  # a size in whole points leaves a thin border, which would be dark on a dark page
                font_files=fonts,
                font_family=family,
                sans_serif_family=family,
                skip_system_fonts=bool(fonts),
            )
        )
    except (ValueError, SyntaxError) as error:
        raise RenderError(f"resvg could not draw the PNG: {shown(str(error))[1:-1]}; save an .svg instead") from error


def _fonts() -> list[str]:
    """matplotlib's font, found without importing it: it holds all the signs, and is the same everywhere."""
    found = importlib.util.find_spec("matplotlib")
    if found is None or found.origin is None:
        return []
    font = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
    return [str(font)] if font.exists() else []
