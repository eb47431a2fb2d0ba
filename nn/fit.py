"""The training loop of the lecture: pick a data point at random, evaluate the gradient of its loss, update."""

import gc
import random
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from math import floor
from typing import Any

from autograd import Value, average
from autograd.errors import REMEDIES, Differs, LookedAt, NoFormula, shown
from autograd.graph import computed_nodes
from nn.data import checked_data, count, generator
from nn.module import Module
from nn.optim import SGD, check_optimizer, parameters_of
from nn.progress import Advance, Smooth, progress_bar

Loss = Callable[[Any, Any], Value]
Callback = Callable[[int, float], Any]
Batch = Sequence[int]  # the numbers of its data points
NO_VALUE = (
    "compute one of g, as squared_loss(g, y) does; add the losses up: total(losses), if there are several; a bare "
    "number is cut off from the graph: write g, not g.data, and maximum(v, 0), not max(v, 0)"
)


class History:
    """What happened in `fit`: the number of steps, the loss of each batch before its update, and if Ctrl-C ended it.

    >>> from nn import Neuron, squared_loss
    >>> history = fit(Neuron(1, seed=0), [[1.0], [2.0]], [1.0, 2.0], squared_loss, steps=50, seed=0, progress=False)
    >>> history.steps, len(history.losses), history.losses[-1] < history.losses[0], history.interrupted
    (50, 50, True, False)

    `vectorized` says whether the steps ran in matrices to the end; if they did not, `reason` says why.
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
    a target; a penalty on the weights belongs in it. lr is 0.01 if it is not given; an optimizer brings its own.
    `callback(step, loss)` is called after each step. Ctrl-C waits for the step to end, and what was learned is kept. If
    a step fails, the parameters are as they were before it, and the error names the step.

    Batches run as a matrix program if the model and the loss build the same graph for all data points. The program is
    compared with them at first, after each callback, and now and then; between these checks they must not change. If it
    differs, the steps go on with Values, and so do those of small batches if a callback changes what is computed at
    every step. With `vectorized=True` a difference is an error; with `vectorized=False` all steps use Values.
    """
    if not isinstance(model, Module) or not callable(model):
        raise TypeError(
            f"fit needs a Module that can be called as model, got {type(model).__name__} {shown(model)}; "
            "write MLP(2, [16, 1]), say, or a class of your own, class Net(Module), with __call__(self, x)"
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
    training = Training(model, loss, (rows, targets), optimizer, size, vectorized, 0.01 if lr is None else lr)
    with ExitStack() as at_the_end:
        if gc.isenabled():  # graphs are freed without it, and its searches would take half of the time
            at_the_end.callback(gc.enable)
            gc.disable()
        let_in = at_the_end.enter_context(ctrl_c_waits())
        advance = at_the_end.enter_context(progress_bar(n_steps)) if progress else None
        return training.run(batches, callback, let_in, advance)


class Training:
    """The steps of one call of `fit`: in `matrices`, or on Values if there is a reason for that."""

    matrices: Any = None  # the steps in matrices: see nn/batches.py
    reaches = False  # whether a loss has depended on a parameter so far
    remark = ""  # if the steps should run in matrices but run on Values: why

    def __init__(
        self, model: Any, loss: Loss, data: Any, optimizer: Any, size: int, vectorized: bool | None, lr: float
    ) -> None:
        self.model, self.loss, (self.rows, self.targets), self.size = model, loss, data, size
        self.needs_matrices = vectorized is True
        self.parameters = list(model.parameters())
        self.is_own = optimizer is None  # whether the optimizer is fit's own
        self.optimizer = SGD(self.parameters, lr) if optimizer is None else optimizer
        self.before = [p._data for p in self.parameters]
        self.history, self.smooth = History(), Smooth()
        if vectorized is False or (vectorized is None and size == 1):
            self.history.reason = "vectorized=False" if size > 1 else "one data point at a time"
        self.passes, self.met = 0, set[Value]()  # how many losses were computed; leaves in them that nobody trains

    def run(
        self, batches: Iterable[Batch], callback: Callback | None, let_in: Callable[[], None], advance: Advance | None
    ) -> History:
        """One update of the parameters per batch; Ctrl-C ends it early."""
        history = self.history
        try:
            for step, batch in enumerate(batches, 1):
                if step == 1 or callback is not None:
                    self.look(step)
                let_in()
                J = self.step(step, batch)
                history.losses.append(J)
                if advance is not None:
                    advance(f"loss {self.smooth(J):.4g}{self.remark}")
                if callback is not None:
                    self.write_back()
                    callback(step, J)
            let_in()
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
            except KeyboardInterrupt:  # a second Ctrl-C, which does not wait
                self.write_back()
                history.interrupted = True
            history.steps, history.vectorized = len(history.losses), self.matrices is not None
        return history

    def step(self, step: int, batch: Batch) -> float:
        """Make one update of the parameters, and return the loss before it."""
        try:
            J = self.in_matrices(step, self.matrices.descend, batch) if self.matrices else None
            if isinstance(J, float):
                return J
            root = self.error(batch) if J is None else J
            self.optimizer.zero_grad()
            root.backward()
            self.optimizer.step()
            if self.matrices:
                self.matrices.take()
            return root.data
        except OverflowError as error:
            raise OverflowError(
                f"fit, step {step}: {error} The training diverges, or X is too large; the parameters are those "
                "before this step. Use a smaller lr, or scale X."
            ) from error
        except Exception as error:
            error.add_note(f"in step {step} of fit")
            raise

    def of_point(self, x: Any, y: Any) -> Value:
        """The loss of one data point; it is an error if it is not a Value."""
        x, y = ([*held] if isinstance(held, list) else held for held in (x, y))  # a model may change its copy
        value = self.loss(self.model(x), y)
        if not isinstance(value, Value):
            remedy = REMEDIES["NoneType"] if value is None else NO_VALUE
            raise TypeError(f"loss(g, y) needs to return a Value, got {type(value).__name__} {shown(value)}; {remedy}")
        return value

    def error(self, batch: Batch) -> Value:
        """The training error of a batch, as a graph of Values."""
        losses = [self.of_point(self.rows[i], self.targets[i]) for i in batch]
        for loss in losses:
            self.passes += 1
            if self.passes <= 64 or self.passes.bit_count() == 1:  # often at first, and then ever more rarely
                self.refuse_untrained([loss], self.met)
        return losses[0] if len(losses) == 1 else average(losses)

    def write_back(self) -> None:
        """Write into the Values what has been learned in the matrices."""
        if self.matrices:
            self.matrices.write_back()

    def in_matrices(self, step: int, work: Callable[..., Any], *given: Any) -> Any:
        """Do this work; if it is refused, go on with Values from this step on."""
        try:
            return work(*given)
        except (LookedAt, Differs, NoFormula, ImportError) as refused:  # ImportError: there is no NumPy
            if self.needs_matrices:
                raise
            self.matrices, self.remark = None, f" on Values: {str(refused)[:100]}"
            self.history.reason = f"{refused}" if step == 1 else f"from step {step} on: {refused}"

    def make(self) -> None:
        """Make the matrix program of the loss."""
        from nn.batches import InMatrices

        self.matrices = InMatrices(self)

    def look(self, step: int) -> None:
        """See what is to be trained, and how, at first and after each callback: that may change anything."""
        parameters = list(self.model.parameters())
        if parameters != self.parameters:
            known = {*self.parameters, *(parameters_of(self.optimizer) or parameters)}
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
        """Raise an error for a leaf below these nodes that nobody trains; with `met`, only if it was met before."""
        trained = {*self.parameters, *parameters_of(self.optimizer)}
        leaves = dict.fromkeys(leaf for node in nodes for leaf in computed_nodes(node)[1])
        self.reaches |= not trained.isdisjoint(leaves)
        for leaf in leaves:
            if not leaf.varies or leaf in trained:
                continue
            if met is None or leaf in met:
                raise ValueError(
                    f"the loss depends on {shown(leaf)}, which model.parameters() lacks, so that it would never learn; "
                    "keep it in an attribute of the model, or in a list, a dict, an array or a Module there, before "
                    "its optimizer is made; or give it to the optimizer, or set its role to 'constant'. To change a "
                    "weight, change its .data: w[0] += 1 puts a computed Value in the place of a parameter"
                )
            met.add(leaf)  # one that is made anew in every pass will not be met again, and is no weight


@contextmanager
def ctrl_c_waits() -> Iterator[Callable[[], None]]:
    """Let Ctrl-C wait until the yielded function is called, which is after each step; a second one does not wait."""
    pressed: list[int] = []
    before: Any = signal.getsignal(signal.SIGINT)
    in_time = callable(before) and threading.current_thread() is threading.main_thread()  # others may not set it

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


def random_batch(choose: random.Random, n: int, size: int) -> Batch:
    """The data points of a batch, by their numbers: none of them twice, and all in order if the batch takes all."""
    if size == 1:
        return (choose.randrange(n),)
    if 2 * size > n:
        return range(n) if size == n else choose.sample(range(n), size)
    draw, chosen = choose.random, dict[int, None]()
    while len(chosen) < size:  # a repeat is drawn again: this is twice as fast as sample()
        chosen[floor(draw() * n)] = None
    return list(chosen)
