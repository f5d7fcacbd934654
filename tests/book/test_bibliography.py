"""Every source can be found, and is cited."""

import re

import notebooks
import pytest

from optlib.book import ledger

TEXT = (notebooks.ROOT / "references.bib").read_text(encoding="utf-8")
ENTRIES = dict(
    re.findall(r"^@\w+\{([^,\s]+),(.*?)^\}", TEXT, re.MULTILINE | re.DOTALL),
)
# Where a source is found: an identifier, an address, or the number of a report.
FOUND_BY = re.compile(
    r"doi\s*=|url\s*=|arXiv:\d{4}\.\d{4,5}|eprint\s*=|Technical report|isbn\s*=|\\url"
)


def cited():
    """Return the keys that chapters, pages and the ledger name."""
    pages = [*notebooks.ROOT.glob("*.md"), *(notebooks.ROOT / "reference").rglob("*.md")]
    texts = [page.read_text(encoding="utf-8") for page in pages]
    texts += [
        cell.source
        for path in notebooks.notebooks()
        for cell in notebooks.read(path).cells
        if cell.cell_type == "markdown"
    ]
    groups = re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", "\n".join(texts))
    claims = ledger.load().values()
    return {key.strip() for group in groups for key in group.split(",")} | {
        key for claim in claims for key in claim.sources
    }


def test_no_key_is_used_twice():
    keys = re.findall(r"^@\w+\{([^,\s]+),", TEXT, re.MULTILINE)
    assert len(keys) == len(set(keys)) == len(ENTRIES)


def test_every_source_is_cited_and_every_citation_has_a_source():
    assert cited() == set(ENTRIES)


@pytest.mark.parametrize("key", ENTRIES)
def test_a_source_says_where_it_is_found(key):
    assert FOUND_BY.search(ENTRIES[key]), ENTRIES[key]
