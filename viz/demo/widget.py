"""The page's other end in the kernel: an anywidget that carries messages both ways."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

try:
    import anywidget
except ImportError as error:
    raise ImportError("playground needs anywidget, which is not installed: pip install anywidget") from error

Message = dict[str, Any]


class Page(anywidget.AnyWidget):
    """A page with this program and this style: sends what `show` gets to every view, and hands over what these say."""

    def __init__(self, script: str, style: str, hear: Callable[[Message], None]) -> None:
        self._esm, self._css = script, style  # anywidget sends both along
        super().__init__()
        self._hear = weakref.WeakMethod(hear)  # weakly, as the kernel keeps every widget that is not closed
        self.on_msg(lambda _, content, buffers: self._tell(content))

    def _tell(self, message: Message) -> None:
        if hear := self._hear():
            hear(message)

    def close(self) -> None:
        """Take the page out of the notebook; whoever hears is told."""
        self._tell({"do": "close"})
        self.layout.close()  # a widget of its own, which nobody else closes
        super().close()

    def show(self, message: Message) -> None:
        """Send a message."""
        self.send(message)
