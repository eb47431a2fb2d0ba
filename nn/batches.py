"""The steps of `fit` in matrices: meanwhile the parameters are in one flat array, and their Values keep old numbers."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from autograd import Value
from autograd.errors import Differs
from autograd.matrix.checks import Checked
from autograd.matrix.columns import np
from autograd.matrix.compiled import training_error
from nn.optim import SGD, Adam

MANY = 32  # so many data points cost, on Values, what it costs to write their program anew
ANEW = (
    "after every callback the loss is another one, and writing its program anew each time takes longer than a batch of "
    f"less than {MANY} data points on Values; the number of a Value whose role is 'constant' may change freely"
)
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

    def __init__(self, training: Any) -> None:
        super().__init__(training.of_point)
        self.training, self.optimizer = training, training.optimizer
        rows, targets = training.rows, training.targets
        self.columns = [np.array(rows, dtype=float), np.array(targets, dtype=float)]
        self.point = lambda _, i: (rows[i], targets[i])  # as they were given
        self.look_at()

    def look_at(self) -> None:
        """Compare the program with the loss, and read the parameters again: a callback may have changed all of them."""
        self.anew = max(0, self.anew + (1 if self.look(self.columns) else -1))
        if self.anew > 8 and self.training.size < MANY and not self.training.needs_matrices:
            raise Differs(ANEW)
        self.take()

    def take(self) -> None:
        """Read the parameters, and what the optimizer remembers of each."""
        parameters = self.compiled.parameters
        self.training.refuse_untrained(parameters)
        self.numbers, self.gradient = self.compiled.numbers(), None
        self.entries = self.numbers[self.compiled.places]
        self.arrays = self.compiled.arrays(self.entries)
        # is_flat: `descend` moves the array itself. The arithmetic must be ours, its parameters just these, none frozen
        held = getattr(self.optimizer, "parameters", [])
        is_ours = type(self.optimizer) in (SGD, Adam) and not {"step", "zero_grad", "update"} & {*vars(self.optimizer)}
        self.is_flat = is_ours and {*held} == {*parameters} and len(held) == len(parameters)
        if self.is_flat:
            place = {p: k for k, p in enumerate(held)}
            self.order = [place[p] for p in parameters]
            self.memory = [[np.array(column)[self.order]] for column in self.optimizer.memory]

    def descend(self, batch: Sequence[int]) -> float | Value | None:
        """Make one step; return J itself for an optimizer that needs Values, and None if a number is not finite."""
        if self.is_due(3):
            self.write_back()
            self.changes = self.changes + 1 if self.look(self.columns, batch[:1]) else 0
            if self.changes > 1:
                raise Differs(CHANGES)
            if self.changes:
                self.take()
        columns = self.columns
        if not isinstance(batch, range):
            chosen = np.array(batch)
            columns = [column.take(chosen, axis=0) for column in columns]
        found = self.compiled.run(columns, self.arrays)
        if found is not None:
            J, gradient = found
            if not self.is_flat:
                return training_error(self.compiled.parameters, J, gradient)
            theta = self.numbers[: len(gradient)]
            with suppress(FloatingPointError), np.errstate(all="raise", under="ignore"):
                [theta[:]], self.memory = self.optimizer.update([theta], [gradient], self.memory)
                self.gradient = gradient  # until it is written back, the array is ahead of the Values
                self.entries[:] = self.numbers[self.compiled.places]
                return J
        self.write_back()
        return None

    def write_back(self) -> None:
        """Write the numbers and the gradients of the last step into the Values, and the memory into the optimizer."""
        if self.gradient is not None:
            parameters = self.compiled.parameters
            for p, gradient, number in zip(parameters, self.gradient.tolist(), self.numbers.tolist(), strict=False):
                p._grad, p._data = gradient, number
            back = np.argsort(self.order)
            self.optimizer.memory = [held[back].tolist() for (held,) in self.memory]
            self.gradient = None
