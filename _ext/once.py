"""What many pages ask for anew, made once.

The pages of source code stand in no list of pages, so those of one folder show the same list. The
writers of citations are looked for among all that is installed, unless they are registered.
"""

import posixpath
from functools import partial

from pybtex.plugin import find_plugin, register_plugin

WRITERS = "pybtex.backends"


def share_lists(lists, app, pagename, templatename, context, doctree):
    """Let pages that no list holds share the list of pages that their folder sees."""
    if pagename in app.env.all_docs:
        return
    build, folder = context["toctree"], posixpath.dirname(pagename)

    def shared(**options):
        key = (folder, *sorted(options.items()))
        if key not in lists:
            lists[key] = build(**options)
        return lists[key]

    context["toctree"] = shared


def setup(app):
    for name in ("docutils", "plaintext"):
        register_plugin(WRITERS, name, find_plugin(WRITERS, name), force=True)
    # Before the theme, which takes the list of pages from there at the default priority of 500.
    app.connect("html-page-context", partial(share_lists, {}), priority=100)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
