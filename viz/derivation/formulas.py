"""An operation's formulas as a lecture prints them; those that compute may be longer, to be right for extreme inputs.

Both stand in the operation's entry of the table, and a test checks that they give the same numbers.
"""

from collections.abc import Sequence
from typing import Any

from autograd import Op
from autograd.formulas.code import formula_of
from autograd.formulas.symbols import Expression


def value_formula(op: Op, letters: Sequence[Any]) -> Any:
    """The value of an operation, as a formula of these letters for its inputs.

    >>> from autograd import ops
    >>> from autograd.formulas.symbols import Symbol
    >>> from autograd.formulas.text import as_text
    >>> from nn.losses import TABLE
    >>> g, y = Symbol("g"), Symbol("y")
    >>> as_text(value_formula(TABLE["squared_loss"], [g, y])), as_text(value_formula(ops.sigmoid, [g]))
    ('(g − y)²', 'σ(g)')
    """
    return op.printed(*letters, **op.settings) if op.printed else Expression._apply(op, letters)


def derivative_formula(op: Op, index: int, letters: Sequence[Any], answer: Any) -> Any:
    """The local derivative for one input; a TypeError if a user's function can't be written as a formula.

    >>> from autograd import ops
    >>> from autograd.formulas.symbols import Symbol
    >>> from autograd.formulas.text import as_text
    >>> as_text(derivative_formula(ops.sigmoid, 0, [Symbol("z")], Symbol("g")))
    'σ(z)·(1 − σ(z))'
    """
    try:
        if not callable(op.derivatives):
            answer = value_formula(op, letters)  # σ(z)·(1 − σ(z)) says more than g·(1 − g)
        forms = op.printed_derivatives
        if forms is None:
            return formula_of(op, index, [answer, *letters])
        if callable(forms):
            return forms(answer, *letters, **op.settings)[index]
        return forms[index](answer, *letters, **op.settings)
    except Exception as error:  # a user's function may raise anything when it gets symbols in place of numbers
        raise TypeError(f"the derivative of {op.name!r} can't be written as a formula") from error
