"""Rules that look at a whole layer at once.

A rule of scope ``layer`` sees each layer as one vector: the driver flattens the layer into the last
axis, whatever its shape, so a norm over that axis is the norm of the layer.
"""

from __future__ import annotations

from typing import Any

from .registry import rule
from .rules import adamw


def norm(xp: Any, x: Any) -> Any:
    r"""Euclidean norm :math:`\|x\|_2` over the last axis, which is kept with length 1."""
    return xp.sqrt(xp.sum(x * x, axis=-1, keepdims=True))


def trust(xp: Any, x: Any, u: Any) -> Any:
    r"""Trust ratio :math:`\|x\| / \|u\|`, and 1 where either norm is zero.

    Source: You et al. 2020, Algorithm 2, with :math:`\phi` the identity. The paper leaves the zero
    norms open; with a ratio of 0 a layer that starts at zero would never move.
    """
    size, length = norm(xp, x), norm(xp, u)
    defined = (size > 0) & (length > 0)
    return xp.where(defined, size / xp.where(defined, length, 1.0), 1.0)


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
