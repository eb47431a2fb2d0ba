"""The site's copy of a notebook: what needs a package that the site does not have becomes a comment, its saved result
stays.

A statement that uses such a package, or a name that such a statement made, is left out by reading the code;
everything else runs. Each copy says at its top what it leaves out.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator
from typing import Any

ABSENT = ("torch", "jax", "resvg_py")  # imports that no registry has for Python in a browser
SCIENCE = ("numpy", "matplotlib", "sklearn")  # what science.py looks for
NEEDED = {  # what the first letters of our own names ask for
    ("autograd", "vectorize"): "numpy",
    ("viz", "plot_"): "matplotlib",
    ("viz", "playground"): "numpy",
    ("nn", "to_torch"): "torch",
    ("nn", "from_torch"): "torch",
    ("nn", "to_jax"): "jax",
}
COMMENT = "# Not in the browser, which lacks a package for it; the result below is saved."
NOTICE = (
    "**In the browser** {n} of this notebook's cells do not run as a whole: they need {packages}, and this page can "
    "bring none of them along. Their lines are comments here, and their results are saved ones. Everything else runs; "
    "to run it all, install the project."
)


def adapted(notebook: dict[str, Any], absent: Container[str] = ABSENT) -> dict[str, Any]:
    """A copy of a notebook, as JSON, that runs to its end without the absent imports; outputs are empty."""
    cells: list[dict[str, Any]] = []
    missing: set[str] = set()
    n = 0
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            cells.append(cell)
            continue
        source = "".join(cell["source"])
        kept = without(source, absent, missing)
        cells.append({**cell, "source": kept, "outputs": [], "execution_count": None})
        if kept != source:
            n += 1
            cells.extend(saved(cell))
    if n:
        notice = NOTICE.format(n=n, packages=" or ".join(name for name in (*SCIENCE, *ABSENT) if name in absent))
        cells.insert(1, {"cell_type": "markdown", "id": "in-the-browser", "metadata": {}, "source": notice})
    return {**notebook, "cells": cells}


def without(source: str, absent: Container[str], missing: set[str]) -> str:
    """The source with the lines that can't run as comments; `missing` holds the names that are not there."""
    lines = source.splitlines()
    out: set[int] = set()
    for statement in ast.parse(source).body:
        left, made = judged(statement, absent, missing)
        missing -= made - left
        missing |= left
        if left or used(statement) & missing:
            out.update(range(statement.lineno - 1, statement.end_lineno or statement.lineno))
    if not out:
        return source
    return "\n".join([COMMENT, *(f"# {line}" if i in out else line for i, line in enumerate(lines))])


def judged(statement: ast.stmt, absent: Container[str], missing: set[str]) -> tuple[set[str], set[str]]:
    """The names that a statement would make but can't, and all the names that it makes."""
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        module = getattr(statement, "module", None) or ""
        made = {alias.asname or alias.name.split(".")[0]: alias.name for alias in statement.names}
        return {name for name, full in made.items() if needed(module, full) in absent}, set(made)
    made = set(bound(statement))
    return (made if used(statement) & missing else set()), made


def needed(module: str, name: str) -> str:
    """The package that an import asks for: of `from module import name`, or `import name` with an empty module."""
    ours = (package for (where, first), package in NEEDED.items() if module == where and name.startswith(first))
    return next(ours, (module or name).split(".")[0])


def used(statement: ast.stmt) -> set[str]:
    """The names that a statement reads, in the functions that it defines too."""
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement gives a meaning."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        yield statement.name
        return
    yield from (n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))


def saved(cell: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What the cell printed and drew where everything is installed, as a text cell."""
    said = []
    for output in cell["outputs"]:
        data = output.get("data", {})
        if "image/png" in data:
            picture = "".join(data["image/png"]).replace("\n", "")
            said.append(f"![the saved picture](data:image/png;base64,{picture})")
        elif "text" in output or set(data) == {"text/plain"}:
            said.append("```text\n" + "".join(output.get("text") or data["text/plain"]).rstrip() + "\n```")
    if said:
        yield {"cell_type": "markdown", "id": f"saved-{cell['id']}", "metadata": {}, "source": "\n\n".join(said)}
