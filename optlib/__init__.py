"""Optimizers written once, as pure functions, and run on numbers, arrays and symbols.

``optlib.rules`` and ``optlib.layerwise`` hold the algorithms, ``optlib.schedules`` the schedules.
:class:`~optlib.optimizer.Optimizer` binds and runs a rule, :func:`~optlib.minimize.minimize` runs
whole experiments, and :func:`~optlib.tracing.trace` runs the same rule on SymPy symbols.
"""

from __future__ import annotations

import importlib
from typing import Any

from . import layerwise, problems, rules, schedules
from .checkpoint import load, save
from .checks import NonFiniteError
from .clipping import clip_global_norm, clip_norm, clip_value
from .domains import Domain
from .minimize import Run, minimize
from .optimizer import Optimizer
from .registry import RULES, SCHEDULES, rule, schedule_rule
from .schedules import Schedule, join, schedule

__version__ = "0.1.0"

# SymPy takes longer to import than everything else together, so what needs it is loaded when used.
_LATER = {
    "trace": "tracing",
    "Trace": "tracing",
    "verdict": "verdicts",
    "Verdict": "verdicts",
    "Derivation": "derivation",
    "DerivationError": "derivation",
    "mean": "expectation",
}

__all__ = [
    "RULES",
    "SCHEDULES",
    "Derivation",
    "DerivationError",
    "Domain",
    "NonFiniteError",
    "Optimizer",
    "Run",
    "Schedule",
    "Trace",
    "Verdict",
    "clip_global_norm",
    "clip_norm",
    "clip_value",
    "join",
    "layerwise",
    "load",
    "mean",
    "minimize",
    "problems",
    "rule",
    "rules",
    "save",
    "schedule",
    "schedule_rule",
    "schedules",
    "trace",
    "verdict",
]


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(importlib.import_module(f".{_LATER[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
