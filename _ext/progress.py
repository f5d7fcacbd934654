"""What a reader has done: goals that can be ticked, and the directive ``progress``.

The list under "What you can do after this chapter" gets a box for each goal. The directive shows,
for each chapter, what is ticked, answered and scored there::

    ```{progress}
    ```

All of it is kept by the reader's browser. Without scripts the goals are a list, and there is no
table; there is none either as long as nothing was done.
"""

from html import escape

from docutils import nodes
from scripts import need
from sphinx.util.docutils import SphinxDirective

GOALS = "What you can do after this chapter"
CHAPTERS = "chapters/"
HEAD = """<section class="overview d-print-none" aria-labelledby="your-progress" hidden>
<h3 id="your-progress">Your progress</h3>
"""
FOOT = """<p>This is kept on your machine alone, by your browser; no page of this site sends
anything. <button type="button">Forget all</button></p><div role="status"></div></section>"""


class goal(nodes.General, nodes.Inline, nodes.TextElement):
    """What the reader is to be able to do, with a box to tick."""


def goal_lists(doctree):
    """Yield the lists of goals of a chapter; every chapter has one."""
    for box in doctree.findall(nodes.admonition):
        if box[0].astext() == GOALS:
            yield from box.findall(nodes.bullet_list)


def add_boxes(app, doctree):
    for goals in goal_lists(doctree):
        need(app.env, "progress.js")
        goals["classes"].append("goals")
        for item in goals:
            (paragraph,) = item.children
            told = goal("", "", *paragraph.children, says=" ".join(paragraph.astext().split()))
            paragraph.children = []
            paragraph += told


def visit_goal(self, node):
    # Hidden until the script is there that keeps what is ticked.
    box = '<input class="goal" type="checkbox" autocomplete="off" hidden value="{}">'
    self.body.append(f"<label>{box.format(escape(node['says']))} <span>")


def depart_goal(self, node):
    self.body.append("</span></label>")


class Progress(SphinxDirective):
    def run(self):
        need(self.env, "overview.js")
        found = sorted(name for name in self.env.found_docs if name.startswith(CHAPTERS))
        rows = [f"| [](/{name}.ipynb) | | | |" for name in found]
        head = ["| chapter | goals | quiz | questions |", "|:---|:---|:---|:---|"]
        table = self.parse_text_to_nodes("\n".join([*head, *rows]))
        return [nodes.raw("", HEAD, format="html"), *table, nodes.raw("", FOOT, format="html")]


def setup(app):
    app.add_node(goal, html=(visit_goal, depart_goal))
    app.add_directive("progress", Progress)
    app.connect("doctree-read", add_boxes)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
