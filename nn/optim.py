"""Optimizers: how a gradient changes a parameter. A step changes all the parameters, or on an error none of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any

from autograd import Value
from autograd.backward import empty
from autograd.clock import clock
from autograd.errors import shown
from autograd.node import set_data, set_numbers
from nn.data import real


class Optimizer:
    """What SGD and Adam share: the parameters, the learning rate, and a step that can't be left half done."""

    def __init__(self, parameters: Iterable[Value], lr: float) -> None:
        self.parameters = checked_parameters(parameters)
        self.lr = lr
        self._memory: Sequence[Sequence[float]] = ()

    @property
    def lr(self) -> float:
        """The learning rate η; set it to change the size of the next steps."""
        return self._lr

    @lr.setter
    def lr(self, lr: float) -> None:
        self._lr = between("lr", lr, 0.0, math.inf, above=True)

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        empty(self.parameters)

    def _moved_in_arrays(self, step: Callable[[Any, Any], Any]) -> bool:
        """Whether a matrix program has all their numbers and gradients in arrays, and made the step there."""
        reference = clock.gradients_of
        kernel = reference and reference()
        return bool(kernel and kernel.knows(self.parameters) and kernel.move(step))

    def _commit(self, new: Sequence[float], *memory: Sequence[float]) -> None:
        """Set all the parameters, and what the optimizer remembers of them, in one step which no interrupt divides."""
        if not math.isfinite(sum(map(sum, memory), sum(new))):
            self._refuse(new, [numbers for numbers in memory if len(numbers) == len(new)])
        if not memory:
            set_data(self.parameters, new, object())
            return
        names = [*repeat("_data", len(new)), "_memory"]
        set_numbers([*self.parameters, self], names, [*new, memory])

    def _refuse(self, new: Sequence[float], memory: Sequence[Sequence[float]]) -> None:
        for i, (parameter, *numbers) in enumerate(zip(self.parameters, new, *memory, strict=True)):
            if all(map(math.isfinite, numbers)):
                continue
            who, named = type(self).__name__, shown(parameter._label) if parameter._label else f"number {i}"
            if math.isfinite(numbers[0]):
                raise OverflowError(
                    f"{who}: the gradient {parameter._grad!r} of parameter {named} is too large for what {who} "
                    "remembers of it; nothing was changed. Scale the loss"
                )
            raise OverflowError(
                f"{who}: the step would make parameter {named} {numbers[0]!r} "
                f"(now {parameter._data!r}, gradient {parameter._grad!r}); nothing was changed. Use a smaller lr"
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

    def __init__(self, parameters: Iterable[Value], lr: float, momentum: float = 0.0) -> None:
        super().__init__(parameters, lr)
        self.momentum = between("momentum", momentum, 0.0, 1.0)
        self._memory = ([0.0] * len(self.parameters),)

    def step(self) -> None:
        """Change every parameter against its gradient; OverflowError, and no change, if one would not be finite."""
        lr, momentum = self._lr, self.momentum
        if not momentum:
            if not self._moved_in_arrays(lambda p, gradient: p - lr * gradient):
                self._commit([p._data - lr * p._grad for p in self.parameters])
            return
        velocity = [momentum * v + p._grad for p, v in zip(self.parameters, self._memory[0], strict=True)]
        new = [p._data - lr * v for p, v in zip(self.parameters, velocity, strict=True)]
        self._commit(new, velocity)


class Adam(Optimizer):
    """Adam (Kingma and Ba 2015): steps of about lr, whatever the size of the gradients.

    >>> p = Value(1.0)
    >>> optimizer = Adam([p], lr=0.1)
    >>> (p * p).backward()
    >>> optimizer.step()
    >>> round(p.data, 6)
    0.9
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
    ) -> None:
        super().__init__(parameters, lr)
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise ValueError(f"betas needs two numbers, like (0.9, 0.999), got {shown(betas)}")
        self.betas = between("betas[0]", betas[0], 0.0, 1.0), between("betas[1]", betas[1], 0.0, 1.0)
        self.eps = between("eps", eps, 0.0, math.inf, above=True)
        zeros = [0.0] * len(self.parameters)
        self._memory = (zeros, zeros, [0.0])  # the means of the gradients and of their squares; the number of steps

    def step(self) -> None:
        """Change every parameter against its gradient; OverflowError, and no change, if one would not be finite."""
        lr, eps, (beta1, beta2) = self._lr, self.eps, self.betas
        means, squares, (steps,) = self._memory
        mean = [beta1 * m + (1.0 - beta1) * p._grad for p, m in zip(self.parameters, means, strict=True)]
        square = [beta2 * s + (1.0 - beta2) * p._grad * p._grad for p, s in zip(self.parameters, squares, strict=True)]
        steps += 1.0
        rate, scale = lr / (1.0 - beta1**steps), math.sqrt(1.0 - beta2**steps)
        new = [
            p._data - rate * m / (math.sqrt(s) / scale + eps)
            for p, m, s in zip(self.parameters, mean, square, strict=True)
        ]
        self._commit(new, mean, square, [steps])


def checked_parameters(parameters: Any) -> list[Value]:
    """The parameters, each once, if that is what they are."""
    if isinstance(parameters, Value) or not isinstance(parameters, Iterable):
        raise TypeError(f"an optimizer needs a list of Values, got {shown(parameters)}; write model.parameters()")
    held = list(dict.fromkeys(parameters))
    for value in held:
        if not isinstance(value, Value):
            raise TypeError(f"an optimizer needs Values, got {type(value).__name__} {shown(value)}")
        if value.op is not None or not value.varies:
            raise ValueError(f"an optimizer changes leaves, and {shown(value)} is computed or constant")
    if not held:
        raise ValueError("an optimizer needs at least one parameter, got none")
    return held


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
