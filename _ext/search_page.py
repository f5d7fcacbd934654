"""The search: an index of the sections of the book, in which ``static/search_page.js`` searches.

Sphinx' own index knows pages, and the words of code and toolbars in them. This one holds the prose
of each section, term of the glossary, claim and object of the API, with its address. So a result
leads to the place, its excerpt needs no second page, and the search works on a site that is opened
as files.
"""

import json
import tomllib
from pathlib import Path

from docutils import nodes
from prose import is_section, prose
from sphinx import addnodes

HERE = Path(__file__).parent
START = "reference/start"
# Lists of names, which hold nearly every word.
LISTS = ("reference/api", "reference/libraries")


def entries(doctree, docname):
    """Yield kind, anchor, heading and text of everything on a page that can be found."""
    api = docname.startswith(LISTS)
    for section in doctree.findall(is_section):
        whole = isinstance(section.parent, nodes.document)
        kind = "api" if api else "start" if docname == START else "title" if whole else "section"
        anchor = "" if whole else section["ids"][0]
        yield kind, anchor, prose(section[0].children), prose(section.children)
    for item in doctree.findall(nodes.definition_list_item):
        if isinstance(item.parent.parent, addnodes.glossary):
            yield "term", item[0]["ids"][0], prose(item[0].children), prose(item[1:])
    for row in doctree.findall(nodes.row):
        if row["ids"]:
            name, *cells = row.children
            yield "claim", row["ids"][0], f"Claim {prose([name])}", prose(cells)
    for described in doctree.findall(addnodes.desc):
        for signature in described.findall(addnodes.desc_signature):
            if signature.parent is described and signature["ids"]:
                heading = signature["ids"][0].removeprefix("optlib.")
                yield "api", signature["ids"][0], heading, prose(described[-1].children)


def stored(app):
    return Path(app.doctreedir) / "sections.json"


def begin(app):
    # Sphinx' own index and page are made only if this is set.
    app.builder.search = False
    app.config.html_additional_pages["search"] = "search.html"
    app.sections = {}


def add_page(app, doctree, docname):
    title = prose(next(doctree.findall(nodes.title)).children)
    app.sections[docname] = [title, *entries(doctree, docname)]


def write(app, error):
    """Write the index: of the pages that were built now, and of those built before."""
    if error or app.builder.name != "html":
        return
    path = stored(app)
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    found = {
        name: page for name, page in (before | app.sections).items() if name in app.env.found_docs
    }
    path.write_text(json.dumps(found), encoding="utf-8")
    synonyms = tomllib.loads((HERE / "synonyms.toml").read_text(encoding="utf-8"))
    index = {"pages": dict(sorted(found.items())), "synonyms": synonyms}
    script = (
        f"window.searchIndex = {json.dumps(index, ensure_ascii=False, separators=(',', ':'))};\n"
    )
    (Path(app.outdir) / "_static" / "search_index.js").write_text(script, encoding="utf-8")


def setup(app):
    app.connect("builder-inited", begin)
    app.connect("doctree-resolved", add_page)
    app.connect("build-finished", write)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": False}
