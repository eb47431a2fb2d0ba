"""The playground in a notebook: a run, the page that shows it, and what the page's buttons do."""

import os
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograd.errors import shown
from autograd.files import write
from nn import MLP
from nn.data import count
from viz.demo import page
from viz.demo.live import Live
from viz.demo.run import Run
from viz.demo.settings import preset
from viz.demo.widget import Page


class Playground:
    """A network to play with; `playground` makes one."""

    def __init__(self, model: Any, X: Any, y: Any, dataset: str, seed: int) -> None:
        self._run = Run(model, X, y, dataset, seed)
        program = page.script(self._run.functions, page.LIVE)
        self._page = Page(program, page.style(), self._hear)
        self._message = ""
        self._live = Live(self._run, self.refresh, self._glance, self._stopped)
        self._drawn = self._frame()
        weakref.finalize(self, self._page.close).atexit = False  # when Python ends, no page is there to be told

    # --- what users call ----------------------------------------------------------------------------------------------

    @property
    def playing(self) -> bool:
        """Whether it is playing: it trains whenever the kernel is free."""
        return self._live.playing

    @property
    def model(self) -> MLP:
        """The network, an ordinary `MLP`: its Values hold the weights that the page shows; set them, and it follows."""
        return self._run.model

    @property
    def settings(self) -> dict[str, Any]:
        """A copy of the whole set-up; a dict with some of it, or one as JSON, can be set, and begins a new run."""
        return self._run.set_up()

    @settings.setter
    def settings(self, set_up: dict[str, Any] | str) -> None:
        self._run.apply(set_up)
        self._begun()

    def play(self) -> None:
        """Train until `pause()`; it goes on while the kernel is free."""
        self._live.play()
        self._message = ""
        self.refresh()

    def pause(self) -> None:
        """Stop playing."""
        self._live.playing = False
        self.refresh()

    def step(self, steps: int = 1) -> None:
        """Train so many steps now; an error leaves the weights before the step that failed."""
        number = count("steps", steps, 0)
        self._live.playing, self._message = False, ""
        try:
            self._run.advance(number)
        except (ArithmeticError, ValueError) as error:
            self._stopped(error)
            raise
        finally:
            self.refresh()

    def reset(self) -> None:
        """Go back to step 0 and the first weights."""
        self._run.notice()
        self._run.reset()
        self._begun()

    def close(self) -> None:
        """Take the page out of the notebook; nothing runs any more, and the model is as it is."""
        self._page.close()
        self._live.close()

    def refresh(self) -> None:
        """Draw the model as it is now; the page also looks by itself, ten times a second."""
        try:
            self._run.notice()
            self._drawn = self._frame()
        except Exception as error:  # a cell has made a model that can't be drawn: say so beside the last picture
            self._message = str(error)
        self._page.show({**self._drawn, "playing": self.playing, "message": self._message})

    def _glance(self) -> None:
        """Draw if a cell has changed something."""
        try:
            changed = self._run.notice()
        except Exception as error:
            changed = str(error) != self._message  # not if the page says it already
        if changed:
            self._message = ""
            self.refresh()

    def code(self) -> str:
        """The run as a Python program: it makes the same data, and `model` with the same weights to the last bit."""
        return self._run.code()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the run as one HTML file in which it goes on, without Python and without a network; return the path."""
        target = Path(path)
        if target.suffix.lower() != ".html":
            raise ValueError(f"save needs a file name ending in .html, got {shown(str(path))}")
        self._run.notice()
        self._run.record()
        write(target, page.saved(self._run).encode())
        return target

    def _repr_mimebundle_(self, **options: Any) -> Any:
        self._live.seen()
        draw: Any = self._page._repr_mimebundle_  # it is None if the page was closed
        bundle = draw(**options) if draw else {}
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        held = {**(data or {}), "text/plain": repr(self)}
        # the page is what stays without a kernel: in a notebook that was exported, and where no widget can be drawn
        with suppress(Exception):  # a display never raises
            held["text/html"] = page.pictured(self._run)
        return held, metadata

    def _mime_(self) -> tuple[str, str]:
        """The saved page for marimo, which shows no widget that it has not made itself."""
        return "text/html", page.framed(self._run)

    def __repr__(self) -> str:
        return f"<Playground: {self.model}, step {self._run.steps} on {self._run.settings.dataset}>"

    # --- what the page gets -------------------------------------------------------------------------------------------

    def _frame(self) -> dict[str, Any]:
        return {"kind": "frame", **page.state(self._run), "losses": self._run.losses()}

    def _begun(self) -> None:
        """Show a new run: its data, then the model."""
        self._message = ""
        self._page.show({"kind": "data", **page.data(self._run)})
        self.refresh()

    # --- what the page says -------------------------------------------------------------------------------------------

    def _hear(self, message: dict[str, Any]) -> None:
        """Take a message, maybe in another thread, and answer it in the loop, where everything happens."""
        self._live.call(self._answer, message)

    def _answer(self, message: dict[str, Any]) -> None:
        command = message.get("do")
        if command == "close":
            self._live.close()
        elif command == "left":
            self._live.until = 0.0  # if there is another page, it will speak
        elif command == "drawn":
            self._live.unseen = 0  # but not `until`: the page may have been left after it sent this
        else:
            self._live.seen()
            if command == "here":
                return
            try:
                self._message = ""
                self._obey(command, message)
            except Exception as error:  # whatever it is, the page says so and stays alive
                self._message = self._message or str(error)
                self.refresh()

    def _obey(self, command: Any, message: dict[str, Any]) -> None:
        run = self._run
        if command in ("play", "pause", "step", "reset"):
            getattr(self, command)()
        elif command == "hello":
            self._page.show({"kind": "data", **page.data(run)})
            self.refresh()
        elif command == "code":
            self._page.show({"kind": "code", "text": self.code()})
        elif command == "set":
            begun = run.film
            run.set(**{str(message.get("name")): message.get("value")})
            self._begun() if run.film is not begun else self.refresh()
        elif command == "layers":
            run.set_layers(message["layers"], message["activations"])
            self.refresh()
        elif command == "weight":
            run.set_weight(message.get("index"), message.get("value"))
            self.refresh()
        elif command in ("preset", "settings"):
            self._live.playing = False
            chosen = command == "preset"
            self.settings = preset(message.get("name"), run.settings.seed) if chosen else message["text"]

    def _stopped(self, error: Exception) -> None:
        words = " ".join(str(error).split())
        self._message = f"Stopped in step {self._run.steps + 1}: {words} The weights are those before this step."


def playground(
    model: MLP | None = None, X: Any = None, y: Any = None, *, dataset: str = "moons", seed: int = 0
) -> Playground:
    """A network to play with: it trains in Python, and the page shows the plane as each neuron sees it.

    >>> p = playground(dataset="circles")
    >>> p.step(100)
    >>> p
    <Playground: MLP of 2 → 8 tanh → 8 tanh → 1 identity (105 parameters), step 100 on circles>

    Without a model it is the 2-8-8-1 above. `model` is an `MLP` of two inputs; it is trained where it is. X, y are your
    own data, (n, 2) and (n,): up to five whole numbers in y are classes, others amounts; or `dataset` is "linear",
    "moons", "circles", "xor", "spiral" or, with three classes, "pinwheel", and for regression "plane" or "hills".

    `p.model` holds the weights that the page shows, in both directions; `p.play()`, `p.pause()`, `p.step(n)` and
    `p.reset()` are the page's buttons, and `p.close()` ends it, as does forgetting it. `p.settings` is the whole set-up
    as a dict, to look at, share and set, with the features φ(x) that the network gets in place of x:
    `p.settings = {"features": ["x1 ** 2", "x2 ** 2"]}`. `p.code()` is the run as a Python program, and
    `p.save("playground.html")` a page in which it goes on without Python. It needs
    `pip install "sigmagrad[notebooks]"`, or is an ImportError.
    """
    return Playground(model, X, y, dataset, seed)
