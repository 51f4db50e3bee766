"""The checkers that are compared: each is called with an operation, and has an objection or not."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_core.testing import gradcheck
from benchmarks.checkers.wrapped import Wrapped

Checker = Callable[[Wrapped, int], bool]
"""Of an operation and an order of derivatives: whether there is no objection."""


def ours() -> Checker:
    def check(op: Wrapped, order: int) -> bool:
        entry = op.entry
        return gradcheck(
            entry.call, op.arrays, upstream=entry.upstream, order=order, raises=False
        ).ok

    return check


def textbook() -> Checker:
    """(f(x + h) - f(x - h)) / 2h for every entry, compared by np.allclose."""
    h = 1e-6

    def agrees(function: Any, xs: list[np.ndarray], weights: Any, gradients: Any) -> bool:
        for i, x in enumerate(xs):
            numeric = np.zeros_like(x)
            for entry in np.ndindex(x.shape):
                ends = []
                for step in (h, -h):
                    moved = x.copy()
                    moved[entry] += step
                    values = function(*xs[:i], moved, *xs[i + 1 :])
                    ends.append(sum(np.sum(w * f) for w, f in zip(weights, values, strict=True)))
                numeric[entry] = (ends[0] - ends[1]) / (2 * h)
            if not np.allclose(gradients[i], numeric):
                return False
        return True

    def check(op: Wrapped, order: int) -> bool:
        rng, xs = np.random.default_rng(0), op.inputs
        u = op.upstream
        u = rng.standard_normal(op.output.shape).astype(op.output.dtype) if u is None else u
        output = op.forward(*xs)
        if not agrees(lambda *x: (op.forward(*x),), xs, [u], op.gradient(u, output, *xs)):
            return False
        v = [rng.standard_normal(x.shape) for x in xs]
        return order == 1 or agrees(
            lambda u, *x: op.gradient(u, op.forward(*x), *x), [u, *xs], v, op.second(v, u, *xs)
        )

    return check


def pytorch() -> Checker:
    import torch
    from torch.autograd.gradcheck import GradcheckError

    torch.set_num_threads(1)

    def to_numpy(*tensors: Any) -> list[np.ndarray]:
        return [t.detach().numpy() for t in tensors]

    class First(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, op: Wrapped, *xs: Any) -> Any:
            output = torch.tensor(np.array(op.forward(*to_numpy(*xs))))
            ctx.op = op
            ctx.save_for_backward(output, *xs)
            return output

        @staticmethod
        def backward(ctx: Any, upstream: Any) -> Any:
            output, *xs = ctx.saved_tensors
            return None, *Second.apply(ctx.op, output.detach(), upstream, *xs)

    class Second(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, op: Wrapped, output: Any, upstream: Any, *xs: Any) -> Any:
            ctx.op = op
            ctx.save_for_backward(upstream, *xs)
            gradients = op.gradient(*to_numpy(upstream, output, *xs))
            return tuple(torch.tensor(np.array(g)) for g in gradients)

        @staticmethod
        def backward(ctx: Any, *v: Any) -> Any:
            gradients = ctx.op.second(to_numpy(*v), *to_numpy(*ctx.saved_tensors))
            return None, None, *(torch.tensor(g) for g in gradients)

    def check(op: Wrapped, order: int) -> bool:
        torch.manual_seed(0)
        # In memory as PyTorch has it: it refuses the strides that NumPy gives empty arrays.
        order_of_axes = torch.contiguous_format
        xs = [torch.from_numpy(x.copy()).clone(memory_format=order_of_axes) for x in op.inputs]
        xs = [x.requires_grad_() for x in xs]
        u = None if op.upstream is None else torch.tensor(op.upstream)

        def function(*xs: Any) -> Any:
            output = First.apply(op, *xs)
            return output if u is None else (u * output).sum()

        try:
            torch.autograd.gradcheck(function, xs)
            return order == 1 or torch.autograd.gradgradcheck(function, xs)
        except GradcheckError:
            return False

    return check


def jax() -> Checker:
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax
    import jax.numpy as jnp
    from jax.test_util import check_grads

    jax.config.update("jax_enable_x64", True)
    logging.getLogger("jax").setLevel(logging.CRITICAL)

    current: list[Wrapped] = []  # the callbacks are always the same, to be compiled once

    def call(name: str) -> Callable[..., Any]:
        return lambda *arguments: getattr(current[0], name)(*arguments)

    forward, gradient_of, second = call("forward"), call("gradient"), call("second")

    def like(arrays: Any) -> tuple[Any, ...]:
        return tuple(jax.ShapeDtypeStruct(x.shape, x.dtype) for x in arrays)

    def function_of(op: Wrapped) -> Any:
        output, inputs = like([op.output])[0], like(op.inputs)

        @jax.custom_vjp
        def first(*xs: Any) -> Any:
            return jax.pure_callback(forward, output, *xs)

        @jax.custom_vjp
        def gradient(u: Any, A: Any, *xs: Any) -> Any:
            return jax.pure_callback(gradient_of, inputs, u, A, *xs)

        def backward(kept: Any, v: Any) -> Any:
            du, *dxs = jax.pure_callback(second, (output, *inputs), v, *kept)
            return du, jnp.zeros_like(du), *dxs

        def with_output(*xs: Any) -> Any:
            A = first(*xs)
            return A, (A, *xs)

        first.defvjp(with_output, lambda kept, u: gradient(u, *kept))
        gradient.defvjp(lambda u, A, *xs: (gradient(u, A, *xs), (u, *xs)), backward)
        if op.upstream is None:
            return first
        return lambda *xs: jnp.sum(first(*xs) * op.upstream)

    def check(op: Wrapped, order: int) -> bool:
        current[:] = [op]
        try:
            check_grads(function_of(op), [jnp.array(x) for x in op.inputs], order, modes=["rev"])
        except AssertionError:
            return False
        return True

    return check


def hips() -> Checker:
    import autograd.numpy as anp
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    def function_of(op: Wrapped) -> Any:
        n = len(op.inputs)
        first = primitive(op.forward)
        gradients = [primitive(lambda *args, i=i: op.gradient(*args)[i]) for i in range(n)]

        def second(i: int, j: int) -> Callable[..., Any]:
            def vjp(ans: Any, u: Any, A: Any, *xs: Any) -> Any:
                def pull(v: Any) -> Any:
                    vs = [v if k == i else np.zeros_like(x) for k, x in enumerate(op.inputs)]
                    return op.second(vs, u, *xs)[j]

                return pull

            return vjp

        for i, g in enumerate(gradients):
            defvjp(g, second(i, 0), None, *[second(i, j + 1) for j in range(n)])
        defvjp(first, *[lambda A, *xs, g=g: lambda u: g(u, A, *xs) for g in gradients])
        if op.upstream is None:
            return first
        return lambda *xs: anp.sum(first(*xs) * op.upstream)

    def check(op: Wrapped, order: int) -> bool:
        np.random.seed(0)  # noqa: NPY002  (it draws its directions from there)
        places = tuple(range(len(op.inputs)))
        try:
            check_grads(function_of(op), places, modes=["rev"], order=order)(*op.inputs)
        except AssertionError:
            return False
        return True

    return check


CHECKERS: dict[str, tuple[str, Callable[[], Checker]]] = {
    "ours": ("`gradcheck`", ours),
    "torch": ("PyTorch `gradcheck`", pytorch),
    "jax": ("JAX `check_grads`", jax),
    "hips": ("HIPS autograd `check_grads`", hips),
    "textbook": ("textbook central difference", textbook),
}
