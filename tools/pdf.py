"""Print the built site as one book: set formulas, bookmarks, page numbers, links that lead inside.

    python tools/pdf.py                         the whole book
    python tools/pdf.py chapters/05-adam ...    only these pages
    python tools/pdf.py --output book.pdf       somewhere else

The system's Chromium does it. It is shown one long page, made from the pages of the site, twice:
where the chapters begin is known only after the first printing.
"""

import argparse
import io
import logging
import mimetypes
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

import book_page
import yaml
from playwright.sync_api import sync_playwright
from pypdf import PdfReader, PdfWriter

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
PDF = ROOT / "_build" / "adam-line-by-line.pdf"
# An address that is answered from the folder of the site, and is nowhere else.
HOST = "http://book.invalid/"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
SETTLE = "async () => { await MathJax.startup.promise; await document.fonts.ready; }"
# Nothing here may take longer, in milliseconds.
PATIENCE = 20 * 60_000
# The sheet, in the pixels of a style sheet, less the margins of print.css.
SHEET = {"width": 680, "height": 1009}
# The pages that are no chapter, in their order in the book.
FRONT, BACK = ["intro"], ["start", "cheatsheet", "notation", "glossary", "bibliography"]


def contents():
    """Return (part, pages) for every part of the book."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    parts = [(None, FRONT)]
    for part in toc["parts"]:
        pages = [entry["file"] for entry in part["chapters"]]
        if pages[0].startswith("chapters/"):
            parts.append((part["caption"], pages))
    return [*parts, ("Reference", [f"reference/{name}" for name in BACK])]


def title():
    return yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["title"]


def only(parts, wanted):
    """Return the parts with the wanted pages alone."""
    kept = [(part, [page for page in pages if page in wanted]) for part, pages in parts]
    return [(part, pages) for part, pages in kept if pages]


def answer(route, document):
    """Answer a request of the browser: with the book, or with a file of the site."""
    name = route.request.url.removeprefix(HOST).partition("?")[0]
    path = SITE / name
    if not name:
        route.fulfill(body=document, content_type="text/html; charset=utf-8")
    elif path.is_file():
        route.fulfill(path=path, content_type=mimetypes.guess_type(name)[0])
    else:
        route.fulfill(status=404)


@contextmanager
def chromium():
    """The system's Chromium."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        sys.exit("Chromium is not installed; it prints the book.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


def printed(browser, document):
    """Return the document as a PDF, its table of contents with the numbers of the pages."""
    page = browser.new_page(viewport=SHEET, color_scheme="light")
    page.set_default_timeout(PATIENCE)
    page.route("**", lambda route: answer(route, document))
    page.goto(HOST)
    page.evaluate(SETTLE)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    numbers = numbered(_paper(page))
    page.evaluate(book_page.NUMBER, numbers)
    paper, entries = _paper(page), page.evaluate(book_page.ENTRIES)
    page.close()
    return bookmarked(paper, entries, numbers)


def _paper(page):
    # Chromium would make bookmarks too, but only with a tag for every letter of every formula:
    # then the file is 2.5 times as large.
    return page.pdf(prefer_css_page_size=True)


# Chromium counts its objects one way and pypdf another, which it would tell every time.
logging.getLogger("pypdf").setLevel(logging.ERROR)


def numbered(paper):
    """Return the number of the page where every place lies that a link leads to."""
    reader = PdfReader(io.BytesIO(paper))
    return {
        name.removeprefix("/"): reader.get_destination_page_number(place) + 1
        for name, place in reader.named_destinations.items()
    }


def bookmarked(paper, entries, numbers):
    """Return the PDF with bookmarks, which readers show beside its pages."""
    writer = PdfWriter(clone_from=io.BytesIO(paper))
    above = []
    for entry in entries:
        above = above[: entry["depth"]]
        parent = above[-1] if above else None
        number = numbers[entry["place"]] - 1
        above.append(
            writer.add_outline_item(title=entry["title"], page_number=number, parent=parent)
        )
    whole = io.BytesIO()
    writer.write(whole)
    return whole.getvalue()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", nargs="*", help="only these pages of the site")
    parser.add_argument("--output", type=Path, default=PDF)
    options = parser.parse_args()
    parts = only(contents(), options.page) if options.page else contents()
    if not (SITE / "intro.html").is_file():
        sys.exit("Build the site first: make site")
    with chromium() as browser:
        paper = printed(browser, book_page.document(SITE, title(), parts))
    options.output.write_bytes(paper)
    print(f"{options.output}: {len(PdfReader(io.BytesIO(paper)).pages)} pages")


if __name__ == "__main__":
    main()
