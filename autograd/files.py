"""`write` writes a file completely, or not at all."""

import contextlib
import os
from typing import Any

from autograd.errors import shown


def write(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a new file beside the old one, then rename it: at every moment, one of the two is there as a whole.

    A link stays a link, and the new file has the permissions of the old one. If it can't be written, the OSError says
    why, and names the whole path, because the end of a path says most.
    """
    target = os.path.realpath(name_of(path))
    folder = os.path.dirname(target)
    if os.path.isdir(target):
        raise IsADirectoryError(f"{os.fspath(path)!r} is a directory; write the name of a file in it")
    if not os.path.isdir(folder):
        raise FileNotFoundError(f"there is no directory {folder!r}; make it first, or choose another")
    if os.path.exists(target) and not os.path.isfile(target):  # a device must not be replaced
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
    except OSError as error:
        words = f"can't write {os.fspath(path)!r}: {error.strerror or error}; choose another place"
        raise (type(error)(error.errno, words) if error.errno else OSError(words)) from error
    finally:
        with contextlib.suppress(OSError):  # once it is renamed, there is none
            os.unlink(draft)


def name_of(path: Any) -> str:
    """The name of a file. A number is refused: to Python it would be the number of an open file."""
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"a file needs a name like 'model.json', got {type(path).__name__} {shown(path)}")
    return os.fspath(path)
