"""PSGD: a preconditioner that is fitted, step by step, until gradients look like white noise.

A rule of scope ``matrix``: every matrix of a stack has factors of its own, a vector is a matrix of
one row.
"""

from __future__ import annotations

from typing import Any

from ..registry import rule
from .averages import debias, ema
from .first_order import momentum as heavy_ball
from .shampoo import between, eigen, squares
from .sizes import leveled, widened


def _identities(xp: Any, x: Any, **hyper: Any) -> dict[str, Any]:
    """A factor for the rows and one for the columns, both at the identity."""
    sides = dict(zip(("ql", "qr"), x.shape[-2:], strict=True))
    at = {k: xp.zeros((*x.shape[:-2], n, n), dtype=x.dtype) for k, n in sides.items()}
    return {k: a + xp.eye(sides[k], dtype=x.dtype) for k, a in at.items()}


def whitened(xp: Any, q: Any, aa: Any, bb: Any, fit: Any) -> Any:
    r"""A triangular factor after one step, :math:`q - \eta\, \mathrm{triu}(E)\, q`.

    .. math:: E = \frac{AA^\top - BB^\top}{\|AA^\top + BB^\top\|_2}

    Source: Li, the code psgd_torch, Table II of its description.
    """
    most = eigen(xp, aa + bb)[0][..., -1:]
    e = xp.triu((aa - bb) / xp.where(most > 0, most, 1.0))
    return q - fit * xp.matmul(e, q)


@rule(
    parent=heavy_ball,
    change="averages, and multiplies by a preconditioner that is fitted step by step",
    source="Li 2019, arXiv:1809.10232, whitening, as in psgd_torch with two triangular factors",
    scope="matrix",
    domains={"fit": "[0, 1)"},
    init=_identities,
    traceable=False,
)
def psgd_kron(xp, t, g, x, m, ql, qr, *, momentum=0.9, fit=0.1):
    r"""PSGD with Kronecker factors: :math:`u_t = Q_L^\top Q_L \hat m_t Q_R^\top Q_R`.

    .. math::

        A = Q_L \hat m_t Q_R^\top, \quad
        BB^\top = \mathrm{tr}(Q_R^{-1} Q_R^{-\top})\, Q_L^{-\top} Q_L^{-1}, \quad
        Q_L \leftarrow Q_L - \eta\,
        \frac{\mathrm{triu}(AA^\top - BB^\top)}{\|AA^\top + BB^\top\|_2}\, Q_L

    and :math:`Q_R` with :math:`A^\top A` and :math:`\mathrm{tr}(Q_L^{-1} Q_L^{-\top})\,
    Q_R^{-\top} Q_R^{-1}`; then the step, by the new factors. They descend on
    :math:`E(g^\top P g + v^\top P^{-1} v)` for :math:`P = Q^\top Q`, which is least where
    :math:`P\, E(gg^\top)\, P = I`: there preconditioned gradients are white. The norm, which is
    another one for every gradient, lets them come only near it.

    Most code draws :math:`v` from the normal distribution in every step. Here its mean is taken, as
    the author says one may, so nothing is random. That code also estimates the norm from below,
    adds noise to the gradient, evens out the factors, updates them ever more rarely, and clips the
    step. A vector, a matrix of one row, has a full square factor.
    """
    m = ema(momentum, m, g)
    ahead, ql, qr = (widened(xp, k) for k in (debias(xp, momentum, t, m), ql, qr))
    a = between(xp, ql, ahead, xp.matrix_transpose(qr))
    # The same factor on A and B cancels; squares of large entries are no numbers.
    small = xp.minimum(leveled(xp, a, (-2, -1))[1], 1.0)
    back = [small * xp.linalg.inv(q) for q in (ql, qr)]
    amounts = [xp.sum(k * k, axis=(-2, -1), keepdims=True) for k in back]
    ql, qr = (
        whitened(xp, q, aa, amount * squares(xp, k)[1], fit)
        for q, aa, k, amount in zip(
            (ql, qr), squares(xp, small * a), back, amounts[::-1], strict=True
        )
    )
    left, right = (squares(xp, q)[1] for q in (ql, qr))
    return between(xp, left, ahead, right), m, ql, qr
