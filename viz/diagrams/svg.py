"""What Graphviz's SVG still needs: ids of its own, a description, typeset indices, and on a page a readable size."""

import base64
import xml.etree.ElementTree as ET
from html import escape

from viz.style import theme
from viz.style.labels import pieces

SPACE = "http://www.w3.org/2000/svg"
PIXELS = 4 / 3  # pixels of a page in one point
LEAST = 3 / 4  # the part of its size to which a picture may shrink; then its small print still has 11 pixels
ET.register_namespace("", SPACE)


def dressed(svg: bytes, prefix: str, words: str) -> bytes:
    """The SVG with ids that no other figure on a page has, and with a description of what it shows as its title."""
    root = ET.fromstring(svg)
    for element in root.iter():
        for key, text in element.attrib.items():
            if key == "id":
                element.set(key, prefix + text)
            elif text.startswith("url(#"):
                element.set(key, f"url(#{prefix}{text[5:]}")
    for graph in root.findall(f"{{{SPACE}}}g"):
        for title in graph.findall(f"{{{SPACE}}}title"):  # Graphviz wrote a mere %3 into it
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
    """Raise and lower the scripts for which Unicode has no letters, like the w of ∇_w and the d of x_d.

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
    """The style by which a picture shrinks a little to fit its place; if that is not enough, the place has to scroll.

    >>> readable('<svg width="900pt"/>')
    'width:clamp(900px,100%,1200px);max-width:none;height:auto'
    """
    full = float(ET.fromstring(svg).attrib.get("width", "0").removesuffix("pt")) * PIXELS
    return f"width:clamp({full * LEAST:.0f}px,100%,{full:.0f}px);max-width:none;height:auto" if full else ""


def image(svg: str, words: str) -> str:
    """The picture as an <img>, which Jupyter also shows in a notebook that it does not trust yet; a wide one scrolls.

    Scripts and styles of the page around it can't reach into it.
    """
    address = f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
    picture = f'<img alt="{escape(words)}" src="{address}" style="{readable(svg)}">'
    return f'<div style="overflow-x:auto">{picture}</div>'
