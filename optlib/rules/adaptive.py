"""Rules that divide by a running size of the gradient, with plain momentum or none."""

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
    change="adds eps inside the root",
    source="Keras 3, keras.optimizers.Adagrad",
)
def adagrad_inside(xp, t, g, x, v, *, eps=1e-7):
    r"""AdaGrad with :math:`u_t = g_t / \sqrt{v_t + \varepsilon}`; ``eps`` has the unit of
    :math:`g^2`.
    """
    v = v + g * g
    return g / xp.sqrt(v + eps), v


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


@rule(
    parent=rmsprop,
    change="adds eps inside the root",
    source="Keras 3, keras.optimizers.RMSprop",
)
def rmsprop_inside(xp, t, g, x, v, *, beta2=0.9, eps=1e-8):
    r"""RMSprop with :math:`u_t = g_t/\sqrt{v_t + \varepsilon}`; ``eps`` has the unit of
    :math:`g^2`.
    """
    v = ema(beta2, v, g * g)
    return g / xp.sqrt(v + eps), v


@rule(
    parent=rmsprop,
    change="sums the directions with momentum",
    source="PyTorch, torch.optim.RMSprop with momentum",
)
def rmsprop_momentum(xp, t, g, x, v, m, *, momentum=0.9, beta2=0.9, eps=1e-8):
    r"""RMSprop with heavy ball on its direction: :math:`u_t = m_t`.

    .. math:: m_t = \mu m_{t-1} + g_t/(\sqrt{v_t}+\varepsilon)
    """
    u, v = rmsprop(xp, t, g, x, v, beta2=beta2, eps=eps)
    m = momentum * m + u
    return m, v, m


@rule(
    parent=rmsprop,
    change="subtracts the square of the mean from the mean of the squares",
    source="Graves 2013, eqs. 38-40, with eps outside the root",
    domains={"eps": "(0, inf)", "mean": "real"},
    invariants=("v >= mean**2",),
)
def rmsprop_centered(xp, t, g, x, v, mean, *, beta2=0.9, eps=1e-8):
    r"""Centered RMSprop: :math:`u_t = g_t / (\sqrt{v_t - \bar g_t^2} + \varepsilon)`.

    .. math:: \bar g_t = \beta_2 \bar g_{t-1} + (1-\beta_2) g_t

    The variance :math:`v_t - \bar g_t^2` is never negative; where rounding makes it so, it is 0.
    Under a constant gradient it goes to 0, so :math:`\varepsilon` must be positive.
    """
    v, mean = ema(beta2, v, g * g), ema(beta2, mean, g)
    return g / (xp.sqrt(xp.maximum(v - mean * mean, 0.0)) + eps), v, mean


@rule(
    parent=rmsprop_centered,
    change="adds eps inside the root",
    source="Graves 2013, eqs. 38-40",
    domains={"eps": "(0, inf)", "mean": "real"},
    invariants=("v >= mean**2",),
)
def rmsprop_centered_inside(xp, t, g, x, v, mean, *, beta2=0.95, eps=1e-4):
    r"""Centered RMSprop with :math:`u_t = g_t / \sqrt{v_t - \bar g_t^2 + \varepsilon}`."""
    v, mean = ema(beta2, v, g * g), ema(beta2, mean, g)
    return g / xp.sqrt(xp.maximum(v - mean * mean, 0.0) + eps), v, mean


@rule(
    parent=rmsprop_centered,
    change="sums the directions with momentum",
    source="PyTorch, torch.optim.RMSprop, centered and with momentum",
    domains={"eps": "(0, inf)", "mean": "real"},
    invariants=("v >= mean**2",),
)
def rmsprop_centered_momentum(xp, t, g, x, v, mean, m, *, momentum=0.9, beta2=0.9, eps=1e-8):
    r"""Centered RMSprop with heavy ball on its direction: :math:`u_t = m_t`.

    .. math:: m_t = \mu m_{t-1} + g_t / (\sqrt{v_t - \bar g_t^2} + \varepsilon)
    """
    u, v, mean = rmsprop_centered(xp, t, g, x, v, mean, beta2=beta2, eps=eps)
    m = momentum * m + u
    return m, v, mean, m


@rule(
    parent=rmsprop,
    change="multiplies by a running size of its own steps",
    source="Zeiler 2012, Algorithm 1",
    domains={"rho": "[0, 1)", "d": "[0, inf)"},
)
def adadelta(xp, t, g, x, v, d, *, rho=0.95, eps=1e-6):
    r"""Adadelta: :math:`u_t = \sqrt{d_{t-1} + \varepsilon}\; g_t / \sqrt{v_t + \varepsilon}`.

    .. math::

        v_t = \rho v_{t-1} + (1-\rho) g_t^2, \qquad d_t = \rho d_{t-1} + (1-\rho) u_t^2

    ``u`` has the unit of ``x`` (the paper has no rate: ``lr`` is 1). One :math:`\varepsilon` is
    added to squares of both units and is what sets the size of the first steps.
    """
    v = ema(rho, v, g * g)
    u = xp.sqrt(d + eps) * g / xp.sqrt(v + eps)
    return u, v, ema(rho, d, u * u)
