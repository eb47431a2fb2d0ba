"""The computation graph of a Value, drawn: as the lecture's neurons, or as every single operation."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from autograd import Value
from autograd.errors import shown
from viz.derivation.paths import older_than_its_inputs
from viz.diagrams.diagram import Diagram, check_size
from viz.diagrams.scene import Arrow, Box, Scene
from viz.diagrams.words import sentence
from viz.engines.render import check_format
from viz.graphs.neurons import lecture
from viz.graphs.operations import operations
from viz.style import theme

VIEWS = {"lecture": lecture, "operations": operations}
MANY = 400  # boxes, above which a tangled graph would take the engine too long
DIRECTIONS = ("LR", "TB", "RL", "BT")
IN_ORDER = ("operation", "loss")  # the inputs of these boxes stand in written order: x above y in x − y
# the kinds of boxes and of arrows that a legend explains, in this order, and its words for them
LEGEND = ("input", "x", "parameter", "constant", "one", "operation", "sum", "activation", "result", "a", "root", "loss")
WORDS = {
    "x": "input",
    "one": "1, for\na bias",
    "operation": "opera-\ntion",
    "sum": "weighted\nsum",
    "a": "result",
    "root": "result",
}
LEGEND_ARROWS = {"derivative": "on an edge:\nlocal derivative", "parameter": "on an edge:\nparameter"}
OLDER = "Some numbers are older than the weights they were computed from: run the forward pass again."


def draw_graph(
    root: Value, *, view: str = "lecture", direction: str = "LR", max_nodes: int = 500, legend: bool = False
) -> Diagram:
    """The computation graph of a Value, with its numbers; with its gradients once `root.backward()` has run.

    >>> x = Value(3.0, label="x")
    >>> draw_graph(x * x + 1, view="operations")
    <Diagram 'computation graph': 6 boxes, 6 arrows; .save('a.svg') writes it>

    `view="lecture"` shows neurons: x, w → Σ → z → f(·) → a and ℒ(g, y); `view="operations"` every Value and operation,
    the local derivatives on the edges. Equal graphs give equal drawings. More than `max_nodes` values to draw, or more
    boxes and arrows than a drawing can have: ValueError.
    """
    if not isinstance(root, Value):
        raise TypeError(f"draw_graph needs a Value, got {type(root).__name__} {shown(root)}; write draw_graph(loss)")
    if not isinstance(view, str) or view not in VIEWS:
        raise ValueError(f'draw_graph needs view="lecture" or view="operations", got {shown(view)}')
    if direction not in DIRECTIONS:
        raise ValueError(f"draw_graph needs direction LR, TB, RL or BT, got {shown(direction)}")
    try:
        most = operator.index(max_nodes)
    except TypeError:
        raise TypeError(f"draw_graph needs max_nodes as an int, got {shown(max_nodes)}") from None
    scene = VIEWS[view](root, most)
    large = theme.TANGLED if len(scene.boxes) > MANY else {}
    diagram = drawn(scene, Diagram("computation graph", direction=direction, **large))
    check_size(diagram.n_nodes, diagram.n_edges)
    if legend:
        _draw_legend(scene, diagram)
    if older_than_its_inputs(root) is not None:
        diagram.note(OLDER)
    return diagram


def draw_dot(root: Value, format: str = "svg", rankdir: str = "LR", *, max_nodes: int = 500) -> Diagram:
    """micrograd's `draw_dot`: every Value and every operation; `format="png"` shows a PNG in a notebook.

    >>> draw_dot(Value(2.0, label="x").relu()).n_nodes
    3
    """
    check_format(format)
    diagram = draw_graph(root, view="operations", direction=rankdir, max_nodes=max_nodes)
    diagram.format = format
    return diagram


def drawn(
    scene: Scene,
    diagram: Diagram,
    texts: Callable[[Box | Arrow], list[str]] | None = None,
    places: Mapping[str, Mapping[str, Any]] | None = None,
) -> Diagram:
    """Put the boxes and arrows of a scene into a diagram.

    The explorer's page gives `texts` of its own. Then boxes and arrows get ids, by which the page finds them, and their
    kinds as classes; `places` says for each id where the box or the arrow stands.
    """
    places = places or {}
    for box in scene.boxes:
        lines = "\n".join(texts(box) if texts else box.lines).split("\n")
        style = theme.tight(theme.BOX[box.kind], lines)
        if box.kind in IN_ORDER:
            style = {**style, "ordering": "in"}
        if texts:
            style = {**style, "id": box.name, "class": f"box {box.kind}"}
        diagram.node(box.name, "\n".join(lines), **places.get(box.name, {}), **style)
    beside = " " if diagram.direction in ("TB", "BT") else ""  # keeps a text away from its vertical arrow
    for number, arrow in enumerate(scene.arrows):
        style = theme.ARROW[arrow.kind]
        if texts:
            style = {**style, "id": f"arrow{number}", "class": f"arrow {arrow.kind}"}
        label = "\n".join(beside + line for line in (texts(arrow) if texts else arrow.lines))
        diagram.edge(arrow.tail, arrow.head, label, **places.get(f"arrow{number}", {}), **style)
    for column in scene.columns if not places else ():
        diagram.column(*column)
    diagram.words = sentence(scene)
    return diagram


def _draw_legend(scene: Scene, diagram: Diagram) -> None:
    """Draw the legend as a row along the graph. It has no frame, beside which Graphviz turns the graph upside down."""
    boxes = {box.kind: theme.BOX[box.kind] for box in scene.boxes}
    arrows = {arrow.kind: {**theme.BOX["text"], **theme.ARROW[arrow.kind]} for arrow in scene.arrows if arrow.lines}
    diagram.node("legend", "legend", **theme.BOX["title"])
    names, explained = ["legend"], set()
    for table, styles in (({kind: WORDS.get(kind, kind) for kind in LEGEND}, boxes), (LEGEND_ARROWS, arrows)):
        for kind, words in table.items():
            if kind in styles and words not in explained:
                explained.add(words)
                names.append(f"legend{len(explained)}")
                style = theme.tight({**styles[kind], **theme.SMALL}, words.split("\n"))
                diagram.node(names[-1], words, **style)
    diagram.column(*names, along=True)
