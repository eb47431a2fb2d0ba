"""The reference: a page for each package, with every public name, and a page of the operation table."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import ModuleType

import autograd
import nn
import viz
from autograd import Op, ops
from autograd.formulas.symbols import Symbol
from autograd.formulas.text import as_latex
from viz.derivation.formulas import derivative_formula, value_formula

PACKAGES = {"autograd": autograd, "nn": nn, "viz": viz}
TABLE = """# Every operation

What each operation computes, and its local derivative for each input, from the
<a href="../_modules/autograd/ops.html">table</a> that runs: `a` is the answer of the operation.
An operation is called like a function, as `ops.tanh(x)`, and most are methods of a `Value` too, as `x.tanh()`.

| operation | value | local derivatives |
|---|---|---|
"""


def reference_pages() -> Iterator[tuple[str, str]]:
    """The name of each page, and its text."""
    names = "\n".join(["operations", *PACKAGES])
    yield "index.md", f"# Reference\n\n```{{toctree}}\n:maxdepth: 2\n{names}\n```\n"
    yield "operations.md", TABLE + "".join(map(row, ops.TABLE.values()))
    for name, package in PACKAGES.items():
        yield f"{name}.rst", "\n".join(package_page(name, package))


def package_page(name: str, package: ModuleType) -> Iterator[str]:
    """What the package is for, a table of its names, and each of them with its docstring."""
    public = sorted(package.__all__, key=str.lower)
    yield f"{name}\n{'=' * len(name)}\n"
    yield f".. automodule:: {name}\n   :no-members:\n\n.. currentmodule:: {name}\n\n.. autosummary::\n"
    yield from (f"   {one}" for one in public)
    for one in public:
        thing = getattr(package, one)
        kind = "class" if inspect.isclass(thing) else "module" if inspect.ismodule(thing) else "function"
        yield f"\n{one}\n{'-' * len(one)}\n\n.. auto{kind}:: {name}.{one}"
        if kind != "function":
            yield "   :members:\n   :inherited-members: dict, list, Exception, Sequence, Mapping"


def row(op: Op) -> str:
    """A line of the table of operations."""
    many = op.n_inputs is None
    names = ["x_1", "x_2"] if many else ["x", "y"][: op.n_inputs] if op.n_inputs != 1 else ["z"]
    letters = [Symbol(name) for name in names]
    answer = Symbol("a")
    slopes = [derivative_formula(op, index, letters, answer) for index in range(len(letters))]
    formulas = [value_formula(op, letters), *slopes]
    value, *derivatives = (f"${as_latex(formula)}$".replace("|", r"\vert ") for formula in formulas)
    return f"| `{op.name}` | {value} | {', '.join(derivatives)} |\n"
