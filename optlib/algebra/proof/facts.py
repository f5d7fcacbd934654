"""What is known of the symbols of a statement: exact numbers, one symbol per name, its domain."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp

from ...domains import Domain, standard
from ..reading import parse

Domains = dict[sp.Symbol, Domain]


def exact(value: Any) -> sp.Basic:
    """The expression with every float replaced by the decimal it prints as: 0.9 is 9/10.

    A text is read by :func:`~optlib.algebra.reading.parse`.
    """
    expression = parse(value) if isinstance(value, str) else sp.sympify(value)
    return expression.xreplace({f: _decimal(f) for f in expression.atoms(sp.Float)})


def _decimal(number: sp.Float) -> sp.Rational:
    plain = float(number)
    # SymPy's floats reach further down and up than Python's
    as_float = number._prec == 53 and math.isfinite(plain) and plain != 0
    return sp.Rational(repr(plain) if as_float else str(number))


def end_of(end: float) -> sp.Basic:
    """An end of a domain as the decimal it prints as; an infinite one as ``oo``."""
    return sp.Rational(repr(float(end))) if math.isfinite(end) else sp.sympify(end)


def assumptions(domain: Domain) -> dict[str, bool]:
    """The part of a domain that SymPy's assumptions can express."""
    facts: dict[str, bool] = {"integer": True} if domain.integer else {"real": True}
    lowest = domain.low + (domain.integer and not domain.closed_low)
    highest = domain.high - (domain.integer and not domain.closed_high)
    if lowest > 0 or (lowest == 0 and not domain.closed_low and not domain.integer):
        facts["positive"] = True
    elif lowest == 0:
        facts["nonnegative"] = True
    if highest < 0 or (highest == 0 and not domain.closed_high and not domain.integer):
        facts["negative"] = True
    elif highest == 0:
        facts["nonpositive"] = True
    return facts


def symbol(name: str, domain: Domain) -> sp.Symbol:
    """The symbol of this name, with what its domain says about it."""
    return sp.Symbol(name, **assumptions(domain))


def assumed(s: sp.Symbol) -> Domain:
    """What a symbol assumes of itself, as a domain."""
    domain = Domain(integer=bool(s.is_integer))
    if s.is_positive:
        return domain.meet(Domain(low=0))
    if s.is_negative:
        return domain.meet(Domain(high=0))
    if s.is_nonnegative:
        return domain.meet(Domain(low=0, closed_low=True))
    if s.is_nonpositive:
        return domain.meet(Domain(high=0, closed_high=True))
    return domain


def _given(domains: Mapping[Any, Any] | None) -> dict[str, Domain]:
    return {getattr(k, "name", k): Domain.parse(d) for k, d in (domains or {}).items()}


def canonical(
    expressions: Sequence[Any], domains: Mapping[Any, Any] | None = None
) -> tuple[list[sp.Basic], Domains]:
    """The expressions over one symbol per name, and the domain of each symbol.

    A name's domain is the one in ``domains``, else the standard one of the book, else the real
    line; what the given symbols assume of themselves is added.

    Raises
    ------
    ValueError
        If no number satisfies what is said about a name, if a symbol assumes what no domain says,
        or if a dummy shares its name.
    """
    exact_ones = [_sequences(exact(e)) for e in expressions]
    explicit = _given(domains)
    known: dict[str, Domain] = {}
    free = sorted(set().union(*(e.free_symbols for e in exact_ones)), key=lambda s: s.name)
    _require_own_names(free)
    for s in free:
        _require_no_more(s)
        base = known.get(s.name) or explicit.get(s.name) or standard(s.name) or Domain()
        known[s.name] = base.meet(assumed(s))
        _require_some(s.name, known[s.name])
    one = {s: symbol(s.name, known[s.name]) for s in free}
    return [e.xreplace(one) for e in exact_ones], {one[s]: known[s.name] for s in free}


def _require_own_names(free: Sequence[sp.Symbol]) -> None:
    """Symbols of one name are one symbol; two dummies of one name are not."""
    for s, other in itertools.pairwise(free):
        if s.name == other.name and (isinstance(s, sp.Dummy) or isinstance(other, sp.Dummy)):
            raise ValueError(f"two different symbols are called {s.name}; name them differently")


def _require_no_more(s: sp.Symbol) -> None:
    """SymPy would use what a symbol assumes, and no printed domain would say so."""
    said = symbol(s.name, assumed(s)).assumptions0
    more = [fact for fact, value in s.assumptions0.items() if said.get(fact) is not value]
    if more:
        facts = ", ".join(f"{fact}={s.assumptions0[fact]}" for fact in more)
        raise ValueError(
            f"{s.name} assumes {facts}, which no domain says; use a symbol that is real, integer, "
            "positive, nonnegative, negative or nonpositive"
        )


def _require_some(name: str, domain: Domain) -> None:
    low, high = domain.low, domain.high
    if low > high or (low == high and not (domain.closed_low and domain.closed_high)):
        raise ValueError(f"nothing satisfies what is said about {name}: {domain}")
    if domain.integer and low > -math.inf and high < math.inf:
        if not any(k in domain for k in range(math.ceil(low), math.floor(high) + 1)):
            raise ValueError(f"no whole number satisfies what is said about {name}: {domain}")


def _sequences(expression: sp.Basic) -> sp.Basic:
    """Indexed quantities ``g[k]`` as functions ``g(k)`` of their index."""
    indexed = expression.atoms(sp.Indexed)
    return expression.xreplace({e: sp.Function(str(e.base.label))(*e.indices) for e in indexed})


def index_domain(low: sp.Basic, high: sp.Basic) -> Domain:
    """The whole numbers that the index of a sum runs over, as far as its ends are numbers."""
    lowest = float(low) if low.is_number and low.is_finite else -math.inf
    highest = float(high) if high.is_number and high.is_finite else math.inf
    return Domain(lowest, highest, lowest > -math.inf, highest < math.inf, integer=True)


def put(expression: sp.Basic, name: str, value: Any) -> sp.Basic:
    """The expression with a value in the place of every symbol of this name."""
    same = {s: value for s in expression.free_symbols if s.name == name}
    return expression.subs(same, simultaneous=True)
