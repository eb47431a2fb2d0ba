"""The theme's colours as variables of a style sheet, for light and for dark pages."""

from collections.abc import Mapping

from viz.style import theme

LIGHT = {
    "page": theme.PAGE,
    "ink": theme.INK,
    "soft": theme.FAINT,
    "blue": theme.BLUE,
    "learnable": theme.LEARNABLE,
    "gradient": theme.GRADIENT,
    "wrong": "#A63A00",
    "right": "#00684B",
    "focus": theme.BLUE,
}
DARK = {
    "page": "#15181D",
    "ink": "#F2F3F5",
    "soft": "#A9AFB8",
    "blue": theme.SKY,
    "learnable": "#FF9F5A",
    "gradient": "#E79AC8",
    "wrong": "#FF8A4C",
    "right": "#3FD0A4",
    "focus": theme.SKY,
}
BRIGHT = {  # for colours of the theme's lines, the brighter ones that are seen on a dark page
    theme.BLUE: theme.SKY,
    theme.GREEN: "#35C79E",
    theme.LEARNABLE: DARK["learnable"],
    theme.INK: "#D7DBE0",
    theme.FAINT: DARK["soft"],
}


def colours() -> str:
    """The theme as style rules, for light and dark pages; on a dark page a box is filled with a shade of its line."""
    kinds = {kind: {**theme.NODE, **style} for kind, style in theme.BOX.items()}
    light = "".join(f".{kind}{{--line:{style['color']};--fill:{style['fillcolor']}}}" for kind, style in kinds.items())
    dark = "".join(f".{kind}{{--line:{_bright(style)};--fill:{_shade(style)}}}" for kind, style in kinds.items())
    night = "@media (prefers-color-scheme: dark)"
    return f":root{{{variables(LIGHT)}}}{light}\n{night}{{:root{{{variables(DARK)}}}{dark}}}\n"


def variables(table: Mapping[str, str]) -> str:
    """A table of colours as declarations of a style sheet's variables."""
    return "".join(f"--{name}:{colour};" for name, colour in table.items())


def _shade(style: Mapping[str, str]) -> str:
    plain = style["fillcolor"] == theme.PAGE
    return DARK["page"] if plain else f"color-mix(in srgb,{_bright(style)} 24%,{DARK['page']})"


def _bright(style: Mapping[str, str]) -> str:
    return BRIGHT.get(style["color"], style["color"])
