"""The page's other end in the kernel: an anywidget that carries messages both ways."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

try:
    import anywidget
    import traitlets
except ImportError as error:
    raise ImportError(
        'playground needs anywidget, which is not installed: pip install "sigmagrad[notebooks]"'
    ) from error


class Page(anywidget.AnyWidget):
    """Sends what `show` gets to every view of the page, and hands over what these say."""

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)

    def __init__(self, script: str, style: str, hear: Callable[[dict[str, Any]], None]) -> None:
        super().__init__(_esm=script, _css=style)
        self.on_msg(lambda _, content, buffers: hear(content))

    def show(self, message: dict[str, Any]) -> None:
        """Send a message."""
        self.send(message)
