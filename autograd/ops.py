"""The operation table: every operation is one entry, with its value and its local derivatives in plain arithmetic.

To add an operation, add an entry. The letters are the lecture's: z is a pre-activation output, and a = f(z).

>>> sigmoid(0.0), TABLE["sigmoid"] is sigmoid
(0.5, True)
"""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from autograd.formulas import Named
from autograd.op import Op


def where(condition: Any, a: Any, b: Any) -> Any:
    """`a` where the condition holds, else `b`. Both have been computed by then, so neither may have raised an error.

    >>> where(2.0 < 3.0, 1.0, 0.0)
    1.0
    """
    if hasattr(condition, "where"):
        return condition.where(a, b)
    if getattr(condition, "ndim", 0):  # an array says which library it belongs to, NumPy or JAX
        return condition.__array_namespace__().where(condition, a, b)
    return a if condition else b


def equal(x: Any, y: Any) -> Any:
    """Whether two numbers are equal. A formula can't ask that by `==`: on Values it means the same node.

    >>> equal(2.0, 2)
    True
    """
    return (x <= y) & (x >= y)


def within(x: Any, low: float, high: float, answer: Any) -> Any:
    """The answer if low ≤ x ≤ high, otherwise nan, which stands for "outside the domain"."""
    return where(x < low, math.nan, where(x > high, math.nan, answer))


# --- arithmetic -------------------------------------------------------------------------------------------------------

add = Op(
    "add",
    value=lambda x, y: x + y,
    derivatives=[lambda a, x, y: 1.0, lambda a, x, y: 1.0],
    symbol="+",
    samples=[(1.5, -2.25), (1e16, 1.0), (0.0, -0.0)],
    numpy="np.add",
)
sub = Op(
    "sub",
    value=lambda x, y: x - y,
    derivatives=[lambda a, x, y: 1.0, lambda a, x, y: -1.0],
    symbol="-",
    samples=[(1.5, -2.25), (1e16, 1.0)],
    numpy="np.subtract",
)
mul = Op(
    "mul",
    value=lambda x, y: x * y,
    derivatives=[lambda a, x, y: y, lambda a, x, y: x],
    symbol="*",
    samples=[(1.5, -2.25), (0.0, 3.0), (1e-200, 1e100)],
    numpy="np.multiply",
)
truediv = Op(
    "truediv",
    value=lambda x, y: x / y,
    derivatives=[lambda a, x, y: 1 / y, lambda a, x, y: -(a / y)],
    printed_derivatives=[lambda a, x, y: 1.0 / y, lambda a, x, y: -(x / y**2.0)],
    symbol="/",
    samples=[(1.5, -2.25), (49.0, 49.0), (1.0, 3.0), (0.0, 2.0)],
    numpy="np.divide",
    needs="a divisor other than 0",
    hint="Add a small ε to the divisor, or test for 0 first.",
)
neg = Op(
    "neg", value=lambda x: -x, derivatives=[lambda a, x: -1.0], symbol="-", samples=[2.5, -0.75], numpy="np.negative"
)
power = Op(
    "pow",
    # x ** y would give a complex number for x < 0; math.pow gives no ZeroDivisionError for 0 ** -1, as 1.0 / x does
    value=lambda x, y: 1.0 / x if x == 0.0 and y < 0.0 else math.pow(x, y),
    derivatives=[
        # x**0 is 1 for every x, so its slope is 0, even where x**-1 would be too large for a float
        lambda a, x, y: y * where(equal(y, 0.0), where(abs(x) > 1e-300, x, 1.0), x) ** (y - 1.0),
        lambda a, x, y: a * log(where(equal(x, 0.0), 1.0, x)),  # 0 at x = 0, as 0**y is 0 for every y > 0
    ],
    printed_derivatives=[lambda a, x, y: y * x ** (y - 1.0), lambda a, x, y: a * log(x)],
    symbol="**",
    samples=[(2.0, 3.0), (1.5, 0.5), (0.1, -2.5), (10.0, 0.0), (9.0, 1.0)],
    numpy="np.power",
    javascript="Math.pow",
    needs="x ≥ 0 for a fractional exponent, and x ≠ 0 for a negative one",
    hint="Take abs(x), and move away from 0: (abs(x) + 1e-12) ** y.",
    edge=[
        "Move away from 0 first: (x + 1e-12) ** y.",
        "The base, {0}, is negative: write the exponent as a plain number, as in x ** 3.",
    ],
)
absolute = Op(
    "abs",
    value=lambda x: abs(x),
    derivatives=[lambda a, x: where(equal(x, 0.0), 0.0, where(x < 0.0, -1.0, 1.0))],
    symbol="|·|",
    samples=[-2.5, 0.0, 3.0],
    numpy="np.abs",
    javascript="Math.abs",
)

TWO_OVER_ROOT_PI = Named(2 / math.sqrt(math.pi), "2/√π", r"\frac{2}{\sqrt{\pi}}")
ROOT_TWO, ROOT_HALF = Named(math.sqrt(2), "√2", r"\sqrt{2}"), math.sqrt(0.5)
ROOT_TWO_PI = Named(math.sqrt(2 * math.pi), "√(2·π)", r"\sqrt{2 \cdot \pi}")


def between(low: float, x: Any, high: float) -> Any:
    """x, cut to [low, high]: beyond that, a formula no longer changes in the last bit, but its squares may overflow."""
    above = where(x < low, low, x)
    return where(above > high, high, above)


def _bell(x: Any) -> Any:
    cut = between(-60.0, x, 60.0)
    return exp(-cut * cut)  # e^(−x²)


# --- elementary functions ---------------------------------------------------------------------------------------------


def elementary(name: str, derivatives: list[Any], **fields: Any) -> Op:
    """The Op of a function that has the same name in Python's math, NumPy, JavaScript and LaTeX."""
    elsewhere = {"latex": rf"\{name}", "numpy": f"np.{name}", "javascript": f"Math.{name}"}
    return Op(name, getattr(math, name), derivatives, **(elsewhere | fields))


exp = elementary("exp", derivatives=[lambda a, x: a], samples=[-740.0, -1.0, 0.0, 1e-9, 2.5, 700.0])
log: Op = elementary(
    "log",
    derivatives=[lambda a, x: 1 / x],
    samples=[1e-300, 0.3, 1.0, 1.0000001, 1e300],
    needs="x > 0",
    hint="For a sigmoid output use nll_loss_from_logit(z, y), for a softmax cross_entropy_from_logits(z, y).",
    edge="Keep x away from 0: (x + 1e-12).log().",
)
log1p = elementary(
    "log1p",
    derivatives=[lambda a, x: 1 / (1 + x)],
    samples=[-0.75, -1e-12, 0.0, 1e-12, 2.5, 1e200],
    latex=r"\operatorname{log1p}",
    needs="x > -1",
    edge="Keep x away from -1.",
)
sqrt = elementary(
    "sqrt",
    derivatives=[lambda a, x: 1.0 / (2.0 * a)],
    symbol="√",
    samples=[1e-300, 0.25, 2.0, 1e300],
    needs="x ≥ 0",
    hint="Take abs(x) or keep x positive.",
    edge="Move away from 0 first: (x + 1e-12).sqrt().",
)
sin = elementary("sin", derivatives=[lambda a, x: cos(x)], samples=[-2.0, 0.0, 0.5, 3.0, 1e5], needs="a finite x")
cos: Op = elementary("cos", derivatives=[lambda a, x: -sin(x)], samples=[-2.0, 0.0, 0.5, 3.0, 1e5], needs="a finite x")
erf = Op(
    "erf",
    value=math.erf,
    derivatives=[lambda a, x: TWO_OVER_ROOT_PI * _bell(x)],
    printed_derivatives=[lambda a, x: TWO_OVER_ROOT_PI * exp(-(x**2.0))],
    samples=[-3.0, -0.5, 0.0, 1e-10, 0.5, 3.0],
    numpy="erf",
    javascript="erf",
)
erfc = Op(
    "erfc",
    value=math.erfc,
    derivatives=[lambda a, x: -TWO_OVER_ROOT_PI * _bell(x)],
    printed_derivatives=[lambda a, x: -(TWO_OVER_ROOT_PI * exp(-(x**2.0)))],
    samples=[-3.0, -0.5, 0.0, 0.5, 3.0, 10.0],
    numpy="erfc",
    javascript="erfc",
)

# --- activations ------------------------------------------------------------------------------------------------------

identity = Op(
    "identity", value=lambda z: z, derivatives=[lambda a, z: 1.0], samples=[-2.0, 0.0, 3.5], latex=r"\operatorname{id}"
)


def _sigmoid(z: Any) -> Any:
    e = exp(-abs(z))  # the exponent is never above 0, so this never overflows
    return where(z < 0.0, e / (1.0 + e), 1.0 / (1.0 + e))


sigmoid: Op = Op(
    "sigmoid",
    value=_sigmoid,
    derivatives=[lambda a, z: a * sigmoid(-z)],  # σ(1 − σ), but right even where 1 − σ rounds to 0
    printed_derivatives=[lambda a, z: a * (1.0 - a)],
    symbol="σ",
    samples=[-700.0, -40.0, -1.0, 0.0, 0.5, 20.0, 40.0, 700.0],
    latex=r"\sigma",
)


def _tanh_slope(a: Any, z: Any) -> Any:
    twice = 2.0 * between(-400.0, z, 400.0)
    return 4.0 * sigmoid(twice) * sigmoid(-twice)  # 1 − a², but right even where that rounds to 0


tanh = elementary(
    "tanh",
    derivatives=[_tanh_slope],
    printed_derivatives=[lambda a, z: 1.0 - a**2.0],
    samples=[-300.0, -20.0, -1.0, 0.0, 1e-8, 0.5, 20.0, 300.0],
)
relu = Op(
    "relu",
    value=lambda z: where(z < 0.0, 0.0, z),  # max(0, z) would turn a nan into 0
    derivatives=[lambda a, z: where(z < 0.0, 0.0, 1.0)],
    symbol="ReLU",
    samples=[-2.0, -0.0, 0.0, 3.0],
)
leaky_relu = Op(
    "leaky_relu",
    value=lambda z, slope: where(z < 0.0, slope * z, z),
    derivatives=[lambda a, z, slope: where(z < 0.0, slope, 1.0)],
    symbol="leaky ReLU",
    samples=[-2.0, 0.0, 3.0],
    settings={"slope": 0.01},
)
softplus = Op(
    "softplus",
    value=lambda z: where(z < 0.0, 0.0, z) + log1p(exp(-abs(z))),
    derivatives=[lambda a, z: sigmoid(z)],
    samples=[-700.0, -40.0, -1.0, 0.0, 0.5, 20.0, 40.0, 700.0],
)
gelu = Op(
    "gelu",
    # z·Φ(z), with Φ the normal distribution function; below −60 it is 0, and −∞ · 0 would be nan
    value=lambda z: 0.5 * where(z < -60.0, -60.0, z) * erfc(-z * ROOT_HALF),
    derivatives=[
        lambda a, z: 0.5 * erfc(-z * ROOT_HALF) + between(-60.0, z, 60.0) * _bell(z * ROOT_HALF) / ROOT_TWO_PI
    ],
    printed_derivatives=[lambda a, z: erfc(-z / ROOT_TWO) / 2.0 + z * exp(-(z**2.0) / 2.0) / ROOT_TWO_PI],
    symbol="GELU",
    samples=[-30.0, -10.0, -1.0, 0.0, 0.5, 10.0, 30.0],
)

# --- any number of inputs ---------------------------------------------------------------------------------------------

total = Op(
    "total",
    # fsum rounds once, not at every addition; at inf − inf it raises an error, where sum gives nan
    value=lambda *terms: math.fsum(terms) if all(map(math.isfinite, terms)) else sum(terms),
    derivatives=lambda a, *terms: [1.0] * len(terms),
    symbol="+",
    samples=[(1.0,), (1e16, 1.0, -1e16), (0.1,) * 10, (1.5, -2.0, 0.25)],
    numpy="total",
    javascript="total",
    columns="autograd.matrix.columns:of_total",
)


average = Op(
    "average",
    value=lambda *terms: total(*terms) / len(terms),
    derivatives=lambda a, *terms: [1.0 / len(terms)] * len(terms),
    printed_derivatives=lambda a, *terms: [
        Named(1.0 / len(terms), f"1/{len(terms)}", rf"\frac{{1}}{{{len(terms)}}}") for _ in terms
    ],
    samples=[(1.0, 2.0, 4.0), (-3.0,)],
    columns="autograd.matrix.columns:of_average",
)


def _weighted_sum(*parents: Any) -> Any:
    d = len(parents) // 2
    z = total(*[w * x for w, x in zip(parents[:d], parents[d : 2 * d], strict=True)], *parents[2 * d :])
    if type(z) is float and math.isnan(z) and all(map(math.isfinite, parents)):  # ∞ − ∞: products are too large
        raise OverflowError
    return z


weighted_sum = Op(
    "weighted_sum",
    value=_weighted_sum,  # of w1, …, wd, x1, …, xd and, when the number is odd, the bias b
    derivatives=lambda a, *parents: [
        *parents[len(parents) // 2 : len(parents) // 2 * 2],
        *parents[: len(parents) // 2],
        *[1.0] * (len(parents) % 2),
    ],
    symbol="Σ",
    samples=[(2.0, 3.0), (0.5, -1.0, 2.0, 3.0), (0.5, -1.0, 2.0, 3.0, 0.25)],
)


def _shared_by_winners(a: Any, *terms: Any) -> list[Any]:
    wins = [where(equal(term, a), 1.0, 0.0) for term in terms]
    count = where(equal(a, a), total(*wins), math.nan)  # no term equals an a of nan
    return [win / count for win in wins]


def _printed_winners(a: Any, *terms: Any) -> list[Any]:
    wins = [where(equal(term, a), 1.0, 0.0) for term in terms]
    return [win / total(*wins) for win in wins]


def extreme(name: str, pick: Any) -> Op:
    """The Op for the largest or the smallest of any number of inputs; inputs that tie share the slope."""
    return Op(
        name,
        value=lambda *terms: math.nan if any(map(math.isnan, terms)) else pick(terms),
        derivatives=_shared_by_winners,
        printed_derivatives=_printed_winners,
        symbol=pick.__name__,
        samples=[(1.0, 2.0), (2.0, 2.0, -1.0), (2.0, 2.0, 5.0), (3.0,), (-0.5, -1.5, -0.5), (-0.5, 1.5, -0.5)],
        latex=rf"\{pick.__name__}",
        numpy=name,
        javascript=f"Math.{pick.__name__}",
        columns=f"autograd.matrix.columns:of_{name}",
    )


maximum, minimum = extreme("maximum", max), extreme("minimum", min)


def softmax_terms(z: tuple[Any, ...]) -> tuple[list[Any], Any]:
    """The terms e^(z_k − max z), and their sum. As the maximum is subtracted, none of them overflows."""
    top = maximum(*z)
    far = [z_k < top - 800.0 for z_k in z]  # e^−800 is 0 as a float, and z_k − top itself may be too large for one
    terms = [exp(where(is_far, -800.0, where(is_far, top, z_k) - top)) for is_far, z_k in zip(far, z, strict=True)]
    return terms, total(*terms)


def _softmax(*z: Any, index: int) -> Any:
    if not 0 <= index < len(z):
        raise IndexError(f"softmax of {len(z)} inputs needs an index from 0 to {len(z) - 1}, got {index}")
    terms, whole = softmax_terms(z)
    return terms[index] / whole


def _softmax_slopes(a: Any, *z: Any, index: int) -> list[Any]:
    terms, whole = softmax_terms(z)
    p = [term / whole for term in terms]
    others = total(0.0, *p[:index], *p[index + 1 :])  # 1 − p, but right even where p rounds to 1
    return [a * (others if k == index else -p_k) for k, p_k in enumerate(p)]


softmax: Op = Op(
    "softmax",
    value=_softmax,  # one node per output: p_index of z1, …, zK
    derivatives=_softmax_slopes,
    printed_derivatives=lambda a, *z, index: [
        a * (1.0 - a) if k == index else -(a * softmax.bind(index=k)(*z)) for k in range(len(z))
    ],
    samples=[(0.0, 1.0), (40.0, 0.0), (1000.0, 998.0, -1000.0), (0.5, 0.5, 0.5)],
    settings={"index": 0},
    columns="autograd.matrix.columns:of_softmax",
    needs="finite inputs, or some at -inf (but not all)",
)

TABLE: Mapping[str, Op] = MappingProxyType({op.name: op for op in list(globals().values()) if isinstance(op, Op)})
