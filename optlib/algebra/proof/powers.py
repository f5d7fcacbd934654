"""Powers with symbolic exponents, named: ``beta**t`` as a symbol of its own between 0 and 1."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce

import sympy as sp

from ...domains import Domain
from .facts import Domains, assumptions


def named(name: str, domain: Domain) -> sp.Dummy:
    """A fresh symbol that satisfies the domain."""
    return sp.Dummy(name, **assumptions(domain))


def name_powers(
    expression: sp.Basic, domains: Domains, positive: Callable[[sp.Basic, Domains], bool]
) -> tuple[sp.Basic, Domains, dict[sp.Symbol, sp.Basic]]:
    """Replace powers whose exponents hold symbols by symbols with domains.

    A whole ``t >= 1`` is counted from 1, so that ``beta**t`` becomes ``beta * q`` with
    ``q = beta**(t - 1)`` in (0, 1]: then ``beta**t <= beta`` is known too.

    Returns
    -------
    expression, domains, meanings
        The new expression, the domains with the new symbols, and what each of them stands for.
    """
    expression = sp.expand_power_base(sp.powdenest(expression))
    powers = [p for p in expression.atoms(sp.Pow, sp.exp) if p.as_base_exp()[1].free_symbols]
    parts = {p: _exponent(p.as_base_exp()[1]) for p in powers}
    units: dict[tuple[sp.Basic, sp.Basic], sp.Rational] = {}
    for p, (terms, _) in parts.items():
        for monomial, coefficient in terms.items():
            key = (p.as_base_exp()[0], monomial)
            units[key] = _gcd(units.get(key, sp.Integer(0)), coefficient)
    domains = dict(domains)
    atoms = {
        key: _atom(*key, unit, domains, positive, k)
        for k, (key, unit) in enumerate(sorted(units.items(), key=str))
    }
    domains |= {symbol: domain for symbol, domain, _, _ in atoms.values()}
    meanings = {symbol: meaning for symbol, _, meaning, _ in atoms.values()}

    def rebuilt(p: sp.Basic) -> sp.Basic:
        base = p.as_base_exp()[0]
        terms, constant = parts[p]
        result = base**constant
        for monomial, coefficient in terms.items():
            symbol, _, _, shift = atoms[base, monomial]
            times = coefficient / units[base, monomial]
            result *= symbol**times * base ** (coefficient * shift)
        return result

    for p in sorted(powers, key=sp.count_ops, reverse=True):
        expression = expression.xreplace({p: rebuilt(p)})
    return expression, domains, meanings


def _exponent(exponent: sp.Basic) -> tuple[dict[sp.Basic, sp.Rational], sp.Basic]:
    """The exponent as coefficients of its monomials, and its constant."""
    terms: dict[sp.Basic, sp.Rational] = {}
    constant = sp.Integer(0)
    for term in sp.Add.make_args(sp.expand(exponent)):
        coefficient, monomial = term.as_coeff_Mul(rational=True)
        if monomial.free_symbols:
            terms[monomial] = terms.get(monomial, sp.Integer(0)) + coefficient
        else:
            constant += term
    return terms, constant


def _gcd(a: sp.Rational, b: sp.Rational) -> sp.Rational:
    """The largest rational of which both are whole multiples."""
    return reduce(sp.gcd, (a.p * b.q, b.p * a.q)) / (a.q * b.q)


def _atom(
    base: sp.Basic,
    monomial: sp.Basic,
    unit: sp.Rational,
    domains: Domains,
    positive: Callable[[sp.Basic, Domains], bool],
    number: int,
) -> tuple[sp.Symbol, Domain, sp.Basic, sp.Integer]:
    own = domains.get(monomial)
    whole = own is not None and own.integer and math.isfinite(own.low)
    shift = sp.Integer(math.ceil(own.low)) if whole else sp.Integer(0)
    if whole:
        at_least_zero, above_zero = True, False
    else:
        at_least_zero = above_zero = positive(monomial, domains)
    if not positive(base, domains):
        domain = Domain()
    elif at_least_zero and positive(1 - base, domains):
        domain = Domain(0, 1, closed_high=not above_zero)
    elif at_least_zero and positive(base - 1, domains):
        domain = Domain(low=1, closed_low=not above_zero)
    else:
        domain = Domain(low=0)
    meaning = base ** (unit * (monomial - shift))
    return named(f"q{number}", domain), domain, meaning, shift
