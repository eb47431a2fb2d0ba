"""Values in NumPy's arrays: an operation on an array of Values, or on an array and a Value, is done number by number.

NumPy calls `Value.__array_ufunc__` for np.exp(v), array * v and array -= v. The operation is then the one whose entry
in the operation table names that NumPy function.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from autograd import ops
from autograd.errors import shown
from autograd.matrix.columns import np

OF_UFUNC = {
    ufunc.__name__: op
    for op in ops.TABLE.values()
    if isinstance(ufunc := getattr(np, (op.numpy or "").removeprefix("np."), None), np.ufunc)
}
COMPARISONS = ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal")
CHOICES = ("fmax", "fmin", "sign")  # NumPy compares in these, so they would give bare numbers, cut off from the graph


def elementwise(ufunc: Any, method: str, inputs: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """What a NumPy function gives if one of its inputs is a Value: an array of Values, or one Value."""
    name = ufunc.__name__
    held = [x if isinstance(x, np.ndarray) else np.array(x, dtype=object) for x in inputs]
    if method == "__call__" and name in OF_UFUNC:
        return np.frompyfunc(OF_UFUNC[name], ufunc.nin, 1)(*held, **kwargs)
    if method == "__call__" and name in COMPARISONS:
        return ufunc(*held, **kwargs)
    with suppress(TypeError, AttributeError):
        if name not in CHOICES:
            return getattr(ufunc, method)(*held, **kwargs)  # NumPy itself uses operators: np.square uses *
    called = name if method == "__call__" else f"{name}.{method}"
    raise TypeError(
        f"np.{called} of a Value is not known, got {shown(inputs[0])}; of its number alone it is np.{called}(v.data); "
        f"for Values there are {', '.join(sorted(OF_UFUNC))}, "
        "and an Op of your own: Op(name, value=..., derivatives=[...])"
    )
