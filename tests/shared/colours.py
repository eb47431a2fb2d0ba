"""Colours as people see them: how light one is, how well two can be told apart, and what is left without green cones."""

from __future__ import annotations

import re


def channels(colour: str) -> list[float]:
    """Red, green and blue from 0 to 1, of "#15181d" or of "rgb(21, 24, 29)"."""
    if colour.startswith("#"):
        return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [int(x) / 255 for x in re.findall(r"\d+", colour)[:3]]


def luminance(colour: str) -> float:
    """How light a colour is, from 0 to 1, as WCAG measures it."""
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels(colour))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """From 1, the same, to 21, black on white; WCAG asks 4.5 of text and 3 of signs."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def seen_without_green(colour: str) -> tuple[float, float]:
    """A colour as people without green cones see it (Viénot, Brettel and Mollon 1999), as yellow and blue light."""
    r, g, b = (c**2.2 for c in channels(colour))
    return 0.29275 * r + 0.70725 * g, -0.02234 * r + 0.02234 * g + b
