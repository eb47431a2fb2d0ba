"""Long chains, memory per node, imports: python tests/benchmarks/size.py"""

import gc
import subprocess
import sys
import time
import tracemalloc

import micrograd.engine

from autograd import Value
from nn import Layer


def chain(length):
    """A chain of additions and multiplications: built, differentiated, freed; processor seconds of the three."""
    start = time.process_time()
    x = Value(1.0)
    y = x
    for i in range(length // 2):
        y = y * 1.0000001 if i % 2 else y * x
        y = y + x
        if y.data > 1e300:
            y = y * 1e-300
    built = time.process_time()
    y.backward()
    differentiated = time.process_time()
    del y
    return built - start, differentiated - built, time.process_time() - differentiated


def micrograd_chain(length):
    """The same for micrograd, whose backward recurses, so only as long as the recursion limit lets it."""
    start = time.process_time()
    x = micrograd.engine.Value(1.0)
    y = x
    for _ in range(length // 2):
        y = y * x
        y = y + x
    y.backward()
    return time.process_time() - start


def bytes_per_node(build, count, backward=True):
    """What tracemalloc sees per node after backward, and what is left after del with the collector off."""
    gc.collect()
    gc.disable()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    root, leaves = build(count)
    if backward:
        root.backward()
    used = tracemalloc.get_traced_memory()[0] - before
    del root, leaves
    left = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    gc.enable()
    gc.collect()
    return used / count, left


def binary(make):
    def build(count):
        x, y = make(0.5), make(0.25)
        node = x
        for _ in range(count):
            node = node + y
        return node, (x, y)

    return build


def sums(inputs):
    """Σ nodes of a layer, which share their inputs and keep their weights."""
    layer, x = Layer(inputs, 1000, "identity", seed=0), [Value(0.25 + i) for i in range(inputs)]
    layer(x)

    def build(count):
        nodes = [a.parents[0] for _ in range(count // 1000) for a in layer(x)]
        return nodes[-1], nodes

    return build


def import_seconds(package):
    """The fastest of seven fresh processes, without the start of Python itself."""

    def run(code):
        taken = []
        for _ in range(7):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            taken.append(time.perf_counter() - start)
        return min(taken)

    return run(f"import {package}") - run("pass")


def main():
    length = 200_000
    built, differentiated, freed = min(chain(length) for _ in range(3))
    whole = built + differentiated + freed
    print(
        f"chain of {length:,}: {whole / length * 1e6:.2f} µs a node (built {built:.3f} s, backward {differentiated:.3f} s, freed {freed:.3f} s)"
    )
    try:
        micrograd_chain(length)
    except RecursionError:
        short = min(micrograd_chain(600) for _ in range(20))
        print(f"  micrograd: RecursionError; a chain of 600 takes it {short / 600 * 1e6:.2f} µs a node")

    for name, build, count in (
        ("ours, binary", binary(Value), 100_000),
        ("micrograd, binary", binary(micrograd.engine.Value), 900),
        ("Σ of 16 inputs", sums(16), 100_000),
        ("Σ of 64 inputs", sums(64), 100_000),
    ):
        used, left = bytes_per_node(build, count)
        print(
            f"memory, {name}: {used:,.0f} bytes a node after backward, {left:,} bytes left of {count:,} nodes after del, collector off"
        )
    for package in ("autograd", "nn", "viz"):
        print(f"import {package}: {import_seconds(package) * 1e3:.0f} ms")


if __name__ == "__main__":
    main()
