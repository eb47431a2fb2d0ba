"""Everything the README prints is true: its code runs, its numbers come out, its commands are the ones that work."""

import contextlib
import io
import re
from pathlib import Path

import pytest

from nn import MLP, squared_loss
from viz import draw_backprop

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTENTS = (ROOT / "notebooks/README.md").read_text(encoding="utf-8")
PYTHON_BLOCKS = re.findall(r"^```python\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
SHELL_BLOCKS = re.findall(r"^```bash\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def promised(block: str) -> list[str]:
    """What the comments beside the print calls say will be printed."""
    return [line.rsplit("  # ", 1)[1] for line in block.splitlines() if line.startswith("print(") and "  # " in line]


@pytest.fixture(scope="module")
def names() -> dict[str, object]:
    return {"__name__": "readme"}


@pytest.mark.parametrize("block", PYTHON_BLOCKS, ids=range(len(PYTHON_BLOCKS)))
def test_a_code_block_prints_the_numbers_beside_it(block, names, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the block may save pictures
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(block, "README.md", "exec"), names)
    assert [line.strip() for line in printed.getvalue().splitlines()] == promised(block)


def test_the_readme_has_code_and_two_commands():
    assert len(PYTHON_BLOCKS) >= 4
    commands = "".join(SHELL_BLOCKS).splitlines()
    assert sum(line.endswith("-m viz lecture/") for line in commands) == 1
    assert sum("-m pytest" in line for line in commands) == 1


def test_every_picture_and_page_the_readmes_name_is_there():
    for folder, text in [(ROOT, README), (ROOT / "notebooks", CONTENTS)]:
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            assert "://" not in target, f"{target}: it must read well without a network"
            assert (folder / target).exists(), target


def test_the_readme_shows_the_two_pages_and_one_way_in_for_each_reader():
    beginning = README.partition("## Install")[0]
    assert re.findall(r"!\[[^]]+\]\(notebooks/images/(\w+)\.png\)", beginning) == ["explorer", "playground"]
    for reader in ("a student", "a lecturer", "teaching code"):
        (line,) = (line for line in beginning.splitlines() if line.startswith("- **You") and reader in line)
        assert line.count("](") == 1, line
    assert 80 <= len(README.splitlines()) <= 120


def test_the_picture_above_the_contents_is_what_the_library_draws_today():
    model = MLP(2, [3, 3, 1], ["relu", "tanh", "identity"], seed=0)
    today = draw_backprop(model, [1.0, -2.0], 1.0, squared_loss).svg
    committed = (ROOT / "notebooks/images/backprop.svg").read_text(encoding="utf-8")
    words = [re.findall(r"<text[^>]*>([^<]*)</text>", svg) for svg in (committed, today)]
    assert words[0] == words[1]
    assert words[0]
    assert "](images/backprop.svg)" in CONTENTS


def test_the_changelog_knows_the_version():
    version = re.search(r'^version = "(.*)"', (ROOT / "pyproject.toml").read_text(), flags=re.MULTILINE)[1]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
