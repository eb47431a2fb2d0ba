r"""A drawing as a TikZ picture: Graphviz's own lines and places, with the labels set as mathematics.

Graphviz's JSON output lists the curves, ellipses, polygons and texts of a drawing with their places, and each becomes a
line of TikZ. The file compiles as it is, and can be put into a lecture by \input; there it needs the package tikz.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from viz.style import theme
from viz.style.tex import line_latex

# what LaTeX calls the theme's colours, after an sg; a document that defines such a name before keeps its own colour
NAMES = {
    getattr(theme, name.upper()): name
    for name in ("page", "ink", "faint", "learnable", "gradient", "blue", "green", "vermilion")
}
SIDES = -1, -1, 1, 1  # the directions in which left, bottom, right and top lie from the middle
ANCHORS = {"l": "base west", "c": "base", "r": "base east"}
HEAD = r"""% Drawn by sigmagrad. It compiles as it is; a document with \usepackage{tikz} shows it by \input.
\ifx\tikzpicture\undefined
  \documentclass{article}
  \usepackage[T1]{fontenc}
  \usepackage{lmodern,tikz}
  \usepackage[paperwidth=WIDTHbp,paperheight=HEIGHTbp,margin=0bp]{geometry}
  \pagestyle{empty}
  \parindent=0pt
  \topskip=0pt
  \def\sigmagradend{\end{document}}
  \begin{document}
\fi
"""
TAIL = "\\end{tikzpicture}%\n\\csname sigmagradend\\endcsname\n"


def tikz(layout: str | bytes) -> str:
    r"""The picture that Graphviz's JSON describes, as LaTeX.

    >>> from viz.engines.render import render
    >>> text = tikz(render('digraph { n0 [label="w_1"] }', "json"))
    >>> [line.partition(") ")[2] for line in text.splitlines() if "node" in line]
    ['{$w_{1}$};']
    """
    graph = json.loads(layout)
    drawn = [line for thing in in_order(graph) for line in statements(thing)]
    pad = 72 * float(graph.get("pad", 0))
    left, bottom, right, top = [float(x) + pad * side for x, side in zip(graph["bb"].split(","), SIDES, strict=True)]
    size = HEAD.replace("WIDTH", f"{right - left + 1:.6g}").replace("HEIGHT", f"{top - bottom + 1:.6g}")
    colours = sorted({colour for part in drawn for colour in part[1]})
    body = [
        r"\begin{tikzpicture}[x=1bp, y=1bp, inner sep=0pt, outer sep=0pt]",
        *[rf"\providecolor{{{named(colour)}}}{{HTML}}{{{colour[1:7]}}}" for colour in colours],
        rf"\path[use as bounding box] ({left:.6g},{bottom:.6g}) rectangle ({right:.6g},{top:.6g});",
        *[text for text, _ in drawn],
    ]
    return size + "\n".join(body) + "\n" + TAIL


def in_order(graph: Any) -> Iterator[Any]:
    """Boxes and arrows in Graphviz's order: each box, then the arrows that leave it, each after the box it goes to."""
    boxes = {thing["_gvid"]: thing for thing in graph.get("objects", [])}
    drawn: dict[int, list[Any]] = {number: [box] for number, box in boxes.items()}
    for arrow in graph.get("edges", []):
        drawn[arrow["tail"]] += [boxes[arrow["head"]], arrow]
    yield from {id(thing): thing for things in drawn.values() for thing in things}.values()  # each once
    yield {"_ldraw_": graph.get("_ldraw_", [])}  # the remark below the picture


def statements(thing: Any) -> Iterator[tuple[str, list[str]]]:
    """The lines of TikZ that draw one box or arrow, each with the colours it names."""
    for part in ("_draw_", "_hdraw_", "_tdraw_", "_ldraw_"):
        pen = fill = theme.INK
        width, dashes, size = 1.0, "", 14.0
        # Graphviz's letters: c is the colour of lines and texts, C of areas, F the font, S the style, T a text; all the
        # others are shapes, filled if the letter is a capital
        for op in thing.get(part, []):
            kind = op["op"]
            if kind == "c":
                pen = op["color"].upper()
            elif kind == "C":
                fill = op["color"].upper()
            elif kind == "F":
                size = op["size"]
            elif kind == "S":
                style = op["style"]
                dashes = style if style in ("dashed", "dotted") else "" if style == "solid" else dashes
                width = float(style[13:-1]) if style.startswith("setlinewidth(") else width
            elif kind == "T":
                colour = theme.GRADIENT if theme.is_gradient(op["text"]) else pen
                yield text(op, size, colour), [colour]
            elif path := shape(op):
                filled = kind in "EPB" and seen(fill)
                stroked = width > 0 and seen(pen)
                style = [f"draw={named(pen)}", f"line width={width:g}bp", dashes] if stroked else []
                style += [f"fill={named(fill)}"] if filled else []
                if style:
                    yield rf"\path[{', '.join(filter(None, style))}] {path};", [pen] * stroked + [fill] * filled


def shape(op: Any) -> str:
    """The path of an ellipse, a polygon, a line or a Bézier curve."""
    kind = op["op"]
    if kind in "Ee":
        x, y, a, b = op["rect"]
        return f"{point((x, y))} ellipse [x radius={a:.6g}, y radius={b:.6g}]"
    if kind in "PpL":
        return " -- ".join(map(point, op["points"])) + (" -- cycle" if kind != "L" else "")
    if kind in "Bb":
        start, *rest = map(point, op["points"])
        curves = [f".. controls {rest[i]} and {rest[i + 1]} .. {rest[i + 2]}" for i in range(0, len(rest), 3)]
        return " ".join([start, *curves])
    return ""


def text(op: Any, size: float, colour: str) -> str:
    """A line of text, with its mathematics typeset."""
    font = rf"\fontsize{{{size:g}bp}}{{{size * theme.LEADING:.0f}bp}}\selectfont"
    style = f"anchor={ANCHORS[op['align']]}, text={named(colour)}, font={font}"
    return rf"\node[{style}] at {point(op['pt'])} {{{line_latex(op['text'])}}};"


def point(place: Sequence[float]) -> str:
    """A place in points, as TikZ writes it."""
    return f"({place[0]:.6g},{place[1]:.6g})"


def named(colour: str) -> str:
    """What LaTeX calls a colour."""
    return "sg" + NAMES.get(colour[:7], colour[1:7])


def seen(colour: str) -> bool:
    """Whether a colour can be seen: whether it is not transparent."""
    return not (len(colour) == 9 and colour.endswith("00"))
