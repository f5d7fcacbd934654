"""Proof by induction: the claim at the start, and from each step to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from ..domains import Domain
from .bounds import DerivationError, real_on, stated
from .proof.facts import assumed, canonical, end_of, exact, put
from .proof.hypotheses import Hypothesis
from .proof.signs import nonnegative, positive
from .verdicts import Verdict, verdict


@dataclass(frozen=True)
class Proof:
    """What was shown: the recursion with the claim put in, the claim, and what they assume."""

    recursion: sp.Basic
    inserted: sp.Basic
    closed: sp.Basic
    initial: sp.Basic
    domains: dict[str, Domain]
    facts: tuple[Hypothesis, ...]


def by_induction(
    recursion: Any,
    closed: Any,
    prev: sp.Symbol,
    n: sp.Symbol,
    start: int,
    initial: Any,
    domains: Mapping[str, Domain],
) -> Proof:
    """Show that ``closed`` is the value at step n; see :meth:`Derivation.induction`.

    Raises
    ------
    DerivationError
        If the base case or the step is not shown, or if the claim is not shown to stay where
        ``prev`` is assumed to lie.
    ValueError
        If the start is no whole number, or the initial value no finite real one.
    """
    recursion, closed, initial = exact(recursion), exact(closed), exact(initial)
    if isinstance(start, bool) or int(start) != start:
        raise ValueError(f"an induction starts at a whole number, not at {start!r}")
    if initial.has(sp.nan, sp.oo, -sp.oo, sp.zoo, sp.I):
        raise ValueError(f"an induction starts from a finite real value, not from {initial}")
    later = {**domains, n.name: Domain(start, closed_low=True, integer=True)}
    needed = _require_real("the claim", closed, n, later)
    base = verdict(put(closed, n.name, start), initial, domains=domains)
    _require(base, closed, f"base case {n} = {start}")
    _require_kept(recursion, closed, initial, prev, later)
    inner = {**domains, n.name: Domain(start + 1, closed_low=True, integer=True)}
    inserted = put(recursion, prev.name, put(closed, n.name, n - 1))
    _require_real("the recursion", inserted, n, inner)
    found = verdict(inserted, closed, domains=inner)
    _require(found, closed, f"step to {n}")
    facts = (*base.hypotheses, *found.hypotheses, *needed)
    return Proof(recursion, inserted, closed, initial, inner, tuple(dict.fromkeys(facts)))


def _require_real(
    what: str, expression: sp.Basic, n: sp.Symbol, domains: Mapping[str, Domain]
) -> tuple[Hypothesis, ...]:
    """What an expression needs to be real; nothing of the step, lest the proof should jump one."""
    smaller, needed = real_on([expression], domains)
    names = {s.name for fact in needed for s in fact.expression.free_symbols}
    if n.name in {*smaller, *names}:
        raise DerivationError(f"{what} is real only for {stated(smaller, needed)}")
    return needed


def _require(found: Verdict, closed: sp.Basic, where: str) -> None:
    if not found.shown:
        raise DerivationError(f"{where}: '= {closed}' is {found}", found)


def _require_kept(
    recursion: sp.Basic,
    closed: sp.Basic,
    initial: sp.Basic,
    prev: sp.Symbol,
    domains: Mapping[str, Domain],
) -> None:
    """The claimed values lie where ``prev`` is assumed to lie: SymPy may have used it."""
    domain = assumed(prev)
    for s in recursion.free_symbols:
        if s.name == prev.name:
            domain = domain.meet(assumed(s))
    for value in (initial, closed):
        (one,), known = canonical([value], domains)
        sides = []
        if domain.low > -sp.oo:
            sides.append((one - end_of(domain.low), domain.closed_low))
        if domain.high < sp.oo:
            sides.append((end_of(domain.high) - one, domain.closed_high))
        for difference, closed_end in sides:
            if not (nonnegative if closed_end else positive)(difference, known):
                raise DerivationError(
                    f"{prev.name} is assumed to lie in {domain}, and {value} is not shown to; "
                    f"use a symbol that assumes less"
                )
        if domain.integer and not one.is_integer:
            raise DerivationError(
                f"{prev.name} is assumed to be whole, and {value} is not shown so"
            )
