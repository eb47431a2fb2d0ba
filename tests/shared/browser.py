"""Pages in a real browser: Debian's Chromium through Playwright. A page that asks the network for anything, or whose
scripts complain, fails its test.

conftest.py offers them to every test. The browser lives as long as the module, as Playwright
keeps an event loop running in its thread, where other tests may want one of their own.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
LOCAL = ("file:", "data:", "about:", "blob:")
SIZE = {"width": 1366, "height": 768}
SECONDS = 30


@dataclass
class Visit:
    """A page, and what it should not have done."""

    page: Any
    requests: list[str] = field(default_factory=list)  # that would have left the machine; none gets through
    complaints: list[str] = field(default_factory=list)  # errors and warnings on the console, and uncaught ones


def watched(context: Any, allowed: tuple[str, ...] = ()) -> Visit:
    """A new page of a context, from which nothing gets out."""
    seen = Visit(context.new_page())
    seen.page.set_default_timeout(SECONDS * 1000)

    def guard(route: Any) -> None:
        if route.request.url.startswith((*LOCAL, *allowed)):
            route.continue_()
        else:
            seen.requests.append(route.request.url)
            route.abort()

    seen.page.route("**/*", guard)
    seen.page.on("console", lambda said: said.type in ("error", "warning") and seen.complaints.append(said.text))
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    return seen


def settled(page: Any) -> None:
    """After two pictures of the screen, everything is drawn that was to be drawn before."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@contextlib.contextmanager
def launched(program: str) -> Iterator[Any]:
    """A Chromium of its own, which is closed in the end."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=program, args=ARGUMENTS, timeout=120_000)
        yield browser
        browser.close()


def program() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    found = program()
    if found is None:
        pytest.skip("there is no chromium on PATH")
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with launched(found) as browser:
        yield browser


@pytest.fixture(scope="module")
def window(chromium: Any) -> Iterator[Visit]:
    """The window that pages without wishes of their own are opened in, one after the other."""
    context = chromium.new_context(viewport=SIZE)
    yield watched(context)
    context.close()


@pytest.fixture
def visit(chromium: Any, window: Visit) -> Iterator[Callable[..., Visit]]:
    """Open an address, or a path; at the end no page may have asked the network or complained.

    With options, or addresses that are allowed, it is a window of its own; otherwise the page replaces the last one.
    """
    visits: list[Visit] = []
    with contextlib.ExitStack() as contexts:

        def open_page(address: str | Path, *, allowed: tuple[str, ...] = (), **options: Any) -> Visit:
            seen = window
            if options or allowed:
                context = chromium.new_context(**{"viewport": SIZE, **options})
                contexts.callback(context.close)
                seen = watched(context, allowed)
            seen.page.goto(address.as_uri() if isinstance(address, Path) else address)
            visits.append(seen)
            return seen

        yield open_page
        trouble = [(seen.requests[:], seen.complaints[:]) for seen in visits]
        for seen in visits:
            seen.requests.clear()
            seen.complaints.clear()
        assert trouble == [([], [])] * len(visits)
