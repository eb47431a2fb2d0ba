"""The steps of `fit` in matrices: the parameters stay in one flat array meanwhile, and their Values rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import Value
from autograd.errors import LookedAt
from autograd.matrix.checks import Checked, several
from autograd.matrix.compiled import Buffer, training_error
from nn.optim import SGD, Adam


class InMatrices:
    """A loss of data points as a program: `descend(batch)` is one step on whole columns, the loss before it returned.

    With SGD or Adam the Values know nothing of the steps until `write_back`; `take` reads what they have become since.
    Any other optimizer finds data and gradients in the Values at each step.
    """

    def __init__(self, loss: Callable[[Any, Any], Value], rows: list[Any], targets: list[Any], optimizer: Any) -> None:
        self.optimizer = optimizer
        self.columns = [np.array(rows, dtype=float), np.array(targets, dtype=float)]
        self.point = lambda i: (rows[i], targets[i])
        held = optimizer.parameters if type(optimizer) in (SGD, Adam) else ()
        self.checked = Checked(loss, self.columns, self.point, held, lenient=True)
        if not self.checked.compiled.is_single:
            raise LookedAt("the loss returns a list of Values; a step needs one")
        self.take()

    def reached(self) -> tuple[Value, ...]:
        """The Values from outside that the loss depends on."""
        return self.compiled.layout.reached

    def look_again(self) -> None:
        """Hold the program against the loss, at one data point of each class, as someone may have changed it."""
        self.checked.look_again(self.columns, self.point, several(self.columns, 2))
        self.take()

    def take(self) -> None:
        """Read the parameters, and what the optimizer remembers of each."""
        compiled = self.compiled = self.checked.compiled
        self.buffer = Buffer(compiled.layout)
        self.ahead = False
        held = tuple(self.optimizer.parameters) if type(self.optimizer) in (SGD, Adam) else ()
        self.is_flat = compiled.layout.parameters == held and all(p.varies for p in held)
        if self.is_flat:
            size, buffer = len(held), self.buffer
            self.theta, self.gradient, self.zeros = buffer.numbers[:size], buffer.gradient[:size], buffer.zeros[:size]
            self.memory = tuple(np.array(self.optimizer.memory).T)

    def descend(self, batch: Sequence[int]) -> float | None:
        """One step; the parameters stay as they are if it fails. None, and no step, if a number is not finite."""
        if self.checked.is_due(2):
            self.write_back()
            self.checked.look_again(self.columns, self.point, batch[:1])
            self.take()
        columns = self.columns
        if not isinstance(batch, range):
            chosen = np.fromiter(batch, int, len(batch))
            columns = [column.take(chosen, axis=0) for column in columns]
        if not self.is_flat:
            return self._step_of_others(columns)
        try:
            with np.errstate(all="ignore" if self.compiled.lenient else "raise", under="ignore"):
                J = self.compiled.attempt(columns, self.buffer)
                new, memory = self.optimizer.update(self.theta, self.gradient, self.memory)
        except FloatingPointError:
            return None
        is_finite = J - J == 0.0 and new.dot(self.zeros) == 0.0  # 0 · inf is nan
        if not is_finite or (memory is not self.memory and any(held.dot(self.zeros) != 0.0 for held in memory)):
            return None
        self.theta[...], self.memory = new, memory
        self.ahead = True
        return J

    def _step_of_others(self, columns: Sequence[Any]) -> float | None:
        """The step of an optimizer that finds numbers and gradients in the Values."""
        J = self.compiled.run(columns, self.buffer)
        if J is not None:
            self.optimizer.zero_grad()
            training_error(J, self.buffer).backward()
            self.optimizer.step()
            self.buffer.read()
        return J

    def write_back(self) -> None:
        """Give the Values what the steps have made of them."""
        if self.ahead:
            layout, numbers = self.compiled.layout, self.theta.tolist()
            memory = list(zip(*(held.tolist() for held in self.memory), strict=True))
            for parameter, gradient in zip(layout.parameters, self.gradient.tolist(), strict=True):
                parameter._grad = gradient
            for parameter, number in zip(layout.parameters, numbers, strict=True):
                parameter._data = number
            self.optimizer.memory = memory or [()] * len(numbers)
            self.ahead = False
