"""Momentum as figures that are moved: the ball's factor per step, and its way through a ravine."""

from __future__ import annotations

import sympy as sp

from ...algebra.tracing import trace
from ..colors import CYCLE, QUIET
from .curves import Axis, Curve, Curves, Reading
from .dials import Dial, spaced
from .races import Race, Racer

_MOMENTA = tuple(round(k / 100, 2) for k in range(0, 100))


def ball_factor() -> Curves:
    """The factor per step of heavy ball in a bowl, against rate times curvature."""
    ball = trace("momentum")
    m, g, mu = (ball.symbols[k] for k in ("m", "g", "momentum"))
    product = sp.Symbol("product", positive=True)
    # In a bowl x_t = middle * x_{t-1} - kept * x_{t-2}; kept is the product of the two roots.
    kept = ball.state["m"].diff(m)
    middle = 1 + kept - product * ball.state["m"].diff(g)
    real = (sp.Abs(middle) + sp.sqrt(sp.Max(middle**2 - 4 * kept, 0))) / 2
    # Where the roots are conjugate the second one is below the first, else above it.
    factor = sp.Max(sp.sqrt(kept), real)
    return Curves(
        alt="The factor per step against rate times curvature. Without momentum it is a V that "
        "touches zero at 1. With momentum the V gets a flat floor at the root of the momentum, "
        "which is higher and wider the larger the momentum is.",
        dials=(Dial("momentum", "momentum μ", _MOMENTA, 0.81),),
        variable="product",
        points=[round(k / 50, 2) for k in range(1, 201)],
        x=Axis("rate × curvature", "linear", 0, 4),
        y=Axis("factor per step", "linear", 0, 1.3),
        curves=(
            Curve("heavy ball", factor, CYCLE[1]),
            Curve("gradient descent", factor.subs(mu, 0), CYCLE[6]),
            Curve("no progress", sp.Integer(1), QUIET, "--"),
        ),
        readings=(
            Reading("the floor is at", sp.sqrt(kept)),
            Reading("it begins at", (1 - sp.sqrt(kept)) ** 2),
            Reading("it ends at", (1 + sp.sqrt(kept)) ** 2),
            Reading("unstable from", 2 * (1 + kept)),
        ),
    )


def ball_ravine() -> Race:
    """Gradient descent and heavy ball in a bowl of condition 100, each with rates to choose."""
    rates = spaced(1e-3, 0.1, 81)
    best = {"walker": round(2 / 101, 4), "ball": round(4 / 11**2, 4)}
    return Race(
        alt="Contours of a bowl a hundred times as steep in one direction as in the other, with "
        "the paths of gradient descent and of heavy ball from the same start, and their losses.",
        dials=[
            Dial(
                "walker", "rate of gradient descent", _with(rates, best["walker"]), best["walker"]
            ),
            Dial("ball", "rate of the heavy ball", _with(rates, best["ball"]), best["ball"]),
            Dial("momentum", "momentum μ", _MOMENTA, round((9 / 11) ** 2, 2)),
        ],
        problem="quadratic",
        steps=100,
        entries=[
            Racer("sgd", "gradient descent", "walker"),
            Racer("momentum", "heavy ball", "ball", {"momentum": "momentum"}),
        ],
        start=(-1.5, 0.25),
    )


def _with(stops: tuple[float, ...], start: float) -> tuple[float, ...]:
    return tuple(sorted({*stops, start}))
