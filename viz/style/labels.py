"""A label is what a user calls a Value. It is shown as text: nothing in it is taken for a command of DOT, HTML or XML.

`written` turns the lecture's w^2_{3,1} into w²₃,₁ and replaces characters that can't be shown; `quoted` makes a DOT
string of a text, and `slug` the name of a file. Every text that goes into a drawing goes through here, once.
"""

import re
import unicodedata
from html import escape
from typing import NamedTuple

LONGEST = 200  # characters of a label; the end of a longer one is left out
SUPERSCRIPTS = str.maketrans(
    "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW′,",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ′,",
)
SUBSCRIPTS = str.maketrans(
    "0123456789+-−=()aehijklmnoprstuvx,",
    "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ,",
)
# a script is what ^ raises or _ lowers: a text in braces, or a letter or numbers that end a word (not in my_var)
SCRIPT = re.compile(r"(?<=[^\s_^{])([_^])(?:\{([^{}\s]+)\}|([0-9]+(?:,[0-9]+)*|[A-Za-z])(?![A-Za-z0-9]))")
# control characters (some change the direction of writing), surrogates, and what XML forbids; line ends may stay
UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def clean(text: str) -> str:
    r"""The text as it can be shown: no control characters, at most 200 characters.

    >>> clean("loss\x00\r\n\tJ")
    'loss�\n J'
    """
    head = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return UNSEEN.sub("\ufffd", head.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


class Piece(NamedTuple):
    """A part of a label, which is raised ("^"), lowered ("_") or neither (""); `source` is how the label writes it."""

    kind: str
    text: str
    source: str


def pieces(label: str) -> list[Piece]:
    """The label's scripts and the texts between them. Two scripts of one kind in a row become one, with a comma.

    >>> [(kind, text) for kind, text, _ in pieces("w^2_3_12 + b")]
    [('', 'w'), ('^', '2'), ('_', '3,12'), ('', ' + b')]
    """
    text, end = clean(label), 0
    found: list[Piece] = []
    for match in SCRIPT.finditer(text):
        kind, braced, bare = match.groups()
        piece = Piece(kind, braced or bare, match.group())
        if match.start() > end:
            found.append(Piece("", text[end : match.start()], text[end : match.start()]))
        elif found[-1].kind == kind:
            before = found.pop()
            piece = Piece(kind, f"{before.text},{piece.text}", before.source + piece.source)
        found.append(piece)
        end = match.end()
    return [*found, Piece("", text[end:], text[end:])] if end < len(text) else found


def written(text: str) -> str:
    """A label in the lecture's notation, its scripts raised and lowered; one for which Unicode lacks a letter stays.

    >>> written("w^2_{3,1}"), written("x_10"), written("x_d"), written("my_var"), written("w_1_12"), written("w_11_2")
    ('w²₃,₁', 'x₁₀', 'x_d', 'my_var', 'w₁,₁₂', 'w₁₁,₂')
    """
    done = ""
    for kind, inner, source in pieces(text):
        table = SUPERSCRIPTS if kind == "^" else SUBSCRIPTS
        done += inner.translate(table) if kind and all(ord(char) in table for char in inner) else source
    return done


def marked(text: str) -> str:
    """A label as markup of HTML or Graphviz, in which any letter can be an index, also those that Unicode lacks.

    >>> marked("∇_w ℒ < w_1")
    '∇<sub>w</sub> ℒ &lt; w₁'
    """
    tags = {"": "{}", "_": "<sub>{}</sub>", "^": "<sup>{}</sup>"}
    return "".join(tags[kind].format(escape(inner)) for kind, inner, _ in pieces(written(text)))


def quoted(text: str) -> str:
    r"""The text as a DOT string, which Graphviz shows as it stands.

    >>> print(quoted('<b> & "\\N"'))
    "<b> &amp; \"\\N\""
    """
    plain = clean(text).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    if "\n" in plain:  # Graphviz 16 crashes at an empty line, as it frees memory that it never allocated
        plain = "\\n".join(line or " " for line in plain.split("\n"))
    return f'"{plain}"'


def width(text: str) -> int:
    """How many columns a text takes in a terminal."""
    return sum(0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF") for char in text)


def slug(text: str) -> str:
    """A harmless file name for a title.

    >>> slug("../A neuron, with ReLU!"), slug("-Tps"), slug("…")
    ('a-neuron-with-relu', 'tps', 'diagram')
    """
    plain = unicodedata.normalize("NFKD", text[:LONGEST]).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "diagram"
