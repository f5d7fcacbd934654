"""Rules that look at the loss as well: a step no longer than down to the best that can be.

``loss`` is an extra input of every step, an array like ``x`` with the loss in every entry. The
rules are of scope ``model``, as the loss is one number for all layers.
"""

from __future__ import annotations

from typing import Any

from ..registry import rule
from .averages import debias, ema
from .first_order import momentum, sgd
from .moments import adam
from .sizes import divisor, inner, mean, norm, norm_square

_MODEL = {"f": "real", "gamma": "real", "least": "real"}
# Below it Optax takes a squared norm for zero, whatever the unit of the gradient.
_ZERO = 2.0**-52


def _numbers(xp: Any, x: Any, **hyper: Any) -> dict[str, Any]:
    return {name: xp.zeros((), dtype=x.dtype) for name in ("f", "gamma")}


def _per(xp: Any, height: Any, square: Any) -> Any:
    """A height over a squared norm, and zero where there is none."""
    steep = square > _ZERO
    return xp.where(steep, height / xp.where(steep, divisor(xp, square), 1.0), 0.0)


@rule(
    parent=sgd,
    change="goes down to where the linear model of the loss has the least value, up to a bound",
    source="Loizou et al. 2021, in the form of Optax, optax.polyak_sgd",
    scope="model",
    domains={"least": "real", "most": "[0, inf)"},
)
def polyak_sgd(xp, t, g, x, *, lr, loss, least=0.0, most=1.0, eps=0.0):
    r"""Polyak's step, at most :math:`\gamma` long in units of :math:`d_t = \alpha_t g_t`.

    .. math::

        x_t = x_{t-1} - \min\Bigl(\frac{f_t - f_*}{\|d_t\|^2 + \varepsilon}, \gamma\Bigr) d_t

    with ``least`` for :math:`f_*`, ``most`` for :math:`\gamma`. The rate is 1 in the paper; a
    larger one makes smaller steps, as the norm is that of :math:`d_t`. Below ``least`` it goes
    uphill.
    """
    d = lr * g
    length = norm(xp, d)
    safe = xp.where(length > 0, divisor(xp, length), 1.0)
    # By the length and not by its square, which may leave the range that the step is in.
    far = xp.minimum((loss - least) / (safe + eps / safe), most * length)
    return (xp.where(norm_square(xp, d) + eps > _ZERO, far, 0.0) * (d / safe),)


@rule(
    parent=momentum,
    change="averages linear models of the loss, and goes no further than to the least value",
    source="Schaipp et al. 2024, in the form of Optax, optax.contrib.momo",
    scope="model",
    domains=_MODEL,
    init=_numbers,
)
def momo(xp, t, g, x, m, f, gamma, *, lr, loss, beta=0.9, least=0.0, weight_decay=0.0):
    r"""MoMo: momentum with a step that the averaged model of the loss bounds.

    .. math::

        m_t = \beta m_{t-1} + (1-\beta) g_t, \quad
        \bar f_t = \beta \bar f_{t-1} + (1-\beta) f_t, \quad
        \gamma_t = \beta \gamma_{t-1} + (1-\beta) \langle g_t, x_{t-1} \rangle

        \tau_t = \min\Bigl(\alpha_t, \frac{[(1+\alpha_t\lambda)(\bar f_t - f_* - \gamma_t)
                 + \langle m_t, x_{t-1} \rangle]_+}{\|m_t\|^2}\Bigr), \qquad
        x_t = \frac{x_{t-1}}{1+\alpha_t\lambda} - \tau_t m_t

    with ``least`` for :math:`f_*`; all averages start at their first values.
    """
    beta = beta * xp.minimum(t - 1, 1)
    m, f = ema(beta, m, g), ema(beta, f, mean(xp, loss))
    gamma, grown = ema(beta, gamma, inner(xp, g, x)), 1 + lr * weight_decay
    height = xp.maximum(grown * (f - least - gamma) + inner(xp, m, x), 0.0)
    step = xp.minimum(_per(xp, height, norm_square(xp, m)), lr)
    return lr * weight_decay / grown * x + step * m, m, f, gamma


@rule(
    parent=adam,
    change="goes no further than to the least value of an averaged linear model of the loss",
    source="Schaipp et al. 2024, in the form of Optax, optax.contrib.momo_adam",
    scope="model",
    domains={**_MODEL, "eps": "(0, inf)"},
    init=_numbers,
)
def momo_adam(
    xp,
    t,
    g,
    x,
    m,
    v,
    f,
    gamma,
    *,
    lr,
    loss,
    beta1=0.9,
    beta2=0.999,
    eps=1e-8,
    least=0.0,
    weight_decay=0.0,
):
    r"""MoMo-Adam: Adam's direction with MoMo's bound on the step, in the norm of its denominator.

    .. math::

        D_t = \varepsilon + \sqrt{\hat v_t}, \qquad
        \tau_t = \min\Bigl(\frac{\alpha_t}{1-\beta_1^t}, \frac{[(1+\alpha_t\lambda)
                 (\bar f_t - (1-\beta_1^t) f_* - \gamma_t) + \langle m_t, x_{t-1} \rangle]_+}
                 {\langle m_t, m_t / D_t \rangle}\Bigr), \qquad
        x_t = \frac{x_{t-1}}{1+\alpha_t\lambda} - \tau_t \frac{m_t}{D_t}

    with the averages of :func:`momo`, which start at zero here.
    """
    weight = 1 / debias(xp, beta1, t, 1.0)
    m, v, f = ema(beta1, m, g), ema(beta2, v, g * g), ema(beta1, f, mean(xp, loss))
    gamma, grown = ema(beta1, gamma, inner(xp, g, x)), 1 + lr * weight_decay
    u = m / (eps + xp.sqrt(debias(xp, beta2, t, v)))
    height = xp.maximum(grown * (f - weight * least - gamma) + inner(xp, m, x), 0.0)
    step = xp.minimum(_per(xp, height, inner(xp, m, u)), lr / weight)
    return lr * weight_decay / grown * x + step * u, m, v, f, gamma
