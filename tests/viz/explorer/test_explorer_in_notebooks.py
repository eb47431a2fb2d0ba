"""`explore` where notebooks show it: exported by nbconvert, and in a running JupyterLab and Notebook 7."""

from __future__ import annotations

import subprocess
import sys

import pytest
from shared.jupyter import CELLS, WHERE, own_folders

from autograd import Value
from viz.explorer import explore

nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")

CODE = """from autograd import Value
from viz import explore
w, x = Value(2.0, label="w"), Value(-3.0, label="x")
explore((w * x + 10).relu())"""


def notebook(path, *, with_output):
    """A notebook of two explorers; with outputs it is one that somebody else has run and saved, so it is not trusted."""
    w, x = Value(2.0, label="w"), Value(-3.0, label="x")
    data = explore((w * x + 10).relu())._repr_mimebundle_()
    output = nbformat.v4.new_output("execute_result", data=data, execution_count=1)
    cells = [nbformat.v4.new_code_cell(CODE, outputs=[output] if with_output else []) for _ in range(2)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


def use(page):
    """Step the first of the two explorers on the page, to its end."""
    first, second = page.frame_locator("iframe").nth(0), page.frame_locator("iframe").nth(1)
    first.get_by_role("button", name="Next").click()
    assert first.get_by_role("status").inner_text() == "Forward 1 of 3: v₁ = w·x = 2·(−3) = −6."
    for _ in range(6):
        first.get_by_role("button", name="Next").click()
    assert first.get_by_role("button", name="Next").is_disabled()
    assert "w gets 1 × (−3) = −3, x gets 1 × 2 = 2" in first.get_by_role("status").inner_text()
    first.get_by_role("spinbutton", name="x").fill("1")
    assert "x gets 1 × 2 = 2" in first.get_by_role("status").inner_text()
    assert second.get_by_role("status").inner_text().startswith("Start")


def test_exported_by_nbconvert(visit, tmp_path):
    pytest.importorskip("nbconvert", reason="nbconvert is not installed")
    path = notebook(tmp_path / "explore.ipynb", with_output=True)
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--log-level=ERROR", str(path)]
    subprocess.run(command, check=True, timeout=300, env=own_folders(tmp_path))
    seen = visit(tmp_path / "explore.html", viewport={"width": 1200, "height": 1500})
    use(seen.page)
    # the exporter's own page asks for its libraries; nothing of that comes from the explorers
    assert all(url.startswith("https://cdnjs.cloudflare.com/") for url in seen.requests)
    seen.requests.clear()
    seen.complaints[:] = [
        text for text in seen.complaints if "Failed to load resource" not in text and "require" not in text
    ]


@pytest.mark.long
@pytest.mark.parametrize("program", WHERE)
def test_in_a_running_jupyter(visit, jupyter, program):
    name = f"explore-{program}.ipynb"
    notebook(jupyter.home / name, with_output=False)
    said = []
    seen = visit("about:blank", allowed=(jupyter.address,), viewport={"width": 1400, "height": 1800})
    page = seen.page
    page.set_default_timeout(90_000)
    page.on("console", lambda m: said.append(m.text) if m.location["url"].startswith("about:srcdoc") else None)

    def run_all():
        page.locator(CELLS).first.click()
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_text("Run All Cells", exact=True).click()

    frames = page.locator("iframe[sandbox^='allow-scripts']")
    jupyter.until(page, jupyter.page(program, name), run_all, lambda: frames.count() == 2)
    frames.nth(1).wait_for()
    use(page)
    assert said == []
    seen.requests.clear()  # the program around the notebook may ask for its news
    seen.complaints.clear()


@pytest.mark.long
@pytest.mark.parametrize("program", WHERE)
def test_a_notebook_that_is_not_trusted_shows_the_picture(visit, jupyter, program):
    name = f"saved-{program}.ipynb"
    notebook(jupyter.home / name, with_output=True)
    seen = visit("about:blank", allowed=(jupyter.address,), viewport={"width": 1400, "height": 1800})
    seen.page.set_default_timeout(90_000)
    seen.page.goto(jupyter.page(program, name))
    picture = seen.page.locator(".jp-OutputArea img").first
    picture.wait_for()
    assert picture.bounding_box()["width"] > 300
    assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 300
    assert seen.page.locator(".jp-OutputArea iframe").count() == 0
    seen.requests.clear()
    seen.complaints.clear()
