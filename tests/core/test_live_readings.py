"""Beside the live figures: readings are places of the curves, and lines are where they say."""

import numpy as np
import pytest
from test_live import steps_of
from test_live_curves import CURVES

from optlib import schedule
from optlib.book.live import find


@pytest.mark.parametrize("name", CURVES)
def test_a_line_for_comparison_is_at_one_or_at_the_minimum(name):
    lines = {c.label: c.value for c in find(name).curves if not c.value.free_symbols}
    assert all(value == (label != "the minimum") for label, value in lines.items())


@pytest.mark.parametrize("name", CURVES)
def test_a_point_without_neighbours_is_drawn_as_a_dot(name):
    figure = find(name)
    for curve, values in zip(figure.curves, figure.data()["curves"], strict=True):
        there = np.concatenate([[False], np.isfinite(values), [False]])
        assert curve.dots or not np.any(there[1:-1] & ~there[:-2] & ~there[2:])


@pytest.mark.parametrize(("eps", "t"), [(1e-7, 1), (1e-3, 20)])
def test_an_epsilon_beside_the_plain_root_is_a_larger_one_beside_the_corrected(eps, t):
    beside, under = find("epsilon-places").data(eps=eps, t=t)["readings"]
    g = np.full(t, eps)
    keras, torch = steps_of("eps_hat_adam", g, eps=eps), steps_of("adam", g, eps=beside)
    assert np.isclose(keras[-1], torch[-1], rtol=1e-9)
    assert np.isclose(under**2, eps)


@pytest.mark.parametrize("passes", [1, 5])
def test_small_singular_values_grow_and_one_moves_as_the_readings_say(passes):
    data = find("singular-values").data(passes=passes)
    growth, one = data["readings"]
    assert np.isclose(data["curves"][0][0] / data["x"][0], growth, rtol=0.01)
    assert passes > 1 or np.isclose(data["curves"][0][-1], one)


@pytest.mark.parametrize(("t0", "beta1"), [(1e6, 0.9), (100.0, 0.5)])
def test_the_readings_of_a_restart_are_places_on_its_curves(t0, beta1):
    data = find("restart").data(t0=t0, beta1=beta1)
    lost, miscounted, _ = data["curves"]
    twelfth = list(data["x"]).index(12)
    assert np.allclose(data["readings"], [lost[0], lost[twelfth], miscounted[twelfth]])


@pytest.mark.parametrize("warmup", [100.0, 2000.0])
def test_the_second_reading_of_a_warmup_is_where_its_line_ends(warmup):
    data = find("rectified-warmup").data(warmup=warmup)
    factor, line, _ = data["curves"]
    assert np.isclose(np.interp(warmup, data["x"], factor), data["readings"][1], rtol=1e-3)
    assert np.isclose(np.interp(warmup, data["x"], line), 1, rtol=0.02)


@pytest.mark.parametrize("new", [1, 64, 16384])
def test_the_factors_of_a_new_batch_are_places_on_the_curves(new):
    data = find("batch-rates").data(later=new)
    best_sgd, _, best_adam, path_adam, _ = (
        np.exp(np.interp(np.log(new), np.log(data["x"]), np.log(values)))
        for values in data["curves"]
    )
    assert np.allclose(data["readings"], [best_adam, path_adam, best_sgd], rtol=1e-3)


def test_the_mean_rate_of_the_cosine_is_that_of_the_schedule():
    one = schedule("cosine", peak=1.0, total=10_000)
    reading = find("schedule-floor").data()["readings"][1]
    assert np.isclose(reading, one(np.arange(10_000)).mean(), atol=1e-3)
