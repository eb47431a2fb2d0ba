"""Optimizers: how a gradient changes a parameter. A step changes all parameters or, if there is an error, none."""

import math
from collections.abc import Collection, Iterable, Mapping
from operator import is_
from typing import Any

from autograd import Value
from autograd.errors import plain, shown
from nn.data import is_row, real
from nn.module import held_leaves

Numbers = list[Any]  # the floats of all the parameters, or a single array that holds them all


def checked_setting(name: str, x: Any) -> Any:
    """Check a setting: lr and eps must be finite and above 0, momentum and both betas from 0 to below 1."""
    if name == "betas":
        if not isinstance(x := plain(x), (tuple, list)) or len(x) != 2:
            raise ValueError(f"betas needs two numbers, like (0.9, 0.999), got {shown(x)}")
        return checked_setting("betas[0]", x[0]), checked_setting("betas[1]", x[1])
    setting, is_step = real(name, x), name in ("lr", "eps")
    if not (0.0 < setting < math.inf if is_step else 0.0 <= setting < 1.0):
        needed = "above 0" if is_step else "from 0 to below 1"
        raise ValueError(f"{name} needs a finite number {needed}, got {setting!r}")
    return setting


class Optimizer:
    """What SGD and Adam share: the parameters, the learning rate, and a step that can't be left half done.

    A subclass adds its `update`: plain arithmetic on lists, of all the floats, or of a single array that holds them.
    """

    fresh: tuple[float, ...] = ()  # what a new parameter's memory holds before its first step
    lr: float  # the learning rate η

    def __init__(self, parameters: Iterable[Value], lr: float) -> None:
        self.parameters = checked_parameters(parameters)
        self.memory = [[x] * len(self.parameters) for x in self.fresh]
        self.lr = lr

    def __setattr__(self, name: str, x: Any) -> None:
        is_setting = name in ("lr", "momentum", "betas", "eps")
        super().__setattr__(name, checked_setting(name, x) if is_setting else x)

    @property
    def memory(self) -> list[Numbers]:
        """A list per thing remembered (velocities, say), with a number per parameter; a new parameter is `fresh`."""
        known, memory = self._remembered
        if len(self.parameters) == len(known) and all(map(is_, self.parameters, known)):
            return memory
        held = {p: [column[i] for column in memory] for i, p in enumerate(known)}
        if (new := [p for p in self.parameters if p not in held]) or not self.parameters:
            checked_parameters(new)
        return [[*column] for column in zip(*[held.get(p, self.fresh) for p in self.parameters], strict=True)]

    @memory.setter
    def memory(self, memory: list[Numbers]) -> None:
        self._remembered = list(self.parameters), memory  # in one go: Ctrl-C changes both or neither

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for parameter in self.parameters:
            parameter._grad = 0.0

    def update(self, parameters: Numbers, gradients: Numbers, memory: list[Numbers]) -> tuple[Numbers, list[Numbers]]:
        """The new numbers of the parameters, and the new memory."""
        raise NotImplementedError

    def step(self) -> None:
        """Change every parameter against its gradient; if one would not be finite, an OverflowError, and no change.

        A parameter whose role has become "constant" is frozen: it stays as it is.
        """
        memory = self.memory
        before = [p._data for p in self.parameters]
        numbers, remembered = self.update(before, [p._grad for p in self.parameters], memory)
        if [p for p in self.parameters if not p.varies]:
            numbers, *remembered = map(self.unless_frozen, [before, *memory], [numbers, *remembered])
        if not math.isfinite(sum(numbers) + sum(map(sum, remembered))):
            self.refuse_infinite(numbers, remembered)
        try:
            self.commit(numbers, remembered)
        except BaseException:  # Ctrl-C
            self.commit(before, memory)
            raise

    def unless_frozen(self, before: Numbers, after: Numbers) -> Numbers:
        """The numbers after a step, but those before it for parameters that are frozen."""
        return [new if p.varies else old for p, old, new in zip(self.parameters, before, after, strict=True)]

    def commit(self, numbers: Numbers, memory: list[Numbers]) -> None:
        """Set the numbers of the parameters, and the memory."""
        self.memory = memory
        for parameter, number in zip(self.parameters, numbers, strict=True):
            parameter._data = number

    def refuse_infinite(self, numbers: Numbers, memory: list[Numbers]) -> None:
        """Raise an error that names the first parameter whose new number, or memory, is not finite."""
        who = type(self).__name__
        for i, (p, new, *held) in enumerate(zip(self.parameters, numbers, *memory, strict=True)):
            named = shown(p._label) if p._label else f"number {i}"
            if p.varies and not math.isfinite(new):
                raise OverflowError(
                    f"{who}: the step would make parameter {named} {new!r} (now {p._data!r}, gradient {p._grad!r}); "
                    "nothing was changed. Use a smaller lr, or look for nan and inf in the data."
                )
            if not all(map(math.isfinite, held)):
                raise OverflowError(
                    f"{who}: the gradient {p._grad!r} of parameter {named} is too large for what {who} "
                    "remembers of it; nothing was changed. Scale the loss."
                )


class SGD(Optimizer):
    """Stochastic gradient descent: v ← momentum · v + gradient, p ← p − lr · v.

    >>> p = Value(1.0)
    >>> optimizer = SGD([p], lr=0.1)
    >>> (p * p).backward()
    >>> optimizer.step()
    >>> p.data
    0.8

    `momentum` says how much of its velocity v a parameter keeps, from 0 to below 1. It and lr can be set.
    """

    fresh = (0.0,)  # the velocity

    def __init__(self, parameters: Iterable[Value], lr: float, momentum: float = 0.0) -> None:
        super().__init__(parameters, lr)
        self.momentum = momentum

    def update(self, parameters: Numbers, gradients: Numbers, memory: list[Numbers]) -> tuple[Numbers, list[Numbers]]:
        """One step by these formulas; without momentum, nothing has to be remembered."""
        lr, momentum = self.lr, self.momentum
        if not momentum:
            return [p - lr * g for p, g in zip(parameters, gradients, strict=True)], memory
        velocities = [momentum * v + g for v, g in zip(memory[0], gradients, strict=True)]
        return [p - lr * v for p, v in zip(parameters, velocities, strict=True)], [velocities]


class Adam(Optimizer):
    """Adam (Kingma and Ba 2015): steps of about lr, whatever the size of the gradients.

    >>> p = Value(1.0)
    >>> optimizer = Adam([p], lr=0.1)
    >>> (p * p).backward()
    >>> optimizer.step()
    >>> round(p.data, 6)
    0.9

    `betas` say how much of two means is kept at each step, that of the gradients and that of their squares; `eps` keeps
    the divisor from being 0. All settings can be set.
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

    def update(self, parameters: Numbers, gradients: Numbers, memory: list[Numbers]) -> tuple[Numbers, list[Numbers]]:
        """One step: m is the mean of the gradients and root² that of their squares, corrected for their start at 0."""
        made = []
        (beta1, beta2), lr, eps = self.betas, self.lr, self.eps
        for p, g, mean, square, steps in zip(parameters, gradients, *memory, strict=True):
            mean = beta1 * mean + (1.0 - beta1) * g
            square = beta2 * square + (1.0 - beta2) * g * g
            steps = steps + 1.0
            m, root = mean / (1.0 - beta1**steps), square**0.5 / (1.0 - beta2**steps) ** 0.5
            made.append((p - lr * m / (root + eps), mean, square, steps))
        numbers, *memory = map(list, zip(*made, strict=True))
        return numbers, memory


def checked_parameters(parameters: Any) -> list[Value]:
    """The parameters, each once; it is an error if one is not a leaf that can learn."""
    if not is_row(parameters):
        raise TypeError(f"an optimizer needs a list of Values, got {shown(parameters)}; write model.parameters()")
    held = list(parameters)
    for value in held:
        if not isinstance(value, Value):
            came = f"{type(value).__name__} {shown(value)}"
            raise TypeError(f"an optimizer needs Values, got {came}; write model.parameters()")
        if value.op is not None or not value.varies:
            raise ValueError(f"an optimizer changes leaves, and {shown(value)} is computed or constant; leave it out")
    if not held:
        raise ValueError(
            "an optimizer needs at least one parameter, got none; a Module finds its Values among its attributes, "
            "as in self.w = Value(0.5), and in the modules, lists, tuples, dicts and object arrays there"
        )
    return list(dict.fromkeys(held))


def check_optimizer(optimizer: Any, parameters: Iterable[Value]) -> None:
    """Raise an error if this is no optimizer, or one that was made for the parameters of another model."""
    if isinstance(optimizer, type) or not all(callable(getattr(optimizer, do, None)) for do in ("step", "zero_grad")):
        raise TypeError(
            f"optimizer needs .step() and .zero_grad(), got {type(optimizer).__name__} {shown(optimizer)}; "
            "write SGD(model.parameters(), lr=0.01) or Adam(model.parameters())"
        )
    held, is_list = set(parameters), isinstance(getattr(optimizer, "parameters", None), list)
    if held and is_list and held.isdisjoint(parameters_of(optimizer)):
        raise ValueError(
            "the optimizer needs parameters of this model, got only others: the model would learn nothing; "
            "make the optimizer anew after the model, with model.parameters()"
        )


def parameters_of(optimizer: Any) -> list[Value]:
    """The parameters that an optimizer holds, as far as its `parameters` tell; one's own may keep them in groups."""
    held = getattr(optimizer, "parameters", None)
    if isinstance(held, Collection) and not isinstance(held, Mapping):  # a set too, or the values of a dict
        held = [*held]
    return [value for _, _, values in held_leaves(held) for value in values]
