"""Adam's line, continued: Nadam's other versions, a rectified variance, another norm."""

from __future__ import annotations

from typing import Any

from ..registry import rule
from .averages import debias, ema
from .moments import adam, eps_hat_adam, nadam


@rule(
    parent=nadam,
    change="keeps the momentum constant",
    source="Optax, optax.nadam",
)
def nadam_constant(xp, t, g, x, m, v, *, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""Nadam with :math:`\mu_t = \beta_1`.

    .. math::

        u_t = \Bigl(\frac{\beta_1 m_t}{1-\beta_1^{t+1}} + \frac{(1-\beta_1) g_t}{1-\beta_1^t}\Bigr)
              \Big/ \bigl(\sqrt{\hat v_t} + \varepsilon\bigr)
    """
    m = ema(beta1, m, g)
    v = ema(beta2, v, g * g)
    ahead = debias(xp, beta1, t + 1, beta1 * m) + debias(xp, beta1, t, (1 - beta1) * g)
    return ahead / (xp.sqrt(debias(xp, beta2, t, v)) + eps), m, v


@rule(
    parent=nadam_constant,
    change="corrects the moment that looks ahead by the present step",
    source="Ruder 2016, section 4.8",
)
def nadam_simplified(xp, t, g, x, m, v, *, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""Nadam as often taught.

    .. math::

        u_t = \Bigl(\beta_1 \hat m_t + \frac{(1-\beta_1) g_t}{1-\beta_1^t}\Bigr)
              \Big/ \bigl(\sqrt{\hat v_t} + \varepsilon\bigr)

    Its first step is :math:`1 + \beta_1` times Adam's.
    """
    m = ema(beta1, m, g)
    v = ema(beta2, v, g * g)
    ahead = debias(xp, beta1, t, beta1 * m + (1 - beta1) * g)
    return ahead / (xp.sqrt(debias(xp, beta2, t, v)) + eps), m, v


def rectification(xp: Any, beta2: Any, t: Any, threshold: Any) -> tuple[Any, Any]:
    r"""Whether :math:`\rho_t` is above the threshold, and :math:`r_t` (1 where it is not).

    .. math::

        \rho_\infty = \frac{2}{1-\beta_2} - 1, \qquad
        \rho_t = \rho_\infty - \frac{2t\beta_2^t}{1-\beta_2^t}, \qquad
        r_t = \sqrt{\frac{(\rho_t-4)(\rho_t-2)\rho_\infty}{(\rho_\infty-4)(\rho_\infty-2)\rho_t}}

    On a traced ``t`` in float32 the length is good to :math:`10^{-7}\rho_\infty`, as in Optax: its
    two parts nearly cancel in the first steps.

    Source: Liu et al. 2020, Algorithm 2.
    """
    longest = 2 / (1 - beta2) - 1
    length = longest - debias(xp, beta2, t, 2 * t * beta2**t)
    known = length > threshold
    above = xp.where(known, (length - 4) * (length - 2) * longest, 1.0)
    most = xp.where(known, (longest - 4) * (longest - 2) * length, 1.0)
    return known, xp.sqrt(above / most)


@rule(
    parent=adam,
    change="is momentum while the variance of the second moment is unknown, then rectifies it",
    source="Liu et al. 2020, Algorithm 2",
    domains={"threshold": "[4, inf)"},
)
def radam(xp, t, g, x, m, v, *, beta1=0.9, beta2=0.999, eps=1e-8, threshold=4):
    r"""RAdam: :math:`u_t = r_t \hat m_t / (\sqrt{\hat v_t} + \varepsilon)` where
    :math:`\rho_t > 4`, else :math:`u_t = \hat m_t`.

    The first steps are not adaptive: they grow with the gradient. The paper has no
    :math:`\varepsilon`; it stands where Adam's does, and 0 follows the paper.
    """
    m = ema(beta1, m, g)
    v = ema(beta2, v, g * g)
    known, r = rectification(xp, beta2, t, threshold)
    size = xp.sqrt(debias(xp, beta2, t, v)) + eps
    return debias(xp, beta1, t, m) * xp.where(known, r / size, 1.0), m, v


@rule(
    parent=radam,
    change="waits for a length above 5, and adds eps to the uncorrected root",
    source="PyTorch, torch.optim.RAdam",
)
def radam_torch(xp, t, g, x, m, v, *, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""RAdam in PyTorch: :math:`u_t = r_t\, \hat m_t \sqrt{1-\beta_2^t} / (\sqrt{v_t} +
    \varepsilon)` where :math:`\rho_t > 5`, else :math:`u_t = \hat m_t`.
    """
    m = ema(beta1, m, g)
    v = ema(beta2, v, g * g)
    known, r = rectification(xp, beta2, t, 5)
    size = (xp.sqrt(v) + eps) * xp.sqrt(debias(xp, beta2, t, 1.0))
    return debias(xp, beta1, t, m) * xp.where(known, r / size, 1.0), m, v


@rule(
    parent=adam,
    change="takes a decaying maximum in place of the root of the average of squares",
    source="Kingma & Ba 2015, Algorithm 2",
    domains={"n": "[0, inf)"},
)
def adamax(xp, t, g, x, m, n, *, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""Adamax: :math:`u_t = \hat m_t / (n_t + \varepsilon)`.

    .. math:: n_t = \max(\beta_2 n_{t-1}, |g_t|)

    The paper writes :math:`u_t` for :math:`n_t` and has no :math:`\varepsilon`; here it stands as
    in Keras.
    """
    m = ema(beta1, m, g)
    n = xp.maximum(beta2 * n, xp.abs(g))
    return debias(xp, beta1, t, m) / (n + eps), m, n


@rule(
    parent=adamax,
    change="adds eps to the gradient's size, inside the maximum",
    source="PyTorch, torch.optim.Adamax",
    domains={"n": "[0, inf)"},
)
def adamax_inside(xp, t, g, x, m, n, *, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""Adamax in PyTorch and Optax: :math:`u_t = \hat m_t / n_t`.

    .. math:: n_t = \max(\beta_2 n_{t-1}, |g_t| + \varepsilon)
    """
    m = ema(beta1, m, g)
    n = xp.maximum(beta2 * n, xp.abs(g) + eps)
    return debias(xp, beta1, t, m) / n, m, n


@rule(
    parent=eps_hat_adam,
    change="leaves an entry alone, moments and all, where the gradient has none",
    source="PyTorch, torch.optim.SparseAdam",
)
def sparse_adam(xp, t, g, x, m, v, *, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""Lazy Adam: :math:`u_t = 0` where :math:`g_t = 0`.

    Elsewhere it is :func:`~optlib.rules.moments.eps_hat_adam`.

    Moments that rest do not decay, but the corrections count every step: an entry seen for the
    first time at a late step has moments that are corrected by too little.
    """
    seen = xp.abs(g) > 0
    u, m_new, v_new = eps_hat_adam(xp, t, g, x, m, v, beta1=beta1, beta2=beta2, eps=eps)
    return xp.where(seen, u, 0 * u), xp.where(seen, m_new, m), xp.where(seen, v_new, v)
