"""The directive ``draw``: the reader draws a curve before seeing it.

    ```{draw} correction-ratio
    :at: 1 10 100 1000 10000
    :before: fig-ratio

    How does the ratio go on? Move the marks to where you expect it.
    ```

names a figure of curves of :mod:`optlib.book.live`. On its empty axes stand marks, one at each
place of ``at``; the reader moves them up and down. The first curve of the figure, with its dials
where they start, is then drawn over the reader's own, and the distance told. The figure that
``before`` names waits until then, see :mod:`waiting`. Without scripts and on paper only the
question is left.
"""

import json
import sys
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from scripts import need
from sphinx.util.docutils import SphinxDirective

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from optlib.book.live import find

FIELD = """<div class="draw-field" hidden>
<div class="draw-view"></div>
<button type="submit">Show the curve</button>
<div role="status"></div>
</div>"""


class draw(nodes.General, nodes.Element):
    """Empty axes to draw on; the children are the question and the field."""


class Draw(SphinxDirective):
    required_arguments = 1
    has_content = True
    option_spec = {
        "at": directives.unchanged_required,
        "before": directives.unchanged_required,
    }

    def run(self):
        self.assert_has_content()
        name = self.arguments[0]
        try:
            figure = find(name)
            places = [json.loads(place) for place in self.options.get("at", "").split()]
        except ValueError as error:
            raise self.error(str(error)) from error
        if figure.kind != "curves":
            raise self.error(f"{name} has no curve to draw")
        outside = [x for x in places if not figure.x.low <= x <= figure.x.high]
        if len(places) < 2 or places != sorted(places) or outside:
            raise self.error("at: two places or more on the axis, from left to right")
        self.env.note_dependency("optlib/book/live/declared.py")
        need(self.env, "draw.js")
        node = draw(name=name, at=places, before=self.options.get("before"))
        self.set_source_info(node)
        node += nodes.container("", *self.parse_content_to_nodes(), classes=["answer-question"])
        node += nodes.raw("", FIELD, format="html")
        return [node]


def visit_draw(self, node):
    name = escape(node["name"])
    before = f' data-before="{escape(node["before"])}"' if node["before"] else ""
    self.body.append(
        f'<form class="draw" id="draw-{name}" data-draw="{name}" '
        f'data-at="{json.dumps(node["at"])}"{before}>'
    )


def depart_draw(self, node):
    self.body.append("</form>")


def setup(app):
    app.add_node(draw, html=(visit_draw, depart_draw))
    app.add_directive("draw", Draw)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
