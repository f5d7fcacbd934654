"""The page "Where to start": each recipe is whole, and no number contradicts another page."""

import ast
import math
import re
from datetime import date, timedelta

import notebooks
import numpy as np
import promise
import pytest
import recipes
import tuning_runs

from optlib.book import ledger

FIELDS = [
    "Optimizer",
    "Rate",
    "Scaling",
    "Schedule",
    "Warmup",
    "Betas, epsilon",
    "Decay",
    "Clipping",
    "Precision",
    "Tune first",
    "Fails when",
    "Evidence",
    "Not known",
    "Checked",
]
ALL = recipes.recipes()
BY_LABEL = {recipe.label: recipe for recipe in ALL}
every_recipe = pytest.mark.parametrize("recipe", ALL, ids=lambda recipe: recipe.label)
CHAPTERS = {path.stem[:2]: path for path in notebooks.notebooks()}
LINKED = re.compile(r"\(\.\./chapters/(\d\d)-")
SECTIONS = ("Which rate", "Which schedule", "Which optimizer", "The other settings")


def cells(chapter):
    """The code of a chapter."""
    found = notebooks.read(CHAPTERS[chapter]).cells
    return [cell.source for cell in found if cell.cell_type == "code"]


def advice(chapter):
    """The numbers of a chapter's advice, as they are typed there."""
    (found,) = (
        node.value
        for source in cells(chapter)
        if "advice = {" in source
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "advice"
    )
    return ast.literal_eval(found)


def numbers(pattern, text):
    """The numbers that the one place with this pattern prints."""
    (match,) = re.finditer(pattern, text)
    return [float(number) for number in match.groups()]


@every_recipe
def test_a_recipe_has_every_field_and_a_snippet(recipe):
    assert list(recipe.fields) == FIELDS
    assert all(recipe.fields.values()) and recipe.snippets


@every_recipe
def test_the_top_of_the_page_leads_to_every_recipe(recipe):
    assert f"(#{recipe.label})" in recipes.text().partition("\n## ")[0]


@every_recipe
def test_a_grade_is_one_of_the_book_and_rests_on_what_it_says(recipe):
    evidence = recipe.fields["Evidence"]
    grades = [g for part in re.findall(r"\*([^*]+)\*", evidence) for g in re.findall(r"\w+", part)]
    assert grades and {grade.lower() for grade in grades} <= set(ledger.EVIDENCE)
    first = re.match(r"\*([^*]+)\.\*", evidence)[1].lower()
    assert "reported" not in first or "{cite" in evidence
    assert "computed" not in first or LINKED.search(evidence)


@every_recipe
def test_a_recipe_was_checked_on_a_day(recipe):
    # A day more, for readers in whose time zone it is still the day before.
    tomorrow = date.today() + timedelta(days=1)
    assert date(2026, 1, 1) <= date.fromisoformat(recipe.fields["Checked"]) <= tomorrow


@every_recipe
def test_the_product_of_rate_and_decay_is_that_of_the_two(recipe):
    said = recipe.settings
    if "lr" in said:
        assert math.isclose(said["lr * weight_decay"], said["lr"] * said["weight_decay"])
    else:
        assert said["lr * weight_decay"] == said["weight_decay"] == 0


@every_recipe
def test_the_betas_and_epsilon_are_those_of_chapter_12_or_the_recipe_says_why_not(recipe):
    usual, said = advice("12"), recipe.settings
    if "betas" in said:
        beta1, beta2 = said["betas"]
        assert beta1 == usual["beta1"] or beta1 < usual["beta1"] and recipe.label == "recipe-gan"
        assert beta2 in (usual["beta2"], usual["beta2, large batches"])
        assert said["eps"] == usual["eps"] or "general advice" in recipe.fields["Betas, epsilon"]


@every_recipe
def test_a_warmup_is_that_of_chapter_9_or_the_run_is_short(recipe):
    said, warmup = advice("09"), recipe.settings.get("warmup", 0)
    if isinstance(warmup, float):
        low, high = said["share of a long run"]
        assert low <= warmup <= high or "short" in recipe.fields["Warmup"]
    elif warmup:
        low, high = said["steps"]
        assert low <= warmup <= high


@every_recipe
def test_a_schedule_ends_where_chapter_10_lets_it_end(recipe):
    low, high = advice("10")["decay_to"]
    if recipe.settings.get("shape") in ("cosine", "line"):
        assert low <= recipe.settings["floor"] <= high


def test_lora_has_ten_times_the_rate_of_full_fine_tuning():
    thin, full = (BY_LABEL[f"recipe-{name}"].settings["lr"] for name in ("lora", "finetuning"))
    assert math.isclose(thin, 10 * full)


def test_the_search_is_that_of_chapter_12():
    usual, said = advice("12"), BY_LABEL["recipe-small"].settings
    assert said["first_grid"] == usual["first grid"] and said["last_grid"] == usual["last grid"]
    coarse = 1 + math.log(said["largest"] / said["least"], said["first_grid"])
    assert round(coarse) + 2 == usual["runs for the rate"]


def test_the_best_rates_on_the_digits_are_those_of_the_stored_runs():
    pattern = r"are \$2\^\{(-\d)\}\$ with clean labels and \$2\^\{(-\d)\}\$ with wrong ones"
    found = numbers(pattern, BY_LABEL["recipe-small"].fields["Rate"])
    stored = np.load(tuning_runs.PATH)
    for power, task in zip(found, ("clean", "mislabelled"), strict=True):
        losses = np.median(stored[f"grid/{task}/val"], axis=-1)
        best = np.unravel_index(losses.argmin(), losses.shape)[0]
        assert 2**power == tuning_runs.RATES[best]


def test_the_rate_is_that_of_chapters_11_and_12():
    text, said = recipes.section("Which rate"), advice("12")
    assert numbers(r"factors of (\d) over three decades", text) == [said["first grid"]]
    assert numbers(r"neighbours of the best by factors of (\d)\.", text) == [said["last grid"]]
    assert numbers(r"These are (\d+) runs", text) == [said["runs for the rate"]]
    powers = {"divide": -1, "multiply": 1}
    pattern = r"\*\*When the width .* (\w+) the rates .* and (\w+) the decay of the hidden"
    (width,) = re.findall(pattern, text)
    keys = ("width: power of the rate", "width: power of the decay")
    assert [powers[word] for word in width] == [said[key] for key in keys]
    batch = advice("11")
    pattern = r"SGD by \$\\kappa\^(\d)\$ and that of Adam by \$\\kappa\^\{(\d)/(\d)\}"
    sgd, over, under = numbers(pattern, text)
    assert sgd == batch["sgd_power_below_noise_scale"]
    assert over / under == batch["adam_power_below_noise_scale"]
    assert "noise scale or above, leave it" in text and batch["power_above_noise_scale"] == 0
    assert r"$\beta_1$ stays" in text and batch["beta1_power"] == 0
    assert r"$\beta_2^\kappa$" in text and batch["beta2_power"] == 1


def test_the_warmup_is_that_of_chapter_9():
    text, said = recipes.section("Which schedule"), advice("09")
    long = numbers(r"over (\d+) to (\d+) steps or ([\d.]+) to ([\d.]+) % of a long run", text)
    assert long[:2] == [*said["steps"]]
    assert long[2:] == [100 * share for share in said["share of a long run"]]
    rule = r"\\beta_2=([\d.]+)\$ it is (\d+) steps, which rescued (\d+) of (\d+) seeds"
    keys = ("beta2 of the rule", "steps by the rule", "seeds rescued by the rule", "seeds")
    assert numbers(rule, text) == [said[key] for key in keys]
    short = r"of its (\d+) steps (\d+) rescued no seed and (\d+) all"
    keys = ("steps of the run", "steps that rescue none", "steps that rescue all")
    assert numbers(short, text) == [said[key] for key in keys]


def test_the_decay_of_the_rate_is_that_of_chapter_10():
    text, said = recipes.section("Which schedule"), advice("10")
    assert "to zero or to a tenth" in text and said["decay_to"] == (0.0, 0.1)
    late = numbers(r"at most ([\d.]+) times too late", text)
    assert late == [said["planned_over_actual_length"]]
    cooldown = numbers(r"cool down over the last (\d+) to (\d+) %", text)
    assert cooldown == [100 * share for share in said["cooldown_share"]]
    average = numbers(r"average the last (\d+) to (\d+) %", text)
    assert average == [100 * share for share in said["tail_average_share"]]
    line = numbers(r"a line bears ([\d.]+) to ([\d.]+) times", text)
    assert line == [*said["peak_over_constant"]["line"]]


def test_the_other_settings_are_those_of_chapter_12():
    text, said = recipes.section("The other settings"), advice("12")
    assert numbers(r"\\beta_1\$:\*\* ([\d.]+);", text) == [said["beta1"]]
    assert numbers(r"\\beta_2\$:\*\* ([\d.]+)\. ", text) == [said["beta2"]]
    assert numbers(r"\\le p/(\d+)", text) == [1 / said["rare gradients"]]
    large = numbers(r"batches of (\d+) examples and more ([\d.]+) does no harm", text)
    assert large == [said["large batch"], said["beta2, large batches"]]
    assert numbers(r"\$10\^\{(-\d)\}\$ with averages", text) == [math.log10(said["eps"])]
    assert numbers(r"and (\d+) times below", text) == [1 / said["eps over root of v"]]
    remembered = numbers(r": ([\d.]+), ([\d.]+), ([\d.]+) and ([\d.]+) over the number of", text)
    assert remembered == [*said["remembered"]]


@pytest.mark.parametrize("title", SECTIONS)
def test_a_number_of_the_general_advice_is_stated_in_a_chapter_that_it_links_to(title):
    for item in recipes.section(title).splitlines():
        linked = set(LINKED.findall(item))
        known = {n for chapter in linked for code in cells(chapter) for n in promise.stated(code)}
        printed = {promise.bare(number) for number in promise.printed(item)}
        assert printed <= known, item


@every_recipe
def test_a_number_without_a_source_is_stated_in_a_chapter_that_its_field_links_to(recipe):
    for name, text in recipe.fields.items():
        linked = set(LINKED.findall(text))
        known = {n for chapter in linked for code in cells(chapter) for n in promise.stated(code)}
        known |= {f"{value:g}" for value in recipe.settings.values() if isinstance(value, int)}
        printed = {promise.bare(number) for number in promise.printed(text)}
        assert name == "Checked" or printed <= known, text
