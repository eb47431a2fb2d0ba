"""explore: a page in which one steps through backpropagation, moves the numbers, and sees everything follow."""

from collections.abc import Callable, Iterable
from typing import Any

from autograd import Value
from autograd.errors import shown
from viz.explorer.explorer import Explorer
from viz.graphs.draw import VIEWS


def explore(
    root: Any, x: Any = None, y: Any = None, loss: Callable[..., Any] | None = None, *, view: str = "lecture"
) -> Explorer:
    """One self-contained page that steps through both passes, with a slider for every leaf but bare numbers.

    >>> from nn import MLP, squared_loss
    >>> model = MLP(2, [2, 1], ["sigmoid", "identity"], seed=0)
    >>> explore(model, [1.0, -2.0], 0.5, squared_loss)
    <Explorer 'ℒ, step by step': .save('explore.html') writes it>

    A Value is the root of the graph that is explored; of a model it is its output at `x`, or with `y` and a `loss` the
    loss there. `view` is the one that is shown first, "lecture" or "operations". Above 500 values or 2000 arrows the
    lecture's view shows layers, and the other is a ValueError; a page holds up to 50000 values. An operation whose
    formulas can't be printed is a TypeError.
    """
    if not isinstance(view, str) or view not in VIEWS:
        raise ValueError(f'explore needs view="lecture" or view="operations", got {shown(view)}')
    if isinstance(root, Value):
        if x is not None or y is not None or loss is not None:
            raise TypeError("explore takes x, y and loss with a model: explore(model, x, y, loss); or explore(value)")
        return Explorer(root, view)
    return Explorer(_root_of(root, x, y, loss), view)


def _root_of(model: Any, x: Any, y: Any, loss: Callable[..., Any] | None) -> Value:
    """What a model computes of one data point: its output, or its loss."""
    if not callable(model):
        raise TypeError(
            f"explore needs a Value or a model, got {type(model).__name__} {shown(model)}; "
            "write explore(value) or explore(model, x, y, loss)"
        )
    if x is None:
        raise TypeError("explore needs a data point x to run a model on; write explore(model, x, y, loss)")
    if (y is None) != (loss is None):
        missing = "loss" if loss is None else "y"
        raise TypeError(f"explore of a loss needs y and loss, {missing} is missing; write explore(model, x, y, loss)")
    if loss is not None and not callable(loss):
        raise TypeError(
            f"explore needs a function as loss, got {shown(loss)}; write explore(model, x, y, squared_loss)"
        )
    output = model(x)
    root = output if loss is None else loss(output, y)
    if isinstance(root, Value):
        return root
    source = "the model" if loss is None else "the loss"
    came = f"{type(root).__name__} {shown(root)}"
    remedy = "return one, as squared_loss does"
    if loss is None and isinstance(root, Iterable) and not isinstance(root, str):
        remedy = "give y and a loss, or explore one of them: explore(model(x)[0])"
    raise TypeError(f"explore needs one Value as the root, {source} answered {came}; {remedy}")
