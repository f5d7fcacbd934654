"""Muon: the momentum of a matrix, made nearly orthogonal.

A rule of scope ``matrix`` sees each layer as a stack of matrices, the last two axes; every matrix
is orthogonalised alone. A vector or a number is a matrix of one row.
"""

from __future__ import annotations

from typing import Any

from ..registry import rule
from .averages import debias, ema
from .first_order import nesterov
from .sizes import divisor, norm


def newton_schulz(xp: Any, x: Any, a: Any, b: Any, c: Any, steps: Any) -> Any:
    r"""Matrices whose singular values were sent through :math:`s \mapsto as + bs^3 + cs^5`.

    .. math:: X \leftarrow aX + (bA + cA^2) X, \qquad A = XX^\top

    The singular vectors stay. With Jordan's coefficients five steps bring singular values from 0.01
    to 1 near 1, without converging; with (15/8, -5/4, 3/8) the values converge to 1, slowly from
    small ones.

    Source: Jordan et al. 2024; Higham 2008, chapter 8, for the family.
    """
    # The polynomial of the transpose is the transpose; the smaller product is the cheaper one.
    wide = x.shape[-2] <= x.shape[-1]
    x = x if wide else xp.matrix_transpose(x)
    for k in range(steps if isinstance(steps, int) else int(xp.max(steps))):
        square = xp.matmul(x, xp.matrix_transpose(x))
        inner = b * square + c * xp.matmul(square, square)
        x = xp.where(k < steps, a * x + xp.matmul(inner, x), x)
    return x if wide else xp.matrix_transpose(x)


def frobenius(xp: Any, a: Any) -> Any:
    r"""Frobenius norm of each matrix of a stack; the axes are kept with length 1."""
    return norm(xp, a, (-2, -1))


QUINTIC = {"a": "(0, inf)", "b": "real", "c": "real", "steps": "integer [0, 100)"}


@rule(
    parent=nesterov,
    change="averages gradients, and makes the momentum of a matrix nearly orthogonal",
    source="Jordan et al. 2024, in its code, without the factor for the shape",
    scope="matrix",
    domains=QUINTIC,
    traceable=False,
)
def muon(xp, t, g, x, m, *, momentum=0.95, eps=1e-7, a=3.4445, b=-4.7750, c=2.0315, steps=5):
    r"""Muon: :math:`u_t = \mathrm{NS}(\tilde g_t / (\|\tilde g_t\|_F + \varepsilon))`.

    .. math::

        m_t = \mu m_{t-1} + (1-\mu) g_t, \qquad \tilde g_t = (1-\mu) g_t + \mu m_t

    NS takes five Newton-Schulz steps. The direction has no unit; its singular values are near 1.
    Only ``eps`` sees the size of the momentum, so an average and a sum are the same where it is
    small. A vector, a matrix of one row, is divided by its norm, times about 1.
    """
    m = ema(momentum, m, g)
    ahead = (1 - momentum) * g + momentum * m
    return newton_schulz(xp, ahead / divisor(xp, frobenius(xp, ahead) + eps), a, b, c, steps), m


@rule(
    parent=muon,
    change="does not look ahead",
    source="Jordan et al. 2024, in its code, with nesterov=False",
    scope="matrix",
    domains=QUINTIC,
    traceable=False,
)
def muon_plain(xp, t, g, x, m, *, momentum=0.95, eps=1e-7, a=3.4445, b=-4.7750, c=2.0315, steps=5):
    r"""Muon with :math:`\tilde g_t = m_t`."""
    m = ema(momentum, m, g)
    return newton_schulz(xp, m / divisor(xp, frobenius(xp, m) + eps), a, b, c, steps), m


@rule(
    parent=muon,
    change="holds the norm above eps instead of adding eps to it",
    source="PyTorch, torch.optim.Muon, in full precision",
    scope="matrix",
    domains={**QUINTIC, "eps": "(0, inf)"},
    traceable=False,
)
def muon_floored(
    xp, t, g, x, m, *, momentum=0.95, eps=1e-7, a=3.4445, b=-4.7750, c=2.0315, steps=5
):
    r"""Muon with :math:`\mathrm{NS}(\tilde g_t / \max(\|\tilde g_t\|_F, \varepsilon))`."""
    m = ema(momentum, m, g)
    ahead = (1 - momentum) * g + momentum * m
    length = xp.maximum(frobenius(xp, ahead), eps)
    return newton_schulz(xp, ahead / divisor(xp, length), a, b, c, steps), m


@rule(
    parent=muon_floored,
    change="does not look ahead",
    source="PyTorch, torch.optim.Muon with nesterov=False, in full precision",
    scope="matrix",
    domains={**QUINTIC, "eps": "(0, inf)"},
    traceable=False,
)
def muon_floored_plain(
    xp, t, g, x, m, *, momentum=0.95, eps=1e-7, a=3.4445, b=-4.7750, c=2.0315, steps=5
):
    r"""Muon with :math:`\mathrm{NS}(m_t / \max(\|m_t\|_F, \varepsilon))`."""
    m = ema(momentum, m, g)
    length = xp.maximum(frobenius(xp, m), eps)
    return newton_schulz(xp, m / divisor(xp, length), a, b, c, steps), m


@rule(
    parent=muon,
    change="looks ahead as Nadam does, with both averages corrected",
    source="Optax, optax.contrib.muon",
    scope="matrix",
    domains=QUINTIC,
    traceable=False,
)
def muon_corrected(
    xp, t, g, x, m, *, momentum=0.95, eps=1e-8, a=3.4445, b=-4.7750, c=2.0315, steps=5
):
    r"""Muon with a corrected look ahead.

    .. math::

        \tilde g_t = \frac{\mu m_t}{1-\mu^{t+1}} + \frac{(1-\mu) g_t}{1-\mu^t}

    The two parts have other weights than in :func:`muon`, until :math:`\mu^t` is small.
    """
    m = ema(momentum, m, g)
    ahead = debias(xp, momentum, t + 1, momentum * m) + debias(xp, momentum, t, (1 - momentum) * g)
    return newton_schulz(xp, ahead / divisor(xp, frobenius(xp, ahead) + eps), a, b, c, steps), m
