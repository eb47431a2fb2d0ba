"""From scalars to the lecture's matrices: `vectorize` turns the graph of one data point into a NumPy program for all.

In reading order: `program` is what users call. `trace` calls f once, and `terms` reads what it computes, with every Σ
in it. `elementwise` and `lines` write it as lines: Σ that share their inputs become Z = W @ A + b, and everything else
is A = f(Z). `compiled` makes one text of the lines, forward and backward, and runs it; `columns` holds functions that
the text calls. `checks` compares the program with f.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from autograd.errors import shown

if TYPE_CHECKING:
    from autograd.matrix.program import Program


def vectorize(f: Callable[..., Any]) -> Program:
    """Let a function of one data point run over many at once, as a NumPy program in the lecture's matrix form.

    >>> from autograd import Value, weighted_sum
    >>> w = [Value(0.5), Value(-1.0)]
    >>> loss = vectorize(lambda x, y: (weighted_sum(w, x) - y) ** 2)
    >>> loss([[1.0, 2.0], [3.0, 4.0]], [0.0, 1.0])
    Value(data=7.25, grad=0.0, label='J')

    f gets a list of d Values for an argument of shape (n, d), and one Value for (n,). If the data hold Values, only
    their numbers are read, and no gradient reaches them. f is traced: it is called once with numbers that nobody may
    look at, so a comparison, float() or .data of them is a TypeError that says what to write. The program is compared
    with f itself when it is made, and now and then while it is used. If f has changed by then, it is traced anew; if
    the two still differ, that is a ValueError. Between these checks f has to stay the same function.
    """
    from autograd.matrix.program import Program  # imports NumPy, which `import autograd` does without

    if not callable(f):
        raise TypeError(f"vectorize needs a function of one data point, got {shown(f)}; write vectorize(lambda x: ...)")
    return Program(f)
