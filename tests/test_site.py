"""The notebooks in the browser, on the built site: they run to their end, print the saved numbers, draw, and stay at home.

Everything but loopback goes through a proxy that writes down who was asked for and refuses: requests of pages, of
workers and of service workers alike.
"""

from __future__ import annotations

import functools
import hashlib
import http.server
import json
import re
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SECONDS = 300  # for a notebook, on a machine that has other things to do
FIRST_PICTURE = 45
BROWSERS_OWN = "content-autofill.googleapis.com:443"  # Chromium asks it about the forms of any page; no page can

sys.path.insert(0, str(ROOT / "notebooks" / "site"))
from adapt import ABSENT, COMMENT, SCIENCE, adapted, without  # noqa: E402
from science import closure, take  # noqa: E402

EVERYTHING = (*ABSENT, *SCIENCE)  # a site that has not found NumPy and its friends lacks them too


def code(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


# --- the copies of the notebooks: no browser needed -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("from autograd import Value\nx = Value(1.0)", None),
        ("import numpy as np\nx = np.ones(3)\ny = 2", "# import numpy as np\n# x = np.ones(3)\ny = 2"),
        ("from viz import plot_function\nz = 1", "# from viz import plot_function\nz = 1"),
        ("from viz import draw_graph", None),
        ("import sklearn\nx = sklearn.a\nx = 1\nprint(x)", "# import sklearn\n# x = sklearn.a\nx = 1\nprint(x)"),
        ("import matplotlib.pyplot as plt\nfor a in plt.b:\n    a.c()", "# import matplotlib.pyplot as plt\n# for a in plt.b:\n#     a.c()"),
        ("from autograd import vectorize\ndef f():\n    return vectorize\nf()", "# from autograd import vectorize\n# def f():\n#     return vectorize\n# f()"),
    ],
)  # fmt: skip
def test_what_needs_an_absent_package_becomes_a_comment_and_nothing_else(source, kept):
    assert without(source, EVERYTHING, set()) == (source if kept is None else f"{COMMENT}\n{kept}")


def test_names_stay_missing_in_later_cells_until_they_are_made_anew():
    missing = set()
    without("import numpy\nx = numpy.ones(3)", EVERYTHING, missing)
    assert missing == {"numpy", "x"}
    assert without("y = x", EVERYTHING, missing) == f"{COMMENT}\n# y = x"
    without("x = 1", EVERYTHING, missing)
    assert missing == {"numpy", "y"}


def test_where_numpy_is_only_what_else_is_absent_is_left_out():
    source = "import numpy as np\nfrom viz import plot_function, playground\nfrom autograd import vectorize"
    assert without(source, ABSENT, set()) == source
    assert without("from nn import to_torch, to_jax", ABSENT, set()).startswith(COMMENT)


@pytest.mark.parametrize("absent", [ABSENT, EVERYTHING], ids=["with NumPy", "without"])
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_copy_says_what_it_leaves_out_and_keeps_the_saved_pictures(path, absent):
    original = json.loads(path.read_text(encoding="utf-8"))
    copy = adapted(original, absent)
    left = [cell for cell in code(copy) if cell["source"].startswith(COMMENT)]
    assert len(code(copy)) == len(code(original))
    assert ("In the browser" in str(copy["cells"][1]["source"])) == bool(left)
    pictures = sum(
        "image/png" in output.get("data", {})
        for old, new in zip(code(original), code(copy), strict=True)
        if new in left
        for output in old["outputs"]
    )
    written = str([{**cell, "outputs": []} for cell in original["cells"]])  # what a cell shows is shown anew
    assert str(copy["cells"]).count("data:image/png") == pictures + written.count("data:image/png")


# --- the files of Pyodide's release -----------------------------------------------------------------------------------


def lock_entry(name, data, *depends):
    return {"file_name": f"{name}.whl", "sha256": hashlib.sha256(data).hexdigest(), "depends": list(depends)}


@pytest.fixture
def carrier(tmp_path):
    path = tmp_path / "carrier.whl"
    with zipfile.ZipFile(path, "w") as held:
        held.writestr("somewhere/deep/plots.whl", b"plots")
        held.writestr("somewhere/numbers.whl", b"numbers")
        held.writestr("somewhere/other.whl", b"other")
    return path


def test_files_are_taken_with_all_that_they_depend_on_and_nothing_else(carrier, tmp_path):
    official = {
        "plots": lock_entry("plots", b"plots", "numbers"),
        "numbers": lock_entry("numbers", b"numbers"),
        "other": lock_entry("other", b"other"),
    }
    folder = tmp_path / "taken"
    folder.mkdir()
    take(closure(official, ("plots",)), carrier, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "plots.whl": b"plots",
        "numbers.whl": b"numbers",
    }


@pytest.mark.parametrize("wanted", [lock_entry("numbers", b"official"), lock_entry("absent", b"official")])
def test_a_file_that_is_not_pyodides_own_is_not_taken(wanted, carrier, tmp_path):
    with pytest.raises(LookupError, match=rf"^carrier.whl has no {wanted['file_name']} with the checksum"):
        take({"wanted": wanted}, carrier, tmp_path)
    assert list(tmp_path.iterdir()) == [carrier]


# --- the site ---------------------------------------------------------------------------------------------------------


class Recorder(http.server.BaseHTTPRequestHandler):
    """A proxy that refuses everything and writes it down."""

    asked: list[str] = []  # noqa: RUF012

    def refuse(self):
        if self.path != BROWSERS_OWN:
            self.asked.append(self.path)
        self.send_error(403)

    do_GET = do_POST = do_HEAD = do_CONNECT = do_OPTIONS = refuse  # noqa: N815

    def log_message(self, *_):
        pass


class Files(http.server.SimpleHTTPRequestHandler):
    """The site's folder; what it does not have is written down."""

    lacking: list[str] = []  # noqa: RUF012

    def send_error(self, status, *rest):
        self.lacking.append(f"{status} {self.path}")
        super().send_error(status, *rest)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def serve():
    servers = []

    def start(handler):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    for module in ("jupyterlite_core", "jupyterlite_pyodide_kernel", "jupyter_server"):
        if find_spec(module) is None:
            pytest.skip(f"{module} is not installed: pip install '.[site]'")
    if shutil.which("npm") is None:
        pytest.skip("there is no npm on PATH")
    folder = tmp_path_factory.mktemp("site") / "site"
    command = [sys.executable, str(ROOT / "notebooks" / "site" / "build.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def absent(site):
    """The imports that this site lacks: NumPy and its friends too, where the build has not found them."""
    lock = json.loads((site / "static" / "pyodide" / "pyodide-lock.json").read_text(encoding="utf-8"))
    return ABSENT if "numpy" in lock["packages"] else EVERYTHING


@dataclass
class Tab:
    """A notebook that is open in the site."""

    page: object
    asked: list[str]
    lacking: list[str]
    begun: float
    errors: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def addresses(site, serve):
    return serve(functools.partial(Files, directory=str(site))), serve(Recorder)


@pytest.fixture
def open_notebook(addresses, chromium):
    """Open a notebook in a window that has seen nothing before; in the end nothing may be amiss."""
    address, proxy = addresses
    tabs = []

    def start(name):
        Recorder.asked.clear()
        Files.lacking.clear()
        context = chromium.new_context(
            viewport={"width": 1366, "height": 900}, proxy={"server": proxy, "bypass": "127.0.0.1"}
        )
        tab = Tab(context.new_page(), Recorder.asked, Files.lacking, time.monotonic())
        tab.page.set_default_timeout(SECONDS * 1000)
        tab.page.on("console", lambda said: said.type == "error" and tab.errors.append(said.text))
        tab.page.on("pageerror", lambda error: tab.errors.append(str(error)))
        tab.page.goto(f"{address}/notebooks/index.html?path={name}.ipynb")
        tab.page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        for status in ("unknown", "idle"):  # cells that are run before there is a kernel may be forgotten
            tab.page.locator(f'.jp-Notebook-ExecutionIndicator[data-status="{status}"]').wait_for(state="attached")
        tabs.append(tab)
        return tab

    yield start
    trouble = [(tab.asked[:], tab.lacking[:], tab.errors[:]) for tab in tabs]
    for tab in tabs:
        tab.page.context.close()
    assert trouble == [([], [], [])] * len(tabs)


PICTURES = ".jp-OutputArea-output img, .jp-OutputArea-output[data-mime-type='text/html'] svg"
WIDGET = ".jp-OutputArea-output:not([data-mime-type])"
OUTPUTS = """cells => cells.map(cell => Array.from(cell.querySelectorAll(
    '.jp-OutputArea-output[data-mime-type="text/plain"], .jp-OutputArea-output[data-mime-type*="stdout"]'
), output => output.innerText.trim()).join("\\n"))"""


def run_all(tab, draws=True):
    """Run every cell; the seconds from opening the page to the first picture, or to the first cell that has run."""
    tab.page.locator('.lm-MenuBar-itemLabel:text-is("Run")').click()
    tab.page.get_by_text("Run All Cells", exact=True).click()
    tab.page.locator(PICTURES if draws else ".jp-InputPrompt:text-matches('\\\\[\\\\d+\\\\]')").first.wait_for()
    seconds = time.monotonic() - tab.begun
    tab.page.wait_for_function("!document.body.innerText.includes('[*]:')", timeout=SECONDS * 1000)
    return seconds


def said(cell):
    """What a saved cell printed, where it is text alone."""
    texts = []
    for output in cell["outputs"]:
        data = output.get("data", {})
        if "text" in output:
            texts.append("".join(output["text"]).strip())
        elif set(data) == {"text/plain"} and output["output_type"] != "error":
            texts.append("".join(data["text/plain"]).strip())
        elif data:
            return None
    return "\n".join(texts)


NUMBER = re.compile(r"-?\d+\.\d+(?:e[+-]?\d+)?")
TIME = re.compile(r"\d+(\.\d+)?\s?((s|ms|µs|seconds|it/s|step/s)\b|× faster)")


def same(one, other):
    """Whether two texts agree, their numbers up to what another libm computes."""
    return NUMBER.sub("#", one) == NUMBER.sub("#", other) and [float(x) for x in NUMBER.findall(one)] == pytest.approx(
        [float(x) for x in NUMBER.findall(other)], rel=1e-9, abs=1e-12
    )


@pytest.mark.site
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_to_its_end_and_prints_what_is_saved(path, absent, open_notebook):
    tab = open_notebook(path.stem)
    seconds = run_all(tab, draws=path.stem != "07_playground" or "numpy" not in absent)
    print(f"{path.stem}: the first picture after {seconds:.1f} s")  # shown by pytest -s
    assert seconds < FIRST_PICTURE
    assert tab.page.locator('[data-mime-type$="error"], [data-mime-type$="stderr"]').all_inner_texts() == []
    cells = tab.page.locator(".jp-CodeCell")
    prompts = cells.locator(".jp-InputPrompt").all_inner_texts()
    original = json.loads(path.read_text(encoding="utf-8"))
    copy = code(adapted(original, absent))
    assert [prompt for prompt in prompts if not re.fullmatch(r"\[\d+\]:", prompt)] == []
    assert len(prompts) == len(copy)
    compared = 0
    for old, new, shown in zip(code(original), copy, cells.evaluate_all(OUTPUTS), strict=True):
        if "".join(new["source"]).startswith(COMMENT) or said(old) is None or TIME.search(said(old)):
            continue
        if said(old).startswith("<Playground"):
            assert tab.page.locator(WIDGET).count() > 0  # it is drawn, and not shown as text
            continue
        assert same(shown, said(old)), "".join(old["source"])
        compared += ".grad" in "".join(old["source"]) and said(old) != ""
    if path.stem[:2] in ("01", "02", "05"):
        assert compared > 0, "no gradient was read"
    sizes = tab.page.locator(".jp-OutputArea-output img").evaluate_all("all => all.map(one => one.naturalWidth)")
    assert min(sizes, default=100) > 50


@pytest.mark.site
def test_the_explorer_steps(open_notebook):
    tab = open_notebook("05_backpropagation")
    run_all(tab)
    frame = tab.page.locator(".jp-OutputArea-output iframe").first.content_frame
    frame.get_by_text("Start: inputs and parameters have their numbers").wait_for()
    frame.get_by_role("button", name="Next").click()
    frame.get_by_text("Start: inputs and parameters have their numbers").wait_for(state="detached")
    assert frame.get_by_role("button", name="Back").is_enabled()


@pytest.mark.site
def test_the_playground_trains_in_the_browser(absent, open_notebook):
    if "numpy" in absent:
        pytest.skip("the build has not found NumPy for the browser")
    tab = open_notebook("07_playground")
    tab.page.locator(".jp-CodeCell .cm-content").first.click()
    tab.page.keyboard.press("Shift+Enter")
    tab.page.get_by_role("button", name="Play").first.click()
    tab.page.get_by_text(re.compile(r"^step [1-9]\d")).first.wait_for()


@pytest.mark.site
def test_the_recorder_sees_pages_and_workers(open_notebook, addresses):
    """The proof that nothing goes out is worth something only if what goes out is seen."""
    tab = open_notebook("01_values_and_gradients")
    tab.page.evaluate("fetch('http://page.invalid/').catch(() => 0)")
    tab.page.evaluate("""new Promise(done => {
        const worker = new Worker(URL.createObjectURL(new Blob(
            ["fetch('http://worker.invalid/').catch(() => 0).then(() => postMessage(0))"])));
        worker.onmessage = done;
    })""")
    assert set(tab.asked) == {"http://page.invalid/", "http://worker.invalid/"}
    tab.page.wait_for_timeout(200)
    tab.asked.clear()
    assert [error for error in tab.errors if "403" in error or "CORS" in error or "ERR_" in error] == tab.errors
    tab.errors.clear()


@pytest.mark.site
def test_the_lock_names_what_is_there_and_nothing_else(site):
    folder = site / "static" / "pyodide"
    packages = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    assert {held["file_name"] for held in packages.values()} == {
        path.name for path in folder.iterdir() if path.suffix in (".whl", ".zip") and path.name != "python_stdlib.zip"
    }
    for held in packages.values():
        assert held["sha256"] == hashlib.sha256((folder / held["file_name"]).read_bytes()).hexdigest()
        assert set(held["depends"]) <= set(packages)
    assert packages["sigmagrad"]["imports"] == ["autograd", "nn", "viz"]
