"""The page of the lecture's figures: one HTML file that holds all its pictures, and asks nothing of any network."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from html import escape
from itertools import groupby

from viz.gallery.figures import Figure
from viz.style import theme
from viz.style.labels import slug

STYLE = """
:root { color-scheme: light dark; --page: #fbfbfd; --ink: #1b1b1b; --faint: #5c5c66; --line: #dcdce4; --link: #0062a0; }
@media (prefers-color-scheme: dark) {
  :root { --page: #16181d; --ink: #e8e8ec; --faint: #a4a4b0; --line: #34363f; --link: #7cc0f0; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 17px/1.55 system-ui, Helvetica, Arial, sans-serif; }
header, main, nav, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.2rem; }
header { padding-top: 2.5rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .4rem; }
h2 { font-size: 1.4rem; margin: 3rem 0 .8rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.08rem; margin: 0; }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: .3rem 1.3rem; padding: 0; }
a { color: var(--link); }
.faint, figcaption p, footer { color: var(--faint); }
figure { margin: 1.6rem 0 2.4rem; }
.paper { background: PAGE; border: 1px solid var(--line); border-radius: 10px; padding: .8rem; text-align: center; }
.paper img { max-width: 100%; height: auto; display: inline-block; }
figcaption { margin-top: .7rem; }
figcaption p { margin: .15rem 0; }
footer { padding-bottom: 3rem; font-size: .9rem; }
""".replace("PAGE", theme.PAGE)


def page(title: str, about: str, figures: Iterable[tuple[Figure, bytes]]) -> str:
    """The page: figures with their SVGs, by section, with a table of contents.

    >>> figure = Figure("Start", "a-b", "A & B", "Two letters.", "the letters a and b", lambda: None)
    >>> html = page("Letters", "All there are.", [(figure, b"<svg></svg>")])
    >>> "A &amp; B" in html, 'alt="the letters a and b"' in html, "://" in html
    (True, True, False)
    """
    sections = [(name, list(held)) for name, held in groupby(figures, key=lambda pair: pair[0].section)]
    contents = "".join(f'<li><a href="#{slug(name)}">{escape(name)}</a></li>' for name, _ in sections)
    body = "".join(
        f'<section id="{slug(name)}"><h2>{escape(name)}</h2>{"".join(shown(*pair) for pair in held)}</section>\n'
        for name, held in sections
    )
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="generator" content="sigmagrad">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style></head>\n"
        f'<body><header><h1>{escape(title)}</h1><p class="faint">{escape(about)}</p></header>\n'
        f'<nav aria-label="Contents"><ul>{contents}</ul></nav>\n<main>{body}</main>\n'
        "<footer>Every picture is drawn from live objects; it is beside this page as SVG and PNG.</footer>"
        "</body></html>\n"
    )


def shown(figure: Figure, svg: bytes) -> str:
    """One figure: the picture on white paper, its title, caption, and files."""
    picture = f"data:image/svg+xml;base64,{b64encode(svg).decode()}"
    files = " · ".join(f'<a href="{figure.slug}.{kind}">{kind.upper()}</a>' for kind in ("svg", "png"))
    return (
        f'<figure id="{figure.slug}"><div class="paper">'
        f'<img alt="{escape(figure.alt)}" src="{picture}"></div>\n'
        f"<figcaption><h3>{escape(figure.title)}</h3><p>{escape(figure.caption)}</p><p>{files}</p></figcaption></figure>\n"
    )
