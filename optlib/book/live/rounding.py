"""The live figure of chapter 13: what is lost when a number is stored in few bits."""

from __future__ import annotations

import numpy as np
import sympy as sp

from ..colors import CYCLE, QUIET
from .curves import Axis, Curve, Curves, Reading
from .dials import decades, memory, whole


def _binade(x: sp.Expr) -> sp.Expr:
    """The power of two at or below a number."""
    return 2 ** sp.floor(sp.log(x) / sp.log(2))


def lost_updates() -> Curves:
    """Half the distance to the next number, beside a step of Adam and one step of forgetting."""
    size, p, lr, beta = sp.symbols("size p lr beta", positive=True)
    roundoff = 2**-p
    # Away from powers of two, where the distance downward is half of that upward.
    points = 1.003 * np.geomspace(1e-3, 99, 420)
    return Curves(
        alt="Relative changes against the size of a stored number, on logarithmic axes. Half the "
        "distance to the next number is a sawtooth, for 8 bits between 0.002 and 0.004. A step of "
        "0.001 is a falling line, which dives under the sawtooth between 0.25 and 0.5. One step of "
        "forgetting with a beta of 0.999 is a horizontal line, everywhere under the sawtooth.",
        dials=(
            whole("p", "significant bits p", 2, 24, 8),
            decades("lr", "rate α", -6, -1, 1e-3),
            memory("beta", "β", 0.999),
        ),
        variable="size",
        points=[float(f"{x:.4g}") for x in points],
        x=Axis("size of the stored number", "log", 1e-3, 1e2),
        y=Axis("relative change", "log", 1e-6, 1),
        curves=(
            Curve("half the distance to the next number", roundoff * _binade(size) / size, QUIET),
            Curve("a step of Adam, α / size", lr / size, CYCLE[0]),
            Curve("one step of forgetting, 1 − β", 1 - beta, CYCLE[1], "--"),
        ),
        readings=(
            Reading("weights above this are frozen", 2 * _binade(lr / roundoff)),
            Reading("memory of the average", 1 / (1 - beta)),
            Reading("forgets below a memory of", 1 / roundoff + 2),
            Reading("never forgets above", 2 / roundoff),
        ),
    )
