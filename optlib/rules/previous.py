"""Rules in which the gradient before this one, or what was known before it, acts as well."""

from __future__ import annotations

from typing import Any

from ..registry import rule
from .averages import debias, ema
from .first_order import sgd
from .moments import adam, adamw
from .recent import adabelief
from .sizes import norm

_OPTIMISM = {"scale": "[0, inf)", "optimism": "[0, inf)", "before": "real"}


def anticipated(xp: Any, t: Any, u: Any, before: Any, scale: Any, optimism: Any) -> Any:
    r"""A direction and its last change, :math:`\alpha u_t + \beta (u_t - u_{t-1})`.

    There is no change at step 1. Source: Daskalakis et al. 2018.
    """
    return (scale + optimism) * u - optimism * xp.where(t < 2, u, before)


@rule(
    parent=sgd,
    change="adds the change of the gradient, as if the next gradient changed likewise",
    source="Mokhtari, Ozdaglar & Pattathil 2020, as optax.optimistic_gradient_descent has it",
    domains=_OPTIMISM,
)
def optimistic_sgd(xp, t, g, x, before, *, scale=1.0, optimism=1.0):
    r"""Optimistic gradient descent: :math:`u_t = \alpha g_t + \beta (g_t - g_{t-1})`.

    ``scale`` is :math:`\alpha`, ``optimism`` is :math:`\beta`; step 1 is plain gradient descent.
    Made for games, in which gradient descent circles around a saddle and this one goes to it.
    """
    return anticipated(xp, t, g, before, scale, optimism), g


@rule(
    parent=adam,
    change="adds the change of the direction, as if the next one changed likewise",
    source="Daskalakis et al. 2018, as optax.optimistic_adam_v2 has it",
    domains=_OPTIMISM,
)
def optimistic_adam(
    xp, t, g, x, m, v, before, *, scale=1.0, optimism=1.0, beta1=0.9, beta2=0.999, eps=1e-8
):
    r"""Optimistic Adam: :math:`u_t = \alpha a_t + \beta (a_t - a_{t-1})` with Adam's direction
    :math:`a_t`.
    """
    u, m, v = adam(xp, t, g, x, m, v, beta1=beta1, beta2=beta2, eps=eps)
    return anticipated(xp, t, u, before, scale, optimism), m, v, u


@rule(
    parent=adamw,
    change="adds a share of the gradient's change to it, and clips what is averaged",
    source="Yuan et al. 2025 (arXiv:2411.10438), MARS-AdamW, approximate, as in the authors' code",
    scope="layer",
    domains={"gamma": "[0, inf)", "clip": "(0, inf]", "before": "real"},
)
def mars(
    xp,
    t,
    g,
    x,
    m,
    v,
    before,
    *,
    gamma=0.025,
    clip=1.0,
    weight_decay=0.0,
    beta1=0.95,
    beta2=0.99,
    eps=1e-8,
):
    r"""MARS: :math:`u_t = a_t + \lambda x_{t-1}` with Adam's direction :math:`a_t` for the gradient
    :math:`c_t / \max(1, \|c_t\|/d)`.

    .. math:: c_t = g_t + \gamma \frac{\beta_1}{1-\beta_1} (g_t - g_{t-1})

    ``clip`` is :math:`d`, and :math:`g_0 = 0`. Where nothing is clipped, ``m`` is
    :math:`1-\gamma` times Adam's average and :math:`\gamma` times the newest gradient. To reduce
    variance, the paper takes the old gradient anew on the new batch, at twice the cost; this one
    has what is known. Its authors leave layers of one axis to AdamW.
    """
    c = g + gamma * beta1 / (1 - beta1) * (g - before)
    c = c / xp.maximum(norm(xp, c) / clip, 1.0)
    u, m, v = adamw(xp, t, c, x, m, v, weight_decay=weight_decay, beta1=beta1, beta2=beta2, eps=eps)
    return u, m, v, g


@rule(
    parent=adabelief,
    change="divides the gradient itself, by the squared surprises before it",
    source="Zhuang et al. 2021, in the form of Optax, optax.contrib.acprop",
    domains={"s": "[0, inf)", "eps": "(0, inf)", "eps_root": "[0, inf)"},
)
def acprop(xp, t, g, x, m, s, *, beta1=0.9, beta2=0.999, eps=1e-16, eps_root=1e-16):
    r"""ACProp: :math:`u_t = g_t / (\sqrt{\hat s_{t-1}} + \varepsilon)`, with 1 for
    :math:`\hat s_0`.

    .. math:: s_t = \beta_2 s_{t-1} + (1-\beta_2)(g_t - m_{t-1})^2 + \bar\varepsilon

    The gradient is not in what it is divided by, as in :func:`~optlib.rules.signs.adopt`, and
    step 1 is one of gradient descent. The average ``m`` is only there to measure surprise from;
    the formula in Optax' documentation has :math:`m_t` in it, the code has this.
    """
    past = debias(xp, beta2, xp.maximum(t - 1, 1), s)
    root = xp.sqrt(xp.where(t < 2, 1.0 + 0 * s, past))
    s = ema(beta2, s, (g - m) * (g - m)) + eps_root
    return g / (root + eps), ema(beta1, m, g), s
