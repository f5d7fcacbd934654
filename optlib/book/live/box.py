"""The live figure of chapter 8: how far weights get beyond the box of weight decay."""

from __future__ import annotations

import sympy as sp

from ...algebra.tracing import trace
from ..colors import CYCLE, QUIET
from .curves import Axis, Curve, Curves, Reading
from .dials import Dial, decades, whole

_GROWTHS = (0.01, 0.02, 0.03, 0.05, 0.08, 0.11, 0.15, 0.2, 0.3, 0.5, 1.0)
_FLOAT32 = 76  # decades between its smallest normal number and its largest


def wall_reach() -> Curves:
    """How far AdamW's weight gets while its gradients grow steadily."""
    tau, growth, start, span = sp.symbols("tau growth start decades", positive=True)
    steady = _steady_step(1 + growth)
    steps = span * sp.log(10) / sp.log(1 + growth)
    # The weight is an average of the steps, with the memory tau.
    forgotten = (1 - 1 / tau) ** steps
    reached = steady * (1 - forgotten) + start * forgotten
    return Curves(
        alt="The weight in units of one over lambda against the number of decades over which the "
        "gradients grow. For a strong decay it climbs at once to the length of the steady step, "
        "at most 7.27; for tau of ten thousand it needs all decades of float32 to come from 1 to "
        "1.97. Dashed, one over lambda.",
        dials=(
            decades("tau", "τ = 1/(αλ)", 1, 6, 1e4),
            Dial("growth", "growth a step", _GROWTHS, 0.11),
            whole("start", "start, times λ", 0, 1, 1),
        ),
        variable="decades",
        points=range(_FLOAT32 + 1),
        x=Axis("decades that the gradients grow over", "linear", 0, _FLOAT32),
        y=Axis("λ |x|", "linear", 0, 8),
        curves=(
            Curve("AdamW's weight", reached, CYCLE[0]),
            Curve("the steady step |u|", steady, CYCLE[1], ":"),
            Curve("1/λ", sp.Integer(1), QUIET, "--"),
        ),
        readings=(
            Reading("steps for a decade", steps.subs(span, 1)),
            Reading("λ|x| after 8 decades", reached.subs(span, 8)),
            Reading(f"after {_FLOAT32}, all of float32", reached.subs(span, _FLOAT32)),
        ),
    )


def _steady_step(ratio: sp.Expr) -> sp.Expr:
    """Adam's direction once every gradient has long been ``ratio`` times the one before."""
    adam = trace("adam_uncorrected", eps=0, beta1=0.9, beta2=0.999)
    m, v, g = (adam.symbols[k] for k in ("m", "v", "g"))
    (first,) = sp.solve(adam.state["m"] - ratio * m, m)
    (second,) = sp.solve(adam.state["v"] - ratio**2 * v, v)
    return adam.u.subs({m: first, v: second}).subs(g, 1)
