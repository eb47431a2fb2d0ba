"""A network that learns from real data: scikit-learn's breast cancer data, which come with it.

Each data point is a tumour: thirty measurements x of its cells, and whether it is benign (y = 1) or malignant (y = 0).
"""

from dataclasses import dataclass

from autograd import Value
from nn import MLP, Adam, History, fit, nll_loss_from_logit
from nn.losses import nll_loss

FEATURES = ("mean texture", "worst area", "worst smoothness")  # three that tell much, for a graph that can be read


@dataclass(frozen=True)
class Training:
    """A trained network, how it went, and its accuracy on the data points that it has not seen."""

    model: MLP
    history: History
    accuracy: float
    tested: int
    x: list[float]  # one data point that was not trained on
    y: int

    def loss(self) -> Value:
        """The loss of that data point, with its gradients."""
        self.model.zero_grad()
        loss = nll_loss(self.model([Value(x) for x in self.x]), self.y)
        loss.backward()
        return loss


def train(
    layer_sizes: list[int], features: tuple[str, ...] = (), *, steps: int = 1000, progress: bool = True
) -> Training:
    """Train a network with ReLU layers and a sigmoid output, by Adam on random batches.

    >>> train([2, 1], FEATURES, progress=False).accuracy > 0.8
    True
    """
    try:
        from sklearn.datasets import load_breast_cancer
        from sklearn.model_selection import train_test_split
    except ImportError as error:
        raise ImportError("the data need scikit-learn: pip install scikit-learn") from error
    data = load_breast_cancer()
    columns = [list(data.feature_names).index(name) for name in features] or list(range(len(data.feature_names)))
    X_train, X_test, y_train, y_test = train_test_split(
        data.data[:, columns], data.target, test_size=0.25, random_state=0, stratify=data.target
    )
    mean, deviation = X_train.mean(axis=0), X_train.std(axis=0)
    X_train, X_test = ((X - mean) / deviation for X in (X_train, X_test))
    model = MLP(len(columns), layer_sizes, seed=0)
    history = fit(
        model,
        X_train,
        y_train,
        nll_loss_from_logit,  # it takes z, as the sigmoid is added below: right where g would round to 0 or 1
        optimizer=Adam(model.parameters(), lr=0.003),
        steps=steps,
        batch_size=32,
        seed=0,
        progress=progress,
    )
    model.layers[-1].activation = "sigmoid"
    right = [(model(x).data > 0.5) == bool(y) for x, y in zip(X_test.tolist(), y_test.tolist(), strict=True)]
    return Training(model, history, sum(right) / len(right), len(right), X_test[0].tolist(), int(y_test[0]))
