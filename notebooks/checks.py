"""What the check cells of the exercises say: right; not yet, and what differs; or still open.

`check` looks at an answer, `check_choice` at words chosen from a few, `check_share` at a share of right answers, and
`check_function` at a function of Values and its gradients; `compare` holds the reader's own Value class against this
library's, and `check_order` its order of nodes. `exercise` says whose checks follow, and `score` counts.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from numbers import Real
from typing import Any

import autograd

OPEN = "Still open: replace the ... in the cell above, then run both cells again."
MISSING = "Replace the ... in the cell above, or write the return that is missing, then run both cells again."
DATA = "is a Value; its number is its .data"
ROUNDED = "is close, but rounded. Let Python do the division, as in 22 / 7, or give more digits"

said_so_far: dict[Any, list[bool]] = {}  # for each exercise whose checks have run: whether each of them said Right
whose: list[Any] = []  # the exercise whose checks run now, if any


def exercise(name: Any) -> None:
    """The checks that follow belong to this exercise; what they said before is forgotten.

    >>> exercise(1)
    >>> check(3, 3.0)
    Right: 3
    >>> exercise(2)
    >>> check(2, 3.0)
    Not yet: 2 is too small.
    >>> score(1, 2)
    1 of 2 exercises solved. Not yet: 2.
    """
    whose[:] = [name]
    said_so_far[name] = []


def score(*names: Any) -> None:
    """Say how many of these exercises are solved: those whose checks have all said Right."""
    open_ones = [name for name in names if not all(said_so_far.get(name) or [False])]
    rest = f"Not yet: {', '.join(map(str, open_ones))}." if open_ones else "That is all of them: well done."
    print(f"{len(names) - len(open_ones)} of {len(names)} exercises solved. {rest}")


def say(words: str) -> None:
    """Print what a check says, and keep it for the score."""
    print(words)
    if whose:
        said_so_far[whose[0]].append(words.startswith("Right"))


def check(answer: Any, expected: Any, hint: str = "", *, tolerance: float = 1e-6) -> None:
    """Say whether an answer is the expected one: a number, a text, True or False, or a list of these.

    >>> check(3, 3.0)
    Right: 3
    >>> check(2.5, 3.0, "Two paths lead to x.")
    Not yet: 2.5 is too small. Two paths lead to x.
    >>> check(0.333, 1 / 3)
    Not yet: 0.333 is close, but rounded. Let Python do the division, as in 22 / 7, or give more digits.

    Capitals do not matter. The answer may also be a function that works it out; an error in it is told like a wrong
    answer.

    >>> check(lambda: 1 / 0, 3.0)
    Not yet: it raises ZeroDivisionError: division by zero
    """
    say(verdict(answer, lambda came: difference(came, expected, tolerance), hint))


def check_choice(answers: Any, sealed: str, hint: str = "") -> None:
    """Say whether words, or True and False, are the right ones; the right ones are given as `seal` prints them.

    >>> check_choice(["ReLU", False], seal("relu", False))
    Right: [ReLU, False]
    >>> check_choice(["tanh", False], seal("relu", False), "Which one has a corner?")
    Not yet: number 1: it is not 'tanh'. Which one has a corner?
    """
    say(verdict(answers, lambda came: wrong_choice(came, sealed.split()), hint))


def seal(*answers: Any) -> str:
    """Answers that nobody reads by accident: a word for each.

    >>> seal(True, False)
    'cf53e0 1ecf90'
    """
    texts = (f"{place} {word(answer)}" for place, answer in enumerate(answers, 1))
    return " ".join(hashlib.sha256(text.encode()).hexdigest()[:6] for text in texts)


def check_share(share: Any, bound: float, hint: str = "") -> None:
    """Say whether a share of right answers, or a function that works it out, is above a bound.

    >>> check_share(0.975, 0.97)
    Right: 0.975
    >>> check_share(lambda: 0.6, 0.9, "Try more neurons.")
    Not yet: 60.0% are right, and more than 90% are asked for. Try more neurons.
    """
    say(verdict(share, lambda came: shortfall(came, bound), hint))


def check_function(
    yours: Callable[..., Any], ours: Callable[..., autograd.Value], points: Sequence[Sequence[float]], using: str = ""
) -> None:
    """Say whether two functions of Values agree at some points, in their values and in their gradients.

    >>> check_function(lambda x: x * x, lambda x: x**2, [[3.0]])
    Right: values and gradients agree.
    >>> check_function(lambda x: abs(x), lambda x: abs(x), [[3.0]], using="relu")
    Not yet: values and gradients agree, but it is built from abs, and not from relu.
    """
    say(next(faults_of_function(yours, ours, points, using), "Right: values and gradients agree."))


def compare(your_value: type, looking_at: str, *expressions: str, **numbers: float) -> None:
    """Say whether your Value class and ours agree on expressions, one after the other; stop where they differ.

    >>> compare(autograd.Value, "gradients", "a + b", "a * b + a", a=2.0, b=-3.0)
    Right: a + b is -1 at a = 2, b = -3, and its gradients agree.
    Right: a * b + a is -4 at a = 2, b = -3, and its gradients agree.

    `looking_at` is "data"; "parents", which also holds parents and local derivatives against ours; or "gradients",
    which also runs backward.
    """
    also = {"data": "", "parents": ", and its parents agree", "gradients": ", and its gradients agree"}[looking_at]
    at = "at " + ", ".join(f"{name} = {x:g}" for name, x in numbers.items())
    for expression in expressions:
        ours = {name: autograd.Value(x, label=name) for name, x in numbers.items()}
        right = eval(expression, {}, ours)
        fault = next(faults_of_class(your_value, expression, at, looking_at, ours, right), "")
        say(fault or f"Right: {expression} is {right.data:g} {at}{also}.")
        if fault:
            return


def check_order(your_value: type, in_order: Callable[..., Any], depth: int = 1) -> None:
    """Say whether `in_order(root, [], set())` lists every node of a graph once, each after its parents.

    The graph has a node that is used twice, and below it a chain of `depth` nodes, made with
    `your_value(data, parents, local_derivatives)`.
    """
    a = your_value(1.0)
    b = your_value(2.0, (a, a), (1.0, 1.0))
    nodes = [a, b, your_value(3.0, (b, a), (1.0, 1.0))]
    for _ in range(depth):
        nodes.append(your_value(4.0, (nodes[-1],), (1.0,)))
    right = f"Right: each of the {len(nodes)} nodes is there once, after its parents."
    say(next(faults_of_order(nodes, in_order), right))


def verdict(answer: Any, fault_of: Callable[[Any], str], hint: str) -> str:
    """The words for an answer, or for a function that works it out."""
    try:
        came = plain(answer() if callable(answer) else answer)
        if is_open(came):
            return OPEN
        if came is None and callable(answer):
            return f"Still open: it gives None. {MISSING}"
        fault = fault_of(came)
    except Exception as error:
        return said(error)
    if not fault:
        return f"Right: {shown(came)}"
    return f"Not yet: {fault}. {'' if fault.endswith((ROUNDED, DATA)) else hint}".rstrip()


def faults_of_function(yours: Any, ours: Any, points: Sequence[Sequence[float]], using: str) -> Iterator[str]:
    """What is wrong with a function, point by point, and at the end with what it is built from."""
    for numbers in points:
        where = f"at ({', '.join(f'{x:g}' for x in numbers)})"
        mine, reference = ([autograd.Value(x) for x in numbers] for _ in range(2))
        right = ours(*reference)
        right.backward()
        try:
            answer = ... if yours is ... else yours(*mine)
            if answer is None or answer is ...:
                yield OPEN if answer is ... else f"Still open:{' ' + where} it returns None. {MISSING}"
            if not isinstance(answer, autograd.Value):
                yield f"Not yet: {where} it returns {answer!r}, and needs to return a Value."
            answer.backward()
        except Exception as error:
            yield said(error, f" {where}")
        if not close(answer.data, right.data):
            yield f"Not yet: {where} the value is {answer.data:.6g}, and should be {right.data:.6g}."
        for i, (x, y) in enumerate(zip(mine, reference, strict=True), 1):
            if not close(x.grad, y.grad):
                yield f"Not yet: {where} the gradient of input {i} is {x.grad:.6g}, and should be {y.grad:.6g}."
    used = dict.fromkeys(node.op.name for node in autograd.topological_order(answer) if node.op)
    if using and using not in used:
        yield f"Not yet: values and gradients agree, but it is built from {', '.join(used)}, and not from {using}."


def faults_of_class(
    your_value: type, expression: str, at: str, looking_at: str, ours: dict[str, autograd.Value], right: Any
) -> Iterator[str]:
    """What is wrong with a Value class in one expression."""
    try:
        if not hasattr(your_value(1.0), "data"):
            yield OPEN
        mine = {name: your_value(x.data) for name, x in ours.items()}
        root = eval(expression, {}, mine)
        if root is None or root is ...:
            yield f"Still open: {expression} gives {root}. {MISSING}"
        if not isinstance(root, your_value):
            yield f"Not yet: {expression} gives {root!r}, and needs to give a Value."
        if not close(root.data, right.data):
            yield f"Not yet: {expression} is {root.data!r} {at}, and should be {right.data:.6g}."
        if looking_at == "parents":
            yield from faults_of_parents(expression, root, right, mine, ours)
        if looking_at == "gradients":
            yield from faults_of_gradients(expression, at, root, right, mine, ours)
    except Exception as error:
        yield said(error, f" for {expression}")


def faults_of_order(nodes: list[Any], in_order: Callable[..., Any]) -> Iterator[str]:
    """What is wrong with an order of nodes, which are given parents first."""
    try:
        order = in_order(nodes[-1], [], set())
        if order is None:
            yield f"Still open: it gives None. {MISSING}"
        if not order or order is ...:
            yield "Still open: no node is in the list. Replace the ... in the cell above, then run both cells again."
        order = list(order)
    except Exception as error:
        yield said(error)
        return
    places: dict[int, list[int]] = {id(node): [] for node in nodes}
    for place, node in enumerate(order):
        places.setdefault(id(node), []).append(place)
    for node in nodes:
        if len(places[id(node)]) != 1:
            yield f"Not yet: a graph of {len(nodes)} nodes has one of them {len(places[id(node)])} times in the list."
        if any(places[id(parent)] > places[id(node)] for parent in node.parents):
            yield "Not yet: a node is in the list before one of its parents."


def faults_of_parents(
    expression: str, root: Any, right: Any, mine: dict[str, Any], ours: dict[str, Any]
) -> Iterator[str]:
    """What is wrong with the parents of a node, with its local derivatives, or with its gradient at the start."""
    if not close(root.grad, 0.0):
        yield f"Not yet: the gradient of {expression} is {root.grad!r} before any backward(), and should be 0.0."
    names = {id(value): name for name, value in mine.items()}
    came = [names.get(id(parent), "a node that is no input") for parent in root.parents]
    needed = [parent.label for parent in right.parents]
    if came != needed:
        yield f"Not yet: the parents of {expression} are ({', '.join(came)}), and should be ({', '.join(needed)})."
    slopes = list(zip(needed, root.local_derivatives, right.local_derivatives, strict=False))
    if len(root.local_derivatives) != len(needed):
        yield f"Not yet: {expression} has {len(needed)} parents, and {len(root.local_derivatives)} local derivatives."
    for name, slope, wanted in slopes:
        if not close(slope, wanted):
            yield f"Not yet: the local derivative ∂({expression})/∂{name} is {slope!r}, and should be {wanted:g}."


def faults_of_gradients(
    expression: str, at: str, root: Any, right: Any, mine: dict[str, Any], ours: dict[str, Any]
) -> Iterator[str]:
    """What is wrong with the gradients that backward leaves in the inputs."""
    root.backward()
    right.backward()
    if not close(root.grad, 1.0):
        yield f"Still open: after backward() the root's own gradient is {root.grad!r}, and should be 1."
    for name in mine:
        if not close(mine[name].grad, ours[name].grad):
            came, needed = mine[name].grad, ours[name].grad
            yield f"Not yet: for {expression} {at}, {name}.grad is {came!r}, and should be {needed:.6g}."


def said(error: Exception, where: str = "") -> str:
    """The words for an error in the reader's code; an ellipsis in it means that some of it is not written yet."""
    if "ellipsis" in str(error).lower():
        return OPEN
    if "NoneType" in str(error):
        return f"Still open:{where} something is None ({error}). {MISSING}"
    return f"Not yet:{where} it raises {type(error).__name__}: {error}"


def plain(answer: Any) -> Any:
    """An answer in Python's own numbers and lists, where NumPy's came."""
    return answer.tolist() if hasattr(answer, "tolist") else answer


def is_open(answer: Any) -> bool:
    """Whether something of an answer is still an ellipsis."""
    return answer is ... or (isinstance(answer, (list, tuple)) and any(map(is_open, answer)))


def word(answer: Any) -> str:
    """An answer as a word, whose capitals, and spaces around it, do not matter."""
    return str(answer).strip().casefold()


def shown(answer: Any) -> str:
    """An answer in a few digits."""
    if isinstance(answer, (list, tuple)):
        return f"[{', '.join(map(shown, answer))}]"
    return f"{answer:.6g}" if isinstance(answer, float) else str(answer)


def difference(answer: Any, expected: Any, tolerance: float) -> str:
    """What is wrong with an answer; nothing if it is right."""
    if isinstance(expected, (list, tuple)):
        if has_one_row(answer) and not has_one_row(expected):
            (answer,) = answer  # a matrix of one row is a list, too
        if not isinstance(answer, (list, tuple)) or len(answer) != len(expected):
            return f"a list of {len(expected)} is asked for, and {answer!r} came"
        kind = "row" if any(isinstance(entry, (list, tuple)) for entry in expected) else "number"
        parts = (difference(a, b, tolerance) for a, b in zip(answer, expected, strict=True))
        return next((f"{kind} {i}: {part}" for i, part in enumerate(parts, 1) if part), "")
    if isinstance(answer, autograd.Value):
        return f"{answer!r} {DATA}"
    if isinstance(expected, (bool, str)):
        return "" if word(answer) == word(expected) else not_it(answer)
    if not isinstance(answer, Real) or isinstance(answer, bool):
        return f"a number is asked for, and {answer!r} came"
    if close(answer, expected, tolerance):
        return ""
    if is_rounded(float(answer), expected):
        return f"{answer} {ROUNDED}"
    return f"{answer} is {'too small' if answer < expected else 'too large' if answer > expected else 'no number'}"


def is_rounded(answer: float, expected: float) -> bool:
    """Whether a number is another one, rounded or cut off after two or more decimals.

    >>> is_rounded(0.67, 2 / 3), is_rounded(0.66, 2 / 3), is_rounded(0.65, 2 / 3), is_rounded(0.7, 2 / 3)
    (True, True, False, False)
    """
    decimals = len(str(answer).partition(".")[2])
    units = expected * 10.0**decimals
    return decimals >= 2 and round(answer * 10.0**decimals) in (round(units), math.trunc(units))


def wrong_choice(answers: Any, sealed: list[str]) -> str:
    """What is wrong with chosen words; nothing if they are the right ones."""
    if not isinstance(answers, (list, tuple)) or len(answers) != len(sealed):
        return f"a list of {len(sealed)} is asked for, and {answers!r} came"
    places = zip(answers, seal(*answers).split(), sealed, strict=True)
    return next((f"number {i}: {not_it(a)}" for i, (a, b, c) in enumerate(places, 1) if b != c), "")


def not_it(answer: Any) -> str:
    """The words for an answer that is not the word, or the truth, that was to be chosen."""
    if isinstance(answer, (bool, str)):
        return f"it is not {answer!r}"
    return f"True, False or a word is asked for, and {answer!r} came"


def has_one_row(answer: Any) -> bool:
    """Whether an answer is a matrix of one row."""
    return isinstance(answer, (list, tuple)) and len(answer) == 1 and isinstance(answer[0], (list, tuple))


def shortfall(share: Any, bound: float) -> str:
    """What is wrong with a share of right answers; nothing if it is above the bound."""
    if isinstance(share, bool) or not isinstance(share, Real) or not 0 <= share <= 1:
        return f"a share from 0 to 1 is asked for, and {share!r} came"
    return "" if share > bound else f"{share:.1%} are right, and more than {bound:.0%} are asked for"


def close(came: Any, needed: float, tolerance: float = 1e-6) -> bool:
    """Whether two numbers are the same up to rounding."""
    return isinstance(came, Real) and math.isclose(came, needed, rel_tol=tolerance, abs_tol=tolerance)
