"""SM3: AdaGrad with one number for each row and one for each column of a matrix."""

from __future__ import annotations

from typing import Any

from ..registry import rule
from .adaptive import adagrad
from .averages import ema


def under_root(xp: Any, v: Any, g: Any, eps: Any) -> Any:
    r"""The direction :math:`g / \sqrt{v + \varepsilon}`, and 0 where :math:`v` is 0."""
    return xp.where(v > 0, g / xp.sqrt(xp.where(v > 0, v, 1.0) + eps), 0.0)


@rule(
    parent=adagrad,
    change="keeps the largest sum of each row and of each column in place of the sums",
    source="Anil et al. 2019, in the form of Optax, optax.sm3",
    scope="matrix",
    domains={"r": "[0, inf)", "c": "[0, inf)"},
    init=lambda xp, x, **hyper: {
        "r": xp.zeros_like(x[..., :1]),
        "c": xp.zeros_like(x[..., :1, :]),
    },
    traceable=False,
)
def sm3(xp, t, g, x, r, c, m, *, momentum=0.9, eps=1e-8):
    r"""SM3, with momentum as an average: :math:`u_t = m_t`.

    .. math::

        v_{ij} = \min(r_i, c_j) + g_{ij}^2, \quad
        r_i = \max_j v_{ij}, \quad c_j = \max_i v_{ij}, \quad
        m_t = \mu m_{t-1} + (1-\mu) \frac{g_t}{\sqrt{v_t + \varepsilon}}

    The minimum is never less than AdaGrad's sum of squares, so no step is larger. Beside the
    momentum an m by n matrix needs m + n numbers. A vector, a matrix of one row, has AdaGrad's.
    """
    v = xp.minimum(r, c) + g * g
    m = ema(momentum, m, under_root(xp, v, g, eps))
    return m, xp.max(v, axis=-1, keepdims=True), xp.max(v, axis=-2, keepdims=True), m
