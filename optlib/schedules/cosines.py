"""Schedules made of halves of a cosine."""

from __future__ import annotations

import math

from ..registry import schedule_rule
from .decays import LENGTH, RATE, periods


def half_cosine(xp, progress):
    r"""From 1 to 0 as ``progress`` goes from 0 to 1: :math:`(1 + \cos \pi p)/2`."""
    return (1 + xp.cos(math.pi * progress)) / 2


@schedule_rule(source="Loshchilov & Hutter 2017, eq. 5, without restarts", domains=RATE)
def cosine(xp, t, *, peak, total, floor=0.0):
    r"""Half a cosine from the peak, before step 1, to the floor at step ``total`` and after it."""
    return floor + (peak - floor) * half_cosine(xp, xp.minimum(t / total, 1.0))


@schedule_rule(
    source="Loshchilov & Hutter 2017, eq. 5",
    domains={**RATE, "multiplier": LENGTH},
    steps="[1, inf)",
)
def cosine_restarts(xp, t, *, peak, period, multiplier=1, floor=0.0):
    r"""SGDR: a cosine that starts again, each cycle ``multiplier`` times as long as the last.

    .. math::
        \alpha_t = \alpha_{\min} + (\alpha - \alpha_{\min})\,(1 + \cos(\pi\,T_{cur}/T_i))/2,
        \qquad T_i = P\,m^i

    :math:`T_{cur}` counts from 0 in every cycle: step 1 and the first step of each cycle see the
    peak exactly, and the step before a restart sees a little more than the floor.
    """
    m = xp.maximum(multiplier, 2)
    # Half a step is added so that no whole step lies on the edge where the logarithm rounds.
    growth = m ** xp.floor(xp.log(1 + (t - 1 / 2) * (m - 1) / period) / xp.log(m))
    equal = multiplier < 2
    before = xp.where(equal, period * periods(xp, t, period), period * (growth - 1) / (m - 1))
    length = xp.where(equal, period, period * growth)
    return floor + (peak - floor) * half_cosine(xp, (t - 1 - before) / length)


@schedule_rule(
    source="Smith & Topin 2018, arXiv 1708.07120; with cosines as in torch OneCycleLR",
    domains={**RATE, "rise": "integer [2, inf)", "div": "(0, inf)", "final_div": "(0, inf)"},
    requires=("rise < total",),
)
def one_cycle(xp, t, *, peak, rise, total, div=25.0, final_div=1e4):
    r"""Up to the peak and down to far below the start, on two halves of a cosine.

    Step 1 sees :math:`\alpha/\mathrm{div}`, step ``rise`` the peak, and step ``total`` and those
    after it :math:`\alpha/(\mathrm{div}\cdot\mathrm{final\_div})`; ``1 < rise < total``.
    """
    start, end = peak / div, peak / (div * final_div)
    up = half_cosine(xp, xp.minimum((t - 1) / (rise - 1), 1.0))
    gone = xp.maximum(t - rise, 0) / (total - rise)
    down = half_cosine(xp, xp.minimum(gone, 1.0))
    return xp.where(t <= rise, up * start + (1 - up) * peak, down * peak + (1 - down) * end)
