"""Formulas: each entry of the table, printed in every language, says the same as the table."""

import math
import random
import re
import shutil
import subprocess

import numpy as np
import pytest
from shared import hostile
from shared.arithmetic import ulps

from autograd import Op, ops
from autograd.formulas import Named
from autograd.formulas.code import JavaScript, NumPy, formula_of
from autograd.formulas.text import Symbol, as_latex, as_text
from autograd.ops import equal, where

ENTRIES = [(op, sample) for op in ops.TABLE.values() for sample in op.samples]
NAMES = [f"{op.name}{sample}" for op, sample in ENTRIES]
x, y, z, a = map(Symbol, "xyza")


def numpy_functions(op, n_inputs):
    """The value and the derivatives of an operation, as functions of NumPy arrays made from their printed text."""
    code = NumPy()
    letters = [Symbol(f"v{i}") for i in range(n_inputs)]
    value = code.write(op(*letters))
    slopes = [code.slope(op, i, n_inputs) for i in range(n_inputs)]
    names = ", ".join(letter.name for letter in letters)
    source = "\n".join(
        ["import math, numpy as np", *code.called(), code.definitions(), f"def value({names}): return {value}"]
    )
    space = {}
    exec(source, space)
    return space["value"], [space[slope] for slope in slopes]


@pytest.mark.parametrize(("op", "sample"), ENTRIES, ids=NAMES)
def test_numpy_text_equals_the_table(op, sample):
    value, slopes = numpy_functions(op, len(sample))
    columns = [np.array([number, number]) for number in sample]
    wanted = op.value(*sample)
    with np.errstate(all="ignore"):
        assert ulps(float(value(*columns)[0]), wanted) <= 4
        answer = np.full(2, wanted)
        exact = op.local_derivatives(wanted, sample, [True] * len(sample))
        for slope, number in zip(slopes, exact, strict=True):
            found = float(np.broadcast_to(slope(answer, *columns), 2)[1])
            assert ulps(found, number) <= 8, (found, number)


@pytest.mark.skipif(not shutil.which("node"), reason="needs node to run JavaScript")
def test_javascript_text_equals_the_table():
    lines, wanted = [], []
    code = JavaScript()
    for op, sample in ENTRIES:
        letters = [Symbol(f"v{i}") for i in range(len(sample))]
        numbers = ", ".join(map(repr, sample))
        answer = op.value(*sample)
        calls = [(code.write(op(*letters)), answer)]
        exact = op.local_derivatives(answer, sample, [True] * len(sample))
        names = ", ".join(letter.name for letter in letters)
        for i, number in enumerate(exact):
            calls.append((f"{code.slope(op, i, len(sample))}({answer!r}, {names})", number))
        for text, number in calls:
            lines.append(f"out.push((({names}) => {text})({numbers}));")
            wanted.append((op.name, text, number))
    prelude = (
        "function erf(x) { return NaN; } function erfc(x) { return NaN; }\n"  # the page brings these: tested there
        "function total(...v) { let s = 0, c = 0; for (const x of v) { const t = s + x; "
        "c += Math.abs(s) >= Math.abs(x) ? (s - t) + x : (x - t) + s; s = t; } return s + c; }\n"
    )
    script = f"'use strict';\n{prelude}{code.definitions()}\nconst out = [];\n" + "\n".join(lines)
    script += "\nconsole.log(out.map(v => Object.is(v, -0) ? '-0' : String(v)).join(' '));"
    run = subprocess.run(["node", "-"], input=script, capture_output=True, text=True, timeout=300, check=True)
    found = [float(word.replace("Infinity", "inf")) for word in run.stdout.split()]
    assert len(found) == len(wanted)
    for number, (name, text, exact) in zip(found, wanted, strict=True):
        if name not in ("erf", "erfc", "gelu") or "erf" not in code.definitions() + text:
            bound = 400 if name == "pow" else 8  # V8's pow
            assert ulps(number, exact) <= bound, (name, text, number, exact)


TEXTS = [
    (ops.sigmoid(z) * ops.sigmoid(-z), "σ(z)·σ(−z)", r"\sigma(z) \cdot \sigma(-z)"),
    (x - (y - z), "x − (y − z)", r"x - \left(y - z\right)"),
    (x + (y + z), "x + y + z", "x + y + z"),
    (x * (y + 1), "x·(y + 1)", r"x \cdot \left(y + 1\right)"),
    (x / (y * z), "x/(y·z)", r"\frac{x}{y \cdot z}"),
    (-(x + y) ** 2, "−(x + y)²", r"-\left(x + y\right)^{2}"),
    ((-x) ** -1, "(−x)⁻¹", r"\left(-x\right)^{-1}"),
    (x ** (y + 1), "x^(y + 1)", "x^{y + 1}"),
    ((x / y) ** 2, "(x/y)²", r"\left(\frac{x}{y}\right)^{2}"),
    (2 * (x - y), "2·(x − y)", r"2 \cdot \left(x - y\right)"),
    (abs(x - y), "|x − y|", r"\left|x - y\right|"),
    (ops.sqrt(x / 2), "√(x/2)", r"\sqrt{\frac{x}{2}}"),
    (ops.erf.printed_derivatives[0](None, x), "2/√π·exp(−x²)", r"\frac{2}{\sqrt{\pi}} \cdot \exp(-x^{2})"),
    (x / ops.ROOT_TWO, "x/√2", r"\frac{x}{\sqrt{2}}"),
    (ops.average.printed_derivatives(None, x, y, x)[1] * x, "1/3·x", r"\frac{1}{3} \cdot x"),
    (x / Named(0.5, "1/2", r"\frac{1}{2}"), "x/(1/2)", r"\frac{x}{\frac{1}{2}}"),
    (ops.maximum(x, y, x, y), "max(x, y, x, y)", r"\max(x, y, x, y)"),
    (ops.maximum(x, y, x, x, y), "max(x, …, y)", r"\max(x, \ldots, y)"),
    (ops.exp(x / 2), "exp(x/2)", r"\exp\left(\frac{x}{2}\right)"),
    (where(z < 0, 0.0, 1.0), "{0 if z < 0; 1 otherwise}", r"\begin{cases} 0 & \text{if } z < 0 \\ 1 & \text{otherwise} \end{cases}"),
    (where((x < 1) & (y >= 2), x, y), "{x if (x < 1) and (y ≥ 2); y otherwise}", None),
    (ops.absolute.derivatives[0](a, x), "{0 if x = 0; −1 if x < 0; 1 otherwise}", None),
    (ops.weighted_sum(x, y, a, z, 1.5), "x·a + y·z + 1.5", None),
    (ops.softmax.bind(index=1)(x, y), "softmax₂(x, y)", r"\operatorname{softmax}_{2}(x, y)"),
    (x * 1e-7, "x·1e−07", r"x \cdot 1 \cdot 10^{-7}"),
    (x * 1e20, "x·1e20", r"x \cdot 1 \cdot 10^{20}"),
    (x + (-y + z), "x + (−y + z)", r"x + \left(-y + z\right)"),
    (Symbol("w1", text="w₁", latex="w_1") * x, "w₁·x", r"w_1 \cdot x"),
    (Symbol("a1", text="a¹", latex="a^{1}") ** 2, "(a¹)²", r"\left(a^{1}\right)^{2}"),
    (1 / Symbol("a1", text="a¹", latex="a^{1}"), "1/a¹", r"\frac{1}{a^{1}}"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "text", "latex"), TEXTS, ids=[text for _, text, _ in TEXTS])
def test_readers_get_as_few_parentheses_as_needed(formula, text, latex):
    assert as_text(formula) == text
    assert latex is None or as_latex(formula) == latex


SIMPLER = [
    (x * 1, "x"), (1.0 * x, "x"), (x + 0, "x"), (0 + x, "x"), (x - 0.0, "x"), (x * 0, "0"), (0 - (-x), "x"),
    (x / 1, "x"), (x + -y, "x − y"), (x - -y, "x + y"), (x * -y, "−x·y"), (x + -2.0, "x − 2"), (x**1, "x"),
    (x**0, "1"), (0 - x, "−x"), (equal(x, y), "x = y"), (ops.total(x, 0.0, y), "x + y"), (ops.total(0.0, x), "x"),
]  # fmt: skip


def test_what_numbers_leave_obvious_is_left_out():
    for formula, text in SIMPLER:
        assert as_text(formula) == text


WAYS = [
    lambda p, q: p + q, lambda p, q: p - q, lambda p, q: p * q, lambda p, q: p / (1.0 + q * q), lambda p, q: -p,
    lambda p, q: abs(p) ** 0.5, lambda p, q: where(p < q, p, 2.0 * q), lambda p, q: ops.sigmoid(p),
    lambda p, q: where((p < q) & (p + q > 2.0), p, 2.0 * q),
]  # fmt: skip


def test_random_formulas_mean_the_same_printed():
    """A formula's NumPy text, evaluated, is the formula run on numbers."""
    random.seed(7)
    for _ in range(300):
        numbers = [random.uniform(0.5, 2.0) for _ in range(3)]

        def grow(leaves):
            pool = list(leaves)
            for _ in range(random.randint(1, 8)):
                p, q = random.choice(pool), random.choice(pool)
                pool.append(random.choice(WAYS)(p, q))
            return pool[-1]

        state = random.getstate()
        wanted = grow(numbers)
        random.setstate(state)
        formula = grow([x, y, z])
        code = NumPy()
        lines = ["def f(x, y, z):", *code.body(formula)]
        space = {}
        exec("\n".join(["import math, numpy as np", *code.called(), code.definitions(), *lines]), space)
        assert float(space["f"](*map(np.float64, numbers))) == pytest.approx(wanted, rel=1e-14)
        assert float(eval(code.write(formula), space, dict(zip("xyz", numbers, strict=True)))) == pytest.approx(
            wanted, rel=1e-14
        )


def test_a_users_op_is_printed_by_its_formula():
    swish = Op("swish", value=lambda z: z * ops.sigmoid(z), derivatives=[lambda a, z: a + ops.sigmoid(z) * (1 - a)])
    assert as_text(swish(z)) == "swish(z)"
    assert as_latex(swish(z)) == r"\operatorname{swish}(z)"
    code = NumPy()
    assert code.write(swish(z)) == "swish(z)"
    assert "return z * sigmoid(z)" in code.definitions()


@pytest.mark.parametrize("name", hostile.CODE)
def test_no_text_of_a_user_becomes_code(name):
    op = Op(name, value=lambda z: z * z, derivatives=[lambda a, z: 2 * z], symbol="<b>\\")
    for code in (NumPy(), JavaScript()):
        assert code.write(op(z)) == "formula(z)"
        assert not re.search("os|<", code.definitions())
    latex = as_latex(op(z))
    assert re.fullmatch(r"\\operatorname\{.*\}\(z\)", latex)
    with pytest.raises(ValueError, match="a symbol's name is an identifier"):
        Symbol("x; import os")
    evil = Op("evil", value=lambda z: z, derivatives=[lambda a, z: 1.0], numpy="np.exp(1); x")
    with pytest.raises(ValueError, match=r"needs a name like 'np\.exp'"):
        NumPy().write(evil(z))


def test_two_ops_of_one_name_stay_two_functions():
    code = NumPy(taken=["relu"])
    gentle, steep = (ops.leaky_relu.bind(slope=slope) for slope in (0.1, 0.5))
    assert [code.write(gentle(z)), code.write(steep(z)), code.write(gentle(z)), code.write(ops.relu(z))] == [
        "leaky_relu(z)", "leaky_relu_2(z)", "leaky_relu(z)", "relu_2(z)",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["z", "a", "t1", "t2", "z2", "np", "exp", "outer"])
def test_a_functions_own_letters_are_no_names_of_others(name):
    inner = Op(name, value=lambda z: z * z, derivatives=[lambda a, z: 2 * z])
    shared = lambda z: ops.exp(3 * z) / (1 + ops.exp(3 * z)) + inner(z) * inner(z)  # noqa: E731
    outer = Op("outer", value=lambda z: shared(z) + inner(z), derivatives=[lambda a, z: shared(z) + a * inner(z)])
    value, (slope,) = numpy_functions(outer, 1)
    answer = outer.value(0.25)
    assert ulps(float(value(0.25)), answer) <= 4
    assert ulps(float(slope(answer, 0.25)), outer.derivatives[0](answer, 0.25)) <= 4


def test_what_can_not_be_a_formula_says_so():
    numbers_only = Op("mine", value=lambda z: math.exp(z), derivatives=[lambda a, z: 1.0 if z > 0 else 0.0])
    with pytest.raises(TypeError, match=r"value of Op 'mine' can't be written as a formula.*not math.exp or if"):
        NumPy().write(numbers_only(z))
    with pytest.raises(TypeError, match=r"derivative of Op 'mine' can't be written.*where\(z < 0"):
        formula_of(numbers_only, 0, [a, z])


def test_a_chain_of_many_factors_prints_without_recursion():
    formula = x
    for _ in range(20_000):
        formula = formula * y
    assert len(as_text(formula)) == 40_001


@pytest.mark.parametrize("name", ["np.exp(", "import os", "", "a.b.c d"])
def test_the_name_of_a_function_elsewhere_is_a_name(name):
    odd = Op("odd", lambda z: z, [lambda a, z: 1.0], numpy=name)
    with pytest.raises(ValueError, match=r"numpy= of Op 'odd' needs a name like 'np\.exp', got"):
        NumPy().write(odd(Symbol("z")))
