"""Training in a notebook that leaves its kernel time for other work.

Everything happens in the kernel's event loop, in slices of a few hundredths of a second. Cells run between two slices,
so nothing changes while a cell runs, and the model holds what the page shows. The loop ends when no page has sent a
message for a while, and begins again with the next one.
"""

import asyncio
from collections.abc import Callable
from time import monotonic, perf_counter
from typing import Any

from viz.demo.run import Run

SLICE = 0.03  # seconds of training between two looks at the kernel's other work
PAUSE = 0.003  # seconds for that work, if there is any
GLANCE = 0.1  # seconds between looks at the model while nothing is played
SILENCE = 15.0  # seconds without a message, after which no page is there; a page sends one every 5
UNSEEN = 150  # slices without a message, after which playing ends, as nobody looks
PACED = 0.05  # seconds between pictures if the pace is a number of steps for each

Then = Callable[[], None]


class Live:
    """Plays a run: `refresh` draws it, `glance` does so if it has changed, `stopped` gets an error that ended it."""

    def __init__(self, run: Run, refresh: Then, glance: Then, stopped: Callable[[Exception], None]) -> None:
        self.run, self.refresh, self.glance, self.stopped = run, refresh, glance, stopped
        self.playing = False
        self.closed = False
        self.task: asyncio.Task[None] | None = None
        self.until = 0.0  # when the loop ends, unless a page sends a message before
        self.unseen = 0  # slices since the last message; a page sends one when it has drawn a picture
        try:
            self.loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        except RuntimeError:
            self.loop = None

    def play(self) -> None:
        """Train from now on."""
        if self.loop is None:
            raise RuntimeError("play() needs a notebook, whose kernel trains between the cells; use step(1000) here")
        if self.closed:
            raise RuntimeError("play() needs a page, and this playground was closed; make a new one, or use step(1000)")
        self.playing, self.unseen = True, 0
        self._wake()

    def seen(self) -> None:
        """A page has sent a message, or is about to be shown: keep looking."""
        self.unseen, self.until = 0, monotonic() + SILENCE
        self._wake()

    def close(self) -> None:
        """End the loop for good."""
        self.playing, self.closed = False, True
        if self.task is not None:
            self.task.cancel()
            self.task = None

    def _wake(self) -> None:
        if self.task is None and self.loop is not None and self.loop.is_running() and not self.closed:
            self.task = self.loop.create_task(self._run())

    def call(self, then: Callable[[Any], None], message: Any) -> None:
        """Call `then(message)` in the loop, from whichever thread."""
        if self.loop is not None and self.loop.is_running():
            self.loop.call_soon_threadsafe(then, message)
        else:
            then(message)

    async def _run(self) -> None:
        while self.playing or monotonic() < self.until:
            if self.playing:
                await asyncio.sleep(self._turn())
            else:
                await asyncio.sleep(GLANCE)
                self.glance()
        self.task = None

    def _turn(self) -> float:
        """Do a slice of training and draw it; return how long to leave the kernel alone afterwards."""
        began = perf_counter()
        try:
            self._slice(began)
        except Exception as error:
            self.playing = False
            self.stopped(error)
        self.unseen += 1
        if self.unseen > UNSEEN:
            self.playing = False
        if self.unseen <= 2 or not self.playing:  # a picture only when the last but one has been drawn
            self.refresh()
        paced = self.run.settings.pace != "max"
        return max(PAUSE, PACED - (perf_counter() - began)) if paced else PAUSE

    def _slice(self, began: float) -> None:
        """Train as many steps as the pace says, or as a slice has time for."""
        pace = self.run.settings.pace
        left = int(pace) if pace != "max" else 1_000_000
        while left > 0 and perf_counter() - began < SLICE:
            several = min(left, 10)
            self.run.advance(several)
            left -= several
