"""The steps of `fit` in matrices: meanwhile the parameters are in one flat array, and their Values keep old numbers."""

from collections.abc import Callable, Sequence
from typing import Any

from autograd import Value
from autograd.errors import Differs
from autograd.matrix.checks import Checked
from autograd.matrix.columns import np
from autograd.matrix.compiled import training_error
from nn.optim import SGD, Adam

CHANGES = (
    "the loss is another one at every step: it reads the number of a parameter, as p.data does, counts its calls, or "
    "makes an Op anew"
)


class InMatrices(Checked):
    """The loss as a matrix program: `descend(batch)` makes one step on whole columns, and returns the loss before it.

    SGD and Adam change only the array: `write_back` writes it into the Values, and `take` reads these again where
    somebody may have changed them. Any other optimizer finds data and gradients in the Values, at each step.
    """

    is_lenient = True
    changes = 0  # how many comparisons in a row have found another loss, though there was no callback
    anew = 0  # how many more comparisons after a callback made a new program than found the old one right

    def __init__(
        self,
        loss: Callable[[Any, Any], Value],
        rows: list[Any],
        targets: list[Any],
        optimizer: Any,
        check: Callable[[Sequence[Value]], None],
    ) -> None:
        super().__init__(loss)
        self.optimizer = optimizer
        self.check = check  # raises an error if a parameter of the program is not trained
        self.columns = [np.array(rows, dtype=float), np.array(targets, dtype=float)]
        self.point = lambda i: (rows[i], targets[i])
        self.look_at()

    def look_at(self) -> None:
        """Compare the program with the loss, and read the parameters again: a callback may have changed all of them."""
        self.anew = max(0, self.anew + (1 if self.look_again() else -1))
        self.take()

    def look_again(self, at: Sequence[int] = ()) -> bool:
        """Compare the program with the loss at these data points; return whether a new one had to be made."""
        known = self.compiled
        self.look(self.columns, self.point, at)
        if known and known is not self.compiled:
            known.space.clear()  # it is held by its own functions, and `fit` collects no cycles
        return known is not self.compiled

    def take(self) -> None:
        """Read the parameters, and what the optimizer remembers of each."""
        parameters = self.compiled.parameters
        self.check(parameters)
        self.numbers, self.ahead = self.compiled.numbers(), False
        self.entries = self.numbers[self.compiled.places]
        self.arrays = self.compiled.arrays(self.entries)
        # is_flat: `descend` moves the array itself. The arithmetic must be ours, its parameters just these, none frozen
        held = getattr(self.optimizer, "parameters", [])
        is_ours = type(self.optimizer) in (SGD, Adam) and not {"step", "zero_grad", "update"} & {*vars(self.optimizer)}
        self.is_flat = is_ours and {*held} == {*parameters} and len(held) == len(parameters)
        if self.is_flat:
            place = {p: k for k, p in enumerate(self.optimizer.parameters)}
            self.order = [place[p] for p in parameters]
            self.memory = [[np.array(held)[self.order]] for held in self.optimizer.memory]

    def descend(self, batch: Sequence[int]) -> float | Value | None:
        """Make one step; return J itself for an optimizer that needs Values, and None if a number is not finite."""
        if self.is_due(3):
            self.write_back()
            self.changes = self.changes + 1 if self.look_again(batch[:1]) else 0
            if self.changes > 1:
                raise Differs(CHANGES)
            if self.changes:
                self.take()
        columns = self.columns
        if not isinstance(batch, range):
            chosen = np.array(batch)
            columns = [column.take(chosen, axis=0) for column in columns]
        found = self.compiled.run(columns, self.arrays)
        if found is None or not self.is_flat:
            return found and training_error(self.compiled.parameters, *found)
        J, gradient = found
        theta = self.numbers[: len(gradient)]
        try:
            with np.errstate(all="raise", under="ignore"):
                [theta[:]], self.memory = self.optimizer.update([theta], [gradient], self.memory)
        except FloatingPointError:
            return None
        self.gradient, self.ahead = gradient, True
        self.entries[:] = self.numbers[self.compiled.places]
        return J

    def write_back(self) -> None:
        """Write the numbers and the gradients of the last step into the Values, and the memory into the optimizer."""
        if self.ahead:
            parameters = self.compiled.parameters
            for p, gradient, number in zip(parameters, self.gradient.tolist(), self.numbers.tolist(), strict=False):
                p._grad, p._data = gradient, number
            back = np.argsort(self.order)
            self.optimizer.memory = [held[back].tolist() for (held,) in self.memory]
            self.ahead = False
