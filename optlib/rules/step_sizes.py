"""Step sizes that the rule keeps itself: averaged SGD with a falling one, and Rprop with many."""

from __future__ import annotations

from ..registry import rule
from .first_order import sgd, signsgd


@rule(
    parent=sgd,
    change="lets the rate fall by a power of the step, and keeps the mean of the points beside it",
    source="Polyak & Juditsky 1992, in the form of Bottou 2010 and of PyTorch, torch.optim.ASGD",
    domains={
        "decay": "[0, inf)",
        "power": "[0, inf)",
        "begin": "[0, inf)",
        "mean": "real",
        "eta": "[0, inf)",
    },
    init=lambda xp, x, **hyper: {"eta": xp.zeros((), dtype=x.dtype)},
)
def asgd(xp, t, g, x, mean, eta, *, lr, decay=1e-4, power=0.75, begin=1e6):
    r"""SGD at :math:`\eta_{t-1}` with an L2 penalty; the average is ``mean``, not the parameters.

    .. math::

        x_t = x_{t-1} - \eta_{t-1} (g_t + \lambda x_{t-1}), \qquad
        \bar x_t = \bar x_{t-1} + \frac{x_t - \bar x_{t-1}}{\max(1, t - 1 - t_0)}, \qquad
        \eta_t = \frac{\alpha_t}{(1 + \lambda \alpha_t t)^p}

    with :math:`\eta_0 = \alpha_1`, :math:`\lambda` for ``decay``, :math:`p` for ``power`` and
    :math:`t_0` for ``begin``. Each step moves by the rate that the step before left, so a scheduled
    rate acts one step late. Until step :math:`t_0 + 2` the mean is the last point.
    """
    moved = xp.where(t < 2, lr, eta) * (g + decay * x)
    mean = mean + (x - moved - mean) / xp.maximum(t - 1 - begin, 1)
    # Added to the old one, the new rate is an array of its type from the start.
    return moved, mean, 0 * eta + lr / (1 + decay * lr * t) ** power


@rule(
    parent=signsgd,
    change="gives every entry its own step, which grows while the sign stays and shrinks when it "
    "turns",
    source="Igel & Huesken 2000, iRprop-; Riedmiller & Braun 1993 without its way back",
    domains={
        "shrink": "(0, 1)",
        "grow": "(1, inf)",
        "least": "[0, inf)",
        "most": "[0, inf)",
        "before": "real",
        "size": "[0, inf)",
    },
)
def rprop(xp, t, g, x, before, size, *, lr, shrink=0.5, grow=1.2, least=1e-6, most=50.0):
    r"""Resilient backpropagation: steps :math:`\Delta_t` that do not see the gradient's size.

    .. math::

        \Delta_t = \mathrm{clip}\Bigl(\Delta_{t-1} \cdot
            \begin{cases}\eta_+ & g_t b_{t-1} > 0\\ \eta_- & g_t b_{t-1} < 0\\ 1 & \text{else}
            \end{cases},\ \Delta_{\min}, \Delta_{\max}\Bigr), \qquad
        b_t = \begin{cases}0 & g_t b_{t-1} < 0\\ g_t & \text{else}\end{cases}, \qquad
        d_t = \Delta_t\,\mathrm{sign}(b_t)

    with :math:`b` for ``before``. An entry whose sign turned rests for one step. The rate is
    :math:`\Delta_0` and nothing else: what a schedule says after step 1 is not looked at. Made for
    gradients without noise.
    """
    size = xp.where(t < 2, 0 * size + lr, size)
    same = g * before
    changed = xp.where(same > 0, size * grow, xp.where(same < 0, size * shrink, size))
    size = xp.minimum(xp.maximum(changed, least), most)
    kept = xp.where(same < 0, 0 * g, g)
    return xp.sign(kept) * size, kept, size


@rule(
    parent=rprop,
    change="moves by the step that the gradient before this one found",
    source="Optax 0.2.8, optax.scale_by_rprop",
    domains={
        "shrink": "(0, 1)",
        "grow": "(1, inf)",
        "least": "[0, inf)",
        "most": "[0, inf)",
        "before": "real",
        "size": "[0, inf)",
    },
)
def rprop_late(xp, t, g, x, before, size, *, lr, shrink=0.5, grow=1.2, least=1e-6, most=50.0):
    r"""Rprop in Optax: the step that :func:`rprop` would take is kept in ``before`` and taken one
    step later, unless the sign has turned.

    .. math:: d_t = \begin{cases}0 & g_t b_{t-1} < 0\\ b_{t-1} & \text{else}\end{cases}, \qquad
        b_t = \begin{cases}0 & g_t b_{t-1} < 0\\ \Delta_t\,\mathrm{sign}(g_t) & \text{else}
            \end{cases}

    Step 1 moves nothing. The rate, :math:`\Delta_0`, may lie outside of the bounds until a sign has
    stayed or turned.
    """
    size = xp.where(t < 2, 0 * size + lr, size)
    same = g * before
    changed = xp.where(same > 0, size * grow, size * shrink)
    changed = xp.minimum(xp.maximum(changed, least), most)
    size = xp.where(xp.abs(same) > 0, changed, size)
    turned = same < 0
    return xp.where(turned, 0 * g, before), xp.where(turned, 0 * g, xp.sign(g) * size), size
