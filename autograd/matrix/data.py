"""The data of a program: they become float64 arrays, and single data points of Values again where f is called."""

from collections.abc import Sequence
from typing import Any, NoReturn

from autograd.errors import is_time, number, shown
from autograd.matrix.columns import np
from autograd.value import Value, constant


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


def widths_of(columns: Sequence[Any]) -> list[int]:
    """How many numbers a data point has in each argument; 0 stands for a single number that is no row."""
    return [column.shape[1] if column.ndim == 2 else 0 for column in columns]


def array_of(argument: Any, name: str) -> Any:
    """An argument as a float64 array of one or two dimensions."""
    if isinstance(argument, np.ma.MaskedArray) and np.ma.is_masked(argument):
        raise ValueError(f"{name} has masked entries; leave those data points out, or fill them in")
    try:
        array = np.asarray(argument)
        if is_time(array) and array.size:
            number(array.flat[0])  # raises the error
        if not np.can_cast(array.dtype, float):  # there are Values, or other objects that may be numbers
            array = np.frompyfunc(lambda x: x._data if isinstance(x, Value) else number(x), 1, 1)(array)
        array = np.asarray(array, float)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"{name} needs to be numbers, one per data point or one row of equal length per data point, "
            f"got {shown(argument)}: {error}"
        ) from None
    if array.ndim not in (1, 2) or 0 in array.shape[1:]:
        picture = "; a picture as one row: X.reshape(len(X), -1)" if array.ndim > 2 else ""
        raise ValueError(
            f"{name} needs the shape (n,) or (n, d), one entry or row per data point, got {array.shape}{picture}"
        )
    return array


def leaves_at(columns: Sequence[Any], i: int) -> list[Any]:
    """Data point i: a Value for each single number, a list of Values for each row; no gradient reaches them."""
    held = [column[i].tolist() for column in columns]
    return [list(map(constant, x)) if isinstance(x, list) else constant(x) for x in held]


def raise_at(error: Exception, i: int, columns: Sequence[Any]) -> NoReturn:
    """Raise the error of a function at a data point again, with the number of that point."""
    refuse_nan(columns, i)
    error.args = (f"{error} (data point {i}, counted from 0)",)
    raise error  # the same one: its traceback tells where in the function, and it may have notes


def refuse_nan(columns: Sequence[Any], i: int) -> None:
    """Raise an error if the data point holds nan: that is the reason, whatever another error would say."""
    numbers = [column[i].tolist() for column in columns]
    if np.isnan(np.hstack(numbers)).any():
        raise ValueError(
            f"data point {i} (counted from 0) holds nan: {shown(numbers)}; leave it out, or fill it in"
        ) from None
