"""Rules that look at a whole layer at once.

A rule of scope ``layer`` sees each layer as one vector: the driver flattens the layer into the last
axis, whatever its shape, so a norm over that axis is the norm of the layer.
"""

from __future__ import annotations

from typing import Any

from ..registry import rule
from .averages import debias, ema
from .first_order import momentum, sgd
from .moments import adam, adamw
from .signs import lion
from .sizes import divisor, mean_square, norm, norm_square, total


def trust(xp: Any, x: Any, u: Any) -> Any:
    r"""Trust ratio :math:`\|x\| / \|u\|`, and 1 where either norm is zero.

    Source: You et al. 2020, Algorithm 2, with :math:`\phi` the identity. The paper leaves the zero
    norms open; with a ratio of 0 a layer that starts at zero would never move.
    """
    size, length = norm(xp, x), norm(xp, u)
    defined = (size > 0) & (length > 0)
    return xp.where(defined, size / xp.where(defined, divisor(xp, length), 1.0), 1.0)


def unit(xp: Any, u: Any) -> Any:
    r"""The direction of length 1, :math:`u / \|u\|`, and zero where the norm is zero."""
    length = norm(xp, u)
    return u / xp.where(length > 0, divisor(xp, length), 1.0)


@rule(
    parent=sgd,
    change="scales the decayed gradient of each layer to a share of the layer's length",
    source="Optax 0.2.8, optax.lars with momentum 0",
    scope="layer",
    domains={"coefficient": "[0, inf)"},
)
def lars_plain(xp, t, g, x, *, weight_decay=0.0, coefficient=1e-3, eps=0.0):
    r"""LARS without momentum: :math:`u_t = \eta \frac{\|x_{t-1}\|}{\|d_t\| + \varepsilon} d_t`.

    .. math:: d_t = g_t + \lambda x_{t-1}

    ``coefficient`` is :math:`\eta`. Where a norm is zero the ratio is 1, and not :math:`\eta`: such
    a layer takes steps of plain gradient descent, a thousand times larger at the default.
    """
    d = g + weight_decay * x
    size, length = norm(xp, x), norm(xp, d)
    defined = (size > 0) & (length > 0)
    safe = xp.where(defined, divisor(xp, length + eps), 1.0)
    return (d * xp.where(defined, coefficient * size / safe, 1.0),)


@rule(
    parent=momentum,
    change="gives each layer a rate from its own norms, and keeps the rate inside the state",
    source="You, Gitman & Ginsburg 2017, Algorithm 1",
    scope="layer",
    domains={"coefficient": "[0, inf)"},
)
def lars(xp, t, g, x, m, *, lr, momentum=0.9, weight_decay=5e-4, coefficient=1e-3):
    r"""LARS, with a local rate from the norms of weights and gradient.

    .. math::

        m_t = \mu m_{t-1} + \alpha_t \frac{\eta \|x_{t-1}\|}{\|g_t\| + \lambda \|x_{t-1}\|}
        (g_t + \lambda x_{t-1}), \quad x_t = x_{t-1} - m_t

    ``coefficient`` is :math:`\eta`. It returns the finished displacement: its caller does
    ``x <- x - u``. A layer of zeros never moves, as the formula says.
    """
    size, length = norm(xp, x), norm(xp, g) + weight_decay * norm(xp, x)
    local = coefficient * size / xp.where(length > 0, divisor(xp, length), 1.0)
    m = momentum * m + lr * local * (g + weight_decay * x)
    return m, m


@rule(
    parent=lars,
    change="scales the averaged direction instead of the gradient, outside the state",
    source="You et al. 2020, Algorithm 1",
    scope="layer",
)
def lars_after_momentum(xp, t, g, x, m, *, weight_decay=1e-2, beta1=0.9):
    r"""LARS as the paper on LAMB states it: :math:`u_t = \frac{\|x_{t-1}\|}{\|m_t\|} m_t`.

    .. math:: m_t = \beta_1 m_{t-1} + (1-\beta_1)(g_t + \lambda x_{t-1})

    Unlike in :func:`lars`, every step moves a layer by the fraction ``lr`` of its own length.
    """
    m = ema(beta1, m, g + weight_decay * x)
    return norm(xp, x) * unit(xp, m), m


@rule(
    parent=adamw,
    change="scales the direction of each layer to the length of the layer",
    source="You et al. 2020, Algorithm 2",
    scope="layer",
)
def lamb(xp, t, g, x, m, v, *, weight_decay=1e-2, beta1=0.9, beta2=0.999, eps=1e-6):
    r"""LAMB: :math:`u_t = \frac{\|x_{t-1}\|}{\|r_t\|} r_t` with AdamW's direction :math:`r_t`.

    One step moves a layer by the fraction ``lr`` of its own length.
    """
    r, m, v = adamw(xp, t, g, x, m, v, weight_decay=weight_decay, beta1=beta1, beta2=beta2, eps=eps)
    return trust(xp, x, r) * r, m, v


@rule(
    parent=lamb,
    change="reads the formula as it stands: a layer of zeros gets a step of zero",
    source="You et al. 2020, Algorithm 2, with phi the identity",
    scope="layer",
)
def lamb_paper(xp, t, g, x, m, v, *, weight_decay=1e-2, beta1=0.9, beta2=0.999, eps=1e-6):
    r"""LAMB with the trust ratio :math:`\|x_{t-1}\|/\|r_t\|` even where :math:`x_{t-1} = 0`.

    Libraries put a ratio of 1 there; a layer that starts at zero, such as a bias, stays at zero
    here for ever.
    """
    r, m, v = adamw(xp, t, g, x, m, v, weight_decay=weight_decay, beta1=beta1, beta2=beta2, eps=eps)
    return norm(xp, x) * unit(xp, r), m, v


@rule(
    parent=lamb_paper,
    change="keeps the length it scales to between two bounds",
    source="You et al. 2020, section 3, phi(z) = min(max(z, lower), upper)",
    scope="layer",
    domains={"lower": "[0, inf)", "upper": "[0, inf)"},
)
def lamb_bounded(
    xp,
    t,
    g,
    x,
    m,
    v,
    *,
    weight_decay=1e-2,
    beta1=0.9,
    beta2=0.999,
    eps=1e-6,
    lower=1e-2,
    upper=10.0,
):
    r"""LAMB with :math:`\phi(z) = \min(\max(z, \gamma_l), \gamma_u)`.

    .. math:: u_t = \frac{\phi(\|x_{t-1}\|)}{\|r_t\|} r_t

    A positive lower bound lets a layer that starts at zero move. The paper gives no numbers.
    """
    r, m, v = adamw(xp, t, g, x, m, v, weight_decay=weight_decay, beta1=beta1, beta2=beta2, eps=eps)
    return xp.minimum(xp.maximum(norm(xp, x), lower), upper) * unit(xp, r), m, v


@rule(
    parent=momentum,
    change="divides each layer's gradient by a running size of the whole layer",
    source="Ginsburg et al. 2019",
    scope="layer",
    domains={"eps_root": "[0, inf)"},
    init=lambda xp, x, **hyper: {"v": xp.zeros((), dtype=x.dtype)},
)
def novograd(
    xp, t, g, x, m, v, *, weight_decay=0.0, beta1=0.95, beta2=0.98, eps=1e-8, eps_root=0.0
):
    r"""NovoGrad: :math:`u_t = m_t`, a running sum of gradients divided by their layer's size.

    .. math::

        v_t = \beta_2 v_{t-1} + (1-\beta_2) \|g_t\|^2, \quad
        m_t = \beta_1 m_{t-1} + \frac{g_t}{\sqrt{v_t + \bar\varepsilon} + \varepsilon}
              + \lambda x_{t-1}

    ``v`` is one number per layer and starts at :math:`\|g_1\|^2`, so nothing is corrected. The
    decay is summed in ``m`` as well. ``eps_root``, :math:`\bar\varepsilon`, is Optax's.
    """
    square = norm_square(xp, g)
    v = xp.where(t < 2, square, ema(beta2, v, square))
    m = beta1 * m + g / (xp.sqrt(v + eps_root) + eps) + weight_decay * x
    return m, m, v


def cautious(xp: Any, u: Any, g: Any) -> Any:
    r"""The entries of a direction that agree with the gradient, scaled up for those left out.

    .. math:: \phi = [u g > 0], \qquad u \mapsto \frac{n}{1 + \sum\phi}\, \phi\, u

    with :math:`n` entries in the layer. Source: Liang et al. 2024 (arXiv:2411.16085). Their code
    divides by the mean of the mask, at least 1e-3, instead.
    """
    agrees = xp.maximum(xp.sign(u) * xp.sign(g), 0.0)
    return u * agrees * (g.shape[-1] / (total(xp, agrees) + 1))


@rule(
    parent=adamw,
    change="leaves out the entries that would move against their gradient",
    source="Liang et al. 2024 (arXiv:2411.16085), C-AdamW",
    scope="layer",
)
def cautious_adamw(xp, t, g, x, m, v, *, weight_decay=1e-2, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""Cautious AdamW: :math:`u_t = \frac{n}{1+\sum\phi_t}\phi_t a_t + \lambda x_{t-1}`.

    :math:`a_t` is Adam's direction, :math:`\phi_t` is 1 where it has the gradient's sign and 0
    elsewhere, and :math:`n` counts the entries of the layer. The decay is not masked.
    """
    a, m, v = adam(xp, t, g, x, m, v, beta1=beta1, beta2=beta2, eps=eps)
    return cautious(xp, a, g) + weight_decay * x, m, v


@rule(
    parent=lion,
    change="leaves out the entries that would move against their gradient",
    source="Liang et al. 2024 (arXiv:2411.16085), C-Lion",
    scope="layer",
)
def cautious_lion(xp, t, g, x, m, *, beta1=0.9, beta2=0.99):
    r"""Cautious Lion: :math:`u_t = \frac{n}{1+\sum\phi_t} \phi_t a_t` with Lion's :math:`a_t`."""
    a, m = lion(xp, t, g, x, m, beta1=beta1, beta2=beta2)
    return cautious(xp, a, g), m


@rule(
    parent=adam,
    change="averages the mean of a layer's squares in place of the squares",
    source="Zhang et al. 2024 (arXiv:2406.16793), with each layer one block",
    scope="layer",
    init=lambda xp, x, **hyper: {"v": xp.zeros((), dtype=x.dtype)},
)
def adam_mini(xp, t, g, x, m, v, *, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""Adam-mini: :math:`u_t = \hat m_t / (\sqrt{\hat v_t} + \varepsilon)` with one v for a layer.

    .. math:: v_t = \beta_2 v_{t-1} + (1-\beta_2) \tfrac1n \textstyle\sum_i g_{t,i}^2

    A layer of n numbers needs n + 1. In the paper a block is a dense block of the Hessian; in a
    Transformer some are parts of a layer, such as each head of a query or a key. To follow it, give
    every block an array of its own.
    """
    m = ema(beta1, m, g)
    v = ema(beta2, v, mean_square(xp, g))
    return debias(xp, beta1, t, m) / (xp.sqrt(debias(xp, beta2, t, v)) + eps), m, v


@rule(
    parent=sgd,
    change="scales each layer's gradient to the layer's length, and the moved layer back",
    source="Bernstein et al. 2020, in the form of Optax, optax.fromage",
    scope="layer",
    domains={"least": "[0, inf)"},
)
def fromage(xp, t, g, x, *, lr, least=1e-6):
    r"""Fromage, without a state.

    .. math::

        x_t = \frac{1}{\sqrt{1+\alpha_t^2}} \Bigl( x_{t-1} - \alpha_t
              \frac{\max(\|x_{t-1}\|, \ell)}{\max(\|g_t\|, \ell)} g_t \Bigr)

    with :math:`\ell` for ``least``, which the paper leaves out. A gradient at right angles to the
    layer leaves its length as it is. Where ``least`` is 0 and a norm is 0, the ratio is 1.
    """
    size, length = xp.maximum(norm(xp, x), least), xp.maximum(norm(xp, g), least)
    defined = (size > 0) & (length > 0)
    ratio = xp.where(defined, size / xp.where(defined, divisor(xp, length), 1.0), 1.0)
    root = (1 + lr * lr) ** 0.5
    # One minus 1 / root, without a difference of nearly equal numbers.
    shrunk = lr * lr / (root * (root + 1))
    return (lr / root * ratio * g + shrunk * x,)
