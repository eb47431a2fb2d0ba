"""The training loop of the lecture: pick a data point at random, evaluate the gradient of its loss, update."""

from __future__ import annotations

import gc
import random
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from math import floor
from typing import TYPE_CHECKING, Any

from autograd import Value, average
from autograd.errors import REMEDIES, Differs, LookedAt, NoFormula, shown
from autograd.graph import computed_nodes
from nn.data import checked_data, count, generator, is_row
from nn.module import Module
from nn.optim import SGD, check_optimizer
from nn.progress import Advance, Smooth, progress_bar

if TYPE_CHECKING:
    from nn.batches import InMatrices

Loss = Callable[[Any, Any], Value]
Callback = Callable[[int, float], Any]


class History:
    """What happened: the number of steps, the loss of each batch before its update, whether Ctrl-C ended it.

    >>> from nn import Neuron, squared_loss
    >>> history = fit(Neuron(1, seed=0), [[1.0], [2.0]], [1.0, 2.0], squared_loss, steps=50, seed=0, progress=False)
    >>> history.steps, len(history.losses), history.losses[-1] < history.losses[0], history.interrupted
    (50, 50, True, False)

    `vectorized` says whether the steps ran in matrices; where they did not, or not to the end, `reason` says why.
    """

    def __init__(self, steps: int = 0, losses: Iterable[float] = (), interrupted: bool = False) -> None:
        self.steps, self.losses, self.interrupted = steps, list(losses), interrupted
        self.vectorized, self.reason = False, ""

    def __repr__(self) -> str:
        return f"History(steps={self.steps}, interrupted={self.interrupted})"


def fit(
    model: Module,
    X: Any,
    y: Any,
    loss: Loss,
    *,
    optimizer: Any = None,
    lr: float | None = None,
    steps: int = 1000,
    batch_size: int = 1,
    seed: Any = None,
    progress: bool = True,
    callback: Callback | None = None,
    vectorized: bool | None = None,
) -> History:
    """Train a model by stochastic gradient descent: one random data point, or a random batch, each step.

    >>> from nn import Neuron, squared_loss
    >>> line = Neuron(1, "identity", seed=0)
    >>> history = fit(line, [[0], [1], [2]], [1, 3, 5], squared_loss, lr=0.1, seed=0, progress=False)
    >>> round(line.w[0].data, 3), round(line.b.data, 3), history
    (2.0, 1.0, History(steps=1000, interrupted=False))

    X holds n data points (rows of numbers), y their n targets. `loss(g, y)` makes a Value of the model's output g and
    a target; a penalty on the weights goes in there. lr is 0.01 if not given; an optimizer brings its own.
    `callback(step, loss)` is called after each step. Ctrl-C waits for the step to end, and keeps what was learned. When
    a step fails, the parameters are as they were before it, and the error names the step.

    Batches run in matrices where the model and the loss are one graph for all data points; the program is held against
    them at first, after each callback, and now and then, and where they differ, the steps go on with Values. In between
    they have to be one function. `vectorized=True` makes that an error, `vectorized=False` takes Values from the start.
    """
    if not isinstance(model, Module) or not callable(model):
        raise TypeError(
            f"fit needs a Module that can be called as model, got {type(model).__name__} {shown(model)}; "
            "write MLP(2, [16, 1]), say, or a class of your own, class Mine(Module), with __call__(self, x)"
        )
    if not callable(loss):
        raise TypeError(f"fit needs a function loss(g, y), like squared_loss, got {shown(loss)}")
    if callback is not None and not callable(callback):
        raise TypeError(f"callback needs a function of the step and its loss, got {shown(callback)}")
    if not (vectorized is None or isinstance(vectorized, bool)):
        raise TypeError(f"vectorized needs to be None, True or False, got {shown(vectorized)}")
    if optimizer is not None and lr is not None:
        raise ValueError(f"fit takes lr or an optimizer, which has its own; got both: set optimizer.lr = {shown(lr)}")
    if optimizer is not None:
        check_optimizer(optimizer, model.parameters())
    rows, targets = checked_data(X, y)
    n_steps, size = count("steps", steps, 0), count("batch_size", batch_size, 1)
    if size > len(rows):
        raise ValueError(f"batch_size needs 1 to {len(rows)}, the number of data points, got {size}")
    choose = generator(seed)
    batches = (random_batch(choose, len(rows), size) for _ in range(n_steps))
    training = Training(model, loss, rows, targets, optimizer, 0.01 if lr is None else lr)
    training.needs_matrices = vectorized is True
    if vectorized is False or (vectorized is None and size == 1):
        training.history.reason = "vectorized=False" if size > 1 else "one data point at a time"
    collecting = gc.isenabled()
    try:
        gc.disable()  # dropped graphs are freed without it, and its searches would take half of the time
        bar = progress_bar(n_steps) if progress else nullcontext()
        with ctrl_c_waits() as training.let_in, bar as training.advance:
            return training.run(batches, callback)
    finally:
        if collecting:
            gc.enable()


class Training:
    """The steps of one call of `fit`: in `matrices`, or on Values if there is a reason for it."""

    let_in: Callable[[], None]
    advance: Advance | None
    matrices: InMatrices | None = None
    needs_matrices = False
    reaches = False  # whether a loss depends on a parameter
    remark = ""  # why the steps run on Values, if they were to run in matrices

    def __init__(self, model: Any, loss: Loss, rows: list[Any], targets: list[Any], optimizer: Any, lr: Any) -> None:
        self.model, self.loss, self.rows, self.targets = model, loss, rows, targets
        self.parameters = list(model.parameters())
        self.is_own = optimizer is None  # whether the optimizer is fit's own
        self.optimizer = SGD(self.parameters, lr) if optimizer is None else optimizer
        self.before = [p._data for p in self.parameters]
        self.history, self.smooth = History(), Smooth()
        self.passes, self.met = 0, set[Value]()  # losses of data points, and what they depend on that nobody trains

    def run(self, batches: Iterable[Sequence[int]], callback: Callback | None) -> History:
        """One update of the parameters per batch; Ctrl-C ends it early."""
        history = self.history
        try:
            for step, batch in enumerate(batches, 1):
                if step == 1 or callback is not None:
                    self.look(step)
                self.let_in()
                J = self.step(step, batch)
                history.losses.append(J)
                if self.advance is not None:
                    self.advance(f"loss {self.smooth(J):.4g}{self.remark}")
                if callback is not None:
                    self.write_back()
                    callback(step, J)
            self.let_in()
            still = [p._data for p in self.parameters] == self.before != []
            if still and any(history.losses[1:]) and not self.reaches:
                raise ValueError(
                    "nothing was learned, as no loss depends on a parameter of the model: .data and float cut a Value "
                    "off from the graph, and Value(...) is a new leaf; compute the loss of g itself"
                )
        except KeyboardInterrupt:
            history.interrupted = True
        finally:
            try:
                self.write_back()
            except KeyboardInterrupt:  # one that did not wait
                self.write_back()
                history.interrupted = True
            history.steps, history.vectorized = len(history.losses), self.matrices is not None
        return history

    def step(self, step: int, batch: Sequence[int]) -> float:
        """One update of the parameters; the loss before it."""
        try:
            J = self.in_matrices(step, self.matrices.descend, batch) if self.matrices else None
            return J if isinstance(J, float) else self.learn(self.error(batch) if J is None else J)
        except OverflowError as error:
            raise OverflowError(
                f"fit, step {step}: {error} The training diverges, or X is too large; the parameters are those "
                "before this step. Use a smaller lr, or scale X."
            ) from error
        except Exception as error:
            error.add_note(f"in step {step} of fit")
            raise

    def of_point(self, x: Any, y: Any) -> Value:
        """The loss of one data point, if it is a Value."""
        x, y = ([*held] if isinstance(held, list) else held for held in (x, y))  # who changes it has a copy
        value = self.loss(self.model(x), y)
        if not isinstance(value, Value):
            remedy = "compute one of g, as squared_loss(g, y) does"
            if value is None:
                remedy = REMEDIES["NoneType"]
            elif isinstance(value, (int, float)):
                remedy = (
                    "a bare number is cut off from the graph: write g, not g.data, and maximum(v, 0), not max(v, 0)"
                )
            elif is_row(value):
                remedy = "add the losses up: total(losses)"
            raise TypeError(f"loss(g, y) needs to return a Value, got {type(value).__name__} {shown(value)}; {remedy}")
        return value

    def error(self, batch: Sequence[int]) -> Value:
        """The training error of a batch, as a graph of Values."""
        self.write_back()
        if self.matrices:  # if something overflowed in its arrays, and not here, it does no harm
            self.matrices.compiled.may_overflow = True
        losses = [self.of_point(self.rows[i], self.targets[i]) for i in batch]
        for loss in losses:
            self.passes += 1
            if self.passes <= 64 or self.passes.bit_count() == 1:  # at first, and then ever more rarely
                self.refuse_untrained([loss], self.met)
        return losses[0] if len(losses) == 1 else average(losses)

    def learn(self, J: Value) -> float:
        """Backward, and an update of the Values."""
        self.optimizer.zero_grad()
        J.backward()
        self.optimizer.step()
        if self.matrices:
            self.matrices.take()
        return J.data

    def write_back(self) -> None:
        """Give the Values what has been learned."""
        if self.matrices:
            self.matrices.write_back()

    def in_matrices(self, step: int, work: Callable[..., Any], *given: Any) -> Any:
        """Do this, or if that is refused, go on with Values from this step on."""
        try:
            return work(*given)
        except (LookedAt, Differs, NoFormula) as refused:
            if self.needs_matrices:
                raise
            self.matrices = None
            self.history.reason = str(refused) if step == 1 else f"from step {step} on: {refused}"
            self.remark = f" on Values: {str(refused)[:100]}"

    def make(self) -> None:
        """Write the program of the loss."""
        try:
            from nn.batches import InMatrices
        except ImportError:
            raise LookedAt("matrices need NumPy, which is not installed") from None
        self.matrices = InMatrices(self.of_point, self.rows, self.targets, self.optimizer, self.refuse_untrained)

    def look(self, step: int) -> None:
        """At first, and after a callback, which may change anything: parameters, the optimizer, what the loss reads."""
        parameters = list(self.model.parameters())
        if parameters != self.parameters:
            known = {*self.parameters, *getattr(self.optimizer, "parameters", parameters)}
            if self.is_own:
                self.optimizer.parameters = parameters
            elif missing := [p for p in parameters if p not in known]:
                raise ValueError(
                    f"the callback gave the model a parameter that the optimizer does not hold: {shown(missing[0])}; "
                    "make an optimizer of its parameters, and call fit again"
                )
            self.parameters = parameters
        if not self.history.reason:
            self.in_matrices(step, self.matrices.look_at if self.matrices else self.make)

    def refuse_untrained(self, nodes: Iterable[Value], met: set[Value] | None = None) -> None:
        """An error for what these depend on and nobody trains; with `met`, only for what was met before."""
        trained = {*self.parameters, *getattr(self.optimizer, "parameters", ())}
        leaves = dict.fromkeys(leaf for node in nodes for leaf in computed_nodes(node)[1])
        self.reaches |= not trained.isdisjoint(leaves)
        for leaf in leaves:
            if not leaf.varies or leaf in trained:
                continue
            if met is None or leaf in met:
                raise ValueError(
                    f"the loss depends on {shown(leaf)}, which model.parameters() lacks, so that it would never learn; "
                    "keep it in an attribute of the model before its optimizer is made, or give it to the optimizer, "
                    "or set its role to 'constant'"
                )
            met.add(leaf)


@contextmanager
def ctrl_c_waits() -> Iterator[Callable[[], None]]:
    """Ctrl-C waits until the yielded function is called, as when a step is done; a second one does not wait."""
    pressed: list[int] = []
    before: Any = signal.getsignal(signal.SIGINT)
    in_time = callable(before) and threading.current_thread() is threading.main_thread()  # nobody else may hold it

    def note(number: int, frame: Any) -> None:
        pressed.append(number)
        if len(pressed) > 1:
            before(number, frame)

    def let_in() -> None:
        if pressed:
            pressed.clear()
            before(signal.SIGINT, None)

    if in_time:
        signal.signal(signal.SIGINT, note)
    try:
        yield let_in
    finally:
        if in_time:
            signal.signal(signal.SIGINT, before)


def random_batch(choose: random.Random, n: int, size: int) -> Sequence[int]:
    """Which data points: no one twice; all of them in order if the batch is that large."""
    if size == 1:
        return (choose.randrange(n),)
    if 2 * size > n:
        return range(n) if size == n else choose.sample(range(n), size)
    draw, end, chosen = choose.random, float(n), dict[int, None]()
    while len(chosen) < size:  # a repeat is drawn again: four times as fast as sample()
        chosen |= dict.fromkeys([floor(draw() * end) for _ in range(size - len(chosen))])
    return list(chosen)
