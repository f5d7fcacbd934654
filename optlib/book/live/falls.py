"""The live figure of chapter 10: what the noise leaves of a run, by its schedule and its peak."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import sympy as sp

from ... import schedules
from ...algebra.expectation import mean
from ...algebra.tracing import trace
from ...namespaces import Symbols
from ..colors import CYCLE, QUIET
from .curves import Axis, Curve, Curves, Reading
from .dials import Dial, decades

_XP = Symbols()
BLOCKS = 10
"""The rate is changed so many times in a run."""
CURVATURES = (1.0, 0.03)
_LENGTHS = tuple(BLOCKS * k for k in (2, 5, 10, 20, 40, 100, 200, 500, 1000))
_SHARES = tuple(round(k / BLOCKS, 2) for k in range(1, BLOCKS + 1))


def schedule_floor() -> Curves:
    """The expected final loss on a noisy bowl against the peak, for several shapes."""
    peak, length, noise, cooldown, end = sp.symbols("peak length noise cooldown end", positive=True)
    unit = {"peak": 1, "total": 1}
    # The run has the length 1, and its first block is behind the warmup.
    held = unit | {"warmup": sp.Rational(1, 4 * BLOCKS), "cooldown": cooldown}
    shapes: dict[str, Callable] = {
        "constant": lambda s: sp.Integer(1),
        "1 − √ cooldown": lambda s: schedules.wsd_sqrt(_XP, s, **held),
        "cosine": lambda s: schedules.cosine(_XP, s, **unit),
        "exponential": lambda s: schedules.exponential_decay(
            _XP, s + 1, peak=1, gamma=end, period=1
        ),
    }
    colors = (QUIET, CYCLE[2], CYCLE[3], CYCLE[0])
    return Curves(
        alt="The expected loss after a run against the peak of its rate, both logarithmic, for "
        "four schedules. All curves fall, reach a lowest point and rise; that of the constant is "
        "highest and has its lowest point furthest to the left, and those that fall to zero lie "
        "below it on the right.",
        dials=(
            Dial("cooldown", "cooldown, share of the run", _SHARES, 0.2),
            decades("end", "exponential ends at", -5, 0, 0.01),
            decades("noise", "variance of the noise", -3, 1, 1.0),
            Dial("length", "steps", _LENGTHS, 400),
        ),
        variable="peak",
        points=[float(f"{p:.4g}") for p in np.geomspace(3e-3, 1.9, 90)],
        x=Axis("peak rate", "log", 3e-3, 1.9),
        y=Axis("expected final loss", "log", 1e-4, 1),
        curves=[
            Curve(name, _final_loss(shape, peak, length, noise), color)
            for (name, shape), color in zip(shapes.items(), colors, strict=True)
        ],
        readings=(
            Reading("mean rate, 1 − √ cooldown", 1 - 2 * cooldown / 3),
            Reading("mean rate, cosine", sp.Rational(1, 2)),
        ),
    )


def _final_loss(shape: Callable, peak: sp.Expr, length: sp.Expr, noise: sp.Expr) -> sp.Expr:
    """The loss after blocks of constant rate, from a start at 1 in every coordinate."""
    rates = [peak * shape(sp.Rational(2 * block + 1, 2 * BLOCKS)) for block in range(BLOCKS)]
    if len(set(rates)) == 1:
        rates, length = rates[:1], length * BLOCKS
    total = sp.Integer(0)
    for curvature in CURVATURES:
        kept, level = _settling(curvature, noise)
        square = sp.Integer(1)
        for rate in rates:
            settled = level(rate)
            square = settled + kept(rate) ** (length / BLOCKS) * (square - settled)
        total += curvature * square / 2
    return total


def _settling(curvature: float, noise: sp.Expr) -> tuple[Callable, Callable]:
    """What a step leaves of the mean square, and where that settles, as functions of the rate."""
    sgd = trace("sgd")
    x, g = sgd.symbols["x"], sgd.symbols["g"]
    lr, xi = sp.Symbol("lr", positive=True), sp.Symbol("xi", real=True)
    # Gradient noise in proportion to the curvature, as for a model that fits.
    seen = curvature * x + sp.sqrt(noise * curvature) * xi
    after = sp.expand((x - lr * sgd.u.subs(g, seen)) ** 2)
    expected = mean(after, {xi: 0, xi**2: 1})
    kept, added = sp.factor(expected.coeff(x, 2)), expected.subs(x, 0)
    level = sp.cancel(added / (1 - kept))
    return sp.lambdify(lr, kept, "sympy"), sp.lambdify(lr, level, "sympy")
