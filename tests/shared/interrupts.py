"""Presses Ctrl-C at a bytecode of our choice."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import autograd
import nn

SOURCES = tuple(str(Path(module.__file__).parent) for module in (autograd, nn))


def interrupted_at(opcode: int, work: Callable[[], object]) -> int | None:
    """Run work with a KeyboardInterrupt at its opcode-th bytecode in autograd or nn; how many it has, if it ends first."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if not frame.f_code.co_filename.startswith(SOURCES):
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            count += 1
            if count == opcode:
                raise KeyboardInterrupt
        return trace

    old = sys.gettrace()
    sys._getframe().f_trace_opcodes = True  # Python 3.12 looks for it here
    sys.settrace(trace)
    try:
        work()
    except KeyboardInterrupt:
        return None
    finally:
        sys.settrace(old)
    return count
