"""Gradient descent and momentum."""

from __future__ import annotations

from ..registry import rule


@rule(source="Robbins & Monro 1951, eq. 6")
def sgd(xp, t, g, x):
    r"""Gradient descent: the direction is the gradient, :math:`u_t = g_t`."""
    return (g,)


@rule(
    parent=sgd,
    change="keeps the sign of each gradient alone",
    source="Bernstein et al. 2018, Algorithm 1",
)
def signsgd(xp, t, g, x):
    r"""signSGD: :math:`u_t = \operatorname{sign}(g_t)`, and 0 where the gradient is 0."""
    return (xp.sign(g),)


@rule(parent=sgd, change="a running sum of gradients", source="Polyak 1964, eq. 9")
def momentum(xp, t, g, x, m, *, momentum=0.9):
    r"""Heavy ball: :math:`m_t = \mu m_{t-1} + g_t`, :math:`u_t = m_t`.

    The weights of past gradients sum to :math:`1/(1-\mu)`, not to 1.
    """
    m = momentum * m + g
    return m, m


@rule(
    parent=momentum,
    change="weighs every gradient but the first by 1 - dampening",
    source="PyTorch, torch.optim.SGD",
    domains={"dampening": "[0, 1]"},
)
def sgd_dampened(xp, t, g, x, m, *, momentum=0.9, dampening=0.0):
    r"""Momentum with dampening :math:`\tau`: :math:`m_t = \mu m_{t-1} + (1-\tau) g_t`, but
    :math:`m_1 = g_1`; :math:`u_t = m_t`.

    With :math:`\tau = \mu` it is the running average of gradients, started at the first one.
    """
    m = xp.where(t < 2, g, momentum * m + (1 - dampening) * g)
    return m, m


@rule(
    parent=momentum,
    change="looks one step of momentum ahead",
    source="Nesterov 1983; in this form Bengio et al. 2013, eq. 7",
)
def nesterov(xp, t, g, x, m, *, momentum=0.9):
    r"""Nesterov's momentum: :math:`m_t = \mu m_{t-1} + g_t`, :math:`u_t = g_t + \mu m_t`.

    ``x`` is the point at which the gradient is taken.
    """
    m = momentum * m + g
    return g + momentum * m, m


@rule(
    parent=momentum,
    change="keeps the rate inside the state",
    source="Keras 3, keras.optimizers.SGD",
)
def keras_momentum(xp, t, g, x, m, *, lr, momentum=0.9):
    r"""Momentum in Keras: :math:`m_t = \mu m_{t-1} - \alpha_t g_t`, :math:`x_t = x_{t-1} + m_t`.

    The same as heavy ball while the rate is constant, and not when it changes. It returns the
    finished displacement: its caller does ``x <- x - u``.
    """
    m = momentum * m - lr * g
    return -m, m


@rule(
    parent=nesterov,
    change="keeps the rate inside the state",
    source="Keras 3, keras.optimizers.SGD with nesterov=True",
)
def keras_nesterov(xp, t, g, x, m, *, lr, momentum=0.9):
    r"""Nesterov's momentum in Keras: :math:`x_t = x_{t-1} + \mu m_t - \alpha_t g_t`.

    .. math:: m_t = \mu m_{t-1} - \alpha_t g_t
    """
    u, m = keras_momentum(xp, t, g, x, m, lr=lr, momentum=momentum)
    return lr * g + momentum * u, m


@rule(
    parent=nesterov,
    change="writes the two sequences of points instead of a running sum",
    source="Nesterov 1983; as in Sutskever et al. 2013, appendix A.1",
    init=lambda xp, x, **hyper: {"y": xp.asarray(x, copy=True)},
)
def nesterov_original(xp, t, g, x, y, *, lr, momentum=0.9):
    r"""Nesterov's two sequences: a gradient step from ``x``, then beyond it by the last move.

    .. math::

        y_t = x_{t-1} - \alpha_t g_t, \qquad x_t = y_t + \mu\,(y_t - y_{t-1}), \qquad y_0 = x_0

    ``x`` is the point at which the gradient is taken, ``y`` the result. The same as
    :func:`nesterov` while the rate is constant, as :func:`keras_nesterov` always.
    """
    ahead = x - lr * g
    return x - ahead - momentum * (ahead - y), ahead
