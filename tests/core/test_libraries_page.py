"""The page of the libraries shows every entry and every name that is none."""

import pytest

from optlib.book import libraries
from optlib.conventions import TABLE
from optlib.conventions.unmodelled import KINDS, unmodelled


def rows(text):
    return [line.split("`")[1] for line in str(text).splitlines()[2:]]


@pytest.mark.parametrize("library", unmodelled())
def test_every_name_has_one_row(library):
    kinds = unmodelled()[library]
    assert rows(libraries.followed(library)) == [name for of, name in TABLE if of == library]
    assert rows(libraries.left_out(library)) == [name for kind in KINDS for name in kinds[kind]]


@pytest.mark.parametrize("library", unmodelled())
def test_every_row_has_as_many_cells_as_the_header(library):
    for text in (libraries.followed(library), libraries.left_out(library)):
        lines = str(text).splitlines()
        assert len({line.replace(r"\|", "").count("|") for line in lines}) == 1
