"""backward is all or nothing: whatever interrupts it, every leaf is as it was or complete, and all leaves agree."""

from __future__ import annotations

import math
import random
import signal
import threading

import pytest
from shared.collector import no_collector
from shared.interrupts import interrupted_at

from autograd import Value, maximum, softmax, topological_order, total, vectorize, weighted_sum
from autograd.sums import Row

BEFORE = 0.25


def network():
    """Every kind of node there is: two inputs, one, many, Σ with and without bias, shared rows, fan-out, constants."""
    x = [Value(0.5, label="x_1"), Value(-1.5, label="x_2"), Value(2.0, label="x_3")]
    inputs = Row(x)
    hidden = [
        weighted_sum(x, inputs, x[0]).tanh(),
        weighted_sum([1.0, x[1], 2.0], inputs).sigmoid(),
    ]
    p = softmax([*hidden, x[2]])
    root = total([p[0] * p[1], maximum(*x) ** 2, -hidden[0] / 3.0, hidden[1] * hidden[1]]) + x[1] * 4.0
    for leaf in x:
        leaf.grad = BEFORE
    return x, root


def complete():
    x, root = network()
    root.backward()
    return [leaf.grad for leaf in x]


def test_interrupt_at_every_bytecode_leaves_each_leaf_as_it_was_or_complete():
    done, untouched = complete(), [BEFORE] * 3
    x, root = network()
    steps = interrupted_at(0, root.backward)
    assert steps > 500
    seen = {"before": 0, "after": 0}
    for step in range(1, steps + 1):
        x, root = network()
        assert interrupted_at(step, root.backward) is None
        grads = [leaf.grad for leaf in x]
        assert grads in (untouched, done), f"half a gradient at bytecode {step}: {grads}"
        seen["before" if grads == untouched else "after"] += 1
    assert seen["before"] > 500


def test_backward_works_after_an_interrupt():
    done = complete()
    x, root = network()
    steps = interrupted_at(0, root.backward)
    for step in range(1, steps, 37):
        x, root = network()
        interrupted_at(step, root.backward)
        if [leaf.grad for leaf in x] == done:
            continue
        root.backward()
        assert [leaf.grad for leaf in x] == done
        inner = [node.grad for node in topological_order(root) if node.op]
        root.backward()
        assert [node.grad for node in topological_order(root) if node.op] == inner


def chain_and_fan(depth):
    leaves = [Value(1.0 + i / 100) for i in range(100)]
    node = total(leaves)
    for _ in range(depth):
        node = node * 1.0
    return leaves, node


def fuzz_with_timer(rounds, depth):
    """Real signals at real moments; how often backward was cut, and how often it came through."""

    def handler(signum, frame):
        raise KeyboardInterrupt

    leaves, root = chain_and_fan(depth)
    cut = through = 0
    old = signal.signal(signal.SIGALRM, handler)
    try:
        for turn in range(rounds):
            before = [leaf.grad for leaf in leaves]
            try:
                signal.setitimer(signal.ITIMER_REAL, 1e-5 + (turn % 40) * depth * 1e-8)
                root.backward()
                signal.setitimer(signal.ITIMER_REAL, 0.0)
                through += 1
            except KeyboardInterrupt:
                cut += 1
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0.0)
            after = [leaf.grad for leaf in leaves]
            assert after in (before, [g + 1.0 for g in before])
    finally:
        signal.signal(signal.SIGALRM, old)
    return cut, through


needs_timer = pytest.mark.skipif(
    not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread(),
    reason="needs interval timers in the main thread",
)


@needs_timer
def test_interrupt_by_a_timer():
    with no_collector():
        cut, _ = fuzz_with_timer(rounds=100, depth=3_000)
    assert cut > 10


@pytest.mark.long
@needs_timer
def test_interrupt_by_a_timer_many_times():
    with no_collector():
        cut, _ = fuzz_with_timer(rounds=20_000, depth=3_000)
    assert cut > 1_000


def layered_graph(generator):
    """Shared rows, computed weights and biases, n-ary nodes, constants, values used again much later."""
    values = [Value(generator.uniform(-1.5, 1.5)) for _ in range(4)]
    for _ in range(generator.randint(1, 12)):
        some = generator.choices(values[-8:], k=3)
        inputs, kind = Row([*some[:2], generator.choice([0.5, some[2]])]), generator.randrange(4)
        if kind == 0:
            weights = [generator.choices([*values, 2.0], k=3) for _ in range(3)]
            values += [weighted_sum(w, inputs, generator.choice([None, some[0], some[1]])).tanh() for w in weights]
        elif kind == 1:
            values += softmax(some)
        elif kind == 2:
            values.append(total([*some, some[0], 1.0]) * 0.3)
        else:
            values += [some[0] * some[1], some[1] - some[2], -some[0], 1.0 - some[2].sigmoid()]
    return values, total(generator.choices(values, k=5)) * values[-1]


def test_backward_is_the_chain_rule_in_topological_order():
    """The same sums, bit by bit, as adding up in that order, written without any of backward's shortcuts."""
    generator = random.Random(3)
    for _ in range(300):
        values, root = layered_graph(generator)
        root.backward()
        gradient = {root: 1.0}
        for node in reversed(topological_order(root)):
            g = gradient.get(node, 0.0)
            for parent, slope in zip(node.parents, node.local_derivatives, strict=True):
                if g and slope:
                    gradient[parent] = gradient.get(parent, 0.0) + g * slope
        for value in values:
            assert value.grad.hex() == gradient.get(value, 0.0).hex()


# --- errors -----------------------------------------------------------------------------------------------------------


def far_up(x):
    """At x = 1e−200 it is 1e200, a float; its derivative, 1e400, is none."""
    return (x * 1e200) * 1e200


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (lambda x, y: far_up(x) * 2.0 + y, "the gradient of mul at 1e-200 from 'x' is too large"),
        (lambda x, y: far_up(x) / 0.5 + y, "the gradient of mul at 1e-200 from 'x' is too large"),
        (lambda x, y: weighted_sum([far_up(x)], [2.0], y), "the gradient of mul at 1e-200 from 'x' is too large"),
        (lambda x, y: y + total([far_up(x)]) * 2.0, "the gradient of mul at 1e-200 from 'x' is too large"),
    ],
    ids=["mul", "truediv", "Σ", "total"],
)
def test_gradient_that_overflows_names_the_node_and_changes_no_leaf(f, words):
    x, y = Value(1e-200, label="x"), Value(2.0, label="y")
    root = f(x, y)
    assert math.isfinite(root.data)
    x.grad, y.grad = 3.0, 4.0
    with pytest.raises(OverflowError) as caught:
        root.backward()
    assert str(caught.value).startswith("backward: the gradient of ")
    assert words in str(caught.value)
    assert "1.8e308 is the largest" in str(caught.value)
    assert (x.grad, y.grad) == (3.0, 4.0)
    assert all(node.grad == 0.0 for node in topological_order(root) if node.op)


DEAD_ENDS = {
    "relu": lambda x: x.relu(),
    "times 0": lambda x: x * 0.0,
    "0 times": lambda x: 0.0 * x,
    "pow 0": lambda x: x**0 - 1.0,
    "the loser of two": lambda x: maximum(x, 0.0),
    "the loser of three": lambda x: maximum(x, 0.0, -1.0),
    "Σ of constants": lambda x: weighted_sum([0.0, 1.0], [1.0, 0.0]),
    "Σ with a weight 0": lambda x: weighted_sum([0.0], [x]),
    "total of constants": lambda x: total([0.0, 0.0, 0.0]),
}


@pytest.mark.parametrize("end", DEAD_ENDS)
def test_gradient_that_overflows_is_found_where_no_leaf_gets_any_of_it(end):
    x, y = Value(-2.0, label="x"), Value(3.0, label="y")
    inner = DEAD_ENDS[end](x)
    root = inner * 1e200 * 1e200 + y  # so inner is the first whose gradient is infinite
    assert math.isfinite(root.data)
    with pytest.raises(OverflowError, match="too large for a float"):
        root.backward()
    assert (x.grad, y.grad, inner.grad) == (0.0, 0.0, 0.0)


def test_gradients_that_overflow_only_together():
    """Two paths of 1e308 each: either alone is a float, their sum is not."""
    x, y = Value(0.0, label="x"), Value(2.0, label="y")
    root = x * 1e308 + x * 1e308 + y
    with pytest.raises(OverflowError, match="'x'"):
        root.backward()
    assert (x.grad, y.grad) == (0.0, 0.0)


def test_a_gradient_that_is_infinite_by_the_users_own_inf_is_added_to_the_one_before():
    x, y = Value(math.inf), Value(3.0)
    y.grad = 1.0
    (x * y).backward()
    assert (x.grad, y.grad) == (3.0, math.inf)


def test_an_overflow_is_not_blamed_on_an_infinite_slope_that_no_gradient_reaches():
    x, y = Value(0.0, label="x"), Value(0.0, label="y")
    root = y * 1e200 * 1e200 + x.sqrt() * Value(0.0)
    with pytest.raises(OverflowError, match="'y'"):
        root.backward()


def test_leaf_that_overflows_as_it_accumulates():
    x, y = Value(0.0, label="x"), Value(2.0, label="y")
    root = x * 1e308 + y
    root.backward()
    assert (x.grad, y.grad) == (1e308, 1.0)
    with pytest.raises(OverflowError, match="'x'"):
        root.backward()
    assert (x.grad, y.grad) == (1e308, 1.0)


def test_finite_gradients_whose_sum_overflows_are_no_error():
    """backward looks at the sum of all gradients first; a sum too large alone must not be refused."""
    x, y = Value(0.0), Value(0.0)
    root = x * 1.5e308 + y * 1.5e308
    root.backward()
    assert (x.grad, y.grad) == (1.5e308, 1.5e308)


def test_gradients_that_cancel_to_nan_in_the_sum_are_no_error():
    x, y = Value(0.0), Value(0.0)
    (x * 1.5e308 + y * -1.5e308).backward()
    assert (x.grad, y.grad) == (1.5e308, -1.5e308)


INFINITE = {
    "√": (Value.sqrt, 0.0, "sqrt at 0.0 from 'x'"),
    "pow": (lambda x: x**0.5, 0.0, "pow at 0.0 from 'x'"),
    "log": (Value.log, 5e-324, "log at 5e-324 from 'x'"),
}


@pytest.mark.parametrize("name", INFINITE)
def test_infinite_derivative_names_the_node_and_changes_no_leaf(name):
    f, at, words = INFINITE[name]
    x, y = Value(at, label="x"), Value(2.0, label="y")
    root = y * y + f(x) * y + x
    x.grad, y.grad = 3.0, 4.0
    with pytest.raises(ValueError, match="is infinite, and a gradient reaches it") as caught:
        root.backward()
    assert words in str(caught.value)
    assert (x.grad, y.grad) == (3.0, 4.0)
    assert all(node.grad == 0.0 for node in topological_order(root) if node.op)


@pytest.mark.parametrize("name", INFINITE)
def test_infinite_derivative_is_blamed_even_below_a_sum_with_many_paths(name):
    f, at, words = INFINITE[name]
    x, y = Value(at, label="x"), Value(2.0, label="y")
    for root in (total([x, y]) + f(x), f(x) + total([x, y]), weighted_sum([x, f(x)], [y, 1.0])):
        with pytest.raises(ValueError, match="infinite") as caught:
            root.backward()
        assert words in str(caught.value)


@pytest.mark.parametrize("name", INFINITE)
def test_zero_gradient_through_an_infinite_derivative_contributes_exactly_zero(name):
    f, at, _ = INFINITE[name]
    x, y = Value(at), Value(2.0)
    node = f(x)
    for root in (node * 0.0 + x, maximum(node, 5.0) + x, (node - 10.0).relu() + x, weighted_sum([node, x], [0.0, 1.0])):
        x.grad = 0.0
        (root * y).backward()
        assert x.grad == 2.0


def test_gradient_that_cancels_to_zero_contributes_exactly_zero():
    x = Value(0.0)
    r = x.sqrt()
    (r - r + x).backward()
    assert x.grad == 1.0


def test_infinite_derivative_of_an_input_that_does_not_vary_is_never_asked_for():
    y = Value(3.0)
    root = Value(0.0) ** 2 * y + total([0.0]).sqrt() * y
    assert math.isfinite(root.data)


def test_user_infinity_and_nan_go_where_they_go():
    x, y = Value(math.inf), Value(3.0)
    root = x * y + y
    root.backward()
    assert (x.grad, y.grad) == (3.0, math.inf)
    x, y = Value(math.nan), Value(3.0)
    (x * y + y).backward()
    assert x.grad == 3.0
    assert math.isnan(y.grad)
    z = Value(2.0)
    z.grad = math.inf
    (z * 3.0).backward()
    assert z.grad == math.inf, "an inf the user put there stays"


def test_a_node_set_by_hand_to_nonsense_is_overwritten():
    x = Value(2.0)
    a = x * 3.0
    y = a * a
    a.grad = math.nan
    y.backward()
    assert (a.grad, x.grad) == (12.0, 36.0)


def test_constants_get_no_gradient_even_from_an_infinite_one():
    """0 × inf would be nan; a constant's derivative is 0 because nothing is asked of it."""
    x, y = Value(1.0), Value(math.inf)
    for scaled in (
        x * 2.0,
        2.0 * x,
        x + 2.0,
        total([x, 2.0, 1.0]),
        weighted_sum([2.0], [x], 1.0),
        maximum(x, 0.5, 0.25),
    ):
        (scaled * y).backward()
        assert [parent.grad for parent in scaled.parents if parent.role == "constant"] == [0.0] * (
            len(scaled.parents) - 1
        )
        assert scaled.grad == math.inf


def test_the_advice_is_for_the_place_where_the_derivative_is_missing():
    x = Value(-2.0)  # as a base it has a derivative, and as an exponent none
    with pytest.raises(ValueError, match=r"The base, -2\.0, is negative"):
        (x**x).backward()
    assert x.grad == 0.0


def test_what_is_no_function_is_told_what_to_write():
    with pytest.raises(TypeError, match=r"got Value\(.*; write vectorize\(lambda x: \.\.\.\)"):
        vectorize(Value(1.0))


@pytest.mark.parametrize("f", [lambda w: total([w * math.inf, w * 2.0]), lambda w: w * math.inf + (w * 2.0).tanh()])
def test_an_infinite_gradient_by_the_users_own_inf_is_not_blamed_on_what_is_added_to_it(f):
    w = Value(1.0)
    f(w).backward()
    assert w.grad == math.inf


def test_an_overflow_beside_a_users_own_inf_is_found():
    x, y = Value(0.0, label="x"), Value(1.0)
    with pytest.raises(OverflowError, match="'x'"):
        total([x * 1e308, x * 1e308, y * math.inf]).backward()
