"""What the papers claim of rules that look back, bet, or measure how far they have come."""

import numpy as np
import pytest
from support import gradients, run, start

from optlib import Optimizer

SCALES = [1e-3, 1.0, 1e3]


def path(opt, slope, x, steps, **inputs):
    """The points of a run down a slope; extra inputs are functions of the point."""
    points, state = [x], opt.init(x)
    for t in range(1, steps + 1):
        more = {k: np.full_like(x, f(x)) for k, f in inputs.items()}
        x, state = opt.step(t, slope(x), x, state, **more)
        points.append(x)
    return np.array(points)


def game(x):
    """Both players' slopes of x * y, which one makes small and the other large."""
    return np.array([x[1], -x[0]])


@pytest.mark.parametrize("name", ["optimistic_sgd", "sgd"])
def test_in_a_game_optimism_comes_to_the_saddle_and_plain_descent_leaves_it(name):
    points = path(Optimizer(name, lr=0.2), game, np.array([1.0, 1.0]), 1000)
    end = np.linalg.norm(points[-1])
    assert end < 1e-3 if name == "optimistic_sgd" else end > 1e3


def test_without_optimism_it_is_the_parent():
    for name, parent in (("optimistic_sgd", "sgd"), ("optimistic_adam", "adam")):
        x, gs = start(5), gradients(5, 8)
        plain, _ = run(Optimizer(parent, lr=0.1), x, gs)
        none, _ = run(Optimizer(name, lr=0.1, optimism=0.0), x, gs)
        np.testing.assert_allclose(none, plain, rtol=1e-14)


def test_the_gradient_of_acprop_is_not_in_what_it_is_divided_by():
    x, gs = start(4), gradients(4, 6)
    opt = Optimizer("acprop", lr=0.1)
    before, state = run(opt, x, gs)
    g = np.ones(4)
    steps = [before - opt.step(7, k * g, before, state)[0] for k in (1.0, 1e6)]
    np.testing.assert_allclose(steps[1], 1e6 * steps[0], rtol=1e-8)


def reddi(t, x, period=101.0):
    """One large slope down, and many small ones up, that weigh less together."""
    return np.where(t % period == 1, 10.0 * period, -10.0) + 0 * x


@pytest.mark.parametrize(("name", "right"), [("acprop", True), ("adam", False)])
def test_on_a_rare_large_gradient_acprop_goes_the_right_way_and_adam_does_not(name, right):
    opt = Optimizer(name, lr=lambda t: 0.1 / t**0.5, beta1=0.0, beta2=0.5)
    x = np.zeros(1)
    state = opt.init(x)
    for t in range(1, 20001):
        x, state = opt.step(t, reddi(t, x), x, state)
        x = np.clip(x, -1.0, 1.0)
    assert (x[0] < 0) == right


@pytest.mark.parametrize("target", [-30.0, 0.1, 10.0])
def test_cocob_finds_the_kink_without_a_rate(target):
    points = path(Optimizer("cocob", lr=1.0), lambda x: np.sign(x - target), np.zeros(1), 3000)
    assert abs(np.mean(points[2000:]) - target) < 0.05 * max(abs(target), 1.0)


def test_cocob_hardly_sees_a_rate_or_the_unit_of_the_gradient():
    gs, x = gradients(6, 30), start(6)
    plain, _ = run(Optimizer("cocob", lr=1.0), x, gs)
    scaled, _ = run(Optimizer("cocob", lr=1e-2), x, [1e4 * g for g in gs])
    np.testing.assert_allclose(scaled, plain, rtol=1e-4)


def test_madgrad_is_dual_averaging_from_the_start():
    gs, x = gradients(5, 9), start(5)
    got, _ = run(Optimizer("madgrad", lr=0.1, momentum=0.0, eps=1e-30), x, gs)
    weights = [0.1 * t**0.5 for t in range(1, 10)]
    s = sum(w * g for w, g in zip(weights, gs, strict=True))
    v = sum(w * g * g for w, g in zip(weights, gs, strict=True))
    np.testing.assert_allclose(got, x - s / np.cbrt(v), rtol=1e-12)


def test_fromage_turns_a_layer_at_right_angles_and_keeps_its_length():
    x, g = np.array([3.0, 4.0]), np.array([-40.0, 30.0])
    new, _ = run(Optimizer("fromage", lr=0.3), x, [g])
    assert np.linalg.norm(new) == pytest.approx(5.0, rel=1e-14)
    assert np.arctan(0.3) == pytest.approx(np.arccos(new @ x / 25.0), rel=1e-12)


def test_rprop_late_takes_every_step_of_rprop_one_later():
    """While no sign turns, and so no step is taken back."""
    gs, x = [np.abs(g) for g in gradients(5, 10)], start(5)
    early, _ = run(Optimizer("rprop", lr=0.01), x, gs[:-1])
    late, _ = run(Optimizer("rprop_late", lr=0.01), x, gs)
    np.testing.assert_allclose(late, early, rtol=1e-14)
    assert np.array_equal(run(Optimizer("rprop_late", lr=0.01), x, gs[:1])[0], x)


def test_sm3_never_divides_by_less_than_adagrad():
    gs = [np.random.default_rng(t).standard_normal((4, 6)) for t in range(8)]
    x = np.zeros((4, 6))
    opt = Optimizer("sm3", momentum=0.0)
    _, state = run(opt, x, gs)
    cover = np.minimum(state["r"], state["c"])
    assert np.all(cover >= sum(g * g for g in gs) - 1e-12)
    assert state["r"].size + state["c"].size == 10


def test_sm3_of_a_vector_is_adagrad():
    gs, x = gradients(7, 9), start(7)
    got, _ = run(Optimizer("sm3", lr=0.1, momentum=0.0, eps=0.0), x, gs)
    plain, _ = run(Optimizer("adagrad", lr=0.1, eps=0.0), x, gs)
    np.testing.assert_allclose(got, plain, rtol=1e-12)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", ["dog", "dowg"])
def test_distance_over_gradients_needs_no_rate(name, scale):
    """The first guess of the distance is four decades too low, and the run finds its scale."""
    curvature, x = np.array([1.0, 3.0, 9.0]), scale * np.array([1.0, -2.0, 3.0])
    given = {"start": 1e-4 * scale**2} if name == "dowg" else {"start": 1e-4}
    eps = {"eps": 1e-30}
    points = path(Optimizer(name, lr=1.0, **given, **eps), lambda x: curvature * x, x, 3000)
    assert curvature @ points[-1] ** 2 < 1e-2 * (curvature @ x**2)


@pytest.mark.parametrize("name", ["dog", "dog_absolute", "dowg"])
def test_the_unit_of_the_gradient_cancels(name):
    gs, x = gradients(6, 12), start(6)
    opt = Optimizer(name, lr=1.0, start=0.1, eps=0.0)
    plain, scaled = (run(opt, x, [k * g for g in gs])[0] for k in (1.0, 2.0**20))
    np.testing.assert_allclose(scaled, plain, rtol=1e-12)


@pytest.mark.parametrize("scale", SCALES)
def test_d_adaptation_needs_no_rate(scale):
    """The estimate starts three decades below the distance and grows to its size."""
    curvature, x = np.array([1.0, 3.0, 9.0]), scale * np.array([1.0, -2.0, 3.0])
    opt, at = Optimizer("dadapt_adam", lr=1.0, d0=1e-3 * scale), x
    state, seen = opt.init(x), []
    for t in range(1, 2001):
        at, state = opt.step(t, curvature * at, at, state)
        seen.append(1e-3 * float(state["growth"]))
    assert np.all(np.diff(seen) >= 0) and 0.3 < seen[-1] < 10
    assert curvature @ at**2 < 1e-2 * (curvature @ x**2)


def test_polyaks_step_halves_the_way_on_a_round_bowl():
    x = np.array([3.0, -4.0])
    points = path(Optimizer("polyak_sgd", lr=1.0), lambda x: x, x, 5, loss=lambda x: x @ x / 2)
    np.testing.assert_allclose(points, [x / 2**k for k in range(6)], rtol=1e-14)


def test_polyaks_step_never_moves_away_from_a_minimum():
    weights, x = np.array([1.0, 5.0, 0.2]), np.array([3.0, -4.0, 7.0])
    opt = Optimizer("polyak_sgd", lr=1.0, most=1e9)
    loss = {"loss": lambda x: weights @ np.abs(x)}
    points = path(opt, lambda x: weights * np.sign(x), x, 200, **loss)
    far = np.linalg.norm(points, axis=1)
    assert np.all(np.diff(far) <= 1e-12) and far[-1] < 0.5 * far[0]


def test_momo_without_momentum_is_polyaks_step_up_to_the_rate():
    x, loss = np.array([3.0, -4.0]), {"loss": lambda x: x @ x / 2}
    for rate, wanted in ((10.0, 0.5), (0.1, 0.1)):
        points = path(Optimizer("momo", lr=rate, beta=0.0), lambda x: x, x, 1, **loss)
        np.testing.assert_allclose(points[1], (1 - wanted) * x, rtol=1e-14)


@pytest.mark.parametrize(("name", "parent"), [("momo", "momentum"), ("momo_adam", "adam")])
def test_with_a_least_value_far_below_it_is_the_parent(name, parent):
    curvature, x = np.array([1.0, 3.0]), np.array([3.0, -4.0])
    loss = {"loss": lambda x: curvature @ x**2 / 2}
    given = {"momo": {"beta": 0.0}, "momentum": {"momentum": 0.0}}
    one, other = (
        path(Optimizer(n, lr=0.1, **given.get(n, {}), **more), lambda x: curvature * x, x, 20, **i)
        for n, more, i in ((name, {"least": -1e9}, loss), (parent, {}, {}))
    )
    np.testing.assert_allclose(one, other, rtol=1e-12)


@pytest.mark.parametrize("name", ["momo", "momo_adam"])
def test_momo_stands_rates_at_which_the_parent_diverges(name):
    curvature, x = np.array([1.0, 30.0]), np.array([3.0, -4.0])
    loss = {"loss": lambda x: curvature @ x**2 / 2}
    points = path(Optimizer(name, lr=50.0), lambda x: curvature * x, x, 1000, **loss)
    assert loss["loss"](points[-1]) < 1e-3 * loss["loss"](x)
