"""Rules that act element by element, in increasing complexity.

A rule maps the step ``t >= 1``, the gradient ``g``, the parameter ``x`` and the state to a
direction ``u`` and the new state; its caller does ``x <- x - lr * u``. Every array has the shape of
``x``; ``u`` has the unit that makes ``lr * u`` a displacement. A rule raises nothing: names,
shapes, types and domains are checked by :class:`~optlib.optimizer.Optimizer` before it runs.
"""

from __future__ import annotations

import math
from typing import Any

from .namespaces import is_number
from .registry import rule


def ema(beta: Any, average: Any, new: Any) -> Any:
    r"""Exponential moving average, :math:`\beta a + (1-\beta) b`."""
    return beta * average + (1 - beta) * new


def debias(xp: Any, beta: Any, t: Any, average: Any) -> Any:
    r"""An average that started at zero, divided by the sum of its weights, :math:`1-\beta^t`.

    For a traced ``t`` (an array, as under ``jax.jit``) the sum is ``-expm1(t * log(beta))`` with
    the logarithm in double precision: in float32, ``1 - beta**t`` would be off by 1e-5.

    Source: Kingma & Ba 2015, Algorithm 1.
    """
    if hasattr(t, "dtype") and is_number(beta):
        return average / -xp.expm1(t * math.log(beta)) if beta > 0 else average
    return average / (1 - beta**t)


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


@rule(
    parent=rmsprop,
    change="averages the gradient too, and corrects both averages for their start at zero",
    source="Kingma & Ba 2015, Algorithm 1",
)
def adam(xp, t, g, x, m, v, *, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""Adam: :math:`u_t = \hat m_t / (\sqrt{\hat v_t} + \varepsilon)`.

    .. math::

        m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t, \quad
        v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2, \quad
        \hat m_t = \frac{m_t}{1-\beta_1^t}, \quad \hat v_t = \frac{v_t}{1-\beta_2^t}

    ``u`` has no unit; ``eps`` has the unit of ``g``.
    """
    m = ema(beta1, m, g)
    v = ema(beta2, v, g * g)
    return debias(xp, beta1, t, m) / (xp.sqrt(debias(xp, beta2, t, v)) + eps), m, v


@rule(
    parent=adam,
    change="leaves both averages uncorrected",
    source="Devlin et al. 2019, in the code of BERT, without its weight decay",
)
def adam_uncorrected(xp, t, g, x, m, v, *, beta1=0.9, beta2=0.999, eps=1e-6):
    r"""Adam without bias correction: :math:`u_t = m_t / (\sqrt{v_t} + \varepsilon)`."""
    m = ema(beta1, m, g)
    v = ema(beta2, v, g * g)
    return m / (xp.sqrt(v) + eps), m, v


@rule(
    parent=adam,
    change="adds weight_decay * x to the gradient",
    source="Loshchilov & Hutter 2019, Algorithm 2, line 6",
)
def adam_l2(xp, t, g, x, m, v, *, weight_decay=1e-2, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""Adam with the gradient :math:`g_t + \lambda x_{t-1}`, that of an L2 penalty."""
    return adam(xp, t, g + weight_decay * x, x, m, v, beta1=beta1, beta2=beta2, eps=eps)


@rule(
    parent=adam,
    change="adds weight_decay * x to the direction",
    source="Loshchilov & Hutter 2019, Algorithm 2, line 12, with the decay multiplied by lr",
)
def adamw(xp, t, g, x, m, v, *, weight_decay=1e-2, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""AdamW: :math:`u_t = \hat m_t / (\sqrt{\hat v_t} + \varepsilon) + \lambda x_{t-1}`.

    The parameter shrinks by :math:`1 - \alpha\lambda` a step, as in PyTorch, Optax and Keras; the
    paper multiplies the decay by the schedule alone.
    """
    u, m, v = adam(xp, t, g, x, m, v, beta1=beta1, beta2=beta2, eps=eps)
    return u + weight_decay * x, m, v


def _mu(beta1: Any, decay: Any, t: Any) -> Any:
    return beta1 * (1 - 0.96 ** (t * decay) / 2)


@rule(
    parent=adam,
    change="looks one step of the first moment ahead, with a momentum that grows",
    source="Dozat 2016, Algorithm 2 and section 3.2",
    domains={"momentum_decay": "[0, inf)", "mu_product": "(0, 1]"},
    init=lambda xp, x, **hyper: {"mu_product": xp.ones((), dtype=x.dtype)},
)
def nadam(xp, t, g, x, m, v, mu_product, *, beta1=0.9, beta2=0.999, eps=1e-8, momentum_decay=4e-3):
    r"""Nadam with Dozat's schedule :math:`\mu_t = \beta_1 (1 - \tfrac12\, 0.96^{t\psi})`.

    .. math::

        u_t = \Bigl(\frac{\mu_{t+1} m_t}{1-\prod_{i=1}^{t+1}\mu_i}
              + \frac{(1-\mu_t) g_t}{1-\prod_{i=1}^{t}\mu_i}\Bigr)
              \Big/ \bigl(\sqrt{\hat v_t} + \varepsilon\bigr)

    ``mu_product`` is one number per layer and starts at 1.
    """
    mu, mu_next = _mu(beta1, momentum_decay, t), _mu(beta1, momentum_decay, t + 1)
    mu_product = mu_product * mu
    m = ema(beta1, m, g)
    v = ema(beta2, v, g * g)
    ahead = mu_next * m / (1 - mu_product * mu_next) + (1 - mu) * g / (1 - mu_product)
    return ahead / (xp.sqrt(debias(xp, beta2, t, v)) + eps), m, v, mu_product


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
