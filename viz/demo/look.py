"""A model as it was at a moment: whoever looks again sees what a cell has done to it since."""

from __future__ import annotations

from typing import Any, NamedTuple

from nn import MLP
from viz.demo import network
from viz.demo.retelling import Retelling

FEW = 4  # changed numbers that are told one by one


class Look(NamedTuple):
    """What the training was made for, how it is arranged, and all numbers.

    >>> model = MLP(2, [1], seed=0)
    >>> before, told = look(model), Retelling(model, seed=0)
    >>> model.layers[0].neurons[0].b.data = 0.5
    >>> look(model) == before, look(model).parts == before.parts
    (False, True)
    >>> tell(told, model, before)
    >>> told.lines[-1]
    'model.layers[0].neurons[0].b.data = 0.5'
    """

    parts: list[Any]
    structure: network.Structure
    numbers: list[float]


def look(model: MLP) -> Look:
    """The model as it is now."""
    return Look(network.parts(model), network.structure(model), network.numbers(model))


def tell(told: Retelling, model: MLP, before: Look) -> None:
    """What has changed since, as lines of the program."""
    now = look(model)
    if now.structure != before.structure:
        told.built(model, told.seed, now.numbers)
        return
    both = zip(network.paths(model), before.numbers, now.numbers, strict=True)
    different = {path: x for path, old, x in both if x != old}
    if len(different) <= FEW:
        told.changed(different)
    else:
        told.set(now.numbers)
