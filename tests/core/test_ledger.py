"""The ledger: verdicts follow from what was found, and nothing passes that could not fail."""

import numpy as np
import pytest
import sympy as sp
from ledgers import entry

from optlib import Derivation, verdict
from optlib.book import ledger
from optlib.book.deciding import COMPUTED, PROVED, finding
from optlib.book.ledger import (
    CONDITION,
    CONVENTION,
    EMPIRICAL,
    HOLDS,
    WRONG,
    LedgerError,
)

x = sp.Symbol("x", real=True)
SETTLED = [v for v in ledger.VERDICTS if v != EMPIRICAL]
NAMES = {HOLDS: "h", CONDITION: "c", CONVENTION: "k", WRONG: "w", EMPIRICAL: "e"}
MIXED = {"one": 1, "two": -1}
CASES = {
    HOLDS: {"of": 1, "control": {"less": -1}},
    CONDITION: {"cases": MIXED},
    CONVENTION: {"libraries": MIXED},
    WRONG: {"of": -1, "control": {"more": 1}},
}
SAMPLES = [0.1, 0.3, -0.2, 0.4, 0.6]


def positive(number):
    return bool(number > 0)


@pytest.fixture
def claims(written):
    return written(
        **{name: entry(verdict) for verdict, name in NAMES.items()},
        told=entry(WRONG, evidence="reported", sources=["one", "two"]),
        proved=entry(HOLDS, evidence="proved"),
        refuted=entry(WRONG, evidence="proved"),
    )


@pytest.mark.parametrize("verdict", SETTLED)
def test_every_verdict_can_be_reached(claims, verdict):
    shown = str(claims.settle(NAMES[verdict], positive, **CASES[verdict]))
    head, rest = shown.split("\n", 1)
    assert (
        head
        == f"> **Claim {NAMES[verdict]}** · **{verdict}** · *computed* · The step is $\\alpha$."
    )
    assert "If so." in rest


@pytest.mark.parametrize("computed", SETTLED)
@pytest.mark.parametrize("written_down", ledger.VERDICTS)
def test_a_verdict_that_was_not_computed_is_refused(claims, written_down, computed):
    if written_down != computed:
        with pytest.raises(LedgerError, match=f"says '{written_down}', the .* '{computed}'"):
            claims.settle(NAMES[written_down], positive, **CASES[computed])


@pytest.mark.parametrize("cases", ["cases", "libraries"])
def test_cases_of_one_mind_hold_or_are_wrong(claims, cases):
    claims.settle("h", positive, **{cases: {"one": 1, "two": 2}}, control={"less": -1})
    claims.settle("w", positive, **{cases: {"one": -1, "two": -2}}, control={"more": 1})


@pytest.mark.parametrize("verdict", [HOLDS, WRONG])
@pytest.mark.parametrize("control", [None, {}])
def test_a_decision_without_a_control_is_refused(claims, verdict, control):
    with pytest.raises(LedgerError, match="give control="):
        claims.settle(NAMES[verdict], positive, **CASES[verdict] | {"control": control})


@pytest.mark.parametrize(
    ("name", "decide"), [("h", lambda _: 2 > 1), ("w", lambda _: 2 < 1), ("h", lambda x: x < 9)]
)
def test_a_decision_that_cannot_fail_is_refused(claims, name, decide):
    with pytest.raises(LedgerError, match="cannot fail: it is (yes|no) for 'other' as well"):
        claims.settle(name, decide, of=1, control={"other": -1})


def test_every_control_must_come_out_otherwise(claims):
    with pytest.raises(LedgerError, match="for 'too'"):
        claims.settle("h", positive, of=1, control={"other": -1, "too": 3})


@pytest.mark.parametrize("verdict", SETTLED)
def test_a_right_statement_that_is_false_is_refused(claims, verdict):
    with pytest.raises(LedgerError, match="right statement is false"):
        claims.settle(NAMES[verdict], positive, **CASES[verdict], right=False)


def same(formula):
    return verdict((x + 1) ** 2, formula)


SQUARE, OTHER = x**2 + 2 * x + 1, x**2 + 1


def test_verdicts_prove_and_refute(claims):
    shown = str(claims.settle("proved", same, of=SQUARE, control={"without 2x": OTHER}))
    assert "> - Control, without 2x: no." in shown
    claims.settle("refuted", same, of=OTHER, control={"with 2x": SQUARE}, right=same(SQUARE))


def test_a_derivation_proves_if_each_of_its_lines_is_proved(claims):
    def whole(formula):
        return [Derivation((x + 1) ** 2).step(SQUARE, "write it out"), same(formula)]

    claims.settle("proved", whole, of=SQUARE, control={"without 2x": OTHER})
    with pytest.raises(LedgerError, match="without a line shows nothing"):
        claims.settle("proved", Derivation, of=SQUARE, control={"without 2x": OTHER})
    cited = Derivation((x + 1) ** 2).cite("it has a name", "someone")
    with pytest.raises(LedgerError, match="it is computed"):
        claims.settle("proved", lambda f: [cited, same(f)], of=SQUARE, control={"": OTHER})


@pytest.mark.parametrize("name", ["proved", "refuted"])
def test_a_bool_proves_nothing(claims, name):
    case = CASES[HOLDS if name == "proved" else WRONG]
    with pytest.raises(LedgerError, match="says 'proved', it is computed"):
        claims.settle(name, positive, **case)


def test_a_part_that_was_computed_makes_the_whole_computed(claims):
    shown = {"of": SQUARE, "control": {"without 2x": OTHER}}
    with pytest.raises(LedgerError, match="it is computed"):
        claims.settle("proved", lambda f: [same(f), 2 > 1], **shown)
    with pytest.raises(LedgerError, match="it is computed"):
        claims.settle("proved", same, **shown, right=2 > 1)
    claims.settle("h", lambda f: [same(f), 2 > 1], **shown)


def test_a_proof_is_not_called_computed(claims):
    with pytest.raises(LedgerError, match="says 'computed', it is proved"):
        claims.settle("h", same, of=SQUARE, control={"without 2x": OTHER})


def test_one_refuted_part_refutes_the_whole(claims):
    both = {"control": {"right": SQUARE}}
    claims.settle("refuted", lambda f: [same(f), same(SQUARE)], of=OTHER, **both)
    found = finding([same(SQUARE), 2 > 3])
    assert not found.true and found.grade == COMPUTED, "what refutes was computed"
    found = finding([same(OTHER), 2 > 1])
    assert not found.true and found.grade == PROVED, "what refutes was proved"


@pytest.mark.parametrize("undecided", ["of", "control"])
def test_what_is_undecided_settles_nothing(claims, undecided):
    case = {"of": SQUARE, "control": OTHER, undecided: sp.tan(x)}
    with pytest.raises(LedgerError, match="nothing is decided"):
        claims.settle("proved", same, of=case["of"], control={"other": case["control"]})


@pytest.mark.parametrize(
    "value", [1, "True", 0.0, None, sp.true, np.array([True, True]), [], [True, 1]], ids=repr
)
def test_only_verdicts_derivations_and_bools_decide(claims, value):
    with pytest.raises(TypeError, match="computed bool"):
        claims.settle("h", lambda _: value, of=1, control={"less": -1})
    if value is not None:
        with pytest.raises(TypeError, match="computed bool"):
            claims.settle("h", positive, of=1, control={"less": -1}, right=value)


@pytest.mark.parametrize("decide", [True, np.True_, None])
def test_a_decision_is_a_function_of_what_it_judges(claims, decide):
    with pytest.raises(TypeError, match="function of the case"):
        claims.settle("h", decide, of=1, control={"less": -1})


def test_bools_of_numpy_decide(claims):
    claims.settle("h", lambda n: n > 0, of=np.float64(1), control={"less": np.float64(-1)})


@pytest.mark.parametrize("cases", [{}, {"one": 1}])
def test_one_case_is_no_comparison(claims, cases):
    with pytest.raises(TypeError, match="two cases"):
        claims.settle("h", positive, cases=cases)


@pytest.mark.parametrize("given", [{}, {"of": 1, "cases": MIXED}, {"of": 1, "libraries": MIXED}])
def test_exactly_one_kind_of_case_is_given(claims, given):
    with pytest.raises(TypeError, match="exactly one"):
        claims.settle("h", positive, **given)


def test_what_was_found_is_shown(claims):
    shown = str(claims.settle("c", positive, cases={"small": 1, "large": -1}))
    assert "> - small: yes\n> - large: no" in shown


@pytest.mark.parametrize(
    ("reference", "side"),
    [(-1.0, "above"), (1.0, "below")] + [(end, "on both sides") for end in (-0.2, 0.2, 0.6)],
)
def test_samples_are_compared_with_the_reference(written, reference, side):
    claims = written(e=entry(EMPIRICAL, side=side))
    shown = str(claims.measure("e", SAMPLES, reference=reference))
    assert f"median of 5 samples 0.3, between -0.2 and 0.6 (94% interval): {side} " in shown


@pytest.mark.parametrize("said", ["above", "below"])
def test_samples_on_another_side_are_refused(written, said):
    claims = written(e=entry(EMPIRICAL, side=said))
    with pytest.raises(LedgerError, match="the samples {'': 'on both sides'}"):
        claims.measure("e", SAMPLES)


def test_samples_of_several_problems_are_not_pooled(written):
    claims = written(e=entry(EMPIRICAL, side=None) + '\nside = {small = "above", large = "below"}')
    cases = {"small": [0.1, 0.3, 0.2], "large": [-0.1, -0.3, -0.2]}
    shown = str(claims.measure("e", cases))
    assert "> - small: median of 3 samples 0.2, between 0.1 and 0.3 (75% interval): above" in shown
    assert "> - large: median of 3 samples -0.2, " in shown and "below 0" in shown
    with pytest.raises(LedgerError, match="the samples"):
        claims.measure("e", cases | {"more": [1.0, 2.0, 3.0]})


def test_samples_that_are_not_finite_settle_nothing(claims):
    with pytest.raises(ValueError, match="finite"):
        claims.measure("e", [1.0, np.nan, 2.0])


@pytest.mark.parametrize("name", ["h", "proved", "told"])
def test_only_an_empirical_claim_is_measured(claims, name):
    with pytest.raises(LedgerError):
        claims.measure(name, SAMPLES)


def test_reported_claims_rest_on_their_sources(claims):
    shown = str(claims.sourced("told", "one", "two"))
    assert "· *reported* ·" in shown and "Settled by a source, not by a cell." in shown
    for sources in [(), ("one",), ("two", "one"), ("one", "two", "three")]:
        with pytest.raises(LedgerError, match="sources"):
            claims.sourced("told", *sources)
    with pytest.raises(LedgerError, match="sourced"):
        claims.settle("told", positive, **CASES[WRONG])


def test_computed_claims_cannot_be_reported(claims):
    with pytest.raises(LedgerError, match="to be computed"):
        claims.sourced("h", "one")


def test_unknown_claims_are_refused(claims):
    for call in (
        lambda: claims.settle("x", positive, **CASES[HOLDS]),
        lambda: claims.measure("x", SAMPLES),
        lambda: claims.sourced("x", "one"),
    ):
        with pytest.raises(LedgerError, match="no claim 'x'"):
            call()
