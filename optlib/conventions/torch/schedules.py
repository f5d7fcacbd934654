"""PyTorch's schedulers (torch 2.13), by their argument names, with ``lr=`` for the optimizer.

PyTorch computes most rates from the rate before; these are the closed forms of those recursions,
and follow them where PyTorch's own closed forms differ. Step ``k`` is the ``k``-th call of
``scheduler.step()``; the first ``optimizer.step()`` sees ``k = 0``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..table import FollowedSchedule, NotModelled, schedule_entry

_UNUSED = "last_epoch"


def _rate(name: str, function: Callable[[Any, Any], Any]) -> FollowedSchedule:
    return FollowedSchedule(function, f"torch {name}")


def half_cosine(xp: Any, progress: Any) -> Any:
    """From 1 to 0 as ``progress`` goes from 0 to 1, and up again beyond."""
    return (1 + xp.cos(math.pi * progress)) / 2


@schedule_entry("torch", "StepLR", ignored=_UNUSED)
def step_lr(*, lr, step_size, gamma=0.1):
    """A factor whenever ``step_size`` divides k; the half step only guards against rounding."""
    return _rate("StepLR", lambda xp, k: lr * gamma ** xp.floor((k + 0.5) / step_size))


@schedule_entry(
    "torch", "MultiStepLR", ignored=_UNUSED, note="a milestone given twice counts twice"
)
def multi_step_lr(*, lr, milestones, gamma=0.1):
    """A factor from every milestone on."""

    def rate(xp, k):
        return lr * gamma ** sum(xp.where(k >= m, 1, 0) for m in milestones)

    return _rate("MultiStepLR", rate)


@schedule_entry(
    "torch",
    "ConstantLR",
    ignored=_UNUSED,
    note="with total_iters=0 the factor stays for ever, unlike in torch's own closed form",
)
def constant_lr(*, lr, factor=1.0 / 3, total_iters=5):
    """A factor for the first ``total_iters`` steps."""
    if factor == 0:
        raise NotModelled("torch ConstantLR: factor=0 ends in a division by zero in torch itself")
    if total_iters == 0:
        return _rate("ConstantLR", lambda xp, k: lr * factor + 0 * k)
    return _rate("ConstantLR", lambda xp, k: lr * xp.where(k < total_iters, factor, 1.0))


@schedule_entry(
    "torch",
    "LinearLR",
    ignored=_UNUSED,
    note="with total_iters=0 it stays at start_factor; torch's own closed form divides by zero",
)
def linear_lr(*, lr, start_factor=1.0 / 3, end_factor=1.0, total_iters=5):
    """From one factor to the other in ``total_iters`` steps: k = 0 sees the first."""
    if total_iters == 0:
        return _rate("LinearLR", lambda xp, k: lr * start_factor + 0 * k)

    def rate(xp, k):
        progress = xp.minimum(k / total_iters, 1.0)
        return lr * (start_factor + (end_factor - start_factor) * progress)

    return _rate("LinearLR", rate)


@schedule_entry("torch", "ExponentialLR", ignored=_UNUSED)
def exponential_lr(*, lr, gamma):
    """A factor at every step."""
    return _rate("ExponentialLR", lambda xp, k: lr * gamma ** (1.0 * k))


@schedule_entry("torch", "PolynomialLR", ignored=_UNUSED)
def polynomial_lr(*, lr, total_iters=5, power=1.0):
    """To 0 in ``total_iters`` steps, by a power of those that are left."""
    if total_iters == 0:
        return _rate("PolynomialLR", lambda xp, k: lr + 0.0 * k)

    def rate(xp, k):
        return lr * (1 - xp.minimum(k / total_iters, 1.0)) ** power

    return _rate("PolynomialLR", rate)


@schedule_entry(
    "torch",
    "CosineAnnealingLR",
    ignored=_UNUSED,
    note="no restart: beyond T_max the rate climbs back to lr along the same cosine",
)
def cosine_annealing_lr(*, lr, T_max, eta_min=0.0):
    """A cosine of period ``2 T_max`` that never stops."""

    def rate(xp, k):
        return eta_min + (lr - eta_min) * half_cosine(xp, k / T_max)

    return _rate("CosineAnnealingLR", rate)


@schedule_entry(
    "torch", "CosineAnnealingWarmRestarts", ignored=_UNUSED, note="eta_min itself is not seen"
)
def cosine_annealing_warm_restarts(*, lr, T_0, T_mult=1, eta_min=0.0):
    """Cycles of ``T_0``, ``T_0 T_mult``, ... steps, each of which starts at lr."""

    def rate(xp, k):
        # Half a step keeps whole steps off the edges where a floor could be rounded.
        if T_mult == 1:
            start, length = T_0 * xp.floor((k + 0.5) / T_0), T_0
        else:
            cycle = xp.floor(xp.log(1 + (k + 0.5) * (T_mult - 1) / T_0) / math.log(T_mult))
            length = T_0 * T_mult**cycle
            start = (length - T_0) / (T_mult - 1)
        return eta_min + (lr - eta_min) * half_cosine(xp, (k - start) / length)

    return _rate("CosineAnnealingWarmRestarts", rate)


@schedule_entry(
    "torch",
    "OneCycleLR",
    ignored=_UNUSED,
    note="sets the rate itself (lr is overwritten); total_steps counts from the first step, and "
    "the phases end at pct_start * total_steps - 1 and total_steps - 1; torch refuses more than "
    "total_steps calls of step()",
)
def one_cycle_lr(
    *,
    max_lr,
    lr=None,
    total_steps=None,
    epochs=None,
    steps_per_epoch=None,
    pct_start=0.3,
    anneal_strategy="cos",
    cycle_momentum=True,
    base_momentum=0.85,
    max_momentum=0.95,
    div_factor=25.0,
    final_div_factor=1e4,
    three_phase=False,
):
    """Two or three phases; ``.momentum`` is what it does to momentum or beta1."""
    total = total_steps
    if total is None:
        if epochs is None or steps_per_epoch is None:
            raise TypeError("torch OneCycleLR needs total_steps, or epochs and steps_per_epoch")
        total = epochs * steps_per_epoch
    low = max_lr / div_factor
    rates = [low, max_lr, low / final_div_factor]
    momenta = [max_momentum, base_momentum, max_momentum]
    ends = [pct_start * total - 1, total - 1]
    if three_phase:
        rates.insert(2, low)
        momenta.append(max_momentum)
        ends.insert(1, 2 * pct_start * total - 2)
    curve = _ANNEAL.get(anneal_strategy)
    if curve is None:
        raise NotModelled(f"torch OneCycleLR: anneal_strategy={anneal_strategy!r} is unknown")
    if any(a == b for a, b in zip([0, *ends], ends, strict=False)):
        raise NotModelled("torch OneCycleLR: a phase of no length divides by zero in torch itself")
    momentum = _rate("OneCycleLR momentum", _phases(momenta, ends, curve))
    cycled = momentum if cycle_momentum else None
    return FollowedSchedule(_phases(rates, ends, curve), "torch OneCycleLR", cycled)


_ANNEAL = {
    "cos": lambda xp, a, b, progress: b + (a - b) * half_cosine(xp, progress),
    "linear": lambda xp, a, b, progress: a + (b - a) * progress,
}


def _phases(values: list[float], ends: list[float], curve: Callable) -> Callable:
    """From value to value; each phase holds its end, and the last one goes on."""
    starts = [0.0, *ends[:-1]]

    def at(xp, k):
        *earlier, result = (
            curve(xp, a, b, (k - start) / (end - start))
            for a, b, start, end in zip(values, values[1:], starts, ends, strict=False)
        )
        for value, end in zip(reversed(earlier), reversed(ends[:-1]), strict=True):
            result = xp.where(k <= end, value, result)
        return result

    return at
