"""The lecture's view of a computation graph: neurons x, w → Σ → z → f(·) → a, and the loss ℒ(g, y).

A weight has no box, but stands on its edge from x to Σ; a bias stands on the edge from a dashed 1, and z on the edge
from Σ to f(·). Whatever is not a part of a neuron is drawn as in the view of operations.
"""

from collections.abc import Iterator

from autograd import Value, ops, topological_order
from viz.derivation.names import compared
from viz.diagrams.scene import Arrow, Box, Scene
from viz.graphs.operations import check_values, gradient_of, into, kind_of, named, symbol, value_box


def lecture(root: Value, max_nodes: int | None = None) -> Scene:
    """The graph of a Value as a scene of neurons, weights and activations."""
    return _Neurons(root, max_nodes)


def is_sum(value: Value) -> bool:
    """Whether a Value is a neuron's z = Σ wx + b."""
    return value.op is ops.weighted_sum


def is_softmax(value: Value) -> bool:
    """Whether a Value is one of a softmax's, which share a box."""
    return value.op is not None and value.op.name == "softmax"


def is_loss(value: Value) -> bool:
    """Whether a Value is a loss ℒ(g, y)."""
    return value.op is not None and value.op.is_loss


def parts(z: Value) -> tuple[tuple[Value, ...], tuple[Value, ...], Value | None]:
    """The weights, the inputs and the bias of a Σ.

    >>> from autograd import weighted_sum
    >>> [len(part) for part in parts(weighted_sum([1.0, 2.0], [3.0, 4.0], 5.0))[:2]]
    [2, 2]
    """
    parents = z.parents
    d = len(parents) // 2
    return parents[:d], parents[d : 2 * d], parents[-1] if len(parents) % 2 else None


class _Neurons(Scene):
    """The scene, filled in one walk over the graph, parents first."""

    def __init__(self, root: Value, max_nodes: int | None) -> None:
        super().__init__()
        self.root = root
        order = topological_order(root)
        self.boxed = self._values_with_boxes(order)
        whole = sum(1 + (value.op is not None and not is_sum(value) and not is_softmax(value)) for value in self.boxed)
        check_values(len(self.boxed), max_nodes, "lecture", whole)
        self.names = named(order)
        self.outputs = compared(order)
        self.functions = self._functions()  # where each z goes, if it goes to one f(·) only
        self.ones: dict[tuple[Value, ...], str] = {}  # the dashed 1 beside each row of inputs
        self.drawn: dict[str, list[Value]] = {}  # what each f(·) computes
        for value, name in self.names.items():
            if value in self.boxed:
                self._draw(value, name)
        self.columns = [column for column in self._columns() if len(column) > 1]

    def _columns(self) -> Iterator[list[str]]:
        """What stands in written order: the inputs of a layer, if they are leaves, with its 1; and the layer's Σ."""
        layers: dict[tuple[Value, ...], list[str]] = {}
        placed: set[str] = set()
        for z, name in self.names.items():
            if is_sum(z) and all(w.op is None for w in parts(z)[0]):
                layers.setdefault(parts(z)[1], []).append(f"{name}_op")
        for inputs, sums in layers.items():
            column = [self.names[x] for x in dict.fromkeys(inputs)]
            column += [self.ones[inputs]] if inputs in self.ones else []
            if all(x.op is None for x in inputs) and placed.isdisjoint(column):
                placed.update(column)
                yield column
            yield sums

    def _values_with_boxes(self, order: list[Value]) -> dict[Value, str]:
        """All Values but leaves that are only weights or biases, each with the text of a leaf that has no label."""
        boxed: dict[Value, str] = {self.root: ""}
        for value in order:
            if is_sum(value):
                _, inputs, _ = parts(value)
                for index, x in enumerate(inputs, start=1):
                    boxed.setdefault(x, f"x_{index}")
            else:
                for parent in value.parents:
                    boxed[parent] = "y" if is_loss(value) and kind_of(parent) == "constant" else ""
            if value.op is not None:
                boxed.setdefault(value, "")
        return boxed

    def _functions(self) -> dict[Value, str]:
        """For each z that goes into one f(·) and nowhere else, the name of that box; a softmax is one for its layer."""
        consumers: dict[Value, set[str]] = {}
        boxes: dict[tuple[object, ...], str] = {}
        for value, name in self.names.items():
            box = f"{name}_op"
            if is_softmax(value):
                box = boxes.setdefault(value.parents, box)
            function = _is_function(value)
            for parent in value.parents:
                consumers.setdefault(parent, set()).add(box if function else "")
        return {z: box for z, (box, *others) in consumers.items() if box and not others}

    def _draw(self, value: Value, name: str) -> None:
        text = self.boxed[value]
        if value.op is None:
            kind = "x" if (text and value.role != "parameter") or value.role == "input" else ""
            self.boxes.append(value_box(name, value, self.root, kind, text))
        elif is_sum(value):
            self._draw_sum(value, name)
        elif _is_function(value) and all(parent in self.functions for parent in value.parents):
            self._draw_function(value, name)
        else:
            self._draw_operation(value, name)

    def _draw_sum(self, z: Value, name: str) -> None:
        sigma = f"{name}_op"
        self.boxes.append(Box(sigma, "sum", "Σ", computed=[z]))
        weights, inputs, bias = parts(z)
        for index, (w, x) in enumerate(zip(weights, inputs, strict=True), start=1):
            self._draw_weight(w, self.names[x], sigma, f"w_{index}")
        if bias is not None and bias.op is None:
            self._draw_weight(bias, self._one(inputs, name), sigma, "b")
        elif bias is not None:
            self.arrows.append(Arrow(self.names[bias], sigma, "parameter"))
        data, grad = z.data, gradient_of(z, self.root)
        if z in self.functions:
            self.arrows.append(Arrow(sigma, self.functions[z], "plain", z.label or "z", data, grad, value=z))
        else:
            self.boxes.append(value_box(name, z, self.root, "a", "z"))
            self.arrows.append(Arrow(sigma, name))

    def _draw_weight(self, w: Value, tail: str, sigma: str, text: str) -> None:
        kind = "parameter" if w.varies else "plain"
        self.arrows.append(Arrow(tail, sigma, kind, w.label or text, w.data, gradient_of(w, self.root), value=w))
        if w.op is not None:  # a weight that was computed has a box of its own, which is joined to Σ
            self.arrows.append(Arrow(self.names[w], sigma, "constant"))

    def _one(self, inputs: tuple[Value, ...], name: str) -> str:
        """The dashed 1 of a layer: the Σ nodes that share their inputs share it."""
        if inputs not in self.ones:
            self.ones[inputs] = f"{name}_one"
            self.boxes.append(Box(f"{name}_one", "one", "1"))
        return self.ones[inputs]

    def _draw_function(self, a: Value, name: str) -> None:
        assert a.op is not None
        function = self.functions[a.parents[0]]
        if function not in self.drawn:
            self.drawn[function] = []
            which = "softmax" if is_softmax(a) else symbol(a.op)
            self.boxes.append(Box(function, "activation", f"f(·)\n{which}", computed=self.drawn[function]))
        self.drawn[function].append(a)
        self.boxes.append(value_box(name, a, self.root, "a", "a", self.outputs))
        self.arrows.append(Arrow(function, name))

    def _draw_operation(self, value: Value, name: str) -> None:
        assert value.op is not None
        loss = is_loss(value)
        kind, text = ("loss", f"ℒ(g, y)\n{value.op.symbol}") if loss else ("operation", symbol(value.op))
        self.boxes.append(Box(f"{name}_op", kind, text, computed=[value]))
        self.arrows += into(f"{name}_op", value, self.names)
        target = value.op.settings.get("target") if loss else None
        if isinstance(target, int):  # the lecture's y is a class number here, which is no parent
            self.boxes.append(Box(f"{name}_y", "x", "y", target))
            self.arrows.append(Arrow(f"{name}_y", f"{name}_op", "constant"))
        self.boxes.append(value_box(name, value, self.root, "", "ℒ" if loss else ""))
        self.arrows.append(Arrow(f"{name}_op", name))


def _is_function(value: Value) -> bool:
    """Whether a Value is an activation f(z): of one z, or a softmax of a layer of them."""
    parents = value.parents
    one = len(parents) == 1 or is_softmax(value)
    return one and not is_loss(value) and all(map(is_sum, parents))
