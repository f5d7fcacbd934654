"""The live figure of chapter 6: one period of the example on which Adam ends at the worst point."""

from __future__ import annotations

import sympy as sp

from ...algebra.tracing import trace
from ..colors import CYCLE
from .curves import Axis, Curve, Curves, Reading
from .dials import Dial

_SIZES = (2.05, 2.1, 2.2, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 20.0, 50.0)
_GAPS = (0.95, 0.9, 0.8, 0.7, 0.6, 0.55, 0.5, 0.45, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1)
_SMALL = (0.08, 0.06, 0.05, 0.04, 0.03, 0.02, 0.01, 0.005, 0.002, 0.001)


def reddi_period() -> Curves:
    """How far a period of the slopes C, -1, -1 goes down and up, in units of the rate."""
    rule = trace("adam_uncorrected", beta1=0, eps=0)
    g, v, beta2 = (rule.symbols[k] for k in ("g", "v", "beta2"))
    size, gap = sp.Symbol("C", positive=True), sp.Symbol("gap", positive=True)
    slopes = (size, -1, -1)

    average = v
    for slope in slopes:
        average = rule.state["v"].subs({g: slope, v: average}, simultaneous=True)
    # In the long run a period ends with the average that it began with.
    kept = sp.expand(average).coeff(v)
    average = sp.expand(average).subs(v, 0) / (1 - kept)
    lengths = []
    for slope in slopes:
        now = {g: slope, v: average}
        lengths.append(rule.u.subs(now, simultaneous=True))
        average = rule.state["v"].subs(now, simultaneous=True)
    down, up = lengths[0], -lengths[1] - lengths[2]
    here = sp.Lt(sp.Abs(gap - 1 + beta2), sp.Rational(1, 10**6))

    def marked(length: sp.Expr) -> sp.Expr:
        return sp.Piecewise((length.subs(beta2, 1 - gap), here), (sp.nan, True))

    gaps = (*_GAPS, *_SMALL)
    return Curves(
        alt="How far Adam goes down by the large gradient of a period, and up by the two small "
        "ones, against one minus beta2 on a logarithmic axis. With a long memory, on the left, it "
        "goes further down than up; with a short one further up. For C = 3 the lines cross near "
        "one half.",
        dials=(
            Dial("C", "C", _SIZES, 3.0),
            Dial("beta2", "β₂", tuple(round(1 - gap, 6) for gap in gaps), 0.1),
        ),
        variable="gap",
        points=sorted(gaps),
        x=Axis("1 − β₂", "log", 1e-3, 1),
        y=Axis("length, in units of the rate", "linear", 0, 2.2),
        curves=(
            Curve("down, by the large gradient", down.subs(beta2, 1 - gap), CYCLE[0]),
            Curve("up, by the two small ones", up.subs(beta2, 1 - gap), CYCLE[1]),
            Curve("down, at this β₂", marked(down), CYCLE[0], dots=True),
            Curve("up, at this β₂", marked(up), CYCLE[1], dots=True),
        ),
        readings=(Reading("down less up, per period", down - up),),
    )
