"""Adam's younger relatives: other denominators, more averages, other orders of the same steps."""

from __future__ import annotations

from typing import Any

from ..registry import rule
from .averages import debias, ema
from .moments import adam, adam_uncorrected
from .variants import radam, rectification


def ahead(xp: Any, beta1: Any, t: Any, m: Any, g: Any) -> Any:
    r"""The first moment one step ahead, corrected for its start at zero.

    .. math:: \frac{\beta_1 m_t}{1-\beta_1^{t+1}} + \frac{(1-\beta_1) g_t}{1-\beta_1^t}

    Source: Dozat 2016, Algorithm 2, with a constant momentum.
    """
    return beta1 * debias(xp, beta1, t + 1, m) + (1 - beta1) * debias(xp, beta1, t, g)


@rule(
    parent=radam,
    change="looks one step of the first moment ahead",
    source="Optax 0.2.8, optax.scale_by_radam with nesterov=True",
    domains={"threshold": "[4, inf)"},
)
def radam_nesterov(xp, t, g, x, m, v, *, beta1=0.9, beta2=0.999, eps=1e-8, threshold=5):
    r"""RAdam with Nadam's numerator at a constant momentum, on both sides of the threshold."""
    m = ema(beta1, m, g)
    v = ema(beta2, v, g * g)
    known, r = rectification(xp, beta2, t, threshold)
    size = xp.sqrt(debias(xp, beta2, t, v)) + eps
    return ahead(xp, beta1, t, m, g) * xp.where(known, r / size, 1.0), m, v


@rule(
    parent=adam,
    change="averages the squared surprise instead of the squared gradient",
    source="Zhuang et al. 2020",
    domains={"s": "[0, inf)", "eps": "(0, inf)", "eps_root": "[0, inf)"},
)
def adabelief(xp, t, g, x, m, s, *, beta1=0.9, beta2=0.999, eps=1e-16, eps_root=1e-16):
    r"""AdaBelief: :math:`u_t = \hat m_t / (\sqrt{\hat s_t} + \varepsilon)`.

    .. math:: s_t = \beta_2 s_{t-1} + (1-\beta_2)(g_t - m_t)^2 + \bar\varepsilon

    The paper has one number for both epsilons, though one has the unit of ``g`` and the other
    that of its square. ``eps_root`` is added at every step, so it gathers to
    :math:`\bar\varepsilon/(1-\beta_2)` in :math:`\hat s_t`.
    """
    m = ema(beta1, m, g)
    s = ema(beta2, s, (g - m) * (g - m)) + eps_root
    return debias(xp, beta1, t, m) / (xp.sqrt(debias(xp, beta2, t, s)) + eps), m, s


@rule(
    parent=adabelief,
    change="looks one step of the first moment ahead",
    source="Optax 0.2.8, optax.scale_by_belief with nesterov=True",
    domains={"s": "[0, inf)", "eps": "(0, inf)", "eps_root": "[0, inf)"},
)
def adabelief_nesterov(xp, t, g, x, m, s, *, beta1=0.9, beta2=0.999, eps=1e-16, eps_root=1e-16):
    r"""AdaBelief with Nadam's numerator at a constant momentum."""
    m = ema(beta1, m, g)
    s = ema(beta2, s, (g - m) * (g - m)) + eps_root
    return ahead(xp, beta1, t, m, g) / (xp.sqrt(debias(xp, beta2, t, s)) + eps), m, s


def additive(xp: Any, beta2: Any, v: Any, g: Any) -> Any:
    r"""Yogi's second moment, :math:`v - (1-\beta_2)\operatorname{sign}(v - g^2)\, g^2`."""
    return v - (1 - beta2) * xp.sign(v - g * g) * (g * g)


@rule(
    parent=adam_uncorrected,
    change="moves the second moment towards the squared gradient by a share of that square",
    source="Zaheer et al. 2018",
)
def yogi(xp, t, g, x, m, v, *, beta1=0.9, beta2=0.999, eps=1e-3):
    r"""Yogi: :math:`u_t = m_t / (\sqrt{v_t} + \varepsilon)`.

    .. math:: v_t = v_{t-1} - (1-\beta_2) \operatorname{sign}(v_{t-1} - g_t^2)\, g_t^2

    One step changes ``v`` by :math:`(1-\beta_2) g_t^2` at most, however large ``v`` is: after
    large gradients the steps grow back slowly. ``v`` starts at zero here.
    """
    m, v = ema(beta1, m, g), additive(xp, beta2, v, g)
    return m / (xp.sqrt(v) + eps), m, v


@rule(
    parent=yogi,
    change="starts both moments at 1e-6 and then corrects them as if they had started at zero",
    source="Optax 0.2.8, optax.scale_by_yogi",
    init=lambda xp, x, **hyper: {k: xp.full_like(x, 1e-6) for k in ("m", "v")},
)
def yogi_corrected(xp, t, g, x, m, v, *, beta1=0.9, beta2=0.999, eps=1e-3):
    r"""Yogi in Optax: :math:`u_t = \hat m_t / (\sqrt{\hat v_t} + \varepsilon)`.

    The correction of an average that did not start at zero is not one: with a zero gradient the
    first step still moves.
    """
    m, v = ema(beta1, m, g), additive(xp, beta2, v, g)
    return debias(xp, beta1, t, m) / (xp.sqrt(debias(xp, beta2, t, v)) + eps), m, v


def _adan(xp: Any, t: Any, g: Any, state: tuple, betas: tuple, weight: Any, eps: Any) -> tuple:
    """Adan with a given weight of the gradient's change; its two forms share the rest."""
    m, d, n, g_before = state
    beta1, beta2, beta3 = betas
    # There is no gradient before the first one, and so no change.
    change = xp.where(t < 2, 0 * g, g - g_before)
    m, d = ema(beta1, m, g), ema(beta2, d, change)
    look = g + weight * change
    n = ema(beta3, n, look * look)
    root = xp.sqrt(debias(xp, beta3, t, n)) + eps
    return (debias(xp, beta1, t, m) + weight * debias(xp, beta2, t, d)) / root, m, d, n, g


@rule(
    parent=adam,
    change="averages the gradient's change too, and looks ahead along it",
    source="Xie et al. 2022, Algorithm 1, with 1 - beta for the paper's beta, without its decay",
    domains={"n": "[0, inf)"},
)
def adan(xp, t, g, x, m, d, n, g_before, *, beta1=0.98, beta2=0.92, beta3=0.99, eps=1e-8):
    r"""Adan: :math:`u_t = (\hat m_t + \beta_2 \hat d_t) / (\sqrt{\hat n_t} + \varepsilon)`.

    .. math::

        m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t, \quad
        d_t = \beta_2 d_{t-1} + (1-\beta_2) (g_t - g_{t-1}), \quad
        n_t = \beta_3 n_{t-1} + (1-\beta_3) (g_t + \beta_2 (g_t - g_{t-1}))^2

    The letters are those of the authors' code, whose betas are one minus the paper's; its
    corrections of the averages are here too, and ``d`` is the paper's v. Four states.
    """
    state, betas = (m, d, n, g_before), (beta1, beta2, beta3)
    return _adan(xp, t, g, state, betas, beta2, eps)


@rule(
    parent=adan,
    change="weighs the gradient's change by 1 - beta2 instead of beta2",
    source="Optax 0.2.8, optax.scale_by_adan",
    domains={"n": "[0, inf)"},
)
def adan_optax(xp, t, g, x, m, d, n, g_before, *, beta1=0.98, beta2=0.92, beta3=0.99, eps=1e-8):
    r"""Adan in Optax: :math:`1-\beta_2` wherever :func:`adan` weighs by :math:`\beta_2`.

    The paper's :math:`1-\beta_2` was kept while the betas became one minus the paper's: at the
    default the weight is 0.08 instead of 0.92.
    """
    state, betas = (m, d, n, g_before), (beta1, beta2, beta3)
    return _adan(xp, t, g, state, betas, 1 - beta2, eps)


@rule(
    parent=adam,
    change="adds a second, slow average of gradients to the first",
    source="Pagliardini et al. 2024, Algorithm 1, without its weight decay",
    domains={"mix": "[0, inf)"},
)
def ademamix(xp, t, g, x, m, s, v, *, beta1=0.9, beta2=0.999, beta3=0.9999, mix=5.0, eps=1e-8):
    r"""AdEMAMix: :math:`u_t = (\hat m_t + a s_t) / (\sqrt{\hat v_t} + \varepsilon)`.

    .. math:: s_t = \beta_3 s_{t-1} + (1-\beta_3) g_t

    ``s`` is the paper's slow average, left uncorrected; ``mix``, :math:`a`, is its alpha. The paper
    raises ``mix`` and ``beta3`` by schedules.
    """
    m, s = ema(beta1, m, g), ema(beta3, s, g)
    v = ema(beta2, v, g * g)
    root = xp.sqrt(debias(xp, beta2, t, v)) + eps
    return (debias(xp, beta1, t, m) + mix * s) / root, m, s, v


@rule(
    parent=ademamix,
    change="one running sum and the gradient itself in place of two averages",
    source="Morwani et al. 2025, Simplified-AdEMAMix, without its weight decay",
    domains={"mix": "[0, inf)"},
)
def simplified_ademamix(xp, t, g, x, m, v, *, beta1=0.99, beta2=0.95, mix=0.0, eps=1e-8):
    r"""Simplified AdEMAMix: :math:`u_t = (m_t + a g_t) / (\sqrt{\hat v_t} + \varepsilon)`.

    .. math:: m_t = \beta_1 m_{t-1} + g_t

    The weights of ``m`` sum to :math:`1/(1-\beta_1)`, not to 1, and the rate must be that much
    smaller than Adam's. ``mix`` is :math:`a`, the paper's alpha.
    """
    m, v = beta1 * m + g, ema(beta2, v, g * g)
    return (m + mix * g) / (xp.sqrt(debias(xp, beta2, t, v)) + eps), m, v


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
