"""Limits of expressions, proved and checked by number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise, product
from typing import Any

import sympy as sp

from ...domains import Domain
from ..bounded import OutOfTime, budget
from ..verdicts import Verdict, verdict
from .facts import Domains, canonical, end_of
from .hypotheses import of_domains
from .powers import name_powers, named
from .radicals import Undecided
from .sampling import Point, Undefined, Unsupported, points
from .signs import positive
from .sums import normal_sums

_STEPS = (sp.floor, sp.ceiling, sp.Mod)
_JUMPS = (sp.sign, sp.Piecewise, *_STEPS)
# What SymPy's limits raise where they find none, assertions and recursion among it.
_SYMPY_FAILS = (
    NotImplementedError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
    ZeroDivisionError,
)
_DOUBTFUL = 3
_FAR = tuple(sp.Integer(10) ** k for k in (20, 40, 80, 160))
_SECONDS = 20


def limit_verdict(
    expression: Any,
    variable: Any,
    to: Any,
    value: Any,
    *,
    domains: Mapping[Any, Any] | None = None,
) -> Verdict:
    """Decide whether an expression tends to a value as a variable tends to a point of its domain.

    A power ``beta**t`` with beta in (0, 1) is known to vanish as t grows. At an end of the
    variable's domain the limit is the one from inside. What takes SymPy longer than a fixed time is
    undecided, and so is a limit that the values are only far from at the points tried:
    ``1/log(t + 1)`` is .01 at 10^40. It is false where the values have come to rest elsewhere.

    Parameters
    ----------
    expression, value : expression or number
        What tends, and to what; ``value`` does not hold the variable.
    variable : symbol
        What moves.
    to : number or ``sympy.oo``
        Where it moves.
    domains : mapping, optional
        As for :func:`~optlib.algebra.verdicts.verdict`.
    """
    (e, target, x, end), known = canonical([expression, value, variable, to], domains)
    if target.has(x):
        raise ValueError(f"the limit {value} holds {variable}, which is gone in the limit")
    sides = _sides(x, end, known[x])
    others = {s: d for s, d in known.items() if s != x}
    facts = of_domains(known)
    try:
        with budget(_SECONDS):
            e = normal_sums(e, known)
            against = _at_rest_elsewhere(e, x, end, target, sides, others)
            if against is not None:
                return Verdict(False, *against, facts)
            _require_limit(e, x, end, target, known)
    except Unsupported as reason:
        return Verdict(False, None, None, facts, str(reason))
    except (Undecided, OutOfTime) as reason:
        return Verdict(False, None, None, facts, f"the limit is not proved ({reason})")
    return Verdict(True, None, None, facts)


def _require_limit(
    e: sp.Basic, x: sp.Symbol, end: sp.Basic, target: sp.Basic, known: Domains
) -> None:
    for new, inner in _signs(x, known):
        found = _limit(e.xreplace(new), x, end, inner)
        _require_equal(found, target.xreplace(new), inner)


def _require_equal(found: sp.Basic, target: sp.Basic, known: Domains) -> None:
    if not found.is_finite and found.is_number:
        raise Undecided(f"the limit found is {found}")
    if (same := verdict(found, target, domains=known)) or found == target:
        return
    raise Undecided(f"the limit found is {found}: {same}")


def _signs(x: sp.Symbol, known: Domains) -> Iterator[tuple[dict[sp.Symbol, sp.Basic], Domains]]:
    """Every combination of signs of the symbols that may vanish, which may change the limit."""
    doubtful = [s for s, d in known.items() if s != x and 0 in d]
    if len(doubtful) > _DOUBTFUL:
        raise Undecided("too many symbols may vanish")
    choices = [(1, -1, 0) if known[s].low < 0 else (1, 0) for s in doubtful]
    for signs in product(*choices):
        sizes = {s: named(s.name, Domain(low=0)) for s in doubtful}
        new = {s: sign * sizes[s] for s, sign in zip(doubtful, signs, strict=True)}
        yield new, known | {p: Domain(low=0) for p in sizes.values()}


def _sides(x: sp.Symbol, end: sp.Basic, domain: Domain) -> tuple[str, ...]:
    """The sides from which the end is approached: inside the domain."""
    if end in (sp.oo, -sp.oo):
        return ("-",) if end == sp.oo else ("+",)
    inside = [side for side, edge in (("+", domain.high), ("-", domain.low)) if end != end_of(edge)]
    if not domain.low <= end <= domain.high:
        raise ValueError(f"{x} stays in {domain}, away from {end}")
    return tuple(inside)


def _limit(e: sp.Basic, x: sp.Symbol, end: sp.Basic, known: Domains) -> sp.Basic:
    if e.has(sp.Sum):
        raise Undecided("a sum is left")
    if any(jump.has(x) for jump in e.atoms(*_STEPS)):
        raise Undecided("a whole part moves")
    if any(c.has(x) for branch in e.atoms(sp.Piecewise) for _, c in branch.args):
        raise Undecided("a branch moves")
    if end == sp.oo and (found := _powers_gone(e, x, known)) is not None:
        return found
    decay = {
        s: named(f"a_{s}", Domain(low=0))
        for s, d in known.items()
        if s != x and d.low >= 0 and d.high <= 1
    }
    z = sp.Dummy(x.name, positive=True) if known[x].low >= 0 else sp.Dummy(x.name, real=True)
    smooth = e.xreplace({s: sp.exp(-a) for s, a in decay.items()} | {x: z})
    _require_known_growth(smooth, z, {**known, **{a: Domain(low=0) for a in decay.values()}})
    try:
        found = {sp.limit(smooth, z, end, side) for side in _sides(x, end, known[x])}
    except _SYMPY_FAILS as reason:
        raise Undecided(str(reason) or "SymPy finds none") from reason
    if len(found) != 1 or found.copy().pop().has(sp.Limit, sp.AccumBounds, sp.nan):
        raise Undecided("the sides disagree" if len(found) > 1 else "SymPy finds none")
    return found.pop().subs({a: -sp.log(s) for s, a in decay.items()})


def _require_known_growth(e: sp.Basic, z: sp.Symbol, known: Domains) -> None:
    """SymPy takes one side where it cannot tell which of two powers grows faster.

    Powers that all vanish, over something that does not, need not be told apart.

    Raises
    ------
    Undecided
        If a comparison that matters is not shown.
    """
    e = sp.powsimp(e)
    exponents = {p.as_base_exp()[1] * sp.log(p.as_base_exp()[0]) for p in e.atoms(sp.exp, sp.Pow)}
    rates = {_rate(exponent, z) for exponent in exponents if exponent.has(z)} - {None}
    if all(positive(-r, known) for r in rates) and not _divides_by_powers(e, z):
        return
    for r, other in combinations([sp.Integer(0), *sorted(rates, key=str)], 2):
        difference = sp.expand(r - other)
        if not (difference == 0 or positive(difference, known) or positive(-difference, known)):
            raise Undecided(f"the sign of {difference} is not known")


def _divides_by_powers(e: sp.Basic, z: sp.Symbol) -> bool:
    """Whether nothing is left of the denominator once the powers in it have vanished."""
    # named first: SymPy writes a vanishing power as one over a growing one
    names = {p: sp.Dummy() for p in e.atoms(sp.exp, sp.Pow) if p.as_base_exp()[1].has(z)}
    below = sp.fraction(sp.together(e.xreplace(names)))[1]
    return sp.expand(below.xreplace(dict.fromkeys(names.values(), sp.Integer(0)))) == 0


def _rate(exponent: sp.Basic, z: sp.Symbol) -> sp.Basic | None:
    """The slope of an exponent that is linear in z; None for others, which SymPy compares."""
    exponent = sp.expand(exponent)
    return exponent.coeff(z, 1) if exponent.is_polynomial(z) else None


def _powers_gone(e: sp.Basic, x: sp.Symbol, known: Domains) -> sp.Basic | None:
    """The value with the vanishing powers set to 0, if nothing else moves or jumps there."""
    if e.has(*_JUMPS):
        return None
    flat, domains, meanings = name_powers(e, known, positive)
    moving = {q: m for q, m in meanings.items() if m.has(x)}
    if flat.has(x) or not moving:
        return None
    for q, meaning in moving.items():
        exponent = sp.expand(meaning.as_base_exp()[1])
        grows = exponent.is_polynomial(x) and positive(exponent.coeff(x), known)
        if domains[q].high != 1 or not grows or sp.degree(exponent, x) != 1:
            return None
    gone = dict.fromkeys(moving, sp.Integer(0))
    divides = (p.base for p in flat.atoms(sp.Pow) if not p.exp.is_nonnegative)
    if any(sp.expand(base.xreplace(gone)) == 0 for base in divides):
        return None
    value = flat.subs(gone)
    still = value.has(sp.zoo, sp.nan, sp.oo) or any(q in value.free_symbols for q in moving)
    return None if still else value.subs(meanings)


def _at_rest_elsewhere(
    e: sp.Basic,
    x: sp.Symbol,
    end: sp.Basic,
    target: sp.Basic,
    sides: tuple[str, ...],
    others: Domains,
) -> tuple[dict[str, sp.Rational], tuple[sp.Float, sp.Float]] | None:
    """A point close to the end, and both values there, if the values have come to rest elsewhere.

    They rest if they are the same at points ever closer to the end, and they are elsewhere if they
    are not close to the limit; values that grow at every point are elsewhere too.
    """
    for point in points(others, 16, seed="limit"):
        for side in sides:
            near = [Point({**point.given, x: place}) for place in _places(end, side)]
            try:
                values = [p.evaluate(e, 400) for p in near]
                limit = near[-1].evaluate(target, 400)
            except Unsupported:
                raise
            except Undefined:
                continue
            if _rests(values, limit):
                return near[-1].values, (sp.Float(values[-1], 45), sp.Float(limit, 45))
    return None


def _places(end: sp.Basic, side: str) -> list[sp.Rational]:
    """Points ever closer to the end, from one side."""
    if end in (sp.oo, -sp.oo):
        return [far * (1 if end == sp.oo else -1) for far in _FAR]
    return [end + (1 if side == "+" else -1) / far for far in _FAR]


def _rests(values: list[Any], limit: Any) -> bool:
    """Whether the values stay away from the limit, at one place or ever farther."""
    away = [abs(v - limit) for v in values]
    if away[-1] <= 1e-6 * (1 + abs(limit)):
        return False
    same = abs(values[-1] - values[-2]) <= 1e-9 * abs(values[-1] - limit)
    grows = all(b >= 2 * a > 0 for a, b in pairwise(away))
    return bool(same or grows)
