"""The way to PyTorch and back: the same network, with the same weights, as a torch.nn.Sequential of float64."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from autograd import ops
from autograd.errors import shown
from autograd.op import Op
from nn.layers import MLP, Layer, Neuron, layers_of

MODULES: dict[Op, tuple[str, dict[str, float]]] = {
    ops.relu: ("ReLU", {}),
    ops.sigmoid: ("Sigmoid", {}),
    ops.tanh: ("Tanh", {}),
    ops.gelu: ("GELU", {}),
    ops.softplus: ("Softplus", {"threshold": 700.0}),  # where it jumps to z, 20 unless told; e^700 is still a float
    ops.softmax: ("Softmax", {"dim": -1}),
}


def to_torch(model: Neuron | Layer | MLP) -> Any:
    """An equal torch.nn.Sequential in float64, its weights copied.

    >>> to_torch(MLP(2, [3, 1], "tanh", seed=0))  # doctest: +SKIP
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): Tanh()
      (2): Linear(in_features=3, out_features=1, bias=True)
    )

    It takes a tensor (n, d) and gives (n, k). One convention differs: at z = 0 PyTorch's derivative of ReLU is 0, the
    lecture's is 1. An activation of your own is a ValueError.
    """
    torch = _torch("to_torch")
    modules = []
    if not isinstance(model, (Neuron, Layer, MLP)):
        raise TypeError(f"to_torch needs a Neuron, Layer or MLP, got {type(model).__name__} {shown(model)}")
    for layer in layers_of(model):
        first = layer[0]
        linear = torch.nn.Linear(len(first.w), len(layer), bias=first.b is not None, dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor([[w.data for w in neuron.w] for neuron in layer], dtype=torch.float64))
            if first.b is not None:
                linear.bias.copy_(torch.tensor([neuron.b.data for neuron in layer], dtype=torch.float64))
        modules += [linear, *_activation(torch, first.activation)]
    return torch.nn.Sequential(*modules)


def from_torch(sequential: Any) -> MLP:
    """The MLP that equals a torch.nn.Sequential of Linear layers and activations, its weights copied.

    >>> from_torch(to_torch(MLP(2, [3, 1], "tanh", seed=0)))  # doctest: +SKIP
    MLP of 2 → 3 tanh → 1 identity (13 parameters)

    A module of another kind is a ValueError that names it. PyTorch's Softplus jumps to z at its threshold, 20 unless
    told; ours does not.
    """
    torch = _torch("from_torch")
    linears: list[Any] = []
    activations: list[Op] = []
    for module in _flat(torch, sequential):
        if isinstance(module, torch.nn.Linear):
            linears.append(module)
            activations.append(ops.identity)
            continue
        activation = _operation(torch, module)
        if not linears or activations[-1] is not ops.identity:
            raise ValueError(
                f"from_torch needs one activation after each Linear, got {shown(module)} where none belongs"
            )
        activations[-1] = activation
    if not linears:
        raise ValueError(f"from_torch needs at least one Linear, got {shown(sequential)}")
    sizes = [linear.out_features for linear in linears]
    for before, after in pairwise(linears):
        if before.out_features != after.in_features:
            raise ValueError(f"from_torch needs layers that fit, got {shown(before)} before {shown(after)}")
    model = MLP(linears[0].in_features, sizes, activations, seed=0)
    for layer, linear in zip(model.layers, linears, strict=True):
        weights = linear.weight.detach().double().tolist()
        biases = [None] * len(weights) if linear.bias is None else linear.bias.detach().double().tolist()
        for neuron, row, bias in zip(layer.neurons, weights, biases, strict=True):
            for w, number in zip(neuron.w, row, strict=True):
                w.data = number
            if bias is None or neuron.b is None:
                neuron.b = None
            else:
                neuron.b.data = bias
    return model


def _torch(name: str) -> Any:
    try:
        import torch
    except ImportError:
        raise ImportError(f"{name} needs PyTorch: pip install 'sigmagrad[torch]'") from None
    return torch


def _activation(torch: Any, op: Op) -> list[Any]:
    """The torch module of an activation, none for the identity."""
    if op is ops.identity:
        return []
    if op.is_from(ops.leaky_relu):
        return [torch.nn.LeakyReLU(op.settings["slope"])]
    if op is ops.sin:
        return [_sine(torch)]
    if op in MODULES:
        name, settings = MODULES[op]
        return [getattr(torch.nn, name)(**settings)]
    raise ValueError(
        f"to_torch knows PyTorch's activations, and {op!r} is none of them; write a torch.nn.Module for it"
    )


def _sine(torch: Any) -> Any:
    class Sine(torch.nn.Module):  # type: ignore[misc]
        """PyTorch has the function, and no module of it."""

        def forward(self, z: Any) -> Any:
            return torch.sin(z)

    return Sine()


def _operation(torch: Any, module: Any) -> Op:
    """The activation of a torch module, if there is an equal one."""
    kind = type(module)
    if isinstance(module, torch.nn.LeakyReLU):
        slope = float(module.negative_slope)
        return ops.leaky_relu if slope == ops.leaky_relu.settings["slope"] else ops.leaky_relu.bind(slope=slope)
    if isinstance(module, torch.nn.Softmax) and module.dim not in (-1, 1):
        raise ValueError(f"from_torch needs a Softmax over the outputs, dim=-1, got {shown(module)}")
    if isinstance(module, torch.nn.GELU) and module.approximate != "none":
        raise ValueError(f"from_torch needs the exact GELU, got {shown(module)}")
    if isinstance(module, torch.nn.Softplus) and module.beta != 1:
        raise ValueError(f"from_torch needs a Softplus with beta=1, got {shown(module)}")
    if kind.__name__ == "Sine" and kind.__module__ == __name__:
        return ops.sin
    for op, (name, _) in MODULES.items():
        if kind is getattr(torch.nn, name):
            return op
    raise ValueError(f"from_torch knows Linear and the activations of nn, got {shown(module)}")


def _flat(torch: Any, sequential: Any) -> list[Any]:
    """The modules in order, those within Sequentials too."""
    if isinstance(sequential, torch.nn.Linear):
        return [sequential]
    if not isinstance(sequential, torch.nn.Sequential):
        raise TypeError(f"from_torch needs a torch.nn.Sequential, got {type(sequential).__name__} {shown(sequential)}")
    found: list[Any] = []
    stack = list(sequential)[::-1]
    while stack:
        module = stack.pop()
        if isinstance(module, torch.nn.Sequential):
            stack.extend(list(module)[::-1])
        elif not isinstance(module, torch.nn.Identity):
            found.append(module)
    return found
