"""The lines as one program: Python text that runs as it stands, one line per equation of the lecture.

Forward in written order, backward in reverse: the lecture's back-propagation, each factor ∂J/∂Z once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from autograd.formulas.symbols import Expression, Symbol
from autograd.matrix.lines import OVER_N, Block, Line, Matcher, Rows


class Backward:
    """The backward lines written so far; which gradients hold something, and which may be changed in place."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines: list[str] = []
        self.started: dict[Block, Expression | bool] = {}
        self.made = {line.target: line for line in lines}
        self.uses = Counter(rows.block for line in lines for rows, _ in line.gets)

    def start(self, root: Rows) -> None:
        """∂J/∂L is 1 / n for each data point."""
        self.add(root, "np.full((1, n), 1 / n)" if root.block.of_data else "np.ones((1, 1))")

    def line(self, line: Line) -> None:
        """What each operand of a line gets."""
        block = line.target
        if block not in self.started:
            return
        d = OVER_N if self.started[block] is OVER_N else Symbol(f"d{block.name}")
        for operand, gets in line.gets:
            if operand.block.needed:
                self.add(operand, gets(d), line.then)

    def add(self, operand: Rows, text: str, then: str = "") -> None:
        """A line that adds to the gradient of what was read."""
        block, name = operand.block, f"d{operand.block.name}"
        if text == "np.full((1, n), 1 / n)" and self._takes_over_n(operand):
            self.started[block] = OVER_N  # no array: a factor in the lines that need it
            return
        if then and (block in self.started or not operand.is_whole):
            self.lines += [f"D = {text}", then.format(d="D")]
            text, then = "D", ""
        if operand.is_whole:
            self.lines.append(f"{name} = {name} + {text}" if block in self.started else f"{name} = {text}")
            self.started[block] = block in self.started or not text.isidentifier()
            if then:
                self.lines.append(then.format(d=name))
            return
        if not self.started.get(block):  # not an array that may be changed in place
            copy = f"{name}.copy()" if block in self.started else f"np.zeros_like({block.name})"
            self.lines.append(f"{name} = {copy}")
        self.started[block] = True
        if operand.repeats:
            self.lines.append(f"np.add.at({name}, {operand.at[1:-1]}, {text})")
        else:
            self.lines.append(f"{name}{operand.at} += {text}")

    def _takes_over_n(self, operand: Rows) -> bool:
        line = self.made.get(operand.block)
        return line is not None and line.takes_over_n and operand.is_whole and self.uses[operand.block] <= 1


def listing(name: str, matcher: Matcher, arguments: Sequence[tuple[str, Block]], lines: Sequence[str]) -> str:
    """The program as Python source, but for its imports."""
    names = [*(argument for argument, _ in arguments), *(block.name for block in matcher.fixed.values())]
    body = "\n".join(f"    {line}" if line else "" for line in lines)
    constants = [f"{name} = np.array({list(rows)})" for rows, name in matcher.indices.items()]
    program = f"def {name}({', '.join(names)}):\n{body}"
    texts = [*matcher.code.called(), matcher.code.definitions(), "\n".join(constants), program]
    return "\n\n\n".join(text.strip() for text in texts if text) + "\n"


def program_lines(matcher: Matcher, arguments: Sequence[tuple[str, Block]], *, gradients: bool) -> list[str]:
    """The lines of the program's function."""
    lines = [f"n = len({arguments[0][0]})", "", "# forward"]
    for argument, block in arguments:
        lines.append(
            f"{block.name} = {argument}.T" if argument[0].isupper() else f"{argument} = {argument}.reshape(1, n)"
        )
    lines += [f"{line.target.name} = {line.text}" for line in matcher.lines]
    if gradients:
        lines += _with_gradients(matcher)
    else:
        texts = [repr(rows) if rows.block.of_data else f"np.full((1, n), {rows})" for rows in matcher.outputs]
        lines.append(f"return np.vstack([{', '.join(texts)}]).T" if len(texts) > 1 else f"return {texts[0]}.T")
    return lines


def _with_gradients(matcher: Matcher) -> list[str]:
    """J, its gradients, and the return of both."""
    (rows,) = matcher.outputs
    page = Backward(matcher.lines)
    lines = [f"J = {rows}.sum() / n" if rows.block.of_data else f"J = {rows}[0, 0]", "", "# backward"]
    if rows.block.needed:
        page.start(rows)
    for line in reversed(matcher.lines):
        page.line(line)
    wanted = [block for block in matcher.fixed.values() if block.needed]
    slopes = [f"d{block.name}" if block in page.started else f"np.zeros_like({block.name})" for block in wanted]
    return [*lines, *page.lines, f"return {', '.join(['J', *slopes])}"]
