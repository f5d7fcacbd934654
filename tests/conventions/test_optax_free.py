"""Schedule-free learning in Optax: the published recursion, its counts, and any base optimizer."""

import numpy as np
import pytest
from harness import FollowedSchedule, distance, gradients, start, summary

from optlib import schedule
from optlib.conventions import NotModelled, like

SHAPE = ((3, 4),)
RATES = [0.0, 0.02, 0.05, 0.01, 0.03, 0.0, 0.08, 0.01]


def points(optimizer, steps=7):
    x, records = start(SHAPE, 0), []
    state = optimizer.init(x)
    for t in range(1, steps + 1):
        x, state = optimizer.step(t, gradients(SHAPE, 0, t), x, state)
        records.append(x[0])
    return np.array(records)


def listed(k):
    return RATES[k]


def test_the_mean_is_read_a_step_ahead_of_the_descent():
    beta = 0.8
    got = points(like("optax", "schedule_free_sgd", learning_rate=listed, b1=beta))
    z = mean = start(SHAPE, 0)[0]
    total = 0.0
    for t, y in enumerate(got, 1):
        z = z - RATES[t - 1] * gradients(SHAPE, 0, t)[0]
        weight = max(RATES[1 : t + 1]) ** 2
        total += weight
        mean = mean + weight / total * (z - mean)
        np.testing.assert_allclose(y, (1 - beta) * z + beta * mean, rtol=1e-12)


@pytest.mark.parametrize("name", ["schedule_free_sgd", "schedule_free_adamw"])
def test_all_that_counts_from_zero_and_from_one_agrees(name):
    by_count = like("optax", name, learning_rate=lambda k: 0.01 * k)
    followed = FollowedSchedule(lambda xp, k: 0.01 * k, "rate")
    assert np.array_equal(points(by_count), points(like("optax", name, learning_rate=followed)))
    by_step = schedule("linear_warmup", peak=0.01, warmup=30)
    shifted = like("optax", name, learning_rate=lambda k: by_step(k + 1))
    assert np.array_equal(points(like("optax", name, learning_rate=by_step)), points(shifted))
    warmed = like("optax", name, learning_rate=0.3, warmup_steps=30)
    np.testing.assert_allclose(points(warmed), points(by_count), rtol=1e-12)


def test_points_do_not_count_before_the_first_rate():
    """Where Optax divides 0 by 0 it takes 0, so that the mean stays at the start."""
    beta, rates = 0.8, [0.1, 0.0, 0.0, 0.0]
    base = like("optax", "sgd", learning_rate=0.1)
    free = {"base_optimizer": base, "learning_rate": rates.__getitem__, "b1": beta}
    got = points(like("optax", "schedule_free", **free), steps=3)
    (origin,) = start(SHAPE, 0)
    moved = sum(0.1 * gradients(SHAPE, 0, t)[0] for t in (1, 2, 3))
    np.testing.assert_allclose(got[2], origin - (1 - beta) * moved, rtol=1e-12)


def test_with_beta_one_the_parameters_are_the_mean():
    got = points(like("optax", "schedule_free_sgd", learning_rate=0.1, b1=1.0))
    plain = points(like("optax", "sgd", learning_rate=0.1))
    np.testing.assert_allclose(got[-1], plain.mean(axis=0), rtol=1e-12)


def test_the_shortcuts_are_the_wrapper_around_a_base():
    arguments = {"learning_rate": 0.05, "b1": 0.7, "weight_lr_power": 1.0}
    base = like("optax", "adamw", learning_rate=0.05, b1=0.0, weight_decay=0.1)
    wrapped = points(like("optax", "schedule_free", base_optimizer=base, **arguments))
    shortcut = points(like("optax", "schedule_free_adamw", weight_decay=0.1, **arguments))
    assert np.array_equal(wrapped, shortcut)


def test_a_row_of_a_sweep_is_the_single_run():
    rates = np.array([0.01, 0.1])
    swept = like("optax", "schedule_free_adamw", learning_rate=rates)
    (x,), (g,) = start(SHAPE, 0), gradients(SHAPE, 0, 1)
    both = np.stack([x, x])
    rows, _ = swept.step(1, np.stack([g, g]), both, swept.init(both), sweep_axes=1)
    for row, rate in zip(rows, rates, strict=True):
        one = like("optax", "schedule_free_adamw", learning_rate=float(rate))
        np.testing.assert_allclose(row, one.step(1, g, x, one.init(x))[0], rtol=1e-14)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("sgd", {"momentum": 0.9}),
        ("adam", {"b1": 0.6, "eps_root": 1e-3}),
        ("lamb", {"weight_decay": 0.1}),
    ],
)
def test_any_base_follows_optax(name, arguments):
    jax, optax = pytest.importorskip("jax"), pytest.importorskip("optax")
    contrib = pytest.importorskip("optax.contrib")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    try:
        rate = {"learning_rate": lambda count: 0.01 * count}
        free = {**rate, "b1": 0.8, "weight_lr_power": 1.5}
        theirs = contrib.schedule_free(getattr(optax, name)(**rate, **arguments), **free)
        base = like("optax", name, **rate, **arguments)
        ours = points(like("optax", "schedule_free", base_optimizer=base, **free), steps=30)
        x = jax.numpy.asarray(start(SHAPE, 0)[0])
        state, records = theirs.init(x), []
        for t in range(1, 31):
            update, state = theirs.update(jax.numpy.asarray(gradients(SHAPE, 0, t)[0]), state, x)
            x = optax.apply_updates(x, update)
            records.append(np.asarray(x))
        origin = summary([start(SHAPE, 0)])[0]
        assert distance(summary(ours[:, None]), summary([[r] for r in records]), origin) < 1e-9
    finally:
        jax.config.update("jax_enable_x64", before)


@pytest.mark.parametrize("arguments", [{}, {"safeguard_warmup": True, "weight_decay": 0.01}])
def test_prodigy_follows_optax_down_a_bowl(arguments):
    """Here the gradients depend on the point, and the estimate grows by four decades."""
    jax, optax = pytest.importorskip("jax"), pytest.importorskip("optax")
    contrib = pytest.importorskip("optax.contrib")
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    try:
        theirs, ours = contrib.prodigy(**arguments), like("optax", "prodigy", **arguments)
        b = start(((), (3, 4)), 0)
        a = [jax.numpy.asarray(x) for x in b]
        theirs_state, state = theirs.init(a), ours.init(b)
        for t in range(1, 201):
            update, theirs_state = theirs.update([3 * x for x in a], theirs_state, a)
            a = optax.apply_updates(a, update)
            b, state = ours.step(t, [3 * x for x in b], b, state)
        estimate = float(theirs_state.estim_lr)
        assert estimate > 0.05
        np.testing.assert_allclose(1e-6 * state[0]["growth"], [estimate], rtol=1e-9)
        for mine, other in zip(b, a, strict=True):
            np.testing.assert_allclose(mine, np.asarray(other), rtol=1e-9, atol=1e-12)
    finally:
        jax.config.update("jax_enable_x64", before)


def test_prodigy_in_optax_is_lost_after_a_rate_of_zero():
    jax, contrib = pytest.importorskip("jax"), pytest.importorskip("optax.contrib")
    x = jax.numpy.ones(3)
    optimizer = contrib.prodigy(learning_rate=lambda count: 0.0 * count)
    _, state = optimizer.update(x, optimizer.init(x), x)
    assert np.isnan(state.estim_lr)


@pytest.mark.parametrize(
    ("name", "arguments", "wrong"),
    [
        ("schedule_free", {"base_optimizer": "sgd"}, "base_optimizer"),
        ("schedule_free_sgd", {"state_dtype": "float32"}, "state_dtype"),
        ("schedule_free_adamw", {"learning_rate": listed, "warmup_steps": 3}, "warmup_steps"),
    ],
)
def test_what_is_not_modelled_says_so(name, arguments, wrong):
    with pytest.raises(NotModelled, match=f"{wrong}.* not modelled"):
        like("optax", name, **{"learning_rate": 0.1, **arguments})


def test_a_beta_of_zero_is_refused_since_optax_divides_by_it():
    with pytest.raises(ValueError, match="free_beta must satisfy"):
        like("optax", "schedule_free_sgd", b1=0.0)
