"""Rules whose step is bounded, by taking signs or by clipping what the running average is fed."""

from __future__ import annotations

from typing import Any

from ..registry import rule
from .averages import debias, ema
from .first_order import momentum
from .moments import adam
from .recent import sophia


@rule(
    parent=momentum,
    change="steps along the sign of an average that weighs the newest gradient more",
    source="Chen et al. 2023, Algorithm 2, without its weight decay",
)
def lion(xp, t, g, x, m, *, beta1=0.9, beta2=0.99):
    r"""Lion: :math:`u_t = \operatorname{sign}(\beta_1 m_{t-1} + (1-\beta_1) g_t)`.

    .. math:: m_t = \beta_2 m_{t-1} + (1-\beta_2) g_t

    Every entry moves by exactly the rate, or stays where the average is zero. One state, half of
    Adam's. The paper's decoupled decay is :func:`~optlib.rules.modifiers.decoupled`.
    """
    return xp.sign(ema(beta1, m, g)), ema(beta2, m, g)


def clip(xp: Any, a: Any, bound: Any) -> Any:
    """``a`` kept between ``-bound`` and ``bound``."""
    return xp.maximum(xp.minimum(a, bound), -bound)


def _normalised(xp: Any, t: Any, g: Any, v: Any, eps: Any) -> Any:
    """The gradient over the root of the second moment before it; at step 1 there is none."""
    return g / xp.where(t < 2, 1.0, xp.maximum(xp.sqrt(v), eps))


def _held(xp: Any, t: Any, beta1: Any, beta2: Any, m: Any, v: Any, ratio: Any, g: Any) -> tuple:
    """Both averages after the step; step 1 leaves the first alone and starts the second."""
    m = xp.where(t < 2, m, ema(beta1, m, ratio))
    return m, xp.where(t < 2, g * g, ema(beta2, v, g * g))


@rule(
    parent=adam,
    change="divides by the second moment before this gradient, and averages the quotient",
    source="Taniguchi et al. 2024, ADOPT without clipping",
)
def adopt_unclipped(xp, t, g, x, m, v, *, beta1=0.9, beta2=0.9999, eps=1e-6):
    r"""ADOPT: :math:`u_t = m_t`, an average of normalised gradients.

    .. math::

        m_t = \beta_1 m_{t-1} + (1-\beta_1) \frac{g_t}{\max(\sqrt{v_{t-1}}, \varepsilon)}, \quad
        v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2

    Step 1 only sets :math:`v_1 = g_1^2`. The gradient and what it is divided by are then
    independent, which is what the proof of convergence for every ``beta2`` needs.
    """
    m, v = _held(xp, t, beta1, beta2, m, v, _normalised(xp, t, g, v, eps), g)
    return m, m, v


@rule(
    parent=adopt_unclipped,
    change="clips the normalised gradient, to a bound that grows",
    source="Taniguchi et al. 2024, ADOPT with clipping",
)
def adopt(xp, t, g, x, m, v, *, beta1=0.9, beta2=0.9999, eps=1e-6):
    r"""ADOPT with :math:`g_t/\max(\sqrt{v_{t-1}},\varepsilon)` clipped to :math:`\pm(t-1)^{1/4}`.

    The paper counts the step that only sets ``v`` as step 0, so its bound reads :math:`t^{1/4}`.
    """
    ratio = clip(xp, _normalised(xp, t, g, v, eps), xp.sqrt(xp.sqrt(t - 1)))
    m, v = _held(xp, t, beta1, beta2, m, v, ratio, g)
    return m, m, v


@rule(
    parent=adam,
    change="divides the gradient and averages the quotient",
    source="Ziyin, Wang & Ueda 2020 (arXiv:2002.04839), with the rate outside the average",
)
def laprop(xp, t, g, x, m, v, *, beta1=0.9, beta2=0.999, eps=1e-15):
    r"""LaProp: :math:`u_t = m_t / (1-\beta_1^t)`, an average of normalised gradients.

    .. math::

        m_t = \beta_1 m_{t-1} + (1-\beta_1) \frac{g_t}{\sqrt{v_t/(1-\beta_2^t)} + \varepsilon},
        \quad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2

    Unlike Adam's, its direction is bounded whatever the averages: no quotient exceeds
    :math:`1/\sqrt{1-\beta_2}`, and so no average of them does. The authors' code keeps the rate
    inside ``m``, which differs where the rate changes.
    """
    v = ema(beta2, v, g * g)
    m = ema(beta1, m, g / (xp.sqrt(debias(xp, beta2, t, v)) + eps))
    return debias(xp, beta1, t, m), m, v


@rule(
    parent=sophia,
    change="corrects the first moment, and divides by the Hessian's average before this step",
    source="Optax 0.2.8, optax.contrib.sophia",
    domains={"gamma": "(0, inf)", "clip_threshold": "(0, inf)", "k": "integer [1, inf)"},
)
def sophia_corrected(
    xp,
    t,
    g,
    x,
    m,
    h,
    *,
    hess,
    beta1=0.965,
    beta2=0.99,
    gamma=0.01,
    eps=1e-8,
    clip_threshold=1.0,
    weight_decay=1e-4,
    k=10,
):
    r"""Sophia in Optax, with a bound :math:`\rho` of its own.

    .. math::

        u_t = \mathrm{clip}\Bigl(\frac{\hat m_t}{\max(\gamma h_{t-1}, \varepsilon)}, \rho\Bigr)
              + \lambda x_{t-1}

    Step 1 divides by ``eps`` alone and so is a step along signs.
    """
    m = ema(beta1, m, g)
    m_hat, size = debias(xp, beta1, t, m), xp.maximum(gamma * h, eps)
    # Where the quotient would be clipped it is not formed: h starts at zero.
    inside = xp.abs(m_hat) < clip_threshold * size
    bound = clip_threshold * xp.sign(m_hat)
    ratio = xp.where(inside, m_hat / xp.where(inside, size, 1.0), bound)
    # "< 1" and not "== 0": on symbols, == compares expressions instead of stating an equation.
    h = xp.where((t - 1) % k < 1, ema(beta2, h, hess), h)
    return ratio + weight_decay * x, m, h
