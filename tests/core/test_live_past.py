"""The live figure of chapter 14: its weights are those of the rules that run."""

import numpy as np
import pytest

from optlib import RULES
from optlib.book.live import find
from optlib.book.live.past import numerator

STEPS = 1000
CURVES = {
    "adam": (0, {}),
    "nadam_constant": (1, {}),
    "nadam": (2, {}),
    "ademamix": (3, {"beta3": 0.9, "mix": 2.0}),
}


def direction(name, signs, **hyper):
    """The direction after gradients of size one, for which the second moment is one."""
    rule = RULES[name]
    x = np.zeros(1)
    start = {k: np.zeros(1) for k in rule.state}
    state = (start | (rule.init(np, x) if rule.init else {})).values()
    for t, g in enumerate(signs, 1):
        u, *state = rule(np, t, np.array([g]), x, *state, eps=0.0, **hyper)
    return float(u[0])


@pytest.mark.parametrize("rule", ["adam", "nadam_constant", "nadam"])
def test_nothing_is_left_of_the_start(rule):
    """What is divided by the corrected root no longer depends on how long the start is ago."""
    top, names, _ = numerator(rule)
    corrected = {names["beta1"] ** names["t"], names["mu_product"] if rule == "nadam" else 0}
    assert not any(top.has(e) for e in corrected if e != 0)
    assert rule == "nadam" or names["t"] not in top.free_symbols


@pytest.mark.parametrize("rule", CURVES)
@pytest.mark.parametrize("beta1", [0.5, 0.9])
@pytest.mark.parametrize("place", [0, 1, 7, 25])
def test_a_weight_is_what_one_gradient_does_in_a_run(rule, beta1, place):
    curve, hyper = CURVES[rule]
    data = find("past-weights").data(beta1=beta1, t=float(STEPS), **hyper)
    signs = np.random.default_rng(0).choice([-1.0, 1.0], STEPS)
    flipped = signs.copy()
    age = int(data["x"][place]) - 1
    flipped[-1 - age] *= -1
    got, other = (direction(rule, s, beta1=beta1, **hyper) for s in (signs, flipped))
    share = 1 + hyper.get("mix", 0.0)
    change = (got - other) / (2 * signs[-1 - age] * share)
    assert np.isclose(change, data["curves"][curve][place], rtol=1e-9, atol=1e-15)


def test_readings_are_sums_over_the_weights():
    figure = find("past-weights")
    for t in (1.0, 300.0, 1e5):
        data = figure.data(beta1=0.8, t=t)
        newest, next_one = data["curves"][2][:2]
        older = next_one * 0.8 ** np.arange(400)
        lag = older @ np.arange(1, 401)
        noise = (newest**2 + older @ older) * 1.8 / 0.2
        assert np.allclose(data["readings"], [4, lag, noise])
        # The momentum of the next step is a little larger than that of this one.
        assert np.isclose(newest + older.sum(), 1, atol=1e-3)
