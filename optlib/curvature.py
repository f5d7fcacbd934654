"""Adam-mini: Adam with one rate for each block of the Hessian, a layer.

A rule of scope ``layer`` sees each layer as one vector, whatever its shape.
"""

from __future__ import annotations

from .registry import rule
from .rules.averages import debias, ema
from .rules.moments import adam


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

    A layer of n numbers needs n + 1. The paper's blocks follow the dense blocks of the Hessian: the
    heads of a query or a key are blocks each, and an embedding has Adam's v. To follow it there,
    give each head an array of its own, and the embedding to :func:`~optlib.rules.adam`.
    """
    m = ema(beta1, m, g)
    v = ema(beta2, v, xp.sum(g * g, axis=-1, keepdims=True) / g.shape[-1])
    return debias(xp, beta1, t, m) / (xp.sqrt(debias(xp, beta2, t, v)) + eps), m, v
