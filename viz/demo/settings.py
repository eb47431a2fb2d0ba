"""The settings of a playground (all but its network): what each may be, and set-ups that are worth a look."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

from autograd.errors import number, shown
from nn.datasets import CLASSIFICATION, DATASETS, REGRESSION
from viz.demo.features import FEATURES, PLAIN

OWN = "own"  # the data set's name for the user's X, y


@dataclass(frozen=True)
class Settings:
    """Everything but the network; a new one is made for each change.

    >>> Settings().changed(lr="0.1").lr
    0.1
    >>> Settings().changed(lr=0)
    Traceback (most recent call last):
    ...
    ValueError: lr needs a number above 0 and at most 1000, got 0.0
    """

    dataset: str = "moons"
    task: str = CLASSIFICATION
    features: tuple[str, ...] = PLAIN
    noise: float = 0.15
    train_share: float = 0.5
    seed: int = 0
    lr: float = 0.1
    batch_size: int = 10
    penalty: str = "none"
    rate: float = 0.001  # of the penalty, which is added to the loss
    pace: str = "10"

    def changed(self, **changes: Any) -> Settings:
        """The same with some settings changed, each checked; a text from the page counts as the number it says."""
        for name in changes:
            if name not in SCHEMA:
                raise ValueError(f"settings are {', '.join(SCHEMA)}, layers, activations; got {shown(name)}")
        return replace(self, **{name: read_setting(name, x) for name, x in changes.items()})


SCHEMA: dict[str, dict[str, Any]] = {  # what each may be: one of some words, some of some words, or a number in a range
    "dataset": {"words": [*DATASETS, OWN]},
    "task": {"words": [CLASSIFICATION, REGRESSION]},
    "features": {"some": [*FEATURES]},
    "noise": {"low": 0, "high": 1},
    "train_share": {"low": 0.1, "high": 0.9},
    "seed": {"low": 0, "high": 2**32 - 1, "whole": True},
    "lr": {"low": 0, "high": 1000, "above": True},
    "batch_size": {"low": 1, "high": 10_000, "whole": True},
    "penalty": {"words": ["none", "L1", "L2"]},
    "rate": {"low": 0, "high": 100},
    "pace": {"words": ["1", "10", "100", "max"]},  # steps for each picture
}


def read_setting(name: str, x: Any) -> Any:
    """A setting as it is kept, or an error that says what it may be; `schema.js` reads the same table in the page."""
    schema = SCHEMA[name]
    if words := schema.get("words"):
        for word in words:
            if isinstance(x, (str, int)) and str(x).lower() == word.lower():
                return word
        raise ValueError(f"{name} needs one of {', '.join(words)}; got {shown(x)}")
    if some := schema.get("some"):
        held = list(x) if isinstance(x, (list, tuple)) else [x]
        unknown = [one for one in held if not isinstance(one, str) or one not in some]
        if unknown or not held:
            came = shown(unknown[0] if held else x)
            raise ValueError(f"{name} needs a list of some of {', '.join(some)}; got {came}")
        return tuple(word for word in some if word in held)
    found, low, high = read_number(name, x), schema["low"], schema["high"]
    above, whole = schema.get("above"), schema.get("whole")
    if not low <= found <= high or (above and found == low) or (whole and not found.is_integer()):
        what = "a whole number" if whole else "a number"
        start = f"above {low:g} and at most" if above else f"from {low:g} to"
        got = int(found) if whole and found.is_integer() else found
        raise ValueError(f"{name} needs {what} {start} {high:.10g}, got {got}")
    return int(found) if whole else found


def read_number(name: str, x: Any) -> float:
    """A finite number, also as a text, with a comma or a printed minus sign."""
    if isinstance(x, str):
        try:
            x = float(x.strip().replace("\u2212", "-").replace(",", "."))
        except ValueError:
            raise ValueError(f"{name} needs a number, got {shown(x)}") from None
    try:
        found = number(x)
    except (TypeError, OverflowError):
        raise TypeError(f"{name} needs a number, got {type(x).__name__} {shown(x)}") from None
    if found - found != 0.0:
        raise ValueError(f"{name} needs a finite number, got {found}")
    return found


class Preset(NamedTuple):
    """A set-up that is worth a look: what to look for, and in what it differs from the set-up at the start."""

    look: str
    set_up: dict[str, Any]


PRESETS = {
    "One neuron: a line": Preset(
        "The line without a colour is where z = 0: which way does it turn while it learns?",
        {"dataset": "linear", "layers": [1]},
    ),
    "One neuron: not enough": Preset(
        "No line parts these classes, so the loss stays near ln 2 = 0.69, that of saying ½ everywhere.",
        {"dataset": "xor", "layers": [1]},
    ),
    "Features: a circle from squares": Preset(
        "The same neuron as before, but φ(x) = (x₁², x₂²): a line among the features is a circle in the plane.",
        {"dataset": "circles", "features": ["x1 ** 2", "x2 ** 2"], "lr": 0.5, "layers": [1]},
    ),
    "Width: three ReLUs fence a circle": Preset(
        "Switch the zero lines on: each hidden ReLU bends the plane along one line, and three lines close the fence.",
        {"dataset": "circles", "layers": [3, 1], "activations": ["relu", "identity"]},
    ),
    "Width: one layer of 16": Preset(
        "Sixteen neurons, each of which sees a single line: how many of them does the output use?",
        {"layers": [16, 1]},
    ),
    "Depth: four layers of 4": Preset(
        "From left to right the maps go from lines to curves: a layer combines what the one before it sees.",
        {"layers": [4, 4, 4, 4, 1]},
    ),
    "Width and depth: a spiral": Preset(
        "At first the loss hardly moves, then it falls in steps; with one hidden layer it is high even after 15,000.",
        {"dataset": "spiral", "noise": 0.05, "layers": [8, 8, 8, 1]},
    ),
    "Dead ReLUs": Preset(
        "Large steps push ReLUs below 0 for every data point: their maps go blank, and no gradient brings them back.",
        {"lr": 1.5, "batch_size": 2, "layers": [8, 8, 1], "activations": ["relu", "relu", "identity"]},
    ),
    "Overfitting: noise learned by heart": Preset(
        "The train loss goes on falling while the test loss rises: the network learns the noise of its few points.",
        {"noise": 0.45, "train_share": 0.1, "layers": [16, 16, 1]},
    ),
    "A learning rate too large": Preset(
        "Each step jumps over the valley and lands higher: the loss grows until a number is too large.",
        {"dataset": "plane", "lr": 100.0, "layers": [8, 1], "activations": ["relu", "identity"]},
    ),
    "Softmax: three classes": Preset(
        "Three outputs add up to 1; where two of them are equally likely the colour is faint.",
        {"dataset": "pinwheel", "layers": [8, 8, 3], "activations": ["tanh", "tanh", "softmax"]},
    ),
    "Regression: hills": Preset(
        "An amount in place of a class: blue hills and orange valleys, and the loss is the squared error.",
        {"dataset": "hills", "noise": 0.0, "layers": [12, 8, 1]},
    ),
}


def preset(name: Any, seed: int) -> dict[str, Any]:
    """The whole set-up of a preset, with this seed; what the preset does not mention is as at the start.

    >>> preset("A learning rate too large", 7)["lr"], preset("Regression: hills", 7)["task"]
    (100.0, 'regression')
    """
    if not isinstance(name, str) or name not in PRESETS:
        raise ValueError(f"presets are {', '.join(PRESETS)}; got {shown(name)}")
    chosen = PRESETS[name].set_up
    activations = ["tanh"] * (len(chosen["layers"]) - 1) + ["identity"]
    held = {**asdict(Settings(seed=seed)), "activations": activations, **chosen}
    return {**held, "task": DATASETS[held["dataset"]].task}
