"""One layer on its way into a rule and back: views, settings, types."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import checks
from .domains import HYPER


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


def setting_at(rule: Callable, name: str, value: Any, t: Any, sweep_axes: int, ndim: int) -> Any:
    """A hyper-parameter at step ``t``, its axes lined up with the leading axes of the arrays."""
    if callable(value):
        domain = rule.domains.get(name, HYPER["lr"])
        value = checks.setting(f"{rule.__name__} at step {t}", name, at_step(value, t), domain)
    if not getattr(value, "shape", ()):
        return value
    if value.ndim > sweep_axes:
        raise ValueError(f"{name} has {value.ndim} axes of settings, but sweep_axes={sweep_axes}")
    return value[(..., *(None,) * (ndim - sweep_axes))]


def at_step(value: Callable, t: Any) -> Any:
    """A schedule's value at step ``t``; schedules of other libraries count from 0."""
    return getattr(value, "at_step", value)(t)


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
        runs, own = tuple(a.shape)[:sweep_axes], tuple(a.shape)[sweep_axes:]
        own = (1,) * (2 - len(own)) + own
        return xp.reshape(a, (*runs, math.prod(own[:-2]), *own[-2:]))

    return view


def view_of(scope: str, xp: Any, sweep_axes: int) -> Callable:
    """The view that a rule of this scope is handed."""
    views = {"layer": flat, "model": flat, "matrix": stacked}
    return views[scope](xp, sweep_axes) if scope in views else whole


def cast(xp: Any, a: Any, dtype: Any) -> Any:
    """``a`` as an array of this type."""
    a = xp.asarray(a)
    return a if a.dtype == dtype else xp.astype(a, dtype)


def renewed(xp: Any, old: Any, new: Any, given: tuple[Any, ...]) -> Any:
    """The new state in the type of the old one, in its shape too unless a sweep made it larger."""
    new = cast(xp, new, old.dtype)
    if math.prod(tuple(new.shape)) == math.prod(tuple(old.shape)):
        new = xp.reshape(new, old.shape)
    # A rule may hand on the gradient or an old state; the caller may write into those later.
    if isinstance(new, np.ndarray) and any(np.may_share_memory(new, a) for a in given):
        return new.copy()
    return new
