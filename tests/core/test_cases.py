"""Proofs by cases: every relation, every sign, comparisons with and without factors."""

from itertools import permutations

import pytest
import sympy as sp
from claims_false import Claim, R, beta, t, v, x, y, z
from provers import shown_equal

from optlib.algebra.proof.cases import Case, innermost, split
from optlib.domains import Domain

RELATIONS = [sp.Lt, sp.Le, sp.Gt, sp.Ge, sp.Eq, sp.Ne]


# A comparison that is resolved by its line, and one that no symbol solves.
SIDES = [(x, y), (x**2 + y**2, sp.Integer(1))]


@pytest.mark.parametrize("sides", SIDES, ids=str)
@pytest.mark.parametrize("relation", RELATIONS, ids=lambda r: r.__name__)
def test_a_relation_holds_where_its_negation_does_not(relation, sides):
    here = relation(*sides)
    away = sp.Piecewise((0, sp.Not(here)), (y, z > 0), (x, True))
    where = sp.Piecewise((sp.Piecewise((y, z > 0), (x, True)), here), (0, True))
    assert shown_equal(Claim(away, where))


@pytest.mark.parametrize("sides", SIDES, ids=str)
@pytest.mark.parametrize(
    "pair", [*permutations(RELATIONS, 2)], ids=lambda p: " and ".join(r.__name__ for r in p)
)
def test_no_relation_is_taken_for_another(pair, sides):
    one, other = (sp.Piecewise((1, r(*sides)), (2, z > 0), (3, True)) for r in pair)
    assert not shown_equal(Claim(one, other))


BIG = sp.expand((x + 2 * y - z + 1) ** 3) + 5
TRUE = [
    (sp.sign(x**3 * y**2), sp.sign(x) * sp.sign(y) ** 2),
    (sp.sign(x**2 * y), sp.sign(x) ** 2 * sp.sign(y)),
    (sp.sign(-2 * x), -sp.sign(x)),
    (sp.sign(x * y / (-3 - v)), -sp.sign(x) * sp.sign(y)),
    (sp.sign(2 * x - 2 * y), -sp.sign(y - x)),
    (sp.Abs(x * y - x), sp.Abs(x) * sp.Abs(y - 1)),
    (sp.Abs(x**2 - y**2), sp.Abs(x - y) * sp.Abs(x + y)),
    (sp.sign(BIG) ** 3, sp.sign(BIG)),
    (sp.Piecewise((1, BIG > 0), (0, True)), (1 + sp.sign(BIG)) * sp.sign(BIG) / 2),
    (sp.sign((x + 1) ** 2 - x**2 - 2 * x - 1), 0),
    (sp.Max(x, y, z), -sp.Min(-x, -y, -z)),
    (sp.Min(x, y, z), sp.Min(z, sp.Min(x, y))),
    (sp.Max(x, y) * sp.Min(x, y), x * y),
    (sp.Abs(beta - x) * sp.sign(beta - x), beta - x),
    (sp.Max(beta, R(1, 2)) + sp.Min(beta, R(1, 2)), beta + R(1, 2)),
    (sp.Abs(beta - R(1, 2)) * sp.Abs(1 - beta**2), sp.Abs(beta - R(1, 2)) * (1 - beta**2)),
    (sp.Abs(x**2 - y) * sp.sign(x**2 - y), x**2 - y),
    (sp.Max(v, -v), v),
    (sp.sign(1 + x**2), 1),
    (sp.sign(-1 - x**2), -1),
    (sp.sign(t), 1),
    (sp.Abs(sp.Abs(x) - 1), sp.Max(sp.Abs(x) - 1, 1 - sp.Abs(x))),
    (sp.sign(x) ** 3, sp.sign(x)),
    (x / sp.Abs(x), sp.sign(x)),
]


@pytest.mark.parametrize("sides", TRUE, ids=lambda s: str(s[0])[:40])
def test_true_claims_of_signs_are_shown_and_no_other_value_is(sides):
    lhs, rhs = sides
    assert shown_equal(Claim(lhs, rhs))
    assert not shown_equal(Claim(lhs, rhs + R(1, 10**9)))
    assert not shown_equal(Claim(lhs, -rhs - 1))


LINE = Domain()
COVERED = [
    (sp.Abs(x), {x: LINE}),
    (sp.sign(2 * x - 3), {x: LINE}),
    (sp.Max(x, y), {x: Domain(0, 1), y: LINE}),
    (sp.Max(x, y), {x: Domain(0, 1), y: Domain(0, 1)}),
    (sp.Min(3 * x - 1, 2), {x: Domain(0, closed_low=True)}),
    (sp.Abs(x * y - 1), {x: LINE, y: LINE}),
]


@pytest.mark.parametrize(("expression", "domains"), COVERED, ids=str)
def test_the_cases_are_one_of_each_sign_and_nothing_is_left_in_doubt(expression, domains):
    cases = list(split(Case(expression, domains, {})))
    assert len(cases) == 3
    for case in cases:
        while innermost(case.expression) is not None:
            (case,) = split(case)
    assert split(Case(x + y, {x: LINE, y: LINE}, {})) is None
