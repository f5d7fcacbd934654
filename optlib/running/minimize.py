"""The one loop: an optimizer on a problem, for one run or for a whole sweep at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..problems import Problem
from . import checks
from .asked import asked
from .averaging import Averaging
from .fixed import fixed
from .linesearch import LineSearch
from .optimizer import Optimizer
from .step import Layer, cast, direction, displacement, rate

_POLICIES = ("raise", "skip", "freeze")


@fixed("it says what happened; change a copy, such as run.x.copy()")
@dataclass(frozen=True, eq=False)
class Run:
    """What :func:`minimize` recorded; leading axes behind the first one are the sweep.

    Attributes
    ----------
    t : array, shape (records,)
        The steps that were recorded, the start (``t0``) and the end among them.
    x : array, shape (records, sweep..., x...)
        The parameters after those steps; with averaging, its results.
    f : array, shape (records, sweep...)
        The values of the problem there.
    diverged : array of int, shape (sweep...)
        The step at which a run left the finite numbers and was frozen; 0 for never.
    evals : array of int, shape (sweep...)
        How many times each run asked for a gradient; a line search may do so often in a step.
    state : dict of arrays
        The state after the last step, for ``state=`` of a run that goes on.
    point : array, shape (sweep..., x...)
        The optimizer's own last point, where a run goes on: with averaging not the result.
    average : dict of arrays
        What the averaging keeps, for ``average=`` of a run that goes on.
    """

    t: np.ndarray
    x: np.ndarray
    f: np.ndarray
    diverged: np.ndarray
    evals: np.ndarray
    state: dict[str, np.ndarray]
    point: np.ndarray
    average: dict[str, np.ndarray]


@dataclass
class _Now:
    """A run between two steps; rows that diverged stay as they are."""

    t: int
    x: np.ndarray
    state: dict[str, np.ndarray]
    average: dict[str, np.ndarray]
    diverged: np.ndarray
    evals: np.ndarray


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
    averaging: Averaging | None = None,
    average: dict[str, np.ndarray] | None = None,
) -> Run:
    """Run an optimizer on a problem, once or for a sweep of settings and starts.

    Parameters
    ----------
    optimizer : Optimizer
        Its arrays of settings broadcast against each other and against the leading axes of ``x0``.
    problem : Problem
        Gives the gradient, the value, the start and, if it has one, the projection; a rule that
        asks for the loss gets the value that its step sees.
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
    averaging : Averaging, optional
        Where to take the gradients and what to return; see :mod:`optlib.running.averaging`.
    average
        Go on from what the averaging kept, with ``state`` and ``t0``.

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
    checks.typed("minimize: optimizer", optimizer, Optimizer)
    checks.typed("minimize: problem", problem, Problem)
    if averaging is not None:
        checks.typed("minimize: averaging", averaging, Averaging)
    checks.unmasked("x0", x0)
    start = np.array(problem.start if x0 is None else x0)
    checks.parameter(None, start)
    axes = start.ndim - len(problem.shape)
    if axes < 0 or start.shape[axes:] != problem.shape:
        wanted = ", ".join(map(str, problem.shape))
        raise ValueError(f"x0 has shape {start.shape}; {problem.name} takes (sweep..., {wanted})")
    sweep = np.broadcast_shapes(start.shape[:axes], optimizer.shape)
    allowed = ("freeze",) if sweep else _POLICIES
    _searched(optimizer, sweep, averaging)
    if nonfinite is None:
        nonfinite = allowed[0]
    policy = checks.policy("nonfinite", nonfinite, allowed)
    x = np.array(np.broadcast_to(start, sweep + problem.shape))
    fresh = optimizer.init(x, sweep_axes=len(sweep))
    state = fresh if state is None else checks.state_for(None, state, fresh, bool(sweep))
    averaging = averaging or _NONE
    average = averaging.init(x) if average is None else averaging.resumed(x, average)
    marks = _marks(steps, t0, record)
    records = np.empty((len(marks), *x.shape), x.dtype), np.empty((len(marks), *sweep), x.dtype)
    now = _Now(t0, x, dict(state), average, np.zeros(sweep, int), np.zeros(sweep, int))
    with np.errstate(all="ignore"):
        for _ in _steps(optimizer, problem, averaging, now, steps, policy):
            if now.t - t0 in marks:
                row, result = marks[now.t - t0], averaging.result(now.x, now.average)
                records[0][row], records[1][row] = result, problem.value(result)
    t = t0 + np.array(list(marks))
    return Run(t, *records, now.diverged, now.evals, now.state, now.x, now.average)


_NONE = Averaging(
    "none", lambda t, x, avg, lr: (x, avg), init=lambda x: {}, result=lambda x, avg: x
)


def _searched(optimizer: Optimizer, sweep: tuple[int, ...], averaging: Averaging | None) -> None:
    """A line search goes with one run of a rule that returns a direction, and nothing around."""
    if not isinstance(optimizer.lr, LineSearch):
        return
    if sweep:
        raise ValueError(f"{optimizer.lr!r} does not sweep: each run needs its own evaluations")
    if optimizer.rule.takes_lr:
        raise TypeError(f"{optimizer.rule.__name__} needs a rate inside; a line search gives none")
    if averaging is not None:
        raise TypeError(f"{optimizer.lr!r} and {averaging!r} cannot both say where to evaluate")


def _steps(
    optimizer: Optimizer,
    problem: Problem,
    averaging: Averaging,
    now: _Now,
    steps: int,
    policy: str,
) -> Iterator[None]:
    """Take the steps, changing ``now``; a halt before the first one and after each."""
    runs = now.diverged.ndim
    inner = tuple(range(runs, now.x.ndim))
    known = None
    yield
    for t in range(now.t + 1, now.t + steps + 1):
        now.t = t
        going = now.diverged == 0
        if isinstance(optimizer.lr, LineSearch):
            g, new, known = _search(optimizer, problem, now, known)
        else:
            g, new = _step(optimizer, problem, averaging, now, runs)
            now.evals[...] += going
        old = now.x, now.state, now.average
        if not (np.isfinite(new[0]).all() and np.isfinite(g).all() and going.all()):
            fine = np.isfinite(new[0]).all(axis=inner) & np.isfinite(g).all(axis=inner)
            if policy == "raise":
                raise checks.NonFiniteError(
                    f"{optimizer!r} on {problem.name}: step {now.t} is NaN or infinite; "
                    "nonfinite='skip' leaves such steps out, 'freeze' keeps the last finite point"
                )
            if policy == "freeze":
                now.diverged[...] = np.where(going & ~fine, now.t, now.diverged)
            new, known = _where(fine & (now.diverged == 0), new, old), None
        now.x, now.state, now.average = new
        yield


def _step(
    optimizer: Optimizer, problem: Problem, averaging: Averaging, now: _Now, runs: int
) -> tuple[np.ndarray, tuple]:
    """The gradient; and the point, the state and the average after a step."""
    at = averaging.point(now.x, now.average)
    g = _gradient(problem, at, now)
    layer = _layer(optimizer, problem, now, at, g)
    u, state = displacement(optimizer, layer, runs)
    x = _projected(problem, cast(np, now.x - u, now.x.dtype))
    lr = rate(optimizer, layer, runs, x.ndim)
    x, average = averaging.update(now.t, x, now.average, lr)
    return layer.g, (x, state, average)


def _search(
    optimizer: Optimizer, problem: Problem, now: _Now, known: tuple | None
) -> tuple[np.ndarray, tuple, tuple | None]:
    """The same with the rate searched for; value and gradient at the end serve the next step."""

    def value_and_grad(x: np.ndarray) -> tuple[float, np.ndarray]:
        return problem.value(x, now.t), _gradient(problem, x, now)

    if known is None:
        known = value_and_grad(now.x)
        now.evals += 1
    f, g = known
    layer = _layer(optimizer, problem, now, now.x, g)
    u, state = direction(optimizer, layer, 0)
    lr, *known, evals = optimizer.lr(value_and_grad, now.x, u, f, g)
    now.evals += evals
    moved = cast(np, now.x - lr * u, now.x.dtype)
    x = _projected(problem, moved)
    return layer.g, (x, state, now.average), tuple(known) if x is moved else None


def _gradient(problem: Problem, at: np.ndarray, now: _Now) -> np.ndarray:
    g = problem.grad(at, now.t)
    checks.unmasked(f"the gradient of {problem.name}", g)
    return np.asarray(g, dtype=now.x.dtype)


def _layer(
    optimizer: Optimizer, problem: Problem, now: _Now, at: np.ndarray, g: np.ndarray
) -> Layer:
    if optimizer.before is not None:
        (g,) = optimizer.before([g], now.diverged.ndim)
    inputs = asked(optimizer.rule, problem, now.t, at, now.diverged.ndim)
    return Layer(None, np, now.t, g, at, now.state, inputs)


def _projected(problem: Problem, x: np.ndarray) -> np.ndarray:
    return x if problem.project is None else np.asarray(problem.project(x), dtype=x.dtype)


def _where(going: np.ndarray, new: tuple, old: tuple) -> tuple:
    """The new point, state and average of the runs that go on, the old ones of the others."""

    def choose(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        ndim = max(a.ndim, going.ndim)
        return np.where(going.reshape(going.shape + (1,) * (ndim - going.ndim)), a, b)

    def each(now: dict, before: dict) -> dict:
        return {k: choose(a, before[k]) for k, a in now.items()}

    (x, state, average), (old_x, old_state, old_average) = new, old
    return choose(x, old_x), each(state, old_state), each(average, old_average)


def _marks(steps: int, t0: int, record: int | str) -> dict[int, int]:
    """The steps to record, each with its row."""
    for name, value, least in (("steps", steps, 0), ("t0", t0, 0), ("record", record, 1)):
        if name == "record" and isinstance(value, str) and value == "last":
            return {steps: 0}
        whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        if not whole or not least <= value < 2**53:
            hint = " or 'last'" if name == "record" else ""
            raise ValueError(f"{name} must be a whole number >= {least}{hint}, got {value!r:.60}")
    return {k: row for row, k in enumerate(sorted({*range(0, steps + 1, record), steps}))}
