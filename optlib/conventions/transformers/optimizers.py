"""The optimizer of Hugging Face transformers, by its argument names and defaults (5.23)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...rules import factored, modifiers
from ...running.optimizer import Optimizer
from .. import wrapping
from ..table import FollowedSchedule, entry


def decayed_by_size(rule: Callable) -> Callable:
    r"""The rule with decoupled decay, at the rate times the size of the layer.

    The hyper-parameter is ``weight_decay``.
    """

    def changed(xp, t, g, x, *state, lr, weight_decay, **hyper):
        moved, new = wrapping.displacement(rule, xp, t, g, x, state, lr, hyper)
        return moved + lr * factored.size(xp, x, hyper["eps2"]) * weight_decay * x, *new

    words = "takes weight_decay * x, by the size of the layer, off the parameter"
    hyper = {"weight_decay": (0.0, "[0, inf)")}
    return wrapping.derived(rule, changed, "decayed_by_size", words, hyper=hyper)


def relative(warmup_init: bool) -> FollowedSchedule:
    r"""The relative step size: :math:`\min(10^{-2}, 1/\sqrt t)`, or with :math:`10^{-6} t`."""

    def rate(xp: Any, k: Any) -> Any:
        start = 1e-6 * (k + 1) if warmup_init else 1e-2
        return xp.minimum(start, 1 / xp.sqrt(k + 1.0))

    return FollowedSchedule(rate, f"transformers relative step{' from 1e-6' * warmup_init}")


@entry(
    "transformers",
    "Adafactor",
    note="relative steps by default; momentum averages displacements; decay by the layer's size; "
    "where squares overflow, a step of zero or NaN",
)
def adafactor(
    *,
    lr=None,
    eps=(1e-30, 1e-3),
    clip_threshold=1.0,
    decay_rate=-0.8,
    beta1=None,
    weight_decay=0.0,
    scale_parameter=True,
    relative_step=True,
    warmup_init=False,
):
    """The paper's algorithm, or with ``relative_step=False`` the rate that is given."""
    if lr is not None and relative_step:
        raise ValueError("transformers Adafactor: give lr or relative_step=True, not both")
    if warmup_init and not relative_step:
        raise ValueError("transformers Adafactor: warmup_init needs relative_step=True")
    if lr is None and not relative_step:
        raise ValueError("transformers Adafactor: relative_step=False needs lr")
    rule = factored.adafactor if scale_parameter else factored.adafactor_absolute
    hyper = {"decay": -decay_rate, "eps1": eps[0], "clip": clip_threshold}
    if scale_parameter:
        hyper["eps2"] = eps[1]
    if beta1 is not None:
        rule, hyper["averaging"] = wrapping.averaged(rule), beta1
    if weight_decay:
        rule = decayed_by_size(rule) if scale_parameter else modifiers.decoupled(rule)
        hyper["weight_decay"] = weight_decay
    return Optimizer(rule, lr=relative(warmup_init) if relative_step else lr, **hyper)
