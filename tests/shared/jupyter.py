"""A Jupyter server for the tests: JupyterLab and Notebook 7, with nothing of the user's own, asking nobody for news.

conftest.py offers it to every test. A kernel can fail to start, or to be heard of, on a machine that is busy; so what
a test needs of one is run by `until`, which tries anew with a new kernel and a new page.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

WHERE = {"lab": "lab/tree", "notebook": "notebooks"}  # a notebook's page in each program
CELLS = ".jp-Notebook .jp-CodeCell"
SETTINGS = (
    "--ServerApp.port_retries=0",
    "--IdentityProvider.token=",
    "--ServerApp.disable_check_xsrf=True",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
)


def own_folders(home: Path) -> dict[str, str]:
    """The environment in which nothing of the user's own Jupyter is read or written."""
    folders = {f"JUPYTER_{kind}_DIR": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    return {**os.environ, **folders, "IPYTHONDIR": str(home / "ipython"), "JUPYTERLAB_SETTINGS_DIR": str(home / "lab")}


@dataclass(frozen=True)
class Jupyter:
    """A server of the notebooks in a folder."""

    address: str
    home: Path

    def page(self, program: str, name: str) -> str:
        """The address of a notebook in JupyterLab ("lab") or Notebook 7 ("notebook")."""
        if program == "notebook":
            pytest.importorskip("notebook", reason="Notebook 7 is not installed")
        return f"{self.address}/{WHERE[program]}/{name}"

    def forget_kernels(self) -> None:
        """End every kernel; the next page of a notebook gets a new one."""
        with urlopen(f"{self.address}/api/sessions", timeout=20) as answer:
            for session in json.load(answer):
                urlopen(Request(f"{self.address}/api/sessions/{session['id']}", method="DELETE"), timeout=20).close()

    def restart_kernels(self) -> None:
        """Start every kernel anew; its page stays open."""
        with urlopen(f"{self.address}/api/kernels", timeout=20) as answer:
            for kernel in json.load(answer):
                restart = Request(f"{self.address}/api/kernels/{kernel['id']}/restart", method="POST", data=b"")
                urlopen(restart, timeout=300).close()

    def until(self, page: Any, address: str, run: Callable[[], None], seen: Callable[[], bool]) -> None:
        """Open the notebook and run what is to be run, until something is seen: at times a kernel is not heard of."""
        for _ in range(4):
            page.goto(address)
            page.locator(CELLS).first.wait_for()
            for _ in range(3):  # what is run before there is a kernel can be lost
                run()
                end = time.monotonic() + 15
                while time.monotonic() < end:
                    if seen():
                        return
                    page.wait_for_timeout(100)
            self.forget_kernels()
        log = (self.home / "log").read_text()
        pytest.fail(f"{address} ran nothing; it shows:\n{page.locator('body').inner_text()}\nThe server's log:\n{log}")


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    pytest.importorskip("jupyterlab", reason="jupyterlab is not installed")
    home = tmp_path_factory.mktemp("jupyter")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [*command, f"--ServerApp.root_dir={home}", *SETTINGS],
            stdout=log,
            stderr=log,
            env=own_folders(home),
            cwd=home,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(1200):
            try:
                urlopen(f"{address}/api", timeout=2).close()
                break
            except (URLError, OSError):
                assert server.poll() is None, (home / "log").read_text()
                time.sleep(0.25)
        else:
            pytest.fail("the server does not answer:\n" + (home / "log").read_text())
        yield Jupyter(address, home)
    finally:
        os.killpg(server.pid, signal.SIGKILL)  # with its kernels, for which it would wait
        server.wait(20)
