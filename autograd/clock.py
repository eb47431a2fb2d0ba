"""Whether what was read of Values still holds. Numbers and gradients are set in many places: each says so here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Clock:
    """Its `now` is another object whenever numbers of Values are set: what was read at the same now still holds.

    Who sets numbers ticks before and after, so that neither an interrupt nor another thread can come between. Who sets
    gradients forgets, in the same way, `gradients_of`: a reference to the kernel whose arrays hold the same ones.
    """

    __slots__ = ("gradients_of", "now")

    def __init__(self) -> None:
        self.now = object()
        self.gradients_of: Callable[[], Any] | None = None

    def tick(self) -> None:
        """From here on, numbers have to be read again."""
        self.now = object()


clock = Clock()
