"""An SVG as PNG without Graphviz's own: resvg-py draws it, with the font that comes with matplotlib."""

from __future__ import annotations

import importlib.util
import xml.etree.ElementTree as ET
from pathlib import Path

from viz.style.theme import FONT, PAGE


def png(svg: bytes, scale: float) -> bytes:
    """The picture as PNG bytes; ImportError where resvg-py is missing, ValueError, SyntaxError where it can't draw."""
    import resvg_py

    fonts, root = _fonts(), ET.fromstring(svg)
    for side in root.attrib.keys() & {"width", "height"}:  # in plain pixels: resvg reads no "pt"
        root.set(side, root.attrib[side].removesuffix("pt"))
    for text in root.iterfind(".//*[@font-family]") if fonts else ():
        size = float(text.attrib["font-size"]) * 0.9  # the boxes were measured for Helvetica, which is a tenth narrower
        text.attrib |= {"font-family": "DejaVu Sans", "font-size": f"{size:.4g}"}
    family = "DejaVu Sans" if fonts else FONT
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=ET.tostring(root, encoding="unicode"),
            zoom=scale,
            background=PAGE,  # a size in whole points leaves a thin border, which would be dark on a dark page
            font_files=fonts,
            font_family=family,
            sans_serif_family=family,
            skip_system_fonts=bool(fonts),
        )
    )


def _fonts() -> list[str]:
    """matplotlib's font, found without importing it: it holds all the signs, and is the same everywhere."""
    found = importlib.util.find_spec("matplotlib")
    if found is None or found.origin is None:
        return []
    font = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
    return [str(font)] if font.exists() else []
