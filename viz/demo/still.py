"""The picture of a playground for where no script may run: the output over the plane, the points, and the losses."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterable
from html import escape
from typing import Any

from autograd import softmax, vectorize
from autograd.ops import sigmoid
from viz.demo.features import seen
from viz.demo.run import Run
from viz.style import theme

SIDE, SIZE, WIDE = 60, 300, 420  # points of the map along each side; pixels of the plane, and of the curve beside it
MOST = 500  # points that are drawn
DEEPEST = 0.62  # of a map's colours, as in the page


def still(run: Run) -> str:
    """The picture as SVG."""
    low, high = zip(*run.domain(), strict=True)

    def place(x: Any) -> tuple[float, float]:
        right, up = ((x[i] - low[i]) / (high[i] - low[i]) * SIZE for i in (0, 1))
        return right, SIZE - up

    train, test = run.losses()
    words = f"step {run.steps}, train loss {_number(train)}, test loss {_number(test)}"
    title = escape(f"{run.settings.dataset}: the network's output over the plane of x₁ and x₂; {words}")
    points = "".join(_point(*place(x), _colour(run, y)) for x, y in [*zip(*run.data.train, strict=True)][:MOST])
    return (
        f'<svg class="still" role="img" viewBox="0 0 {SIZE + WIDE} {SIZE}" aria-label="{title}">'
        f'<image width="{SIZE}" height="{SIZE}" preserveAspectRatio="none" href="{_map(run)}"/>{points}'
        f'<g transform="translate({SIZE + 20} 20)">{_curve(run)}'
        f'<text y="{SIZE - 30}" fill="currentColor" font-size="14">{escape(words)}</text></g></svg>'
    )


def _number(x: float | None) -> str:
    return "too large" if x is None else f"{x:.4g}"


def _point(x: float, y: float, colour: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}" stroke="{theme.PAGE}"/>'


def _curve(run: Run) -> str:
    """Both losses by step: train, and dashed test."""
    moments = run.film.curve()
    known = [loss for _, *pair in moments for loss in pair if loss is not None]
    end, top = max(1, moments[-1][0]), max(known, default=1.0) or 1.0
    lines = ""
    for column, dash in ((1, ""), (2, ' stroke-dasharray="6 5"')):
        held = (
            (step / end * (WIDE - 40), (1 - loss / top) * (SIZE - 70))
            for step, *pair in moments
            if (loss := pair[column - 1]) is not None
        )
        lines += f'<polyline fill="none" stroke="currentColor" stroke-width="2"{dash} points="{_pairs(held)}"/>'
    return lines


def _pairs(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _map(run: Run) -> str:
    """The output over the plane, as the address of a PNG."""
    (left, right), (bottom, top) = run.domain()
    middle = [(i + 0.5) / SIDE for i in range(SIDE)]
    X = [[left + (right - left) * across, top - (top - bottom) * down] for down in middle for across in middle]
    try:
        g = vectorize(run.model).map(seen(run.settings.features, X)).tolist()
    except (ArithmeticError, ValueError):  # a weight that is no number: the plane without colours
        g = [0.0] * len(X)
    pixels = [_pixel(run, one) for one in g]
    rows = b"".join(b"\0" + bytes(c for pixel in pixels[i : i + SIDE] for c in pixel) for i in range(0, len(X), SIDE))
    return "data:image/png;base64," + base64.b64encode(_png(rows)).decode()


def _pixel(run: Run, g: Any) -> list[int]:
    if isinstance(g, list):
        p = [value.data for value in softmax(g)] if run.loss.endswith("logits") else g
        k = max(range(len(p)), key=p.__getitem__)
        even = 1 / len(p)
        return _mixed(theme.CLASS_COLOURS[k], (float(p[k]) - even) / (1 - even))
    amount = max(1e-12, *map(abs, [*run.data.train[1], *run.data.test[1]]))
    t = g / amount if run.settings.task == "regression" else 2 * (sigmoid(g) if run.loss.endswith("logit") else g) - 1
    return _mixed(theme.NEGATIVE if t < 0 else theme.POSITIVE, abs(t) ** 0.7)


def _colour(run: Run, y: Any) -> str:
    if run.settings.task == "regression":
        return theme.NEGATIVE if y < 0 else theme.POSITIVE
    return theme.CLASS_COLOURS[y]


def _mixed(colour: str, part: float) -> list[int]:
    """The colour, paler the smaller the part."""
    deep = DEEPEST * min(1.0, max(0.0, part))
    return [round(255 + (int(colour[i : i + 2], 16) - 255) * deep) for i in (1, 3, 5)]


def _png(rows: bytes) -> bytes:
    """A picture of SIDE × SIDE colours; each row of bytes begins with a 0."""

    def chunk(kind: bytes, held: bytes) -> bytes:
        return struct.pack(">I", len(held)) + kind + held + struct.pack(">I", zlib.crc32(kind + held))

    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
