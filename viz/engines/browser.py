"""Graphviz in a browser: the page has loaded its WebAssembly build (@viz-js/viz) before Python starts; Python calls it.

Loading WebAssembly is asynchronous and a drawing is not, so the page does it: `notebooks/site/` shows how, and leaves
the instance in the global `sigmagradGraphviz`. Elsewhere than in such a page there is none, and that is an ImportError.
"""

from __future__ import annotations

from importlib import import_module

from autograd.errors import shown

INSTANCE = "sigmagradGraphviz"


def draw(source: str, format: str, engine: str, seconds: float) -> bytes:
    """The picture, or what went wrong as an exception; there is no time limit: stop the kernel, or close the page."""
    graphviz = getattr(import_module("js"), INSTANCE, None)  # Pyodide's view of the page; nowhere else importable
    if graphviz is None:
        raise ImportError(f"the page has loaded no Graphviz: it needs an instance of @viz-js/viz named {INSTANCE}")
    outcome = graphviz.renderFormats(source, [format], engine=engine)
    if outcome.status != "success":
        raise ValueError("; ".join(str(error.message) for error in outcome.errors) or "no reason given")
    picture = getattr(outcome.output, format)
    if not isinstance(picture, str):
        raise ValueError(f"expected a text, got {shown(picture)}")
    return picture.encode()
