"""A Diagram is a drawing that shows and saves itself: a `graphviz.Digraph`, made of boxes and arrows with texts.

A function that draws makes one, adds boxes in styles of `viz.style.theme`, and arrows between them, by their names:

>>> from viz.style.theme import ARROW, BOX
>>> neuron = Diagram("A neuron")
>>> neuron.node("n0", "x_1", **BOX["x"])
>>> neuron.node("n1", "Σ", **BOX["sum"])
>>> neuron.edge("n0", "n1", "w_1 = 2", **ARROW["parameter"])
>>> neuron.source.splitlines()[-2].strip()
'n0 -> n1 [label="w₁ = 2", fontcolor="#B34700", color="#B34700"]'

Without positions Graphviz places the boxes. With `engine="nop2"` you do: `at=(x, y)` is the middle of a box in points
(72 to the inch, y upwards), `size=(width, height)` its size in points; an arrow is routed from box to box, or goes
`through=[start, control, control, end, …]`, a Bézier curve, with its label `label_at=(x, y)`.
"""

import base64
import hashlib
import math
import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from autograd.errors import shown
from autograd.files import write
from viz.diagrams.svg import dressed, image, readable
from viz.diagrams.tikz import tikz
from viz.engines import render as renderer
from viz.engines.png import font, rasterized
from viz.style import theme
from viz.style.labels import marked, pieces, quoted, slug, written
from viz.web.document import document, heading

Point = tuple[float, float]
MAX_NODES, MAX_EDGES = 1000, 2000
PAPER = f"body{{margin:1rem;background:{theme.PAGE}}}main{{overflow-x:auto}}svg{{display:block;SIZE}}"
GRADIENT = f'<font color="{theme.GRADIENT}">{{}}</font>'
SUFFIXES = (".svg", ".png", ".pdf", ".dot", ".html", ".tex")


class Diagram:
    """A drawing; in a notebook it shows itself.

    >>> two = Diagram("Two")
    >>> two.node("n0", "x"), two.node("n1", "y"), two.edge("n0", "n1")
    (None, None, None)
    >>> two.svg[:4], two.pipe("svg")[-7:]
    ('<svg', b'</svg>\\n')

    `title` is what a screen reader says and what default file names are made of; `direction` "LR", "TB", "RL" or "BT".
    `using` says what draws it: "dot" the program, "webassembly" the engine from PyPI, "browser" the page's, None the
    first of these that is there.
    """

    def __init__(
        self,
        title: str = "diagram",
        *,
        engine: str = "dot",
        direction: str = "LR",
        format: str = "svg",
        using: str | None = None,
        **graph: str,
    ) -> None:
        import graphviz

        self.title, self.engine, self.direction = title, engine, direction
        self.format, self.using = format, using
        self.n_nodes = self.n_edges = 0
        self.words = ""  # what it shows, for whoever can't see it
        self.typeset: dict[str, str] = {}  # labels, and the markup that stands for them in the dot program's PNG or PDF
        self.digraph: graphviz.Digraph = graphviz.Digraph()
        if engine == "dot":
            graph = {"rankdir": direction, **graph}
        for kind, style in (("graph", {**theme.GRAPH, **graph}), ("node", theme.NODE), ("edge", theme.EDGE)):
            self.digraph.body.append(f"\t{kind}{_attributes(style)}\n")

    # --- drawing ------------------------------------------------------------------------------------------------------

    def node(
        self, name: str, label: str = "", *, at: Point | None = None, size: Point | None = None, **style: str
    ) -> None:
        """Add a box: `label` is shown as text, with w_1 as w₁; `style` is a style of the theme."""
        if size is not None:
            style |= {"width": f"{size[0] / 72:.4g}", "height": f"{size[1] / 72:.4g}", "fixedsize": "true"}
        placed = {} if at is None else {"pos": _points([at])}
        self.n_nodes += 1
        self._write(f"{name}{_attributes({'label': self._shown(label), **style, **placed})}")

    def edge(
        self,
        tail: str,
        head: str,
        label: str = "",
        *,
        through: Sequence[Point] = (),
        label_at: Point | None = None,
        **style: str,
    ) -> None:
        """Add an arrow; `label` is shown as text beside it."""
        route = {"pos": _route(through, headless=style.get("arrowhead") == "none")} if through else {}
        placed = {"lp": _points([label_at])} if label_at else {}
        self.n_edges += 1
        text = {"label": self._shown(label)} if label else {}
        self._write(f"{tail} -> {head}{_attributes({**text, **style, **route, **placed})}")

    def column(self, *names: str, along: bool = False) -> None:
        """Keep these boxes in this order, side by side across the drawing's direction, or with `along` along it."""
        self._write(f"{{{'' if along else 'rank=same; '}edge [style=invis]; {' -> '.join(names)}}}")

    def note(self, text: str) -> None:
        """Write a remark below the picture."""
        self.words = f"{self.words}. {text}"
        self._write(f"label={quoted(text)}; labelloc=b; fontcolor={quoted(theme.GRADIENT)}")

    def _shown(self, label: str) -> str:
        text = written(label)
        lines = [marked(line) for line in text.split("\n")]
        coloured = [GRADIENT.format(line) if theme.is_gradient(line) else line for line in lines]
        if coloured != lines or any(kind for kind, _, _ in pieces(text)):
            self.typeset[f"label={quoted(text)}"] = f"label=<{'<br/>'.join(coloured)}>"
        return text

    def _write(self, statement: str) -> None:
        self.digraph.body.append(f"\t{statement}\n")

    # --- as graphviz's own --------------------------------------------------------------------------------------------

    @property
    def source(self) -> str:
        """The DOT text."""
        return str(self.digraph.source)

    def pipe(self, format: str | None = None, *, encoding: str | None = None) -> Any:
        """The picture as bytes, or with an encoding as str; format "svg", "png", "pdf", "dot", "json" or "plain"."""
        check_size(self.n_nodes, self.n_edges)
        kind = format or self.format
        drawn = "svg" if kind == "png" and find_spec("resvg_py") and font() else kind  # a PNG shows what the SVG does
        source = self.source
        for label, markup in self.typeset.items() if drawn in ("png", "pdf") else ():  # an SVG is typeset afterwards
            source = source.replace(label, markup)
        picture = renderer.render(source, drawn, engine=self.engine, using=self.using)
        if drawn == "svg":
            picture = dressed(picture, self.prefix, self.description)
            picture = rasterized(picture) if kind == "png" else picture
        return picture.decode(encoding) if encoding else picture

    def render(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
    ) -> str:
        """Write the DOT text to `filename` and the picture beside it, like graphviz; return the picture's path.

        Without a name it is made from the title. `cleanup` leaves out the DOT text, `view` opens the picture.
        """
        path = Path(directory or ".") / (filename or f"{slug(self.title)}.gv")
        kind = format or self.format
        picture = self.pipe(kind)
        path.parent.mkdir(parents=True, exist_ok=True)
        target = path.with_name(f"{path.name}.{kind}")
        write(target, picture)
        if not cleanup:
            write(path, self.source.encode())
        if view:
            import graphviz

            graphviz.backend.view(str(target.absolute()))
        return str(target)

    def view(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        cleanup: bool = False,
    ) -> str:
        """Render and open the picture in the system's viewer."""
        return self.render(filename, directory, view=True, cleanup=cleanup)

    # --- showing and saving -------------------------------------------------------------------------------------------

    @property
    def prefix(self) -> str:
        """What the ids in the SVG start with, so that different drawings on a page share none; equal drawings do."""
        return "d" + hashlib.sha256(self.source.encode("utf-8", "replace")).hexdigest()[:10] + "-"

    @property
    def description(self) -> str:
        """The title, and what the picture shows in words."""
        title = " ".join(written(self.title).split())
        return f"{title}: {self.words}" if self.words else title

    @property
    def svg(self) -> str:
        """The picture as an <svg> element, to put into a page."""
        text: str = self.pipe("svg", encoding="utf-8")
        return text[text.index("<svg") :]

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture; the suffix says how: .svg, .png, .pdf, .dot, .html or .tex. Return the path.

        The file is whole or not there: it is written beside its place and then moved.
        """
        target = Path(path)
        suffix = target.suffix.lower()
        if suffix not in SUFFIXES:
            raise ValueError(f"save needs a file name ending in {', '.join(SUFFIXES)}, got {shown(str(path))}")
        if suffix == ".html":  # a page with nothing but the picture; a wide one scrolls, also by the keyboard
            svg = self.svg
            body = f'<main tabindex="0">{heading(self.title)}\n{svg}</main>'
            content = document(self.title, body, style=PAPER.replace("SIZE", readable(svg))).encode()
        elif suffix == ".tex":
            content = tikz(self.pipe("json")).encode()
        else:
            content = self.source.encode() if suffix == ".dot" else self.pipe(suffix[1:])
        write(target, content)
        return target

    def _mime_(self) -> tuple[str, str]:
        """The picture for marimo, which takes one kind of output."""
        bundle = self._repr_mimebundle_()
        kind = next(kind for kind in ("image/png", "text/html", "text/plain") if kind in bundle)
        return kind, f"data:image/png;base64,{bundle[kind]}" if kind == "image/png" else bundle[kind]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, str]:
        """The picture, also as an <img>, and the DOT text; if it can't be drawn, the DOT text with the reason.

        With `format="png"` it is a PNG, which a PDF of the notebook takes as it is.
        """
        try:
            if self.format == "png":
                return {"image/png": base64.b64encode(self.pipe("png")).decode(), "text/plain": self.source}
            svg = self.svg
            return {"image/svg+xml": svg, "text/html": image(svg, self.description), "text/plain": self.source}
        except Exception as error:  # a display never raises: a cell that computed well must not look failed
            reason = " ".join(str(error).split())
            return {"text/plain": f"// no picture: {reason}\n{self.source}"}

    def __repr__(self) -> str:
        return f"<Diagram {shown(self.title)}: {self.n_nodes} boxes, {self.n_edges} arrows; .save('a.svg') writes it>"


def check_size(boxes: int, arrows: int) -> None:
    """Refuse what no engine would draw in time, and nobody could read."""
    if boxes > MAX_NODES or arrows > MAX_EDGES:
        raise ValueError(
            f"a drawing can have {MAX_NODES} boxes and {MAX_EDGES} arrows, this one has {boxes} and {arrows}; draw a "
            'smaller part of the graph, view="lecture" instead of "operations", draw_network(model) or '
            "draw_layer(layer) with a smaller max_width, or draw_backprop(model), which leaves out the middle layers"
        )


def _attributes(style: dict[str, str]) -> str:
    held = [f"{key}={quoted(value)}" for key, value in style.items()]
    return f" [{', '.join(held)}]" if held else ""


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.6g},{y:.6g}" for x, y in points)


def _route(through: Sequence[Point], *, headless: bool) -> str:
    """The curve as Graphviz reads it: it ends where an arrowhead begins, whose tip is written first, after an "e"."""
    if headless:
        return _points(through)
    (x, y), (tip_x, tip_y) = through[-2:]
    part = 1 - theme.ARROWHEAD / max(math.hypot(tip_x - x, tip_y - y), theme.ARROWHEAD + 1)
    base = x + part * (tip_x - x), y + part * (tip_y - y)
    return f"e,{_points([(tip_x, tip_y)])} {_points([*through[:-1], base])}"
