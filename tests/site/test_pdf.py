"""The site printed as one book, tried on a chapter and the cheat sheet."""

import io
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import book_page
import pdf

CHAPTER = "chapters/04-bias-correction"
PARTS = pdf.only(pdf.contents(), [CHAPTER, "reference/cheatsheet"])


@pytest.fixture(scope="module")
def book(chromium, site):
    document = book_page.document(site, "The title", PARTS)
    return PdfReader(io.BytesIO(pdf.printed(chromium, document)))


@pytest.fixture(scope="module")
def outline(book):
    """The bookmarks as (depth, title, page)."""

    def flat(entries, depth):
        for entry in entries:
            if isinstance(entry, list):
                yield from flat(entry, depth + 1)
            else:
                yield depth, entry.title, book.get_destination_page_number(entry)

    return list(flat(book.outline, 0))


def text(book, number):
    return book.pages[number].extract_text()


def test_parts_chapters_and_sections_are_bookmarks(outline):
    titles = {title: depth for depth, title, _ in outline}
    assert titles["Building Adam"] == titles["Reference"] == 0
    assert titles["4. Bias correction"] == titles["Cheat sheet"] == 1
    assert titles["A random gradient"] == titles["Solutions"] == 2


def test_a_bookmark_leads_to_its_page(book, outline):
    for _, title, number in outline:
        assert title in " ".join(text(book, number).split())


def test_the_contents_say_on_which_page(book, outline):
    contents = text(book, 1).replace("\n", " ")
    for _, title, number in outline:
        assert f"{title} {number + 1}" in contents


def test_pages_are_numbered_but_the_first(book):
    assert book.metadata.title == "The title" in text(book, 0)
    assert all(text(book, k).split()[0] == str(k + 1) for k in range(1, len(book.pages)))


def test_only_the_cheat_sheet_lies_on_its_side(book, outline):
    (first,) = [number for _, title, number in outline if title == "Cheat sheet"]
    lying = [page.mediabox.width > page.mediabox.height for page in book.pages]
    assert lying == [k >= first for k in range(len(lying))]


def test_links_stay_in_the_book_or_lead_to_the_web(book):
    places = set(book.named_destinations)
    for page in book.pages:
        for link in page.get("/Annots", []):
            link = link.get_object()
            if "/A" in link:
                assert link["/A"]["/URI"].startswith("https://"), link["/A"]
            else:
                assert link["/Dest"] in places


def test_solutions_stand_at_the_end_and_formulas_are_set(book, outline):
    begins = {title: number for _, title, number in outline}
    before = "".join(text(book, k) for k in range(begins["Solutions"]))
    after = "".join(text(book, k) for k in range(begins["Solutions"], len(book.pages)))
    assert "Solution to" not in before and "Solution to" in after
    assert "\\frac" not in before + after and "Show the" not in before + after
