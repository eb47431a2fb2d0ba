"""The pages of the lecture's examples, to be stepped through beside its figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from nn import nll_loss, squared_loss
from viz.explorer import Explorer, explore
from viz.gallery.examples import X, Y, neuron, two_sigmoids


@dataclass(frozen=True)
class Page:
    """One page: `slug` names its file."""

    slug: str
    title: str
    caption: str
    make: Callable[[], Explorer]


PAGES: tuple[Page, ...] = (
    Page(
        "explore-neuron",
        "A neuron's loss, step by step",
        "A logistic classifier of three inputs: how its loss is computed, and how every weight gets its gradient.",
        lambda: explore(neuron("sigmoid", bias=True), X, Y, nll_loss),
    ),
    Page(
        "explore-two-sigmoids",
        "Two sigmoids and their sum, step by step",
        "The lecture's example σ₁ = σ(5x₁ − 5x₂ + 1), σ₂ = σ(−5x₁ + 5x₂ + 1): move its weights, or let them learn.",
        lambda: explore(two_sigmoids(), [0.5, -0.25], -4.0, squared_loss),
    ),
)
