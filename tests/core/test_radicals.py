"""Roots as algebra: what is rewritten keeps its value, and equal things look equal."""

import pytest
import sympy as sp
from claims_false import DOMAINS, Claim, R, beta, eps, gamma, t, v, x, y, z
from provers import facts_used, shown_equal

from optlib.algebra.proof.facts import canonical
from optlib.algebra.proof.radicals import Roots, _terms, rooted, roots_of

AT = {"x": R(7, 2), "y": R(9, 4), "z": 5, "beta": R(1, 3), "gamma": R(1, 5), "v": 3, "eps": R(1, 7)}
AT["t"] = 4
Q = sp.sqrt(1 + v)
COSINE = sp.cos(1 + sp.cos(Q))


def value(e, roots):
    """The value at numbers, where each symbol ``w`` is the root of what stands under it."""
    for w, f in reversed(roots.relations):
        e = e.subs(w, f ** R(1, roots.degree))
    return sp.N(e.subs({s: AT[s.name] for s in e.free_symbols}), 40)


REWRITTEN = [
    sp.sqrt(v),
    sp.sqrt(12 * v) + sp.sqrt(R(2, 3)),
    sp.sqrt(v * beta) / sp.sqrt(1 - beta),
    sp.sqrt(sp.expand((1 - beta) ** 2 * (1 + v))),
    sp.sqrt(sp.expand((beta - 2) * (gamma - 3))),
    1 / sp.sqrt(sp.expand((beta - 2) * (gamma - 3) ** 3)),
    sp.sqrt(sp.expand((x - 1) ** 2 * v)),
    sp.sqrt(sp.expand((x - 1) ** 3)),
    sp.sqrt(sp.expand((x - y) * (y - 1))),
    sp.sqrt(x) * sp.sqrt(x + y),
    v ** R(1, 3) * sp.sqrt(v) + v ** R(-5, 6),
    (v / beta) ** R(7, 4),
    (2 * v) ** R(3, 2),
    sp.sqrt(v + sp.sqrt(beta)) * sp.sqrt(v - v * sp.sqrt(beta)),
    sp.sqrt(1 + sp.sqrt(1 + sp.sqrt(v))),
    sp.log(v + 1) - sp.log(sp.sqrt(eps)),
    sp.log(beta**2 * (1 - gamma) / eps),
    sp.log((beta - 1) * (gamma - 2)),
    sp.log(x * eps) + sp.log(x / beta**3),
    sp.exp(sp.sqrt(v) ** 2 + x),
    sp.cos(sp.sqrt(v) * sp.sqrt(v) + sp.sqrt(beta)),
    sp.Abs(x - 4) * sp.sqrt(v),
]


@pytest.mark.parametrize("expression", REWRITTEN, ids=str)
def test_what_is_rewritten_keeps_its_value(expression):
    (e,), known = canonical([expression], DOMAINS)
    roots = roots_of(e, known)
    again = roots.rewrite(e)
    assert not any(p.exp.is_Rational and not p.exp.is_Integer for p in again.atoms(sp.Pow))
    assert abs(value(again, roots) - value(e, roots)) < 1e-30
    assert abs(value(roots.reduce(again), roots) - value(e, roots)) < 1e-30
    for w, f in roots.relations:
        assert all(k % 2 for _, k in sp.factor_list(f)[1])
        root = value(w, roots)
        assert (root in roots.domains[w]) and abs(root**roots.degree - value(f, roots)) < 1e-30


def test_a_root_of_a_square_of_no_known_sign_is_a_root_still():
    """The fourth root of a square is the root of a size, which must be given a name too."""
    (e,), known = canonical([sp.expand((x - 1) ** 2) ** R(1, 4)], DOMAINS)
    roots = roots_of(e, known)
    again = roots.rewrite(e)
    assert all(p.exp.is_Integer for p in again.atoms(sp.Pow))
    assert abs(value(again, roots) - value(e, roots)) < 1e-30


@pytest.mark.parametrize("function", [sp.cos, sp.exp, sp.log, lambda e: sp.sqrt(x * e)])
def test_a_function_of_equal_arguments_is_one_expression(function):
    (one, other), known = canonical([function((Q + 1) * (Q - 1) + 2), function(v + 2)], DOMAINS)
    roots = roots_of(one, known)
    assert roots.rewrite(one) == roots.rewrite(other)


@pytest.mark.parametrize("expression", REWRITTEN[:15], ids=str)
def test_a_polynomial_in_roots_is_reduced_below_their_degree(expression):
    (e,), known = canonical([expression], DOMAINS)
    roots = roots_of(e, known)
    top = sp.fraction(sp.together(roots.rewrite(e)))[0]
    reduced = roots.numerator(sp.expand(top * (top + 2) ** 3))
    for w, _ in roots.relations:
        assert sp.degree(reduced, w) < roots.degree
    assert abs(value(reduced, roots) - value(top * (top + 2) ** 3, roots)) < 1e-25


@pytest.mark.parametrize(
    ("expression", "domains", "replaced"),
    [
        (sp.sqrt(v), {}, {"v": 2}),
        (v ** R(1, 3) + sp.sqrt(v), {}, {"v": 6}),
        (sp.sqrt(beta) + eps ** R(2, 5), {}, {"beta": 2, "eps": 5}),
        (v**2 + beta, {}, {}),
        (sp.sqrt(x), {}, {}),
        (sp.sqrt(x), {"x": "(0, 2)"}, {}),
        (sp.sqrt(x), {"x": "(1, inf)"}, {}),
        (sp.sqrt(t), {}, {}),
        (sp.sqrt(v + 1), {}, {}),
    ],
    ids=str,
)
def test_a_symbol_under_a_root_becomes_a_power_with_the_same_domain(expression, domains, replaced):
    (e,), known = canonical([expression], {**DOMAINS, **domains})
    powers, new, meanings = rooted(e, known)
    assert powers.subs(meanings) == e
    found = {m.base.name: (int(1 / m.exp), new[w] == known[m.base]) for w, m in meanings.items()}
    assert found == {name: (degree, True) for name, degree in replaced.items()}


TRUE = [
    (sp.sqrt(v * (1 - beta) ** 3), (1 - beta) * sp.sqrt(v) * sp.sqrt(1 - beta)),
    (sp.sqrt((beta - 1) * (gamma - 1) ** 3), sp.sqrt(1 - beta) * (1 - gamma) ** R(3, 2)),
    ((1 - sp.sqrt(beta)) * (1 + sp.sqrt(beta)), 1 - beta),
    (sp.sqrt(1 + sp.sqrt(beta)) * sp.sqrt(1 - sp.sqrt(beta)), sp.sqrt(1 - beta)),
    (1 / (sp.sqrt(v + 1) - sp.sqrt(v)), sp.sqrt(v + 1) + sp.sqrt(v)),
    (sp.sqrt(5 + 2 * sp.sqrt(6)), sp.sqrt(2) + sp.sqrt(3)),
    (v ** R(2, 3) * v ** R(-1, 6), sp.sqrt(v)),
    (sp.sqrt(sp.expand((x - y) ** 2 * 3)), sp.sqrt(3) * sp.Abs(x - y)),
    (sp.sqrt((x * y) ** 2), sp.Abs(x) * sp.Abs(y)),
    (sp.sqrt(sp.expand((x - 1) ** 2 * (1 + v))) * Q, sp.Abs(x - 1) * (1 + v)),
    (sp.sqrt(v / (1 + v)) * sp.sqrt((1 + v) / v), 1),
    (sp.log(beta * gamma), sp.log(beta) + sp.log(gamma)),
    (sp.log((1 - beta) ** 2 / eps), 2 * sp.log(1 - beta) - sp.log(eps)),
    (sp.log((beta - 1) / (gamma - 1)), sp.log(1 - beta) - sp.log(1 - gamma)),
    (sp.log(x * eps), sp.log(eps) + sp.log(x)),
    (sp.log(x * (beta - 1)), sp.log(-x) + sp.log(1 - beta)),
    (sp.log(sp.sqrt(1 + v)), sp.log(1 + v) / 2),
    (sp.log((x + 1) ** 2 - 2 * x - 1), sp.log(x**2)),
    (sp.cos(sp.sqrt(v) ** 2 + (x + 1) ** 2), sp.cos(v + 1 + 2 * x + x**2)),
    (sp.exp(sp.log(1 + v) / 2), sp.sqrt(1 + v)),
    (sp.cos((1 + Q) * (1 - Q)), sp.cos(v)),
    (sp.log((Q + 1) * (Q - 1) + 2), sp.log(v + 2)),
    (sp.sqrt((Q + 2) * (Q + 3)), sp.sqrt(v + 7 + 5 * Q)),
    (1 / (sp.sqrt(3 + sp.cos(Q)) - 1), (sp.sqrt(3 + sp.cos(Q)) + 1) / (2 + sp.cos(Q))),
    (1 / (Q - COSINE), (Q + COSINE) / (v + 1 - COSINE**2)),
    (sp.cos(Q**2 + sp.log(1 + Q)) / (1 + Q), sp.cos(1 + v + sp.log(1 + Q)) * (Q - 1) / v),
]


@pytest.mark.parametrize("sides", TRUE, ids=lambda s: str(s[0]))
def test_true_claims_of_roots_and_logarithms_are_shown_and_no_other_value_is(sides):
    lhs, rhs = sides
    assert shown_equal(Claim(lhs, rhs))
    assert not shown_equal(Claim(lhs, rhs + R(1, 10**9)))
    assert not shown_equal(Claim(lhs, -rhs - 1))


USED = [
    (sp.sqrt(v / (1 - beta**t)), sp.sqrt(v) / sp.sqrt(1 - beta**t), {"1 - beta**t > 0"}),
    (sp.sqrt(v / (1 + v)), sp.sqrt(v) / sp.sqrt(1 + v), set()),
    (sp.sqrt(beta ** (2 * t)), beta**t, set()),
    (sp.sqrt(v * beta**t), sp.sqrt(v) * sp.sqrt(beta**t), set()),
    (sp.sqrt(12 * v), 2 * sp.sqrt(3) * sp.sqrt(v), set()),
]


@pytest.mark.parametrize(("lhs", "rhs", "facts"), USED, ids=str)
def test_the_facts_that_a_proof_uses_are_those_of_its_powers(lhs, rhs, facts):
    assert facts_used(Claim(lhs, rhs)) == facts


@pytest.mark.parametrize(
    ("expression", "terms"),
    [
        (x, 1),
        (x + y + 1, 3),
        ((x + 1) * (y + z + 2), 6),
        ((x + y) ** 3, 8),
        ((x + y) ** -2, 1),
        (sp.cos(x + y) + 1, 2),
    ],
    ids=str,
)
def test_as_many_terms_as_multiplying_out_gives_before_they_are_collected(expression, terms):
    assert _terms(expression) == terms


def test_what_is_too_large_to_be_factored_has_one_root():
    (large,), known = canonical([sp.Add(*(y**k * (z - k) ** 2 for k in range(80)))])
    roots = Roots(known, 2)
    first, again = roots.rewrite(sp.sqrt(large)), roots.rewrite(1 / sp.sqrt(large))
    assert first * again == 1 and not roots.relations
    assert roots.rewrite(large ** R(3, 2)) == first**3
