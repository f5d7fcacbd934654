"""Figures that wait for a guess: forms with ``before``, of :mod:`answers` and :mod:`draw`.

With scripts the figure is hidden until the form is answered or the reader asks to see it. Without
scripts and on paper it is there.
"""

from docutils import nodes
from scripts import need
from sphinx.util import logging

log = logging.getLogger(__name__)


def let_wait(app, doctree):
    """Load the script where a figure waits, and warn of a figure that is not on the page."""
    for form in [node for node in doctree.findall(nodes.Element) if node.get("before")]:
        need(app.env, "waiting.js")
        if form["before"] not in doctree.ids:
            log.warning("there is no figure %r on this page", form["before"], location=form)


def setup(app):
    app.connect("doctree-read", let_wait)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
