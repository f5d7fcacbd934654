"""What other sites show and ask of a page: its description, its card, its address.

Where the book is published is said once, by ``book_repository: owner/name`` in ``_config.yml``.
Then the site is at GitHub Pages, unless ``html_baseurl`` names another place; chapters have buttons
that open them in Colab and on Binder; and there is a sitemap. Without it nothing of this appears.
"""

from html import escape
from pathlib import Path
from textwrap import shorten

from docutils import nodes
from prose import prose

CARD = "_static/card.png"
LENGTH = 160
TOO_SHORT = 40


def follow_repository(app, config):
    if not config.book_repository:
        return
    owner, name = config.book_repository.split("/")
    config.html_baseurl = config.html_baseurl or f"https://{owner}.github.io/{name}/"
    config.html_theme_options |= {
        "repository_url": f"https://github.com/{owner}/{name}",
        "repository_branch": "main",
        "launch_buttons": {
            "binderhub_url": "https://mybinder.org",
            "colab_url": "https://colab.research.google.com",
            "notebook_interface": "jupyterlab",
        },
    }


def description(doctree):
    """The beginning of the first paragraph that says something."""
    paragraphs = (prose(node.children) for node in doctree.findall(nodes.paragraph))
    telling = (text for text in paragraphs if len(text) > TOO_SHORT)
    return shorten(next(telling, ""), LENGTH, placeholder=" …")


def describe(app, pagename, templatename, context, doctree):
    if doctree is None:
        return
    told = description(doctree)
    tags = [("name", "description", told), ("property", "og:description", told)]
    tags.append(("property", "og:title", prose(next(doctree.findall(nodes.title)).children)))
    tags.append(("property", "og:type", "article"))
    if base := app.config.html_baseurl:
        address = base + app.builder.get_target_uri(pagename)
        tags += [("property", "og:url", address), ("property", "og:image", base + CARD)]
        tags.append(("name", "twitter:card", "summary_large_image"))
    context["metatags"] += "".join(
        f'\n<meta {kind}="{name}" content="{escape(content)}" />'
        for kind, name, content in tags
        if content
    )


def write_sitemap(app, error):
    base = app.config.html_baseurl
    if error or not base or app.builder.name != "html":
        return
    pages = sorted(base + app.builder.get_target_uri(name) for name in app.env.found_docs)
    places = "".join(f"<url><loc>{escape(page)}</loc></url>\n" for page in pages)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n'
    )
    (Path(app.outdir) / "sitemap.xml").write_text(text, encoding="utf-8")


def setup(app):
    app.add_config_value("book_repository", "", "html", [str])
    app.connect("config-inited", follow_repository)
    app.connect("html-page-context", describe)
    app.connect("build-finished", write_sitemap)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
