"""Sums with symbolic ends, brought to a form in which equal sums look equal.

The index is shifted so that a sequence reads ``g(j)``, factors without the index go in front, sums
of several terms are split, ends that differ by whole numbers are aligned by peeling terms off, and
geometric sums are closed.
"""

from __future__ import annotations

from collections import defaultdict

import sympy as sp
from sympy.core.function import AppliedUndef

from .facts import Domains, index_domain
from .hypotheses import Hypothesis
from .signs import positive

_LONGEST = 60
_INDEX = sp.Dummy("j", integer=True)


def normal_sums(
    expression: sp.Basic, domains: Domains, used: list[Hypothesis] | None = None
) -> sp.Basic:
    """The expression with its sums in normal form; anything without a sum is returned as it is.

    What a closed form assumes beyond the domains, a ratio that is not 1, is added to ``used``.
    """
    used = [] if used is None else used
    if not expression.has(sp.Sum):
        return expression
    for _ in range(4):
        inner = [s for s in expression.atoms(sp.Sum) if not s.function.has(sp.Sum)]
        new = {s: _one(s, domains, used) for s in inner}
        if all(s == e for s, e in new.items()):
            break
        expression = expression.xreplace(new)
    return _aligned(expression)


def _one(s: sp.Sum, domains: Domains, used: list[Hypothesis]) -> sp.Basic:
    """One sum as coefficients times sums of products that hold the index in every factor."""
    *inner, (index, low, high) = s.limits
    if inner:
        within = domains | {index: index_domain(low, high)}
        closed = _one(sp.Sum(s.function, *inner), within, used)
        return s if closed.has(sp.Sum) else _one(sp.Sum(closed, (index, low, high)), domains, used)
    length = sp.expand(high - low)
    if length.is_Integer and length <= _LONGEST:
        return sp.Add(*(s.function.subs(index, low + k) for k in range(int(length) + 1)))
    j = sp.Dummy("k", integer=True)
    terms = sp.Add.make_args(sp.expand(s.function.xreplace({index: j})))
    return sp.Add(*(_term(t, j, low, high, domains, used) for t in terms))


def _term(
    term: sp.Basic,
    j: sp.Symbol,
    low: sp.Basic,
    high: sp.Basic,
    domains: Domains,
    used: list[Hypothesis],
) -> sp.Basic:
    direction, offset = _argument(term, j) or (
        sp.Integer(1),
        -low if low.is_finite else sp.Integer(0),
    )
    # the new index is direction*j + offset, so that j = direction*(new - offset)
    term = term.subs(j, direction * (_INDEX - offset))
    ends = [direction * low + offset, direction * high + offset]
    low, high = (sp.expand(a) for a in (ends if direction == 1 else reversed(ends)))
    term = sp.powsimp(sp.expand(sp.expand_power_exp(sp.expand_power_base(term))))
    factors = sp.Mul.make_args(sp.expand_power_exp(sp.expand(term, power_base=True)))
    outside = sp.Mul(*(f for f in factors if not f.has(_INDEX)))
    inside = sp.powsimp(sp.Mul(*(f for f in factors if f.has(_INDEX))))
    closed = _geometric(inside, low, high, domains, used)
    return outside * (closed if closed is not None else sp.Sum(inside, (_INDEX, low, high)))


def _argument(term: sp.Basic, j: sp.Symbol) -> tuple[sp.Integer, sp.Basic] | None:
    """The argument ``direction * j + offset`` of the first sequence, direction 1 or -1."""
    for call in sorted(term.atoms(AppliedUndef), key=str):
        argument = sp.expand(call.args[0])
        direction = argument.coeff(j)
        if direction in (1, -1) and not (argument - direction * j).has(j):
            return direction, argument - direction * j
    return None


def _geometric(
    inside: sp.Basic, low: sp.Basic, high: sp.Basic, domains: Domains, used: list[Hypothesis]
) -> sp.Basic | None:
    """The closed form of a sum of ``ratio**j``, or of a polynomial in j; None if it is neither."""
    if inside.has(AppliedUndef):
        return None
    if inside.is_polynomial(_INDEX) and high.is_finite is not False:
        return sp.summation(inside, (_INDEX, low, high))
    ratio = sp.powsimp(sp.simplify(inside.subs(_INDEX, _INDEX + 1) / inside))
    if ratio.has(_INDEX):
        return _by_parts(inside, low, high, domains)
    if high == sp.oo:
        if positive(ratio, domains) and positive(1 - ratio, domains):
            return inside.subs(_INDEX, low) / (1 - ratio)
        return None
    if not (positive(1 - ratio, domains) or positive(ratio - 1, domains)):
        if ratio == 1:
            return None
        used.append(Hypothesis(ratio, "@ != 1"))
    return (inside.subs(_INDEX, low) - inside.subs(_INDEX, high + 1)) / (1 - ratio)


def _by_parts(inside: sp.Basic, low: sp.Basic, high: sp.Basic, domains: Domains) -> sp.Basic | None:
    """The closed form of a sum of ``j * ratio**j * rest``, by one summation by parts."""
    rest = sp.cancel(inside / _INDEX)
    ratio = sp.powsimp(sp.simplify(rest.subs(_INDEX, _INDEX + 1) / rest))
    if ratio.has(_INDEX) or not (positive(ratio, domains) and positive(1 - ratio, domains)):
        return None
    first = rest.subs(_INDEX, low)
    head = first * (low / (1 - ratio) + ratio / (1 - ratio) ** 2)
    if high == sp.oo:
        return head
    end = rest.subs(_INDEX, high + 1)
    return head - end * ((high + 1) / (1 - ratio) + ratio / (1 - ratio) ** 2)


def _aligned(expression: sp.Basic) -> sp.Basic:
    """Sums over the same terms cut to a common range, the terms at the ends written out."""
    groups: dict[tuple[sp.Basic, ...], list[sp.Sum]] = defaultdict(list)
    # A sum over several indices is left whole: its inner ends may hold the outer index.
    single = (s for s in expression.atoms(sp.Sum) if len(s.limits) == 1)
    for s in sorted(single, key=str):
        low, high = s.limits[0][1:]
        # ends that differ by a whole number have the same part without numbers
        groups[s.function, _symbolic(low), _symbolic(high)].append(s)
    new = {}
    for sums in groups.values():
        first = max((s.limits[0][1] for s in sums), key=_number)
        last = min((s.limits[0][2] for s in sums), key=_number)
        new |= {s: _cut(s, first, last) for s in sums}
    return expression.xreplace(new)


def _number(end: sp.Basic) -> sp.Basic:
    return end.as_coeff_Add()[0] if end.is_finite is not False else sp.Integer(0)


def _symbolic(end: sp.Basic) -> sp.Basic:
    return end.as_coeff_Add()[1] if end.is_finite is not False else end


def _cut(s: sp.Sum, first: sp.Basic, last: sp.Basic) -> sp.Basic:
    index, low, high = s.limits[0]
    before = sp.expand(first - low) if first.is_finite is not False else sp.Integer(0)
    after = sp.expand(high - last) if last.is_finite is not False else sp.Integer(0)
    terms = [low + k for k in range(int(before))] + [high - k for k in range(int(after))]
    return sp.Add(
        sp.Sum(s.function, (index, first, last)), *(s.function.subs(index, k) for k in terms)
    )
