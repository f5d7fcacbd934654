"""Gradient descent and momentum."""

from __future__ import annotations

from ..registry import rule


@rule(source="Robbins & Monro 1951, eq. 6")
def sgd(xp, t, g, x):
    r"""Gradient descent: the direction is the gradient, :math:`u_t = g_t`."""
    return (g,)


@rule(parent=sgd, change="a running sum of gradients", source="Polyak 1964, eq. 9")
def momentum(xp, t, g, x, m, *, momentum=0.9):
    r"""Heavy ball: :math:`m_t = \mu m_{t-1} + g_t`, :math:`u_t = m_t`.

    The weights of past gradients sum to :math:`1/(1-\mu)`, not to 1.
    """
    m = momentum * m + g
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
