"""The quiz of a chapter and its goals, as they stand on the page before a script touches them."""

import sys
from collections import Counter
from copy import copy
from math import ceil, floor
from pathlib import Path

import notebooks
import pytest
from pages import page

from optlib.book import ledger

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "_ext"))
from recall import ABOUT_THE_NOTES, ANSWERS, PER_ROUND, asked

STEMS = [path.stem for path in notebooks.notebooks()]
OF_CHAPTER = {}
for claim in ledger.load().values():
    if claim.name.split(".")[0] not in ABOUT_THE_NOTES:
        OF_CHAPTER.setdefault(claim.chapter, []).append(claim)


def chapter(stem):
    return page(f"chapters/{stem}")


def test_every_verdict_is_one_of_the_three_that_a_reader_can_give():
    assert set(ANSWERS) == set(ledger.VERDICTS)
    assert set(ANSWERS.values()) == {"holds", "wrong", "depends"}


@pytest.mark.parametrize("stem", OF_CHAPTER)
def test_all_claims_of_a_chapter_are_asked_once_and_each_round_has_its_share_of_every_answer(stem):
    claims = OF_CHAPTER[stem]
    order = asked(claims)
    assert sorted(c.name for c in order) == sorted(c.name for c in claims)
    shares = Counter(ANSWERS[c.verdict] for c in claims)
    for start in range(0, len(order) - PER_ROUND + 1, PER_ROUND):
        found = Counter(ANSWERS[c.verdict] for c in order[start : start + PER_ROUND])
        for answer, of_all in shares.items():
            share = PER_ROUND * of_all / len(claims)
            assert floor(share) - 1 <= found[answer] <= ceil(share) + 1


def test_nothing_is_asked_about_the_files_of_the_notes():
    claims = list(ledger.load().values())
    left_out = {c.name for c in claims} - {c.name for c in asked(claims)}
    assert left_out and {name[0] for name in left_out} == set(ABOUT_THE_NOTES)


@pytest.mark.parametrize("stem", STEMS)
def test_a_chapter_that_settles_claims_asks_them_before(stem):
    quizzes = chapter(stem).select("section.recall")
    assert len(quizzes) == (stem in OF_CHAPTER)
    for quiz in quizzes:
        settled = quiz.find_all_next("table", class_="claims")
        assert settled and not quiz.find_all_previous("table", class_="claims")
        assert quiz.find_parent("section").find_next_sibling("section").select("table.claims")


@pytest.mark.parametrize("stem", OF_CHAPTER)
def test_the_page_has_the_verdict_of_the_ledger_in_a_fold_with_a_link_to_the_cell(stem):
    rows = [copy(row) for row in chapter(stem).select("section.recall li.recall-claim")]
    claims = asked(OF_CHAPTER[stem])
    assert len(rows) == len(claims)
    for k, (row, claim) in enumerate(zip(rows, claims, strict=True)):
        assert row["data-answer"] == ANSWERS[claim.verdict]
        assert row.has_attr("hidden") == (k >= PER_ROUND)
        told = row.details.extract()
        assert not told.has_attr("open")
        assert told.strong.get_text() == f"{claim.verdict.capitalize()}."
        assert claim.evidence in told.get_text()
        anchor = told.a["href"].removeprefix("#")
        assert (
            chapter(stem).find(id=anchor)
            and anchor.replace("-", ".") == f"claim.{claim.name}".lower()
        )
        # What is left tells nothing.
        assert not row.select("a, strong, details")


@pytest.mark.parametrize("stem", STEMS)
def test_every_goal_has_a_box_that_knows_its_text(stem):
    boxes = chapter(stem).select("ul.goals li > p > label > input.goal[type=checkbox]")
    assert 3 <= len(boxes) <= 6 and len(boxes) == len(chapter(stem).select("ul.goals > li"))
    assert len({box["value"] for box in boxes}) == len(boxes)
    for box in boxes:
        words = box.parent.get_text().replace("\\(", "").replace("\\)", "")
        assert box.has_attr("hidden") and words.split() == box["value"].split()
