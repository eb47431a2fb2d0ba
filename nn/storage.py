"""Save a network as JSON, and load it again with the same numbers, to the last bit.

It is safe to load any file: it is read as text and numbers, nothing in it is executed, and every fault is a ValueError
that names the file.
"""

import json
import math
import os
import sys
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, NoReturn

from autograd import Op
from autograd.errors import plain, shown
from autograd.files import name_of, write
from autograd.ops import TABLE, softmax
from autograd.protocols import number_of
from nn.data import is_row
from nn.layers import MLP, Layer, Neuron
from nn.module import Module

FORMAT, VERSION = "sigmagrad network", 1
LARGEST_FILE = 256 * 2**20
Path_ = str | os.PathLike[str]

# --- from a network to its numbers, and back: for files, and for PyTorch ----------------------------------------------

LayerNumbers = tuple[Op, list[list[float]], list[float] | None]  # of one layer: f, w with a row per neuron, and b


def in_numbers(model: Any, who: str) -> list[LayerNumbers]:
    """The numbers of each layer; it is an error if a layer is more than its numbers and one f."""
    parts: list[LayerNumbers] = []
    for layer in model.layers if isinstance(model, MLP) else [model]:
        neurons: list[Any] = layer.neurons if type(layer) is Layer else [layer]
        are_plain = all(type(n) is Neuron and "preactivation" not in vars(n) for n in neurons)
        if not are_plain or len({(len(n.w), n.b is None, n.activation) for n in neurons}) != 1:
            raise ValueError(f"{who} needs layers whose neurons are all of one kind; keep model.state_dict() instead")
        w, b = [list(map(number_of, n.w)) for n in neurons], [number_of(n.b) for n in neurons if n.b is not None]
        parts.append((neurons[0].activation, w, b or None))
    return parts


def layer_of(f: Op, w: list[list[float]], b: list[float] | None) -> Layer:
    """The layer with these numbers. It has a seed only so that it draws none of the user's random numbers."""
    layer = Layer(len(w[0]), len(w), f, bias=b is not None, seed=0)
    numbers = [x for j, row in enumerate(w) for x in ([*row, b[j]] if b else row)]
    for parameter, number in zip(layer.parameters(), numbers, strict=True):
        parameter.data = number
    return layer


def network_of(layers: list[LayerNumbers]) -> MLP:
    """The network of these layers; it is an error if the weights of one do not fit the neurons of the one before."""
    for i, ((_, before, _), (_, w, _)) in enumerate(pairwise(layers), 2):
        if len(w[0]) != len(before):
            raise ValueError(
                f"layers that fit are needed: layer {i} has {len(w[0])} weights per neuron, "
                f"but layer {i - 1} has {len(before)} neurons"
            )
    model = MLP(1, [1], seed=0)
    model.layers = [layer_of(*numbers) for numbers in layers]
    model.name_nodes()
    return model


# --- save -------------------------------------------------------------------------------------------------------------


def save(model: Module, path: Path_) -> None:
    """Write a Neuron, Layer or MLP to a file; if there is an error, the file stays as it was.

    >>> import tempfile
    >>> model = MLP(2, [3, 1], seed=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(model, f"{folder}/model.json")
    ...     load(f"{folder}/model.json").state_dict() == model.state_dict()
    True

    A Module of your own is a TypeError: keep its `state_dict()` instead. An Op of your own is saved by name. Attributes
    that you have added to a network are not saved, and neither is which of its parameters are frozen.
    """
    kind = type(model)
    if kind not in (Neuron, Layer, MLP):
        raise TypeError(f"save knows Neuron, Layer and MLP, got {kind.__name__}; keep model.state_dict() instead")
    state = model.state_dict()
    for name, number in state.items():
        if not math.isfinite(number):
            raise ValueError(f"save needs finite parameters, got {number} in {name}")
    layers = in_numbers(model, "save")
    described = []
    for f, w, b in layers:
        settings = {key: plain(setting) for key, setting in f.settings.items()}
        described.append({"activation": {"name": f.name, "own": not in_table(f), "settings": settings}, "w": w, "b": b})
    document = {"format": FORMAT, "version": VERSION, "kind": kind.__name__, "layers": described}
    own = {f.name: f for f, _, _ in layers if not in_table(f)}
    read = built(document, own).state_dict()  # an error, if this could not be loaded
    if [*read.values()] != [*state.values()] or not all(in_table(f) or f.is_from(own[f.name]) for f, _, _ in layers):
        raise ValueError(
            "save can't keep two Ops of one name, or a parameter that is held twice, or beside the layers, or is a "
            "bare number; keep model.state_dict() instead"
        )
    write(path, (json.dumps(document, indent=1) + "\n").encode())


def in_table(f: Op) -> bool:
    """Whether f is an entry of the table, perhaps with other settings, and not only called like one."""
    return f.name in TABLE and f.is_from(TABLE[f.name])


# --- load: the functions below raise a ValueError that says what is wrong, and load adds the name of the file ---------


def load(path: Path_, ops: Iterable[Op] = ()) -> Any:
    """The Neuron, Layer or MLP that `save` wrote; `ops` are the operations of your own that it uses.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(MLP(2, [3, 1], seed=0), f"{folder}/model.json")
    ...     load(f"{folder}/model.json")
    MLP of 2 → 3 relu → 1 identity (13 parameters)

    A file that is damaged, or that `save` has not written, is a ValueError that names the file and the fault.
    """
    given = [*ops] if is_row(ops) else [ops]
    own = {op.name: op for op in given if isinstance(op, Op)}
    if len(own) != len(given):
        raise TypeError(f"load needs Ops of different names as ops, got {shown(given)}; write ops=[swish]")
    with open(name_of(path), "rb") as file:
        content = file.read(LARGEST_FILE + 1)
    try:
        return built(parsed(content), own)
    except ValueError as fault:
        raise ValueError(f"load {os.fspath(path)!r}: {fault}") from None


def parsed(content: bytes) -> Any:
    """The JSON in a file; it is an error if the file is too large, or holds no JSON."""
    if len(content) > LARGEST_FILE:
        raise ValueError(f"the file is larger than {LARGEST_FILE} bytes")
    try:
        return json.loads(content.decode(), object_pairs_hook=without_repeats, parse_constant=no_constant)
    except UnicodeDecodeError:
        raise ValueError("not a text file, so not written by nn.save (pickles are never read)") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON, or cut off, or nested too deeply: {error}") from None


def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object as a dict; it is an error if a key stands in it twice."""
    held: dict[str, Any] = {}
    for key, x in pairs:
        if key in held:
            raise ValueError(f"duplicate key {shown(key)}")
        held[key] = x
    return held


def no_constant(name: str) -> NoReturn:
    """Refuse NaN and Infinity, which are not JSON, though Python's json reads them."""
    raise ValueError(f"parameters need to be finite numbers, got {name}")


def built(document: Any, own: dict[str, Op]) -> Module:
    """Build the network that a file describes."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError(f'not a file of nn.save: it needs "format": "{FORMAT}"')
    if document.get("version") != VERSION or isinstance(document["version"], bool):
        raise ValueError(f"version {shown(document.get('version'))} is not one this program reads; it reads {VERSION}")
    _, _, kind, described = fields(document, "the file", "format", "version", "kind", "layers")
    if not isinstance(described, list) or not described:
        raise ValueError(f'"layers" needs a list of at least one layer, got {shown(described)}')
    layers = [read_layer(layer, f"layer {i}", own) for i, layer in enumerate(described, 1)]
    match kind, [len(w) for _, w, _ in layers]:
        case "MLP", _:
            return network_of(layers)
        case "Layer", [_]:
            return layer_of(*layers[0])
        case "Neuron", [1]:
            (neuron,) = layer_of(*layers[0]).neurons
            neuron.name_nodes()
            return neuron
    raise ValueError(f'"kind" needs to be "MLP", or "Layer" or "Neuron" with a single one; got {shown(kind)}')


def fields(thing: Any, where: str, *names: str) -> list[Any]:
    """The values of a JSON object that has exactly these keys."""
    if not isinstance(thing, dict):
        raise ValueError(f"{where} needs to be an object, got {shown(thing)}")
    missing, unknown = sorted({*names} - thing.keys()), sorted(thing.keys() - {*names})
    if missing or unknown:
        raise ValueError(f"{where} has the wrong keys; missing: {shown(missing)}, unknown: {shown(unknown)}")
    return [thing[name] for name in names]


def read_layer(described: Any, where: str, own: dict[str, Op]) -> LayerNumbers:
    """The numbers of one layer; everything is checked before any neuron is made."""
    activation, w, b = fields(described, where, "activation", "w", "b")
    if not isinstance(w, list) or not w or not isinstance(w[0], list) or not w[0]:
        raise ValueError(f"{where} needs w, a list of weights for each neuron, got {shown(w)}")
    weights = [numbers(row, f"{where}, w of neuron {j}", len(w[0])) for j, row in enumerate(w, 1)]
    biases = None if b is None else numbers(b, f"{where}, b", len(w))
    return read_activation(activation, where, own), weights, biases


def is_finite(x: Any) -> bool:
    """Whether this is a finite number; 1e999 is none, and neither are "1", true, and an integer that is too large."""
    return type(x) in (int, float) and abs(x) <= sys.float_info.max


def numbers(row: Any, where: str, count: int) -> list[float]:
    """A row of `count` finite numbers."""
    if not isinstance(row, list) or len(row) != count:
        got = f"{len(row)} of them" if isinstance(row, list) else shown(row)
        raise ValueError(f"{where} needs a list of {count} numbers, got {got}")
    for x in row:
        if not is_finite(x):
            raise ValueError(f"{where} needs finite numbers, got {shown(x)}")
    return [*map(float, row)]


def read_activation(described: Any, where: str, own: dict[str, Op]) -> Op:
    """The operation that a file names, with its settings."""
    name, is_own, settings = fields(described, f"the activation of {where}", "name", "own", "settings")
    known = own if is_own is True else TABLE
    op = known.get(name) if isinstance(name, str) and isinstance(is_own, bool) else None
    if op is None and is_own is True:
        raise ValueError(f"{where} uses the Op {shown(name)}; pass it as load(path, ops=[...])")
    if op is None:
        raise ValueError(f"{where} has an unknown activation {shown(name)}")
    if op is not softmax and op.n_inputs != 1:
        raise ValueError(f"{where} needs an activation of one input, got {shown(name)}")
    if not isinstance(settings, dict) or settings.keys() != op.settings.keys():
        raise ValueError(f"the settings of {shown(name)} are {shown(list(op.settings))}, got {shown(settings)}")
    for key, setting in settings.items():
        if not is_finite(setting):
            raise ValueError(f"{where} needs settings that are finite numbers, got {key}={shown(setting)}")
    return op.bind(**{key: float(setting) for key, setting in settings.items()})
