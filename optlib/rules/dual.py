"""Rules that write the point by the start and a sum of all gradients since: dual averaging."""

from __future__ import annotations

from ..registry import rule
from .adaptive import adagrad
from .first_order import sgd


def _started(xp, x, **hyper):
    return {"x0": xp.asarray(x, copy=True)}


@rule(
    parent=adagrad,
    change="takes the cube root of the sum of squares, and averages the points of dual averaging",
    source="Defazio & Jelassi 2022, in the form of Optax, optax.contrib.madgrad",
    domains={"eps": "(0, inf)", "s": "real", "x0": "real"},
    init=_started,
)
def madgrad(xp, t, g, x, v, s, x0, *, lr, momentum=0.9, eps=1e-6):
    r"""MADGRAD: dual averaging with the cube root of the sum of squares.

    .. math::

        \lambda_t = (\alpha_t + \varepsilon) \sqrt t, \quad
        v_t = v_{t-1} + \lambda_t g_t^2, \quad s_t = s_{t-1} + \lambda_t g_t, \quad
        x_t = \mu x_{t-1} + (1-\mu) \Bigl( x_0 - \frac{s_t}{\sqrt[3]{v_t} + \varepsilon} \Bigr)

    The paper has no :math:`\varepsilon` beside the rate; its weight of the new point is
    :math:`c = 1 - \mu`. A decay must be small: the start keeps its weight for ever.
    """
    weight = (lr + eps) * xp.sqrt(1.0 * t)
    v, s = v + weight * g * g, s + weight * g
    return (1 - momentum) * (x - x0 + s / (xp.cbrt(v) + eps)), v, s, x0


@rule(
    parent=sgd,
    change="bets what was won so far on the sign of each gradient, which takes no rate",
    source="Orabona & Tommasi 2017, in the form of Optax, optax.contrib.cocob",
    domains={
        "alpha": "(0, inf)",
        "eps": "(0, inf)",
        "total": "real",
        "most": "[0, inf)",
        "size": "[0, inf)",
        "won": "[0, inf)",
        "x0": "real",
    },
    init=_started,
)
def cocob(xp, t, g, x, total, most, size, won, x0, *, lr, alpha=100.0, eps=1e-8):
    r"""COCOB-Backprop: the distance from the start is a bet, a share of what was won.

    .. math::

        c_t = \alpha_t g_t, \quad
        L_t = \max(L_{t-1}, |c_t|), \quad G_t = G_{t-1} + |c_t|, \quad
        R_t = \max(R_{t-1} - c_t (x_{t-1} - x_0), 0)

        x_t = x_0 - \frac{\sum_{i \le t} c_i}{L_t \max(G_t + L_t, a L_t)} (L_t + R_t)

    with ``total`` for the sum, ``most`` for :math:`L` (which starts at :math:`\varepsilon`),
    ``size`` for :math:`G`, ``won`` for :math:`R` and ``alpha`` for :math:`a`, which holds the first
    steps small. A rate other than 1 multiplies the gradients, and so changes next to nothing.
    """
    c = lr * g
    most = xp.maximum(xp.where(t < 2, eps, most), xp.abs(c))
    size = size + xp.abs(c)
    won, total = xp.maximum(won - c * (x - x0), 0.0), total + c
    # The quotients one by one: a product of three may leave the range that the bet is in.
    bet = total / xp.maximum(size + most, alpha * most) * ((most + won) / most)
    return x - x0 + bet, total, most, size, won, x0
