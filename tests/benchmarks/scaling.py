"""How tracing and a step grow with width, depth and the number of data points, and what memory a step takes.

OMP_NUM_THREADS=1 python tests/benchmarks/scaling.py
"""

import statistics
import time
import tracemalloc

import numpy as np
from matrices import headline, lecture_moons

from autograd import vectorize
from nn import MLP, SGD, hinge_loss

rng = np.random.default_rng(0)


def program_of(model):
    return vectorize(lambda x, y: hinge_loss(model(x), y))


def measured(run, seconds=0.2):
    taken = []
    while sum(taken) < seconds or len(taken) < 3:
        start = time.process_time()
        run()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def line(name, sizes, n):
    model = MLP(2, sizes, seed=0)
    X, y = rng.normal(size=(n, 2)), rng.choice([-1.0, 1.0], n)
    loss = program_of(model)
    start = time.process_time()
    loss(X, y)
    traced = time.process_time() - start
    optimizer = SGD(model.parameters(), lr=1e-9)

    def step():
        J = loss(X, y)
        optimizer.zero_grad()
        J.backward()
        optimizer.step()

    for _ in range(8):  # after these the program is held against the graph ever more rarely
        step()
    compiled = loss.traced("the program")
    program, whole = measured(lambda: compiled.run([X, y], compiled.arrays())), measured(step)
    print(
        f"  {name:<22} {len(model.parameters()):>8,} parameters {n:>9,} points   first call {traced * 1e3:>9.1f} ms   "
        f"step on Values {whole * 1e3:>9.3f} ms   of it the program {program * 1e3:>9.3f} ms"
    )


def peak(run):
    run()
    tracemalloc.start()
    run()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def memory(n):
    model = MLP(2, [16, 16, 1], seed=0)
    X, y = rng.normal(size=(n, 2)), rng.choice([-1.0, 1.0], n)
    by_hand = lecture_moons(model, X, y, 0.0, 0.01)

    loss = program_of(model)
    loss(X, y)

    def step():
        loss(X, y)

    ours, theirs = peak(step), peak(by_hand)
    print(
        f"  {n:>9,} points: vectorize {ours / 1e6:8.1f} MB, NumPy by hand {theirs / 1e6:8.1f} MB, {ours / theirs:.2f} times"
    )


if __name__ == "__main__":
    headline()
    program_of(MLP(2, [4, 1], seed=0))([[1.0, 2.0]], [1.0])  # what the first program of a process waits for
    print("\nwidth")
    for width in (4, 16, 64, 256):
        line(f"MLP(2, [{width}, {width}, 1])", [width, width, 1], 100)
    print("\ndepth")
    for depth in (2, 8, 32, 128):
        line(f"{depth} layers of 16", [*[16] * (depth - 1), 1], 100)
    print("\ndata points")
    for n in (100, 1_000, 10_000, 100_000, 1_000_000):
        line("MLP(2, [16, 16, 1])", [16, 16, 1], n)
    print("\nmemory at its peak")
    for n in (10_000, 1_000_000):
        memory(n)
