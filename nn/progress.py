"""How far the training is: tqdm's bar where tqdm is installed, otherwise one line that is written anew."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
    """Nothing is shown; what a bar has to do."""

    words = ""

    def advance(self, what: Any) -> None:
        """One more step, and its loss, or what else `told` makes words of."""

    def say(self, words: str) -> None:
        """What is to stand beside it from now on."""
        self.words = words


class Bar(Quiet):
    """The bar of tqdm."""

    def __init__(self, bar: Any, told: Words) -> None:
        self.bar, self.told = bar, told

    def advance(self, what: Any) -> None:
        """One more step."""
        self.bar.set_postfix_str(self.told(what) + self.words, refresh=False)
        self.bar.update()


class PlainLine(Quiet):
    """One line, written anew twice a second, and at the end."""

    def __init__(self, total: int, unit: str, stream: TextIO, told: Words) -> None:
        self.total, self.done, self.unit, self.stream, self.told = total, 0, unit, stream, told
        self.text, self.due = f"0/{total} {unit}s", monotonic() + 0.5

    def advance(self, what: Any) -> None:
        """One more step."""
        self.done += 1
        self.text = f"{self.done}/{self.total} {self.unit}s, {self.told(what)}{self.words}"
        if monotonic() >= self.due:
            self.write()
            self.due = monotonic() + 0.5

    def write(self, end: str = "") -> None:
        """Write the line over what it said before."""
        print(f"\r{self.text:<50}", end=end, file=self.stream, flush=True)


@contextmanager
def progress_bar(total: int, *, shown: bool, unit: str = "step", told: Words | None = None) -> Iterator[Quiet]:
    """A line that shows the steps and their loss, if anybody sees it."""
    # a notebook shows the error stream on red, as if something were wrong
    in_a_notebook = not {"ipykernel", "pyodide_kernel"}.isdisjoint(sys.modules)
    stream, smooth = sys.stdout if in_a_notebook else sys.stderr, Smooth()
    told = told or (lambda loss: f"loss {smooth(loss):.4g}")
    if not shown or stream is None:
        yield Quiet()
        return
    try:
        from tqdm import tqdm
    except ImportError:
        line = PlainLine(total, unit, stream, told)
        try:
            yield line
        finally:
            line.write("\n")
    else:
        with tqdm(total=total, unit=unit, file=stream) as bar:
            yield Bar(bar, told)
