"""Test functions with gradients, Hessians and known minima."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..domains import number
from ..namespaces import words
from .base import Problem, Window


def quadratic(condition: float = 100.0, rotation: Any = 0.0, dim: int = 2) -> Problem:
    r"""A quadratic, :math:`f(x) = \tfrac12 x^\top A x`; eigenvalues from 1 to ``condition``.

    They are spaced evenly in the logarithm.

    Parameters
    ----------
    condition : float
        The condition number, at least 1.
    rotation : float or array
        The angle by which the first and last axis are turned, in radians, or an orthogonal matrix.
    dim : int
        The number of parameters, at least 1.

    Raises
    ------
    ValueError
        If the condition number is below 1 or the rotation is not orthogonal.
    """
    condition = number("quadratic", "condition", condition, "[1, inf)")
    dim = number("quadratic", "dim", dim, "integer [1, inf)")
    q = _rotation(rotation, dim)
    eigenvalues = np.geomspace(1.0, condition, dim)
    a = (q * eigenvalues) @ q.T
    a = (a + a.T) / 2
    return Problem(
        name=f"quadratic({condition:g})",
        value=lambda x, t=None: (x * (x @ a)).sum(axis=-1) / 2,
        grad=lambda x, t=None: x @ a,
        hess=lambda x: np.broadcast_to(a, (*x.shape[:-1], dim, dim)),
        start=q @ np.full(dim, 1.0),
        minima=(np.zeros(dim),),
        window=((-1.6, 1.6), (-1.6, 1.6)),
    )


def _rotation(rotation: Any, dim: int) -> np.ndarray:
    if np.ndim(rotation) == 0:
        rotation = number("quadratic", "rotation", rotation, "real")
        q = np.eye(dim)
        if dim > 1:
            c, s = math.cos(rotation), math.sin(rotation)
            q[0, 0], q[0, -1], q[-1, 0], q[-1, -1] = c, -s, s, c
        return q
    q = np.asarray(rotation)
    fits = q.dtype.kind in "fiu" and q.shape == (dim, dim)
    if not fits or not np.allclose(q @ q.T, np.eye(dim), atol=1e-9):
        raise ValueError(f"the rotation must be an angle or an orthogonal {dim} x {dim} matrix")
    return q


def _planar(
    name: str,
    value: Callable[..., Any],
    grad: Callable[..., tuple],
    hess: Callable[..., tuple],
    start: tuple[float, float],
    minima: tuple[tuple[float, float], ...],
    window: Window,
) -> Problem:
    """A problem in the plane from functions of ``(xp, x, y)``; ``hess`` gives xx, xy, yy."""

    def on(function: Callable[..., Any], x: Any) -> Any:
        return function(words(x), x[..., 0], x[..., 1])

    def hessian(x: Any) -> np.ndarray:
        xx, xy, yy = np.broadcast_arrays(*on(hess, x))
        return np.stack([np.stack([xx, xy], axis=-1), np.stack([xy, yy], axis=-1)], axis=-2)

    return Problem(
        name=name,
        value=lambda x, t=None: on(value, x),
        grad=lambda x, t=None: np.stack(np.broadcast_arrays(*on(grad, x)), axis=-1),
        hess=hessian,
        start=np.array(start),
        minima=tuple(np.array(point) for point in minima),
        window=window,
    )


def _square(a: Any) -> Any:
    # NumPy's power of a scalar and of an array may differ in the last bit; a product does not.
    return a * a


def rosenbrock() -> Problem:
    r"""Rosenbrock's valley, :math:`(1-x)^2 + 100 (y-x^2)^2`; minimum 0 at (1, 1).

    Source: Rosenbrock 1960.
    """
    return _planar(
        "rosenbrock",
        lambda xp, x, y: _square(1 - x) + 100 * _square(y - x * x),
        lambda xp, x, y: (-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)),
        lambda xp, x, y: (2 - 400 * y + 1200 * x * x, -400 * x, 0 * x + 200),
        start=(-1.2, 1.0),
        minima=((1.0, 1.0),),
        window=((-1.8, 1.8), (-0.8, 2.2)),
    )


def beale() -> Problem:
    r"""Beale's function, :math:`\sum_{k=1}^3 (c_k - x(1-y^k))^2`; minimum 0 at (3, 0.5).

    The constants :math:`c_k` are 1.5, 2.25 and 2.625.

    Source: Beale 1958.
    """
    constants = ((1, 1.5), (2, 2.25), (3, 2.625))

    def residuals(x, y):
        return [(c - x * (1 - y**k), y**k - 1, k * x * y ** (k - 1), k) for k, c in constants]

    def hess(xp, x, y):
        xx = xy = yy = 0
        for r, dx, dy, k in residuals(x, y):
            xx = xx + 2 * dx * dx
            xy = xy + 2 * (dx * dy + r * k * y ** (k - 1))
            yy = yy + 2 * (dy * dy + (r * k * (k - 1) * x * y ** (k - 2) if k > 1 else 0))
        return xx, xy, yy

    return _planar(
        "beale",
        lambda xp, x, y: sum(r * r for r, *_ in residuals(x, y)),
        lambda xp, x, y: (
            sum(2 * r * dx for r, dx, _, _ in residuals(x, y)),
            sum(2 * r * dy for r, _, dy, _ in residuals(x, y)),
        ),
        hess,
        start=(1.0, 1.5),
        minima=((3.0, 0.5),),
        window=((-1.0, 4.0), (-1.5, 2.0)),
    )


def himmelblau() -> Problem:
    r"""Himmelblau's function, :math:`(x^2+y-11)^2 + (x+y^2-7)^2`; minimum 0 at four points.

    Source: Himmelblau 1972.
    """
    minima = (
        (3.0, 2.0),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.283185991286170),
        (3.584428340330492, -1.848126526964404),
    )
    return _planar(
        "himmelblau",
        lambda xp, x, y: _square(x * x + y - 11) + _square(x + y * y - 7),
        lambda xp, x, y: (
            4 * x * (x * x + y - 11) + 2 * (x + y * y - 7),
            2 * (x * x + y - 11) + 4 * y * (x + y * y - 7),
        ),
        lambda xp, x, y: (12 * x * x + 4 * y - 42, 4 * (x + y), 4 * x + 12 * y * y - 26),
        start=(0.0, 0.0),
        minima=minima,
        window=((-5.5, 5.5), (-5.5, 5.5)),
    )


def rastrigin() -> Problem:
    r"""Rastrigin's function, :math:`20 + \sum_i (x_i^2 - 10\cos 2\pi x_i)`; minimum 0 at 0.

    Source: Rastrigin 1974; local minima lie near every point with whole coordinates.
    """
    tau = 2 * math.pi
    return _planar(
        "rastrigin",
        lambda xp, x, y: 20 + x * x + y * y - 10 * (xp.cos(tau * x) + xp.cos(tau * y)),
        lambda xp, x, y: (2 * x + 10 * tau * xp.sin(tau * x), 2 * y + 10 * tau * xp.sin(tau * y)),
        lambda xp, x, y: (
            2 + 10 * tau**2 * xp.cos(tau * x),
            0 * x,
            2 + 10 * tau**2 * xp.cos(tau * y),
        ),
        start=(3.2, -2.7),
        minima=((0.0, 0.0),),
        window=((-4.5, 4.5), (-4.5, 4.5)),
    )


def ravine(steepness: float = 25.0) -> Problem:
    r"""A winding ravine, :math:`\tfrac\kappa2 (y - \sin x)^2 + \tfrac1{20} x^2`; minimum 0 at 0.

    Parameters
    ----------
    steepness : float
        :math:`\kappa > 0`, the curvature across the ravine; along it the curvature is 0.1.

    Raises
    ------
    ValueError
        If the steepness is not positive.
    """
    k = number("ravine", "steepness", steepness, "(0, inf)")

    def hess(xp, x, y):
        s, c, r = xp.sin(x), xp.cos(x), y - xp.sin(x)
        return k * (c * c + r * s) + 0.1, -k * c, 0 * x + k

    return _planar(
        "ravine",
        lambda xp, x, y: k / 2 * _square(y - xp.sin(x)) + x * x / 20,
        lambda xp, x, y: (
            -k * (y - xp.sin(x)) * xp.cos(x) + x / 10,
            k * (y - xp.sin(x)),
        ),
        hess,
        start=(-5.0, 0.0),
        minima=((0.0, 0.0),),
        window=((-6.0, 2.0), (-2.0, 2.0)),
    )


def saddle() -> Problem:
    r"""A saddle at 0 between minima at (0, ±1), :math:`\tfrac12(x^2-y^2) + \tfrac14 y^4`."""
    return _planar(
        "saddle",
        lambda xp, x, y: (x * x - y * y) / 2 + y**4 / 4,
        lambda xp, x, y: (x, y**3 - y),
        lambda xp, x, y: (0 * x + 1, 0 * x, 3 * y * y - 1),
        start=(1.5, 1e-3),
        minima=((0.0, -1.0), (0.0, 1.0)),
        window=((-2.0, 2.0), (-1.8, 1.8)),
    )
