"""The directive ``playground``: optimizers raced in the page, with presets that tell a story each.

    ```{playground}
    :still: chapters/05-adam.ipynb fig-race
    ```

The presets are those of :mod:`optlib.book.live.stories`; ``[text](#story-NAME)`` leads to one.
Without scripts there are their texts and the still picture.
"""

import sys
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from live import still
from scripts import need
from sphinx.util.docutils import SphinxDirective

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from optlib.book.live.stories import STORIES


class playground(nodes.General, nodes.Element):
    """The stories, the still picture and the place of the race."""


class Playground(SphinxDirective):
    option_spec = {"still": directives.unchanged_required}

    def run(self):
        self.env.note_dependency("optlib/book/live/stories.py")
        need(self.env, "playground.js")
        node = playground()
        stories = nodes.container(classes=["playground-stories"])
        for name, story in STORIES.items():
            row = nodes.container(names=[f"story-{name}"])
            self.state.document.note_explicit_target(row)
            button = (
                f'<button type="button" data-story="{name}" disabled>{escape(story.title)}</button>'
            )
            row += [nodes.raw("", button, format="html"), *self.parse_text_to_nodes(story.text)]
            stories += row
        picture = still(self, "The playground needs JavaScript.")
        node += [
            stories,
            nodes.raw("", '<div class="live-view" hidden></div>', format="html"),
            nodes.container("", picture, classes=["live-still"]),
        ]
        return [node]


def visit_playground(self, node):
    self.body.append('<section class="playground">')


def depart_playground(self, node):
    self.body.append("</section>")


def setup(app):
    app.add_node(playground, html=(visit_playground, depart_playground))
    app.add_directive("playground", Playground)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
