"""What a link leads to is shown beside it."""

import pytest
from playwright.sync_api import expect

CHAPTER = "chapters/04-bias-correction.html"
LINKS = {
    "term": (CHAPTER, 'article a[href*="#term-bias-correction"]'),
    "claim": (CHAPTER, 'article table.claims a[href$="#claim-2-12"]'),
    "fig": ("chapters/01-gradient-descent.html", 'article a.reference[href$="#fig-bowl"]'),
}
TERM = LINKS["term"][1]


def preview(page):
    return page.locator("[role=tooltip].preview")


@pytest.mark.parametrize(
    "kind, says",
    [("term", "The division of an average"), ("claim", "holds with a condition"), ("fig", "")],
)
def test_a_link_shows_what_it_leads_to(visit, kind, says):
    address, found = LINKS[kind]
    page = visit(address)
    link = page.locator(found).first
    link.hover()
    expect(preview(page)).to_be_visible()
    expect(preview(page)).to_contain_text(says)
    assert link.get_attribute("aria-describedby") == preview(page).get_attribute("id")
    unset = ".math:not(:has(mjx-container))"
    expect(preview(page).locator(unset)).to_have_count(0)
    assert preview(page).locator("img").count() == (kind == "fig")
    page.mouse.move(0, 0)
    expect(preview(page)).to_have_count(0)


def test_by_keyboard_it_opens_and_escape_closes_it(visit):
    page = visit(CHAPTER)
    link = page.locator(TERM).first
    link.scroll_into_view_if_needed()
    page.keyboard.press("Tab")
    link.focus()
    expect(preview(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(preview(page)).to_have_count(0)
    assert link.evaluate("link => document.activeElement === link")


def test_it_stays_while_the_mouse_is_in_it(visit):
    page = visit(CHAPTER)
    page.locator(TERM).first.hover()
    expect(preview(page)).to_be_visible()
    preview(page).hover()
    page.wait_for_timeout(500)
    expect(preview(page)).to_be_visible()


def test_a_finger_follows_the_link(visit):
    page = visit(CHAPTER, screen="phone")
    page.locator(TERM).first.tap()
    page.wait_for_url("**/glossary.html#term-bias-correction")


def test_nothing_is_fetched_before_it_is_asked_for(visit):
    page = visit(CHAPTER)
    fetched = page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    assert not [name for name in fetched if ".html" in name]
