"""An Explorer is the page of one graph, which shows itself in a notebook and saves itself."""

import os
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from autograd import Value
from autograd.errors import shown
from autograd.files import write
from viz.derivation.names import names_of, titled
from viz.diagrams.diagram import MAX_EDGES, Diagram
from viz.diagrams.svg import image
from viz.explorer.graph import described
from viz.explorer.large import layers
from viz.explorer.picture import picture
from viz.graphs.draw import VIEWS, draw_graph, drawn
from viz.style.labels import written
from viz.web.colours import colours
from viz.web.document import asset, document, one_line

PARTS = ("picture", "panel", "steps", "sliders", "find", "descent", "ask", "stage", "explorer")
SCRIPTS = tuple(f"{part}.js" for part in PARTS)
MOST_VALUES = 500  # above which the lecture's view shows layers
LARGEST = 50_000  # values that a page holds
HEIGHT = 640  # pixels in a notebook


class Explorer:
    """The page of one graph: `.html` is all of it, `.save("explore.html")` writes it, a notebook shows it.

    >>> page = Explorer(Value(2.0, label="x") ** 2, "lecture")
    >>> page.html[:15], page.title
    ('<!DOCTYPE html>', 'f, step by step')
    """

    def __init__(self, root: Value, view: str) -> None:
        names = names_of(root)
        self.title = f"{titled(names[root], root)}, step by step"
        arrows = sum(1 + len(value.parents) for value in names if value.op is not None)
        if len(names) <= MOST_VALUES and arrows <= MAX_EDGES:
            steps = [[value] for value in names if value.op is not None]
            pictures = {key: picture(read(root), names, self.title) for key, read in VIEWS.items()}
            self._still = draw_graph(root, view=view)  # the picture behind the frame
        elif view == "lecture" and len(names) <= LARGEST:
            scene = layers(root, names)
            steps = [[*box.computed] for box in scene.boxes if box.computed[0].op is not None]
            pictures = {view: picture(scene, names, self.title)}
            self._still = drawn(scene, Diagram("computation graph in layers"))
        else:
            raise _too_large(len(names), arrows, view)
        self.html = page(*described(names, steps, view), pictures, self.title)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page; the file is whole or not there. Return its path."""
        target = Path(path)
        if target.suffix.lower() not in (".html", ".htm"):
            raise ValueError(f"an explorer is a page: save needs a file name ending in .html, got {shown(str(path))}")
        write(target, self.html.encode())
        return target

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, str]:
        """The page in a frame, and the graph as text."""
        return {"text/html": self._repr_html_(), "text/plain": repr(self)}

    def _repr_html_(self) -> str:
        """The page in a frame of its own, over a picture that remains where frames and scripts are taken out."""
        try:
            picture = image(self._still.svg, " ".join(written(self.title).split()))
            behind = f'<div style="grid-area:1/1;min-width:0;max-height:{HEIGHT}px;overflow:auto">{picture}</div>\n'
        except Exception:  # a display never raises; the frame shows everything without the picture, too
            behind = ""
        return f'<div style="display:grid">\n{behind}{self._frame()}</div>'  # one over the other

    def _frame(self) -> str:
        return (
            f'<iframe title="{one_line(self.title)}" sandbox="allow-scripts allow-downloads" '
            f'srcdoc="{escape(self.html)}" '
            f'style="grid-area:1/1;width:100%;height:{HEIGHT}px;border:1px solid #8884;background:Canvas"></iframe>'
        )

    def _mime_(self) -> tuple[str, str]:
        """The frame alone for marimo, which shows it as it is."""
        return "text/html", self._frame()

    def __repr__(self) -> str:
        return f"<Explorer {shown(self.title)}: .save('explore.html') writes it>"


def _too_large(n_values: int, n_arrows: int, view: str) -> ValueError:
    most, remedy = f"a page (up to {LARGEST} values)", "a part of it"
    if view == "operations" and n_values <= LARGEST:
        most = f"the view of operations (up to {MOST_VALUES} values and {MAX_EDGES} arrows)"
        remedy = f'it with view="lecture", which shows layers, or {remedy}'
    return ValueError(
        f"this graph has {n_values} values and {n_arrows} arrows, too many for {most}; "
        f"explore {remedy}: any Value inside is the root of a smaller graph"
    )


def page(graph: dict[str, Any], program: str, pictures: Mapping[str, str], title: str) -> str:
    """The HTML of the page."""
    own = [asset("explorer", name) for name in SCRIPTS]
    texts = [asset("web", "arithmetic.js"), program, asset("web", "passes.js"), asset("web", "text.js"), *own]
    views = "".join(
        f'<div class="view" data-view="{key}"{"" if key == graph["view"] else " hidden"}>{svg}</div>\n'
        for key, svg in pictures.items()
    )
    buttons = "".join(f'<button type="button" value="{key}">{key.capitalize()} view</button>' for key in pictures)
    body = asset("explorer", "explorer.html")
    for marker, text in (("TITLE", one_line(title)), ("VIEWS", buttons), ("PICTURES", views)):
        body = body.replace(f"<!--{marker}-->", text)
    style = colours() + asset("explorer", "explorer.css")
    return document(title, body, style=style, script="\n".join(texts), data={"graph": graph})
