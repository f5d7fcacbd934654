"""Schedules: a hyper-parameter as a pure function of the step ``t = 1, 2, 3, ...``.

A schedule ``(xp, t, *, ...)`` is written once, like a rule, and is bound to its numbers by
:func:`~optlib.schedules.binding.schedule`. It stands for any hyper-parameter of an
:class:`~optlib.running.optimizer.Optimizer`.

Examples
--------
>>> rate = join(schedule("linear_warmup", peak=0.5, warmup=4), schedule("t5", warmup=16), at=4)
>>> [rate(t) for t in (1, 4, 5)]
[0.125, 0.5, 0.25]
"""

# Importing a module registers its schedules, so the order here is that of SCHEDULES.
# isort: off
from .binding import Schedule, join, schedule
from .decays import (
    constant,
    linear_warmup,
    linear_warmup_from_zero,
    linear_decay,
    linear_to_zero,
    bert,
    polynomial_decay,
    exponential_decay,
    step_decay,
    multi_step,
    inverse_sqrt,
    vaswani,
    t5,
)
from .cosines import cosine, cosine_restarts, one_cycle
from .cooldowns import wsd, wsd_cosine, wsd_sqrt
from .plateau import Plateau
from . import batchsize

# isort: on

__all__ = [
    "Plateau",
    "Schedule",
    "batchsize",
    "bert",
    "constant",
    "cosine",
    "cosine_restarts",
    "exponential_decay",
    "inverse_sqrt",
    "join",
    "linear_decay",
    "linear_to_zero",
    "linear_warmup",
    "linear_warmup_from_zero",
    "multi_step",
    "one_cycle",
    "polynomial_decay",
    "schedule",
    "step_decay",
    "t5",
    "vaswani",
    "wsd",
    "wsd_cosine",
    "wsd_sqrt",
]
