"""What the page calls the Values of a graph: in formulas, and where a name stands alone."""

from __future__ import annotations

from autograd import Value, topological_order
from viz.label import written
from viz.notation import Names


def names_of(root: Value) -> dict[Value, str]:
    """What the page calls each Value; nothing for a bare number."""
    names = Names(root)
    return {
        value: names[value].text if value.label or value.varies or value.op is not None else ""
        for value in topological_order(root)
    }


def titled(name: str, value: Value) -> str:
    """The name where it stands alone: without the parentheses that a label like "x + 1" needs in a formula.

    >>> titled("(x + 1)", Value(2.0, label="x + 1"))
    'x + 1'
    """
    if not name.startswith("(") or written(value.label).startswith("("):
        return name
    end = name.rindex(")")
    return name[1:end] + name[end + 1 :]
