"""The live figure of chapter 18: what is left of a step when a checkpoint was not whole."""

from __future__ import annotations

import numpy as np
import sympy as sp

from ...algebra.tracing import trace
from ...namespaces import Symbols
from ...rules.averages import debias
from ..colors import CYCLE, QUIET
from .curves import Axis, Curve, Curves, Reading
from .dials import memory, steps

_XP = Symbols()


def restart() -> Curves:
    """Adam's step along a constant gradient, when part of its state was lost."""
    since, done = sp.symbols("k t0", positive=True)
    lost, miscounted = _step(since, done + since), _step(done + since, since)
    shown = np.unique(np.geomspace(1, 10_000, 240).astype(int))
    return Curves(
        alt="Adam's step, in units of the rate and for a constant gradient, against the steps "
        "since a restart, both axes logarithmic. With the averages lost it starts at 3.16, rises "
        "to 6.57 at step 12 and falls towards 1. With the step number lost it is the inverse: "
        "0.15 at step 12. The earlier the checkpoint, the nearer both are to 1.",
        dials=(
            steps("t0", "steps before the restart", 6, 1e6),
            memory("beta1", "β₁", 0.9),
            memory("beta2", "β₂", 0.999),
        ),
        variable="k",
        points=[int(step) for step in shown],
        x=Axis("steps since the restart", "log", 1, 10_000),
        y=Axis("step, in units of α", "log", 0.05, 20),
        curves=(
            Curve("averages lost, step number kept", lost, CYCLE[0]),
            Curve("step number lost, averages kept", miscounted, CYCLE[1]),
            Curve("nothing lost, or everything", sp.Integer(1), QUIET, "--"),
        ),
        readings=(
            Reading("the first step, averages lost", lost.subs(since, 1)),
            Reading("step 12, averages lost", lost.subs(since, 12)),
            Reading("step 12, step number lost", miscounted.subs(since, 12)),
        ),
    )


def _step(seen: sp.Expr, counted: sp.Expr) -> sp.Expr:
    """Adam's direction when its averages hold ``seen`` equal gradients and ``t`` says another."""
    adam = trace("adam", eps=0)
    m, v, g, t, beta1, beta2 = (adam.symbols[k] for k in ("m", "v", "g", "t", "beta1", "beta2"))
    first, second = (1 / debias(_XP, beta, seen, 1) for beta in (beta1, beta2))
    # The state before the step, from what the average of one more equal gradient comes to.
    before = {m: (first - (1 - beta1)) / beta1, v: (second - (1 - beta2)) / beta2}
    return sp.simplify(adam.u.subs(before).subs({g: 1, t: counted}))
