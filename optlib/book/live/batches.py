"""The live figure of chapter 11: how the rate follows the batch."""

from __future__ import annotations

import numpy as np
import sympy as sp

from ...algebra.expectation import mean
from ...algebra.tracing import trace
from ..colors import CYCLE, QUIET
from .curves import Axis, Curve, Curves, Reading
from .dials import Dial

_POWERS = tuple(2**k for k in range(15))
_OWN = sp.Symbol("own", positive=True)


def batch_rates() -> Curves:
    """The best rate of one step, and the rate that keeps the path, from an old batch on."""
    batch, old, scale, new = sp.symbols("batch old noise later", positive=True)
    best, path = _best(scale), _path(scale)
    curves = []
    for name, color in (("SGD", CYCLE[1]), ("Adam", CYCLE[0])):
        curves += [
            Curve(f"{name}, best for a step", _factor(best[name], batch, old), color),
            Curve(f"{name}, same path", _factor(path[name], batch, old), color, "--"),
        ]
    return Curves(
        alt="The factor of the rate against the batch, both logarithmic, from an old batch where "
        "all curves pass through 1. The best rate of SGD rises in proportion to the batch and "
        "levels off at the noise scale, that of Adam rises like the square root and levels off at "
        "the same place. Dashed, the rates that keep the path go on rising: of SGD in proportion "
        "to the batch everywhere, of Adam like the root below the noise scale and in proportion "
        "above it.",
        dials=(
            Dial("noise", "noise scale", _POWERS, 256),
            Dial("old", "old batch", _POWERS[:11], 16),
            Dial("later", "new batch", _POWERS, 256),
        ),
        variable="batch",
        points=[float(f"{b:.4g}") for b in np.geomspace(1, 2**14, 141)],
        x=Axis("batch", "log", 1, 2**14),
        y=Axis("rate, over that of the old batch", "log", 0.02, 100),
        curves=(*curves, Curve("unchanged", sp.Integer(1), QUIET, ":")),
        readings=(
            Reading("Adam, best: rate times", _factor(best["Adam"], new, old)),
            Reading("Adam, same path: times", _factor(path["Adam"], new, old)),
            Reading("SGD, best: times", _factor(best["SGD"], new, old)),
        ),
    )


def _factor(rate: sp.Expr, batch: sp.Symbol, old: sp.Symbol) -> sp.Expr:
    return rate.subs(_OWN, batch) / rate.subs(_OWN, old)


def _directions(scale: sp.Symbol) -> dict[str, tuple[sp.Expr, sp.Expr]]:
    """Rule -> mean and mean square of its direction, where the gradient has the mean 1.

    The denominator of Adam stands at the root of its mean.
    """
    square = 1 + scale / _OWN
    sgd, adam = trace("sgd"), trace("rmsprop", eps=0)
    given = {
        "SGD": (sgd.u, sgd.symbols["g"]),
        "Adam": (adam.u.subs(adam.state["v"], square), adam.symbols["g"]),
    }
    return {name: (mean(u, {g: 1}), mean(u**2, {g**2: square})) for name, (u, g) in given.items()}


def _best(scale: sp.Symbol) -> dict[str, sp.Expr]:
    """The rate that lowers a bowl most in one step, in units of the bowl's."""
    return {name: sp.simplify(u / square) for name, (u, square) in _directions(scale).items()}


def _path(scale: sp.Symbol) -> dict[str, sp.Expr]:
    """The rate at which an example moves the mean as far, whatever the batch is."""
    return {name: _OWN / u for name, (u, _) in _directions(scale).items()}
