"""A rate that a metric drives: not a function of the step, but a state that is updated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from ..namespaces import is_number

State = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Plateau:
    """A rule for the rate that looks at a metric, such as a loss on held-out data.

    The state is a dict of numbers, one of which, ``value``, is the rate (or the scale of it), and
    another, ``t``, the step of the last metric.

    Attributes
    ----------
    name : str
        For messages.
    start : mapping
        The state before the first metric.
    advance : callable
        ``advance(metric, state) -> changed``, the numbers of the state that the metric changes.

    Examples
    --------
    >>> from optlib.conventions import like
    >>> plateau = like("torch", "ReduceLROnPlateau", lr=0.1, patience=1)
    >>> state = plateau.init()
    >>> for t, loss in enumerate([3.0, 2.0, 2.0, 2.0], start=1):
    ...     rate, state = plateau.update(t, loss, state)
    >>> round(rate, 3)
    0.01
    """

    name: str
    start: Mapping[str, Any]
    advance: Callable[[float, Mapping[str, Any]], Mapping[str, Any]]

    def init(self) -> State:
        """The state before the first metric."""
        return {"t": 0, **self.start}

    def update(self, t: int, metric: Any, state: Mapping[str, Any]) -> tuple[float, State]:
        """The rate after the metric of step ``t``, and the new state; ``state`` is not changed.

        Parameters
        ----------
        t : int
            The step or epoch that the metric belongs to, larger than that of the metric before.
        metric : float
            NaN and infinity are judged as the library judges them.
        state : dict
            What :meth:`init` or the update before returned.

        Raises
        ------
        TypeError
            If ``t`` is not an int, the metric not a number or the state not that of this schedule.
        ValueError
            If ``t`` does not come after the step of the metric before.
        """
        if isinstance(metric, (np.generic, np.ndarray)) and metric.ndim == 0:
            metric = metric.item()
        if isinstance(metric, bool) or not is_number(metric):
            raise TypeError(f"{self.name}: the metric must be a number, got {metric!r:.60}")
        known = self.init()
        if not isinstance(state, Mapping) or set(state) != set(known):
            raise TypeError(
                f"{self.name}: the state must be a dict with {', '.join(known)}, got {state!r:.60}"
            )
        if isinstance(t, bool) or not isinstance(t, int):
            raise TypeError(f"{self.name}: t must be an int, got {t!r:.60}")
        if t <= state["t"]:
            raise ValueError(
                f"{self.name}: t={t} must come after t={state['t']}, the step of the last metric"
            )
        new = {**state, **self.advance(float(metric), MappingProxyType(dict(state))), "t": t}
        return new["value"], new

    def __repr__(self) -> str:
        return f"<{self.name}>"
