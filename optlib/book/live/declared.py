"""The live figures of the book, by name."""

from __future__ import annotations

from functools import cache

import numpy as np
import sympy as sp

from ...algebra.tracing import trace
from ...namespaces import Symbols
from ...rules.averages import debias
from ..colors import CYCLE, QUIET
from .balls import ball_factor, ball_ravine
from .batches import batch_rates
from .bowls import scale_and_rotation
from .box import wall_reach
from .counterexample import reddi_period
from .curves import Axis, Curve, Curves, Reading
from .descent import step_factors
from .dials import Dial, decades, even, memory, spaced, whole
from .epsilons import epsilon_places
from .falls import schedule_floor
from .past import past_weights
from .races import Race, Racer
from .rare import rare_words
from .rectified import rectified_warmup
from .restart import restart
from .rounding import lost_updates
from .stability import stability_orbit, stability_roots

_XP = Symbols()


def average_weights() -> Curves:
    """The weights of an average, as it is kept and as Adam uses it."""
    adam = trace("adam")
    m, g, t = (adam.symbols[k] for k in ("m", "g", "t"))
    beta, age = sp.Symbol("beta", positive=True), sp.Symbol("age", nonnegative=True)
    new = adam.state["m"].subs(adam.symbols["beta1"], beta)
    weight = new.diff(g) * new.diff(m) ** age
    corrected = debias(_XP, beta, t, weight)
    # The average after t - 1 steps, corrected or not, differs by the sum of its weights.
    own_weight = debias(_XP, beta, t, new.diff(m)) / debias(_XP, beta, t - 1, 1)
    there = sp.Lt(age, t)
    return Curves(
        alt="The weight of a past gradient in the average against its age. The weights of the "
        "average as it is kept fall by the factor beta with each step and add up to less than 1; "
        "those of the corrected average have the same shape and add up to 1.",
        dials=(memory("beta", "β", 0.9, least=-2), whole("t", "step t", 1, 40, 8)),
        variable="age",
        points=range(40),
        x=Axis("age of the gradient", "linear", -1, 40),
        y=Axis("weight", "log", 2e-3, 1.5),
        curves=(
            Curve("corrected, as it is used", _only(corrected, there), CYCLE[0], dots=True),
            Curve("as it is kept", _only(weight, there), CYCLE[1], dots=True),
        ),
        readings=(
            Reading("weights kept add up to", 1 / debias(_XP, beta, t, 1)),
            Reading("weight wₜ of the average before", own_weight),
        ),
    )


def _only(value: sp.Expr, where: sp.Basic) -> sp.Expr:
    return sp.Piecewise((value, where), (sp.nan, True))


def correction_ratio() -> Curves:
    """How much longer Adam's step is without correction."""
    corrected, plain = trace("adam", eps=0), trace("adam_uncorrected", eps=0)
    # The ratio is the same for every gradient and every state.
    ones = {corrected.symbols[k]: 1 for k in ("m", "v", "g")}
    ratio = plain.u.subs(ones) / corrected.u.subs(ones)
    numerator = 1 / debias(_XP, corrected.symbols["beta1"], corrected.symbols["t"], 1)
    ages = np.unique(np.geomspace(1, 100_000, 300).astype(int))
    return Curves(
        alt="The length of a step without bias correction over that with it, against the step on "
        "a logarithmic axis. For the usual betas it starts at 3.16, rises to 6.57 at step 12 and "
        "falls slowly towards 1.",
        dials=(memory("beta1", "β₁", 0.9), memory("beta2", "β₂", 0.999, least=-5)),
        variable="t",
        points=[int(t) for t in ages],
        x=Axis("step t", "log", 1, 100_000),
        y=Axis("step / corrected step", "log", 0.05, 100),
        curves=(
            Curve("uncorrected", ratio, CYCLE[0]),
            Curve("its numerator, 1 − β₁ᵗ", numerator, CYCLE[1]),
            Curve("corrected", sp.Integer(1), QUIET, "--"),
        ),
        readings=(Reading("at step 1", ratio.subs(corrected.symbols["t"], 1)),),
    )


def step_against_gradient() -> Curves:
    """Adam's first step against the size of the gradient."""
    g = trace("adam").symbols["g"]
    size, scale = sp.Symbol("size", positive=True), sp.Symbol("scale", positive=True)

    def first(rule: str) -> sp.Expr:
        u = trace(rule, t=1, m=0, v=0, beta1=0.9, beta2=0.999).u
        return u.subs(g, scale * size)

    return Curves(
        alt="The length of Adam's first step, in units of the rate, against the gradient. It is "
        "flat at 1 where the gradient is far above eps, and falls in proportion to it below. "
        "Without correction the plateau is at 3.16.",
        dials=(
            decades("eps", "ε", -12, 0, 1e-8),
            decades("scale", "scale of the loss", -6, 6, 1.0),
        ),
        variable="size",
        points=[float(f"{size:.4g}") for size in np.geomspace(1e-14, 1e4, 271)],
        x=Axis("gradient |g|", "log", 1e-14, 1e4),
        y=Axis("first step |u|", "log", 1e-3, 10),
        curves=(
            Curve("corrected", first("adam"), CYCLE[0]),
            Curve("uncorrected", first("adam_uncorrected"), CYCLE[1]),
        ),
    )


def longest_step() -> Curves:
    """The longest step of Adam that any gradients can bring about, against the step."""
    adam = trace("adam")
    m, v, g, t, beta1, beta2 = (adam.symbols[k] for k in ("m", "v", "g", "t", "beta1", "beta2"))
    first, second = adam.state["m"], adam.state["v"]
    # By Cauchy and Schwarz m_t^2 is at most v_t times the sum of q r^i over the steps.
    r = first.diff(m) ** 2 / second.diff(v)
    q = first.diff(g) ** 2 / (second.diff(g, 2) / 2)
    most = sp.sqrt(q * (1 - r**t) / (1 - r))
    length = debias(_XP, beta1, t, most) / sp.sqrt(debias(_XP, beta2, t, 1))
    ages = np.unique(np.geomspace(1, 5000, 200).astype(int))
    return Curves(
        alt="The longest step that Adam can take, in units of the rate, against the step on a "
        "logarithmic axis. For the usual betas it is 1 at the first step, 2.2 at step 100 and 5.8 "
        "at step 1000, and tends to 7.27.",
        dials=(memory("beta1", "β₁", 0.9), memory("beta2", "β₂", 0.999, least=-5)),
        variable="t",
        points=[int(t) for t in ages],
        x=Axis("step t", "log", 1, 5000),
        y=Axis("longest |u|", "linear", 0, 8),
        curves=(Curve("longest step", length, CYCLE[0]),),
    )


_SLOPES = (1.5, 1.875, 2.25, 2.5, 2.75, 3.0, 3.25, 3.4445, 3.75, 4.0)
_CUBES = (-6.0, -5.5, -5.0, -4.775, -4.5, -4.0, -3.5, -3.0, -2.5, -2.0, -1.5, -1.25, -1.0, -0.5)
_FIFTHS = (0.0, 0.2, 0.375, 0.6, 0.8, 1.0, 1.25, 1.5, 1.75, 2.0315, 2.25, 2.5, 3.0)


def singular_values() -> Curves:
    """What the passes of Newton and Schulz make of a singular value, for any coefficients."""
    s, a, b, c, passes = sp.symbols("s a b c passes", real=True)
    after = [s]
    for _ in range(6):
        after.append(after[-1] * (a + after[-1] ** 2 * (b + c * after[-1] ** 2)))
    chosen = [(value, sp.Eq(passes, k)) for k, value in enumerate(after[1:-1], 1)]
    return Curves(
        alt="A singular value after the passes against the value before, on logarithmic axes. For "
        "Muon's coefficients and five passes it rises in proportion and then swings between 0.68 "
        "and 1.13 from 0.005 on.",
        dials=(
            Dial("a", "a, the slope at 0", _SLOPES, 3.4445),
            Dial("b", "b", _CUBES, -4.775),
            Dial("c", "c", _FIFTHS, 2.0315),
            whole("passes", "passes", 1, 6, 5),
        ),
        variable="s",
        points=[float(f"{s:.4g}") for s in np.geomspace(1e-4, 1, 401)],
        x=Axis("singular value before", "log", 1e-4, 1),
        y=Axis("singular value after", "log", 2e-3, 3),
        curves=(
            Curve("after the passes", sp.Piecewise(*chosen, (after[-1], True)), CYCLE[0]),
            Curve("1, the polar factor", sp.Integer(1), QUIET, "--"),
        ),
        readings=(
            Reading("small values grow by", a**passes),
            Reading("1 becomes, in one pass,", a + b + c),
        ),
    )


def race() -> Race:
    """The race of chapter 5, with rates to choose."""
    rates = {"sgd": 0.04, "momentum": 0.04, "adam": 1.0}
    return Race(
        alt="Contours of a winding ravine with the paths of three optimizers, and their losses and "
        "effective rates against the step.",
        dials=[decades(k, f"rate of {_NAMES[k]}", -4, 1, lr) for k, lr in rates.items()],
        problem="ravine",
        steps=150,
        entries=[Racer(k, _NAMES[k], k) for k in rates],
    )


_NAMES = {"sgd": "gradient descent", "momentum": "momentum", "adam": "Adam"}


def front_map() -> Race:
    """The map of chapter 5; a click shows the run."""
    gaps = spaced(1, 0.01, 81)
    betas = tuple(round(1 - gap, 5) for gap in gaps)
    return Race(
        alt="Left, a map over the rate and beta1 of the value that Adam reaches on Beale's "
        "function in 300 steps: too slow on the left, solved in the middle, ragged on the right. "
        "Right, the path of the run that is chosen on it.",
        dials=(
            even("lr", "rate", 3e-3, 30, 121, 0.3),
            Dial("beta1", "β₁", betas, 0.9),
        ),
        problem="beale",
        steps=300,
        entries=[Racer("adam", "Adam", "lr", {"beta1": "beta1"})],
        map=("lr", "beta1"),
    )


def memory_map() -> Race:
    """The map of chapter 12: the rate against the second memory; a click shows the run."""
    gaps = spaced(0.5, 1e-4, 41)
    return Race(
        alt="Left, a map over the rate and beta2 of the value that Adam reaches in Rosenbrock's "
        "valley in 500 steps: two bright regions, of short and of long memories, and a darker "
        "zone between them. Right, the path of the run that is chosen on it.",
        dials=(
            even("lr", "rate", 1e-2, 10, 61, 0.316),
            Dial("beta2", "β₂", tuple(round(1 - gap, 6) for gap in gaps), round(1 - gaps[30], 6)),
        ),
        problem="rosenbrock",
        steps=500,
        entries=[Racer("adam", "Adam", "lr", {"beta2": "beta2"})],
        map=("lr", "beta2"),
    )


FIGURES = {
    "average-weights": average_weights,
    "correction-ratio": correction_ratio,
    "step-against-gradient": step_against_gradient,
    "longest-step": longest_step,
    "singular-values": singular_values,
    "race": race,
    "front-map": front_map,
    "memory-map": memory_map,
    "step-factors": step_factors,
    "ball-factor": ball_factor,
    "ball-ravine": ball_ravine,
    "scale-and-rotation": scale_and_rotation,
    "reddi-period": reddi_period,
    "stability-roots": stability_roots,
    "stability-orbit": stability_orbit,
    "wall-reach": wall_reach,
    "rectified-warmup": rectified_warmup,
    "past-weights": past_weights,
    "restart": restart,
    "epsilon-places": epsilon_places,
    "schedule-floor": schedule_floor,
    "batch-rates": batch_rates,
    "rare-words": rare_words,
    "lost-updates": lost_updates,
}
"""Name -> a function that makes the figure."""


@cache
def find(name: str) -> Curves | Race:
    """The live figure of this name.

    Raises
    ------
    ValueError
        If there is none.
    """
    if name not in FIGURES:
        raise ValueError(f"There is no live figure {name!r}; there are {', '.join(FIGURES)}")
    return FIGURES[name]()
