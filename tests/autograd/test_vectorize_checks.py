"""vectorize never disagrees with the graph: what is looked at is refused, and what has changed is traced anew."""

import collections
import contextlib
import copy
import gc
import math
import multiprocessing
import random
import threading
import weakref

import numpy as np
import pytest

from autograd import (
    Op,
    Value,
    average,
    grad,
    maximum,
    minimum,
    ops,
    softmax,
    topological_order,
    total,
    vectorize,
    weighted_sum,
)
from autograd.errors import Differs, LookedAt, NoFormula
from nn import MLP, Module, cross_entropy_from_logits, fit, squared_loss

X = np.random.default_rng(1).normal(size=(9, 2))
Y = np.arange(9) % 3 * 1.0


def swallowing(x, y):
    try:
        return x * 2.0 if x > 0 else x
    except TypeError:
        return x * 2.0


LOOKS = {
    "it was compared": [
        lambda x, y: x * 2.0 if x > 0 else x, lambda x, y: max(x, y), lambda x, y: x if y == 1.0 else y, swallowing,
        lambda x, y: x * 2.0 if x in (0.0, 1.0) else x, lambda x, y: sorted([x, y])[0],
    ],
    "it was converted to float": [lambda x, y: x * float(y), lambda x, y: math.exp(x) * y, lambda x, y: x * math.sin(y)],
    r"it was converted to int.* a row of a table: .* sum\(y_k \* w_k": [lambda x, y: x * int(y)],
    r"it was converted to bool.* y \* a \+ \(1 - y\) \* b": [lambda x, y: x if y else y, lambda x, y: x and y],
    r"it was used as an index.* a row of a table: .* sum\(y_k \* w_k": [lambda x, y: x * [1.0, 2.0, 3.0][y]],
    "its .data was read": [lambda x, y: x * y.data, lambda x, y: x * (x * y).data],
    "its .data was set": [lambda x, y: setattr(y, "data", 1.0) or x * y],
    "its .grad was read": [lambda x, y: x * y.grad],
    "its .local_derivatives were read": [lambda x, y: x * (x * y).local_derivatives[0]],
    "its .parents were read": [lambda x, y: (x * y).parents[0] * y, lambda x, y: (x * y)._prev[0] * y],
    r"backward\(\) was called on it.* J\.backward\(\) does it": [lambda x, y: (x * y).backward() or x],
    r"zero_grad\(\) was called on it": [lambda x, y: (x * y).zero_grad() or x],
    "it was printed": [lambda x, y: x * len(repr(y)), lambda x, y: x * len(str(y))],
    "it was formatted": [lambda x, y: x * float(f"{y:.3f}"), lambda x, y: x * len(f"{y}")],
    "it was rounded": [lambda x, y: x * round(y, 1), lambda x, y: x * math.floor(y)],
    r"it was looked up in a set or a dict, as grad\(\) .*; a number for each class: .* sum\(y_k \* w_k": [
        lambda x, y: x * {1.0: 2.0}.get(y, 1.0), lambda x, y: grad(x * y, [x])[0], lambda x, y: len({x, y}) * x,
        lambda x, y: topological_order(x * y)[-1],
    ],
    "it was copied": [lambda x, y: copy.deepcopy(x) * y, lambda x, y: copy.copy(x) * y],
}  # fmt: skip


@pytest.mark.parametrize(("words", "f"), [(words, f) for words, fs in LOOKS.items() for f in fs])
def test_a_look_is_refused_in_words_that_fit(words, f):
    with pytest.raises(LookedAt, match="reads the graph once, for all data points, but " + words):
        vectorize(f)([1.0, 2.0, 1.0], [1.0, 1.0, 1.0])


class Weight(Value):
    """A subclass, as a user may make one."""


@pytest.mark.parametrize("make", [lambda: Weight(0.5), lambda: weighted_sum([Value(0.5), Value(-1.0)], [2.0, 1.5])])
def test_any_kind_of_value_may_meet_a_traced_number_on_either_side(make):
    p = make()
    w = [p, Value(0.25)]
    programs = [
        lambda x, y: p * x + p - x * p + (y + p) / (p - 2.0),
        lambda x, y: weighted_sum(w, w) + (weighted_sum(w, [x, y], p) - y) ** 2,
        lambda x, y: maximum(p, x) + total([p, x, p]) * softmax([p, y, x])[1],
        lambda x, y: maximum(x, p) + ops.equal(p, p) * x + np.multiply(p, x) + np.multiply(x, p),
    ]
    for f in programs:
        wanted = [f(Value(x), Value(y)).data for x, y in X]
        assert vectorize(f).map(X[:, 0], X[:, 1]) == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("make", [lambda: Weight(0.5), lambda: weighted_sum([Value(0.5), Value(-1.0)], [2.0, 1.5])])
def test_a_comparison_that_f_swallows_is_noted_whatever_stands_on_its_left(make):
    p = make()

    def f(x):
        try:
            is_far = p < x
        except TypeError:
            is_far = False
        return x * p * (100.0 if is_far else 1.0)

    with pytest.raises(LookedAt, match="reads the graph once"):
        vectorize(f)([0.1, 0.2, 0.3])


def test_what_f_raises_only_while_it_is_traced_is_a_refusal():
    def particular(x, y):
        if type(x) is not Value:
            raise RuntimeError("an ordinary Value, please")
        return x * y

    with pytest.raises(
        LookedAt, match=r"the function raised RuntimeError: .*an ordinary Value, please.*does not on ordi"
    ):
        vectorize(particular)([1.0], [1.0])
    with pytest.raises(KeyError, match="always"):
        vectorize(lambda x: x * {}["always"])([1.0])


DRAWS = [
    lambda x: x * random.random(), lambda x: x * float(np.random.rand()), lambda x: x + 0.0 * random.random(),
    lambda x: random.random() and x, lambda x: (np.random.normal(size=3), x)[1],
]  # fmt: skip


@pytest.mark.parametrize("f", DRAWS)
def test_global_random_numbers_are_refused_and_put_back(f):
    before = random.getstate(), np.random.get_state()[1].tolist()
    with pytest.raises(Differs, match="draws from Python's or NumPy's global random numbers"):
        vectorize(f)([1.0, 2.0])
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before


def test_a_generator_of_its_own_is_seen():
    own = random.Random(0)
    with pytest.raises(Differs, match="does not compute the same for every data point"):
        vectorize(lambda x: x * own.choice([1.0, 2.0]))([1.0, 2.0])


TWO_FACED = [  # the outputs are the same, whatever stands for the weight w = 2
    (lambda x, w: x * (w if type(x) is Value else 2.0), r"0\.0 for .*and the function itself 3\.0"),
    (lambda x, w: x * (2.0 if type(x) is Value else w) + w * 0.0, r"3\.0 for .*and the function itself 0\.0"),
    (lambda x, w: x * (w if type(x) is Value else 2.0) + 1e12, r"0\.0 for .*and the function itself 3\.0"),
    (
        lambda x, w: x * 1e-10 * (2.0 if type(x) is Value else w) + w * 1.0 * 0.0,
        r"3e-10 for .*and the function itself 0\.0",
    ),
]


@pytest.mark.parametrize(("f", "words"), TWO_FACED)
def test_a_weight_whose_slope_the_program_lacks_or_adds_is_seen(f, words):
    w = Value(2.0)
    with pytest.raises(Differs, match="gives the derivative " + words):
        vectorize(lambda x: f(x, w))([3.0, 3.0])


def peeking(x, w):
    """Its path depends on the data, behind the back of what is traced."""
    return x * w if type(x) is Value and x.data > 1.5 else x


def test_a_path_that_depends_on_the_data_is_seen_where_points_differ():
    with pytest.raises(Differs, match="the program traced on one data point gives"):
        vectorize(lambda x: peeking(x, Value(2.0)))([1.0, 1.0, 2.0, 1.0])
    with pytest.raises(Differs, match="the program traced on one data point gives"):
        vectorize(lambda x: peeking(x, Value(2.0)))([*np.linspace(0.0, 1.0, 30), 2.0])
    for later in ([2.0, 1.0, 1.0], [1.0, 1.0, 2.0]):
        loss = vectorize(lambda x: peeking(x, Value(2.0)))
        assert loss([1.0, 1.0, 1.0]).data == 1.0
        with pytest.raises(Differs, match="the program traced on one data point gives"):
            loss(later)


def test_as_many_outputs_are_needed_for_every_data_point():
    for last in (2, 3):
        many = vectorize(lambda x, last=last: [x * 2.0] * (last if type(x) is Value and x.data > 1.5 else 1))
        with pytest.raises(Differs, match=r"gives \[.*\] for data point \d .*does not compute the same"):
            many.map([1.0, 1.0, 2.0])


def test_the_error_of_a_data_point_comes_before_that_of_a_formula_that_is_not_known():
    sine = Op("sine", value=lambda z: math.sin(z), derivatives=[lambda a, z: math.cos(z)])
    with pytest.raises(ValueError, match=r"log needs x > 0, got -0\.8.* \(data point 0, counted from 0\)"):
        vectorize(lambda x: sine(x).log())([-1.0, 1.0])
    with pytest.raises(NoFormula, match="formula"):
        vectorize(lambda x: sine(x).log())([1.0, 1.0])
    w = Value(1.0)
    with pytest.raises(ValueError, match=r"log needs x > 0, got -9\.0\. .*\(data point 0, counted from 0\)"):
        vectorize(lambda x: (Value(9.0, (w,), "by hand") * x).log())([-1.0, 1.0])
    with pytest.raises(NoFormula, match="by hand was made by hand"):
        vectorize(lambda x: (Value(9.0, (w,), "by hand") * x).log())([1.0, 1.0])


# --- what has changed ---------------------------------------------------------------------------------------------------


def graph(f):
    return average([f(x, y) for x, y in zip(X.tolist(), Y.tolist(), strict=True)])


def gradients(J, parameters):
    for p in parameters:
        p.grad = 0.0
    J.backward()
    return [p.grad for p in parameters]


CHANGES = {
    "a neuron appended": lambda m, held: (m.layers[0].neurons.append(copy.deepcopy(m.layers[0].neurons[0])), [n.w.append(Value(0.5)) for n in m.layers[1].neurons]),
    "a neuron appended that weighs nothing yet": lambda m, held: (m.layers[0].neurons.append(copy.deepcopy(m.layers[0].neurons[0])), [n.w.append(Value(0.0)) for n in m.layers[1].neurons]),
    "a bias less": lambda m, held: setattr(m.layers[0].neurons[0], "b", None),
    "another activation": lambda m, held: setattr(m.layers[0], "activation", "relu"),
    "a number that f reads": lambda m, held: held.update(factor=2.0),
    "a small change of it": lambda m, held: held.update(factor=1.0001),
    "a weight replaced by an equal one": lambda m, held: m.layers[1].neurons[0].w.__setitem__(0, Value(m.layers[1].neurons[0].w[0].data)),
    "a weight frozen": lambda m, held: setattr(m.layers[1].neurons[0].w[0], "role", "constant"),
    "a flag": lambda m, held: held.update(flag=True),
    "a term of one class": lambda m, held: held.update(class_2=5.0),
    "a slope alone": lambda m, held: held.update(pull=1e-3),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_function_that_changed_is_traced_anew(change):
    model, held = MLP(2, [3, 1], "tanh", seed=0), {"factor": 1.0, "flag": False, "class_2": 0.0, "pull": 0.0}
    b = model.layers[1].neurons[0].b

    def f(x, y):
        g = model(x) * held["factor"]
        g = g.sin() if held["flag"] else g
        J = squared_loss(g, y) + held["class_2"] * g * g * y * (y - 1.0)
        return J + held["pull"] * (b - b.data)

    loss = vectorize(f)
    for _ in range(2):
        assert loss(X, Y).data == pytest.approx(graph(f).data, rel=1e-12)
    CHANGES[change](model, held)
    J, wanted = loss(X, Y), graph(f)
    assert J.data == pytest.approx(wanted.data, rel=1e-12)
    parameters = model.parameters()
    assert gradients(J, parameters) == pytest.approx(gradients(wanted, parameters), rel=1e-11, abs=1e-14)
    assert set(J.parents) == {p for p in parameters if p.varies}


def test_a_number_that_becomes_a_parameter_learns_from_then_on():
    """Also one that f made anew at each call, and that is equal."""
    held = []
    loss = vectorize(lambda x: (held[0] if held else Value(2.0)) * x)
    for parameters in ([], [Value(2.0)], [], [Value(2.0)]):
        held[:] = parameters
        for _ in range(2):
            assert loss([1.0, 4.0]).parents == (*parameters,)


def test_outputs_follow_too():
    model = MLP(2, [3, 2], "tanh", seed=0)
    outputs = vectorize(model)
    outputs.map(X)
    model.layers[1].neurons[0].activation = "sigmoid"
    assert outputs.map(X) == pytest.approx(np.array([[g.data for g in model(x)] for x in X.tolist()]), rel=1e-13)
    model.layers[1].neurons.append(copy.deepcopy(model.layers[1].neurons[0]))
    assert outputs.map(X).shape == (9, 3)


def test_outputs_in_another_order_and_a_list_of_one_are_another_answer():
    w, of = Value(2.0), [lambda a, b: [a, b]]
    outputs = vectorize(lambda x: of[0](w * x, x + 1.0))
    for answer, wanted in (
        (lambda a, b: [a, b], [[6.0, 4.0]]),
        (lambda a, b: [b, a], [[4.0, 6.0]]),
        (lambda a, b: a, [6.0]),
        (lambda a, b: [a], [[6.0]]),
    ):
        of[0] = answer
        assert outputs.map([3.0]).tolist() == wanted


def test_a_function_may_change_the_row_that_it_is_given():
    def f(x):
        x[0] = x[0] * 2.0
        x.append(x[0] * x[1])
        return total(x)

    assert vectorize(f).map([[1.0, 3.0], [2.0, 5.0]]).tolist() == [2.0 + 3.0 + 6.0, 4.0 + 5.0 + 20.0]


def test_rounding_of_large_terms_that_cancel_is_no_difference():
    w = [Value(1e16), Value(1.0), Value(-1e16)]  # added up one by one the 1 is lost, and `weighted_sum` rounds once
    assert vectorize(lambda x: weighted_sum(w, x))(np.ones((4, 3))).data in (0.0, 1.0, 2.0)
    outputs = vectorize(lambda x: [weighted_sum(w, x), x[0] * 2.0]).map(np.ones((4, 3)))
    assert {*outputs[:, 0]} <= {0.0, 1.0, 2.0}


@pytest.mark.parametrize("z", [5e-324, 1e-310, -3e-320, 720.0, 744.0, 745.0])
@pytest.mark.parametrize(
    "f", [lambda z: z * z, lambda z: (-z).exp() * z, lambda z: cross_entropy_from_logits([z, 0.0], 0)]
)
def test_rounding_of_numbers_that_are_all_but_0_is_no_difference(f, z):
    w = Value(z)
    J = vectorize(lambda x: f(w) + 0.0 * x)([1.0, 2.0, 3.0])
    wanted = average([f(w)] * 3)
    wanted.backward()
    assert J.data == pytest.approx(wanted.data, rel=1e-12, abs=1e-322)
    assert J.local_derivatives[0] == pytest.approx(w.grad, rel=1e-12, abs=1e-320)


def test_rounding_in_what_a_slope_is_made_of_is_no_difference():
    gains = [Value(1.0) for _ in range(6)]  # of a normalized row of equal numbers: times 0, or what rounding left of it

    def normalized(x, y):
        mean = average(x)
        size = (average([(v - mean) ** 2 for v in x]) + 1e-5).sqrt()
        return squared_loss(weighted_sum(gains, [(v - mean) / size for v in x]), y)

    for v in (0.1, 0.7, 1.1, 2.3, 123.4):
        J = vectorize(normalized)([[v] * 6] * 3, [1.0, 0.5, -2.0])
        assert max(map(abs, J.local_derivatives)) < 1e-10


def test_what_still_differs_is_an_error_that_says_so():
    numbers = {"use": False}
    own = random.Random(1)
    loss = vectorize(lambda x, y: squared_loss(x[0] * (own.random() if numbers["use"] else 1.0), y))
    loss(X, Y)
    numbers["use"] = True
    with pytest.raises(Differs, match=r"does not compute the same.*If it has changed, call vectorize again"):
        loss(X, Y)


def test_checks_become_rare():
    calls = []

    def f(x, y):
        calls.append(None)
        return squared_loss(x[0], y)

    loss = vectorize(f)
    counts = []
    for _ in range(300):
        calls.clear()
        loss(X, Y)
        counts.append(len(calls))
    looked = [i for i, count in enumerate(counts, 1) if count]
    assert looked == [*range(1, 9), 64]
    assert counts[0] > counts[63]


# --- threads and processes ----------------------------------------------------------------------------------------------


def trace_in_a_child(queue):
    queue.put(vectorize(lambda x: x * 2.0)([1.0, 3.0]).data)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:os.fork:RuntimeWarning")  # the other one is JAX's
def test_a_process_forked_while_another_thread_traces_can_trace():
    inside, done = threading.Event(), threading.Event()

    def slow(x):
        inside.set()
        done.wait(20)
        return x * 2.0

    thread = threading.Thread(target=lambda: vectorize(slow)([1.0]))
    thread.start()
    inside.wait(20)
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=trace_in_a_child, args=(queue,))
    child.start()
    try:
        assert queue.get(timeout=20) == 4.0
    finally:
        done.set()
        thread.join()
        child.kill()
        child.join()


def test_values_of_other_threads_may_be_looked_at_meanwhile():
    v, seen = Value(3.0), []

    def f(x):
        thread = threading.Thread(target=lambda: seen.append((v.data, v > 2.0, repr(v))))
        thread.start()
        thread.join()
        return x * v

    vectorize(f)([1.0])
    assert seen[0] == (3.0, True, "Value(data=3.0, grad=0.0)")


FROZEN = [
    lambda x, c, p: (c * x + p) ** 2,
    lambda x, c, p: x * p + maximum(c * c, c * c, p),
    lambda x, c, p: (c * c).exp() * x,
    lambda x, c, p: abs(c) + Value(2.0) * 3.0,
    lambda x, c, p: weighted_sum([c, p], [x, 2.0], c) + total([c * c, Value(1.0) * 2.0, p]),
]


@pytest.mark.parametrize("f", FROZEN)
def test_a_frozen_value_is_read_at_every_call_and_learns_again_when_it_is_frozen_no_more(f):
    c, p, xs = Value(0.5), Value(1.5), [1.0, -2.0, 0.25]
    c.role = "constant"
    loss = vectorize(lambda x: f(x, c, p))

    def both():
        found = []
        for J in (loss(xs), average([f(x, c, p) for x in xs])):
            c.grad = p.grad = 0.0
            J.backward()
            found.append((J.data, c.grad, p.grad))
        assert found[0] == pytest.approx(found[1], rel=1e-12)

    for _ in range(10):
        both()
    c.data = 3.0
    both()
    c.role = "parameter"
    both()
    c.role = "constant"
    both()


def test_what_has_changed_is_seen_even_if_no_point_that_is_looked_at_feels_it():
    """At the first and at the last data point a leaky ReLU of any slope is the identity."""
    slope, w = [0.0], Value(1.0)
    loss = vectorize(lambda x, t: (x * w).leaky_relu(slope[0]) * t)
    xs, ts = [1.0, *[-1.0] * 30, 2.0], [float(t) for t in range(32)]
    loss(xs, ts)
    slope[0] = 0.5
    wanted = average([(Value(x) * w).leaky_relu(0.5) * t for x, t in zip(xs, ts, strict=True)]).data
    assert loss(xs, ts).data == pytest.approx(wanted, rel=1e-12)


INFINITE = [
    lambda v: v.relu(), lambda v: v.tanh(), lambda v: v.sigmoid(), lambda v: v.exp(), lambda v: maximum(v, 1.0),
    lambda v: 1.0 / (v - 5.0), lambda v: v.softplus() * 0.0 + v.tanh(),
]  # fmt: skip


@pytest.mark.parametrize("f", INFINITE)
def test_an_infinite_number_of_the_data_does_in_matrices_what_it_does_on_values(f):
    for number, xs in ((1.0, [-math.inf, 1.0]), (math.inf, [0.5, 2.0]), (-math.inf, [0.5, 2.0])):
        w = Value(number)
        loss = vectorize(lambda x, w=w: f(w * x))
        graph = average([f(w * x) for x in xs])
        graph.backward()
        J = loss(xs)
        assert (J.data, *J.local_derivatives) == pytest.approx((graph.data, w.grad), nan_ok=True)


def test_outputs_need_no_derivative_also_where_they_are_infinite():
    w = Value(0.0)
    assert vectorize(lambda x: x * 1.0 + w.sqrt()).map([math.inf, 1.0]).tolist() == [math.inf, 1.0]


TOO_LARGE_ON_THE_WAY = [
    lambda x: 1.0 / (1.0 + x.exp()),
    lambda x: minimum(x.exp(), 5.0),
    lambda x: (x * 1e306).tanh(),
    lambda x: [x, (x**2 * 1e303).sigmoid()],
]


@pytest.mark.parametrize("f", TOO_LARGE_ON_THE_WAY)
def test_outputs_with_a_number_on_the_way_that_is_too_large_are_the_error_of_the_graph(f):
    xs = [i / 10 for i in range(40)]
    xs[3] = 800.0
    with pytest.raises(OverflowError, match=r"is too large for a float.*\(data point 3, counted from 0"):
        vectorize(f).map(xs)


def test_what_a_function_keeps_of_a_call_is_ordinary_afterwards():
    class Keeping(MLP):
        def __call__(self, x):
            self.last = self.layers[0](x)
            return self.layers[1](self.last)[0]

    model = Keeping(2, [3, 1], seed=0)
    program = vectorize(model)
    for _ in range(3):
        program.map(X)
        assert [type(a) for a in model.last] == [Value] * 3
        assert model.last[0].data in [model.layers[0].neurons[0](x).data for x in X]


@pytest.mark.parametrize(
    "keep",
    [
        lambda s, h: setattr(s, "kept", {"h": h}), lambda s, h: setattr(s, "kept", np.array(h)),
        lambda s, h: setattr(s, "kept", [h, h]), lambda s, h: setattr(s, "kept", (h[0], 1.0)),
        lambda s, h: setattr(s, "kept", iter(h)), lambda s, h: setattr(s.layers[0], "kept", {"h": h}),
        lambda s, h: s.kept.append({"h": h}), lambda s, h: s.last.append(h[0]), lambda s, h: s.by_name["h"].append(h[0]),
        lambda s, h: s.by_name.update(h={"h": h}),
    ],
)  # fmt: skip
def test_whatever_a_model_keeps_is_of_an_ordinary_call(keep):
    class Keeping(MLP):
        def __call__(self, x):
            h = self.layers[0](x)
            keep(self, h)
            return self.layers[1](h)[0]

    model = Keeping(2, [3, 1], "tanh", seed=0)
    model.kept, model.last, model.by_name = [], collections.deque(maxlen=9), collections.defaultdict(list)
    loss = vectorize(lambda x, y: squared_loss(model(x), y))
    for _ in range(3):
        loss(X, Y)
        copy.deepcopy([vars(model), vars(model.layers[0])])  # of a traced number, there would be none
    fit(model, X, Y, squared_loss, steps=9, batch_size=4, progress=False, vectorized=True, callback=lambda *_: None)
    copy.deepcopy([vars(model), vars(model.layers[0])])


def test_a_number_that_a_function_keeps_and_uses_again_makes_it_no_function():
    kept, w = [Value(0.0)], Value(2.0)

    def f(x):
        kept[0] = w * x + kept[0]
        return kept[0]

    with pytest.raises(Differs, match="does not compute the same for every data point"):
        vectorize(f)([1.0, 2.0])
    assert type(kept[0]) is Value


def test_a_number_that_is_kept_out_of_reach_is_ordinary_afterwards():
    h, w = Value(0.0), Value(2.0)

    def f(x):
        nonlocal h
        h = w * x + h
        return h

    with pytest.raises(Differs, match="does not compute the same for every data point"):
        vectorize(f)([1.0, 2.0])
    before = h.data
    assert (type(h), f(Value(1.0)).data, copy.deepcopy(h).data) == (Value, before + 2.0, before + 2.0)


def test_a_look_that_failed_is_taken_again_at_the_next_call():
    w, looks = Value(2.0), [False]
    loss = vectorize(lambda x: (w * x if x > 1.5 else -w * x) if looks[0] else w * x)
    for _ in range(7):
        loss([1.0, 2.0])
    looks[0] = True
    for _ in range(20):
        with pytest.raises(LookedAt, match="it was compared"):
            loss([1.0, 2.0])
    looks[0] = False
    assert loss([1.0, 2.0]).data == 3.0


class Recurrent(Module):
    """A network with a state that goes from one call to the next."""

    def __init__(self):
        self.w, self.u, self.h = Value(0.5), Value(0.1), 0.0

    def __call__(self, x):
        self.h = (self.w * x + self.u * self.h).tanh()
        return self.h


LOSSES = {
    "squared": squared_loss,
    "one that looks": lambda g, y: squared_loss(g, y) if g > -100.0 else g,
    "one without a formula": lambda g, y: Op("own", value=lambda z: float(z), derivatives=[lambda a, z: 1.0])(g - y),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_a_network_with_a_state_is_left_as_it_was_by_the_trace(loss):
    model = Recurrent()
    with pytest.raises((Differs, TypeError)):
        vectorize(lambda x, y: LOSSES[loss](model(x), y))([0.0, 1.0, 2.0, 3.0], [1.0, 2.0, 3.0, 0.5])
    assert type(model.h) is Value
    history = fit(
        Recurrent(), [0.0, 1.0, 2.0, 3.0], [1.0, 2.0, 3.0, 0.5], LOSSES[loss], steps=3, batch_size=4, progress=False
    )
    assert (history.vectorized, history.steps) == (False, 3)


@pytest.mark.parametrize("is_refused", [False, True])
def test_whatever_a_function_keeps_of_a_trace_has_the_numbers_of_the_data_point(is_refused):
    kept, w = [], Value(2.0)

    def f(x):
        kept.append((x, w * x))
        return w * x * (2.0 if is_refused and x > 0.0 else 1.0)

    with pytest.raises(LookedAt) if is_refused else contextlib.nullcontext():
        vectorize(f)([3.0, 4.0])
    for x, a in kept:
        assert type(x) is type(a) is Value
        a.backward()
        assert (x.data in (3.0, 4.0), a.data, a.local_derivatives[0], vars(a)) == (True, 2.0 * x.data, x.data, {})
    assert w.grad == sum(x.data for x, _ in kept)


def test_a_node_made_outside_f_needs_no_formula():
    w = Value(1.5)
    h = Value(9.0, (w,), "by hand")
    h._backward = lambda: setattr(w, "grad", w.grad + 6.0 * h.grad)
    J = vectorize(lambda x: x * (h * 2.0))([1.0, 3.0])
    J.backward()
    assert (J.data, J.parents, h.grad, w.grad) == (36.0, (h,), 4.0, 24.0)
    J = vectorize(lambda x: maximum(h, (h * x).sqrt()))([0.0, 36.0])  # at 0 on Values: the slope of √ is infinite there
    assert (J.data, J.parents, J.local_derivatives) == (13.5, (h,), (1.0,))


@pytest.fixture
def another_generator():
    before = np.random.get_bit_generator()
    np.random.set_bit_generator(np.random.PCG64(1))
    yield
    np.random.set_bit_generator(before)


def test_global_random_numbers_of_another_generator_are_refused_too(another_generator):
    w, state = Value(1.0), np.random.get_state(legacy=False)
    with pytest.raises(Differs, match="draws from Python's or NumPy's global random numbers"):
        vectorize(lambda x: w * x * float(np.random.random() > -1.0))([1.0, 2.0])
    assert np.random.get_state(legacy=False) == state


def test_ordinary_values_may_be_looked_at_in_f():
    w = Value(3.0)
    assert vectorize(lambda x: x * w if w.data > 1.0 else x)([1.0, 2.0]).data == 4.5


# --- what an error says of the function -------------------------------------------------------------------------------


def in_a_helper(v):
    return v // 2


def test_an_error_of_the_function_shows_where_in_it():
    with pytest.raises(TypeError, match=r"unsupported operand .*\(data point 0, counted from 0\)") as caught:
        vectorize(lambda x: in_a_helper(x)).map([1.0, 2.0])
    assert caught.traceback[-1].name == "in_a_helper"


REFUSED_AS_BEFORE = [
    (lambda x: x[0].leaky_relu(x[1]), TypeError, "slope is a setting, not an input"),
    (lambda x: Value(x[0]), TypeError, "it is a Value already"),
    (lambda x: math.exp(x[0]), LookedAt, r"it was converted to float.* For math\.exp\(x\) write x\.exp\(\)"),
]


@pytest.mark.parametrize(("f", "kind", "words"), REFUSED_AS_BEFORE)
def test_the_words_are_of_what_the_function_did_itself(f, kind, words):
    with pytest.raises(kind, match=words):
        vectorize(f).map([[1.0, 2.0]])


def test_a_number_of_the_data_point_may_be_called_a_constant_which_it_is():
    def f(x):
        x.role = "constant"
        return x * 2.0

    assert vectorize(f).map([1.0, 2.0]).tolist() == [2.0, 4.0]


def test_another_shape_needs_another_program():
    program = vectorize(lambda x: x[0] if isinstance(x, list) else x)
    program.map([[1.0, 2.0]])
    with pytest.raises(ValueError, match=r"now gets \(n,\); call vectorize again for these"):
        program.map([1.0])
    assert vectorize(program.f).map([1.0]).tolist() == [1.0]


def test_a_difference_names_the_data_point_at_which_it_is():
    calls = []

    def f(x):
        calls.append(None)
        return x * (5.0 if len(calls) == 4 else 1.0)

    with pytest.raises(
        Differs, match=r"gives \[4\.0\] for data point 2 \(counted from 0\), and the function itself \[20\.0\]"
    ):
        vectorize(f).map([2.0, 3.0, 4.0, 5.0])


def test_rounding_beside_a_mask_of_infinity_is_no_difference():
    gains = [Value(1.0) for _ in range(6)]  # of numbers minus their mean: times 0, or what rounding left of it

    def f(x):
        mean = average(x)
        return weighted_sum(gains, [v - mean for v in x]) + softmax([x[0], -math.inf])[0]

    for v in (0.1, 0.7, 1.1, 2.3, 123.4):
        assert vectorize(f)([[v] * 6] * 3).data == pytest.approx(1.0)


def test_one_value_and_a_list_of_it_are_two_answers():
    answer = [lambda v: v]
    program = vectorize(lambda x: answer[0](x * 2.0))
    assert program.map([1.0, 2.0]).tolist() == [2.0, 4.0]
    answer[0] = lambda v: [v]
    assert program.map([1.0, 2.0]).tolist() == [[2.0], [4.0]]


@pytest.mark.parametrize("of", ["outputs", "slopes"])
def test_a_deviation_that_is_no_rounding_is_found(of):
    w, calls = Value(0.5), []

    def f(x, y):
        calls.append(None)
        more = 1.0 + 1e-5 * (len(calls) == 4)
        return (w * more if of == "outputs" else w * more - 0.5 * (more - 1.0)) * x - y

    with pytest.raises(Differs, match="does not compute the same for every data point"):
        vectorize(f)([1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 0.0, 0.0])


def test_nan_where_the_function_has_a_number_is_a_difference():
    zero = Op("zero", value=lambda z: 0.0 * z, derivatives=[lambda a, z: 0.0], numpy="np.log")
    assert vectorize(zero).map([1.0, 1.0]).tolist() == [0.0, 0.0]
    with pytest.raises(Differs, match=r"gives \[nan\] for data point 1"):
        vectorize(zero).map([1.0, -1.0])


def test_an_error_whose_words_are_its_own_names_the_data_point_in_a_note():
    with pytest.raises(KeyError) as caught:
        vectorize(lambda x: x * {}["w"])([1.0])
    assert (caught.value.args, caught.value.__notes__) == (("w",), ["(data point 0, counted from 0)"])


def test_a_program_is_freed_at_once():
    """What its text defines holds itself in a cycle, and nobody may have to look for it; `fit` pauses the collector."""
    w, collecting = Value(2.0), gc.isenabled()
    gc.disable()
    try:
        loss = vectorize(lambda x: w * x)
        loss([1.0, 2.0])
        held = weakref.ref(loss.compiled.space["loss"])
        del loss
        assert held() is None
    finally:
        if collecting:
            gc.enable()
