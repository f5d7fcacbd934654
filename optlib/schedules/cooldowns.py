"""Warmup, a plateau and a cooldown (WSD), whose plateau can be cooled from at any step."""

from __future__ import annotations

from ..registry import schedule_rule
from .cosines import half_cosine
from .decays import LENGTH, RATE

_WSD = {
    "domains": {**RATE, "cooldown": LENGTH},
    "requires": ("warmup + cooldown <= total + 1",),
}


def _cooled(xp, t, total, cooldown):
    """How much of the cooldown is over: 0 until it starts, 1 at step ``total`` and after it."""
    return xp.minimum(xp.maximum(t - (total - cooldown), 0) / cooldown, 1.0)


@schedule_rule(source="Hu et al. 2024, arXiv 2404.06395; Haegele et al. 2024", **_WSD)
def wsd(xp, t, *, peak, warmup, cooldown, total):
    r"""Warmup to the peak, a plateau, and a linear cooldown over the last ``cooldown`` steps.

    .. math:: \alpha_t = \alpha\min(t/T_w, 1)\,(1 - p_t),
        \qquad p_t = \min(\max(t - (T - T_c), 0)/T_c, 1)

    The last step of the plateau, :math:`T - T_c`, sees the peak, step ``total`` sees 0. A warmup of
    one step is none: the cooldown may then take the whole run.
    """
    return peak * xp.minimum(t / warmup, 1.0) * (1 - _cooled(xp, t, total, cooldown))


@schedule_rule(source="Haegele et al. 2024, arXiv 2405.18392", **_WSD)
def wsd_cosine(xp, t, *, peak, warmup, cooldown, total):
    r"""As :func:`wsd`, cooled down by half a cosine, :math:`(1 + \cos\pi p_t)/2`."""
    return peak * xp.minimum(t / warmup, 1.0) * half_cosine(xp, _cooled(xp, t, total, cooldown))


@schedule_rule(source="Haegele et al. 2024, arXiv 2405.18392 (1-sqrt)", **_WSD)
def wsd_sqrt(xp, t, *, peak, warmup, cooldown, total):
    r"""As :func:`wsd`, cooled down by :math:`1 - \sqrt{p_t}`, which falls fast at first."""
    return peak * xp.minimum(t / warmup, 1.0) * (1 - xp.sqrt(_cooled(xp, t, total, cooldown)))
