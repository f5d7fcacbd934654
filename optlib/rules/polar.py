"""Polar Express: the momentum of Muon, by another polynomial in every pass.

Where Muon repeats one polynomial, every pass here has the one that is best, in the worst case, for
the interval that the pass before it left.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from ..registry import rule
from .averages import ema
from .muon import frobenius, muon, newton_schulz
from .sizes import divisor

_SAFETY = 1.01
# Closer to 1 the equations for the best polynomial are the same but for rounding.
_NARROW = 1 - 5e-6


def minimax_quintic(low: float, high: float) -> tuple[float, float, float]:
    r"""The coefficients of :math:`p(s) = as + bs^3 + cs^5`, closest to 1 from low to high.

    Chebyshev: it is the one whose error :math:`1 - p` takes its largest size at four points, with
    signs that alternate: at both ends and at the two places between them where :math:`p' = 0`.
    Remez: solve for the error at four points, move them to those places, and again.

    Source: Amsel et al. 2026, Lemma C.1 and Appendix F.
    """
    ratio = low / high
    a, b, c = 15 / 8, -10 / 8, 3 / 8
    if ratio < _NARROW:
        points = ratio + (1 - ratio) * np.array([0.0, 0.25, 0.75, 1.0])
        for _ in range(30):
            powers = points[:, None] ** [1, 3, 5]
            system = np.column_stack([powers, [1.0, -1.0, 1.0, -1.0]])
            a, b, c = map(float, np.linalg.solve(system, np.ones(4))[:3])
            points[1:3] = np.sqrt(np.sort(np.roots([5 * c, 3 * b, a])))
    return a / high, b / high**3, c / high**5


@cache
def passes(
    count: int, low: float = 1e-3, cushion: float = 0.02407327424182761, safety: float = _SAFETY
) -> tuple[tuple[float, float, float], ...]:
    r"""The coefficients of every pass, for singular values from ``low`` to 1.

    A pass sends :math:`[\ell, u]` to :math:`[p(\ell), 2 - p(\ell)]`, where the next one starts.
    Without cushion and safety no composition of as many quintics is closer to 1 in the worst case.

    Parameters
    ----------
    count : int
    low : float
        The singular value from which on the promise holds.
    cushion : float
        The polynomial is that of an interval that starts no lower than this part of its end,
        centred anew. So the first ones rise and fall less, for low precision, and are a little
        worse.
    safety : float
        :math:`p(s)` becomes :math:`p(s / \text{safety})` in all passes but those that no longer
        change, in case rounding has left a singular value above the interval.

    Source: Amsel et al. 2026, Theorem 3.1, section 3.4 and Implementation 2.
    """
    found, high = [], 1.0
    for _ in range(count):
        a, b, c = minimax_quintic(max(low, cushion * high), high)
        ends = [a * s + b * s**3 + c * s**5 for s in (low, high)]
        a, b, c = (2 / sum(ends) * k for k in (a, b, c))
        deflated = safety if low < _NARROW * high else 1.0
        found.append((a / deflated, b / deflated**3, c / deflated**5))
        low = 2 / sum(ends) * ends[0]
        high = 2 - low
    return tuple(found)


def in_turn(xp: Any, x: Any, polynomials: Any, steps: Any) -> Any:
    """Matrices whose singular values were sent through the first ``steps`` polynomials."""
    for k, (a, b, c) in enumerate(polynomials):
        x = xp.where(k < steps, newton_schulz(xp, x, a, b, c, 1), x)
    return x


@rule(
    parent=muon,
    change="takes another polynomial in every pass, the best for what the passes before it left",
    source="Amsel et al. 2026, Implementation 1, in full precision",
    scope="matrix",
    domains={"steps": "integer [0, 100)"},
    traceable=False,
)
def polar_express(xp, t, g, x, m, *, momentum=0.95, eps=1e-7, steps=5):
    r"""Muon by Polar Express: :math:`u_t = \mathrm{PE}(\tilde g_t / (1.01\|\tilde g_t\|_F +
    \varepsilon))`.

    PE sends singular values through :func:`passes`. Five of them bring all from 0.001 to 1 nearer
    to 1 than Muon's bring those from 0.005; the eighth and later ones are the classical
    Newton-Schulz step of degree 5, which converges.
    """
    m = ema(momentum, m, g)
    ahead = (1 - momentum) * g + momentum * m
    count = steps if isinstance(steps, int) else int(xp.max(steps))
    length = divisor(xp, _SAFETY * frobenius(xp, ahead) + eps)
    return in_turn(xp, ahead / length, passes(count), steps), m
