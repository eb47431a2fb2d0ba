"""The program of a figure: its code from the gallery's files, with the definitions and the imports that it needs.

What is shown is what draws: the text is cut out of the files.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType
from typing import Any

import autograd
import nn
import viz
from viz.gallery import breast_cancer, examples, figures

TRAINED = {"large": "large = train([8, 1], steps=300)", "small": "small = train([2, 1], FEATURES)"}  # as viz's job does


def program(make: Callable[[], Any]) -> str:
    """The program whose last line is the figure that `make` gives."""
    home = inspect.getmodule(make)
    node = next(one for one in ast.walk(tree(home)) if is_code_of(one, make))
    found = Program()
    if isinstance(node, ast.Lambda):
        found.gather(node, home)
        last = cut(node.body, home)
    else:
        found.add(node.name, node, home)
        last = f"{node.name}()"
    lines = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(found.imports.items())]
    return "\n\n".join(["\n".join(lines), *found.definitions.values(), last])


class Program:
    """What a figure needs: definitions, each after those that it needs itself, and the names that each module gives."""

    def __init__(self) -> None:
        self.definitions: dict[str, str] = {}
        self.imports: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, name: str, node: ast.AST, home: ModuleType) -> None:
        """A definition of the gallery."""
        self.gather(node, home)
        if (text := cut(node, home)) not in self.definitions.values():  # X and Y are one line
            self.definitions[name] = text

    def gather(self, node: ast.AST, home: ModuleType) -> None:
        """All that a piece of code needs from around it."""
        for name, place in needed(node, home):
            if name in self.definitions:
                continue
            if held := next((one for one in (place, examples) if name in definitions(one)), None):
                self.add(name, definitions(held)[name], held)
            elif name in vars(place):
                self.imports[origin(name, vars(place)[name], place)].add(name)
            elif name in TRAINED:
                self.gather(ast.parse(TRAINED[name]), breast_cancer)
                self.definitions[name] = TRAINED[name]


def needed(node: ast.AST, home: ModuleType) -> Iterator[tuple[str, ModuleType]]:
    """The names that a piece of code reads and does not make itself, and the file that they stand in."""
    nodes = list(ast.walk(node))
    own = {one.arg for one in nodes if isinstance(one, ast.arg)}
    own |= {one.id for one in nodes if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    for one in nodes:
        if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id == "examples":
            yield one.attr, examples
        elif isinstance(one, ast.Name) and one.id not in own | {"examples"}:
            yield one.id, home


def origin(name: str, value: Any, home: ModuleType) -> str:
    """The module that a student imports a name from, which stands in a file of the gallery."""
    public = (package.__name__ for package in (autograd, nn, viz) if name in package.__all__)
    own = value.__name__.rpartition(".")[0] if inspect.ismodule(value) else getattr(value, "__module__", home.__name__)
    return next(public, own)


@cache
def tree(module: ModuleType) -> ast.Module:
    """The code of a file."""
    return ast.parse(inspect.getsource(module))


@cache
def definitions(module: ModuleType) -> dict[str, ast.stmt]:
    """The functions and the constants of a file, if it is one whose definitions are shown, and not imported."""
    if module not in (figures, examples):
        return {}
    found: dict[str, ast.stmt] = {}
    for one in tree(module).body:
        if isinstance(one, ast.FunctionDef):
            found[one.name] = one
        elif isinstance(one, ast.Assign):
            found |= {name.id: one for name in ast.walk(one.targets[0]) if isinstance(name, ast.Name)}
    return found


def is_code_of(node: ast.AST, make: Callable[[], Any]) -> bool:
    """Whether a node is the function; a line has one of them."""
    return isinstance(node, ast.Lambda | ast.FunctionDef) and node.lineno == make.__code__.co_firstlineno


def cut(node: ast.AST, home: ModuleType) -> str:
    """The text of a piece of code, in a program where everything stands in one file."""
    text = ast.get_source_segment(inspect.getsource(home), node, padded=True)
    return textwrap.dedent(text or "").replace("examples.", "")
