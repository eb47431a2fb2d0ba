"""What comes in with `import autograd`: the standard library and nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest

PRINT_LOADED = """
import sys
before = set(sys.modules)
{program}
print("\\n".join(sorted({{name.partition(".")[0] for name in set(sys.modules) - before}})))
"""


def loaded_by(program):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PRINT_LOADED.format(program=program)],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return set(done.stdout.split())


PROGRAMS = {
    "import": "import autograd",
    "a gradient": "from autograd import Value; x = Value(2.0); (x * x).tanh().backward()",
    "a second derivative": "from autograd import *; x = Value(2.0); hessian(softmax([x, x * x])[0], [x])",
    "an operation of one's own": "from autograd import *; check_gradients(Op('double', lambda z: 2 * z, [lambda a, z: 2.0]), 1.0)",
    "an error": "from autograd import Value\ntry:\n    Value('1')\nexcept TypeError: pass",
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_engine_needs_the_standard_library_only(program):
    assert loaded_by(PROGRAMS[program]) - set(sys.stdlib_module_names) == {"autograd"}


SLOW = {
    "asyncio",
    "subprocess",
    "decimal",
    "unittest",
    "multiprocessing",
    "http",
    "ssl",
    "json",
    "inspect",
    "pathlib",
    "hashlib",
}  # each takes as long to import as the engine itself, or a good part of it


@pytest.mark.parametrize(("package", "needed"), [("autograd", set()), ("nn", {"json"})])
def test_nothing_slow_of_the_standard_library_comes_in(package, needed):
    assert loaded_by(f"import {package}") & SLOW <= needed


@pytest.mark.parametrize("package", ["nn", "viz"])
def test_nothing_that_draws_or_computes_comes_in(package):
    heavy = {"numpy", "matplotlib", "sklearn", "tqdm", "anywidget", "ipywidgets", "IPython", "torch", "jax", "graphviz"}
    assert not loaded_by(f"import {package}") & heavy


@pytest.mark.parametrize(
    "program",
    [
        "from autograd import vectorize; vectorize(abs)",
        "from viz import playground",
        "import nn, viz; viz.plot_decision_boundary(nn.Neuron(2), [[0.0, 1.0], [1.0, 0.0]], [0, 1])",
        "import nn; nn.to_jax(None)",
        "import nn; nn.fit(nn.Neuron(1), [1.0, 2.0], [0, 1], nn.squared_loss, batch_size=2, progress=False, vectorized=True)",
    ],
)
def test_without_numpy_whatever_needs_it_says_how_to_get_it(program):
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.modules['numpy'] = None; {program}"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.stderr.endswith(": matrices need NumPy: pip install numpy\n")


def test_numpy_numbers_are_taken_without_importing_numpy_first():
    assert "numpy" not in loaded_by("import autograd; autograd.Value(1.0) * True")


def test_import_star_brings_the_public_names():
    done = subprocess.run(
        [sys.executable, "-c", "from autograd import *; print(sorted(name for name in dir() if name[0] != '_'))"],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    import autograd

    assert done.stdout.strip() == str(sorted(autograd.__all__))


@pytest.mark.parametrize("package", ["autograd", "nn", "viz"])
def test_import_leaves_the_interpreter_as_it_was(package):
    program = (
        "import gc, sys, random, signal; random.seed(1); "
        "held = lambda: (gc.isenabled(), gc.get_threshold(), sys.getrecursionlimit(), random.getstate(), signal.getsignal(2)); "
        f"before = held(); import {package}; print(before == held())"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True, timeout=300
    )
    assert done.stdout == "True\n"
