"""PyTorch's ``ReduceLROnPlateau`` (torch 2.13), which transformers offers under a name of its own.

The metric of an epoch sets the rate of the next one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from ...schedules.plateau import Plateau
from ..table import schedule_entry

_BETTER: dict[tuple[str, str], Callable[[float, float, float], bool]] = {
    ("min", "rel"): lambda a, best, threshold: a < best * (1.0 - threshold),
    ("min", "abs"): lambda a, best, threshold: a < best - threshold,
    ("max", "rel"): lambda a, best, threshold: a > best * (threshold + 1.0),
    ("max", "abs"): lambda a, best, threshold: a > best + threshold,
}
_DOMAINS = {
    "lr": "[0, inf)",
    "factor": "[0, 1)",
    "patience": "integer [0, inf)",
    "threshold": "[0, inf)",
    "cooldown": "integer [0, inf)",
    "min_lr": "[0, inf)",
    "eps": "[0, inf)",
}
_NOTE = (
    "reduces at bad epoch patience + 1 in a row; the cooldown epochs after that count none; a "
    "reduction by no more than eps is left out, so min_lr may not be reached; with threshold_mode "
    "'rel' a best metric below 0 lets slightly worse ones pass for better; NaN is never better"
)


def reduce_on_plateau(
    library: str,
    name: str,
    *,
    lr,
    mode="min",
    factor=0.1,
    patience=10,
    threshold=1e-4,
    threshold_mode="rel",
    cooldown=0,
    min_lr=0,
    eps=1e-8,
):
    """The rate times ``factor`` once the metric has been no better for too long."""
    better = _BETTER.get((mode, threshold_mode))
    if better is None:
        raise ValueError(
            f"{library} {name}: mode must be 'min' or 'max' and threshold_mode 'rel' or 'abs', got "
            f"{mode!r} and {threshold_mode!r}"
        )

    def advance(metric, state):
        value, best, bad, left = (state[k] for k in ("value", "best", "bad", "cooldown"))
        best, bad = (metric, 0) if better(metric, best, threshold) else (best, bad + 1)
        if left > 0:
            left, bad = left - 1, 0
        if bad > patience:
            reduced = max(value * factor, min_lr)
            value = reduced if value - reduced > eps else value
            left, bad = cooldown, 0
        return {"value": value, "best": best, "bad": bad, "cooldown": left}

    worst = math.inf if mode == "min" else -math.inf
    start = {"value": float(lr), "best": worst, "bad": 0, "cooldown": 0}
    return Plateau(f"{library} {name}", start, advance)


for _library, _name in (
    ("torch", "ReduceLROnPlateau"),
    ("transformers", "get_reduce_on_plateau_schedule"),
):
    schedule_entry(_library, _name, note=_NOTE, domains=_DOMAINS)(
        partial(reduce_on_plateau, _library, _name)
    )
