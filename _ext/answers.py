"""The directive ``answer``: a question of the book that is judged in the page.

    ```{answer} first-step
    :before: fig-first-step
    ```

The question is one of ``optlib/book/data/questions.toml``: an expression is typed, a choice is
chosen, lines are put in order. What the page carries to judge an expression by are points and
values, see :mod:`optlib.book.points`; the answer stands in a fold. Without scripts the question,
its choices or lines, its hints and this fold remain. The figure that ``before`` names waits until
the reader has answered, see :mod:`waiting`.
"""

import json
import sys
from html import escape
from pathlib import Path
from string import ascii_lowercase

from docutils import nodes
from docutils.parsers.rst import directives
from scripts import need
from sphinx.util.docutils import SphinxDirective

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from optlib.algebra.latex import latex
from optlib.book import selfcheck
from optlib.book.choosing import Choice, Order
from optlib.book.points import judged_at

QUESTIONS = "optlib/book/data/questions.toml"
TYPED = """<label>Your answer
<input type="text" autocomplete="off" autocapitalize="off" spellcheck="false"></label>
<button type="submit">Check</button>
<div class="answer-preview" aria-hidden="true"></div>"""
CHOSEN = '<button type="submit">Check</button>'
# Hidden until the script is there that answers.
FIELD = """<div class="answer-field" hidden>
{}
<div role="status"></div>
</div>"""


class answer(nodes.General, nodes.Element):
    """A question with its field; the children are what is told before and after an attempt."""


class fold(nodes.General, nodes.Element):
    """A part that is opened by its ``summary``."""


class choices(nodes.General, nodes.Element):
    """The choices of a question, as a group named by the question."""


class choice(nodes.General, nodes.Element):
    """One of them; the children are its text."""


class Answer(SphinxDirective):
    required_arguments = 1
    option_spec = {"before": directives.unchanged_required}

    def run(self):
        self.env.note_dependency(QUESTIONS)
        questions = selfcheck.load(Path(self.env.srcdir, QUESTIONS))
        name = self.arguments[0]
        if name not in questions:
            raise self.error(f"{QUESTIONS} has no question {name!r}")
        question = questions[name]
        parts = {Choice: self._choice, Order: self._order}.get(type(question), self._expression)
        node = answer(name=name, before=self.options.get("before"))
        self.set_source_info(node)
        parts(node, question)
        need(self.env, f"{node['kind']}.js")
        return [node]

    def _expression(self, node, question):
        node["kind"], node["data"] = "expression", judged_at(question)
        node += self._told("answer-question", str(question.ask()))
        node += field()
        node += self._hints(question)
        for wrong in question.misconceptions:
            node += self._told("answer-misconception", wrong.says)
        right = f"$${latex(question.answer, node['data']['names'])}$$"
        node += self._folded("answer-solution", "Show the answer", right)

    def _choice(self, node, question):
        node["kind"], node["data"] = "choice", {"right": question.right}
        node += self._told("answer-question", question.question)
        group = choices(name=question.name)
        for k, text in enumerate(question.choices):
            group += choice("", *self._inline(text), name=question.name, value=k)
        node += group
        node += field(CHOSEN)
        node += self._hints(question)
        node += self._explained(question)

    def _explained(self, question):
        rows = nodes.enumerated_list(enumtype="loweralpha", prefix="", suffix=".")
        for k, says in enumerate(question.says):
            verdict = nodes.strong("", "Right." if k == question.right else "No.")
            told = nodes.inline("", "", *self._inline(says), classes=["answer-says"])
            rows += nodes.list_item("", nodes.paragraph("", "", verdict, nodes.Text(" "), told))
        return fold("", rows, summary="Show the answer", classes=["answer-solution"])

    def _order(self, node, question):
        shown = question.shuffled
        needs = [[shown.index(k) for k in sorted(question.after[place])] for place in shown]
        node["kind"], node["data"] = "order", {"needs": needs, "told": question.told}
        node += self._told("answer-question", question.question)
        node += self._lines([question.lines[place] for place in shown], ["answer-lines"])
        node += field(CHOSEN)
        node += self._hints(question)
        right = self._lines(question.lines, [])
        node += fold("", right, summary="Show the answer", classes=["answer-solution"])

    def _lines(self, texts, classes):
        rows = [nodes.list_item("", nodes.paragraph("", "", *self._inline(k))) for k in texts]
        return nodes.enumerated_list(
            "", *rows, enumtype="arabic", prefix="", suffix=".", classes=classes
        )

    def _hints(self, question):
        several = len(question.hints) > 1
        return [
            self._folded("answer-hint", f"Hint {k}" if several else "Hint", hint)
            for k, hint in enumerate(question.hints, 1)
        ]

    def _inline(self, text):
        """The nodes of one paragraph of Markdown."""
        return self.parse_text_to_nodes(text)[0].children

    def _folded(self, name, summary, text):
        part = fold(summary=summary, classes=[name])
        part += self.parse_text_to_nodes(text)
        return part

    def _told(self, name, text):
        part = nodes.container(classes=[name])
        part += self.parse_text_to_nodes(text)
        return part


def field(entry=TYPED):
    """The node of the field that judges."""
    return nodes.raw("", FIELD.format(entry), format="html")


def visit_answer(self, node):
    name = escape(node["name"])
    before = f' data-before="{escape(node["before"])}"' if node.get("before") else ""
    hidden = " hidden" if node.get("hidden") else ""
    self.body.append(
        f'<form class="answer" id="question-{name}" data-question="{name}" '
        f'data-kind="{node["kind"]}"{before}{hidden}>'
    )


def depart_answer(self, node):
    data = json.dumps(node["data"]).replace("</", "<\\/")
    self.body.append(f'<script type="application/json">{data}</script></form>')


def visit_fold(self, node):
    self.body.append(f'<details class="{" ".join(node["classes"])}">')
    self.body.append(f"<summary>{escape(node['summary'])}</summary>")


def depart_fold(self, node):
    self.body.append("</details>")


def visit_choices(self, node):
    self.body.append('<fieldset class="answer-choices"><legend>Your choice</legend>')


def depart_choices(self, node):
    self.body.append("</fieldset>")


def visit_choice(self, node):
    letter = ascii_lowercase[node["value"]]
    self.body.append(
        f'<label><input type="radio" name="{escape(node["name"])}" value="{node["value"]}" hidden>'
        f"<b>{letter}.</b><span>"
    )


def depart_choice(self, node):
    self.body.append("</span></label>")


def setup(app):
    app.add_node(answer, html=(visit_answer, depart_answer))
    app.add_node(fold, html=(visit_fold, depart_fold))
    app.add_node(choices, html=(visit_choices, depart_choices))
    app.add_node(choice, html=(visit_choice, depart_choice))
    app.add_directive("answer", Answer)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
