"""A site that asks nothing of another host.

Formulas are set by the copy of MathJax beside this file. Script and style entries that other
extensions point at a foreign host are dropped from every page.
"""

from pathlib import Path

FOREIGN = ("://", "sphinx-thebe", "THEBE_JS_URL")


def is_local(entry):
    """Say whether a script or style entry of a page stays on this site."""
    text = f"{getattr(entry, 'filename', entry)} {getattr(entry, 'attributes', '')}"
    return not any(mark in text for mark in FOREIGN)


def drop_foreign(app, pagename, templatename, context, doctree):
    for kind in ("script_files", "css_files"):
        context[kind] = [entry for entry in context[kind] if is_local(entry)]


def add_mathjax(app):
    app.config.html_static_path.append(str(Path(__file__).parent / "static"))


def setup(app):
    app.connect("builder-inited", add_mathjax)
    # After the extensions that add to the page, whose handlers have the default priority of 500.
    app.connect("html-page-context", drop_foreign, priority=900)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
