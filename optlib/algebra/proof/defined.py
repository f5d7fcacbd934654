"""Where an expression is real: what must hold beyond the domains of its symbols.

Real means real throughout: every part of the expression is a real number. ``sqrt(x)*sqrt(x - 1)``
needs x >= 1, though the product of two imaginary numbers is real.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import sympy as sp
from sympy.core.relational import Relational

from .facts import Domains, canonical, index_domain
from .halflines import narrowed
from .hypotheses import Hypothesis
from .signs import nonnegative, positive

_LARGEST = 50
_ROUNDS = 4


def needs(expression: sp.Basic, domains: Domains) -> tuple[Hypothesis, ...]:
    """What must hold, beyond the domains, for the expression to be real throughout.

    Returns
    -------
    tuple of Hypothesis
        Each ``@ != 0``, ``@ > 0``, ``@ >= 0``, ``@ = 0`` or ``@ real``; empty if it is shown to
        be real everywhere. What is not shown is needed, so the list may be longer than it must be,
        and never shorter.
    """
    found = _needs(expression, frozenset(domains.items()))
    return tuple({(f.pattern, _oriented(f)): f for f in reversed(list(found))}.values())[::-1]


def where_real(
    expressions: Sequence[sp.Basic], domains: Domains
) -> tuple[list[sp.Basic], Domains, tuple[Hypothesis, ...]]:
    """The expressions over the domains on which all of them are real.

    Returns
    -------
    expressions, domains, needs
        Over symbols of the narrower domains; and what is needed beside them.

    Raises
    ------
    ValueError
        If they are real nowhere together.
    """
    expressions = list(expressions)
    for _ in range(_ROUNDS):
        found = dict.fromkeys(n for e in expressions for n in needs(e, domains))
        if never := [fact for fact in found if fact.expression.is_number]:
            raise ValueError(f"real nowhere: it needs {', '.join(never)}")
        smaller, left = narrowed(domains, found)
        if not smaller:
            break
        by_name = {s.name: d for s, d in domains.items()} | smaller
        expressions, known = canonical(expressions, by_name)
        # a symbol that stands in none of them keeps its place
        domains = {
            s: d for s, d in domains.items() if s.name not in {k.name for k in known}
        } | known
    return expressions, domains, left


def follows(fact: Hypothesis, known: Sequence[Hypothesis], domains: Domains) -> bool:
    """Whether a fact is one of the known ones, or weaker than one of them.

    A sum of terms that are >= 0 vanishes only where all of them do.
    """
    weaker = fact.pattern in ("@ >= 0", "@ != 0")
    enough = {fact.pattern, "@ > 0"} if weaker else {fact.pattern}
    if any(k.pattern in enough and _oriented(k, fact.pattern) == _oriented(fact) for k in known):
        return True
    frozen = frozenset(domains.items())
    terms = sp.Add.make_args(fact.expression)
    if fact.pattern != "@ != 0" or len(terms) == 1:
        return False
    if not all(_nonnegative(term, frozen) for term in terms):
        return False
    return any(all(follows(n, known, domains) for n in _nonzero(t, frozen)) for t in terms)


@lru_cache(maxsize=8192)
def _needs(e: sp.Basic, known: frozenset) -> tuple[Hypothesis, ...]:
    """What an expression needs; a part that stands in many places is asked once."""
    return tuple(dict.fromkeys(_found(e, known)))


def _found(e: sp.Basic, known: frozenset) -> Iterator[Hypothesis]:
    if e is sp.I or e.is_finite is False or e is sp.nan:
        yield Hypothesis(e, "@ real")
    if isinstance(e, sp.Piecewise):
        yield from _branches(e, known)
        return
    if isinstance(e, sp.Sum):
        yield from _sum(e, known)
        return
    for part in e.args:
        yield from _needs(part, known)
    if isinstance(e, sp.Pow):
        yield from _power(*e.args, known)
    elif isinstance(e, sp.log):
        yield from _above(e.args[0], known)
    elif isinstance(e, sp.Mod):
        yield from _nonzero(e.args[1], known)


def _power(base: sp.Basic, exponent: sp.Basic, known: frozenset) -> Iterator[Hypothesis]:
    if exponent.is_integer:
        if not _nonnegative(exponent, known):
            yield from _nonzero(base, known)
    elif _positive(exponent, known):
        yield from _at_least(base, known)
    else:
        yield from _above(base, known)


def _branches(e: sp.Piecewise, known: frozenset) -> Iterator[Hypothesis]:
    """A branch is reached where its condition holds; somewhere a condition must hold."""
    not_before = sp.true
    for value, condition in e.args:
        for side in sorted({s for r in condition.atoms(Relational) for s in r.args}, key=str):
            yield from _under(not_before, side, known)
        yield from _under(sp.And(not_before, condition), value, known)
        not_before = sp.And(not_before, sp.Not(condition))
    if e.args[-1][1] != True:  # noqa: E712
        yield from _covered(e, known)


def _under(condition: sp.Basic, e: sp.Basic, known: frozenset) -> Iterator[Hypothesis]:
    """What an expression needs beyond a condition under which alone it is reached."""
    said = _said(condition)
    inner = _where(said, known)
    yield from (need for need in _needs(e, inner) if not follows(need, said, dict(inner)))


def _said(condition: sp.Basic) -> list[Hypothesis]:
    """What a condition that is one comparison, or several joined by and, says."""
    return [_fact(c) for c in sp.And.make_args(condition) if isinstance(c, Relational)]


def _fact(comparison: Relational) -> Hypothesis:
    """A comparison as a fact about the difference of its sides."""
    sign, difference = comparison.rel_op, comparison.lhs - comparison.rhs
    if sign in ("<", "<="):
        sign, difference = sign.replace("<", ">"), -difference
    sign = "=" if sign == "==" else sign
    return Hypothesis(difference, f"@ {sign} 0")


def _where(said: list[Hypothesis], known: frozenset) -> frozenset:
    """The domains with what is said of single symbols."""
    domains = dict(known)
    smaller, _ = narrowed(domains, said)
    return frozenset((s, smaller.get(s.name, d)) for s, d in domains.items())


def _covered(e: sp.Piecewise, known: frozenset) -> Iterator[Hypothesis]:
    """That some condition holds: one comparison as a fact, several by their indicator."""
    conditions = sp.Or(*(c for _, c in e.args))
    if conditions == True:  # noqa: E712
        return
    if isinstance(conditions, Relational):
        fact = _fact(conditions)
        shown = {"@ > 0": _above, "@ >= 0": _at_least, "@ != 0": _nonzero}
        if fact.pattern in shown:
            yield from shown[fact.pattern](fact.expression, known)
        else:
            yield fact
        return
    yield Hypothesis(sp.Piecewise((1, conditions), (0, True)), "@ > 0")


def _sum(e: sp.Sum, known: frozenset) -> Iterator[Hypothesis]:
    """The terms are real, and there are not fewer than none of them."""
    inner = dict(known)
    for index, low, high in reversed(e.limits):
        for end in (low, high):
            if end.is_finite is not False:
                yield from _needs(end, frozenset(inner.items()))
        if low.is_finite is not False and high.is_finite is not False:
            yield from _at_least(high - low + 1, frozenset(inner.items()))
        yield from _index_allowed(index, low, high, frozenset(inner.items()))
        inner[index] = index_domain(low, high)
    yield from _needs(e.function, frozenset(inner.items()))


def _index_allowed(
    index: sp.Symbol, low: sp.Basic, high: sp.Basic, known: frozenset
) -> Iterator[Hypothesis]:
    """What an index assumes of itself holds of the numbers that it runs over."""
    if index.is_nonnegative and low.is_finite is not False:
        yield from _at_least(low - (1 if index.is_positive else 0), known)
    if index.is_nonpositive and high.is_finite is not False:
        yield from _at_least(-high - (1 if index.is_negative else 0), known)


def _nonzero(e: sp.Basic, known: frozenset) -> Iterator[Hypothesis]:
    for f, _ in _parts(e, known):
        while isinstance(f, sp.Abs) or (isinstance(f, sp.Pow) and f.exp.is_positive):
            f = f.args[0]
        if not (_positive(f, known) or _positive(-f, known)):
            same = _expanded(e + f) == 0
            yield Hypothesis(e if same else _as_written(f, e), "@ != 0")


def _above(e: sp.Basic, known: frozenset) -> Iterator[Hypothesis]:
    yield from _signed(e, known, "@ > 0")


def _at_least(e: sp.Basic, known: frozenset) -> Iterator[Hypothesis]:
    yield from _signed(e, known, "@ >= 0")


def _signed(e: sp.Basic, known: frozenset, pattern: str) -> Iterator[Hypothesis]:
    """The sign of an expression, without its factors whose sign is known."""
    strict = pattern == "@ > 0"
    if _positive(e, known) or (not strict and _nonnegative(e, known)):
        return
    rest = sp.Integer(1)
    for f, k in _parts(e, known):
        if k % 2 == 0 or _nonnegative(f, known):
            if strict:
                yield from _nonzero(f, known)
        elif _nonnegative(-f, known):
            rest = -rest
            if strict:
                yield from _nonzero(f, known)
        else:
            rest *= f
    if not rest.is_number:
        yield Hypothesis(_as_written(rest, e), pattern)
    elif rest < 0:
        yield Hypothesis(sp.expand(e), pattern)


def _parts(e: sp.Basic, known: frozenset) -> tuple[tuple[sp.Basic, int], ...]:
    """Factors and their powers; of a sum of terms >= 0 only those that all its terms share."""
    if isinstance(e, sp.Add) and all(_nonnegative(term, known) for term in e.args):
        return tuple((f, 1) for f in sp.Mul.make_args(sp.gcd_terms(e)))
    return _factors(e)


@lru_cache(maxsize=4096)
def _factors(e: sp.Basic) -> tuple[tuple[sp.Basic, int], ...]:
    """Factors and their powers, the number first; the whole where it cannot be factored."""
    if e.is_number or sp.count_ops(e) > _LARGEST:
        return ((e, 1),)
    top, bottom = sp.fraction(sp.together(e))
    try:
        parts = [sp.factor_list(part) for part in (top, bottom)]
    except sp.PolynomialError:
        return ((e, 1),)
    constant = parts[0][0] / parts[1][0]
    # SymPy counts a whole number that is only named, as in x**n, as how often a factor occurs.
    powers = (
        (f, k) if sp.sympify(k).is_Integer else (f**k, 1) for _, found in parts for f, k in found
    )
    return ((constant, 1), *((f, int(k)) for f, k in powers))


def _as_written(factor: sp.Basic, whole: sp.Basic) -> sp.Basic:
    """The whole where it is the factor, which SymPy has multiplied out."""
    return whole if _expanded(whole - factor) == 0 else factor


def _oriented(fact: Hypothesis, pattern: str = "") -> sp.Basic:
    """The expression multiplied out, with one sign where the fact is the same for both."""
    e = _expanded(fact.expression)
    signed = (pattern or fact.pattern) in ("@ > 0", "@ >= 0")
    return -e if not signed and e.could_extract_minus_sign() else e


@lru_cache(maxsize=4096)
def _expanded(e: sp.Basic) -> sp.Basic:
    return sp.expand(e)


@lru_cache(maxsize=4096)
def _positive(e: sp.Basic, known: frozenset) -> bool:
    return positive(sp.expand_mul(e), dict(known))


@lru_cache(maxsize=4096)
def _nonnegative(e: sp.Basic, known: frozenset) -> bool:
    return nonnegative(sp.expand_mul(e), dict(known))
