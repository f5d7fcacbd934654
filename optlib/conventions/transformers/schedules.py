"""transformers' schedules (transformers 5.23), with ``lr=`` for the optimizer.

All are PyTorch's ``LambdaLR``, a factor on ``lr``; ``k`` counts the calls of ``scheduler.step()``,
so that every warmup starts at 0 and the first ``optimizer.step()`` does not move the parameters.
``last_epoch`` and ``initial_lr`` are those of :mod:`optlib.conventions.torch.schedulers`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..table import NotModelled
from ..torch.recursion import Law
from ..torch.schedulers import COUNT, LENGTH, by_epoch, scheduler

_DOMAINS = {
    "num_warmup_steps": COUNT,
    "num_training_steps": COUNT,
    "num_stable_steps": COUNT,
    "num_decay_steps": COUNT,
    "min_lr": "[0, inf)",
    "min_lr_rate": "[0, inf)",
    "warmup_lr_rate": "[0, inf)",
    "min_lr_ratio": "[0, inf)",
    "lr_end": "[0, inf)",
    "power": "(0, inf)",
    "timescale": LENGTH,
}


def _entry(name: str, note: str = "") -> Callable[[Callable], Callable]:
    return scheduler("transformers", name, note=note, domains=_DOMAINS)


def _scaled(factor: Callable[[Any, Any], Any]) -> Law:
    return by_epoch(lambda xp, k, base: base * factor(xp, k))


def _warmed(warmup: int, after: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A line from 0, which would reach 1 at step ``warmup``, and ``after`` from there on."""
    if warmup <= 0:
        return after
    return lambda xp, k: xp.where(k < warmup, k / warmup, after(xp, xp.maximum(k, warmup)))


def _decay(k: Any, warmup: int, total: int) -> Any:
    """How much of the time after the warmup is over."""
    return (k - warmup) / max(1, total - warmup)


def _cosine(warmup: int, total: int, cycles: float, least: float = 0.0) -> Law:
    def factor(xp, k):
        half = (1 + xp.cos(2 * math.pi * cycles * _decay(k, warmup, total))) / 2
        return xp.maximum(half * (1 - least) + least, 0.0)

    return _scaled(_warmed(warmup, factor))


def _least(name: str, lr: float, min_lr: float | None, min_lr_rate: float | None) -> float:
    if (min_lr is None) == (min_lr_rate is None):
        raise ValueError(f"transformers {name} takes one of min_lr and min_lr_rate")
    if min_lr is not None and lr == 0:
        raise ValueError(f"transformers {name}: min_lr needs an lr above 0, of which it is a part")
    return min_lr_rate if min_lr is None else min_lr / lr


@_entry("get_constant_schedule")
def constant():
    """A constant."""
    return _scaled(lambda xp, k: 1.0 + 0.0 * k)


@_entry("get_constant_schedule_with_warmup")
def constant_with_warmup(*, num_warmup_steps):
    """A warmup from 0."""
    factor = _warmed(num_warmup_steps, lambda xp, k: 1.0 + 0.0 * k)
    return _scaled(factor)


@_entry("get_linear_schedule_with_warmup")
def linear_with_warmup(*, num_warmup_steps, num_training_steps):
    """A warmup from 0, then a line to 0."""

    def factor(xp, k):
        left = num_training_steps - k
        return xp.maximum(left / max(1, num_training_steps - num_warmup_steps), 0.0)

    return _scaled(_warmed(num_warmup_steps, factor))


@_entry(
    "get_cosine_schedule_with_warmup",
    note="the cosine is not stopped: after num_training_steps the rate climbs again",
)
def cosine_with_warmup(*, num_warmup_steps, num_training_steps, num_cycles=0.5):
    """A warmup from 0, then ``num_cycles`` whole cosines."""
    return _cosine(num_warmup_steps, num_training_steps, num_cycles)


@_entry(
    "get_cosine_with_min_lr_schedule_with_warmup",
    note="the warmup starts at 0 and not at the minimum; the cosine is not stopped",
)
def cosine_with_min_lr(
    *, lr, num_warmup_steps, num_training_steps, num_cycles=0.5, min_lr=None, min_lr_rate=None
):
    """The same above a minimum."""
    name = "get_cosine_with_min_lr_schedule_with_warmup"
    least = _least(name, lr, min_lr, min_lr_rate)
    return _cosine(num_warmup_steps, num_training_steps, num_cycles, least)


@_entry(
    "get_cosine_with_min_lr_schedule_with_warmup_lr_rate",
    note="counts one step ahead: its warmup starts at 1/num_warmup_steps, and its cosine one step "
    "below the peak",
)
def cosine_with_min_lr_rate(
    *,
    lr,
    num_warmup_steps,
    num_training_steps,
    num_cycles=0.5,
    min_lr=None,
    min_lr_rate=None,
    warmup_lr_rate=None,
):
    """The same with a warmup that does not start at 0."""
    name = "get_cosine_with_min_lr_schedule_with_warmup_lr_rate"
    least = _least(name, lr, min_lr, min_lr_rate)
    start = warmup_lr_rate

    def factor(xp, k):
        if start is None:
            warm = (k + 1) / max(1, num_warmup_steps)
        else:
            warm = start + (1 - start) * k / max(1, num_warmup_steps - 1)
        gone = _decay(k + 1, num_warmup_steps, num_training_steps)
        half = (1 + xp.cos(2 * math.pi * num_cycles * gone)) / 2
        decayed = xp.maximum(half * (1 - least) + least, 0.0)
        return xp.where(k < num_warmup_steps, warm, decayed)

    return _scaled(factor)


@_entry("get_cosine_with_hard_restarts_schedule_with_warmup")
def cosine_with_hard_restarts(*, num_warmup_steps, num_training_steps, num_cycles=1):
    """A warmup from 0, then ``num_cycles`` halves of a cosine, and 0 at the end."""

    def factor(xp, k):
        gone = _decay(k, num_warmup_steps, num_training_steps)
        cycles = num_cycles * gone
        half = (1 + xp.cos(math.pi * (cycles - xp.floor(cycles)))) / 2
        return xp.where(gone >= 1, 0.0, half)

    return _scaled(_warmed(num_warmup_steps, factor))


@_entry(
    "get_polynomial_decay_schedule_with_warmup",
    note="ends at lr_end=1e-7, not at 0; refuses an lr below it",
)
def polynomial_with_warmup(*, lr, num_warmup_steps, num_training_steps, lr_end=1e-7, power=1.0):
    """A warmup from 0, then a power of the steps that are left."""
    name = "transformers get_polynomial_decay_schedule_with_warmup"
    if not lr > lr_end:
        raise ValueError(f"{name}: lr_end ({lr_end}) must be smaller than lr ({lr})")
    if num_warmup_steps == num_training_steps:
        raise NotModelled(
            f"{name}: num_warmup_steps must differ from num_training_steps ({num_training_steps}); "
            "the step between them divides by zero in transformers itself"
        )

    def factor(xp, k):
        left = 1 - xp.minimum(_decay(k, num_warmup_steps, num_training_steps), 1.0)
        # A warmup beyond the end leaves nothing to decay from.
        going = left**power if num_warmup_steps < num_training_steps else 0.0 * k
        return ((lr - lr_end) * going + lr_end) / lr

    return _scaled(_warmed(num_warmup_steps, factor))


@_entry(
    "get_inverse_sqrt_schedule",
    note="without warmup the timescale is 10000; with another timescale it is shifted, not scaled",
)
def inverse_sqrt(*, num_warmup_steps, timescale=None):
    """A warmup from 0, then an inverse square root that starts at 1."""
    scale = (num_warmup_steps or 10_000) if timescale is None else timescale

    def factor(xp, k):
        return 1 / xp.sqrt((k + scale - num_warmup_steps) / scale)

    return _scaled(_warmed(num_warmup_steps, factor))


_RISES = {
    "linear": lambda xp, p, cycles: p,
    "cosine": lambda xp, p, cycles: (1 - xp.cos(math.pi * p)) / 2,
    "1-sqrt": lambda xp, p, cycles: 1 - xp.sqrt(1 - p),
}
_FALLS = {
    "linear": lambda xp, p, cycles: 1 - p,
    "cosine": lambda xp, p, cycles: (1 + xp.cos(2 * math.pi * cycles * p)) / 2,
    "1-sqrt": lambda xp, p, cycles: 1 - xp.sqrt(p),
}


@_entry(
    "get_wsd_schedule",
    note="here the warmup starts at min_lr_ratio, unlike in the schedules with min_lr",
)
def wsd(
    *,
    num_warmup_steps,
    num_decay_steps,
    num_training_steps=None,
    num_stable_steps=None,
    warmup_type="linear",
    decay_type="cosine",
    min_lr_ratio=0,
    num_cycles=0.5,
):
    """Warmup, plateau and cooldown, each of three shapes, above a minimum."""
    stable = num_stable_steps
    if stable is None:
        if num_training_steps is None:
            raise ValueError("get_wsd_schedule takes num_training_steps or num_stable_steps")
        stable = num_training_steps - num_warmup_steps - num_decay_steps
    if warmup_type not in _RISES or decay_type not in _FALLS:
        raise ValueError(f"get_wsd_schedule knows {', '.join(_RISES)} for both types")
    cooling = num_warmup_steps + stable

    def factor(xp, k):
        up = xp.minimum(k / max(1, num_warmup_steps), 1.0)
        down = xp.minimum(xp.maximum(k - cooling, 0) / max(1, num_decay_steps), 1.0)
        rise = _RISES[warmup_type](xp, up, num_cycles) * (1 - min_lr_ratio) + min_lr_ratio
        fall = _FALLS[decay_type](xp, down, num_cycles) * (1 - min_lr_ratio) + min_lr_ratio
        late = xp.where(k < cooling + num_decay_steps, fall, 1.0 * min_lr_ratio)
        late = xp.where(k < cooling, 1.0, late)
        return xp.maximum(xp.where(k < num_warmup_steps, rise, late), 0.0)

    return _scaled(factor)
