"""How an Op is pickled: an entry of a table is looked up there again, an Op of one's own is made anew."""

from __future__ import annotations

import copyreg
import sys
from collections.abc import Mapping
from importlib import import_module
from itertools import chain
from typing import Any

from autograd.op import Op


def reduced(op: Op) -> str | tuple[Any, ...]:
    """What pickle keeps."""
    fields = [f if isinstance(f, (list, tuple)) else [f] for f in op.fields.values()]
    formulas = list(filter(callable, chain.from_iterable(fields)))
    for module in dict.fromkeys([formula.__module__ for formula in formulas if hasattr(formula, "__module__")]):
        table = getattr(sys.modules.get(module), "TABLE", None)
        if isinstance(table, Mapping) and isinstance(entry := table.get(op.name), Op) and op.is_from(entry):
            return looked_up, (module, op.name, dict(op.settings))
    if any("<" in getattr(formula, "__qualname__", "") for formula in formulas):  # <lambda>, or in f.<locals>
        raise TypeError(
            f"Op {op.name!r} is made of lambdas, or of functions within a function, which can't be pickled; "
            "write them with def in a module, or keep the network with nn.save and nn.load(path, ops=[...])"
        )
    return object.__reduce_ex__(op, 2)  # as Python does it


def looked_up(module: str, name: str, settings: dict[str, Any]) -> Op:
    """The entry of a module's TABLE, with these settings."""
    op: Op = import_module(module).TABLE[name]
    return op.bind(**settings) if settings != op.settings else op


copyreg.pickle(Op, reduced)
