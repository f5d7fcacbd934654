"""The cheat sheet holds the whole registry, in Markdown that a table can carry."""

import pytest

from optlib import RULES, SCHEDULES
from optlib.book import cheatsheet


@pytest.mark.parametrize(
    ("table", "names"), [(cheatsheet.rules, RULES), (cheatsheet.schedules, SCHEDULES)]
)
def test_every_name_has_one_row_of_as_many_cells_as_the_header(table, names):
    lines = str(table()).splitlines()
    assert [line.split("`")[1] for line in lines[2:]] == list(names)
    assert len({line.count(" | ") for line in lines}) == 1


@pytest.mark.parametrize("function", [*RULES.values(), *SCHEDULES.values()])
def test_a_summary_is_markdown_and_not_restructured_text(function):
    text = cheatsheet.summary(function)
    assert text.endswith(".") and "|" not in text
    assert "``" not in text and ":math:" not in text and ":func:" not in text
    assert text.count("$") % 2 == 0


def test_bars_become_words_of_latex():
    def rule():
        r"""A norm :math:`\|x\|`, an ``absolute`` value :math:`|g|`."""

    assert cheatsheet.summary(rule) == (
        r"A norm $\Vert x\Vert $, an `absolute` value $\vert g\vert $."
    )
