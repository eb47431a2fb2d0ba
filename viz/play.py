"""`playground`, apart from the package of that name, so that a type checker sees the function and not the package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nn import MLP
    from viz.playground.playground import Playground


def playground(
    model: MLP | None = None, X: Any = None, y: Any = None, *, dataset: str = "moons", seed: int = 0
) -> Playground:
    """A network to play with: it trains in Python, and the page shows the plane as each neuron sees it.

    >>> p = playground(dataset="circles")
    >>> p.step(100)
    >>> p
    <Playground: MLP of 2 → 8 tanh → 8 tanh → 1 identity (105 parameters), step 100 on circles>

    Without a model it is the 2-8-8-1 above. `model` is an `MLP` of two inputs; it is trained where it is. X, y are your
    own data, (n, 2) and (n,): up to five whole numbers in y are classes, others amounts; or `dataset` is "linear",
    "moons", "circles", "xor" or "spiral", and for regression "plane" or "hills". `p.model` holds the weights that the
    page shows, in both directions; `p.play()`, `p.pause()`, `p.step(n)` and `p.reset()` are the page's buttons.
    `p.settings` is the whole set-up as a dict, to look at, share and set; `p.code()` is the run as a Python program,
    `p.save("playground.html")` as a page. It needs `pip install "sigmagrad[notebooks]"`, or is an ImportError.
    """
    from viz.playground.playground import Playground

    return Playground(model, X, y, dataset=dataset, seed=seed)
