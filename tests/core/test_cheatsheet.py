"""The cheat sheet holds the whole registry, in Markdown that a table can carry."""

import pytest

from optlib import RULES, SCHEDULES
from optlib.book import cheatsheet
from optlib.book.cards import SYMMETRIES, card


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


def cells(line):
    return line.strip("| ").split(" | ")


def test_a_row_tells_what_a_card_tells(monkeypatch):
    few = ["sgd", "adam", "sophia"]
    monkeypatch.setattr(cheatsheet, "RULES", {name: RULES[name] for name in few})
    for name, line in zip(few, str(cheatsheet.rules()).splitlines()[2:], strict=True):
        _, update, state, defaults, unchanged, source = cells(line)
        found = card(name)
        held = [cheatsheet.LETTERS[k] for k in SYMMETRIES if found.symmetries[k]]
        assert update == cheatsheet.summary(RULES[name]) and source == RULES[name].source
        assert state == f"{found.bytes:.3g}" and unchanged == (" ".join(held) or "–")
        assert all(f"{k}=" in defaults for k in RULES[name].hyper)
        assert (defaults == "–") == (not RULES[name].hyper)
    assert len(set(cheatsheet.LETTERS.values())) == len(SYMMETRIES)


def test_a_schedule_tells_its_arguments_and_the_defaults_of_those_that_have_one():
    for name, line in zip(SCHEDULES, str(cheatsheet.schedules()).splitlines()[2:], strict=True):
        _, value, arguments, source = cells(line)
        assert value == cheatsheet.summary(SCHEDULES[name]) and source == SCHEDULES[name].source
        for key, default in SCHEDULES[name].hyper.items():
            given = [part for part in arguments.strip("`").split(", ") if part.startswith(key)]
            assert given[0] == (key if isinstance(default, type) else f"{key}={default:.6g}")
