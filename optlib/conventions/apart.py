"""How far apart two optimizers end on the same gradients."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from ..running.by_layer import PerLayer
from ..running.optimizer import Optimizer
from .table import like

Spec = tuple[str, str, Mapping[str, Any]]
"""Library, name and arguments."""

STEPS = 50
SAME = 1e-9
SIZES = np.geomspace(1e-6, 1e2, 8)

_LATE = 10**7


def built(spec: Spec) -> Optimizer | PerLayer:
    """The optimizer of a specification.

    Raises
    ------
    TypeError
        If it is a schedule, or takes no steps of its own.
    """
    library, name, arguments = spec
    found = like(library, name, **arguments)
    if not isinstance(found, (Optimizer, PerLayer)):
        raise TypeError(f"only optimizers can be compared; {library} {name} is {found!r}")
    return found


def one(optimizer: Optimizer | PerLayer) -> Optimizer:
    """The optimizer of a matrix, where layers have optimizers of their own."""
    return optimizer.choose(None, np.ones((2, 3))) if isinstance(optimizer, PerLayer) else optimizer


def start() -> np.ndarray:
    """The eight numbers where every run starts."""
    return np.random.default_rng(0).standard_normal(8)


def gradients() -> Iterator[tuple[int, np.ndarray]]:
    """The steps and the shared gradients, of sizes from 1e-6 to 100."""
    for t in range(1, STEPS + 1):
        yield t, SIZES * np.random.default_rng([1, t]).standard_normal(8)


def _first() -> Iterator[tuple[int, np.ndarray]]:
    return itertools.islice(gradients(), 3)


def _harder() -> Iterator[tuple[int, np.ndarray]]:
    """Other gradients, zeros among them, and at the end steps of a long run."""
    for t in (*range(1, 21), *range(_LATE, _LATE + 10)):
        rng = np.random.default_rng([2, t])
        yield t, SIZES[::-1] * rng.standard_normal(8) * (1 if t == 1 else rng.random(8) > 0.2)


class Yardstick:
    """An optimizer, to which others are compared on the same gradients."""

    def __init__(self, source: Optimizer | PerLayer):
        self.source = source
        self._ends: dict[Any, np.ndarray] = {}

    def distance(self, other: Optimizer | PerLayer) -> float:
        """The largest distance of two entries after 50 steps, relative to the way they have gone.

        The gradients have sizes from 1e-6 to 100, in a layer of two rows and one of one. The latter
        is a vector, or a matrix where one of the two takes matrices alone.
        """
        return float(np.max(self.distances(other, gradients)))

    def typical(self, other: Optimizer | PerLayer) -> float:
        """The mean over the entries instead of the largest."""
        return float(np.mean(self.distances(other, gradients)))

    def starts_alike(self, other: Optimizer | PerLayer) -> bool:
        """Whether they agree in the first steps, which is quick to tell."""
        return bool(np.max(self.distances(other, _first)) < SAME)

    def follows(self, other: Optimizer | PerLayer) -> bool:
        """Whether they agree to rounding, also where gradients are zero and late in a long run."""
        return all(np.max(self.distances(other, steps)) < SAME for steps in (gradients, _harder))

    def distances(self, other: Optimizer | PerLayer, steps: Callable) -> np.ndarray:
        """How far each of the eight entries ends from the other's, infinitely far if not finite."""
        vectors = all(one(o).rule.axes is None for o in (self.source, other))
        shapes = _shapes(vectors, turned=steps is _harder)
        with np.errstate(all="ignore"):
            if (shapes, steps) not in self._ends:
                self._ends[shapes, steps] = _end(self.source, shapes, steps())
            mine, theirs = self._ends[shapes, steps], _end(other, shapes, steps())
            gone = np.maximum(np.abs(mine - start()), np.abs(theirs - start()))
            apart = np.abs(mine - theirs) / np.maximum(gone, 1e-300)
        return np.where(np.isfinite(apart), apart, np.inf)


def _shapes(vectors: bool, turned: bool) -> tuple[tuple[int, ...], ...]:
    """The shapes of the two layers."""
    shapes = (2, 3), (2,) if vectors else (1, 2)
    return tuple(shape[::-1] for shape in shapes) if turned else shapes


def _end(optimizer: Optimizer | PerLayer, shapes: Any, steps: Any) -> np.ndarray:
    x = _layers(start(), shapes)
    state = optimizer.init(x)
    for t, g in steps:
        layers = _layers(g, shapes)
        # Any positive numbers serve as the Hessian that some rules ask for.
        inputs = {name: [abs(a) + 1 for a in layers] for name in one(optimizer).rule.inputs}
        x, state = optimizer.step(t, layers, x, state, **inputs)
    return np.concatenate([layer.ravel() for layer in x])


def _layers(flat: np.ndarray, shapes: Any) -> list[np.ndarray]:
    return [flat[:6].reshape(shapes[0]), flat[6:].reshape(shapes[1])]
