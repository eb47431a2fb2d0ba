"""A Module is anything with parameters: in its attributes, or in the modules, lists, dicts and object arrays there."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from autograd import Value
from autograd.errors import shown
from nn.data import real


class Module:
    """What a model inherits from: its parameters are found among its attributes, and in the Modules, lists, tuples,
    dicts and object arrays there.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.offset = Value(2.0), Value(1.0)
    ...     def __call__(self, x):
    ...         return self.slope * x + self.offset
    >>> line = Line()
    >>> line(3.0).data, line.state_dict()
    (7.0, {'slope': 2.0, 'offset': 1.0})

    Computed Values, constants and inputs are not parameters. A parameter that is held twice counts once. To freeze
    one, so that it is not trained, write `p.role = "constant"`, and `p.role = "parameter"` to train it again.
    """

    def parameters(self) -> list[Value]:
        """Every parameter once, in the order of the attributes."""
        return list(dict.fromkeys([value for _, _, values in held_leaves(self) for value in values if value.varies]))

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Every parameter once, with the path that leads to it, like "layers.0.neurons.2.w.1"."""
        return [(name, value) for name, value in self._by_name().items() if value.varies]

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for _, _, values in held_leaves(self):
            for value in values:
                value._grad = 0.0

    def state_dict(self) -> dict[str, float]:
        """The number of every parameter, frozen or not, by name."""
        return {name: value._data for name, value in self._by_name().items()}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Set every parameter to its number in `state`; if there is an error, none has changed.

        If names are missing or unknown, that is a KeyError that lists them.
        """
        if not isinstance(state, Mapping):
            came = f"{type(state).__name__} {shown(state)}"
            raise TypeError(f"load_state_dict needs a dict of name: number, got {came}; model.state_dict() makes one")
        held = self._by_name()
        missing, unexpected = [name for name in held if name not in state], [key for key in state if key not in held]
        if missing or unexpected:
            raise KeyError(
                f"load_state_dict needs one number for each of the {len(held)} parameters, got {len(state)}; "
                f"missing: {shown(missing)}; unexpected: {shown(unexpected)}"
            )
        numbers = [real(name, state[name]) for name in held]
        for parameter, data in zip(held.values(), numbers, strict=True):
            parameter._data = data

    def _by_name(self) -> dict[str, Value]:
        names: dict[Value, str] = {}
        for path, keys, values in held_leaves(self):
            for key, value in zip(keys, values, strict=True):
                names.setdefault(value, f"{path}{key}")
        held = {name: value for value, name in names.items()}
        if len(held) != len(names):
            [(name, _)] = Counter(names.values()).most_common(1)
            raise ValueError(f"parameters need names that differ, got two called {shown(name)}; choose other dict keys")
        return held


def held_leaves(module: Any) -> Iterator[tuple[str, Iterable[Any], list[Value]]]:
    """All Values that can be parameters, frozen or not, in groups: a path, what each adds to the path, and the Values.

    A list that holds nothing else, like the weights of a neuron, is one group: that is faster.
    """
    seen: dict[int, Any] = {}  # it keeps the things alive, so that nothing else can get their id
    stack: list[tuple[str, Any]] = [("", module)]  # a path ends in a dot: "layers.0."
    while stack:
        path, thing = stack.pop()
        if isinstance(thing, Value):
            if leaves([thing]):
                yield path[:-1], [""], [thing]
        elif id(thing) not in seen:
            seen[id(thing)] = thing
            if type(thing) is list and len(found := leaves(thing)) == len(thing):
                yield path, range(len(thing)), found
            else:
                stack += [(f"{path}{key}.", child) for key, child in children(thing)][::-1]


def leaves(things: list[Any]) -> list[Value]:
    """The things that can be parameters: Values that are neither computed nor inputs."""
    return [value for value in things if isinstance(value, Value) and value.op is None and value._role != "input"]


def children(thing: Any) -> Iterable[tuple[Any, Any]]:
    """What a thing holds, by name; nothing if it is not of a kind that may hold parameters."""
    if isinstance(thing, Module):
        return vars(thing).items()
    if isinstance(thing, dict):
        return thing.items()
    if getattr(getattr(thing, "dtype", None), "kind", "") == "O":
        thing = thing.tolist() if thing.ndim else [thing.item()]  # an array of several dimensions gives its rows
    return enumerate(thing) if isinstance(thing, (list, tuple)) else ()
