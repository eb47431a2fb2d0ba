"""`explain`: its formulas say what the table says, and its numbers, multiplied, are what `backward` gives."""

import math
import random
import re
import time

import pytest
from mpmath import mp, mpf

from autograd import Op, Value, average, maximum, ops, softmax, topological_order, total, weighted_sum
from autograd.errors import NoFormula
from autograd.formulas.symbols import AT_LEAST, AT_MOST, BOTH, EQUAL, LESS, MORE, WHERE, Symbol, parts
from autograd.formulas.text import as_text
from nn import MLP, Neuron, cross_entropy, cross_entropy_from_logits, losses, nll_loss, squared_loss
from viz import explore
from viz.derivation.explain import explain
from viz.derivation.formulas import derivative_formula, value_formula

# --- the formulas, evaluated with 1000 digits --------------------------------------------------------------------------


def mp_softmax(*z, index):
    return 1 / mp.fsum(mp.exp(z_k - z[index]) for z_k in z)


MEANINGS = {
    "add": lambda x, y: x + y, "sub": lambda x, y: x - y, "mul": lambda x, y: x * y, "truediv": lambda x, y: x / y,
    "neg": lambda x: -x, "pow": lambda x, y: x**y, "abs": abs, "exp": mp.exp, "log": mp.log, "log1p": lambda x: mp.log(1 + x),
    "sqrt": mp.sqrt, "sin": mp.sin, "cos": mp.cos, "erf": mp.erf, "erfc": mp.erfc, "identity": lambda x: x,
    "sigmoid": lambda z: 1 / (1 + mp.exp(-z)), "tanh": mp.tanh, "relu": lambda z: max(z, 0),
    "leaky_relu": lambda z, slope: z if z >= 0 else mpf(slope) * z, "softplus": lambda z: mp.log(1 + mp.exp(z)),
    "gelu": lambda z: z * mp.erfc(-z / mp.sqrt(2)) / 2, "total": lambda *x: mp.fsum(x), "average": lambda *x: mp.fsum(x) / len(x),
    "weighted_sum": lambda *p: mp.fdot(p[: len(p) // 2], p[len(p) // 2 : len(p) // 2 * 2]) + mp.fsum(p[len(p) // 2 * 2 :]),
    "maximum": lambda *x: max(x), "minimum": lambda *x: min(x), "softmax": mp_softmax,
    LESS: lambda x, y: x < y, MORE: lambda x, y: x > y, AT_MOST: lambda x, y: x <= y, AT_LEAST: lambda x, y: x >= y,
    EQUAL: lambda x, y: x == y, BOTH: lambda x, y: x and y, WHERE: lambda condition, a, b: a if condition else b,
}  # fmt: skip


def evaluated(formula, letters):
    """What a formula means for these numbers, whatever the engine makes of it."""
    values = {}

    def value(x):
        return mpf(x) if isinstance(x, float) else values[id(x)]

    for part in parts([formula]):
        if isinstance(part, Symbol):
            values[id(part)] = letters[part.name]
        else:
            head = part.head.name if isinstance(part.head, Op) else part.head
            settings = part.head.settings if isinstance(part.head, Op) else {}
            values[id(part)] = MEANINGS[head](*map(value, part.arguments), **settings)
    return value(formula)


ENTRIES = [(op, sample) for op in [*ops.TABLE.values(), *losses.TABLE.values()] for sample in op.samples]
ONE_HOT, INDEX = (
    op.bind(target=target) for op in [losses.TABLE["cross_entropy_from_logits"]] for target in ("one-hot", "index")
)
ENTRIES += [
    (ONE_HOT, (0.5, -1.0, 0.0, 1.0)),
    (INDEX, (0.5, -1.0, 3.0, 2.0)),
    (ops.softmax.bind(index=2), (0.1, 1.0, -4.0)),
]
ENTRIES += [(op.bind(target=target), sample) for op in [losses.TABLE["cross_entropy"]] for target, sample in (
    ("one-hot", (0.5, 0.25, 0.0, 1.0)), ("index", (0.5, 0.25, 0.125, 2.0)))]  # fmt: skip


def close(found, wanted):
    return abs(found - mpf(wanted)) <= mpf(1e-13) * abs(found) + mpf(5e-324)


@pytest.mark.parametrize(("op", "sample"), ENTRIES, ids=[f"{op!r}{sample}" for op, sample in ENTRIES])
def test_printed_formulas_are_the_tables_numbers(op, sample):
    letters = [Symbol(f"x{i}") for i in range(len(sample))]
    answer = op.value(*sample)
    slopes = op.local_derivatives(answer, sample, [True] * len(sample))
    with mp.workdps(1000):  # 1 − σ(1000) is 1e−435
        numbers = {letter.name: mpf(x) for letter, x in zip(letters, sample, strict=True)}
        exact = evaluated(value_formula(op, letters), numbers)
        assert close(exact, answer)
        for i, slope in enumerate(slopes):
            if math.isfinite(slope):
                formula = derivative_formula(op, i, letters, Symbol("a"))
                found = evaluated(formula, numbers | {"a": exact})
                assert close(found, slope), (as_text(formula), found, slope)


# --- the numbers ------------------------------------------------------------------------------------------------------


def read(cell):
    return float(cell.strip(" ()").replace("−", "-"))


def sums_of(block):
    """The sums of one block of equations, each a list of terms, each a list of its factors as text."""
    sums = []
    start = block.index(" = ")
    for line in block.split("\n"):
        sign, rest = line[start + 1], line[start + 3 :]
        if sign == "=":
            sums.append([])
        sums[-1].append(re.split(r" *(?: · ) *", rest.strip()))
    return sums


def check_numbers(derivation):
    """Every line of numbers of every block, multiplied and added from left to right, is the block's last number."""
    checked = 0
    for block in derivation.text.split("\n\n"):
        if not block.startswith("∂") or "worked out" in block:
            continue
        *before, ((last,),) = sums_of(block)
        value = read(last)
        for terms in before:
            try:
                numbers = [[read(factor) for factor in term] for term in terms]
            except ValueError:
                continue  # symbols
            products = []
            for term in numbers:
                g = 1.0
                for number in term:
                    g = g * number if g and number else 0.0
                products.append(g)
            rounded = 5e-6 * max(map(len, numbers)) * sum(map(abs, products))  # six digits each
            assert abs(sum(products) - value) <= rounded + 1e-300 or not math.isfinite(value), block
            checked += 1
    assert read(sums_of(derivation.text.split("\n\n")[0])[-1][0][0]) == float(f"{derivation.value:.6g}")
    return checked


def gradient(root, value):
    """What backward gives from zero, with all gradients put back."""
    nodes = topological_order(root)
    before = [node.grad for node in nodes]
    root.zero_grad()
    root.backward()
    found = value.grad
    for node, grad in zip(nodes, before, strict=True):
        node.grad = grad
    return found


@pytest.mark.parametrize(("op", "sample"), ENTRIES, ids=[f"{op!r}{sample}" for op, sample in ENTRIES])
def test_every_operation_is_explained(op, sample):
    inputs = [Value(x, label=f"x_{i}") for i, x in enumerate(sample, 1)]
    inner = [x * 1.0 for x in inputs]
    for root in (op(*inputs), op(*inner)):
        if not all(map(math.isfinite, root.local_derivatives)):
            continue
        for value in (*inputs, root):
            derivation = explain(root, value)
            assert repr(derivation.value + 0.0) == repr(gradient(root, value) + 0.0)
            check_numbers(derivation)
            assert derivation.text == str(derivation) == repr(derivation)
            assert derivation._repr_latex_() == f"$$\n{derivation.latex}\n$$"


WAYS = [
    lambda p, q: p + q, lambda p, q: p * q, lambda p, q: p - q, lambda p, q: p / (1.0 + q * q), lambda p, q: -p, lambda p, q: p.tanh(),
    lambda p, q: maximum(p, q), lambda p, q: weighted_sum([p, q, 2.0], [q, p, p], 0.5), lambda p, q: total([p, q, p]), lambda p, q: p * p,
    lambda p, q: (p * 0.1).sigmoid(), lambda p, q: p.relu(), lambda p, q: average([p, q]), lambda p, q: softmax([p, q, p])[1],
]  # fmt: skip


def random_graph(generator, size):
    values = [Value(generator.uniform(-1.5, 1.5), label=generator.choice(["", f"x_{i}", "x"])) for i in range(3)]
    for _ in range(size):
        node = generator.choice(WAYS)(generator.choice(values[-6:]), generator.choice(values))
        node.label = generator.choice(["", "", f"v_{len(values)}", "z"])
        values.append(node)
    return values


def test_products_are_backwards_gradients_on_random_graphs():
    generator = random.Random(5)
    checked = 0
    for _ in range(60):
        values = random_graph(generator, generator.randint(1, 25))
        root = values[-1]
        root.backward()
        grads = [value.grad for value in values]
        for value in values:
            derivation = explain(root, value)
            below = value in topological_order(root)
            assert derivation.value == (gradient(root, value) if below else 0.0)
            assert len(derivation.text.split("\n")) < 130
            checked += check_numbers(derivation)
        assert [value.grad for value in values] == grads  # explain leaves them alone
    assert checked > 800


# --- what a student reads ---------------------------------------------------------------------------------------------


def regressor(activation, bias=False):
    neuron = Neuron(2, activation, bias=bias, seed=0)
    neuron.w[0].data, neuron.w[1].data = 0.5, -1.0
    g = neuron([3.0, 1.0])
    g.label = "g"
    return neuron, squared_loss(g, 1.0)


def test_the_lectures_linear_regressor():
    neuron, loss = regressor("identity")
    assert str(explain(loss, neuron.w[0])) == (
        "∂ℒ/∂w₁ = ∂ℒ/∂g     · ∂g/∂z · ∂z/∂w₁\n"
        "       = 2·(g − y) · 1     · x₁\n"
        "       = −1        · 1     · 3\n"
        "       = −3\n\n"
        "where ℒ = (g − y)²\n"
        "      g = z\n"
        "      z = w₁·x₁ + w₂·x₂"
    )


def test_the_lectures_relu_and_sigmoid():
    neuron, loss = regressor("relu")
    assert "= 2·(g − y) · {0 if z < 0; 1 otherwise} · x₁\n" in str(explain(loss, neuron.w[0]))
    neuron, loss = regressor("sigmoid", bias=True)
    lines = explain(loss, neuron.w[1]).text.split("\n")
    assert re.sub(" +", " ", lines[0]) == "∂ℒ/∂w₂ = ∂ℒ/∂g · ∂g/∂z · ∂z/∂w₂"
    assert re.sub(" +", " ", lines[1]) == " = 2·(g − y) · σ(z)·(1 − σ(z)) · x₂"
    assert "where ℒ = (g − y)²\n      g = σ(z)\n      z = w₁·x₁ + w₂·x₂ + b" in "\n".join(lines)
    assert explain(loss, neuron.b).text.split("\n")[1].endswith("· 1")
    latex = explain(loss, neuron.w[0]).latex
    assert r"\dfrac{\partial \mathcal{L}}{\partial g}" in latex
    assert r"\sigma(z) \cdot \left(1 - \sigma(z)\right)" in latex


def test_the_lectures_logistic_loss():
    g = Neuron(2, "sigmoid", seed=0)([0.5, 1.0])
    g.label = "g"
    text = explain(nll_loss(g, 1.0), g).text
    assert "= (1 − y)/(1 − g) − y/g\n" in text
    assert "ℒ = −(y·log(g) + (1 − y)·log(1 − g))" in text
    factors = explain(nll_loss(g, 1.0), g.parents[0]).text
    assert "= ((1 − y)/(1 − g) − y/g) · σ(z)·(1 − σ(z))\n" in factors
    assert " · (1 − tanh(z)²)\n" in explain(1.0 / g.parents[0].tanh(), g.parents[0]).text
    z = [Value(x, label=f"z_{i}") for i, x in enumerate((0.1, -2.0), 1)]
    assert "= softmax₂(z₁, z₂) − 1\n" in explain(cross_entropy_from_logits(z, 1), z[1]).text
    assert "ℒ  = −log(v₂)\n" in explain(cross_entropy([v.sigmoid() for v in z], 1), z[1]).text


def test_the_derivatives_of_a_softmax_are_in_its_answers():
    g = softmax([Value(1.0, label="z_1"), Value(2.0, label="z_2")])[0]
    g.label = "g"
    assert explain(g, g.parents[0]).text.startswith("∂g/∂z₁ = g·(1 − g)\n")


def test_paths_that_meet_are_added():
    x = Value(3.0, label="x")
    f = x * x + x
    assert str(explain(f, x)) == (
        "∂f/∂x = ∂₂f/∂x\n      + ∂f/∂v₁ · ∂₁v₁/∂x\n      + ∂f/∂v₁ · ∂₂v₁/∂x\n"
        "      = 1\n      + 1      · x\n      + 1      · x\n"
        "      = 1\n      + 1      · 3\n      + 1      · 3\n"
        "      = 1\n      + 3\n      + 3\n"
        "      = 7\n\n"
        "here ∂₁ is the derivative for the first input alone, ∂₂ for the second, and so on\n\n"
        "where f  = v₁ + x\n      v₁ = x·x"
    )
    assert "= 2·x\n      = 6" in str(explain(x**2, x))
    assert "\n      = 3\n      + 3\n      + (−1)\n      = 5\n" in str(explain(-x + x * x, x))


def test_equal_slots_are_told_apart_and_no_left_side_stands_on_its_right():
    a = Value(3.0, label="a")
    b = a + a
    b.label = "b"
    assert str(explain(b, a)).startswith("∂b/∂a = ∂₁b/∂a\n      + ∂₂b/∂a\n      = 1\n      + 1\n      = 2\n")
    assert r"\dfrac{\partial_{2} b}{\partial a}" in explain(b, a).latex
    x = Value(0.7, label="x")
    for root in (x + x.sin(), x * x * x, (x * 2.0) + (x * x), maximum(x, x * x, x), total([x, x, x.exp()])):
        left, _, right = explain(root, x).text.split("\n\n")[0].partition(" = ")
        assert left not in right
        terms = [line.strip(" +=") for line in right.split("\n") if "∂" in line]
        assert len(set(terms)) == len(terms), right


def test_what_is_older_than_its_weights_says_so():
    w, x = Value(2.0, label="w"), Value(3.0, label="x")
    z = w * x
    z.label = "z"
    L = (z - 1.0) ** 2
    assert "older" not in explain(L, w).text
    w.data = 5.0
    assert "z is older than what it was computed from, which has changed since: run the forward pass again" in str(
        explain(L, w)
    )
    assert "older" in explain(L, w).latex


def test_what_was_computed_from_a_constant_is_older_than_a_weight():
    w, x = Value(2.0, label="w"), Value(3.0, label="x")
    w.role = "constant"
    L = (w * x) ** 2
    assert str(explain(L, w)).endswith('if it was a bare number, give Value(…), else write .role = "parameter"')
    w.role = "parameter"  # as it says; its recorded derivative is still a constant's
    assert "is older than what it was computed from, which has changed since" in str(explain(L, w))
    L = (w * x) ** 2
    assert explain(L, w).value == 36.0
    assert "older" not in str(explain(L, w))


def test_numbers_have_at_most_six_significant_digits():
    x = Value(1.0 / 3.0, label="x")
    text = explain((x * 12.3456789).sin(), x).text
    assert max(len(digits.replace(".", "").lstrip("0")) for digits in re.findall(r"\d+\.\d+", text)) == 6
    for number, shown, latex in ((2e-7, "2e−7", r"2 \times 10^{-7}"), (1e30, "1e30", "10^{30}")):
        derivation = explain(x * number, x)
        assert derivation.text.startswith(f"∂f/∂x = {shown}\n")
        assert f"= & \\displaystyle {latex}\n" in derivation.latex


def test_a_deep_network_names_the_factor_that_is_reused():
    model = MLP(2, [4, 4, 4, 1], "tanh", seed=0)
    loss = squared_loss(model([1.0, -2.0]), 0.5)
    first = explain(loss, model.layers[0].neurons[2].w[1]).text
    assert re.match(r"∂ℒ/∂w¹₃,₂ = ∂ℒ/∂z¹₃ +· ∂z¹₃/∂w¹₃,₂\n", first)
    assert re.search(r"\n∂ℒ/∂a¹₃ = ∂ℒ/∂z²₄ +· ∂z²₄/∂a¹₃\n +\+ ∂ℒ/∂z²₃ +· ∂z²₃/∂a¹₃\n", first)
    assert re.search(r"\n∂ℒ/∂z²₁ = \S+ +\(worked out once on the way down, for all of its 4 paths\)", first)
    last = explain(loss, model.layers[3].neurons[0].w[1]).text
    assert re.sub(" +", " ", last).startswith("∂ℒ/∂w⁴₁,₂ = ∂ℒ/∂g · ∂g/∂z⁴₁ · ∂z⁴₁/∂w⁴₁,₂\n")


def test_a_long_product_starts_at_a_gradient_that_is_used_more_than_once():
    a = Value(0.5, label="a_0")
    zs = []
    for k in range(1, 9):
        zs.append(a * Value(1.1, label=f"w_{k}"))
        a = zs[-1].tanh()
        zs[-1].label, a.label = f"z_{k}", f"a_{k}"
    text = re.sub(" +", " ", explain(a, zs[1]).text)
    assert text.startswith("∂a₈/∂z₂ = ∂a₈/∂z₃ · ∂z₃/∂a₂ · ∂a₂/∂z₂\n")


def diamonds(x, levels):
    value = x
    for _ in range(levels):
        value = 0.5 * value + 0.5 * value
    return value


def test_deep_graphs_have_short_answers_at_once():
    x = Value(1.0, label="x")
    tall = diamonds(x, 60)
    chain = wide = x
    for _ in range(50_000):
        chain = chain * 1.00001
        wide = wide * x
    started = time.process_time()
    derivations = [explain(tall, x), explain(chain, x), explain(wide, x), explain(diamonds(x, 5_000), x)]
    assert time.process_time() - started < 20
    for root, derivation in zip((tall, chain, wide), derivations, strict=False):
        assert derivation.value == gradient(root, x)
        assert len(derivation.text.split("\n")) < 40
        assert len(derivation.latex) < 6_000
        check_numbers(explain(tall, x))
    assert f"for all of its {2**59:,} paths" in derivations[0].text
    assert "⋯ 49,997 more" in derivations[2].text
    assert re.search(r"⋯ 49,997 more\n +\+ ∂f/∂v₁ +· ∂[₁₂]v₁/∂x\n", derivations[2].text)
    assert "for all of its paths, more than 10²⁴)" in derivations[3].text


@pytest.mark.long
def test_a_chain_of_a_million_nodes():
    x = Value(1.0, label="x")
    chain = x
    for _ in range(1_000_000):
        chain = chain * 1.0000001
    derivation = explain(chain, x)
    assert derivation.value == gradient(chain, x)
    assert len(derivation.text.split("\n")) < 20


def test_of_many_paths_the_first_three_and_the_last_are_written():
    x = Value(1.0, label="x")
    terms = [x * float(k) for k in range(1, 31)]
    for k, term in enumerate(terms, 1):
        term.label = f"z_{k}"
    derivation = explain(total(terms), x)
    assert derivation.value == 465.0
    written = re.findall(r"∂f/∂(\S+) +· ∂\S+/∂x|⋯ (\S+) more", derivation.text)[:5]
    assert [name or more for name, more in written] == ["z₃₀", "z₂₉", "z₂₈", "26", "z₁"]
    assert "where f   = z₁ + z₂ + … + z₃₀\n" in derivation.text


def test_a_value_that_is_not_reached():
    x, u = Value(3.0, label="x"), Value(1.0, label="u")
    assert str(explain(x * x, u)) == "∂f/∂u = 0\n\nno path leads from f down to u: f was not computed from it"
    assert "(another Value has this label)" in str(explain(x * x, Value(3.0, label="x")))
    assert str(explain(x * x, Value(1.0))).startswith("∂f/∂v = 0\n")
    alone = "\n\nno path leads from f down to v: f was not computed from it"
    assert str(explain(Value(2.0) * Value(3.0), Value(1.0))) == "∂f/∂v = 0" + alone
    twins = Value(2.0, label="x") * x
    assert str(explain(twins, Value(3.0, label="x"))).startswith("∂f/∂x = 0\n")  # it is neither x⁽¹⁾ nor x⁽²⁾
    _, loss = regressor("relu")
    constant = explain(loss, loss.parents[1])
    assert constant.value == 0.0
    assert (
        "y is a constant, so no gradient is worked out for it; give Value(…) instead of the bare number"
        in constant.text
    )
    assert str(explain(x, x)) == "∂x/∂x = 1"


def test_names():
    a, b = Value(2.0, label="a b"), Value(3.0)
    f = (a * b).exp() + Value(1.0, label="a b")
    text = explain(f, a).text
    assert "∂v₂/∂(a b)⁽¹⁾" in text
    assert "(a b)⁽²⁾" in text
    assert r"{\left(a\ b\right)}^{(1)}" in explain(f, a).latex
    assert re.search(r"v. = 3$", text, re.M)  # a leaf without a label is told by its number
    v = Value(1.0, label="v")
    assert "u₁ = v·v" in explain((v * v).exp(), v).text
    f = Value(1.0, label="f")
    assert explain(f * 2.0, f).text.startswith("∂F/∂f = 2")


@pytest.mark.parametrize(("label", "square"), [("a^1", "(a¹)²"), ("z^2_3", "(z²₃)²"), ("2x", "(2x)²"), ("w_1", "w₁²")])
def test_a_power_of_a_letter_with_a_superscript_is_no_other_superscript(label, square):
    x = Value(3.0, label=label)
    f = (x**2) ** 2
    derivation = explain(f, x)
    assert f"v₁ = {square}" in derivation.text
    assert not re.search(r"\^{[^{}]*}\^", derivation.latex)  # LaTeX refuses a double superscript


def test_a_second_superscript_in_latex_stands_on_a_group():
    x = Value(3.0, label="x^1_2^3")
    assert r"\partial {x^{1}_{2}}^{3}}" in explain(x * 2.0, x).latex


def test_squares_of_two_data_points_are_told_apart_in_latex():
    xs = [Value(2.0, label="x"), Value(3.0, label="x")]
    derivation = explain(xs[0] ** 2 * xs[1] ** 2, xs[0])
    assert "(x⁽¹⁾)²" in derivation.text
    assert r"\left({x}^{(1)}\right)^{2}" in derivation.latex


@pytest.mark.parametrize(("one", "other"), [("y" * 50 + "1", "y" * 50 + "2"), ("a b", "a\nb"), ("a b", "a  b")])
def test_labels_that_look_the_same_are_told_apart_whatever_they_are(one, other):
    x, y = Value(2.0, label=one), Value(3.0, label=other)
    text = explain(x * y, x).text
    assert "⁽¹⁾" in text
    assert text.count("⁽²⁾") == 2


def test_a_negative_formula_after_a_dot_is_in_parentheses_like_a_negative_number():
    x, y = Value(2.0, label="x"), Value(3.0, label="y")
    assert "= 2·v₁   · (−1)" in explain((x - y) ** 2, y).text
    assert "= −1\n" in explain(x - y, y).text


def test_data_points_are_told_apart():
    model = Neuron(1, "identity", bias=False, seed=0)
    loss = average([squared_loss(model([x]), y) for x, y in ((1.0, 2.0), (3.0, 4.0))])
    loss.label = "J"
    text = explain(loss, model.w[0]).text
    for i in "¹²":
        assert re.search(rf"∂J/∂ℒ⁽{i}⁾ +· ∂ℒ⁽{i}⁾/∂g⁽{i}⁾ +· ∂g⁽{i}⁾/∂z⁽{i}⁾ · ∂z⁽{i}⁾/∂w₁", text)
        assert re.search(rf"1/2 +· 2·\(g⁽{i}⁾ − y⁽{i}⁾\) +· 1 +· x₁⁽{i}⁾", text)


def test_a_users_operation():
    swish = Op("swish", lambda z: z * ops.sigmoid(z), [lambda a, z: a + ops.sigmoid(z) * (1 - a)])
    z = Value(0.5, label="z")
    assert "= swish(z) + σ(z)·(1 − swish(z))\n" in explain(swish(z), z).text
    step = Op("step", math.floor, [lambda a, z: 2.0 if z > 0 else 0.0])
    assert "step: its derivative can't be written as a formula, only its number" in explain(step(z) * z, z).text
    assert explain(step(z) * z, z).value == gradient(step(z) * z, z) == 1.0
    other = Op("sigmoid", lambda z: 2.0 * z, [lambda a, z: 2.0])
    assert explain(other(z), z).text.startswith("∂f/∂z = 2\n")  # of the same name, and not the table's


def test_a_factor_zero_ends_its_path():
    x = Value(0.0, label="x")
    derivation = explain(maximum(x.sqrt(), 1.0) + x, x)
    assert derivation.value == 1.0
    assert check_numbers(derivation) == 2
    assert "a factor 0 ends its path: what comes after it counts no more" in derivation.text
    far = explain(x.exp() * math.inf, x)
    assert far.value == math.inf
    assert "a factor 0" not in far.text  # there is none


def test_where_backward_raises_so_does_explain():
    x = Value(0.0, label="x")
    for root in (x.sqrt(), x * 1e200 * 1e200):
        with pytest.raises((ValueError, OverflowError)) as by_backward:
            root.backward()
        with pytest.raises(type(by_backward.value)) as by_explain:
            explain(root, x)
        assert str(by_explain.value) == str(by_backward.value)


def test_what_lies_beside_the_way_does_not_matter():
    w, x = Value(2.0, label="w"), Value(0.0, label="x")
    assert explain(w + x.sqrt(), w).value == 1.0  # for x the derivative is infinite
    assert explain(w + Value(0.0, (x, x), "*"), w).value == 1.0
    half = Value(0.5)
    assert explain(x**half, half).value == 0.0
    with pytest.raises(TypeError, match=r"declare Op\('\*', value="):
        explain(w + Value(0.0, (x, x), "*"), x)


def test_a_formula_after_a_gradient_is_in_parentheses_if_it_is_a_sum():
    z = Value(0.5, label="z")
    h = z.tanh()
    h.label = "h"
    assert re.search(r"= ∂f/∂h +· \(1 − tanh\(z\)²\)\n", explain(h * h + h, z).text)


def test_what_a_letter_without_a_label_means_is_told_however_many_there_are():
    w, xs = [Value(1.0, label=f"w_{k}") for k in range(8)], [Value(float(k)) for k in range(8)]
    assert explain(weighted_sum(w, xs), xs[-1]).text.endswith("v₈ = 7")


def test_hostile_labels_stay_on_their_line():
    for label in ("a\nb", "\x1b[31m", "\u202ex", "\ud800", "x" * 10_000, "a\tb\r\n"):
        x = Value(2.0, label=label)
        for shown in (explain(x * 2.0, x).text, explain(x * 2.0, x).latex):
            assert not re.search("[\x00-\x09\x0b-\x1f\u202e\ud800]", shown)
            assert len(shown.split("\n")) < 20
            assert max(map(len, shown.split("\n"))) < 1_000


def test_errors():
    x = Value(1.0)
    with pytest.raises(TypeError, match=r"as root, got list \[Value.*; write \[explain\(g, w\) for g in …\]$"):
        explain([x], x)
    with pytest.raises(TypeError, match=r"explain needs a Value as root, got float 1\.0; write explain\(loss, w\)"):
        explain(1.0, x)
    with pytest.raises(TypeError, match=r"as wrt, got list .*; write \[explain\(loss, w\) for w in …\]$"):
        explain(x, [x])
    with pytest.raises(TypeError, match=r"as wrt, got str 'w'"):
        explain(x, "w")


def test_equal_graphs_have_equal_derivations():
    texts = set()
    for _ in range(3):
        x = Value(3.0)
        f = (x * x + x).tanh() * x
        texts.add((explain(f, x).text, explain(f, x).latex))
    assert len(texts) == 1


@pytest.mark.parametrize("show", [explain, lambda root, wrt: explore(root)])
def test_a_backward_made_by_hand_is_not_what_the_formula_says(show):
    x = Value(3.0)
    y = x * 1.0
    y._backward = lambda: None
    with pytest.raises(NoFormula, match=r"the _backward of Value\(data=3\.0.* was made by hand"):
        show(y * 2.0, x)
