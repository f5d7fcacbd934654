"""The deck for Anki: the directive ``deck`` says what is in it, and every build writes it.

    ```{deck}
    ```

is a table of the kinds of cards, counted, and a link to the file. Decks, note types and notes keep
their ids from one edition to the next, so that Anki updates the cards of one who imports the deck
again, and keeps what was learnt.
"""

import itertools
import os
import sqlite3
import sys
import time
import zipfile
from collections import Counter
from html import escape
from pathlib import Path

import genanki
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from card_text import card_text
from claims import LEDGER
from deck_cards import GLOSSARY, NOTATION, cards

TITLE = "Adam, Line by Line"
FILE = "_downloads/adam-line-by-line.apkg"
# Chosen once by chance. With other ones Anki would take the next edition for another deck.
DECK, NOTE_TYPE = 1785203914, 1519837206
KINDS = {
    "definition": "**definitions**: what a term of the glossary means",
    "notation": "**notation**: what a symbol stands for, and how papers and libraries write it",
    "formula": "**formulas and numbers**: the questions of the chapters, answered by a formula",
    "library": "**libraries**: which one does what with an optimizer, and its default numbers",
    "claim": "**claims**: the verdict on a statement, and the right statement",
}
STYLE = """.card { max-width: 36rem; margin: 0 auto; padding: 1rem; font: 1.15rem/1.5 sans-serif;
  color: #1c1c1c; background: #fff; }
.place { margin-top: 1.5rem; font-size: 0.8rem; color: #666; }
code { font-size: 0.9em; overflow-wrap: anywhere; }
.nightMode.card, .nightMode .card { color: #e6e6e6; background: #222; }
.nightMode .place { color: #aaa; }"""
PLACE = '<div class="place">{{Place}}</div>'


def note_type():
    fields = [{"name": name} for name in ("Front", "Back", "Place")]
    face = {
        "name": "Card",
        "qfmt": "{{Front}}" + PLACE,
        "afmt": "{{Front}}<hr id=answer>{{Back}}" + PLACE,
    }
    return genanki.Model(NOTE_TYPE, TITLE, fields=fields, templates=[face], css=STYLE)


def place(card, titles):
    """Where the book has it, as the foot of the card."""
    where = f" · {titles[card.chapter]}" if card.chapter else ""
    return escape(f"{TITLE}{where}")


def deck(found, titles, macros):
    """The deck of the cards.

    Parameters
    ----------
    found : list of Card
    titles : dict
        The stem of a chapter -> its title.
    macros : dict
        As for :func:`card_text.card_text`.
    """
    made = genanki.Deck(DECK, TITLE, f"Cards from the book {TITLE}.")
    kind_of_note = note_type()
    for card in found:
        texts = [card_text(text, macros) for text in (card.front, card.back)]
        made.add_note(
            genanki.Note(
                kind_of_note,
                [*texts, place(card, titles)],
                tags=[card.kind, *([card.chapter] if card.chapter else [])],
                guid=genanki.guid_for(TITLE, card.kind, card.name),
            )
        )
    return made


def write_deck(made, path, seconds):
    """Write a deck as a file that Anki imports; the same deck at the same time is the same file.

    Anki replaces a card only by one that is newer, so the time has to move from edition to edition.
    """
    connection = sqlite3.connect(":memory:")
    ids = itertools.count(seconds * 1000)
    genanki.Package(made).write_to_db(connection.cursor(), seconds, ids)
    connection.commit()
    path.parent.mkdir(parents=True, exist_ok=True)
    # ZipInfo has a fixed date.
    parts = {"collection.anki2": connection.serialize(), "media": "{}"}
    with zipfile.ZipFile(path, "w") as file:
        for name, content in parts.items():
            file.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    connection.close()


class Deck(SphinxDirective):
    def run(self):
        for path in (LEDGER, GLOSSARY, NOTATION, "optlib/book/data/questions.toml"):
            self.env.note_dependency(path)
        count = Counter(card.kind for card in cards(self.env.srcdir))
        rows = [f"| {asks} | {count[kind]} |" for kind, asks in KINDS.items()]
        rows.append(f"| **all** | {count.total()} |")
        table = self.parse_text_to_nodes("\n".join(["| cards | how many |", "|:---|---:|", *rows]))
        up = "../" * self.env.docname.count("/")
        link = f'<p><a class="reference" href="{up}{FILE}" download>Download the deck</a></p>'
        return [*table, nodes.raw("", link, format="html")]


def titles(env):
    found = {name.rpartition("/")[2]: title.astext() for name, title in env.titles.items()}
    return {stem: f"Chapter {title.replace('. ', ', ', 1)}" for stem, title in found.items()}


def write(app, error):
    if error or app.builder.name != "html":
        return
    macros = app.config.mathjax3_config["tex"]["macros"]
    made = deck(cards(app.srcdir), titles(app.env), macros)
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
    write_deck(made, Path(app.outdir) / FILE, seconds)


def setup(app):
    app.add_directive("deck", Deck)
    app.connect("build-finished", write)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
