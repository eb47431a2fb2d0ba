"""The site's copy of a notebook: what needs NumPy, matplotlib or scikit-learn becomes a comment, its saved result
stays.

No registry has these for Python in a browser. So a statement that uses one of them, or a name that such a statement
made, is left out by reading the code; everything else runs. Each copy says at its top what it leaves out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

ABSENT = ("numpy", "matplotlib", "sklearn", "torch", "jax", "anywidget", "resvg_py")
NEEDING = {"autograd": ("vectorize",), "viz": ("plot_", "playground"), "nn": ("to_torch", "from_torch", "to_jax")}
COMMENT = "# Not in the browser, which has no NumPy and no matplotlib; the result below is saved."
NOTICE = (
    "**In the browser** {n} of this notebook's cells do not run as a whole: they need NumPy, matplotlib or "
    "scikit-learn, and this page can bring none of them along. Their lines are comments here, and their results are "
    "saved ones. Everything else runs; to run it all, install the project."
)


def adapted(notebook: dict[str, Any]) -> dict[str, Any]:
    """A copy of a notebook, as JSON, that runs to its end without the absent packages; outputs are empty."""
    cells: list[dict[str, Any]] = []
    missing: set[str] = set()
    n = 0
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            cells.append(cell)
            continue
        source = "".join(cell["source"])
        kept = without(source, missing)
        cells.append({**cell, "source": kept, "outputs": [], "execution_count": None})
        if kept != source:
            n += 1
            cells.extend(saved(cell))
    if n:
        cells.insert(1, {"cell_type": "markdown", "id": "in-the-browser", "metadata": {}, "source": NOTICE.format(n=n)})
    return {**notebook, "cells": cells}


def without(source: str, missing: set[str]) -> str:
    """The source with the lines that can't run as comments; `missing` holds the names that are not there."""
    lines = source.splitlines()
    out: set[int] = set()
    for statement in ast.parse(source).body:
        left, made = judged(statement, missing)
        missing -= made - left
        missing |= left
        if left or used(statement) & missing:
            out.update(range(statement.lineno - 1, statement.end_lineno or statement.lineno))
    if not out:
        return source
    return "\n".join([COMMENT, *(f"# {line}" if i in out else line for i, line in enumerate(lines))])


def judged(statement: ast.stmt, missing: set[str]) -> tuple[set[str], set[str]]:
    """The names that a statement would make but can't, and all the names that it makes."""
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        module = getattr(statement, "module", None) or ""
        made = {alias.asname or alias.name.split(".")[0]: alias.name for alias in statement.names}
        return {name for name, full in made.items() if absent(module, full)}, set(made)
    made = set(bound(statement))
    return (made if used(statement) & missing else set()), made


def absent(module: str, name: str) -> bool:
    """Whether an import can't work: `from module import name`, or `import name` with an empty module."""
    if not module:
        return name.split(".")[0] in ABSENT
    return module.split(".")[0] in ABSENT or name.startswith(NEEDING.get(module, ("\0",)))


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
