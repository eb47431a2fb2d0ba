"""Show how far the training is: by tqdm's bar if tqdm is installed, otherwise by one line that is overwritten."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, TextIO

Advance = Callable[[str], Any]  # is called after each step


class Smooth:
    """A running mean of the losses: those of single data points jump too much to be read."""

    def __init__(self, keep: float = 0.98) -> None:
        self.keep, self.total, self.weight = keep, 0.0, 0.0

    def __call__(self, loss: float) -> float:
        """The mean, after one more loss."""
        self.total, self.weight = self.keep * self.total + loss, self.keep * self.weight + 1.0
        return self.total / self.weight


@contextmanager
def plain_line(total: int, unit: str, file: TextIO) -> Iterator[Advance]:
    """Show one line that is overwritten twice a second, and at the end."""
    done, beside, due = 0, "", monotonic() + 0.5

    def write(end: str = "") -> None:
        text = f"{done}/{total} {unit}s{beside}"
        print(f"\r{text:<50}", end=end, file=file, flush=True)

    def advance(words: str) -> None:
        nonlocal done, beside, due
        done, beside = done + 1, f", {words}"
        if monotonic() >= due:
            write()
            due = monotonic() + 0.5

    try:
        yield advance
    finally:
        write("\n")


@contextmanager
def progress_bar(total: int, unit: str = "step") -> Iterator[Advance]:
    """Yield what to call after each step, with words to show beside the bar; without a stream nothing is shown."""
    # a notebook shows the error stream on red, as if something were wrong
    in_a_notebook = not {"ipykernel", "pyodide_kernel"}.isdisjoint(sys.modules)
    stream = sys.stdout if in_a_notebook else sys.stderr
    try:
        from tqdm import tqdm
    except ImportError:
        tqdm = None
    if stream is None:
        yield lambda words: None
    elif tqdm is None:
        with plain_line(total, unit, stream) as advance:
            yield advance
    else:
        with tqdm(total=total, unit=unit, file=stream) as bar:
            yield lambda words: (bar.set_postfix_str(words, refresh=False), bar.update())
