"""What a run learns from and is tested with: a data set made from the settings, or the user's own X, y.

What a user brings is checked as a whole before anything is built, with words that say what to write instead.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from autograd.errors import shown
from autograd.matrix.columns import np
from nn.data import checked_data, list_of
from nn.datasets import CLASSIFICATION, DATASETS, REGRESSION, Points, make, split
from viz.demo.features import seen
from viz.demo.settings import OWN, Settings

MOST_POINTS = 10_000
FARTHEST = 1e300  # the largest coordinate, so that the width of the plane does not overflow
MOST_CLASSES = 5  # as many as there are colours and marks that everybody can tell apart


@dataclass(frozen=True)
class OwnData:
    """Points of the plane and their y: amounts, or class numbers from 0 on; class k is the user's `labels[k]`."""

    X: list[list[float]]
    y: list[Any]
    task: str
    labels: tuple[float, ...] = ()

    def targets(self, task: str) -> tuple[list[Any], tuple[float, ...]]:
        """The y for a task, and the labels of its classes; a regression takes a label as the number that it is.

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
    targets = list_of("y", y)
    if words := [target for target in targets if isinstance(target, str)]:
        raise TypeError(
            f"playground needs numbers in y, got str {shown(words[0])}; number the classes: "
            "names = sorted(set(y)); y = [names.index(name) for name in y]"
        )
    rows, targets = checked_data(X, targets)
    if len(rows) > MOST_POINTS:
        every = -(-len(rows) // MOST_POINTS)  # the quotient, rounded up
        raise ValueError(
            f"playground draws and trains on at most {MOST_POINTS} data points, got {len(rows)}; pass some of them, "
            f"like X[::{every}], y[::{every}], if their order is random"
        )
    columns = len(rows[0]) if isinstance(rows[0], list) else 1
    if columns != 2:
        hint = "choose two of them: [row[:2] for row in X]" if columns > 2 else "add a second one"
        raise ValueError(f"playground draws the plane of two inputs, so X needs 2 columns, got {columns}; {hint}")
    if isinstance(targets[0], list):
        raise ValueError(f"y needs one number per data point, got rows of {len(targets[0])}")
    if len(rows) < 2:
        raise ValueError("playground needs at least 2 data points, one to learn from and one to test with; got 1")
    farthest = max(max(map(abs, row)) for row in rows)
    if farthest > FARTHEST:
        raise ValueError(f"playground draws numbers up to {FARTHEST:g}, got {farthest:g} in X; scale it")
    return _told_apart(rows, targets)


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


# --- train and test points --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Data:
    """Train and test points; the labels of the classes, if y has classes; the features that the network gets."""

    train: Points
    test: Points
    labels: tuple[float, ...]
    features: tuple[str, ...]

    @cached_property
    def arrays(self) -> tuple[Any, Any]:
        """The train and the test points as arrays, with the features φ(x) in place of x."""
        train, test = ((np.array(seen(self.features, X)), np.array(y, dtype=float)) for X, y in (self.train, self.test))
        return train, test


def data_for(settings: Settings, own: OwnData | None) -> Data:
    """The data that the settings ask for.

    >>> data = data_for(Settings(dataset="xor", train_share=0.25), None)
    >>> len(data.train[0]), len(data.test[0]), data.labels
    (100, 300, (0, 1))
    """
    if settings.dataset == OWN:
        if own is None:
            raise ValueError('the data set "own" is the X, y of playground(X=X, y=y), and here there is none')
        X, (y, labels) = own.X, own.targets(settings.task)
    else:
        X, y = make(settings.dataset, noise=settings.noise, seed=settings.seed)
        labels = tuple(range(DATASETS[settings.dataset].n_classes)) if settings.task == CLASSIFICATION else ()
        if settings.task == CLASSIFICATION and not labels:
            raise ValueError(f'the data set "{settings.dataset}" has amounts for y, which are no classes')
    return Data(*split(X, y, train_share=settings.train_share, seed=settings.seed), labels, settings.features)


def task_of(dataset: str, own: OwnData | None) -> str:
    """The task that a data set is made for."""
    if dataset == OWN:
        return own.task if own else CLASSIFICATION
    return DATASETS[dataset].task
