"""Every colour, font, shape and number format of the drawings, in one place.

The colours are Okabe and Ito's, which colour-blind people can tell apart, with light tints of them as fills; each kind
of box has a shape of its own too. A figure brings its own white page, so that it reads the same in a dark notebook.
A drawing takes each style by the kind of the box: `diagram.node("n0", "x_1", **BOX["input"])`.
"""

import math
import re
from collections.abc import Sequence
from typing import Any

from viz.style.labels import width, written

FONT = "Helvetica"  # one font, as Graphviz would measure texts in a list of fonts as if they were in Times
PAGE = "#FFFFFF"
INK = "#1B1B1B"
FAINT = "#6E6E6E"
BLUE, SKY, GREEN = "#0072B2", "#56B4E9", "#009E73"
ORANGE, VERMILION, PURPLE = "#E69F00", "#D55E00", "#CC79A7"
LEARNABLE = "#B34700"  # parameters: vermilion, dark enough for small print
GRADIENT = "#8F3A76"  # gradients and local derivatives: purple, dark enough for small print
POSITIVE, NEGATIVE = BLUE, VERMILION  # signs of weights
SIGN_WORDS = "blue: positive, orange: negative; thicker or darker = larger"
PLANE_COLOURS = "RdBu"  # matplotlib's map between much the same two colours, for a model's output over the plane
CLASS_COLOURS = (VERMILION, BLUE, GREEN, PURPLE, ORANGE)  # of data points; each class has a mark of its own too
CURVE_COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE)  # of functions on the same axes
CLASS_MARKS = "osD^v"

Style = dict[str, Any]  # all values are strings; Any, as mypy would refuse **style where other parameters are not

GRAPH: Style = {"bgcolor": PAGE, "fontname": FONT, "fontsize": "14", "fontcolor": INK, "pad": "0.2"}
GRAPH |= {"nodesep": "0.25", "ranksep": "0.35"}
NODE: Style = {"fontname": FONT, "fontsize": "13", "fontcolor": INK, "color": FAINT, "fillcolor": PAGE}
NODE |= {"style": "filled", "shape": "box", "margin": "0.12,0.07", "height": "0.3", "width": "0.3"}
EDGE: Style = {"fontname": FONT, "fontsize": "11", "fontcolor": INK, "color": FAINT, "arrowsize": "0.7"}

ARROWHEAD = 10 * float(EDGE["arrowsize"])  # the length of an arrowhead in points

# a text on a white ground, above the arrow that it is about
PLATE: Style = {"shape": "box", "color": PAGE, "fontsize": "11", "penwidth": "0", "margin": "0.03,0.01"}
# a factor of a gradient
ROUNDED: Style = {"shape": "box", "style": "rounded,filled", "color": GRADIENT, "fontsize": "12", "margin": "0.08,0.05"}
# kinds of boxes: what a Value is, told by colour and by shape
BOX: dict[str, Style] = {
    "input": {"shape": "box", "style": "rounded,filled", "color": BLUE, "fillcolor": "#DCEFFB"},
    "parameter": {"shape": "octagon", "margin": "0.05,0.02", "color": LEARNABLE, "fillcolor": "#FCE8D8"},
    "constant": {"shape": "note", "color": FAINT, "fillcolor": "#EFEFEF"},
    "result": {"shape": "box", "color": GREEN, "fillcolor": "#E3F4EE"},
    "root": {"shape": "box", "color": GREEN, "fillcolor": "#E3F4EE", "peripheries": "2"},
    "operation": {"shape": "circle", "color": INK, "margin": "0.02", "fontsize": "14"},
    # the lecture's signs
    "x": {"shape": "circle", "color": BLUE, "fillcolor": "#DCEFFB", "margin": "0.02", "width": "0.5"},
    "one": {"shape": "circle", "style": "filled,dashed", "color": FAINT, "margin": "0.02", "width": "0.4"},
    "sum": {"shape": "circle", "color": INK, "fontsize": "20", "margin": "0.02", "width": "0.5"},
    "activation": {"shape": "box", "color": INK, "fillcolor": "#FDF8D5", "margin": "0.12,0.1"},
    "a": {"shape": "circle", "color": GREEN, "fillcolor": "#E3F4EE", "margin": "0.02", "width": "0.5"},
    "loss": {"shape": "box", "color": INK, "fillcolor": "#F7E6F0", "margin": "0.14,0.1"},
    "text": {"shape": "plaintext", "style": "solid", "margin": "0.02"},
    # what the lecture's pictures add
    "dots": {"shape": "plaintext", "style": "solid", "margin": "0.02", "fontsize": "20"},
    "title": {"shape": "plaintext", "style": "solid", "fontcolor": FAINT, "fontsize": "13"},
    "weights": {"shape": "plaintext", "style": "solid", "fontcolor": LEARNABLE, "fontsize": "14"},
    "weight": {**PLATE, "fontcolor": LEARNABLE},
    "name": {**PLATE},
    "gradient": {**PLATE, "fontcolor": GRADIENT},
    "factor": {**ROUNDED, "fontcolor": GRADIENT},
    "reused": {**ROUNDED, "fillcolor": "#F0D9E8", "penwidth": "2"},  # a factor that two gradients share
    "formula": {"shape": "plaintext", "style": "solid", "fontsize": "14"},
    "frame": {"shape": "box", "style": "rounded,filled", "color": FAINT, "fillcolor": PAGE},
    "part": {"shape": "box", "style": "rounded,dashed", "color": FAINT},
}
# kinds of arrows: what the number on an arrow is
ARROW: dict[str, Style] = {
    "plain": {},
    "derivative": {"fontcolor": GRADIENT},
    "parameter": {"fontcolor": LEARNABLE, "color": LEARNABLE},
    "constant": {"style": "dashed"},
    "gradient": {"fontcolor": GRADIENT, "color": GRADIENT},
    "brace": {"fontcolor": GRADIENT, "color": GRADIENT, "arrowhead": "none", "penwidth": "1.5"},
}
SMALL: Style = {"fontsize": "11"}  # for a legend, and for a circle that holds a name and a number
# settings of Graphviz that keep the layout of a large, tangled graph quick
TANGLED: Style = {"nslimit": "1", "nslimit1": "1", "mclimit": "0.3", "splines": "line"}

THINNEST, THICKEST = 0.6, 4.0  # widths of an arrow, by the size of its weight


def thickness(w: float, largest: float) -> Style:
    """The style of a weight's arrow: its colour says the sign, its width the size.

    >>> thickness(-1.0, 2.0)
    {'color': '#D55E00', 'penwidth': '2.3'}
    """
    width = THINNEST + (THICKEST - THINNEST) * min(1.0, abs(w) / largest if largest else 0.0)  # ∞/∞ counts as 1
    return {"color": NEGATIVE if w < 0 else POSITIVE, "penwidth": f"{width:.3g}"}


def tint(x: float, largest: float) -> Style:
    """The fill of a circle: white for 0, and for the largest number two thirds of the colour of its sign.

    >>> tint(0.0, 1.0), tint(1.0, 1.0)
    ({'fillcolor': '#FFFFFF'}, {'fillcolor': '#55A1CC'})
    """
    part = 2 / 3 * min(1.0, abs(x) / largest if largest else 0.0)
    colour = NEGATIVE if x < 0 else POSITIVE
    mixed = [round(255 + part * (level - 255)) for level in rgb(colour)]
    return {"fillcolor": "#" + "".join(f"{level:02X}" for level in mixed)}


def rgb(colour: str) -> list[int]:
    """The red, the green and the blue of a colour, each from 0 to 255."""
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


DIGITS = 4
MINUS = "\u2212"
GRADIENT_LINE = re.compile(rf"grad (nan|{MINUS}?(∞|[\d.]+(e{MINUS}?\d+)?))")
SIGNS = {"*": "×", "-": MINUS}  # what a slide prints for what Python writes


def number(x: float) -> str:
    """A number as a drawing shows it: four significant digits, a real minus sign.

    >>> number(2.0), number(-0.123456), number(12345.6), number(1e-7), number(-0.0), number(float("inf"))
    ('2', '−0.1235', '12346', '1e−7', '0', '∞')
    """
    x += 0.0  # makes 0.0 of −0.0, whose sign would only distract from what a picture shows
    text = f"{x:.0f}" if 10**DIGITS <= abs(x) < 10 ** (DIGITS + 2) else f"{x:.{DIGITS}g}"
    mantissa, e, exponent = text.partition("e")
    text = f"{mantissa}e{int(exponent)}" if e else text
    return text.replace("inf", "∞").replace("-", MINUS)


def gradient(x: float) -> str:
    """The line of text that shows a gradient."""
    return f"grad {number(x)}"


def is_gradient(line: str) -> bool:
    """Whether a line shows a gradient. Such a line has a colour of its own, which no label that begins like it gets.

    >>> is_gradient(gradient(-1e-7)), is_gradient("grad student")
    (True, False)
    """
    return GRADIENT_LINE.fullmatch(line.strip()) is not None


LEADING = 1.2  # from line to line of a text, as a part of the size of its letters
WIDEST = 120  # points: the widest text that stands in a circle; a wider one gets an ellipse


def text_size(lines: Sequence[str], fontsize: float) -> tuple[float, float]:
    """About the width and height of some lines, in points: there is a little room for wider fonts.

    >>> text_size(["x = 2", "grad −0.5"], 10)
    (54.0, 24.0)
    """
    return max(map(width, lines), default=0) * fontsize * 0.6, len(lines) * fontsize * LEADING


def box_size(style: Style, lines: Sequence[str]) -> tuple[float, float]:
    """The width and height, in points, that a box of this style needs for its lines.

    >>> box_size(BOX["x"], ["x_1"]), box_size(BOX["result"], ["x = 2"])
    ((36.0, 36.0), (56.28, 25.68))
    """
    held = {**NODE, **style}
    width, height = text_size([written(line) for line in lines], float(held["fontsize"]))
    least, margins = float(held["width"]) * 72, [float(margin) * 72 for margin in held["margin"].split(",")]
    if held["shape"] == "circle":
        return (max(least, math.hypot(width, height) + 4),) * 2
    if held["shape"] == "ellipse":
        return width * 1.25 + 8, height * 1.6 + 8
    if held["shape"] == "octagon":
        return max(least, width + 18), height + 14
    return width + 2 * margins[0], height + 2 * margins[-1]


def tight(style: Style, lines: Sequence[str]) -> Style:
    """A style whose circle or octagon is drawn close around its text: Graphviz leaves much room there.

    >>> tight(BOX["one"], ["1"])["width"], tight(BOX["result"], ["1"]) == BOX["result"]
    ('0.4', True)
    """
    if style["shape"] not in ("circle", "octagon"):
        return style
    if style["shape"] == "circle" and box_size({**style, "shape": "plaintext", "margin": "0"}, lines)[0] > WIDEST:
        style = {**style, "shape": "ellipse"}
    width, height = box_size(style, lines)
    return {**style, "fixedsize": "true", "width": f"{width / 72:.3g}", "height": f"{height / 72:.3g}"}
