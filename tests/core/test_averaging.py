"""What is returned instead of the last point, and where the gradient is taken."""

import numpy as np
import pytest
from support import same

from optlib import Optimizer, minimize, problems, schedule
from optlib.running.averaging import lookahead, polyak, schedule_free, weight_ema
from optlib.running.linesearch import armijo

NOISY = problems.noisy(problems.quadratic(10.0), sigma=1.0, seed=2)
ALL = [weight_ema(0.9), polyak(), polyak(start=7), lookahead(5, 0.5), schedule_free(0.9)]
BESIDE = [weight_ema(0.9), polyak(), schedule_free(0.0)]
"""Those that leave the optimizer's own path alone."""


@pytest.mark.parametrize("averaging", BESIDE, ids=repr)
def test_an_average_beside_the_run_leaves_it_bitwise_alone(averaging):
    opt = Optimizer("adam", lr=0.1)
    plain, averaged = (
        minimize(opt, NOISY, steps=30),
        minimize(opt, NOISY, steps=30, averaging=averaging),
    )
    assert same(averaged.point, plain.x[-1]) and averaged.evals == 30
    assert not np.array_equal(averaged.x[-1], plain.x[-1])


def test_the_polyak_mean_is_the_mean():
    opt = Optimizer("sgd", lr=0.05)
    path = minimize(opt, NOISY, steps=40).x
    mean = minimize(opt, NOISY, steps=40, averaging=polyak()).x
    np.testing.assert_allclose(mean[1:], np.cumsum(path[1:], 0) / np.arange(1, 41)[:, None])
    late = minimize(opt, NOISY, steps=40, averaging=polyak(start=30)).x
    np.testing.assert_allclose(late[-1], path[31:].mean(axis=0))
    np.testing.assert_array_equal(late[31], path[31])


def test_the_exponential_average_is_its_sum():
    opt, d = Optimizer("sgd", lr=0.05), 0.8
    path = minimize(opt, NOISY, steps=25).x
    averaged = minimize(opt, NOISY, steps=25, averaging=weight_ema(d)).x
    weights = (1 - d) * d ** np.arange(24, -1, -1)
    np.testing.assert_allclose(averaged[-1], weights @ path[1:] + d**25 * path[0])


def test_schedule_free_with_beta_zero_is_the_polyak_mean():
    opt = Optimizer("adam", lr=0.1)
    free = minimize(opt, NOISY, steps=50, averaging=schedule_free(beta=0.0))
    mean = minimize(opt, NOISY, steps=50, averaging=polyak())
    np.testing.assert_allclose(free.x, mean.x, rtol=1e-12)
    assert same(free.point, mean.point)


def test_schedule_free_follows_the_published_recursion():
    gamma, beta = 0.05, 0.9
    problem = problems.rosenbrock()
    z = x = problem.start
    for t in range(1, 31):
        y = (1 - beta) * z + beta * x
        z = z - 0.01 * gamma * problem.grad(y)
        x = (1 - 1 / t) * x + z / t
    opt = Optimizer("sgd", lr=0.01 * gamma)
    run = minimize(opt, problem, steps=30, averaging=schedule_free(beta))
    np.testing.assert_allclose(run.x[-1], x, rtol=1e-12)
    np.testing.assert_allclose(run.point, z, rtol=1e-12)


def test_schedule_free_weighs_points_by_the_square_of_their_rate():
    rate = schedule("linear_warmup_from_zero", peak=0.05, warmup=10)
    opt = Optimizer("sgd", lr=rate)
    path = minimize(opt, NOISY, steps=30).x[1:]
    run = minimize(opt, NOISY, steps=30, averaging=schedule_free(beta=0.0))
    weights = rate(np.arange(1, 31)) ** 2
    np.testing.assert_allclose(run.x[-1], weights @ path / weights.sum(), rtol=1e-12)
    assert same(run.x[1], path[0])


def test_the_decay_is_taken_where_the_gradient_is():
    flat = problems.quadratic(1.0)
    opt = Optimizer("adamw", lr=0.1, weight_decay=0.5)
    run = minimize(opt, flat, steps=2, averaging=schedule_free(beta=0.5))
    x, state = flat.start, opt.init(flat.start)
    z, state = opt.step(1, flat.grad(x), x, state)
    mean = z
    y = 0.5 * z + 0.5 * mean
    moved, state = opt.step(2, flat.grad(y), y, state)
    np.testing.assert_allclose(run.point, z + (moved - y), rtol=1e-12)


def test_lookahead_calls_the_fast_weights_back():
    opt, alpha = Optimizer("sgd", lr=0.02), 0.3
    problem = problems.rosenbrock()
    slow = fast = problem.start
    opt = Optimizer("sgd", lr=1e-3)
    for t in range(1, 13):
        fast = fast - 1e-3 * problem.grad(fast)
        if t % 4 == 0:
            slow = fast = slow + alpha * (fast - slow)
    run = minimize(opt, problem, steps=12, averaging=lookahead(4, alpha))
    np.testing.assert_allclose(run.x[-1], slow, rtol=1e-13)
    assert np.all(run.x[:4] == problem.start) and np.all(run.x[8:12] == run.x[8])
    once = minimize(opt, problem, steps=12, averaging=lookahead(1, 1.0))
    np.testing.assert_allclose(once.x, minimize(opt, problem, steps=12).x, rtol=1e-12)


@pytest.mark.parametrize("averaging", ALL, ids=repr)
def test_an_averaged_run_goes_on_bitwise_where_it_stopped(averaging):
    opt = Optimizer("adam", lr=0.1)
    whole = minimize(opt, NOISY, steps=24, averaging=averaging)
    half = minimize(opt, NOISY, steps=11, averaging=averaging)
    rest = minimize(
        opt,
        NOISY,
        half.point,
        steps=13,
        state=half.state,
        t0=11,
        averaging=averaging,
        average=half.average,
    )
    assert same(np.concatenate([half.x, rest.x[1:]]), whole.x)


@pytest.mark.parametrize("averaging", ALL, ids=repr)
def test_a_row_of_a_sweep_is_the_single_run(averaging):
    lrs = np.array([0.01, 0.1, 0.03])
    swept = minimize(Optimizer("adam", lr=lrs), NOISY, steps=20, averaging=averaging)
    single = minimize(Optimizer("adam", lr=0.1), NOISY, steps=20, averaging=averaging)
    np.testing.assert_allclose(swept.x[:, 1], single.x, rtol=1e-14)


@pytest.mark.parametrize("averaging", ALL, ids=repr)
def test_a_diverging_row_is_frozen_with_its_average(averaging):
    lrs = np.array([1e-4, 5.0])
    run = minimize(Optimizer("sgd", lr=lrs), problems.rosenbrock(), steps=40, averaging=averaging)
    alone = minimize(
        Optimizer("sgd", lr=1e-4), problems.rosenbrock(), steps=40, averaging=averaging
    )
    assert run.diverged[1] > 0 == run.diverged[0] and np.isfinite(run.x).all()
    step = run.diverged[1]
    assert np.all(run.x[step:, 1] == run.x[step, 1])
    np.testing.assert_allclose(run.x[:, 0], alone.x, rtol=1e-14)


@pytest.mark.parametrize("averaging", ALL, ids=repr)
def test_float32_stays_float32(averaging):
    x0 = np.array([1.0, 2.0], np.float32)
    run = minimize(Optimizer("adam", lr=0.1), NOISY, x0, steps=10, averaging=averaging)
    assert run.x.dtype == run.point.dtype == np.float32
    assert all(a.dtype == np.float32 for a in run.average.values())


def test_means_forget_the_noise_that_the_last_point_keeps():
    opt = Optimizer("sgd", lr=0.05)
    last, mean = (
        minimize(opt, NOISY, steps=2000),
        minimize(opt, NOISY, steps=2000, averaging=polyak(200)),
    )
    assert mean.f[-1] < 0.05 * last.f[-500:].mean()


def test_what_does_not_fit_is_refused():
    for make in (
        lambda: weight_ema(1.0),
        lambda: polyak(-1),
        lambda: lookahead(0),
        lambda: lookahead(5, 0.0),
        lambda: schedule_free(1.5),
        lambda: schedule_free(power=-0.5),
        lambda: lookahead(5, 1.5),
        lambda: polyak(1.5),
        lambda: weight_ema(-0.1),
    ):
        with pytest.raises(ValueError, match="got|lookahead"):
            make()
    with pytest.raises(TypeError, match="cannot both say where"):
        minimize(Optimizer("sgd", lr=armijo()), NOISY, averaging=polyak())


@pytest.mark.parametrize("power", [1.0, 2.0])
def test_the_mean_of_schedule_free_is_the_point_until_the_rate_leaves_zero(power):
    opt = Optimizer("sgd", lr=lambda t: 0.1 if t > 3 else 0.0)
    averaged = minimize(opt, NOISY, steps=8, averaging=schedule_free(0.9, power))
    assert np.array_equal(averaged.x[3], averaged.x[0])
    assert np.all(np.isfinite(averaged.x)) and not np.array_equal(averaged.x[5], averaged.x[3])


@pytest.mark.parametrize("averaging", ALL, ids=repr)
def test_an_update_at_a_rate_of_zero_divides_by_nothing(averaging):
    x = np.array([1.0, -2.0])
    with np.errstate(all="raise"):
        new, avg = averaging.update(1, x, averaging.init(x), 0.0)
    assert np.all(np.isfinite(new)) and all(np.all(np.isfinite(a)) for a in avg.values())


@pytest.mark.parametrize("averaging", ALL, ids=repr)
@pytest.mark.parametrize("change", ["name", "missing", "shape", "type", "number", "no dict"])
def test_a_kept_average_that_does_not_fit_is_refused(averaging, change):
    opt = Optimizer("adam", lr=0.1)
    kept = minimize(opt, NOISY, steps=2, averaging=averaging).average
    array = kept["mean"]
    changed = {
        "name": ({**kept, "other": array}, TypeError, "must be a dict with mean"),
        "missing": ({}, TypeError, "must be a dict with mean"),
        "shape": ({**kept, "mean": array[:1]}, ValueError, "mean must be an array of shape"),
        "type": ({**kept, "mean": np.float32(array)}, ValueError, "mean must be .* type float64"),
        "number": ({**kept, "mean": 1.0}, ValueError, "mean must be an array"),
        "no dict": (tuple(kept), TypeError, "must be a dict with mean"),
    }
    given, error, words = changed[change]
    with pytest.raises(error, match=words):
        minimize(opt, NOISY, steps=1, averaging=averaging, average=given)


def test_an_average_needs_an_averaging():
    with pytest.raises(TypeError, match="average of none must be a dict with nothing"):
        minimize(Optimizer("adam"), NOISY, steps=1, average={"mean": np.ones(2)})


@pytest.mark.parametrize(
    ("edge", "same_as"),
    [
        (weight_ema(0.0), None),
        (lookahead(1, 1.0), None),
        (schedule_free(0.0, power=0.0), polyak()),
        (schedule_free(1.0, power=0.0), schedule_free(1.0)),
    ],
    ids=repr,
)
def test_the_edges_of_a_domain_are_averagings_too(edge, same_as):
    opt = Optimizer("adam", lr=0.1)
    ours, theirs = (minimize(opt, NOISY, steps=20, averaging=a) for a in (edge, same_as))
    np.testing.assert_allclose(ours.x, theirs.x, rtol=1e-12)


def test_no_average_shares_memory_with_the_start():
    x = np.array([1.0, -2.0])
    for averaging in ALL:
        assert not any(np.shares_memory(a, x) for a in averaging.init(x).values())


@pytest.mark.parametrize(
    ("by_default", "in_the_source"),
    [
        (weight_ema(), weight_ema(0.999)),
        (polyak(), polyak(0)),
        (lookahead(), lookahead(5, 0.5)),
        (schedule_free(), schedule_free(0.9, 2.0)),
    ],
    ids=repr,
)
def test_the_defaults_are_those_of_the_sources(by_default, in_the_source):
    opt = Optimizer("adam", lr=schedule("linear_warmup", peak=0.1, warmup=5))
    ours, theirs = (
        minimize(opt, NOISY, steps=12, averaging=averaging)
        for averaging in (by_default, in_the_source)
    )
    assert same(ours.x, theirs.x) and repr(by_default) == repr(in_the_source)
