"""Optimizers written once, as pure functions, and run on numbers, arrays and symbols.

``optlib.rules`` and ``optlib.layerwise`` hold the algorithms, ``optlib.schedules`` the schedules.
:class:`~optlib.optimizer.Optimizer` binds and runs a rule, :func:`~optlib.minimize.minimize` runs
whole experiments, and :func:`~optlib.tracing.trace` runs the same rule on SymPy symbols.
"""

from __future__ import annotations

import importlib
from typing import Any

from . import (
    averaging,
    batchsize,
    layerwise,
    lbfgs,
    linesearch,
    matrix,
    muon,
    newton,
    problems,
    rules,
    schedules,
    shampoo,
)
from .averaging import Averaging, lookahead, polyak, schedule_free, weight_ema
from .by_layer import PerLayer, per_layer
from .checkpoint import load, save
from .checks import NonFiniteError
from .clipping import clip_global_norm, clip_norm, clip_value
from .domains import Domain
from .linesearch import LineSearch, armijo, strong_wolfe
from .minimize import Run, minimize
from .optimizer import Optimizer
from .registry import RULES, SCHEDULES, rule, schedule_rule
from .schedules import Schedule, join, schedule

__version__ = "0.1.0"

# SymPy takes longer to import than everything else together, so what needs it is loaded when used;
# so is the table of conventions, which is long.
_LATER = {
    "trace": "tracing",
    "Trace": "tracing",
    "verdict": "verdicts",
    "Verdict": "verdicts",
    "Derivation": "derivation",
    "DerivationError": "derivation",
    "mean": "expectation",
    "like": "conventions",
    "explain_difference": "conventions",
    "NotModelled": "conventions",
    "FollowedSchedule": "conventions",
}

__all__ = [
    "RULES",
    "SCHEDULES",
    "Averaging",
    "Derivation",
    "DerivationError",
    "Domain",
    "FollowedSchedule",
    "LineSearch",
    "NonFiniteError",
    "NotModelled",
    "Optimizer",
    "PerLayer",
    "Run",
    "Schedule",
    "Trace",
    "Verdict",
    "armijo",
    "averaging",
    "batchsize",
    "clip_global_norm",
    "clip_norm",
    "clip_value",
    "conventions",
    "explain_difference",
    "join",
    "layerwise",
    "lbfgs",
    "like",
    "linesearch",
    "load",
    "lookahead",
    "matrix",
    "mean",
    "minimize",
    "muon",
    "newton",
    "optim",
    "per_layer",
    "polyak",
    "problems",
    "rule",
    "rules",
    "save",
    "schedule",
    "schedule_free",
    "schedule_rule",
    "schedules",
    "shampoo",
    "strong_wolfe",
    "trace",
    "verdict",
    "weight_ema",
]


def __getattr__(name: str) -> Any:
    if name in ("conventions", "optim"):
        return importlib.import_module(f".{name}", __name__)
    if name in _LATER:
        return getattr(importlib.import_module(f".{_LATER[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
