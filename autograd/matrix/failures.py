"""Why a matrix program gave no finite number: the scalar engine's own error, the data point, and the line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from autograd.backward import set_gradients
from autograd.errors import shown
from autograd.graph import inner_nodes
from autograd.matrix.columns import np
from autograd.matrix.data import flat, point_at
from autograd.matrix.trace import Graph
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.matrix.compiled import Compiled

grad_of = attrgetter("_grad")


def blame(compiled: Compiled, columns: Sequence[Any], position: int) -> None:
    """Raise the error that the scalar engine has at this data point, if it has one."""
    point = point_at(columns, position)
    if any(map(math.isnan, flat(point))):
        raise ValueError(
            f"data point {position} (counted from 0) holds nan: {shown(point)}; leave it out, or fill it in"
        )
    try:
        graph = Graph(compiled.f, point, looking_allowed=True)
        if compiled.is_single:
            _try_backward(graph.roots[0])
    except (ArithmeticError, ValueError, IndexError, TypeError) as error:
        line = line_of(compiled, columns, position)
        where = f" (data point {position}, counted from 0{f', in the line {line}' if line else ''})"
        if type(error) in (ValueError, OverflowError, ZeroDivisionError, IndexError, TypeError):
            raise type(error)(f"{error}{where}") from None
        raise


def line_of(compiled: Compiled, columns: Sequence[Any], position: int) -> str:
    """The first line of the source whose result is not finite at a data point."""
    head, _, body = compiled.source.rpartition("\ndef ")
    space: dict[str, Any] = dict(compiled.arrays())
    for (name, _), column in zip(compiled.arguments, columns, strict=True):
        space[name] = column[position : position + 1]
    with np.errstate(all="ignore"):
        exec(head, space)
        for line in map(str.strip, body.splitlines()[1:]):
            if line and not line.startswith("return"):
                exec(line, space)
                target = line.split(" ")[0].split("[")[0].rstrip(",")
                if target in space and not np.all(np.isfinite(space[target])):
                    return line
    return ""


def _try_backward(root: Value) -> None:
    """Backpropagate for the sake of its error; every gradient stays as it was."""
    inner, leaves = inner_nodes(root)
    nodes = [*inner, *leaves]
    before = list(map(grad_of, nodes))
    try:
        root.backward()
    finally:
        set_gradients(nodes, before)
