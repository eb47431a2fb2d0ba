"""The lecture's φ: features of the two inputs, which the network gets in their place. They are written as in Python.

The names are Python, which `code()` prints as it stands; the page and the pictures print the formulas beside them.
"""

from collections.abc import Callable, Sequence
from typing import Any

from autograd.formulas.symbols import Symbol
from autograd.formulas.text import Text
from autograd.ops import sin
from viz.web.javascript import Program

FEATURES: dict[str, Callable[[Any, Any], Any]] = {
    "x1": lambda x1, x2: x1,
    "x2": lambda x1, x2: x2,
    "x1 ** 2": lambda x1, x2: x1**2,
    "x2 ** 2": lambda x1, x2: x2**2,
    "x1 * x2": lambda x1, x2: x1 * x2,
    "abs(x1 - x2)": lambda x1, x2: abs(x1 - x2),
    "sin(x1)": lambda x1, x2: sin(x1),
    "sin(x2)": lambda x1, x2: sin(x2),
}
PLAIN = ("x1", "x2")


def printed(name: str) -> str:
    """A feature as readers see it.

    >>> [printed(name) for name in FEATURES]
    ['x₁', 'x₂', 'x₁²', 'x₂²', 'x₁·x₂', '|x₁ − x₂|', 'sin(x₁)', 'sin(x₂)']
    """
    return Text().write(FEATURES[name](Symbol("x1", text="x₁"), Symbol("x2", text="x₂")))


def seen(names: Sequence[str], X: Sequence[Sequence[float]]) -> list[list[float]]:
    """φ(x) for each data point x.

    >>> seen(["x1", "x1 * x2"], [[2.0, 3.0]])
    [[2.0, 6.0]]
    """
    try:
        rows = [[FEATURES[name](*x) for name in names] for x in X]
    except OverflowError:
        rows = [[float("inf")]]
    if any(a - a != 0.0 for row in rows for a in row):
        phi = ", ".join(map(printed, names))
        raise ValueError(f"the features {phi} of your X are too large for a number; scale it")
    return rows


def javascript(program: Program) -> dict[str, str]:
    """Each feature as a JavaScript function for the page."""
    letters = [Symbol("x1"), Symbol("x2")]
    bodies = {name: program.body(formula(*letters)) for name, formula in FEATURES.items()}
    return {name: "(x1, x2) => {\n" + "\n".join(body) + "\n}" for name, body in bodies.items()}
