"""The live figure of chapter 1: gradient descent on a bowl."""

from __future__ import annotations

import math

import sympy as sp

from ...algebra.tracing import trace
from ..colors import CYCLE, INK
from .curves import Axis, Curve, Curves, Reading
from .dials import Dial

_CONDITIONS = (2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000)
_RATES = tuple(round(0.02 * k, 2) for k in range(1, 116))


def step_factors() -> Curves:
    """What one step leaves of the distance in the flattest and in the steepest direction."""
    kappa, rate, lr = sp.symbols("kappa rate lr", positive=True)
    sgd = trace("sgd")
    x, g, curvature = sgd.symbols["x"], sgd.symbols["g"], sp.Symbol("curvature")
    factor = sp.simplify((x - rate * sgd.u.subs(g, curvature * x)) / x)
    # The rate is in units of 1/L.
    flattest, steepest = (sp.Abs(factor.subs(curvature, h)) for h in (1 / kappa, 1))
    slowest = (flattest + steepest + sp.Abs(flattest - steepest)) / 2
    # Three points side by side, so that the mark is seen.
    here = sp.Lt(sp.Abs(rate - lr), 1.5 * (_RATES[1] - _RATES[0]))
    chosen = slowest.subs(rate, lr)
    steps = sp.Piecewise((math.log(1e-6) / sp.log(chosen), sp.Lt(chosen, 1)), (sp.nan, True))
    return Curves(
        alt="The factor by which one step multiplies the distance, against the rate: two lines "
        "that fall to zero and rise again, one for the steepest direction, which passes 1 at "
        "twice 1/L, and one for the flattest. A dot marks the larger of the two at the chosen "
        "rate; it is lowest where the lines cross.",
        dials=(
            Dial("kappa", "condition κ", _CONDITIONS, 10),
            Dial("lr", "rate, times L", _RATES, 1.0),
        ),
        variable="rate",
        points=_RATES,
        x=Axis("rate, in units of 1/L", "linear", 0, 2.3),
        y=Axis("factor of one step", "linear", 0, 1.3),
        curves=(
            Curve("flattest direction", flattest, CYCLE[1]),
            Curve("steepest direction", steepest, CYCLE[0]),
            Curve(
                "the slower, at this rate",
                sp.Piecewise((chosen, here), (sp.nan, True)),
                INK,
                dots=True,
            ),
        ),
        readings=(
            Reading("a step leaves", chosen),
            Reading("least possible", (kappa - 1) / (kappa + 1)),
            Reading("steps to 10⁻⁶", steps),
        ),
    )
