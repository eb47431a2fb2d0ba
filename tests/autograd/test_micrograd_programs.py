"""Programs written for micrograd run with only their import lines changed, and give micrograd's numbers."""

import random
from fractions import Fraction

import micrograd.engine
import micrograd.nn
import numpy as np
import pytest

import nn
from autograd import Value
from nn import MLP

ENGINES = pytest.mark.parametrize("Value", [Value, micrograd.engine.Value], ids=["ours", "micrograd"])


# --- its test file: the same expressions, their exact numbers ---------------------------------------------------------


def sanity(x, relu):
    """The first expression of micrograd's tests: y, with the constant and the operations left to the caller."""
    z = 2 * x + 2 + x
    q = relu(z) + z * x
    h = relu(z * z)
    return h + q + q * x


def slope(f, x):
    """The derivative of a piecewise polynomial at a fraction, exactly: by dual numbers."""
    return f(Dual(x, Fraction(1))).slope


class Dual:
    """A number and its derivative, both exact."""

    def __init__(self, x, slope=Fraction(0)):
        self.x, self.slope = Fraction(x), Fraction(slope)

    def __add__(self, other):
        other = other if isinstance(other, Dual) else Dual(other)
        return Dual(self.x + other.x, self.slope + other.slope)

    def __mul__(self, other):
        other = other if isinstance(other, Dual) else Dual(other)
        return Dual(self.x * other.x, self.slope * other.x + self.x * other.slope)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + -other

    def __rsub__(self, other):
        return other + -self

    def __pow__(self, n):
        if n == -1:
            return Dual(1 / self.x, -self.slope / self.x**2)
        return Dual(self.x**n, n * self.x ** (n - 1) * self.slope)

    def __truediv__(self, other):
        return self * (other if isinstance(other, Dual) else Dual(other)) ** -1

    def __rtruediv__(self, other):
        return other * self**-1

    def relu(self):
        return self if self.x > 0 else Dual(0)


@ENGINES
@pytest.mark.parametrize("at", [-4.0, 3.0, 0.5])
def test_sanity_check(Value, at):
    x = Value(at)
    y = sanity(x, lambda z: z.relu())
    y.backward()
    exact = sanity(Dual(at, 1), lambda z: z.relu())
    assert (y.data, x.grad) == (float(exact.x), float(exact.slope))


def more_ops(a, b):
    """The second expression: everything micrograd can do."""
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    return g


@ENGINES
def test_more_ops(Value):
    a, b = Value(-4.0), Value(2.0)
    g = more_ops(a, b)
    g.backward()
    assert g.data == pytest.approx(float(more_ops(Dual(-4), Dual(2)).x), rel=1e-14)
    assert a.grad == pytest.approx(float(more_ops(Dual(-4, 1), Dual(2)).slope), rel=1e-14)
    assert b.grad == pytest.approx(float(more_ops(Dual(-4), Dual(2, 1)).slope), rel=1e-14)
    assert f"{g.data:.4f} {a.grad:.4f} {b.grad:.4f}" == "24.7041 138.8338 645.5773"  # as micrograd's README prints


# --- its moons demo -----------------------------------------------------------------------------------------------------


def moons(n=40):
    rng = np.random.RandomState(1337)
    t = np.linspace(0, np.pi, n // 2)
    X = np.concatenate([np.c_[np.cos(t), np.sin(t)], np.c_[1 - np.cos(t), 0.5 - np.sin(t)]])
    return X + rng.normal(scale=0.1, size=X.shape), np.repeat([-1, 1], n // 2)


def demo(Value, model, steps, batch_size=None):
    """The cells of the demo: the loss as it is written there, then the loop of stochastic gradient descent."""
    np.random.seed(1337)
    X, y = moons()
    seen = []

    def loss(batch_size=None):
        if batch_size is None:
            Xb, yb = X, y
        else:
            ri = np.random.permutation(X.shape[0])[:batch_size]
            Xb, yb = X[ri], y[ri]
        inputs = [list(map(Value, xrow)) for xrow in Xb]
        scores = list(map(model, inputs))
        losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(yb, scores)]  # noqa: B905
        data_loss = sum(losses) * (1.0 / len(losses))
        alpha = 1e-4
        reg_loss = alpha * sum(p * p for p in model.parameters())
        total_loss = data_loss + reg_loss
        accuracy = [(yi > 0) == (scorei.data > 0) for yi, scorei in zip(yb, scores)]  # noqa: B905
        return total_loss, sum(accuracy) / len(accuracy)

    for k in range(steps):
        total_loss, acc = loss(batch_size)
        model.zero_grad()
        total_loss.backward()
        learning_rate = 1.0 - 0.9 * k / 100
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        seen.append((total_loss.data, acc))
    return seen


@pytest.mark.parametrize("batch_size", [None, 16])
def test_the_moons_demo_gives_micrograds_numbers(batch_size):
    random.seed(1337)
    theirs, ours = micrograd.nn.MLP(2, [8, 8, 1]), MLP(2, [8, 8, 1])
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        # a bias of 0 above dead neurons is a ReLU at exactly 0, where our derivative is 1 and micrograd's 0
        p.data = q.data = q.data or random.uniform(-0.1, 0.1)
    expected = demo(micrograd.engine.Value, theirs, 12, batch_size)
    got = demo(Value, ours, 12, batch_size)
    assert [loss for loss, _ in got] == pytest.approx([loss for loss, _ in expected], rel=1e-9)
    assert [acc for _, acc in got] == [acc for _, acc in expected]
    assert [p.data for p in ours.parameters()] == pytest.approx([p.data for p in theirs.parameters()], rel=1e-8)
    assert got[-1][0] < 0.7 * got[0][0] or batch_size


def test_the_grid_of_its_contour_plot():
    model = MLP(2, [4, 1], seed=0)
    xx, yy = np.meshgrid(np.arange(-1, 1, 0.5), np.arange(-1, 1, 0.5))
    Xmesh = np.c_[xx.ravel(), yy.ravel()]
    inputs = [list(map(Value, xrow)) for xrow in Xmesh]
    scores = list(map(model, inputs))
    Z = np.array([s.data > 0 for s in scores]).reshape(xx.shape)
    assert Z.dtype == bool
    assert Z.shape == (4, 4)


def test_numpy_numbers_on_the_left():
    v = Value(2.0)
    for number in (np.float64(3.0), np.int64(3), np.float32(3.0), np.bool_(True)):
        for node in (number * v, number + v, number - v, number / v):
            assert type(node) is Value
    assert (-np.int64(3) * v).data == -6.0
    assert sum([v, v, v]).data == 6.0


# --- its graph notebook -----------------------------------------------------------------------------------------------


def test_a_neuron_of_the_graph_notebook():
    random.seed(1337)
    n = nn.Neuron(2)
    x = [Value(1.0), Value(-2.0)]
    y = n(x)
    y.backward()
    on = float(n.w[0].data - 2.0 * n.w[1].data >= 0)
    assert [v.grad for v in (*n.w, n.b, *x)] == [on, -2.0 * on, on, on * n.w[0].data, on * n.w[1].data]


def trace(root):
    """The walk of micrograd's draw_dot, as it is written there."""
    nodes, edges = set(), set()

    def build(v):
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    build(root)
    return nodes, edges


def test_the_walk_of_its_draw_dot():
    x = Value(1.0)
    y = (x * 2 + 1).relu()
    nodes, edges = trace(y)
    assert sorted((n._op, n.data) for n in nodes) == [
        ("", 1.0),
        ("", 1.0),
        ("", 2.0),
        ("*", 2.0),
        ("+", 3.0),
        ("ReLU", 3.0),
    ]
    assert len(edges) == 5


# --- the lecture's cells: backpropagation by hand -----------------------------------------------------------------------


def test_backward_by_hand():
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    x1w1, x2w2 = x1 * w1, x2 * w2
    x1w1x2w2 = x1w1 + x2w2
    n = x1w1x2w2 + b
    o = n.tanh()
    o.grad = 1.0
    for node in (o, n, b, x1w1x2w2, x2w2, x1w1):
        node._backward()
    by_hand = [v.grad for v in (x1, x2, w1, w2, b)]
    assert by_hand == pytest.approx([-1.5, 0.5, 1.0, 0.0, 0.5], rel=1e-15)
    for v in (x1, x2, w1, w2, b):
        v.grad = 0.0
    o.backward()
    assert [v.grad for v in (x1, x2, w1, w2, b)] == by_hand


def test_backward_by_hand_through_a_network():
    model = MLP(2, [3, 1], seed=0)
    g = model([Value(1.0), Value(-2.0)])
    topo, visited = [], set()

    def build_topo(v):
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build_topo(child)
            topo.append(v)

    build_topo(g)
    g.grad = 1.0
    for node in reversed(topo):
        node._backward()
    by_hand = [p.grad for p in model.parameters()]
    model.zero_grad()
    g.backward()
    assert [p.grad for p in model.parameters()] == by_hand
    assert any(by_hand)


def test_a_node_by_hand_without_parents_hands_nothing_on():
    v = Value(3.0, (), "x")
    (v * 2.0).backward()
    assert v.grad == 2.0
