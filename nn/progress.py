"""Show how far the training is: one line that is overwritten."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic


class Smooth:
    """A running mean of the losses: those of single data points jump too much to be read."""

    def __init__(self, keep: float = 0.98) -> None:
        self.keep, self.total, self.weight = keep, 0.0, 0.0

    def __call__(self, loss: float) -> float:
        """The mean, after one more loss."""
        self.total, self.weight = self.keep * self.total + loss, self.keep * self.weight + 1.0
        return self.total / self.weight


@contextmanager
def progress_bar(total: int, unit: str = "step") -> Iterator[Callable[[str], None]]:
    """Yield what to call after each step, with words to show; the line is written twice a second, and at the end."""
    # a notebook shows the error stream on red, as if something were wrong; a program without a console has none
    in_a_notebook = not {"ipykernel", "pyodide_kernel"}.isdisjoint(sys.modules)
    stream = sys.stdout if in_a_notebook else sys.stderr
    done, beside, due = 0, "", monotonic() + 0.5

    def write(end: str = "") -> None:
        if stream is not None:
            text = f"{done}/{total} {unit}s{beside}"[:79]  # a longer one would begin another line of the terminal
            print(f"\r{text:<79}", end=end, file=stream, flush=True)

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
