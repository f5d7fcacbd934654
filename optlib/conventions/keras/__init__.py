"""Keras 3.15: ``optimizers``, ``muon``, and ``schedules``."""

from . import muon, optimizers, schedules

__all__ = ["muon", "optimizers", "schedules"]
