"""Optax 0.2.8: ``chain`` says how its pieces join; ``optimizers``, ``matrices`` (Adafactor, Muon),
``contrib``, ``schedule_free``, ``accumulation``, ``plateau``, and ``schedules``.
"""

from . import accumulation, contrib, matrices, optimizers, plateau, schedule_free, schedules

__all__ = [
    "accumulation",
    "contrib",
    "matrices",
    "optimizers",
    "plateau",
    "schedule_free",
    "schedules",
]
