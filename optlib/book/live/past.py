"""The live figure of chapter 14: what past gradients weigh in the numerators of Adam's family."""

from __future__ import annotations

import numpy as np
import sympy as sp

from ...algebra.tracing import trace
from ..colors import CYCLE, QUIET
from .curves import Axis, Curve, Curves, Reading
from .dials import Dial, memory, steps


def numerator(rule: str) -> tuple[sp.Expr, dict[str, sp.Expr], dict[str, sp.Expr]]:
    """What a rule divides by the corrected root, long after its start; its symbols and states.

    The corrections of averages of gradients are gone; a product of momentums is zero.
    """
    traced = trace(rule, eps=0)
    names = traced.symbols
    root = sp.sqrt(traced.state["v"] / (1 - names["beta2"] ** names["t"]))
    gone = {names["beta1"] ** names["t"]: 0}
    if "mu_product" in names:
        gone[names["mu_product"]] = 0
    return (traced.u * root).subs(gone), names, traced.state


def weight(rule: str, age: sp.Expr) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """The weight of the newest gradient, that of an older one, and by what it falls with age."""
    top, names, state = numerator(rule)
    m, g = names["m"], names["g"]
    falls = state["m"].diff(m)
    older = top.diff(m) * state["m"].diff(g) * falls ** (age - 1)
    return top.diff(g), older, falls


def past_weights() -> Curves:
    """The weights of past gradients in Adam, in Nadam at a step, and in AdEMAMix."""
    # A logarithmic axis has no place for age 0, so its number is the age plus one.
    place = sp.Symbol("place", positive=True)
    age = place - 1
    names = numerator("nadam")[1]
    # Dozat's schedule at the default of its decay.
    fixed = {names["momentum_decay"]: sp.Rational(1, 250)}
    pairs = {rule: weight(rule, age) for rule in ("adam", "nadam", "nadam_constant")}
    newest, older, r = ((part.subs(fixed)) for part in pairs["nadam"])
    beta1, slow, mix = names["beta1"], sp.Symbol("beta3", positive=True), sp.Symbol("mix")
    both = ((1 - beta1) * beta1**age + mix * (1 - slow) * slow**age) / (1 + mix)
    lag = older.subs(place, 2) / (1 - r) ** 2
    noise = newest**2 + older.subs(place, 2) ** 2 / (1 - r**2)
    places = np.unique(np.geomspace(1, 10_000, 160).astype(int))

    def drawn(rule: str) -> sp.Expr:
        first, later = (part.subs(fixed) for part in pairs[rule][:2])
        return sp.Piecewise((first, sp.Lt(age, 1)), (later, True))

    return Curves(
        alt="The weight of a past gradient against its age plus one, on logarithmic axes. Adam's "
        "weights start at 0.1 and fall to nothing within a hundred steps. Those of Nadam with a "
        "constant momentum are nearly the same, but for the newest gradient, which has 0.19. In "
        "Dozat's schedule at step 300 the newest has more than a half. AdEMAMix keeps a tail of "
        "small weights over ten thousand steps.",
        dials=(
            memory("beta1", "β₁", 0.9),
            steps("t", "step t, for Dozat's schedule", 5, 300.0),
            memory("beta3", "β₃ of AdEMAMix", 0.9999),
            Dial("mix", "its share a", (0.0, 0.5, 1.0, 2.0, 5.0, 10.0), 5.0),
        ),
        variable="place",
        points=[int(a) for a in places],
        x=Axis("age of the gradient, plus 1", "log", 1, 10_000),
        y=Axis("weight", "log", 1e-6, 1),
        curves=(
            Curve("Adam", drawn("adam"), QUIET),
            Curve("Nadam, constant momentum", drawn("nadam_constant"), CYCLE[1], "--"),
            Curve("Nadam of Dozat and PyTorch", drawn("nadam"), CYCLE[0]),
            Curve("AdEMAMix, divided by 1 + a", both, CYCLE[2]),
        ),
        readings=(
            Reading("mean age, Adam", beta1 / (1 - beta1)),
            Reading("mean age, Nadam of Dozat", lag),
            Reading("noise let through, Nadam over Adam", noise * (1 + beta1) / (1 - beta1)),
        ),
    )
