"""A scene is what a drawing of a graph shows: boxes and arrows with their texts and numbers, read off the Values once.

`viz.graphs` reads a scene off a graph. `viz.graphs.draw.drawn` turns it into a Diagram, and the explorer into a page.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from autograd import Value
from viz.style import theme


@dataclass(frozen=True)
class Box:
    """One thing that is drawn: `kind` is a key of `theme.BOX`, and a number that is not shown is None.

    A box shows one `value`, or stands for an operation or a layer: `computed` are the Values that this computes.
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
        """The box's texts, each on a line of its own; in a circle without a gradient the number is below the name."""
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

    Each column names boxes that stand side by side, in this order: the inputs of a layer, or its neurons.
    """

    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    columns: list[list[str]] = field(default_factory=list)


def lines(text: str, data: float | None, grad: float | None) -> list[str]:
    """The name and number of a box or an arrow, and below them its gradient.

    >>> lines("w_1", 2.0, -0.5)
    ['w_1 = 2', 'grad −0.5']
    """
    texts = [text] if text else []
    if data is not None:
        texts = [f"{text} = {theme.number(data)}" if text else theme.number(data)]
    return texts if grad is None else [*texts, theme.gradient(grad)]
