"""The explorer's page as a student uses it: opened in a browser, stepped through, and read."""

from __future__ import annotations

import pytest

from autograd import topological_order
from shared.arithmetic import ulps
from viz.explorer import explore


@pytest.fixture
def show(visit, tmp_path):
    """The page of what is explored, opened from a file."""
    count = 0

    def show(*what, view="lecture", **options):
        nonlocal count
        count += 1
        path = explore(*what, view=view).save(tmp_path / f"explore{count}.html")
        return visit(path, **options).page

    return show


def next_button(page):
    return page.get_by_role("button", name="Next")


def status(page):
    return page.get_by_role("status").inner_text()


def to_the_end(page):
    """The key → until there is nothing left; how many steps that took."""
    return page.evaluate(
        """() => { const next = document.getElementById("next"); let steps = 0;
        for (; !next.disabled && steps < 5000; steps++)
          document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true, cancelable: true}));
        return steps; }"""
    )


def numbers(page):
    """The table of all numbers: label or formula name, value and gradient, as they are."""
    page.evaluate("document.getElementById('numbers').open = true")
    page.wait_for_selector("#values tr")
    rows = page.eval_on_selector_all(
        "#values tr", "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    return [(name, *(float(x.replace("Infinity", "inf")) if x else None for x in cells)) for name, *cells in rows]


def same_as_python(page, root, bound=4):
    """What the page shows at the end is what backward gives."""
    root.zero_grad()
    root.backward()
    held = topological_order(root)
    for (name, data, grad), value in zip(numbers(page), held, strict=True):
        assert ulps(data, value.data) <= bound, (name, data, value)
        if value.varies:
            assert grad == pytest.approx(value.grad, rel=1e-14, abs=1e-300), (name, grad, value)
        else:
            assert grad is None
