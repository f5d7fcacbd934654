"""What comes out of a printer."""

import re

import pytest

A4 = (595, 842)
CHAPTER = "chapters/04-bias-correction.html"
AT_MOST = 30
# Between the margins of a sheet of A4, in the pixels of a style sheet.
SHEET = {"width": 680, "height": 1009}


@pytest.fixture
def pages(visit):
    """The sizes of the pages that an address makes on paper."""

    def print_out(address):
        paper = visit(address).pdf(format="A4", prefer_css_page_size=True)
        sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
        return [(round(float(w)), round(float(h))) for w, h in sizes]

    return print_out


def test_a_chapter_is_printed_upright_and_without_the_code_that_is_folded(pages):
    printed = pages(CHAPTER)
    assert 0 < len(printed) <= AT_MOST
    assert all(width < height for width, height in printed)


def test_the_cheat_sheet_is_printed_on_its_side(pages):
    assert any(width > height for width, height in pages("reference/cheatsheet.html"))


@pytest.fixture
def on_paper(visit):
    """A page as it is laid out for a sheet."""

    def lay_out(address, theme="light"):
        page = visit(address, theme)
        page.set_viewport_size(SHEET)
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        return page

    return lay_out


def test_no_formula_is_cut(on_paper):
    page = on_paper(CHAPTER)
    widths = page.locator('article mjx-container[display="true"] > mjx-math').evaluate_all(
        "formulas => formulas.map((formula) => formula.getBoundingClientRect().right)"
    )
    assert widths and max(widths) <= SHEET["width"]


def test_what_is_folded_stays_folded_and_what_is_short_stays_whole(on_paper):
    page = on_paper(CHAPTER)
    assert page.locator("details:has(> .cell_input)").count()
    assert not page.locator("details:has(> .cell_input):visible").count()
    for part in (".cell_input", "figure"):
        kept = page.locator(f"article {part}:visible").evaluate_all(
            "parts => parts.map((part) => getComputedStyle(part).breakInside)"
        )
        assert kept and set(kept) == {"avoid"}


def test_paper_is_white_and_the_screen_is_as_before(on_paper):
    page = on_paper(CHAPTER, "dark")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
