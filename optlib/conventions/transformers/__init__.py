"""Transformers 5.23: ``optimizers`` and ``schedules``."""

from . import optimizers, schedules

__all__ = ["optimizers", "schedules"]
