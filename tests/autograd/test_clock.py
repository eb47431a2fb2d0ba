"""What is kept in arrays and rows between steps never differs from what the Values hold (autograd/clock.py).

Two networks live the same random life: one as it is, and a twin that has to forget everything before each event.
"""

from __future__ import annotations

import copy
import gc
import random
import weakref

import pytest
from interrupts import interrupted_at

from autograd import Value, total, vectorize
from autograd.clock import clock
from nn import MLP, SGD, Adam, fit, squared_loss

X = [[0.5, -1.0], [2.0, 0.25], [-0.75, 1.5], [1.0, 1.0]]
Y = [1.0, -1.0, 0.5, 2.0]


class Life:
    """A small network, its program, a second program that shares the last layer, and two optimizers."""

    def __init__(self) -> None:
        self.model = model = MLP(2, [3, 1], "tanh", seed=3)
        self.parameters = model.parameters()
        last = model.layers[1].parameters()
        self.loss = vectorize(lambda x, y: squared_loss(model(x), y) + 0.01 * total([p * p for p in self.parameters]))
        self.penalty = vectorize(lambda x: total([p * p * x[0] for p in last]))
        self.sgd = SGD(self.parameters, lr=0.05)
        self.on_last = SGD(last, lr=0.1)
        self.adam = Adam(self.parameters[::-1], lr=0.02)
        self.J = self.loss(X, Y)

    def state(self):
        return [(p.data.hex(), p.grad.hex()) for p in self.parameters]


def whole_step(life, random_):
    life.J = life.loss(X, Y)
    life.sgd.zero_grad()
    life.J.backward()
    life.sgd.step()


def set_number(life, random_):
    random_.choice(life.parameters).data = random_.uniform(-1, 1)


def set_gradient(life, random_):
    random_.choice(life.parameters).grad = random_.uniform(-1, 1)


def eager_backward(life, random_):
    squared_loss(life.model(X[0]), Y[0]).backward()


def by_hand(life, random_):
    loss = squared_loss(life.model(X[1]), Y[1])
    loss.grad = 1.0
    loss._backward()
    loss.parents[0]._backward()


def load(life, random_):
    life.model.load_state_dict({name: value / 2 for name, value in life.model.state_dict().items()})


def other_program(life, random_):
    life.penalty(X).backward()


def failing_step(life, random_):
    lr, life.sgd.lr = life.sgd.lr, 1e308
    life.J = life.loss(X, [y * 1e9 for y in Y])
    life.sgd.zero_grad()
    life.J.backward()
    with pytest.raises(OverflowError, match="nothing was changed"):
        life.sgd.step()
    life.sgd.lr = lr


def a_copy_learns(life, random_):
    copy.deepcopy(life.J).backward()


EVENTS = {
    "whole step": whole_step,
    "J": lambda life, random_: setattr(life, "J", life.loss(X, Y)),
    "J of fewer": lambda life, random_: setattr(life, "J", life.loss(X[:2], Y[:2])),
    "a J that is dropped": lambda life, random_: life.loss(X, [y + 1.0 for y in Y]),
    "J.backward": lambda life, random_: life.J.backward(),
    "sgd.step": lambda life, random_: life.sgd.step(),
    "sgd.zero_grad": lambda life, random_: life.sgd.zero_grad(),
    "model.zero_grad": lambda life, random_: life.model.zero_grad(),
    "J.zero_grad": lambda life, random_: life.J.zero_grad(),
    "a step of the last layer": lambda life, random_: life.on_last.step(),
    "adam.step": lambda life, random_: life.adam.step(),
    "set a number": set_number,
    "set a gradient": set_gradient,
    "eager backward": eager_backward,
    "_backward by hand": by_hand,
    "load_state_dict": load,
    "another program": other_program,
    "a step that fails": failing_step,
    "a copy of J": a_copy_learns,
    "map": lambda life, random_: vectorize(life.model).map(X),
    "fit": lambda life, random_: fit(life.model, X, Y, squared_loss, optimizer=life.sgd, steps=2, batch_size=2, seed=1, progress=False),
    "fit of one": lambda life, random_: fit(life.model, X, Y, squared_loss, optimizer=life.sgd, steps=2, seed=1, progress=False),
}  # fmt: skip


def forget():
    """Nothing is known of any Value without looking."""
    clock.gradients_of = None
    clock.tick()


@pytest.mark.parametrize("seed", range(6))
def test_two_lives_are_the_same_whatever_is_known_without_looking(seed):
    random_ = random.Random(seed)
    life, twin = Life(), Life()
    names, log = list(EVENTS), []
    for _ in range(120):
        name = random_.choice([*names, *["whole step"] * 6, *["sgd.step", "J", "J.backward", "sgd.zero_grad"] * 2])
        log.append(name)
        number = random_.random()
        EVENTS[name](life, random.Random(number))
        held = clock.gradients_of, clock.now  # what the first life knows is not the twin's to forget
        forget()
        EVENTS[name](twin, random.Random(number))
        clock.gradients_of, clock.now = held
        assert life.state() == twin.state(), log[-8:]
        if any(abs(p.data) > 1e3 for p in life.parameters):  # a life that diverges starts again
            life, twin = Life(), Life()


def test_a_step_after_j_backward_is_made_in_arrays_and_after_anything_else_is_not():
    """The test above would say nothing if nothing were ever known."""
    life = Life()
    whole_step(life, random)
    moved = life.loss._compiled.kernel._moved
    assert moved[0] is clock.now
    assert moved[1].tolist() == [p.data for p in life.loss._compiled.kernel.parameters]
    life.J = life.loss(X, Y)
    life.sgd.zero_grad()
    life.J.backward()
    life.parameters[0].grad = 0.0
    life.sgd.step()
    assert life.loss._compiled.kernel._moved is moved


def test_a_model_is_not_kept_alive_by_what_is_known_of_it():
    life = Life()
    whole_step(life, random)
    gone = weakref.ref(life.loss._compiled.kernel)
    del life
    gc.collect()
    assert gone() is None
    assert clock.gradients_of is None or clock.gradients_of() is None
    w = Value(1.0)
    (w * w).backward()
    SGD([w], lr=0.1).step()
    assert w.data == 0.8


def test_an_interrupt_at_any_bytecode_leaves_whole_gradients_and_a_whole_step():
    life = Life()
    start = [p.data for p in life.parameters]
    whole_step(life, random)
    gradient, after = [p.grad for p in life.parameters], [p.data for p in life.parameters]
    stages, opcode, ended = set(), 0, None
    while ended is None:
        opcode += 1
        for p, number in zip(life.parameters, start, strict=True):
            p.data = number
        life.sgd.zero_grad()
        life.J = life.loss(X, Y)

        def backward_and_step():
            life.J.backward()
            life.sgd.step()

        ended = interrupted_at(opcode, backward_and_step)
        grads, numbers = [p.grad for p in life.parameters], [p.data for p in life.parameters]
        assert grads in ([0.0] * len(grads), gradient), f"half a gradient at bytecode {opcode}"
        assert numbers in (start, after), f"half a step at bytecode {opcode}"
        stages.add((grads == gradient, numbers == after))
        anew = vectorize(life.loss.f)(X, Y)
        assert life.loss(X, Y).data == anew.data, f"the program has other numbers than the Values at bytecode {opcode}"
    assert stages == {(False, False), (True, False), (True, True)}
    assert opcode > 300
