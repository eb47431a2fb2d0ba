"""The gallery: the lecture's figures, each a card with its picture, its files, and the program that draws it."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from pathlib import Path

from programs import TRAINED, program

from viz.gallery.breast_cancer import FEATURES, train
from viz.gallery.figures import LECTURE, Figure, on_real_data
from viz.gallery.index import NAMES
from viz.style.labels import marked

FIGURES = "lecture"  # the folder that `python -m viz` writes, beside the page
CODE = """

````{{dropdown}} The program
```python
{}
```
````
"""
KINDS = ("html", "svg", "png", "tex", "pdf")
START = """# Gallery

Every figure of the lecture, drawn from live objects: `python -m viz lecture/` writes them all. A card has the figure's
files, the program that draws it and, where there is one, a page that moves what it shows. For LaTeX, a drawing is a
TikZ picture and a plot is a PDF.

## Pages that move

An explorer steps through a loss, forward and backward, with a slider for every number. The playground trains a network
while you watch. Each page is one file that runs by itself.
"""


def gallery_page(folder: Path) -> str:
    """The page, as Markdown; the folder holds the figures' files."""
    figures = all_figures()
    parts = [START, *grid("1 1 2 2", (moving_card(figure) for figure in figures if figure.page is not None))]
    for section, held in groupby(figures, key=lambda figure: figure.section):
        parts += [f"## {section}\n", *grid("1", (card(figure, folder) for figure in held))]
    return "\n".join(parts)


def all_figures() -> list[Figure]:
    """The figures of the lecture, and those of the networks that are trained for them."""
    trained = {"train": train, "FEATURES": FEATURES}
    with contextlib.redirect_stderr(io.StringIO()):  # the progress of the training
        exec("\n".join(TRAINED.values()), trained)
    return [*LECTURE, *on_real_data(trained["large"], trained["small"])]


def grid(columns: str, cards: Iterable[str]) -> Iterator[str]:
    """Cards side by side: so many columns, on a phone first and on a large screen last."""
    yield f"::::{{grid}} {columns}\n:gutter: 3\n"
    for text in cards:
        yield f":::{{grid-item-card}}\n{text}\n:::\n"
    yield "::::\n"


def card(figure: Figure, folder: Path) -> str:
    """A figure with its caption, all its files, and its program."""
    kinds = [kind for kind in KINDS if (folder / f"{figure.slug}.{kind}").exists()]
    files = " · ".join(f'<a href="{address(figure, kind)}">{NAMES.get(kind, kind.upper())}</a>' for kind in kinds)
    words = f"<p>{marked(figure.caption)}</p><p>{files}</p>"
    return shown(figure, "svg") + words + CODE.format(program(figure.make))


def moving_card(figure: Figure) -> str:
    """A figure that leads to its page."""
    return shown(figure, "html")


def shown(figure: Figure, kind: str) -> str:
    """The picture, which leads to one of the figure's files, and the title."""
    picture = f'<img src="{address(figure, "svg")}" alt="{escape(figure.alt)}" loading="lazy">'
    link = f'<a class="paper" href="{address(figure, kind)}">{picture}</a>'
    return f'{link}\n<p class="title">{marked(figure.title)}</p>\n'


def address(figure: Figure, kind: str) -> str:
    """Where a file of a figure is, seen from the page."""
    return f"{FIGURES}/{figure.slug}.{kind}"
