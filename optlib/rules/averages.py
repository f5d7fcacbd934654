"""What most rules are made of: the running average and its bias correction."""

from __future__ import annotations

import math
from typing import Any

from ..namespaces import is_number


def ema(beta: Any, average: Any, new: Any) -> Any:
    r"""Exponential moving average, :math:`\beta a + (1-\beta) b`."""
    return beta * average + (1 - beta) * new


def debias(xp: Any, beta: Any, t: Any, average: Any) -> Any:
    r"""An average that started at zero, divided by the sum of its weights, :math:`1-\beta^t`.

    For a traced ``t`` (an array, as under ``jax.jit``) the sum is ``-expm1(t * log(beta))`` with
    the logarithm in double precision: in float32, ``1 - beta**t`` would be off by 1e-5.

    Source: Kingma & Ba 2015, Algorithm 1.
    """
    if hasattr(t, "dtype") and is_number(beta):
        return average / -xp.expm1(t * math.log(beta)) if beta > 0 else average
    return average / (1 - beta**t)
