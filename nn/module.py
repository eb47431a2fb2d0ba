"""A Module: anything that holds parameters, itself or in the modules, lists and dicts it holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from autograd import Value
from autograd.errors import shown
from nn.data import real


class Module:
    """Something with parameters: every Value, Module, list, tuple or dict among its attributes counts.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.offset = Value(2.0), Value(1.0)
    ...     def __call__(self, x):
    ...         return self.slope * x + self.offset
    >>> line = Line()
    >>> line(3.0).data, line.state_dict()
    (7.0, {'slope': 2.0, 'offset': 1.0})

    A computed Value, a constant and an input are no parameters. A parameter that is held twice counts once.
    """

    def parameters(self) -> list[Value]:
        """Every parameter once, in the order of the attributes."""
        found: list[Value] = []
        seen: set[int] = set()
        stack: list[Any] = [self]
        while stack:
            thing = stack.pop()
            if isinstance(thing, Value):
                found += [thing] if _is_parameter(thing) else []
            elif type(thing) is list and (held := _only_parameters(thing)):
                found += held
            elif id(thing) not in seen:
                seen.add(id(thing))
                stack.extend([child for _, child in reversed(_children(thing))])
        return list(dict.fromkeys(found))

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Every parameter once, with the path that leads to it, like "layers.0.neurons.2.w.1"."""
        names: dict[Value, str] = {}
        seen: set[int] = set()
        stack: list[tuple[str, Any]] = [("", self)]
        while stack:
            path, thing = stack.pop()
            if isinstance(thing, Value):
                if _is_parameter(thing):
                    names.setdefault(thing, path)
            elif id(thing) not in seen:
                seen.add(id(thing))
                prefix = f"{path}." if path else ""
                stack.extend([(f"{prefix}{key}", child) for key, child in reversed(_children(thing))])
        return [(name, value) for value, name in names.items()]

    def zero_grad(self) -> None:
        """Set the gradient of every parameter to 0."""
        for parameter in self.parameters():
            parameter._grad = 0.0

    def state_dict(self) -> dict[str, float]:
        """The number of every parameter, by name."""
        return {name: value._data for name, value in self._by_name().items()}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Set every parameter to its number in `state`; on an error none has changed.

        Names that are missing or unknown are a KeyError that lists them.
        """
        if not isinstance(state, Mapping):
            raise TypeError(f"load_state_dict needs a dict of name: number, got {type(state).__name__} {shown(state)}")
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
        named = self.named_parameters()
        held = dict(named)
        if len(held) != len(named):
            names = [name for name, _ in named]
            twice = next(name for name in names if names.count(name) > 1)
            raise ValueError(
                f"parameters need names that differ, got two called {shown(twice)}; choose other dict keys"
            )
        return held


def _is_parameter(value: Value) -> bool:
    return value.op is None and value.varies and value._role != "input"


def _only_parameters(things: list[Any]) -> list[Value]:
    """The things if all of them are parameters, as the weights of a neuron are: time counts here."""
    try:
        held = [value for value in things if value.op is None and value.varies and value._role != "input"]
    except AttributeError:  # something that is no Value
        return []
    return held if len(held) == len(things) else []


def _children(thing: Any) -> list[tuple[Any, Any]]:
    """What it holds, by name, as far as that can hold parameters."""
    if isinstance(thing, Module):
        items: Iterable[tuple[Any, Any]] = vars(thing).items()
    elif isinstance(thing, dict):
        items = thing.items()
    else:
        items = enumerate(thing)
    return [(name, child) for name, child in items if isinstance(child, HOLDERS)]


HOLDERS = (Value, Module, list, tuple, dict)
