"""A function that draws random numbers does not compute the same for every data point, so there is no program of it.

The global generators of Python and NumPy are watched while it is called, and those that it can reach: in its closure,
among the globals that it names, and in what is kept there.
"""

from __future__ import annotations

import gc
import pickle
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import CodeType, FunctionType, ModuleType
from typing import Any

from autograd.matrix.columns import np
from autograd.value import Value

OTHERS = (ModuleType, Value, str, bytes, int, float, np.ndarray)  # in which none is looked for
MANY = 1_000  # a list with more things in it holds data
FAR = 10_000  # so many things are looked through


def generators_of(f: Callable[..., Any]) -> list[Any]:
    """The global generators, and those that a function can reach."""
    reached, seen = [f], {id(f)}
    for x in reached:
        for y in held_by(x):
            is_data = isinstance(y, list | tuple | dict | set) and len(y) > MANY
            if id(y) not in seen and not is_data and not isinstance(y, OTHERS) and len(reached) < FAR:
                seen.add(id(y))
                reached.append(y)
    kinds = random.Random, np.random.Generator, np.random.RandomState
    own = [x for x in reached if isinstance(x, kinds) and not isinstance(x, random.SystemRandom)]
    return [random._inst, np.random.mtrand._rand, *own]


def held_by(x: Any) -> Iterable[Any]:
    """What a thing holds: a function what it names, a class its methods, an object its attributes and its class."""
    if isinstance(x, FunctionType):
        codes = [x.__code__]
        for code in codes:
            codes += [inner for inner in code.co_consts if isinstance(inner, CodeType)]
        names = [name for code in codes for name in code.co_names if name in x.__globals__]
        return [*(x.__closure__ or ()), x.__defaults__, x.__kwdefaults__, *map(x.__globals__.get, names)]
    if isinstance(x, type):
        return [*x.__bases__, *vars(x).values()]
    return gc.get_referents(x)


@contextmanager
def random_state_kept(generators: Sequence[Any]) -> Iterator[Callable[[], bool]]:
    """Put the state of some generators back afterwards; yields a function: whether one has moved."""
    before = list(map(state_of, generators))
    try:
        yield lambda: list(map(state_of, generators)) != before
    finally:
        for generator, state in zip(generators, map(pickle.loads, before), strict=True):
            if isinstance(generator, random.Random):
                generator.setstate(state)
            elif isinstance(generator, np.random.Generator):
                generator.bit_generator.state = state
            else:
                generator.set_state(state)


def state_of(generator: Any) -> bytes:
    """The state of a generator, to be compared and kept."""
    if isinstance(generator, random.Random):
        return pickle.dumps(generator.getstate())
    if isinstance(generator, np.random.Generator):
        return pickle.dumps(generator.bit_generator.state)
    return pickle.dumps(generator.get_state(legacy=False))
