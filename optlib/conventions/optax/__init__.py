"""Optax 0.2.8: ``chain`` says how its pieces join; ``optimizers``, ``matrices`` (Adafactor, Muon),
``contrib``, ``schedule_free``, and ``schedules``.
"""

from . import contrib, matrices, optimizers, schedule_free, schedules

__all__ = ["contrib", "matrices", "optimizers", "schedule_free", "schedules"]
