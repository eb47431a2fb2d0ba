"""Programs that the build runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def run(*command: str, cwd: Path | None = None) -> None:
    """Run a program; where it fails, its words are shown and the build ends."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
