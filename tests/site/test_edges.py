"""On a telephone, what goes on sideways says so."""

import pytest

WIDE = "article pre, article mjx-container[display=true], article .pst-scrollable-table-container"


@pytest.mark.parametrize("address", ["chapters/04-bias-correction.html", "reference/start.html"])
def test_what_goes_on_fades_at_its_edge(visit, address):
    page = visit(address, screen="phone")
    parts = page.locator(WIDE).evaluate_all(
        """parts => parts
          .filter((part) => part.scrollWidth > part.clientWidth + 4 && part.clientWidth)
          .filter((part) => getComputedStyle(part).overflowX === "auto")
          .map((part) => [part.dataset.goesOn, getComputedStyle(part).maskImage])"""
    )
    assert parts
    for edges, mask in parts:
        assert edges == "right" and "gradient" in mask


def test_at_its_end_it_fades_at_the_other_edge(visit):
    page = visit("reference/start.html", screen="phone")
    table = page.locator('[data-goes-on="right"]').first
    table.evaluate("part => part.scrollTo(part.scrollWidth, 0)")
    page.wait_for_timeout(100)
    assert page.locator('[data-goes-on="left"]').count() == 1


def test_a_formula_does_not_fade_for_its_accent(visit):
    page = visit("chapters/05-adam.html", screen="phone")
    page.wait_for_timeout(500)
    accented = page.locator("p .math:not([data-goes-on])", has_text="ε^")
    assert accented.count() > 3
    assert page.locator("p .math[data-goes-on]", has_text="ε^").count() == 0
