"""The one loop: an optimizer on a problem, for one run or for a whole sweep at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import checks
from .optimizer import Layer, Optimizer
from .problems import Problem

_POLICIES = ("raise", "skip", "freeze")


@dataclass(frozen=True)
class Run:
    """What :func:`minimize` recorded; leading axes behind the first one are the sweep.

    Attributes
    ----------
    t : array, shape (records,)
        The steps that were recorded, the start (``t0``) and the end among them.
    x : array, shape (records, sweep..., x...)
        The parameters after those steps.
    f : array, shape (records, sweep...)
        The values of the problem there.
    diverged : array of int, shape (sweep...)
        The step at which a run left the finite numbers and was frozen; 0 for never.
    evals : array of int, shape (sweep...)
        How many gradients each run took.
    state : dict of arrays
        The state after the last step, for ``state=`` of a run that goes on.
    """

    t: np.ndarray
    x: np.ndarray
    f: np.ndarray
    diverged: np.ndarray
    evals: np.ndarray
    state: dict[str, np.ndarray]


def minimize(
    optimizer: Optimizer,
    problem: Problem,
    x0: Any = None,
    steps: int = 1000,
    *,
    record: int | str = 1,
    state: dict[str, np.ndarray] | None = None,
    t0: int = 0,
    nonfinite: str | None = None,
) -> Run:
    """Run an optimizer on a problem, once or for a sweep of settings and starts.

    Parameters
    ----------
    optimizer : Optimizer
        Its arrays of settings broadcast against each other and against the leading axes of ``x0``.
    problem : Problem
        Gives the gradient, the value, the start and, if it has one, the projection.
    x0 : array, optional
        The start, of shape (sweep..., x...); by default the problem's own.
    steps : int
        How many steps to take.
    record : int or "last"
        Keep the start, every ``record``-th step and the last one; or the last one alone.
    state, t0
        Go on from this state, which is that after step ``t0``.
    nonfinite : {"raise", "skip", "freeze"}, optional
        For NaN or infinite values: raise (the default for a single run), leave the step out, or
        keep the run at its last finite point from then on (always so in a sweep).

    Returns
    -------
    Run

    Raises
    ------
    TypeError, ValueError
        For settings, a start or a state that do not fit.
    NonFiniteError
        For NaN or infinite values in a single run, unless ``nonfinite`` says otherwise.
    """
    start = np.array(problem.start if x0 is None else x0)
    checks.parameter(None, start)
    axes = start.ndim - len(problem.shape)
    if axes < 0 or start.shape[axes:] != problem.shape:
        wanted = ", ".join(map(str, problem.shape))
        raise ValueError(f"x0 has shape {start.shape}; {problem.name} takes (sweep..., {wanted})")
    sweep = np.broadcast_shapes(start.shape[:axes], optimizer.shape)
    allowed = ("freeze",) if sweep else _POLICIES
    policy = checks.policy("nonfinite", nonfinite or ("freeze" if sweep else "raise"), allowed)
    x = np.array(np.broadcast_to(start, sweep + problem.shape))
    if state is None:
        state = optimizer.init(x)
    elif set(state) != set(optimizer.rule.state):
        wanted = ", ".join(optimizer.rule.state) or "nothing"
        raise TypeError(f"state must hold {wanted}; got {', '.join(map(str, state))}")
    marks = _marks(steps, t0, record)
    records = np.empty((len(marks), *x.shape), x.dtype), np.empty((len(marks), *sweep), x.dtype)
    diverged = np.zeros(sweep, dtype=int)
    with np.errstate(all="ignore"):
        points = _points(optimizer, problem, x, dict(state), t0, steps, policy, diverged)
        for t, point, last in points:
            final = last
            if t - t0 in marks:
                row = marks[t - t0]
                records[0][row], records[1][row] = point, problem.value(point)
    evals = np.where(diverged > 0, diverged - t0, steps)
    return Run(t0 + np.array(list(marks)), *records, diverged, evals, final)


def _points(
    optimizer: Optimizer,
    problem: Problem,
    x: np.ndarray,
    state: dict[str, np.ndarray],
    t0: int,
    steps: int,
    policy: str,
    diverged: np.ndarray,
) -> Iterator[tuple[int, np.ndarray, dict[str, np.ndarray]]]:
    """The points of a run, the start first; ``diverged`` is filled on the way."""
    runs = diverged.ndim
    inner = tuple(range(runs, x.ndim))
    yield t0, x, state
    for t in range(t0 + 1, t0 + steps + 1):
        g = np.asarray(problem.grad(x, t), dtype=x.dtype)
        if optimizer.before is not None:
            (g,) = optimizer.before([g], runs)
        inputs = _inputs(optimizer, problem, x)
        new_x, new_state = optimizer.advance(Layer(None, np, t, g, x, state, inputs), runs)
        if problem.project is not None:
            new_x = np.asarray(problem.project(new_x), dtype=x.dtype)
        if np.isfinite(new_x).all() and np.isfinite(g).all() and not diverged.any():
            x, state = new_x, new_state
        else:
            fine = np.isfinite(new_x).all(axis=inner) & np.isfinite(g).all(axis=inner)
            if policy == "raise":
                raise checks.NonFiniteError(
                    f"{optimizer!r} on {problem.name}: step {t} is NaN or infinite; "
                    "nonfinite='skip' leaves such steps out, 'freeze' keeps the last finite point"
                )
            if policy == "freeze":
                diverged[...] = np.where((diverged == 0) & ~fine, t, diverged)
            x, state = _where(fine & (diverged == 0), (new_x, new_state), (x, state))
        yield t, x, state


def _where(going: np.ndarray, new: tuple, old: tuple) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The new point and state of the runs that go on, the old ones of the others."""

    def choose(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        ndim = max(a.ndim, going.ndim)
        return np.where(going.reshape(going.shape + (1,) * (ndim - going.ndim)), a, b)

    return choose(new[0], old[0]), {k: choose(a, old[1][k]) for k, a in new[1].items()}


def _inputs(optimizer: Optimizer, problem: Problem, x: np.ndarray) -> dict[str, np.ndarray]:
    """What the rule asks for beyond the gradient: element rules get the Hessian's diagonal."""
    unknown = [name for name in optimizer.rule.inputs if name != "hess"]
    if unknown:
        raise TypeError(f"minimize cannot give {', '.join(unknown)}; call step yourself")
    if not optimizer.rule.inputs:
        return {}
    if problem.hess is None:
        raise TypeError(f"{optimizer.rule.__name__} needs hess, which {problem.name} does not have")
    return {"hess": np.diagonal(problem.hess(x), axis1=-2, axis2=-1)}


def _marks(steps: int, t0: int, record: int | str) -> dict[int, int]:
    """The steps to record, each with its row."""
    for name, value, least in (("steps", steps, 0), ("t0", t0, 0), ("record", record, 1)):
        if name == "record" and value == "last":
            return {steps: 0}
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            hint = " or 'last'" if name == "record" else ""
            raise ValueError(f"{name} must be a whole number >= {least}{hint}, got {value!r}")
    return {k: row for row, k in enumerate(sorted({*range(0, steps + 1, record), steps}))}
