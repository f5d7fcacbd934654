"""What the playground offers, and its presets: each a story that a chapter tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .dials import decades
from .races import Race, Racer

PROBLEMS: Mapping[str, str] = {
    "rosenbrock": "Rosenbrock's valley",
    "beale": "Beale's function",
    "ravine": "a winding ravine",
    "quadratic": "a quadratic, condition 100",
    "saddle": "a saddle",
    "himmelblau": "Himmelblau's function",
    "rastrigin": "Rastrigin's function",
    "reddi": "Reddi's example (one parameter)",
    "spike": "one large gradient, then small ones (one parameter)",
}
"""The problems of the playground, and what they are called there."""

PARTS: Mapping[str, float] = {
    "warmup": 0.1,
    "total": 1.0,
    "cooldown": 0.2,
    "period": 0.25,
    "first": 0.5,
    "second": 0.75,
    "rise": 0.3,
}
"""The numbers of schedules that are counted in steps, and what part of a run they start at."""

NUMBERS: Mapping[str, float] = {"gamma": 0.5, "power": 1.0, "width": 512}
"""The other numbers of schedules that have no default, and what they start at."""

RATES = decades("lr", "rate", -5, 1, 0.1).stops
"""The stops of the slider of a rate."""


@dataclass(frozen=True)
class Story:
    """A preset.

    Attributes
    ----------
    title : str
        On its button.
    text : str
        What there is to see, with a link to the chapter.
    problem : str
    steps : int
    entries : sequence of Racer
    start : sequence of float, optional
    """

    title: str
    text: str
    problem: str
    steps: int
    entries: Sequence[Racer]
    start: Sequence[float] | None = None

    def race(self) -> Race:
        """The race of the preset, without dials."""
        return Race(self.title, (), self.problem, self.steps, self.entries, self.start)

    def facts(self) -> dict[str, Any]:
        """What the page needs to know."""
        return self.race().facts()


_SLOW = {"beta1": 0.0, "beta2": 0.1, "eps": 0.0}
_RATE_OF_REDDI = {"schedule": "inverse_sqrt", "numbers": {"warmup": 1}}

STORIES: Mapping[str, Story] = {
    "correction": Story(
        "Adam without correction",
        "All three start beside the minimum. Without correction the first steps are up to six"
        " times too long, and the good start is lost: [chapter 4](/chapters/04-bias-"
        "correction.ipynb).",
        "beale",
        150,
        (
            Racer("adam", "Adam", 0.05),
            Racer("adam_uncorrected", "without correction", 0.05, {"eps": 1e-8}),
            Racer("adamd", "only the second moment corrected", 0.05),
        ),
        (2.9, 0.45),
    ),
    "eps": Story(
        "ε outside and inside the root",
        "Beside a saddle the gradient is small. The same ε weighs far more inside the root: "
        "[chapter 3](/chapters/03-adaptive-rates.ipynb).",
        "saddle",
        300,
        (
            Racer("rmsprop", "outside the root", 0.01, {"eps": 0.01}),
            Racer("rmsprop_inside", "inside the root", 0.01, {"eps": 0.01}),
        ),
        (1.5, 1e-5),
    ),
    "reddi": Story(
        "Reddi's example",
        "The slopes are 3, −1, −1 in turn, so the loss falls to the left. Adam with a short "
        "memory goes to the right: [chapter 6](/chapters/06-convergence.ipynb).",
        "reddi",
        900,
        (
            Racer("adam", "Adam", 0.5, _SLOW, **_RATE_OF_REDDI),
            Racer("amsgrad", "AMSGrad", 0.5, _SLOW, **_RATE_OF_REDDI),
            Racer("adam", "Adam, long memory", 0.5, _SLOW | {"beta2": 0.999}, **_RATE_OF_REDDI),
        ),
    ),
    "ravine": Story(
        "A ravine",
        "Four optimizers, each with about the rate that brings it lowest in 150 steps: [chapter "
        "5](/chapters/05-adam.ipynb).",
        "ravine",
        150,
        (
            Racer("sgd", "gradient descent", 0.04),
            Racer("momentum", "momentum", 0.04),
            Racer("rmsprop", "RMSprop", 0.06),
            Racer("adam", "Adam", 1.0),
        ),
    ),
    "spike": Story(
        "AMSGrad after a spike",
        "The first gradient is 100, all others are 1. Adam forgets it, AMSGrad does not: "
        "[chapter 6](/chapters/06-convergence.ipynb).",
        "spike",
        500,
        (
            Racer("adam", "Adam", 0.01, {"beta2": 0.99}),
            Racer("amsgrad_raw_max", "AMSGrad of PyTorch", 0.01, {"beta2": 0.99}),
            Racer("amsgrad_corrected", "AMSGrad of Optax", 0.01, {"beta2": 0.99}),
        ),
    ),
    "edge": Story(
        "The edge of stability",
        "Gradient descent just below and just above 2 / L, and Adam with a short memory, "
        "whose effective rate rises until it is pushed back: [chapter "
        "7](/chapters/07-preconditioning.ipynb).",
        "quadratic",
        300,
        (
            Racer("sgd", "gradient descent, 1.98 / L", 0.0198),
            Racer("sgd", "gradient descent, 2.02 / L", 0.0202),
            Racer("adam", "Adam, a short memory", 0.02, {"beta2": 0.9}),
        ),
    ),
}
"""Name, as in the address of the page -> preset."""
