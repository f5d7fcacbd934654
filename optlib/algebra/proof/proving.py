"""The proof that two expressions are equal: by form, by algebra, by cases, by sums.

Every method is sound and none is complete: what is not proved here is undecided.
"""

from __future__ import annotations

import sympy as sp

from .cases import Case, split, unopened
from .facts import Domains
from .hypotheses import Hypothesis
from .powers import name_powers
from .radicals import Undecided, rooted, roots_of
from .signs import positive
from .sums import normal_sums

_CASES = 90
_SMALL = 60
_LARGEST = 1500


def prove_equal(lhs: sp.Basic, rhs: sp.Basic, domains: Domains) -> list[Hypothesis]:
    """Prove that the sides are equal wherever both are defined.

    Returns
    -------
    list of Hypothesis
        Facts beyond the domains that the proof uses, such as ``1 - beta2**t > 0``.

    Raises
    ------
    Undecided
        If no method proves it.
    """
    if lhs == rhs:
        return []
    used: list[Hypothesis] = []
    difference = normal_sums(lhs - rhs, domains, used)
    if _vanishes(difference) or _vanishes(_numerator(unopened(difference))):
        return list(dict.fromkeys(used))
    difference, domains, meanings = rooted(sp.expand_log(difference), domains)
    waiting = [Case(difference, domains, {})]
    for _ in range(_CASES):
        if not waiting:
            return list(dict.fromkeys(_in_symbols(f, meanings) for f in used))
        case = waiting.pop()
        if _undefined(case.expression):
            continue
        cases = split(case)
        if cases is not None:
            waiting += _nonempty(list(cases))
            continue
        remaining = _algebra(case, used)
        if remaining is not None:
            waiting.append(remaining)
    raise Undecided("too many cases")


def _vanishes(difference: sp.Basic) -> bool:
    return difference == 0 or (sp.count_ops(difference) <= _LARGEST and sp.expand(difference) == 0)


def _numerator(e: sp.Basic) -> sp.Basic:
    return sp.fraction(sp.together(e))[0]


def _in_symbols(fact: Hypothesis, meanings: dict[sp.Symbol, sp.Basic]) -> Hypothesis:
    return Hypothesis(fact.expression.subs(meanings), fact.pattern)


def _undefined(e: sp.Basic) -> bool:
    """Whether a side is undefined throughout a case; a branch that is not taken may be."""
    return e.has(sp.nan, sp.zoo) and not e.has(sp.Piecewise)


def _nonempty(cases: list[Case]) -> list[Case]:
    if not cases:
        raise Undecided("a comparison is not decided")
    return cases


def _algebra(case: Case, used: list[Hypothesis]) -> Case | None:
    """None if the case's expression is shown to vanish; a new case if a root compares."""
    if sp.count_ops(case.expression) > _LARGEST:
        raise Undecided("the expressions are too large")
    named_one, domains, meanings = name_powers(case.expression, case.domains, positive)
    roots = roots_of(named_one, domains)
    rational = roots.rewrite(named_one)
    if rational.has(sp.Abs):
        return Case(_meant(rational, roots, meanings), case.domains, case.signs)
    if roots.numerator(_numerator(rational)) == 0 or _simplified(case.expression) == 0:
        known = [_meant(f, roots, meanings) for f in roots.used if _names_power(f, meanings)]
        used += [Hypothesis(f, "@ > 0") for f in known]
        return None
    raise Undecided("no method shows the sides equal")


def _simplified(e: sp.Basic) -> sp.Basic:
    return sp.simplify(e) if sp.count_ops(e) <= _SMALL and not e.has(sp.Sum) else e


def _meant(e: sp.Basic, roots: object, meanings: dict[sp.Symbol, sp.Basic]) -> sp.Basic:
    """The expression with the names for roots and powers written out again."""
    for w, f in reversed(roots.relations):
        e = e.subs(w, f ** sp.Rational(1, roots.degree))
    return sp.powsimp(e.subs(meanings))


def _names_power(f: sp.Basic, meanings: dict[sp.Symbol, sp.Basic]) -> bool:
    """Whether a radicand is about named powers alone, so that its sign is worth a line."""
    return not f.free_symbols.isdisjoint(meanings) and not any(
        isinstance(s, sp.Dummy) and s not in meanings for s in f.free_symbols
    )
