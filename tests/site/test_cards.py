"""The cards of the deck are set by the same typesetter that Anki has."""

import sqlite3
import zipfile

from conftest import SITE
from playwright.sync_api import expect

DECK = "_downloads/adam-line-by-line.apkg"
STUDY, GLOSSARY = "reference/study.html", "reference/glossary.html"
TYPESET = """async (cards) => {
  const box = document.querySelector("article").appendChild(document.createElement("div"));
  box.innerHTML = cards;
  delete MathJax.config.tex.macros;
  await MathJax.typesetPromise([box]);
  return [
    box.querySelectorAll("mjx-container").length,
    [...box.querySelectorAll("mjx-merror, [data-mjx-error]")].map((bad) => bad.textContent),
    box.innerText,
  ];
}"""


def test_the_deck_is_downloaded(visit):
    page = visit(STUDY)
    with page.expect_download() as started:
        page.get_by_role("link", name="Download the deck").click()
    assert started.value.suggested_filename == "adam-line-by-line.apkg"
    expect(page.get_by_role("heading", name="Cards")).to_be_visible()


def test_every_formula_of_a_card_is_set(visit):
    with zipfile.ZipFile(SITE / DECK) as file:
        connection = sqlite3.connect(":memory:")
        connection.deserialize(file.read("collection.anki2"))
    rows = connection.execute("select flds from notes").fetchall()
    connection.close()
    cards = "".join(f"<div>{fields}</div>" for (fields,) in rows).replace("\x1f", "</div><div>")
    count, wrong, text = visit(GLOSSARY).evaluate(TYPESET, cards)
    assert count == cards.count(r"\(") + cards.count(r"\[") > 300
    assert not wrong
    assert not {"\\", "$"} & set(text)
