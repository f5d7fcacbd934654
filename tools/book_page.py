"""One long page, made from pages of the built site, for the browser to print."""

import copy
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup

# What only a reader at a screen can use.
ON_SCREEN = (
    "script, .headerlink, button, form.answer[hidden], form.answer details, .answer-field, "
    ".answer-misconception, .live-view, .code-switch, .claims-filter, .steps-buttons"
)
KEPT_SCRIPTS = ("mathjax/", "print.js")
CSS = (Path(__file__).parent / "book_page.css").read_text(encoding="utf-8")
# The lines of the table of contents, and their numbers, known only after a first printing.
ENTRIES = """() => [...document.querySelectorAll(".book-contents a")].map((line) => ({
  title: line.firstChild.textContent,
  depth: Number(line.className.slice(-1)) - 1,
  place: line.hash.slice(1),
}))"""
NUMBER = """(numbers) => {
  for (const line of document.querySelectorAll(".book-contents a")) {
    line.lastChild.textContent = numbers[line.hash.slice(1)];
  }
}"""


def document(site, title, parts):
    """Return the HTML of a book of parts, each a caption and the names of its pages."""
    pages = {name: Page(site, name) for _, names in parts for name in names}
    root = next(iter(pages.values()))
    book = BeautifulSoup("<article class='bd-article'></article>", "html.parser").article
    for k, (caption, names) in enumerate(parts):
        if caption:
            book.append(_new("h1", caption, id=f"part-{k}", **{"class": "part"}))
        for name in names:
            book.append(pages[name].section(pages))
    book.insert(0, _contents(book))
    book.insert(0, _title_page(title))
    return _shell(root.soup, title, book)


class Page:
    """A page of the site, as a section of the book."""

    def __init__(self, site, name):
        self.name = name
        self.slug = PurePosixPath(name).name
        self.soup = BeautifulSoup(
            (site / f"{name}.html").read_text(encoding="utf-8"), "html.parser"
        )
        self.address = f"/{name}.html"

    def section(self, pages):
        """The article of the page: its places and links named for the book, headings one deeper."""
        article = copy.copy(self.soup.select_one("article.bd-article"))
        for part in article.select(ON_SCREEN):
            part.decompose()
        for tag in article.select("[id]"):
            tag["id"] = f"{self.slug}--{tag['id']}"
        for tag in article.select("[src]"):
            tag["src"] = urljoin(self.address, tag["src"])
        for link in article.select("a[href]"):
            self._lead(link, pages)
        self._gather_solutions(article)
        for level in range(5, 0, -1):
            for heading in article.find_all(f"h{level}"):
                heading.name = f"h{level + 1}"
        article.name, article["id"] = "section", self.slug
        article["class"] = ["page", f"page-{self.slug}"]
        return article

    def _lead(self, link, pages):
        """Let a link lead to the place in the book, or to nowhere if the book has no such page."""
        address, place = urldefrag(urljoin(self.address, link["href"]))
        parts = urlsplit(address)
        if parts.scheme in ("http", "https", "mailto"):
            return
        page = pages.get(unquote(parts.path).strip("/").removesuffix(".html"))
        if page is None:
            link.unwrap()
        else:
            link["href"] = f"#{page.slug}--{place}" if place else f"#{page.slug}"

    def _gather_solutions(self, article):
        """Put the solutions at the end of the chapter, where nobody reads them unasked."""
        solutions = article.select("div.solution")
        if not solutions:
            return
        last = article.select_one("section")
        last.append(_new("h2", "Solutions", id=f"{self.slug}--solutions"))
        for solution in solutions:
            solution["class"] = [c for c in solution["class"] if c != "dropdown"]
            last.append(solution.extract())


def _new(name, text="", **attributes):
    tag = BeautifulSoup("", "html.parser").new_tag(name, attrs=attributes)
    tag.string = text
    return tag


def _title_page(title):
    header = _new("header", **{"class": "title-page"})
    header.append(_new("p", title, **{"class": "title"}))
    header.append(_new("p", "Executable notes on adaptive optimization"))
    return header


def _contents(book):
    """The table of contents: parts, pages and their sections."""
    nav = _new("nav", **{"class": "book-contents"})
    nav.append(_new("p", "Contents", **{"class": "book-contents-title"}))
    for heading in book.find_all(["h1", "h2", "h3"]):
        own = heading if heading.name != "h2" else heading.find_parent(class_="page")
        place = own.get("id") or own.find_parent("section")["id"]
        line = _new("a", href=f"#{place}", **{"class": f"to-{heading.name}"})
        line.append(_new("span", heading.get_text()))
        line.append(_new("span", **{"class": "leader"}))
        line.append(_new("span", **{"class": "at"}))
        nav.append(line)
    return nav


def _shell(soup, title, book):
    """A page of the site whose only content is the book."""
    page = copy.copy(soup)
    page.title.string = title
    for script in page.find_all("script"):
        inline = "MathJax" in (script.string or "")
        if not inline and not any(kept in script.get("src", "") for kept in KEPT_SCRIPTS):
            script.decompose()
    page.head.append(_new("style", CSS))
    page.body.clear()
    outside = page.body
    for name in ("bd-main", "bd-content", "bd-article-container"):
        outside.append(_new("div", **{"class": name}))
        outside = outside.contents[-1]
    outside.append(book)
    return str(page)
