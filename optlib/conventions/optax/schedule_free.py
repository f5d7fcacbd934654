"""Schedule-free learning as ``optax.contrib`` has it (optax 0.2.8).

The parameters are the points at which gradients and decay are taken. A rate that is a schedule is
read twice: the base optimizer counts from 0 and the weights of the mean count from 1, so that each
point is weighed by the largest rate up to the step after its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...rules import first_order, moments
from ...running.optimizer import Optimizer
from .. import wrapping
from ..table import FollowedSchedule, NotModelled, entry
from .chain import counted, optimizer
from .schedules import linear_schedule

_TYPE = {"state_dtype": None}
_BETA = "(0, 1]"


def freed(rule: Callable) -> Callable:
    r"""The rule as a schedule-free one: it moves :math:`z`, and ``x`` is the point :math:`y`.

    .. math::

        z_t = z_{t-1} - d_t, \qquad
        \bar x_t = (1 - c_t)\,\bar x_{t-1} + c_t z_t, \qquad
        y_t = (1-\beta)\,z_t + \beta\,\bar x_t, \qquad
        c_t = \frac{w_t^p}{\sum_{i \le t} w_i^p}

    with the rule's displacement :math:`d_t` at :math:`y_{t-1}` and the largest rate so far for
    :math:`w_t`. With the mean written by ``x`` and ``z``, the displacement is :math:`c_t (y_{t-1} -
    z_{t-1}) + (1 - \beta + \beta c_t)\,d_t`. Points before the first rate above 0 do not count. The
    hyper-parameters are ``free_beta``, ``free_power`` and ``free_rate``.
    """

    def changed(xp, t, g, x, *state, lr, free_beta, free_power, free_rate, **hyper):
        *own, z, peak, total = state
        d, new = wrapping.displacement(rule, xp, t, g, x, own, lr, hyper)
        peak = xp.maximum(peak, free_rate)
        weight = peak**free_power
        total = total + weight
        c = xp.where(total > 0, weight / xp.where(total > 0, total, 1.0), 0.0)
        return c * (x - z) + (1 - free_beta + free_beta * c) * d, *new, z - d, peak, total

    return wrapping.derived(
        rule,
        changed,
        "freed",
        "averages points, so that no schedule is needed",
        state={"z": lambda xp, x: xp.asarray(x, copy=True), "peak": None, "total": None},
        hyper={
            "free_beta": (0.9, _BETA),
            "free_power": (2.0, "[0, inf)"),
            "free_rate": (1.0, "[0, inf)"),
        },
    )


def one_ahead(rate: Any) -> Any:
    """A rate as a schedule one step later; a number as it is."""
    if not callable(rate):
        return rate
    follows = counted(rate)
    # An optimizer's step t is Optax's count t - 1, whichever of the two a schedule counts by.
    at = getattr(follows, "at_step", follows)
    return FollowedSchedule(lambda xp, k: at(k + 2), "optax schedule, one step ahead")


@entry(
    "optax",
    "schedule_free",
    fixed=_TYPE,
    note="weighs each point by the largest rate up to the step after it",
)
def schedule_free(*, base_optimizer, learning_rate, b1=0.9, weight_lr_power=2.0):
    """``base_optimizer`` is an ``optlib.Optimizer``, such as ``like`` returns."""
    if not isinstance(base_optimizer, Optimizer):
        raise NotModelled(
            f"optax schedule_free: base_optimizer={base_optimizer!r} is not modelled, only an "
            "Optimizer such as like('optax', 'sgd', ...) returns"
        )
    return Optimizer(
        freed(base_optimizer.rule),
        lr=base_optimizer.lr,
        before=base_optimizer.before,
        free_beta=b1,
        free_power=weight_lr_power,
        free_rate=one_ahead(learning_rate),
        **base_optimizer.hyper,
    )


@entry(
    "optax", "schedule_free_sgd", fixed=_TYPE, note="a rate of 1 by default, and a warmup from 0"
)
def schedule_free_sgd(
    *, learning_rate=1.0, warmup_steps=None, b1=0.9, weight_decay=None, weight_lr_power=2.0
):
    """The decay is taken at the point of the gradient and multiplied by the rate."""
    rate = _warmed("schedule_free_sgd", learning_rate, warmup_steps)
    base = optimizer(first_order.sgd, rate, 0.0 if weight_decay is None else weight_decay)
    return _free(base, rate, b1, weight_lr_power)


@entry(
    "optax",
    "schedule_free_adamw",
    fixed=_TYPE,
    note="Adam without its first moment, which the mean replaces; a warmup starts from 0",
)
def schedule_free_adamw(
    *,
    learning_rate=0.0025,
    warmup_steps=None,
    b1=0.9,
    b2=0.999,
    eps=1e-8,
    weight_decay=0.0,
    weight_lr_power=2.0,
):
    """Unlike the paper's, the weights leave out the correction of the second moment."""
    rate = _warmed("schedule_free_adamw", learning_rate, warmup_steps)
    base = optimizer(moments.adam, rate, weight_decay, beta1=0.0, beta2=b2, eps=eps)
    return _free(base, rate, b1, weight_lr_power)


def _free(base: Optimizer, rate: Any, b1: float, power: float) -> Optimizer:
    return schedule_free(base_optimizer=base, learning_rate=rate, b1=b1, weight_lr_power=power)


def _warmed(name: str, rate: Any, steps: int | None) -> Any:
    """The rate, warmed up linearly from 0 if there are steps for it."""
    if steps is None:
        return rate
    if callable(rate):
        raise NotModelled(f"optax {name}: warmup_steps with a schedule is not modelled")
    return linear_schedule(init_value=0.0, end_value=rate, transition_steps=steps)
