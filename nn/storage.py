"""Save a network as JSON, bit by bit the same, and load it again, whatever is in the file.

A file is read as text and numbers, nothing in it is executed; every fault is a ValueError that names the file.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable
from typing import Any

from autograd import Op, ops
from autograd.errors import shown
from nn.files import write
from nn.layers import MLP, Layer, Neuron, layers_of
from nn.module import Module
from nn.saved import FORMAT, LARGEST_FILE, VERSION, Fault, built, parsed

Path_ = str | os.PathLike[str]

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
    for name, parameter in model.named_parameters():
        if not math.isfinite(parameter._data):
            raise ValueError(f"save needs finite parameters, got {parameter._data} in {name}")
    described = [described_layer(layer) for layer in layers_of(model)]
    if sum(len(layer["w"]) * (len(layer["w"][0]) + bool(layer["b"])) for layer in described) != len(model.parameters()):
        raise ValueError(
            "save can't keep a parameter that is held twice, or beside the layers; keep model.state_dict() instead"
        )
    return {"format": FORMAT, "version": VERSION, "kind": kind.__name__, "layers": described}


def described_layer(layer: tuple[Op, list[Neuron]]) -> dict[str, Any]:
    """One layer: its activation, its weights, a row per neuron, and its biases, or null."""
    f, neurons = layer
    kinds = {(len(neuron.w), neuron.b is None, neuron.activation) for neuron in neurons}
    if kinds != {(len(neurons[0].w), neurons[0].b is None, f)}:
        raise ValueError("save needs layers whose neurons are all of one kind; keep model.state_dict() instead")
    return {
        "activation": {"name": f.name, "own": not built_in(f), "settings": saved_settings(f)},
        "w": [[w._data for w in neuron.w] for neuron in neurons],
        "b": None if neurons[0].b is None else [neuron.b._data for neuron in neurons if neuron.b is not None],
    }


def saved_settings(f: Op) -> dict[str, float]:
    """The numbers an operation is set to."""
    for key, setting in f.settings.items():
        if type(setting) not in (int, float) or not math.isfinite(setting):
            raise ValueError(f"save needs settings that are finite numbers, got {key}={shown(setting)} in {f.name}")
    return dict(f.settings)


def built_in(f: Op) -> bool:
    """Whether an operation is one of the table, perhaps with other settings."""
    return f.name in ops.TABLE and f.is_from(ops.TABLE[f.name])


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
    with open(path, "rb") as file:
        content = file.read(LARGEST_FILE + 1)
    try:
        return built(parsed(content), own)
    except Fault as fault:
        raise ValueError(f"load {os.fspath(path)!r}: {fault}") from None
