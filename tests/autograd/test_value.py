"""The door of the engine: what a Value takes and refuses, how it behaves in expressions, and as an object."""

from __future__ import annotations

import copy
import math
import pickle
import sys
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from autograd import Value, topological_order, weighted_sum

ACCEPTED = [
    (2, 2.0),
    (-0.5, -0.5),
    (True, 1.0),
    (Fraction(1, 3), 1 / 3),
    (10**300, 1e300),
    (math.inf, math.inf),
    (np.float64(0.1), 0.1),
    (np.float32(0.5), 0.5),
    (np.float16(0.5), 0.5),
    (np.int64(-7), -7.0),
    (np.uint8(255), 255.0),
    (np.bool_(True), 1.0),
]


@pytest.mark.parametrize(("given", "held"), ACCEPTED, ids=repr)
def test_real_numbers_become_a_float_once_at_the_door(given, held):
    for made in (Value(given), Value(0.0) + given, given + Value(0.0)):
        assert type(made.data) is float
        assert made.data == held
    v = Value(1.0)
    v.data = given
    v.grad = given
    assert (type(v.data), v.data, type(v.grad), v.grad) == (float, held, float, held)


def test_nan_and_minus_zero_come_through():
    assert math.isnan(Value(math.nan).data)
    assert math.copysign(1.0, Value(-0.0).data) == -1.0


REFUSED = [
    ("2.0", "got str '2.0'; write float(text) first"),
    (b"2.0", "got bytes b'2.0'; write float(text) first"),
    (1 + 2j, "got complex (1+2j); the engine works on real numbers; use its .real or abs()"),
    (np.complex128(1j), "got complex 1j; the engine works on real numbers"),
    (None, "got NoneType None; did a function forget to return its result?"),
    ([1.0], "got list [1.0]; make one Value per number: [Value(x) for x in xs]"),
    ((1.0,), "got tuple (1.0,); make one Value per number: [Value(x) for x in xs]"),
    (np.array([1.0]), "got ndarray array([1.]); make one Value per number: [Value(x) for x in xs]"),
    (Decimal("0.1"), "got Decimal Decimal('0.1'); write float(number) first"),
    (object, "got type <class 'object'>; write its number"),
    ({}, "got dict {}; write its number"),
]


@pytest.mark.parametrize(("given", "words"), REFUSED, ids=repr)
def test_everything_else_is_refused_in_words(given, words):
    with pytest.raises(TypeError) as caught:
        Value(given)
    assert str(caught.value).startswith("a Value needs a real number, got ")
    assert words in str(caught.value)
    v = Value(1.0)
    for name in ("data",) if given is None else ("data", "grad"):  # a gradient of None is 0
        with pytest.raises(TypeError, match="a Value needs a real number"):
            setattr(v, name, given)
    assert (v.data, v.grad) == (1.0, 0.0)


@pytest.mark.parametrize("inner", [Value(1.0), weighted_sum([Value(1.0)], [2.0])], ids=["Value", "Sigma"])
def test_a_value_inside_a_value_is_refused(inner):
    with pytest.raises(TypeError, match=r"it is a Value already: use it as it is, or its \.data"):
        Value(inner)
    v = Value(3.0)
    with pytest.raises(TypeError, match="it is a Value already"):
        v.data = inner


def test_an_integer_too_large_is_named_by_its_label():
    with pytest.raises(OverflowError, match=r"up to 1\.8e308; got an integer too large for it for 'w_1'"):
        Value(10**400, label="w_1")
    with pytest.raises(OverflowError, match="an integer too large"):
        Value(1.0) * 10**400
    v = Value(1.0, label="b")
    with pytest.raises(OverflowError, match="'b'"):
        v.data = -(10**400)
    with pytest.raises(OverflowError, match="an integer too large"):
        Value(Fraction(10**400))


OPERATORS = {
    "+": (lambda x, y: x + y, 3.0, 2.0),
    "-": (lambda x, y: x - y, 3.0, 2.0),
    "*": (lambda x, y: x * y, 3.0, 2.0),
    "/": (lambda x, y: x / y, 3.0, 2.0),
    "**": (lambda x, y: x**y, 3.0, 2.0),
}
KINDS = [int, float, np.float64, np.float32, np.int64, np.int32, np.uint8, Fraction]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("symbol", OPERATORS)
def test_operators_take_numbers_on_either_side(symbol, kind):
    operate, x, y = OPERATORS[symbol]
    wanted = operate(x, y)
    for made, position in ((operate(Value(x), kind(y)), 1), (operate(kind(x), Value(y)), 0)):
        assert type(made) is Value
        assert made.data == wanted
        assert made._op == symbol
        assert [parent.data for parent in made.parents] == [x, y]
        assert made.parents[position].role == "constant"
        assert made.local_derivatives[position] == 0.0
        made.backward()
        assert made.parents[position].grad == 0.0
        assert made.parents[1 - position].grad == made.local_derivatives[1 - position] != 0.0


def test_unary_operators():
    x = Value(-2.5)
    assert (-x).data == 2.5
    assert abs(x).data == 2.5
    assert +x is x
    assert abs(x).local_derivatives == (-1.0,)


def test_sum_of_values_starts_at_zero():
    assert sum([Value(1.0), Value(2.0)]).data == 3.0


@pytest.mark.parametrize("other", ["2", None, [1.0], Decimal(2), 1j], ids=repr)
@pytest.mark.parametrize("symbol", OPERATORS)
def test_operators_refuse_what_is_no_number(symbol, other):
    operate = OPERATORS[symbol][0]
    with pytest.raises(TypeError):
        operate(Value(1.0), other)
    with pytest.raises(TypeError):
        operate(other, Value(1.0))


def test_three_argument_pow_is_refused():
    with pytest.raises(TypeError):
        pow(Value(2.0), 3, 5)


@pytest.mark.parametrize("kind", [float, int, np.float64, np.int64, Value], ids=lambda kind: kind.__name__)
def test_comparisons_compare_the_numbers(kind):
    two = Value(2.0)
    one, same, three = kind(1), kind(2), kind(3)
    assert (two < three, two <= same, two > one, two >= same) == (True, True, True, True)
    assert (two < one, two <= one, two > three, two >= three) == (False, False, False, False)
    assert (two < same, two > same) == (False, False)
    for answer in (two < three, one < two, three >= two, same <= two):
        assert type(answer) is bool or type(answer) is np.bool_
    assert max(Value(1.0), two) is two


def test_comparing_with_what_is_no_number_is_refused():
    with pytest.raises(TypeError, match="a Value needs a real number, got str"):
        Value(1.0) < "2"  # noqa: B015
    assert not Value(math.nan) < 1.0
    assert not Value(math.nan) >= 1.0


@pytest.mark.parametrize(
    "number",
    [2.0, 2, True, 2 + 0j, Fraction(2), Decimal(2), np.float64(2.0), np.int64(2), np.bool_(True), np.array([2.0])],
    ids=repr,
)
def test_equal_to_a_number_is_refused_and_names_data(number):
    v = Value(2.0)
    for compare in (lambda: v == number, lambda: v != number, lambda: number == v):
        with pytest.raises(TypeError, match=r"v\.data =="):
            compare()


def test_equality_and_hash_are_identity():
    a, b = Value(1.0), Value(1.0)
    assert a == a
    assert a != b
    assert {a: 1, b: 2}[a] == 1
    assert len({a, b, a}) == 2
    assert [b, a].index(a) == 1
    assert a != "text"
    assert a is not None
    assert (a == None) is False  # noqa: E711


CUTS = [
    (float, "float"),
    (int, "int"),
    (bool, "bool"),
    (lambda v: 1 if v else 0, "bool"),
    (lambda v: not v, "bool"),
    (lambda v: [1, 2][v], "index"),
    (range, "index"),
    (math.exp, "float"),
    (math.sqrt, "float"),
    (lambda v: math.pow(v, 2), "float"),
    (lambda v: np.array([0.0]).__setitem__(0, v), "float"),
]


@pytest.mark.parametrize(("convert", "kind"), CUTS)
def test_conversions_do_not_cut_the_graph_silently(convert, kind):
    with pytest.raises((TypeError, ValueError)) as caught:
        convert(Value(1.0))
    error = caught.value.__cause__ if kind == "float" and caught.value.__cause__ else caught.value
    assert f"{kind}() of a Value would cut it out of the graph" in str(error)
    assert "v.data" in str(error)


def test_math_exp_names_the_method():
    with pytest.raises(TypeError, match=r"v\.exp\(\) for math\.exp\(v\)"):
        math.exp(Value(1.0))


@pytest.mark.parametrize("convert", [math.floor, math.ceil, math.trunc, complex, divmod, iter, len])
def test_other_conversions_are_type_errors_too(convert):
    with pytest.raises(TypeError):
        convert(Value(1.0)) if convert is not divmod else divmod(Value(1.0), 2)


# --- labels, roles, printing ------------------------------------------------------------------------------------------


def test_data_grad_label_and_role_can_be_set_and_nothing_else():
    v = Value(1.0)
    assert (v.data, v.grad, v.label, v.role, v.op, v.parents, v.local_derivatives) == (1.0, 0.0, "", "", None, (), ())
    v.data, v.grad, v.label = 2, 3, "w_{3,1}"
    assert (v.data, v.grad, v.label) == (2.0, 3.0, "w_{3,1}")
    for role in ("parameter", "input", "constant", ""):
        v.role = role
        assert v.role == role
    for name in ("_prev", "_op"):
        with pytest.raises(AttributeError):
            setattr(v, name, ())


@pytest.mark.parametrize("label", [None, 3, 2.0, b"w", ["w"], Value(1.0)], ids=repr)
def test_a_label_that_is_no_text_is_refused(label):
    with pytest.raises(TypeError, match="a label needs to be a str, got "):
        Value(1.0, label=label)
    v = Value(1.0, label="w")
    with pytest.raises(TypeError, match="a label needs to be a str"):
        v.label = label
    assert v.label == "w"


def test_only_a_leaf_can_be_a_constant():
    computed = Value(2.0) * 3.0
    with pytest.raises(
        ValueError, match=r"only a leaf can be a constant, and Value\(data=6\.0.* write Value\(v\.data\)"
    ):
        computed.role = "constant"
    assert (computed.role, computed.varies) == ("", True)


@pytest.mark.parametrize("role", ["weights", None, 3, "Parameter", []], ids=repr)
def test_an_unknown_role_is_refused(role):
    v = Value(1.0)
    v.role = "input"
    with pytest.raises(ValueError, match="a role is one of 'parameter', 'input', 'constant', '', got "):
        v.role = role
    assert v.role == "input"


def test_label_is_given_by_keyword_only():
    with pytest.raises(TypeError):
        Value(1.0, "w")


def test_repr_is_short_for_any_graph():
    assert repr(Value(1.0)) == "Value(data=1.0, grad=0.0)"
    assert repr(Value(1.0, label="w_1")) == "Value(data=1.0, grad=0.0, label='w_1')"
    deep = Value(1.0)
    for _ in range(10_000):
        deep = deep * 1.0 + deep * 0.0
    assert len(repr(deep)) < 60
    assert len(repr(Value(1.0, label="x" * 10**6))) < 160
    assert "\n" not in repr(Value(1.0, label="a\nb"))


# --- micrograd's names ------------------------------------------------------------------------------------------------


def test_micrograds_names():
    x, y = Value(3.0), Value(4.0)
    z = x * y
    assert z._prev == (x, y)
    assert (z._op, x._op) == ("*", "")
    z.grad = 2.0
    assert z._backward() is None
    assert (x.grad, y.grad) == (8.0, 6.0)
    z._backward()
    assert (x.grad, y.grad) == (16.0, 12.0), "_backward adds"
    x._backward()
    assert (x.grad, y.grad, z.grad) == (16.0, 12.0, 2.0), "a leaf has nobody to hand a gradient to"


BY_HAND = {
    "one input": lambda x, y: x.tanh(),
    "two inputs": lambda x, y: x * y,
    "the same input twice": lambda x, y: x * x,
    "a constant": lambda x, y: x * 3.0,
    "weighted sum": lambda x, y: weighted_sum([x, y], [2.0, x], y),
    "weighted sum without bias": lambda x, y: weighted_sum([x, 2.0], [y, y]),
    "five inputs": lambda x, y: __import__("autograd").total([x, y, x, 1.0, y]),
}


@pytest.mark.parametrize("shape", BY_HAND)
def test_lecture_cells_that_call_backward_by_hand(shape):
    """Each node's _backward, from the root up, is what backward() does."""
    x, y = Value(0.5), Value(-1.5)
    z = BY_HAND[shape](x, y)
    z.backward()
    wanted = (x.grad, y.grad)
    x.grad = y.grad = 0.0
    z.grad = 1.0
    for node in reversed(topological_order(z)):
        node._backward()
    assert (x.grad, y.grad) == wanted
    assert all(parent.grad == 0.0 for parent in z.parents if parent.role == "constant")


# --- copies -----------------------------------------------------------------------------------------------------------


def test_deepcopy_is_independent_and_keeps_the_shape():
    x, w, b = Value(2.0, label="x"), Value(3.0, label="w"), Value(1.0, label="b")
    w.role = "parameter"
    y = (weighted_sum([w, x], [x, x], b) + 2.0) * x
    y.backward()
    other = copy.deepcopy(y)
    ours, theirs = topological_order(y), topological_order(other)
    assert not set(ours) & set(theirs)
    for a, b_ in zip(ours, theirs, strict=True):
        assert (a.data, a.grad, a.label, a.role, a.op, a.varies) == (
            b_.data,
            b_.grad,
            b_.label,
            b_.role,
            b_.op,
            b_.varies,
        )
        assert a.local_derivatives == b_.local_derivatives
        assert [ours.index(p) for p in a.parents] == [theirs.index(p) for p in b_.parents]
    before = [node.grad for node in ours]
    other.backward()
    assert [node.grad for node in ours] == before
    assert [node.grad for node in theirs if node.op is None and node.varies] == [
        2 * node.grad for node in ours if node.op is None and node.varies
    ]


def test_deepcopy_keeps_what_is_shared_shared():
    x = Value(2.0)
    first, second = x * x, x + 1.0
    copied = copy.deepcopy({"x": x, "nodes": [first, second]})
    assert copied["nodes"][0].parents == (copied["x"], copied["x"])
    assert copied["nodes"][1].parents[0] is copied["x"]
    assert copied["x"] is not x


def test_deepcopy_of_a_chain_of_100_000():
    limit = sys.getrecursionlimit()
    x = Value(1.0)
    y = x
    for _ in range(100_000):
        y = y + 1.0
    other = copy.deepcopy(y)
    other.backward()
    assert sys.getrecursionlimit() == limit
    assert (other.data, x.grad, topological_order(other)[0].grad) == (100_001.0, 0.0, 1.0)


def test_numpy_number_times_value_is_a_value():
    for made in (np.float64(3) * Value(2.0), Value(2.0) * np.float64(3), np.float32(3) * Value(2.0)):
        assert type(made) is Value
        assert made.data == 6.0


def test_a_number_of_numpy_beside_a_value_does_not_search_numpy_each_time():
    w, calls = Value(2.0), []
    for _ in range(2):
        calls.clear()
        sys.setprofile(lambda frame, event, arg: calls.append(event))
        try:
            _ = np.float64(3.0) * w
        finally:
            sys.setprofile(None)
    assert len(calls) < 140


# --- pickle and None --------------------------------------------------------------------------------------------------


def test_a_leaf_goes_through_pickle_with_all_it_holds():
    w = Value(0.1, label="w")
    w.grad, w.role, w.momentum = -0.0, "constant", 0.5
    again = pickle.loads(pickle.dumps({"w": w, "same": w}))
    assert again["w"] is again["same"]
    other = again["w"]
    assert (other.data, other.label, other.role, other.varies, other.momentum) == (0.1, "w", "constant", False, 0.5)
    assert math.copysign(1.0, other.grad) == -1.0
    other.role = "parameter"
    (other * other).backward()
    assert (other.grad, w.grad) == (0.2, 0.0)


@pytest.mark.parametrize("make", [lambda v: v * 2, lambda v: weighted_sum([v], [1.0]), lambda v: v.relu()])
def test_a_computed_value_says_what_to_pickle_instead_and_can_be_copied(make):
    v = Value(3.0)
    y = make(v)
    with pytest.raises(TypeError, match=r"a computed Value can't be pickled, .* keep its .data, or pickle what it was"):
        pickle.dumps([y])
    other = copy.copy(y)
    assert other.parents == y.parents
    other.backward()
    assert v.grad == y.local_derivatives[0]


def test_a_gradient_of_none_is_0():
    v = Value(3.0)
    v.grad = 2.0
    v.grad = None
    assert v.grad == 0.0
    (v * v).backward()
    assert v.grad == 6.0


@pytest.mark.parametrize("second", [4.0, None, "w", np.ones(2), Value])
def test_a_second_argument_that_is_no_parent_is_refused_in_words(second):
    with pytest.raises(TypeError, match=r"Value\(data, parents, name\) needs Values and a str, got \(.*label=\.\.\."):
        Value(3.0, second)


def test_a_single_parent_may_stand_alone():
    x = Value(3.0)
    square = Value(9.0, x, "square")
    square._backward = lambda: setattr(x, "grad", x.grad + 6.0 * square.grad)
    square.backward()
    assert (square.parents, x.grad) == ((x,), 6.0)
