"""Optax' ``contrib.reduce_on_plateau`` (optax 0.2.8): a scale of the update, driven by a metric."""

from __future__ import annotations

import math

from ...schedules.plateau import Plateau
from ..table import schedule_entry


@schedule_entry(
    "optax",
    "reduce_on_plateau",
    domains={
        "factor": "(0, 1)",
        "patience": "integer [0, inf)",
        "rtol": "[0, 1]",
        "atol": "[0, inf)",
        "cooldown": "integer [0, inf)",
        "accumulation_size": "integer [1, inf)",
        "min_scale": "[0, inf)",
    },
    note="a scale from 1, which acts on the update of the very step whose metric it saw; reduces "
    "at bad metric number patience in a row, one before torch does; with patience=0 it reduces at "
    "every better one; min_scale bounds the scale and not the rate; lower is better",
)
def reduce_on_plateau(
    *,
    factor=0.1,
    patience=10,
    rtol=1e-4,
    atol=0.0,
    cooldown=0,
    accumulation_size=1,
    min_scale=0.0,
):
    """The scale times ``factor``; ``accumulation_size`` metrics are averaged into one."""
    if rtol == 0 and atol == 0:
        raise ValueError("optax reduce_on_plateau: at least one of rtol and atol must be positive")

    def judged(metric, state):
        scale, best, bad, left = (state[k] for k in ("value", "best", "bad", "cooldown"))
        better = metric < (1 - rtol) * best - atol
        best, bad = (metric, 0) if better else (best, bad + 1)
        if left > 0:
            return {"best": best, "bad": 0, "cooldown": left - 1}
        due = bad == patience
        scale = max(scale * factor if due else scale, min_scale)
        after = {"bad": 0, "cooldown": cooldown} if due else {"bad": bad, "cooldown": 0}
        return {"value": scale, "best": best, **after}

    def advance(metric, state):
        count = state["count"] + 1
        mean = (state["count"] * state["mean"] + metric) / count
        if count < accumulation_size:
            return {"count": count, "mean": mean}
        return {**judged(mean, state), "count": 0, "mean": 0.0}

    start = {"value": 1.0, "best": math.inf, "bad": 0, "cooldown": 0, "count": 0, "mean": 0.0}
    return Plateau("optax reduce_on_plateau", start, advance)
