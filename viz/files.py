"""Writing a file whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from autograd.errors import shown


def write(path: Path, content: bytes) -> None:
    """Write beside the place, then move: who reads meanwhile, or after an interrupt, sees the old file or the new."""
    if os.path.isdir(path):  # unlike Path.is_dir, it answers for a name that is too long as well
        raise IsADirectoryError(f"{shown(str(path))} is a directory; write the name of a file in it")
    if not os.path.isdir(path.parent):
        raise FileNotFoundError(f"there is no directory {shown(str(path.parent))}; make it first, or choose another")
    try:
        handle, temporary = tempfile.mkstemp(prefix=".saving-", dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o666 & ~_umask())  # mkstemp's files are private; a saved picture is like any other file
        os.replace(temporary, path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        if isinstance(error, OSError):
            raise _unwritable(path, error) from error
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _unwritable(path: Path, error: OSError) -> OSError:
    words = f"can't write {shown(str(path))}: {error.strerror or error}; choose another place"
    return type(error)(error.errno, words) if error.errno else OSError(words)
