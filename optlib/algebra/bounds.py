"""What a line of a derivation must show beside its equality: signs, a domain, no counterexample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp

from ..domains import Domain
from .proof.defined import follows, where_real
from .proof.facts import Domains, canonical
from .proof.hypotheses import Hypothesis, of_domain, of_domains
from .proof.sampling import Undefined, contradiction
from .proof.signs import nonnegative
from .verdicts import Verdict, where

_NET = 48


class DerivationError(ValueError):
    """A line that is not shown; ``verdict`` holds what was found out about it."""

    def __init__(self, message: str, verdict: Verdict | None = None):
        super().__init__(message)
        self.verdict = verdict


def real_on(
    expressions: Sequence[sp.Basic], domains: Mapping[str, Domain], known: Sequence[Hypothesis] = ()
) -> tuple[dict[str, Domain], tuple[Hypothesis, ...]]:
    """The smaller domains, by name, and the further facts that the expressions need to be real.

    Raises
    ------
    DerivationError
        If they are real nowhere.
    """
    same, before = canonical(expressions, domains)
    try:
        _, after, needed = where_real(same, before)
    except ValueError as nowhere:
        raise DerivationError(str(nowhere)) from nowhere
    old = {s.name: d for s, d in before.items()}
    smaller = {s.name: d for s, d in after.items() if d != old[s.name]}
    return smaller, tuple(n for n in needed if not follows(n, known, after))


def stated(smaller: Mapping[str, Domain], needed: Sequence[Hypothesis]) -> str:
    """Smaller domains and further facts as text."""
    return ", ".join([*(of_domain(sp.Symbol(k), d) for k, d in smaller.items()), *needed])


def not_negative(term: sp.Basic, domains: Mapping[str, Domain], reason: str) -> list[Hypothesis]:
    """What is assumed in showing that a term is >= 0.

    Raises
    ------
    DerivationError
        If it is not shown.
    """
    (one,), known = canonical([term], domains)
    if not nonnegative(one, known):
        raise DerivationError(f"{reason}: {term} is not shown to be >= 0")
    return list(of_domains(known))


def require_no_counterexample(
    left: sp.Basic, relation: str, right: sp.Basic, domains: Mapping[str, Domain], reason: str
) -> None:
    """The net below a proved bound: sampled points.

    Raises
    ------
    DerivationError
        If a point contradicts the bound, or if the sides are real at none.
    """
    (left, right), known = canonical([left, right], domains)
    found = refutation(left, relation, right, known, _NET if known else 1)
    if found:
        raise DerivationError(f"{reason}: {found}")


def refutation(
    left: sp.Basic, relation: str, right: sp.Basic, known: Domains, count: int
) -> str | None:
    """A sampled point that contradicts a bound, as text; None if there is none."""
    try:
        against = contradiction(left, relation, right, known, count)
    except Undefined as nowhere:
        return str(nowhere)
    if not against:
        return None
    values = " against ".join(f"{float(v):.6g}" for v in against[1])
    return f"false{where(against[0])}: {values}"


def as_domains(given: Mapping[Any, Any] | None) -> dict[str, Domain]:
    """Domains by name, as they are given for a derivation."""
    return {getattr(k, "name", k): Domain.parse(d) for k, d in (given or {}).items()}
