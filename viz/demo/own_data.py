"""Data that a user brings: checked as a whole before anything is built, with words that say what to write instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autograd.errors import shown
from nn.data import checked_data, listed
from nn.datasets import CLASSIFICATION, REGRESSION

MOST_POINTS = 10_000
FARTHEST = 1e300  # so that the width of the plane is a number too
MOST_CLASSES = 5  # as many as there are colours and marks that everybody can tell apart


@dataclass(frozen=True)
class OwnData:
    """Points of the plane and their y: class numbers from 0 on, `labels` says for which labels, or amounts."""

    X: list[list[float]]
    y: list[Any]
    task: str
    labels: tuple[float, ...] = ()

    def targets(self, task: str) -> tuple[list[Any], tuple[float, ...]]:
        """What y is for a task, and the labels of its classes: as amounts, labels count as the numbers they are.

        >>> checked([[0, 1], [2, 3]], [-1, 1]).targets("regression")
        ([-1, 1], ())
        """
        if task == CLASSIFICATION and not self.labels:
            raise ValueError("classification needs classes, up to five whole numbers, and your y has amounts")
        if task == CLASSIFICATION:
            return self.y, self.labels
        return [self.labels[k] for k in self.y] if self.labels else self.y, ()


def checked(X: Any, y: Any) -> OwnData:
    """The user's X, y, if the plane can show them.

    >>> checked([[0, 1], [2, 3]], [-1, 1])
    OwnData(X=[[0.0, 1.0], [2.0, 3.0]], y=[0, 1], task='classification', labels=(-1, 1))
    >>> checked([[0, 1], [2, 3]], [0.5, 1.5]).task
    'regression'
    """
    if X is None or y is None:
        missing = "X" if X is None else "y"
        raise ValueError(f"playground needs both X and y, or none of them for a data set by name; {missing} is missing")
    _few_enough(X)
    _without_words(y)
    rows, targets = checked_data(X, y)
    _few_enough(rows)
    columns = len(rows[0]) if isinstance(rows[0], list) else 1
    if columns != 2:
        hint = "choose two of them: X[:, :2]" if columns > 2 else "add a second one"
        raise ValueError(f"playground draws the plane of two inputs, so X needs 2 columns, got {columns}; {hint}")
    if isinstance(targets[0], list):
        if len(targets[0]) != 1:
            raise ValueError(f"y needs one number per data point, got rows of {len(targets[0])}")
        targets = [target[0] for target in targets]
    if len(rows) < 2:
        raise ValueError("playground needs at least 2 data points, one to learn from and one to test with; got 1")
    farthest = max(max(map(abs, row)) for row in rows)
    if farthest > FARTHEST:
        raise ValueError(f"playground draws numbers up to {FARTHEST:g}, got {farthest:g} in X; scale it")
    return _told_apart(rows, targets)


def _few_enough(X: Any) -> None:
    count = len(X) if hasattr(X, "__len__") else 0
    if count > MOST_POINTS:
        raise ValueError(
            f"playground draws and trains on at most {MOST_POINTS} data points, got {count}; pass some of them, like "
            f"X[::{-(-count // MOST_POINTS)}], y[::{-(-count // MOST_POINTS)}], if their order is random"
        )


def _without_words(y: Any) -> None:
    words = [target for target in listed("y", y) if isinstance(target, str)]
    if words:
        raise TypeError(
            f"playground needs numbers in y, got str {shown(words[0])}; number the classes: "
            "names = sorted(set(y)); y = [names.index(name) for name in y]"
        )


def _told_apart(rows: list[list[float]], targets: list[Any]) -> OwnData:
    """Classes, if y is a few whole numbers, otherwise amounts."""
    labels = sorted(set(targets))
    if len(labels) > MOST_CLASSES or not all(float(label).is_integer() for label in labels):
        return OwnData(rows, [float(target) for target in targets], REGRESSION)
    if len(labels) == 1:
        raise ValueError(
            f"playground needs at least 2 classes in y to tell apart, got only {shown(labels[0])}; "
            "for amounts pass numbers with a fraction"
        )
    number = {label: k for k, label in enumerate(labels)}
    return OwnData(rows, [number[target] for target in targets], CLASSIFICATION, tuple(map(int, labels)))
