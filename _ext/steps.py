"""The directive ``steps``: a derivation of the chapter, revealed line by line.

    ```{steps} drift
    ```

names the derivation that a code cell of the same chapter shows by its last line, ``drift``. What
the page shows are the lines stored with that cell's output, each with its reason and grade. With
scripts it opens with the first line; the reader sees the next one, tries it (an answer that is
judged like those of :mod:`answers`), or sees all. Without scripts and on paper all lines are there.
"""

import json
from html import escape
from pathlib import Path

from answers import answer, field
from docutils import nodes
from scripts import need
from sphinx.util.docutils import SphinxDirective

from optlib.book import selfcheck
from optlib.book.points import judged_at

BUTTONS = """<div class="steps-buttons" hidden>
<button type="button">Next line</button>
<button type="button">Try the next line yourself</button>
<button type="button">All lines</button>
</div>"""


class steps(nodes.General, nodes.Element):
    """A derivation; its children are its lines, what they assume, and the buttons."""


def stored(path, name):
    """Return what the output of the cell that ends with ``name`` stores of its derivation."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        last = "".join(cell["source"]).strip().rpartition("\n")[2]
        for output in cell.get("outputs", []) if last == name else []:
            if found := output.get("metadata", {}).get("derivation"):
                return found
    raise LookupError(f"{path.name} has no cell that ends with {name!r} and shows a derivation")


class Steps(SphinxDirective):
    required_arguments = 1

    def run(self):
        name = self.arguments[0]
        try:
            derivation = stored(Path(self.env.doc2path(self.env.docname)), name)
        except LookupError as error:
            raise self.error(str(error)) from error
        need(self.env, "steps.js")
        node = steps(name=name)
        for k, line in enumerate(derivation["lines"]):
            node += [self._line(line), *self._asked(name, k, derivation)]
        node += self._notes("with", derivation["with"])
        node += self._notes("assuming", derivation["assuming"])
        node += nodes.raw("", BUTTONS, format="html")
        return [node]

    def _line(self, line):
        row = nodes.container(classes=["steps-line", *(["steps-on"] if not line["left"] else [])])
        if line["formula"] is None:
            row += self._prose("steps-formula", line["text"])
        else:
            formula = rf"{line['left']} {line['relation']} {line['formula']}"
            row += nodes.container("", self._math(formula), classes=["steps-formula"])
        grade = f" *({line['grade']})*" if line["grade"] else ""
        if line["reason"] or grade:
            row += self._prose("steps-reason", f"{line['reason']}{grade}")
        return row

    def _asked(self, name, k, derivation):
        """The line as a question, where it equals the one before and can be typed."""
        line = derivation["lines"][k]
        if not k or line["left"] or line["relation"] != "=" or not line["text"]:
            return []
        symbols = derivation["symbols"]
        domains = {s: facts["domain"] for s, facts in symbols.items()}
        table = {"question": line["reason"], "answer": line["text"], "symbols": domains}
        question = selfcheck.declared(f"{name}-{k}", table)
        try:
            data = judged_at(question)
        except ValueError:
            # The page can judge no expression that has too few values.
            return []
        data["names"] = {s: symbols[s]["latex"] for s in data["names"]}
        box = answer(name=question.name, kind="expression", data=data, hidden=True)
        names = ", ".join(f"`{s}` (${tex}$)" for s, tex in data["names"].items())
        box += self._prose("answer-question", f"How does it go on? Answer in terms of {names}.")
        box += field()
        return [box]

    def _math(self, text):
        return nodes.math("", rf"\displaystyle {text}")

    def _prose(self, name, text):
        part = nodes.container(classes=[name])
        part += self.parse_text_to_nodes(text)
        return part

    def _notes(self, intro, facts):
        if not facts:
            return []
        part = nodes.paragraph("", f"{intro} ", classes=["steps-notes"])
        for k, fact in enumerate(facts):
            part += [nodes.Text(", " if k else ""), nodes.math("", fact)]
        return [part]


def visit_steps(self, node):
    self.body.append(f'<section class="steps" data-derivation="{escape(node["name"])}">')


def depart_steps(self, node):
    self.body.append("</section>")


def setup(app):
    app.add_node(steps, html=(visit_steps, depart_steps))
    # sphinx-design has steps too, numbered boxes that the book does not use.
    app.setup_extension("sphinx_design")
    app.add_directive("steps", Steps, override=True)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
