"""Prodigy, which sees all layers at once, and what its paper claims."""

import numpy as np
import pytest
from support import gradients, same

from optlib import RULES, Optimizer, load, minimize, problems, save

# The others are in test_whole_model.py.
MODEL = [name for name, fn in RULES.items() if fn.scope == "model" and "coefficient" in fn.hyper]
SHAPES = [(), (5,), (3, 4), (2, 3, 2, 2)]
CURVATURE = np.array([1.0, 10.0, 100.0])
START = np.array([1.0, -2.0, 3.0])
# The estimate grows within a few steps.
FAST = {"d0": 1e-2, "coefficient": 20.0}


@pytest.fixture(params=MODEL)
def rule(request):
    return request.param


def pack(container, values):
    return dict(zip("abcd", values, strict=True)) if container is dict else container(values)


def values(x):
    return list(x.values()) if isinstance(x, dict) else list(x)


def flat(arrays):
    return np.concatenate([np.ravel(a) for a in arrays])


def starts(dtype=float):
    rng = np.random.default_rng(4)
    return [np.asarray(rng.standard_normal(s), dtype) for s in SHAPES]


def descend(opt, xs, container, steps, state=None, t0=0):
    """On a bowl, so that the gradients point away from the start for long."""
    x = pack(container, xs)
    state = opt.init(x) if state is None else state
    for t in range(t0 + 1, t0 + steps + 1):
        x, state = opt.step(t, pack(container, [3 * a for a in values(x)]), x, state)
    return values(x), values(state)


def growth(state):
    return float(np.ravel(state["growth"])[0])


@pytest.mark.parametrize("container", [list, tuple, dict])
def test_layers_are_one_vector(rule, container):
    opt = Optimizer(rule, lr=1.0, **FAST)
    xs, states = descend(opt, starts(), container, 12)
    ((vector,), (whole,)) = descend(opt, [flat(starts())], tuple, 12)
    assert same(flat(xs), vector) and growth(whole) > 2
    for name in ("m", "v", "s", "x0"):
        assert same(flat([s[name] for s in states]), whole[name])
    for x, s in zip(starts(), states, strict=True):
        assert s["m"].shape == x.shape
        assert growth(s) == growth(whole) and np.ravel(s["r"]) == np.ravel(whole["r"])


def test_a_layer_alone_is_moved_otherwise(rule):
    opt = Optimizer(rule, lr=1.0, **FAST)
    together, _ = descend(opt, starts(), list, 12)
    alone, _ = descend(opt, starts()[1:2], tuple, 12)
    assert np.abs(together[1] - alone[0]).max() > 1e-3


def test_in_place_is_the_pure_step_and_layers_share_no_memory(rule):
    opt, pure = Optimizer(rule, lr=1.0, **FAST), starts()
    pure, pure_states = descend(opt, pure, list, 8)
    xs = starts()
    states = opt.init(xs)
    for t in range(1, 9):
        assert opt.step_(t, [3 * a for a in xs], xs, states)
    assert all(same(a, b) for a, b in zip(xs, pure, strict=True))
    for s, p in zip(states, pure_states, strict=True):
        assert all(same(s[k], p[k]) for k in s)
    arrays = [a for s in pure_states for a in s.values()] + pure
    pairs = [(a, b) for i, a in enumerate(arrays) for b in arrays[:i]]
    assert not any(np.shares_memory(a, b) for a, b in pairs)
    assert opt.step_(9, pure, pure, pure_states) is True


def test_a_gradient_that_is_not_finite_stops_every_layer(rule):
    opt, xs = Optimizer(rule, lr=1.0, **FAST), starts()
    states, before = opt.init(xs), [a.copy() for a in xs]
    gs = [3 * a for a in xs]
    gs[2][1, 1] = np.inf
    assert opt.step_(1, gs, xs, states, nonfinite="skip") is False
    assert all(same(a, b) for a, b in zip(xs, before, strict=True))


def test_a_restart_is_the_uninterrupted_run(rule, tmp_path):
    opt = Optimizer(rule, lr=1.0, **FAST)
    whole, _ = descend(opt, starts(), list, 10)
    half, states = descend(opt, starts(), list, 5)
    save(tmp_path / "half.npz", half, states, 5)
    x, state, t = load(tmp_path / "half.npz")
    rest, _ = descend(opt, x, list, 5, state=state, t0=t)
    assert all(same(a, b) for a, b in zip(rest, whole, strict=True))


def test_every_run_of_a_sweep_has_an_estimate_of_its_own(rule):
    rates = np.array([0.5, 1.0, 3.0])
    swept = Optimizer(rule, lr=rates, **FAST)
    x = [np.stack([a] * 3) for a in starts()]
    state = swept.init(x, sweep_axes=1)
    for t in range(1, 13):
        x, state = swept.step(t, [3 * a for a in x], x, state, sweep_axes=1)
    assert state[1]["growth"].shape == (3, 1) and np.all(state[1]["growth"] > 1)
    for row, rate in enumerate(rates):
        single, states = descend(Optimizer(rule, lr=float(rate), **FAST), starts(), list, 12)
        for layer, one in zip(x, single, strict=True):
            np.testing.assert_allclose(layer[row], one, rtol=1e-12)
        np.testing.assert_allclose(state[0]["growth"][row], growth(states[0]), rtol=1e-12)


def test_each_layer_keeps_its_type(rule):
    xs = starts()
    xs[2] = xs[2].astype(np.float32)
    moved, states = descend(Optimizer(rule, lr=1.0, **FAST), xs, list, 6)
    for old, new, state in zip(xs, moved, states, strict=True):
        assert new.dtype == old.dtype and {a.dtype for a in state.values()} == {old.dtype}


def test_all_layers_are_at_the_same_step(rule):
    opt, xs = Optimizer(rule), starts()
    gs, state = [a + 1 for a in xs], opt.init(xs)
    listed, _ = opt.step([3, 3, 3, 3], gs, xs, state)
    assert all(same(a, b) for a, b in zip(listed, opt.step(3, gs, xs, state)[0], strict=True))
    with pytest.raises(ValueError, match="t is one number for all"):
        opt.step([3, 3, 4, 3], gs, xs, state)


def bowl(scale, rule, steps=2000, **options):
    """The estimates of a distance, and the values from the start on, on an uneven bowl."""
    opt, x = Optimizer(rule, lr=1.0, **options), scale * START
    state, found, heights = opt.init(x), [], [CURVATURE @ x**2]
    for t in range(1, steps + 1):
        x, state = opt.step(t, CURVATURE * x, x, state)
        found.append(opt.hyper["d0"] * growth(state))
        heights.append(CURVATURE @ x**2)
    return np.array(found), np.array(heights)


@pytest.mark.parametrize("scale", [1e-3, 1e-2, 1.0, 1e2, 1e4])
def test_it_needs_no_rate(rule, scale):
    found, heights = bowl(scale, rule)
    assert heights[-1] < 1e-6 * heights[0]
    assert found[-1] > 0.05 * scale * abs(START).max()


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
@pytest.mark.parametrize("beta3", [0.5, 0.999])
def test_the_estimate_grows_and_stays_below_the_distance(scale, beta3):
    found, _ = bowl(scale, "prodigy", 500, beta3=beta3)
    assert np.all(np.diff(found) >= 0) and found[-1] > found[0]
    assert found[-1] <= scale * abs(START).max() * (1 + 1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_the_bound_holds_for_sharp_convex_functions_too(seed):
    """The gradient of a sum of distances jumps at the minimum."""
    rng = np.random.default_rng(seed)
    weights, x = 10.0 ** rng.uniform(-2, 2, 6), rng.standard_normal(6)
    distance, opt = abs(x).max(), Optimizer("prodigy", lr=1.0)
    state = opt.init(x)
    for t in range(1, 800):
        x, state = opt.step(t, weights * np.sign(x), x, state)
        assert opt.hyper["d0"] * growth(state) <= distance * (1 + 1e-12)


def test_an_estimate_far_too_low_grows_fast(rule):
    found, _ = bowl(1.0, rule, 60, d0=1e-4)
    assert found[-1] > 100 * found[0]


def test_the_estimate_has_the_unit_of_x_and_none_of_the_gradient(rule):
    """Bitwise, as the unit is a power of two; d0 has the unit of x."""
    gs = gradients(6, 12)
    x = 0 * gs[0]

    def estimate(unit, g_unit):
        opt, at = Optimizer(rule, lr=1.0, d0=unit * 2.0**-10, eps=0.0, coefficient=50.0), x
        state = opt.init(at)
        for t, g in enumerate(gs, 1):
            at, state = opt.step(t, g_unit * g, at, state)
        return at / unit, growth(state)

    (at, grown), (scaled, also) = estimate(1.0, 1.0), estimate(2.0**20, 2.0**-30)
    assert same(at, scaled) and grown == also > 1


def test_while_the_estimate_does_not_grow_it_is_adam(rule):
    gs = gradients(6, 12)
    opt, adam = Optimizer(rule, lr=0.1, d0=0.5, coefficient=1e-12), Optimizer("adam", lr=0.05)
    x = y = np.ones(6)
    state, other = opt.init(x), adam.init(y)
    for t, g in enumerate(gs, 1):
        x, state = opt.step(t, g, x, state)
        y, other = adam.step(t, g, y, other)
    # Adam adds eps to the corrected root, Prodigy to the uncorrected one.
    assert growth(state) == 1 and np.abs(x - y).max() < 1e-4 * np.abs(x - 1).max()


def test_a_rate_of_zero_at_first_moves_nothing_and_leaves_the_estimate():
    opt, x = Optimizer("prodigy", lr=lambda t: 0.0 * t), START
    state = opt.init(x)
    for t in range(1, 6):
        x, state = opt.step(t, CURVATURE * x, x, state)
    assert same(x, START) and growth(state) == 1


def test_it_runs_in_minimize(rule):
    problem = problems.rosenbrock()
    run = minimize(Optimizer(rule, lr=np.array([0.5, 1.0])), problem, steps=3000, record="last")
    assert np.all(run.f[-1] < 1e-2 * problem.value(problem.start)) and not run.diverged.any()


@pytest.mark.parametrize("growth", [1.0, 3.0])
def test_the_sum_below_the_estimate_grows_by_the_gradient_with_or_without_the_rate(growth):
    g, x, zeros = np.array([0.5, -2.0]), np.ones(2), np.zeros(2)
    state, hyper = (zeros, zeros, zeros, x, np.zeros(1), np.full(1, growth)), {"lr": 0.1}
    with_rate, without = (RULES[name](np, 5, g, x, *state, **hyper)[3] for name in MODEL)
    np.testing.assert_allclose(without, growth**2 * g, rtol=1e-12)
    rate = 0.1 * np.sqrt(1 - 0.999**5) / (1 - 0.9**5)
    np.testing.assert_allclose(with_rate, rate * without, rtol=1e-12)
