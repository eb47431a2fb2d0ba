"""Eager networks against micrograd: python tests/benchmarks/eager.py

Moons: MLP(2, [16, 16, 1]), 100 points, hinge loss and an L2 penalty, one step of gradient descent. Digit: one image
through MLP(64, [32, 10]), softmax and cross-entropy, with its gradients. Small graphs: per operation.
"""

import math
import random

import micrograd.engine
import micrograd.nn
from measure import headline, report, rounds, same

from autograd import Value, total
from nn import MLP, SGD, cross_entropy_from_logits, hinge_loss

MicrogradValue = micrograd.engine.Value


def twins(n_inputs, sizes):
    """The same network in both, without a ReLU at exactly 0, where their derivatives differ."""
    random.seed(1337)
    theirs, ours = micrograd.nn.MLP(n_inputs, sizes), MLP(n_inputs, sizes)
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        p.data = q.data = (q.data or random.uniform(-0.1, 0.1)) / (1 if n_inputs < 10 else 8)
    return ours, theirs


def gradients(model):
    return [p.grad for p in model.parameters()]


def moons(n=100):
    rng, points = random.Random(0), []
    for i in range(n):
        t, upper = math.pi * rng.random(), i % 2
        x, y = (math.cos(t), math.sin(t)) if upper else (1 - math.cos(t), 0.5 - math.sin(t))
        points.append(([x + rng.gauss(0, 0.1), y + rng.gauss(0, 0.1)], 1 if upper else -1))
    return points


def moons_as_written(model, Value, points):
    """The step of micrograd's demo, word by word."""

    def step(lr=0.0):
        inputs = [list(map(Value, x)) for x, _ in points]
        scores = list(map(model, inputs))
        losses = [(1 + -y * score).relu() for (_, y), score in zip(points, scores, strict=True)]
        loss = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in model.parameters())
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= lr * p.grad
        return loss.data

    return step


def moons_ours(model, points):
    """The same step as our users write it."""
    optimizer = SGD(model.parameters(), lr=1e-300)

    def step():
        losses = [hinge_loss(model(x), y) for x, y in points]
        loss = total(losses) * (1.0 / len(losses)) + 1e-4 * total([p * p for p in model.parameters()])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.data

    return step


def scalar_mlp(model):
    """A network of + and * alone, as micrograd builds it, on our Values."""

    def forward(x):
        for layer in model.layers:
            x = [sum((w * x_i for w, x_i in zip(neuron.w, x, strict=True)), neuron.b) for neuron in layer.neurons]
            if layer is not model.layers[-1]:
                x = [z.relu() for z in x]
        return x[0]

    forward.parameters, forward.zero_grad = model.parameters, model.zero_grad
    return forward


def digit_ours(model, x, k, zero_grad):
    """zero_grad is the model's, which looks for the parameters each time like micrograd's, or an optimizer's."""

    def step():
        loss = cross_entropy_from_logits(model(x), k)
        zero_grad()
        loss.backward()
        return loss.data

    return step


def exp_of(z):
    """micrograd has no exp and no log: its operations are added the way it writes them."""
    out = MicrogradValue(math.exp(z.data), (z,), "exp")

    def _backward():
        z.grad += out.data * out.grad

    out._backward = _backward
    return out


def log_of(z):
    out = MicrogradValue(math.log(z.data), (z,), "log")

    def _backward():
        z.grad += out.grad / z.data

    out._backward = _backward
    return out


def digit_micrograd(model, x, k):
    def step():
        z = model([MicrogradValue(x_i) for x_i in x])
        e = [exp_of(z_k) for z_k in z]
        loss = -log_of(e[k] / sum(e))
        model.zero_grad()
        loss.backward()
        return loss.data

    return step


def small_graph(Value):
    """Ten operations on two leaves."""
    a, b = Value(-4.0), Value(2.0)

    def step():
        c = a + b
        d = a * b
        e = c * d
        f = e + c
        g = f * d
        h = g + e
        i = h * a
        j = i + b
        k = j * c
        out = k + d
        a.grad = b.grad = 0.0
        out.backward()
        return out.data

    return step


def main():
    headline()
    points = moons()
    ours, theirs = twins(2, [16, 16, 1])
    contenders = {
        "micrograd": moons_as_written(theirs, MicrogradValue, points),
        "Σ networks": moons_ours(ours, points),
        "demo's words": moons_as_written(ours, Value, points),
        "scalar + *": moons_as_written(scalar_mlp(ours), Value, points),
    }
    expected = contenders["micrograd"]()
    for name in list(contenders)[1:]:
        same([contenders[name](), *gradients(ours)], [expected, *gradients(theirs)])
    report(
        "moons step, collector on (micrograd as it runs), six steps in a row",
        rounds(contenders, repeats=3, calls_at_least=6),
        goal="none, it is said by the state of the heap",
    )
    report("moons step, collector off", rounds(contenders, repeats=9, collector=False), goal="8 (Σ), 1.3 (scalar)")

    ours, theirs = twins(64, [32, 10])
    rng = random.Random(1)
    x = [rng.randrange(17) / 16 for _ in range(64)]
    contenders = {
        "micrograd": digit_micrograd(theirs, x, 3),
        "Σ networks": digit_ours(ours, x, 3, SGD(ours.parameters(), lr=0.1).zero_grad),
        "model's zero": digit_ours(ours, x, 3, ours.zero_grad),
    }
    same([contenders["Σ networks"](), *gradients(ours)], [contenders["micrograd"](), *gradients(theirs)])
    report("one digit, collector on", rounds(contenders), goal="none")
    report("one digit, collector off", rounds(contenders, collector=False), goal="6")

    contenders = {"micrograd": small_graph(MicrogradValue), "scalar + *": small_graph(Value)}
    same([contenders["scalar + *"]()], [contenders["micrograd"]()])
    report("ten operations built and differentiated, collector on", rounds(contenders), goal="none")
    report("ten operations built and differentiated, collector off", rounds(contenders, collector=False), goal="1.4")


if __name__ == "__main__":
    main()
