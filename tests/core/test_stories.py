"""The presets of the playground: what their texts say is so, and its numbers are taken."""

import re
from dataclasses import replace

import numpy as np
import pytest

from optlib import RULES, SCHEDULES, schedule
from optlib.book.live import FIGURES, find
from optlib.book.live.dials import at
from optlib.book.live.printing import library
from optlib.book.live.stories import NUMBERS, PARTS, PROBLEMS, STORIES
from optlib.engines import javascript


@pytest.mark.parametrize("name", STORIES)
def test_a_story_is_one_that_the_playground_can_tell(name):
    story = STORIES[name]
    assert story.problem in PROBLEMS and 1 <= len(story.entries) <= 4
    for entry in story.entries:
        assert entry.rule in RULES and javascript.rule(entry.rule)
        assert set(entry.hyper) <= set(RULES[entry.rule].hyper)
        assert entry.schedule is None or entry.schedule in SCHEDULES


def test_there_is_a_colour_for_each_racer_of_a_story():
    (found,) = re.findall(r"colors\"?: \[([^\]]*)\]", library())
    colors = found.split(", ")
    assert len({*colors}) == len(colors) == max(len(story.entries) for story in STORIES.values())


def runs(name, entries=None):
    race = STORIES[name].race()
    return replace(race, entries=entries or race.entries).data()["entries"]


def ends(name):
    return [entry["x"][-1] for entry in runs(name)]


def test_the_stories_are_true():
    far = [np.linalg.norm(e["x"] - [3, 0.5], axis=1).max() for e in runs("correction")]
    assert far[1] > 2 * max(far[0], far[2])
    outside, inside = ((e["x"][:, 1] > 0.5).argmax() for e in runs("eps"))
    assert inside > outside + 50
    adam, amsgrad, patient = (x[0] for x in ends("reddi"))
    assert adam > 0.9 and max(amsgrad, patient) < -0.9
    adam, raw, corrected = (x[0] for x in ends("spike"))
    assert adam < raw - 0.5 and raw < corrected
    below, above, pushed = (e["f"][-1] / e["f"][0] for e in runs("edge"))
    assert max(below, pushed) < 1e-3 and above > 1e3
    rate = runs("edge")[2]["rate"]
    assert rate[:50].max() < 0.01 and rate.max() > 2 / 100
    slow, heavy, _, quick = (e["f"][-1] for e in runs("ravine"))
    assert max(heavy, quick) < slow / 100


@pytest.mark.parametrize("place", range(4))
def test_in_the_ravine_neither_half_nor_twice_the_rate_comes_lower(place):
    entry = STORIES["ravine"].entries[place]
    others = [replace(entry, lr=entry.lr * factor) for factor in (0.5, 1, 2)]
    slower, chosen, faster = (run["f"][-1] for run in runs("ravine", others))
    assert chosen < min(slower, faster)


def test_the_rates_at_the_edge_are_those_of_their_labels():
    for entry in STORIES["edge"].entries[:2]:
        assert f"{100 * entry.lr:.3g} / L" in entry.label


def test_the_number_of_steps_that_is_told_is_that_of_the_race():
    told = {name: (find(name).alt, find(name)) for name in FIGURES}
    told |= {name: (story.text, story) for name, story in STORIES.items()}
    found = {}
    for name, (text, shown) in told.items():
        for count in re.findall(r"(?:in|over) (\d+) steps", text):
            found[name] = getattr(shown, "steps", None) or max(shown.points)
            assert int(count) == found[name]
    assert {"front-map", "stability-orbit", "ravine"} <= {*found}


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_playground_starts_every_schedule_at_numbers_that_it_takes(name):
    needed = [k for k, v in SCHEDULES[name].hyper.items() if not isinstance(v, int | float)]
    parts = {k: round(100 * PARTS[k]) for k in needed if k in PARTS}
    others = {k: NUMBERS[k] for k in needed if k in NUMBERS}
    bound = schedule(name, **{k: 0.1 for k in needed if k == "peak"}, **parts, **others)
    assert bound(50) > 0 and all(0 < count <= 100 for count in parts.values())


RACES = [name for name in FIGURES if find(name).kind == "race"]


@pytest.mark.parametrize("name", RACES)
def test_every_stop_of_a_race_is_one_that_its_rules_take(name):
    figure = find(name)
    for dial in figure.dials:
        for stop in dial.stops:
            state = at(figure.dials, {dial.name: stop})
            rates = [entry.optimizer(state).lr for entry in figure.entries]
            assert all(rate > 0 for rate in rates)


@pytest.mark.parametrize("name", RACES)
def test_the_start_and_the_minima_of_a_race_are_in_its_window(name):
    figure = find(name)
    problem = figure.problem_at({dial.name: dial.start for dial in figure.dials})
    for point in (figure.start or problem.start, *problem.minima):
        assert all(low < x < high for x, (low, high) in zip(point, problem.window, strict=True))
