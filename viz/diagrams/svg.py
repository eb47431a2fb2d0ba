"""What becomes of an SVG: ids of its own, a name and words, typeset indices, and on a page a size that can be read."""

from __future__ import annotations

import base64
import xml.etree.ElementTree as ET
from html import escape

from viz.style import theme
from viz.style.labels import pieces

SPACE = "http://www.w3.org/2000/svg"
PIXELS = 4 / 3  # to a point
LEAST = 3 / 4  # of its size: smaller, the small print has less than 11 pixels
ET.register_namespace("", SPACE)


def dressed(svg: bytes, prefix: str, words: str) -> bytes:
    """The SVG with ids of its own, which no other figure has, and what it shows as its name and title."""
    root = ET.fromstring(svg)
    for element in root.iter():
        for key, text in element.attrib.items():
            if key == "id":
                element.set(key, prefix + text)
            elif text.startswith("url(#"):
                element.set(key, f"url(#{prefix}{text[5:]}")
    for graph in root.findall(f"{{{SPACE}}}g"):
        for title in graph.findall(f"{{{SPACE}}}title"):  # the name of a graph is %3
            graph.remove(title)
    for line in root.iter(f"{{{SPACE}}}text"):
        if theme.is_gradient(line.text or ""):
            line.set("fill", theme.GRADIENT)
        typeset(line)
    words = " ".join(words.split()) or "a drawing"
    root.attrib = {"role": "img", "aria-label": words, **root.attrib}
    title = ET.Element(f"{{{SPACE}}}title")
    title.text = words
    root.insert(0, title)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def typeset(text: ET.Element) -> None:
    """Raise and lower what Unicode has no letters for: the w of ∇_w, the d of x_d.

    >>> line = ET.fromstring('<text font-size="10">∇_w ℒ</text>')
    >>> typeset(line)
    >>> ET.tostring(line, encoding="unicode")
    '<text font-size="10">∇<tspan dy="2.5" font-size="70%">w</tspan><tspan dy="-2.5"> ℒ</tspan></text>'
    """
    parts = pieces(text.text or "")
    if all(not kind for kind, _, _ in parts):
        return
    step, level = float(text.attrib["font-size"]) / 4, {"": 0.0, "_": 1.0, "^": -1.5}
    text.text, line = parts[0].text, 0.0
    for kind, inner, _ in parts[1:]:
        style = {"dy": f"{(level[kind] - line) * step:.6g}"} | ({"font-size": "70%"} if kind else {})
        ET.SubElement(text, f"{text.tag.removesuffix('text')}tspan", style).text = inner
        line = level[kind]


def readable(svg: str | bytes) -> str:
    """The style of a picture that shrinks a little to fit; where that is not enough, what is around it scrolls.

    >>> readable('<svg width="900pt"/>')
    'width:clamp(900px,100%,1200px);max-width:none;height:auto'
    """
    full = float(ET.fromstring(svg).attrib.get("width", "0").removesuffix("pt")) * PIXELS
    return f"width:clamp({full * LEAST:.0f}px,100%,{full:.0f}px);max-width:none;height:auto" if full else ""


def image(svg: str, words: str) -> str:
    """The picture as an <img>, which notebooks that are not trusted yet show, too; a wide one scrolls.

    Scripts and styles of the page around it can't reach it.
    """
    address = f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
    picture = f'<img alt="{escape(words)}" src="{address}" style="{readable(svg)}">'
    return f'<div style="overflow-x:auto">{picture}</div>'
