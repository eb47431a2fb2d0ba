"""The steps of `fit` in matrices: the parameters stay in one flat array meanwhile, and their Values rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import Value
from autograd.errors import LookedAt
from autograd.matrix.checks import Checked
from autograd.matrix.compiled import training_error
from nn.optim import SGD, Adam


class InMatrices(Checked):
    """A loss of data points as a program: `descend(batch)` is one step on whole columns, the loss before it returned.

    With SGD or Adam the Values know nothing of the steps until `write_back`; `take` reads what they have become since.
    Any other optimizer finds data and gradients in the Values at each step.
    """

    is_lenient = True

    def __init__(self, loss: Callable[[Any, Any], Value], rows: list[Any], targets: list[Any], optimizer: Any) -> None:
        super().__init__(loss)
        self.optimizer = optimizer
        self.columns = [np.array(rows, dtype=float), np.array(targets, dtype=float)]
        self.point = lambda i: (rows[i], targets[i])
        self.look_at()

    def look_at(self, at: Sequence[int] = ()) -> None:
        """Hold the program against the loss, at these data points or at some of each class; either may have changed."""
        self.look(self.columns, self.point, at)
        self.take()
        if not self.compiled.is_single:
            raise LookedAt("the loss returns a list of Values; a step needs one")

    def take(self) -> None:
        """Read the parameters, and what the optimizer remembers of each."""
        parameters = self.compiled.parameters
        self.numbers, self.ahead = self.compiled.numbers(), False
        self.arrays = self.compiled.arrays(self.numbers)
        # an optimizer of these parameters, whose arithmetic is known to run on arrays
        self.is_flat = type(self.optimizer) in (SGD, Adam) and {*self.optimizer.parameters} == {*parameters}
        if self.is_flat:
            memory = dict(zip(self.optimizer.parameters, self.optimizer.memory, strict=True))
            self.memory = tuple(np.array([*zip(*[memory[p] for p in parameters], strict=True)]))

    def descend(self, batch: Sequence[int]) -> float | Value | None:
        """One step, or J for an optimizer that needs Values; None, and no step, if a number is not finite."""
        if self.is_due(2):
            self.write_back()
            self.look_at(batch[:1])
        columns = self.columns
        if not isinstance(batch, range):
            columns = [column.take(batch, axis=0) for column in columns]
        found = self.compiled.run(columns, self.arrays)
        if found is None or not self.is_flat:
            return found and training_error(self.compiled.parameters, *found)
        J, gradient = found
        theta = self.numbers[: len(gradient)]
        try:
            with np.errstate(all="raise", under="ignore"):
                theta[:], self.memory = self.optimizer.update(theta, gradient, self.memory)
        except FloatingPointError:
            return None
        self.gradient, self.ahead = gradient, True
        self.arrays = self.compiled.arrays(self.numbers)
        return J

    def write_back(self) -> None:
        """Give the Values what the steps have made of them."""
        if self.ahead:
            parameters = self.compiled.parameters
            memory = dict(zip(parameters, zip(*(held.tolist() for held in self.memory), strict=True), strict=True))
            for parameter, gradient, number in zip(parameters, self.gradient.tolist(), self.numbers.tolist()):  # noqa: B905 (behind them are the constants)
                parameter._grad, parameter._data = gradient, number
            self.optimizer.memory = [memory[p] for p in self.optimizer.parameters]
            self.ahead = False
