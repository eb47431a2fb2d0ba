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
        self.checked = Checked(loss, held, lenient=True)
        compiled = self.checked.make(self.columns, self.point)
        if not compiled.is_single:
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
        self.ahead = self.has_run = False
        held = self.optimizer.parameters if type(self.optimizer) in (SGD, Adam) else []
        self.is_flat = compiled.layout.parameters == tuple(held)
        if self.is_flat:
            size = len(self.optimizer.parameters)
            self.theta, self.gradient = self.buffer.numbers[:size], self.buffer.gradient[:size]
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
        J = self.compiled.run(columns, self.buffer)
        if J is None:
            return None
        if not self.is_flat:
            self.optimizer.zero_grad()
            training_error(J, self.buffer).backward()
            self.optimizer.step()
            self.buffer.read()
            return J
        self.has_run = True
        with np.errstate(all="ignore"):  # what is not finite is found below
            new, memory = self.optimizer.update(self.theta, self.gradient, self.memory)
        if not all(np.isfinite(numbers).all() for numbers in (new, *memory)):
            self.write_back()
            self.optimizer.step()  # finds the parameter, and the words
            self.take()
            return J
        self.theta[...], self.memory, self.ahead = new, memory, True
        return J

    def write_back(self) -> None:
        """Give the Values what the steps have made of them."""
        if not self.is_flat or not self.has_run:
            return
        for parameter, gradient in zip(self.compiled.layout.parameters, self.buffer.gradient.tolist(), strict=False):
            parameter._grad = gradient
        if self.ahead:
            numbers = self.theta.tolist()
            memory = list(zip(*(held.tolist() for held in self.memory), strict=True)) if self.memory else None
            for parameter, number in zip(self.optimizer.parameters, numbers, strict=True):
                parameter._data = number
            if memory is not None:
                self.optimizer.memory = memory
            self.ahead = False
