"""DOT in, bytes out: the engines that draw.

Each is a file with `draw(source, format, engine, seconds)`, which answers with the bytes of a picture, and raises an
ImportError where it is not to be had, a TimeoutError with its name when it takes too long.
"""

from __future__ import annotations

import warnings

from autograd.errors import shown

PNG_SCALE = 2  # pixels per point, near enough: sharp on a slide


class RenderError(RuntimeError):
    """No engine could draw: the message says why, and what to do.

    >>> from viz.engines.render import render
    >>> try:
    ...     render("digraph {", using="webassembly")
    ... except RenderError as error:
    ...     print(error)
    Graphviz as WebAssembly could not draw: Failed to parse DOT source
    """


def checked(picture: bytes, format: str, name: str, status: int = 0, complaint: str = "") -> bytes:
    """The picture if it is one, whatever the exit status says; Graphviz says 1 for mere warnings."""
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
