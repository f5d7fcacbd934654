"""Line searches: how far to go along a direction, found by evaluating the problem.

A search stands in the place of ``lr`` and runs in ``optlib.minimize`` alone, because only there can
the problem be evaluated. It is a function ``(value_and_grad, x, u, f, g) -> (lr, f, g, evals)``:
the point ``x``, the direction ``u``, value and gradient at ``x``; it returns the rate, value and
gradient at ``x - lr * u``, and how many points it evaluated.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ..domains import Domain, number
from ..namespaces import Arrays
from ..rules.sizes import inner
from .fixed import fixed


@fixed("make another search, as with strong_wolfe(...), and another Optimizer with it")
@dataclass(frozen=True)
class LineSearch:
    """A search with its numbers bound.

    Attributes
    ----------
    name : str
        For messages.
    search : callable
        ``(value_and_grad, x, u, f, g) -> (lr, f, g, evals)``.
    """

    name: str
    search: Callable[..., tuple[float, Any, Any, int]]

    def __call__(
        self, value_and_grad: Callable, x: Any, u: Any, f: Any, g: Any
    ) -> tuple[float, Any, Any, int]:
        """The rate, value and gradient where it leads, and the number of evaluations.

        The rate is 0 where ``-u`` does not lead down, or where no lower point was found, and NaN
        where the slope overflows: no decrease can be compared with it.
        """
        slope = _slope(g, u)
        if slope == -math.inf:
            return math.nan, f, g, 0
        if not slope < 0:
            return 0.0, f, g, 0
        return self.search(value_and_grad, x, u, f, g)

    def __repr__(self) -> str:
        return self.name


class _Trial(NamedTuple):
    lr: float
    f: float
    g: Any
    slope: float


def _slope(g: Any, u: Any) -> float:
    """The derivative of the value by the rate."""
    flat = (np.ravel(a).astype(np.result_type(a.dtype, float)) for a in (g, u))
    return -float(inner(Arrays(np), *flat)[0])


def armijo(c1: float = 1e-4, shrink: float = 0.5, first: float = 1.0, limit: int = 50):
    r"""Backtracking: the first of :math:`1, \rho, \rho^2, \ldots` with sufficient decrease.

    .. math:: f(x - \alpha u) \le f(x) - c_1\,\alpha\,g^\top u

    Parameters
    ----------
    c1 : float
        The part of the decrease along the tangent that is asked for, in (0, 1).
    shrink : float
        The factor between trials, in (0, 1).
    first : float
        The first trial, above 0.
    limit : int
        How many trials at most.

    Returns
    -------
    LineSearch

    Raises
    ------
    ValueError
        For a value outside its domain.

    Notes
    -----
    Nocedal & Wright 2006, algorithm 3.1.
    """
    c1, shrink = (number("armijo", k, v, "(0, 1)") for k, v in (("c1", c1), ("shrink", shrink)))
    first = number("armijo", "first", first, "(0, inf)")
    limit = number("armijo", "limit", limit, "integer [1, inf)")

    def search(value_and_grad, x, u, f, g):
        slope, lr = _slope(g, u), first
        for evals in range(1, limit + 1):
            new_f, new_g = value_and_grad(x - lr * u)
            if new_f <= f + c1 * lr * slope:
                return lr, new_f, new_g, evals
            lr = shrink * lr
        return 0.0, f, g, limit

    return LineSearch(f"armijo(c1={c1}, shrink={shrink}, first={first})", search)


def strong_wolfe(
    c1: float = 1e-4,
    c2: float = 0.9,
    first: float = 1.0,
    limit: int = 25,
    tolerance: float = 1e-9,
):
    r"""A search for the strong Wolfe conditions: lower enough, and flat enough.

    .. math::
        f(x - \alpha u) \le f(x) - c_1\,\alpha\,g^\top u, \qquad
        |g(x - \alpha u)^\top u| \le c_2\,|g^\top u|

    Trials grow until they enclose such a point; cubic interpolation then narrows the interval.

    Parameters
    ----------
    c1, c2 : float
        Sufficient decrease and flatness, ``0 < c1 < c2 < 1``.
    first : float
        The first trial, above 0.
    limit : int
        How many trials after the first; when they are used up, the lowest end is taken.
    tolerance : float
        The size of an interval, in the largest change of a parameter, at which narrowing stops.

    Returns
    -------
    LineSearch

    Raises
    ------
    ValueError
        For a value outside its domain.

    Notes
    -----
    Nocedal & Wright 2006, algorithms 3.5 and 3.6, eq. 3.59, with the safeguards of minFunc.
    """
    c2 = number("strong_wolfe", "c2", c2, "(0, 1)")
    c1 = number("strong_wolfe", "c1", c1, Domain(0.0, c2))
    first = number("strong_wolfe", "first", first, "(0, inf)")
    limit = number("strong_wolfe", "limit", limit, "integer [0, inf)")
    tolerance = number("strong_wolfe", "tolerance", tolerance, "[0, inf)")

    def search(value_and_grad, x, u, f, g):
        line = _Line(value_and_grad, x, u, _Trial(0.0, f, g, _slope(g, u)), c1, c2)
        found, bracket = _bracketed(line, first, limit)
        if found is None:
            found = _narrowed(line, *bracket, limit, tolerance)
        return found.lr, found.f, found.g, line.evals

    return LineSearch(f"strong_wolfe(c1={c1}, c2={c2}, first={first})", search)


@dataclass
class _Line:
    """The problem along one direction."""

    value_and_grad: Callable
    x: Any
    u: Any
    start: _Trial
    c1: float
    c2: float
    evals: int = 0

    def at(self, lr: float) -> _Trial:
        f, g = self.value_and_grad(self.x - lr * self.u)
        self.evals += 1
        return _Trial(lr, f, g, _slope(g, self.u))

    def low(self, p: _Trial) -> bool:
        return p.f <= self.start.f + self.c1 * p.lr * self.start.slope

    def flat(self, p: _Trial) -> bool:
        return abs(p.slope) <= -self.c2 * self.start.slope


def _bracketed(line: _Line, first: float, limit: int) -> tuple[_Trial | None, tuple | None]:
    """A point that is low and flat, or else two between which there is one."""
    before, now = line.start, line.at(first)
    while line.evals <= limit:
        # As in minFunc, only from the third trial on a rise since the last one ends the growth.
        if not line.low(now) or (line.evals > 2 and now.f >= before.f):
            return None, (before, now)
        if line.flat(now):
            return now, None
        if now.slope >= 0:
            return None, (before, now)
        low, high = now.lr + 0.01 * (now.lr - before.lr), 10 * now.lr
        before, now = now, line.at(_cubic(before, now, low, high))
    return None, (line.start, now)


def _narrowed(line: _Line, a: _Trial, b: _Trial, limit: int, tolerance: float) -> _Trial:
    """The interval made smaller around a low and flat point; its lower end is the answer."""
    low, high = (a, b) if a.f <= b.f else (b, a)
    size = float(np.max(np.abs(line.u)))
    hesitated = False
    while line.evals <= limit and abs(high.lr - low.lr) * size >= tolerance:
        left, right = sorted((low.lr, high.lr))
        lr, hesitated = _inward(_cubic(low, high, left, right), left, right, hesitated)
        new = line.at(lr)
        if not line.low(new) or new.f >= low.f:
            low, high = (low, new) if low.f <= new.f else (new, low)
            continue
        if line.flat(new):
            return new
        if new.slope * (high.lr - low.lr) >= 0:
            high = low
        low = new
    return low


def _inward(lr: float, left: float, right: float, hesitated: bool) -> tuple[float, bool]:
    """A trial close to an end a second time, or on it, is moved a tenth of the way inside."""
    margin = 0.1 * (right - left)
    if min(right - lr, lr - left) >= margin:
        return lr, False
    if hesitated or lr >= right or lr <= left:
        return (right - margin if abs(lr - right) < abs(lr - left) else left + margin), False
    return lr, True


def _cubic(a: _Trial, b: _Trial, low: float, high: float) -> float:
    """The minimizer of the cubic through two values and slopes, kept between two rates."""
    a, b = (a, b) if a.lr <= b.lr else (b, a)
    d1 = a.slope + b.slope - 3 * (a.f - b.f) / (a.lr - b.lr)
    inside = d1 * d1 - a.slope * b.slope
    bottom = b.slope - a.slope + 2 * math.sqrt(inside) if inside >= 0 else 0.0
    if not math.isfinite(inside) or bottom == 0:
        return (low + high) / 2
    part = (b.slope + math.sqrt(inside) - d1) / bottom
    return min(max(b.lr - (b.lr - a.lr) * part, low), high)
