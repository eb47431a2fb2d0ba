"""The skips that are no failure: a test that looks green because it did not run is worse than one that is red.

`pytest --skips listed`, the default where the variable CI is set, fails every test that is skipped for a reason that
does not stand in LISTED; `--skips none` fails those too, and `--skips any` none.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

import pytest

LISTED = {  # reason: why the tests may pass all the same
    "there is no Python of this version": "the package is tried with every Python that is there, and that runs the tests",
    "there is no dot program on PATH": "Graphviz comes along as WebAssembly, and whoever has no other passes too",
    "needs torch, an extra": "the nightly run installs it, and allows no skip there",
    "needs jax, an extra": "the nightly run installs it, and allows no skip there",
    "all tests skipped by +SKIP option": "the examples of nn.torch and nn.jax need these extras; their tests do the same",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    default = "listed" if os.environ.get("CI") else "any"
    parser.addoption("--skips", choices=("any", "listed", "none"), default=default, help="which skips are no failure")


def judged(report: Any, skips: str) -> Any:
    """The report of a test or of a file; a skip that is not allowed has become a failure that says why."""
    expected_failure = hasattr(report, "wasxfail")
    if not report.skipped or expected_failure or skips == "any":
        return report
    file, line, text = report.longrepr
    reason = text.removeprefix("Skipped: ")
    if skips == "none" or reason not in LISTED:
        report.outcome = "failed"
        report.longrepr = f"{file}:{line}: this may not be skipped here: {reason} (tests/shared/skips.py has the list)"
    return report


class Judge:
    """Sees the doctests in the packages too, which the hooks of tests/conftest.py do not."""

    def __init__(self, skips: str) -> None:
        self.skips = skips

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        return judged((yield), self.skips)

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        return judged((yield), self.skips)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Judge(config.getoption("--skips")), "judge-of-skips")
