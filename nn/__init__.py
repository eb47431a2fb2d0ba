"""Neural networks of scalars, as the lecture draws them: neurons, layers, losses, and the training loop.

>>> model = MLP(2, [1], seed=0)
>>> g = model([1.0, 2.0])
>>> g.backward()
>>> [w.grad for w in model.layers[0].neurons[0].w]
[1.0, 2.0]
"""

import os
import warnings

import autograd

if not hasattr(autograd, "Value"):
    if file := getattr(autograd, "__file__", None):
        found, remedy = f"the package `autograd` at {file} is another project's", "install sigmagrad"
    else:  # both lay in one folder, and when the other was uninstalled, the __init__.py that they shared went too
        found, remedy = "the package `autograd` lost its __init__.py with another project's", "reinstall sigmagrad"
    raise ImportError(
        f"nn and viz need sigmagrad's autograd, but {found}; {remedy} into a virtual environment of its own"
    )
if os.path.isdir(os.path.join(os.path.dirname(autograd.__file__), "numpy")):  # the HIPS project's has this folder
    warnings.warn(
        f"sigmagrad's autograd lies over another project's in {os.path.dirname(autograd.__file__)}, which is broken by "
        "that; install sigmagrad into a virtual environment of its own",
        stacklevel=2,
    )

from nn.fit import History, fit
from nn.jax import to_jax
from nn.layers import MLP, Layer, Neuron
from nn.losses import cross_entropy, cross_entropy_from_logits, hinge_loss, nll_loss, nll_loss_from_logit, squared_loss
from nn.module import Module
from nn.optim import SGD, Adam
from nn.storage import load, save
from nn.torch import from_torch, to_torch

__all__ = ["MLP", "Layer", "Module", "Neuron"]
__all__ += ["hinge_loss", "nll_loss", "nll_loss_from_logit", "squared_loss"]
__all__ += ["cross_entropy", "cross_entropy_from_logits"]
__all__ += ["SGD", "Adam", "History", "fit"]
__all__ += ["from_torch", "load", "save", "to_jax", "to_torch"]
