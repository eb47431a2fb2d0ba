"""How far the training is: tqdm's bar where tqdm is installed, otherwise one line that is written anew."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic


@contextmanager
def progress_bar(total: int, *, shown: bool) -> Iterator[Callable[[float], None]]:
    """A function to call after each step with its loss."""
    if not shown:
        yield lambda loss: None
        return
    try:
        from tqdm import tqdm
    except ImportError:
        line = PlainLine(total)
        try:
            yield line.advance
        finally:
            line.close()
        return
    # a notebook shows the error stream on red, as if something were wrong
    in_a_notebook = not {"ipykernel", "pyodide_kernel"}.isdisjoint(sys.modules)
    with tqdm(total=total, unit="step", file=sys.stdout if in_a_notebook else sys.stderr) as bar:
        smooth = Smooth()

        def advance(loss: float) -> None:
            bar.set_postfix_str(f"loss {smooth(loss):.4g}", refresh=False)
            bar.update()

        yield advance


class Smooth:
    """A running mean: the losses of single data points jump too much to be read."""

    def __init__(self) -> None:
        self.mean, self.weight = 0.0, 0.0

    def __call__(self, loss: float) -> float:
        """The mean, after one more loss."""
        self.mean, self.weight = 0.98 * self.mean + 0.02 * loss, 0.98 * self.weight + 0.02
        return self.mean / self.weight


class PlainLine:
    """One line on standard error, written anew twice a second, and at the end."""

    def __init__(self, total: int) -> None:
        self.total, self.done, self.smooth = total, 0, Smooth()
        self.text, self.due = f"0/{total} steps", monotonic() + 0.5

    def advance(self, loss: float) -> None:
        """One more step."""
        self.done += 1
        self.text = f"{self.done}/{self.total} steps, loss {self.smooth(loss):.4g}"
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
