"""One step of one layer: the direction of the rule, and how far the rate moves along it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .layers import Layer, cast, renewed, setting_at, view_of
from .namespaces import Arrays

if TYPE_CHECKING:
    from .optimizer import Optimizer


def direction(optimizer: Optimizer, layer: Layer, sweep_axes: int) -> tuple[Any, dict[str, Any]]:
    """What the rule returns, in the shape and type of the layer, and the new state."""
    xp, x, rule = layer.xp, layer.x, optimizer.rule
    view = view_of(rule.scope, xp, sweep_axes)
    ndim = view(x).ndim
    keywords = {
        name: setting_at(rule, name, value, layer.t, sweep_axes, ndim)
        for name, value in optimizer.hyper.items()
    }
    keywords |= {
        name: value if name in rule.square else view(value) for name, value in layer.inputs.items()
    }
    if rule.takes_lr:
        keywords["lr"] = rate(optimizer, layer, sweep_axes, ndim)
    states = (view(value) for value in layer.state.values())
    u, *new = rule(Arrays(xp), layer.t, view(layer.g), view(x), *states, **keywords)
    u = cast(xp, u, x.dtype)
    u = xp.reshape(u, x.shape) if u.shape != x.shape else u
    given = (layer.g, x, *layer.state.values())
    pairs = zip(layer.state.items(), new, strict=True)
    return u, {k: renewed(xp, old, value, given) for (k, old), value in pairs}


def rate(optimizer: Optimizer, layer: Layer, sweep_axes: int, ndim: int) -> Any:
    """The learning rate of this step, lined up with arrays of ``ndim`` axes."""
    lr = setting_at(optimizer.rule, "lr", optimizer.lr, layer.t, sweep_axes, ndim)
    # In the type of x, so that a row of a sweep equals the single run bit by bit.
    return cast(layer.xp, lr, layer.x.dtype) if getattr(lr, "shape", ()) else lr


def displacement(optimizer: Optimizer, layer: Layer, sweep_axes: int) -> tuple[Any, dict[str, Any]]:
    """What is subtracted from the parameters, rate included, and the new state."""
    u, state = direction(optimizer, layer, sweep_axes)
    if not optimizer.rule.takes_lr:
        u = rate(optimizer, layer, sweep_axes, layer.x.ndim) * u
    return u, state
