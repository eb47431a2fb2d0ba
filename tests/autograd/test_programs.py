"""What programs take for granted that were written for micrograd, for NumPy, or in a notebook."""

from __future__ import annotations

import copy
import math
import subprocess
import sys
from itertools import product

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
    vectorize,
)
from autograd.errors import NoFormula
from nn import Neuron, fit, squared_loss


def tanh_by_hand(v):
    t = math.tanh(v.data)
    out = Value(t, (v,), "tanh")

    def _backward():
        v.grad += (1 - t * t) * out.grad

    out._backward = _backward
    return out


def product_by_hand(x, y):
    out = Value(x.data * y.data, (x, y), "*")

    def _backward():
        x.grad += y.data * out.grad
        y.grad += x.data * out.grad

    out._backward = _backward
    return out


# --- nodes made by hand -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [1, 2])
def test_a_node_made_by_hand_is_differentiated_among_others(times):
    """Fan-out, a repeated parent, other nodes above and below: the gradients are those of the table's operations."""

    def f(x, y, tanh, mul):
        a = mul(x * 2.0, y)
        return tanh(a) + mul(a, a) - y

    ours, theirs = [Value(0.3), Value(-0.7)], [Value(0.3), Value(-0.7)]
    mine, yours = f(*ours, tanh_by_hand, product_by_hand), f(*theirs, Value.tanh, lambda x, y: x * y)
    for _ in range(times):
        mine.backward()
        yours.backward()
    assert [x.grad for x in ours] == pytest.approx([x.grad for x in theirs], rel=1e-14)


def test_what_a_node_made_by_hand_says_of_itself():
    x = Value(0.5, label="x")
    out = tanh_by_hand(x)
    assert (out.parents, out._prev, out._op, out.op.name, out.local_derivatives) == ((x,), (x,), "tanh", "tanh", ())
    root = out * x
    assert topological_order(root) == [x, out, root]
    assert Value(2.0, (), "leaf of a kind")._op == "leaf of a kind"


@pytest.mark.parametrize(
    "f",
    [
        lambda x: Value(1.0, (x,), "foo").backward(),
        lambda x: (Value(1.0, (x,), "foo") * 2.0).backward(),
        lambda x: grad(Value(1.0, (x,), "foo") * 2.0, [x]),
        lambda x: vectorize(lambda y: Value(1.0, (x,), "foo") * y).map([1.0]),
    ],
)
def test_what_needs_a_formula_of_a_node_made_by_hand_names_op(f):
    with pytest.raises(TypeError, match=r"foo was made by hand.*assign its _backward.*Op\('foo', value=") as caught:
        f(Value(0.5))
    assert "derivatives=[...]" in str(caught.value)


def reversed_gradient(v):
    """The number of v, whose gradient comes back with the other sign."""
    out = v * 1.0

    def _backward():
        v.grad -= out.grad

    out._backward = _backward
    return out


@pytest.mark.parametrize(
    "f",
    [
        lambda w: grad(reversed_gradient(w) * 2.0, [w]),
        lambda w: vectorize(lambda x: reversed_gradient(w) * x)([1.0, 2.0]),
        lambda w: vectorize(lambda x: reversed_gradient(w * x))([1.0, 2.0]),
    ],
)
def test_what_needs_a_formula_does_not_take_that_of_an_operation_whose_backward_was_made_by_hand(f):
    w = Value(3.0)
    reversed_gradient(w).backward()
    assert w.grad == -1.0
    with pytest.raises(NoFormula, match=r"the _backward of Value\(data=.* was made by hand, .*: declare Op\("):
        f(w)


def test_fit_learns_by_a_backward_made_by_hand():
    losses = []
    for batch_size, vectorized in ((3, None), (3, False)):
        data = [[0.5], [1.0], [2.0]], [1.0, 2.0, 3.0], lambda g, t: squared_loss(reversed_gradient(g), t)
        history = fit(
            Neuron(1, "identity", seed=0), *data, steps=5, batch_size=batch_size, vectorized=vectorized, progress=False
        )
        losses.append(history.losses)
    assert losses[0] == losses[1]
    assert losses[0][-1] > losses[0][0]


def test_a_backward_made_by_hand_that_fails_leaves_the_leaves_as_they_were():
    x = Value(0.5)
    x.grad = 7.0
    out = Value(1.0, (x,), "odd")

    def _backward():
        x.grad += 1.0
        raise RuntimeError("oh")

    out._backward = _backward
    with pytest.raises(RuntimeError, match="oh"):
        out.backward()
    assert x.grad == 7.0


def test_a_copy_of_a_node_made_by_hand_is_refused():
    with pytest.raises(
        TypeError, match="was made by hand, and its _backward knows only its own parents: compute it again"
    ):
        copy.deepcopy(tanh_by_hand(Value(0.5)) * 2.0)


@pytest.mark.parametrize(
    "call", [lambda: Value(1.0, "w"), lambda: Value(1.0, [2.0], "+"), lambda: Value(1.0, (Value(1.0),), 3)]
)
def test_parents_and_name_of_a_node_made_by_hand_are_checked(call):
    with pytest.raises(TypeError, match=r"Value\(data, parents, name\) needs Values and a str.*Value\(data, label="):
        call()


# --- attributes of one's own ------------------------------------------------------------------------------------------


def test_attributes_are_kept_on_nodes_and_their_copies():
    x = Value(1.0)
    y = x * 2.0
    x.momentum, y.color = 0.5, "red"
    twin = copy.deepcopy(y)
    assert (twin.color, twin.parents[0].momentum) == ("red", 0.5)
    twin.parents[0].momentum = 1.0
    assert x.momentum == 0.5


def test_a_leaf_of_a_subclass_stays_one_when_copied_and_computes_plain_values():
    class Weight(Value):
        """A Value with a name of its own."""

    w = Weight(1.0)
    w.decay = 0.1
    for twin in (copy.copy(w), copy.deepcopy(w)):
        assert (type(twin), twin.decay, twin.data) == (Weight, 0.1, 1.0)
    assert type(w * 2.0) is type(2.0 * w) is type(w.tanh()) is type(total([w])) is Value


def test_a_subclass_may_have_its_own_way_to_stand_on_the_right():
    """Python asks the right side first if it is of a subclass with a method of its own; the left may be a Value."""

    class Loud(Value):
        def __radd__(self, other):
            return super().__radd__(other)

        def __rmul__(self, other):
            return super().__rmul__(other)

    v, w = Value(3.0), Loud(2.0)
    assert [(made.data, made.parents) for made in (v + w, v * w)] == [(5.0, (v, w)), (6.0, (v, w))]
    assert (1.0 + w).data == 3.0


# --- NumPy ------------------------------------------------------------------------------------------------------------

NUMBERS = (0.5, 2.0, 1.25)
BINARY = {
    np.add: lambda x, y: x + y,
    np.subtract: lambda x, y: x - y,
    np.multiply: lambda x, y: x * y,
    np.divide: lambda x, y: x / y,
    np.power: lambda x, y: x**y,
    np.maximum: lambda x, y: maximum(x, y),
    np.minimum: lambda x, y: minimum(x, y),
}
OPERATORS = {np.add: "+", np.subtract: "-", np.multiply: "*", np.divide: "/", np.power: "**"}


def values(numbers=NUMBERS):
    return np.array([Value(x) for x in numbers])


def numbers_of(array):
    return [x.data for x in array]


@pytest.mark.parametrize("ufunc", BINARY, ids=lambda ufunc: ufunc.__name__)
def test_an_array_beside_a_value_is_one_number_after_the_other(ufunc):
    f = BINARY[ufunc]
    for array, v in product([values(), np.array(NUMBERS)], [Value(3.0), Value(0.5)]):
        for made, wanted in (
            (ufunc(array, v), [f(x, v) for x in array]),
            (ufunc(v, array), [f(v, x) for x in array]),
        ):
            assert made.shape == (3,)
            assert [(x.data, x.op, x.local_derivatives) for x in made] == [
                (x.data, x.op, x.local_derivatives) for x in wanted
            ]
        if ufunc in OPERATORS:
            sign = OPERATORS[ufunc]
            assert numbers_of(eval(f"array {sign} v")) == numbers_of(ufunc(array, v))
            assert numbers_of(eval(f"v {sign} array")) == numbers_of(ufunc(v, array))


def test_arrays_are_changed_in_place():
    z = values()
    z -= Value(1.0)
    assert numbers_of(z) == [-0.5, 1.0, 0.25]
    z /= z.sum()
    assert sum(numbers_of(z)) == pytest.approx(1.0)
    z *= np.array([1.0, 2.0, 3.0])
    z += 1.0
    assert all(isinstance(x, Value) for x in z)


def test_a_softmax_written_in_numpy_has_the_gradients_of_ours():
    x, y = [Value(n) for n in NUMBERS], [Value(n) for n in NUMBERS]
    e = np.exp(np.array(x))
    (e / e.sum())[1].backward()
    softmax(y)[1].backward()
    assert [v.grad for v in x] == pytest.approx([v.grad for v in y], rel=1e-13)


@pytest.mark.parametrize("f", [np.var, np.std, lambda z: np.vdot(z, z), lambda z: np.polyval([2.0, 1.0], z.sum())])
def test_what_numpy_makes_of_arithmetic_has_its_gradient(f):
    def g(*x):
        return f(np.array(x)) * 1.0

    check_gradients(g, *NUMBERS)
    assert g(*map(Value, NUMBERS)).data == pytest.approx(f(np.array(NUMBERS)), rel=1e-14)
    program, w = vectorize(lambda x: g(*x) * w), Value(2.0)
    assert program([NUMBERS]).data == pytest.approx(2 * f(np.array(NUMBERS)), rel=1e-14)


@pytest.mark.parametrize(
    ("ufunc", "op"),
    [(np.exp, ops.exp), (np.log, ops.log), (np.sqrt, ops.sqrt), (np.sin, ops.sin), (np.cos, ops.cos),
     (np.tanh, ops.tanh), (np.abs, ops.absolute), (np.negative, ops.neg)],
    ids=lambda f: getattr(f, "__name__", ""),
)  # fmt: skip
def test_a_function_of_numpy_of_one_value_is_the_operation(ufunc, op):
    x = Value(0.5)
    y = ufunc(x)
    assert (type(y), y.data, y.op, y.parents) == (Value, op(0.5), op, (x,))
    assert numbers_of(ufunc(values())) == [op(n) for n in NUMBERS]


def test_a_function_of_numpy_that_is_made_of_operators_has_its_gradient():
    assert check_gradients(lambda x: np.square(x) * np.positive(x), 3.0) < 1e-9
    assert np.square(Value(3.0)).data == 9.0


@pytest.mark.parametrize(
    "call",
    [np.tan, lambda v: np.arctan2(v, 1.0), lambda v: np.add.outer(v, "x"),
     # NumPy would make these of comparisons, and answer a bare number
     np.sign, lambda v: np.fmax(v, 1.0), lambda v: np.fmin(np.array([1.0]), v), np.isnan],
)  # fmt: skip
def test_a_function_of_numpy_that_is_not_known_is_named(call):
    with pytest.raises(
        TypeError,
        match=r"np\.\S+ of a Value is not known.*of its number alone it is np\.\S+\(v\.data\); for Values there are absolute, add, .*an Op of your own",
    ):
        call(Value(0.5))


def test_comparisons_with_arrays_compare_the_numbers():
    v = Value(1.0)
    assert (values() > v).tolist() == [False, True, True]
    assert (v < np.array(NUMBERS)).tolist() == [False, True, True]
    with pytest.raises(TypeError, match=r"v\.data == 2\.0"):
        _ = np.float64(2.0) == v


@pytest.mark.parametrize("made", [np.array(2.0), np.where(True, 2.0, 3.0), np.array(2), np.array(True) * 2])
def test_an_array_without_dimensions_is_a_number(made):
    v = Value(3.0)
    assert type(made * v) is type(v * made) is Value
    assert (made * v).data == (v * made).data == 6.0
    assert Value(made).data == 2.0
    v.data = made
    assert v.data == 2.0


@pytest.mark.parametrize("text", ["1e4000", "-1e4000"])
def test_a_longdouble_that_is_too_large_is_refused(text):
    if not np.isfinite(np.longdouble(text)):
        pytest.skip("a longdouble is no longer than a float here")
    with pytest.raises(OverflowError, match="got a longdouble too large for it for 'w'"):
        Value(np.longdouble(text), label="w")


def test_infinities_of_any_kind_are_infinities():
    assert [Value(x).data for x in (np.longdouble("inf"), np.float32("-inf"), math.inf)] == [
        math.inf,
        -math.inf,
        math.inf,
    ]


# --- numbers in text, and small things --------------------------------------------------------------------------------


def test_a_value_is_formatted_and_rounded_as_its_number():
    loss = Value(0.123456)
    assert f"loss {loss:.4f} {loss:8.2e}" == f"loss {0.123456:.4f} {0.123456:8.2e}"
    assert f"{loss}" == repr(loss) == str(loss)
    assert (round(loss, 2), round(Value(2.5)), type(round(Value(2.5)))) == (0.12, 2, int)


def test_none_is_no_gradient():
    p = Value(1.0)
    p.grad = 3.0
    p.grad = None
    assert p.grad == 0.0
    (p * 2.0).backward()
    assert p.grad == 2.0


@pytest.mark.parametrize("f", [maximum, minimum])
def test_maximum_and_minimum_take_one_sequence_or_several_values(f):
    x, y = Value(1.0), Value(2.0)
    for made in (f([x, y]), f((x, y)), f(np.array([x, y])), f(iter([x, y])), f(x, y)):
        assert (made.parents, made.data) == ((x, y), f(x, y).data)
    assert f(x).parents == f([x]).parents == (x,)
    assert f(3.0).data == 3.0
    with pytest.raises(ValueError, match="needs at least one value, got none"):
        f([])


def test_the_error_for_a_negative_base_names_it_and_a_remedy_that_helps():
    x, n = Value(-2.0, label="x"), Value(3.0, label="n")
    for f in (lambda: (x**n).backward(), lambda: grad(x**n, [n])):
        with pytest.raises(
            ValueError, match=r"-2\.0 from 'x'.*write the exponent as a plain number, as in x \*\* 3"
        ) as caught:
            f()
        assert "Move away from 0" not in str(caught.value)
    y = x**3
    y.backward()
    assert x.grad == 12.0
    with pytest.raises(ValueError, match="Move away from 0"):
        (Value(0.0) ** 0.5).backward()


def test_a_value_from_before_a_reload_says_what_it_is():
    program = (
        "import autograd.value, importlib\n"
        "from autograd import Value\n"
        "old = Value(1.0)\n"
        "importlib.reload(autograd.value)\n"
        "try:\n"
        "    autograd.value.Value(2.0) * old\n"
        "except TypeError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300)
    assert "made before autograd was reloaded" in done.stdout


# --- gradients of gradients, step after step --------------------------------------------------------------------------


def operations_of_grad(steps):
    """How many operations `grad` looks at while a point goes downhill, each step computed from the one before."""
    seen = []
    counting = Op(
        "counting", value=lambda z: (seen.append(1), z * 1.0)[1], derivatives=[lambda a, z: 1.0], samples=[1.0]
    )
    x = Value(1.0)
    for _ in range(steps):
        (g,) = grad(counting(x * x).tanh(), [x])
        x = x - 0.1 * g
    return len(seen)


def test_grad_looks_at_nothing_behind_its_input():
    assert operations_of_grad(40) == 2 * operations_of_grad(20)


def test_an_input_behind_another_still_counts():
    x = Value(2.0)
    z = x * x
    y = z * x
    assert [g.data for g in grad(y, [x, z])] == [12.0, 2.0]
    assert [g.data for g in grad(y, [z, x])] == [2.0, 12.0]
    assert [g.data for g in grad(y, [z])] == [2.0]
    assert [g.data for g in grad(z, [z, x])] == [1.0, 4.0]


def test_numbers_that_changed_behind_an_input_are_nobodys_business():
    w = Value(2.0)
    x = w * w
    y = x * x
    w.data = 5.0
    assert [g.data for g in grad(y, [x])] == [8.0]
    w.label = "w"
    with pytest.raises(RuntimeError, match=r"4\.0 \(mul\) was computed from other numbers than 5\.0 from 'w'"):
        grad(y, [w])


# --- check_gradients --------------------------------------------------------------------------------------------------

STEEP = Op("steep", value=lambda z: z * z, derivatives=[lambda a, z: 3 * z])
SQUARE = Op("square", value=lambda z: z * z, derivatives=[lambda a, z: 2 * z])


@pytest.mark.parametrize("z", [1e-7, 1e-3, 1.0, 1e5])
def test_a_slope_that_is_half_as_large_again_is_found_however_small_it_is(z):
    assert check_gradients(SQUARE, z) < 1e-6
    with pytest.raises(ValueError, match=r"the gradients disagree by 3\.3e-01"):
        check_gradients(STEEP, z)


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_gradients_of_any_size_are_compared_by_their_size(scale):
    f = lambda x, y: scale * (x * y + x.tanh() + y.exp())  # noqa: E731
    assert check_gradients(f, 0.5, -2.0) < 1e-6
    with pytest.raises(ValueError, match="disagree"):
        check_gradients(lambda x, y: f(x, y) + scale * (STEEP(y) - SQUARE(y)), 0.5, -2.0)


@pytest.mark.parametrize("z", [-40.0, 30.0, 0.0])
def test_what_rounding_does_to_the_differences_is_no_disagreement(z):
    assert check_gradients(lambda x: x.sigmoid() + 1.0, z) < 1e-6
    assert check_gradients(lambda x: average([x.tanh(), 1e6]), z) < 1e-6


@pytest.mark.parametrize("call", [total, average, maximum, minimum, softmax])
def test_a_table_is_no_sequence_of_numbers(call):
    class Frame:  # as pandas' tables, which iterate over the names of their columns
        ndim = 2

        def __iter__(self):
            return iter([0, 1, 2])

    for table in (Frame(), np.ones((2, 2))):
        with pytest.raises(TypeError, match=call.__name__):
            call(table)


def test_an_array_of_values_is_changed_in_place():
    held = np.array([Value(1.0), Value(2.0)])
    view, kept = held[:1], held
    held -= Value(0.5)
    assert [v.data for v in kept] == [0.5, 1.5]
    assert view[0] is kept[0]
    out = np.empty(2, dtype=object)
    assert np.exp(held, out=out) is out
    assert [v.data for v in np.multiply(held, Value(2.0), out=out, where=[True, False])] == [1.0, math.exp(1.5)]
