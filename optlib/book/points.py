"""What a page needs to judge an answer where no Python runs: points and the values there.

The points are doubles, so that the page evaluates a reader's expression exactly where the true
value was computed, to 50 digits. The right expression is not among what the page gets.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import sympy as sp

from ..algebra.latex import NAMES
from ..algebra.proof.sampling import Point, Undefined, points
from ..domains import QUANTITIES, Domain

COUNT = 40
FEWEST = 12
_TRIED = 800
# Within these sizes the usual expressions neither overflow nor vanish in double precision.
_SMALLEST, _LARGEST = 1e-5, 1e5
_SMALLEST_VALUE, _LARGEST_VALUE = 1e-200, 1e200


def judged_at(question: Any) -> dict[str, Any]:
    """The points at which a page judges a question of one expression.

    Parameters
    ----------
    question : Question
        With ``answer``, ``domains``, ``misconceptions`` and ``tolerance``.

    Returns
    -------
    dict
        ``names`` (name -> LaTeX), ``points``, ``edges`` (whether a point lies on a closed end of a
        domain or has a zero), ``truth``, ``constant``, ``tolerance`` and ``misconceptions`` (for
        each its values, None where it has none). The points that are read easily come first.

    Raises
    ------
    ValueError
        If the true quantity has too few values, or a misconception agrees with it everywhere.
    """
    symbols = list(question.symbols.values())
    found = list(_points(question.answer, symbols, question.domains)) if symbols else [Point({})]
    if symbols and len(found) < FEWEST:
        raise ValueError(f"{question.name}: the answer has a value at {len(found)} points alone")
    truth = [_value(question.answer, point) for point in found]
    wrong = [[_value(m.answer, point) for point in found] for m in question.misconceptions]
    for values, said in zip(wrong, question.misconceptions, strict=True):
        if all(v is not None and math.isclose(v, t) for v, t in zip(values, truth, strict=True)):
            raise ValueError(f"{question.name}: {said.answer} is right, and no misconception")
    return {
        "names": {k: _name(k) for k in question.symbols},
        "points": [[float(point.given[s]) for s in symbols] for point in found],
        "edges": [_on_edge(point, question.domains) for point in found],
        "truth": truth,
        "constant": not question.answer.free_symbols,
        "tolerance": question.tolerance,
        "misconceptions": wrong,
    }


def _name(symbol: str) -> str:
    """The LaTeX of a name that an answer may use; a quantity of a step carries no index."""
    return symbol if symbol in QUANTITIES else NAMES.get(symbol) or sp.latex(sp.Symbol(symbol))


def _points(
    answer: sp.Basic, symbols: list[sp.Symbol], domains: Mapping[str, Domain]
) -> Iterator[Point]:
    """So many points at which the answer has a value of moderate size, no two alike."""
    seen: set[tuple[float, ...]] = set()
    by_symbol = {s: domains[s.name] for s in symbols}
    for k, drawn in enumerate(points(by_symbol, _TRIED, seed="page")):
        # The first half of what is drawn is read easily; the other half is of any size.
        if k < _TRIED // 2 and len(seen) >= COUNT // 2:
            continue
        rounded = tuple(float(drawn.given[s]) for s in symbols)
        point = Point({s: sp.Rational(v) for s, v in zip(symbols, rounded, strict=True)})
        if rounded in seen or not _moderate(point, domains) or _value(answer, point) is None:
            continue
        seen.add(rounded)
        yield point
        if len(seen) == COUNT:
            return


def _moderate(point: Point, domains: Mapping[str, Domain]) -> bool:
    return all(
        (v == 0 or _SMALLEST <= abs(v) <= _LARGEST) and v in domains[s.name]
        for s, v in point.given.items()
    )


def _on_edge(point: Point, domains: Mapping[str, Domain]) -> bool:
    at = {s.name: float(v) for s, v in point.given.items()}
    return any(v in (0.0, domains[k].low, domains[k].high) for k, v in at.items())


def _value(expression: sp.Basic, point: Point) -> float | None:
    try:
        value = float(point.evaluate(expression))
    except Undefined:
        return None
    return value if value == 0 or _SMALLEST_VALUE < abs(value) < _LARGEST_VALUE else None
