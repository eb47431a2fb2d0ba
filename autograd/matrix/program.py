"""vectorize: the scalar graph of one data point becomes the lecture's matrices, and runs over all data points at once.

The function is traced once. What it computed is written as a NumPy program: Z = W @ A + b where Σ nodes share their
inputs, A = f(Z), and the backward lines, each factor ∂ℒ/∂Z once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from autograd.errors import shown
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.matrix.checks import Checked
    from autograd.matrix.compiled import Compiled


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
        self.checked: Checked | None = None  # until there are data

    def __call__(self, *data: Any) -> Value:
        """The training error J: the average of f over the data points, with ∂J/∂p for every parameter p."""
        return self._checked().training_error(data)

    def map(self, *data: Any) -> Any:
        """f of every data point, without gradients: an array (n,), or (n, k) if f returns a list of k Values."""
        return self._checked().outputs(data)

    def _checked(self) -> Checked:
        from autograd.matrix.checks import Checked  # brings NumPy, which `import autograd` is to do without

        self.checked = self.checked or Checked(self.f)
        return self.checked

    @property
    def source(self) -> str:
        """The program as Python text that runs as it stands; its arguments after the data are `arrays()`."""
        return self.compiled("source").source

    def arrays(self) -> dict[str, Any]:
        """The current parameters as the arrays W1, b1, … that the source takes."""
        return self.compiled("arrays()").named_arrays()

    def compiled(self, what: str) -> Compiled:
        """The program's lines and text; an error if the function has not been traced yet."""
        if self.checked is None or self.checked.compiled is None:
            raise RuntimeError(
                f"{what} is known once the function has been traced on a data point: call loss(X, Y) or .map(X)"
            )
        return self.checked.compiled

    def __reduce__(self) -> tuple[Any, ...]:
        return Program, (self.f,)  # a copy has parameters of its own, so it reads the graph anew


def vectorize(f: Callable[..., Any]) -> Program:
    """Make a function of one data point run over many at once, as a NumPy program in the lecture's matrix form.

    >>> from autograd import weighted_sum
    >>> w = [Value(0.5), Value(-1.0)]
    >>> loss = vectorize(lambda x, y: (weighted_sum(w, x) - y) ** 2)
    >>> loss([[1.0, 2.0], [3.0, 4.0]], [0.0, 1.0])
    Value(data=7.25, grad=0.0, label='J')

    f gets a list of d Values for an (n, d) argument, and one Value for (n,). It is traced with numbers at which nobody
    may look: a comparison, float() or .data of them is a TypeError that says what to write. The program is held against
    f itself when it is made, and now and then while it is used: a network that has changed is traced anew, and where
    they still differ, it is a ValueError. Between these checks f has to be one function.
    """
    return Program(f)
