"""How a ledger is read from its file, and that of the book."""

import pytest
from ledgers import entry

from optlib.book import ledger
from optlib.book.ledger import CONDITION, EMPIRICAL, HOLDS, WRONG, LedgerError


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
        ({"evidence": "reported", "sources": []}, "needs sources"),
        ({"evidence": "reported", "chapter": None, "sources": ["one"]}, "needs sources"),
        ({"verdict": EMPIRICAL, "side": None}, "which side"),
        ({"verdict": EMPIRICAL, "side": "left"}, "which side"),
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
