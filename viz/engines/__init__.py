"""The engines that draw: each is a way to run Graphviz, which turns DOT, the text of a graph, into a picture.

Each is a file with `draw(source, format, layout, seconds)`, which returns the picture's bytes; `layout` names a way
of placing boxes. It raises an ImportError if it is not installed, and a TimeoutError with its name after `seconds`.
"""

import warnings

from autograd.errors import shown

PNG_SCALE = 2  # pixels per point, which makes a PNG sharp on a slide


class RenderError(RuntimeError):
    """No engine could draw. The message says why, and what to do.

    >>> from viz.engines.render import render
    >>> try:
    ...     render("digraph {", using="webassembly")
    ... except RenderError as error:
    ...     print(error)
    Graphviz as WebAssembly could not draw: Failed to parse DOT source
    """


def checked(picture: bytes, format: str, name: str, status: int = 0, complaint: str = "") -> bytes:
    """The picture, or a RenderError. Status 1 may be a mere warning: an SVG that has its end counts as complete."""
    said = f"{name} ended with status {status}" + (f" and said: {shown(complaint.strip())}" if complaint else "")
    starts = {"png": b"\x89PNG", "pdf": b"%PDF"}
    complete = bool(picture.strip()) and picture.startswith(starts.get(format, b""))
    if format == "svg":
        complete = picture.rstrip().endswith(b"</svg>")
    if not complete or (status != 0 and format != "svg"):
        raise RenderError(f"{said}; no complete {format} came out")
    if status != 0:
        warnings.warn(f"{said}; the picture is complete", RuntimeWarning, stacklevel=5)
    return picture
