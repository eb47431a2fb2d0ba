"""Makes a PNG of an SVG: resvg-py draws it, in place of Graphviz, with the font that comes with matplotlib."""

import importlib.util
import xml.etree.ElementTree as ET
from pathlib import Path

from autograd.errors import shown
from viz.engines import PNG_SCALE, RenderError
from viz.style.theme import PAGE

FAMILY = "DejaVu Sans"


def rasterized(svg: bytes) -> bytes:
    """The PNG of an SVG; a RenderError if resvg-py is not installed, or can't draw it."""
    try:
        import resvg_py
    except ImportError as error:
        raise RenderError(
            "a PNG needs the dot program (https://graphviz.org/download) or resvg: pip install resvg-py; "
            "an .svg needs neither"
        ) from error
    if not (path := font()):
        raise RenderError("resvg needs the font that comes with matplotlib: pip install matplotlib; an .svg needs none")
    try:
        root = ET.fromstring(svg)
        for side in root.attrib.keys() & {"width", "height"}:  # resvg does not read "pt", but plain numbers
            root.set(side, root.attrib[side].removesuffix("pt"))
        for text in root.iterfind(".//*[@font-family]"):
            size = float(text.attrib["font-size"]) * 0.9  # the boxes were measured for Helvetica, a tenth narrower
            text.attrib |= {"font-family": FAMILY, "font-size": f"{size:.4g}"}
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=ET.tostring(root, encoding="unicode"),
                zoom=PNG_SCALE,
                background=PAGE,  # a size in whole points leaves a thin border, which would be dark on a dark page
                font_files=[path],
                font_family=FAMILY,
                sans_serif_family=FAMILY,
                skip_system_fonts=True,
            )
        )
    except (ValueError, SyntaxError) as error:
        raise RenderError(f"resvg could not draw the PNG: {shown(str(error))[1:-1]}; save an .svg instead") from error


def font() -> str:
    """matplotlib's font, found without importing it: it holds all the signs, and is the same everywhere; or "".

    Without a font resvg leaves all texts out and says nothing, and most machines lack the one that is asked for.
    """
    found = importlib.util.find_spec("matplotlib")
    path = Path(found.origin if found and found.origin else "").parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
    return str(path) if path.exists() else ""
