"""Why a matrix program gave no finite number: the scalar engine's own error, the data point, and the line."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

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


def graph_of(f: Callable[..., Any], columns: Sequence[Any], position: int) -> Graph:
    """The scalar graph of a data point, read without a look at its numbers; an error says which point it was."""
    point = point_at(columns, position)
    try:
        return Graph(f, point)
    except (ArithmeticError, ValueError, IndexError) as error:
        _refuse_nan(point, position)
        _raise_at(error, position)


def blame(compiled: Compiled, columns: Sequence[Any], position: int) -> None:
    """Raise the error that the scalar engine has at this data point, if it has one."""
    point = point_at(columns, position)
    _refuse_nan(point, position)
    try:
        graph = Graph(compiled.f, point, looking_allowed=True)
        if compiled.is_single:
            _try_backward(graph.roots[0])
    except (ArithmeticError, ValueError, IndexError, TypeError) as error:
        _raise_at(error, position, line_of(compiled, columns, position))


def _refuse_nan(point: Sequence[Any], position: int) -> None:
    if any(map(math.isnan, flat(point))):
        raise ValueError(
            f"data point {position} (counted from 0) holds nan: {shown(point)}; leave it out, or fill it in"
        ) from None


def _raise_at(error: Exception, position: int, line: str = "") -> NoReturn:
    if type(error) in (ValueError, OverflowError, ZeroDivisionError, IndexError, TypeError):
        where = f" (data point {position}, counted from 0{f', in the line {line}' if line else ''})"
        raise type(error)(f"{error}{where}") from None
    raise error


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
