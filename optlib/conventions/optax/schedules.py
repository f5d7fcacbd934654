"""optax' schedules (optax 0.2.8), by their argument names; they count from 0."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from functools import partial
from typing import Any

from ..table import FollowedSchedule, NotModelled, like, schedule_entry

_STEPS = {
    "transition_steps": "integer (-inf, inf)",
    "transition_begin": "integer (-inf, inf)",
    "decay_steps": "integer [1, inf)",
    "warmup_steps": "integer [0, inf)",
    "power": "[0, inf)",
    "exponent": "[0, inf)",
    "decay_rate": "[0, inf)",
}
_CYCLE = {
    "transition_steps": "integer [1, inf)",
    "pct_start": "[0, 1]",
    "pct_final": "[0, 1]",
    "div_factor": "(0, inf)",
    "final_div_factor": "(0, inf)",
}
_entry = partial(schedule_entry, "optax", domains=_STEPS)

_Rate = Callable[[Any, Any], Any]


def _optax(name: str, function: _Rate) -> FollowedSchedule:
    return FollowedSchedule(function, f"optax {name}")


def _constant(value: float) -> _Rate:
    return lambda xp, k: value + 0.0 * k


def _polynomial(init: float, end: float, power: float, steps: int, begin: int = 0) -> _Rate:
    if steps <= 0:
        return _constant(init)

    def rate(xp, k):
        gone = xp.minimum(xp.maximum(k - max(begin, 0), 0), steps)
        return (init - end) * (1 - gone / steps) ** power + end

    return rate


def _exponential(init, steps, decay_rate, begin, staircase, end) -> _Rate:
    if steps <= 0 or decay_rate == 0:
        return _constant(init)

    def rate(xp, k):
        gone = xp.maximum(k - max(begin, 0), 0)
        periods = xp.floor((gone + 0.5) / steps) if staircase else gone / steps
        value = init * decay_rate**periods
        if end is None:
            return value
        return xp.maximum(value, end) if decay_rate < 1 else xp.minimum(value, end)

    return rate


def _cosine(init: float, steps: int, alpha: float, exponent: float) -> _Rate:
    def rate(xp, k):
        half = (1 + xp.cos(math.pi * xp.minimum(k, steps) / steps)) / 2
        return init * ((1 - alpha) * half**exponent + alpha)

    return rate


def _join(parts: list[_Rate], boundaries: list[int]) -> _Rate:
    """Each part counts from the boundary at which it begins."""

    def rate(xp, k):
        result = parts[0](xp, k)
        for boundary, part in zip(boundaries, parts[1:], strict=True):
            # A part not yet begun is evaluated at its start, where it is finite.
            result = xp.where(k < boundary, result, part(xp, xp.maximum(k - boundary, 0)))
        return result

    return rate


def _warmup_cosine(init_value, peak_value, warmup_steps, decay_steps, end_value=0.0, exponent=1.0):
    if decay_steps <= warmup_steps:
        raise ValueError(
            f"optax: decay_steps includes the warmup, so it must be larger than warmup_steps="
            f"{warmup_steps}, got {decay_steps}"
        )
    alpha = end_value / peak_value if peak_value else 0.0
    warm = _polynomial(init_value, peak_value, 1, warmup_steps)
    decay = _cosine(peak_value, decay_steps - warmup_steps, alpha, exponent)
    return _join([warm, decay], [warmup_steps])


def _interpolated(kind: str, init: float, scales: dict[int, float] | None) -> _Rate:
    if kind not in ("linear", "cosine"):
        raise ValueError(f"optax interpolate_type must be 'cosine' or 'linear', got {kind!r}")
    _refuse_negative("piecewise_interpolate_schedule", scales)
    pairs = sorted((scales or {}).items())
    bounds = [0, *(b for b, _ in pairs)]
    values = list(itertools.accumulate((init, *(s for _, s in pairs)), lambda a, b: a * b))

    def rate(xp, k):
        result = values[-1] + 0.0 * k
        for low, high, a, b in reversed(
            list(zip(bounds, bounds[1:], values, values[1:], strict=False))
        ):
            progress = (k - low) / max(high - low, 1)
            if kind == "cosine":
                progress = (1 - xp.cos(math.pi * progress)) / 2
            result = xp.where(k < high, a + (b - a) * progress, result)
        return result

    return rate


def _refuse_negative(name: str, scales: dict[int, float] | None) -> None:
    if any(scale < 0 for scale in (scales or {}).values()):
        raise ValueError(f"optax {name} expects non-negative scale factors")


@_entry("constant_schedule")
def constant_schedule(*, value):
    """A constant."""
    return _optax("constant_schedule", _constant(value))


@_entry("linear_schedule", note="no steps at all means constant at init_value")
def linear_schedule(*, init_value, end_value, transition_steps, transition_begin=0):
    """From one value to the other in ``transition_steps`` steps."""
    rate = _polynomial(init_value, end_value, 1, transition_steps, transition_begin)
    return _optax("linear_schedule", rate)


@_entry("polynomial_schedule", note="no steps at all means constant at init_value")
def polynomial_schedule(*, init_value, end_value, power, transition_steps, transition_begin=0):
    """The same by a power of the steps that are left."""
    rate = _polynomial(init_value, end_value, power, transition_steps, transition_begin)
    return _optax("polynomial_schedule", rate)


@_entry(
    "exponential_decay",
    note="decay_rate=0 means constant; end_value is a lower bound below 1 and an upper one above",
)
def exponential_decay(
    *,
    init_value,
    transition_steps,
    decay_rate,
    transition_begin=0,
    staircase=False,
    end_value=None,
):
    """A factor ``decay_rate`` in ``transition_steps`` steps."""
    rate = _exponential(
        init_value, transition_steps, decay_rate, transition_begin, staircase, end_value
    )
    return _optax("exponential_decay", rate)


@_entry("cosine_decay_schedule", note="alpha is a fraction of init_value")
def cosine_decay_schedule(*, init_value, decay_steps, alpha=0.0, exponent=1.0):
    """Half a cosine, raised to a power."""
    rate = _cosine(init_value, decay_steps, alpha, exponent)
    return _optax("cosine_decay_schedule", rate)


@_entry("warmup_constant_schedule")
def warmup_constant_schedule(*, init_value, peak_value, warmup_steps):
    """Warmup from ``init_value`` at k = 0."""
    rate = _polynomial(init_value, peak_value, 1, warmup_steps)
    return _optax("warmup_constant_schedule", rate)


@_entry("warmup_cosine_decay_schedule", note="decay_steps includes the warmup")
def warmup_cosine_decay_schedule(
    *, init_value, peak_value, warmup_steps, decay_steps, end_value=0.0, exponent=1.0
):
    """Warmup, then half a cosine that ends at ``decay_steps``."""
    rate = _warmup_cosine(init_value, peak_value, warmup_steps, decay_steps, end_value, exponent)
    return _optax("warmup_cosine_decay_schedule", rate)


@_entry("warmup_exponential_decay_schedule", note="transition_begin counts after warmup")
def warmup_exponential_decay_schedule(
    *,
    init_value,
    peak_value,
    warmup_steps,
    transition_steps,
    decay_rate,
    transition_begin=0,
    staircase=False,
    end_value=None,
):
    """Warmup, then exponential decay, which counts from the end of warmup."""
    decay = _exponential(
        peak_value, transition_steps, decay_rate, transition_begin, staircase, end_value
    )
    rate = _join([_polynomial(init_value, peak_value, 1, warmup_steps), decay], [warmup_steps])
    return _optax("warmup_exponential_decay_schedule", rate)


@_entry("piecewise_constant_schedule", note="a boundary already sees its scale")
def piecewise_constant_schedule(*, init_value, boundaries_and_scales=None):
    """A factor from every boundary on."""
    _refuse_negative("piecewise_constant_schedule", boundaries_and_scales)

    def rate(xp, k):
        value = init_value + 0.0 * k
        for boundary, scale in sorted((boundaries_and_scales or {}).items()):
            value = value * xp.where(k < boundary, 1.0, scale)
        return value

    return _optax("piecewise_constant_schedule", rate)


@_entry("piecewise_interpolate_schedule")
def piecewise_interpolate_schedule(*, interpolate_type, init_value, boundaries_and_scales=None):
    """From value to value along lines or halves of a cosine."""
    rate = _interpolated(interpolate_type, init_value, boundaries_and_scales)
    return _optax("piecewise_interpolate_schedule", rate)


@_entry("linear_onecycle_schedule", domains=_CYCLE, note="the last value is peak / div / final_div")
def linear_onecycle_schedule(
    *,
    transition_steps,
    peak_value,
    pct_start=0.3,
    pct_final=0.85,
    div_factor=25.0,
    final_div_factor=1e4,
):
    """Up, down, and down further, on lines."""
    scales = {
        int(pct_start * transition_steps): div_factor,
        int(pct_final * transition_steps): 1 / div_factor,
        transition_steps: 1 / final_div_factor,
    }
    rate = _interpolated("linear", peak_value / div_factor, scales)
    return _optax("linear_onecycle_schedule", rate)


@_entry(
    "cosine_onecycle_schedule",
    domains=_CYCLE,
    note="peaks at int(pct_start * steps), not one before",
)
def cosine_onecycle_schedule(
    *, transition_steps, peak_value, pct_start=0.3, div_factor=25.0, final_div_factor=1e4
):
    """Up and down on halves of a cosine."""
    scales = {
        int(pct_start * transition_steps): div_factor,
        int(transition_steps): 1 / (div_factor * final_div_factor),
    }
    rate = _interpolated("cosine", peak_value / div_factor, scales)
    return _optax("cosine_onecycle_schedule", rate)


@_entry("sgdr_schedule", note="every cycle may have its own peak, warmup and floor")
def sgdr_schedule(*, cosine_kwargs):
    """One warmup and cosine after the other."""
    if not cosine_kwargs:
        raise ValueError("optax sgdr_schedule: cosine_kwargs must hold at least one cycle")
    cycles = [like("optax", "warmup_cosine_decay_schedule", **cycle) for cycle in cosine_kwargs]
    ends = list(itertools.accumulate(cycle["decay_steps"] for cycle in cosine_kwargs))
    return _optax("sgdr_schedule", _join([cycle.function for cycle in cycles], ends[:-1]))


@_entry("join_schedules", note="each schedule counts from its own boundary")
def join_schedules(*, schedules, boundaries):
    """Followed schedules one after the other."""
    if not all(isinstance(part, FollowedSchedule) for part in schedules):
        raise NotModelled("optax join_schedules: schedules must come from like(...)")
    if len(boundaries) != len(schedules) - 1:
        raise ValueError(
            f"optax join_schedules takes one boundary less than schedules, got {len(boundaries)} "
            f"for {len(schedules)}"
        )
    return _optax("join_schedules", _join([s.function for s in schedules], boundaries))
