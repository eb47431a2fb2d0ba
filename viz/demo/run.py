"""A run: a network, its data, the set-up, and all that has happened. It knows nothing of pages."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from autograd import Op
from autograd.errors import shown
from nn import MLP
from nn.activations import ACTIVATIONS
from nn.data import is_row
from viz.demo import network
from viz.demo.data import checked, data_for, task_of
from viz.demo.recording import Recording
from viz.demo.retelling import Retelling
from viz.demo.settings import OWN, Settings, read_number
from viz.demo.training import Training, loss_name, output_for
from viz.style.labels import written

START_ANEW = ("dataset", "task", "features", "noise", "train_share", "seed")  # settings whose change begins a new run


class Run:
    """What a playground is about. Every change of it is made as a whole, or is an error and changes nothing.

    >>> run = Run(dataset="linear")
    >>> run.advance(50)
    >>> run.steps, run.losses()[0] < 0.5
    (50, True)
    """

    def __init__(
        self, model: MLP | None = None, X: Any = None, y: Any = None, dataset: str = "moons", seed: int = 0
    ) -> None:
        self.own = None if X is None and y is None else checked(X, y)
        given = None if model is None else network.checked(model)
        settings = Settings(dataset=OWN, train_share=0.8) if self.own else Settings().changed(dataset=dataset)
        self.settings = settings.changed(seed=seed, task=task_of(settings.dataset, self.own))
        self.data = data_for(self.settings, self.own)
        last, f = output_for(self.settings.task, len(self.data.labels))
        functions = ["tanh", "tanh", f]
        self.model = given or MLP(len(self.settings.features), [8, 8, last], functions, seed=self.settings.seed)
        held = network.shape(self.model).activations
        self.functions = {op.name: op for op in held}  # by name, also the user's own Ops
        self._check_activations()
        self._given = (network.shape(given), network.numbers(given)) if given else None  # the user's model, as it came
        self._begin()

    # --- the start ----------------------------------------------------------------------------------------------------

    def _is_given(self) -> bool:  # whether the network still has the shape of the user's model
        return self._given is not None and self._given[0] == network.shape(self.model)

    def start(self) -> dict[str, Any] | None:
        """The first weights of the user's model, and the network that they are for."""
        if self._given is None:
            return None
        shape, numbers = self._given
        return {"features": shape.inputs, "layers": shape.described(), "weights": numbers}

    def _begin(self) -> None:
        """Begin at step 0, with the weights as they are."""
        self.chooser = random.Random(self.settings.seed)
        self._compile()
        self.steps, self.film = 0, Recording()
        start = network.numbers(self.model) if self._is_given() else None
        self.retelling = Retelling(self.model, self.settings.seed, start)
        self._remember()
        self.record()

    def _compile(self) -> None:
        """Make the training anew, for the network and the settings as they are now."""
        self.loss = loss_name(self.model, self.settings.task, len(self.data.labels))
        self.training = Training(self.model, self.data.arrays[0], self.settings, self.loss, self.chooser)

    def reset(self) -> None:
        """Go back to step 0, with the first weights of the user's model, or with weights drawn from the seed."""
        if self._given and self._is_given():
            numbers = self._given[1]
        else:
            numbers = network.numbers(network.shape(self.model).network(self.settings.seed))
        for value, x in zip(self.model.parameters(), numbers, strict=True):
            value.data, value.grad = x, 0.0
        self._begin()

    # --- the steps ----------------------------------------------------------------------------------------------------

    def advance(self, count: int) -> None:
        """Train some steps. An error names the step that failed, and leaves the weights as they were before it."""
        self.notice()
        start, step, state = self.steps, self.training.step, self.chooser.getstate()
        is_whole = True
        try:
            for _ in range(count):
                step()
                self.steps += 1
                if self.film.wants(self.steps):
                    self.record()
        except BaseException as error:
            self.chooser.setstate(state)  # so that the batch of the step that failed will come next
            for _ in range(self.steps - start):
                self.training.batch()
            is_whole = isinstance(error, (ArithmeticError, ValueError))  # an interrupt may have left a step half done
            if is_whole:
                error.add_note(f"in step {self.steps + 1}")
            raise
        finally:
            self.retelling.trained(self.settings, self.loss, self.steps - start)
            if not is_whole:
                self.retelling.set(network.numbers(self.model))
            self._remember()

    def domain(self) -> list[tuple[float, float]]:
        """The part of the plane that is drawn: (lowest, highest) x₁, and x₂."""
        ranges = [(min(x), max(x)) for x in zip(*self.data.train[0], *self.data.test[0], strict=True)]
        margins = [(high - low or max(1.0, abs(high))) * 0.1 for low, high in ranges]
        return [(low - m, high + m) for (low, high), m in zip(ranges, margins, strict=True)]

    def losses(self) -> tuple[float | None, float | None]:
        """The average losses of the train and the test points."""
        train, test = self.data.arrays
        return self.training.average_loss(train), self.training.average_loss(test)

    def record(self) -> None:
        """Put this step into the film."""
        described = network.described(self.model, self.loss, self.settings.features)
        self.film.add(self.steps, described, self.losses(), network.numbers(self.model))

    # --- changes ------------------------------------------------------------------------------------------------------

    def _remember(self) -> None:
        self._known = network.look(self.model)

    def notice(self) -> bool:
        """Whether a cell has changed the model since the last look; if so, `code()` will tell what has changed."""
        network.check_alike(self.model)
        now = network.look(self.model)
        if now == self._known:
            return False
        if now[:2] != self._known[:2]:
            network.checked(self.model, self.settings.features)
            self._check_activations()
            self._compile()
        self.retelling.noticed(self.model, self._known)
        self._remember()
        return True

    def _check_activations(self) -> None:
        """Refuse activations that the page can't find by name in its program, which was printed at the beginning."""
        known = {**ACTIVATIONS, **self.functions}
        for op in network.shape(self.model).activations:
            if known.get(op.name) is not op:
                raise ValueError(
                    "playground draws the activations of nn and those that it was made with, one of each name, and got "
                    f"{op!r} too; make a new one: playground(model), each Op with a name of its own"
                )

    def set_weight(self, index: Any, x: Any) -> None:
        """Set a weight or a bias, counted as the page does, to a number that was typed."""
        self.notice()
        held = self.model.parameters()
        if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < len(held):
            raise IndexError(f"weights and biases are counted from 0 to {len(held) - 1}, got {shown(index)}")
        held[index].data = read_number(written(held[index].label) or "a weight", x)

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """If the change inside this block fails, leave everything as it was."""
        self.notice()
        before, layers, numbers = dict(vars(self)), self.model.layers, network.numbers(self.model)
        try:
            yield
        except BaseException:
            vars(self).update(before)
            self.model.layers = layers
            for value, x in zip(self.model.parameters(), numbers, strict=True):
                value.data = x
            raise

    def _functions(self, names: Any) -> Any:
        """Activations by their names, the user's own Ops too."""
        known = self.functions
        return [known.get(name, name) if isinstance(name, str) else name for name in names] if is_row(names) else names

    def set_layers(self, layers: Sequence[int], activations: Sequence[str]) -> None:
        """Give the network other layers, in place: what stays keeps its weights, and the run goes on."""
        with self._whole():
            network.rebuild(self.model, layers, self._functions(activations), self.settings.seed + self.steps)
            self._compile()
        self.retelling.built(self.model, self.settings.seed, network.numbers(self.model))
        self._remember()
        self.record()

    def set(self, **changes: Any) -> None:
        """Change settings. Those of the data and the seed begin a new run; others act from the next step on."""
        new = self._changed(changes)
        with self._whole():
            anew = any(getattr(new, name) != getattr(self.settings, name) for name in START_ANEW)
            self.settings = new
            if anew:
                self.data = data_for(new, self.own)
                self._fit()
                self.reset()
            else:
                self._compile()

    def _changed(self, changes: Mapping[str, Any]) -> Settings:
        """The settings with changes; another data set brings its task."""
        new = self.settings.changed(**changes)
        if new.dataset != self.settings.dataset and "task" not in changes:
            new = new.changed(task=task_of(new.dataset, self.own))
        return new

    def _fit(self) -> None:
        """Give the network an input for each feature, and the outputs that the task needs, if its own do not suit."""
        shape, count = network.shape(self.model), len(self.settings.features)
        if shape.inputs != count:
            self.model.layers = shape._replace(inputs=count).network(self.settings.seed).layers
        try:
            loss_name(self.model, self.settings.task, len(self.data.labels))
        except ValueError:
            last, f = output_for(self.settings.task, len(self.data.labels))
            names: list[str | Op] = [*shape.activations[:-1], f]
            network.rebuild(self.model, [*shape.sizes[:-1], last], names, self.settings.seed)

    # --- the whole set-up ---------------------------------------------------------------------------------------------

    def set_up(self) -> dict[str, Any]:
        """Settings, layers and activations."""
        shape, held = network.shape(self.model), {**asdict(self.settings), "features": list(self.settings.features)}
        return {**held, "layers": shape.sizes, "activations": [op.name for op in shape.activations]}

    def apply(self, set_up: Mapping[str, Any] | str) -> None:
        """Take over a set-up, or a part of one, as a dict or as JSON, and begin anew."""
        if isinstance(set_up, str):
            try:
                set_up = json.loads(set_up)
            except ValueError as error:
                came = f"{shown(set_up)}: {error}"
                raise ValueError(f"a set-up is JSON like the one that the page shows, got {came}") from None
        if not isinstance(set_up, Mapping):
            raise TypeError(f"a set-up is a dict like p.settings, got {type(set_up).__name__} {shown(set_up)}")
        changes = dict(set_up)
        layers, names = changes.pop("layers", None), changes.pop("activations", None)
        new = self._changed(changes)
        with self._whole():
            self.settings = new
            self.data = data_for(new, self.own)
            if layers is not None or names is not None:
                shape = network.shape(self.model)
                sizes = shape.sizes if layers is None else network.check_sizes(layers)
                functions = self._functions("tanh" if names is None else names)
                self.model.layers = MLP(len(new.features), sizes, functions, bias=shape.has_bias, seed=new.seed).layers
            self._fit()
            self.reset()

    def code(self) -> str:
        """The run as a Python program."""
        self.notice()
        own = self.own if self.settings.dataset == OWN else None
        return self.retelling.program(self.steps, self.settings, own, self.loss)
