"""The optimizers against their formulas in exact fractions or plain floats, and steps that are all or nothing."""

import math
import sys
from contextlib import suppress
from fractions import Fraction

import numpy as np
import pytest

from autograd import Value
from nn import SGD, Adam, Neuron
from nn.optim import Optimizer


def leaves(*numbers):
    return [Value(number, label=f"p_{i}") for i, number in enumerate(numbers)]


def test_sgd_is_the_formula():
    p, q = leaves(1.0, -2.0)
    optimizer = SGD([p, q], lr=0.25)
    for p.grad, q.grad, expected in [(0.5, -4.0, (0.875, -1.0)), (2.0, 0.0, (0.375, -1.0))]:
        optimizer.step()
        assert (p.data, q.data) == expected


def test_momentum_against_fractions():
    (p,) = leaves(1.0)
    optimizer = SGD([p], lr=0.5, momentum=0.75)
    exact, velocity = Fraction(1), Fraction(0)
    for gradient in [1.0, -0.5, 0.25, 0.0, 2.0]:
        p.grad = gradient
        optimizer.step()
        velocity = Fraction(3, 4) * velocity + Fraction(gradient)
        exact -= velocity / 2
        assert p.data == float(exact)


def test_adam_against_the_paper():
    (p, q) = leaves(1.0, 3.0)
    optimizer = Adam([p, q], lr=0.1, betas=(0.5, 0.75), eps=0.125)
    gradients = [(1.0, -2.0), (0.5, 8.0), (-1.0, 0.0)]
    for t in range(1, 4):
        p.grad, q.grad = gradients[t - 1]
        before = p.data, q.data
        optimizer.step()
        for i, (leaf, old) in enumerate(zip((p, q), before, strict=True)):
            history = [g[i] for g in gradients[:t]]
            m = sum(0.5 * 0.5 ** (t - s) * g for s, g in enumerate(history, 1)) / (1 - 0.5**t)
            v = sum(0.25 * 0.75 ** (t - s) * g * g for s, g in enumerate(history, 1)) / (1 - 0.75**t)
            assert leaf.data == pytest.approx(old - 0.1 * m / (math.sqrt(v) + 0.125), rel=1e-14)


@pytest.mark.parametrize("make", [lambda p: SGD(p, 0.05, 0.9), lambda p: Adam(p, 0.1)])
def test_they_find_a_minimum(make):
    p, q = leaves(-1.0, 2.0)
    optimizer = make([p, q])
    for _ in range(600):
        optimizer.zero_grad()
        ((p - 1) ** 2 + 3 * (q + p) ** 2).backward()
        optimizer.step()
    assert (p.data, q.data) == pytest.approx((1.0, -1.0), abs=1e-3)


@pytest.mark.parametrize("make", [lambda p: SGD(p, 0.25, 0.5), lambda p: Adam(p, 0.25, eps=0.5)])
def test_each_parameter_has_a_memory_of_its_own(make):
    """Three at once take the steps of three alone, whatever becomes of the list between the steps."""
    gradients = [(1.0, -2.0, 4.0), (0.5, 8.0, -3.0), (-1.0, 0.25, 2.0), (3.0, 1.0, -1.0)]
    alone, together = leaves(1.0, -2.0, 3.0), leaves(1.0, -2.0, 3.0)
    optimizers, optimizer = [make([p]) for p in alone], make(together)
    for step, row in enumerate(gradients):
        for i in range(3):
            alone[i].grad = together[i].grad = row[i]
            optimizers[i].step()
        optimizer.parameters.insert(0, optimizer.parameters.pop())  # a 3-cycle
        optimizer.step()
        assert [p.data for p in together] == [p.data for p in alone], step


class Forgetful(Optimizer):
    """Plain gradient descent, written without a memory."""

    def update(self, parameters, gradients, memory):
        return [p - self.lr * g for p, g in zip(parameters, gradients, strict=True)], memory


@pytest.mark.parametrize(
    "make", [lambda p: SGD(p, 0.25, 0.5), lambda p: Adam(p, 0.25, eps=0.5), lambda p: Forgetful(p, 0.25)]
)
def test_a_parameter_that_is_added_begins_anew(make):
    p, q, r, alone = leaves(1.0, 2.0, 3.0, 3.0)
    optimizer, other = make([p, q]), make([alone])
    p.grad = q.grad = 1.0
    optimizer.step()
    optimizer.parameters.append(r)
    optimizer.parameters.remove(p)
    kept = p.data
    for r.grad in (2.0, -1.0):
        alone.grad = r.grad
        optimizer.step(), other.step()
    assert (p.data, r.data) == (kept, alone.data)
    optimizer.parameters.append(q * 2)
    with pytest.raises(ValueError, match=r"changes leaves, and Value.* is computed or constant"):
        optimizer.step()
    optimizer.parameters[:] = [1.0]
    with pytest.raises(TypeError, match=r"needs Values, got float 1.0"):
        optimizer.step()


class Interrupts(Value):
    """A Value at which Ctrl-C is pressed as its number is set."""

    is_pressed = False

    @property
    def _data(self):
        return Value._data.__get__(self)

    @_data.setter
    def _data(self, number):
        Value._data.__set__(self, number)
        if self.is_pressed:
            Interrupts.is_pressed = False
            raise KeyboardInterrupt


@pytest.mark.parametrize("make", [lambda p: SGD(p, 0.25, 0.5), lambda p: Adam(p, 0.25, eps=0.5)])
def test_ctrl_c_while_the_numbers_are_set_leaves_those_before_the_step(make):
    parameters = p, q, r = Value(1.0), Interrupts(2.0), Value(3.0)
    optimizer = make(parameters)
    p.grad = q.grad = r.grad = 1.0
    optimizer.step()
    before, memory = [v.data for v in parameters], optimizer.memory
    Interrupts.is_pressed = True
    with pytest.raises(KeyboardInterrupt):
        optimizer.step()
    assert ([v.data for v in parameters], optimizer.memory) == (before, memory)


@pytest.mark.parametrize("make", [lambda p: SGD(p, 0.25, 0.5), lambda p: Adam(p, 0.25, eps=0.5)])
def test_a_parameter_that_is_added_twice_moves_once(make):
    p, q, same = leaves(1.0, 2.0, 2.0)
    twice, once = make([p]), make([same])
    twice.parameters += [q, q]
    for q.grad in (2.0, -1.0):
        same.grad = q.grad
        twice.step(), once.step()
    assert q.data == same.data


@pytest.mark.parametrize("kind", [SGD, Forgetful])
def test_a_frozen_parameter_may_stay_in_the_list_whatever_becomes_of_the_others(kind):
    p, q, r = leaves(1.0, 2.0, 3.0)
    optimizer = kind([p, q, r], 0.5)
    p.role = "constant"
    p.grad = q.grad = r.grad = 1.0
    optimizer.parameters.reverse()
    optimizer.step()
    optimizer.parameters.remove(q)
    optimizer.step()
    assert (p.data, q.data, r.data) == (1.0, 1.5, 2.0)
    optimizer.parameters.clear()
    with pytest.raises(ValueError, match="needs at least one parameter, got none"):
        optimizer.step()


def test_a_parameter_may_be_added_beside_a_frozen_one():
    p, q = leaves(1.0, 2.0)
    optimizer = SGD([p], 0.5, momentum=0.5)
    p.role = "constant"
    optimizer.parameters.append(q)
    p.grad = q.grad = 1.0
    optimizer.step()
    assert (p.data, q.data) == (1.0, 1.5)
    optimizer.parameters.append(p * q)
    with pytest.raises(ValueError, match="is computed or constant"):
        optimizer.step()


def test_a_frozen_parameter_may_be_infinite():
    mask, p = leaves(-math.inf, 1.0)
    optimizer = SGD([mask, p], 0.5)
    mask.role = "constant"
    p.grad = 1.0
    optimizer.step()
    assert (mask.data, p.data) == (-math.inf, 0.5)


def test_without_momentum_nothing_is_remembered():
    (p,) = leaves(4.0)
    optimizer = SGD([p], 1.0)
    p.grad = 1.0
    optimizer.step()
    optimizer.momentum = 0.5
    optimizer.step()
    assert p.data == 2.0
    optimizer.step()
    assert p.data == 0.5


@pytest.mark.parametrize("make", [lambda p: SGD(p, 0.25, 0.5), lambda p: Adam(p, 0.25)])
def test_a_frozen_parameter_goes_on_as_if_nothing_had_been(make):
    found = []
    for steps_meanwhile in (0, 3):
        p, q = leaves(1.0, 2.0)
        optimizer = make([p, q])
        for role, steps in (("parameter", 2), ("constant", steps_meanwhile), ("parameter", 2)):
            p.role = role
            for _ in range(steps):
                p.grad, q.grad = p.data, q.data
                optimizer.step()
        found.append(p.data)
    assert found[0] == found[1]


@pytest.mark.parametrize("make", [lambda p: SGD(p, 0.25), lambda p: SGD(p, 0.25, 0.5), lambda p: Adam(p, 0.25)])
def test_an_update_of_arrays_is_that_of_their_numbers(make):
    numbers, gradients = [1.0, -2.0, 3.0], [0.5, 4.0, -1.0]
    values = leaves(*numbers)
    optimizer = make(values)
    p, memory = [np.array(numbers)], [[np.array(held)] for held in optimizer.memory]
    for _ in range(3):
        for value, gradient in zip(values, gradients, strict=True):
            value.grad = gradient
        p, memory = optimizer.update(p, [np.array(gradients)], memory)
        optimizer.step()
    assert [v.data for v in values] == pytest.approx(p[0].tolist(), rel=1e-15)


def test_none_is_a_gradient_of_0():
    p, q = leaves(1.0, 2.0)
    optimizer = SGD([p, q], lr=0.5)
    p.grad, q.grad = None, 1.0
    optimizer.step()
    assert (p.data, q.data) == (1.0, 1.5)


def test_zero_grad_and_lr():
    p, q = leaves(1.0, 2.0)
    optimizer = SGD((v for v in (p, q, p)), lr=1)
    assert optimizer.parameters == [p, q]
    p.grad = q.grad = 3.0
    optimizer.zero_grad()
    assert (p.grad, q.grad) == (0.0, 0.0)
    p.grad = 1.0
    optimizer.lr = 0.5
    optimizer.step()
    assert (p.data, optimizer.lr) == (0.5, 0.5)


@pytest.mark.parametrize("make", [lambda p: SGD(p, 10.0), lambda p: SGD(p, 10.0, 0.9), lambda p: Adam(p, 1e3)])
@pytest.mark.parametrize("bad", [1e308, math.inf, math.nan])
def test_a_step_is_all_or_nothing(make, bad):
    p, q = leaves(1.0, -1.5e308)
    optimizer = make([p, q])
    p.grad, q.grad = 1.0, bad
    with pytest.raises(
        OverflowError, match=r"the step would make parameter 'p_1' .*nothing was changed. Use a smaller lr"
    ):
        optimizer.step()
    assert (p.data, q.data) == (1.0, -1.5e308)
    twin_p, twin_q = leaves(1.0, -1.0)
    p.data, q.data = 1.0, -1.0
    twin = make([twin_p, twin_q])
    p.grad = q.grad = twin_p.grad = twin_q.grad = 0.5
    optimizer.step(), twin.step()
    assert (p.data, q.data) == (twin_p.data, twin_q.data), "the failed step left no memory"


@pytest.mark.parametrize("make", [lambda p: SGD(p, 0.25), lambda p: SGD(p, 0.25, 0.5), lambda p: Adam(p, 0.25)])
def test_ctrl_c_at_any_line_leaves_all_parameters_or_none_changed(make):
    def stepped(*interrupt_at):
        p = leaves(1.0, -2.0, 3.0)
        optimizer = make(p)
        for number, at in enumerate((*interrupt_at, None), 1):
            for value in p:
                value.grad = number * value.data
            left = [at]

            def trace(frame, event, _, left=left):
                if event == "line" and frame.f_globals["__name__"] == "nn.optim" and left[0]:
                    left[0] -= 1
                    if not left[0]:
                        raise KeyboardInterrupt
                return trace

            before = sys.gettrace()
            try:
                with suppress(KeyboardInterrupt):
                    sys.settrace(trace if at else before)
                    optimizer.step()
            finally:
                sys.settrace(before)
            yield [value.data for value in p]

    nothing, first = [1.0, -2.0, 3.0], next(stepped())
    assert first != nothing
    for at in range(1, 100):
        interrupted, again = stepped(at)
        if interrupted == first:  # the step was over
            break
        assert interrupted == nothing
        fresh = leaves(*nothing)
        for value in fresh:
            value.grad = 2 * value.data
        make(fresh).step()
        assert again == [value.data for value in fresh], "the interrupted step left no memory"
    assert 5 < at < 99


def test_adam_takes_gradients_whose_squares_are_almost_too_large():
    (p,) = leaves(1.0)
    optimizer = Adam([p], lr=0.25)
    p.grad = 1e155  # the mean of the squares, 1e307, is a float, and a thousand times it is none
    optimizer.step()
    assert p.data == pytest.approx(0.75, rel=1e-14)
    p.grad = 1e200
    with pytest.raises(
        OverflowError, match=r"Adam: the gradient 1e\+200 of parameter 'p_0' is too large for what Adam"
    ):
        optimizer.step()
    assert p.data == pytest.approx(0.75, rel=1e-14)


def test_an_unnamed_parameter_is_counted():
    p = Value(1.0)
    p.grad = math.nan
    with pytest.raises(OverflowError, match="parameter number 0 nan"):
        SGD([p], 0.1).step()


ONE = leaves(1.0)
REFUSED = [
    (TypeError, r"needs a list of Values, got Neuron of 1 → relu; write model.parameters\(\)", lambda: SGD(Neuron(1), 0.1)),
    (TypeError, "needs a list of Values, got Value", lambda: SGD(ONE[0], 0.1)),
    (TypeError, "needs Values, got float 1.0", lambda: SGD([1.0], 0.1)),
    (ValueError, "changes leaves, and Value.* is computed or constant", lambda: SGD([ONE[0] * 2], 0.1)),
    (ValueError, "changes leaves, and Value.* is computed or constant", lambda: SGD([*ONE, *(ONE[0] * 2.0).parents[1:]], 0.1)),
    (ValueError, "needs at least one parameter, got none", lambda: Adam([])),
    (ValueError, "lr needs a finite number above 0, got 0.0", lambda: SGD(ONE, 0)),
    (ValueError, "lr needs a finite number above 0, got -1.0", lambda: SGD(ONE, -1)),
    (ValueError, "lr needs a finite number above 0, got nan", lambda: Adam(ONE, math.nan)),
    (ValueError, "lr needs a finite number above 0, got inf", lambda: setattr(SGD(ONE, 1), "lr", math.inf)),
    (TypeError, "lr needs a real number, got str '0.1'", lambda: SGD(ONE, "0.1")),
    (TypeError, "lr needs a real number, got Value.*write its .data", lambda: SGD(ONE, ONE[0])),
    (ValueError, "momentum needs a finite number from 0 to below 1, got 1.0", lambda: SGD(ONE, 0.1, 1)),
    (ValueError, r"betas\[1\] needs a finite number from 0 to below 1, got 1.5", lambda: Adam(ONE, betas=(0.9, 1.5))),
    (ValueError, "betas needs two numbers", lambda: Adam(ONE, betas=0.9)),
    (ValueError, "eps needs a finite number above 0, got 0.0", lambda: Adam(ONE, eps=0)),
    (ValueError, "eps needs a finite number above 0, got -1.0", lambda: setattr(Adam(ONE), "eps", -1.0)),
    (ValueError, "momentum needs a finite number from 0 to below 1, got 1.5", lambda: setattr(SGD(ONE, 0.1), "momentum", 1.5)),
    (ValueError, r"betas\[0\] needs a finite number from 0 to below 1, got -0.5", lambda: setattr(Adam(ONE), "betas", (-0.5, 0.5))),
    (TypeError, r"needs Values, got list \[Value", lambda: SGD([ONE], 0.1)),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "words", "call"), REFUSED)
def test_refusals(kind, words, call):
    with pytest.raises(kind, match=words):
        call()


def test_an_update_of_ones_own_may_give_numbers_in_any_row():
    class Down(Optimizer):
        fresh = (0.0,)

        def update(self, parameters, gradients, memory):
            return tuple(p - self.lr for p in parameters), [tuple(m + 1.0 for m in memory[0])]

    frozen, free = Value(1.0), Value(1.0)
    optimizer = Down([frozen, free], lr=0.5)
    frozen.role = "constant"
    optimizer.step()
    assert (frozen.data, free.data, [*optimizer.memory[0]]) == (1.0, 0.5, [0.0, 1.0])
