"""Schedules that a metric drives: one set of arguments each, and the metrics they see."""

import math
from dataclasses import dataclass

import numpy as np

from optlib.conventions import like

LENGTH = 60


def metrics(seed, kind):
    """A series that falls, stays, rises and falls again, with ties; ``kind`` turns it over."""
    rng = np.random.default_rng([seed, 9])
    steps = rng.choice([-0.3, -0.05, 0.0, 0.0, 0.0, 0.04], size=LENGTH)
    series = 3.0 + np.cumsum(np.repeat(rng.choice([0, 1], LENGTH // 6), 6) * steps)
    values = (-series if kind == "max" else series).round(3).tolist()
    if kind == "odd":
        values[7], values[20], values[21] = math.nan, math.inf, -1.0
    return values


@dataclass(frozen=True, eq=False)
class PlateauCase:
    """One schedule of a library, and the seed and kind of the metrics it sees."""

    library: str
    name: str
    arguments: dict
    seed: int = 0
    kind: str = "min"

    @property
    def key(self):
        shown = ", ".join(f"{k}={v}" for k, v in self.arguments.items())
        return f"{self.library} {self.name}({shown}) on {self.kind} {self.seed}"

    @property
    def metrics(self):
        return metrics(self.seed, self.kind)

    def ours(self):
        """The value after every metric."""
        plateau = like(self.library, self.name, **self.arguments)
        state, values = plateau.init(), []
        for t, metric in enumerate(self.metrics, 1):
            value, state = plateau.update(t, metric, state)
            values.append(value)
        return values


def _cases(library, name, shared, *sets):
    return [
        PlateauCase(library, name, {**shared, **arguments}, seed, kind)
        for arguments, kind in sets
        for seed in (0, 1)
    ]


QUICK = {"factor": 0.5, "patience": 2}
CASES = [
    *_cases(
        "torch",
        "ReduceLROnPlateau",
        {"lr": 0.3},
        ({}, "min"),
        ({**QUICK, "patience": 0}, "min"),
        ({**QUICK, "cooldown": 3}, "min"),
        ({**QUICK, "mode": "max", "threshold": 0.1}, "max"),
        ({**QUICK, "mode": "max", "threshold": 0.1, "threshold_mode": "abs"}, "max"),
        ({**QUICK, "threshold": 0.1, "threshold_mode": "abs", "min_lr": 0.05}, "min"),
        ({**QUICK, "cooldown": 1, "eps": 0.03}, "odd"),
    ),
    *_cases("transformers", "get_reduce_on_plateau_schedule", {"lr": 0.3}, ({**QUICK}, "min")),
    *_cases(
        "optax",
        "reduce_on_plateau",
        {},
        ({}, "min"),
        ({**QUICK, "patience": 0}, "min"),
        ({**QUICK, "patience": 1, "cooldown": 3}, "min"),
        ({**QUICK, "rtol": 0.0, "atol": 0.1, "min_scale": 0.2}, "min"),
        ({**QUICK, "accumulation_size": 3, "patience": 1, "cooldown": 1}, "min"),
        ({**QUICK, "rtol": 0.05}, "odd"),
    ),
    *_cases(
        "keras",
        "ReduceLROnPlateau",
        {"learning_rate": 0.3},
        ({}, "min"),
        ({**QUICK, "patience": 0}, "min"),
        ({**QUICK, "cooldown": 3}, "min"),
        ({**QUICK, "cooldown": 1, "min_lr": 0.05}, "min"),
        ({**QUICK, "mode": "max", "min_delta": 0.1, "monitor": "val_accuracy"}, "max"),
        ({**QUICK, "mode": "min", "min_delta": -0.1}, "odd"),
    ),
]
