"""A program on data: the training error J as a node, or the outputs as an array."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from autograd.matrix.checks import Checked, several
from autograd.matrix.columns import np
from autograd.matrix.compiled import training_error
from autograd.matrix.data import columns_of, leaves_at
from autograd.matrix.failures import blame, explained
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.matrix.program import Program


def training_error_of(program: Program, data: Sequence[Any]) -> Value:
    """J of these data points, with ∂J/∂p for every parameter p."""
    checked, columns, point = ready(program, data)
    compiled = checked.compiled
    if not compiled.is_single:
        raise TypeError(
            "the training error needs a function that returns one Value, and this one returns a list of "
            f"{len(compiled.matcher.roots)}; use .map(X) for outputs, or return total([...])"
        )
    buffer = compiled.buffer()
    J = compiled.run(columns, buffer)
    return training_error(explained(program.f, compiled, columns, point, buffer) if J is None else J, buffer)


def outputs_of(program: Program, data: Sequence[Any]) -> Any:
    """The function of every data point."""
    checked, columns, point = ready(program, data)
    answer = checked.compiled.outputs(columns)
    finite = np.isfinite(answer).all(axis=1)
    if not finite.all():
        blame(program.f, checked.compiled, columns, point, int(finite.argmin()))
    return answer[:, 0] if checked.compiled.is_single else answer


def ready(program: Program, data: Sequence[Any]) -> tuple[Checked, list[Any], Callable[[int], list[Any]]]:
    """The function traced at its first data, and looked at again now and then; the data as columns, and as points."""
    checked = program.checked
    columns = columns_of(data, checked.compiled.widths if checked else None)
    point = partial(leaves_at, columns)
    if checked is None:
        checked = program.checked = Checked(program.f, columns, point)
    elif checked.is_due(8):
        checked.look_again(columns, point, several(columns, 2))
    return checked, columns, point
