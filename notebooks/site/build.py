"""Builds the site: the documentation, and the notebooks to run in a browser, without installing anything.

    python notebooks/site/build.py site/ --pyodide pyodide-0.27.7.tar.bz2

Python (Pyodide), Graphviz (@viz-js/viz) and MathJax come from npm, wheels from PyPI; `package-lock.json` and
`wheels.txt` beside this file hold their versions and checksums. The site asks nobody for anything.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from archive import ARCHIVE, WANTED, Entries, closure, unpack
from commands import run
from documentation import RUN, write_documentation
from lite import write_notebooks

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Build the site into the folder that the command line names."""
    parser = argparse.ArgumentParser(description="Build the documentation, and the notebooks to run in a browser.")
    parser.add_argument("site", type=Path, help="the folder to write; it is made anew")
    parser.add_argument("--pyodide", metavar="ARCHIVE_OR_URL", help="Pyodide's release archive, for NumPy and the like")
    said = parser.parse_args()
    site = said.site.resolve()
    try:
        site.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        sys.exit(f"can't make the folder {site}: {error.strerror}; name another")
    if any(site.iterdir()) and not (site / RUN / "jupyter-lite.json").exists():
        sys.exit(f"{site} holds something else than a site; name a new folder")
    with tempfile.TemporaryDirectory() as work:
        build(Path(work), said.pyodide)
        shutil.rmtree(site, ignore_errors=True)
        shutil.move(Path(work) / "site", site)
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) / 1e6
    print(f"{size:.0f} MB in {site}; look at it: python -m http.server -d {site}")


def build(work: Path, archive: str | None) -> None:
    """Write the site into the folder of that name in `work`."""
    packages = from_npm(work)
    official = json.loads((packages / "pyodide" / "pyodide-lock.json").read_text(encoding="utf-8"))
    science = from_archive(archive, official, work / "science")
    write_documentation(work / "site", work, packages / "mathjax" / "es5" / "tex-svg-full.js")
    write_notebooks(work / "site" / RUN, work, packages, official, science)


def from_npm(work: Path) -> Path:
    """The folder with the packages of `package-lock.json`, whose checksums npm verifies."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, work)
    program = shutil.which("npm")
    if program is None:
        sys.exit("the build needs npm, which comes with Node.js (https://nodejs.org)")
    run(program, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", cwd=work)
    return work / "node_modules"


def from_archive(archive: str | None, official: dict[str, Any], folder: Path) -> Entries:
    """The lock file's entries of what is wanted of Pyodide's release, whose files are then in the folder."""
    where = ARCHIVE.format(official["info"]["version"])
    if archive is None:
        print(f"the notebooks in the browser lack {', '.join(WANTED)}: for these, build with --pyodide {where}")
        return {}
    folder.mkdir()
    entries = closure(official["packages"])
    try:
        unpack(archive, entries, folder)
    except (OSError, ValueError) as error:
        sys.exit(f"{error}; what is needed is {where}")
    return entries


if __name__ == "__main__":
    main()
