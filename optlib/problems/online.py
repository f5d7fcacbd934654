"""Online problems: a loss that changes with the step, and the regret of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..namespaces import words
from .base import Problem


def linear_cycle(slopes: Sequence[float], start: float = 1.0) -> Problem:
    r"""Linear losses in turn on :math:`[-1, 1]`: :math:`f_t(x) = c_t\,x` with a projection.

    Step 1 has the first slope, and after the last comes the first again. Without a step, the value
    is the mean over one period. The slopes ``(C, -1, -1)`` are the example of Reddi, Kale & Kumar
    2018, section 3.

    Parameters
    ----------
    slopes : sequence of float
    start : float
        Where runs start, in :math:`[-1, 1]`.

    Raises
    ------
    ValueError
        If there are no slopes, or the start is not feasible.
    """
    c = _slopes(slopes)
    if not -1 <= start <= 1:
        raise ValueError(f"the start must lie in [-1, 1], got {start!r}")
    mean = float(c.mean())

    def slope(t: int | None) -> float:
        return mean if t is None else float(c[(t - 1) % c.size])

    def project(x: Any) -> Any:
        xp = words(x)
        return xp.maximum(xp.minimum(x, 1.0), -1.0)

    return Problem(
        name="linear cycle",
        value=lambda x, t=None: slope(t) * x[..., 0],
        grad=lambda x, t=None: np.full_like(x, slope(t)),
        start=np.array([float(start)]),
        minima=(np.array([-np.sign(mean)]),) if mean else (),
        project=project,
    )


def hinge_cycle(slopes: Sequence[float], start: float = 1.0) -> Problem:
    r"""The same without a projection: every loss is flat from where it is as low as on the box.

    .. math:: f_t(x) = \max(c_t\,x, -|c_t|)

    Convex on the whole line, with gradients that are at most :math:`|c_t|`. At a kink the gradient
    is 0.

    Parameters
    ----------
    slopes : sequence of float
    start : float

    Raises
    ------
    ValueError
        If there are no slopes.
    """
    c = _slopes(slopes)

    def losses(x: Any, t: int | None) -> np.ndarray:
        now = c if t is None else c[[(t - 1) % c.size]]
        return np.maximum(x * now, -np.abs(now)).mean(axis=-1)

    def grad(x: Any, t: int | None = None) -> np.ndarray:
        now = c if t is None else c[[(t - 1) % c.size]]
        return np.where(x * np.sign(now) > -1, now, 0.0).mean(axis=-1, keepdims=True)

    mean = float(c.mean())
    return Problem(
        name="hinge cycle",
        value=lambda x, t=None: losses(x, t),
        grad=grad,
        start=np.array([float(start)]),
        minima=(np.array([-np.sign(mean)]),) if mean else (),
    )


def _slopes(slopes: Sequence[float]) -> np.ndarray:
    c = np.asarray(slopes, dtype=float)
    if c.ndim != 1 or not c.size or not np.isfinite(c).all():
        raise ValueError("give the finite slopes of one period")
    return c


def regret(problem: Problem, run: Any, best: Any = None) -> np.ndarray:
    r"""The regret :math:`\sum_{s \le t} \bigl(f_s(x_{s-1}) - f_s(y)\bigr)` for every step of a run.

    The loss of a step is taken where its gradient is: at the point before it.

    Parameters
    ----------
    problem : Problem
        Whose value depends on the step.
    run : optlib.running.minimize.Run
        Of every step, from the first: ``record=1`` and ``t0=0``.
    best : array, optional
        The fixed point :math:`y` to compare with; by default the problem's first minimum.

    Returns
    -------
    array, shape (steps, sweep...)

    Raises
    ------
    ValueError
        If steps are missing, or there is no point to compare with.
    """
    if run.t[0] != 0 or (np.diff(run.t) != 1).any():
        raise ValueError("regret needs every step of a run, from the first")
    if best is None and not problem.minima:
        raise ValueError(f"{problem.name} has no minimum to compare with; give best")
    y = np.asarray(problem.minima[0] if best is None else best, dtype=float)
    gaps = [problem.value(x, t) - problem.value(y, t) for t, x in enumerate(run.x[:-1], 1)]
    return np.cumsum(gaps, axis=0)
