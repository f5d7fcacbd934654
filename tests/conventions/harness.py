"""One way to run a case, here and in the library it is about.

Layers of every shape get gradients that spread over six decades and do not depend on the
parameters; what is compared are the parameters after the recorded steps.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from typing import Any

import numpy as np

from optlib.conventions import FollowedSchedule, like

SHAPES = ((), (7,), (3, 4), (2, 3, 2, 2), (130, 140))
STEPS = 200
RECORDED = (1, 2, 3, 5, 10, 50, 100, 200)
WARMUP = 20
KEPT = 12


@dataclass(frozen=True)
class Inner:
    """An optimizer or a part of one, as an argument of another entry of the same library."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self):
        return f"{self.name}({', '.join(f'{k}={v}' for k, v in self.arguments.items())})"


def made(arguments, make):
    """The arguments with every inner one made by ``make(name, **arguments)``."""

    def one(value):
        if isinstance(value, Inner):
            return make(value.name, **made(value.arguments, make))
        if isinstance(value, list):
            return [one(v) for v in value]
        return value

    return {k: one(v) for k, v in arguments.items()}


@dataclass(frozen=True)
class Case:
    """One optimizer of a library with one set of arguments.

    ``warm`` runs it under a linear warmup from 0, which shows where the rate is kept in the state.
    ``sparse`` leaves most entries without a gradient, others at every step.
    ``tolerance`` is relative, and 1e-9 unless the library computes in less than double precision.
    """

    library: str
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    warm: bool = False
    shapes: tuple[tuple[int, ...], ...] = SHAPES
    tolerance: float = 1e-9
    sparse: bool = False

    @property
    def key(self):
        shown = ", ".join(f"{k}={v}" for k, v in self.arguments.items())
        return f"{self.library} {self.name}({shown}){' warm' if self.warm else ''}"


def start(shapes, seed):
    rng = np.random.default_rng([seed, 0])
    return [np.asarray(rng.standard_normal(s)) for s in shapes]


def gradients(shapes, seed, step):
    """The gradients of one step; each entry has its own scale, between 1e-3 and 1e3."""
    return [g.copy() for g in _drawn(shapes, seed, step)]


@lru_cache(maxsize=STEPS)
def _drawn(shapes, seed, step):
    """The gradients themselves: drawing them takes longer than most rules take for the step."""
    rng = np.random.default_rng([seed, 2, step])
    scales = _scales(shapes, seed)
    return [np.asarray(c * rng.standard_normal(s)) for c, s in zip(scales, shapes, strict=True)]


def of_case(case, seed, step):
    """The gradients that a case sees at one step."""
    all_ = gradients(case.shapes, seed, step)
    if not case.sparse:
        return all_
    rng = np.random.default_rng([seed, 3, step])
    return [np.where(rng.random(g.shape) < 0.3, g, 0.0) for g in all_]


@cache
def _scales(shapes, seed):
    rng = np.random.default_rng([seed, 1])
    return [10.0 ** rng.uniform(-3, 3, s) for s in shapes]


def loss(seed, step):
    """The loss of one step, for optimizers that look at it; it does not depend on the point."""
    return float(np.random.default_rng([seed, 4, step]).lognormal(6.0, 4.0))


def warm_rate(lr, k):
    """The rate at the library's step ``k``, from 0."""
    return lr * min(k / WARMUP, 1.0)


def run_ours(case, seed=0, steps=STEPS):
    """The parameters after the recorded steps, by what ``like`` returns."""
    arguments = made(case.arguments, partial(like, case.library))
    if case.warm:
        (rate_name,) = {"lr", "learning_rate"} & set(arguments)
        lr = arguments[rate_name]
        arguments[rate_name] = FollowedSchedule(
            lambda xp, k: lr * xp.minimum(k / WARMUP, 1.0), "warmup"
        )
    optimizer = like(case.library, case.name, **arguments)
    x = start(case.shapes, seed)
    state = optimizer.init(x)
    records = []
    asked = getattr(getattr(optimizer, "rule", None), "inputs", ())
    for t in range(1, steps + 1):
        more = {name: [np.full_like(a, loss(seed, t)) for a in x] for name in asked}
        x, state = optimizer.step(t, of_case(case, seed, t), x, state, **more)
        if t in RECORDED:
            records.append(x)
    return records


def kept(layer):
    """A few entries of a layer and its norm: enough to tell a difference, small enough to store."""
    flat = np.asarray(layer, dtype=float).ravel()
    places = np.linspace(0, flat.size - 1, min(KEPT, flat.size)).astype(int)
    return np.append(flat[places], np.linalg.norm(flat))


def summary(records):
    """The kept entries of every recorded step, as one array."""
    return np.array([np.concatenate([kept(layer) for layer in layers]) for layers in records])


def distance(ours, theirs, origin):
    """The largest difference relative to how far an entry has come, or to its size if larger."""
    scale = np.maximum(np.abs(theirs - origin), np.abs(theirs))
    return float(np.max(np.abs(ours - theirs) / np.maximum(scale, 1e-300)))
