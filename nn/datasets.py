"""Data sets of two inputs, made anew from a seed: five with two classes, one with three, two with amounts.

>>> X, y = make("moons", n=6, seed=1)
>>> len(X), sorted(y)
(6, [0, 0, 0, 1, 1, 1])
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import partial
from math import cos, exp, pi, sin
from typing import Any, NamedTuple

from autograd.errors import shown

Points = tuple[list[list[float]], list[Any]]
CLASSIFICATION, REGRESSION = "classification", "regression"


class Recipe(NamedTuple):
    """How a data set is made of n, the noise (the standard deviation of each coordinate) and a seed; what y is."""

    make: Callable[[int, float, int], Points]
    task: str
    n_classes: int = 0


def make(name: str, *, n: int = 400, noise: float = 0.15, seed: int = 0) -> Points:
    """The n points of a data set and what is known of each: a class, counted from 0, or an amount."""
    if not isinstance(name, str) or name not in DATASETS:
        raise ValueError(f"dataset needs one of {', '.join(DATASETS)}, got {shown(name)}; or pass your own X and y")
    return DATASETS[name].make(n, noise, seed)


def split(X: list[Any], y: list[Any], *, train_share: float, seed: int) -> tuple[Points, Points]:
    """The data points to learn from and the others, to test with; at least one of each.

    >>> split([[1, 2], [3, 4], [5, 6]], [0, 1, 0], train_share=0.67, seed=0)
    (([[3, 4], [5, 6]], [1, 0]), ([[1, 2]], [0]))
    """
    order = random.Random(seed).sample(range(len(X)), len(X))
    count = min(max(round(train_share * len(X)), 1), len(X) - 1)
    train, test = (([X[i] for i in part], [y[i] for i in part]) for part in (order[:count], order[count:]))
    return train, test


def _linear(n: int, noise: float, seed: int) -> Points:
    """Two clouds, one on each side of the line x₁ + x₂ = 0."""
    normal = random.Random(seed).gauss
    y = [i % 2 for i in range(n)]
    return [[normal(1.2 * k - 0.6, 0.2 + noise), normal(1.2 * k - 0.6, 0.2 + noise)] for k in y], y


def _square(n: int, noise: float, seed: int, answer: Callable[[float, float], Any]) -> Points:
    """Points of the square [−1, 1]²; they are moved by the noise after the answer is known."""
    draw = random.Random(seed)
    points = [(draw.uniform(-1, 1), draw.uniform(-1, 1)) for _ in range(n)]
    X = [[x1 + draw.gauss(0, noise), x2 + draw.gauss(0, noise)] for x1, x2 in points]
    return X, [answer(x1, x2) for x1, x2 in points]


def _curves(n: int, noise: float, seed: int, angle: float, places: Sequence[Callable[[float], list[float]]]) -> Points:
    """Points evenly spaced on two curves of the angle t, class after class, moved by the noise."""
    normal = random.Random(seed).gauss
    X, y = [], []
    for k, (place, count) in enumerate(zip(places, (n // 2, n - n // 2), strict=True)):
        for i in range(count):
            x1, x2 = place(angle * i / count)
            X.append([x1 + normal(0, noise), x2 + normal(0, noise)])
            y.append(k)
    return X, y


def _arms(n: int, noise: float, seed: int, arms: int, turn: float) -> Points:
    """Arms around each other, one for each class; they are near each other, so they get a quarter of the noise."""
    normal = random.Random(seed).gauss
    X, y = [], [i % arms for i in range(n)]
    for i, k in enumerate(y):
        radius = 0.1 + 0.9 * (i // arms) / max(1, n // arms)
        angle = turn * radius + 2 * pi * k / arms
        X.append([radius * cos(angle) + normal(0, noise / 4), radius * sin(angle) + normal(0, noise / 4)])
    return X, y


MOONS = [lambda t: [cos(t), sin(t)], lambda t: [1 - cos(t), 0.5 - sin(t)]]  # half circles that reach into each other
CIRCLES = [lambda t: [1.0 * cos(t), 1.0 * sin(t)], lambda t: [0.45 * cos(t), 0.45 * sin(t)]]
HILLS = [(-0.5, -0.5, 1.0), (0.5, 0.5, 1.0), (-0.5, 0.5, -1.0), (0.5, -0.5, -1.0)]  # two of them are valleys


def _height(x1: float, x2: float) -> float:
    return sum(h * exp(-8 * ((x1 - c1) ** 2 + (x2 - c2) ** 2)) for c1, c2, h in HILLS)


DATASETS = {
    "linear": Recipe(_linear, CLASSIFICATION, 2),
    "moons": Recipe(partial(_curves, angle=pi, places=MOONS), CLASSIFICATION, 2),
    "circles": Recipe(partial(_curves, angle=2 * pi, places=CIRCLES), CLASSIFICATION, 2),
    "xor": Recipe(partial(_square, answer=lambda x1, x2: int((x1 > 0) != (x2 > 0))), CLASSIFICATION, 2),
    "spiral": Recipe(partial(_arms, arms=2, turn=3 * pi), CLASSIFICATION, 2),
    "pinwheel": Recipe(partial(_arms, arms=3, turn=pi), CLASSIFICATION, 3),
    "plane": Recipe(partial(_square, answer=lambda x1, x2: (x1 + x2) / 2), REGRESSION),
    "hills": Recipe(partial(_square, answer=_height), REGRESSION),
}
