"""Writes a copy of the notebooks without their solutions, to hand out.

    python notebooks/handout.py handout/

The checks come along: they work the answers out, or hold them sealed, so that nobody reads one by accident.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
FOLDED = "<details>"  # how a cell with a solution begins
ALONG = ("checks.py", "images")  # what the notebooks import and show


def main() -> None:
    """Write the copy into the folder that the command line names."""
    parser = argparse.ArgumentParser(description="Write the notebooks without their solutions.")
    parser.add_argument("folder", type=Path, help="a new or an empty folder")
    folder = parser.parse_args().folder.resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            sys.exit(f"{folder} is not empty; name a new folder")
        n = hand_out(folder)
    except OSError as error:
        sys.exit(f"can't write into {folder}: {error.strerror}; name another folder")
    print(f"{n} solutions left out; the notebooks are in {folder}")


def hand_out(folder: Path) -> int:
    """Write the copy; return how many solutions were left out."""
    for name in ALONG:
        copy = shutil.copytree if (HERE / name).is_dir() else shutil.copy
        copy(HERE / name, folder / name)
    n = 0
    for path in sorted(HERE.glob("*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        kept = [cell for cell in notebook["cells"] if not is_solution(cell)]
        n += len(notebook["cells"]) - len(kept)
        text = json.dumps({**notebook, "cells": kept}, indent=1, ensure_ascii=False)
        (folder / path.name).write_text(text + "\n", encoding="utf-8")
    return n


def is_solution(cell: dict[str, Any]) -> bool:
    """Whether a cell is a folded solution."""
    return cell["cell_type"] == "markdown" and "".join(cell["source"]).startswith(FOLDED)


if __name__ == "__main__":
    main()
