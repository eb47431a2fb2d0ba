"""Save a network as JSON, bit by bit the same, and load it again, whatever is in the file.

A file is read as text and numbers, nothing in it is executed; every fault is a ValueError that names the file.
"""

from __future__ import annotations

import json
import math
import os
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, NoReturn

from autograd import Op
from autograd.errors import shown
from autograd.files import name_of, write
from autograd.ops import TABLE, softmax
from autograd.protocols import number_of
from nn.layers import MLP, Layer, Neuron, layers_of
from nn.module import Module

FORMAT, VERSION = "sigmagrad network", 1
LARGEST_FILE = 256 * 2**20
Path_ = str | os.PathLike[str]
CheckedLayer = tuple[Op, list[list[float]], list[float] | None]  # the activation, the weights, the biases

# --- save -------------------------------------------------------------------------------------------------------------


def save(model: Module, path: Path_) -> None:
    """Write a Neuron, Layer or MLP to a file: all of it, or, on an error, the file stays as it was.

    >>> import tempfile
    >>> model = MLP(2, [3, 1], seed=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(model, f"{folder}/model.json")
    ...     load(f"{folder}/model.json").state_dict() == model.state_dict()
    True

    A Module of your own is a TypeError: keep its `state_dict()` instead. An Op of your own is saved by name.
    """
    write(path, (json.dumps(described_model(model), indent=1, allow_nan=False) + "\n").encode())


def described_model(model: Module) -> dict[str, Any]:
    """What the file says."""
    kind = type(model)
    if kind not in (Neuron, Layer, MLP):
        raise TypeError(
            f"save knows Neuron, Layer and MLP, got {kind.__name__}; "
            "keep model.state_dict() for a Module of your own, and give it to load_state_dict later"
        )
    state = model.state_dict()
    for name, number in state.items():
        if not math.isfinite(number):
            raise ValueError(f"save needs finite parameters, got {number} in {name}")
    described = [described_layer(neurons) for neurons in layers_of(model)]
    if sum(len(layer["w"]) * (len(layer["w"][0]) + bool(layer["b"])) for layer in described) != len(state):
        raise ValueError(
            "save can't keep a parameter that is held twice, or beside the layers, or is a bare number; "
            "keep model.state_dict() instead"
        )
    return {"format": FORMAT, "version": VERSION, "kind": kind.__name__, "layers": described}


def described_layer(neurons: list[Any]) -> dict[str, Any]:
    """One layer: its activation, its weights, a row per neuron, and its biases, or null."""
    kinds = {(len(n.w), n.b is None, n.activation) if type(n) is Neuron else None for n in neurons}
    if len(kinds) != 1 or None in kinds:
        raise ValueError("save needs layers whose neurons are all of one kind; keep model.state_dict() instead")
    f = neurons[0].activation
    for key, setting in f.settings.items():
        if type(setting) not in (int, float) or not math.isfinite(setting):
            raise ValueError(f"save needs settings that are finite numbers, got {key}={shown(setting)} in {f.name}")
    is_own = not (f.name in TABLE and f.is_from(TABLE[f.name]))
    return {
        "activation": {"name": f.name, "own": is_own, "settings": dict(f.settings)},
        "w": [list(map(number_of, neuron.w)) for neuron in neurons],
        "b": None if neurons[0].b is None else [number_of(neuron.b) for neuron in neurons],
    }


# --- load -------------------------------------------------------------------------------------------------------------


def load(path: Path_, ops: Iterable[Op] = ()) -> Any:
    """The Neuron, Layer or MLP that `save` wrote; `ops` are the operations of your own that it uses.

    >>> import tempfile
    >>> from nn import MLP
    >>> model = MLP(2, [3, 1], seed=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(model, f"{folder}/model.json")
    ...     copy = load(f"{folder}/model.json")
    >>> copy, copy.state_dict() == model.state_dict()
    (MLP of 2 → 3 relu → 1 identity (13 parameters), True)

    A file that is damaged, or is none of ours, is a ValueError that names the file and the fault.
    """
    given = [*ops]
    own = {op.name: op for op in given if isinstance(op, Op)}
    if len(own) != len(given):
        raise TypeError(f"load needs Ops of different names as ops, got {shown(given)}; write ops=[swish]")
    with open(name_of(path), "rb") as file:
        content = file.read(LARGEST_FILE + 1)
    try:
        return built(parsed(content), own)
    except Fault as fault:
        raise ValueError(f"load {os.fspath(path)!r}: {fault}") from None


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
        [(key, _)] = Counter(key for key, _ in pairs).most_common(1)
        raise Fault(f"duplicate key {shown(key)}")
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
    for neurons, (_, w, b) in zip(layers_of(model), layers, strict=True):
        for j, neuron in enumerate(neurons):
            for parameter, number in zip(neuron.w, w[j], strict=True):
                parameter.data = number
            if b is not None:
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
    biases = None if b is None else numbers(b, f"{where}, b", len(w))
    return checked_activation(activation, where, own), weights, biases


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
    known = own if is_own is True else TABLE
    if not isinstance(name, str) or name not in known or not isinstance(is_own, bool):
        if is_own is True:
            raise Fault(f"{where} uses the Op {shown(name)}; pass it as load(path, ops=[...])")
        raise Fault(f"{where} has an unknown activation {shown(name)}")
    op = known[name]
    if op is not softmax and op.n_inputs != 1:
        raise Fault(f"{where} needs an activation of one input, got {shown(name)}")
    if not isinstance(settings, dict) or set(settings) != set(op.settings):
        raise Fault(f"the settings of {shown(name)} are {shown(list(op.settings))}, got {shown(settings)}")
    chosen = {key: finite(x, f"setting {key}") for key, x in settings.items()}
    return op.bind(**chosen) if chosen != op.settings else op
