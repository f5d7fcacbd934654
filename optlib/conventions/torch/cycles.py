"""PyTorch's schedulers (torch 2.13) along cosines and cycles."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ...namespaces import words
from ..table import NotModelled
from .recursion import Call, Group, Law
from .schedulers import LENGTH, RATE, by_epoch, pointwise, scheduler

_MOMENTUM = "[0, 1)"


def half_cosine(xp: Any, progress: Any) -> Any:
    """From 1 to 0 as ``progress`` goes from 0 to 1, and up again beyond."""
    return (1 + xp.cos(math.pi * progress)) / 2


_ANNEAL = {
    "cos": lambda xp, a, b, progress: b + (a - b) * half_cosine(xp, progress),
    "linear": lambda xp, a, b, progress: a + (b - a) * progress,
}


def curve_of(name: str, strategy: str) -> Callable[[Any, Any, Any, Any], Any]:
    """The way from ``a`` to ``b``, ``curve(xp, a, b, progress)``."""
    curve = _ANNEAL.get(strategy)
    if curve is None:
        raise ValueError(
            f"torch {name}: anneal_strategy={strategy!r} is unknown; known are cos and linear"
        )
    return curve


@scheduler(
    "torch",
    "CosineAnnealingLR",
    domains={"T_max": LENGTH, "eta_min": RATE},
    note="no restart: beyond T_max the rate climbs back to lr along the same cosine; resumed, or "
    "chained, it scales what lies between the rate that is held and eta_min",
)
def cosine_annealing_lr(*, T_max, eta_min=0.0):
    """A cosine of period ``2 T_max`` that never stops."""

    def closed(xp, k, base):
        return eta_min + (base - eta_min) * half_cosine(xp, k / T_max)

    def find(call: Call) -> float:
        k, held = call.epoch, call.group.lr
        if call.initial:
            return held
        if (k - 1 - T_max) % (2 * T_max) == 0:
            return held + (call.base - eta_min) * (1 - math.cos(math.pi / T_max)) / 2
        now, before = (1 + math.cos(math.pi * e / T_max) for e in (k, k - 1))
        return now / before * (held - eta_min) + eta_min

    return Law(closed, find, lambda call: closed(words(0), 0, call.base))


@scheduler(
    "torch",
    "CosineAnnealingWarmRestarts",
    domains={"T_0": LENGTH, "T_mult": LENGTH, "eta_min": RATE},
    note="eta_min itself is not seen; resumed beyond the first cycle, it takes its place to be in "
    "the second",
)
def cosine_annealing_warm_restarts(*, T_0, T_mult=1, eta_min=0.0):
    """Cycles of ``T_0``, ``T_0 T_mult``, ... steps, each of which starts at lr."""

    def closed(xp, k, base):
        # Half a step keeps whole steps off the edges where a floor could be rounded.
        if T_mult == 1:
            start, length = T_0 * xp.floor((k + 0.5) / T_0), T_0
        else:
            cycle = xp.floor(xp.log(1 + (k + 0.5) * (T_mult - 1) / T_0) / math.log(T_mult))
            length = T_0 * T_mult**cycle
            start = (length - T_0) / (T_mult - 1)
        return eta_min + (base - eta_min) * half_cosine(xp, (k - start) / length)

    def find(call: Call) -> float:
        now, length = call.begun, T_0
        # The one wrap of a resumed count; a count from 0 has none.
        if now >= length:
            now, length = now % length, length * T_mult
        now += call.epoch - call.begun
        while now >= length:
            now, length = now - length, length * T_mult
        return eta_min + (call.base - eta_min) * half_cosine(words(0), now / length)

    return Law(closed, find, find)


@scheduler(
    "torch",
    "OneCycleLR",
    sets_rate=True,
    domains={
        "max_lr": RATE,
        "total_steps": LENGTH,
        "epochs": LENGTH,
        "steps_per_epoch": LENGTH,
        "pct_start": "[0, 1]",
        "base_momentum": _MOMENTUM,
        "max_momentum": _MOMENTUM,
        "div_factor": "(0, inf)",
        "final_div_factor": "(0, inf)",
    },
    note="sets the rate itself (lr is overwritten); total_steps counts from the first step, and "
    "the phases end at pct_start * total_steps - 1 and total_steps - 1; step total_steps is one "
    "beyond the last phase, and torch refuses any later one",
)
def one_cycle_lr(
    *,
    max_lr,
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
    cycle = {
        "initial_lr": low,
        "max_lr": max_lr,
        "min_lr": low / final_div_factor,
        "base_momentum": base_momentum,
        "max_momentum": max_momentum,
    }
    rates = ["initial_lr", "max_lr", "min_lr"]
    momenta = ["max_momentum", "base_momentum", "max_momentum"]
    ends = [pct_start * total - 1, total - 1]
    if three_phase:
        rates.insert(2, "initial_lr")
        momenta.append("max_momentum")
        ends.insert(1, 2 * pct_start * total - 2)
    curve = curve_of("OneCycleLR", anneal_strategy)
    if any(a == b for a, b in zip([0, *ends], ends, strict=False)):
        raise NotModelled("torch OneCycleLR: a phase of no length divides by zero in torch itself")

    def prepare(group: Group) -> None:
        group.initial_lr = low
        group.cycle |= cycle if cycle_momentum else {k: cycle[k] for k in ("max_lr", "min_lr")}
        if cycle_momentum:
            group.momentum = max_momentum

    def shared(names: list[str]) -> Callable[[Call], float]:
        def find(call: Call) -> float:
            if call.epoch > total:
                raise ValueError(
                    f"torch OneCycleLR: step {call.epoch} is past total_steps={total}, where torch "
                    "itself raises"
                )
            # Another cycle on the same optimizer overwrites the rates of this one.
            found = {**cycle, **call.group.cycle, "initial_lr": call.group.initial_lr}
            return _phases([found[n] for n in names], ends, curve)(words(0), call.epoch)

        return find

    alone = _phases([cycle[n] for n in rates], ends, curve)
    return Law(
        lambda xp, k, base: alone(xp, k),
        shared(rates),
        shared(rates),
        prepare,
        momentum=_phases([cycle[n] for n in momenta], ends, curve) if cycle_momentum else None,
        cycled=shared(momenta) if cycle_momentum else None,
        base=low,
        last=int(total),
        free=True,
    )


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


_SCALES = {
    "triangular": ("cycle", lambda gamma: lambda c: 1.0),
    "triangular2": ("cycle", lambda gamma: lambda c: 0.5 ** (c - 1)),
    "exp_range": ("iterations", lambda gamma: lambda k: gamma ** (1.0 * k)),
}


@scheduler(
    "torch",
    "CyclicLR",
    sets_rate=True,
    domains={
        "base_lr": RATE,
        "max_lr": RATE,
        "step_size_up": "(0, inf)",
        "step_size_down": "[0, inf)",
        "gamma": "[0, inf)",
        "base_momentum": _MOMENTUM,
        "max_momentum": _MOMENTUM,
    },
    note="sets the rate itself (lr is overwritten); momentum falls while the rate rises; scale_fn "
    "takes the number of the cycle, from 1, or with scale_mode='iterations' the step, from 0",
)
def cyclic_lr(
    *,
    base_lr,
    max_lr,
    step_size_up=2000,
    step_size_down=None,
    mode="triangular",
    gamma=1.0,
    scale_fn=None,
    scale_mode="cycle",
    cycle_momentum=True,
    base_momentum=0.8,
    max_momentum=0.9,
):
    """Triangles between two rates; ``.momentum`` is what it does to momentum or beta1."""
    if scale_fn is not None:
        scale, by = pointwise("torch CyclicLR", scale_fn), scale_mode
    elif mode in _SCALES:
        by, make = _SCALES[mode]
        scale = make(gamma)
    else:
        raise ValueError(
            f"torch CyclicLR: mode={mode!r} is unknown; known are {', '.join(_SCALES)}"
        )
    period = step_size_up + (step_size_up if step_size_down is None else step_size_down)
    rising = step_size_up / period

    def height(xp, k):
        cycle = xp.floor(1 + k / period)
        x = 1.0 + k / period - cycle
        # Without a way down, x never lies behind the way up.
        falling = (x - 1) / (rising - 1) if rising != 1 else 1.0 + 0.0 * x
        return xp.where(x <= rising, x / rising, falling) * scale(cycle if by == "cycle" else k)

    def prepare(group: Group) -> None:
        group.lr = base_lr
        if cycle_momentum:
            group.momentum = max_momentum
            group.cycle |= {"base_momentum": base_momentum, "max_momentum": max_momentum}

    def momentum(xp, k):
        return max_momentum - (max_momentum - base_momentum) * height(xp, k)

    return by_epoch(
        lambda xp, k, base: base + (max_lr - base) * height(xp, k),
        prepare=prepare,
        momentum=momentum if cycle_momentum else None,
        cycled=(lambda call: momentum(words(0), call.epoch)) if cycle_momentum else None,
        base=base_lr,
    )
