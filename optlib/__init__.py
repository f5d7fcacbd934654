"""Optimizers written once, as pure functions, and run on numbers, arrays and symbols.

``rules`` holds the algorithms and ``schedules`` the schedules; ``registry``, ``domains`` and
``namespaces`` say what a rule is. ``running`` runs it on arrays, ``algebra`` on SymPy symbols, and
``engines`` in blocks, by kernels and in a page.
``conventions`` says what other libraries do, and ``optim`` spells it as PyTorch does. ``problems``
are what to run on, and ``book`` is what only the book needs. Arrows run downward: a rule knows none
of the rest.
"""

from __future__ import annotations

import importlib
from typing import Any

from . import problems, rules, schedules
from .domains import Domain
from .registry import RULES, SCHEDULES, rule, schedule_rule
from .rules import factored, layerwise, lbfgs, muon, newton, shampoo
from .running import averaging, linesearch
from .running.accumulation import Accumulated, accumulate
from .running.attention import qk_clip
from .running.averaging import Averaging, lookahead, polyak, schedule_free, weight_ema
from .running.by_layer import PerLayer, per_layer
from .running.checks import NonFiniteError
from .running.clipping import clip_global_norm, clip_norm, clip_value
from .running.linesearch import LineSearch, armijo, strong_wolfe
from .running.minimize import Run, minimize
from .running.optimizer import Optimizer
from .schedules import Plateau, Schedule, batchsize, join, schedule

__version__ = "0.1.0"

# SymPy takes longer to import than everything else together, so what needs it is loaded when used;
# so are the table of conventions, which is long, and checkpoints, which read archives.
_LATER = {
    "trace": "algebra.tracing",
    "Trace": "algebra.tracing",
    "verdict": "algebra.verdicts",
    "Verdict": "algebra.verdicts",
    "Derivation": "algebra.derivation",
    "DerivationError": "algebra.derivation",
    "mean": "algebra.expectation",
    "save": "running.checkpoint",
    "load": "running.checkpoint",
    "like": "conventions",
    "explain_difference": "conventions",
    "port": "conventions",
    "NotModelled": "conventions",
    "FollowedSchedule": "conventions",
}

__all__ = [
    "RULES",
    "SCHEDULES",
    "Accumulated",
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
    "Plateau",
    "Run",
    "Schedule",
    "Trace",
    "Verdict",
    "accumulate",
    "armijo",
    "averaging",
    "batchsize",
    "clip_global_norm",
    "clip_norm",
    "clip_value",
    "conventions",
    "explain_difference",
    "factored",
    "join",
    "layerwise",
    "lbfgs",
    "like",
    "linesearch",
    "load",
    "lookahead",
    "mean",
    "minimize",
    "muon",
    "newton",
    "optim",
    "per_layer",
    "polyak",
    "port",
    "problems",
    "qk_clip",
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
