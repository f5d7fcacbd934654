"""Shampoo, SOAP and SPlus: a matrix seen through the second moments of its rows and of its columns.

A rule of scope ``matrix`` sees each layer as a stack of matrices, the last two axes; every matrix
has factors of its own. A vector or a number is a matrix of one row.
"""

from __future__ import annotations

from typing import Any

from ..registry import rule
from .adaptive import adagrad
from .averages import ema
from .moments import adam


def eigen(xp: Any, a: Any) -> tuple[Any, Any]:
    r"""Eigenvalues :math:`\lambda`, ascending along the last axis, and eigenvectors :math:`Q`.

    The matrices are symmetric. The eigenvalues of each are a row, so that they scale the columns of
    :math:`Q`. A matrix that is not finite has NaN for eigenvectors.
    """
    # No routine takes half precision, and some stop the program at a NaN.
    wide = xp.astype(a, xp.result_type(a.dtype, xp.float32))
    finite = xp.all(xp.isfinite(wide), axis=(-2, -1), keepdims=True)
    values, vectors = xp.linalg.eigh(xp.where(finite, wide, 0.0))
    return values[..., None, :], xp.where(finite, vectors, float("nan"))


def inverse_fourth_root(xp: Any, a: Any, eps: Any) -> Any:
    r"""The matrices :math:`(A + \varepsilon \lambda_{\max}(A) I)^{-1/4}`, with 0 for 1/0.

    Each :math:`A` is symmetric and has no negative eigenvalues but those that rounding makes.
    """
    values, vectors = eigen(xp, a)
    values = xp.maximum(values, 0.0)
    values = values + eps * xp.max(values, axis=-1, keepdims=True)
    roots = xp.where(values > 0, xp.where(values > 0, values, 1.0) ** -0.25, 0.0)
    return xp.astype(xp.matmul(vectors * roots, xp.matrix_transpose(vectors)), a.dtype)


def between(xp: Any, left: Any, a: Any, right: Any) -> Any:
    r"""The product :math:`LAR`."""
    return xp.matmul(xp.matmul(left, a), right)


def squares(xp: Any, g: Any) -> tuple[Any, Any]:
    r"""The products of rows, :math:`GG^\top`, and of columns, :math:`G^\top G`."""
    across = xp.matrix_transpose(g)
    return xp.matmul(g, across), xp.matmul(across, g)


def _zeros(xp: Any, x: Any, sides: tuple[int, ...]) -> list[Any]:
    """A square matrix of zeros for each side, for every matrix of the stack."""
    return [xp.zeros((*x.shape[:-2], n, n), dtype=x.dtype) for n in sides]


def _factors(xp: Any, x: Any, **hyper: Any) -> dict[str, Any]:
    return dict(zip(("left", "right"), _zeros(xp, x, x.shape[-2:]), strict=True))


@rule(
    parent=adagrad,
    change="sums the products of rows and of columns in place of the squares",
    source="Gupta, Koren & Singer 2018, Algorithm 1, with eps relative to the largest eigenvalue",
    scope="matrix",
    init=_factors,
    traceable=False,
)
def shampoo(xp, t, g, x, left, right, *, eps=1e-6):
    r"""Shampoo: :math:`u_t = L_t^{-1/4} g_t R_t^{-1/4}`.

    .. math:: L_t = L_{t-1} + g_t g_t^\top, \qquad R_t = R_{t-1} + g_t^\top g_t

    The paper starts both at :math:`\varepsilon I`. Here they start at 0 and the roots are those of
    :math:`L_t + \varepsilon\lambda_{\max}(L_t) I`, as in the code of Anil et al. 2020: an absolute
    ``eps`` is lost to rounding where gradients are large. So ``eps`` has no unit and the size of
    all gradients cancels. An m by n matrix needs :math:`m^2 + n^2` numbers, a vector :math:`n^2`.
    """
    rows, columns = squares(xp, g)
    left, right = left + rows, right + columns
    roots = [inverse_fourth_root(xp, a, eps) for a in (left, right)]
    return between(xp, roots[0], g, roots[1]), left, right


def _bases(xp: Any, x: Any, **hyper: Any) -> dict[str, Any]:
    """Factors at zero and bases at the identity; those of a single row or column are not used."""
    sides = x.shape[-2:] if min(x.shape[-2:]) > 1 else (1, 1)
    left, right = _zeros(xp, x, sides)
    ql, qr = (a + xp.eye(a.shape[-1], dtype=x.dtype) for a in (left, right))
    return {"left": left, "right": right, "ql": ql, "qr": qr}


def _renewed(xp, g, beta2, due, left, right, ql, qr):
    """The factors with one more gradient, and the bases, which are theirs where it is due."""
    left, right = (ema(beta2, a, b) for a, b in zip((left, right), squares(xp, g), strict=True))
    ql, qr = (
        xp.where(due, xp.astype(eigen(xp, a)[1], q.dtype), q) for a, q in ((left, ql), (right, qr))
    )
    return left, right, ql, qr


@rule(
    parent=adam,
    change="averages the squares in the eigenbases of Shampoo's factors",
    source="Vyas et al. 2024, Algorithm 3, with an exact eigendecomposition",
    scope="matrix",
    domains={"every": "integer [1, inf)"},
    init=_bases,
    traceable=False,
)
def soap(xp, t, g, x, m, v, left, right, ql, qr, *, beta1=0.95, beta2=0.95, eps=1e-8, every=10):
    r"""SOAP: :math:`u_t = Q_L a_t Q_R^\top` with Adam's direction :math:`a_t` for
    :math:`Q_L^\top g_t Q_R`.

    .. math::

        m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t, \quad
        v_t = \beta_2 v_{t-1} + (1-\beta_2) (Q_L^\top g_t Q_R)^2, \quad
        a_t = \frac{Q_L^\top \hat m_t Q_R}{\sqrt{\hat v_t} + \varepsilon}

    and then :math:`L_t = \beta_2 L_{t-1} + (1-\beta_2) g_t g_t^\top` and R likewise. The columns of
    :math:`Q_L` and :math:`Q_R` are the eigenvectors of the factors at the last multiple of
    ``every`` before t, and those of I until there is one: the first ``every`` steps are Adam's. The
    averaged squares stay as they are when the bases change. A single row or column has Adam's
    direction at every step.

    Eigenvectors of equal eigenvalues are any basis of their space, and rounding chooses one. So it
    is for the eigenvalue 0, until there were enough gradients to fill both factors: a small
    ``every`` makes early steps depend on rounding.
    """
    if min(g.shape[-2:]) == 1:
        return *adam(xp, t, g, x, m, v, beta1=beta1, beta2=beta2, eps=eps), left, right, ql, qr
    back = xp.matrix_transpose(ql), xp.matrix_transpose(qr)
    g_in, m_in = (between(xp, back[0], a, qr) for a in (g, m))
    a, _, v = adam(xp, t, g_in, x, m_in, v, beta1=beta1, beta2=beta2, eps=eps)
    u = between(xp, ql, a, back[1])
    due = t % every < 1
    return u, ema(beta1, m, g), v, *_renewed(xp, g, beta2, due, left, right, ql, qr)


@rule(
    parent=soap,
    change="takes the sign of the momentum in the eigenbases, in place of Adam's direction",
    source="Frans, Levine & Abbeel 2025, Algorithm 2 in the authors' code, without its average",
    scope="matrix",
    domains={"every": "integer [1, inf)"},
    init=_bases,
    traceable=False,
)
def splus(xp, t, g, x, m, left, right, ql, qr, *, beta1=0.9, beta2=0.999, every=100):
    r"""SPlus: :math:`u_t = \frac{2}{m+n} Q_L\, \mathrm{sign}(Q_L^\top m_t Q_R)\, Q_R^\top`, for m
    by n matrices.

    .. math:: m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t

    and the factors as in :func:`soap`. The bases are those of I in the first step, those of the
    first gradient after it, and those of the factors at the last multiple of ``every`` before t. No
    old eigenvalue divides anything: whatever the bases, :math:`\|u_t\|_2 \le \|u_t\|_F \le
    2\sqrt{mn}/(m+n) \le 1`. The authors use the running average of the points, ``weight_ema``. A
    single row or column has the sign of the momentum.

    Where the momentum has no part in a direction, rounding chooses the sign there. And where the
    first gradient leaves more than one direction of the longer side empty, it chooses the basis
    there, until the next bases.
    """
    m, scale = ema(beta1, m, g), 2 / (g.shape[-2] + g.shape[-1])
    if min(g.shape[-2:]) == 1:
        return scale * xp.sign(m), m, left, right, ql, qr
    back = xp.matrix_transpose(ql), xp.matrix_transpose(qr)
    u = scale * between(xp, ql, xp.sign(between(xp, back[0], m, qr)), back[1])
    due = (t % every < 1) | (t < 2)
    return u, m, *_renewed(xp, g, beta2, due, left, right, ql, qr)
