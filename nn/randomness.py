"""Where random numbers come from: a seed of one's own, or the `random` module as everybody knows it."""

from __future__ import annotations

import operator
import random
from typing import Any

from autograd.errors import shown


def generator(seed: Any) -> random.Random:
    """What draws the numbers: None is the `random` module, an int starts a new stream, a `random.Random` goes on.

    >>> generator(0).random() == random.Random(0).random()
    True
    """
    if seed is None:
        return random._inst  # so random.seed(1337) works
    if isinstance(seed, random.Random):
        return seed
    try:
        if not isinstance(seed, bool):
            return random.Random(operator.index(seed))
    except TypeError:
        pass
    raise TypeError(f"seed needs an int, a random.Random or None, got {type(seed).__name__} {shown(seed)}")
