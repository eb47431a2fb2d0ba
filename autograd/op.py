"""An Op is the record of one operation: the formula of its value, and one for each of its local derivatives.

Formulas are plain arithmetic and calls of other operations, so one and the same formula runs on numbers, on Values
(for derivatives of derivatives) and on symbols (for printed formulas and matrix programs).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from math import inf, nan
from typing import Any

from autograd.errors import number, refuse_value, setting, shown, text

Formula = Callable[..., Any]


class Op:
    """An operation: its name, its value on numbers, and one local derivative per input.

    >>> from autograd import Value
    >>> from autograd.ops import sigmoid
    >>> swish = Op("swish", value=lambda z: z * sigmoid(z), derivatives=[lambda a, z: a + sigmoid(z) * (1 - a)])
    >>> swish(0.0), swish(Value(0.0))
    (0.0, Value(data=0.0, grad=0.0))

    Each derivative takes the answer `a` and all the inputs, and is called only for an input that varies. An operation
    with any number of inputs has one function instead, which returns all the derivatives in order. Formulas use
    arithmetic and the functions of `autograd.ops`. Their keyword arguments are settings: a slope, the index of a class.

    If finite inputs give nan, that is a ValueError, which says what the operation `needs` and gives a `hint`. `edge` is
    the advice in the error for an infinite derivative, one text for all inputs or one for each. `symbol` names the
    operation in a drawing, `latex` in a LaTeX formula. `printed` and `printed_derivatives` are the formulas as the
    lecture writes them, if the accurate ones read otherwise. `numpy` and `javascript` name a function of NumPy and of
    JavaScript that computes the value; without a name the formula is written out there. `columns` names the function
    that makes the matrix form of an operation on a whole layer (see autograd/matrix/columns.py). `is_loss` says that
    it is a loss. `samples` are tuples of inputs, at which the tests compare all these forms with each other.
    """

    def __init__(
        self,
        name: str,
        value: Formula,
        derivatives: Sequence[Formula] | Formula,
        *,
        symbol: str | None = None,
        samples: Iterable[float | tuple[float, ...]] = (),
        settings: Mapping[str, Any] | None = None,
        latex: str | None = None,
        printed: Formula | None = None,
        printed_derivatives: Sequence[Formula] | Formula | None = None,
        numpy: str | None = None,
        javascript: str | None = None,
        columns: str | None = None,
        is_loss: bool = False,
        needs: str = "",
        hint: str = "",
        edge: str | Sequence[str] = "",
    ) -> None:
        fields = {key: field for key, field in locals().items() if key not in ("self", "settings")}
        if not isinstance(name, str) or not name:
            raise TypeError(f"an Op needs a name, got {shown(name)}; write Op('swish', value=..., derivatives=[...])")
        if not callable(value):
            raise TypeError(f"Op {name!r} needs a function of its inputs as value, got {shown(value)}")
        formulas = list(derivatives) if isinstance(derivatives, Iterable) else [derivatives]
        if not formulas or not all(map(callable, formulas)):
            raise TypeError(
                f"Op {name!r} needs a list with one derivative function per input, got {shown(derivatives)}"
            )
        if not isinstance(samples, Iterable) or not isinstance(settings or {}, Mapping):
            came = f"samples={shown(samples)}, settings={shown(settings)}"
            raise TypeError(f"Op {name!r} needs a list of samples and a dict of settings, got {came}")
        self.name = name
        self.symbol = name if symbol is None else text(symbol, "symbol")
        self.settings: Mapping[str, Any] = dict(settings or {})
        self.value, *slopes = [partial(f, **self.settings) if settings else f for f in (value, *formulas)]
        self.n_inputs = None if callable(derivatives) else len(slopes)  # None: any number of them
        self.derivatives: Formula | tuple[Formula, ...] = tuple(slopes) if self.n_inputs else slopes[0]
        self.samples = tuple(sample if isinstance(sample, tuple) else (sample,) for sample in samples)
        self.latex, self.printed, self.printed_derivatives = latex, printed, printed_derivatives
        self.numpy, self.javascript, self.columns, self.is_loss = numpy, javascript, columns, is_loss
        self.needs, self.hint, self.edge = needs, hint, edge
        self.fields = fields | {"samples": self.samples, "derivatives": formulas if self.n_inputs else derivatives}

    def __call__(self, *inputs: Any, **settings: Any) -> Any:
        """Apply the operation to numbers, Values, columns or symbols; the answer is of the same kind as the inputs."""
        op = self.bind(**settings) if settings else self
        are_floats = True
        for x in inputs:
            if type(x) is not float:
                if hasattr(x, "_apply"):  # a Value, or a symbol: it makes the answer
                    return x._apply(op, inputs)
                are_floats = False
        if not are_floats:
            if any(getattr(x, "ndim", 0) for x in inputs):
                from autograd.matrix.columns import of_columns

                return of_columns(op, inputs)
            inputs = tuple(map(number, inputs))
        try:
            return op.value(*inputs)
        except (ArithmeticError, ValueError) as error:
            refuse_value(op, inputs, error)

    @lru_cache(maxsize=4096)  # noqa: B019 (operations are few, and stay)
    def bind(self, **settings: Any) -> Op:
        """The same operation with other settings. A setting is a fact of the node, not an input.

        >>> from autograd.ops import leaky_relu
        >>> steep = leaky_relu.bind(slope=0.2)
        >>> steep(-1.0), steep.is_from(leaky_relu)
        (-0.2, True)
        """
        defaults = self.settings
        settings = {**defaults, **{name: setting(name, x, defaults.get(name)) for name, x in settings.items()}}
        return Op(**self.fields, settings=settings) if settings != defaults else self

    def is_from(self, other: Op) -> bool:
        """Whether this is the other operation, perhaps bound to other settings."""
        return self.fields == other.fields

    def local_derivatives(self, answer: float, inputs: Sequence[float], varies: Sequence[bool]) -> tuple[float, ...]:
        """∂answer/∂input for each input, as floats: 0.0 if it does not vary, inf or nan if there is no derivative."""
        formulas = self.derivatives
        if callable(formulas):
            slopes = self.as_list(self._slope(formulas, answer, inputs), len(inputs))
            slopes = [slope if v else 0.0 for slope, v in zip(slopes, varies, strict=True)]
        else:
            slopes = [self._slope(formulas[i], answer, inputs) if v else 0.0 for i, v in enumerate(varies)]
        return tuple([x if type(x) is float else number(x, what=f"the derivative of Op {self.name!r}") for x in slopes])

    def _slope(self, formula: Formula, answer: float, inputs: Sequence[float]) -> Any:
        """One local derivative: inf where it is infinite, nan where there is none. `backward` refuses to use either."""
        try:
            return formula(answer, *inputs)
        except ValueError:
            return nan
        except ArithmeticError:
            return inf
        except TypeError as error:
            error.add_note(f"a derivative of Op {self.name!r} takes the answer a, then the inputs: lambda a, z: ...")
            raise

    def as_list(self, slopes: Any, count: int) -> list[Any]:
        """Check that the one function for all derivatives gave one for each input, and return them as a list."""
        if isinstance(slopes, float) and slopes - slopes != 0.0:  # an inf or nan of `_slope` stands for all of them
            return [slopes] * count
        held = list(slopes) if isinstance(slopes, Iterable) else []
        if len(held) != count:
            raise TypeError(
                f"derivatives= of Op {self.name!r} is one function, so it needs to return a list, got {shown(slopes)}, "
                f"{len(held)} derivatives for {count} input(s); or write derivatives=[...] with one function per input"
            )
        return held

    def __repr__(self) -> str:
        settings = "".join(f", {key}={value!r}" for key, value in self.settings.items())
        return f"Op({self.name!r}{settings})"

    def __deepcopy__(self, memo: object = None) -> Op:
        return self  # operations are compared by `is`, so a copy would be another operation

    __copy__ = __deepcopy__
