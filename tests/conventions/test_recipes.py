"""Every snippet of the page "Where to start" runs, and does what its recipe says."""

from functools import cache

import pytest
import recipes

torch = pytest.importorskip("torch")

from recipe_checks import CHECKS  # noqa: E402
from recipe_runs import run_of  # noqa: E402

RECIPES = {recipe.label: recipe for recipe in recipes.recipes()}
EVERY = [(label, name) for label, recipe in RECIPES.items() for name in recipe.settings]
run = cache(lambda label: run_of(RECIPES[label]))


@pytest.mark.parametrize("label", RECIPES)
def test_a_snippet_runs_with_the_optimizer_that_it_names(label):
    steps = run(label).steps
    assert steps and {type(s["optimizer"]).__name__ for s in steps} == {RECIPES[label].optimizer}


@pytest.mark.parametrize(("label", "name"), EVERY)
def test_a_snippet_does_what_its_recipe_says(label, name):
    CHECKS[name](run(label), RECIPES[label].settings)


OTHER = {
    "cosine": "line",
    "line": "constant",
    "constant": "line",
    "bfloat16": None,
    "float64": "float32",
}


def other(name, value):
    """Another value of the same kind."""
    if value is None:
        return "bfloat16" if name == "autocast" else 1.0
    if isinstance(value, tuple):
        return (*value[:-1], other(name, value[-1]))
    if isinstance(value, str):
        return OTHER.get(value, "nothing of this name")
    return value + 2 if isinstance(value, int) else 1.5 * value or 0.5


@pytest.mark.parametrize(("label", "name"), EVERY)
def test_a_recipe_that_says_otherwise_is_found(label, name):
    said = RECIPES[label].settings
    wrong = other(name, said[name])
    with pytest.raises(AssertionError):
        CHECKS[name](run(label), said | {name: wrong})


@pytest.mark.parametrize("label", RECIPES)
def test_a_snippet_is_short(label):
    assert all(len(code.splitlines()) <= 17 for code in RECIPES[label].snippets)
