"""Optax 0.2.8: ``chain`` says how its pieces join; ``optimizers``, ``matrices`` (Adafactor, Muon),
``contrib``, ``schedule_free``, ``plateau``, and ``schedules``.
"""

from . import contrib, matrices, optimizers, plateau, schedule_free, schedules

__all__ = ["contrib", "matrices", "optimizers", "plateau", "schedule_free", "schedules"]
