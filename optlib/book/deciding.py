"""What decides a claim: a function of what it judges, tried on a control as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..algebra.derivation import Derivation
from ..algebra.verdicts import Verdict
from .statistics import median_interval

PROVED, COMPUTED = "proved", "computed"
ABOVE, BELOW, BOTH = "above", "below", "on both sides"
SIDES = (ABOVE, BELOW, BOTH)
"""Where the interval of a median may lie, seen from the value that speaks for neither side."""


class LedgerError(ValueError):
    """A claim that is unknown, badly written down, or does not agree with what was found."""


@dataclass(frozen=True)
class Finding:
    """Whether something is true, and whether a proof says so or a number."""

    true: bool
    grade: str

    def __str__(self) -> str:
        return "yes" if self.true else "no"


def finding(result: Any) -> Finding:
    """What the result of a decision says.

    Parameters
    ----------
    result : Verdict, Derivation, bool, or a sequence of them
        A verdict that is shown or refuted proves, and so does a derivation whose lines are all
        proved. A bool is computed. A sequence is true if all of it is, and as good as its weakest
        part.

    Raises
    ------
    LedgerError
        If a verdict is undecided, which is neither true nor false, or a derivation has no line.
    TypeError
        If the result is nothing of the kind.
    """
    if isinstance(result, Verdict):
        if result.undecided:
            raise LedgerError(f"nothing is decided: {result.reason}")
        return Finding(result.shown, PROVED)
    if isinstance(result, Derivation):
        if not result.grades:
            raise LedgerError("a derivation without a line shows nothing")
        return Finding(True, PROVED if set(result.grades) == {"proved"} else COMPUTED)
    if isinstance(result, (bool, np.bool_)):
        return Finding(bool(result), COMPUTED)
    if isinstance(result, Sequence) and not isinstance(result, str) and result:
        parts = [finding(part) for part in result]
        # One refutation is enough to prove that not all is true.
        refuted = [part for part in parts if not part.true]
        grades = {part.grade for part in refuted or parts}
        best = PROVED in grades if refuted else grades == {PROVED}
        return Finding(not refuted, PROVED if best else COMPUTED)
    raise TypeError(f"A decision gives a verdict, a derivation or a computed bool, not {result!r}")


def decided(decide: Callable[[Any], Any], cases: Mapping[str, Any]) -> dict[str, Finding]:
    """What a decision says of every case."""
    if not callable(decide):
        raise TypeError(f"What decides is a function of the case, not {decide!r}")
    if not isinstance(cases, Mapping) or not cases:
        raise TypeError(f"Name each case: text -> what is judged, not {cases!r}")
    return {name: finding(decide(case)) for name, case in cases.items()}


def of_one_mind(findings: Mapping[str, Finding]) -> bool:
    """Whether all the findings agree."""
    return len({found.true for found in findings.values()}) == 1


def require_control(
    name: str, found: Mapping[str, Finding], control: Mapping[str, Finding]
) -> None:
    """Refuse a decision that comes out the same for whatever it judges.

    Cases that disagree are each other's control.

    Raises
    ------
    LedgerError
        If there is no control, or a control for which the decision is the same.
    """
    if not of_one_mind(found):
        return
    if not control:
        raise LedgerError(f"{name}: give control={{...}}, for which the decision is another one")
    outcome = next(iter(found.values())).true
    for what, other in control.items():
        if other.true == outcome:
            raise LedgerError(
                f"{name}: the decision cannot fail: it is {other} for {what!r} as well"
            )


def weakest(findings: Sequence[Finding]) -> str:
    """The grade of several findings that are all needed."""
    return PROVED if all(found.grade == PROVED for found in findings) else COMPUTED


def side_of(samples: Any, reference: float) -> tuple[str, str]:
    """Where the interval of the median of samples lies, and the same in words."""
    low, median, high, coverage = median_interval(samples)
    side = ABOVE if low > reference else BELOW if high < reference else BOTH
    return side, (
        f"median of {np.size(samples)} samples {median:.3g}, between {low:.3g} and {high:.3g} "
        f"({coverage:.0%} interval): {side}{' of' if side == BOTH else ''} {reference:g}"
    )
