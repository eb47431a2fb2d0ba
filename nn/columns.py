"""The losses of a network with one output per class, in matrices: functions that a program of `vectorize` prints.

Z holds the outputs, one row per class and one column per data point. Y is True at the class that happened.
"""

from autograd.matrix.columns import Form, np, softmax


def one_hot(Y):
    """True at the 1 of each column, which is the class; False in a column with anything else than one 1 and zeros."""
    return (Y == 1) & ((Y != 0).sum(axis=0) == 1)


def cross_entropy_from_logits(Z, Y):
    """−log softmax(Z) at the class, right where p has rounded to 1; infinite if there is no class."""
    z, top = np.where(Y, Z, -np.inf).max(axis=0, keepdims=True), Z.max(axis=0, keepdims=True)
    return top - z + np.log1p((np.exp(Z - top) - Y).sum(axis=0, keepdims=True))


def cross_entropy(P, Y):
    """−log p at the class; nan if there is none, or if something in P is no probability."""
    p = np.where(Y, P, 0).sum(axis=0, keepdims=True)
    is_valid = Y.any(axis=0) & ((P >= 0) & (P <= 1)).all(axis=0)
    return np.where(is_valid, -np.log(p), np.nan)


def of_classes(*functions, gets, then="", **kept):
    """A function that makes the form of a loss whose target is in the data, as a class number or as a one-hot row."""

    def form(n_inputs, target):
        if target == "index":
            size, Y, reader = n_inputs - 1, "np.arange({K})[:, None] == {y}", []
        elif target == "one-hot":
            size, Y, reader = n_inputs // 2, "one_hot({y})", [one_hot]
        else:
            return None
        text = functions[-1].__name__ + "({z}, {Y})"
        return Form(size, text, gets, (*functions, *reader), {"Y": Y, **kept}, then)

    return form


of_probabilities = of_classes(cross_entropy, gets="-1 / np.where({Y}, {z}, np.inf) * {d}")
of_logits = of_classes(
    softmax,
    cross_entropy_from_logits,
    P="softmax({z})",
    gets="({P} - {Y}) * {d}",
    then="{d} -= {Y} * {d}.sum(axis=0)  # p − 1 where p has rounded to 1: −Σ of the others",
)
