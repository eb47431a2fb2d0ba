"""How far the training is: tqdm's bar where tqdm is installed, otherwise one line that is written anew."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any


@contextmanager
def progress_bar(
    total: int, *, shown: bool, unit: str = "step", told: Callable[[Any], str] | None = None
) -> Iterator[Callable[[Any], None]]:
    """A function to call after each step with its loss, or with what `told` makes words of."""
    if not shown:
        yield lambda what: None
        return
    told = told or Loss()
    try:
        from tqdm import tqdm
    except ImportError:
        line = PlainLine(total, unit, told)
        try:
            yield line.advance
        finally:
            line.close()
        return
    # a notebook shows the error stream on red, as if something were wrong
    in_a_notebook = not {"ipykernel", "pyodide_kernel"}.isdisjoint(sys.modules)
    with tqdm(total=total, unit=unit, file=sys.stdout if in_a_notebook else sys.stderr) as bar:

        def advance(what: Any) -> None:
            bar.set_postfix_str(told(what), refresh=False)
            bar.update()

        yield advance


class Smooth:
    """A running mean: the losses of single data points jump too much to be read."""

    def __init__(self, keep: float = 0.98) -> None:
        self.keep, self.mean, self.weight = keep, 0.0, 0.0

    def __call__(self, loss: float) -> float:
        """The mean, after one more loss."""
        new = 1.0 - self.keep
        self.mean, self.weight = self.keep * self.mean + new * loss, self.keep * self.weight + new
        return self.mean / self.weight


class Loss:
    """The running mean in words."""

    def __init__(self) -> None:
        self.smooth = Smooth()

    def __call__(self, loss: float) -> str:
        """The words, after one more loss."""
        return f"loss {self.smooth(loss):.4g}"


class PlainLine:
    """One line on standard error, written anew twice a second, and at the end."""

    def __init__(self, total: int, unit: str, told: Callable[[Any], str]) -> None:
        self.total, self.done, self.unit, self.told = total, 0, unit, told
        self.text, self.due = f"0/{total} {unit}s", monotonic() + 0.5

    def advance(self, what: Any) -> None:
        """One more step."""
        self.done += 1
        self.text = f"{self.done}/{self.total} {self.unit}s, {self.told(what)}"
        if monotonic() >= self.due:
            self.write()
            self.due = monotonic() + 0.5

    def write(self) -> None:
        """Write the line over what it said before."""
        sys.stderr.write(f"\r{self.text:<50}")
        sys.stderr.flush()

    def close(self) -> None:
        """The last word."""
        self.write()
        sys.stderr.write("\n")
