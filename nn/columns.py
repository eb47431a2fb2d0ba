"""The losses of a network with one output per class, in matrices: what the program of `vectorize` prints of them.

Z holds the outputs, one row per class and one column per data point; Y is True at the class that happened.
"""

from autograd.matrix.columns import Form, np, softmax


def one_hot(Y):
    """Numbers as True at the 1 of each column, the class; nowhere in a column that holds anything but one 1 and 0."""
    return (Y == 1) & (np.abs(Y).sum(axis=0) == 1)


def cross_entropy_from_logits(Z, Y):
    """−log softmax(Z) at the class, from the differences to its z: right where p has rounded to 1; nan if none is."""
    D = Z - np.where(Y, Z, -np.inf).max(axis=0, keepdims=True)
    top = D.max(axis=0, keepdims=True)
    return top + np.log1p(np.where(Y, np.expm1(-top), np.exp(D - top)).sum(axis=0, keepdims=True))


def cross_entropy(P, Y):
    """−log p at the class; nan if there is none, or if something in P is no probability."""
    p = np.where(Y, P, 0).sum(axis=0, keepdims=True)
    is_valid = Y.any(axis=0) & ((P >= 0) & (P <= 1)).all(axis=0)
    return np.where(is_valid, -np.log(p), np.nan)


KINDS = {"index": "np.arange({K})[:, None] == {y}", "one-hot": "one_hot({y})"}  # of targets that data give


def of_logits(n_inputs, target):
    """The form of `cross_entropy_from_logits`, where the target is a part of the data."""
    return target in KINDS and Form(
        classes(n_inputs, target),
        "cross_entropy_from_logits({z}, {Y})",
        (softmax, cross_entropy_from_logits, *helpers(target)),
        kept={"Y": KINDS[target], "P": "softmax({z})"},
        slope="({P} - {Y})",
        then="{d} -= {Y} * {d}.sum(axis=0)  # p − 1 where p has rounded to 1: −Σ of the others",
    )


def of_probabilities(n_inputs, target):
    """The form of `cross_entropy`."""
    return target in KINDS and Form(
        classes(n_inputs, target),
        "cross_entropy({z}, {Y})",
        (cross_entropy, *helpers(target)),
        kept={"Y": KINDS[target]},
        slope="np.where({Y}, -1 / {z}, 0)",
    )


def classes(n_inputs, target):
    """How many of the inputs are outputs of classes: behind them comes a class number, or as many numbers, one-hot."""
    return n_inputs // 2 if target == "one-hot" else n_inputs - 1


def helpers(target):
    """The function that reads the target."""
    return [one_hot] if target == "one-hot" else []
