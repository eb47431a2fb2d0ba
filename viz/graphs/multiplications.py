"""Why backpropagation wins: how many multiplications gradients cost with reuse, and how many path by path without it.

Paths are counted, never walked one by one: each node hands its number of paths, and their total length, to its parents.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from autograd import Value, topological_order
from autograd.errors import shown
from autograd.formulas.text import SUPERSCRIPTS

MOST_ROWS = 8  # of the table: if a graph is deeper, only some depths have a row
HEADS = ("depth", "with reuse (backpropagation)", "path by path")
EXACT = 24  # digits up to which a number is written out


@dataclass(frozen=True)
class Multiplications:
    """Both numbers for the whole graph, and rows of (depth, with reuse, path by path), the whole graph's last."""

    with_reuse: int
    path_by_path: int
    rows: tuple[tuple[int, int, int], ...]

    def __iter__(self) -> Iterator[int]:
        return iter((self.with_reuse, self.path_by_path))

    def __repr__(self) -> str:
        lines = self._table()
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join("  ".join(map(str.rjust, line, widths)) for line in lines)

    def _repr_html_(self) -> str:
        heads = "".join(f"<th>{head}</th>" for head in HEADS)
        rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line)}</tr>" for line in self._table()[1:])
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"

    def _table(self) -> list[tuple[str, str, str]]:
        return [HEADS, *((str(depth), _in_digits(reused), _in_digits(by_path)) for depth, reused, by_path in self.rows)]


def count_multiplications(root: Value) -> Multiplications:
    """How many multiplications the derivatives of `root` with respect to all its leaves cost, in two ways.

    >>> x = v = Value(1.0)
    >>> for _ in range(10):
    ...     v = v * v
    >>> count_multiplications(v)
    depth  with reuse (backpropagation)  path by path
        1                             0             0
        2                             2             4
        4                             6            48
        5                             8           128
        6                            10           320
        8                            14         1,792
        9                            16         4,096
       10                            18         9,216
    >>> with_reuse, path_by_path = count_multiplications(v)

    Path by path: the derivative for a leaf is the sum over all paths from the root down to it; a path of k edges is a
    product of k local derivatives, so k − 1 multiplications. With reuse, as `backward` does it, a node's gradient is
    multiplied with the local derivative of each edge below it: one multiplication per edge, but none for the edges that
    leave the root, where the gradient is 1. Only edges that lead to a leaf that varies count; `x * x` has two.
    The depth of a node is its longest way from the root, and the row of a depth leaves out all deeper nodes.
    """
    if not isinstance(root, Value):
        kind = type(root).__name__
        raise TypeError(f"count_multiplications needs a Value, got {kind} {shown(root)}; write it for the loss")
    below: dict[Value, list[Value]] = {}  # nodes that lead to a leaf that varies, each with its parents that do
    for node in topological_order(root):
        parents = [parent for parent in node.parents if parent in below]
        if parents or (node.op is None and node.varies):
            below[node] = parents
    depth = {root: 0}
    for node in reversed(below):
        depth |= {parent: max(depth.get(parent, 0), depth[node] + 1) for parent in below[node]}
    last = max(depth.values())
    levels = {max(1, round(last * k / MOST_ROWS)) for k in range(1, MOST_ROWS + 1)} if last else {0}
    rows = []
    for level in sorted(levels):
        kept = {node: [p for p in below[node] if depth[p] <= level] for node in reversed(below) if depth[node] <= level}
        rows.append((level, *_counted(root, kept)))
    return Multiplications(rows[-1][1], rows[-1][2], tuple(rows))


def _counted(root: Value, below: Mapping[Value, list[Value]]) -> tuple[int, int]:
    """The multiplications with reuse, and path by path; `below` has the nodes from the root down, and their parents."""
    paths, lengths = {root: 1}, {root: 0}  # for each node the number of paths from the root, and their edges in all
    reused = by_path = 0
    for node, parents in below.items():
        n, length = paths.pop(node), lengths.pop(node)
        for parent in parents:
            paths[parent] = paths.get(parent, 0) + n
            lengths[parent] = lengths.get(parent, 0) + length + n
        if node is not root:
            reused += len(parents)
            by_path += 0 if parents else length - n
    return reused, by_path


def _in_digits(count: int) -> str:
    """The number; a long one as a power of ten.

    >>> _in_digits(9216), _in_digits(3 * 10**5000)
    ('9,216', '3.00·10⁵⁰⁰⁰')
    """
    if count < 10**EXACT:
        return f"{count:,}"
    mantissa, _, power = f"{Decimal(count):.2e}".partition("e+")
    return f"{mantissa}·10{power.translate(SUPERSCRIPTS)}"
