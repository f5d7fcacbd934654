"""Dials: a name, and the stops at which its slider can stand.

The page and NumPy share the stops, number for number, so a scale is a way to choose them and
nothing that is computed twice.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_MANTISSAS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)


@dataclass(frozen=True)
class Dial:
    """What a reader turns.

    Attributes
    ----------
    name : str
        As the expressions of the figure and the address of the page call it.
    label : str
        What stands beside the slider.
    stops : sequence of float
        Its values from left to right.
    start : float
        One of them.

    Raises
    ------
    ValueError
        If the start is not among the stops.
    """

    name: str
    label: str
    stops: Sequence[float]
    start: float

    def __post_init__(self) -> None:
        """Refuse a start between two stops."""
        if self.start not in self.stops:
            raise ValueError(f"{self.name}: {self.start!r} is no stop")


def whole(name: str, label: str, low: int, high: int, start: int) -> Dial:
    """A dial over whole numbers."""
    return Dial(name, label, range(low, high + 1), start)


def decades(name: str, label: str, low: int, high: int, start: float) -> Dial:
    """A dial from ``10**low`` to ``10**high``, ten stops for each power of ten."""
    stops = [float(f"{m}e{k}") for k in range(low, high) for m in _MANTISSAS]
    return Dial(name, label, (*stops, float(f"1e{high}")), start)


def steps(name: str, label: str, high: int, start: float) -> Dial:
    """A dial over numbers of steps from 1 to ``10**high``: the whole ones of its decades."""
    stops = decades(name, label, 0, high, start).stops
    return Dial(name, label, tuple(stop for stop in stops if stop.is_integer()), start)


def even(name: str, label: str, low: float, high: float, count: int, start: float) -> Dial:
    """A dial with stops that are evenly spaced in the logarithm."""
    return Dial(name, label, spaced(low, high, count), start)


def spaced(low: float, high: float, count: int) -> tuple[float, ...]:
    """Numbers that are evenly spaced in the logarithm, rounded to three digits."""
    ratio = math.log(high / low)
    found = [low * math.exp(ratio * k / (count - 1)) for k in range(count)]
    return tuple(float(f"{number:.3g}") for number in found)


def memory(name: str, label: str, start: float, least: int = -4) -> Dial:
    """A dial over a beta from 0.2 to ``1 - 10**least``, even in the logarithm of ``1 - beta``."""
    gaps = (float(f"{m}e{k}") for k in range(-1, least - 1, -1) for m in reversed(_MANTISSAS))
    stops = [round(1 - gap, 2 - least) for gap in gaps]
    return Dial(name, label, tuple(stops), start)


def at(dials: Iterable[Dial], given: Mapping[str, float]) -> dict[str, float]:
    """The state of the dials: name -> value, where they start unless something else is given.

    Raises
    ------
    ValueError
        For a name that is no dial's, or a value that is no stop.
    """
    known = {dial.name: dial for dial in dials}
    for name, value in given.items():
        if name not in known or value not in known[name].stops:
            raise ValueError(f"no dial stands at {name}={value!r}")
    return {name: dial.start for name, dial in known.items()} | dict(given)
