"""The words of the engine's errors. Each says what was needed, what came, and what to write instead."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from autograd.op import Op
    from autograd.value import Value


class LookedAt(TypeError):  # noqa: N818 (named by what it says)
    """A function looked at a number that stands for a whole column while `vectorize` was reading its graph."""


class Differs(ValueError):  # noqa: N818 (the same)
    """A matrix program and the function that it was made from do not compute the same, so it can't be used."""


class NoFormula(TypeError):  # noqa: N818 (the same)
    """An operation has no formula that can be written, so neither `vectorize` nor `grad` can use it."""


REMEDIES = {
    **dict.fromkeys(["str", "bytes"], "write float(text) first"),
    **dict.fromkeys(
        ["list", "tuple", "ndarray"],
        "make one Value per number: [Value(x) for x in xs], or of v * xs [v * x for x in xs]",
    ),
    "complex": "the engine works on real numbers; use its .real or abs()",
    "NoneType": "did a function forget to return its result?",
    "Decimal": "write float(number) first",
    **dict.fromkeys(["datetime64", "timedelta64"], "write how many days: (t - start) / np.timedelta64(1, 'D')"),
    "Value": "it is a Value already: use it as it is, or its .data for a number; "
    "one that was made before autograd was reloaded is a stranger to the new one: make it again",
}


def shown(thing: object) -> str:
    """The repr of anything, cut at 80 characters, without control characters."""
    try:
        text = repr(thing)
    except Exception:  # a broken __repr__ must not hide the error that is being reported
        text = f"<{type(thing).__name__}>"
    text = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text[:81])
    return text if len(text) <= 80 else text[:79] + "…"


def is_time(x: Any) -> bool:
    """Whether x is a date or a span of time of NumPy's: `tolist` would turn it into a bare count of nanoseconds."""
    return getattr(getattr(x, "dtype", None), "kind", "") in ("M", "m")


def plain(x: Any) -> Any:
    """Turn NumPy's arrays and numbers, and rows of pandas', into Python's; leave times, and anything else, as it is."""
    return x.tolist() if hasattr(x, "tolist") and not is_time(x) else x


def alone(x: Any) -> Any:
    """Turn a NumPy scalar, or an array without dimensions, into the one thing in it; leave anything else as it is."""
    return plain(x) if getattr(x, "ndim", None) == 0 else x


def number(x: Any, label: str = "", what: str = "a Value") -> float:
    """Turn a real number of any kind into a float; anything else is refused."""
    if type(x) is float:
        return x
    x = alone(x)
    if isinstance(x, int) or (isinstance(x, numbers.Real) and not is_time(x)):
        try:
            as_float = float(x)
        except OverflowError:
            as_float = math.inf
        if math.isinf(as_float) and x != as_float:
            named = f" for {shown(label)}" if label else ""
            kind = "an integer" if isinstance(x, numbers.Rational) else f"a {type(x).__name__}"
            raise OverflowError(f"a Value holds a float, up to 1.8e308; got {kind} too large for it{named}")
        return as_float
    kind = "Value" if hasattr(type(x), "local_derivatives") else type(x).__name__
    remedy = REMEDIES.get(kind, REMEDIES["list"] if getattr(x, "ndim", 0) else "write its number")
    raise TypeError(f"{what} needs a real number, got {kind} {shown(x)}; {remedy}")


def setting(name: str, x: Any, default: Any) -> Any:
    """A setting of a node, a float if its default is one. It is a fact, like a slope, no parent: a Value is refused."""
    if hasattr(type(x), "local_derivatives"):  # a Value, also if it is traced, and may not be looked at
        raise TypeError(f"{name} is a setting, not an input: it needs a number, got {shown(x)}; write its .data")
    return number(x) if isinstance(default, float) else x


def text(label: Any, what: str = "label") -> str:
    """The label, if it is a str; otherwise a TypeError that says what a label is."""
    if not isinstance(label, str):
        raise TypeError(f"a {what} needs to be a str, got {type(label).__name__} {shown(label)}; write str(...)")
    return label


def described(value: Value | float) -> str:
    """A node in an error: its number, and its label if it has one."""
    label = getattr(value, "_label", "")
    return repr(getattr(value, "_data", value)) + (f" from {shown(label)}" if label else "")


def listed(inputs: Sequence[Value | float]) -> str:
    """The inputs, as an error lists them: of many only the smallest, the two largest, and one that has a label."""
    if len(inputs) <= 3:
        return " and ".join(map(described, inputs))
    order = sorted(range(len(inputs)), key=[getattr(x, "_data", x) for x in inputs].__getitem__)
    kept = sorted({order[0], *order[-2:]})
    labelled = [i for i, x in enumerate(inputs) if getattr(x, "_label", "")]
    if labelled and not {*kept}.intersection(labelled):
        kept = sorted({*kept[:2], labelled[0]})
    return " and ".join(described(inputs[i]) for i in kept) + f" and {len(inputs) - len(kept)} more"


def all_finite(held: Iterable[float]) -> bool:
    """Whether no number is inf or nan."""
    return all(map(math.isfinite, held))


def refuse_value(op: Op, inputs: Sequence[Any], cause: Exception | float) -> None:
    """Raise the error for an operation without a finite answer, unless the user's own inf or nan is the reason."""
    if isinstance(cause, float) and not all_finite(getattr(x, "_data", x) for x in inputs):
        return
    came = listed(inputs)
    if isinstance(cause, OverflowError) or cause in (math.inf, -math.inf):
        raise OverflowError(
            f"{op.name} of {came} is too large for a float (1.8e308 is the largest). "
            "Scale the inputs, or use a smaller learning rate."
        ) from None
    kind = ZeroDivisionError if isinstance(cause, ZeroDivisionError) else ValueError
    needs = op.needs or "inputs where it is defined"
    own = None if op.needs or isinstance(cause, float) else cause  # of an Op of one's own it may be an error in it
    raise kind(f"{op.name} needs {needs}, got {came}. {op.hint}".rstrip()) from own


def refuse_gradient(node: Value, parent: Value, slope: float) -> NoReturn:
    """Raise the error for a gradient that can't be passed from a node to this parent."""
    op = node.op
    where = f"{op.name if op else 'leaf'} at {described(parent)}"
    where += f" (node {shown(node._label)})" if node._label else ""
    if math.isfinite(slope):
        raise OverflowError(
            f"backward: the gradient of {where} is too large for a float (1.8e308 is the largest). "
            "Scale the inputs or the loss."
        )
    size = "infinite" if math.isinf(slope) else "not defined"
    slopes = [*zip(node.parents, map(repr, node.local_derivatives), strict=False)]  # the same parent may stand twice
    advice = edge_at(op, node.parents, slopes.index((parent, repr(slope)))) if op else ""
    raise ValueError(f"backward: the derivative of {where} is {size}, and a gradient reaches it. {advice}".rstrip())


def edge_at(op: Op, inputs: Sequence[Value | float], index: int) -> str:
    """The advice of an Op where a derivative is infinite or does not exist; in it, {0} stands for the first input."""
    words = op.edge if isinstance(op.edge, str) else op.edge[index]
    return words.format(*map(described, inputs))


def refuse_infinite(order: Sequence[Value]) -> None:
    """Find the first node that made an infinite gradient out of finite numbers, and raise the error for it.

    If there is none, the inf or nan came from the user's own numbers, and may stay in the gradients.
    """
    links: list[tuple[Value, Value, float]] = []
    by_users: set[Value] = set()  # an inf of the user's own reaches the gradients of these
    for node in reversed(order):
        if all_finite((node._grad, node._data, *(parent._data for parent in node.parents))):
            pairs = zip(node.parents, node.local_derivatives, strict=False)  # a node made by hand has no derivatives
            links += [(node, parent, slope) for parent, slope in pairs if node._grad and slope]
        elif node._grad:
            by_users.update(node.parents)
    for node, parent, slope in links:
        if not math.isfinite(node._grad * slope):
            refuse_gradient(node, parent, slope)
    for node, parent, slope in links:
        if math.isinf(parent._grad) and parent not in by_users:  # each contribution is finite, and their sum is not
            refuse_gradient(node, parent, slope)
