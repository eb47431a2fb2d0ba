"""From the JSON of a saved network to the network: nothing is believed before it is checked."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from typing import Any, NoReturn

from autograd import Op, ops
from autograd.errors import shown
from nn.layers import MLP, Layer, Neuron, layers_of
from nn.module import Module

FORMAT, VERSION = "sigmagrad network", 1
LARGEST_FILE = 256 * 2**20
CheckedLayer = tuple[Op, list[list[float]], list[float] | None]


class Fault(Exception):  # noqa: N818 (load makes a ValueError of it, with the name of the file)
    """What is wrong with a file."""


def parsed(content: bytes) -> Any:
    """The JSON in a file, of a size that can be meant."""
    if len(content) > LARGEST_FILE:
        raise Fault(f"the file is larger than {LARGEST_FILE} bytes")
    try:
        return json.loads(content.decode(), object_pairs_hook=without_repeats, parse_constant=no_constant)
    except UnicodeDecodeError:
        raise Fault("not a text file, so not written by nn.save (pickles are never read)") from None
    except RecursionError:
        raise Fault("nested too deeply") from None
    except ValueError as error:
        raise Fault(f"not JSON, or cut off: {error}") from None


def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys differ."""
    held = dict(pairs)
    if len(held) != len(pairs):
        keys = [key for key, _ in pairs]
        raise Fault(f"duplicate key {shown(next(key for key in keys if keys.count(key) > 1))}")
    return held


def no_constant(name: str) -> NoReturn:
    """NaN and Infinity are no JSON."""
    raise Fault(f"parameters need to be finite numbers, got {name}")


def built(document: Any, own: dict[str, Op]) -> Module:
    """The network that a file describes."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise Fault(f'not a file of nn.save: it needs "format": "{FORMAT}"')
    if document.get("version") != VERSION or isinstance(document["version"], bool):
        raise Fault(f"version {shown(document.get('version'))} is not one this program reads; it reads {VERSION}")
    kind, described = fields(document, "the file", "kind", "layers", beside=("format", "version"))
    if not isinstance(described, list) or not described:
        raise Fault(f'"layers" needs a list of at least one layer, got {shown(described)}')
    layers = [checked_layer(layer, f"layer {i}", own) for i, layer in enumerate(described, 1)]
    for i, ((_, above, _), (_, w, _)) in enumerate(pairwise(layers), 2):
        if len(w[0]) != len(above):
            raise Fault(f"layer {i} has {len(w[0])} weights per neuron, but layer {i - 1} has {len(above)} neurons")
    try:
        model = empty(kind, layers)
    except ValueError as error:
        raise Fault(str(error)) from None
    for (_, neurons), (_, w, b) in zip(layers_of(model), layers, strict=True):
        for j, neuron in enumerate(neurons):
            for parameter, number in zip(neuron.w, w[j], strict=True):
                parameter.data = number
            if neuron.b is not None and b is not None:
                neuron.b.data = b[j]
    return model


def empty(kind: Any, layers: list[CheckedLayer]) -> Module:
    """A network of the right shape; the seed only keeps it from drawing the user's random numbers."""
    made = [Layer(len(w[0]), len(w), f, bias=b is not None, seed=0) for f, w, b in layers]
    if kind == "MLP":
        model = MLP(1, [1], seed=0)
        model.layers = made
        model.name_nodes()
        return model
    if len(made) == 1 and kind == "Layer":
        return made[0]
    f, w, b = layers[0]
    if len(made) == 1 and kind == "Neuron" and len(w) == 1:
        return Neuron(len(w[0]), f, bias=b is not None, seed=0)
    raise Fault(f'"kind" needs to be "MLP", or "Layer" or "Neuron" with a single one; got {shown(kind)}')


def fields(thing: Any, where: str, *names: str, beside: tuple[str, ...] = ()) -> list[Any]:
    """The values of exactly these keys."""
    if not isinstance(thing, dict):
        raise Fault(f"{where} needs to be an object, got {shown(thing)}")
    if set(thing) != {*names, *beside}:
        missing, unknown = sorted({*names, *beside} - set(thing)), sorted(set(thing) - {*names, *beside})
        raise Fault(f"{where} has the wrong keys; missing: {shown(missing)}, unknown: {shown(unknown)}")
    return [thing[name] for name in names]


def checked_layer(layer: Any, where: str, own: dict[str, Op]) -> CheckedLayer:
    """One layer's activation, weights and biases."""
    activation, w, b = fields(layer, where, "activation", "w", "b")
    if not isinstance(w, list) or not w or not isinstance(w[0], list) or not w[0]:
        raise Fault(f"{where} needs w, a list of weights for each neuron, got {shown(w)}")
    weights = [numbers(row, f"{where}, w of neuron {j}", len(w[0])) for j, row in enumerate(w, 1)]
    return (
        checked_activation(activation, where, own),
        weights,
        None if b is None else numbers(b, f"{where}, b", len(w)),
    )


def numbers(row: Any, where: str, count: int) -> list[float]:
    """As many finite numbers as there should be."""
    if not isinstance(row, list) or len(row) != count:
        got = f"{len(row)} of them" if isinstance(row, list) else shown(row)
        raise Fault(f"{where} needs a list of {count} numbers, got {got}")
    return [finite(x, where) for x in row]


def finite(x: Any, where: str) -> float:
    """A finite number; 1e999 is none, and neither are "1" and true."""
    try:
        if type(x) in (int, float) and math.isfinite(x):
            return float(x)
    except OverflowError:
        pass
    raise Fault(f"{where} needs finite numbers, got {shown(x)}")


def checked_activation(thing: Any, where: str, own: dict[str, Op]) -> Op:
    """The operation that a file names, with its settings."""
    name, is_own, settings = fields(thing, f"the activation of {where}", "name", "own", "settings")
    known = own if is_own is True else ops.TABLE
    if not isinstance(name, str) or name not in known or not isinstance(is_own, bool):
        if is_own is True:
            raise Fault(f"{where} uses the Op {shown(name)}; pass it as load(path, ops=[...])")
        raise Fault(f"{where} has an unknown activation {shown(name)}")
    op = known[name]
    if op is not ops.softmax and op.n_inputs != 1:
        raise Fault(f"{where} needs an activation of one input, got {shown(name)}")
    if not isinstance(settings, dict) or set(settings) != set(op.settings):
        raise Fault(f"the settings of {shown(name)} are {shown(list(op.settings))}, got {shown(settings)}")
    chosen = {key: finite(x, f"setting {key}") for key, x in settings.items()}
    return op.bind(**chosen) if chosen != op.settings else op
