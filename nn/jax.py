"""The way to JAX: the matrix program of `vectorize` as a JAX function, for jit, grad, and many devices."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from autograd.errors import shown

if TYPE_CHECKING:
    from autograd.matrix.program import Program


def to_jax(program: Program) -> Callable[..., Any]:
    """The program as a pure function of its arrays and its data: `to_jax(loss)(loss.arrays(), X, Y)` is J.

    >>> loss = vectorize(lambda x, y: squared_loss(model(x), y))  # doctest: +SKIP
    >>> J = loss(X, Y)  # doctest: +SKIP
    >>> step = jax.jit(jax.value_and_grad(to_jax(loss)))  # doctest: +SKIP
    >>> J, gradients = step(loss.arrays(), X, Y)  # gradients["W1"], ...  # doctest: +SKIP

    The program must have run once, so that its graph is known. A function that returns a list gives outputs (n, k); for
    the outputs of one neuron write `vectorize(lambda x: [model(x)])`. A frozen parameter has gradient 0. If a weight
    stands in several arrays, the first one counts. JAX computes in float32, unless you call
    `jax.config.update("jax_enable_x64", True)`. If the data are spread over devices (`jax.device_put` with a sharding),
    so is the work. At kinks JAX's own derivatives hold: ReLU and abs at 0, ties of maximum.
    """
    from autograd.matrix.program import Program

    if not isinstance(program, Program):
        raise TypeError(f"to_jax needs a program, got {type(program).__name__} {shown(program)}; write vectorize(f)")
    compiled = program.traced("the source")
    try:
        import jax.numpy
        from jax.scipy import special
    except ImportError:
        raise ImportError("to_jax needs JAX: pip install 'sigmagrad[jax]'") from None
    space: dict[str, Any] = {}
    exec(compile(compiled.forward, "<source of to_jax>", "exec"), space)
    space |= {"np": jax.numpy, "erf": special.erf, "erfc": special.erfc}  # ours compute one number at a time
    model, np, trained = space["model"], jax.numpy, len(compiled.parameters)
    places: Any = compiled.places
    first = places if compiled.each_once else np.unique(places, return_index=True)[1]

    def function(arrays: dict[str, Any], *data: Any) -> Any:
        numbers = np.concatenate([np.ravel(arrays[name]) for name in compiled.layout] or [np.zeros(0)])[first]
        numbers = np.concatenate([numbers[:trained], jax.lax.stop_gradient(numbers[trained:])])
        outputs = model(*map(np.asarray, data), **arrays | compiled.arrays(numbers[places]))
        return outputs.mean() if compiled.is_single else outputs

    return function
