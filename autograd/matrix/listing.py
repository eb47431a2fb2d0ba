"""The lines as one program: Python text that runs as it stands, one line per equation of the lecture.

Forward in written order, backward in reverse: the lecture's back-propagation, each factor ∂J/∂Z once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from autograd.formulas.symbols import Expression, Symbol
from autograd.matrix.elementwise import OVER_N, Block, Line
from autograd.matrix.lines import Matcher


class Backward:
    """The backward lines of a program, and the gradients that hold something by then."""

    def __init__(self, matcher: Matcher) -> None:
        self.text: list[str] = []
        self.started: dict[Block, Expression] = {}
        shares = [share for line in matcher.lines for share in line.shares]
        self.uses = Counter(share.block for share in shares)
        self.in_parts = {share.block for share in shares if share.rows}  # each of these is changed in place
        self.take_over_n = {line.target for line in matcher.lines if line.takes_over_n}
        (root,) = matcher.outputs
        if root.needed:  # ∂J/∂L is 1 / n for each data point
            self._add(root, OVER_N if root.of_data else "np.ones((1, 1))")
        for line in reversed(matcher.lines):
            self._line(line)

    def _line(self, line: Line) -> None:
        if line.target in self.started:
            for block, share, rows in line.shares:
                if block.needed:
                    self._add(block, share(self.started[line.target]), rows, line.then)

    def _add(self, block: Block, text: str | Expression, rows: str = "", then: str = "") -> None:
        """A line that adds to the gradient of a block, or of some rows of it."""
        name, is_first = f"d{block.name}", block not in self.started
        self.started[block] = Symbol(name)
        if isinstance(text, Expression):
            if block in self.take_over_n and self.uses[block] <= 1:
                self.started[block] = OVER_N  # no array: a factor in the lines that need it
                return
            text = "np.full((1, n), 1 / n)"
        if then and not (is_first and block not in self.in_parts):
            self.text += [f"D = {text}", then.format(d="D")]
            text, then = "D", ""
        if block in self.in_parts:
            self.text += [f"{name} = np.zeros_like({block})"] * is_first
            scattered = f"np.add.at({name}, {rows[1:-1]}, {text})"
            self.text.append(scattered if "," in rows else f"{name}{rows} += {text}")
        else:
            self.text.append(f"{name} = {text}" if is_first else f"{name} = {name} + {text}")
        if then:
            self.text.append(then.format(d=name))


def program_lines(matcher: Matcher, arguments: Sequence[tuple[str, Block]], *, gradients: bool) -> list[str]:
    """The lines of the program's function."""
    lines = [f"n = len({arguments[0][0]})", "", "# forward"]
    for name, block in arguments:
        lines.append(f"{block} = {name}.T" if name.isupper() else f"{name} = {name}.reshape(1, n)")
    lines += [f"{line.target} = {line.text}" for line in matcher.lines]
    if not gradients:
        texts = [f"{block}" if block.of_data else f"np.full((1, n), {block})" for block in matcher.outputs]
        return [*lines, f"return {texts[0]}.T" if len(texts) == 1 else f"return np.vstack([{', '.join(texts)}]).T"]
    (root,) = matcher.outputs
    lines += [f"J = {root}.sum() / n" if root.of_data else f"J = {root}[0, 0]", "", "# backward"]
    backward = Backward(matcher)
    wanted = [block for block in matcher.fixed if block.needed]
    slopes = [f"d{block}" if block in backward.started else f"np.zeros_like({block})" for block in wanted]
    return [*lines, *backward.text, f"return {', '.join(['J', *slopes])}"]


def listing(matcher: Matcher, arguments: Sequence[tuple[str, Block]], name: str, lines: Sequence[str]) -> str:
    """The program as Python source, but for its imports."""
    names = [*(argument for argument, _ in arguments), *(block.name for block in matcher.fixed)]
    body = "\n".join(f"    {line}" if line else "" for line in lines)
    program = f"def {name}({', '.join(names)}):\n{body}"
    texts = [*matcher.code.called(), matcher.code.definitions(), program]
    return "\n\n\n".join(text.strip() for text in texts if text) + "\n"
