"""`explore` where notebooks show it: exported by nbconvert, and in a running JupyterLab and Notebook 7."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from autograd import Value
from viz.explorer import explore

nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
TimeoutError = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").TimeoutError

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
    subprocess.run(command, check=True, timeout=120, env={**os.environ, **folders(tmp_path)})
    seen = visit(tmp_path / "explore.html", viewport={"width": 1200, "height": 1500})
    use(seen.page)
    # the exporter's own page asks for its libraries; nothing of that comes from the explorers
    assert all(url.startswith("https://cdnjs.cloudflare.com/") for url in seen.requests)
    seen.requests.clear()
    seen.complaints[:] = [
        text for text in seen.complaints if "Failed to load resource" not in text and "require" not in text
    ]


def folders(path):
    """Nothing of the user's own Jupyter is read or written."""
    kinds = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    return {f"JUPYTER_{kind}": str(path / kind.lower()) for kind in kinds} | {"IPYTHONDIR": str(path / "ipython")}


@pytest.fixture(params=["lab", "notebook"])
def jupyter(request, tmp_path):
    """A server of JupyterLab or Notebook 7, and the address of a notebook in it."""
    pytest.importorskip(
        {"lab": "jupyterlab"}.get(request.param, request.param), reason=f"{request.param} is not installed"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    command = [sys.executable, "-m", "jupyter", request.param, "--no-browser", "--ip=127.0.0.1", f"--port={port}"]
    command += [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={tmp_path}", "--allow-root"]
    with open(tmp_path / "log", "wb") as log:
        server = subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            env={**os.environ, **folders(tmp_path)},
            cwd=tmp_path,
            start_new_session=True,
        )
    try:
        base = f"http://127.0.0.1:{port}"
        for _ in range(120):
            try:
                urlopen(f"{base}/api?token={token}", timeout=2).close()
                break
            except (URLError, OSError):
                assert server.poll() is None, (tmp_path / "log").read_text()
                time.sleep(0.5)
        where = "lab/tree" if request.param == "lab" else "notebooks"
        yield lambda name: f"{base}/{where}/{name}?token={token}"
    finally:
        os.killpg(server.pid, signal.SIGKILL)  # with its kernels, for which it would wait
        server.wait(20)


def run_all(page):
    """Run all cells, and again if the kernel was not there yet: what is run before it is, can be lost."""
    frames = page.locator("iframe[sandbox='allow-scripts']")
    for _ in range(4):
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_text("Run All Cells", exact=True).click()
        try:
            frames.nth(1).wait_for(timeout=25_000)
            return
        except TimeoutError:
            continue
    frames.nth(1).wait_for()


@pytest.mark.long
def test_in_a_running_jupyter(visit, jupyter, tmp_path):
    notebook(tmp_path / "explore.ipynb", with_output=False)
    said = []
    seen = visit("about:blank", allowed=("http://127.0.0.1:",), viewport={"width": 1400, "height": 1800})
    page = seen.page
    page.set_default_timeout(90_000)
    page.on("console", lambda m: said.append(m.text) if m.location["url"].startswith("about:srcdoc") else None)
    page.goto(jupyter("explore.ipynb"))
    page.locator(".jp-Notebook .jp-CodeCell").first.click()
    run_all(page)
    use(page)
    assert said == []
    seen.requests.clear()  # the program around the notebook may ask for its news
    seen.complaints.clear()


@pytest.mark.long
def test_a_notebook_that_is_not_trusted_shows_the_picture(visit, jupyter, tmp_path):
    notebook(tmp_path / "saved.ipynb", with_output=True)
    seen = visit("about:blank", allowed=("http://127.0.0.1:",), viewport={"width": 1400, "height": 1800})
    seen.page.set_default_timeout(90_000)
    seen.page.goto(jupyter("saved.ipynb"))
    picture = seen.page.locator(".jp-OutputArea img").first
    picture.wait_for()
    assert picture.bounding_box()["width"] > 300
    assert picture.evaluate("one => one.naturalWidth") > 300
    assert seen.page.locator(".jp-OutputArea iframe").count() == 0
    seen.requests.clear()
    seen.complaints.clear()
