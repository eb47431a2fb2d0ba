"""Data sets of two inputs, made anew from a seed: five have two classes, one has three, and two have amounts as y.

>>> X, y = make("moons", n=6, seed=1)
>>> len(X), sorted(y)
(6, [0, 0, 0, 1, 1, 1])
"""

import random
from collections.abc import Callable, Sequence
from functools import partial
from math import cos, exp, pi, sin
from typing import Any, NamedTuple

from autograd.errors import shown

Points = tuple[list[list[float]], list[Any]]
Places = tuple[list[tuple[float, float]], list[Any]]  # where the points would be without noise
CLASSIFICATION, REGRESSION = "classification", "regression"


class Recipe(NamedTuple):
    """How a data set is made from n and random numbers, what its y are, and how much of the noise moves its points."""

    places: Callable[[int, random.Random], Places]
    task: str
    n_classes: int = 0
    share: float = 1.0
    least: float = 0.0


def make(name: str, *, n: int = 400, noise: float = 0.15, seed: int = 0) -> Points:
    """The n points of a data set and what is known of each: a class, counted from 0, or an amount."""
    if not isinstance(name, str) or name not in DATASETS:
        raise ValueError(f"dataset needs one of {', '.join(DATASETS)}, got {shown(name)}; or pass your own X and y")
    draw, recipe = random.Random(seed), DATASETS[name]
    places, y = recipe.places(n, draw)
    sigma = recipe.least + recipe.share * noise  # the standard deviation of each coordinate
    return [[x1 + draw.gauss(0, sigma), x2 + draw.gauss(0, sigma)] for x1, x2 in places], y


def split(X: list[Any], y: list[Any], *, train_share: float, seed: int) -> tuple[Points, Points]:
    """Split the data points into those to learn from and the others, to test with; there is at least one of each.

    >>> split([[1, 2], [3, 4], [5, 6]], [0, 1, 0], train_share=0.67, seed=0)
    (([[3, 4], [5, 6]], [1, 0]), ([[1, 2]], [0]))
    """
    order = random.Random(seed).sample(range(len(X)), len(X))
    count = min(max(round(train_share * len(X)), 1), len(X) - 1)
    train, test = (([X[i] for i in part], [y[i] for i in part]) for part in (order[:count], order[count:]))
    return train, test


def _clouds(n: int, draw: random.Random) -> Places:
    """Two clouds, one on each side of the line x₁ + x₂ = 0."""
    y = [i % 2 for i in range(n)]
    return [(1.2 * k - 0.6, 1.2 * k - 0.6) for k in y], y


def _square(n: int, draw: random.Random, answer: Callable[[float, float], Any]) -> Places:
    """Points of the square [−1, 1]²."""
    places = [(draw.uniform(-1, 1), draw.uniform(-1, 1)) for _ in range(n)]
    return places, [answer(x1, x2) for x1, x2 in places]


def _curves(n: int, draw: random.Random, angle: float, curves: Sequence[Callable[[float], Any]]) -> Places:
    """Points evenly spaced on two curves of the angle t, class after class."""
    counts = n // 2, n - n // 2
    places = [curve(angle * i / count) for curve, count in zip(curves, counts, strict=True) for i in range(count)]
    return places, [0] * counts[0] + [1] * counts[1]


def _arms(n: int, draw: random.Random, arms: int, turn: float) -> Places:
    """Arms around each other, one for each class; they are so near that the noise has to be small."""
    y = [i % arms for i in range(n)]
    radii = [0.1 + 0.9 * (i // arms) / max(1, n // arms) for i in range(n)]
    angles = [turn * radius + 2 * pi * k / arms for radius, k in zip(radii, y, strict=True)]
    return [(radius * cos(angle), radius * sin(angle)) for radius, angle in zip(radii, angles, strict=True)], y


MOONS = [lambda t: (cos(t), sin(t)), lambda t: (1 - cos(t), 0.5 - sin(t))]  # half circles that reach into each other
CIRCLES = [lambda t: (1.0 * cos(t), 1.0 * sin(t)), lambda t: (0.45 * cos(t), 0.45 * sin(t))]
HILLS = [(-0.5, -0.5, 1.0), (0.5, 0.5, 1.0), (-0.5, 0.5, -1.0), (0.5, -0.5, -1.0)]  # two of them are valleys


def _height(x1: float, x2: float) -> float:
    return sum(h * exp(-8 * ((x1 - c1) ** 2 + (x2 - c2) ** 2)) for c1, c2, h in HILLS)


DATASETS = {
    "linear": Recipe(_clouds, CLASSIFICATION, 2, least=0.2),
    "moons": Recipe(partial(_curves, angle=pi, curves=MOONS), CLASSIFICATION, 2),
    "circles": Recipe(partial(_curves, angle=2 * pi, curves=CIRCLES), CLASSIFICATION, 2),
    "xor": Recipe(partial(_square, answer=lambda x1, x2: int((x1 > 0) != (x2 > 0))), CLASSIFICATION, 2),
    "spiral": Recipe(partial(_arms, arms=2, turn=3 * pi), CLASSIFICATION, 2, share=0.25),
    "pinwheel": Recipe(partial(_arms, arms=3, turn=pi), CLASSIFICATION, 3, share=0.25),
    "plane": Recipe(partial(_square, answer=lambda x1, x2: (x1 + x2) / 2), REGRESSION),
    "hills": Recipe(partial(_square, answer=_height), REGRESSION),
}
