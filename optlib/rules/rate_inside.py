"""Rules whose state knows the rate, so that they return the finished displacement."""

from __future__ import annotations

from typing import Any

from ..registry import rule
from .adaptive import adagrad
from .averages import debias, ema
from .moments import adam
from .sizes import divisor, inner, total


@rule(
    parent=adagrad,
    change="minimises the sum of all past linear models with a penalty, an L1 norm among it",
    source="McMahan et al. 2013, Algorithm 1, in the form of Keras 3, keras.optimizers.Ftrl",
    domains={
        "power": "[0, inf)",
        "initial": "[0, inf)",
        "l1": "[0, inf)",
        "l2": "[0, inf)",
        "shrinkage": "[0, inf)",
        "offset": "[0, inf)",
        "n": "[0, inf)",
        "z": "real",
    },
)
def ftrl(
    xp, t, g, x, n, z, *, lr, power=0.5, initial=0.1, l1=0.0, l2=0.0, shrinkage=0.0, offset=0.0
):
    r"""FTRL-Proximal: :math:`x_t = (\mathrm{clip}(z_t, \pm\lambda_1) - z_t) / q_t`.

    .. math::

        s_t = \Bigl(\nu + \sum_{i=1}^t g_i^2\Bigr)^p, \qquad
        z_t = z_{t-1} + g_t + 2\kappa x_{t-1} - \frac{s_t - s_{t-1}}{\alpha_t} x_{t-1}, \qquad
        q_t = \frac{s_t + \beta}{\alpha_t} + 2\lambda_2

    with :math:`\nu` for ``initial``, :math:`\kappa` for ``shrinkage`` and :math:`\beta` for
    ``offset``. The paper has :math:`p = 1/2`, :math:`\nu = \kappa = 0` and :math:`\lambda_2` for
    :math:`2\lambda_2`. An entry with :math:`|z_t| \le \lambda_1` is exactly zero. The start is not
    kept: with :math:`\nu > 0` the first step multiplies it by :math:`1 - s_0/s_1`. The algorithm
    divides by the rate; a step with rate 0 moves nothing.
    """
    before, n = (n + initial) ** power, n + g * g
    size = (n + initial) ** power
    rate = xp.where(lr > 0, lr, 1.0)
    new = z + g + 2 * shrinkage * x - (size - before) / rate * x
    inside = xp.minimum(xp.maximum(new, -l1), l1)
    moved = x - (inside - new) / ((size + offset) / rate + 2 * l2)
    return xp.where(lr > 0, moved, 0 * x), n, xp.where(lr > 0, new, z)


@rule(
    parent=adam,
    change="averages points instead of gradients, so that no schedule is needed",
    source="Defazio et al. 2024, Algorithm 1, in the form of Keras 3, with equal weights",
    domains={"z": "real"},
    init=lambda xp, x, **hyper: {"z": xp.asarray(x, copy=True)},
)
def schedule_free_equal(xp, t, g, x, z, v, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""Schedule-free Adam: ``x`` is the point :math:`y_t = (1-\beta_1) z_t + \beta_1 \bar x_t`.

    .. math::

        z_t = z_{t-1} - d_t, \quad d_t = \alpha_t \frac{g_t}{\sqrt{\hat v_t} + \varepsilon}, \qquad
        \bar x_t = \Bigl(1 - \frac1t\Bigr) \bar x_{t-1} + \frac1t z_t

    Every point has the weight :math:`1/t`; the paper weighs by the square of the rate. With the
    average written by ``x`` and ``z``, the displacement is
    :math:`(1-\beta_1) d_t + (\beta_1 d_t + y_{t-1} - z_{t-1}) / t`.
    """
    v = ema(beta2, v, g * g)
    d = lr * g / (xp.sqrt(debias(xp, beta2, t, v)) + eps)
    return (1 - beta1) * d + (beta1 * d + x - z) / t, z - d, v


_PRODIGY = {
    "scope": "model",
    "domains": {
        "d0": "(0, inf)",
        "coefficient": "(0, inf)",
        "s": "real",
        "x0": "real",
        "r": "real",
        "growth": "[1, inf)",
    },
    "init": lambda xp, x, **hyper: {
        "x0": xp.asarray(x, copy=True),
        "r": xp.zeros((), dtype=x.dtype),
        "growth": xp.ones((), dtype=x.dtype),
    },
}


@rule(
    parent=adam,
    change="estimates the distance to the solution from all layers together, and moves by it",
    source="Mishchenko & Defazio 2023, in the form of Optax, optax.contrib.prodigy",
    **_PRODIGY,
)
def prodigy(
    xp,
    t,
    g,
    x,
    m,
    v,
    s,
    x0,
    r,
    growth,
    *,
    lr,
    beta1=0.9,
    beta2=0.999,
    beta3=0.999**0.5,
    eps=1e-8,
    d0=1e-6,
    coefficient=1.0,
    weight_decay=0.0,
):
    r"""Prodigy: Adam at the rate :math:`\alpha_t d_{t-1}`, with a growing estimate of a distance.

    .. math::

        q_t = d_t / d_0, \quad
        a_t = \alpha_t \frac{\sqrt{1-\beta_2^t}}{1-\beta_1^t}, \quad
        m_t = \beta_1 m_{t-1} + (1-\beta_1) q_{t-1} g_t, \quad
        v_t = \beta_2 v_{t-1} + (1-\beta_2) q_{t-1}^2 g_t^2

        r_t = \beta_3 r_{t-1} + a_t q_{t-1}^2 \langle g_t, x_0 - x_{t-1} \rangle, \quad
        s_t = \beta_3 s_{t-1} + a_t q_{t-1}^2 g_t, \quad
        d_t = \max(d_{t-1}, c\, r_t / \|s_t\|_1)

        x_t = x_{t-1} - a_t d_{t-1} \Bigl( \frac{m_t}{\sqrt{v_t} + q_t \varepsilon}
              + \lambda x_{t-1} \Bigr)

    with ``growth`` for :math:`q` and ``coefficient`` for :math:`c`. The paper has :math:`\beta_3 =
    \sqrt{\beta_2}`, no bias correction, and the old estimate beside :math:`\varepsilon`; its
    :math:`m, v, r, s` are these times constants. ``r`` and ``growth`` are numbers of the whole
    model. On a convex function with :math:`c \le 1`, an estimate that starts below the largest
    entry of :math:`|x_0 - x_*|` stays below it, for every minimum :math:`x_*`.
    """
    rate = _corrected(xp, t, lr, beta1, beta2)
    s = beta3 * s + rate * growth * growth * g
    hyper = beta1, beta2, beta3, eps, d0, coefficient, weight_decay
    return _grown(xp, rate, g, x, m, v, s, x0, r, growth, *hyper)


@rule(
    parent=prodigy,
    change="leaves the rate out of the sum below the estimate, which so grows less in a warmup",
    source="Optax, optax.contrib.prodigy, safeguard_warmup",
    **_PRODIGY,
)
def prodigy_safeguarded(
    xp,
    t,
    g,
    x,
    m,
    v,
    s,
    x0,
    r,
    growth,
    *,
    lr,
    beta1=0.9,
    beta2=0.999,
    beta3=0.999**0.5,
    eps=1e-8,
    d0=1e-6,
    coefficient=1.0,
    weight_decay=0.0,
):
    r"""Prodigy with :math:`s_t = \beta_3 s_{t-1} + q_{t-1}^2 g_t`.

    The gradients of a warmup count in full here, so that the estimate is lower after it.
    """
    rate = _corrected(xp, t, lr, beta1, beta2)
    s = beta3 * s + growth * growth * g
    hyper = beta1, beta2, beta3, eps, d0, coefficient, weight_decay
    return _grown(xp, rate, g, x, m, v, s, x0, r, growth, *hyper)


def _corrected(xp: Any, t: Any, lr: Any, beta1: Any, beta2: Any) -> Any:
    """The rate with both bias corrections of Adam in it."""
    return lr * debias(xp, beta1, t, 1.0) / xp.sqrt(debias(xp, beta2, t, 1.0))


def _grown(
    xp, rate, g, x, m, v, s, x0, r, growth, beta1, beta2, beta3, eps, d0, coefficient, weight_decay
):
    """Prodigy's displacement and new state, from the new sum ``s``."""
    d, scaled = d0 * growth, growth * g
    m, v = ema(beta1, m, scaled), ema(beta2, v, scaled * scaled)
    r = beta3 * r + rate * growth * growth * inner(xp, g, x0 - x)
    size = total(xp, xp.abs(s))
    found = xp.where(size > 0, r / xp.where(size > 0, divisor(xp, size), 1.0), 0.0)
    growth = xp.maximum(growth, coefficient * found / d0)
    return rate * d * (m / (xp.sqrt(v) + growth * eps) + weight_decay * x), m, v, s, x0, r, growth
