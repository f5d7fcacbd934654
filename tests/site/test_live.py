"""Figures that are moved: the page computes what NumPy computes, and hands can move them."""

import json
import sys
from pathlib import Path
from random import Random

import numpy as np
import pytest
from conftest import SITE

from optlib import RULES, SCHEDULES
from optlib.book.live import FIGURES, find
from optlib.book.live.races import Race, Racer
from optlib.book.live.stories import STORIES
from optlib.engines import javascript

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "_ext"))
from live import dials
from scripts import in_order

CURVES = [name for name in FIGURES if find(name).kind == "curves"]
RACES = [name for name in FIGURES if find(name).kind == "race"]
FRAME_MS = 16
PLAYGROUND = "reference/playground.html"
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def bench(name):
    """A page with nothing but one figure."""
    scripts = in_order(["map.js"])
    tags = [f'<script defer src="_static/{script}"></script>' for script in scripts]
    return (
        '<!doctype html><html data-theme="light"><title>bench</title>'
        f'<link rel="stylesheet" href="_static/live.css">{"".join(tags)}'
        f'<figure class="live" data-live="{name}">{dials(find(name))}</figure>'
    )


@pytest.fixture
def show(visit, chromium, base):
    """Open a figure alone, with its dials as the address says."""
    pages = []

    def open_figure(name, state="", **options):
        page = chromium.new_page(viewport={"width": 1000, "height": 900}, **options)
        page.route(
            f"{base}bench.html",
            lambda route: route.fulfill(body=bench(name), content_type="text/html"),
        )
        page.goto(f"{base}bench.html#{state}")
        page.evaluate(SETTLED)
        pages.append(page)
        return page

    yield open_figure
    for page in pages:
        page.close()


def data(page, name):
    """What the page computes; JSON has no NaN, so it comes as null."""
    text = page.evaluate("(name) => JSON.stringify(optlib.live[name].data())", name)
    return json.loads(text)


def same(printed, numpy):
    """Whether they agree to 1e-9 of the largest size, and have gaps at the same places."""
    printed, numpy = np.array(printed, dtype=float), np.array(numpy, dtype=float)
    numpy[~np.isfinite(numpy)] = np.nan
    scale = np.nanmax(np.abs(numpy), initial=0)
    return printed.shape == numpy.shape and np.allclose(
        printed, numpy, rtol=1e-9, atol=1e-9 * scale, equal_nan=True
    )


def same_race(printed, numpy):
    pairs = zip(printed["entries"], numpy["entries"], strict=True)
    return all(same(a[k], b[k]) for a, b in pairs for k in ("x", "f", "rate"))


def address(name, state):
    return "&".join(f"{name}.{k}={v}" for k, v in state.items())


def states(figure):
    """Where the dials start, and two other places."""
    yield {}
    rng = Random(figure.alt)
    for _ in range(2):
        yield {dial.name: rng.choice(dial.stops) for dial in figure.dials}


@pytest.mark.parametrize("name", CURVES)
def test_the_page_draws_the_curves_of_numpy(show, name):
    figure = find(name)
    for state in states(figure):
        shown, wanted = data(show(name, address(name, state)), name), figure.data(**state)
        assert shown["x"] == list(wanted["x"])
        assert all(map(same, shown["curves"], wanted["curves"]))
        assert same(shown["readings"], wanted["readings"])


@pytest.mark.parametrize("name", RACES)
def test_the_page_runs_the_race_of_numpy(show, name):
    figure = find(name)
    assert same_race(data(show(name), name), figure.data())
    slow = {dial.name: dial.stops[len(dial.stops) // 4] for dial in figure.dials}
    start = [figure.facts()["start"][0] + 0.25, 0.5]
    told = address(name, slow | {"start": ",".join(map(str, start))})
    assert same_race(data(show(name, told), name), figure.data(start=start, **slow))


def test_the_map_shows_the_values_of_numpy(show):
    figure = find("front-map")
    # Further to the right runs are chaotic, and differ from the last digit on.
    rows, columns = [0, 17, 40, 63], [0, 20, 40, 55]
    shown = show("front-map").evaluate(
        """([rows, columns]) => {
          const { map } = optlib.live["front-map"].kind;
          return rows.map((row) => columns.map((column) => map.value(column, row)));
        }""",
        [rows, columns],
    )
    assert np.allclose(shown, figure.last(rows, columns), rtol=1e-6, atol=1e-12)


def test_a_dial_is_turned_by_keyboard_and_the_address_keeps_it(show):
    page = show("correction-ratio")
    before = page.locator("canvas").screenshot()
    dial = page.locator("input[name=beta2]")
    dial.focus()
    dial.press("ArrowLeft")
    page.evaluate(SETTLED)
    stops = find("correction-ratio").dials[1].stops
    turned = stops[stops.index(0.999) - 1]
    assert page.locator("label:has(input[name=beta2]) output").inner_text() == str(turned)
    assert dial.get_attribute("aria-valuetext") == str(turned)
    assert page.url.endswith(f"#correction-ratio.beta2={turned}")
    assert page.locator("canvas").screenshot() != before
    wanted = find("correction-ratio").data(beta2=turned)
    assert all(map(same, data(page, "correction-ratio")["curves"], wanted["curves"]))
    page.get_by_role("button", name="Reset").click()
    assert "#" not in page.url
    page.evaluate(SETTLED)
    assert page.locator("canvas").screenshot() == before


def middle(box):
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_start_is_dragged_and_comes_back_from_the_address(show):
    page = show("race")
    handle = page.locator(".live-start")
    x, y = middle(handle.bounding_box())
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y - 50, steps=4)
    page.mouse.up()
    page.evaluate(SETTLED)
    moved = data(page, "race")
    start = moved["entries"][0]["x"][0]
    assert start[0] > -5 and start[1] > 0
    assert same_race(moved, find("race").data(start=start))
    assert np.allclose(middle(handle.bounding_box()), (x + 60, y - 50), atol=1.5)
    page.reload()
    page.evaluate(SETTLED)
    assert data(page, "race") == moved
    page.locator(".live-start").press("ArrowRight")
    assert data(page, "race")["entries"][0]["x"][0][0] > start[0]


def test_a_click_on_the_map_chooses_the_run(show):
    page = show("front-map")
    page.locator(".live-heat canvas").click(position={"x": 150, "y": 60})
    page.evaluate(SETTLED)
    chosen = page.evaluate("new URLSearchParams(location.hash.slice(1)).get('front-map.lr')")
    assert float(chosen) in find("front-map").dials[0].stops and float(chosen) != 0.3
    assert page.locator("label:has(input[name=lr]) output").inner_text() == chosen


def paths(page):
    return page.locator(".live-path canvas").first.evaluate("(canvas) => canvas.toDataURL()")


def test_a_race_is_run_and_ends_where_it_was(show):
    page = show("race")
    end = paths(page)
    page.get_by_role("button", name="Race").click()
    page.wait_for_timeout(300)
    assert paths(page) != end
    page.wait_for_timeout(5000)
    assert paths(page) == end


def test_without_motion_the_race_is_over_at_once(show):
    page = show("race", reduced_motion="reduce")
    end = paths(page)
    page.get_by_role("button", name="Race").click()
    page.wait_for_timeout(300)
    assert paths(page) == end


def test_a_figure_follows_the_theme(show):
    page = show("race")
    light = paths(page)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.evaluate(SETTLED)
    assert paths(page) != light


def test_two_optimizers_of_500_steps_are_redrawn_within_a_frame(visit):
    entries = "playground.1=adam,lr:0.1&playground.2=sgd,lr:0.001"
    page = visit(f"{PLAYGROUND}#playground.problem=rosenbrock&playground.steps=500&{entries}")
    # The quickest of many, since the machine has other things to do.
    quickest = page.evaluate(
        """() => Math.min(...Array.from({ length: 40 }, () => {
          const begin = performance.now();
          optlib.live.playground.redraw();
          return performance.now() - begin;
        }))"""
    )
    assert quickest <= FRAME_MS


@pytest.mark.parametrize("name", STORIES)
def test_a_preset_tells_its_story(visit, name):
    page = visit(PLAYGROUND)
    preset = page.locator(f"button[data-story={name}]")
    preset.click()
    assert page.url.endswith(f"#story-{name}")
    assert preset.get_attribute("aria-pressed") == "true"
    assert page.get_by_text(STORIES[name].text.split("[")[0].strip()).is_visible()
    assert same_race(data(page, "playground"), STORIES[name].race().data())


def test_what_is_set_in_the_playground_is_shared_by_its_address(visit):
    page = visit(PLAYGROUND)
    page.locator("[name=problem]").select_option("beale")
    page.locator("[name=steps]").fill("120")
    page.get_by_role("button", name="Remove").first.click()
    first = page.locator("fieldset").first
    first.locator("[name=rule]").select_option("nadam")
    first.locator("[name=schedule]").select_option("cosine")
    first.locator("[name=lr]").fill("0.05")
    first.locator("[name=beta1]").fill("0.8")
    handle = page.locator(".live-start")
    handle.press("ArrowLeft")
    handle.press("ArrowUp")
    shown = data(page, "playground")
    assert len(shown["entries"]) == 3 and len(shown["entries"][0]["x"]) == 121
    other = visit(page.url.rpartition("/")[2].replace("playground.html", PLAYGROUND))
    assert data(other, "playground") == shown
    assert other.locator("fieldset").first.locator("[name=rule]").input_value() == "nadam"
    start = page.evaluate("optlib.live.playground.state.start")
    entry = Racer("nadam", "", 0.05, {"beta1": 0.8}, "cosine", {"total": 120, "floor": 0.0})
    wanted = Race("", (), "beale", 120, (entry,), start).data()
    assert same_race({"entries": shown["entries"][:1]}, wanted)


@pytest.fixture
def set_up(visit):
    """The playground with one optimizer on Beale's function, or another problem."""
    page = visit(PLAYGROUND)

    def run(entry, problem="beale", steps=40):
        told = f"playground.problem={problem}&playground.steps={steps}&playground.1={entry}"
        page.evaluate("(told) => { location.hash = told; }", told)
        page.wait_for_function(
            "(told) => optlib.live.playground.state.problem === told", arg=problem
        )
        page.evaluate(SETTLED)
        return data(page, "playground"), page.evaluate("optlib.live.playground.state.entries[0]")

    return run


def test_the_playground_takes_the_steps_of_every_rule(set_up):
    for name in [k for k in javascript.printed() if k in RULES]:
        shown, _ = set_up(f"{name},lr:0.01")
        wanted = Race("", (), "beale", 40, (Racer(name, "", 0.01),)).data()
        assert same_race(shown, wanted), name


def test_the_playground_follows_every_schedule(set_up):
    for name in [k for k in javascript.printed() if k in SCHEDULES]:
        shown, state = set_up(f"sgd,lr:0.01,schedule:{name}", "quadratic")
        entry = Racer("sgd", "", 0.01, {}, name, state["numbers"])
        assert same_race(shown, Race("", (), "quadratic", 40, (entry,)).data()), name


def test_where_there_is_one_parameter_rules_of_layers_are_not_offered(visit):
    page = visit(f"{PLAYGROUND}#story-reddi")
    rules = page.locator("fieldset").first.locator("[name=rule]")
    for name in ("adam", "lamb"):
        assert rules.locator(f"option[value={name}]").is_disabled() == (
            RULES[name].scope != "element"
        )


@pytest.mark.parametrize("address", ["intro.html", PLAYGROUND])
def test_without_scripts_the_still_picture_stands_there(chromium, base, address):
    assert (SITE / address).is_file()
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(base + address)
        assert page.locator(".live-still img").is_visible()
        assert not page.locator(".live-view").is_visible()


@pytest.mark.parametrize("address", ["intro.html", PLAYGROUND])
def test_on_paper_too(visit, address):
    page = visit(address)
    page.emulate_media(media="print")
    assert page.locator(".live-still img").is_visible()
    assert not page.locator(".live-view").is_visible()
