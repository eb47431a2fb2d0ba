"""What the tests share: golden files, renewed by `pytest --renew-golden`, and the skips for what is not installed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.register_assert_rewrite("browser_fixtures", "jupyter_fixtures", "oracles")
from browser_fixtures import chromium, visit, window  # noqa: E402, F401  (fixtures for every test of a page)
from jupyter_fixtures import jupyter  # noqa: E402, F401

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew-golden", action="store_true", help="write the golden files anew; then read the diff")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if shutil.which("dot") is None:
        for item in items:
            if item.get_closest_marker("dot"):
                item.add_marker(pytest.mark.skip(reason="there is no dot program on PATH"))


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the golden file of this name."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--renew-golden"):
            GOLDEN.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return
        assert path.exists(), f"there is no golden file {name}; write it with pytest --renew-golden"
        assert text == path.read_text(encoding="utf-8"), f"{name} has changed; if that is right: pytest --renew-golden"

    return compare
