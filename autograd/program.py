"""vectorize: the scalar graph of one data point becomes the lecture's matrices, and runs over all data points at once.

The function is traced on the first data point. What it computed is written as a NumPy program: Z = W @ A + b where Σ
nodes share their inputs, A = f(Z), and the backward lines, each factor ∂ℒ/∂Z once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

from autograd.backward import set_gradients
from autograd.errors import shown
from autograd.graph import inner_nodes
from autograd.op import Op
from autograd.value import Value

if TYPE_CHECKING:
    from autograd.kernel import Kernel

grad_of = attrgetter("_grad")
NAMES = ("x", "y")
CLOSE = 1e-6  # how far the program may be from the scalar graph: far more than rounding, far less than a mistake


def _refuse_formula(*_: Any) -> NoReturn:
    raise TypeError(
        "grad and hessian need the formulas of the whole graph, and J = vectorize(f)(X, Y) holds its gradient only; "
        "build the scalar graph for them: average([f(x, y) for x, y in zip(X, Y)])"
    )


TRAINING_ERROR = Op("vectorize", value=_refuse_formula, derivatives=_refuse_formula, symbol="J")


class TrainingError(Value):
    """J of many data points as one node: its parents are the parameters, its local derivatives ∂J/∂parameter."""

    __slots__ = ("_above_leaves",)

    def __init__(self, data: float, kernel: Kernel) -> None:
        self._data = data
        self._grad = 0.0
        self._label, self._role = "J", ""
        self.op = TRAINING_ERROR
        self.varies = True
        self._edges = (*kernel.parameters, *kernel.gradient[: len(kernel.parameters)].tolist())
        self._above_leaves = kernel.reads_leaves

    def backward(self) -> None:
        """Fill `.grad` of the graph below: when that is only parameters, in one pass over them."""
        parents = self.parents
        before = [parent._grad for parent in parents]
        after = [old + slope for old, slope in zip(before, self.local_derivatives, strict=True)]
        if not self._above_leaves or not math.isfinite(sum(after)):
            super().backward()
            return
        try:
            for parent, gradient in zip(parents, after, strict=True):
                parent._grad = gradient
            self._grad = 1.0
        except BaseException:  # an interrupt: all as it was
            set_gradients(parents, before)
            raise

    def _copied(self, memo: dict[int, Any]) -> Value:
        new = super()._copied(memo)
        assert isinstance(new, TrainingError)
        new._above_leaves = self._above_leaves
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
        self._shape: tuple[int, ...] | None = None
        self._kernel: Kernel | None = None
        self._lenient = False  # whether an overflow on the way is known to do no harm

    # --- what users call ----------------------------------------------------------------------------------------------

    def __call__(self, *data: Any) -> Value:
        """The training error J: the average of f over the data points, with ∂J/∂p for every parameter p."""
        columns = self._columns(data)
        kernel = self.kernel(columns)
        kernel.read()
        J = self.run(columns)
        return TrainingError(J, kernel)

    def map(self, *data: Any) -> Any:
        """f of every data point, without gradients: an array (n,), or (n, k) if f returns a list of k Values."""
        columns = self._columns(data)
        self._trace(columns)
        with _quiet():
            answer = self._forward(*columns, *self.arrays().values())
        self._check_outputs(answer, columns)
        return answer[:, 0] if self._single else answer

    @property
    def source(self) -> str:
        """The program as Python text that runs as it stands; its arguments after the data are `arrays()`."""
        self._need_trace("source")
        return self._source if self._single else self._map_source

    def arrays(self) -> dict[str, Any]:
        """The current parameters as the arrays W1, b1, … that the source takes."""
        import numpy as np

        self._need_trace("arrays()")
        return {
            block.name: np.array(
                [t.value._data if isinstance(t.value, Value) else t.value for t in block.terms]
            ).reshape(block.shape)
            for block in self._matcher.fixed.values()
        }

    # --- reading the function -----------------------------------------------------------------------------------------

    def _need_trace(self, what: str) -> None:
        if self._shape is None:
            raise RuntimeError(
                f"{what} is known once the function has been traced on a data point: call loss(X, Y) or .map(X)"
            )

    def _columns(self, data: Sequence[Any]) -> list[Any]:
        """The arguments as float64 arrays of equal length."""
        if not data:
            raise TypeError("a vectorized function needs its data: loss(X, Y), or .map(X)")
        columns = [_array(argument, number) for number, argument in enumerate(data)]
        lengths = [len(column) for column in columns]
        if len(set(lengths)) > 1:
            raise ValueError(
                f"all arguments need the same number of data points, got {' and '.join(map(str, lengths))}"
            )
        if not lengths[0]:
            raise ValueError("a batch needs at least one data point, got none")
        widths = tuple([column.shape[1] if column.ndim == 2 else 0 for column in columns])
        if self._shape is not None and widths != self._shape:
            raise ValueError(
                f"this function was traced with {_described(self._shape)}, and now gets {_described(widths)}"
            )
        return columns

    def _trace(self, columns: Sequence[Any]) -> None:
        if self._shape is not None:
            return
        from autograd.blocks import Block  # these are imported when they are needed: `import autograd` is to be short
        from autograd.kernel import readable
        from autograd.matrices import Matcher
        from autograd.trace import Graph, Reader

        first = Graph(self.f, _point(columns, 0))
        last = Graph(self.f, _point(columns, -1), looking_allowed=True)
        reader = Reader(first, outside=first.shared_with(last))
        blocks: list[tuple[str, Block | None]] = []
        for number, argument in enumerate(first.arguments):
            name = NAMES[number] if number < len(NAMES) else f"x{number + 1}"
            if isinstance(argument, list):
                rows = "A0" if number == 0 else f"{name.upper()}T"
                blocks.append((name.upper(), Block(rows, [reader.terms[leaf] for leaf in argument])))
            else:
                blocks.append((name, Block(name, [reader.terms[argument]], is_flat=True)))
        self._matcher = matcher = Matcher(reader.roots, [block for _, block in blocks if block])
        self._single = first.is_single
        self._arguments = blocks
        if self._single:
            self._source = readable("loss", matcher, blocks, gradients=True)
        self._map_source = readable("model", matcher, blocks, gradients=False)
        space: dict[str, Any] = {}
        exec(compile(self._map_source, "<source of vectorize>", "exec"), space)
        self._forward = space["model"]
        self._shape = tuple([column.shape[1] if column.ndim == 2 else 0 for column in columns])
        try:
            self._check_against(last, columns)
        except BaseException:
            self._shape = None
            raise

    def kernel(self, columns: Sequence[Any]) -> Kernel:
        """The program as a function of flat buffers."""
        self._trace(columns)
        if self._kernel is None:
            if not self._single:
                raise TypeError(
                    f"the training error needs a function that returns one Value, and this one returns a list of "
                    f"{len(self._matcher.roots)}; use .map(X) for outputs, or return total([...])"
                )
            from autograd.kernel import Kernel

            self._kernel = Kernel(self._matcher, self._arguments)
        return self._kernel

    # --- running it ---------------------------------------------------------------------------------------------------

    def run(self, columns: Sequence[Any]) -> float:
        """J with the kernel's own parameters; what is not finite raises the scalar engine's error."""
        kernel = self._kernel
        assert kernel is not None
        J = self._attempt(kernel, columns)
        if J is None:
            J = self._explain(kernel, columns)
        return J

    def _attempt(self, kernel: Kernel, columns: Sequence[Any]) -> float | None:
        """J, or None if something in it is not finite."""
        import numpy as np

        try:
            with np.errstate(all="ignore") if self._lenient else np.errstate(all="raise", under="ignore"):
                J = kernel.run(columns)
                check = J + float(np.add.reduce(kernel.gradient))
        except FloatingPointError:
            return None
        return J if check - check == 0.0 else None

    def _check_against(self, graph: Any, columns: Sequence[Any]) -> None:
        """Hold the program against the scalar graph of the last data point."""
        import numpy as np

        point = [column[-1:] for column in columns]
        with _quiet():
            found = self._forward(*point, *self.arrays().values())[0]
        wanted = np.array([root._data for root in graph.roots])
        if found.shape != wanted.shape or not np.allclose(found, wanted, rtol=CLOSE, atol=CLOSE, equal_nan=True):
            raise ValueError(
                f"the program traced on the first data point gives {shown(found.tolist())} for the last one, and the "
                f"function itself {shown(wanted.tolist())}: it does not compute the same for every data point. Keep "
                "random numbers and choices by position out of it"
            )

    # --- when something is not finite ---------------------------------------------------------------------------------

    def _explain(self, kernel: Kernel, columns: Sequence[Any]) -> float:
        """Raise the scalar engine's error for the first data point that has one; J, if none has."""
        position = self._first_offender(kernel, columns)
        if position is not None:
            self._blame(columns, position)
        if self._lenient:
            return self._unexplained(kernel, columns)
        self._lenient = True  # what overflowed on the way was in a branch that is not taken
        J = self._attempt(kernel, columns)
        return self._explain(kernel, columns) if J is None else J

    def _first_offender(self, kernel: Kernel, columns: Sequence[Any]) -> int | None:
        """Where a data point is that alone is not finite either: found by halving."""
        low, high = 0, len(columns[0])
        while high - low > 1:
            middle = (low + high) // 2
            if self._attempt(kernel, [column[low:middle] for column in columns]) is None:
                high = middle
            else:
                low = middle
        alone = [column[low:high] for column in columns]
        return low if self._attempt(kernel, alone) is None else None

    def _unexplained(self, kernel: Kernel, columns: Sequence[Any]) -> float:
        with _quiet():
            J = kernel.run(columns)
        given = [*kernel.theta.tolist(), *(x for column in columns for x in column.ravel().tolist())]
        if all(map(math.isfinite, given)):
            raise OverflowError(
                f"the training error of {len(columns[0])} data points, or its gradient, is too large for a float "
                "(1.8e308 is the largest). Scale the loss."
            )
        return J  # inf given by the user goes where it goes

    def _blame(self, columns: Sequence[Any], position: int) -> None:
        """Raise the error that the scalar engine has at this data point, if it has one."""
        from autograd.trace import Graph

        point = _point(columns, position)
        if any(map(math.isnan, _flat(point))):
            raise ValueError(
                f"data point {position} (counted from 0) holds nan: {shown(point)}; leave it out, or fill it in"
            )
        try:
            graph = Graph(self.f, point, looking_allowed=True)
            if self._single:
                _try_backward(graph.roots[0])
        except (ArithmeticError, ValueError, IndexError, TypeError) as error:
            line = self._line_of(columns, position)
            where = f" (data point {position}, counted from 0{f', in the line {line}' if line else ''})"
            if type(error) in (ValueError, OverflowError, ZeroDivisionError, IndexError, TypeError):
                raise type(error)(f"{error}{where}") from None
            raise

    def _line_of(self, columns: Sequence[Any], position: int) -> str:
        """The first line of the source whose result is not finite at a data point."""
        import numpy as np

        head, _, body = self.source.rpartition("\ndef ")
        space: dict[str, Any] = dict(self.arrays())
        for (name, _), column in zip(self._arguments, columns, strict=True):
            space[name] = column[position : position + 1]
        with _quiet():
            exec(head, space)
            for line in map(str.strip, body.splitlines()[1:]):
                if line and not line.startswith("return"):
                    exec(line, space)
                    target = line.split(" ")[0].split("[")[0].rstrip(",")
                    if target in space and not np.all(np.isfinite(space[target])):
                        return line
        return ""

    def _check_outputs(self, answer: Any, columns: Sequence[Any]) -> None:
        import numpy as np

        finite = np.isfinite(answer).all(axis=1)
        if not finite.all():
            self._blame(columns, int(finite.argmin()))


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


# --- data -------------------------------------------------------------------------------------------------------------


def _array(argument: Any, number: int) -> Any:
    """An argument as a float64 array of one or two dimensions."""
    import numpy as np

    if isinstance(argument, np.ndarray) and argument.dtype == np.float64:
        array = argument
    else:
        try:
            array = np.asarray(_numbers(argument))
            if array.dtype.kind not in "biuf":
                raise TypeError
            array = array.astype(np.float64)
        except (TypeError, ValueError):
            raise TypeError(
                f"argument {number + 1} needs to be numbers, one per data point or one row of equal length per data "
                f"point, got {shown(argument)}"
            ) from None
    if array.ndim not in (1, 2) or 0 in array.shape[1:]:
        raise ValueError(
            f"argument {number + 1} needs the shape (n,) or (n, d), one entry or row per data point, got {array.shape}"
        )
    return array


def _numbers(argument: Any) -> Any:
    """The argument with the number of each Value in its place."""
    if isinstance(argument, (list, tuple)):
        return [_numbers(entry) for entry in argument]
    return argument._data if isinstance(argument, Value) else argument


def _number(held: Any) -> float:
    return float(held._data) if isinstance(held, Value) else float(held)


def _point(columns: Sequence[Any], position: int) -> list[Any]:
    return [column[position].tolist() for column in columns]


def _flat(point: Sequence[Any]) -> Iterator[float]:
    for entry in point:
        yield from entry if isinstance(entry, list) else [entry]


def _described(widths: Sequence[int]) -> str:
    return " and ".join(f"(n, {width})" if width else "(n,)" for width in widths)


@contextmanager
def _quiet() -> Iterator[None]:
    import numpy as np

    with np.errstate(all="ignore"):
        yield


def _try_backward(root: Value) -> None:
    """Backpropagate for the sake of its error; every gradient stays as it was."""
    inner, leaves = inner_nodes(root)
    nodes = [*inner, *leaves]
    before = list(map(grad_of, nodes))
    try:
        root.backward()
    finally:
        set_gradients(nodes, before)
