"""Figures that are moved: the page computes what NumPy computes, and hands can move them."""

import sys
from pathlib import Path
from random import Random

import numpy as np
import pytest
from conftest import SITE
from runs import PLAYGROUND, SETTLED, data, same, same_race

from optlib.book.live import FIGURES, find

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "_ext"))
from live import dials
from scripts import in_order

CURVES = [name for name in FIGURES if find(name).kind == "curves"]
RACES = [name for name in FIGURES if find(name).kind == "race"]


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


def calm(figure, start):
    """Stops away from the first ones, where some roundings of the start change no race."""
    nudged = [start[0] * (1 + 2e-15), start[1]]
    for quarter in (1, 3):
        stops = {dial.name: dial.stops[quarter * len(dial.stops) // 4] for dial in figure.dials}
        if same_race(figure.data(start=nudged, **stops), figure.data(start=start, **stops)):
            return stops
    raise AssertionError("both quarters are chaotic")


@pytest.mark.parametrize("name", RACES)
def test_the_page_runs_the_race_of_numpy(show, name):
    figure = find(name)
    assert same_race(data(show(name), name), figure.data())
    start = [figure.facts()["start"][0] + 0.25, 0.5]
    slow = calm(figure, start)
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
