"""The live figure of chapter 16: one epsilon in three places."""

from __future__ import annotations

import numpy as np
import sympy as sp

from ...algebra.tracing import trace
from ...namespaces import Symbols
from ...rules.averages import debias
from ..colors import CYCLE
from .curves import Axis, Curve, Curves, Reading
from .dials import Dial, decades

_XP = Symbols()
_STEPS = tuple(m * 10**k for k in range(5) for m in (1, 2, 3, 5))
BETA1, BETA2 = 0.9, 0.999


def epsilon_places() -> Curves:
    """The step along a constant gradient, for each place of epsilon."""
    size, t, eps = sp.symbols("size t eps", positive=True)
    spread = 1 / debias(_XP, BETA2, t, 1)
    settled = trace("rmsprop_inside")
    under = settled.u.subs({settled.symbols["v"]: size**2, settled.symbols["g"]: size})
    return Curves(
        alt="The length of a step along a constant gradient, in units of the rate, against the "
        "gradient, both axes logarithmic. All three curves are flat at 1 on the right. With "
        "epsilon beside the corrected root the step halves where the gradient is epsilon; beside "
        "the uncorrected root it does so further to the right, the more so the earlier the step; "
        "under the root it does so near the root of epsilon.",
        dials=(decades("eps", "ε", -12, 0, 1e-7), Dial("t", "step t", _STEPS, 1)),
        variable="size",
        points=[float(f"{size:.4g}") for size in np.geomspace(1e-14, 1e2, 241)],
        x=Axis("gradient |g|", "log", 1e-14, 1e2),
        y=Axis("step |u|", "log", 1e-5, 3),
        curves=(
            Curve("beside √v̂: Adam of PyTorch, Optax", _along(size, "adam"), CYCLE[0]),
            Curve("beside √v: Keras' Adam", _along(size, "eps_hat_adam"), CYCLE[1], "--"),
            Curve("under √v, settled: Keras' RMSprop", sp.simplify(under), CYCLE[2], ":"),
        ),
        readings=(
            Reading("what Keras' ε is beside √v̂", eps / sp.sqrt(spread)),
            Reading("what an ε under the root is beside it, about", sp.sqrt(eps)),
        ),
    )


def _along(size: sp.Expr, rule: str) -> sp.Expr:
    """The direction of a rule at step t, after t equal gradients."""
    made = trace(rule, beta1=BETA1, beta2=BETA2)
    m, v, g, t = (made.symbols[k] for k in ("m", "v", "g", "t"))
    before = {m: (1 - BETA1 ** (t - 1)) * size, v: (1 - BETA2 ** (t - 1)) * size**2}
    return made.u.subs(before).subs(g, size)
