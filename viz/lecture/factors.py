"""The factors of backpropagation, ∂ℒ/∂g, ∂g/∂Z^L, ∂Z^L/∂A^{L−1}, …, with their formulas from the operation table.

Each has its name, its formula (2·(g − y), ReLU′(Z²), W²) and, where there are few, its numbers.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from autograd import Value, ops
from autograd.formulas.text import as_text
from viz.derivation.formulas import derivative_formula
from viz.lecture.data_point import Forward, leaf, letter, loss_op
from viz.style import theme
from viz.style.labels import written

FEW = 3  # numbers that are written out; of more the size is told
LONGEST = 24  # characters of a formula that is printed


@dataclass(frozen=True)
class Factor:
    """∂top/∂bottom, with its formula (a Symbol or a number, or None if it has none), and its numbers, a line each."""

    top: str
    bottom: str
    formula: Any = None
    numbers: Sequence[str] = ()

    @property
    def name(self) -> str:
        """The name of the factor, like ∂Z²/∂A¹."""
        return f"∂{written(self.top)}/∂{written(self.bottom)}"

    @property
    def lines(self) -> list[str]:
        """The name, the formula and the numbers, as far as they are known."""
        text = "" if self.formula is None else as_text(self.formula)
        numbers = () if isinstance(self.formula, float) else self.numbers  # the formula is the number
        return [self.name, *([text] if 0 < len(text) <= LONGEST else []), *numbers]


def of_loss(forward: Forward) -> Factor:
    """∂ℒ/∂g."""
    outputs = len(forward.layers[-1])
    op = loss_op(forward.given_loss, outputs)
    formula = None
    with suppress(TypeError):  # a user's function that can't be written as a formula
        if op and outputs == 1:
            formula = derivative_formula(op, 0, [letter("g"), letter("y")], letter("ℒ"))
    return Factor("ℒ", "g", formula, few_numbers(forward.slopes(forward.a[-1]), f"1 × {outputs}"))


def of_activation(forward: Forward, number: int) -> Factor:
    """∂A^l/∂Z^l: f′ of each z, along the diagonal; a number if it is the same for every z, like the identity's 1."""
    a, z, neurons = forward.output_letters(number), forward.letters("Z", number), forward.layers[number - 1]
    first, *others = dict.fromkeys(neuron.activation for neuron in neurons)
    formula: Any = letter(f"{'f' if others else first.symbol}′({z})")
    with suppress(TypeError):  # a user's function that can't be written as a formula
        slope = derivative_formula(first, 0, [letter(z)], formula)
        formula = slope if isinstance(slope, float) and not others else formula
    slopes = [slope for value in forward.inputs(number + 1) for slope in value.local_derivatives]
    return Factor(a, z, formula, few_numbers(slopes, f"{len(neurons)} × {len(neurons)}"))


def of_inputs(forward: Forward, number: int) -> Factor:
    """∂Z^l/∂A^{l−1}: the weights W^l."""
    z, a, neurons = forward.letters("Z", number), forward.output_letters(number - 1), forward.layers[number - 1]
    weights = [leaf(w).data for neuron in neurons for w in neuron.w] if forward.has_numbers else []
    size = f"{len(neurons)} × {len(neurons[0].w)}"
    return Factor(z, a, of_sum(forward, number, 1), few_numbers(weights, size))


def of_weights(forward: Forward, number: int, parameter: Value | None = None) -> Factor:
    """∂Z^l/∂W^l: the layer's inputs A^{l−1}, or x; for one parameter, the number that it is multiplied with."""
    inputs = [value.data for value in forward.inputs(number)]
    if parameter is None:
        formula, numbers = of_sum(forward, number, 0), few_numbers(inputs, f"{len(inputs)} numbers")
        return Factor(forward.letters("Z", number), forward.letters("W", number), formula, numbers)
    neurons = enumerate(forward.layers[number - 1])
    j, neuron = next((j, n) for j, n in neurons if any(p is parameter for p in n.parameters()))
    if parameter is neuron.b:
        return Factor(neuron._z_label, forward.weight_name(number, j, None), 1.0)
    i = next(i for i, w in enumerate(neuron.w) if w is parameter)
    label = f"x_{i + 1}" if number == 1 else forward.layers[number - 2][i]._a_label
    return Factor(neuron._z_label, forward.weight_name(number, j, i), letter(label), few_numbers(inputs[i : i + 1]))


def of_sum(forward: Forward, number: int, index: int) -> Any:
    """The derivative of Σ for its weights (index 0) or its inputs (1), from the table."""
    w, a = (letter(text) for text in (forward.letters("W", number), forward.output_letters(number - 1)))
    return derivative_formula(ops.weighted_sum, index, [w, a], letter("Z"))


def few_numbers(numbers: Sequence[float], size: str = "") -> list[str]:
    """A few numbers, one in a line like the lecture's columns; of more numbers only the size of their array."""
    return [theme.number(x) for x in numbers] if len(numbers) <= FEW else [size]
