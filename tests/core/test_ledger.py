"""The ledger: verdicts follow from what was computed, and nothing passes that was not computed."""

import numpy as np
import pytest
import sympy as sp

from optlib.book import ledger
from optlib.book.ledger import (
    CONDITION,
    CONVENTION,
    EMPIRICAL,
    HOLDS,
    WRONG,
    LedgerError,
)

NAMES = {HOLDS: "h", CONDITION: "c", CONVENTION: "k", WRONG: "w", EMPIRICAL: "e"}
MIXED = {"one": True, "two": False}
CASES = {
    HOLDS: {"claim": True},
    CONDITION: {"claim": MIXED},
    CONVENTION: {"libraries": MIXED},
    WRONG: {"claim": False, "right": True},
    EMPIRICAL: {"samples": [0.1, 0.3, -0.2, 0.4, 0.6]},
}


def entry(verdict, **changes):
    """Return a table of a claim; a key that is changed to None is left out."""
    table = {
        "chapter": "05-adam",
        "claim": "The step is $\\alpha$.",
        "verdict": verdict,
        "right": "If so.",
        "evidence": "computed",
        **changes,
    }
    lines = (f"{key} = {value!r}" for key, value in table.items() if value is not None)
    return "\n".join(line.replace("\\\\", "\\") for line in lines)


@pytest.fixture
def written(tmp_path):
    def write(**entries):
        path = tmp_path / "claims.toml"
        path.write_text("\n".join(f'["{name}"]\n{text}' for name, text in entries.items()))
        return ledger.load(path)

    return write


@pytest.fixture
def claims(written):
    return written(
        **{name: entry(verdict) for verdict, name in NAMES.items()},
        told=entry(WRONG, evidence="literature", sources=["one", "two"]),
        read=entry(WRONG, evidence="reading"),
    )


@pytest.mark.parametrize("verdict", ledger.VERDICTS)
def test_every_verdict_can_be_reached(claims, verdict):
    shown = str(claims.settle(NAMES[verdict], **CASES[verdict]))
    head, rest = shown.split("\n", 1)
    assert (
        head
        == f"> **Claim {NAMES[verdict]}** · **{verdict}** · *computed* · The step is $\\alpha$."
    )
    assert "If so." in rest


@pytest.mark.parametrize("computed", ledger.VERDICTS)
@pytest.mark.parametrize("written_down", ledger.VERDICTS)
def test_a_verdict_that_was_not_computed_is_refused(claims, written_down, computed):
    if written_down != computed:
        with pytest.raises(LedgerError, match=f"says '{written_down}', the .* '{computed}'"):
            claims.settle(NAMES[written_down], **CASES[computed])


@pytest.mark.parametrize("case", ["claim", "libraries"])
def test_cases_of_one_mind_hold_or_are_wrong(claims, case):
    claims.settle("h", **{case: {"one": True, "two": True}})
    claims.settle("w", right=True, **{case: {"one": False, "two": False}})


def test_a_claim_is_wrong_only_beside_a_right_statement(claims):
    with pytest.raises(LedgerError, match="give right="):
        claims.settle("w", claim=False)


@pytest.mark.parametrize("verdict", ledger.VERDICTS)
def test_a_right_statement_that_is_false_is_refused(claims, verdict):
    with pytest.raises(LedgerError, match="right statement is false"):
        claims.settle(NAMES[verdict], **{**CASES[verdict], "right": False})


@pytest.mark.parametrize("value", [1, "True", 0.0, None, sp.true, np.array([True, True])], ids=repr)
def test_only_bools_are_judged(claims, value):
    with pytest.raises(TypeError):
        claims.settle("h", claim=value)
    with pytest.raises(TypeError):
        claims.settle("c", claim={"one": True, "two": value})
    with pytest.raises(TypeError):
        claims.settle("k", libraries={"one": False, "two": value})
    if value is not None:
        with pytest.raises(TypeError):
            claims.settle("h", claim=True, right=value)


def test_bools_of_numpy_are_judged(claims):
    claims.settle("h", claim=np.float64(1) > 0)
    claims.settle("w", claim=np.float64(1) < 0, right=np.float64(1) > 0)


@pytest.mark.parametrize("cases", [{}, {"one": True}])
def test_one_case_is_no_comparison(claims, cases):
    with pytest.raises(TypeError, match="two cases"):
        claims.settle("h", claim=cases)


@pytest.mark.parametrize(
    "found", [{}, {"claim": True, "samples": [1.0, 2.0]}, {"claim": True, "libraries": MIXED}]
)
def test_exactly_one_finding_is_given(claims, found):
    with pytest.raises(TypeError, match="exactly one"):
        claims.settle("h", **found)


def test_what_was_found_is_shown(claims):
    shown = str(claims.settle("c", claim={"small": np.True_, "large": False}))
    assert "> - small: yes\n> - large: no" in shown


@pytest.mark.parametrize(
    ("reference", "side"),
    [(-1.0, "above"), (1.0, "below")] + [(end, "on both sides of") for end in (-0.2, 0.2, 0.6)],
)
def test_samples_are_compared_with_the_reference(claims, reference, side):
    shown = str(claims.settle("e", samples=[0.1, 0.3, -0.2, 0.4, 0.6], reference=reference))
    assert f"median of 5 samples 0.3, between -0.2 and 0.6 (94% interval): {side} " in shown


def test_samples_of_several_problems_are_not_pooled(claims):
    cases = {"small": [0.1, 0.3, 0.2], "large": [-0.1, -0.3, -0.2]}
    shown = str(claims.settle("e", samples=cases))
    assert "> - small: median of 3 samples 0.2, between 0.1 and 0.3 (75% interval): above" in shown
    assert "> - large: median of 3 samples -0.2, " in shown and "below 0" in shown


def test_samples_that_are_not_finite_settle_nothing(claims):
    with pytest.raises(ValueError, match="finite"):
        claims.settle("e", samples=[1.0, np.nan, 2.0])


def test_reported_claims_rest_on_their_sources(claims):
    shown = str(claims.sourced("told", "one", "two"))
    assert "· *literature* ·" in shown and "Settled by a source, not by a cell." in shown
    for sources in [(), ("one",), ("two", "one"), ("one", "two", "three")]:
        with pytest.raises(LedgerError, match="sources"):
            claims.sourced("told", *sources)
    with pytest.raises(LedgerError, match="sourced"):
        claims.settle("told", claim=False, right=True)


def test_what_was_read_off_the_notes_is_said_to_be_our_reading(claims):
    shown = str(claims.sourced("read"))
    assert "· *reading* ·" in shown
    assert "Settled by our reading of the notes, not by a cell." in shown
    with pytest.raises(LedgerError, match="sources"):
        claims.sourced("read", "one")
    with pytest.raises(LedgerError, match="sourced"):
        claims.settle("read", claim=False, right=True)


@pytest.mark.parametrize("grade", ledger.EVIDENCE)
def test_a_card_says_whether_a_cell_decides(written, grade):
    claims = written(a=entry(HOLDS, evidence=grade, sources=["one"]))
    computed = claims["a"].computed
    assert computed == (grade in ("theorem", "computed", "experiment"))
    shown = str(claims.settle("a", claim=True) if computed else claims.sourced("a", "one"))
    assert ("not by a cell" in shown) is not computed


def test_computed_claims_cannot_be_reported(claims):
    with pytest.raises(LedgerError, match="to be computed"):
        claims.sourced("h", "one")


def test_unknown_claims_are_refused(claims):
    for call in (lambda: claims.settle("x", claim=True), lambda: claims.sourced("x", "one")):
        with pytest.raises(LedgerError, match="no claim 'x'"):
            call()


@pytest.mark.parametrize("grade", ledger.EVIDENCE)
def test_every_grade_of_evidence_is_known(written, grade):
    claims = written(a=entry(HOLDS, evidence=grade, sources=["one"]))
    assert claims["a"].evidence == grade and claims["a"].sources == ("one",)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"note": "more"}, "note"),
        ({"chapter": None}, "chapter"),
        ({"claim": None}, "claim"),
        ({"verdict": None}, "verdict"),
        ({"evidence": None}, "evidence"),
        ({"verdict": "true"}, "verdict 'true'"),
        ({"evidence": "hearsay"}, "evidence 'hearsay'"),
        ({"verdict": WRONG, "right": None}, "right"),
        ({"verdict": CONDITION, "right": ""}, "right"),
        ({"evidence": "opinion"}, "needs sources"),
        ({"evidence": "literature", "sources": []}, "needs sources"),
    ],
)
def test_a_table_that_is_badly_written_down_is_refused(written, changes, message):
    written(a=entry(HOLDS))
    with pytest.raises(LedgerError, match=message):
        written(a=entry(**{"verdict": HOLDS, **changes}))


def test_a_claim_is_a_table(tmp_path):
    path = tmp_path / "claims.toml"
    path.write_text("a = 1")
    with pytest.raises(LedgerError, match="^a: missing or unknown keys"):
        ledger.load(path)


def test_a_claim_that_holds_needs_no_right_statement(written):
    claims = written(b=entry(HOLDS, right=None), a=entry(HOLDS, erratum="Section 2.1"))
    assert list(claims) == ["b", "a"]
    assert claims["b"].right == "" and claims["a"].erratum == "Section 2.1"


def test_the_claims_of_the_book_can_be_set_as_a_table():
    """A bar would end a cell, and a claim should be short enough to be taken in at a glance."""
    claims = ledger.load()
    assert len([name for name in claims if not name.startswith("E.")]) == 165
    for claim in claims.values():
        for text in (claim.claim, claim.right):
            assert "|" not in text and "\n" not in text, claim.name
            assert text.count("$") % 2 == 0 and len(text.split()) < 50, claim.name
