"""What builds on Muon: other lengths of its rows, of its entries, and of the whole step.

As in Muon every matrix of a stack is seen alone, a vector is a matrix of one row, and an m by n
matrix has m outputs and n inputs.
"""

from __future__ import annotations

from typing import Any

from ..registry import rule
from .averages import ema
from .muon import QUINTIC, frobenius, muon_plain, newton_schulz
from .sizes import divisor, mean_square, rms

_SIZED = {**QUINTIC, "size": "(0, inf)"}


def of_size(xp: Any, u: Any, size: Any, eps: Any) -> Any:
    r"""Every matrix with the same root mean square, :math:`s\,u/(\mathrm{RMS}(u) + \varepsilon)`.

    Adam's steps have one of about 0.2, so a rate that suits Adam suits these too.

    Source: Liu et al. 2025, section 2.2, for the 0.2.
    """
    return size * u / divisor(xp, rms(xp, u, (-2, -1)) + eps)


@rule(
    parent=muon_plain,
    change="divides each row by the root of its averaged mean square, and fixes the step's RMS",
    source="Li et al. 2025, arXiv:2510.05491, Algorithm 1, without its weight decay",
    scope="matrix",
    domains=_SIZED,
    init=lambda xp, x, **hyper: {"v": xp.zeros_like(x[..., :1])},
    traceable=False,
)
def normuon(
    xp, t, g, x, m, v, *,
    momentum=0.95, beta2=0.95, eps=1e-7, size=0.2, a=3.4445, b=-4.7750, c=2.0315, steps=5,
):  # fmt: skip
    r"""NorMuon: :math:`u_t = s\,n_t / \mathrm{RMS}(n_t)` with
    :math:`n_t = o_t / (\sqrt{v_t} + \varepsilon)`.

    .. math::

        o_t = \mathrm{NS}(m_t), \qquad
        v_t = \beta_2 v_{t-1} + (1-\beta_2) \tfrac1n (o_t \odot o_t) 1_n

    A row holds the weights of one neuron, so an m by n matrix needs m more numbers than Muon's. An
    exact polar factor with :math:`m \le n` has rows of one length, and nothing is left to balance;
    with more rows than columns, and after five passes, it has not. A correction of :math:`v_t` for
    its start would cancel. The authors' code looks ahead, as Muon does; the algorithm does not.
    """
    u, m = muon_plain(xp, t, g, x, m, momentum=momentum, eps=eps, a=a, b=b, c=c, steps=steps)
    v = ema(beta2, v, mean_square(xp, u, -1))
    return of_size(xp, u / (xp.sqrt(v) + eps), size, eps), m, v


@rule(
    parent=muon_plain,
    change="takes the sign of the momentum before, and divides by averaged squares after",
    source="Si, Zhang & Shen 2025, arXiv:2507.11005v3, Algorithm 1, without its weight decay",
    scope="matrix",
    domains=_SIZED,
    traceable=False,
)
def adamuon(
    xp, t, g, x, m, v, *,
    momentum=0.95, eps=1e-8, size=0.2, a=3.4445, b=-4.7750, c=2.0315, steps=5,
):  # fmt: skip
    r"""AdaMuon: :math:`u_t = s\,n_t / \mathrm{RMS}(n_t)` with
    :math:`n_t = o_t / (\sqrt{v_t} + \varepsilon)`.

    .. math::

        o_t = \mathrm{NS}(\mathrm{sign}(m_t)), \qquad v_t = \mu v_{t-1} + (1-\mu)\, o_t \odot o_t

    One decay serves both averages. Because of the sign, a positive factor for every entry of all
    gradients changes nothing. In the first step the entries of :math:`n_t` have one size. Here too
    the authors' code looks ahead.
    """
    m = ema(momentum, m, g)
    s = xp.sign(m)
    u = newton_schulz(xp, s / (frobenius(xp, s) + eps), a, b, c, steps)
    v = ema(momentum, v, u * u)
    return of_size(xp, u / (xp.sqrt(v) + eps), size, eps), m, v


_BALL = {**QUINTIC, "radius": "(0, inf)"}


@rule(
    parent=muon_plain,
    change="steps to the end of a ball in the norm that measures inputs and outputs by their RMS",
    source="Pethick et al. 2025, Algorithm 1 with the norm RMS to RMS of Table 2",
    scope="matrix",
    domains=_BALL,
    traceable=False,
)
def scion_unconstrained(
    xp, t, g, x, m, *,
    momentum=0.9, eps=1e-7, radius=1.0, a=3.4445, b=-4.7750, c=2.0315, steps=5,
):  # fmt: skip
    r"""Unconstrained Scion: :math:`u_t = \rho \sqrt{m/n}\; \mathrm{NS}(m_t)`, for m by n matrices.

    With an exact polar factor, :math:`-u_t` is the point of the ball
    :math:`\sqrt{n/m}\, \|A\|_2 \le \rho` where :math:`\langle m_t, A \rangle` is least. The paper's
    :math:`\alpha` is one minus the momentum; the authors advise 0.1. The first and the last layer
    take other norms, for which the point is a sign, or a row or column over its length.
    """
    u, m = muon_plain(xp, t, g, x, m, momentum=momentum, eps=eps, a=a, b=b, c=c, steps=steps)
    return radius * (g.shape[-2] / g.shape[-1]) ** 0.5 * u, m


@rule(
    parent=scion_unconstrained,
    change="shrinks the point by the rate, so that it stays in the ball",
    source="Pethick et al. 2025, Algorithm 2 with the norm RMS to RMS of Table 2",
    scope="matrix",
    domains=_BALL,
    traceable=False,
)
def scion(
    xp, t, g, x, m, *,
    momentum=0.9, eps=1e-7, radius=1.0, a=3.4445, b=-4.7750, c=2.0315, steps=5,
):  # fmt: skip
    r"""Scion: :math:`u_t = \rho \sqrt{m/n}\; \mathrm{NS}(m_t) + x_{t-1}`.

    The new point, :math:`(1-\alpha_t) x_{t-1} - \alpha_t \rho \sqrt{m/n}\; \mathrm{NS}(m_t)`, lies
    between the old one and a point of the ball. With the rate :math:`\alpha_t` this is
    :func:`scion_unconstrained` with a decoupled decay: a decay of :math:`\lambda` and radius 1 are
    the radius :math:`1/\lambda` and the rate :math:`\lambda \alpha_t`.
    """
    given = {"momentum": momentum, "eps": eps, "radius": radius, "a": a, "b": b, "c": c}
    u, m = scion_unconstrained(xp, t, g, x, m, **given, steps=steps)
    return u + x, m
