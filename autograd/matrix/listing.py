"""The matrix program for a person: Python source that runs as it stands, one line per equation of the lecture."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.formulas.code import NumPy
from autograd.matrix.blocks import Block, Lone, shape_of
from autograd.matrix.matrices import Matcher
from autograd.matrix.page import Page, reserved


def opening(arguments: Sequence[tuple[str, Block]]) -> list[str]:
    """The lines that take the arguments: data points as columns."""
    first = arguments[0][0]
    lines = [f"n = len({first})", "", "# forward"]
    return lines + [f"{block.name} = {name}.T" for name, block in arguments if block.name != name]


def closing(matcher: Matcher, page: Page) -> list[str]:
    """The lines between forward and backward: the training error, and where its gradient starts."""
    root = matcher.lone(matcher.roots[0])
    text = page.code.write(page.operand(root))
    lines = [f"J = np.mean({text})"]
    if isinstance(root, Lone) and root.block.needed:
        if root.block.is_flat:
            lines.append(f"{root.block.gradient} = " + ("np.full(n, 1 / n)" if root.block.of_data else "np.array(1.0)"))
            page.started[root.block] = True
        else:
            page.lines = lines
            page.add(root, "np.full(n, 1 / n)" if root.block.of_data else "1.0")
    return lines


def root_is_flat(matcher: Matcher) -> bool:
    """Whether the loss is a column, one number per data point, that can be summed as it is."""
    root = matcher.lone(matcher.roots[0])
    return isinstance(root, Lone) and root.block.of_data


def readable(name: str, matcher: Matcher, arguments: Sequence[tuple[str, Block]], *, gradients: bool) -> str:
    """The program as Python source that runs as it stands."""
    code = NumPy(taken={*reserved(matcher.names), name})
    page = Page(code)
    page.lines = opening(arguments)
    for statement in matcher.statements:
        statement.forward(page)
    wanted = [block for block in matcher.fixed.values() if block.needed]
    if gradients:
        forward, page.lines = page.lines, []
        end = closing(matcher, page)
        page.lines = []
        for statement in reversed(matcher.statements):
            if statement.target in page.started:
                statement.backward(page)
        results = [
            "J",
            *(block.gradient if block in page.started else f"np.zeros_like({block.name})" for block in wanted),
        ]
        lines = [*forward, end[0], "", "# backward", *end[1:], *page.lines, f"return {', '.join(results)}"]
    else:
        lines = [*page.lines, f"return {outputs(matcher, page)}"]
    names = [*(argument for argument, _ in arguments), *(block.name for block in matcher.fixed.values())]
    head = f"def {name}({', '.join(names)}):"
    constants = [f"{name} = {shape_of(rows)}" for rows, name in page.indices.items()]
    body = "\n".join(f"    {line}" if line else "" for line in lines)
    pieces = [*code.imports(), code.definitions(), "\n".join(constants), f"{head}\n{body}"]
    return "\n\n\n".join(piece.strip() for piece in pieces if piece) + "\n"


def outputs(matcher: Matcher, page: Page) -> str:
    """What .map returns: a column, or one column per output."""
    texts = []
    for root in matcher.roots:
        operand = matcher.lone(root)
        text = page.code.write(page.operand(operand))
        of_data = isinstance(operand, Lone) and operand.block.of_data
        texts.append(text if of_data else f"np.full(n, {text})")
    return f"np.stack([{', '.join(texts)}], axis=1)"
