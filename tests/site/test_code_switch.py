"""How much code is shown: all, the essential, none."""

import pytest

CHAPTER = "chapters/04-bias-correction.html"


def shown(page):
    """How many pieces of code are to be seen."""
    return page.locator("article .cell_input:visible").count()


def choose(page, choice):
    page.locator(f".code-switch input[value={choice}]").check()
    return shown(page)


def test_more_or_less_code(visit):
    page = visit(CHAPTER)
    everything = page.locator("article .cell_input").count()
    essential = shown(page)
    assert 0 < essential < everything
    assert page.locator(".code-switch input:checked").input_value() == "essential"
    assert choose(page, "all") == page.locator("article .cell_input:visible").count() > essential
    assert not page.locator("article details:has(> .cell_input):not([open])").count()
    assert choose(page, "none") == 0
    assert not page.locator("article details:has(> .cell_input):visible").count()
    assert choose(page, "essential") == essential


@pytest.mark.parametrize("choice", ["all", "essential", "none"])
def test_the_choice_holds_for_the_next_page(visit, base, choice):
    page = visit(CHAPTER)
    choose(page, choice)
    page.goto(base + "chapters/05-adam.html")
    assert page.locator(".code-switch input:checked").input_value() == choice
    assert page.evaluate("document.documentElement.dataset.code") == choice
    assert (shown(page) == 0) == (choice == "none")


def test_it_is_chosen_by_keyboard(visit):
    page = visit(CHAPTER)
    page.locator(".code-switch input:checked").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".code-switch input:focus").input_value() == "none"
    assert shown(page) == 0


def test_a_page_without_code_has_no_switch(visit):
    assert not visit("reference/glossary.html").locator(".code-switch").count()
