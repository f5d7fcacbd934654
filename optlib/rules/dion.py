"""Dion: the momentum of a matrix, made nearly orthogonal by one step of a power iteration."""

from __future__ import annotations

import math
from typing import Any

from ..registry import rule
from .muon import muon_plain
from .sizes import leveled, norm


def basis(xp: Any, a: Any) -> Any:
    """Orthonormal columns that span the columns of each matrix, NaN for one that is not finite."""
    # No routine takes half precision, and some stop the program at a NaN.
    wide = xp.astype(a, xp.result_type(a.dtype, xp.float32))
    finite = xp.all(xp.isfinite(wide), axis=(-2, -1), keepdims=True)
    q, _ = xp.linalg.qr(xp.where(finite, wide, 0.0))
    return xp.astype(xp.where(finite, q, float("nan")), a.dtype)


def _cosines(xp: Any, x: Any, *, fraction: Any = 1.0, **hyper: Any) -> dict[str, Any]:
    """Orthogonal columns of cosines, as many as the rank, on the shorter side of each matrix."""
    side = min(x.shape[-2:])
    most = float(xp.max(fraction)) if hasattr(fraction, "dtype") else fraction
    rows, columns = (xp.arange(k, dtype=xp.float32) for k in (side, math.ceil(most * side)))
    waves = xp.cos(math.pi / max(side, 1) * (xp.reshape(rows, (side, 1)) + 0.5) * columns)
    start = xp.zeros((*x.shape[:-2], *waves.shape), dtype=x.dtype)
    return {"q": start + xp.astype(waves, x.dtype)}


def power_step(xp: Any, b: Any, q: Any, fraction: Any) -> tuple[Any, Any]:
    r"""The bases :math:`p = \mathrm{orth}(bq)` of the columns that a rank has, and
    :math:`r = b^\top p`; 0 and q for a matrix of zeros.

    Source: Ahn et al. 2025, PowerIter1, and ``fix_all_zero_or_nan`` in the authors' code.
    """
    # The basis does not see sizes, but small columns times small entries vanish.
    (b, s), (column, _) = leveled(xp, b, (-2, -1)), leveled(xp, q, (-2, -1))
    moved = xp.any(b != 0, axis=(-2, -1), keepdims=True)
    inside = xp.arange(q.shape[-1], dtype=xp.float32) < fraction * q.shape[-2]
    p = xp.where(moved & inside, basis(xp, xp.matmul(b, column)), 0.0)
    return p, xp.where(moved, xp.matmul(xp.matrix_transpose(b), p) / s, q)


@rule(
    parent=muon_plain,
    change="takes one step of a power iteration of low rank, and keeps what it left out",
    source="Ahn et al. 2025, Algorithm 1 in the authors' code, without its factor for the shape",
    scope="matrix",
    domains={"fraction": "(0, 1]", "q": "real"},
    init=_cosines,
    traceable=False,
)
def dion(xp, t, g, x, m, q, *, momentum=0.95, eps=1e-8, fraction=1.0):
    r"""Dion: :math:`u_t = p_t q_t^\top`, for matrices with no more columns than rows.

    .. math::

        b_t = m_{t-1} + g_t, \quad p_t = \mathrm{orth}(b_t q_{t-1}), \quad r_t = b_t^\top p_t, \quad
        q_t = \mathrm{norm}(r_t), \quad m_t = b_t - (1-\mu)\, p_t r_t^\top

    orth is the first factor of a QR decomposition; norm divides each column by its length plus
    :math:`\varepsilon`. Wide matrices are transposed. The rank is ``fraction`` of the shorter side.
    What the rank leaves out of :math:`b_t` stays in :math:`m_t` whole. While :math:`b_t` keeps its
    singular vectors, :math:`p_t` and :math:`q_t` come to those with the largest values, and at full
    rank :math:`u_t` to the polar factor; before, the columns of :math:`q_t` have length 1 but need
    not be orthogonal.

    The authors start :math:`q_0` with random numbers, here it is made of cosines. Where the rank of
    :math:`b_t` is less, rounding chooses the rest of :math:`p_t`, and :math:`\varepsilon`, in the
    unit of g, keeps the columns of :math:`q_t` small that belong to it.
    """
    m, turned = m + g, g.shape[-2] < g.shape[-1]
    p, r = power_step(xp, xp.matrix_transpose(m) if turned else m, q, fraction)
    q = r / (norm(xp, r, -2) + eps)
    u, kept = (xp.matmul(p, xp.matrix_transpose(k)) for k in (q, r))
    u, kept = (xp.matrix_transpose(k) if turned else k for k in (u, kept))
    return u, m - (1 - momentum) * kept, q
