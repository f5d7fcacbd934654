"""The directive ``recall``: the claims of a chapter as a quiz, to be taken before they are settled.

    ```{recall} 04-bias-correction
    ```

The reader says of a statement that it holds, that it is wrong, or that it depends; the ledger
answers with its verdict, the right statement and the cell that decides it. All claims of the
chapter are on the page, in an order in which every few that follow each other have verdicts of
several kinds; with scripts the reader gets other ones at another try. Without scripts and on paper
the first few are a list, each with its answer in a fold.
"""

import sys
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from answers import fold
from claims import LEDGER
from scripts import need

from optlib.book import ledger

PER_ROUND = 5
# What a reader may say, and the verdicts for which it is right.
SAID = {
    "holds": (ledger.HOLDS,),
    "wrong": (ledger.WRONG,),
    "depends": (ledger.CONDITION, ledger.CONVENTION, ledger.EMPIRICAL),
}
ANSWERS = {verdict: said for said, verdicts in SAID.items() for verdict in verdicts}
# These are about the files and links of the notes themselves: nothing that one could know.
ABOUT_THE_NOTES = ("H", "R")
INTRO = """Does it hold, is it wrong, or does it depend? Say it before you read on. *Depends* is
right for three verdicts: what holds under a condition, what libraries or texts do differently, and
what no proof settles."""
BUTTONS = "".join(f'<button type="button" value="{said}">{said}</button>' for said in SAID)
# Words to be crossed on paper; hidden on the screen until the script is there that answers.
CHOICE = """<div class="recall-choice" role="group" aria-label="Verdict on claim {name}" hidden>
{buttons}</div><div role="status"></div>"""
SCORE = """<div class="recall-score"><p role="status"></p>
<button type="button" hidden>Another round</button></div>"""


class recall(nodes.General, nodes.Element):
    """A quiz; its children are the claims."""


class recall_claim(nodes.General, nodes.Element):
    """A statement with what may be said of it and what is told then."""


def asked(claims):
    """The claims that can be asked, such that neighbours have verdicts of several kinds."""
    groups = {said: [] for said in SAID}
    for claim in claims:
        if claim.name.split(".")[0] not in ABOUT_THE_NOTES:
            groups[ANSWERS[claim.verdict]].append(claim)
    spread = [
        ((place + 0.5) / len(group), claim)
        for group in groups.values()
        for place, claim in enumerate(group)
    ]
    return [claim for _, claim in sorted(spread, key=lambda pair: pair[0])]


class Recall(SphinxDirective):
    required_arguments = 1

    def run(self):
        self.env.note_dependency(LEDGER)
        chapter = self.arguments[0]
        claims = ledger.load(Path(self.env.srcdir, LEDGER)).values()
        chosen = asked([claim for claim in claims if claim.chapter == chapter])
        if not chosen:
            raise self.error(f"{LEDGER} has no claim of chapter {chapter!r} that can be asked")
        need(self.env, "recall.js")
        quiz = recall(classes=["recall"])
        quiz += [self._claim(claim, k >= PER_ROUND) for k, claim in enumerate(chosen)]
        return [*self.parse_text_to_nodes(INTRO), quiz]

    def _claim(self, claim, hidden):
        node = recall_claim(answer=ANSWERS[claim.verdict], hidden=hidden)
        node += self.parse_text_to_nodes(claim.claim)
        choice = CHOICE.format(name=claim.name, buttons=BUTTONS)
        node += nodes.raw("", choice, format="html")
        told = fold(summary="Answer", classes=["recall-told"])
        where = "The cell that decides it" if claim.computed else "What this rests on"
        told += self.parse_text_to_nodes(
            f"**{claim.verdict.capitalize()}.** {claim.right} *({claim.evidence})* "
            f"[{where}](#claim-{claim.name})"
        )
        node += told
        return node


def visit_recall(self, node):
    self.body.append('<section class="recall" aria-label="Quiz"><ol>')


def depart_recall(self, node):
    self.body.append(f"</ol>{SCORE}</section>")


def visit_claim(self, node):
    hidden = " hidden" if node["hidden"] else ""
    self.body.append(f'<li class="recall-claim" data-answer="{escape(node["answer"])}"{hidden}>')


def depart_claim(self, node):
    self.body.append("</li>")


def setup(app):
    app.add_node(recall, html=(visit_recall, depart_recall))
    app.add_node(recall_claim, html=(visit_claim, depart_claim))
    app.add_directive("recall", Recall)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
