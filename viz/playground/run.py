"""A run: a network, its data, the set-up, and all that has happened. It knows nothing of pages."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from autograd import Op
from autograd.errors import shown
from nn import MLP
from viz.playground import network
from viz.playground.datasets import CLASSIFICATION, DATASETS, REGRESSION, make, split
from viz.playground.own_data import OwnData, checked
from viz.playground.recording import Recording
from viz.playground.retelling import Retelling
from viz.playground.settings import OWN, Settings, read_number
from viz.playground.training import Training, arrays, loss_name, outputs_for

FEW = 4  # changed numbers that are told one by one
START_ANEW = {"dataset", "task", "noise", "train_share", "seed"}  # settings whose change begins a new run


class Run:
    """What a playground is about; every change is whole, or an error that changes nothing.

    >>> run = Run(dataset="linear")
    >>> run.advance(50)
    >>> run.steps, run.losses()[0] < 0.5
    (50, True)
    """

    def __init__(
        self, model: MLP | None = None, X: Any = None, y: Any = None, dataset: str = "moons", seed: int = 0
    ) -> None:
        self.own: OwnData | None = None if X is None and y is None else checked(X, y)
        given = network.checked(model) if model is not None else None
        if self.own:
            self.settings = Settings(dataset=OWN, task=self.own.task, train_share=0.8)
        else:
            task = DATASETS[dataset].task if isinstance(dataset, str) and dataset in DATASETS else CLASSIFICATION
            self.settings = Settings().changed(dataset=dataset, task=task)
        self.settings = self.settings.changed(seed=seed)
        self._make_points()
        last = outputs_for(self.settings.task, self.n_classes)
        self.model = given or MLP(2, [8, 8, last], "tanh", seed=self.settings.seed)
        self._given = (self._structure(), network.numbers(given)) if given else None
        self._begin()

    # --- the data -----------------------------------------------------------------------------------------------------

    def _make_points(self) -> None:
        chosen = self.settings
        if chosen.dataset == OWN:
            if self.own is None:
                raise ValueError('the data set "own" is the X, y of playground(X=X, y=y), and here there is none')
            X, y, self.labels = self.own.X, self.own.y, self.own.labels
            possible = self.own.task
        else:
            X, y = make(chosen.dataset, noise=chosen.noise, seed=chosen.seed)
            possible = DATASETS[chosen.dataset].task
            self.labels = (0, 1) if possible == CLASSIFICATION else ()
        if chosen.task == CLASSIFICATION and possible == REGRESSION:
            raise ValueError(f'the data set "{chosen.dataset}" has amounts for y, which are no classes')
        self.n_classes = len(self.labels)
        self.train, self.test = split(X, y, train_share=chosen.train_share, seed=chosen.seed)
        self._arrays = arrays(self.train), arrays(self.test)

    # --- the start ----------------------------------------------------------------------------------------------------

    def _structure(self) -> tuple[list[int], list[Op]]:
        return network.sizes(self.model), network.activations(self.model)

    def _begin(self) -> None:
        """Step 0, with the weights as they are."""
        self.chooser = random.Random(self.settings.seed)
        self._compile()
        self.steps = 0
        self.film = Recording()
        start = network.numbers(self.model) if self._is_given() else None
        self.told = Retelling(self.model, self.settings.seed, start)
        self._remember()
        self.record()

    def _is_given(self) -> bool:
        return self._given is not None and self._given[0] == self._structure()

    def _compile(self) -> None:
        """The training for the network and the settings as they are now."""
        self.loss = loss_name(self.model, self.settings.task, self.n_classes)
        self.training = Training(self.model, self.train, self.settings, self.loss, self.chooser)

    def reset(self) -> None:
        """Back to step 0: the weights of the user's model, or weights drawn from the seed."""
        if self._given and self._is_given():
            numbers = self._given[1]
        else:
            bias = network.has_bias(self.model)
            numbers = network.numbers(MLP(2, *self._structure(), bias=bias, seed=self.settings.seed))
        for value, x in zip(network.values(self.model), numbers, strict=True):
            value.data, value.grad = x, 0.0
        self._begin()

    # --- the steps ----------------------------------------------------------------------------------------------------

    def advance(self, count: int) -> None:
        """Some steps; an error names the step, and leaves the weights before it."""
        self.notice()
        start, step = self.steps, self.training.step
        try:
            for _ in range(count):
                step()
                self.steps += 1
                if self.film.wants(self.steps):
                    self.record()
        except (ArithmeticError, ValueError) as error:
            error.add_note(f"in step {self.steps + 1}")
            raise
        finally:
            self.told.trained(self.settings, self.steps - start)
            self._remember()

    def losses(self) -> tuple[float | None, float | None]:
        """The average losses of the train and the test points."""
        return self.training.average_loss(self._arrays[0]), self.training.average_loss(self._arrays[1])

    def record(self) -> None:
        """This step goes into the film."""
        self.film.add(self.steps, network.described(self.model), self.losses(), network.numbers(self.model))

    # --- changes ------------------------------------------------------------------------------------------------------

    def _remember(self) -> None:
        self._known = network.numbers(self.model)

    def notice(self) -> bool:
        """Whether a cell has changed the model since the last look; what has changed is told in `code()`."""
        now = network.numbers(self.model)
        if now == self._known:
            return False
        if len(now) != len(self._known):
            self._compile()
            self.told.built(self.model, self.settings.seed, now)
        else:
            both = zip(network.paths(self.model), self._known, now, strict=True)
            different = {path: x for path, before, x in both if x != before}
            if len(different) <= FEW:
                self.told.changed(different)
            else:
                self.told.set(now)
        self._remember()
        return True

    def set_weight(self, index: Any, x: Any) -> None:
        """Type a number for a weight or a bias, counted as the page does."""
        self.notice()
        held = network.values(self.model)
        if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < len(held):
            raise IndexError(f"weights and biases are counted from 0 to {len(held) - 1}, got {shown(index)}")
        held[index].data = read_number(held[index].label or "a weight", x)
        self.notice()

    def set_layers(self, layers: Sequence[int], activations: Sequence[str | Op]) -> None:
        """Other layers, in place: what stays keeps its weights, and the run goes on."""
        self.notice()
        known = {op.name: op for op in network.activations(self.model)}  # the user's own Ops have names too
        functions = [known.get(f, f) if isinstance(f, str) else f for f in activations]
        before = self.model.layers
        try:
            network.rebuild(self.model, layers, functions, self.settings.seed + self.steps)
            self._compile()
        except BaseException:
            self.model.layers = before
            self._compile()
            raise
        self.told.built(self.model, self.settings.seed, network.numbers(self.model))
        self._remember()
        self.record()

    def set(self, **changes: Any) -> None:
        """Other settings: those of the data and the seed begin a new run, the others act from the next step on."""
        self.notice()
        new = self.settings.changed(**changes)
        if "dataset" in changes and "task" not in changes and new.dataset != self.settings.dataset:
            own = new.dataset == OWN and self.own
            new = new.changed(task=own.task if own else DATASETS[new.dataset].task if new.dataset != OWN else new.task)
        before, layers = dict(vars(self)), self.model.layers
        different = {name for name in START_ANEW if getattr(new, name) != getattr(self.settings, name)}
        self.settings = new
        try:
            if different:
                self._make_points()
                self._fit_outputs()
                self.reset()
            else:
                self._compile()
        except BaseException:
            vars(self).update(before)
            self.model.layers = layers
            raise

    def _fit_outputs(self) -> None:
        """As many outputs as the task needs, if what there is does not do."""
        try:
            loss_name(self.model, self.settings.task, self.n_classes)
        except ValueError:
            layers, functions = self._structure()
            last = outputs_for(self.settings.task, self.n_classes)
            names: list[str | Op] = [*functions[:-1], "identity"]
            network.rebuild(self.model, [*layers[:-1], last], names, self.settings.seed)

    # --- the whole set-up ---------------------------------------------------------------------------------------------

    def set_up(self) -> dict[str, Any]:
        """Settings, layers and activations."""
        functions = [op.name for op in network.activations(self.model)]
        return {**asdict(self.settings), "layers": network.sizes(self.model), "activations": functions}

    def apply(self, set_up: Mapping[str, Any]) -> None:
        """Take over a set-up, or a part of one, and begin anew."""
        if not isinstance(set_up, Mapping):
            raise TypeError(f"a set-up is a dict like p.settings, got {type(set_up).__name__} {shown(set_up)}")
        changes = dict(set_up)
        layers = changes.pop("layers", network.sizes(self.model))
        functions = changes.pop("activations", None)
        new = self.settings.changed(**changes)
        fresh = MLP(2, layers, functions or "tanh", bias=network.has_bias(self.model), seed=new.seed)
        network.checked(fresh)
        before, held = dict(vars(self)), self.model.layers
        try:
            if "task" not in changes and "dataset" in changes and new.dataset != OWN:
                new = new.changed(task=DATASETS[new.dataset].task)
            self.settings = new
            self._make_points()
            if functions is not None or "layers" in changes or "layers" in set_up:
                self.model.layers = fresh.layers
            self._fit_outputs()
            self.reset()
        except BaseException:
            vars(self).update(before)
            self.model.layers = held
            raise

    def code(self) -> str:
        """The run as a Python program."""
        self.notice()
        return self.told.program(self.steps, self.settings, self.own, self.loss)
