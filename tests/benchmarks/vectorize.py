"""How fast the matrix program is: beside NumPy by hand, PyTorch, micrograd and our own scalar graph, in one process.

    OMP_NUM_THREADS=1 python tests/benchmarks/vectorize.py [rounds]

Every contender's loss is compared with the others' before anything is timed. Ratios are what counts.
"""

import random
import sys
import time
import warnings

import numpy as np
from matrices import headline, lecture_digits, lecture_moons, report, rounds, same
from sklearn.datasets import load_breast_cancer, load_digits, make_moons
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from autograd import Value, average, total, vectorize
from nn import MLP, SGD, Adam, cross_entropy_from_logits, fit, hinge_loss, nll_loss_from_logit

REPEATS = int(sys.argv[1]) if len(sys.argv) > 1 else 15
ALPHA, RATE = 1e-4, 0.01


def moons():
    X, y = make_moons(n_samples=100, noise=0.1, random_state=1)
    y = y * 2.0 - 1.0
    model = MLP(2, [16, 16, 1], seed=0)
    parameters = model.parameters()
    loss = vectorize(lambda x, t: hinge_loss(model(x), t) + ALPHA * total([p * p for p in parameters]))
    plain = vectorize(lambda x, t: hinge_loss(model(x), t))
    optimizer = SGD(parameters, RATE)

    def ours(program=loss):
        J = program(X, y)
        optimizer.zero_grad()
        J.backward()
        optimizer.step()
        return J.data

    def eager():
        points = zip(X.tolist(), y.tolist(), strict=True)
        J = average([hinge_loss(model(x), t) for x, t in points]) + ALPHA * total([p * p for p in parameters])
        optimizer.zero_grad()
        J.backward()
        optimizer.step()
        return J.data

    start = [p.data for p in parameters]
    by_hand, by_hand_plain = lecture_moons(model, X, y, ALPHA, RATE), lecture_moons(model, X, y, 0.0, RATE)
    contenders = {"NumPy": by_hand, "vectorize": ours, "eager": eager, "PyTorch": torch_moons(model, X, y)}
    losses = []
    for run in contenders.values():
        if run:
            for p, number in zip(parameters, start, strict=True):
                p.data = number
            losses.append(float(run()))
    same(losses, [losses[0]] * len(losses))
    report("moons: 100 points, MLP(2, [16, 16, 1]), hinge + L2, one step on Values", rounds(contenders, REPEATS))
    report(
        "the same without L2",
        rounds({"NumPy": by_hand_plain, "vectorize": lambda: ours(plain)}, REPEATS),
    )
    report_fit("moons, full batch", model, X, y, hinge_loss, by_hand_plain, 100)


def report_fit(title, model, X, y, loss, step_by_hand, size):
    """Steps of fit, without what it does once: the difference of a long and a short training."""
    steps = 1000  # as many as fit takes by itself: its checks against the graph grow ever rarer

    def train(n):
        start = time.process_time()
        fit(model, X, y, loss, lr=RATE, steps=n, batch_size=size, progress=False)
        return time.process_time() - start

    def by_hand():
        start = time.process_time()
        for _ in range(steps):
            step_by_hand()
        return (time.process_time() - start) / steps

    taken = {"NumPy": [], "fit": []}
    for _ in range(max(3, REPEATS // 3)):
        taken["NumPy"].append(by_hand())
        train(2)  # what is done once is slower the first time, and would be counted as steps
        taken["fit"].append((train(steps + 2) - train(2)) / steps)
    report(f"fit on {title}, per step", taken)


def torch_moons(model, X, y):
    try:
        import torch
    except ImportError:
        return None
    from nn import to_torch

    torch.set_num_threads(1)
    net, data, signs = to_torch(model), torch.tensor(X), torch.tensor(y)
    descent = torch.optim.SGD(net.parameters(), RATE)

    def step():
        margin = 1.0 - signs * net(data)[:, 0]
        J = torch.relu(margin).mean() + ALPHA * sum((p * p).sum() for p in net.parameters())
        descent.zero_grad()
        J.backward()
        descent.step()
        return J.item()

    return step


def digits():
    data = load_digits()
    X, y = data.data / 16.0, data.target
    model = MLP(64, [32, 10], seed=0)
    start = time.process_time()
    loss = vectorize(lambda x, t: cross_entropy_from_logits(model(x), t))
    loss(X[:2], y[:2])
    print(f"\ntracing and building the digits program: {time.process_time() - start:.3f} s (goal < 0.5 s)")
    optimizer = SGD(model.parameters(), RATE)

    def ours():
        J = loss(X, y)
        optimizer.zero_grad()
        J.backward()
        optimizer.step()
        return J.data

    by_hand = lecture_digits(model, X, y, RATE)
    same([ours()], [by_hand()])
    report(
        "digits: 1,797 images, MLP(64, [32, 10]), softmax cross-entropy, one step on Values",
        rounds({"NumPy": by_hand, "vectorize": ours}, REPEATS),
    )
    chooser = np.random.default_rng(0)
    batch_by_hand = lecture_digits(model, X, y, RATE, lambda: chooser.choice(len(X), 100, replace=False))
    report_fit("digits, batches of 100", model, X, y, cross_entropy_from_logits, batch_by_hand, 100)


def irregular():
    random.seed(0)
    p = [Value(random.uniform(-1, 1)) for _ in range(20)]

    def chain(x, y):
        a = x[0]
        for _ in range(300):
            a = (a * p[0] + y).sin()
        return a

    def ragged(x, y):
        state = p[0]
        for x_t in x[:7]:
            state = (p[1] * state + p[2] * x_t + p[3]).tanh()
        return (state - y) ** 2

    def convolution(x, y):
        rows = [
            [
                total([p[3 * i + j] * x[8 * (r + i) + c + j] for i in range(3) for j in range(3)]).relu()
                for c in range(6)
            ]
            for r in range(6)
        ]
        return (total([v for row in rows for v in row]) - y) ** 2

    picks = [(random.randrange(6), random.randrange(10**6), random.randrange(10**6)) for _ in range(300)]

    def graph(x, y):
        pool = [*x[:4], y, *p]
        for kind, i, j in picks:
            a, b = pool[i % len(pool)], pool[j % len(pool)]
            pool.append(
                [
                    lambda a, b: a + b,
                    lambda a, b: a * b,
                    lambda a, b: (a - b).tanh(),
                    lambda a, b: a.sin(),
                    lambda a, b: b.relu(),
                    lambda a, b: a.sigmoid(),
                ][kind](a, b).tanh()
            )
        return total(pool[-5:])

    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(100, 64)), rng.normal(size=100)
    for f in (chain, ragged, convolution, graph):
        program = vectorize(f)

        def vectorized(program=program):
            J = program(X, y)
            J.backward()
            return J.data

        def eager(f=f):
            from autograd.value import constant

            J = average([f([constant(v) for v in x], constant(t)) for x, t in zip(X.tolist(), y.tolist(), strict=True)])
            J.backward()
            return J.data

        same([vectorized()], [eager()])
        report(f"{f.__name__}, 100 data points", rounds({"eager": eager, "vectorize": vectorized}, 3), base="eager")


def accuracy():
    print("\ntest accuracy beside scikit-learn's MLPClassifier of the same shape")
    cancer, images = load_breast_cancer(), load_digits()
    for name, data, sizes, loss in (
        ("breast cancer", cancer, [16, 1], nll_loss_from_logit),
        ("digits", images, [32, 10], cross_entropy_from_logits),
    ):
        ours, theirs = [], []
        for seed in range(5):
            train, test, y_train, y_test = train_test_split(
                data.data, data.target, test_size=0.3, random_state=seed, stratify=data.target
            )
            scale = StandardScaler().fit(train)
            train, test = scale.transform(train), scale.transform(test)
            model = MLP(data.data.shape[1], sizes, seed=seed)
            # penalties as scikit-learn's alpha: half of it, over the number of data points in a batch
            fit(
                model,
                train,
                y_train,
                loss,
                optimizer=Adam(model.parameters(), 1e-3),
                steps=2500,
                batch_size=100,
                seed=seed,
                progress=False,
            )
            outputs = vectorize(model).map(test)
            guess = (outputs > 0).astype(int) if outputs.ndim == 1 else outputs.argmax(axis=1)
            ours.append(np.mean(guess == y_test))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                peer = MLPClassifier(sizes[:1], batch_size=100, max_iter=2500 * 100 // len(train), random_state=seed)
                theirs.append(peer.fit(train, y_train).score(test, y_test))
        difference = np.mean(ours) - np.mean(theirs)
        print(
            f"  {name:<14} ours {np.mean(ours):.4f}   scikit-learn {np.mean(theirs):.4f}   difference {difference:+.4f} (goal: within 0.01)"
        )


if __name__ == "__main__":
    headline()
    moons()
    digits()
    irregular()
    accuracy()
