"""Keras 3.15: ``optimizers``, ``muon``, ``plateau``, and ``schedules``."""

from . import muon, optimizers, plateau, schedules

__all__ = ["muon", "optimizers", "plateau", "schedules"]
