"""Symbols: the formulas of the operation table run on them as on numbers, and give expressions that can be printed.

Numbers stay numbers, and what changes nothing is left out: x·1, x + 0, 0·x, −(−x).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autograd import ops
from autograd.op import Op
from autograd.protocols import method, operators

LESS, AT_MOST, MORE, AT_LEAST, EQUAL, BOTH, WHERE, SYMBOL = "<", "<=", ">", ">=", "==", "&", "where", "symbol"
CODE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\[[A-Za-z0-9_:, ]+\])?")


def _comparison(word: str) -> Callable[[Any, Any], Any]:
    return lambda x, y: Expression(word, (as_number(x), as_number(y)))


class Expression:
    """An operation, which is an Op or one of the words above, and its arguments.

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
        """Make the expression, or an equal one with fewer signs."""
        arguments = tuple(map(as_number, inputs))
        x, y = arguments[0], arguments[-1]
        match op, *[number if isinstance(number, float) else None for number in arguments]:
            case (ops.add | ops.sub, _, 0.0) | (ops.mul | ops.truediv | ops.power, _, 1.0):
                return x
            case (ops.add, 0.0, _) | (ops.mul, 1.0, _):
                return y
            case ops.identity | ops.total | ops.maximum | ops.minimum, _:
                return x
            case (ops.mul, 0.0, _) | (ops.mul, _, 0.0) | (ops.truediv, 0.0, _):
                return 0.0
            case ops.power, _, 0.0:
                return 1.0
            case ops.total, *terms if 0.0 in terms:
                return ops.total(*[x for x, term in zip(arguments, terms, strict=True) if term != 0.0] or [0.0])
            case ops.sub, 0.0, _:
                return -y
            case ops.neg, _ if (positive := _negated(x)) is not None:
                return positive
            case ops.add | ops.sub, _, _ if (positive := _negated(y)) is not None:
                return x - positive if op is ops.add else x + positive
            case ops.mul | ops.truediv, _, _ if (positive := _negated(x)) is not None:
                return -op(positive, y)
            case ops.mul, _, _ if (positive := _negated(y)) is not None:
                return -(x * positive)
        return Expression(op, arguments)

    __add__, __radd__ = operators(ops.add)
    __sub__, __rsub__ = operators(ops.sub)
    __mul__, __rmul__ = operators(ops.mul)
    __truediv__, __rtruediv__ = operators(ops.truediv)
    __pow__, __rpow__ = operators(ops.power)
    __lt__, __le__, __gt__, __ge__ = map(_comparison, (LESS, AT_MOST, MORE, AT_LEAST))
    __neg__ = method(ops.neg, "Minus the formula.")
    __abs__ = method(ops.absolute, "The formula without its sign.")

    def __and__(self, other: Any) -> Any:
        if isinstance(other, bool):
            return self if other else False
        if {self.head, other.head} == {AT_MOST, AT_LEAST} and same(self.arguments, other.arguments):
            return Expression(EQUAL, self.arguments)  # x ≤ y and x ≥ y
        return Expression(BOTH, (self, other))

    __rand__ = __and__

    def where(self, a: Any, b: Any) -> Any:
        """`a` where this condition holds, else `b`. `ops.where` calls this, as a formula can't choose between them."""
        return a if same((a,), (b,)) else Expression(WHERE, (self, as_number(a), as_number(b)))

    def __bool__(self) -> bool:
        raise TypeError(f"a formula can't ask whether {self} holds; write where(condition, a, b) from autograd.ops")

    def __eq__(self, other: object) -> bool:
        if isinstance(other, int | float):
            raise TypeError(f"a formula can't ask whether {self} == {other}; write equal(x, y) from autograd.ops")
        return self is other

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        name = self.head.name if isinstance(self.head, Op) else self.head
        return f"{name}({', '.join(map(repr, self.arguments))})"


def as_number(x: Any) -> Any:
    """A condition in the place of a number is 1 or 0, as True and False are in Python."""
    if isinstance(x, Expression) and x.head in (LESS, AT_MOST, MORE, AT_LEAST, EQUAL, BOTH):
        return x.where(1.0, 0.0)
    return float(x) if isinstance(x, int) else x


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
    """Whether two rows of arguments are equal: each pair is one object, two equal numbers, or the same letter."""
    return list(map(_identity, first)) == list(map(_identity, second))


def _identity(x: Any) -> Any:
    return (x.name,) if isinstance(x, Symbol) else id(x) if isinstance(x, Expression) else repr(x)


def parts(formulas: Iterable[Any]) -> list[Expression]:
    """Every expression in the formulas, each once, and the arguments of each before it."""
    order: dict[int, Expression] = {}
    stack = [formula for formula in formulas if isinstance(formula, Expression)][::-1]
    while stack:
        part = stack[-1]
        if missing := [x for x in part.arguments if isinstance(x, Expression) and id(x) not in order]:
            stack += missing[::-1]
        else:
            order[id(part)] = stack.pop()
    return list(order.values())


def merged(formula: Any) -> Any:
    """The same formula with equal sub-expressions made one object, so that each can be computed once."""
    kept: dict[Any, Expression] = {}
    new: dict[int, Expression] = {}
    for part in parts([formula]):
        arguments = tuple([new.get(id(x), x) for x in part.arguments])
        key = (part.head, *map(_identity, arguments)) if arguments else _identity(part)
        new[id(part)] = kept.setdefault(key, Expression(part.head, arguments) if arguments else part)
    return new.get(id(formula), formula)


def _negated(x: Any) -> Any:
    """The y of an x that is written as −y, or None; of the number −3 it is 3."""
    if isinstance(x, Expression):
        return x.arguments[0] if x.head is ops.neg else None
    return -x if x < 0.0 else None
