"""The graph of a Value operation by operation: every Value a box, every operation a circle, as a scene."""

from collections.abc import Container, Iterator, Mapping
from itertools import zip_longest

from autograd import Op, Value, topological_order
from viz.derivation.names import compared
from viz.diagrams.diagram import MAX_NODES
from viz.diagrams.scene import Arrow, Box, Scene
from viz.style import theme


def kind_of(value: Value, root: Value | None = None) -> str:
    """What a Value is in a drawing: "parameter", "input", "constant", "result" or "root".

    >>> kind_of(Value(1.0)), kind_of(Value(1.0) + 2)
    ('input', 'result')
    """
    if value.op is not None:
        return "root" if value is root else "result"
    return value.role or "input"


def gradient_of(value: Value, root: Value) -> float | None:
    """A Value's gradient, once backward has given the root one; constants have none."""
    return value.grad if root.grad != 0.0 and value.varies else None


def symbol(op: Op) -> str:
    """What a drawing prints for an operation: its symbol, and its settings on lines of their own.

    >>> from autograd import ops
    >>> symbol(ops.mul), symbol(ops.sub), symbol(ops.leaky_relu.bind(slope=0.2))
    ('×', '−', 'leaky ReLU\\nslope 0.2')
    """
    settings = [f"{key} {theme.number(x) if isinstance(x, float) else x}" for key, x in op.settings.items()]
    return "\n".join([theme.SIGNS.get(op.symbol, op.symbol), *settings])


def value_box(
    name: str, value: Value, root: Value, kind: str = "", text: str = "", outputs: Container[Value] = ()
) -> Box:
    """A Value's box: its label, its number, and its gradient once there is one; a Value of `outputs` is called g."""
    text = "g" if value in outputs else value.label or text
    return Box(name, kind or kind_of(value, root), text, value.data, gradient_of(value, root), value)


def into(head: str, value: Value, names: Mapping[Value, str]) -> Iterator[Arrow]:
    """The arrows from a Value's parents to its operation, in written order; `x * x` has two."""
    for parent, slope in zip_longest(value.parents, value.local_derivatives):  # a node made by hand has no derivatives
        if parent.varies:
            yield Arrow(names[parent], head, "derivative", derivative=slope)
        else:
            yield Arrow(names[parent], head, "constant")


def named(order: list[Value]) -> dict[Value, str]:
    """The Values of a topological order with their names in a drawing: n0, n1, …"""
    return {value: f"n{index}" for index, value in enumerate(order)}


def operations(root: Value, max_nodes: int | None = None) -> Scene:
    """Every Value as a box, every operation as a circle, its local derivatives on the edges into it."""
    order = topological_order(root)
    check_values(len(order), max_nodes, "operations", sum(1 + (value.op is not None) for value in order))
    names = named(order)
    scene, outputs = Scene(), compared(order)
    for value, name in names.items():
        scene.boxes.append(value_box(name, value, root, outputs=outputs))
        if value.op is not None:
            scene.boxes.append(Box(f"{name}_op", "operation", symbol(value.op), computed=[value]))
            scene.arrows += into(f"{name}_op", value, names)
            scene.arrows.append(Arrow(f"{name}_op", name))
    return scene


def check_values(count: int, limit: int | None, view: str, boxes: int) -> None:
    """Refuse what nobody could read, before any of it is drawn: so many Values, in at least so many boxes."""
    if limit is None or (count <= limit and boxes <= MAX_NODES):
        return
    came = f"{count} values to draw, more than max_nodes={limit}"
    if count <= limit:
        came = f"at least {boxes} boxes to draw, more than the {MAX_NODES} that a drawing can have"
    instead = 'draw_graph(root, view="lecture") (a neuron is one Σ there), ' if view == "operations" else ""
    other = "a part of the graph (any Value inside it)"
    choices = f"{other}, or raise max_nodes" if boxes <= MAX_NODES else f"or {other}"
    raise ValueError(f"this graph has {came}; draw {instead}draw_network(model), {choices}")
