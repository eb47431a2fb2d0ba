"""The `dot` program of an installed Graphviz.

The command line holds only the program's absolute path and fixed options; the DOT text goes in through stdin. There is
a time limit, and an interrupt leaves no process behind.
"""

import contextlib
import os
import shutil
import signal
import subprocess

from viz.engines import PNG_SCALE, RenderError, checked


def find_dot() -> str | None:
    """The absolute path of the program, if there is one on PATH."""
    found = shutil.which("dot")
    return os.path.abspath(found) if found else None


def draw(source: str, format: str, layout: str, seconds: float) -> bytes:
    """The picture; an ImportError if there is no such program."""
    program = find_dot()
    if program is None:
        raise ImportError("there is no dot program on PATH")
    try:
        process = subprocess.Popen(
            [program, f"-K{layout}", f"-T{format}", *([f"-Gdpi={72 * PNG_SCALE}"] if format == "png" else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "SERVER_NAME": "sigmagrad"},  # as on a web server, Graphviz loads no files
            start_new_session=True,  # a process group of its own, so that programs that dot starts end with it
        )
    except OSError as error:
        raise RenderError(f"{program} could not be started: {error.strerror or error}") from error
    try:
        picture, complaint = process.communicate(source.encode("utf-8", "replace"), timeout=seconds)
    except subprocess.TimeoutExpired:
        raise TimeoutError(program) from None
    finally:
        if process.returncode is None:
            _kill(process)
    return checked(picture, format, program, process.returncode, complaint.decode("utf-8", "replace"))


def _kill(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()
