"""Small corrections to the markup of other extensions, for readers with a screen reader or keys.

What depends on the width of the screen is in ``_static/keys.js``.
"""

import re

CORRECTIONS = {
    # The entries of a list have to be items.
    r'role="doc-biblioentry"': 'role="listitem"',
    # What scrolls has to be reached by the tabulator key.
    r'<div class="pst-scrollable-table-container">': (
        '<div class="pst-scrollable-table-container" tabindex="0">'
    ),
    # The empty corner of a table is the header of nothing.
    r"<th( [^>]*)?>\s*(?:<p>\s*</p>)?\s*</th>": r"<td\1></td>",
}
# In the list of pages: a page that has pages under it, and the button that shows them.
UNNAMED = re.compile(r"(<a [^>]*>\s*([^<]*?)\s*</a>\s*<details[^>]*>\s*)<summary>")


def correct(app, pagename, templatename, context, doctree):
    for wrong, right in CORRECTIONS.items():
        context["body"] = re.sub(wrong, right, context.get("body", ""))


def name_buttons(app, pagename, templatename, context, doctree):
    build = context["generate_toctree_html"]

    def build_with_names(**options):
        # passed on as the theme spelt them: it keeps what it built by their names and order
        tree = build(**options)
        if options["kind"] == "raw":
            return tree
        return UNNAMED.sub(r'\1<summary aria-label="Pages under \2">', str(tree))

    context["generate_toctree_html"] = build_with_names


def setup(app):
    app.connect("html-page-context", correct)
    # After the theme, which puts the list of pages there at the default priority of 500.
    app.connect("html-page-context", name_buttons, priority=900)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
