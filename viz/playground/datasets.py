"""Data sets of two inputs, made anew from a seed: five with two classes, two with amounts.

>>> X, y = make("moons", n=6, seed=1)
>>> len(X), sorted(y)
(6, [0, 0, 0, 1, 1, 1])
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any, NamedTuple

from autograd.errors import shown

Points = tuple[list[list[float]], list[Any]]
CLASSIFICATION, REGRESSION = "classification", "regression"


class Recipe(NamedTuple):
    """How a data set is made of n, the noise (the standard deviation of each coordinate) and a seed; what y is."""

    make: Callable[[int, float, int], Points]
    task: str


def make(name: str, *, n: int = 400, noise: float = 0.15, seed: int = 0) -> Points:
    """The n points of a data set and what is known of each: a class, 0 or 1, or an amount."""
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


# --- two classes ------------------------------------------------------------------------------------------------------


def _from_sklearn(name: str, **settings: Any) -> Callable[[int, float, int], Points]:
    def made(n: int, noise: float, seed: int) -> Points:
        try:
            from sklearn import datasets
        except ImportError:
            raise ImportError(
                f'the data set "{name}" comes from scikit-learn: pip install "sigmagrad[notebooks]"'
            ) from None
        X, y = getattr(datasets, f"make_{name}")(n_samples=n, noise=noise, random_state=seed, **settings)
        return X.tolist(), y.tolist()

    return made


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


def _spiral(n: int, noise: float, seed: int) -> Points:
    """Two arms around each other, one and a half turns."""
    normal = random.Random(seed).gauss
    X, y = [], [i % 2 for i in range(n)]
    for i, k in enumerate(y):
        radius = 0.1 + 0.9 * (i // 2) / max(1, n // 2)
        angle = 3 * math.pi * radius + math.pi * k
        # a spiral's arms are near each other: it gets a quarter of the noise
        X.append([radius * math.cos(angle) + normal(0, noise / 4), radius * math.sin(angle) + normal(0, noise / 4)])
    return X, y


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
    "linear": Recipe(_linear, CLASSIFICATION),
    "moons": Recipe(_from_sklearn("moons"), CLASSIFICATION),
    "circles": Recipe(_from_sklearn("circles", factor=0.45), CLASSIFICATION),
    "xor": Recipe(_xor, CLASSIFICATION),
    "spiral": Recipe(_spiral, CLASSIFICATION),
    "plane": Recipe(_plane, REGRESSION),
    "hills": Recipe(_hills, REGRESSION),
}
