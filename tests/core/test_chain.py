"""What a derivation holds: its lines as they were given, where they are real, what they assume."""

import pytest
import sympy as sp

from optlib.algebra import bounds, derivation
from optlib.algebra.derivation import Derivation, DerivationError

x, y, q = sp.symbols("x y q")
t = sp.Symbol("t", integer=True, positive=True)
UNIT = {"q": "[0, 1]"}


def test_a_start_has_the_name_and_the_sign_that_it_is_given():
    named, bare = Derivation(x, name="f"), Derivation(x)
    assert (named.lines[0].left, named.lines[0].relation) == ("f", "=")
    assert (bare.lines[0].left, bare.lines[0].relation) == ("", "")
    assert named.lines[0].grade is None and named.relation == bare.relation == "="
    assert "no lines" in repr(bare) and bare.grades == {} and bare.chain == "x = x"


@pytest.mark.parametrize(("reason", "shown"), [("why", r"as $t \to \infty$: why"), ("", None)])
def test_a_limit_says_what_moves_and_then_why(reason, shown):
    line = Derivation(1 / t).limit(t, sp.oo, 0, reason).lines[-1]
    assert line.reason == (shown or r"as $t \to \infty$") and line.relation == "->"


HALVED = sp.Piecewise((x, x > 0))
HOLED = (x**2 - 1) / (x - 1) - 1
ADDED = {
    "step": lambda d, **o: d.step(HOLED, "", **o),
    "at_most": lambda d, **o: d.at_most(HOLED, "", slack=[0], **o),
    "at_least": lambda d, **o: d.at_least(HOLED, "", slack=[0], **o),
    "limit": lambda d, **o: d.limit(t, sp.oo, HOLED, "", **o),
}


@pytest.mark.parametrize("kind", ADDED)
def test_no_kind_of_line_is_real_on_a_smaller_set_unless_it_says_so(kind):
    start = x + (1 / t if kind == "limit" else 0)
    with pytest.raises(DerivationError, match="real on a larger set"):
        ADDED[kind](Derivation(start))
    assert "x - 1 != 0" in ADDED[kind](Derivation(start), narrower=True).hypotheses


# What a line needs in order to be real, once said, holds for the lines after it.
NARROWED = {
    "a domain": ([x * 1, HALVED, sp.Abs(HALVED)], "x > 0"),
    "a fact": ([x + y, (x**2 - y**2) / (x - y), (x**2 - y**2) / (y - x) * (-1) ** 3], "x - y != 0"),
}


@pytest.mark.parametrize("case", NARROWED)
def test_what_a_chain_is_narrowed_to_is_said_once(case):
    (start, line, later), fact = NARROWED[case]
    proof = Derivation(start).step(line, "", narrower=True)
    assert fact in proof.hypotheses
    proof = proof.step(start, "").step(later, "the same is needed again")
    assert proof.hypotheses.count(fact) == 1


def test_facts_about_symbols_come_before_those_about_expressions():
    proof = Derivation(x + y).step((x**2 - y**2) / (x - y), "", narrower=True)
    proof.step(sp.sqrt(sp.Symbol("v")) - sp.sqrt(sp.Symbol("v")) + (y + x), "")
    proof.step(sp.Max(x + y, x + y - q**2), "q cancels")
    about = [fact.expression.is_Symbol for fact in proof.hypotheses]
    assert about == sorted(about, reverse=True) and set(about) == {True, False}


def test_what_slack_assumes_is_printed_even_if_it_cancels():
    proof = Derivation(sp.Integer(0), domains=UNIT).at_most(1, "", slack=[q, 1 - q])
    assert proof.hypotheses == ("0 <= q <= 1",)
    with pytest.raises(DerivationError, match="1 - q is not shown to be >= 0"):
        Derivation(sp.Integer(0)).at_most(1, "", slack=[q**2 - q**2, 1 - q, q])


@pytest.mark.parametrize(
    ("line", "relation"), [("at_most", "<="), ("at_least", ">="), ("audit", "<="), ("audit", ">=")]
)
def test_a_bound_keeps_the_chain_in_its_direction(line, relation, monkeypatch):
    monkeypatch.setattr(derivation, "_AUDITED", 3)
    sign = 1 if relation == "<=" else -1
    bound = {
        "at_most": lambda d, e: d.at_most(e, "up"),
        "at_least": lambda d, e: d.at_least(e, "down"),
        "audit": lambda d, e: d.audit(relation, e, UNIT, "seen"),
    }[line]
    proof = bound(Derivation(q, domains=UNIT), q + 2 * sign)
    assert proof.relation == relation and proof.end == q + 2 * sign
    assert bound(proof, q + 5 * sign).chain == f"q {relation} {q + 5 * sign}"
    other = "at_least" if relation == "<=" else "at_most"
    with pytest.raises(DerivationError, match=f"back: the chain runs {relation}, not "):
        getattr(proof, other)(q, "back")
    with pytest.raises(DerivationError, match="in a derivation of its own"):
        proof.limit(q, 0, sign, "")


def test_an_audit_is_of_inequalities_from_a_box_of_every_symbol(monkeypatch):
    monkeypatch.setattr(derivation, "_AUDITED", 20)
    with pytest.raises(ValueError, match="says nothing of q, x$"):
        Derivation(q + x + y).audit("<=", 9, {y: "[0, 1]"}, "")
    with pytest.raises(DerivationError, match=r"seen: false at q = .*: 0\.\d+ against 0$"):
        Derivation(q).audit("<=", 0, {q: "(0, 1)"}, "seen")
    with pytest.raises(DerivationError, match="undefined|real"):
        Derivation(q).audit("<=", sp.sqrt(-1 - q**2), {"q": "(0, 1)"}, "")
    line = Derivation(q, names={"q": "Q"}).audit("<=", 1, {"q": "(0, 1)"}, "seen").lines[-1]
    assert line.reason.startswith("seen (20 points, ") and r"$0 < Q < 1$" in line.reason
    assert line.grade == "sampled"


def test_below_every_proved_bound_is_a_net_of_points(monkeypatch):
    """A prover that shows too much would not get a false bound past it."""
    monkeypatch.setattr(bounds, "nonnegative", lambda *_: True)
    with pytest.raises(DerivationError, match="why: false at q = "):
        Derivation(q, domains=UNIT).at_most(q - 1, "why")
    with pytest.raises(DerivationError, match="why: false: 2 against 1$"):
        Derivation(sp.Integer(2)).at_most(1, "why")
    assert Derivation(sp.Integer(1)).at_most(2, "").relation == "<="


def test_a_citation_moves_nothing():
    proof = Derivation(x).cite("a remark", "its source")
    assert proof.end == x and proof.relation == "=" and proof.lines[-1].expression == "a remark"
    assert proof.grades == {"cited": 1} and proof.lines[-1].reason == "its source"
    assert proof.step(x * y / y + sp.Max(0, -1 - y**2), "").grades == {"cited": 1, "proved": 1}
