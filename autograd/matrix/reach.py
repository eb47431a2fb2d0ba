"""What a function can reach, so that looking at it leaves nothing behind.

Random generators, the global ones and its own, are put back where they were: a function that draws from one does not
compute the same for every data point. Traced numbers that it keeps in an attribute or a list are taken out again.
"""

from __future__ import annotations

import copy
import gc
import pickle
import random
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any

from autograd.matrix.columns import np
from autograd.matrix.trace import Traced
from autograd.value import Value

OTHERS = (ModuleType, Value, str, bytes, int, float, np.ndarray)  # which are not looked into
OURS = {"autograd", "nn"}
LIBRARIES = OURS | sys.stdlib_module_names  # whose functions and classes hold no generator of the user
MANY = 1_000  # a list with more things in it holds data
FAR = 2_000  # so many things are looked through, the nearest first
TRIES = 5  # what moves a generator in so many calls, one after the other, draws from it


def reached_by(f: Callable[..., Any]) -> list[Any]:
    """What is in the closure of a function, among the globals that it names, and in what is kept there."""
    reached, seen = [f], {id(f)}
    for x in reached:
        for y in held_by(x):
            is_data = isinstance(y, list | tuple | dict | set) and len(y) > MANY
            if id(y) not in seen and not is_data and not isinstance(y, OTHERS) and len(reached) < FAR:
                seen.add(id(y))
                reached.append(y)
    return reached


def package_of(x: Any) -> str:
    """Where a function or a class was made: the first part of its module's name."""
    return str(getattr(x, "__module__", "")).partition(".")[0]


def held_by(x: Any) -> Iterable[Any]:
    """What a thing holds: a function what it names, a class its methods, an object its attributes and its class."""
    if isinstance(x, FunctionType | type) and package_of(x) in LIBRARIES:
        return ()
    if isinstance(x, FunctionType):
        codes = [x.__code__]
        for code in codes:
            codes += [inner for inner in code.co_consts if isinstance(inner, CodeType)]
        names = [name for code in codes for name in code.co_names if name in x.__globals__]
        return [*(x.__closure__ or ()), x.__defaults__, x.__kwdefaults__, *map(x.__globals__.get, names)]
    if isinstance(x, type):
        return [*x.__bases__, *vars(x).values()]
    return gc.get_referents(x)


# --- random numbers ---------------------------------------------------------------------------------------------------


def generators(reached: Iterable[Any]) -> list[Any]:
    """The global generators of Python and NumPy, and those among some things."""
    kinds = random.Random, np.random.Generator, np.random.RandomState
    own = [x for x in reached if isinstance(x, kinds) and not isinstance(x, random.SystemRandom)]
    return [random._inst, np.random.mtrand._rand, *own]


@contextmanager
def random_state_kept(generators: Sequence[Any], calls: Iterable[Callable[[], object]]) -> Iterator[Callable[[], bool]]:
    """Put the state of some generators back afterwards, if calls of a function have moved them; yields whether they do.

    Another thread that draws meanwhile has its numbers for itself: whoever does not draw moves nothing in one of a few
    calls.
    """
    before = list(map(state_of, generators))

    @cache
    def draws() -> bool:
        has_moved = list(map(state_of, generators)) != before
        return has_moved and (threading.active_count() == 1 or any(moves(generators, call) for call in calls))

    try:
        yield draws
    finally:
        for generator, state in zip(generators, before, strict=True) if draws() else ():
            if isinstance(generator, random.Random):
                generator.setstate(state)
            elif isinstance(generator, np.random.Generator):
                generator.bit_generator.state = pickle.loads(state)
            else:
                generator.set_state(pickle.loads(state))


def moves(generators: Sequence[Any], call: Callable[[], object]) -> bool:
    """Whether a call moves one of the generators each time."""
    for _ in range(TRIES):
        before = list(map(state_of, generators))
        with suppress(Exception):
            call()
        if list(map(state_of, generators)) == before:
            return False
    return True


def state_of(generator: Any) -> Any:
    """The state of a generator, to be compared and kept."""
    if isinstance(generator, random.Random):
        return generator.getstate()
    if isinstance(generator, np.random.Generator):
        return pickle.dumps(generator.bit_generator.state)
    return pickle.dumps(generator.get_state(legacy=False))


# --- traced numbers ---------------------------------------------------------------------------------------------------


@contextmanager
def nothing_kept(reached: Iterable[Any]) -> Iterator[None]:
    """Attributes, dicts and lists that hold a traced number afterwards get back what they held before."""
    holders = [x if isinstance(x, list | dict) else getattr(x, "__dict__", None) for x in reached]
    before = [(holder, copy.copy(holder)) for holder in holders if isinstance(holder, list | dict)]
    try:
        yield
    finally:
        for holder, old in before:
            held = list(holder.values()) if isinstance(holder, dict) else holder
            if Traced not in {type(x[-1] if type(x) in (list, tuple) and x else x) for x in held}:
                continue
            if isinstance(holder, dict):
                holder.clear()
                holder.update(old)
            else:
                holder[:] = old
