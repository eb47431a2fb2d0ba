"""The graph as the data of a page: its Values, their operations with formulas and functions, and its steps."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from autograd import Op, Value, ops
from autograd.protocols import check_formula
from nn.activations import ACTIVATIONS, RELU_FAMILY
from viz.derivation.names import titled
from viz.graphs.neurons import is_sum, parts
from viz.style.labels import clean
from viz.web.javascript import Program, templates

FLAT = {"sigmoid", "tanh"}  # activations that saturate
HALF = {op.name for op in RELU_FAMILY}  # activations that can be off: flat on one half of the line


def described(names: Mapping[Value, str], groups: Sequence[Sequence[Value]], view: str) -> tuple[dict[str, Any], str]:
    """The graph as data (values, parents first, operations, and in which steps they are computed), and its program."""
    numbers = {value: index for index, value in enumerate(names)}
    kinds: dict[Any, int] = {}  # where `held` has an operation with these fixed numbers
    held: list[dict[str, Any]] = []
    program, entries = Program(), []
    values = []
    twins = _twins(names)
    for value in names:
        parents = value.parents
        fixed = [_fixed(value.op, parent) for parent in parents]
        check_formula(value)
        if value.op is not None and (value.op, *fixed) not in kinds:
            kinds[value.op, *fixed] = len(held)
            entries.append(program.entry(value.op, len(parents)))
            held.append(_operation(value.op, fixed))
        values.append(
            {
                "name": names[value],
                "title": titled(names[value], value),
                "label": clean(value.label),
                "role": value.role,
                "op": -1 if value.op is None else kinds[value.op, *fixed],
                "parents": [numbers[parent] for parent in parents],
                "varying": [parent.varies for parent in parents],
                "varies": value.varies,
                "data": value.data if math.isfinite(value.data) else json.dumps(value.data),  # a text, like "Infinity"
                "twins": [numbers[twin] for twin in twins.get(value, [])],
            }
        )
    steps = [[numbers[value] for value in group] for group in groups]
    # the leaves that get a slider: inputs first, then parameters; bare numbers in an expression stay as they are
    leaves = [value for value in names if value.op is None and (value.role != "constant" or value.label)]
    leaves.sort(key=lambda leaf: ("input", "parameter", "constant").index(leaf.role or "input"))
    sliders = [numbers[leaf] for leaf in leaves]
    graph = {"values": values, "ops": held, "groups": steps, "sliders": sliders, "view": view}
    return graph, program.table(entries)


def _twins(names: Iterable[Value]) -> dict[Value, list[Value]]:
    """For each answer of a ReLU neuron to one of several data points, all its answers: if all are off, it is dead."""
    neurons: dict[Any, list[Value]] = {}
    for a in names:
        if a.op is not None and a.op.name in HALF and is_sum(a.parents[0]):
            weights, _, bias = parts(a.parents[0])
            neurons.setdefault((a.op, *weights, bias), []).append(a)
    several = (answers for answers in neurons.values() if len({a.parents[0] for a in answers}) > 1)
    return {a: answers for answers in several for a in answers}


def _fixed(op: Op | None, parent: Value) -> float | None:
    """The number of a parent that is part of the formula, as a bare exponent is; None if the page has to fill it in."""
    return parent.data if op is ops.power and parent.role == "constant" and not parent.label else None


def _operation(op: Op, fixed: Sequence[float | None]) -> dict[str, Any]:
    value, slopes = templates(op, fixed)
    one_input = len(fixed) == 1 and (op.name in ACTIVATIONS or op.name not in ops.TABLE)
    mark = "off" if op.name in HALF else "saturated" if op.name in FLAT or op.name not in ACTIVATIONS else ""
    return {
        "name": clean(op.name),
        "needs": clean(op.needs),
        "hint": clean(op.hint),
        "edge": [clean(words) for words in ([op.edge] if isinstance(op.edge, str) else op.edge)],
        "value": value,
        "slopes": slopes,
        "mark": mark if one_input else "",
    }
