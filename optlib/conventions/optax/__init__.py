"""Optax 0.2.8: ``chain`` says how its pieces join; ``optimizers``, ``matrices`` (Adafactor, Muon),
``more``, ``contrib``, ``without_rate``, ``shaped``, ``around``, ``transforms``, ``chaining``,
``wrapped``, ``schedule_free``, ``accumulation``, ``plateau``, and ``schedules``.
"""

from . import (
    accumulation,
    around,
    contrib,
    matrices,
    more,
    optimizers,
    plateau,
    schedule_free,
    schedules,
    shaped,
    transforms,
    without_rate,
)

# isort: off
# Its parts are made from entries of the modules above.
from . import chaining, wrapped

# isort: on

__all__ = [
    "accumulation",
    "around",
    "chaining",
    "contrib",
    "matrices",
    "more",
    "optimizers",
    "plateau",
    "schedule_free",
    "schedules",
    "shaped",
    "transforms",
    "without_rate",
    "wrapped",
]
