"""The live figure of chapter 17: how far rare words get when the frequent ones set the rate."""

from __future__ import annotations

import numpy as np
import sympy as sp

from ...algebra.tracing import trace
from ..colors import CYCLE
from .curves import Axis, Curve, Curves, Reading
from .dials import Dial

_EXPONENTS = tuple(round(k / 20, 2) for k in range(1, 31))
_STEPS = (10, 20, 30, 50, 100, 200, 300, 500, 1000, 2000, 3000, 5000, 10_000)
_LAST = 1000


def rare_words() -> Curves:
    """What is left of each word's way, for frequencies that fall like a power of the rank."""
    rank, exponent, steps = sp.symbols("rank s steps", positive=True)
    # The curvature of a word is its frequency, and the rate is one over that of the first.
    left = _factor(rank**-exponent) ** steps
    (halved,) = sp.solve(_factor(1 / rank) - sp.Rational(1, 2) ** (1 / steps), rank)
    needed = sp.log(sp.Rational(1, 2)) / sp.log(_factor(sp.Integer(_LAST) ** -exponent))
    ranks = np.unique(np.geomspace(1, _LAST, 160).astype(int))
    return Curves(
        alt="The share of its way that a word still has to go, against its rank on a logarithmic "
        "axis. Under gradient descent it is zero for frequent words and one for rare ones; the "
        "larger the exponent of the frequencies, the fewer words have arrived. Under sign descent "
        "it is at most one step, and the same for all.",
        dials=(
            Dial("s", "exponent s", _EXPONENTS, 1.0),
            Dial("steps", "steps T", _STEPS, 100),
        ),
        variable="rank",
        points=[int(k) for k in ranks],
        x=Axis("rank of the word", "log", 1, _LAST),
        y=Axis("share of the way left", "linear", 0, 1.05),
        curves=(
            Curve("gradient descent", left, CYCLE[1]),
            Curve("sign descent, at most", 1 / steps, CYCLE[0]),
        ),
        readings=(
            Reading("rank that is half-way", halved ** (1 / exponent)),
            Reading(f"steps until rank {_LAST} is half-way", needed),
        ),
    )


def _factor(product: sp.Expr) -> sp.Expr:
    """What a step of gradient descent leaves of the distance; ``product`` is rate x curvature."""
    sgd = trace("sgd")
    x, g = sgd.symbols["x"], sgd.symbols["g"]
    return sp.simplify((x - product * sgd.u.subs(g, x)) / x)
