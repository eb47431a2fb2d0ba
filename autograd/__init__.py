"""Gradients of any computation on numbers, by back-propagation (also called reverse-mode automatic differentiation).

Compute with Values instead of floats: they record the computation as a graph, and `backward` fills in the gradients.

>>> x = Value(3.0, label="x")
>>> y = x * x + 2 * x
>>> y.backward()
>>> y.data, x.grad
(15.0, 8.0)
"""

from autograd import ops
from autograd.checking import check_gradients
from autograd.functional import grad, hessian
from autograd.graph import topological_order
from autograd.matrix import vectorize
from autograd.op import Op
from autograd.sums import average, maximum, minimum, softmax, total, weighted_sum
from autograd.value import Value

__all__ = [
    "Op",
    "Value",
    "average",
    "check_gradients",
    "grad",
    "hessian",
    "maximum",
    "minimum",
    "ops",
    "softmax",
    "topological_order",
    "total",
    "vectorize",
    "weighted_sum",
]
