"""Figures of curves: expressions of the dials, drawn against one more variable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import sympy as sp

from ...engines.program import function, precise
from .dials import Dial, at


@dataclass(frozen=True)
class Axis:
    """One axis: what is written beside it, its scale ("linear" or "log") and its two ends."""

    label: str
    scale: str
    low: float
    high: float


@dataclass(frozen=True)
class Curve:
    """One curve: what the legend calls it, its expression, its look.

    ``dash`` is a style of matplotlib's; a curve with ``dots`` is drawn as separate points.
    """

    label: str
    value: sp.Expr
    color: str
    dash: str = "-"
    dots: bool = False


@dataclass(frozen=True)
class Reading:
    """A number that is told beside the dials."""

    label: str
    value: sp.Expr


@dataclass(frozen=True)
class Curves:
    """A figure of curves.

    Attributes
    ----------
    alt : str
        What is to be seen, in words.
    dials : sequence of Dial
        Their names are those of symbols in the expressions.
    variable : str
        The symbol that runs along the first axis.
    points : sequence of float
        Where the curves are computed.
    x, y : Axis
    curves : sequence of Curve
    readings : sequence of Reading
    """

    alt: str
    dials: Sequence[Dial]
    variable: str
    points: Sequence[float]
    x: Axis
    y: Axis
    curves: Sequence[Curve]
    readings: Sequence[Reading] = ()

    kind = "curves"

    def data(self, **given: float) -> dict[str, Any]:
        """What the figure shows.

        Parameters
        ----------
        **given
            Dials that do not stand where they start.

        Returns
        -------
        dict
            ``x``; ``curves``, one array for each; ``readings``, the numbers.

        Raises
        ------
        ValueError
            If no dial can stand so.
        """
        state = at(self.dials, given)
        x = np.array(self.points, dtype=float)
        with np.errstate(all="ignore"):
            curves = [_evaluate(c.value, state | {self.variable: x}) for c in self.curves]
        return {
            "x": x,
            "curves": [np.broadcast_to(values, x.shape) for values in curves],
            "readings": [float(_evaluate(r.value, state)) for r in self.readings],
        }

    def facts(self) -> dict[str, Any]:
        """What the page needs to know, but for its functions."""
        looks = [
            {"label": c.label, "color": c.color, "dash": c.dash, "dots": c.dots}
            for c in self.curves
        ]
        return {
            "points": list(self.points),
            "x": vars(self.x),
            "y": vars(self.y),
            "curves": looks,
            "readings": [r.label for r in self.readings],
        }

    def functions(self) -> dict[str, str]:
        """The functions of the page: ``values(x, dials)`` and ``read(dials)``."""
        names = f"{{{', '.join(dial.name for dial in self.dials)}}}"
        curves = [precise(c.value) for c in self.curves]
        return {
            "values": function(f"{self.variable}, {names}", curves),
            "read": function(names, [precise(r.value) for r in self.readings]),
        }


# SymPy 1.13 prints maxima and minima for arguments of one shape alone; so they get other names.
_EXTREMES = {
    "largest": lambda *values: reduce(np.maximum, values),
    "least": lambda *values: reduce(np.minimum, values),
}


def _evaluate(expression: sp.Expr, values: dict[str, Any]) -> Any:
    symbols = sorted(expression.free_symbols, key=str)
    named = precise(expression)
    for extreme, name in ((sp.Max, "largest"), (sp.Min, "least")):
        named = named.replace(extreme, sp.Function(name))
    value = sp.lambdify(symbols, named, modules=[_EXTREMES, "numpy"])
    return value(*(values[s.name] for s in symbols))
