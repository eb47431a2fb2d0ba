"""An Explorer is the page of one graph, which shows itself in a notebook and saves itself."""

from __future__ import annotations

import os
from html import escape
from pathlib import Path
from typing import Any

from autograd import Value
from autograd.errors import shown
from viz.computation import draw_graph, drawn
from viz.diagram import Diagram
from viz.explorer.layers import Layers, layers
from viz.explorer.names import names_of
from viz.explorer.page import described, page
from viz.explorer.picture import picture
from viz.files import write
from viz.label import written
from viz.neurons import lecture
from viz.scene import operations
from viz.svg import address

VIEWS = {"lecture": lecture, "operations": operations}
MOST_VALUES = 500  # above which the lecture's view shows layers
HEIGHT = 640  # pixels in a notebook


class Explorer:
    """The page of one graph: `.html` is all of it, `.save("explore.html")` writes it, a notebook shows it.

    >>> page = Explorer(Value(2.0, label="x") ** 2, "lecture")
    >>> page.html[:15], page.title
    ('<!DOCTYPE html>', 'f, step by step')
    """

    def __init__(self, root: Value, view: str) -> None:
        names = names_of(root)
        self.title = f"{names[root]}, step by step"
        self._root, self._view = root, view
        self._layers: Layers | None = None
        if len(names) <= MOST_VALUES:
            steps = [[value] for value in names if value.op is not None]
            pictures = {key: picture(scene(root), names, self.title) for key, scene in VIEWS.items()}
        elif view == "lecture":
            self._layers = layers(root, names)
            steps = self._layers.steps
            pictures = {view: picture(self._layers.scene, names, self.title, self._layers.members)}
        else:
            raise ValueError(
                f"this graph has {len(names)} values, too many for the view of operations (up to {MOST_VALUES}); "
                'explore it with view="lecture", which shows layers, or a part of it: any Value inside'
            )
        self.html = page(described(names, steps, view), pictures, self.title)

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
        """The page in a frame of its own, above a picture that stays where frames and scripts are stripped."""
        title = escape(" ".join(written(self.title).split()))
        return (
            f'<div style="position:relative;min-height:{HEIGHT}px">\n'
            f'<img alt="{title}" style="max-width:100%;max-height:{HEIGHT}px" src="{self._still()}">\n'
            f'<iframe title="{title}" sandbox="allow-scripts" srcdoc="{escape(self.html)}" '
            'style="position:absolute;inset:0;width:100%;height:100%;border:1px solid #8884;background:Canvas">'
            "</iframe></div>"
        )

    def _still(self) -> str:
        """The graph as a picture that needs no scripts, as the address of an image."""
        if self._layers is None:
            diagram = draw_graph(self._root, view=self._view)
        else:
            diagram = drawn(self._layers.scene, Diagram("computation graph in layers"))
        return address(diagram.svg)

    def __repr__(self) -> str:
        return f"<Explorer {shown(self.title)}: .save('explore.html') writes it>"
