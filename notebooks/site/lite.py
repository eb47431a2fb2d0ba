"""The notebooks as a JupyterLite site: Python and Graphviz as WebAssembly, and nothing that comes from elsewhere."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import zipfile
from email.parser import Parser
from pathlib import Path
from typing import Any

from archive import Entries
from commands import run
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HERE = Path(__file__).resolve().parent
NOTEBOOKS, ROOT = HERE.parent, HERE.parent.parent
EXTENSION = "@jupyterlite/pyodide-kernel-extension"
EXTENSIONS = (EXTENSION, "@jupyter-widgets/jupyterlab-manager", "anywidget")  # the last two for the playground
BUNDLED = ("piplite", "pyodide_kernel", "ipykernel")  # wheels that the kernel's extension brings along
KERNEL = ["ssl", "sqlite3", "piplite", "pyodide_kernel", "ipykernel", "micropip", "comm", "jedi", "ipython"]
START = [*KERNEL, "sigmagrad", "tqdm", "anywidget", "numpy", "matplotlib"]  # as far as with-graphviz.js finds them
BROWSER = {"sys_platform": "emscripten", "platform_machine": "wasm32", "python_version": "3.12", "extra": ""}
RUNTIME = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")


def write_notebooks(site: Path, work: Path, packages: Path, official: dict[str, Any], science: Entries) -> None:
    """The notebooks' pages, and beside them the runtime; the files of `science` are in the folder of that name."""
    wheels = from_pypi(work / "wheels")
    write_pages(site, work)
    bundled = site / "extensions" / EXTENSION / "static" / "pypi"
    wheels += [path for path in sorted(bundled.glob("*.whl")) if path.name.startswith(BUNDLED)]
    entries = {held["name"]: held for held in map(entry, wheels)}
    added = {name: held for name, held in science.items() if name not in entries}
    files = [*wheels, *(work / "science" / held["file_name"] for held in added.values())]
    lock = {"info": official["info"], "packages": linked({**entries, **added})}
    write_runtime(site / "static" / "pyodide", packages, files, lock)


def from_pypi(folder: Path) -> list[Path]:
    """The wheels of `wheels.txt`, whose checksums pip verifies, and this project's own."""
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
    only = ("--no-deps", "--only-binary=:all:", "--python-version=3.12", "--require-hashes")
    run(*pip, "download", *only, "-r", str(HERE / "wheels.txt"), "-d", str(folder))
    run(*pip, "wheel", "--no-deps", "-w", str(folder), str(ROOT))
    return sorted(folder.glob("*.whl"))


def write_pages(site: Path, work: Path) -> None:
    """JupyterLite with the notebooks, and the settings of its kernel."""
    contents = work / "contents"
    shutil.copytree(NOTEBOOKS / "images", contents / "images")
    shutil.copy(NOTEBOOKS / "checks.py", contents)
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        (contents / path.name).write_text(json.dumps(emptied(path), ensure_ascii=False), encoding="utf-8")
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
    lite = ("--lite-dir", str(work), "--contents", str(contents), "--output-dir", str(site), "--no-sourcemaps")
    apps = ("--apps", "lab", "--apps", "notebooks", "--apps", "tree")
    run(sys.executable, "-m", "jupyterlite_core", "build", *lite, *apps, cwd=work)


def emptied(path: Path) -> dict[str, Any]:
    """A notebook without its saved outputs, which the documentation shows: here a reader makes their own."""
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    return notebook


def write_runtime(folder: Path, packages: Path, files: list[Path], lock: dict[str, Any]) -> None:
    """Pyodide and Graphviz in one folder, with the files that the lock file names, and no other."""
    folder.mkdir(parents=True)
    for name in RUNTIME:
        shutil.copy(packages / "pyodide" / name, folder)
    shutil.copy(packages / "@viz-js" / "viz" / "dist" / "viz-global.js", folder)
    shutil.copy(HERE / "with-graphviz.js", folder)
    for path in files:
        shutil.copy(path, folder)
    (folder / "pyodide-lock.json").write_text(json.dumps(lock, indent=1), encoding="utf-8")


def linked(entries: Entries) -> Entries:
    """The entries, each depending on what is among them."""
    return {
        name: {**held, "depends": [other for other in map(canonicalize_name, held["depends"]) if other in entries]}
        for name, held in entries.items()
    }


def entry(wheel: Path) -> dict[str, Any]:
    """What Pyodide's lock file says of a wheel: where it is, its checksum, what it needs and what it imports as."""
    with zipfile.ZipFile(wheel) as held:
        (described,) = (name for name in held.namelist() if name.endswith(".dist-info/METADATA"))
        about = Parser().parsestr(held.read(described).decode())
        tops = {name.split("/")[0].removesuffix(".py") for name in held.namelist() if name.endswith(".py")}
    needed = map(Requirement, about.get_all("Requires-Dist", []))
    return {
        "name": canonicalize_name(about["Name"]),
        "version": about["Version"],
        "file_name": wheel.name,
        "install_dir": "site",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "package_type": "package",
        "imports": sorted(top for top in tops if top.isidentifier()),
        "depends": sorted({one.name for one in needed if one.marker is None or one.marker.evaluate(BROWSER)}),
        "unvendored_tests": False,
    }
