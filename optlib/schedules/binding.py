"""A schedule bound to its numbers, what must hold between these, and two in a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from ..domains import Domain, checked, together
from ..namespaces import is_number, words
from ..registry import SCHEDULES, find

_FROM_0 = Domain.parse("[0, inf)")


@dataclass(frozen=True, eq=False)
class Schedule:
    """A schedule with its numbers bound; made by :func:`schedule`."""

    fn: Callable
    hyper: Mapping[str, Any]

    def __call__(self, t: Any) -> Any:
        """The value at step ``t``: an int, an array of steps, a traced array or a SymPy symbol.

        Raises
        ------
        ValueError
            For a step outside the domain of the schedule's steps.
        """
        # Arrays of other libraries may be traced, without a value to look at.
        concrete = isinstance(t, (np.ndarray, np.generic)) and t.dtype.kind in "iuf" and t.size
        if is_number(t) or concrete:
            self._known(float(np.min(t)), float(np.max(t)))
        return self.fn(words(t), t, **self.hyper)

    def _known(self, *steps: float) -> None:
        known = getattr(self.fn, "steps", _FROM_0)
        outside = next((t for t in steps if t not in known), None)
        if outside is not None:
            said = known.describe("t")
            raise ValueError(f"{self.fn.__name__}: the step must satisfy {said}, got {outside:g}")

    def at_step(self, t: Any) -> Any:
        """The value that step ``t = 1, 2, ...`` of an optimizer sees."""
        return self(t)

    @property
    def shape(self) -> tuple[int, ...]:
        """The sweep shape: that of the arrays among its numbers."""
        return np.broadcast_shapes(*(getattr(value, "shape", ()) for value in self.hyper.values()))

    def __repr__(self) -> str:
        bound = ", ".join(f"{k}={v!r}" for k, v in self.hyper.items())
        return f"schedule({self.fn.__name__}, {bound})"


def schedule(fn: Callable | str, **hyper: Any) -> Schedule:
    """Bind a schedule, or its name in ``optlib.SCHEDULES``, to its numbers.

    Parameters
    ----------
    fn : callable or str
        A registered schedule or its name.
    **hyper
        Its keywords: numbers, or arrays of settings for a sweep.

    Raises
    ------
    TypeError
        For an unknown schedule, an unknown keyword or a missing one.
    ValueError
        For a value outside its domain, or values that do not go together.

    Examples
    --------
    >>> warm = schedule("linear_warmup", peak=1e-3, warmup=1000)
    >>> warm(500)
    0.0005
    """
    fn = find("schedule", SCHEDULES, fn)
    for name, value in hyper.items():
        if callable(value):
            raise TypeError(f"{fn.__name__}: {name} must be a number or an array, got {value!r:.9}")
    full = checked(fn.__name__, fn.hyper, fn.domains, hyper)
    together(fn.__name__, full)
    for statement in getattr(fn, "requires", ()):
        _holds(fn.__name__, statement, full)
    return Schedule(fn, MappingProxyType(full))


def _holds(owner: str, statement: str, values: Mapping[str, Any]) -> None:
    """A statement such as ``"warmup + cooldown <= total"`` holds for every setting."""
    sign = "<=" if "<=" in statement else "<"
    sides = [[term.strip() for term in side.split("+")] for side in statement.split(sign)]
    low, high = ([values.get(term, term) for term in side] for side in sides)
    terms = [float(v) if isinstance(v, str) else v for v in low + high]
    if not all(is_number(v) or isinstance(v, np.ndarray) for v in terms):
        # Arrays of other libraries may be traced, without a value to look at.
        return
    gap = sum(terms[len(low) :]) - sum(terms[: len(low)])
    if not np.all(gap >= 0 if sign == "<=" else gap > 0):
        given = ", ".join(f"{k}={values[k]!r}" for k in sides[0] + sides[1] if k in values)
        raise ValueError(f"{owner}: {statement} must hold, got {given}")


def join(first: Any, second: Any, at: int) -> Schedule:
    """``first`` through step ``at``, then ``second``, which counts its own steps from 1.

    Parameters
    ----------
    first, second : Schedule or FollowedSchedule
        Bound schedules, or schedules of a library from :func:`~optlib.conventions.table.like`,
        which begin at their step 0; joining the result again makes longer chains.
    at : int
        The last step of ``first``, at least 1.

    Raises
    ------
    TypeError
        If ``first`` or ``second`` is not a bound schedule.
    ValueError
        If ``at`` is not a whole step.
    """

    def joined(xp: Any, t: Any, *, first: Any, second: Any, at: int) -> Any:
        # Each branch is evaluated everywhere, so each is kept inside the steps it knows.
        early, late = xp.minimum(t, at), xp.maximum(t - at, 1)
        return xp.where(t <= at, first.at_step(early), second.at_step(late))

    for part in (first, second):
        if not hasattr(part, "at_step"):
            raise TypeError(
                f"join takes bound schedules, got {part!r:.60}; bind one with schedule(...), or "
                "take one from like(...)"
            )
    if isinstance(at, bool) or not isinstance(at, int) or at < 1:
        raise ValueError(f"join: at must be a whole step >= 1, got {at!r}")
    return Schedule(joined, MappingProxyType({"first": first, "second": second, "at": at}))
