"""The ledger of claims: each is settled by one cell, and the page of claims says what it found.

That the verdict of a cell is the one in the ledger is checked whenever the chapter is executed;
that the chapter was executed with this ledger, by the tests of stale notebooks.
"""

import ast
import re
from collections import Counter
from functools import cache

import notebooks
import pytest
from pages import page

from optlib.book import ledger

CLAIMS = ledger.load()
WRITTEN = {path.stem for path in notebooks.notebooks()}
SETTLED = {name: claim for name, claim in CLAIMS.items() if claim.chapter in WRITTEN}
# What is about the layout of the notes is told on the page of claims alone.
TOLD = SETTLED | {name: claim for name, claim in CLAIMS.items() if not claim.chapter}
SITE = notebooks.ROOT / "_build" / "html"
OF_THE_NOTES = 165


def calls(source):
    """Yield the calls in a cell that settle a claim."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("settle", "measure", "sourced")
        ):
            yield node


@cache
def settling_cells():
    """Return claim -> the list of (chapter, call, Markdown before the cell)."""
    found = {}
    for path in notebooks.notebooks():
        prose = ""
        for cell in notebooks.read(path).cells:
            if cell.cell_type == "markdown":
                prose = cell.source
                continue
            for call in calls(cell.source):
                found.setdefault(call.args[0].value, []).append((path.stem, call, prose))
    return found


def rows():
    found = page("reference/claims").select("tr[id]")
    return {row["id"].removeprefix("claim-"): row for row in found}


def test_every_statement_of_the_notes_is_in_the_ledger():
    assert sum(not claim.erratum for claim in CLAIMS.values()) == OF_THE_NOTES


def test_no_cell_settles_an_unknown_claim():
    assert set(settling_cells()) <= set(CLAIMS)


@pytest.mark.parametrize("name", SETTLED)
def test_a_claim_is_settled_by_one_cell_of_its_chapter(name):
    cells = settling_cells().get(name, [])
    assert [stem for stem, _, _ in cells] == [SETTLED[name].chapter]


@pytest.mark.parametrize("name", SETTLED)
def test_the_text_before_the_cell_carries_the_anchor(name):
    ((_, _, prose),) = settling_cells()[name]
    assert f"(claim-{name})=" in prose.splitlines()


@pytest.mark.parametrize("name", SETTLED)
def test_what_a_cell_hands_over_is_computed(name):
    ((_, call, _),) = settling_cells()[name]
    # What is judged may be anything; what decides, and what is said to be right, is computed.
    handed = [*call.args[1:], *(word.value for word in call.keywords if word.arg == "right")]
    nodes = [node for arg in handed for node in ast.walk(arg)]
    # An option of a call, such as strict=True, decides nothing.
    options = {id(node.value) for node in nodes if isinstance(node, ast.keyword)}
    constants = [n.value for n in nodes if isinstance(n, ast.Constant) and id(n) not in options]
    assert call.func.attr == "sourced" or handed
    assert not [value for value in constants if isinstance(value, bool)]


@pytest.mark.parametrize("name", [n for n, c in SETTLED.items() if not c.computed])
def test_a_claim_from_the_literature_has_a_paragraph_that_cites_it(name):
    ((_, _, prose),) = settling_cells()[name]
    cited = {
        key
        for group in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", prose)
        for key in group.split(",")
    }
    assert set(SETTLED[name].sources) <= {key.strip() for key in cited}
    assert len(prose.split()) > 25


def test_sources_are_in_the_bibliography():
    text = (notebooks.ROOT / "references.bib").read_text(encoding="utf-8")
    known = set(re.findall(r"^@\w+\{([^,\s]+),", text, re.MULTILINE))
    assert {key for claim in CLAIMS.values() for key in claim.sources} <= known


def test_the_page_has_a_row_for_every_claim_with_its_verdict():
    assert list(rows()) == list(CLAIMS)
    for name, row in rows().items():
        verdict = CLAIMS[name].verdict if name in TOLD else "pending"
        assert row.select("td")[2].get_text(" ", strip=True).startswith(verdict)


def test_the_page_is_led_by_ten_claims_that_are_wrong():
    leading = page("reference/claims").select_one("table.claims").select("tbody tr")
    names = [row.select_one("td").get_text(strip=True) for row in leading]
    assert len(set(names)) == 10
    assert {CLAIMS[name].verdict for name in names} == {ledger.WRONG}
    assert all(CLAIMS[name].computed for name in names)


def test_the_counts_on_the_page_are_those_of_the_ledger():
    table = page("reference/claims").select_one("table.claim-counts")
    shown = {
        row.select("td")[0].get_text(strip=True): int(row.select("td")[1].get_text(strip=True))
        for row in table.select("tbody tr")
    }
    count = Counter(claim.verdict for claim in TOLD.values())
    assert {verdict: shown[verdict] for verdict in ledger.VERDICTS} == {
        verdict: count[verdict] for verdict in ledger.VERDICTS
    }
    assert shown["settled"] == len(TOLD)
    grades = Counter(claim.evidence for claim in TOLD.values())
    assert {grade: shown[grade] for grade in ledger.EVIDENCE} == grades
    pending = [number for label, number in shown.items() if label.startswith("pending")]
    assert sum(pending) == len(CLAIMS) - len(TOLD)


TOLD_OF_GRADES = {
    "intro": ["{proved} are decided by a proof", "{computed} by numbers", "{reported} by a source"],
    "reference/claims": ["proved({proved})", "computed({computed})", "reported({reported})"],
}


@pytest.mark.parametrize("stem", TOLD_OF_GRADES)
def test_a_page_that_promises_verdicts_says_how_many_there_are_of_each_grade(stem):
    grades = Counter(claim.evidence for claim in CLAIMS.values())
    prose = "".join(page(stem).select_one("article").get_text().split())
    for told in TOLD_OF_GRADES[stem]:
        assert "".join(told.format(**grades).split()) in prose


@pytest.mark.parametrize("name", SETTLED)
def test_a_settled_claim_links_to_its_cell(name):
    address = rows()[name].select_one("a[href]")["href"]
    place, anchor = address.split("#")
    assert place == f"../chapters/{SETTLED[name].chapter}.html"
    assert page(place.removeprefix("../").removesuffix(".html")).find(id=anchor)
