"""NumPy, matplotlib and scikit-learn for the browser, out of Pyodide's release archive.

The lock file in Pyodide's npm package has the checksum of every file of the release; what differs is not taken.
"""

from __future__ import annotations

import hashlib
import posixpath
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

WANTED = ("numpy", "matplotlib", "scikit-learn")
ARCHIVE = "https://github.com/pyodide/pyodide/releases/download/{0}/pyodide-{0}.tar.bz2"
Entries = dict[str, dict[str, Any]]  # of a lock file, by name


def unpack(archive: str, entries: Entries, folder: Path) -> None:
    """Put the files of the entries into the folder; ValueError where one is missing, or another than the lock says.

    The archive is a path or an address, and is read as it comes, only as far as is needed.
    """
    waiting = {entry["file_name"]: entry["sha256"] for entry in entries.values()}
    with opened(archive) as held:
        for member in held:
            name = posixpath.basename(member.name)
            if not member.isfile() or name not in waiting:
                continue
            content = held.extractfile(member).read()
            if hashlib.sha256(content).hexdigest() != waiting.pop(name):
                raise ValueError(f"{name} in {archive} has not the checksum that Pyodide's lock file says")
            (folder / name).write_bytes(content)
            if not waiting:
                return
    raise ValueError(f"{archive} lacks {', '.join(waiting)}")


@contextmanager
def opened(archive: str) -> Iterator[tarfile.TarFile]:
    """The archive in a file, or at an address."""
    with urlopen(archive, timeout=60) if "://" in archive else open(archive, "rb") as stream:
        try:
            with tarfile.open(fileobj=stream, mode="r|*") as held:
                yield held
        except tarfile.TarError as error:
            raise ValueError(f"{archive} is no tar archive, or is cut off: {error}") from error


def closure(official: Entries, names: tuple[str, ...] = WANTED) -> Entries:
    """The entries with these names, and those of all that they depend on."""
    entries: Entries = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in entries:
            entries[name] = official[name]
            waiting += official[name]["depends"]
    return entries
