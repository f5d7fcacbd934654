"""What a problem is, and how noise is added to one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..domains import number

Window = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Problem:
    """A function to minimize.

    Attributes
    ----------
    name : str
    value : callable
        ``value(x, t=None)``; without ``t`` it is the function itself, free of noise.
    grad : callable
        ``grad(x, t=None)``, the gradient that step ``t`` sees, in the shape of ``x``.
    start : array
        Where runs start by default; its shape is that of one ``x``.
    minima : tuple of arrays
        The global minimizers, where they are known.
    hess : callable, optional
        ``hess(x)``, of shape ``(..., d, d)``.
    project : callable, optional
        ``project(x)``, the nearest feasible point.
    window : pair of pairs, optional
        A part of the plane worth drawing: ``((x_min, x_max), (y_min, y_max))``.
    """

    name: str
    value: Callable[..., Any]
    grad: Callable[..., Any]
    start: np.ndarray
    minima: tuple[np.ndarray, ...] = ()
    hess: Callable[[Any], Any] | None = None
    project: Callable[[Any], Any] | None = None
    window: Window | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one ``x``."""
        return self.start.shape


def noisy(problem: Problem, sigma: float = 1.0, seed: int = 0) -> Problem:
    """The problem with Gaussian noise on every entry of the gradient.

    The noise of step ``t`` comes from ``default_rng([seed, t])`` in the shape of one ``x``: every
    run of a sweep sees the same, and a restarted run goes on with the noise it would have seen.

    Parameters
    ----------
    problem : Problem
    sigma : float
        The standard deviation, at least 0, in the unit of the gradient.
    seed : int
        At least 0.

    Raises
    ------
    ValueError
        If ``sigma`` or ``seed`` is negative.
    """
    if not isinstance(problem, Problem):
        raise TypeError(f"noisy: problem must be a Problem, got {problem!r:.60}")
    sigma = number("noisy", "sigma", sigma, "[0, inf)")
    seed = number("noisy", "seed", seed, "integer [0, inf)")

    def grad(x: Any, t: int | None = None) -> Any:
        clean = problem.grad(x, t)
        if t is None:
            return clean
        return clean + sigma * np.random.default_rng([seed, t]).standard_normal(problem.shape)

    return replace(problem, name=f"noisy {problem.name}", grad=grad)


Layers = list[tuple[np.ndarray, np.ndarray]]
"""The weights and the biases of each affine map of a network."""


def affine_maps(x: np.ndarray, shapes: list[tuple[int, int]]) -> Layers:
    """The affine maps that lie one after the other in the last axis of ``x``, weights first.

    Parameters
    ----------
    x : array, shape (..., d)
    shapes : list of (inputs, outputs)

    Returns
    -------
    list of (weights, biases)
        Of shapes ``(..., inputs, outputs)`` and ``(..., 1, outputs)``.
    """
    found, at = [], 0
    for a, b in shapes:
        weights = x[..., at : at + a * b].reshape(*x.shape[:-1], a, b)
        found.append((weights, x[..., None, at + a * b : at + a * b + b]))
        at += a * b + b
    return found
