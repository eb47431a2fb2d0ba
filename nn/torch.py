"""The way to PyTorch and back: the same network, with the same weights, as a torch.nn.Sequential of float64."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from autograd import ops
from autograd.errors import shown
from autograd.op import Op
from nn.layers import MLP, Layer, Neuron
from nn.storage import LayerNumbers, in_numbers, network_of


class Twin(NamedTuple):
    """The torch.nn module that equals an activation, its arguments, and what a module that comes in must have."""

    module: Any
    arguments: Mapping[str, float] = {}
    needed: Mapping[str, tuple[Any, ...]] = {}
    words: str = ""
    settings: Mapping[str, str] = {}  # what PyTorch calls the settings of ours


@cache
def twins(torch: Any) -> dict[Op, Twin]:
    """The module of PyTorch for each activation but the identity; it is looked up in both directions."""
    nn = torch.nn
    sine = {"__module__": __name__, "forward": lambda self, z: torch.sin(z)}  # PyTorch has the function alone
    return {
        ops.relu: Twin(nn.ReLU),
        ops.leaky_relu: Twin(nn.LeakyReLU, settings={"slope": "negative_slope"}),
        ops.sigmoid: Twin(nn.Sigmoid),
        ops.tanh: Twin(nn.Tanh),
        ops.sin: Twin(type("Sine", (nn.Module,), sine)),
        ops.gelu: Twin(nn.GELU, needed={"approximate": ("none",)}, words="the exact GELU"),
        # above its threshold, 20 by default, PyTorch's Softplus answers z itself; at 700, e^z is still a float
        ops.softplus: Twin(nn.Softplus, {"threshold": 700.0}, {"beta": (1,)}, "a Softplus with beta=1"),
        ops.softmax: Twin(nn.Softmax, {"dim": -1}, {"dim": (-1, 1)}, "a Softmax over the outputs, dim=-1"),
    }


def to_torch(model: Neuron | Layer | MLP) -> Any:
    """An equal torch.nn.Sequential in float64, its weights copied.

    >>> to_torch(MLP(2, [3, 1], "tanh", seed=0))  # doctest: +SKIP
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): Tanh()
      (2): Linear(in_features=3, out_features=1, bias=True)
    )

    It takes a tensor (n, d) and gives (n, k). One convention differs: at z = 0 the derivatives of ReLU and leaky ReLU
    are those for z > 0 here, as in the lecture, and those for z < 0 in PyTorch. A parameter that is frozen or shared
    here is neither there. Layers whose neurons differ, and an activation or a class of your own, are errors.
    """
    torch = _torch("to_torch")
    if type(model) not in (Neuron, Layer, MLP):
        raise TypeError(f"to_torch needs a Neuron, Layer or MLP, got {type(model).__name__} {shown(model)}")
    modules = []
    for f, w, b in in_numbers(model, "to_torch"):
        linear = torch.nn.Linear(len(w[0]), len(w), bias=b is not None, dtype=torch.float64)
        state = {"weight": w} if b is None else {"weight": w, "bias": b}
        linear.load_state_dict({name: torch.tensor(held, dtype=torch.float64) for name, held in state.items()})
        modules += [linear] if f is ops.identity else [linear, _activation(torch, f)]
    return torch.nn.Sequential(*modules)


def from_torch(sequential: Any) -> MLP:
    """The MLP that equals a torch.nn.Sequential of Linear layers and activations, its weights copied.

    >>> from_torch(to_torch(MLP(2, [3, 1], "tanh", seed=0)))  # doctest: +SKIP
    MLP of 2 → 3 tanh → 1 identity (13 parameters)

    A module of another kind is a ValueError that names it. A parameter that is frozen or shared there is neither here.
    Above its threshold, 20 by default, PyTorch's Softplus answers z itself; ours does not.
    """
    torch = _torch("from_torch")
    if not isinstance(sequential, (torch.nn.Sequential, torch.nn.Linear)):
        raise TypeError(f"from_torch needs a torch.nn.Sequential, got {type(sequential).__name__} {shown(sequential)}")
    layers: list[LayerNumbers] = []
    for _, module in sequential.named_modules(remove_duplicate=False):  # also those within Sequentials, in order
        forward = type(module).forward  # a subclass may have one of its own
        if forward is torch.nn.Linear.forward:
            b = None if module.bias is None else module.bias.detach().double().tolist()
            layers.append((ops.identity, module.weight.detach().double().tolist(), b))
        elif forward not in (torch.nn.Sequential.forward, torch.nn.Identity.forward):
            f = _operation(torch, module)
            if not layers or layers[-1][0] is not ops.identity:
                raise ValueError(
                    f"from_torch needs one activation after each Linear, got {shown(module)} where none belongs"
                )
            layers[-1] = (f, *layers[-1][1:])
    if not layers:
        raise ValueError(f"from_torch needs at least one Linear, got {shown(sequential)}")
    return network_of(layers)


def _torch(name: str) -> Any:
    try:
        import torch
    except ImportError:
        raise ImportError(f"{name} needs PyTorch: pip install 'sigmagrad[torch]'") from None
    return torch


def _activation(torch: Any, f: Op) -> Any:
    """The torch module of an activation."""
    for op, twin in twins(torch).items():
        if f.is_from(op):
            return twin.module(**twin.arguments, **{theirs: f.settings[ours] for ours, theirs in twin.settings.items()})
    raise ValueError(f"to_torch knows PyTorch's activations, and {f!r} is none of them; write a torch.nn.Module for it")


def _operation(torch: Any, module: Any) -> Op:
    """The activation that equals a torch module, if there is one."""
    for op, twin in twins(torch).items():
        if type(module) is twin.module:
            if any(getattr(module, name) not in accepted for name, accepted in twin.needed.items()):
                raise ValueError(f"from_torch needs {twin.words}, got {shown(module)}")
            return op.bind(**{ours: float(getattr(module, theirs)) for ours, theirs in twin.settings.items()})
    raise ValueError(f"from_torch knows Linear and the activations of nn, got {shown(module)}")
