"""Functions that NumPy lacks, for matrices with one row per scalar and one column per data point.

A program prints the text of those functions that it calls. A student is to read it, so there are no types here.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

try:
    import numpy as np
except ModuleNotFoundError as error:
    raise ImportError("matrices need NumPy: pip install numpy") from error

if TYPE_CHECKING:
    from autograd.op import Op

__all__ = ["Form", "np", "of_columns", "softmax"]  # `np` too: this file is the engine's one door to NumPy


class Form(NamedTuple):
    """How an operation on a whole layer is written in matrices; `Op(columns="module:function")` names what makes it.

    In the texts, {z} stands for the layer, which is the first `size` inputs, {y} for the other inputs, {a} for the
    answer, {K} for `size`, and each name in `kept` for an array that the text beside it computes first. {d} stands for
    the gradient of the answer.
    """

    size: int
    text: str  # the answer: one row per input of the layer if the operation has an index, otherwise one row
    gets: str  # the layer's gradient
    functions: Sequence[Callable[..., Any]] = ()  # the functions that the texts call
    kept: Mapping[str, str] = {}
    then: str = ""  # one more line, which corrects the layer's gradient; there, {d} stands for it


def softmax(Z):
    """Probabilities e^z / Σ e^z, shifted by the largest z so that nothing overflows."""
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)


def softmax_backward(P, dP):
    """p (dp − Σ p dp). The dp of the largest p is subtracted from all, so that nothing is lost where p rounds to 1."""
    D = dP - np.take_along_axis(dP, P.argmax(axis=0)[None], axis=0)
    return P * (D - (P * D).sum(axis=0))


def of_layer(text, gets, *functions, least=3):
    """A function that makes the form of an operation on all inputs; fewer than `least` are written as a formula."""
    return lambda n_inputs, index=None: n_inputs >= least and Form(n_inputs, text, gets, functions)


WINS = "({z} == {a}) / ({z} == {a}).sum(axis=0) * {d}"
of_softmax = of_layer("softmax({z})", "softmax_backward({a}, {d})", softmax, softmax_backward, least=2)
of_total = of_layer("{z}.sum(axis=0, keepdims=True)", "np.full_like({z}, {d})")
of_average = of_layer("{z}.mean(axis=0, keepdims=True)", "np.full_like({z}, {d} / {K})")
of_maximum = of_layer("{z}.max(axis=0, keepdims=True)", WINS)
of_minimum = of_layer("{z}.min(axis=0, keepdims=True)", WINS)


def total(*terms):
    """The sum, exact but for the last bit: what each addition rounds away is collected, and added in the end."""
    whole, rest = terms[0], np.zeros_like(terms[0])
    for term in terms[1:]:
        larger = whole + term
        back = larger - whole
        error = (whole - (larger - back)) + (term - back)
        rest = rest + np.where(np.isfinite(error), error, 0.0)
        whole = larger
    return whole + rest


def maximum(*terms):
    """The largest, or nan if there is one."""
    return np.stack(np.broadcast_arrays(*terms)).max(axis=0)


def minimum(*terms):
    """The smallest, or nan if there is one."""
    return np.stack(np.broadcast_arrays(*terms)).min(axis=0)


def erf(x):
    """The error function of each number."""
    return np.vectorize(math.erf, otypes=[float])(x)


def erfc(x):
    """1 − erf of each number, right where erf has rounded to 1."""
    return np.vectorize(math.erfc, otypes=[float])(x)


def of_columns(op: "Op", inputs: Sequence[Any]) -> Any:
    """Apply an operation to columns: by NumPy's function if its Op names one, otherwise by the formula of its value."""
    if op.numpy is None:
        return op.value(*inputs)
    return (globals().get(op.numpy) or attrgetter(op.numpy.removeprefix("np."))(np))(*inputs)
