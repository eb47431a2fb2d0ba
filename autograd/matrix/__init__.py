"""From scalars to the lecture's matrices: how `vectorize` reads the graph of one data point as a NumPy program.

In reading order: `program` (what users call), `data` (their arrays), `trace` (what f computes, read once), `neurons`
(every Σ in it found), `elementwise` and `lines` (Σ that share inputs become Z = W @ A + b, all else is A = f(Z)),
`listing` (the lines as one text, forward and backward), `columns` (functions that the text calls), `compiled` (the
text, run), `checks` (the program held against f).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from autograd.errors import shown

if TYPE_CHECKING:
    from autograd.matrix.program import Program


def vectorize(f: Callable[..., Any]) -> Program:
    """Make a function of one data point run over many at once, as a NumPy program in the lecture's matrix form.

    >>> from autograd import Value, weighted_sum
    >>> w = [Value(0.5), Value(-1.0)]
    >>> loss = vectorize(lambda x, y: (weighted_sum(w, x) - y) ** 2)
    >>> loss([[1.0, 2.0], [3.0, 4.0]], [0.0, 1.0])
    Value(data=7.25, grad=0.0, label='J')

    f gets a list of d Values for an (n, d) argument, and one Value for (n,). Data are numbers: of Values among them the
    number is read, and no gradient reaches them. f is traced with numbers at which nobody may look: a comparison,
    float() or .data of them is a TypeError that says what to write. The program is held against f itself when it is
    made, and now and then while it is used: a network that has changed is traced anew, and where they still differ, it
    is a ValueError. Between these checks f has to be one function.
    """
    from autograd.matrix.program import Program  # brings NumPy, which `import autograd` is to do without

    if not callable(f):
        raise TypeError(f"vectorize needs a function of one data point, got {shown(f)}; write vectorize(lambda x: ...)")
    return Program(f)
