"""The random numbers of a function: the generators that it can reach, and whether it draws from one.

A function that draws is refused, as it does not compute the same for every data point. After `vectorize` has called a
function to trace or check it, the generators get their state back: the global ones, and those of the function.
"""

import gc
import pickle
import random
import sys
from collections.abc import Callable, Iterable
from types import CodeType, FunctionType, ModuleType
from typing import Any

from autograd.matrix.columns import np
from autograd.value import Value

OTHERS = (ModuleType, Value, str, bytes, int, float, np.ndarray)  # the search does not look into these
OURS = {"autograd", "nn", "math"}  # the formulas of these packages never change
LIBRARIES = OURS | sys.stdlib_module_names  # their functions and classes hold no generator of the user's
MANY = 1_000  # a list with more things in it holds data, and is not searched
FAR = 2_000  # how many things are searched, those nearest to the function first
STATES: dict[type, tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]] = {  # how each tells and gets its state
    random.Random: (random.Random.getstate, random.Random.setstate),
    np.random.Generator: (lambda g: g.bit_generator.state, lambda g, state: setattr(g.bit_generator, "state", state)),
    np.random.RandomState: (lambda g: g.get_state(legacy=False), np.random.RandomState.set_state),
}


def generators_of(f: Callable[..., Any]) -> list[tuple[Any, Any, Any]]:
    """The global generators of Python and NumPy, and those in reach of a function, each with what STATES says of it.

    In its reach are its closure, the globals that it names, whatever is kept in those, and so on.
    """
    reached: list[Any] = [random._inst, np.random.mtrand._rand, f]
    seen = {*map(id, reached)}
    for x in reached:
        for y in held_by(x):
            is_data = isinstance(y, list | tuple | dict | set) and len(y) > MANY
            if id(y) not in seen and not is_data and not isinstance(y, OTHERS) and len(reached) < FAR:
                seen.add(id(y))
                reached.append(y)
    kinds = [(x, kind) for x in reached for kind in STATES if isinstance(x, kind)]
    return [(x, *STATES[kind]) for x, kind in kinds if not isinstance(x, random.SystemRandom)]  # that one has no state


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


def states_of(generators: Iterable[Any]) -> list[bytes]:
    """The states of these generators, to be compared and kept."""
    return [pickle.dumps(tell(generator)) for generator, tell, _ in generators]


def put_back(generators: Iterable[Any], before: Iterable[bytes]) -> None:
    """Give these generators their states back."""
    for (generator, _, give), state in zip(generators, before, strict=True):
        give(generator, pickle.loads(state))
