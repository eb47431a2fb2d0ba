"""Writing a file whole or not at all."""

from __future__ import annotations

import contextlib
import os
from typing import Any

from autograd.errors import shown


def write(path: str | os.PathLike[str], content: bytes) -> None:
    """Write beside the place, then move: who reads meanwhile, or after an interrupt, sees the old file or the new.

    A link stays a link, and who may read a file may read the new one. What can't be written is an OSError that names
    the whole path, as its end tells most, and says what is in the way.
    """
    target = os.path.realpath(name_of(path))
    folder = os.path.dirname(target)
    if os.path.isdir(target):
        raise IsADirectoryError(f"{os.fspath(path)!r} is a directory; write the name of a file in it")
    if not os.path.isdir(folder):
        raise FileNotFoundError(f"there is no directory {folder!r}; make it first, or choose another")
    if os.path.exists(target) and not os.path.isfile(target):  # a device, which must not be replaced
        raise OSError(f"{os.fspath(path)!r} is no ordinary file; write the name of a new one")
    draft = os.path.join(folder, f".saving-{os.urandom(8).hex()}")
    try:
        with open(draft, "xb") as file:
            if os.path.exists(target):
                os.chmod(draft, os.stat(target).st_mode & 0o7777)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(draft)
        if isinstance(error, OSError):
            words = f"can't write {os.fspath(path)!r}: {error.strerror or error}; choose another place"
            raise (type(error)(error.errno, words) if error.errno else OSError(words)) from error
        raise


def name_of(path: Any) -> str:
    """The name of a file; a number would be an open one."""
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"a file needs a name like 'model.json', got {type(path).__name__} {shown(path)}")
    return os.fspath(path)
