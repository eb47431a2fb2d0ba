"""Data sets of two inputs, made anew from a seed: five with two classes, one with three, two with amounts.

>>> X, y = make("moons", n=6, seed=1)
>>> len(X), sorted(y)
(6, [0, 0, 0, 1, 1, 1])
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
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


# --- classes ----------------------------------------------------------------------------------------------------------


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


def _xor(n: int, noise: float, seed: int) -> Points:
    return _square(n, noise, seed, lambda x1, x2: int((x1 > 0) != (x2 > 0)))


def _curves(n: int, noise: float, seed: int, turns: float, places: Sequence[Callable[[float], list[float]]]) -> Points:
    """Points evenly spaced on two curves, class after class, moved by the noise."""
    normal = random.Random(seed).gauss
    X, y = [], []
    for k, (place, count) in enumerate(zip(places, (n // 2, n - n // 2), strict=True)):
        for i in range(count):
            x1, x2 = place(2 * math.pi * turns * i / count)
            X.append([x1 + normal(0, noise), x2 + normal(0, noise)])
            y.append(k)
    return X, y


def _moons(n: int, noise: float, seed: int) -> Points:
    """Two half circles that reach into each other."""

    def upper(t: float) -> list[float]:
        return [math.cos(t), math.sin(t)]

    def lower(t: float) -> list[float]:
        return [1 - math.cos(t), 0.5 - math.sin(t)]

    return _curves(n, noise, seed, 0.5, (upper, lower))


def _circles(n: int, noise: float, seed: int) -> Points:
    """A circle inside another."""

    def circle(r: float) -> Callable[[float], list[float]]:
        return lambda t: [r * math.cos(t), r * math.sin(t)]

    return _curves(n, noise, seed, 1.0, (circle(1.0), circle(0.45)))


def _arms(n: int, noise: float, seed: int, arms: int, turn: float) -> Points:
    """Arms around each other, one for each class; they are near each other, so they get a quarter of the noise."""
    normal = random.Random(seed).gauss
    X, y = [], [i % arms for i in range(n)]
    for i, k in enumerate(y):
        radius = 0.1 + 0.9 * (i // arms) / max(1, n // arms)
        angle = turn * radius + 2 * math.pi * k / arms
        X.append([radius * math.cos(angle) + normal(0, noise / 4), radius * math.sin(angle) + normal(0, noise / 4)])
    return X, y


def _spiral(n: int, noise: float, seed: int) -> Points:
    """Two arms, one and a half turns."""
    return _arms(n, noise, seed, 2, 3 * math.pi)


def _pinwheel(n: int, noise: float, seed: int) -> Points:
    """Three arms, half a turn."""
    return _arms(n, noise, seed, 3, math.pi)


# --- amounts ----------------------------------------------------------------------------------------------------------


def _plane(n: int, noise: float, seed: int) -> Points:
    return _square(n, noise, seed, lambda x1, x2: (x1 + x2) / 2)


def _hills(n: int, noise: float, seed: int) -> Points:
    """Two hills and two valleys."""
    places = [(-0.5, -0.5, 1.0), (0.5, 0.5, 1.0), (-0.5, 0.5, -1.0), (0.5, -0.5, -1.0)]

    def height(x1: float, x2: float) -> float:
        return sum(h * math.exp(-8 * ((x1 - c1) ** 2 + (x2 - c2) ** 2)) for c1, c2, h in places)

    return _square(n, noise, seed, height)


DATASETS = {
    "linear": Recipe(_linear, CLASSIFICATION, 2),
    "moons": Recipe(_moons, CLASSIFICATION, 2),
    "circles": Recipe(_circles, CLASSIFICATION, 2),
    "xor": Recipe(_xor, CLASSIFICATION, 2),
    "spiral": Recipe(_spiral, CLASSIFICATION, 2),
    "pinwheel": Recipe(_pinwheel, CLASSIFICATION, 3),
    "plane": Recipe(_plane, REGRESSION),
    "hills": Recipe(_hills, REGRESSION),
}
