"""Gradients that are Values themselves: `grad` and `hessian` build a graph, which can be differentiated again."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from autograd.errors import NoFormula, described, edge_at, listed, shown
from autograd.graph import computed_nodes
from autograd.ops import total
from autograd.protocols import check_formula
from autograd.value import Value, apply, value_of


def grad(output: Value, inputs: Sequence[Value]) -> list[Value]:
    """∂output/∂input for each input, as Values with a graph of their own, so that they can be differentiated again.

    >>> x = Value(3.0)
    >>> (slope,) = grad(x**3, [x])
    >>> (curvature,) = grad(slope, [x])
    >>> slope.data, curvature.data
    (27.0, 18.0)

    No `.grad` changes. If the output does not depend on an input, its gradient is `Value(0.0)`. The formulas are
    evaluated anew, so it is a RuntimeError if a `.data` has changed since the graph was built. The walk from the output
    ends at the inputs, and does not look at what they were computed from, unless one was computed from another.
    """
    wanted = _values(output, inputs, "grad")
    reached: set[Value] = set(wanted)  # the inputs, and every node that depends on one
    # a node above all inputs, made by hand, lets one walk go below all of them
    behind = computed_nodes(Value(0.0, wanted, "all inputs"))[0][:-1] if len(reached) > 1 else []
    is_one_behind_another = any(parent in reached for node in behind for parent in node.parents)
    order, _ = computed_nodes(output, () if is_one_behind_another else frozenset(wanted))
    for node in order:
        if any(parent in reached for parent in node.parents):
            reached.add(node)
        with suppress(NoFormula):  # below, that is an error only where a gradient passes
            _check_unchanged(node)
    arrived: dict[Value, list[Any]] = {output: [1.0]}  # for each node, the terms of its gradient
    for node in reversed(order):
        if node in reached and node in arrived:
            upstream = _summed(arrived[node])
            for parent, slope in zip(node.parents, _slopes(node, reached), strict=True):
                if parent in reached and not _is(slope, 0.0):
                    arrived.setdefault(parent, []).append(_product(upstream, slope))
    return [value_of(_summed(arrived.get(value, [0.0]))) for value in wanted]


def _slopes(node: Value, reached: set[Value]) -> list[Any]:
    """The local derivatives of a node as Values, by its formulas; 0.0 for a parent that depends on no input."""
    check_formula(node)
    op, parents = node.op, node.parents
    assert op is not None
    inputs = [x if x.varies or x in reached else x._data for x in parents]  # constants stay numbers, but not inputs
    slopes: list[Any] = []
    try:
        if callable(op.derivatives):
            return op.as_list(op.derivatives(node, *inputs), len(inputs))
        for formula, parent in zip(op.derivatives, parents, strict=True):
            slopes.append(formula(node, *inputs) if parent in reached else 0.0)
        return slopes
    except (ArithmeticError, ValueError) as error:
        advice = edge_at(op, parents, len(slopes))
        raise ValueError(
            f"grad: the derivative of {op.name} has no finite value at {listed(parents)}. {advice}".rstrip()
        ) from (None if advice else error)


def _check_unchanged(node: Value) -> None:
    op, parents = node.op, node.parents
    assert op is not None
    with suppress(ArithmeticError, ValueError):
        again = apply(op, parents)
        # as text, since nan is not equal to itself
        if repr((again._data, *again.local_derivatives)) == repr((node._data, *node.local_derivatives)):
            return
    raise RuntimeError(
        f"grad: {described(node)} ({op.name}) was computed from other numbers than {listed(parents)}: a .data below it "
        "has changed since, or a role. Compute the output again, then call grad"
    )


def _is(x: Any, y: float) -> bool:
    return isinstance(x, float) and x == y


def _product(upstream: Any, slope: Any) -> Any:
    return slope if _is(upstream, 1.0) else upstream if _is(slope, 1.0) else upstream * slope


def _summed(terms: list[Any]) -> Any:
    return terms[0] if len(terms) == 1 else total(*terms)


def _values(output: Any, inputs: Any, name: str) -> list[Value]:
    if not isinstance(output, Value):
        came = f"{type(output).__name__} {shown(output)}"
        raise TypeError(f"{name} needs a Value as output, got {came}; write {name}(f(x), [x]), where x is a Value")
    if not isinstance(inputs, Iterable):
        raise TypeError(f"{name} needs a sequence of Values as inputs, got {shown(inputs)}; write {name}(output, [x])")
    held = list(inputs)
    for value in held:
        if not isinstance(value, Value):
            came = f"{type(value).__name__} {shown(value)}"
            raise TypeError(f"{name} needs Values as inputs, got {came}; give those that the output was computed from")
    return held


def hessian(output: Value, inputs: Sequence[Value]) -> list[list[Value]]:
    """The matrix of second derivatives ∂²output/∂input_i ∂input_j.

    >>> x, y = Value(2.0), Value(3.0)
    >>> [[entry.data for entry in line] for line in hessian(x * x * y, [x, y])]
    [[6.0, 4.0], [4.0, 0.0]]
    """
    wanted = _values(output, inputs, "hessian")
    return [grad(slope, wanted) for slope in grad(output, wanted)]
