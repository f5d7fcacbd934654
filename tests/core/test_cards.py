"""A card says what the rule does: symmetries that theory gives, and state that is counted."""

import numpy as np
import pytest

from optlib import RULES
from optlib.book.cards import SYMMETRIES, card, overview

KNOWN = {
    "sgd": {"signs", "order", "rotation", "shift"},
    "momentum": {"signs", "order", "rotation", "shift"},
    "signsgd": {"scale", "own scales", "signs", "order", "shift"},
    "adam": {"scale", "own scales", "signs", "order", "shift"},
    "radam": {"signs", "order", "shift"},
    "lamb": {"scale", "own scales", "signs", "order"},
    "muon": {"scale", "signs", "order", "rotation", "shift"},
}


@pytest.mark.parametrize("name", KNOWN)
def test_symmetries_are_those_of_theory(name):
    found = card(name).symmetries
    assert set(found) == set(SYMMETRIES)
    assert {k for k, holds in found.items() if holds} == KNOWN[name]


def test_a_rule_that_wants_more_than_a_gradient_is_not_tried():
    assert set(card("sophia").symmetries.values()) == {None}


@pytest.mark.parametrize(
    ("name", "numbers"), [("sgd", 0), ("lion", 1), ("adam", 2), ("amsgrad", 3), ("novograd", 1)]
)
def test_state_is_counted(name, numbers):
    found = card(name)
    assert found.numbers == pytest.approx(numbers, abs=1e-3) and found.bytes == 4 * found.numbers


def test_adafactor_keeps_rows_and_columns():
    assert card("adafactor").numbers == (64 + 64) / 64**2


def test_every_rule_has_a_card(rule):
    text = card(rule)._repr_markdown_()
    assert f"`{rule}`" in text and RULES[rule].source in text
    assert all(f"`{k}=" in text for k in RULES[rule].hyper)


def test_the_overview_has_a_row_for_each():
    lines = overview(["sgd", "adam"]).splitlines()
    assert (
        len(lines) == 4
        and lines[3].startswith("| `adam` | yes")
        and np.char.count(lines[2], "–") == 2
    )
