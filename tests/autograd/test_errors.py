"""The words of the engine's errors: what was needed, what came, what to write instead."""

from __future__ import annotations

import ast
import math
import re
from pathlib import Path

import numpy as np
import pytest

from autograd import (
    Op,
    Value,
    average,
    check_gradients,
    grad,
    maximum,
    minimum,
    ops,
    softmax,
    topological_order,
    total,
    weighted_sum,
)
from autograd.errors import REMEDIES, all_finite, described, listed, number, shown, text

TESTS = Path(__file__).resolve().parents[1]
ENGINE = TESTS.parent / "autograd"


# --- how things are shown ---------------------------------------------------------------------------------------------


class Broken:
    def __repr__(self):
        raise RuntimeError("no repr today")


class Huge:
    def __repr__(self):
        return "huge " * 10**6


SHOWN = [
    (2.0, "2.0"),
    ("w", "'w'"),
    ([1, 2], "[1, 2]"),
    ("a\nb\tc\x00", r"'a\nb\tc\x00'"),
    (Broken(), "<Broken>"),
    ("ß∂Σ", "'ß∂Σ'"),
]


@pytest.mark.parametrize(("thing", "wanted"), SHOWN, ids=[wanted for _, wanted in SHOWN])
def test_shown(thing, wanted):
    assert shown(thing) == wanted


@pytest.mark.parametrize(
    "thing", ["x" * 10**6, list(range(10**5)), Huge(), b"x" * 1000, "\x1b[31m" * 100, "\u202e" * 200]
)
def test_shown_is_short_and_prints(thing):
    assert len(shown(thing)) <= 80 * 6
    assert shown(thing).isprintable()
    assert "…" in shown(thing)


def test_shown_escapes_what_a_repr_brings_along():
    class Coloured:
        def __repr__(self):
            return "\x1b[31mred\n\u202ered"

    assert shown(Coloured()).isprintable()
    assert "red" in shown(Coloured())


def test_shown_keeps_exactly_80_characters():
    for n in (77, 78, 79, 200):
        quoted = shown("x" * n)
        assert len(quoted) == min(n + 2, 80)
        assert quoted.endswith("…") == (n > 78)


def test_described():
    assert described(Value(2.0)) == "2.0"
    assert described(Value(2.0, label="w_1")) == "2.0 from 'w_1'"
    assert len(described(Value(2.0, label="x" * 1000))) < 100


def named(*numbers):
    return [Value(x, label=f"x_{i}") for i, x in enumerate(numbers, 1)]


LISTED = [
    (named(1.0, 2.0, 3.0), "1.0 from 'x_1' and 2.0 from 'x_2' and 3.0 from 'x_3'"),
    (named(1.0, 5.0, -7.0, 2.0, 9.0), "5.0 from 'x_2' and -7.0 from 'x_3' and 9.0 from 'x_5' and 2 more"),
    ([Value(1.0), *named(2.0), Value(0.5), Value(4.0), Value(3.0)], "2.0 from 'x_1' and 0.5 and 4.0 and 2 more"),
    ([1.0, 2.0], "1.0 and 2.0"),
    ([4.0, 1.0, 2.0, 3.0], "4.0 and 1.0 and 3.0 and 1 more"),
]


@pytest.mark.parametrize(("inputs", "wanted"), LISTED, ids=[wanted for _, wanted in LISTED])
def test_of_many_inputs_the_smallest_the_largest_and_a_label_are_listed(inputs, wanted):
    assert listed(inputs) == wanted


def test_number_and_text():
    assert number(3) == 3.0
    assert text("b") == "b"
    with pytest.raises(TypeError, match=r"a name needs to be a str, got int 3; write str\(\.\.\.\)"):
        text(3, "name")


@pytest.mark.parametrize("kind", REMEDIES)
def test_each_remedy_is_reached_by_a_thing_of_its_kind(kind):
    import decimal

    things = {
        "str": "1", "bytes": b"1", "complex": 1j, "NoneType": None, "list": [1.0], "tuple": (1.0,), "ndarray": np.ones(2),
        "Decimal": decimal.Decimal(1), "Value": Value(1.0),
        "datetime64": np.datetime64("2020-01-01", "ns"), "timedelta64": np.timedelta64(5, "ns"),
    }  # fmt: skip
    assert type(things[kind]).__name__ == kind
    with pytest.raises(TypeError) as caught:
        number(things[kind])
    assert str(caught.value) == f"a Value needs a real number, got {kind} {shown(things[kind])}; {REMEDIES[kind]}"


def test_all_finite():
    assert all_finite([])
    assert all_finite([0.0, -1e308])
    assert not all_finite([0.0, math.nan])
    assert not all_finite([math.inf])


# --- errors that no other file holds to its words ---------------------------------------------------------------------


def in_a_label(x):
    return Value(x, label="a\nb\x1b[31m" + "x" * 200)


WORDS = [
    ("total of a Value", lambda: total(Value(1.0)), TypeError, "total needs a sequence: total([a, b]), got Value(data=1.0, grad=0.0)"),
    ("total of a number", lambda: total(3.0), TypeError, "total needs a sequence: total([a, b]), got 3.0"),
    ("total of text", lambda: total("12"), TypeError, "total needs a sequence: total([a, b]), got '12'"),
    ("total of nothing", lambda: total([]), ValueError, "total needs at least one value, got none; write a sequence: total([a, b])"),
    ("average of a Value", lambda: average(Value(1.0)), TypeError, "average needs a sequence: average([a, b]), got Value("),
    ("softmax of a Value", lambda: softmax(Value(1.0)), TypeError, "softmax needs a sequence: softmax([z1, z2]), got Value("),
    ("maximum of nothing", maximum, ValueError, "maximum needs at least one value, got none; write maximum(a, b) or maximum(*values)"),
    ("exp of much", lambda: Value(1000.0, label="z").exp(), OverflowError, "exp of 1000.0 from 'z' is too large for a float (1.8e308 is the largest). Scale the inputs, or use a smaller learning rate."),
    ("minimum of nothing", minimum, ValueError, "minimum needs at least one value, got none; write minimum(a, b) or minimum(*values)"),
    ("total of text in an array", lambda: total(np.array(["1", "2"])), TypeError, "a Value needs a real number, got str '1'; write float"),
    ("maximum of a list in a list", lambda: maximum([[Value(1.0), Value(2.0)]]), TypeError, "a Value needs a real number, got list"),
    ("total with text inside", lambda: total([Value(1.0), "2"]), TypeError, "got str '2'; write float(text) first"),
    ("weighted_sum of nothing", lambda: weighted_sum([], []), ValueError, "weighted_sum needs at least one weight and one input, got none"),
    ("weighted_sum of Values", lambda: weighted_sum(Value(1.0), Value(2.0)), TypeError, "weighted_sum needs two sequences: weighted_sum([w1, w2], [x1, x2]), got Value("),
    ("total of bytes", lambda: total(b"12"), TypeError, "total needs a sequence: total([a, b]), got b'12'"),
    ("topological_order of a number", lambda: topological_order(3), TypeError, "topological_order needs a Value, got int 3"),
    ("weighted_sum with text inside", lambda: weighted_sum(["1"], [2.0]), TypeError, "got str '1'; write float(text) first"),
    ("weighted_sum with a bias of text", lambda: weighted_sum([1.0], [2.0], "3"), TypeError, "got str '3'"),
    ("weighted_sum, lengths", lambda: weighted_sum([1.0, 2.0], [2.0]), ValueError, "weighted_sum needs one weight per input, got 2 weights and 1 inputs"),
    ("leaky_relu with a Value as slope", lambda: Value(1.0).leaky_relu(Value(0.1)), TypeError, "slope is a setting, not an input: it needs a number, got Value("),
    ("leaky_relu with text as slope", lambda: Value(1.0).leaky_relu("0.1"), TypeError, "a Value needs a real number, got str '0.1'"),
    ("log of a float", lambda: ops.log(0.0), ValueError, "log needs x > 0, got 0.0. For a sigmoid output"),
    ("exp of a float", lambda: ops.exp(1e3), OverflowError, "exp of 1000.0 is too large for a float"),
    ("a float over 0", lambda: ops.truediv(1.0, 0.0), ZeroDivisionError, "truediv needs a divisor other than 0, got 1.0 and 0.0"),
    ("a float to a fraction", lambda: ops.power(-1.0, 0.5), ValueError, "pow needs x ≥ 0 for a fractional exponent"),
    ("exp of text", lambda: ops.exp("1"), TypeError, "a Value needs a real number, got str '1'"),
    ("a sum of ten with one too large", lambda: total(named(*range(8), 1e308, 1.5e308)), OverflowError, "0.0 from 'x_1' and 1e+308 from 'x_9' and 1.5e+308 from 'x_10' and 7 more"),
    ("log of a node with a wild label", lambda: in_a_label(0.0).log(), ValueError, r"log needs x > 0, got 0.0 from 'a\nb\x1b[31m"),
]  # fmt: skip


@pytest.mark.parametrize(("do", "error", "words"), [row[1:] for row in WORDS], ids=[row[0] for row in WORDS])
def test_words(do, error, words):
    with pytest.raises(error) as caught:
        do()
    assert type(caught.value) is error
    assert words in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


two = Value(2.0)
IN_FLOATS = Op("sine", value=math.sin, derivatives=[lambda a, z: math.cos(z)])
IN_ANYTHING = Op("sine", value=ops.sin, derivatives=[lambda a, z: ops.cos(z)])
FOLLOWED = [  # what goes wrong, what the error says, and to do that to the letter
    (lambda: two * [1.0, 2.0], "of v * xs [v * x for x in xs]", lambda: [two * x for x in [1.0, 2.0]]),
    (lambda: "abc"[two], "write int(v.data)", lambda: "abc"[int(two.data)]),
    (lambda: range(two), "write int(v.data)", lambda: range(int(two.data))),
    (lambda: Value(0.0) ** -1, "(abs(x) + 1e-12) ** y", lambda: (abs(Value(0.0)) + 1e-12) ** -1),
    (lambda: Value(-4.0) ** 0.5, "(abs(x) + 1e-12) ** y", lambda: (abs(Value(-4.0)) + 1e-12) ** 0.5),
    (lambda: grad(lambda x: x * x, [two]), "write grad(f(x), [x])", lambda: grad((lambda x: x * x)(two), [two])),
    (lambda: grad(two * two, [2.0]), "those that the output was computed from", lambda: grad(two * two, [two])),
    (lambda: grad(IN_FLOATS(two), [two]), "in an Op, which gets floats too, ops.exp(z)", lambda: grad(IN_ANYTHING(two), [two])),
    (lambda: ops.leaky_relu(two, slope=two), "slope is a setting, not an input", lambda: ops.leaky_relu(two, slope=two.data)),
    (lambda: ops.softmax.bind(index=two), "index is a setting, not an input", lambda: ops.softmax.bind(index=1)(two, two)),
    (lambda: check_gradients(Value.exp, two), "or its .data for a number", lambda: check_gradients(Value.exp, two.data)),
    (lambda: Value(1.0, (two,)).backward(), "declare Op('f', value=", lambda: Op("f", value=abs, derivatives=[abs])),
    (lambda: two == np.ones(2), "array([1., 1.]) is no Value; compare the number", lambda: two.data == np.ones(2)),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "words", "right"), FOLLOWED, ids=[row[1] for row in FOLLOWED])
def test_what_an_error_says_to_write_works(wrong, words, right):
    with pytest.raises((TypeError, ValueError, ArithmeticError)) as caught:
        wrong()
    assert words in str(caught.value)
    assert caught.value.__cause__ is None
    right()


def test_failed_operation_leaves_nothing_half_done():
    x, y = Value(0.0), Value(2.0)
    x.grad = y.grad = 1.5
    for fail in (lambda: y / x, x.log, lambda: weighted_sum([x], [y, y]), lambda: total([x, "y"]), lambda: x**-1):
        with pytest.raises((ArithmeticError, ValueError, TypeError)):
            fail()
    assert (x.data, x.grad, y.data, y.grad, x.parents, y.parents) == (0.0, 1.5, 2.0, 1.5, (), ())


# --- each message has a test of its words -----------------------------------------------------------------------------


def messages(path):
    """(line, pieces of literal text) of every error made in a file."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if not (node.func.id.endswith("Error") or node.func.id == "kind") or not node.args:
            continue
        pieces = [
            part.value
            for part in ast.walk(node.args[0])
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        ]
        if any(len(piece.split()) >= 2 for piece in pieces):
            found.append((node.lineno, pieces))
    return found


def windows(piece, words=2):
    """Its runs of two words, as they may stand in a test."""
    held = re.findall(r"\S+", piece)
    return [" ".join(held[i : i + words]) for i in range(len(held) - words + 1)]


@pytest.mark.parametrize("path", sorted(ENGINE.rglob("*.py")), ids=lambda path: path.name)
def test_each_message_of_the_engine_is_held_to_its_words_somewhere(path):
    texts = [other.read_text(encoding="utf-8") for other in TESTS.rglob("test_*.py")]
    said = re.sub(r"\\(?=[^\w\s])", "", "\n".join(texts))
    for line, pieces in messages(path):
        candidates = [window for piece in pieces for window in windows(piece) if len(window) >= 10]
        if not candidates:
            continue  # "{op} needs {needs}, got {…}": the words are the caller's, and are tested there
        assert any(window in said for window in candidates), (
            f"{path.name}:{line} says {pieces}, and no test asks for it"
        )


def test_reader_of_messages_sees_them():
    assert len(messages(ENGINE / "errors.py")) >= 5
    assert len(messages(ENGINE / "functional.py")) >= 5
