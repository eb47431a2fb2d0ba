"""Graphviz for Python in a browser: the page loads it as WebAssembly (@viz-js/viz), and Python calls it.

Loading WebAssembly is asynchronous and drawing is not, so the page loads it before Python starts: `notebooks/site/`
shows how, and leaves the instance in the global `sigmagradGraphviz`. Outside such a page, `draw` is an ImportError.
"""

from importlib import import_module

INSTANCE = "sigmagradGraphviz"


def draw(source: str, format: str, layout: str, seconds: float) -> bytes:
    """The picture. `seconds` is no limit here: to end a drawing, stop the kernel or close the page."""
    graphviz = getattr(import_module("js"), INSTANCE, None)  # the page as a module, which only Pyodide has
    if graphviz is None:
        raise ImportError(f"the page has loaded no Graphviz: it needs an instance of @viz-js/viz named {INSTANCE}")
    outcome = graphviz.renderFormats(source, [format], engine=layout)
    if outcome.status != "success":
        raise ValueError("; ".join(str(error.message) for error in outcome.errors) or "no reason given")
    picture: str = getattr(outcome.output, format)
    return picture.encode()
