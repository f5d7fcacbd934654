"""Races: optimizers on one problem, their paths, losses and effective rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...engines.javascript import drawn
from ...registry import SCHEDULES
from ...running.minimize import minimize
from ...running.optimizer import Optimizer
from ...schedules import schedule
from ..colors import INK, LINES
from .dials import Dial, at

Setting = float | str
"""A number, or the name of the dial that gives it."""


@dataclass(frozen=True)
class Racer:
    """One optimizer of a race.

    Attributes
    ----------
    rule, label : str
        The rule, and what the legend calls it.
    lr : number or name of a dial
        The rate, or the peak of its schedule.
    hyper : mapping
        Hyper-parameters that are not the rule's defaults.
    schedule : str, optional
        A schedule of the rate; ``numbers`` are its further numbers.
    """

    rule: str
    label: str
    lr: Setting
    hyper: Mapping[str, Setting] = field(default_factory=dict)
    schedule: str | None = None
    numbers: Mapping[str, float] = field(default_factory=dict)

    def optimizer(self, state: Mapping[str, float]) -> Optimizer:
        """The optimizer, with the dials in this state."""
        lr = _number(self.lr, state)
        if self.schedule is not None:
            # A few schedules give the rate itself and know no peak.
            peak = {"peak": lr} if "peak" in SCHEDULES[self.schedule].hyper else {}
            lr = schedule(self.schedule, **peak, **self.numbers)
        hyper = {k: _number(v, state) for k, v in self.hyper.items()}
        return Optimizer(self.rule, lr=lr, **hyper)


def _look(rule: str) -> dict[str, str]:
    line = LINES.get(rule, {})
    return {"color": line.get("color", INK), "dash": line.get("linestyle", "-")}


def _number(setting: Setting, state: Mapping[str, float]) -> float:
    return state[setting] if isinstance(setting, str) else setting


@dataclass(frozen=True)
class Race:
    """A race on a problem of the plane.

    Attributes
    ----------
    alt : str
        What is to be seen, in words.
    dials : sequence of Dial
    problem : str
        As the pages call it; ``optlib.engines.javascript.drawn`` knows them.
    steps : int
    entries : sequence of Racer
    start : pair of float, optional
        By default the problem's own.
    map : pair of str, optional
        Two dials, along whose stops the last value of the first entry is shown as a map.
    """

    alt: str
    dials: Sequence[Dial]
    problem: str
    steps: int
    entries: Sequence[Racer]
    start: Sequence[float] | None = None
    map: tuple[str, str] | None = None

    kind = "race"

    def data(self, start: Sequence[float] | None = None, **given: float) -> dict[str, Any]:
        """What the figure shows.

        Parameters
        ----------
        start : sequence of float, optional
            Where the reader has dragged the start to.
        **given
            Dials that do not stand where they start.

        Returns
        -------
        dict
            ``entries``: for each its path ``x``, the losses ``f``, and ``rate``, the length of each
            step over that of the gradient. A run that leaves the finite numbers ends there.

        Raises
        ------
        ValueError
            If no dial can stand so.
        """
        state = at(self.dials, given)
        problem = self.problem_at(state)
        begin = np.array(start or self.start or problem.start, dtype=float)
        return {"entries": [self._run(entry, problem, begin, state) for entry in self.entries]}

    def problem_at(self, state: Mapping[str, float]) -> Any:
        """The problem, with the dials in this state: the same for all."""
        return drawn(self.problem)

    def _run(
        self, entry: Racer, problem: Any, start: np.ndarray, state: Mapping[str, float]
    ) -> dict[str, np.ndarray]:
        run = minimize(entry.optimizer(state), problem, start, self.steps, nonfinite="freeze")
        end = int(run.diverged) or self.steps + 1
        x = run.x[:end]
        gradients = [problem.grad(point, t) for t, point in enumerate(x[:-1], 1)]
        with np.errstate(all="ignore"):
            steps = np.hypot.reduce(np.diff(x, axis=0), axis=1)
            rate = steps / np.hypot.reduce(np.reshape(gradients, (-1, start.size)), axis=1)
        return {"x": x, "f": run.f[:end], "rate": rate}

    def last(self, rows: Sequence[int], columns: Sequence[int]) -> np.ndarray:
        """The last values of the first entry where the map's dials stand at these stops.

        Parameters
        ----------
        rows, columns : sequence of int
            Places among the stops of the second and of the first dial of the map.

        Returns
        -------
        array, shape (len(rows), len(columns))
        """
        dials = {dial.name: np.array(dial.stops) for dial in self.dials}
        state = at(self.dials, {})
        state[self.map[0]] = dials[self.map[0]][None, list(columns)]
        state[self.map[1]] = dials[self.map[1]][list(rows), None]
        optimizer = self.entries[0].optimizer(state)
        run = minimize(optimizer, drawn(self.problem), self.start, self.steps, record="last")
        return np.asarray(run.f[-1])

    def facts(self) -> dict[str, Any]:
        """What the page needs to know."""
        return {
            "problem": self.problem,
            "steps": self.steps,
            "start": list(self.start or drawn(self.problem).start),
            "entries": [vars(entry) | _look(entry.rule) for entry in self.entries],
            "map": self.map,
        }

    def functions(self) -> dict[str, str]:
        """The functions of the page: none, the rules are there."""
        return {}
