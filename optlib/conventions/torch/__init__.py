"""PyTorch 2.13: ``optimizers``, ``matrices`` (Adafactor, Muon), ``lbfgs``, and its schedulers.

``schedules`` multiply the rate, ``cycles`` follow cosines and cycles, ``composed`` are made of
others, ``plateau`` looks at a metric; ``schedulers`` and ``recursion`` are how PyTorch runs them.
"""

from . import composed, cycles, lbfgs, matrices, optimizers, plateau, schedules

__all__ = ["composed", "cycles", "lbfgs", "matrices", "optimizers", "plateau", "schedules"]
