"""One step of one layer: bind its settings, hand the rule its view, run it, cast what comes back.

The way of an array through a step, from top to bottom: a :class:`Layer` holds what was checked, a
view shows the rule as much of it as its scope needs, :func:`setting_at` gives every hyper-parameter
its value of this step, the rule runs, and its direction and state return in the shapes and types of
the layer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ..domains import HYPER, setting
from ..namespaces import arrays


class Bound(Protocol):
    """A rule with its numbers; :class:`~optlib.running.optimizer.Optimizer` is one."""

    rule: Callable
    lr: Any
    hyper: Mapping[str, Any]


@dataclass
class Layer:
    """What one step knows of one array."""

    label: Any
    xp: Any
    t: Any
    g: Any
    x: Any
    state: dict[str, Any]
    inputs: dict[str, Any]
    clock: Any = None

    def __post_init__(self) -> None:
        """Without a clock of their own, schedules see the step of the layer."""
        if self.clock is None:
            self.clock = self.t


def displacement(bound: Bound, layer: Layer, sweep_axes: int) -> tuple[Any, dict[str, Any]]:
    """What is subtracted from the parameters, rate included, and the new state."""
    u, state = direction(bound, layer, sweep_axes)
    if not bound.rule.takes_lr:
        u = rate(bound, layer, sweep_axes, layer.x.ndim) * u
    return u, state


def direction(bound: Bound, layer: Layer, sweep_axes: int) -> tuple[Any, dict[str, Any]]:
    """What the rule returns, in the shape and type of the layer, and the new state."""
    xp, x, rule = layer.xp, layer.x, bound.rule
    view = view_of(rule.scope, xp, sweep_axes)
    ndim = view(x).ndim
    keywords = {
        name: setting_at(rule, name, value, layer.clock, sweep_axes, ndim)
        for name, value in bound.hyper.items()
    }
    keywords |= {
        name: value if name in rule.square else view(value) for name, value in layer.inputs.items()
    }
    if rule.takes_lr:
        keywords["lr"] = rate(bound, layer, sweep_axes, ndim)
    states = (view(value) for value in layer.state.values())
    u, *new = rule(arrays(xp), layer.t, view(layer.g), view(x), *states, **keywords)
    u = cast(xp, u, x.dtype)
    u = xp.reshape(u, x.shape) if u.shape != x.shape else u
    given = (layer.g, x, *layer.state.values())
    pairs = zip(layer.state.items(), new, strict=True)
    return u, {k: renewed(xp, old, value, given) for (k, old), value in pairs}


def rate(bound: Bound, layer: Layer, sweep_axes: int, ndim: int) -> Any:
    """The learning rate of this step, lined up with arrays of ``ndim`` axes."""
    lr = setting_at(bound.rule, "lr", bound.lr, layer.clock, sweep_axes, ndim)
    # In the type of x, so that a row of a sweep equals the single run bit by bit.
    return cast(layer.xp, lr, layer.x.dtype) if getattr(lr, "shape", ()) else lr


def setting_at(rule: Callable, name: str, value: Any, t: Any, sweep_axes: int, ndim: int) -> Any:
    """A hyper-parameter at step ``t``, its axes lined up with the leading axes of the arrays."""
    if callable(value):
        domain = rule.domains.get(name, HYPER["lr"])
        value = setting(f"{rule.__name__} at step {t}", name, at_step(value, t), domain)
    if not getattr(value, "shape", ()):
        return value
    if value.ndim > sweep_axes:
        raise ValueError(f"{name} has {value.ndim} axes of settings, but sweep_axes={sweep_axes}")
    return value[(..., *(None,) * (ndim - sweep_axes))]


def at_step(value: Callable, t: Any) -> Any:
    """A schedule's value at step ``t``; schedules of other libraries count from 0."""
    return getattr(value, "at_step", value)(t)


def view_of(scope: str, xp: Any, sweep_axes: int) -> Callable:
    """The view that a rule of this scope is handed."""
    views = {"layer": flat, "model": flat, "matrix": stacked}
    return views[scope](xp, sweep_axes) if scope in views else whole


def whole(a: Any) -> Any:
    """The view of a rule of scope ``element``: the array as it is."""
    return a


def flat(xp: Any, sweep_axes: int) -> Callable:
    """The view of a rule of scope ``layer`` or ``model``: each run's layer as one vector."""

    def view(a: Any) -> Any:
        runs = tuple(a.shape)[:sweep_axes]
        return xp.reshape(a, (*runs, math.prod(tuple(a.shape)[sweep_axes:])))

    return view


def stacked(xp: Any, sweep_axes: int) -> Callable:
    """The view of a rule of scope ``matrix``: each run's layer as a stack of matrices.

    The last two axes are the matrix and the axes before them one axis, so a layer always fills the
    last three axes. A vector or a number is a matrix of one row.
    """

    def view(a: Any) -> Any:
        runs, own = tuple(a.shape)[:sweep_axes], (1, 1, *tuple(a.shape)[sweep_axes:])
        return xp.reshape(a, (*runs, math.prod(own[:-2]), *own[-2:]))

    return view


def cast(xp: Any, a: Any, dtype: Any) -> Any:
    """``a`` as an array of this type."""
    a = xp.asarray(a)
    return a if a.dtype == dtype else xp.astype(a, dtype)


def renewed(xp: Any, old: Any, new: Any, given: tuple[Any, ...]) -> Any:
    """The new state in the type of the old one, in its shape too unless a sweep made it larger."""
    new = cast(xp, new, old.dtype)
    if new.shape != old.shape and math.prod(new.shape) == math.prod(old.shape):
        new = xp.reshape(new, old.shape)
    # A rule may hand on the gradient or an old state; the caller may write into those later.
    # What it has computed owns its memory.
    if isinstance(new, np.ndarray) and (new.base is not None or any(new is a for a in given)):
        return new.copy() if any(np.may_share_memory(new, a) for a in given) else new
    return new
