"""What the matrix benchmarks share: NumPy by hand as the lecture writes it, and rounds that take turns."""

import platform
import statistics
import time

import numpy as np


def arrays_of(model):
    W = [np.array([[w.data for w in neuron.w] for neuron in layer.neurons]) for layer in model.layers]
    b = [np.array([[neuron.b.data] for neuron in layer.neurons]) for layer in model.layers]
    return W, b


def lecture_moons(model, X, y, alpha, rate):
    """One step of gradient descent in the lecture's matrices: hinge loss and L2."""
    W, b = arrays_of(model)

    def step():
        Z1 = W[0] @ X.T + b[0]
        A1 = np.maximum(Z1, 0)
        Z2 = W[1] @ A1 + b[1]
        A2 = np.maximum(Z2, 0)
        Z3 = W[2] @ A2 + b[2]
        margin = 1 - y * Z3[0]
        J = np.maximum(margin, 0).mean()
        if alpha:
            J += alpha * sum((p * p).sum() for p in (*W, *b))
        dZ3 = (-y * (margin >= 0) / len(y))[None, :]
        dW3, db3 = dZ3 @ A2.T, dZ3.sum(axis=1, keepdims=True)
        dZ2 = (W[2].T @ dZ3) * (Z2 >= 0)
        dW2, db2 = dZ2 @ A1.T, dZ2.sum(axis=1, keepdims=True)
        dZ1 = (W[1].T @ dZ2) * (Z1 >= 0)
        dW1, db1 = dZ1 @ X, dZ1.sum(axis=1, keepdims=True)
        for p, d in zip((*W, *b), (dW1, dW2, dW3, db1, db2, db3), strict=True):
            p -= rate * (d + 2 * alpha * p) if alpha else rate * d
        return J

    return step


def lecture_digits(model, X, y, rate, choose=None):
    """One step in the lecture's matrices: softmax and cross-entropy, on all images or on chosen ones."""
    W, b = arrays_of(model)

    def step(X=X, y=y):
        if choose:
            chosen = choose()
            X, y = X[chosen], y[chosen]
        column = np.arange(len(y))
        Z1 = W[0] @ X.T + b[0]
        A1 = np.maximum(Z1, 0)
        Z2 = W[1] @ A1 + b[1]
        E = np.exp(Z2 - Z2.max(axis=0))
        P = E / E.sum(axis=0)
        J = -np.log(P[y, column]).mean()
        dZ2 = P.copy()
        dZ2[y, column] -= 1
        dZ2 /= len(y)
        dW2, db2 = dZ2 @ A1.T, dZ2.sum(axis=1, keepdims=True)
        dZ1 = (W[1].T @ dZ2) * (Z1 >= 0)
        dW1, db1 = dZ1 @ X, dZ1.sum(axis=1, keepdims=True)
        for p, d in zip((*W, *b), (dW1, dW2, db1, db2), strict=True):
            p -= rate * d
        return J

    return step


def rounds(contenders, repeats, seconds=0.02):
    """Processor seconds per call, {name: [one per round]}; the contenders take turns, as a machine's speed drifts."""
    taken = {name: [] for name, run in contenders.items() if run}
    for _ in range(repeats):
        for name in taken:
            run, calls = contenders[name], 0
            start = time.process_time()
            while (passed := time.process_time() - start) < seconds or not calls:
                run()
                calls += 1
            taken[name].append(passed / calls)
    return taken


def report(title, taken, base="NumPy"):
    """Medians, and how long each takes in terms of the base."""
    print(f"\n{title}")
    middle = statistics.median(taken[base])
    for name, held in taken.items():
        own = statistics.median(held)
        print(f"  {name:<12} {own * 1e6:>12,.1f} µs   {own / middle:8.3f} × {base}")


def headline():
    """What it runs on: the processor's BLAS kernel matters most. Memory is warm from here on, for all contenders."""
    np.ones(3_900_000)  # dropped, and glibc keeps large arrays from now on: asking for them anew doubles NumPy's time
    print(f"Python {platform.python_version()}, NumPy {np.__version__}; medians of interleaved rounds")
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return
    for pool in threadpool_info():
        print(f"  {pool['internal_api']} {pool.get('architecture', '')}: {pool['num_threads']} thread(s)")


def same(numbers, wanted, tolerance=1e-9):
    """Refuse to time contenders that do not compute the same."""
    for number, other in zip(numbers, wanted, strict=True):
        if not abs(number - other) <= tolerance * max(1.0, abs(other)):
            raise SystemExit(f"the contenders disagree: {number!r} is not {other!r}")
