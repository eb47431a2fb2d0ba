r"""A line of a drawing as LaTeX: letters, indices and signs as mathematics, everything else as text.

What comes out is ASCII and compiles with any LaTeX. Nothing in a label is ever a command: a character is written by one
of the tables below, or by its number in Unicode, like [U+4E2D].
"""

import re
import unicodedata

from viz.style.labels import SUBSCRIPTS, SUPERSCRIPTS, pieces

SMALL = (
    "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon varphi chi"
)
CAPITALS = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
GREEK = dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", f"{SMALL} psi omega {CAPITALS}".split(), strict=True))
# signs between two things, where LaTeX leaves room by itself
SIGNS = {**{char: char for char in "=+<>,;"}, "−": "-", "×": r"\times ", "·": r"\cdot ", "←": r"\leftarrow "}
SIGNS |= {"→": r"\to ", "≤": r"\leq ", "≥": r"\geq ", "≈": r"\approx "}
SYMBOLS = {"∂": r"\partial ", "∇": r"\nabla ", "ℒ": r"\mathcal{L}", "ƒ": "f", "∞": r"\infty ", "√": r"\surd "}
SYMBOLS |= {"⋮": r"\vdots ", "…": r"\dots ", "⋯": r"\cdots ", "|": "|"}
SYMBOLS |= {letter: rf"\{name} " for letter, name in GREEK.items()}
EITHER = "=+,;()/"  # mathematics beside mathematics, text beside words
AFTER = ",;)"  # those of EITHER for which only the thing before them counts
TEXT = {char: f"\\{char}" for char in "{}$&#_%"}
TEXT |= {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "`": r"\textasciigrave{}"}
TEXT |= {'"': r"\char34{}", "'": r"\char39{}", "-": "{-}", "–": "--", "—": "---", "*": r"\char42{}"}
TEXT |= {char: f"{{{char}}}" for char in "!?:;,=/"}  # braces prevent ligatures, and a language's shorthands
TEXT |= {"ß": r"\ss{}", "æ": r"\ae{}", "ø": r"\o{}", "ł": r"\l{}", "Æ": r"\AE{}", "Ø": r"\O{}", "Ł": r"\L{}"}
ACCENTS = dict(zip("\u0300\u0301\u0302\u0303\u0304\u0307\u0308", "`'^~=.\"", strict=True))
RAISED = {raised: chr(plain) for plain, raised in SUPERSCRIPTS.items() if raised not in map(ord, "′,")}
LOWERED = {lowered: chr(plain) for plain, lowered in SUBSCRIPTS.items() if lowered != ord(",")}
UP, DOWN = (f"[{''.join(map(chr, table))}]" for table in (RAISED, LOWERED))
TOKEN = re.compile(
    rf"(?P<up>{UP}(?:,?{UP})*)|(?P<down>{DOWN}(?:,?{DOWN})*)|(?P<prime>′)"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?(?:e−?[0-9]+)?)|(?P<word>[A-Za-zÀ-ÖØ-öø-ž]+)|(?P<space>\s+)|(?P<other>.)"
)


def line_latex(text: str) -> str:
    r"""A line of a label, its mathematics between dollar signs.

    >>> print(line_latex("w²₃,₁ = −0.5"), line_latex("∇_w ℒ"), line_latex("layer 1: f = ReLU"))
    $w^{2}_{3,1}=-0.5$ $\nabla_{w}\ \mathcal{L}$ layer $1${:} $f=$ ReLU
    >>> print(line_latex(r"50% \input{x} my_var 中"))
    $50$\% \textbackslash{}input\{$x$\} my\_var [U+4E2D]
    """
    tokens = _tokens(text)
    for i, (kind, piece) in enumerate(tokens):
        if kind == "either":
            beside = [_next(tokens[:i][::-1]), "" if piece in AFTER else _next(tokens[i + 1 :])]
            formula = not {"math", "sign", "script"}.isdisjoint(beside)
            signs = "sign" if piece in SIGNS else "math"
            tokens[i] = (signs, SIGNS.get(piece, piece)) if formula else ("text", _text(piece))
    return _joined(tokens)


def _tokens(text: str) -> list[tuple[str, str]]:
    """Pieces with their kinds (math, sign, script, text, space, either) and their LaTeX, which "either" has not yet."""
    found: list[tuple[str, str]] = []
    for kind, inner, _ in pieces(text):
        found += [("script", f"{kind}{{{_script(inner)}}}")] if kind else map(_token, TOKEN.finditer(inner))
    return found


def _token(match: re.Match[str]) -> tuple[str, str]:
    piece, kind = match.group(), match.lastgroup
    if kind in ("up", "down"):
        sign, plain = ("^", RAISED) if kind == "up" else ("_", LOWERED)
        return "script", f"{sign}{{{_script(piece.translate(plain))}}}"
    if kind == "prime":
        return "script", r"^{\prime}"
    if kind == "space":
        return "space", " "
    if kind == "number":
        mantissa, _, power = piece.replace("−", "-").partition("e")
        return "math", rf"{mantissa}\cdot 10^{{{power}}}" if power else mantissa
    if piece in SYMBOLS or (kind == "word" and len(piece) == 1 and piece.isascii()):
        return "math", SYMBOLS.get(piece, piece)
    if piece in EITHER:
        return "either", piece
    if piece in SIGNS:
        return "sign", SIGNS[piece]
    return "text", _text(piece)


def _script(text: str) -> str:
    """The LaTeX of a raised or lowered text: a word is upright, letters and numbers are as they are."""
    if re.fullmatch(r"[0-9.,+()−]*|[A-Za-z](?:,[0-9]+)*", text):
        return text.replace("−", "-")
    if re.fullmatch(r"[A-Za-z]+", text):
        return rf"\mathrm{{{text}}}"
    before = {"text": r"\mbox{\scriptsize ", "script": "{}"}  # a script inside it gets an empty group to stand on
    return "".join(before.get(kind, "") + piece + "}" * (kind == "text") for kind, piece in _tokens(text))


def _text(piece: str) -> str:
    return "".join(map(_character, piece))


def _character(char: str) -> str:
    if char in TEXT:
        return TEXT[char]
    if char.isascii():
        return char
    base, *marks = [*unicodedata.normalize("NFD", char)]
    if len(marks) == 1 and marks[0] in ACCENTS and base.isascii():
        return f"\\{ACCENTS[marks[0]]}{{{base}}}"
    return f"[U+{ord(char):04X}]"


def _next(tokens: list[tuple[str, str]]) -> str:
    """The kind of the first token that is not a space."""
    return next((kind for kind, _ in tokens if kind != "space"), "")


def _joined(tokens: list[tuple[str, str]]) -> str:
    """The tokens as one line: all mathematics that stands together is one formula, and between formulas is text."""
    done, formula, used = "", "", ""  # used: which of ^ and _ the letter before has already
    for i, (kind, piece) in enumerate(tokens):
        after = tokens[i + 1][0] if i + 1 < len(tokens) else "text"
        if kind == "text" or (kind == "space" and (not formula or after in ("text", "space"))):
            done, formula = done + _formula(formula), ""
            done += piece if kind == "text" or done[-1:] not in ("", " ") else r"\ "
        elif kind == "space":
            formula += "" if "sign" in (tokens[i - 1][0], after) else r"\ "
        else:
            again = piece[0] in used  # LaTeX allows a second ^ or _ on an empty group only
            formula += f"{{}}{piece}" if again else piece
        used = used + piece[0] if kind == "script" else "^" if "^" in piece else ""  # 10^{-7}
    return done + _formula(formula)


def _formula(text: str) -> str:
    """A formula in dollar signs, without the space behind a command where no letter follows: it is not needed there."""
    return f"${re.sub(r'(?<=[a-z]) (?![A-Za-z])', '', text)}$" if text else ""
