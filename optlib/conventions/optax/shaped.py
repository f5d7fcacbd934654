"""What Optax does by the axes of a layer: SM3, and two transforms of gradients (0.2.8)."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ...rules import first_order, modifiers
from ...rules.averages import ema
from ...rules.sizes import norm
from ...rules.sm3 import sm3 as sm3_of_matrices
from ...rules.sm3 import under_root
from ...running.by_layer import PerLayer
from ...running.optimizer import Optimizer
from ..table import NotModelled, entry
from .chain import constant

Shape = tuple[int, ...]


def sm3_over(shape: Shape) -> Callable:
    """SM3 for layers of this shape, with a cover of the sums along each axis."""
    names = [f"cover{k}" for k in range(len(shape))]
    alone = [tuple(n if k == i else 1 for k, n in enumerate(shape)) for i in range(len(shape))]

    def changed(xp, t, g, x, *state, momentum, eps):
        *covers, m = state
        runs = tuple(g.shape)[:-1]
        full = xp.reshape(g, (*runs, *shape))
        pairs = zip(covers, alone, strict=True)
        least = functools.reduce(xp.minimum, (xp.reshape(a, (*runs, *s)) for a, s in pairs))
        v = least + full * full
        m = ema(momentum, m, xp.reshape(under_root(xp, v, full, eps), g.shape))
        return m, *(_largest(xp, v, len(runs), i) for i in range(len(shape))), m

    def init(xp, x, **hyper):
        runs = tuple(x.shape)[: x.ndim - len(shape)]
        sizes = zip(names, shape, strict=True)
        covers = {k: xp.zeros((*runs, n), dtype=x.dtype) for k, n in sizes}
        return {**covers, "m": xp.zeros_like(x)}

    rule = modifiers.derived(sm3_of_matrices, changed, "axes", "covers the sums along every axis")
    rule.scope, rule.state, rule.init = "layer", (*names, "m"), init
    return rule


def _largest(xp: Any, v: Any, runs: int, axis: int) -> Any:
    """The largest along all axes of a layer but this one."""
    others = tuple(k for k in range(runs, v.ndim) if k != runs + axis)
    return xp.max(v, axis=others) if others else v


@entry(
    "optax",
    "sm3",
    note="the momentum is an average, uncorrected; a cover for every axis, and none for the sums "
    "of a vector; takes no layer without axes",
    shapes="arrays",
)
def sm3(*, learning_rate, momentum=0.9):
    """With a beta of 1, which adds up squares."""
    given = {"lr": constant("sm3", learning_rate), "momentum": momentum}
    of_matrices = Optimizer(sm3_of_matrices, **given)

    def choose(label: Any, x: Any) -> Optimizer:
        shape = tuple(x.shape)
        if not shape:
            raise ValueError(
                f"parameter {label} has shape (), but optax sm3 takes layers with axes alone; "
                "per_layer gives the others to another optimizer"
            )
        return Optimizer(sm3_over(shape), **given) if len(shape) > 2 else of_matrices

    return PerLayer(choose)


def _passed(change: Callable[[Any, Any, Any], Any], shape: Shape, name: str, says: str) -> Callable:
    """The rule that steps along ``change(xp, g, x)``, which sees the layer's own axes."""

    def changed(xp, t, g, x):
        form = (*tuple(g.shape)[:-1], *shape)
        return (-xp.reshape(change(xp, xp.reshape(g, form), xp.reshape(x, form)), g.shape),)

    rule = modifiers.derived(first_order.sgd, changed, name, says)
    rule.scope = "layer"
    return rule


def _by_shape(make: Callable[[Shape], Callable]) -> PerLayer:
    return PerLayer(lambda label, x: Optimizer(make(tuple(x.shape)), lr=1.0))


@entry(
    "optax",
    "centralize",
    part=True,
    note="subtracts the mean over all axes but the first; leaves vectors as they are",
)
def centralize():
    """Gradients of mean zero."""

    def make(shape: Shape) -> Callable:
        axes = tuple(range(1 - len(shape), 0))

        def change(xp, g, x):
            return g - xp.mean(g, axis=axes, keepdims=True) if axes else g

        return _passed(change, shape, "centralized", "subtracts the mean of each row")

    return _by_shape(make)


@entry(
    "optax",
    "adaptive_grad_clip",
    part=True,
    fixed={"axis": None},
    note="the norm is that of a unit: all of a vector, a column of a matrix, an output of a "
    "convolution, by the number of axes",
)
def adaptive_grad_clip(*, clipping, eps=1e-3):
    """Each unit of the gradient to a share of the unit of the parameter."""

    def make(shape: Shape) -> Callable:
        axes = _unit(shape)

        def change(xp, g, x):
            length = norm(xp, g, axes) if axes else xp.abs(g)
            size = norm(xp, x, axes) if axes else xp.abs(x)
            most = clipping * xp.maximum(size, eps)
            return xp.where(length < most, g, g * (most / xp.maximum(length, 1e-6)))

        return _passed(change, shape, "clipped", "clips each unit to a share of its own")

    return _by_shape(make)


def _unit(shape: Shape) -> tuple[int, ...]:
    """The axes over which a unit goes, from the end."""
    if sum(n != 1 for n in shape) <= 1:
        return tuple(range(-len(shape), 0))
    first = {2: 1, 3: 1, 4: 3, 5: 4}.get(len(shape))
    if first is None:
        raise NotModelled(f"optax adaptive_grad_clip takes no layer of shape {shape}")
    return tuple(range(-len(shape), first - len(shape)))
