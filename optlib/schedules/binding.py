"""A schedule bound to its numbers, and two schedules one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from ..domains import checked, together
from ..namespaces import words
from ..registry import SCHEDULES, find


@dataclass(frozen=True, eq=False)
class Schedule:
    """A schedule with its numbers bound; made by :func:`schedule`."""

    fn: Callable
    hyper: Mapping[str, Any]

    def __call__(self, t: Any) -> Any:
        """The value at step ``t``: an int, an array of steps, a traced array or a SymPy symbol."""
        return self.fn(words(t), t, **self.hyper)

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
        For a value outside its domain.

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
    return Schedule(fn, MappingProxyType(full))


def join(first: Schedule, second: Schedule, at: int) -> Schedule:
    """``first`` through step ``at``, then ``second``, which counts its own steps from 1.

    Parameters
    ----------
    first, second : Schedule
        Bound schedules; joining the result again makes longer chains.
    at : int
        The last step of ``first``, at least 1.

    Raises
    ------
    TypeError
        If ``first`` or ``second`` is not a bound schedule.
    ValueError
        If ``at`` is not a whole step.
    """

    def joined(xp: Any, t: Any, *, first: Schedule, second: Schedule, at: int) -> Any:
        # Each branch is evaluated everywhere, so each is kept inside the steps it knows.
        return xp.where(t <= at, first(xp.minimum(t, at)), second(xp.maximum(t - at, 1)))

    for part in (first, second):
        if not isinstance(part, Schedule):
            raise TypeError(
                f"join takes bound schedules, got {part!r}; bind one with schedule(...)"
            )
    if isinstance(at, bool) or not isinstance(at, int) or at < 1:
        raise ValueError(f"join: at must be a whole step >= 1, got {at!r}")
    return Schedule(joined, MappingProxyType({"first": first, "second": second, "at": at}))
