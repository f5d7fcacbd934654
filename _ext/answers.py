"""The directive ``answer``: a question of the book, with a field whose entry is judged in the page.

    ```{answer} first-step
    ```

The question, its hints and its misconceptions are those of ``optlib/book/data/questions.toml``.
What
the page carries to judge by are points and values, see :mod:`optlib.book.points`; the right
expression stands in a fold. Without scripts the question, its hints and this fold remain.
"""

import json
import sys
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from scripts import need

from optlib.algebra.latex import latex
from optlib.book import selfcheck
from optlib.book.points import judged_at

QUESTIONS = "optlib/book/data/questions.toml"
# Hidden until the script is there that answers.
FIELD = """<div class="answer-field" hidden>
<label>Your answer
<input type="text" autocomplete="off" autocapitalize="off" spellcheck="false"></label>
<button type="submit">Check</button>
<div class="answer-preview" aria-hidden="true"></div>
<div role="status"></div>
</div>"""


class answer(nodes.General, nodes.Element):
    """A question with its field; the children are what is told before and after an attempt."""


class fold(nodes.General, nodes.Element):
    """A part that is opened by its ``summary``."""


class Answer(SphinxDirective):
    required_arguments = 1

    def run(self):
        self.env.note_dependency(QUESTIONS)
        questions = selfcheck.load(Path(self.env.srcdir, QUESTIONS))
        name = self.arguments[0]
        if name not in questions:
            raise self.error(f"{QUESTIONS} has no question {name!r}")
        question, data = questions[name], judged_at(questions[name])
        need(self.env, "answer.js")
        node = answer(name=name, data=data)
        node += self._told("answer-question", str(question.ask()))
        node += field()
        for k, hint in enumerate(question.hints, 1):
            title = f"Hint {k}" if len(question.hints) > 1 else "Hint"
            node += self._folded("answer-hint", title, hint)
        for wrong in question.misconceptions:
            node += self._told("answer-misconception", wrong.says)
        right = f"$${latex(question.answer, data['names'])}$$"
        node += self._folded("answer-solution", "Show the answer", right)
        return [node]

    def _folded(self, name, summary, text):
        part = fold(summary=summary, classes=[name])
        part += self.parse_text_to_nodes(text)
        return part

    def _told(self, name, text):
        part = nodes.container(classes=[name])
        part += self.parse_text_to_nodes(text)
        return part


def field():
    """The node of the field in which an answer is typed."""
    return nodes.raw("", FIELD, format="html")


def visit_answer(self, node):
    hidden = " hidden" if node.get("hidden") else ""
    self.body.append(f'<form class="answer" data-question="{escape(node["name"])}"{hidden}>')


def depart_answer(self, node):
    data = json.dumps(node["data"]).replace("</", "<\\/")
    self.body.append(f'<script type="application/json">{data}</script></form>')


def visit_fold(self, node):
    self.body.append(f'<details class="{" ".join(node["classes"])}">')
    self.body.append(f"<summary>{escape(node['summary'])}</summary>")


def depart_fold(self, node):
    self.body.append("</details>")


def setup(app):
    app.add_node(answer, html=(visit_answer, depart_answer))
    app.add_node(fold, html=(visit_fold, depart_fold))
    app.add_directive("answer", Answer)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
