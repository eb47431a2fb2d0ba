"""The lines as one program: Python text that runs as it stands, with one line per equation of the lecture.

The forward lines come in order, the backward lines in reverse order: this is the lecture's back-propagation, which
computes each factor ∂J/∂Z once.
"""

from collections.abc import Sequence

from autograd.matrix.elementwise import OVER_N, Block, Line, Share
from autograd.matrix.lines import Matcher


def listing(matcher: Matcher, arguments: Sequence[tuple[str, Block]], *, gradients: bool) -> str:
    """The program as Python source: a function `loss` with gradients, or `model` for the outputs."""
    names = [*(argument for argument, _ in arguments), *(block.name for block in matcher.fixed)]
    lines = [f"n = len({names[0]})", "", "# forward"]
    for name, block in arguments:
        lines.append(f"{block} = {name}.T" if name.isupper() else f"{name} = {name}.reshape(1, n)")
    lines += [f"{line.target} = {line.text}" for line in matcher.lines]
    answer = matcher.output if matcher.output.of_data else f"np.full(({matcher.output.height}, n), {matcher.output})"
    lines += _backward(matcher) if gradients else [f"return {answer}.T"]
    body = "\n".join(f"    {line}" if line else "" for line in lines)
    program = f"def {'loss' if gradients else 'model'}({', '.join(names)}):\n{body}"
    texts = ["import numpy as np", *matcher.code.called(), matcher.code.definitions(), program]
    text = "\n\n\n".join(text.strip() for text in texts if text) + "\n"
    return f"import math\n\n{text}" if "math." in text else text


def _backward(matcher: Matcher) -> list[str]:
    """The lines from J back to the parameters: a block's gradient is complete before its operands get their shares."""
    root, J = matcher.output, Block("J", ())
    if root.of_data:  # J is the average of the losses, so ∂J/∂L is 1 / n at each data point
        average = Line(J, f"{root}.sum() / n", [Share(root, OVER_N, OVER_N)])
    else:
        average = Line(J, f"{root}[0, 0]", [Share(root, "np.ones((1, 1))")])
    in_parts = {share.block for line in matcher.lines for share in line.shares if share.rows}
    arrays = {line.target for line in matcher.lines for share in line.shares if not share.at_root} | in_parts
    lines: list[str] = []
    d = {J: "1"}  # the gradients that have got something so far, and their names
    for target, _, shares, then in reversed([*matcher.lines, average]):
        for block, share, at_root, rows in shares if target in d else ():
            if not block.needed:
                continue
            text = at_root if d[target] == OVER_N else share.format(d[target])
            name, before = f"d{block}", d.get(block, "")
            d[block] = name
            if text == OVER_N and not before and block not in arrays:
                d[block] = OVER_N  # it needs no array, and becomes a factor in later lines
                continue
            if text == OVER_N:
                text = f"np.full((1, n), {OVER_N})"
            if then and before:
                lines += [f"D = {text}", then.format(d="D")]
                text, then = "D", ""
            if block in in_parts:  # some rows at a time: the array is changed in place
                lines += [f"{name} = np.zeros_like({block})"] * (not before)
                scattered = f"np.add.at({name}, {rows[1:-1]}, {text})"  # += would count a repeated row once
                lines.append(scattered if "," in rows else f"{name}{rows} += {text}")
            else:
                lines.append(f"{name} = {before} + {text}" if before else f"{name} = {text}")
            if then:
                lines.append(then.format(d=name))
    slopes = [f"d{block}" if block in d else f"np.zeros_like({block})" for block in matcher.fixed if block.needed]
    return [f"J = {average.text}", "", "# backward", *lines, f"return {', '.join(['J', *slopes])}"]
