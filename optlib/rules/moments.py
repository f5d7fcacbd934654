"""Adam's line: an average of gradients over the root of an average of squares."""

from __future__ import annotations

from typing import Any

from ..registry import rule
from .adaptive import rmsprop
from .averages import debias, ema

_VMAX = {"vmax": "[0, inf)"}


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
    change="adds eps to the uncorrected root",
    source="Kingma & Ba 2015, section 2, last lines (epsilon hat)",
)
def eps_hat_adam(xp, t, g, x, m, v, *, beta1=0.9, beta2=0.999, eps=1e-7):
    r"""Adam with :math:`\hat\varepsilon`, as in Keras and TensorFlow.

    .. math:: u_t = \frac{\sqrt{1-\beta_2^t}}{1-\beta_1^t} \frac{m_t}{\sqrt{v_t} + \hat\varepsilon}

    It is Adam with the epsilon :math:`\hat\varepsilon / \sqrt{1-\beta_2^t}` at step t.
    """
    m = ema(beta1, m, g)
    v = ema(beta2, v, g * g)
    root = xp.sqrt(debias(xp, beta2, t, 1.0))
    return debias(xp, beta1, t, m) / ((xp.sqrt(v) + eps) * root), m, v


@rule(
    parent=eps_hat_adam,
    change="leaves the first moment uncorrected",
    source="St. John 2021, arXiv:2110.10828",
)
def adamd(xp, t, g, x, m, v, *, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""AdamD: :math:`u_t = \sqrt{1-\beta_2^t}\; m_t / (\sqrt{v_t} + \varepsilon)`.

    The first step is :math:`1-\beta_1` times Adam's.
    """
    m = ema(beta1, m, g)
    v = ema(beta2, v, g * g)
    return m / ((xp.sqrt(v) + eps) * xp.sqrt(debias(xp, beta2, t, 1.0))), m, v


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


@rule(
    parent=adam_uncorrected,
    change="adds weight_decay * x to the direction",
    source="Devlin et al. 2019, in the code of BERT",
)
def bert_adam(xp, t, g, x, m, v, *, weight_decay=1e-2, beta1=0.9, beta2=0.999, eps=1e-6):
    r"""BERT's Adam: :math:`u_t = m_t / (\sqrt{v_t} + \varepsilon) + \lambda x_{t-1}`."""
    u, m, v = adam_uncorrected(xp, t, g, x, m, v, beta1=beta1, beta2=beta2, eps=eps)
    return u + weight_decay * x, m, v


@rule(
    parent=adamw,
    change="multiplies the decay by the schedule alone",
    source="Loshchilov & Hutter 2019, Algorithm 2, line 12",
    domains={"alpha": "[0, inf)"},
)
def adamw_paper(
    xp, t, g, x, m, v, *, alpha=1e-3, weight_decay=1e-2, beta1=0.9, beta2=0.999, eps=1e-8
):
    r"""AdamW of the paper: :math:`x_t = x_{t-1} - \eta_t (\alpha\,r_t + \lambda x_{t-1})` with
    Adam's direction :math:`r_t`.

    The rate ``lr`` is the schedule's multiplier :math:`\eta_t`, 1 for none; :math:`\alpha` is a
    hyper-parameter. The parameter shrinks by :math:`1 - \eta_t\lambda` a step, whatever
    :math:`\alpha` is.
    """
    r, m, v = adam(xp, t, g, x, m, v, beta1=beta1, beta2=beta2, eps=eps)
    return alpha * r + weight_decay * x, m, v


@rule(
    parent=adam,
    change="divides by the largest second moment so far, and corrects nothing",
    source="Reddi, Kale & Kumar 2018, Algorithm 2",
    domains=_VMAX,
    invariants=("vmax >= v",),
)
def amsgrad(xp, t, g, x, m, v, vmax, *, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""AMSGrad of the paper: :math:`u_t = m_t / (\sqrt{v^{\max}_t} + \varepsilon)`.

    .. math:: v^{\max}_t = \max(v^{\max}_{t-1}, v_t)

    The denominator never decreases. The paper has no :math:`\varepsilon`; 0 follows it.
    """
    m = ema(beta1, m, g)
    v = ema(beta2, v, g * g)
    vmax = xp.maximum(vmax, v)
    return m / (xp.sqrt(vmax) + eps), m, v, vmax


@rule(
    parent=amsgrad,
    change="corrects both moments, before the maximum is taken",
    source="Optax, optax.amsgrad",
    domains=_VMAX,
    invariants=("vmax >= v",),
)
def amsgrad_corrected(xp, t, g, x, m, v, vmax, *, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""AMSGrad, corrected and then the maximum.

    .. math::

        v^{\max}_t = \max(v^{\max}_{t-1}, \hat v_t), \qquad
        u_t = \hat m_t / (\sqrt{v^{\max}_t} + \varepsilon)

    The denominator never decreases; a large first gradient, which :math:`\hat v_1` takes in full,
    is never forgotten.
    """
    m = ema(beta1, m, g)
    v = ema(beta2, v, g * g)
    vmax = xp.maximum(vmax, debias(xp, beta2, t, v))
    return debias(xp, beta1, t, m) / (xp.sqrt(vmax) + eps), m, v, vmax


@rule(
    parent=amsgrad,
    change="corrects both moments, after the maximum is taken",
    source="PyTorch, torch.optim.Adam with amsgrad=True",
    domains=_VMAX,
    invariants=("vmax >= v",),
)
def amsgrad_raw_max(xp, t, g, x, m, v, vmax, *, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""AMSGrad, the maximum and then corrected.

    .. math::

        v^{\max}_t = \max(v^{\max}_{t-1}, v_t), \qquad
        u_t = \hat m_t \Big/ \Bigl(\sqrt{v^{\max}_t / (1-\beta_2^t)} + \varepsilon\Bigr)

    The denominator can decrease: the correction falls while the maximum stands still.
    """
    m = ema(beta1, m, g)
    v = ema(beta2, v, g * g)
    vmax = xp.maximum(vmax, v)
    root = xp.sqrt(debias(xp, beta2, t, vmax))
    return debias(xp, beta1, t, m) / (root + eps), m, v, vmax


@rule(
    parent=amsgrad_raw_max,
    change="adds eps to the uncorrected root",
    source="Keras 3, keras.optimizers.Adam with amsgrad=True",
    domains=_VMAX,
    invariants=("vmax >= v",),
)
def eps_hat_amsgrad(xp, t, g, x, m, v, vmax, *, beta1=0.9, beta2=0.999, eps=1e-7):
    r"""AMSGrad in Keras, which is to :func:`amsgrad_raw_max` as ``eps_hat_adam`` is to ``adam``.

    .. math::

        u_t = \frac{\sqrt{1-\beta_2^t}}{1-\beta_1^t}
              \frac{m_t}{\sqrt{v^{\max}_t} + \hat\varepsilon}
    """
    m = ema(beta1, m, g)
    v = ema(beta2, v, g * g)
    vmax = xp.maximum(vmax, v)
    root = xp.sqrt(debias(xp, beta2, t, 1.0))
    return debias(xp, beta1, t, m) / ((xp.sqrt(vmax) + eps) * root), m, v, vmax


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
    parent=nadam,
    change="lets the momentum grow by the step itself",
    source="Keras 3, keras.optimizers.Nadam",
    domains={"mu_product": "(0, 1]"},
    init=lambda xp, x, **hyper: {"mu_product": xp.ones((), dtype=x.dtype)},
)
def nadam_keras(xp, t, g, x, m, v, mu_product, *, beta1=0.9, beta2=0.999, eps=1e-7):
    r"""Nadam with :math:`\mu_t = \beta_1 (1 - \tfrac12\, 0.96^t)`, the decay :math:`\psi = 1`.

    The momentum is at :math:`\beta_1` after some 100 steps; with Dozat's 0.004 it takes 25 000.
    """
    betas = {"beta1": beta1, "beta2": beta2}
    return nadam(xp, t, g, x, m, v, mu_product, momentum_decay=1, eps=eps, **betas)
