"""What the papers claim of decays that look at the step, or at the schedule."""

import numpy as np
import pytest
from support import gradients, run, same, start

from optlib import Optimizer
from optlib.rules.decay import cautious_decay


def end(opt, slope, x, steps):
    """The point after a run down a slope."""
    state = opt.init(x)
    for t in range(1, steps + 1):
        x, state = opt.step(t, slope(x), x, state)
    return x


def slow(t):
    return 0.1 / t**0.5


def test_where_the_direction_leads_away_from_zero_it_is_adam_and_elsewhere_adamw():
    x, gs = start(40), gradients(40, 9)
    before, state = run(Optimizer("adam"), x, gs)
    g = gradients(40, 1, seed=3)
    names = ("adam", "adamw", "adamw_cautious_decay")
    decay = {"weight_decay": 0.3}
    plain, decayed, cautious = (
        run(Optimizer(n, **({} if n == "adam" else decay)), before, g, t0=9, state=state)[0]
        for n in names
    )
    away = np.abs(plain) > np.abs(before)
    assert 5 < np.sum(away) < 35
    assert same(cautious[away], plain[away]) and same(cautious[~away], decayed[~away])


@pytest.mark.parametrize(
    ("name", "where"), [("adam", 3.0), ("adamw_cautious_decay", 3.0), ("adamw", 1.0)]
)
def test_cautious_decay_leaves_the_minimum_where_it_is_and_adamw_stops_at_one_over_the_decay(
    name, where
):
    decay = {} if name == "adam" else {"weight_decay": 1.0}
    found = end(Optimizer(name, lr=slow, **decay), lambda x: x - 3.0, np.array([5.0]), 10000)
    assert found[0] == pytest.approx(where, abs=1e-3)


def test_in_a_valley_of_minima_cautious_decay_goes_on_to_smaller_entries():
    """Along x + y = 2 no entry can shrink alone once both have one sign."""
    x = np.array([3.0, -1.0])

    def slope(x):
        return np.full(2, x.sum() - 2)

    assert same(end(Optimizer("adam", lr=slow), slope, x, 100), x)
    cautious = Optimizer("adamw_cautious_decay", lr=slow, weight_decay=1.0)
    found = end(cautious, slope, x, 5000)
    assert found.sum() == pytest.approx(2.0, abs=1e-3) and np.all(found > 0)


def test_numbers_too_small_to_be_multiplied_still_have_signs():
    u, x = np.array([1e-200, -1e-200, 0.0]), np.array([1e-200, 1e-200, 1e-200])
    np.testing.assert_array_equal(cautious_decay(np, u, x), [1e-200, 0.0, 1e-200])


TOP, SIZE, STEPS = 0.05, 200, 2000
STEADY = 2.0 / TOP / SIZE


def falling(t):
    """A rate that falls to a quarter."""
    return TOP * (1 - 0.75 * t / STEPS)


def turning(name, **hyper):
    """The gradient over the weights, step by step, of a layer before a normalisation.

    Its gradient is at right angles to the weights and as long as they are short. The run starts
    at the length that is steady at the top rate.
    """
    rng, ratios = np.random.default_rng(0), []
    x = rng.standard_normal(SIZE)
    x /= np.linalg.norm(x) * STEADY**0.5
    given = {"weight_decay": 1.0, "beta1": 0.0, "beta2": 0.99}
    opt = Optimizer(name, lr=falling, **given, **hyper)
    state = opt.init(x)
    for t in range(1, STEPS + 1):
        z = rng.standard_normal(SIZE)
        z -= x * (z @ x) / (x @ x)
        g = z / np.linalg.norm(z) / np.linalg.norm(x)
        x, state = opt.step(t, g, x, state)
        ratios.append(np.linalg.norm(g) / np.linalg.norm(x))
    return np.array(ratios)[STEPS // 10 :]


def test_before_a_normalisation_the_gradient_grows_as_adamws_rate_falls_and_not_with_adamc():
    """The length settles where 2 * decay * |x|^2 is the rate, or its top, times |a|^2."""
    np.testing.assert_allclose(turning("adamc", lr_max=TOP), STEADY, rtol=0.05)
    rates = falling(np.arange(STEPS // 10, STEPS) + 1)
    np.testing.assert_allclose(turning("adamw"), STEADY * TOP / rates, rtol=0.2)


def test_at_the_largest_rate_adamc_is_adamw():
    x, gs = start(6), gradients(6, 12)
    one, _ = run(Optimizer("adamc", lr=0.1, lr_max=0.1, weight_decay=0.3), x, gs)
    other, _ = run(Optimizer("adamw", lr=0.1, weight_decay=0.3), x, gs)
    np.testing.assert_allclose(one, other, rtol=1e-13)


def test_at_half_the_largest_rate_adamc_decays_by_a_quarter():
    x = start(6)
    still = [np.zeros(6)]
    half, full = (
        run(Optimizer("adamc", lr=rate, lr_max=0.2, weight_decay=0.3), x, still)[0]
        for rate in (0.1, 0.2)
    )
    np.testing.assert_allclose(4 * (x - half), x - full, rtol=1e-12)
