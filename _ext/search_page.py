"""What the page of search results adds to Sphinx' own search; see ``static/search_page.js``."""


def add_script(app, pagename, templatename, context, doctree):
    if pagename == "search":
        # Deferred: it runs after the script of Sphinx that it changes, and before the search.
        app.add_js_file("search_page.js", loading_method="defer")


def setup(app):
    app.connect("html-page-context", add_script)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
