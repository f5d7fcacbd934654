"""The built site: pages exist, show their figures and formulas, and ask nothing of another host."""

import json
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urldefrag

import notebooks
import pytest
import yaml
from pages import SITE, page, soup


def listed(parts):
    """Yield the pages of the table of contents, subpages included."""
    for part in parts:
        for entry in part.get("chapters", part.get("sections", [])):
            yield entry["file"]
            yield from listed([entry])


TOC = yaml.safe_load((notebooks.ROOT / "_toc.yml").read_text())
ENTRIES = [TOC["root"], *listed(TOC["parts"])]
CHAPTERS = [entry for entry in ENTRIES if entry.startswith("chapters/")]
# Where a page names something that the browser fetches without being asked.
FETCHED = ("script[src]", "img[src]", "iframe[src]", "source[src]", "video[src]", "embed[src]")
FETCHING_LINKS = {"stylesheet", "icon", "preload", "prefetch", "preconnect", "modulepreload"}


@cache
def anchors(path):
    return {tag.get("id") or tag.get("name") for tag in soup(path).select("[id], a[name]")}


def pages():
    found = [path for path in SITE.rglob("*.html") if "_static" not in path.parts]
    assert found, "no page was built: run 'make test', which builds the site first"
    return found


def stored_outputs(entry, kind):
    """Return the pairs of a cell and its output that hold data of one kind in a chapter."""
    cells = notebooks.read(notebooks.ROOT / f"{entry}.ipynb").cells
    outputs = [(cell, output) for cell in cells for output in cell.get("outputs", [])]
    return [(cell, output) for cell, output in outputs if kind in output.get("data", {})]


def is_foreign(address):
    return "://" in address or address.startswith("//")


@pytest.mark.parametrize("entry", ENTRIES)
def test_page_exists_with_its_title(entry):
    assert page(entry).select_one("article h1").get_text().strip("# \n")


@pytest.mark.parametrize("entry", CHAPTERS)
def test_page_shows_the_figures_of_its_notebook(entry):
    stored = [cell.metadata.mystnb.image.alt for cell, _ in stored_outputs(entry, "image/png")]
    figures = page(entry).select("figure:has(img)")
    assert stored
    assert set(stored) <= {figure.img["alt"] for figure in figures}
    assert all(figure.figcaption.get_text(strip=True) for figure in figures)


@pytest.mark.parametrize("entry", CHAPTERS)
def test_page_shows_the_formulas_of_its_notebook(entry):
    stored = stored_outputs(entry, "text/latex")
    assert stored and len(page(entry).select(".cell_output .math")) >= len(stored)
    assert len(page(entry).select("p span.math")) > 10


def test_every_picture_is_there_and_has_an_alternative_text():
    for path in pages():
        for picture in soup(path).select("article img"):
            assert (path.parent / unquote(picture["src"])).stat().st_size > 0
            alternative = picture.get("alt", "").strip()
            assert alternative and alternative != picture["src"], (path, picture)


def test_no_page_fetches_from_another_host():
    for path in pages():
        for element in soup(path).select(", ".join(FETCHED)):
            assert not is_foreign(element["src"]), (path, element)
        for link in soup(path).find_all("link", href=True):
            if FETCHING_LINKS & set(link["rel"]):
                assert not is_foreign(link["href"]), (path, link)


def test_no_style_fetches_from_another_host():
    fetched = re.compile(r"""(?:url\(|@import)\s*["']?([^"')\s]+)""")
    for path in SITE.rglob("*.css"):
        for address in fetched.findall(path.read_text(encoding="utf-8")):
            assert address.startswith("data:") or not is_foreign(address), (path, address)


def test_mathjax_is_on_the_site():
    for entry in ENTRIES:
        sources = [script["src"] for script in page(entry).find_all("script", src=True)]
        scripts = [source for source in sources if "mathjax" in source]
        for source in scripts:
            place = (SITE / entry).parent / urldefrag(source.split("?")[0])[0]
            assert place.is_file()
        assert scripts or not page(entry).select(".math")


def test_links_and_anchors_resolve():
    broken = []
    for path in pages():
        for link in soup(path).find_all("a", href=True):
            address, anchor = urldefrag(link["href"])
            if is_foreign(link["href"]) or address.startswith(("mailto:", "data:", "javascript:")):
                continue
            target = Path(path.parent, unquote(address)).resolve() if address else path
            if not target.is_file():
                broken.append((path.name, link["href"]))
            elif anchor and target.suffix == ".html" and unquote(anchor) not in anchors(target):
                broken.append((path.name, link["href"]))
    assert not broken


def test_the_page_of_times_lists_every_chapter():
    linked = [link["href"] for link in page("reference/times").select("article td a[href]")]
    assert linked == [f"../{chapter}.html" for chapter in CHAPTERS]


def test_only_pages_that_are_named_are_printed_in_landscape():
    styles = "".join(p.read_text(encoding="utf-8") for p in (SITE / "_static").glob("*.css"))
    rules = re.findall(r"@page\s*([\w-]*)[^{]*\{([^}]*)\}", styles)
    turned = {name for name, rule in rules if "landscape" in rule}
    assert turned and "" not in turned
    for name in turned:
        (selector,) = re.findall(rf"([^{{}}]+)\{{\s*page:\s*{name};", styles)
        shown = [entry for entry in ENTRIES if page(entry).select_one(selector.strip())]
        assert shown == ["reference/cheatsheet"]


@cache
def found_by_search():
    """The index of the search: the entries of each page."""
    script = (SITE / "_static" / "search_index.js").read_text(encoding="utf-8")
    return json.loads(script.removeprefix("window.searchIndex = ").removesuffix(";\n"))["pages"]


def test_the_search_knows_every_page_and_leads_to_places_that_exist():
    assert set(found_by_search()) == set(ENTRIES)
    for entry, (title, *places) in found_by_search().items():
        assert title and places
        for _, anchor, heading, _ in places:
            assert heading, (entry, anchor)
            assert not anchor or anchor in anchors(SITE / f"{entry}.html"), (entry, anchor)


def test_the_search_knows_every_term_and_claim():
    terms = {tag["id"] for tag in page("reference/glossary").select("dl.glossary dt[id]")}
    claims = {row["id"] for row in page("reference/claims").select("tr[id]")}
    for entry, there in {"reference/glossary": terms, "reference/claims": claims}.items():
        known = {
            anchor for kind, anchor, *_ in found_by_search()[entry] if kind in ("term", "claim")
        }
        assert there and there <= known


@pytest.mark.parametrize("entry", CHAPTERS)
def test_the_search_gives_no_answer_away(entry):
    told = page(entry).select(".solution p, .answer-solution p, .answer-hint p")
    # Lines to be put in order are told with the question; only their order is the answer.
    asked = {line.get_text() for line in page(entry).select(".answer-lines p")}
    found = " ".join(text for _, _, _, text in found_by_search()[entry][1:])
    for paragraph in told:
        text = paragraph.get_text()
        if paragraph.find(class_="math") or len(text) < 60 or text in asked:
            continue
        assert " ".join(text.split()) not in found


def test_the_search_shows_no_source():
    for entry, (_, *places) in found_by_search().items():
        for kind, _, heading, text in places:
            # The API speaks of TeX itself.
            assert kind == "api" or not re.search(r"\\[a-zA-Z(\[]|\$", heading + text), (
                entry,
                heading,
            )


@pytest.mark.parametrize("entry", ENTRIES)
def test_what_the_search_shows_of_a_page_begins_with_its_text(entry):
    article = page(entry).select_one("[role=main] article.bd-article")
    assert article.select_one("h1")
    assert not article.select(".bd-header-article, #jb-print-docs-body, .headerbtn")


def test_every_link_header_and_fold_is_named_in_words():
    """A screen reader may pass over mathematics, and an empty header or button says nothing."""
    for path in pages():
        for link in soup(path).select("article a[href]"):
            math = {text for formula in link.select(".math") for text in formula.stripped_strings}
            words = [text for text in link.stripped_strings if text not in math]
            assert words or link.find("img", alt=True), (path, link)
        for header in soup(path).select("article th"):
            assert header.get_text(strip=True), (path, header)
        for button in soup(path).select("nav summary"):
            assert button.get("aria-label") or button.get_text(strip=True), (path, button)
