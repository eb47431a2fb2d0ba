"""What a function can reach and change: `vectorize` puts it back after it has called the function to trace or check it.

Random generators, the global ones and those of the function, get their state back; a function that has drawn from one
is refused, as it does not compute the same for every data point. What the function has kept in an attribute, a dict, a
list or a deque while it was traced is taken out again.
"""

import copy
import gc
import pickle
import random
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any

from autograd.matrix.columns import np
from autograd.value import Value

OTHERS = (ModuleType, Value, str, bytes, int, float, np.ndarray)  # the search does not look into these
OURS = {"autograd", "nn"}
LIBRARIES = OURS | sys.stdlib_module_names  # their functions and classes hold no generator of the user's
HOLDERS, PLAIN = (dict, list, deque), (type(None), int, float, str)
MANY = 1_000  # a list with more things in it holds data, and is not searched
FAR = 2_000  # how many things are searched, those nearest to the function first
TRIES = 5  # how many calls in a row must move a generator before they are said to draw from it


def reached_by(f: Callable[..., Any]) -> list[Any]:
    """What a function can reach: its closure, the globals that it names, and whatever is kept in those, and so on."""
    reached, seen = [f], {id(f)}
    for x in reached:
        for y in held_by(x):
            is_data = isinstance(y, list | tuple | dict | set) and len(y) > MANY
            if id(y) not in seen and not is_data and not isinstance(y, OTHERS) and len(reached) < FAR:
                seen.add(id(y))
                reached.append(y)
    return reached


def package_of(x: Any) -> str:
    """The package in which a function or a class was made: the first part of its module's name."""
    return str(getattr(x, "__module__", "")).partition(".")[0]


def held_by(x: Any) -> Iterable[Any]:
    """What a thing holds: for a function what it names, else what Python's collector finds in it."""
    if isinstance(x, FunctionType | type) and package_of(x) in LIBRARIES:
        return ()
    if isinstance(x, FunctionType):
        codes = [x.__code__]
        for code in codes:
            codes += [inner for inner in code.co_consts if isinstance(inner, CodeType)]
        names = [name for code in codes for name in code.co_names if name in x.__globals__]
        return [*(x.__closure__ or ()), x.__defaults__, x.__kwdefaults__, *map(x.__globals__.get, names)]
    return gc.get_referents(x)


# --- random numbers ---------------------------------------------------------------------------------------------------


def generators(reached: Iterable[Any]) -> list[Any]:
    """The global generators of Python and NumPy, and those among the things that a function can reach."""
    kinds = random.Random, np.random.Generator, np.random.RandomState
    own = [x for x in reached if isinstance(x, kinds) and not isinstance(x, random.SystemRandom)]
    return [random._inst, np.random.mtrand._rand, *own]


@contextmanager
def random_state_kept(generators: Sequence[Any], calls: Iterable[Callable[[], object]]) -> Iterator[Callable[[], bool]]:
    """Put the state of these generators back if calls of a function have moved it; yield a function that says whether.

    Another thread may draw from them meanwhile, and keeps its numbers: one of a few calls will then move nothing.
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


# --- what it keeps ----------------------------------------------------------------------------------------------------


@contextmanager
def nothing_kept(reached: Iterable[Any]) -> Iterator[None]:
    """If attributes, a dict, a list or a deque hold other things afterwards, give them back what they held before."""
    holders = [x if isinstance(x, HOLDERS) else getattr(x, "__dict__", None) for x in reached]
    before = [(holder, copy.copy(holder)) for holder in holders if isinstance(holder, HOLDERS)]
    try:
        yield
    finally:
        for holder, old in before:
            if things_in(holder) != things_in(old):
                holder.clear()
                holder.update(old) if isinstance(holder, dict) else holder.extend(old)


def things_in(holder: Any) -> list[int]:
    """Which things it holds that may be traced numbers, or hold some."""
    return [id(x) for x in (holder.values() if isinstance(holder, dict) else holder) if not isinstance(x, PLAIN)]
