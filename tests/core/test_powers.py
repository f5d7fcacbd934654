"""Named powers mean what they stand for, and their domains hold all their values and no more."""

from itertools import product

import pytest
import sympy as sp
from claims_false import DOMAINS, R, a, beta, eps, gamma, s, t, x, y

from optlib.algebra.proof.facts import canonical
from optlib.algebra.proof.halflines import narrowed
from optlib.algebra.proof.hypotheses import Hypothesis
from optlib.algebra.proof.powers import _gcd, name_powers
from optlib.algebra.proof.signs import positive
from optlib.domains import Domain

AT = {beta: R(1, 2), gamma: R(1, 3), t: 3, s: 4, x: 2, y: 3, eps: R(1, 5), a: R(-1, 2)}
MEANT = [
    beta**t,
    beta ** (t + 2),
    beta ** (2 * t) - beta**t,
    beta ** (t / 2) * beta ** (t / 3),
    beta ** (2 * t / 3 + s - 1),
    beta ** (t * s),
    (beta**t) ** s,
    (beta * gamma) ** t,
    beta ** (-t) + gamma ** (1 - t),
    y ** (x + a),
    sp.exp(x - 2 * y),
    sp.exp(-t) * 2**t,
    2 ** (t + 3) - (1 - beta) ** t,
    (1 + beta**t) ** s,
]


def named_powers(expression, domains=()):
    (e,), known = canonical([expression], {**DOMAINS, **dict(domains)})
    return e, *name_powers(e, known, positive)


@pytest.mark.parametrize("expression", MEANT, ids=str)
def test_what_the_names_stand_for_gives_the_expression_back(expression):
    e, flat, domains, meanings = named_powers(expression)
    assert not any(p.exp.free_symbols for p in flat.atoms(sp.Pow, sp.exp))
    at = {q: value for q in e.free_symbols for k, value in AT.items() if k.name == q.name}
    values = {q: meaning.subs(at) for q, meaning in meanings.items()}
    assert all(value in domains[q] for q, value in values.items())
    assert abs(sp.N((flat.subs(meanings) - e).subs(at), 40)) < 1e-30


# A power, the domains of its symbols where they are not the usual ones, and where its part lies
# that moves.
RANGES = [
    (beta**t, {}, "(0, 1]"),
    (beta**t, {"t": "integer [0, inf)"}, "(0, 1]"),
    (beta**t, {"t": "integer (2, inf)"}, "(0, 1]"),
    (beta**eps, {}, "(0, 1)"),
    (beta**x, {}, "(0, inf)"),
    (beta**x, {"x": "[0, inf)"}, "(0, inf)"),
    (beta**x, {"x": "(-inf, 0)"}, "(0, inf)"),
    (beta**t, {"t": "integer (-inf, -1]"}, "(0, inf)"),
    (2**t, {}, "[1, inf)"),
    (2**eps, {}, "(1, inf)"),
    (2**x, {}, "(0, inf)"),
    ((1 + eps) ** t, {}, "[1, inf)"),
    (eps**t, {}, "(0, inf)"),
    (x**t, {}, "real"),
    (y**t, {"y": "[0, inf)"}, "real"),
    (sp.exp(x), {}, "(0, inf)"),
    (sp.exp(eps), {}, "(1, inf)"),
    (beta ** (t * eps), {}, "(0, 1)"),
]


@pytest.mark.parametrize(("power", "domains", "text"), RANGES, ids=str)
def test_a_power_is_known_to_lie_where_it_lies(power, domains, text):
    _, flat, known, meanings = named_powers(power, domains)
    (q,) = meanings
    assert known[q] == Domain.parse(text)
    # A whole exponent is counted from its least value.
    assert flat == q or sp.expand(flat / q).is_number or power.exp == t


RATIONALS = [R(1), R(2), R(3, 2), R(2, 3), R(-5, 6), R(4, 9)]


@pytest.mark.parametrize("pair", [*product(RATIONALS, repeat=2)], ids=str)
def test_a_common_unit_measures_both_and_no_larger_one_does(pair):
    one, other = pair
    unit = _gcd(one, other)
    assert (one / unit).is_Integer and (other / unit).is_Integer
    assert sp.gcd((one / unit).p, (other / unit).p) == 1


NUMBERS = [R(k, 4) for k in range(-16, 17)]
SENSES = {"@ > 0": lambda v: v > 0, "@ >= 0": lambda v: v >= 0}


@pytest.mark.parametrize("pattern", SENSES)
@pytest.mark.parametrize("text", ["real", "[-1, 2)", "(0, 3]", "integer [0, inf)"])
def test_a_domain_narrowed_by_a_fact_holds_the_numbers_of_which_it_is_true(pattern, text):
    (z,), known = canonical([sp.Symbol("z")], {"z": text})
    for slope, edge in product((1, -2), (R(-1, 2), 0, 1)):
        fact = slope * (z - edge)
        smaller, left = narrowed(known, [Hypothesis(fact, pattern)])
        assert not left and set(smaller) == {"z"}
        for value in NUMBERS:
            holds = value in known[z] and bool(SENSES[pattern](fact.subs(z, value)))
            assert (value in smaller["z"]) == holds


def test_facts_meet_and_what_bounds_no_symbol_by_a_number_is_left():
    (e,), known = canonical([sp.sqrt(2) * x + y])
    (one, other) = sorted(e.free_symbols, key=str)
    halves = [Hypothesis(one - 1, "@ >= 0"), Hypothesis(3 - one, "@ > 0")]
    rest = [
        Hypothesis(one - other, "@ > 0"),
        Hypothesis(one**2 - 1, "@ > 0"),
        Hypothesis(one, "@ != 0"),
        Hypothesis(1 / one, "@ > 0"),
        Hypothesis(one - sp.sqrt(2), "@ > 0"),
        Hypothesis(one - R(1, 3), "@ > 0"),
        Hypothesis(sp.Symbol("elsewhere") - 1, "@ > 0"),
    ]
    smaller, left = narrowed(known, [*halves, *rest])
    assert {name: str(d) for name, d in smaller.items()} == {"x": "[1, 3)"}
    assert left == tuple(rest)
