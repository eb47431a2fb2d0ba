"""The page's other end in the kernel: an anywidget that carries messages both ways."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

try:
    import anywidget
except ImportError as error:
    raise ImportError(
        'playground needs anywidget, which is not installed: pip install "sigmagrad[notebooks]"'
    ) from error

Message = dict[str, Any]


class Page(anywidget.AnyWidget):
    """Sends what `show` gets to every view of the page, and hands over what these say."""

    def __init__(self, hear: Callable[[Message], None]) -> None:
        super().__init__()
        self.on_msg(lambda _, content, buffers: hear(content))

    def show(self, message: Message) -> None:
        """Send a message."""
        self.send(message)


def page(script: str, style: str, hear: Callable[[Message], None]) -> Page:
    """A page with this program and this style; anywidget takes both from the class."""
    kind: type[Page] = type("Page", (Page,), {"_esm": script, "_css": style})
    return kind(hear)
