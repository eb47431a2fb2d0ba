"""The training: batches at random, the loss and its gradient through `vectorize`, a step of SGD on the model's Values.

The weights are in the model after every step, so a cell that reads or changes it between two steps finds the real ones.
"""

import math
import random
from collections.abc import Callable
from typing import Any

import nn
from autograd import Value, total, vectorize
from autograd.matrix.columns import np
from nn import MLP, SGD
from nn.activations import ACTIVATIONS
from nn.datasets import REGRESSION, Points
from viz.demo.settings import Settings

LOSSES = {  # of a classification, for one output and for many, by the activation of the last layer
    "one": {"identity": "nll_loss_from_logit", "sigmoid": "nll_loss"},
    "many": {"identity": "cross_entropy_from_logits", "softmax": "cross_entropy"},
}


def output_for(task: str, n_classes: int) -> tuple[int, str]:
    """How many outputs a task needs, and their activation: one, or for more than two classes a softmax of as many."""
    return (1, "identity") if task == REGRESSION or n_classes <= 2 else (n_classes, "softmax")


def loss_name(model: MLP, task: str, n_classes: int) -> str:
    """The function of nn that compares the model's output with y.

    >>> loss_name(MLP(2, [1]), "classification", 2), loss_name(MLP(2, [1]), "regression", 0)
    ('nll_loss_from_logit', 'squared_loss')
    """
    last, count = model.layers[-1].activation, len(model.layers[-1].neurons)
    if task == REGRESSION:
        if count != 1:
            raise ValueError(f"regression needs 1 neuron in the last layer, got {count}")
        return "squared_loss"
    if count != n_classes and (count != 1 or n_classes > 2):
        needed = "1 or 2 neurons" if n_classes == 2 else f"{n_classes} neurons"
        raise ValueError(f"{n_classes} classes need {needed} in the last layer, got {count}")
    pairs = LOSSES["many" if count > 1 else "one"]
    if ACTIVATIONS.get(last.name) is not last or last.name not in pairs:
        raise ValueError(f"classification needs {' or '.join(pairs)} in the last layer, got {last.name}")
    return pairs[last.name]


class Training:
    """A model, the points it learns from, and the next step.

    >>> model = MLP(2, [1], seed=0)
    >>> points = [[0.0, 1.0], [1.0, 0.0]], [0, 1]
    >>> training = Training(model, points, Settings(batch_size=2, lr=1.0), "nll_loss_from_logit", random.Random(0))
    >>> before = training.average_loss(points)
    >>> training.step()
    >>> training.average_loss(points) < before
    True
    """

    def __init__(self, model: MLP, points: Points, settings: Settings, loss: str, chooser: random.Random) -> None:
        self.X, self.y = (np.array(part, dtype=float) for part in points)  # once, rather than in every step
        self.size = min(settings.batch_size, len(self.X))
        self.chooser = chooser
        self.optimizer = SGD(model.parameters(), settings.lr)
        compare: Callable[[Any, Any], Value] = getattr(nn, loss)
        weights = [w for layer in model.layers for neuron in layer.neurons for w in neuron.w]  # no bias has a penalty

        def error(x: Any, y: Any) -> Value:
            J = compare(model(x), y)
            if settings.penalty == "none" or not settings.rate:
                return J
            return J + settings.rate * total([w * w if settings.penalty == "L2" else abs(w) for w in weights])

        self.J = vectorize(error)
        self.each_loss = vectorize(lambda x, y: compare(model(x), y))

    def batch(self) -> list[int]:
        """The numbers of some training points, at random."""
        return self.chooser.sample(range(len(self.X)), self.size)

    def step(self) -> None:
        """One batch, one update; on an error no parameter has changed."""
        batch = self.batch()
        J = self.J(self.X[batch], self.y[batch])
        self.optimizer.zero_grad()
        J.backward()
        self.optimizer.step()

    def average_loss(self, points: Any) -> float | None:
        """The loss without the penalty; None if it is too large for a number, or not defined."""
        try:
            loss = float(self.each_loss.map(*points).mean())
        except (ArithmeticError, ValueError):
            return None
        return loss if math.isfinite(loss) else None
