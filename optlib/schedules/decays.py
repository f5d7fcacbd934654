"""Warmups, and decays by a power of the step or of a constant."""

from __future__ import annotations

from ..registry import schedule_rule

LENGTH = "integer [1, inf)"
RATE = {
    "peak": "[0, inf)",
    "floor": "[0, inf)",
    "warmup": LENGTH,
    "total": LENGTH,
    "period": LENGTH,
    "gamma": "(0, 1]",
}
"""Domains of the keywords that mean the same in every schedule."""


def periods(xp, t, period):
    r"""How many whole periods lie before step ``t``, :math:`\lfloor (t-1)/P \rfloor`."""
    # Half a step is added so that no whole step lies on the edge where a quotient may round down.
    return xp.floor((t - 1 / 2) / period)


@schedule_rule(source="the default of every library", domains=RATE)
def constant(xp, t, *, peak):
    r"""A constant, :math:`\alpha_t = \alpha`."""
    return 0 * t + peak


@schedule_rule(source="Goyal et al. 2017, section 2.2", domains=RATE)
def linear_warmup(xp, t, *, peak, warmup):
    r"""Linear warmup: :math:`\alpha_t = \alpha \min(t/T_w, 1)`; step 1 sees :math:`\alpha/T_w`."""
    return peak * xp.minimum(t / warmup, 1.0)


@schedule_rule(
    source="transformers, optimization.py, get_constant_schedule_with_warmup",
    domains=RATE,
    steps="[1, inf)",
)
def linear_warmup_from_zero(xp, t, *, peak, warmup):
    r"""Linear warmup from 0: :math:`\alpha_t = \alpha\min((t-1)/T_w, 1)`; step 1 moves nothing.

    The peak is reached at step :math:`T_w + 1`, one step later than by :func:`linear_warmup`.
    """
    return peak * xp.minimum((t - 1) / warmup, 1.0)


@schedule_rule(source="Devlin et al. 2019, appendix A.2", domains=RATE)
def linear_decay(xp, t, *, peak, total, floor=0.0):
    r"""Linear decay from the peak, before step 1, to the floor at step ``total`` and after it."""
    return floor + (peak - floor) * (1 - xp.minimum(t / total, 1.0))


@schedule_rule(
    source="Bergsma et al. 2025, arXiv 2502.15938", domains=RATE, requires=("warmup < total",)
)
def linear_to_zero(xp, t, *, peak, warmup, total):
    r"""Linear warmup to the peak at step ``warmup``, then linear decay to 0 at step ``total``.

    .. math:: \alpha_t = \alpha\min(t/T_w,\ \max(T - t, 0)/(T - T_w))

    Continuous, and the peak is exact; ``total`` is larger than ``warmup``.
    """
    left = xp.maximum(total - t, 0) / (total - warmup)
    return peak * xp.minimum(t / warmup, xp.minimum(left, 1.0))


@schedule_rule(
    source="google-research/bert, optimization.py, create_optimizer",
    domains=RATE,
    steps="[1, inf)",
)
def bert(xp, t, *, peak, warmup, total):
    r"""BERT's: warmup from 0 to the peak, then a line that would have started at the peak.

    .. math:: \alpha_t = \alpha \cdot
        \begin{cases}(t-1)/T_w & t \le T_w\\ \max(1 - (t-1)/T, 0) & t > T_w\end{cases}

    It jumps at the end of warmup, from :math:`\alpha(1 - 1/T_w)` down to
    :math:`\alpha(1 - T_w/T)`; the peak itself is never used.
    """
    decayed = xp.maximum(1 - (t - 1) / total, 0.0)
    return peak * xp.where(t <= warmup, (t - 1) / warmup, decayed)


@schedule_rule(
    source="Chen et al. 2018 (DeepLab), arXiv 1606.00915, section 4.1",
    domains={**RATE, "power": "(0, inf)"},
)
def polynomial_decay(xp, t, *, peak, total, power, floor=0.0):
    r"""Decay by a power of the steps that are left; power 1 is :func:`linear_decay`.

    .. math:: \alpha_t = \alpha_{\min} + (\alpha - \alpha_{\min})(1 - \min(t/T, 1))^p
    """
    return floor + (peak - floor) * (1 - xp.minimum(t / total, 1.0)) ** power


@schedule_rule(source="keras ExponentialDecay, torch ExponentialLR", domains=RATE)
def exponential_decay(xp, t, *, peak, gamma, period):
    r"""Exponential decay: :math:`\alpha_t = \alpha\,\gamma^{(t-1)/P}`; step 1 sees the peak."""
    return peak * gamma ** ((t - 1) / period)


@schedule_rule(source="torch StepLR", domains=RATE)
def step_decay(xp, t, *, peak, period, gamma=0.1):
    r"""A factor after every ``period`` steps: :math:`\alpha\,\gamma^{\lfloor (t-1)/P \rfloor}`.

    The first ``period`` steps see the peak; step ``period + 1`` sees the first drop.
    """
    return peak * gamma ** periods(xp, t, period)


@schedule_rule(
    source="He et al. 2016, section 4.2", domains={**RATE, "first": LENGTH, "second": LENGTH}
)
def multi_step(xp, t, *, peak, first, second, gamma=0.1):
    r"""A factor after two chosen steps: :math:`\alpha\,\gamma^{[t > T_1] + [t > T_2]}`.

    Steps ``first`` and ``second`` are the last ones before a drop. For more milestones join
    constants: ``join(a, join(b, c, at=...), at=...)``.
    """
    return peak * gamma ** (xp.where(t > first, 1, 0 * t) + xp.where(t > second, 1, 0 * t))


@schedule_rule(
    source="Vaswani et al. 2017, eq. 3, with a free peak", domains=RATE, steps="(0, inf)"
)
def inverse_sqrt(xp, t, *, peak, warmup):
    r"""Warmup, then inverse square root: :math:`\alpha_t = \alpha\min(t/T_w, \sqrt{T_w/t})`."""
    return peak * xp.minimum(t / warmup, xp.sqrt(warmup / t))


@schedule_rule(
    source="Vaswani et al. 2017, eq. 3", domains={**RATE, "width": LENGTH}, steps="(0, inf)"
)
def vaswani(xp, t, *, width, warmup):
    r"""The Transformer's, whose peak :math:`(d\,T_w)^{-1/2}` follows from width and warmup.

    .. math:: \alpha_t = d^{-1/2}\min(t^{-1/2},\ t\,T_w^{-3/2})
    """
    return inverse_sqrt(xp, t, peak=1 / xp.sqrt(width * warmup), warmup=warmup)


@schedule_rule(source="Raffel et al. 2020, section 3.1.2", domains=RATE)
def t5(xp, t, *, warmup):
    r"""T5's: :math:`\alpha_t = 1/\sqrt{\max(t, T_w)}`, flat at first and not a warmup from 0."""
    return 1 / xp.sqrt(xp.maximum(t, warmup))
