"""Roots made algebra: each irreducible radicand gets one symbol ``w`` with ``w**q`` equal to it.

Over distinct irreducible radicands the symbols are independent, so an expression vanishes if its
numerator does once every ``w**q`` is replaced: no simplifier has to guess.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import sympy as sp

from ...domains import Domain
from .facts import Domains
from .powers import named
from .signs import nonnegative, positive

_LARGEST = 300
_TERMS = 3_000
# A polynomial in ``w`` has a coefficient for each power, and 1/3 as a float has the index 10**16.
_HIGHEST = 1_000


class Undecided(Exception):
    """No method proves the equality."""


@dataclass
class Roots:
    """The roots met so far.

    Attributes
    ----------
    domains : dict
        Domains of all symbols, the roots' symbols included.
    degree : int
        The common index ``q`` of the roots.
    relations : list
        Pairs ``(w, f)`` with ``w**q == f``, each ``f`` over the symbols before it.
    used : list
        The radicands whose known sign allowed to split a root.
    unsplit : dict
        Radicands too large to be factored, and the symbols of their roots.
    """

    domains: Domains
    degree: int
    relations: list[tuple[sp.Symbol, sp.Basic]] = field(default_factory=list)
    used: list[sp.Basic] = field(default_factory=list)
    unsplit: dict[sp.Basic, sp.Symbol] = field(default_factory=dict)

    def rewrite(self, e: sp.Basic) -> sp.Basic:
        """The expression with its roots written through the symbols ``w``.

        A root of the square of something of unknown sign becomes an absolute value.
        """
        if not e.args or e.is_Rational:
            return e
        args = [self.rewrite(a) for a in e.args]
        if isinstance(e, sp.Pow) and e.exp.is_Rational and not e.exp.is_Integer:
            return self._root(args[0], e.exp)
        if isinstance(e, sp.Add | sp.Mul | sp.Pow):
            return e.func(*args)
        return self._opaque(e.func(*args))

    def _opaque(self, e: sp.Basic) -> sp.Basic:
        """A function of a normalised argument; equal arguments give the same expression."""
        if isinstance(e, sp.Abs | sp.sign | sp.Max | sp.Min | sp.Piecewise | sp.Sum):
            return e
        if isinstance(e, sp.log):
            return self._log(e.args[0])
        return e.func(*(sp.factor(self.reduce(a)) if isinstance(a, sp.Expr) else a for a in e.args))

    def _log(self, argument: sp.Basic) -> sp.Basic:
        """The logarithm as a sum over the factors that are shown to be positive."""
        total, rest = sp.Integer(0), sp.Integer(1)
        for f, k in _factors(self.reduce(argument)):
            if positive(f, self.domains):
                total += k * self._log_of_factor(f)
            elif positive(_minus(f), self.domains):
                total += k * self._log_of_factor(_minus(f))
                rest *= sp.Integer(-1) ** k
            else:
                rest *= f**k
        return total if rest == 1 else total + sp.log(sp.factor(rest))

    def _log_of_factor(self, f: sp.Basic) -> sp.Basic:
        under_root = next((other for w, other in self.relations if w == f), None)
        return sp.log(f) if under_root is None else self._log(under_root) / self.degree

    def _root(self, radicand: sp.Basic, exponent: sp.Rational) -> sp.Basic:
        reduced = self.reduce(radicand)
        if sp.count_ops(reduced) > _LARGEST:
            name = self.unsplit.setdefault(radicand, sp.Dummy("w"))
            return name ** (exponent * self.degree)
        rest, result = sp.Integer(1), sp.Integer(1)
        for f, k in _factors(reduced):
            power = k * exponent
            if f == -1:
                rest *= f**k
            elif nonnegative(f, self.domains):
                result *= self._power(f, power)
            elif nonnegative(_minus(f), self.domains):
                result *= self._power(_minus(f), power)
                rest *= sp.Integer(-1) ** k
            elif k % 2 == 0 and (k * exponent).is_Integer:
                result *= sp.Abs(f) ** power
            else:
                rest *= f**k
        return result if rest == 1 else result * self._power(sp.expand(rest), exponent, known=False)

    def _power(self, f: sp.Basic, power: sp.Rational, known: bool = True) -> sp.Basic:
        """``f**power`` through the root of ``f``."""
        if power.is_Integer:
            return f**power
        w = next((w for w, other in self.relations if other == f), None)
        if w is None:
            domain = Domain(0, closed_low=True) if known else Domain()
            w = named("w", domain)
            self.relations.append((w, f))
            self.domains[w] = domain
            if known and not (f.is_Symbol or f.is_number):
                self.used.append(f)
        times = power * self.degree
        whole, left = divmod(int(times), self.degree)
        return f**whole * w**left

    def reduce(self, e: sp.Basic) -> sp.Basic:
        """The expression with ``w**q`` replaced by its value in numerator and denominator."""
        if e.free_symbols.isdisjoint(w for w, _ in self.relations):
            return e
        top, bottom = sp.fraction(sp.together(e))
        return self.numerator(top) / self.numerator(bottom)

    def numerator(self, e: sp.Basic) -> sp.Basic:
        """A polynomial in the symbols ``w`` and in functions, each symbol below its degree.

        Raises
        ------
        Undecided
            If it would have too many terms.
        """
        if _terms(e) > _TERMS:
            raise Undecided("the expressions are too large")
        for w, f in reversed(self.relations):
            flat, functions = _functions_named(e)
            e = sp.expand(
                sum(
                    c * f ** (k // self.degree) * w ** (k % self.degree)
                    for (k,), c in sp.Poly(flat, w).terms()
                )
            ).xreplace(functions)
        flat, functions = _functions_named(e)
        return sp.expand(flat).xreplace(functions)


def _functions_named(e: sp.Basic) -> tuple[sp.Basic, dict[sp.Symbol, sp.Basic]]:
    """The outermost functions as symbols, so that what is left is algebra, and their meanings."""
    meanings = {}
    for f in sorted(e.atoms(sp.Function, sp.Sum), key=sp.count_ops, reverse=True):
        name = sp.Dummy(f.func.__name__)
        e, meanings[name] = e.xreplace({f: name}), f
    return e, meanings


def _terms(e: sp.Basic) -> int:
    """At most how many terms the expression has when it is multiplied out."""
    if isinstance(e, sp.Add):
        return sum(map(_terms, e.args))
    if isinstance(e, sp.Mul):
        return math.prod(map(_terms, e.args))
    if isinstance(e, sp.Pow) and e.exp.is_Integer and e.exp > 0:
        return _terms(e.base) ** int(e.exp)
    return 1


def _minus(f: sp.Basic) -> sp.Basic:
    return sp.expand_mul(-f)


def _factors(e: sp.Basic) -> list[tuple[sp.Basic, int]]:
    """Irreducible factors with their whole powers, negative in the denominator; primes included."""
    factors: list[tuple[sp.Basic, int]] = []
    for part, sign in zip(sp.fraction(sp.together(e)), (1, -1), strict=True):
        constant, found = sp.factor_list(part)
        factors += [(f, k * sign) for f, k in found]
        factors += [
            (sp.Integer(f), int(k) * sign)
            for f, k in sp.factorrat(sp.Rational(constant)).items()
            if f != 1
        ]
    return factors


def rooted(
    expression: sp.Basic, domains: Domains
) -> tuple[sp.Basic, Domains, dict[sp.Symbol, sp.Basic]]:
    """Symbols that stand under a root of their own, written as powers: ``v = w**2``.

    Then ``1 - beta`` is seen to hold the factor ``1 - sqrt(beta)``.

    Returns
    -------
    expression, domains, meanings
        The new expression, the domains with the new symbols, and what each of them stands for.
    """
    degrees: dict[sp.Symbol, int] = {}
    for p in expression.atoms(sp.Pow):
        if p.exp.is_Rational and p.base in domains and not domains[p.base].integer:
            degrees[p.base] = math.lcm(degrees.get(p.base, 1), int(p.exp.q))
    powers, new, meanings = {}, dict(domains), {}
    for s, degree in sorted(degrees.items(), key=lambda item: item[0].name):
        domain = domains[s]
        if not 1 < degree <= _HIGHEST or domain.low != 0 or domain.high not in (1, math.inf):
            continue
        w = named(f"w_{s.name}", domain)
        powers[s], new[w], meanings[w] = w**degree, domain, s ** sp.Rational(1, degree)
    return expression.xreplace(powers), new, meanings


def roots_of(expression: sp.Basic, domains: Domains) -> Roots:
    """An empty collection whose degree suits every root in the expression.

    Raises
    ------
    Undecided
        If a root has an index that no polynomial can be written for.
    """
    degrees = [p.exp.q for p in expression.atoms(sp.Pow) if p.exp.is_Rational]
    degree = math.lcm(*(int(q) for q in degrees))
    if degree > _HIGHEST:
        raise Undecided(f"a root of index {degree} is beyond {_HIGHEST}")
    return Roots(dict(domains), degree)
