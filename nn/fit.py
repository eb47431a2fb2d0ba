"""The training loop of the lecture: pick a data point at random, evaluate the gradient of its loss, update."""

from __future__ import annotations

import gc
import operator
import random
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from math import floor
from typing import Any, Protocol

from autograd import Value, average
from autograd.errors import shown
from nn.data import checked_data, generator
from nn.module import Module
from nn.optim import SGD, check_optimizer
from nn.progress import progress_bar


class Steps(Protocol):
    """What fit needs of an optimizer."""

    def step(self) -> None:
        """Change the parameters."""

    def zero_grad(self) -> None:
        """Forget the gradients."""


class History:
    """What happened: the number of steps, the loss of each batch before its update, whether Ctrl-C ended it.

    >>> from nn import Neuron, squared_loss
    >>> history = fit(Neuron(1, seed=0), [[1.0], [2.0]], [1.0, 2.0], squared_loss, steps=50, seed=0, progress=False)
    >>> history.steps, len(history.losses), history.losses[-1] < history.losses[0], history.interrupted
    (50, 50, True, False)
    """

    def __init__(self, steps: int = 0, losses: Iterable[float] = (), interrupted: bool = False) -> None:
        self.steps, self.losses, self.interrupted = steps, list(losses), interrupted

    def __repr__(self) -> str:
        return f"History(steps={self.steps}, interrupted={self.interrupted})"


DEFAULT_LR = 0.01  # fit tells this very object from a 0.01 that was passed


def fit(
    model: Module,
    X: Any,
    y: Any,
    loss: Callable[[Any, Any], Value],
    *,
    optimizer: Steps | None = None,
    lr: float = DEFAULT_LR,
    steps: int = 1000,
    batch_size: int = 1,
    seed: Any = None,
    progress: bool = True,
    callback: Callable[[int, float], Any] | None = None,
) -> History:
    """Train a model by stochastic gradient descent: one random data point, or a random batch, each step.

    >>> from nn import Neuron, squared_loss
    >>> line = Neuron(1, "identity", seed=0)
    >>> history = fit(line, [[0], [1], [2]], [1, 3, 5], squared_loss, lr=0.1, seed=0, progress=False)
    >>> round(line.w[0].data, 3), round(line.b.data, 3), history
    (2.0, 1.0, History(steps=1000, interrupted=False))

    X holds n data points (rows of numbers), y their n targets. `loss(g, y)` makes a Value of the model's output g and
    a target; a penalty on the weights goes in there. An optimizer brings its own learning rate. `callback(step, loss)`
    is called after each step. Ctrl-C ends the training and keeps what was learned. When a step fails, the parameters
    are as they were before it, and the error names the step.
    """
    if not isinstance(model, Module) or not callable(model):
        raise TypeError(f"fit needs a Module that can be called as model, got {type(model).__name__} {shown(model)}")
    if not callable(loss):
        raise TypeError(f"fit needs a function loss(g, y), like squared_loss, got {shown(loss)}")
    if optimizer is not None and lr is not DEFAULT_LR:
        raise ValueError(f"fit takes lr or an optimizer, which has its own; got both: set optimizer.lr = {shown(lr)}")
    if optimizer is not None:
        check_optimizer(optimizer, model.parameters())
    rows, targets = checked_data(X, y)
    n_steps, size = count("steps", steps, 0), count("batch_size", batch_size, 1)
    if size > len(rows):
        raise ValueError(f"batch_size needs 1 to {len(rows)}, the number of data points, got {size}")
    choose, updates = generator(seed), optimizer if optimizer is not None else SGD(model.parameters(), lr)
    training = way_to_train(model, loss, rows, targets, updates, size if n_steps else 1)
    batches = (random_batch(choose, len(rows), size) for _ in range(n_steps))
    collecting = gc.isenabled()
    try:
        gc.disable()  # dropped graphs are freed without it, and its searches would take half of the time
        with progress_bar(n_steps, shown=progress) as advance:
            return train(training, batches, advance, callback)
    finally:
        if collecting:
            gc.enable()


def train(
    training: Training,
    batches: Iterable[Sequence[int]],
    advance: Callable[[float], None],
    callback: Callable[[int, float], Any] | None,
) -> History:
    """One update of the parameters per batch; Ctrl-C ends it early."""
    history = History()
    try:
        for step, batch in enumerate(batches, 1):
            J = train_step(training, batch, step)
            history.losses.append(J)
            advance(J)
            if callback is not None:
                training.write_back()
                callback(step, J)
                training.take()
    except KeyboardInterrupt:
        history.interrupted = True
    finally:
        history.interrupted |= written_back(training)
        history.steps = len(history.losses)
    return history


class Training(Protocol):
    """A way to take the steps: on the Values themselves, or on all the numbers of a batch in matrices."""

    def descend(self, batch: Sequence[int]) -> float:
        """One update of the parameters; the loss before it."""

    def write_back(self) -> None:
        """Give the Values what has been learned."""

    def take(self) -> None:
        """Read the Values again."""


class OnValues:
    """Steps on the graph of a batch, built anew each time."""

    def __init__(
        self, model: Module, loss: Callable[[Any, Any], Value], rows: list[Any], targets: list[Any], optimizer: Steps
    ) -> None:
        self.model, self.loss, self.rows, self.targets, self.optimizer = model, loss, rows, targets, optimizer

    def descend(self, batch: Sequence[int]) -> float:
        """Forward, backward, update."""
        J = batch_loss(self.model, self.loss, [self.rows[i] for i in batch], [self.targets[i] for i in batch])
        self.optimizer.zero_grad()
        J.backward()
        self.optimizer.step()
        return J.data

    def write_back(self) -> None:
        """The Values know already."""

    take = write_back


def way_to_train(
    model: Module,
    loss: Callable[[Any, Any], Value],
    rows: list[Any],
    targets: list[Any],
    optimizer: Steps,
    batch_size: int,
) -> Training:
    """Larger batches run as matrices, where NumPy is installed and the loss is the same graph for every data point."""
    if batch_size > 1:
        try:
            from nn.batches import InMatrices

            return InMatrices(lambda x, y: loss(model(x), y), rows, targets, optimizer)  # type: ignore[operator]
        except Exception:  # whatever it is, the steps on Values do without it, or say it in the words of their own
            pass
    return OnValues(model, loss, rows, targets, optimizer)


def train_step(training: Training, batch: Sequence[int], step: int) -> float:
    """One update of the parameters; the loss before it."""
    try:
        return training.descend(batch)
    except OverflowError as error:
        raise OverflowError(
            f"fit, step {step}: {error} The training diverges; the parameters are those before this step. "
            "Use a smaller lr, or scale X"
        ) from error
    except Exception as error:
        error.add_note(f"in step {step} of fit")
        raise


def written_back(training: Training) -> bool:
    """Give the Values what has been learned, whatever comes between; whether an interrupt did."""
    try:
        training.write_back()
    except KeyboardInterrupt:
        training.write_back()
        return True
    return False


def batch_loss(model: Module, loss: Callable[[Any, Any], Value], X: Sequence[Any], Y: Sequence[Any]) -> Value:
    """The training error J of a batch: the average of the losses of its data points."""
    losses = [loss(model(x), y) for x, y in zip(X, Y, strict=True)]  # type: ignore[operator]
    for value in losses:
        if not isinstance(value, Value):
            raise TypeError(f"loss(g, y) needs to return a Value, got {type(value).__name__} {shown(value)}")
    if len(losses) == 1:
        return losses[0]
    J = average(losses)
    J.label = "J"
    return J


def random_batch(choose: random.Random, n: int, size: int) -> Sequence[int]:
    """Which data points: no one twice; all of them in order if the batch is that large."""
    if size == 1:
        return (choose.randrange(n),)
    if 2 * size > n:
        return range(n) if size == n else choose.sample(range(n), size)
    draw, end, chosen = choose.random, float(n), dict[int, None]()
    while len(chosen) < size:  # a repeat is drawn again: four times as fast as sample()
        for _ in repeat(None, size - len(chosen)):
            chosen[floor(draw() * end)] = None
    return list(chosen)


def count(name: str, n: Any, least: int) -> int:
    """A whole number that is not too small."""
    try:
        if not isinstance(n, bool) and (whole := operator.index(n)) >= least:
            return whole
    except TypeError:
        pass
    kind = ValueError if hasattr(n, "__index__") and not isinstance(n, bool) else TypeError
    raise kind(f"{name} needs an int of at least {least}, got {shown(n)}")
