"""Whether an expression has a value wherever another one has: by a search and by a proof."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp
from sympy.core.relational import Relational

from .facts import Domains
from .sampling import Undefined, points
from .signs import nonnegative, positive

# Functions with a finite real value for all real arguments.
_TOTAL = sp.Add, sp.Mul, sp.Abs, sp.sign, sp.Max, sp.Min, sp.exp, sp.cos, sp.sin, sp.floor


def gap(
    expression: sp.Basic, reference: sp.Basic, domains: Domains, count: int
) -> dict[str, sp.Rational] | None:
    """A sampled point at which the reference has a finite real value and the expression has none.

    Returns
    -------
    dict or None
        Name -> exact number; None if there is no such point among ``count``.
    """
    for point in points(domains, count):
        try:
            point.evaluate(reference)
        except Undefined:
            continue
        try:
            point.evaluate(expression)
        except Undefined:
            return point.values
    return None


def defined(expression: sp.Basic, domains: Domains, reference: sp.Basic = sp.S.Zero) -> bool:
    """Whether the expression is shown to have a finite real value wherever the reference has one.

    Every root, power, quotient and logarithm in it must be shown to have one, or occur in the
    reference. False means that it was not shown.
    """
    granted = set(_evaluated(reference))
    divisors = {f for e in granted if _divides(e) for f in _factors(e.base)}
    return _defined(expression, domains, granted, divisors)


def _evaluated(e: sp.Basic) -> Iterator[sp.Basic]:
    """The parts that must have a value if the whole has one: no branches that may not be taken."""
    yield e
    if not isinstance(e, sp.Piecewise | sp.Sum):
        for part in e.args:
            yield from _evaluated(part)


def _divides(e: sp.Basic) -> bool:
    return isinstance(e, sp.Pow) and bool(e.exp.is_negative)


def _factors(e: sp.Basic) -> tuple[sp.Basic, ...]:
    return sp.Mul.make_args(sp.factor_terms(e))


def _defined(e: sp.Basic, domains: Domains, granted: set, divisors: set) -> bool:
    if e in granted or e in domains:
        return True
    if isinstance(e, sp.Piecewise):
        sides = (s for _, c in e.args for relation in c.atoms(Relational) for s in relation.args)
        parts, own = [*(value for value, _ in e.args), *sides], e.args[-1].cond == sp.true
    elif isinstance(e, sp.Pow):
        parts, own = e.args, _power(e, domains, divisors)
    elif isinstance(e, sp.log):
        parts, own = e.args, positive(e.args[0], domains)
    elif isinstance(e, _TOTAL):
        parts, own = e.args, True
    else:
        parts, own = (), e.is_number and not e.args and bool(e.is_real)
    return own and all(_defined(part, domains, granted, divisors) for part in parts)


def _power(e: sp.Pow, domains: Domains, divisors: set) -> bool:
    base, exponent = e.args
    if positive(base, domains):
        return True
    if exponent.is_integer and nonnegative(exponent, domains):
        return True
    if exponent.is_integer:
        return all(_not_zero(f, domains, divisors) for f in _factors(base))
    return positive(exponent, domains) and nonnegative(base, domains)


def _not_zero(factor: sp.Basic, domains: Domains, divisors: set) -> bool:
    if factor in divisors or -factor in divisors:
        return True
    return positive(factor, domains) or positive(sp.expand_mul(-factor), domains)
