"""A scene is what a drawing of a graph shows: boxes and arrows with their texts and numbers, read off the Values once.

The walks in `viz.graphs` fill one; drawers turn it into a Diagram with `viz.graphs.draw.drawn`, or into a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from autograd import Value
from viz.style import theme


@dataclass(frozen=True)
class Box:
    """One thing that is drawn: `kind` is a key of `theme.BOX`, the numbers are None where none is shown.

    It shows a `value`, or stands for what is `computed`, by an operation or in a layer.
    """

    name: str
    kind: str
    text: str = ""
    data: float | None = None
    grad: float | None = None
    value: Value | None = field(default=None, compare=False, repr=False)
    computed: Sequence[Value] = field(default=(), compare=False, repr=False)

    @property
    def lines(self) -> list[str]:
        """The box's texts, each on a line of its own; a lone number in a circle is below its name."""
        if self.grad is None and self.text and theme.BOX[self.kind]["shape"] == "circle":
            return [self.text, *lines("", self.data, None)]
        return lines(self.text, self.data, self.grad)


@dataclass(frozen=True)
class Arrow:
    """An arrow from box to box: `kind` is a key of `theme.ARROW`, its text and numbers are about `value`, if any."""

    tail: str
    head: str
    kind: str = "plain"
    text: str = ""
    data: float | None = None
    grad: float | None = None
    derivative: float | None = None
    value: Value | None = field(default=None, compare=False, repr=False)

    @property
    def lines(self) -> list[str]:
        """The texts beside the arrow, each on a line of its own."""
        if self.derivative is not None:
            return [theme.number(self.derivative)]
        return lines(self.text, self.data, self.grad)


@dataclass
class Scene:
    """The boxes and arrows of one drawing, in the order in which they are drawn.

    Each column names boxes that stand side by side, in this order: the inputs of a layer, its neurons.
    """

    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    columns: list[list[str]] = field(default_factory=list)


def lines(text: str, data: float | None, grad: float | None) -> list[str]:
    """A thing's name and number, and below them its gradient.

    >>> lines("w_1", 2.0, -0.5)
    ['w_1 = 2', 'grad −0.5']
    """
    shown = [text] if text else []
    if data is not None:
        shown = [f"{text} = {theme.number(data)}" if text else theme.number(data)]
    return shown if grad is None else [*shown, theme.gradient(grad)]
