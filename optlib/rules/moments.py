"""Adam's line: an average of gradients over the root of an average of squares."""

from __future__ import annotations

from typing import Any

from ..registry import rule
from .adaptive import rmsprop
from .averages import debias, ema


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
