"""The directive ``live``: a figure that the reader moves.

    ```{live} correction-ratio
    :still: fig-ratio
    :name: fig-ratio

    The caption.
    ```

What it shows and its dials are declared in :mod:`optlib.book.live`. In its place without scripts,
and on paper, stands the figure that a cell of the chapter stores under the name ``still``; the
cell is tagged ``remove-output``, so that its figure is not on the page twice. On another page
``:still: chapters/05-adam.ipynb fig-map`` names the notebook too.
"""

import sys
from html import escape
from pathlib import Path

from chapter_figure import placed
from docutils import nodes
from docutils.parsers.rst import directives
from scripts import need
from sphinx.util.docutils import SphinxDirective

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from optlib.book.live import find


class live(nodes.figure):
    """A figure with its still picture, its dials and its caption."""


class Live(SphinxDirective):
    required_arguments = 1
    has_content = True
    option_spec = {"still": directives.unchanged_required, "name": directives.unchanged}

    def run(self):
        self.assert_has_content()
        try:
            figure = find(self.arguments[0])
        except ValueError as error:
            raise self.error(str(error)) from error
        self.env.note_dependency("optlib/book/live/declared.py")
        need(self.env, _script(figure))
        node = live(live=self.arguments[0])
        self.set_source_info(node)
        self.add_name(node)
        node += nodes.container("", still(self, figure.alt), classes=["live-still"])
        node += nodes.raw("", dials(figure), format="html")
        paragraph = self.parse_content_to_nodes()[0]
        node += nodes.caption(paragraph.rawsource, "", *paragraph.children)
        return [node]


def _script(figure):
    if figure.kind == "race":
        return "map.js" if figure.map else "race.js"
    return "live.js"


def still(directive, words):
    """Return the stored picture that the option ``still`` names; without it, the words."""
    if "still" not in directive.options:
        return nodes.paragraph("", words)
    *notebook, name = directive.options["still"].split()
    env = directive.env
    here = Path(env.doc2path(env.docname)).relative_to(env.srcdir).as_posix()
    address, image = placed(directive, notebook[0] if notebook else here, name)
    return nodes.image(uri=address, alt=image["alt"], classes=image.get("classes", "").split())


def dials(figure):
    """Return a slider for each dial, hidden until the script is there that reads them."""
    rows = [
        f"<label><span>{escape(dial.label)}</span>"
        f'<input type="range" name="{dial.name}" min="0" max="{len(dial.stops) - 1}" '
        f'value="{list(dial.stops).index(dial.start)}"><output></output></label>'
        for dial in figure.dials
    ]
    return f'<div class="live-view" hidden><div class="live-dials">{"".join(rows)}</div></div>'


def visit_live(self, node):
    self.body.append(self.starttag(node, "figure", CLASS="live", **{"data-live": node["live"]}))


def depart_live(self, node):
    self.body.append("</figure>\n")


def setup(app):
    app.add_enumerable_node(
        live,
        "figure",
        lambda node: node.next_node(nodes.caption).astext(),
        html=(visit_live, depart_live),
    )
    app.add_directive("live", Live)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
