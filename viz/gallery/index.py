"""The page of the lecture's figures: one HTML file that holds all its pictures, and asks nothing of any network."""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

from viz.diagrams.svg import readable
from viz.gallery.figures import Figure
from viz.style import theme
from viz.style.labels import marked, slug
from viz.web.document import asset, document

NAMES = {"html": "interactive page", "tex": "TikZ"}
Drawn = tuple[Figure, bytes, Sequence[str]]  # a figure, its SVG, and the kinds of files that lie beside the page


def page(title: str, about: str, figures: Iterable[Drawn]) -> str:
    """The page: figures with their SVGs, by section, with a table of contents.

    >>> figure = Figure("Start", "a-b", "A & B", "Two letters.", "the letters a and b", lambda: None)
    >>> html = page("Letters", "All there are.", [(figure, b'<svg width="90pt"/>', ["svg"])])
    >>> "A &amp; B" in html, 'alt="the letters a and b"' in html, "://" in html
    (True, True, False)
    """
    figures = list(figures)
    sections = [(name, list(held)) for name, held in groupby(figures, key=lambda one: one[0].section)]
    contents = "".join(f'<li><a href="#{slug(name)}">{escape(name)}</a></li>' for name, _ in sections)
    body = "".join(
        f'<section id="{slug(name)}"><h2>{escape(name)}</h2>{"".join(figure_html(*one) for one in held)}</section>\n'
        for name, held in sections
    )
    body = (
        f'<header><h1>{escape(title)}</h1><p class="faint">{escape(about)}</p></header>\n'
        f'<nav aria-label="Contents"><ul>{contents}</ul></nav>\n<main>{body}</main>\n'
        "<footer>Every picture is drawn from live objects. It opens in full size; beside this page it is as SVG, "
        "as PNG, and for LaTeX: a drawing as a TikZ picture, a plot as PDF.</footer>\n"
        '<dialog aria-label="The figure in full size"><button>Close</button></dialog>'
    )
    sizes = "".join(f"#{figure.slug} img {{{readable(svg)}}}\n" for figure, svg, _ in figures)
    sizes += "@media print {figure img {width: auto !important; max-width: 100% !important}}\n"
    style = f":root {{--paper: {theme.PAGE}}}\n" + asset("gallery", "index.css") + sizes
    return document(title, body, style=style, script=asset("gallery", "index.js"))


def figure_html(figure: Figure, svg: bytes, kinds: Sequence[str]) -> str:
    """One figure: the picture on white paper, which opens in full size, its title, caption, and files."""
    picture = f"data:image/svg+xml;base64,{b64encode(svg).decode()}"
    files = " · ".join(f'<a href="{figure.slug}.{kind}">{NAMES.get(kind, kind.upper())}</a>' for kind in kinds)
    return (
        f'<figure id="{figure.slug}"><div class="paper"><a href="{figure.slug}.svg">'
        f'<img alt="{escape(figure.alt)}" src="{picture}"></a></div>\n'
        f'<figcaption><h3>{marked(figure.title)}</h3><p>{marked(figure.caption)}</p><p class="files">{files}</p>'
        "</figcaption></figure>\n"
    )
