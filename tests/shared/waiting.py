"""Waiting for what comes in its own time: a thread, another process, a page."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def until(holds: Callable[[], object], page: Any = None, seconds: float = 30) -> None:
    """Ask again and again; of a page too, as its policy lets no text be evaluated in it.

    Only what a page does at once, within the event itself, may be read without it. Whatever is drawn, `toggle` events,
    timers, and messages of the console come later.
    """
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        page.wait_for_timeout(25) if page else time.sleep(0.025)
