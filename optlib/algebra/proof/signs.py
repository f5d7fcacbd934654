"""Signs that follow from domains: of sums, products, powers and rational functions."""

from __future__ import annotations

import math
from functools import lru_cache

import sympy as sp

from ...domains import Domain
from .facts import Domains, end_of, index_domain
from .powers import name_powers, named

_LARGEST = 150


def nonnegative(expression: sp.Basic, domains: Domains) -> bool:
    """Whether the expression is shown to be >= 0 wherever it is defined."""
    return _shown(sp.sympify(expression), domains, strict=False)


def positive(expression: sp.Basic, domains: Domains) -> bool:
    """Whether the expression is shown to be > 0 wherever it is defined."""
    return _shown(sp.sympify(expression), domains, strict=True)


def _shown(e: sp.Basic, domains: Domains, strict: bool) -> bool:
    if e.is_number:
        return bool(e.is_positive if strict else e.is_nonnegative)
    if e in domains:
        low = domains[e].low
        return low > 0 or (low == 0 and not (strict and domains[e].closed_low))
    if isinstance(e, sp.Add):
        return _sum(e, domains, strict) or _polynomial(e, domains, strict)
    if isinstance(e, sp.Mul):
        return _product(e, domains, strict) == 1
    if isinstance(e, sp.Pow):
        return _power(e, domains, strict)
    if isinstance(e, sp.exp):
        return True
    if isinstance(e, sp.Abs):
        return not strict or _shown(e.args[0], domains, True) or _below(e.args[0], domains, True)
    if isinstance(e, sp.Max):
        return any(_shown(a, domains, strict) for a in e.args)
    if isinstance(e, sp.Min):
        return all(_shown(a, domains, strict) for a in e.args)
    if isinstance(e, sp.Piecewise):
        return all(_shown(a, domains, strict) for a, _ in e.args)
    if isinstance(e, sp.log):
        return _shown(e.args[0] - 1, domains, strict)
    if isinstance(e, sp.Sum) and not strict:
        return _terms(e, domains)
    return bool(e.is_positive if strict else e.is_nonnegative)


def _below(e: sp.Basic, domains: Domains, strict: bool) -> bool:
    """Whether the expression is shown to be <= 0, or < 0 if ``strict``."""
    if e in domains:
        high = domains[e].high
        return high < 0 or (high == 0 and not (strict and domains[e].closed_high))
    if isinstance(e, sp.Mul):
        return _product(e, domains, strict) == -1
    if isinstance(e, sp.Pow) and e.exp.is_Integer:
        return e.exp % 2 == 1 and _below(e.base, domains, strict)
    if isinstance(e, sp.log):
        return _shown(1 - e.args[0], domains, strict)
    return (e.is_number or isinstance(e, sp.Add)) and _shown(sp.expand_mul(-e), domains, strict)


def _sum(e: sp.Add, domains: Domains, strict: bool) -> bool:
    if not all(_shown(a, domains, False) for a in e.args):
        return False
    return not strict or any(_shown(a, domains, True) for a in e.args)


def _product(e: sp.Mul, domains: Domains, strict: bool) -> int:
    """The sign of a product: 1 or -1 where every factor's sign is shown, else 0."""
    sign = 1
    for factor in e.args:
        if _shown(factor, domains, strict):
            continue
        if not _below(factor, domains, strict):
            return 0
        sign = -sign
    return sign


def _power(e: sp.Pow, domains: Domains, strict: bool) -> bool:
    base, exponent = e.args
    if _shown(base, domains, True):
        return True
    if exponent.is_Rational and (exponent.q % 2 == 0 or exponent.p % 2 == 0):
        return not strict or (exponent.q == 1 and _below(base, domains, True))
    return not strict and _shown(base, domains, False)


def _terms(e: sp.Sum, domains: Domains) -> bool:
    """Whether every term of a sum is >= 0, its index lying between whole numbers."""
    inner = dict(domains)
    for index, low, high in e.limits:
        inner[index] = index_domain(low, high)
    return nonnegative(e.function, inner)


def _polynomial(e: sp.Add, domains: Domains, strict: bool) -> bool:
    """Whether a rational function has coefficients of one sign in variables that are >= 0.

    Every variable is replaced by one that runs over the positive numbers, ``beta = 1/(1 + z)``; a
    polynomial whose coefficients are >= 0 and whose real variables occur squared is then >= 0.
    """
    if sp.count_ops(e) > _LARGEST:
        return False
    own = e.free_symbols
    return _of_one_sign(e, frozenset((s, d) for s, d in domains.items() if s in own), strict)


@lru_cache(maxsize=8192)
def _of_one_sign(e: sp.Add, known: frozenset, strict: bool) -> bool:
    e, domains = _atoms(e, dict(known))
    halves = {}
    positives: dict[sp.Symbol, bool] = {}
    for s in e.free_symbols:
        halves[s] = _half_line(s, domains[s], positives, strict)
        if halves[s] is None:
            return False
    top, bottom = sp.fraction(sp.together(e.xreplace(halves)))
    signs = [_one_sign(part, positives, strict and k == 0) for k, part in enumerate((top, bottom))]
    return 0 not in signs and signs[0] == signs[1]


def _atoms(e: sp.Basic, domains: Domains) -> tuple[sp.Basic, Domains]:
    """Powers, roots and functions replaced by variables of which the sign is known."""
    e, domains, _ = name_powers(e, domains, positive)
    opaque = {}
    for node in _opaque(e):
        domain = _range(node, domains)
        opaque[node] = named("a", domain)
        domains = domains | {opaque[node]: domain}
    return e.xreplace(opaque), domains


def _range(node: sp.Basic, domains: Domains) -> Domain:
    """Where a power, root or function is known to lie; the root of a number below 1 is below 1."""
    above, at_least = positive(node, domains), nonnegative(node, domains)
    if not at_least:
        return Domain()
    if isinstance(node, sp.Pow) and node.exp.is_Rational and node.exp > 0:
        if positive(1 - node.base, domains):
            return Domain(0, 1, closed_low=not above)
    return Domain(0, closed_low=not above)


def _opaque(e: sp.Basic) -> set[sp.Basic]:
    """The largest subexpressions that are no rational function of their parts."""
    if isinstance(e, sp.Add | sp.Mul) or (isinstance(e, sp.Pow) and e.exp.is_Integer):
        return set().union(*(_opaque(a) for a in e.args))
    return set() if e.is_Rational or e.is_Symbol else {e}


def _half_line(
    s: sp.Symbol, domain: Domain, positives: dict[sp.Symbol, bool], strict: bool
) -> sp.Basic | None:
    z = sp.Dummy("z")
    low, high = (end_of(a) for a in (domain.low, domain.high))
    if math.isfinite(domain.low) and math.isfinite(domain.high):
        if strict and domain.closed_low and domain.closed_high:
            return None
        if domain.closed_low:
            positives[z] = False
            return (low + high * z) / (1 + z)
        positives[z] = not domain.closed_high
        return (low * z + high) / (1 + z)
    if math.isfinite(domain.low):
        positives[z] = not domain.closed_low
        return low + z
    if math.isfinite(domain.high):
        positives[z] = not domain.closed_high
        return high - z
    return z


def _one_sign(part: sp.Basic, positives: dict[sp.Symbol, bool], strict: bool) -> int:
    """1 or -1 if the polynomial is shown to have that sign (weakly unless strict), else 0."""
    if part.is_number:
        return int(sp.sign(part))
    polynomial = sp.Poly(part, *sorted(part.free_symbols, key=str))
    signs = {int(sp.sign(c)) for c in polynomial.coeffs()}
    real = [k for k, s in enumerate(polynomial.gens) if s not in positives]
    if len(signs) != 1 or any(m[k] % 2 for m in polynomial.monoms() for k in real):
        return 0
    above = any(
        all(n == 0 or positives.get(s, False) for n, s in zip(m, polynomial.gens, strict=True))
        for m in polynomial.monoms()
    )
    return 0 if strict and not above else signs.pop()
