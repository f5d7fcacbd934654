"""Small corrections to the markup of other extensions, for readers with a screen reader or keys."""

CORRECTIONS = {
    # The entries of a list have to be items.
    'role="doc-biblioentry"': 'role="listitem"',
    # What scrolls has to be reached by the tabulator key.
    '<div class="pst-scrollable-table-container">': (
        '<div class="pst-scrollable-table-container" tabindex="0">'
    ),
}


def correct(app, pagename, templatename, context, doctree):
    for wrong, right in CORRECTIONS.items():
        context["body"] = context.get("body", "").replace(wrong, right)


def setup(app):
    app.connect("html-page-context", correct)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
