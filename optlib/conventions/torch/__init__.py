"""PyTorch 2.13: ``optimizers``, ``matrices`` (Adafactor, Muon), ``step_sizes`` (ASGD, Rprop),
``lbfgs``, and its schedulers.

``schedules`` multiply the rate, ``cycles`` and ``swa`` follow curves, ``composed`` are made of
others, ``plateau`` looks at a metric; ``schedulers`` and ``recursion`` are how PyTorch runs them.
"""

from . import composed, cycles, lbfgs, matrices, optimizers, plateau, schedules, step_sizes, swa

__all__ = [
    "composed",
    "cycles",
    "lbfgs",
    "matrices",
    "optimizers",
    "plateau",
    "schedules",
    "step_sizes",
    "swa",
]
