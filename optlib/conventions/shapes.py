"""What the entries for matrices share: factors by shape, and a choice by the number of axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..rules import modifiers
from ..running.by_layer import PerLayer
from ..running.optimizer import Optimizer
from . import wrapping


def scaled_by_shape(rule: Callable, factor: Callable[[int, int], float]) -> Callable:
    """The rule with its direction times ``factor(rows, columns)`` of the matrix."""

    def changed(xp, t, g, x, *state, lr, **hyper):
        moved, new = wrapping.displacement(rule, xp, t, g, x, state, lr, hyper)
        return factor(*x.shape[-2:]) * moved, *new

    return wrapping.derived(rule, changed, "by_shape", "scales the direction by the shape")


def matrices_alone(rule: Callable) -> Callable:
    """The rule for layers of exactly two axes, which refuses others."""

    def changed(*args, **hyper):
        return rule(*args, **hyper)

    changed = modifiers.derived(rule, changed, "matrices", "takes matrices alone")
    changed.axes = 2
    return changed


def tall(rows: int, columns: int) -> float:
    r"""Jordan's factor :math:`\sqrt{\max(1, m/n)}`, for weights that map n numbers to m."""
    return max(1.0, rows / columns) ** 0.5


def wide(rows: int, columns: int) -> float:
    r"""The same factor for weights that map m numbers to n."""
    return tall(columns, rows)


def even(rms: float) -> Callable[[int, int], float]:
    r"""Moonlight's factor :math:`\rho\sqrt{\max(m, n)}`: the direction has about this RMS.

    Source: Liu et al. 2025.
    """
    return lambda rows, columns: rms * max(rows, columns) ** 0.5


def matrices_and(
    matrices: Optimizer,
    others: Optimizer,
    before: Callable | None = None,
    excluded: Callable[[Any], bool] = lambda label: False,
) -> PerLayer:
    """One optimizer for the layers of exactly two axes, another for all the rest.

    ``excluded(label)`` says which matrices belong to the rest.
    """

    def choose(label: Any, x: Any) -> Optimizer:
        return matrices if len(x.shape) == 2 and not excluded(label) else others

    return PerLayer(choose, before)
