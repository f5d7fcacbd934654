"""The live figure of chapter 9: RAdam's factor beside a straight line of warmup."""

from __future__ import annotations

import numpy as np
import sympy as sp

from ...algebra.tracing import trace
from ...namespaces import Symbols
from ...rules.variants import rectification
from ...schedules import linear_warmup
from ..colors import CYCLE, QUIET
from .curves import Axis, Curve, Curves, Reading
from .dials import Dial, memory, steps


def rectified_warmup() -> Curves:
    """RAdam's factor on Adam's step, and a linear warmup, against the step."""
    words = Symbols()
    t, beta2 = (trace("adam").symbols[k] for k in ("t", "beta2"))
    length = sp.Symbol("warmup", positive=True)
    known, factor = rectification(words, beta2, t, 4)
    rectified = sp.Piecewise((factor, known), (sp.nan, True))
    line = linear_warmup(words, t, peak=1, warmup=length)
    # At and below 0.6 RAdam would never divide.
    memories = tuple(b for b in memory("beta2", "β₂", 0.999).stops if b > 0.6)
    ages = np.unique(np.geomspace(1, 100_000, 300).astype(int))
    return Curves(
        alt="The factor on the rate against the step on a logarithmic axis. RAdam's factor for a "
        "beta2 of 0.999 climbs from 0 at the fifth step over 0.22 at step 100 to 0.65 at step "
        "1000, and reaches 1 near step 8000. The linear warmup of 2000 steps starts later and "
        "ends sooner. For a smaller beta2 RAdam's factor moves to the left.",
        dials=(
            Dial("beta2", "β₂", memories, 0.999),
            steps("warmup", "steps of the line", 5, 2000.0),
        ),
        variable="t",
        points=[int(t) for t in ages],
        x=Axis("step t", "log", 1, 100_000),
        y=Axis("factor on the rate", "linear", 0, 1.05),
        curves=(
            Curve("RAdam's factor", rectified, CYCLE[0]),
            Curve("linear warmup", line, CYCLE[1]),
            Curve("full rate", sp.Integer(1), QUIET, "--"),
        ),
        readings=(
            Reading("2/(1 − β₂)", 2 / (1 - beta2)),
            Reading("RAdam's factor where the line ends", rectified.subs(t, length)),
        ),
    )
