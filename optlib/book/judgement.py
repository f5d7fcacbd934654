"""What is found out about a reader's expression, without giving the right one away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from ..algebra.proof.defined import follows, needs, where_real
from ..algebra.proof.facts import Domains, canonical
from ..algebra.proof.sampling import Undefined, points
from ..algebra.verdicts import Verdict, apart, verdict, where

_POINTS = 96


@dataclass(frozen=True)
class Judgement:
    """What was found out about an answer.

    Attributes
    ----------
    right : bool or None
        None if the answer agrees with the right one wherever it was tried, but is not proved to be
        equal to it and to have a value wherever it has one.
    message : str
        What to tell the reader, as Markdown.
    """

    right: bool | None
    message: str

    def __bool__(self) -> bool:
        return self.right is True

    def __str__(self) -> str:
        return self.message

    def _repr_markdown_(self) -> str:
        mark = {True: "✓ **Right.**", False: "✗ **Not yet.**", None: "**Undecided.**"}[self.right]
        return f"{mark} {self.message}"


def hinted(hints: Sequence[str], number: int) -> str:
    """The hint of this number, as it follows a message; nothing if there is none."""
    return f"\n\n*Hint.* {hints[number - 1]}" if 0 < number <= len(hints) else ""


def compare(given: sp.Basic, right: sp.Basic, domains: Mapping[str, Any]) -> Judgement:
    """Compare an expression with the right one.

    It is right if it is proved equal and proved to have a value wherever the right one has. If it
    is wrong, a point is named at which it fails, and its own value there. The right value there is
    told only if it depends on the point: else it would be the answer.

    Parameters
    ----------
    given, right : expression
        Over the same names.
    domains : mapping
        Name -> :class:`~optlib.domains.Domain`.
    """
    found = verdict(given, right, domains=domains)
    if found.counterexample is not None:
        return Judgement(False, _counterexample(found, constant=not right.free_symbols))
    if found.nowhere:
        return Judgement(False, "Your expression has no finite real value at any tried point.")
    sides, known = canonical([given, right], domains)
    missing = _gap(*sides, known)
    if missing is not None:
        start = f"{_at(missing)} your expression"
        return Judgement(False, f"{start} has no finite real value; the right one has one.")
    if not found.shown:
        return _undecided(
            f"Your expression `{given}` agrees with the right one at every point that was tried, "
            "but the two could not be proved equal."
        )
    if not _has_value(*sides, known):
        return _undecided(
            f"Your expression `{given}` equals the right one wherever it has a value, but it could "
            "not be proved to have one for all values of the symbols."
        )
    return Judgement(True, "Shown for all values of the symbols.")


def _gap(given: sp.Basic, right: sp.Basic, domains: Domains) -> dict[str, sp.Rational] | None:
    """A sampled point at which the right expression has a value and the given one has none."""
    for point in points(domains, _POINTS):
        try:
            point.evaluate(right)
        except Undefined:
            continue
        try:
            point.evaluate(given)
        except Undefined:
            return point.values
    return None


def _has_value(given: sp.Basic, right: sp.Basic, domains: Domains) -> bool:
    """Whether the given expression is shown to have a value wherever the right one has one."""
    _, smaller, granted = where_real([right], domains)
    by_name = {s.name: d for s, d in smaller.items()}
    (given,), known = canonical([given], by_name)
    return all(follows(need, granted, known) for need in needs(given, known))


def _undecided(reason: str) -> Judgement:
    return Judgement(None, f"{reason} Another form of it may be decided.")


def _counterexample(found: Verdict, constant: bool) -> str:
    yours, right = apart(*found.values)
    told = f", which {_how_far_off(*found.values)}" if constant else f"; the right value is {right}"
    if not found.counterexample:
        return f"You answer {yours}{told}."
    return f"{_at(found.counterexample)} your expression gives {yours}{told}."


def _at(point: Mapping[str, sp.Rational]) -> str:
    """The beginning of a sentence about a point."""
    return f"At {where(point).removeprefix(' at ')}"


def _how_far_off(yours: sp.Float, right: sp.Float) -> str:
    """What is wrong with a number, without telling the right one."""
    if yours * right < 0:
        return "has the wrong sign"
    return "is too large" if yours > right else "is too small"
