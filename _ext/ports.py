"""The directive ``port``: the arguments of one library's optimizer in another library.

    ```{port}
    ```

The form works with ``optlib/book/data/ports.json``, which ``tools/ports.py`` writes. Without
scripts, and on paper, what is left is every port at the default arguments.
"""

import json
from html import escape
from pathlib import Path

from docutils import nodes
from port_words import in_words
from scripts import PORTS, need
from sphinx.util.docutils import SphinxDirective

LIBRARIES = {
    "torch": "PyTorch",
    "optax": "Optax",
    "keras": "Keras",
    "transformers": "Transformers",
}
SAME = 1e-9
# Hidden until the script is there that answers.
FORM = """<form class="port" hidden>
<div class="port-choice">
<label>From <select name="from"></select></label>
<label>optimizer <select name="name"></select></label>
<label>to <select name="to"></select></label>
</div>
<fieldset><legend>Arguments</legend><div class="port-arguments"></div></fieldset>
<div role="status"></div>
</form>"""


class Port(SphinxDirective):
    def run(self):
        self.env.note_dependency(PORTS)
        need(self.env, "ports.js")
        stored = json.loads(Path(self.env.srcdir, PORTS).read_text(encoding="utf-8"))
        entries = in_words(stored["entries"])
        folds = "".join(fold(library, entries[library]) for library in LIBRARIES)
        return [nodes.raw("", FORM + folds, format="html")]


def fold(library, optimizers):
    """All ports from one library at its defaults."""
    rows = "".join(
        f"<dt>{escape(name)}</dt>"
        + "".join(row(to, port) for to, port in entry["variants"][0]["ports"].items())
        for name, entry in optimizers.items()
    )
    title = f"From {LIBRARIES[library]}, at the default arguments"
    return f'<details class="port-still"><summary>{title}</summary><dl>{rows}</dl></details>'


def row(to, port):
    """One port in a line."""
    if "name" not in port:
        return f"<dd>{LIBRARIES[to]}: no port. {escape(port['words'][0])}</dd>"
    left = "exact" if port["exact"] else f"{100 * port['distance']:.2g} % are left"
    if not port["exact"] and port["distance"] < SAME:
        left = "the same for long, but not exact"
    around = "".join(f" {s}" for s in port["around"])
    return f"<dd>{LIBRARIES[to]}: <code>{escape(port['call'])}</code>, {left}.{escape(around)}</dd>"


def setup(app):
    app.add_directive("port", Port)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
