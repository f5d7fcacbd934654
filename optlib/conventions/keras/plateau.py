"""Keras' callback ``ReduceLROnPlateau`` (keras 3.15), with ``learning_rate=`` for the optimizer."""

from __future__ import annotations

import numpy as np

from ...schedules.plateau import Plateau
from ..table import NotModelled, schedule_entry


@schedule_entry(
    "keras",
    "ReduceLROnPlateau",
    ignored="verbose",
    domains={
        "learning_rate": "[0, inf)",
        "factor": "[0, 1)",
        "patience": "integer [0, inf)",
        "cooldown": "integer [0, inf)",
        "min_lr": "[0, inf)",
    },
    note="reduces at bad epoch number patience in a row, one before torch does, and patience=0 is "
    "as 1; the last epoch of the cooldown counts as bad again; "
    "min_delta is absolute; the first metric is the best one even if it is NaN, and then for ever; "
    "Keras keeps the rate in floatx",
)
def reduce_on_plateau(
    *,
    learning_rate,
    monitor="val_loss",
    factor=0.1,
    patience=10,
    mode="auto",
    min_delta=1e-4,
    cooldown=0,
    min_lr=0.0,
):
    """The rate times ``factor``; ``mode="auto"`` is known for losses only."""
    if mode not in ("min", "max"):
        if mode != "auto" or monitor.removeprefix("val_") != "loss":
            raise NotModelled(
                f"keras ReduceLROnPlateau: mode={mode!r} with monitor={monitor!r} is not modelled; "
                "give mode='min' or mode='max'"
            )
        mode = "min"
    delta = abs(min_delta)

    def better(metric, state):
        if state["t"] == 0:
            return True
        best = state["best"]
        return metric + delta < best if mode == "min" else metric - delta > best

    def advance(metric, state):
        value, best, bad, left = (state[k] for k in ("value", "best", "bad", "cooldown"))
        if left > 0:
            left, bad = left - 1, 0
        if better(metric, state):
            best, bad = metric, 0
        elif left == 0:
            bad += 1
            # Keras compares with the least rate as float32 rounds it.
            if bad >= patience and value > np.float32(min_lr):
                value, left, bad = max(value * factor, min_lr), cooldown, 0
        return {"value": value, "best": best, "bad": bad, "cooldown": left}

    start = {"value": float(learning_rate), "best": 0.0, "bad": 0, "cooldown": 0}
    return Plateau("keras ReduceLROnPlateau", start, advance)
