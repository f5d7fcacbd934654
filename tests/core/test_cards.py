"""A card says what the rule does: symmetries that theory gives, and state that is counted."""

import numpy as np
import pytest

from optlib import RULES, registry, trace
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


@pytest.fixture
def made(monkeypatch):
    """Registers rules for the time of a test."""

    def make(function, **specification):
        monkeypatch.setitem(RULES, function.__name__, None)
        return registry.rule(source="here", **specification)(function)

    return make


def drift(xp, t, g, x):
    """Goes one way, whatever the gradient says."""
    return (g + 1,)


def outward(xp, t, g, x):
    """Looks at the point as well."""
    return (g + x,)


def guarded(xp, t, g, x, *, eps=1.0, weight_decay=0.5):
    """A sign that is smooth, with a decay."""
    return (g / (abs(g) + eps) + weight_decay * x,)


def from_third(xp, t, g, x):
    """Stands still at first."""
    return (g * max(0, t - 2),)


MADE = {
    drift: {"order", "shift"},
    outward: {"signs", "order", "rotation"},
    guarded: {"scale", "own scales", "signs", "order", "shift"},
    from_third: {"signs", "order", "rotation", "shift"},
}


@pytest.mark.parametrize("function", MADE, ids=lambda f: f.__name__)
@pytest.mark.parametrize("domain", ["[0, inf)", "(0, inf)"])
def test_symmetries_are_found_without_decay_and_without_epsilon(made, function, domain):
    rule = made(function, domains={"eps": domain})
    assert {k for k, holds in card(rule).symmetries.items() if holds} == MADE[function]


def rows(found):
    """The rows of a card's table by their first cell; what may stand there twice, as a list."""
    lines = [line.strip("| ").split(" | ", 1) for line in str(found._repr_markdown_()).splitlines()]
    cells = [line for line in lines if len(line) == 2]
    return {head: [value for h, value in cells if h == head] for head, _ in cells}


SHOWN = ["sgd", "adam", "amsgrad", "rmsprop_centered", "lamb", "muon", "newton", "prodigy", "nadam"]


@pytest.mark.parametrize("name", SHOWN)
def test_a_card_tells_what_the_registry_says(name):
    rule, found = RULES[name], card(name)
    told = rows(found)
    before = f"`{rule.parent.__name__}`, but {rule.change}" if rule.parent else "nothing before it"
    assert told["comes from"] == [before] and told["source"] == [rule.source]
    sees = "each parameter alone" if rule.scope == "element" else f"a whole {rule.scope}"
    assert told["sees"] == [sees]
    assert told.get("always", []) == [f"`{invariant}`" for invariant in rule.invariants]
    assert (told["defaults"] == ["none but `lr`"]) == (not rule.hyper)
    held = [k for k, holds in found.symmetries.items() if holds]
    assert told["unchanged by"] == [", ".join(held) or "none of the changes tried"]
    assert told["state per parameter"][0].endswith(f", {found.bytes:.3g} bytes")
    assert repr(found) == f"Card({name})"


def test_a_formula_is_shown_where_a_rule_is_traced_and_it_can_be_read():
    for name in ("sgd", "adam", "signsgd"):
        formula = card(name).formula
        assert formula.startswith("$$\n") and formula.endswith("\n$$")
        assert trace(name).latex() in formula
        assert card(name)._repr_markdown_().startswith(formula)
    for name in ("lamb", "muon", "newton", "prodigy", "adan_optax"):
        assert card(name).formula == ""


def test_the_overview_marks_what_holds_what_does_not_and_what_is_not_tried():
    marks = {True: "yes", False: "–", None: "?"}
    for name, line in zip(
        ["adam", "sophia"], overview(["adam", "sophia"]).splitlines()[2:], strict=True
    ):
        cells = line.strip("| ").split(" | ")
        assert cells[1:-1] == [marks[holds] for holds in card(name).symmetries.values()]
        assert float(cells[-1]) == pytest.approx(card(name).numbers, rel=5e-3)
