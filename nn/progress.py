"""How far the training is: tqdm's bar where tqdm is installed, otherwise one line that is written anew."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any


class Quiet:
    """Nothing is shown; what a bar has to do."""

    def advance(self, loss: float) -> None:
        """One more step, and its loss."""

    def say(self, words: str) -> None:
        """What is to stand beside the loss from now on."""


@contextmanager
def progress_bar(total: int, *, shown: bool) -> Iterator[Quiet]:
    """A line that shows the steps and their loss, if anybody sees it."""
    # a notebook shows the error stream on red, as if something were wrong
    in_a_notebook = not {"ipykernel", "pyodide_kernel"}.isdisjoint(sys.modules)
    stream = sys.stdout if in_a_notebook else sys.stderr
    if not shown or stream is None:
        yield Quiet()
        return
    try:
        from tqdm import tqdm
    except ImportError:
        line = PlainLine(total)
        try:
            yield line
        finally:
            line.close()
        return
    with tqdm(total=total, unit="step", file=stream) as bar:
        yield Bar(bar)


class Bar(Quiet):
    """The bar of tqdm."""

    def __init__(self, bar: Any) -> None:
        self.bar, self.smooth, self.words = bar, Smooth(), ""

    def advance(self, loss: float) -> None:
        """One more step, and its loss."""
        self.bar.set_postfix_str(f"loss {self.smooth(loss):.4g}{self.words}", refresh=False)
        self.bar.update()

    def say(self, words: str) -> None:
        """What is to stand beside the loss from now on."""
        self.words = words


class Smooth:
    """A running mean: the losses of single data points jump too much to be read."""

    def __init__(self) -> None:
        self.mean, self.weight = 0.0, 0.0

    def __call__(self, loss: float) -> float:
        """The mean, after one more loss."""
        self.mean, self.weight = 0.98 * self.mean + 0.02 * loss, 0.98 * self.weight + 0.02
        return self.mean / self.weight


class PlainLine(Quiet):
    """One line on standard error, written anew twice a second, and at the end."""

    def __init__(self, total: int) -> None:
        self.total, self.done, self.smooth, self.words = total, 0, Smooth(), ""
        self.text, self.due = f"0/{total} steps", monotonic() + 0.5

    def advance(self, loss: float) -> None:
        """One more step."""
        self.done += 1
        self.text = f"{self.done}/{self.total} steps, loss {self.smooth(loss):.4g}{self.words}"
        if monotonic() >= self.due:
            self.write()
            self.due = monotonic() + 0.5

    def say(self, words: str) -> None:
        """What is to stand beside the loss from now on."""
        self.words = words

    def write(self) -> None:
        """Write the line over what it said before."""
        sys.stderr.write(f"\r{self.text:<50}")
        sys.stderr.flush()

    def close(self) -> None:
        """The last word."""
        self.write()
        sys.stderr.write("\n")
