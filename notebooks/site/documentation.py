"""The documentation: the README, the notebooks with their saved outputs, a gallery and a reference, made by Sphinx.

The pages are laid into one folder, each at its place, so that the links between them hold; conf.py has the settings.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

from commands import run
from gallery import FIGURES, gallery_page
from reference import reference_pages

HERE = Path(__file__).resolve().parent
NOTEBOOKS, ROOT = HERE.parent, HERE.parent.parent
RUN = "run"  # the folder of the site where the notebooks run
PAGES = (
    "notebooks/README.md",
    "notebooks/site/safety.md",
    "notebooks/site/README.md",
    "tests/benchmarks/README.md",
    "CHANGELOG.md",
)
CONTENTS = "\n```{{toctree}}\n:hidden:\n\n{}\n```\n"
SOURCE = re.compile(r"\[([^]]+)\]\(((?:autograd|nn|viz)/[\w/]+)\.py\)")  # a link of the README to a file of code
BUTTON = '<p><a class="run" href="{}">{}</a></p>'


def write_documentation(site: Path, work: Path, mathjax: Path) -> None:
    """Write the pages, and the lecture's figures, into the site; what Sphinx warns of is an error."""
    pages = work / "pages"
    figures = pages / "beside" / FIGURES
    run(sys.executable, "-m", "viz", str(figures), cwd=ROOT)
    lay(pages, mathjax)
    (pages / "gallery.md").write_text(gallery_page(figures), encoding="utf-8")
    options = ("--quiet", "--fail-on-warning", "--keep-going", "--doctree-dir", str(work / "doctrees"))
    run(sys.executable, "-m", "sphinx", *options, str(pages), str(site))


def lay(pages: Path, mathjax: Path) -> None:
    """Lay out what Sphinx reads, apart from the gallery."""
    shutil.copy(HERE / "conf.py", pages)
    shutil.copytree(HERE / "static", pages / "static")
    shutil.copy(mathjax, pages / "static")
    for name in PAGES:
        (pages / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, pages / name)
    shutil.copytree(NOTEBOOKS / "images", pages / "notebooks" / "images")
    shutil.copy(NOTEBOOKS / "checks.py", pages / "notebooks")
    notebooks = sorted(NOTEBOOKS.glob("*.ipynb"))
    for path in notebooks:
        (pages / "notebooks" / path.name).write_text(with_button(path), encoding="utf-8")
    (pages / "reference").mkdir()
    for name, text in reference_pages():
        (pages / "reference" / name).write_text(text, encoding="utf-8")
    start = SOURCE.sub(r'<a href="_modules/\2.html">\1</a>', (ROOT / "README.md").read_text(encoding="utf-8"))
    order = ["notebooks/README", "gallery", "reference/index", *(name.removesuffix(".md") for name in PAGES[1:])]
    (pages / "index.md").write_text(start + CONTENTS.format("\n".join(order)), encoding="utf-8")
    with (pages / "notebooks" / "README.md").open("a", encoding="utf-8") as contents:
        contents.write(CONTENTS.format("\n".join(path.stem for path in notebooks)))


def with_button(path: Path) -> str:
    """A notebook as JSON, below whose title stands the way to the copy that runs."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    title, *rest = notebook["cells"][0]["source"]
    button = BUTTON.format(f"../{RUN}/notebooks/index.html?path={path.name}", "Open in the browser")
    notebook["cells"][0]["source"] = [title, "\n", button, "\n", *rest]
    return json.dumps(notebook)
