"""The ways that a gradient takes from the root to one Value, found in one walk that counts paths and lists none.

The numbers are those of `backward` to the last bit: the same products, added in the same order. No `.grad` changes.
"""

import math

from autograd import Op, Value, topological_order
from autograd.errors import all_finite, refuse_gradient
from autograd.protocols import check_formula

Link = tuple[Value, int]  # an edge: a node, and which of its parents
LONGEST = 6  # factors of a product; a longer one starts with a gradient that was worked out on the way
MOST_PATHS = 10**24  # where counting ends: a deep graph has more paths than could be written down


class Routes:
    """What lies between a root and a Value below it: gradients, and the edges on which they arrive.

    >>> x = Value(3.0)
    >>> routes = Routes(x * x, x)
    >>> routes.gradient[x], [index for _, index in routes.arrivals[x]], routes.paths[x]
    (6.0, [0, 1], 2)
    """

    def __init__(self, root: Value, wrt: Value) -> None:
        self.root = root
        self.gradient: dict[Value, float] = {root: 1.0}
        self.arrivals: dict[Value, list[Link]] = {root: []}
        self.paths: dict[Value, int] = {root: 1}
        order = [node for node in reversed(topological_order(root)) if node.op]
        leading = {wrt}  # the nodes from which a way leads down to wrt
        if wrt.varies:  # no gradient goes into a constant
            for node in reversed(order):
                if not leading.isdisjoint(node.parents):
                    leading.add(node)
        for node in order:
            if node in leading:
                self._hand_down(node, leading)
        self.reached = wrt in self.gradient

    def _hand_down(self, node: Value, leading: set[Value]) -> None:
        gradient, paths = self.gradient, self.paths
        g, count = gradient[node], paths[node]
        check_formula(node)
        if not node.local_derivatives and node.op:
            node.op.value()  # made by hand, it has no formula: this raises the error that says what to write
        for index, (parent, slope) in enumerate(zip(node.parents, node.local_derivatives, strict=True)):
            if parent not in leading:
                continue
            if parent not in gradient:
                gradient[parent], paths[parent], self.arrivals[parent] = 0.0, 0, []
            before = gradient[parent]
            gradient[parent] = after = before + g * slope if g and slope else before
            paths[parent] = min(paths[parent] + count, MOST_PATHS)
            self.arrivals[parent].append((node, index))
            if not math.isfinite(after) and all_finite((before, g, node._data, *(p._data for p in node.parents))):
                refuse_gradient(node, parent, slope)

    def way(self, link: Link) -> tuple[Value, list[Link]]:
        """Where the term with this last edge starts, at the root or a gradient with its own lines, and its edges."""
        links, node = [link], link[0]
        while len(self.arrivals[node]) == 1 and len(links) < LONGEST:  # none arrives at the root
            links.append(self.arrivals[node][0])
            node = links[-1][0]
        if node is not self.root:  # the root is too far: start at the nearest gradient that is used more than once
            reused = [k for k, (node, _) in enumerate(links, 1) if sum(parent.varies for parent in node.parents) > 1]
            links = links[: reused[0]] if reused else links
        return links[-1][0], links[::-1]


def older_than_its_inputs(root: Value) -> Value | None:
    """The first Value that is not what its operation makes of its inputs as they are now: their numbers, their roles.

    >>> w = Value(2.0)
    >>> z = w * 3
    >>> older_than_its_inputs(z) is None
    True
    >>> w.data = 5.0
    >>> older_than_its_inputs(z) is z
    True
    """
    return next((node for node in topological_order(root) if node.op is not None and _is_older(node, node.op)), None)


def _is_older(node: Value, op: Op) -> bool:
    inputs, varying = [parent.data for parent in node.parents], [parent.varies for parent in node.parents]
    try:
        now = float(op.value(*inputs))
        slopes = op.local_derivatives(now, inputs, varying)
    except (ArithmeticError, ValueError):
        return True
    except Exception:  # a node made by hand, or a user's function that takes only Values, tells nothing
        return False
    if any(was == 0.0 != slope for was, slope in zip(node.local_derivatives, slopes, strict=False)):
        return True  # it was a constant then
    return not (math.isclose(now, node.data, rel_tol=1e-9, abs_tol=1e-300) or (now != now and node.data != node.data))
