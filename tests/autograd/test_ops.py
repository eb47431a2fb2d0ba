"""Every entry of the operation table, read in every way there is, against mpmath at the entry's samples and beyond.

The tests are made from the table: a new entry brings its own, and one without an oracle fails.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from mpmath import mp
from shared.oracles import ORACLES, check_curvature, check_slopes, check_value, exact, oracle_for, points

from autograd import Op, Value, average, grad, maximum, minimum, ops, softmax, total, weighted_sum
from autograd.value import apply, constant

TABLE = list(ops.TABLE.values())
every_entry = pytest.mark.parametrize("op", TABLE, ids=lambda op: op.name)


def defined(op):
    with mp.workdps(60):
        return [inputs for inputs in points(op) if not isinstance(exact(op, inputs), type)]


@every_entry
def test_entry_has_an_oracle_and_samples(op):
    oracle_for(op)
    assert op.samples, f"{op.name} needs samples: inputs at which its readings are checked"
    assert op.name in ops.TABLE
    assert op.symbol


def test_every_oracle_has_an_entry():
    assert set(ORACLES) == set(ops.TABLE)


def test_entry_without_an_oracle_fails_loudly():
    cube = Op("cube", value=lambda x: x * x * x, derivatives=[lambda a, x: 3 * x * x], samples=[2.0])
    with pytest.raises(AssertionError, match=r"'cube' has no oracle: add ORACLES\['cube'\]"):
        check_value(cube, (2.0,))


@every_entry
def test_value(op):
    for inputs in points(op):
        check_value(op, inputs)


@every_entry
def test_first_derivatives(op):
    for inputs in defined(op):
        check_slopes(op, inputs)


@every_entry
def test_second_derivatives(op):
    for inputs in defined(op):
        check_curvature(op, inputs)


@every_entry
def test_a_constant_has_no_derivative_and_does_not_change_the_others(op):
    for inputs in op.samples:
        full = op(*map(Value, inputs)).local_derivatives
        for varies in product([True, False], repeat=len(inputs)) if len(inputs) <= 4 else [[False] * len(inputs)]:
            node = op(*[Value(x) if v else x for x, v in zip(inputs, varies, strict=True)])
            if not isinstance(node, Value):
                assert not any(varies)
                continue
            wanted = tuple(slope if v else 0.0 for slope, v in zip(full, varies, strict=True))
            assert node.local_derivatives == wanted
            assert [p.role for p in node.parents] == ["" if v else "constant" for v in varies]


# --- numbers of NumPy, and columns of them ----------------------------------------------------------------------------


@every_entry
def test_integers_and_numpy_numbers_are_as_good_as_floats(op):
    for inputs in op.samples:
        wanted = op(*inputs)
        assert type(wanted) is float
        for kind in (np.float64, np.longdouble, Fraction, *([int] if all(map(float.is_integer, inputs)) else [])):
            found = op(*map(kind, inputs))
            assert (type(found), found) == (float, wanted), (op.name, inputs, kind)


@every_entry
def test_on_columns_an_operation_answers_a_column(op):
    """Also where one input is a column and the others are numbers; NumPy's functions may differ in the last bits."""
    for inputs in op.samples:
        wanted = op(*inputs)
        slopes = op.local_derivatives(wanted, inputs, [True] * len(inputs))
        columns = [np.array([x, x, x]) for x in inputs]
        for given in (columns, [columns[0], *inputs[1:]]):
            found = op(*given)
            assert found.shape == (3,)
            assert found == pytest.approx(wanted, rel=2e-15, abs=0.0)
            with np.errstate(over="ignore", divide="ignore"):
                made = op.derivatives(found, *given) if callable(op.derivatives) else [
                    formula(found, *given) for formula in op.derivatives
                ]  # fmt: skip
            for slope, number in zip(made, slopes, strict=True):
                assert np.broadcast_to(slope, 3) == pytest.approx(number, rel=4e-15, abs=0.0), (op.name, inputs)


def test_the_functions_of_a_users_formula_act_on_columns():
    x = np.array([-2.0, 0.0, 3.0])
    assert ops.where(x < 0.0, -1.0, x) == pytest.approx([-1.0, 0.0, 3.0])
    assert ops.where(ops.equal(x, 0.0), 5.0, x) == pytest.approx([-2.0, 5.0, 3.0])
    assert (ops.exp(-x) * ops.sigmoid(x) + ops.erfc(x)).shape == (3,)
    assert ops.where(np.float64(2.0) < 3.0, 1.0, 0.0) == 1.0
    assert ops.where(np.bool_(False), 1.0, 0.0) == 0.0
    assert ops.leaky_relu(x, slope=0.5) == pytest.approx([-1.0, 0.0, 3.0])
    assert ops.relu(np.array([[-1.0, 2.0], [3.0, math.nan]])) == pytest.approx(
        np.array([[0.0, 2.0], [3.0, math.nan]]), nan_ok=True
    )


# --- hand-inlined paths are held to the table -------------------------------------------------------------------------

WRITTEN = {
    "add": [lambda x, y: x + y],
    "sub": [lambda x, y: x - y],
    "mul": [lambda x, y: x * y],
    "truediv": [lambda x, y: x / y],
    "pow": [lambda x, y: x**y],
    "neg": [lambda x: -x],
    "abs": [abs],
    "weighted_sum": [
        lambda *p: weighted_sum(p[: len(p) // 2], p[len(p) // 2 : len(p) // 2 * 2], *p[len(p) // 2 * 2 :]),
    ],
    "total": [lambda *x: total(x)],
    "average": [lambda *x: average(x)],
    "maximum": [maximum],
    "minimum": [minimum],
    "softmax": [lambda *x: softmax(x)[0]],
    **{name: [lambda z, name=name: getattr(z, name)()] for name in dir(Value) if name in ops.TABLE},
}
DELICATE = [0.0, -0.0, 1.0, -2.5, 3.0, 5e-324, 1e-200, 1e200, -1e308, math.inf, -math.inf, math.nan]


def result(make):
    """Everything a node says of itself, to the bit, or its error."""
    try:
        node = make()
    except (ArithmeticError, ValueError) as error:
        return type(error), str(error)
    return (
        float.hex(node.data),
        [float.hex(slope) for slope in node.local_derivatives],
        (node.op.name, dict(node.op.settings)),
        [(float.hex(parent.data), parent.role, parent.varies) for parent in node.parents],
        (node.grad, node.label, node.role, node.varies),
    )


def as_number(x):
    return x


def mixtures(n):
    """The ways to hand over n inputs: as Values, bare floats and constants, at least one of them no bare float."""
    kinds = [Value, as_number, constant] if n <= 2 else [Value]
    return [makers for makers in product(kinds, repeat=n) if set(makers) != {as_number}]


@pytest.mark.parametrize("name", ops.TABLE)
def test_written_form_is_the_table_to_the_bit(name):
    op = ops.TABLE[name]
    n = 1 if op.n_inputs is None else op.n_inputs
    extra = list(product(DELICATE, repeat=n if op.n_inputs else 2))
    if name == "softmax":
        extra = [
            inputs for inputs in extra if all(map(math.isfinite, inputs))
        ]  # it looks at all logits before any node
    for inputs in [*points(op), *extra]:
        for makers in mixtures(len(inputs)):
            args = [make(x) for make, x in zip(makers, inputs, strict=True)]
            for write in [op, *WRITTEN.get(name, [])]:
                written = result(lambda write=write, args=args: write(*args))
                assert written == result(lambda args=args: apply(op, args)), (name, inputs)


def test_every_method_and_operator_of_the_table_is_in_the_list_above():
    methods = {name for name in ops.TABLE if hasattr(Value, name)}
    assert methods <= set(WRITTEN)
    of_the_design = "exp log sqrt sin cos tanh sigmoid relu leaky_relu softplus gelu erf"
    assert methods >= set(of_the_design.split())


@pytest.mark.parametrize("slope", [0.0, 0.01, 0.2, 1.0, 3.0])
def test_leaky_relu_takes_its_slope(slope):
    z = Value(-2.0)
    a = z.leaky_relu(slope)
    a.backward()
    assert (a.data, z.grad, a.op.settings["slope"], a.parents) == (slope * -2.0, slope, slope, (z,))
    assert [g.data for g in grad(a, [z])] == [slope]


@pytest.mark.parametrize("index", range(4))
def test_softmax_of_each_class(index):
    op = ops.softmax.bind(index=index)
    for inputs in [(0.5, -1.0, 2.0, 0.25), (40.0, 0.0, -40.0, 39.0), (700.0, 1.0, 1.0, 1.0)]:
        check_value(op, inputs)
        check_slopes(op, inputs)
        check_curvature(op, inputs)


@pytest.mark.parametrize("index", [-1, 2])
def test_softmax_has_one_output_for_each_input(index):
    with pytest.raises(IndexError, match=f"softmax of 2 inputs needs an index from 0 to 1, got {index}"):
        ops.softmax(1.0, 2.0, index=index)


# --- the checker is checked -------------------------------------------------------------------------------------------


def altered(op, factor):
    """A copy of a table entry, its derivatives wrong by a factor that may depend on the answer."""
    derivatives = [lambda a, *x, f=f: factor(*x) * f(a, *x) for f in op.derivatives]
    return Op(op.name, op.value, derivatives, samples=op.samples)


PLANTED = [
    pytest.param("tanh", lambda z: 1.1 if z >= 10.0 else 1.0, 10.0, id="tanh wrong by 10 % in the tail"),
    pytest.param("sigmoid", lambda z: 0.0 if z >= 40.0 else 1.0, 40.0, id="sigmoid rounded to 0"),
    pytest.param("softplus", lambda z: 1.0 + 4e-15, 0.5, id="softplus wrong in the last digits"),
    pytest.param("exp", lambda z: -1.0, 1.0, id="exp with a wrong sign"),
]


@pytest.mark.parametrize(("name", "factor", "z"), PLANTED)
def test_planted_wrong_derivative_is_found(name, factor, z):
    right = ops.TABLE[name]
    check_slopes(right, (z,))
    check_slopes(altered(right, lambda z: 1.0), (z,))
    with pytest.raises(AssertionError, match="ulp"):
        check_slopes(altered(right, factor), (z,))


def test_planted_wrong_second_derivative_is_found():
    """The first derivative is right on floats; only its own derivative is not, as it is written in numbers."""
    blind = Op("exp", math.exp, [lambda a, x: a if isinstance(a, float) else a.data])
    check_slopes(blind, (1.5,))
    with pytest.raises(AssertionError, match="∂²exp"):
        check_curvature(blind, (1.5,))


def test_planted_wrong_value_is_found():
    with pytest.raises(AssertionError, match="ulp"):
        check_value(Op("gelu", lambda z: ops.gelu(z) * (1.0 + 1e-11), ops.gelu.derivatives), (-30.0,))


@every_entry
def test_backward_hands_each_derivative_to_its_parent(op):
    """One value times its upstream gradient, and an input used twice gets both."""
    for inputs in op.samples:
        leaves = [Value(x) for x in inputs]
        node = op(*leaves)
        (node * 3.0).backward()
        assert [leaf.grad for leaf in leaves] == [3.0 * slope for slope in node.local_derivatives]
        assert node.grad == 3.0
        assert node.parents == tuple(leaves)
