r"""Pieces of a derivation in Unicode text and in LaTeX: labels, words, and numbers.

Labels are text: `w^2_{3,1}` gets its scripts, and all that LaTeX would interpret is written so that it is only shown.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from autograd.formulas.symbols import Symbol
from autograd.formulas.text import LATEX_ESCAPES
from viz.style.labels import UNSEEN, pieces

ESCAPES = LATEX_ESCAPES | {ord("<"): r"\lt ", ord(">"): r"\gt "}  # these two for pages that show LaTeX as HTML
SPECIAL = re.compile(r"([{}$&#%_\\^~<>@])")
NUMBERS = re.compile(r"[0-9.,+()-]+")


class Cell(NamedTuple):
    """A piece of a derivation: as Unicode text and as LaTeX."""

    text: str
    latex: str

    @property
    def safe(self) -> Cell:
        """The same without line ends and control characters, and without a < in the LaTeX, so that no markup starts."""
        text, latex = (UNSEEN.sub("\ufffd", re.sub(r"\s+", " ", part)) for part in self)
        return Cell(text, latex.replace("<", r"\lt ").replace(">", r"\gt "))


def label_latex(label: str) -> str:
    r"""A label as LaTeX: the lecture's scripts are scripts, everything else is shown as it stands.

    >>> print(label_latex("w^2_{3,1}"), label_latex("my_var"), label_latex("50% {a}"))
    w^{2}_{3,1} \text{my}\_\text{var} 50\%\ \{a\}
    """
    done, used = "", ""
    for kind, text, _ in pieces(label):
        if not kind:
            done, used = done + words_latex(text), ""
            continue
        if kind in used:  # x^1_2^3 has a second superscript, which LaTeX allows on a group only
            done, used = f"{{{done}}}", ""
        done, used = f"{done}{kind}{{{words_latex(text)}}}", used + kind
    return done


def words_latex(text: str) -> str:
    """Text within a formula: a lone letter becomes italic, words upright, and numbers stay as they are."""
    return "".join(map(_word, re.split(rf"(\s)|{SPECIAL.pattern}", text)))


def _word(piece: str | None) -> str:
    if not piece or NUMBERS.fullmatch(piece) or (len(piece) == 1 and piece.isalpha() and piece != "ℒ"):
        return piece or ""
    return r"\ " if piece.isspace() else r"\mathcal{L}" if piece == "ℒ" else _upright(piece)


def _upright(words: str) -> str:
    """Words in upright letters; every second piece of the split is a character that LaTeX would interpret."""
    pieces = enumerate(SPECIAL.split(words))
    return "".join(piece.translate(ESCAPES) if i % 2 else rf"\text{{{piece}}}" for i, piece in pieces if piece)


def said(*parts: str | Symbol) -> Cell:
    r"""A remark: words, and the letters of Values among them.

    >>> said("no path to ", Symbol("x", text="x₁", latex="x_1"))
    Cell(text='no path to x₁', latex='\\text{no path to }x_1')
    """
    text = "".join(part if isinstance(part, str) else part.text for part in parts)
    latex = "".join(_upright(part) if isinstance(part, str) else part.latex for part in parts)
    return Cell(text, latex)


def digits(x: float) -> Cell:
    """A number with six significant digits at most.

    >>> digits(-0.1), digits(3.0).text, digits(1e-7).latex, digits(1 / 3).text
    (Cell(text='−0.1', latex='-0.1'), '3', '10^{-7}', '0.333333')
    """
    plain = f"{x + 0.0:.6g}"  # makes 0.0 of −0.0, whose sign would only distract
    mantissa, _, exponent = plain.partition("e")
    latex = plain.replace("inf", r"\infty").replace("nan", r"\text{nan}")
    if exponent:
        power = f"10^{{{int(exponent)}}}"
        latex = power if mantissa == "1" else rf"{mantissa} \times {power}"
        plain = f"{mantissa}e{int(exponent)}"
    return Cell(plain.replace("-", "−"), latex)
