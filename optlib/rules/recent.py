"""Younger rules."""

from __future__ import annotations

from ..registry import rule
from .averages import ema
from .moments import adam


@rule(
    parent=adam,
    change="divides by a clipped estimate of the Hessian's diagonal",
    source="Liu et al. 2024, Algorithm 3",
    domains={"gamma": "(0, inf)", "k": "integer [1, inf)"},
)
def sophia(
    xp,
    t,
    g,
    x,
    m,
    h,
    *,
    hess,
    beta1=0.96,
    beta2=0.99,
    gamma=0.01,
    eps=1e-12,
    weight_decay=0.2,
    k=10,
):
    r"""Sophia: :math:`u_t = \mathrm{clip}(m_t/\max(\gamma h_t, \varepsilon), 1) + \lambda x_{t-1}`.

    ``hess`` is an estimate of the Hessian's diagonal at this step, in the shape of ``x``. It enters
    :math:`h_t = \beta_2 h_{t-k} + (1-\beta_2)\hat h_t` at steps 1, k+1, 2k+1, ... and is ignored
    between.
    """
    m = ema(beta1, m, g)
    # "< 1" and not "== 0": on symbols, == compares expressions instead of stating an equation.
    h = xp.where((t - 1) % k < 1, ema(beta2, h, hess), h)
    ratio = m / xp.maximum(gamma * h, eps)
    return xp.maximum(xp.minimum(ratio, 1.0), -1.0) + weight_decay * x, m, h
