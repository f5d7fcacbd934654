"""The provers without the hunt for counterexamples: nothing false is shown, much that is true is.

A verdict looks at sampled points first, so a prover that shows too much would hide behind them.
Here the provers stand alone.
"""

import claims_true
import pytest
import sympy as sp
from bounds_false import STRICT_BOUNDS, WEAK_BOUNDS
from claims_false import DOMAINS, EQUALITIES, Claim, R, x, y
from provers import over_domains, shown_equal

from optlib.algebra.proof.cases import Case, split
from optlib.algebra.proof.facts import canonical
from optlib.algebra.proof.radicals import Roots, Undecided
from optlib.algebra.proof.signs import nonnegative, positive

NEAR = R(1, 10**6)


def number(expression, at):
    """The value at exact numbers, by SymPy's arithmetic alone; it has to be real."""
    real, imaginary = sp.N(sp.sympify(expression).subs(at).doit(), 60).as_real_imag()
    assert abs(imaginary) < 1e-50
    return real


def shown(prover, expression, domains=()):
    (one,), known = canonical([expression], {**DOMAINS, **dict(domains)})
    return prover(one, known)


def assert_inside(claim):
    at = {s.name: value for s, value in claim.at.items()}
    assert all(at[s.name] in domain for s, domain in over_domains(claim)[1].items())


@pytest.mark.parametrize("name", EQUALITIES)
def test_no_false_equality_is_shown(name):
    claim = EQUALITIES[name]
    assert_inside(claim)
    assert abs(number(claim.lhs, claim.at) - number(claim.rhs, claim.at)) > 1e-40
    assert not shown_equal(claim)


@pytest.mark.parametrize("name", WEAK_BOUNDS)
def test_no_false_bound_is_shown(name):
    claim = WEAK_BOUNDS[name]
    assert_inside(claim)
    assert number(claim.lhs, claim.at) < -1e-40
    assert not shown(nonnegative, claim.lhs, claim.domains)
    assert not shown(positive, claim.lhs, claim.domains)


@pytest.mark.parametrize("name", STRICT_BOUNDS)
def test_no_bound_is_shown_to_be_strict_that_is_attained(name):
    claim = STRICT_BOUNDS[name]
    assert_inside(claim)
    assert number(claim.lhs, claim.at) == 0
    assert not shown(positive, claim.lhs, claim.domains)


@pytest.mark.parametrize("claim", claims_true.EQUALITIES, ids=lambda c: str(c.lhs))
def test_true_equalities_are_shown_and_their_near_misses_are_not(claim):
    assert shown_equal(claim)
    assert not shown_equal(Claim(claim.lhs, claim.rhs * (1 + NEAR)))
    assert not shown_equal(Claim(claim.lhs - NEAR**4, claim.rhs))


@pytest.mark.parametrize("expression", claims_true.NOT_NEGATIVE, ids=str)
def test_true_bounds_are_shown(expression):
    assert shown(nonnegative, expression)


@pytest.mark.parametrize("expression", claims_true.POSITIVE, ids=str)
def test_true_strict_bounds_are_shown(expression):
    assert shown(positive, expression) and shown(nonnegative, expression)
    assert not shown(nonnegative, -expression)


def test_what_is_too_large_is_undecided_and_not_shown():
    roots = sum(sp.sqrt(y + k) * sp.Abs(x) ** R(1, 3) for k in range(1, 250))
    assert not shown_equal(Claim(roots, roots + x))
    (power,), known = canonical([(x + y + 1) ** 8])
    with pytest.raises(Undecided, match="too large"):
        Roots(known, 1).numerator(power)
    (power,), known = canonical([(x + y + 1) ** 7])
    assert Roots(known, 1).numerator(power) == sp.expand(power)


def test_a_root_of_enormous_index_is_undecided_and_takes_no_memory():
    """A third as a float is a fraction over 10**16, and so many coefficients fit nowhere."""
    third = sp.Rational(str(1 / 3))
    for lhs, rhs in ((y**third, y**third + x), (sp.sqrt(y) * y**third, y ** (third + R(1, 2)) + 1)):
        assert not shown_equal(Claim(lhs, rhs))
    assert shown_equal(Claim(y ** R(1, 999) * y ** R(1, 3), y ** R(334, 999)))


def test_a_case_in_which_a_quantity_vanishes_stands_where_it_does():
    """A variable may stand alone in one place and in a product in another."""
    squares = sum((y + k) ** 2 for k in range(1, 16))
    for quantity in (x + (x - 1) * squares, x - 1 + squares):
        (known,), domains = canonical([sp.Abs(quantity)], DOMAINS)
        case = next(split(Case(known, domains, {})))
        kept = x.name in {s.name for s in case.expression.free_symbols}
        assert kept or sp.expand(case.expression.args[0]) == 0
