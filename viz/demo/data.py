"""What a run learns from and is tested with: a data set made from the settings, or the user's own X, y."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from nn.datasets import CLASSIFICATION, DATASETS, Points, make, split
from viz.demo.own_data import OwnData
from viz.demo.settings import OWN, Settings
from viz.demo.training import arrays


@dataclass(frozen=True)
class Data:
    """Train and test points; the labels of the classes, if y has classes."""

    train: Points
    test: Points
    labels: tuple[float, ...]

    @cached_property
    def arrays(self) -> tuple[Any, Any]:
        """Both as arrays."""
        return arrays(self.train), arrays(self.test)


def data_for(settings: Settings, own: OwnData | None) -> Data:
    """The data that the settings ask for.

    >>> data = data_for(Settings(dataset="xor", train_share=0.25), None)
    >>> len(data.train[0]), len(data.test[0]), data.labels
    (100, 300, (0, 1))
    """
    labels: tuple[float, ...]
    if settings.dataset == OWN:
        if own is None:
            raise ValueError('the data set "own" is the X, y of playground(X=X, y=y), and here there is none')
        X, (y, labels) = own.X, own.targets(settings.task)
    else:
        X, y = make(settings.dataset, noise=settings.noise, seed=settings.seed)
        labels = (0, 1) if settings.task == CLASSIFICATION else ()
        if labels and DATASETS[settings.dataset].task != CLASSIFICATION:
            raise ValueError(f'the data set "{settings.dataset}" has amounts for y, which are no classes')
    return Data(*split(X, y, train_share=settings.train_share, seed=settings.seed), labels)


def task_of(dataset: str, own: OwnData | None) -> str:
    """The task that a data set is made for."""
    if dataset == OWN:
        return own.task if own else CLASSIFICATION
    return DATASETS[dataset].task
