"""How far the training is: tqdm's bar where tqdm is installed, otherwise one line that is written anew."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from time import monotonic
from typing import Any, TextIO

Words = Callable[[Any], str]


class Smooth:
    """A running mean: the losses of single data points jump too much to be read."""

    def __init__(self, keep: float = 0.98) -> None:
        self.keep, self.mean, self.weight = keep, 0.0, 0.0

    def __call__(self, loss: float) -> float:
        """The mean, after one more loss."""
        new = 1.0 - self.keep
        self.mean, self.weight = self.keep * self.mean + new * loss, self.keep * self.weight + new
        return self.mean / self.weight


class Quiet:
    """What is told about the steps: nothing, unless there is a bar."""

    def __init__(self, bar: Any = None, told: Words = str) -> None:
        self.bar, self.told, self.words = bar, told, ""

    def advance(self, what: Any) -> None:
        """One more step, and its loss, or what else `told` makes words of."""
        if self.bar is not None:
            self.bar.set_postfix_str(self.told(what) + self.words, refresh=False)
            self.bar.update()

    def say(self, words: str) -> None:
        """What is to stand beside it from now on."""
        self.words = words


class PlainLine:
    """What is needed of tqdm, as one line that is written anew twice a second, and at the end."""

    def __init__(self, total: int, unit: str, file: TextIO) -> None:
        self.total, self.done, self.unit, self.file = total, 0, unit, file
        self.words, self.due = "", monotonic() + 0.5

    def set_postfix_str(self, words: str, refresh: bool) -> None:
        """What is to stand behind the number of steps."""
        self.words = ", " + words

    def update(self) -> None:
        """One more step."""
        self.done += 1
        if monotonic() >= self.due:
            self.write()
            self.due = monotonic() + 0.5

    def write(self, end: str = "") -> None:
        """Write the line over what it said before."""
        text = f"{self.done}/{self.total} {self.unit}s{self.words}"
        print(f"\r{text:<50}", end=end, file=self.file, flush=True)

    def close(self) -> None:
        """The last word."""
        self.write("\n")


@contextmanager
def progress_bar(total: int, *, shown: bool, unit: str = "step", told: Words | None = None) -> Iterator[Quiet]:
    """A line that shows the steps and their loss, if anybody sees it."""
    # a notebook shows the error stream on red, as if something were wrong
    in_a_notebook = not {"ipykernel", "pyodide_kernel"}.isdisjoint(sys.modules)
    stream, smooth = sys.stdout if in_a_notebook else sys.stderr, Smooth()
    if not shown or stream is None:
        yield Quiet()
        return
    try:
        from tqdm import tqdm as line
    except ImportError:
        line = PlainLine
    with closing(line(total=total, unit=unit, file=stream)) as bar:
        yield Quiet(bar, told or (lambda loss: f"loss {smooth(loss):.4g}"))
