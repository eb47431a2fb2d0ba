"""vectorize: the scalar graph of one data point becomes the lecture's matrices, and runs over all data points at once.

The function is traced on the first data point. What it computed is written as a NumPy program: Z = W @ A + b where Σ
nodes share their inputs, A = f(Z), and the backward lines, each factor ∂ℒ/∂Z once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from operator import add
from typing import TYPE_CHECKING, Any, NoReturn

from autograd.errors import shown
from autograd.op import Op
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.matrix.compiled import Compiled
    from autograd.matrix.kernel import Kernel


def _refuse_formula(*_: Any) -> NoReturn:
    raise TypeError(
        "grad and hessian need the formulas of the whole graph, and J = vectorize(f)(X, Y) holds its gradient only; "
        "build the scalar graph for them: average([f(x, y) for x, y in zip(X, Y)])"
    )


TRAINING_ERROR = Op("vectorize", value=_refuse_formula, derivatives=_refuse_formula, symbol="J")


class TrainingError(Value):
    """J of many data points as one node: its parents are the parameters, its local derivatives ∂J/∂parameter."""

    __slots__ = ("_above_leaves", "_gradient", "_kernel", "_parameters", "_slopes")

    def __init__(self, data: float, kernel: Kernel) -> None:
        self._data = data
        self._grad = 0.0
        self._label, self._role = "J", ""
        self.op = TRAINING_ERROR
        self.varies = True
        self._x = self._y = self._dx = self._walk = None
        self._edges = ()
        self._parameters, self._above_leaves = kernel.parameters, kernel.reads_leaves
        self._kernel: Kernel | None = kernel
        self._gradient = kernel.gradient[: len(kernel.parameters)].copy()
        self._slopes: list[float] = self._gradient.tolist()  # finite: the program has looked

    @property
    def parents(self) -> tuple[Value, ...]:
        """The parameters that f reached."""
        return self._parameters

    @property
    def local_derivatives(self) -> tuple[float, ...]:
        """∂J/∂p for each parameter p, at the numbers that J was computed with."""
        return tuple(self._slopes)

    def backward(self) -> None:
        """Fill `.grad` of the graph below: when that is only parameters, in one pass over them."""
        before = [parameter._grad for parameter in self._parameters]
        after, again = self._slopes, any(before)
        if again:
            after = list(map(add, before, after))
        if not self._above_leaves or (again and not math.isfinite(sum(after))):
            super().backward()  # which goes on below the parents, or refuses gradients that are not finite
            return
        clock.gradients_of = None
        try:
            for parameter, gradient in zip(self._parameters, after, strict=True):
                parameter._grad = gradient
            self._grad = 1.0
        except BaseException:  # an interrupt: all as it was
            set_gradients(self._parameters, before)
            raise
        clock.gradients_of = None
        if self._kernel and not again:
            self._kernel.slopes = self._gradient
            clock.gradients_of = self._kernel.own

    def _copied(self, memo: dict[int, Any]) -> Value:
        new = super()._copied(memo)
        assert isinstance(new, TrainingError)
        new._edges = ()
        new._parameters = tuple(memo[id(parameter)] for parameter in self._parameters)
        new._slopes, new._above_leaves, new._kernel = self._slopes, self._above_leaves, None
        return new


class Program:
    """A function of one data point, made to run over many: call it for the training error J, `.map` it for outputs.

    >>> from autograd import Value
    >>> w = Value(2.0, label="w")
    >>> loss = vectorize(lambda x, y: (w * x - y) ** 2)
    >>> J = loss([1.0, 2.0], [2.0, 5.0])
    >>> J.backward()
    >>> J.data, w.grad
    (0.5, -2.0)
    >>> vectorize(lambda x: w * x).map([1.0, 2.0])
    array([2., 4.])
    """

    def __init__(self, f: Callable[..., Any]) -> None:
        if not callable(f):
            raise TypeError(f"vectorize needs a function of one data point, got {shown(f)}")
        self.f = f
        self._compiled: Compiled | None = None

    def __call__(self, *data: Any) -> Value:
        """The training error J: the average of f over the data points, with ∂J/∂p for every parameter p."""
        compiled, columns = self.ready(data)
        kernel = compiled.kernel
        with compiled.in_use:
            kernel.read()
            return TrainingError(compiled.run(columns), kernel)

    def map(self, *data: Any) -> Any:
        """f of every data point, without gradients: an array (n,), or (n, k) if f returns a list of k Values."""
        compiled, columns = self.ready(data)
        answer = compiled.map(columns)
        return answer[:, 0] if compiled.is_single else answer

    @property
    def source(self) -> str:
        """The program as Python text that runs as it stands; its arguments after the data are `arrays()`."""
        return self._traced("source").source

    def arrays(self) -> dict[str, Any]:
        """The current parameters as the arrays W1, b1, … that the source takes."""
        return self._traced("arrays()").arrays()

    def forward_source(self) -> tuple[str, bool]:
        """The source of the forward pass alone, a function `model`, and whether f is a loss: one number per point."""
        compiled = self._traced("the source")
        return compiled.map_source, compiled.is_single

    def __reduce__(self) -> tuple[Any, ...]:
        return Program, (self.f,)  # a copy has parameters of its own, so it reads the graph anew

    def ready(self, data: Sequence[Any]) -> tuple[Compiled, list[Any]]:
        """The compiled function, traced at its first data, and the data as columns."""
        if self._compiled is None:
            from autograd.matrix.compiled import Compiled  # brings NumPy, which `import autograd` is to do without

            compiled, columns = Compiled.traced(self.f, data)
            self._compiled = compiled
            return compiled, columns
        return self._compiled, self._compiled.columns(data)

    def _traced(self, what: str) -> Compiled:
        if self._compiled is None:
            raise RuntimeError(
                f"{what} is known once the function has been traced on a data point: call loss(X, Y) or .map(X)"
            )
        return self._compiled


def vectorize(f: Callable[..., Any]) -> Program:
    """Make a function of one data point run over many at once, as a NumPy program in the lecture's matrix form.

    >>> from autograd import weighted_sum
    >>> w = [Value(0.5), Value(-1.0)]
    >>> loss = vectorize(lambda x, y: (weighted_sum(w, x) - y) ** 2)
    >>> loss([[1.0, 2.0], [3.0, 4.0]], [0.0, 1.0])
    Value(data=7.25, grad=0.0, label='J')

    f gets a list of d Values for an (n, d) argument, and one Value for (n,). It is called on the first data point and
    must not look at its numbers: a comparison, float() or .data of them is a TypeError that says what to write.
    """
    return Program(f)
