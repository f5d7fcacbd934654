"""AdamW with its decay changed: where it acts, and how it follows the rate."""

from __future__ import annotations

from typing import Any

from ..registry import rule
from .moments import adam, adamw


def cautious_decay(xp: Any, u: Any, x: Any) -> Any:
    r"""The entries that a direction takes towards zero, :math:`[u x \geq 0]\, x`, and 0 elsewhere.

    Source: Chen et al. 2025, Algorithm 1. Signs are multiplied in place of the numbers, whose
    product may vanish in a float.
    """
    return xp.where(xp.sign(u) * xp.sign(x) >= 0, x, 0.0)


@rule(
    parent=adamw,
    change="decays only the entries that the direction takes towards zero",
    source="Chen et al. 2025 (arXiv:2510.12402), Algorithm 1, with Adam",
)
def adamw_cautious_decay(xp, t, g, x, m, v, *, weight_decay=1e-2, beta1=0.9, beta2=0.999, eps=1e-8):
    r"""AdamW with cautious decay: :math:`u_t = a_t + \lambda\,[a_t x_{t-1} \geq 0]\, x_{t-1}`.

    :math:`a_t` is Adam's direction. The decay never works against it, so a run comes to rest where
    the loss does; AdamW is held in :math:`|x| \leq 1/\lambda`. Where the direction is zero the
    decay acts: among the minima of a valley the run goes on to smaller entries.
    """
    a, m, v = adam(xp, t, g, x, m, v, beta1=beta1, beta2=beta2, eps=eps)
    return a + weight_decay * cautious_decay(xp, a, x), m, v


@rule(
    parent=adamw,
    change="multiplies the decay by the share that the rate is of its largest value",
    source="Defazio 2025 (arXiv:2506.02285), AdamC",
    domains={"lr_max": "(0, inf)"},
)
def adamc(
    xp, t, g, x, m, v, *, lr, lr_max=1e-3, weight_decay=1e-2, beta1=0.9, beta2=0.999, eps=1e-8
):
    r"""AdamC: :math:`x_t = x_{t-1} - \alpha_t a_t - \alpha_t \frac{\alpha_t}{\alpha_{\max}}
    \lambda x_{t-1}` with Adam's direction :math:`a_t`.

    ``lr_max`` is the largest value of the schedule, which a rule cannot see. Made for layers that
    a normalisation follows; the paper leaves AdamW to the others. There the length of a layer
    settles at :math:`\|x\|^2 \approx \alpha_{\max} \|a\|^2 / 2\lambda`, whatever the rate is by
    then.
    """
    a, m, v = adam(xp, t, g, x, m, v, beta1=beta1, beta2=beta2, eps=eps)
    return lr * (a + lr / lr_max * weight_decay * x), m, v
