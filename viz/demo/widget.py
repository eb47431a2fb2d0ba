"""The page's other end in the kernel: an anywidget that carries messages both ways."""

import weakref
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
    """A page of this program and style: `show` sends a message to all its views, `hear` gets those that they send."""

    def __init__(self, script: str, style: str, hear: Callable[[Message], None]) -> None:
        self._esm, self._css = script, style  # anywidget sends both along
        super().__init__()
        self._hear = weakref.WeakMethod(hear)  # weak, as the kernel keeps the widget, which would keep a playground
        self.on_msg(lambda _, content, buffers: self._tell(content))

    def _tell(self, message: Message) -> None:
        if hear := self._hear():
            hear(message)

    def close(self) -> None:
        """Take the page out of the notebook, and tell `hear` so."""
        self._tell({"do": "close"})
        self.layout.close()  # a widget of its own, which nobody else closes
        super().close()

    def show(self, message: Message) -> None:
        """Send a message."""
        self.send(message)
