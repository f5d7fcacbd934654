"""The pages of the built site, each read once for all the tests of this folder.

They are shared: a test that takes a page apart takes a copy.
"""

from functools import cache

import notebooks
from bs4 import BeautifulSoup

SITE = notebooks.ROOT / "_build" / "html"


def page(entry):
    """Return a page by its name in the table of contents."""
    path = SITE / f"{entry}.html"
    assert path.is_file(), f"{path} is missing: run 'make test', which builds the site first"
    return soup(path)


@cache
def soup(path):
    """Return a page by its file."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
