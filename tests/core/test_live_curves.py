"""The live figures of curves: their axes hold what they show, each curve is what it is called."""

import numpy as np
import pytest
from test_live import steps_of

from optlib.book.colors import LINES
from optlib.book.live import FIGURES, find
from optlib.domains import HYPER, QUANTITIES, Domain

CURVES = [name for name in FIGURES if find(name).kind == "curves"]


@pytest.mark.parametrize("name", CURVES)
def test_the_points_fill_the_first_axis_and_every_curve_is_seen(name):
    figure = find(name)
    data, scales = figure.data(), {"linear": np.asarray, "log": np.log}
    low, *x, high = scales[figure.x.scale]([figure.x.low, *data["x"], figure.x.high])
    assert np.isfinite(low) and low <= min(x) and max(x) <= high
    assert max(x) - min(x) > 0.95 * (high - low)
    bottom, top = scales[figure.y.scale]([figure.y.low, figure.y.high])
    assert np.isfinite(bottom) and bottom < top
    for values in data["curves"]:
        assert np.any((figure.y.low <= values) & (values <= figure.y.high))


@pytest.mark.parametrize("name", CURVES)
def test_the_curves_of_a_figure_can_be_told_apart(name):
    looks = [(curve.color, curve.dash, curve.dots) for curve in find(name).curves]
    assert len({*looks}) == len(looks)


@pytest.mark.parametrize("name", CURVES)
def test_every_curve_has_values_at_both_ends_of_every_dial(name):
    figure = find(name)
    for dial in figure.dials:
        for stop in (dial.stops[0], dial.stops[-1]):
            data = figure.data(**{dial.name: stop})
            assert all(np.isfinite(values).any() for values in data["curves"])


@pytest.mark.parametrize("dial", [d for name in CURVES for d in find(name).dials], ids=str)
def test_every_stop_is_one_that_the_rules_take_and_steps_are_whole(dial):
    domain = (HYPER | QUANTITIES).get(dial.name, Domain())
    assert all(stop in domain for stop in dial.stops)
    assert not dial.label.startswith("step") or all(stop == int(stop) for stop in dial.stops)


@pytest.mark.parametrize("name", CURVES)
def test_the_symbols_of_a_figure_assume_no_sign_that_their_values_lack(name):
    figure = find(name)
    values = {figure.variable: figure.points} | {dial.name: dial.stops for dial in figure.dials}
    shown = [part.value for part in (*figure.curves, *figure.readings)]
    symbols = {s for value in shown for s in value.free_symbols}
    for s in symbols:
        assert not s.is_nonnegative or min(values[s.name]) >= 0
        assert s.is_positive is not False or max(values[s.name]) <= 0
    assert figure.variable in {s.name for s in symbols}


@pytest.mark.parametrize(("size", "beta2"), [(3.0, 0.1), (2.05, 0.5), (50.0, 0.9)])
def test_a_period_goes_down_and_up_as_the_figure_says(size, beta2):
    data = find("reddi-period").data(C=size, beta2=beta2)
    hyper = {"beta1": 0.0, "beta2": beta2, "eps": 0.0}
    large, *small = steps_of("adam_uncorrected", [size, -1.0, -1.0] * 100, **hyper)[-3:]
    down, up = large, -sum(small)
    (here,) = np.flatnonzero(np.isclose(data["x"], 1 - beta2))
    assert np.allclose([values[here] for values in data["curves"]], [down, up, down, up])
    assert all(np.isnan(np.delete(values, here)).all() for values in data["curves"][2:])
    assert np.isclose(data["readings"][0], down - up)
    down, up, *marks = (curve.color for curve in find("reddi-period").curves)
    assert marks == [down, up]


def test_beside_the_ratio_stand_its_numerator_one_and_its_first_value():
    data = find("correction-ratio").data(beta1=0.5, beta2=0.99)
    ratio, numerator, one = data["curves"]
    assert np.allclose(numerator, 1 - 0.5 ** data["x"], rtol=1e-12) and np.all(one == 1)
    assert data["x"][0] == 1 and np.isclose(data["readings"][0], ratio[0])


def test_the_readings_of_the_wall_are_places_on_its_curve():
    data = find("wall-reach").data(tau=1000.0, growth=0.05, start=1)
    decade, *reached = data["readings"]
    assert np.isclose(1.05**decade, 10)
    assert np.allclose(reached, [data["curves"][0][8], data["curves"][0][-1]])
    assert np.isclose(data["curves"][0][0], 1) and np.all(data["curves"][2] == 1)
    assert data["x"][-1] == np.floor(np.log10(float(np.finfo(np.float32).max) / 2.0**-126))


@pytest.mark.parametrize("momentum", [0.0, 0.81])
def test_beside_the_ball_stands_gradient_descent_each_in_its_colour(momentum):
    figure = find("ball-factor")
    data = figure.data(momentum=momentum)
    for curve, rule in zip(figure.curves, ("momentum", "sgd"), strict=False):
        assert curve.color == LINES[rule]["color"]
    assert np.allclose(data["curves"][1], np.abs(1 - data["x"]))
    assert np.all(data["curves"][2] == 1)


def test_beside_the_eigenvalues_stand_gradient_descent_and_the_edge():
    data = find("stability-roots").data(beta1=0.5)
    assert np.allclose(data["curves"][2], np.abs(1 - data["x"]))
    assert np.all(data["curves"][3] == 1)
    orbit = find("stability-orbit").data(beta1=0.5)
    assert np.all(orbit["curves"][1] == 0) and orbit["readings"] == data["readings"]


@pytest.mark.parametrize(("kappa", "lr"), [(10, 1.0), (100, 0.5)])
def test_so_many_steps_leave_a_millionth(kappa, lr):
    leaves, _, steps = find("step-factors").data(kappa=kappa, lr=lr)["readings"]
    assert np.isclose(leaves**steps, 1e-6)


@pytest.mark.parametrize("lr", [0.5, 1.0])
def test_the_chosen_rate_is_marked_by_a_dot_of_three_points(lr):
    data = find("step-factors").data(lr=lr)
    marked = np.flatnonzero(np.isfinite(data["curves"][2]))
    assert np.array_equal(marked, list(data["x"]).index(lr) + np.arange(-1, 2))
    assert [curve.dots for curve in find("step-factors").curves] == [False, False, True]
