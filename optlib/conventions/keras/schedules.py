"""Keras' schedules (keras 3.15), by their argument names; they count from 0."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from ..table import FollowedSchedule, schedule_entry

_LENGTH = "(0, inf)"
_FACTOR = "[0, inf)"
_entry = partial(
    schedule_entry,
    "keras",
    ignored="name",
    domains={
        "decay_steps": _LENGTH,
        "first_decay_steps": _LENGTH,
        "warmup_steps": "[0, inf)",
        "decay_rate": _FACTOR,
        "power": _FACTOR,
        "m_mul": _FACTOR,
        "t_mul": "[1, inf)",
    },
)


def _keras(name: str, function: Callable[[Any, Any], Any]) -> FollowedSchedule:
    return FollowedSchedule(function, f"keras {name}")


def _periods(xp: Any, k: Any, steps: float, staircase: bool) -> Any:
    return xp.floor(k / steps) if staircase else k / steps


@_entry("ExponentialDecay")
def exponential_decay(*, initial_learning_rate, decay_steps, decay_rate, staircase=False):
    """A factor ``decay_rate`` in ``decay_steps`` steps."""

    def rate(xp, k):
        return initial_learning_rate * decay_rate ** _periods(xp, k, decay_steps, staircase)

    return _keras("ExponentialDecay", rate)


@_entry("InverseTimeDecay")
def inverse_time_decay(*, initial_learning_rate, decay_steps, decay_rate, staircase=False):
    """Divided by a line."""

    def rate(xp, k):
        return initial_learning_rate / (1 + decay_rate * _periods(xp, k, decay_steps, staircase))

    return _keras("InverseTimeDecay", rate)


@_entry(
    "PiecewiseConstantDecay",
    note="a boundary still sees the value before it; optax and torch change at the boundary",
)
def piecewise_constant_decay(*, boundaries, values):
    """A value through every boundary."""
    if len(boundaries) != len(values) - 1:
        raise ValueError(
            f"keras PiecewiseConstantDecay takes one value more than boundaries, got {values!r} "
            f"and {boundaries!r}"
        )

    def rate(xp, k):
        result = values[-1] + 0.0 * k
        for boundary, value in reversed(list(zip(boundaries, values, strict=False))):
            result = xp.where(k <= boundary, value, result)
        return result

    return _keras("PiecewiseConstantDecay", rate)


@_entry(
    "PolynomialDecay",
    note="does not end at 0 unless told; with cycle the decay is stretched, and jumps up one step "
    "after every multiple of decay_steps",
)
def polynomial_decay(
    *, initial_learning_rate, decay_steps, end_learning_rate=0.0001, power=1.0, cycle=False
):
    """By a power of the steps that are left."""

    def rate(xp, k):
        # The number of decays begun, at least one: minus the floor of the negative rounds up.
        begun = xp.maximum(-xp.floor(-(k / decay_steps)), 1) if cycle else 1
        left = 1 - xp.minimum(k / (decay_steps * begun), 1.0)
        return (initial_learning_rate - end_learning_rate) * left**power + end_learning_rate

    return _keras("PolynomialDecay", rate)


@_entry(
    "CosineDecay",
    note="decay_steps does not include the warmup; without warmup_target, warmup_steps is ignored; "
    "alpha is a fraction of the rate from which it decays",
)
def cosine_decay(
    *, initial_learning_rate, decay_steps, alpha=0.0, warmup_target=None, warmup_steps=0
):
    """A warmup, if it has a target, and half a cosine."""
    warmup = 0 if warmup_target is None else warmup_steps
    top = initial_learning_rate if warmup_target is None else warmup_target

    def rate(xp, k):
        gone = xp.minimum(xp.maximum(k - warmup, 0), decay_steps) / decay_steps
        decayed = top * ((1 - alpha) * (1 + xp.cos(math.pi * gone)) / 2 + alpha)
        if not warmup:
            return decayed
        warm = initial_learning_rate + (top - initial_learning_rate) * k / warmup
        return xp.where(k < warmup, warm, decayed)

    return _keras("CosineDecay", rate)


@_entry(
    "CosineDecayRestarts",
    note="finds the cycle by a logarithm in floatx, without a guard: where it rounds down, which "
    "depends on the backend, a restart comes one step late, after a step at the floor",
)
def cosine_decay_restarts(
    *, initial_learning_rate, first_decay_steps, t_mul=2.0, m_mul=1.0, alpha=0.0
):
    """Cycles that grow by ``t_mul`` and peaks that shrink by ``m_mul``."""

    def rate(xp, k):
        gone = k / first_decay_steps
        if t_mul == 1:
            cycle = xp.floor(gone)
            gone = gone - cycle
        else:
            # The guard gives the restart its own step, whatever way the logarithm rounds.
            cycle = xp.floor(xp.log(1 - gone * (1 - t_mul)) / math.log(t_mul) + 1e-12)
            length = (1.0 * t_mul) ** cycle
            gone = (gone - (1 - length) / (1 - t_mul)) / length
        half = m_mul ** (1.0 * cycle) * (1 + xp.cos(math.pi * gone)) / 2
        return initial_learning_rate * ((1 - alpha) * half + alpha)

    return _keras("CosineDecayRestarts", rate)
