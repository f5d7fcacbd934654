"""Case splits: absolute values, signs, maxima and branches, decided by the sign of one quantity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sympy as sp
from sympy.core.relational import Relational

from ...domains import Domain
from .facts import Domains
from .powers import named
from .signs import nonnegative, positive

_LARGEST = 40
_KINDS = (sp.Abs, sp.sign, sp.Max, sp.Min, sp.Piecewise)


@dataclass(frozen=True)
class Case:
    """One case: the expression without the quantity's sign in doubt, and what is known in it."""

    expression: sp.Basic
    domains: Domains
    signs: dict[sp.Basic, int]


def innermost(expression: sp.Basic) -> sp.Basic | None:
    """A comparison that holds no other, or None if there is none."""
    found = sorted(expression.atoms(*_KINDS), key=lambda e: (sp.count_ops(e), str(e)))
    return found[0] if found else None


def unopened(expression: sp.Basic) -> sp.Basic:
    """The expression with a symbol for each comparison that no other holds.

    Where this vanishes, so does the expression, whatever the comparisons decide.
    """
    return expression.xreplace({node: sp.Dummy() for node in expression.atoms(*_KINDS)})


def split(case: Case) -> Iterator[Case] | None:
    """The cases by the sign of an innermost comparison; None if nothing is in doubt.

    Together the cases cover every point at which the expression is defined.
    """
    node = innermost(case.expression)
    if node is None:
        return None
    comparison = _compared(node)
    if comparison is None:
        return iter(())
    sign, doubtful = _sign(comparison, case)
    if doubtful is not None:
        return _by_sign(doubtful, case)
    resolved = _resolve(node, comparison, sign)
    return iter([Case(case.expression.xreplace({node: resolved}), case.domains, case.signs)])


def _compared(node: sp.Basic) -> sp.Basic | None:
    if isinstance(node, sp.Abs | sp.sign):
        return node.args[0]
    if isinstance(node, sp.Max | sp.Min):
        return node.args[0] - node.args[1]
    relations = sorted(set().union(*(c.atoms(Relational) for _, c in node.args)), key=str)
    return relations[0].lhs - relations[0].rhs if relations else None


def _sign(e: sp.Basic, case: Case) -> tuple[int, sp.Basic | None]:
    """The sign as a product of known signs, or the first factor whose sign is in doubt."""
    known = _factor_sign(e, case)
    if known is not None:
        return known, None
    if sp.count_ops(e) > _LARGEST:
        return 0, e
    top, bottom = sp.fraction(sp.together(e))
    if sp.expand(top) == 0:
        return 0, None
    try:
        tops, bottoms = sp.factor_list(top), sp.factor_list(bottom)
    except sp.PolynomialError:  # the roots of a quotient are too much for the factorisation
        return 0, e
    sign = int(sp.sign(tops[0]) * sp.sign(bottoms[0]))
    for f, k in [*tops[1], *bottoms[1]]:
        known = _factor_sign(f, case)
        if known is None:
            return 0, f
        sign *= known**k
    return sign, None


def _factor_sign(f: sp.Basic, case: Case) -> int | None:
    if f in case.signs:
        return case.signs[f]
    if positive(f, case.domains):
        return 1
    return -1 if positive(sp.expand_mul(-f), case.domains) else None


def _by_sign(f: sp.Basic, case: Case) -> Iterator[Case]:
    """The cases f = 0, f > 0, f < 0; f is replaced by 0 or by a symbol if that can be done."""
    yield _substituted(case, f, 0, _linear(f, case.domains))
    for sign in (1, -1):
        excluded = sp.expand_mul(-sign * f)
        if nonnegative(excluded, case.domains):
            continue
        variable = _linear(f, case.domains)
        on_line = variable is not None and case.domains[variable] == Domain()
        yield _substituted(case, f, sign, variable if on_line or variable == f else None)


def _substituted(case: Case, f: sp.Basic, sign: int, variable: sp.Symbol | None) -> Case:
    """The case in which f has this sign, f itself written as a symbol if a variable is given."""
    if variable is None:
        return Case(case.expression, case.domains, {**case.signs, f: sign})
    p, line = named("p", Domain(low=0)), Domain(low=0)
    slope, rest = f.coeff(variable), f.subs(variable, 0)
    new = {variable: sp.expand((sign * p - rest) / slope)}
    signs = {sp.expand(k.xreplace(new)): s for k, s in case.signs.items()}
    return Case(case.expression.xreplace(new), {**case.domains, p: line}, signs)


def _linear(f: sp.Basic, domains: Domains) -> sp.Symbol | None:
    """A variable in which f is linear with a number as slope, if possible an unbounded one."""
    found = []
    for s in sorted(f.free_symbols, key=str):
        # not by `degree`, which may take minutes over what stands beside the variable
        slope = f.diff(s) if f.is_polynomial(s) else sp.S.Zero
        if slope.is_number and slope == f.coeff(s) != 0:
            found.append(s)
    return min(found, key=lambda s: domains[s] != Domain(), default=None)


def _resolve(node: sp.Basic, comparison: sp.Basic, sign: int) -> sp.Basic:
    if isinstance(node, sp.Abs):
        return sign * comparison
    if isinstance(node, sp.sign):
        return sp.Integer(sign)
    if isinstance(node, sp.Max | sp.Min):
        first, second, *others = node.args
        larger = first if sign >= 0 else second
        smaller = second if sign >= 0 else first
        return node.func(larger if isinstance(node, sp.Max) else smaller, *others)
    truths = {
        r: _COMPARE[r.rel_op](sign) for r in node.atoms(Relational) if r.lhs - r.rhs == comparison
    }
    return sp.Piecewise(*((e, sp.sympify(c).xreplace(_booleans(truths))) for e, c in node.args))


def _booleans(truths: dict[sp.Basic, bool]) -> dict[sp.Basic, sp.Basic]:
    return {r: sp.true if value else sp.false for r, value in truths.items()}


_COMPARE = {
    "<": lambda s: s < 0,
    "<=": lambda s: s <= 0,
    ">": lambda s: s > 0,
    ">=": lambda s: s >= 0,
    "==": lambda s: s == 0,
    "!=": lambda s: s != 0,
}
