"""The factors of backpropagation: ∂ℒ/∂g, ∂g/∂Z^L, ∂Z^L/∂A^{L−1}, … with what each is, read off the operation table.

Each has its name, its formula (2·(g − y), ReLU′(Z²), W²) and, where there are few, its numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograd import Op, Value, grad, ops
from autograd.formulas.symbols import Symbol
from autograd.formulas.text import as_text
from viz.derivation.formulas import derivative_formula
from viz.lecture.data_point import Forward, is_shared, leaf, loss_op
from viz.style import theme
from viz.style.labels import written

FEW = 3  # numbers that are written out; of more the size is told
LONGEST = 24  # characters of a formula that is printed


@dataclass(frozen=True)
class Factor:
    """∂top/∂bottom, with its formula as a Symbol or number, or None, and its numbers, a line each."""

    top: str
    bottom: str
    formula: Any = None
    numbers: Sequence[str] = ()

    @property
    def name(self) -> str:
        """∂Z²/∂A¹."""
        return f"∂{written(self.top)}/∂{written(self.bottom)}"

    @property
    def lines(self) -> list[str]:
        """The name, the formula and the numbers, as far as they are known."""
        text = "" if self.formula is None else as_text(self.formula)
        numbers = () if isinstance(self.formula, float) else self.numbers  # a formula 1 is its number
        return [self.name, *([text] if 0 < len(text) <= LONGEST else []), *numbers]


def of_loss(forward: Forward) -> Factor:
    """∂ℒ/∂g."""
    outputs = len(forward.layers[-1])
    op = None if forward.given_loss is None else loss_op(forward.given_loss, outputs)
    formula = None
    if op is not None and outputs == 1:
        formula = derivative_formula(op, 0, [letter("g"), letter("y")], letter("ℒ"))
    slopes = [] if forward.loss is None else [slope.data for slope in grad(forward.loss, forward.a[-1])]
    return Factor("ℒ", "g", formula, few_numbers(slopes, f"1 × {outputs}" if slopes else ""))


def of_activation(forward: Forward, number: int) -> Factor:
    """∂A^l/∂Z^l: f′ of each z, along the diagonal."""
    z, neurons = forward.letters("Z", number), forward.layers[number - 1]
    first, *others = dict.fromkeys(neuron.activation for neuron in neurons)
    name = letter(f"{forward.f_symbol(number - 1)}′({written(z)})")
    slopes = [] if is_shared(neurons) or not forward.a else [a.local_derivatives[0] for a in forward.a[number - 1]]
    size = f"{len(neurons)} × {len(neurons)}" if forward.a else ""
    return Factor(
        forward.output_letters(number), z, name if others else constant_slope(first, z, name), few_numbers(slopes, size)
    )


def constant_slope(op: Op, z: str, name: Symbol) -> Any:
    """f′(z) by name, or the number if it is the same for every z: the identity's 1."""
    if op.n_inputs != 1:
        return name
    try:
        slope = derivative_formula(op, 0, [letter(written(z))], name)
    except TypeError:  # a user's function that can't be written as a formula
        return name
    return slope if isinstance(slope, float) else name


def of_inputs(forward: Forward, number: int) -> Factor:
    """∂Z^l/∂A^{l−1}: the weights W^l."""
    z, a = forward.letters("Z", number), forward.output_letters(number - 1)
    weights = [leaf(w).data for neuron in forward.layers[number - 1] for w in neuron.w] if forward.x else []
    return Factor(z, a, of_sum(forward, number, 1), few_numbers(weights, shape(forward, number)))


def of_weights(forward: Forward, number: int, parameter: Value | None = None) -> Factor:
    """∂Z^l/∂W^l: the layer's inputs A^{l−1}, or x; of one parameter the number that it is multiplied with."""
    z = forward.letters("Z", number)
    if parameter is None:
        numbers = [value.data for value in inputs_of(forward, number)]
        size = f"{len(numbers)} numbers" if numbers else ""
        return Factor(z, forward.letters("W", number), of_sum(forward, number, 0), few_numbers(numbers, size))
    neuron = next(n for n in forward.layers[number - 1] if any(p is parameter for p in n.parameters()))
    if parameter is neuron.b:
        return Factor(neuron._z_label, parameter.label, 1.0)
    i = next(i for i, w in enumerate(neuron.w) if w is parameter)
    inputs = inputs_of(forward, number)
    label = f"x_{i + 1}" if number == 1 else forward.layers[number - 2][i]._a_label
    return Factor(
        neuron._z_label, parameter.label, letter(written(label)), few_numbers([x.data for x in inputs[i : i + 1]], "")
    )


def of_sum(forward: Forward, number: int, index: int) -> Any:
    """The derivative of Σ for its weights (index 0) or its inputs (1), from the table."""
    w, a = (letter(written(text)) for text in (forward.letters("W", number), forward.output_letters(number - 1)))
    return derivative_formula(ops.weighted_sum, index, [w, a], letter("Z"))


def inputs_of(forward: Forward, number: int) -> Sequence[Value]:
    """What goes into a layer, if there are numbers."""
    return forward.x if number == 1 or not forward.a else forward.a[number - 2]


def shape(forward: Forward, number: int) -> str:
    """The size of W^l, if there are numbers."""
    neurons = forward.layers[number - 1]
    return f"{len(neurons)} × {len(neurons[0].w)}" if forward.x else ""


def letter(text: str) -> Symbol:
    """A letter of a formula."""
    return Symbol(f"v{text.encode().hex()}", text=text)  # every letter has its own name


def few_numbers(numbers: Sequence[float], size: str) -> list[str]:
    """A few numbers, one a line like the lecture's columns; of more the size of what they are."""
    if not 0 < len(numbers) <= FEW:
        return [size] if size else []
    return [theme.number(x) for x in numbers]
