"""Batches through the matrix program: the parameters stay in one flat buffer, and their Values rest meanwhile."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any

import numpy as np

from autograd import Value, vectorize
from autograd.backward import set_gradients
from autograd.node import set_numbers
from nn.optim import SGD, Adam

Memory = tuple[Any, ...]
Change = Callable[[Any, Any, Memory, Any], tuple[Any, Memory]]  # p, gradient, memory, optimizer: the new p and memory


class InMatrices:
    """The steps of `fit` on whole batches: `descend(batch)` is one step, and returns the loss before it.

    With SGD or Adam on the very parameters of the loss, their Values know nothing of the steps until `write_back`, and
    `take` reads what they have become since. Any other optimizer finds data and gradients in the Values at each step.
    """

    def __init__(self, loss_of_point: Callable[[Any, Any], Value], rows: Any, targets: Any, optimizer: Any) -> None:
        self.program = vectorize(loss_of_point)
        self.compiled, self.columns = self.program.ready([np.array(rows, dtype=float), np.array(targets, dtype=float)])
        self.kernel = self.compiled.kernel
        self.optimizer = optimizer
        self.has_run = False
        self.change = CHANGES.get(type(optimizer))
        ours = set(self.kernel.parameters) if self.kernel.reads_leaves else set()
        if self.change and ours == set(optimizer.parameters):
            self.place = {parameter: i for i, parameter in enumerate(self.kernel.parameters)}
            self.to_kernel = np.argsort([self.place[parameter] for parameter in optimizer.parameters])
            self.from_kernel = np.argsort(self.to_kernel)
        else:
            self.change = None
        self.take()

    def take(self) -> None:
        """Read the parameters, and what the optimizer remembers of each."""
        self.kernel.read()
        if self.change:
            size = len(self.kernel.parameters)
            self.theta, self.gradient = self.kernel.theta[:size], self.kernel.gradient[:size]
            self.memory = tuple(
                [
                    np.array(held)[self.to_kernel] if len(held) == size else np.array(held)
                    for held in self.optimizer._memory
                ]
            )
        self.ahead = False

    def descend(self, batch: Sequence[int]) -> float:
        """One step on the data points of these numbers; the parameters stay as they are if it fails."""
        columns = self.columns
        if not isinstance(batch, range):
            chosen = np.fromiter(batch, int, len(batch))
            columns = [column.take(chosen, axis=0) for column in columns]
        if not self.change:
            J = self.program(*columns)
            self.optimizer.zero_grad()
            J.backward()
            self.optimizer.step()
            return J._data
        loss = self.compiled.run(columns)
        self.has_run = True
        with np.errstate(all="ignore"):  # what is not finite is found in _move
            self._move(*self.change(self.theta, self.gradient, self.memory, self.optimizer))
        return loss

    def _move(self, theta: Any, memory: Memory) -> None:
        changed = () if memory is self.memory else memory
        if not all(map(self.kernel.is_finite, (theta, *changed))):
            self.write_back()
            self.optimizer.step()  # finds the parameter, and the words
            self.take()
            return
        self.theta[...] = theta
        self.memory = memory
        self.ahead = True

    def write_back(self) -> None:
        """Give the Values what the steps have made of them."""
        if not self.change or not self.has_run:
            return
        set_gradients(self.kernel.parameters, self.gradient.tolist())
        if self.ahead:
            size = len(self.theta)
            memory = tuple([(held[self.from_kernel] if len(held) == size else held).tolist() for held in self.memory])
            holders = [*self.kernel.parameters, self.optimizer]
            names = [*repeat("_data", size), "_memory"]
            set_numbers(holders, names, [*self.theta.tolist(), memory])
            self.ahead = False


def _sgd(p: Any, gradient: Any, memory: Memory, optimizer: Any) -> tuple[Any, Memory]:
    if not optimizer.momentum:
        return p - optimizer.lr * gradient, memory
    velocity = optimizer.momentum * memory[0] + gradient
    return p - optimizer.lr * velocity, (velocity,)


def _adam(p: Any, gradient: Any, memory: Memory, optimizer: Any) -> tuple[Any, Memory]:
    mean, square, steps = memory
    beta1, beta2 = optimizer.betas
    mean = beta1 * mean + (1.0 - beta1) * gradient
    square = beta2 * square + (1.0 - beta2) * gradient * gradient
    steps = steps + 1.0
    rate, scale = optimizer.lr / (1.0 - beta1 ** steps[0]), math.sqrt(1.0 - beta2 ** steps[0])
    return p - rate * mean / (np.sqrt(square) / scale + optimizer.eps), (mean, square, steps)


CHANGES: dict[type, Change] = {SGD: _sgd, Adam: _adam}  # the same arithmetic as their step(), on all parameters at once
