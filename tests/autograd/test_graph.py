"""Graphs by their shape: what backward, the order of nodes and the memory do on each."""

from __future__ import annotations

import copy
import gc
import math
import os
import random
import subprocess
import sys
import tracemalloc

import pytest
from shared.collector import no_collector
from shared.graphs import leaves

from autograd import Value, average, grad, maximum, softmax, topological_order, total, weighted_sum
from autograd.sums import Row

# --- shapes -----------------------------------------------------------------------------------------------------------


def chain(x):
    return x.exp() * 2.0 - 1.0


SHAPES = {
    "chain": (chain, (0.0,), (2.0,)),
    "fan-out": (lambda x: total([x * 2.0, x * 3.0, x * 5.0, x]), (4.0,), (11.0,)),
    "diamond": (lambda x, y: (x * y) * (x + y), (2.0, 3.0), (2 * 2 * 3 + 9.0, 4 + 2 * 2 * 3.0)),
    "nested diamonds": (lambda x: (lambda a: (lambda b: b * b)(a * a + a))(x * x + x), (1.0,), (2 * 6 * 5 * 3.0,)),
    "repeated input x*x": (lambda x: x * x, (3.0,), (6.0,)),
    "repeated input x+x": (lambda x: x + x, (3.0,), (2.0,)),
    "repeated input x-x": (lambda x: x - x, (3.0,), (0.0,)),
    "repeated input x/x": (lambda x: x / x, (4.0,), (0.0,)),
    "repeated input in a total": (lambda x: total([x, x, x]), (3.0,), (3.0,)),
    "constant on the right": (lambda x: x * 3.0 + 1, (2.0,), (3.0,)),
    "constant on the left": (lambda x: 1 - 3.0 * x, (2.0,), (-3.0,)),
    "constants only below": (lambda x: x + total([1.0, 2.0]) * 0.0, (2.0,), (1.0,)),
    "Σ": (lambda w, x, b: weighted_sum([w], [x], b), (2.0, 3.0, 5.0), (3.0, 2.0, 1.0)),
    "Σ of one weight twice": (lambda w, x: weighted_sum([w, w], [x, 4.0]), (2.0, 3.0), (7.0, 2.0)),
    "Σ of x with itself": (lambda x, y: weighted_sum([x, y], [x, y]), (2.0, 3.0), (4.0, 6.0)),
    "Σ whose weight is computed from the inputs": (lambda x: weighted_sum([x * x, x], [x, x]), (2.0,), (12.0 + 4.0,)),
    "Σ whose bias is its own input": (lambda x: weighted_sum([x], [x], x), (2.0,), (5.0,)),
    "Σ of bare numbers": (lambda x: weighted_sum([1.0, 2.0], [x, 5.0], 1.0), (3.0,), (1.0,)),
    "branch that meets a leaf again late": (lambda x, y: ((x * y).tanh() * 0.0 + x) * y, (2.0, 3.0), (3.0, 2.0)),
    "root that also feeds nothing else": (lambda x: (x + 0.0) + 0.0, (1.0,), (1.0,)),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_gradient_of_each_shape(shape):
    f, point, wanted = SHAPES[shape]
    x = leaves(point)
    y = f(*x)
    y.backward()
    assert tuple(leaf.grad for leaf in x) == wanted
    assert y.grad == 1.0
    assert tuple(g.data for g in grad(y, x)) == wanted


@pytest.mark.parametrize("shape", SHAPES)
def test_backward_twice_gives_exactly_twice_on_leaves_and_the_same_inside(shape):
    f, point, wanted = SHAPES[shape]
    x = leaves(point)
    y = f(*x)
    y.backward()
    inner = [node.grad for node in topological_order(y) if node.op]
    y.backward()
    assert tuple(leaf.grad for leaf in x) == tuple(2 * g for g in wanted)
    assert [node.grad for node in topological_order(y) if node.op] == inner
    y.zero_grad()
    assert all(node.grad == 0.0 for node in topological_order(y))
    y.backward()
    assert tuple(leaf.grad for leaf in x) == wanted


@pytest.mark.parametrize("shape", SHAPES)
def test_order_has_parents_before_children_each_node_once_and_repeats_itself(shape):
    f, point, _ = SHAPES[shape]
    y = f(*leaves(point))
    order = topological_order(y)
    place = {node: i for i, node in enumerate(order)}
    assert len(place) == len(order)
    assert order[-1] is y
    for node in order:
        assert all(place[parent] < place[node] for parent in node.parents)
    below, waiting = set(), [y]
    while waiting:
        node = waiting.pop()
        if node not in below:
            below.add(node)
            waiting.extend(node.parents)
    assert below == set(order), "every node below, constants too"
    assert topological_order(y) == order
    again = topological_order(f(*leaves(point)))
    assert [(n.data, n._op, n.label) for n in again] == [(n.data, n._op, n.label) for n in order]


def test_inner_nodes_are_set_whatever_they_held():
    x = Value(3.0)
    a = x * 2.0
    y = a * a
    a.grad, y.grad, x.grad = 100.0, -7.0, 0.5
    y.backward()
    assert (y.grad, a.grad, x.grad) == (1.0, 12.0, 24.5)


def test_root_is_a_leaf():
    x = Value(3.0)
    x.backward()
    assert x.grad == 1.0
    x.backward()
    assert x.grad == 2.0
    assert topological_order(x) == [x]
    x.zero_grad()
    assert x.grad == 0.0
    assert [g.data for g in grad(x, [x])] == [1.0]


def test_root_is_a_constant():
    y = total([1.0, 2.0])
    y.backward()
    assert y.grad == 1.0
    assert [parent.grad for parent in y.parents] == [0.0, 0.0]


def test_two_roots_share_a_subgraph():
    x = Value(2.0)
    shared = x * x
    first, second = shared * 3.0, shared.exp()
    first.backward()
    assert (shared.grad, x.grad) == (3.0, 12.0)
    second.backward()
    assert (shared.grad, x.grad) == (second.data, 12.0 + second.data * 4.0), "inner nodes are set, leaves accumulate"
    assert first.grad == 1.0, "the other root is not below this one"


def test_inner_node_as_root_leaves_the_rest_alone():
    x = Value(2.0)
    a = x * x
    y = a * 5.0
    y.backward()
    a.backward()
    assert (y.grad, a.grad, x.grad) == (1.0, 1.0, 20.0 + 4.0)


def test_constants_keep_no_gradient():
    x = Value(2.0)
    y = x * 3.0 + 4.0
    y.backward()
    assert [(n.data, n.grad) for n in topological_order(y) if n.role == "constant"] == [(3.0, 0.0), (4.0, 0.0)]


def test_constants_derivative_is_never_computed():
    x = Value(-3.0)
    y = x**2
    assert y.local_derivatives == (-6.0, 0.0)
    y.backward()
    assert (x.grad, y.parents[1].grad) == (-6.0, 0.0)


def test_changing_data_after_building_does_not_corrupt_backward():
    w, x, b = leaves([2.0, 3.0, 1.0])
    y = weighted_sum([w], [x], b).tanh() * w + x**2 + maximum(w, x)
    y.backward()
    wanted = [leaf.grad for leaf in (w, x, b)]
    y.zero_grad()
    for node in topological_order(y):
        node.data = node.data * -7.5 + 1.0
    y.backward()
    assert [leaf.grad for leaf in (w, x, b)] == wanted


# --- Σ nodes that share rows ------------------------------------------------------------------------------------------


def test_rows_shared_by_a_layer_count_every_neuron():
    x = leaves([1.0, -2.0, 3.0])
    inputs = Row(x)
    weights = [leaves([0.5, 1.5, -1.0]), leaves([2.0, 0.25, 1.0])]
    z = [weighted_sum(w, inputs) for w in weights]
    y = z[0] * z[1]
    y.backward()
    a, b = z[0].data, z[1].data
    assert [v.grad for v in x] == [b * u.data + a * v.data for u, v in zip(*weights, strict=True)]
    assert [v.grad for v in weights[0]] == [b * v.data for v in x]
    assert [v.grad for v in weights[1]] == [a * v.data for v in x]
    y.backward()
    assert [v.grad for v in weights[1]] == [2 * a * v.data for v in x]


def test_what_changes_after_the_forward_pass_leaves_a_sum_as_it_was():
    w, x = leaves([1.0, 2.0]), leaves([3.0, 4.0])
    weights, inputs = list(w), list(x)
    z = weighted_sum(weights, inputs, w[0])
    weights[0] = inputs[1] = Value(7.0)
    w[1].data = x[0].data = 100.0
    assert z.parents == (*w, *x, w[0])
    assert z.local_derivatives == (3.0, 4.0, 1.0, 2.0, 1.0)
    z.backward()
    assert ([v.grad for v in w], [v.grad for v in x]) == ([4.0, 4.0], [1.0, 2.0])


def check_against_operators(build, numbers):
    """The gradients of a graph of Σ nodes are those of the same graph in + and *, from leaves of the same numbers."""

    def written_out(w, x, b=None):
        return sum((v * u for v, u in zip(w, x, strict=True)), 0.0 if b is None else b)

    ours, theirs = leaves(numbers), leaves(numbers)
    build(ours, weighted_sum).backward()
    build(theirs, written_out).backward()
    assert [v.grad for v in ours] == pytest.approx([v.grad for v in theirs], rel=1e-12)


def test_computed_weights_that_several_sums_share_wait_for_all_of_them():
    """Weights made of other Values, under two neurons and two data points in one loss."""

    def build(v, sigma):
        weights = [v[0].tanh(), v[1] * v[0], v[2]]
        points = [Row([v[3], v[4] * 2.0, v[5]]), Row([v[5].sin(), v[3], v[4]])]
        hidden = [sigma(weights, point, v[6]).tanh() for point in points] + [sigma(weights[::-1], points[0])]
        return sigma(hidden, hidden[::-1], hidden[0]) * v[0]

    check_against_operators(build, [0.3, -0.7, 1.1, 0.4, -0.2, 0.9, 0.1])


def test_a_row_that_a_weight_is_computed_from_has_its_place_before_every_sum_of_it():
    """A hyper network: the weight w of one neuron is the output of another one, whose weights meet two rows."""

    def build(v, sigma):
        row, others = Row([v[0] * 1.5, v[0] * v[0]]), (v[2], v[3])
        w = sigma(others, row, v[4])
        return sigma(others, [sigma([w, v[1]], row), v[0] + 1.0], v[4])

    numbers = [0.7, 0.3, -0.4, 0.9, 0.2]
    check_against_operators(build, numbers)
    order = topological_order(build(leaves(numbers), weighted_sum))
    assert all(order.index(parent) < order.index(node) for node in order for parent in node.parents)


@pytest.mark.parametrize("d", [1, 3, 101])
def test_the_same_leaves_under_several_neurons_and_data_points(d):
    def build(v, sigma):
        w, x, u = v[:d], v[d : 2 * d], v[2 * d :]
        points = [Row(x), Row([x_i * x_i for x_i in x]), Row(x[::-1])]
        return total(
            [
                sigma(weights, point, b).tanh()
                for weights, b in ((w, u[0]), (u, None), (w[::-1], u[0]))
                for point in points
            ]
        )

    check_against_operators(build, [math.sin(i) / d for i in range(3 * d)])


def test_same_values_as_weights_and_inputs():
    x = leaves([2.0, 3.0])
    y = weighted_sum(x, x, x[0])
    y.backward()
    assert y.data == 15.0
    assert [v.grad for v in x] == [5.0, 6.0]
    assert y.parents == (*x, *x, x[0])


@pytest.mark.parametrize("d", [1, 2, 99, 100, 101, 300])
@pytest.mark.parametrize("constants", ["none", "some inputs", "all inputs", "some weights", "all weights"])
def test_sigma_of_any_length_hands_on_its_local_derivatives(d, constants):
    chance = random.Random(d)
    w, x = ([Value(chance.uniform(-1.0, 1.0)) for _ in range(d)] for _ in range(2))
    which = {"inputs": x, "weights": w}.get(constants.split()[-1], [])
    which[:] = [v.data if "all" in constants or i % 2 else v for i, v in enumerate(which)]
    b = Value(0.25)
    z = weighted_sum(w, x, b)
    z.backward()
    for values, partners in ((z.parents[:d], z.parents[d : 2 * d]), (z.parents[d : 2 * d], z.parents[:d])):
        assert [v.grad for v in values] == [
            partner.data if v.varies else 0.0 for v, partner in zip(values, partners, strict=True)
        ]
    assert b.grad == 1.0
    assert z.local_derivatives == tuple(v.grad for v in z.parents)


def test_row_of_computed_nodes_two_layers_deep():
    x = leaves([0.5, -0.25])
    hidden = Row([weighted_sum([1.0, 2.0], x).tanh(), weighted_sum([-1.0, 0.5], x).tanh()])
    y = weighted_sum([2.0, 3.0], hidden) * weighted_sum([1.0, -1.0], hidden)
    y.backward()
    by_hand = leaves([0.5, -0.25])
    h = [(by_hand[0] + by_hand[1] * 2.0).tanh(), (by_hand[1] * 0.5 - by_hand[0]).tanh()]
    other = (h[0] * 2.0 + h[1] * 3.0) * (h[0] - h[1])
    other.backward()
    assert [v.grad for v in x] == pytest.approx([v.grad for v in by_hand], rel=1e-14)
    order = topological_order(y)
    assert not any(isinstance(node, Row) for node in order), "a row is no node of the graph"


def test_copies_of_sigma_nodes_share_inputs_as_the_originals_do():
    x = leaves([0.5, -0.25])
    inputs = Row(x)
    y = weighted_sum(leaves([1.0, 2.0]), inputs, x[0]) * weighted_sum(leaves([3.0, 4.0]), inputs)
    one, two = copy.deepcopy(y).parents
    assert one.parents[2:4] == two.parents[2:4] != y.parents[0].parents[2:4]
    assert one.parents[4] is one.parents[2]


# --- depth, memory, processes -----------------------------------------------------------------------------------------


def test_chain_of_a_million_is_built_differentiated_and_freed():
    limit = sys.getrecursionlimit()
    with no_collector():
        before = sys.getallocatedblocks()
        x = Value(1.0)
        y = x
        for _ in range(1_000_000):
            y = -y
        held = sys.getallocatedblocks() - before
        y.backward()
        assert (y.data, x.grad) == (1.0, 1.0)
        assert held > 1_000_000
        del y
        assert sys.getallocatedblocks() - before < 10_000, "one in a hundred, for the allocator's own lists"
    assert sys.getrecursionlimit() == limit


DROPPED = {
    "operators": lambda x, y: ((x * y + 2.0) / (y * y) - x**2) * x.tanh().exp(),
    "repeated input": lambda x, y: x * x * x * x,
    "Σ with shared rows": lambda x, y: (lambda r: weighted_sum([y, x], r, x) * weighted_sum([x, 1.0], r))(
        Row([x * y, y])
    ),
    "softmax and maximum": lambda x, y: maximum(*softmax([x, y, x * y])) + average([x, y]),
    "grad of grad": lambda x, y: grad(grad((x * y).tanh() * x, [x])[0], [y])[0],
}


@pytest.mark.parametrize("shape", DROPPED)
def test_dropped_graph_is_freed_by_reference_count(shape):
    def build_and_drop():
        x, y = leaves([0.5, 1.5])
        root = DROPPED[shape](x, y)
        root.backward()

    for _ in range(3):
        build_and_drop()  # caches of bound operations fill
    with no_collector():
        values = sum(issubclass(type(thing), (Value, Row)) for thing in gc.get_objects())
        blocks = sys.getallocatedblocks()
        for _ in range(100):
            build_and_drop()
        assert sum(issubclass(type(thing), (Value, Row)) for thing in gc.get_objects()) == values
        assert sys.getallocatedblocks() - blocks < 500, "fewer than half a node per graph"


def test_failed_backward_leaves_nothing_behind():
    with no_collector():
        x = Value(0.0)
        for _ in range(20):
            with pytest.raises(ValueError, match="backward"):
                x.sqrt().backward()
        gc.collect()
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        y = x * 2.0
        y.backward()
        del y
        assert tracemalloc.get_traced_memory()[0] - before < 2_000
        tracemalloc.stop()


def test_a_node_has_nothing_in_its_dictionary_and_no_way_from_input_to_output():
    x = Value(1.0)
    y = x * 2.0
    assert vars(x) == vars(weighted_sum([x], [x])) == {}
    assert not any(thing is y for thing in gc.get_referents(x))


PROGRAM = """
import random
from autograd import Value, softmax, topological_order, total, weighted_sum, maximum, grad
random.seed(7)
x = [Value(random.uniform(-1, 1), label=f"x{i}") for i in range(6)]
nodes = list(x)
for step in range(200):
    a, b, c = (nodes[random.randrange(len(nodes))] for _ in range(3))
    nodes.append([
        lambda: (a * b + c).tanh(), lambda: weighted_sum([a, b], [c, a], b).sigmoid(), lambda: softmax([a, b, c])[1],
        lambda: maximum(a, b, c) * 0.9, lambda: total([a, b, c]).sin(), lambda: (a - b) / (c * c + 1.0),
    ][step % 6]())
root = total([node * node for node in nodes])
root.backward()
print([node.grad.hex() for node in x], [node.grad.hex() for node in nodes[6:]])
print([(node._op, node.label, node.data.hex()) for node in topological_order(root)])
print([g.data.hex() for g in grad(root, x)])
"""


def test_gradients_and_order_are_bit_identical_in_every_process():
    answers = set()
    for seed in ("0", "1", "4242", "random"):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        )
        answers.add(done.stdout)
    assert len(answers) == 1
    assert len(answers.pop()) > 1_000


def test_what_is_kept_on_nodes_is_copied_with_them():
    class Marked(Value):
        __slots__ = ("mark",)

    p = Marked(1.0)
    p.mark, p.history, p.me = [1], [2], p
    y = p * 2.0
    y.note, y.velocity = [3], Value(0.0)
    for again, is_shared in ((copy.copy(p), True), (copy.deepcopy(p), False), (copy.deepcopy(y).parents[0], False)):
        assert (again.mark, again.history, type(again)) == ([1], [2], Marked)
        assert (again.mark is p.mark, again.history is p.history, again.me is p) == (is_shared,) * 3
        assert again.me is (p if is_shared else again)
    other = copy.deepcopy(y)
    assert (other.note, other.velocity.data, other.note is y.note) == ([3], 0.0, False)
    assert other.velocity is not y.velocity


def test_a_row_of_inputs_is_not_changed_in_place():
    row = Row([Value(1.0), Value(2.0)])
    with pytest.raises(TypeError, match=r"share the row of their inputs; change a list of your own: list\(x\)"):
        row[0] = row[0] * 2.0
