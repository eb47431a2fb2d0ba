"""The page of the lecture's figures: one HTML file that holds all its pictures, and asks nothing of any network."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from html import escape
from itertools import groupby

from viz.diagrams.svg import readable
from viz.gallery.figures import Figure
from viz.gallery.pages import Page
from viz.style import theme
from viz.style.labels import slug, written
from viz.web.document import asset, document


def page(title: str, about: str, figures: Iterable[tuple[Figure, bytes]], pages: Iterable[Page] = ()) -> str:
    """The page: figures with their SVGs, by section, with a table of contents, and links to the live pages beside it.

    >>> figure = Figure("Start", "a-b", "A & B", "Two letters.", "the letters a and b", lambda: None)
    >>> html = page("Letters", "All there are.", [(figure, b'<svg width="90pt"/>')])
    >>> "A &amp; B" in html, 'alt="the letters a and b"' in html, "://" in html
    (True, True, False)
    """
    figures = list(figures)
    sections = [(name, list(held)) for name, held in groupby(figures, key=lambda pair: pair[0].section)]
    contents = "".join(f'<li><a href="#{slug(name)}">{escape(name)}</a></li>' for name, _ in sections)
    body = "".join(
        f'<section id="{slug(name)}"><h2>{escape(name)}</h2>{"".join(shown(*pair) for pair in held)}</section>\n'
        for name, held in sections
    )
    body = (
        f'<header><h1>{escape(title)}</h1><p class="faint">{escape(about)}</p></header>\n'
        f'<nav aria-label="Contents"><ul>{contents}</ul></nav>\n<main>{linked(pages)}{body}</main>\n'
        "<footer>Every picture is drawn from live objects; it is beside this page as SVG and PNG.</footer>"
    )
    sizes = "".join(f"#{figure.slug} img {{{readable(svg)}}}\n" for figure, svg in figures)
    style = f":root {{--paper: {theme.PAGE}}}\n" + asset("gallery", "index.css") + sizes
    return document(title, body, style=style)


def linked(pages: Iterable[Page]) -> str:
    """The pages that one steps through, with what each is about."""
    links = "".join(
        f'<dt><a href="{page.slug}.html">{escape(page.title)}</a></dt><dd>{escape(page.caption)}</dd>' for page in pages
    )
    return f"<section><h2>To step through</h2><dl>{links}</dl></section>\n" if links else ""


def shown(figure: Figure, svg: bytes) -> str:
    """One figure: the picture on white paper, which opens in full size, its title, caption, and files."""
    picture = f"data:image/svg+xml;base64,{b64encode(svg).decode()}"
    files = " · ".join(f'<a href="{figure.slug}.{kind}">{kind.upper()}</a>' for kind in ("svg", "png"))
    return (
        f'<figure id="{figure.slug}"><div class="paper"><a href="{figure.slug}.svg">'
        f'<img alt="{escape(figure.alt)}" src="{picture}"></a></div>\n'
        f"<figcaption><h3>{escape(written(figure.title))}</h3><p>{escape(written(figure.caption))}</p><p>{files}</p></figcaption></figure>\n"
    )
