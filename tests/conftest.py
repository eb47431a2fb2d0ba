"""What pytest is told for all tests: the fixtures they share, their groups, and which skips count as failures."""

from __future__ import annotations

import gc
import shutil
import signal

import pytest

pytest_plugins = [
    "shared.browser",
    "shared.explorer",
    "shared.golden",
    "shared.jupyter",
    "shared.oracles",
    "shared.skips",
    "pytester",
]


def pytest_configure() -> None:
    """A shell has what it starts in the background ignore Ctrl-C, and that would hand it on to what tests start."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file stays on one worker, as its tests share fixtures; all that need a browser share one, and begin first."""
    in_browser = {item.path for item in items if "chromium" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: item.path not in in_browser)
    for item in items:
        item.add_marker(pytest.mark.xdist_group("browser" if item.path in in_browser else item.location[0]))
        if item.get_closest_marker("dot") and shutil.which("dot") is None:
            item.add_marker(pytest.mark.skip(reason="there is no dot program on PATH"))


def pytest_collection_finish() -> None:
    """What is there by now stays: the collector need not go through thousands of tests again and again."""
    gc.collect()
    gc.freeze()
