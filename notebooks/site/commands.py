"""Programs that the build runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def run(*command: str, cwd: Path | None = None) -> None:
    """Run a program; where it fails, its words are shown and the build ends."""
    own = {key: value for key, value in os.environ.items() if key != "PIP_CONSTRAINT"}  # `wheels.txt` has its versions
    done = subprocess.run(command, cwd=cwd, env=own, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
