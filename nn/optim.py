"""Optimizers: how a gradient changes a parameter. A step changes all the parameters, or on an error none of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import is_not
from typing import Any

from autograd import Value
from autograd.errors import shown
from nn.data import real

Memory = tuple[Any, ...]


class Optimizer:
    """What SGD and Adam share: the parameters, the learning rate, and a step that can't be left half done.

    An optimizer is its `update`, in plain arithmetic, so that it runs on one float or on an array of all of them.
    """

    fresh: Memory = ()  # what is remembered of a parameter before its first step

    def __init__(self, parameters: Iterable[Value], lr: float) -> None:
        self.parameters = checked_parameters(parameters)
        self._known, self._memory = self.parameters.copy(), [self.fresh] * len(self.parameters)
        self.lr = lr

    @property
    def lr(self) -> float:
        """The learning rate η; set it to change the size of the next steps."""
        return self._lr

    @lr.setter
    def lr(self, lr: float) -> None:
        self._lr = between("lr", lr, 0.0, math.inf, above=True)

    @property
    def memory(self) -> list[Memory]:
        """What is remembered of each of the parameters; one that was added to their list begins anew."""
        if len(self._known) != len(self.parameters) or any(map(is_not, self._known, self.parameters)):
            held = dict(zip(self._known, self._memory, strict=True))
            self.parameters = checked_parameters(self.parameters)
            self._known = self.parameters.copy()
            self._memory = [held.get(p, self.fresh) for p in self._known]
        return self._memory

    @memory.setter
    def memory(self, memory: Iterable[Memory]) -> None:
        self._memory = list(memory)

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for parameter in self.parameters:
            parameter._grad = 0.0

    def update(self, p: Any, gradient: Any, memory: Memory) -> tuple[Any, Memory]:
        """The new number of a parameter, and what to remember of it."""
        raise NotImplementedError

    def step(self) -> None:
        """Change every parameter against its gradient; OverflowError, and no change, if one would not be finite.

        A parameter whose role has become "constant" is frozen: it stays as it is.
        """
        memory = self.memory
        made = [
            self.update(p._data, p._grad, held) if p.varies else (p._data, held)
            for p, held in zip(self.parameters, memory, strict=True)
        ]
        self.commit(*zip(*made, strict=True))

    def commit(self, numbers: Sequence[float], memory: Sequence[Memory]) -> None:
        """Set the parameters, and what is remembered of them: all, or on an error or an interrupt none."""
        if not math.isfinite(sum(numbers) + sum(chain.from_iterable(memory))):
            self._refuse(numbers, memory)
        before, remembered = [p._data for p in self.parameters], self._memory
        try:
            self.memory = memory
            for parameter, new in zip(self.parameters, numbers, strict=True):
                parameter._data = new
        except BaseException:
            for parameter, old in zip(self.parameters, before, strict=True):
                parameter._data = old
            self._memory = remembered
            raise

    def _refuse(self, numbers: Sequence[float], memory: Sequence[Memory]) -> None:
        who = type(self).__name__
        for i, (p, new, held) in enumerate(zip(self.parameters, numbers, memory, strict=True)):
            named = shown(p._label) if p._label else f"number {i}"
            if p.varies and not math.isfinite(new):
                raise OverflowError(
                    f"{who}: the step would make parameter {named} {new!r} (now {p._data!r}, gradient {p._grad!r}); "
                    "nothing was changed. Use a smaller lr"
                )
            if not all(map(math.isfinite, held)):
                raise OverflowError(
                    f"{who}: the gradient {p._grad!r} of parameter {named} is too large for what {who} "
                    "remembers of it; nothing was changed. Scale the loss"
                )


class SGD(Optimizer):
    """Stochastic gradient descent: v ← momentum · v + gradient, p ← p − lr · v.

    >>> p = Value(1.0)
    >>> optimizer = SGD([p], lr=0.1)
    >>> (p * p).backward()
    >>> optimizer.step()
    >>> p.data
    0.8
    """

    fresh = (0.0,)  # the velocity

    def __init__(self, parameters: Iterable[Value], lr: float, momentum: float = 0.0) -> None:
        super().__init__(parameters, lr)
        self.momentum = momentum

    @property
    def momentum(self) -> float:
        """How much of its velocity a parameter keeps, from 0 to below 1."""
        return self._momentum

    @momentum.setter
    def momentum(self, momentum: float) -> None:
        self._momentum = between("momentum", momentum, 0.0, 1.0)

    def update(self, p: Any, gradient: Any, memory: Memory) -> tuple[Any, Memory]:
        """v ← momentum · v + gradient, p ← p − lr · v; without momentum nothing is remembered."""
        if not self._momentum:
            return p - self._lr * gradient, memory
        (v,) = memory
        v = self._momentum * v + gradient
        return p - self._lr * v, (v,)


class Adam(Optimizer):
    """Adam (Kingma and Ba 2015): steps of about lr, whatever the size of the gradients.

    >>> p = Value(1.0)
    >>> optimizer = Adam([p], lr=0.1)
    >>> (p * p).backward()
    >>> optimizer.step()
    >>> round(p.data, 6)
    0.9
    """

    fresh = (0.0, 0.0, 0.0)  # the mean of the gradients, the mean of their squares, the number of steps

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        super().__init__(parameters, lr)
        self.betas, self.eps = betas, eps

    @property
    def betas(self) -> tuple[float, float]:
        """How much of the two means is kept at each step, from 0 to below 1."""
        return self._betas

    @betas.setter
    def betas(self, betas: tuple[float, float]) -> None:
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise ValueError(f"betas needs two numbers, like (0.9, 0.999), got {shown(betas)}")
        self._betas = between("betas[0]", betas[0], 0.0, 1.0), between("betas[1]", betas[1], 0.0, 1.0)

    @property
    def eps(self) -> float:
        """What keeps the divisor from 0."""
        return self._eps

    @eps.setter
    def eps(self, eps: float) -> None:
        self._eps = between("eps", eps, 0.0, math.inf, above=True)

    def update(self, p: Any, gradient: Any, memory: Memory) -> tuple[Any, Memory]:
        """m and root²: the means of the gradients and of their squares, corrected for their start at 0."""
        (beta1, beta2), (mean, square, steps) = self._betas, memory
        mean = beta1 * mean + (1.0 - beta1) * gradient
        square = beta2 * square + (1.0 - beta2) * gradient * gradient
        steps = steps + 1.0
        m, root = mean / (1.0 - beta1**steps), square**0.5 / (1.0 - beta2**steps) ** 0.5
        return p - self._lr * m / (root + self._eps), (mean, square, steps)


def checked_parameters(parameters: Any) -> list[Value]:
    """The parameters, each once, if that is what they are."""
    if isinstance(parameters, Value) or not isinstance(parameters, Iterable):
        raise TypeError(f"an optimizer needs a list of Values, got {shown(parameters)}; write model.parameters()")
    held = list(parameters)
    for value in held:
        if not isinstance(value, Value):
            raise TypeError(f"an optimizer needs Values, got {type(value).__name__} {shown(value)}")
        if value.op is not None or not value.varies:
            raise ValueError(f"an optimizer changes leaves, and {shown(value)} is computed or constant")
    if not held:
        raise ValueError("an optimizer needs at least one parameter, got none")
    return list(dict.fromkeys(held))


def check_optimizer(optimizer: Any, parameters: Iterable[Value]) -> None:
    """An optimizer, and not one that was made for the parameters of another model."""
    if isinstance(optimizer, type) or not all(
        callable(getattr(optimizer, name, None)) for name in ("step", "zero_grad")
    ):
        raise TypeError(
            f"optimizer needs .step() and .zero_grad(), got {type(optimizer).__name__} {shown(optimizer)}; "
            "write SGD(model.parameters(), lr=0.01) or Adam(model.parameters())"
        )
    held, learned = set(parameters), getattr(optimizer, "parameters", None)
    if held and isinstance(learned, list) and held.isdisjoint(learned):
        raise ValueError(
            "the optimizer needs parameters of this model, got only others: the model would learn nothing; "
            "make the optimizer anew after the model, with model.parameters()"
        )


def between(name: str, x: Any, low: float, high: float, *, above: bool = False) -> float:
    """A setting in [low, high), or in (low, high)."""
    setting = real(name, x)
    if not low <= setting < high or (above and setting == low):
        needed = f"above {low:g}" if above else f"from {low:g} to below {high:g}"
        raise ValueError(f"{name} needs a finite number {needed}, got {setting!r}")
    return setting
