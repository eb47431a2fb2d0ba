"""The picture of a playground for where no script may run: the output over the plane, the points, and the losses."""

import struct
from base64 import b64encode
from html import escape
from typing import Any, Literal
from zlib import compress, crc32

from autograd import softmax, vectorize
from autograd.matrix.columns import np
from autograd.ops import sigmoid
from viz.demo.features import seen
from viz.demo.run import Run
from viz.style import theme

SIDE, SIZE, WIDE = 60, 300, 420  # points of the map along each side; pixels of the plane, and of the curve beside it
MOST = 500  # points that are drawn
DEEPEST = 0.62  # the part of a full colour at the deepest place of the map, as in the page
PROBABILITIES: dict[str, Any] = {"nll_loss_from_logit": sigmoid, "cross_entropy_from_logits": softmax}  # from logits


def still(run: Run) -> str:
    """The picture as SVG."""
    (left, right), (bottom, top) = run.domain()
    train, test = ("too large" if loss is None else f"{loss:.4g}" for loss in run.losses())
    words = f"step {run.steps}, train loss {train}, test loss {test}"
    title = escape(f"{run.settings.dataset}: the network's output over the plane of x₁ and x₂; {words}")
    points = "".join(
        f'<circle cx="{(x1 - left) / (right - left) * SIZE:.1f}" cy="{(top - x2) / (top - bottom) * SIZE:.1f}" r="3" '
        f'fill="{_colour(run, y)}" stroke="{theme.PAGE}"/>'
        for (x1, x2), y in [*zip(*run.data.train, strict=True)][:MOST]
    )
    return (
        f'<svg class="still" role="img" viewBox="0 0 {SIZE + WIDE} {SIZE}" aria-label="{title}">'
        f'<image width="{SIZE}" height="{SIZE}" preserveAspectRatio="none" href="{_map(run)}"/>{points}'
        f'<g transform="translate({SIZE + 20} 20)">{_curve(run, 1, "")}{_curve(run, 2, "6 5")}'
        f'<text y="{SIZE - 30}" fill="currentColor" font-size="14">{escape(words)}</text></g></svg>'
    )


def _colour(run: Run, y: Any) -> str:
    if run.settings.task == "regression":
        return theme.NEGATIVE if y < 0 else theme.POSITIVE
    return theme.CLASS_COLOURS[y]


def _curve(run: Run, column: Literal[1, 2], dash: str) -> str:
    """The train or the test loss by step."""
    moments = run.film.curve()
    end, top = moments[-1][0] or 1, max((x for _, *pair in moments for x in pair if x is not None), default=0) or 1
    held = [(moment[0], loss) for moment in moments if (loss := moment[column]) is not None]
    points = " ".join(f"{x / end * (WIDE - 40):.1f},{(1 - y / top) * (SIZE - 70):.1f}" for x, y in held)
    return f'<polyline fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="{dash}" points="{points}"/>'


def _map(run: Run) -> str:
    """The output over the plane, as the address of a PNG."""
    (left, right), (bottom, top) = run.domain()
    middle = [(i + 0.5) / SIDE for i in range(SIDE)]
    X = [[left + (right - left) * across, top - (top - bottom) * down] for down in middle for across in middle]
    says = PROBABILITIES.get(run.loss, lambda g: g)
    try:
        g = vectorize(lambda x: says(run.model(x))).map(seen(run.settings.features, X))
        pixels = _pixels(run, g)
    except (ArithmeticError, ValueError):  # a weight that is no number: the plane without colours
        pixels = np.full((len(X), 3), 255)
    return "data:image/png;base64," + b64encode(_png(pixels.astype(np.uint8).reshape(SIDE, -1))).decode()


def _png(rows: Any) -> bytes:
    """A picture of SIDE × SIDE pixels, three bytes each; a 0 before a row says that its bytes are plain colours."""

    def chunk(kind: bytes, held: bytes) -> bytes:
        return struct.pack(">I", len(held)) + kind + held + struct.pack(">I", crc32(kind + held))

    head, held = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0), b"".join(b"\0" + row.tobytes() for row in rows)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", compress(held)) + chunk(b"IEND", b"")


def _pixels(run: Run, g: Any) -> Any:
    """A colour for each output, the paler the less the output decides."""
    if g.ndim > 1:
        colours, even = np.array([theme.rgb(colour) for colour in theme.CLASS_COLOURS]), 1 / g.shape[1]
        full, part = colours[g.argmax(axis=1)], (g.max(axis=1) - even) / (1 - even)
    else:
        amount = max(1e-12, *map(abs, [*run.data.train[1], *run.data.test[1]]))
        t = g / amount if run.settings.task == "regression" else 2 * g - 1
        full, part = np.where(t[:, None] < 0, theme.rgb(theme.NEGATIVE), theme.rgb(theme.POSITIVE)), abs(t) ** 0.7
    return np.round(255 + (full - 255) * DEEPEST * np.clip(np.nan_to_num(part), 0, 1)[:, None])
