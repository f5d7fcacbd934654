"""The search, asked what readers ask."""

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

ASKED = {
    "eps hat": "reference/glossary.html#term-epsilon-hat",
    "epsilon hat": "reference/glossary.html#term-epsilon-hat",
    "ε̂": "reference/glossary.html#term-epsilon-hat",
    "bias correction": "chapters/04-bias-correction.html",
    "weight decay": "chapters/08-weight-decay.html",
    "wd": "chapters/08-weight-decay.html",
    "warmup": "chapters/09-warmup.html",
    "Adam or SGD?": "chapters/17-adam-against-sgd.html",
    "rate for a small Transformer": "reference/start.html#a-transformer-for-language-from-scratch",
    "lr": "reference/glossary.html#term-learning-rate",
    "Keras Adam to PyTorch": "chapters/16-conventions.html",
    "port hyper-parameters": "chapters/16-conventions.html#how-to-port-hyper-parameters",
    "claim 4.4": "reference/claims.html#claim-4.4",
    "clip_global_norm": "reference/api/algorithms.html#optlib.running.clipping.clip_global_norm",
}


def results(page):
    return page.locator("#search-found a")


@pytest.mark.parametrize("asked", ASKED)
def test_the_search_leads_to_the_place(visit, base, asked):
    page = visit(f"search.html?q={quote(asked)}")
    assert results(page).first.evaluate("link => link.href") == base + ASKED[asked]


@pytest.mark.parametrize("asked", ["bias correction", "learning rate", "induction", "code"])
def test_an_excerpt_can_be_read(visit, asked):
    page = visit(f"search.html?q={quote(asked)}")
    excerpts = page.locator(".search-hit p").all_inner_texts()
    assert excerpts
    for text in excerpts:
        assert not any(
            mark in text for mark in ("\\", "$", "Contents", ".pdf", "import ", " = np.")
        )
    shown = page.locator(".search-hit").all_inner_texts()
    assert any(asked.split()[0] in text.lower() for text in shown)


def test_a_result_is_a_place_on_its_page_and_nothing_stays_marked(visit):
    page = visit("search.html?q=epsilon")
    results(page).nth(1).click()
    page.wait_for_load_state()
    anchor = page.evaluate("decodeURIComponent(location.hash.slice(1))")
    assert anchor and page.evaluate("id => !!document.getElementById(id)", anchor)
    assert not page.locator("span.highlighted").count()


def test_it_can_be_used_by_keyboard(visit):
    page = visit("chapters/04-bias-correction.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("half-life")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=half-life")
    expect(results(page).first).to_have_attribute(
        "href", "./reference/glossary.html#term-half-life"
    )
    page.keyboard.press("Control+a")
    page.keyboard.type("no such word anywhere")
    page.keyboard.press("Control+a")
    page.keyboard.type("qqqq")
    expect(page.locator("#search-status")).to_have_text("Nothing found.")
    assert not results(page).count()
