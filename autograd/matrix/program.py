"""What `vectorize` returns: the scalar graph of one data point as the lecture's matrices, run over all data points.

The function is traced once. What it computes is then written as a NumPy program: Z = W @ A + b where Σ nodes share
their inputs, A = f(Z) for the rest, and backward lines that compute each factor ∂ℒ/∂Z once.
"""

from collections.abc import Sequence
from typing import Any

from autograd.errors import number, shown
from autograd.matrix.checks import OFTEN, Checked, derivatives_of
from autograd.matrix.columns import np
from autograd.matrix.compiled import Compiled, training_error
from autograd.sums import average
from autograd.value import Value


class Program(Checked):
    """A function of one data point, made to run over many: call it for the training error J, `.map` it for outputs.

    >>> from autograd import Value, vectorize
    >>> w = Value(2.0, label="w")
    >>> loss = vectorize(lambda x, y: (w * x - y) ** 2)
    >>> J = loss([1.0, 2.0], [2.0, 5.0])
    >>> J.backward()
    >>> J.data, w.grad
    (0.5, -2.0)
    >>> vectorize(lambda x: w * x).map([1.0, 2.0])
    array([2., 4.])
    """

    def __call__(self, *data: Any) -> Value:
        """The training error J: the average of f over the data points, with ∂J/∂p for every parameter p."""
        compiled, columns = self._ready(data)
        if not compiled.is_single:
            raise TypeError(
                "the training error needs a function that returns one Value, and this one returns a list of "
                f"{compiled.n_outputs}; use .map(X) for outputs, or return total([...])"
            )
        found = compiled.run(columns, compiled.arrays()) or self._on_values(compiled, columns)
        return training_error(compiled.parameters, *found)

    def map(self, *data: Any) -> Any:
        """f of every data point, without gradients: an array (n,), or (n, k) if f returns a list of k Values."""
        compiled, columns = self._ready(data)
        try:
            answer = compiled.outputs(columns, "raise").copy()  # it may be a view of the data
            are_finite = np.isfinite(answer).all()
        except FloatingPointError:
            are_finite = False
        if not are_finite:  # a number on the way may not be either, so the graph answers, or raises its error
            graphs = [self._asked(columns, i, compiled) for i in range(len(columns[0]))]
            answer = np.array([[value._data for value in graph] for graph in graphs])
        return answer[:, 0] if compiled.is_single else answer

    @property
    def source(self) -> str:
        """The program as Python text that runs as it stands; its arguments after the data are `arrays()`."""
        return self.traced("source").source

    def arrays(self) -> dict[str, Any]:
        """The current parameters as the arrays W1, b1, … that the source takes."""
        return self.traced("arrays()").arrays()

    def traced(self, what: str) -> Compiled:
        """The compiled program; it is an error if the function has not been traced yet."""
        if self.compiled is None:
            raise RuntimeError(
                f"{what} is known once the function has been traced on a data point: call loss(X, Y) or .map(X)"
            )
        return self.compiled

    def __repr__(self) -> str:
        return f"vectorize({shown(self.f)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Program, (self.f,)  # a copy has parameters of its own, so it reads the graph anew

    def _ready(self, data: Sequence[Any]) -> tuple[Compiled, list[Any]]:
        """The program for these data, compared with the function if that is due, and the data as arrays."""
        columns, known = columns_of(data), self.compiled
        if known and (shapes := [column.shape[1:] for column in columns]) != known.shapes:
            came = f"traced with {described(known.shapes)}, and now gets {described(shapes)}"
            raise ValueError(f"this function was {came}; call vectorize again for these")
        if known is None or self.is_due(OFTEN):
            self.look(columns)
        return self.compiled, columns

    def _on_values(self, compiled: Compiled, columns: Sequence[Any]) -> tuple[float, Any]:
        """J and its gradient from the scalar graph, or its error: in the program, a number on the way is not finite."""
        J = average([self._asked(columns, i, compiled, backward=True)[0] for i in range(len(columns[0]))])
        found = derivatives_of(J, {*compiled.parameters})
        return J._data, np.array([found.get(p, 0.0) for p in compiled.parameters])


def described(shapes: Sequence[Sequence[int]]) -> str:
    """The shapes of the arguments, in an error."""
    return " and ".join(f"(n, {shape[0]})" if shape else "(n,)" for shape in shapes)


def columns_of(data: Sequence[Any]) -> list[Any]:
    """The arguments as arrays of equal length."""
    if not data:
        raise TypeError("a vectorized function needs its data: loss(X, Y), or .map(X)")
    columns = [array_of(argument, f"argument {i}") for i, argument in enumerate(data, 1)]
    counts = [len(column) for column in columns]
    if len(set(counts)) > 1:
        raise ValueError(f"all arguments need the same number of data points, got {' and '.join(map(str, counts))}")
    if not counts[0]:
        raise ValueError("a batch needs at least one data point, got none")
    return columns


def array_of(argument: Any, name: str) -> Any:
    """An argument as a float64 array of one or two dimensions."""
    if isinstance(argument, np.ma.MaskedArray) and np.ma.is_masked(argument):
        raise ValueError(f"{name} has masked entries; leave those data points out, or fill them in")
    try:
        array = np.asarray(argument)
        if not np.can_cast(array.dtype, float):  # there are Values, or other objects that may be numbers
            array = np.reshape([x._data if isinstance(x, Value) else number(x) for x in array.flat], array.shape)
        array = np.asarray(array, float)
    except (TypeError, ValueError) as error:
        rows = [row for row in argument if hasattr(row, "__len__")] if hasattr(argument, "__len__") else []
        if len(lengths := {len(row): None for row in rows}) > 1:
            counts = " and ".join(map(str, lengths))
            raise ValueError(f"{name} needs rows of equal length, got {counts} numbers in {shown(argument)}") from None
        raise TypeError(
            f"{name} needs to be numbers, one per data point or one row of equal length per data point, "
            f"got {shown(argument)}: {error}"
        ) from None
    if array.ndim not in (1, 2) or 0 in array.shape[1:]:
        picture = "; a picture as one row: X.reshape(len(X), -1)" if array.ndim > 2 else ""
        raise ValueError(
            f"{name} needs the shape (n,) or (n, d), one entry or row per data point, got {array.shape}{picture}"
        )
    return array
