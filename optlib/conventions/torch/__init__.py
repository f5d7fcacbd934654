"""PyTorch 2.13: ``optimizers``, ``matrices`` (Adafactor, Muon), ``lbfgs``, and ``schedules``."""

from . import lbfgs, matrices, optimizers, schedules

__all__ = ["lbfgs", "matrices", "optimizers", "schedules"]
