"""The deck for Anki: what it holds, that it can be read, and that a later edition updates it."""

import html
import json
import re
import sqlite3
import sys
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import notebooks
import pytest
from pages import SITE, page

from optlib.book import ledger, selfcheck

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "_ext"))
from card_text import card_text
from deck import FILE, KINDS, deck, write_deck
from deck_cards import as_is, cards
from recall import ABOUT_THE_NOTES

TITLES = {path.stem: "Chapter 1, Title" for path in notebooks.notebooks()}
MACROS = {"E": r"\operatorname{E}"}


def notes(path):
    """The notes of a file: guid -> (fields, tags, time of change)."""
    with zipfile.ZipFile(path) as file:
        assert json.loads(file.read("media")) == {}
        stored = file.read("collection.anki2")
    connection = sqlite3.connect(":memory:")
    connection.deserialize(stored)
    rows = connection.execute("select guid, flds, tags, mod from notes").fetchall()
    (count,) = connection.execute("select count(*) from cards").fetchone()
    connection.close()
    assert count == len(rows)
    found = {guid: (fields.split("\x1f"), tags.split(), mod) for guid, fields, tags, mod in rows}
    assert len(found) == len(rows)
    return found


@pytest.fixture(scope="module")
def built():
    return notes(SITE / FILE)


@pytest.fixture(scope="module")
def collected():
    return cards(notebooks.ROOT)


@pytest.fixture
def written(collected, tmp_path):
    """Write a deck and read it; the cards may be others, the time is in seconds."""

    def write(name="deck.apkg", found=collected, seconds=1_000_000_000):
        path = tmp_path / name
        write_deck(deck(found, TITLES, MACROS), path, seconds)
        return path

    return write


def test_everything_that_can_be_learnt_by_heart_is_in_it(collected):
    names = {kind: {c.name for c in collected if c.kind == kind} for kind in KINDS}
    glossary = (notebooks.ROOT / "reference/glossary.md").read_text(encoding="utf-8")
    terms = re.findall(r"^(\S.*)\n  ", glossary, re.MULTILINE)
    assert len(terms) > 50 and names["definition"] == set(terms)
    questions = selfcheck.load().items()
    asked = {k for k, q in questions if isinstance(q, selfcheck.Question)}
    assert names["formula"] == asked
    claims = {name for name in ledger.load() if name.split(".")[0] not in ABOUT_THE_NOTES}
    assert names["claim"] == claims
    assert {"adam", "adamw", "rmsprop"} <= names["library"]
    assert {"$m_t$", r"elsewhere $\varepsilon$", "grade proved"} <= names["notation"]


def test_the_page_says_how_many_cards_of_which_kind(built):
    article = page("reference/study").article
    counted = [int(row.select("td")[1].get_text()) for row in article.select("tbody tr")]
    of_kind = Counter(tags[0] for _, tags, _ in built.values())
    assert counted == [*(of_kind[kind] for kind in KINDS), len(built)]
    assert all(counted)
    link = article.select_one("a[download]")
    assert (SITE / "reference" / link["href"]).resolve() == SITE / FILE


def test_no_card_shows_its_source(built):
    for fields, _, _ in built.values():
        front, back, place = map(html.unescape, fields)
        assert front and back and place.startswith("Adam, Line by Line")
        for text in (front, back, place):
            words = re.sub(r"\\\(.*?\\\)|\\\[.*?\\\]", "", text, flags=re.DOTALL)
            assert not re.search(r"\{[\w:]+\}|[`$\\]|\]\(|\*\*[^*]+\*\*|</?a\b", words), text
            assert "$" not in text and r"\E" not in re.findall(r"\\[a-zA-Z]+", text), text


def test_a_card_belongs_to_its_chapter(built):
    for fields, (kind, *chapter), _ in built.values():
        assert kind in KINDS
        assert ("Chapter" in fields[2]) == bool(chapter) == (kind != "notation")
        assert set(chapter) <= set(TITLES)


def test_the_same_book_makes_the_same_file(written):
    assert written("one").read_bytes() == written("two").read_bytes()


def test_a_later_edition_updates_the_cards(written, collected):
    changed = [replace(card, front="Another question", back="Another answer") for card in collected]
    before = notes(written())
    after = notes(written("later.apkg", changed, 1_000_000_001))
    assert set(before) == set(after)
    assert all(after[guid][2] > before[guid][2] for guid in before)


@pytest.mark.parametrize(
    "markdown, shown",
    [
        ("$a < b$ and `x`", r"\(a &lt; b\) and <code>x</code>"),
        (r"$\E[m]$, not $\Ex$", r"\(\operatorname{E}[m]\), not \(\Ex\)"),
        ("$$x$$", r"\[x\]"),
        ("a {term}`term`, {term}`words <term>`{cite:p}`key`", "a term, words"),
        ("[Chapter 4](../chapters/04.ipynb)", "Chapter 4"),
        (
            as_is("1 - 0.96**t, *a* _b_ `c` $d$ [e](f) <g>"),
            "1 - 0.96**t, *a* _b_ `c` $d$ [e](f) &lt;g&gt;",
        ),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
    ],
)
def test_text_as_a_card_shows_it(markdown, shown):
    assert card_text(markdown, MACROS) == shown


def test_a_role_that_a_card_cannot_show_is_refused():
    with pytest.raises(ValueError, match="numref"):
        card_text("see {numref}`fig-race`", {})
