"""An induction needs its base, every step from there on, and a claim that stays where it may."""

import pytest
import sympy as sp

from optlib.algebra.derivation import Derivation, DerivationError

n, p = sp.symbols("n p")


def induction(recursion, closed, prev=p, **given):
    return Derivation.induction(recursion, closed, prev=prev, n=n, **given)


@pytest.mark.parametrize("start", [-3, 0, 1, 4])
def test_the_steps_are_those_from_the_start_on(start):
    """What is claimed turns at a number, and from there on it grows by one a step."""
    turned = sp.Abs(n - start)
    assert induction(p + 1, turned, start=start).grades == {"proved": 3}
    with pytest.raises(DerivationError, match="step to n"):
        induction(p + 1, sp.Abs(n - start - 1), start=start, initial=1)


@pytest.mark.parametrize("start", [0, 2])
def test_the_steps_are_whole(start):
    assert induction(-p, (-1) ** n, start=start, initial=(-1) ** start).end == (-1) ** n


@pytest.mark.parametrize("hole", range(1, 5))
def test_no_step_is_jumped_at_which_the_claim_is_not_real(hole):
    """Beyond it the recursion has no value, whatever the claim says there."""
    recursion, claim = p * (n - 1 - hole) / (n - hole), 1 / (n - hole)
    with pytest.raises(DerivationError, match=f"the claim is real only for n - {hole} != 0"):
        induction(recursion, claim, initial=sp.Rational(-1, hole))
    later = induction(recursion, claim, start=hole + 1, initial=1)
    assert later.end == claim and not any("!=" in fact for fact in later.hypotheses)


@pytest.mark.parametrize("hole", range(1, 5))
def test_no_step_is_jumped_at_which_the_recursion_is_not_real(hole):
    recursion = p * (n**2 - hole**2) / ((n - hole) * (n + hole))
    with pytest.raises(DerivationError, match=f"the recursion is real only for n - {hole} != 0"):
        induction(recursion, 2, initial=2)
    assert induction(recursion, 2, start=hole, initial=2).end == 2


def test_the_claim_is_real_on_no_smaller_set():
    with pytest.raises(DerivationError, match="the claim is real only for n > 2"):
        induction(p, 1 / sp.sqrt(n - 2), start=1, initial=1)
    c = sp.Symbol("c")
    assert "c != 0" in induction(p + 1 / c, n / c).hypotheses


@pytest.mark.parametrize("start", [True, False, 0.5, sp.Rational(3, 2)])
def test_a_start_is_a_whole_number(start):
    with pytest.raises(ValueError, match="starts at a whole number"):
        induction(p + 1, n, start=start)


@pytest.mark.parametrize("initial", [sp.nan, sp.oo, -sp.oo, sp.zoo, sp.I, 1 + sp.I])
def test_an_initial_value_is_finite_and_real(initial):
    with pytest.raises(ValueError, match="finite real value"):
        induction(p, initial, initial=initial)


# What a symbol assumes; a recursion whose values lie there, and one whose values do not.
KEPT = {
    "positive": ((p + 1, n + 1, 1), (p, 0 * n, 0)),
    "nonnegative": ((p + 1, n, 0), (p + 1, n - 1, -1)),
    "negative": ((p - 1, -n - 1, -1), (p, 0 * n, 0)),
    "nonpositive": ((p - 1, -n, 0), (p - 1, 1 - n, 1)),
    "integer": ((p + 2, 2 * n, 0), (p + sp.Rational(1, 2), n / 2, 0)),
}


@pytest.mark.parametrize("fact", KEPT)
@pytest.mark.parametrize("where", ["the symbol named", "the symbol of the recursion"])
def test_the_claim_lies_where_the_value_before_is_assumed_to_lie(fact, where):
    assuming = sp.Symbol("p", **{fact: True})
    prev = assuming if where == "the symbol named" else p
    (recursion, closed, initial), (other, strays, first) = KEPT[fact]
    kept = induction(recursion.subs(p, assuming), closed, prev, initial=initial)
    assert kept.end == closed
    with pytest.raises(DerivationError, match="p is assumed to"):
        induction(other.subs(p, assuming), strays, prev, initial=first)


def test_what_another_symbol_assumes_is_not_asked_of_the_claim():
    q = sp.Symbol("q", positive=True)
    assert induction(p - q, -n * q).end == -n * q


def test_a_proof_holds_the_claim_its_base_and_the_recursion_with_the_claim_put_in():
    closed = 2**n - 1
    lines = induction(2 * p + 1, closed, reason="as claimed").lines
    assert [line.expression for line in lines] == [
        closed,
        0,
        2 * p + 1,
        2 * 2 ** (n - 1) - 1,
        closed,
    ]
    assert lines[-1].reason == "as claimed" and lines[0].left == "p_n"
    named = induction(2 * p + 1, closed, name="a_n").lines
    assert [line.left for line in named[:2]] == ["a_n", "a_0"]


def test_a_proof_goes_on_from_the_claim_under_its_facts():
    b = sp.Symbol("beta")
    proof = induction(b * p, b**n, initial=1, domains={"beta": "(0, 1)"})
    assert {"0 < beta < 1"} <= set(proof.hypotheses) and "p" not in str(proof.hypotheses)
    proof.limit(n, sp.oo, 0, "a power of a number below 1")
    assert proof.relation == "->" and proof.start == b**n
