"""Builds the notebooks as a JupyterLite site that needs no installation and asks the network for nothing.

    python notebooks/site/build.py site/

Python (Pyodide) and Graphviz (@viz-js/viz) come from npm, wheels from PyPI; `package-lock.json` and `wheels.txt` beside
this file hold their versions and checksums. `science.py` brings NumPy, matplotlib and scikit-learn.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from email.parser import Parser
from pathlib import Path
from typing import Any

from adapt import ABSENT, SCIENCE, adapted
from science import science

HERE = Path(__file__).resolve().parent
NOTEBOOKS, ROOT = HERE.parent, HERE.parent.parent
EXTENSION = "@jupyterlite/pyodide-kernel-extension"
EXTENSIONS = (EXTENSION, "@jupyter-widgets/jupyterlab-manager", "anywidget")  # the last two for the playground
BUNDLED = ("piplite", "pyodide_kernel", "ipykernel")  # wheels that the kernel's extension brings along
KERNEL = ["ssl", "sqlite3", "piplite", "pyodide_kernel", "ipykernel", "micropip", "comm", "jedi", "ipython"]
START = [*KERNEL, "sigmagrad", "tqdm", "anywidget", "numpy", "matplotlib"]  # as far as with-graphviz.js finds them
RUNTIME = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")


def main() -> None:
    """Build the site into the folder that the command line names."""
    parser = argparse.ArgumentParser(description="Build the notebooks as a site that runs in the browser.")
    parser.add_argument("site", type=Path, help="the folder to write; it is made anew")
    site = parser.parse_args().site.resolve()
    if site.exists() and any(site.iterdir()) and not (site / "jupyter-lite.json").exists():
        sys.exit(f"{site} holds something else than a site; name a new folder")
    with tempfile.TemporaryDirectory() as work:
        build(site, Path(work))
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) / 1e6
    print(f"{size:.0f} MB in {site}; look at it: python -m http.server -d {site}")


def build(site: Path, work: Path) -> None:
    """The pages, then the runtime beside them."""
    packages = from_npm(work)
    wheels = from_pypi(work / "wheels")
    official = json.loads((packages / "pyodide" / "pyodide-lock.json").read_text(encoding="utf-8"))
    found = science(official["packages"], work / "science")
    pages(site, work, absent=ABSENT if found else (*ABSENT, *SCIENCE))
    bundled = site / "extensions" / EXTENSION / "static" / "pypi"
    wheels += [path for path in sorted(bundled.glob("*.whl")) if path.name.startswith(BUNDLED)]
    entries = {held["name"]: held for held in map(entry, wheels)}
    added = {name: held for name, held in found.items() if name not in entries}
    files = [*wheels, *(work / "science" / held["file_name"] for held in added.values())]
    lock = {"info": official["info"], "packages": linked({**entries, **added})}
    runtime(site / "static" / "pyodide", packages, files, lock)


def from_npm(work: Path) -> Path:
    """The folder with the packages of `package-lock.json`, whose checksums npm verifies."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, work)
    program = shutil.which("npm")
    if program is None:
        sys.exit("the build needs npm, which comes with Node.js (https://nodejs.org)")
    run(program, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", cwd=work)
    return work / "node_modules"


def from_pypi(folder: Path) -> list[Path]:
    """The wheels of `wheels.txt`, whose checksums pip verifies, and this project's own."""
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    only = ("--no-deps", "--only-binary=:all:", "--python-version=3.12", "--require-hashes")
    run(*pip, "download", *only, "-r", str(HERE / "wheels.txt"), "-d", str(folder))
    run(*pip, "wheel", "--no-deps", "-w", str(folder), str(ROOT))
    return sorted(folder.glob("*.whl"))


def pages(site: Path, work: Path, absent: tuple[str, ...]) -> None:
    """JupyterLite with the notebooks, and the settings of its kernel."""
    contents = work / "contents"
    contents.mkdir()
    shutil.copy(NOTEBOOKS / "checks.py", contents)
    if (NOTEBOOKS / "images").is_dir():
        shutil.copytree(NOTEBOOKS / "images", contents / "images")
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        notebook = adapted(json.loads(path.read_text(encoding="utf-8")), absent)
        (contents / path.name).write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
    extensions = [Path(sys.prefix) / "share" / "jupyter" / "labextensions" / name for name in EXTENSIONS]
    if not all(folder.is_dir() for folder in extensions):
        sys.exit('the build needs JupyterLite and anywidget: pip install ".[site]"')
    only_ours = {"ignore_sys_prefix": ["federated_extensions"], "federated_extensions": list(map(str, extensions))}
    (work / "jupyter_lite_config.json").write_text(json.dumps({"LiteBuildConfig": only_ours}))
    kernel = {
        "pyodideUrl": "./static/pyodide/with-graphviz.js",
        "disablePyPIFallback": True,
        "loadPyodideOptions": {"packages": START},
    }
    whole = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"}}  # pictures stay where they are drawn
    (work / "overrides.json").write_text(json.dumps(whole))
    settings = {"appName": "sigmagrad", "litePluginSettings": {f"{EXTENSION}:kernel": kernel}}
    (work / "jupyter-lite.json").write_text(json.dumps({"jupyter-config-data": settings}))
    shutil.rmtree(site, ignore_errors=True)
    lite = ("--lite-dir", str(work), "--contents", str(contents), "--output-dir", str(site), "--no-sourcemaps")
    apps = ("--apps", "lab", "--apps", "notebooks", "--apps", "tree")
    run(sys.executable, "-m", "jupyterlite_core", "build", *lite, *apps, cwd=work)
    shutil.copy(site / "icon-120x120.png", site / "favicon.ico")  # browsers ask for it


def runtime(folder: Path, packages: Path, files: list[Path], lock: dict[str, Any]) -> None:
    """Pyodide and Graphviz in one folder, with the files that the lock file names, and no other."""
    folder.mkdir(parents=True)
    for name in RUNTIME:
        shutil.copy(packages / "pyodide" / name, folder)
    shutil.copy(packages / "@viz-js" / "viz" / "dist" / "viz-global.js", folder)
    shutil.copy(HERE / "with-graphviz.js", folder)
    for path in files:
        shutil.copy(path, folder)
    (folder / "pyodide-lock.json").write_text(json.dumps(lock, indent=1), encoding="utf-8")


def linked(entries: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The entries, each depending on what is among them."""
    return {
        name: {**held, "depends": [normal(other) for other in held["depends"] if normal(other) in entries]}
        for name, held in entries.items()
    }


def entry(wheel: Path) -> dict[str, Any]:
    """What Pyodide's lock file says of a wheel: where it is, its checksum, what it needs and what it imports as."""
    with zipfile.ZipFile(wheel) as held:
        (described,) = (name for name in held.namelist() if name.endswith(".dist-info/METADATA"))
        about = Parser().parsestr(held.read(described).decode())
        tops = {name.split("/")[0].removesuffix(".py") for name in held.namelist() if name.endswith(".py")}
    needed = [text for text in about.get_all("Requires-Dist", []) if "extra ==" not in text]
    return {
        "name": normal(about["Name"]),
        "version": about["Version"],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(top for top in tops if top.isidentifier()),
        "depends": sorted({normal(named(text)) for text in needed}),
        "unvendored_tests": False,
    }


def named(requirement: str) -> str:
    """The name that a requirement begins with."""
    end = next((i for i, sign in enumerate(requirement) if not (sign.isalnum() or sign in "-_.")), len(requirement))
    return requirement[:end]


def normal(name: str) -> str:
    """A project's name as indexes write it."""
    return name.lower().replace("_", "-").replace(".", "-")


def run(*command: str, cwd: Path | None = None) -> None:
    """Run a program; where it fails, its words are shown and the build ends."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")


if __name__ == "__main__":
    main()
