"""Symbols: the operation table's formulas run on them as on numbers, and the result can be printed.

An expression is an operation and its arguments: an Op of the table, or one of the few words below that only formulas
know. Numbers stay numbers, and what they leave obvious is left out: x·1, x + 0, 0·x, −(−x).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from autograd import ops
from autograd.op import Op

LESS, AT_MOST, MORE, AT_LEAST, EQUAL, BOTH, WHERE, SYMBOL = "<", "<=", ">", ">=", "==", "&", "where", "symbol"
CODE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\[[A-Za-z0-9_:, ]+\])?")


class Expression:
    """An operation and its arguments, as the formulas of the operation table make them from symbols.

    >>> z = Symbol("z")
    >>> ops.relu.derivatives[0](None, z)
    where(<(z, 0.0), 0.0, 1.0)
    """

    __slots__ = ("arguments", "head")

    def __init__(self, head: Op | str, arguments: tuple[Any, ...]) -> None:
        self.head = head
        self.arguments = arguments

    @staticmethod
    def _apply(op: Op, inputs: Sequence[Any]) -> Any:
        return _simplified(op, tuple([float(x) if isinstance(x, int) else x for x in inputs]))

    def __add__(self, other: Any) -> Any:
        return self._apply(ops.add, (self, other))

    def __radd__(self, other: Any) -> Any:
        return self._apply(ops.add, (other, self))

    def __sub__(self, other: Any) -> Any:
        return self._apply(ops.sub, (self, other))

    def __rsub__(self, other: Any) -> Any:
        return self._apply(ops.sub, (other, self))

    def __mul__(self, other: Any) -> Any:
        return self._apply(ops.mul, (self, other))

    def __rmul__(self, other: Any) -> Any:
        return self._apply(ops.mul, (other, self))

    def __truediv__(self, other: Any) -> Any:
        return self._apply(ops.truediv, (self, other))

    def __rtruediv__(self, other: Any) -> Any:
        return self._apply(ops.truediv, (other, self))

    def __pow__(self, other: Any) -> Any:
        return self._apply(ops.power, (self, other))

    def __rpow__(self, other: Any) -> Any:
        return self._apply(ops.power, (other, self))

    def __neg__(self) -> Any:
        return self._apply(ops.neg, (self,))

    def __abs__(self) -> Any:
        return self._apply(ops.absolute, (self,))

    def __lt__(self, other: Any) -> Expression:
        return Expression(LESS, (self, other))

    def __le__(self, other: Any) -> Expression:
        return Expression(AT_MOST, (self, other))

    def __gt__(self, other: Any) -> Expression:
        return Expression(MORE, (self, other))

    def __ge__(self, other: Any) -> Expression:
        return Expression(AT_LEAST, (self, other))

    def __and__(self, other: Any) -> Any:
        if isinstance(other, bool):
            return self if other else False
        if {self.head, other.head} == {AT_MOST, AT_LEAST} and same(self.arguments, other.arguments):
            return Expression(EQUAL, self.arguments)  # x ≤ y and x ≥ y
        return Expression(BOTH, (self, other))

    __rand__ = __and__

    def where(self, a: Any, b: Any) -> Any:
        """`a` where this condition holds, else `b`: what `ops.where` asks of a condition that is not a bool."""
        return a if same((a,), (b,)) else Expression(WHERE, (self, a, b))

    def __bool__(self) -> bool:
        raise TypeError(f"a formula can't ask whether {self} holds; write where(condition, a, b) from autograd.ops")

    def __repr__(self) -> str:
        name = self.head.name if isinstance(self.head, Op) else self.head
        return f"{name}({', '.join(map(repr, self.arguments))})"


class Symbol(Expression):
    """A letter: its name in code, and how text and LaTeX write it.

    >>> Symbol("w1", text="w₁", latex="w_1")
    w1

    A name is an identifier, perhaps with a subscript (`A1[0]`), as it becomes part of generated code.
    """

    __slots__ = ("latex", "name", "text")

    def __init__(self, name: str, *, text: str | None = None, latex: str | None = None) -> None:
        if not CODE_NAME.fullmatch(name):
            raise ValueError(f"a symbol's name is an identifier like 'z' or 'A1[0]', got {name!r}; text= is free")
        super().__init__(SYMBOL, ())
        self.name = name
        self.text = name if text is None else text
        self.latex = name if latex is None else latex

    def __repr__(self) -> str:
        return self.name


def same(first: Sequence[Any], second: Sequence[Any]) -> bool:
    """Whether two rows of arguments are the same objects, equal numbers, or the same letter."""
    return all(
        x is y or (type(x) is type(y) and isinstance(x, (float, Symbol)) and repr(x) == repr(y))
        for x, y in zip(first, second, strict=True)
    )


def parts(formulas: Iterable[Any]) -> list[Expression]:
    """Every expression in the formulas, each once, arguments before what is made of them."""
    order: list[Expression] = []
    seen: set[int] = set()
    stack = [(formula, False) for formula in formulas][::-1]
    while stack:
        item, ready = stack.pop()
        if ready:
            order.append(item)
        elif isinstance(item, Expression) and id(item) not in seen:
            seen.add(id(item))
            stack.append((item, True))
            stack.extend((argument, False) for argument in reversed(item.arguments))
    return order


def merged(formula: Any) -> Any:
    """The same formula with equal sub-expressions made one object, so that each can be computed once."""
    kept: dict[Any, Expression] = {}
    new: dict[int, Expression] = {}
    for part in parts([formula]):
        arguments = tuple([new[id(x)] if isinstance(x, Expression) else x for x in part.arguments])
        key = part.name if isinstance(part, Symbol) else (part.head, *map(_identity, arguments))
        whole = part if isinstance(part, Symbol) else Expression(part.head, arguments)
        new[id(part)] = kept.setdefault(key, whole)
    return new[id(formula)] if isinstance(formula, Expression) else formula


def _identity(x: Any) -> Any:
    return id(x) if isinstance(x, Expression) else repr(x)


def _simplified(op: Op, arguments: tuple[Any, ...]) -> Any:
    """The expression, or a simpler one that is equal."""
    rule = RULES.get(op)
    simpler = rule(*arguments) if rule else None
    return Expression(op, arguments) if simpler is None else simpler


def _is(x: Any, number: float) -> bool:
    return isinstance(x, float) and x == number


def _negated(x: Any) -> Any:
    """What x is the negative of, if it is written as one."""
    if isinstance(x, float):
        return -x if x < 0.0 else None
    return x.arguments[0] if x.head is ops.neg else None


def _add(x: Any, y: Any) -> Any:
    if _is(x, 0.0) or _is(y, 0.0):
        return y if _is(x, 0.0) else x
    return x - _negated(y) if _negated(y) is not None else None


def _sub(x: Any, y: Any) -> Any:
    if _is(x, 0.0) or _is(y, 0.0):
        return -y if _is(x, 0.0) else x
    return x + _negated(y) if _negated(y) is not None else None


def _mul(x: Any, y: Any) -> Any:
    if _is(x, 0.0) or _is(y, 0.0):
        return 0.0
    if _is(x, 1.0) or _is(y, 1.0):
        return y if _is(x, 1.0) else x
    for this, other in ((x, y), (y, x)):
        if (positive := _negated(this)) is not None:
            return -(positive * other if this is x else other * positive)
    return None


def _divide(x: Any, y: Any) -> Any:
    if _is(y, 1.0) or _is(x, 0.0):
        return x
    return -(_negated(x) / y) if _negated(x) is not None else None


def _total(*terms: Any) -> Any:
    kept = [term for term in terms if not _is(term, 0.0)] or [0.0]
    if len(kept) == len(terms) > 1:
        return None
    return kept[0] if len(kept) == 1 else Expression(ops.total, tuple(kept))


RULES: dict[Op, Any] = {
    ops.add: _add,
    ops.sub: _sub,
    ops.mul: _mul,
    ops.truediv: _divide,
    ops.neg: _negated,
    ops.power: lambda x, y: x if _is(y, 1.0) else 1.0 if _is(y, 0.0) else None,
    ops.total: _total,
    ops.maximum: lambda *terms: terms[0] if len(terms) == 1 else None,
    ops.minimum: lambda *terms: terms[0] if len(terms) == 1 else None,
    ops.identity: lambda z: z,
}
