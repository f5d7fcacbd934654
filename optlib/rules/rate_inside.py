"""Rules whose state knows the rate, so that they return the finished displacement."""

from __future__ import annotations

from ..registry import rule
from .adaptive import adagrad
from .averages import debias, ema
from .moments import adam


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
