"""Facts that bound one symbol by a number, taken into its domain."""

from __future__ import annotations

from collections.abc import Iterable

import sympy as sp

from ...domains import Domain
from .facts import Domains, end_of
from .hypotheses import Hypothesis


def narrowed(
    domains: Domains, facts: Iterable[Hypothesis]
) -> tuple[dict[str, Domain], tuple[Hypothesis, ...]]:
    """The domains of the symbols that a fact bounds by a number, and the facts that remain."""
    smaller: dict[str, Domain] = {}
    left = []
    for fact in facts:
        found = _half_line(fact, domains)
        if found is None:
            left.append(fact)
        else:
            s, half = found
            smaller[s.name] = smaller.get(s.name, domains[s]).meet(half)
    return smaller, tuple(left)


def _half_line(fact: Hypothesis, domains: Domains) -> tuple[sp.Symbol, Domain] | None:
    """The symbol and the half-line, if the fact says that the symbol lies on it."""
    e = fact.expression
    if fact.pattern not in ("@ > 0", "@ >= 0") or len(e.free_symbols) != 1:
        return None
    (s,) = e.free_symbols
    if s not in domains or not e.is_polynomial(s) or sp.degree(e, s) != 1:
        return None
    slope, rest = sp.Poly(e, s).all_coeffs()
    edge = -rest / slope
    closed = fact.pattern == "@ >= 0"
    if not edge.is_Rational or end_of(float(edge)) != edge:
        return None
    if slope > 0:
        return s, Domain(low=float(edge), closed_low=closed)
    return s, Domain(high=float(edge), closed_high=closed)
