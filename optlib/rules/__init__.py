"""Rules that act element by element, in increasing complexity.

A rule maps the step ``t >= 1``, the gradient ``g``, the parameter ``x`` and the state to a
direction ``u`` and the new state; its caller does ``x <- x - lr * u``. Every array has the shape of
``x``; ``u`` has the unit that makes ``lr * u`` a displacement. A rule raises nothing: names,
shapes, types and domains are checked by :class:`~optlib.optimizer.Optimizer` before it runs.
"""

from .adaptive import adagrad, rmsprop
from .averages import debias, ema
from .first_order import keras_momentum, momentum, nesterov, sgd
from .moments import adam, adam_l2, adam_uncorrected, adamw, nadam
from .recent import sophia

__all__ = [
    "adagrad",
    "adam",
    "adam_l2",
    "adam_uncorrected",
    "adamw",
    "debias",
    "ema",
    "keras_momentum",
    "momentum",
    "nadam",
    "nesterov",
    "rmsprop",
    "sgd",
    "sophia",
]
