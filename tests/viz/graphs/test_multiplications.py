"""`count_multiplications` against counting by hand: every path of small graphs, walked one by one."""

import random
import time

import pytest

from autograd import Value, topological_order, total
from nn import MLP, squared_loss
from viz.graphs.multiplications import count_multiplications


def leads_to_a_leaf(node):
    return any(below.op is None and below.varies for below in topological_order(node))


def edges(node):
    return [parent for parent in node.parents if parent.varies and leads_to_a_leaf(parent)]


def all_paths(node, kept):
    """Every path from a node down through the kept ones to where it can't go on, as its number of edges."""
    below = [parent for parent in edges(node) if parent in kept]
    if not below:
        return [0]
    return [1 + length for parent in below for length in all_paths(parent, kept)]


def depths(root):
    depth = {root: 0}
    for node in reversed(topological_order(root)):
        for parent in edges(node) if node in depth else []:
            depth[parent] = max(depth.get(parent, 0), depth[node] + 1)
    return depth


def by_hand(root, level):
    """The two numbers for the graph without what lies deeper than `level`."""
    kept = {node for node, depth in depths(root).items() if depth <= level}
    by_path = sum(length - 1 for length in all_paths(root, kept) if length)
    reused = sum(parent in kept for node in kept if node is not root for parent in edges(node))
    return level, reused, by_path


def random_graph(generator):
    values = [Value(1.0), Value(2.0), 3.0]
    for _ in range(generator.randint(1, 9)):
        p, q = generator.choice(values[-5:]), generator.choice(values)
        p = p if isinstance(p, Value) else values[0]
        values.append(generator.choice([lambda: p + q, lambda: p.tanh(), lambda: p * p, lambda: total([p, q, p, q])])())  # noqa: B023
    return values[-1]


def test_random_graphs_against_every_path():
    generator = random.Random(3)
    for _ in range(300):
        root = random_graph(generator)
        count = count_multiplications(root)
        assert list(count.rows) == [by_hand(root, level) for level, _, _ in count.rows]
        assert count.rows[-1] == (max(depths(root).values()), *count)
        assert tuple(count) == (count.with_reuse, count.path_by_path)


def test_shapes():
    x, y = Value(2.0), Value(3.0)
    deep = x
    for _ in range(5):
        deep = deep.tanh()
    constant = Value(1.0) * 0.0 + x
    two = Value(2.0)
    two.role = "constant"
    cases = [
        (x, (0, 0)),  # a leaf: its gradient is 1
        (x * y, (0, 0)),  # one factor each
        (x * x, (0, 0)),
        (deep, (4, 4)),  # a chain of 5 factors: nothing to reuse
        (x * 3.0 * 4.0, (1, 1)),  # no gradient is worked out for constants
        ((x * y).tanh(), (2, 2)),
        ((x * y).tanh().exp(), (3, 4)),  # the first product serves x and y
        (constant, (1, 1)),
        (((two + 2.0) * x).exp(), (1, 1)),  # nor for what is computed of constants alone
        (two, (0, 0)),
        (two + 2.0, (0, 0)),
    ]
    for root, numbers in cases:
        assert tuple(count_multiplications(root)) == numbers
    assert count_multiplications(x).rows == ((0, 0, 0),)


def test_linear_against_exponential():
    value = Value(1.0)
    for _ in range(60):
        value = value * value
    count = count_multiplications(value)
    assert tuple(count) == (2 * 59, 2**60 * 59)
    assert "118" in repr(count)
    assert f"{2**60 * 59:,}" in repr(count)
    model = MLP(2, [8, 8, 8, 8, 1], seed=0)
    count = count_multiplications(squared_loss(model([1.0, 2.0]), 0.0))
    assert count.with_reuse < 1_000 < 100_000 < count.path_by_path


def test_a_deep_graph_is_counted_exactly_and_at_once():
    value, levels = Value(1.0), 20_000
    for _ in range(levels):
        value = value * value
    started = time.process_time()
    count = count_multiplications(value)
    assert time.process_time() - started < 20
    assert tuple(count) == (2 * (levels - 1), 2**levels * (levels - 1))
    assert repr(count).split("\n")[-1].endswith("·10⁶⁰²⁴")  # 2^20000 · 19999
    assert len(repr(count)) < 600


def test_the_table_in_a_notebook():
    x = Value(1.0)
    html = count_multiplications((x * x).exp())._repr_html_()
    assert html == (
        "<table><thead><tr><th>depth</th><th>with reuse (backpropagation)</th><th>path by path</th></tr></thead>"
        "<tbody><tr><td>1</td><td>0</td><td>0</td></tr><tr><td>2</td><td>2</td><td>2</td></tr></tbody></table>"
    )


def test_what_is_not_a_value():
    with pytest.raises(TypeError, match=r"count_multiplications needs a Value, got float 2\.0; write it for the loss"):
        count_multiplications(2.0)
