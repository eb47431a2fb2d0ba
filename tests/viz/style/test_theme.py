"""The theme: numbers as they are printed, and colours that can be told apart and read."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shared.colours import contrast, seen_without_green

from viz.style import theme
from viz.style.theme import ARROW, BOX, NODE, number

NUMBERS = [
    (0.0, "0"),
    (-0.0, "0"),
    (1.0, "1"),
    (-1.0, "−1"),
    (0.1 + 0.2, "0.3"),
    (2 / 3, "0.6667"),
    (-1234.5678, "−1235"),
    (12345.678, "12346"),
    (-999999.4, "−999999"),
    (1e6, "1e6"),
    (123456789.0, "1.235e8"),
    (1.7976931348623157e308, "1.798e308"),
    (0.00012345, "0.0001234"),
    (0.00001, "1e−5"),
    (-5e-324, "−4.941e−324"),
    (math.inf, "∞"),
    (-math.inf, "−∞"),
    (math.nan, "nan"),
    (3, "3"),
]


@pytest.mark.parametrize(("x", "shown"), NUMBERS)
def test_numbers_are_printed_short(x: float, shown: str) -> None:
    assert number(x) == shown


@given(st.floats(-1.797e308, 1.797e308))
def test_a_printed_number_is_short_and_right_to_four_digits(x: float) -> None:
    shown = number(x)
    assert len(shown) <= 11
    assert "-" not in shown
    assert math.isclose(float(shown.replace("−", "-")), x, rel_tol=5.01e-4, abs_tol=0.0 if abs(x) > 1e-300 else 1e-323)


@pytest.mark.parametrize("kind", BOX)
def test_text_in_a_box_is_readable_and_its_border_is_seen(kind: str) -> None:
    style = {**NODE, **BOX[kind]}
    assert contrast(style["fontcolor"], style["fillcolor"]) >= (7 if style["fontcolor"] == theme.INK else 4.5)
    if style.get("penwidth") != "0":
        assert contrast(style["color"], theme.PAGE) >= 3  # WCAG's least for signs
    assert contrast(theme.LEARNABLE, theme.PAGE) >= 4.5
    assert contrast(theme.GRADIENT, theme.PAGE) >= 4.5


@pytest.mark.parametrize("kind", ARROW)
def test_text_on_an_arrow_is_readable(kind: str) -> None:
    assert contrast({**theme.EDGE, **ARROW[kind]}["fontcolor"], theme.PAGE) >= 4.5


def test_the_four_kinds_of_values_differ_in_shape_and_in_colour() -> None:
    kinds = [BOX[kind] for kind in ("input", "parameter", "constant", "result")]
    assert len({(style["shape"], style.get("style")) for style in kinds}) == 4
    assert len({style["color"] for style in kinds}) == 4
    assert len({style["fillcolor"] for style in kinds}) == 4


def test_the_borders_differ_for_the_colour_blind_too() -> None:
    seen = [seen_without_green(BOX[kind]["color"]) for kind in ("input", "parameter", "constant", "result")]
    for i, one in enumerate(seen):
        for other in seen[:i]:
            assert math.dist(one, other) > 0.08


def test_one_font_everywhere() -> None:
    styles = [theme.GRAPH, theme.NODE, theme.EDGE, *BOX.values(), *ARROW.values()]
    assert {style["fontname"] for style in styles if "fontname" in style} == {"Helvetica"}


@pytest.mark.parametrize("w", [math.inf, -math.inf, math.nan])
def test_an_arrow_is_seen_however_large_its_weight(w: float) -> None:
    assert theme.thickness(w, abs(w))["penwidth"] == f"{theme.THICKEST:g}"
    assert theme.thickness(1.0, abs(w))["penwidth"] in (f"{theme.THICKEST:g}", f"{theme.THINNEST:g}")
