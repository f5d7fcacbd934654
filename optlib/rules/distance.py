"""Rules that measure how far the model has come, and set their step by it; all layers together."""

from __future__ import annotations

from typing import Any

from ..registry import rule
from .averages import debias, ema
from .first_order import sgd
from .moments import adam
from .sizes import inner, norm, norm_square, total

_DISTANCE = {"x0": "real", "far": "[0, inf)", "sum": "[0, inf)", "start": "[0, inf)"}


def _start(xp: Any, x: Any, **hyper: Any) -> dict[str, Any]:
    """The start, kept, and two numbers of the whole model."""
    return {
        "x0": xp.asarray(x, copy=True),
        "far": xp.zeros((), dtype=x.dtype),
        "sum": xp.zeros((), dtype=x.dtype),
    }


@rule(
    parent=sgd,
    change="takes the largest distance so far over the root of all squared gradients for the rate",
    source="Ivgi, Hinder & Carmon 2023, in the form of Optax, optax.contrib.dog",
    scope="model",
    domains=_DISTANCE,
    init=_start,
)
def dog(xp, t, g, x, x0, far, sum, *, start=1e-6, eps=1e-8):
    r"""DoG, distance over gradients; the rate is a factor, 1 in the paper.

    .. math::

        u_t = \frac{r_t}{\sqrt{\sum_{i \le t} \|g_i\|^2 + \varepsilon}}\, g_t, \qquad
        r_t = \max_{i < t} \|x_i - x_0\|, \qquad r_1 = \rho\,(1 + \|x_0\|)

    with ``far`` for :math:`r` and ``start`` for :math:`\rho`. Both norms are those of all layers.
    """
    first = start * (1 + norm(xp, x))
    far = xp.maximum(xp.where(t < 2, first, far), norm(xp, x - x0))
    sum = sum + norm_square(xp, g)
    return far / xp.sqrt(sum + eps) * g, x0, far, sum


@rule(
    parent=dog,
    change="starts at a distance that is given, whatever the size of the model",
    source="Optax 0.2.8, optax.contrib.dog with init_step=('distance', ...)",
    scope="model",
    domains=_DISTANCE,
    init=_start,
)
def dog_absolute(xp, t, g, x, x0, far, sum, *, start=1e-6, eps=1e-8):
    r"""DoG with :math:`r_1 = \rho`, in the unit of ``x``."""
    far = xp.maximum(xp.where(t < 2, start, far), norm(xp, x - x0))
    sum = sum + norm_square(xp, g)
    return far / xp.sqrt(sum + eps) * g, x0, far, sum


@rule(
    parent=dog,
    change="squares the distance, and weighs each squared gradient by the distance of its time",
    source="Khaled, Mishchenko & Jin 2023, in the form of Optax, optax.contrib.dowg",
    scope="model",
    domains=_DISTANCE | {"start": "(0, inf)"},
    init=_start,
)
def dowg(xp, t, g, x, x0, far, sum, *, start=1e-4, eps=1e-4):
    r"""DoWG, distance over weighted gradients.

    .. math::

        u_t = \frac{r_t^2}{\sqrt{\sum_{i \le t} r_i^2 \|g_i\|^2} + \varepsilon}\, g_t, \qquad
        r_t = \max_{i < t} \|x_i - x_0\|

    ``far`` is :math:`r^2`, which starts at ``start``.
    """
    far = xp.maximum(xp.where(t < 2, start, far), norm_square(xp, x - x0))
    sum = sum + far * norm_square(xp, g)
    return far / (xp.sqrt(sum) + eps) * g, x0, far, sum


@rule(
    parent=adam,
    change="estimates the distance to the solution from the gradients, and moves by it",
    source="Defazio & Mishchenko 2023, in the form of Optax, optax.contrib.dadapt_adamw",
    scope="model",
    domains={"d0": "(0, inf)", "eps": "(0, inf)", "s": "real", "r": "real", "growth": "[1, inf)"},
    init=lambda xp, x, **hyper: {
        "r": xp.zeros((), dtype=x.dtype),
        "growth": xp.ones((), dtype=x.dtype),
    },
)
def dadapt_adam(
    xp,
    t,
    g,
    x,
    m,
    v,
    s,
    r,
    growth,
    *,
    lr,
    beta1=0.9,
    beta2=0.999,
    eps=1e-8,
    d0=1e-6,
    weight_decay=0.0,
):
    r"""D-Adaptation of Adam: :math:`a_t = \alpha_t d_{t-1} \sqrt{1-\beta_2^t} / (1-\beta_1^t)` is
    the rate.

    .. math::

        m_t = \beta_1 m_{t-1} + (1-\beta_1) a_t g_t, \quad
        v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2, \quad
        s_t = \beta_3 s_{t-1} + (1-\beta_3) a_t g_t

        r_t = \beta_3 r_{t-1} + (1-\beta_3) a_t
              \Bigl\langle g_t, \frac{s_{t-1}}{\sqrt{v_{t-1}} + \varepsilon} \Bigr\rangle, \quad
        d_t = \max\Bigl(d_{t-1}, \frac{r_t}{(1-\beta_3)\|s_t\|_1}\Bigr), \quad
        x_t = (1 - a_t\lambda) x_{t-1} - \frac{m_t}{\sqrt{v_t} + \varepsilon}

    with :math:`\beta_3 = \sqrt{\beta_2}` and ``growth`` for :math:`d_t / d_0`. ``r`` and ``growth``
    are numbers of the whole model.
    """
    beta3 = beta2**0.5
    rate = lr * d0 * growth * debias(xp, beta1, t, 1.0) / xp.sqrt(debias(xp, beta2, t, 1.0))
    root = xp.sqrt(v) + eps
    along = inner(xp, g, xp.where(root > 0, s / xp.where(root > 0, root, 1.0), 0.0))
    m, v, s = ema(beta1, m, rate * g), ema(beta2, v, g * g), ema(beta3, s, rate * g)
    r = ema(beta3, r, rate * along)
    size = (1 - beta3) * total(xp, xp.abs(s))
    found = xp.where(size > 0, r / xp.where(size > 0, size, 1.0), 0.0)
    moved = m / (xp.sqrt(v) + eps) + weight_decay * rate * x
    return moved, m, v, s, r, xp.maximum(growth, found / d0)
