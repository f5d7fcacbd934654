"""Problems: functions with gradients, Hessians and known minima, and noise that can be repeated.

Every function takes points of shape ``(..., d)``: leading axes are runs of a sweep.
"""

from .base import Problem, noisy
from .functions import beale, himmelblau, quadratic, rastrigin, ravine, rosenbrock, saddle

__all__ = [
    "Problem",
    "beale",
    "himmelblau",
    "noisy",
    "quadratic",
    "rastrigin",
    "ravine",
    "rosenbrock",
    "saddle",
]
