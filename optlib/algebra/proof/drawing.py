"""Exact rational numbers drawn from a domain."""

from __future__ import annotations

import math
from random import Random

import sympy as sp

from ...domains import Domain
from .facts import end_of

_PLAIN = [sp.Rational(*p) for p in [(1, 2), (1, 1), (2, 1), (3, 1), (1, 10), (10, 1), (1, 100)]]
_PLAIN_UNIT = [sp.Rational(*p) for p in [(1, 2), (9, 10), (1, 3), (999, 1000), (1, 10), (3, 4)]]


def draw(domain: Domain, rng: Random, plain: bool) -> sp.Rational:
    """A number of the domain, easily read or of any magnitude; sometimes a closed end."""
    ends = [e for e, closed in _ends(domain) if closed and math.isfinite(e)]
    if ends and rng.random() < 0.15:
        return end_of(rng.choice(ends))
    if domain.integer:
        return _whole(domain, rng, plain)
    if math.isfinite(domain.low) and math.isfinite(domain.high):
        low, high = end_of(domain.low), end_of(domain.high)
        return low + (high - low) * _unit(rng, plain)
    size = rng.choice(_PLAIN) if plain else _magnitude(rng)
    if math.isfinite(domain.low):
        return end_of(domain.low) + size
    if math.isfinite(domain.high):
        return end_of(domain.high) - size
    return rng.choice([-1, 1]) * size if rng.random() > 0.1 else sp.Integer(0)


def _ends(domain: Domain) -> list[tuple[float, bool]]:
    return [(domain.low, domain.closed_low), (domain.high, domain.closed_high)]


def _unit(rng: Random, plain: bool) -> sp.Rational:
    if plain:
        return rng.choice(_PLAIN_UNIT)
    small = sp.Rational(rng.randint(101, 997), 10 ** rng.randint(3, 6))
    return rng.choice([small, 1 - small])


def _magnitude(rng: Random) -> sp.Rational:
    return rng.randint(101, 997) * sp.Rational(10) ** rng.randint(-10, 1)


def _whole(domain: Domain, rng: Random, plain: bool) -> sp.Integer:
    size = rng.choice([1, 2, 3, 5, 10]) if plain else int(10 ** rng.uniform(0, 2.2))
    low = math.ceil(domain.low) if math.isfinite(domain.low) else -math.inf
    high = math.floor(domain.high) if math.isfinite(domain.high) else math.inf
    if math.isfinite(low):
        low += domain.low not in domain
        return sp.Integer(min(low + size - 1, high - (domain.high not in domain)))
    if math.isfinite(high):
        return sp.Integer(high - (domain.high not in domain) - size + 1)
    return sp.Integer(rng.choice([-1, 1]) * size)
