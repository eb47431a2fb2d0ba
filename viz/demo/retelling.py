"""The run as a Python program: data, model, training and every change, so that the weights come out equal."""

import math
from collections.abc import Sequence

from autograd.errors import shown
from nn import MLP
from nn.activations import ACTIVATIONS
from viz.demo import network
from viz.demo.data import OwnData
from viz.demo.settings import Settings

FEW = 4  # changed numbers that are told one by one
PROGRAM = '''"""{title}"""

import random

import numpy as np

from autograd import {tools}{functions}
from nn import MLP, SGD, {losses}
from nn.datasets import {data}


def phi(x1, x2):
    """The features of a data point, which the network gets."""
    return [{features}]


{points}
(X, y), (X_test, y_test) = split(X, y, train_share={share!r}, seed={seed})
X, y = np.array([phi(*x) for x in X]), np.array(y, dtype=float)
chooser = random.Random({seed})


def set_numbers(numbers):
    """Weights and biases, neuron by neuron."""
    for value, number in zip(model.parameters(), numbers, strict=True):
        value.data = number


def train(steps, loss, lr, batch_size{argument}):
    """Random batches, and a step against the gradient for each."""
    error = vectorize(lambda x, y: loss(model(x), y){plus})
    optimizer = SGD(model.parameters(), lr)
    for _ in range(steps):
        batch = chooser.sample(range(len(X)), min(batch_size, len(X)))
        J = error(X[batch], y[batch])
        optimizer.zero_grad()
        J.backward()
        optimizer.step()

{weights}
{run}
'''
WEIGHTS = '''
def weights():
    """All weights, without the biases."""
    return [w for layer in model.layers for neuron in layer.neurons for w in neuron.w]

'''
PENALTIES = {
    "L1": "{rate!r} * total([abs(w) for w in weights()])",
    "L2": "{rate!r} * total([w * w for w in weights()])",
}


def literal(x: float) -> str:
    """A float as Python writes it.

    >>> literal(0.1), literal(float("-inf"))
    ('0.1', 'float("-inf")')
    """
    return repr(x) if math.isfinite(x) else f'float("{x}")'


class Retelling:
    """What has happened since the start, as lines of Python.

    >>> model = MLP(2, [1], seed=0)
    >>> before, retelling = network.look(model), Retelling(model, seed=0)
    >>> retelling.trained(Settings(), "nll_loss", 1)
    >>> retelling.trained(Settings(), "nll_loss", 1)
    >>> model.layers[0].neurons[0].b.data = 0.5
    >>> retelling.noticed(model, before)
    >>> print("\\n".join(retelling.lines))
    model = MLP(2, [1], ["identity"], seed=0)
    train(2, nll_loss, lr=0.1, batch_size=10)
    model.layers[0].neurons[0].b.data = 0.5
    """

    def __init__(self, model: MLP, seed: int, numbers: Sequence[float] | None = None) -> None:
        self.lines: list[str] = []
        self.steps, self.last = 0, ""  # of the call of `train` that has no line yet, as more steps may follow
        self.seed = seed
        self.losses: set[str] = set()
        self.has_penalty = False
        self.own: list[str] = []  # names of Ops that a program could not import
        self.built(model, seed, numbers)

    def built(self, model: MLP, seed: int, numbers: Sequence[float] | None = None) -> None:
        """Tell of a new network, drawn from the seed, or with these numbers."""
        self._close()
        inputs, sizes, functions, has_bias = network.shape(model)
        self.own += [op.name for op in functions if ACTIVATIONS.get(op.name) is not op]
        names = str([op.name for op in functions]).replace("'", '"')
        bias = "" if has_bias else ", bias=False"
        self.lines.append(f"model = MLP({inputs}, {sizes}, {names}{bias}, seed={seed})")
        if numbers is not None:
            self.set(numbers)

    def set(self, numbers: Sequence[float]) -> None:
        """Tell that all weights and biases were set."""
        self._close()
        self.lines.append(f"set_numbers([{', '.join(map(literal, numbers))}])")

    def noticed(self, model: MLP, before: network.Look) -> None:
        """Tell what a cell has changed in the network: a few numbers by their paths, or all of them."""
        (_, old_shape, old), (_, shape, new) = before, network.look(model)
        if shape != old_shape:
            self.built(model, self.seed, new)
            return
        both = zip(network.paths(model), old, new, strict=True)
        changes = [f"model.{path}.data = {literal(x)}" for path, was, x in both if x != was]
        if len(changes) > FEW:
            self.set(new)
        else:
            self._close()
            self.lines += changes

    def trained(self, settings: Settings, loss: str, steps: int) -> None:
        """Tell of some more steps with a loss of nn; equal calls of `train` become one."""
        if not steps:
            return
        self.losses.add(loss)
        penalty = ""
        if settings.penalty in PENALTIES and settings.rate:
            penalty = ", penalty=lambda: " + PENALTIES[settings.penalty].format(rate=settings.rate)
            self.has_penalty = True
        call = f"{loss}, lr={settings.lr!r}, batch_size={settings.batch_size}{penalty})"
        if call != self.last:
            self._close()
            self.last = call
        self.steps += steps

    def _close(self) -> None:
        if self.steps:
            self.lines.append(f"train({self.steps}, {self.last}")
        self.steps, self.last = 0, ""

    def program(self, steps: int, settings: Settings, own: OwnData | None, loss: str) -> str:
        """The whole program; `own` is the user's data, if the run is about them."""
        if self.own:
            name = shown(self.own[0])
            raise ValueError(f"code() writes the activations of nn by name, and {name} is an Op of your own")
        self._close()
        made = f'X, y = make("{settings.dataset}", noise={settings.noise!r}, seed={settings.seed})'
        if own:
            y, labels = own.targets(settings.task)
            made = f"X = {own.X}\ny = {y}" + (f"  # class k has the label {labels}[k]" if labels else "")
        return PROGRAM.format(
            title=f"A run of the playground: {steps} steps.",
            tools="total, vectorize" if self.has_penalty else "vectorize",
            losses=", ".join(sorted(self.losses | {loss})),
            functions="\nfrom autograd.ops import sin" if "sin" in str(settings.features) else "",
            features=", ".join(settings.features),
            data="split" if own else "make, split",
            points=made,
            share=settings.train_share,
            seed=settings.seed,
            argument=", penalty=lambda: 0.0" if self.has_penalty else "",
            plus=" + penalty()" if self.has_penalty else "",
            weights=WEIGHTS if self.has_penalty else "",
            run="\n".join(self.lines),
        )
