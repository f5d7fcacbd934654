"""Rules that divide by a running size of the gradient, without momentum."""

from __future__ import annotations

from ..registry import rule
from .averages import ema
from .first_order import sgd


@rule(
    parent=sgd,
    change="divides by the root of the sum of squares",
    source="Duchi, Hazan & Singer 2011, eq. 1, diagonal form",
)
def adagrad(xp, t, g, x, v, *, eps=1e-10):
    r"""AdaGrad: :math:`v_t = v_{t-1} + g_t^2`, :math:`u_t = g_t / (\sqrt{v_t} + \varepsilon)`."""
    v = v + g * g
    return g / (xp.sqrt(v) + eps), v


@rule(
    parent=adagrad,
    change="averages the squares instead of summing them",
    source="Tieleman & Hinton 2012, lecture 6e",
)
def rmsprop(xp, t, g, x, v, *, beta2=0.9, eps=1e-8):
    r"""RMSprop: :math:`u_t = g_t/(\sqrt{v_t}+\varepsilon)`.

    .. math:: v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2

    The lecture has decay 0.9 and no :math:`\varepsilon`; this one stands outside the root.
    """
    v = ema(beta2, v, g * g)
    return g / (xp.sqrt(v) + eps), v
